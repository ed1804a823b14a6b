#!/bin/bash
# txn: several changes are tried together and become one commit
. "$(dirname "$0")/lib"

top=$(cd "$(dirname "$0")/../.." && pwd)
cp -R "$top/mnt-examples/nixpkgs" "$top/mnt-examples/home-manager" \
	"$top/mnt-examples/shoshin" "$work/"
git -C "$work" init -q -b main .
git -C "$work" config user.name Tester
git -C "$work" config user.email t@localhost
printf '/mnt\n/repo\n/value*\n/cache\n/diff\n/impact\n/sync\n' > "$work/.git/info/exclude"
git -C "$work" add -A
git -C "$work" commit -qm one
"$FLAKEFS" "$work/shoshin" "$mnt" || exit 1
cd "$mnt" || exit 1
o=options/profiles/gaming/enable
t=toggles/profiles/gaming/enable

commits() {
	git -C "$work" rev-list --count HEAD
}

is 'none' "$(ls txn)" ''
errno 'none yet' 'No such file' ls txn/a
mkdir txn/a || fail 'mkdir'
is 'one' "$(ls txn)" a
errno 'twice' 'File exists' mkdir txn/a
errno 'not deeper' 'Read-only' mkdir txn/a/hosts/x
is 'in it' "$(ls txn/a | tr '\n' ' ')" 'ctl darwin diff flakes hardware homes hosts impact '
is 'hosts' "$(ls txn/a/hosts)" "$(ls hosts)"
is 'as it is' "$(cat txn/a/hosts/shoshin/$o)" "$(cat hosts/shoshin/$o)"
is 'no diff' "$(cat txn/a/diff)" ''
is 'no impact' "$(cat txn/a/impact)" ''

# Writes accumulate and are seen in the batch alone.
is 'before' "$(cat hosts/shoshin/$o hosts/kinoite/$o)" "$(printf 'false\nfalse')"
echo true > txn/a/hosts/shoshin/$t || fail 'write'
is 'written' "$(cat txn/a/hosts/shoshin/$o)" true
echo true > txn/a/hosts/kinoite/$t || fail 'write to another host'
is 'both' "$(cat txn/a/hosts/shoshin/$o txn/a/hosts/kinoite/$o)" "$(printf 'true\ntrue')"
called=$(cat hosts/shoshin/options/networking/hostName)
echo renamed > txn/a/hosts/shoshin/options/networking/hostName || fail 'the same file'
is 'still' "$(cat txn/a/hosts/shoshin/$o)" true
is 'outside' "$(cat hosts/shoshin/$o hosts/kinoite/$o hosts/shoshin/options/networking/hostName)" \
	"$(printf 'false\nfalse\n%s' "$called")"
errno 'refused' 'Invalid argument' bash -c "echo bogus > txn/a/hosts/shoshin/$t"
is 'no commit' "$(commits)" 1
is 'no file' "$(git -C "$work" status --porcelain)" ''

cat txn/a/diff > "$work/diff"
git -C "$work" apply --check "$work/diff" || fail 'the diff does not apply'
is 'files' "$(grep -c '^diff --git' "$work/diff")" 2
cat txn/a/impact > "$work/impact"
for line in 'shoshin profiles.gaming.enable false -> true' \
	'kinoite profiles.gaming.enable false -> true' \
	"shoshin networking.hostName \"$called\" -> \"renamed\""; do
	grep -qxF "$line" "$work/impact" || fail "impact: no '$line'"
done
grep -q '^gyakusatsu ' "$work/impact" && fail 'impact on another host'

errno 'no such command' 'Invalid argument' bash -c 'echo bogus > txn/a/ctl'
echo commit > txn/a/ctl || fail 'commit'
is 'one commit' "$(commits)" 2
is 'message' "$(git -C "$work" log -1 --format=%B | head -9)" "txn a: 3 changes

shoshin: profiles.gaming.enable = true
kinoite: profiles.gaming.enable = true
shoshin: networking.hostName = \"renamed\"

Flakefs-Path: hosts/shoshin/$t
Flakefs-Path: hosts/kinoite/$t
Flakefs-Path: hosts/shoshin/options/networking/hostName"
is 'clean' "$(git -C "$work" status --porcelain)" ''
is 'seen' "$(cat hosts/shoshin/$o hosts/kinoite/$o hosts/shoshin/options/networking/hostName)" \
	"$(printf 'true\ntrue\nrenamed')"
is 'gone' "$(ls txn)" ''
errno 'gone by name' 'No such file' ls txn/a/hosts

# Dropped.
mkdir txn/a || fail 'again'
echo false > txn/a/hosts/shoshin/$t || fail 'write'
echo abort > txn/a/ctl || fail 'abort'
errno 'aborted' 'No such file' cat txn/a/ctl
mkdir txn/a || fail 'once more'
is 'fresh' "$(cat txn/a/hosts/shoshin/$o)" true
echo false > txn/a/hosts/shoshin/$t || fail 'write'
rmdir txn/a || fail 'rmdir'
is 'removed' "$(ls txn)" ''
is 'nothing came of it' "$(commits) $(cat hosts/shoshin/$o)" '2 true'

# One change is the subject; a value written back is none.
mkdir txn/b || fail 'mkdir b'
echo false > txn/b/hosts/kinoite/$t
echo false > txn/b/hosts/shoshin/$t
echo true > txn/b/hosts/shoshin/$t
echo commit > txn/b/ctl || fail 'commit b'
is 'subject' "$(git -C "$work" log -1 --format=%s)" \
	'txn b: kinoite: profiles.gaming.enable = false'

# What is the user's stays the user's.
mkdir txn/c
echo true > txn/c/hosts/kinoite/$t
git -C "$work" commit -q --allow-empty -m beside
errno 'HEAD moved' 'Resource temporarily unavailable' bash -c 'echo commit > txn/c/ctl'
is 'stays' "$(cat txn/c/hosts/kinoite/$o)" true
rmdir txn/c
mkdir txn/c
echo true > txn/c/hosts/kinoite/$t
file=$work/$(sed -n 's,^+++ b/,,p' txn/c/diff)
echo '# mine' >> "$file"
errno 'uncommitted' 'Device or resource busy' bash -c 'echo commit > txn/c/ctl'
is 'untouched' "$(tail -1 "$file")" '# mine'
git -C "$work" checkout -q .
echo commit > txn/c/ctl || fail 'commit c'
is 'all' "$(commits)" 5
stop

"$FLAKEFS" "$work/shoshin" "$mnt" -o ro || exit 1
errno 'read-only' 'Read-only' mkdir "$mnt/txn/x"
stop
finish
