#!/bin/bash
# writing: a value written becomes one commit, or nothing at all
. "$(dirname "$0")/lib"

put 'true\n' ares/options/a/enable
put 'false\n' ares/options/a/other
put '42\n' ares/options/a/number 444
put '' ares/assertions
put 'true\n' zeus/options/a/enable
commit_all
start
cd "$mnt/hosts/ares" || exit 1
t=toggles/a/enable

commits() {
	git -C "$repo" rev-list --count HEAD
}
# tidy WHAT COUNT: so many commits, nothing left over, nothing broken
tidy() {
	is "$1: commits" "$(commits)" "$2"
	is "$1: status" "$(git -C "$repo" status --porcelain)" ''
	is "$1: fsck" "$(git -C "$repo" fsck --no-dangling 2>&1)" ''
	is "$1: left over" "$(find "$repo" -name '*.lock' -o -name '.flakefs-*')" ''
}

is 'before' "$(cat $t options/a/enable)" "$(printf 'true\ntrue')"
echo false > $t || fail 'write'
is 'after' "$(cat $t options/a/enable)" "$(printf 'false\nfalse')"
is 'size' "$(stat -c %s $t)" 6
tidy 'a write' 2
is 'message' "$(git -C "$repo" log -1 --format=%B | head -4)" "ares: fake.option = false

Flakefs-Path: hosts/ares/toggles/a/enable
Flakefs-Writer: uid $(id -u) ($(id -un)), $(cat /proc/$$/comm)"
is 'author' "$(git -C "$repo" log -1 --format='%an <%ae> %cn')" \
	'Tester <tester@example.org> Tester'
is 'one file' "$(git -C "$repo" show --format= --numstat)" \
	"1	1	hosts/ares/options/a/enable"

echo false > $t || fail 'the same again'
tidy 'the same again' 2
echo bogus 2>/dev/null > $t && fail 'a value that the type refuses'
errno 'refused' 'Invalid argument' bash -c "echo bogus > $t"
errno 'found out by the check' 'Invalid argument' bash -c "echo trap > $t"
is 'nothing changed' "$(cat $t options/a/enable)" "$(printf 'false\nfalse')"
grep -q 'not a Boolean' "$mnt/.flakefs/errors" || fail 'no reason in errors'
errno 'not writable' 'Permission denied' bash -c 'echo 1 > options/a/number'
tidy 'refused' 2

# The ways programs write in place.
echo true >> $t || fail '>>'
is '>>' "$(cat $t)" true
echo false | tee $t > "$work/tee" || fail 'tee'
is 'tee' "$(cat $t)" false
printf 'true' > "$work/value"
cp "$work/value" $t || fail 'cp'
is 'cp' "$(cat $t)" true
echo false | dd of=$t conv=notrunc 2> "$work/dd" || fail 'dd'
is 'dd' "$(cat $t)" false
python3 -c "open('$t', 'w').write('true\n')" 2> "$work/py" || fail 'python'
is 'python' "$(cat $t)" true
: > $t
is 'only truncated' "$(cat $t)" true
touch $t || fail 'touch'
tidy 'in place' 7

# What the structure does not allow.
errno 'create' 'Read-only file system' touch options/new
errno 'mkdir' 'Read-only file system' mkdir options/new
errno 'rm' 'Read-only file system' rm options/a/enable
errno 'mv' 'Read-only file system' mv options/a/enable options/a/x
errno 'ln' 'Read-only file system' ln -s x options/a/x
errno 'chmod' 'Read-only file system' chmod 600 $t
errno 'a huge size' 'File too large' truncate -s 1T $t
tidy 'structure' 7

# What is the user's stays the user's.
echo dirty > "$repo/hosts/ares/options/a/other"
cat "$mnt/.flakefs/sync" > "$work/sync"
errno 'uncommitted' 'Device or resource busy' bash -c 'echo true > toggles/a/other'
is 'untouched' "$(cat "$repo/hosts/ares/options/a/other")" dirty
echo false > $t || fail 'beside a dirty file'
is 'only that file' "$(git -C "$repo" show --format= --name-only)" \
	hosts/ares/options/a/enable
is 'still dirty' "$(git -C "$repo" status --porcelain)" \
	' M hosts/ares/options/a/other'
git -C "$repo" checkout -q .
echo staged > "$repo/hosts/zeus/new"
git -C "$repo" add -A
echo true > $t || fail 'beside a staged file'
is 'still staged' "$(git -C "$repo" status --porcelain)" 'A  hosts/zeus/new'
git -C "$repo" commit -qm 'the staged file'
tidy 'the staged file' 10

# Two writers at once lose nothing, in one mount and beside git.
for i in 1 2 3 4 5; do
	echo $([ $((i % 2)) = 0 ] && echo true || echo false) > $t &
	echo $([ $((i % 2)) = 0 ] && echo false || echo true) > toggles/a/other &
	until git -C "$repo" commit -q --allow-empty -m "beside $i" 2> "$work/git"; do sleep 0.05; done
	wait
done
is 'beside git' "$(git -C "$repo" log --format=%s | grep -c '^beside')" 5
is 'what was written last' "$(cat $t toggles/a/other)" "$(printf 'false\ntrue')"
tidy 'at once' "$(commits)"
stop

# A read-only mount.
start -o ro
errno 'read-only' 'Read-only file system' bash -c "echo true > $mnt/hosts/ares/$t"
is 'its modes' "$(stat -c %a "$mnt/hosts/ares/$t")" 444
stop

# No repository at all.
rm -rf "$repo/.git"
start
errno 'no git' 'Permission denied' bash -c "echo true > $mnt/hosts/ares/$t"
grep -q 'no git repository' "$mnt/.flakefs/errors" || fail 'no reason in errors'
stop
finish
