#!/bin/bash
# history: the commits at which a value changed
. "$(dirname "$0")/lib"

top=$(cd "$(dirname "$0")/../.." && pwd)
cp -R "$top/mnt-examples/nixpkgs" "$top/mnt-examples/home-manager" \
	"$top/mnt-examples/shoshin" "$work/"
export GIT_AUTHOR_NAME='A. Tester' GIT_AUTHOR_EMAIL=a@localhost
export GIT_COMMITTER_NAME=c GIT_COMMITTER_EMAIL=c@localhost
git -C "$work" init -q -b main .
printf '/mnt\n/repo\n/value\n' > "$work/.git/info/exclude"
file=$work/shoshin/hosts/shoshin/nixos/hosts/shoshin/configuration.nix
n=0
# commit MESSAGE [OPTION...]: all there is, an hour after the one before
commit() {
	n=$((n + 1))
	git -C "$work" add -A
	GIT_AUTHOR_DATE="2026-01-02T0$n:04:05 +0130" \
		git -C "$work" commit -qm "$@"
	git -C "$work" rev-parse HEAD > "$work/.git/id-$n"
}
# line N VALUE: as the file has it
line() {
	printf '%s\t2026-01-02T0%s:04:05+01:30\tA. Tester\t%s' \
		"$(cat "$work/.git/id-$1")" "$1" "$2"
}
stat_of() {
	sed -n "s/^$1 //p" "$mnt/.flakefs/stats"
}
commit one
sed -i 's/gaming.enable = false/gaming.enable = true/' "$file"
commit two
git -C "$work" commit -q --allow-empty -m empty
echo text > "$work/shoshin/notes"
commit 'another file'
sed -i 's/gaming.enable = true/gaming.enable = "no Boolean"/' "$file"
commit broken
sed -i 's/gaming.enable = "no Boolean"/gaming.enable = true/' "$file"
commit mended
echo '# a comment' >> "$file"
commit comment
sed -i 's/gaming.enable = true/gaming.enable = false/' "$file"
commit off
"$FLAKEFS" "$work/shoshin" "$mnt" || exit 1
cd "$mnt/hosts/shoshin" || exit 1

ls options/profiles > "$work/value"
running=$(stat_of workers_running)
is 'folders' "$(ls history/profiles)" "$(ls options/profiles)"
is 'a change' "$(cat history/profiles/gaming/enable)" "$(line 7 false)
$(line 5 true)
$(line 4 error)
$(line 2 true)
$(line 1 false)"
is 'size' "$(stat -c %s history/profiles/gaming/enable)" \
	"$(wc -c < history/profiles/gaming/enable)"
is 'a value that never changed' "$(cat history/networking/hostName)" \
	"$(line 1 '"shoshin"')"
is 'workers of revisions end' "$(stat_of workers_running)" "$running"
started=$(stat_of workers_started)
cat history/profiles/gaming/enable > "$work/value"
is 'nothing is evaluated twice' \
	"$(stat_of workers_started)" "$started"
errno 'is only read' 'Permission denied' \
	bash -c 'echo true > history/profiles/gaming/enable'
errno 'no companions' 'No such file' cat history/profiles/gaming/.enable.json
errno 'no such option' 'No such file' cat history/profiles/no-such-option
is 'of a commit' \
	"$(cat "$mnt/commits/$(cat "$work/.git/id-2")/hosts/shoshin/history/profiles/gaming/enable")" \
	"$(line 2 true)
$(line 1 false)"
ls | grep -q history && fail 'walking a host finds its history'

# What is written goes in front.
echo true > toggles/profiles/gaming/enable || fail 'write'
is 'written' "$(head -1 history/profiles/gaming/enable | cut -f 1,4)" \
	"$(printf '%s\ttrue' "$(git -C "$work" rev-parse HEAD)")"
is 'the rest' "$(tail -n +2 history/profiles/gaming/enable)" "$(cat "$work/value")"
git -C "$work" reset -q --hard HEAD~1
synced
is 'taken back' "$(cat history/profiles/gaming/enable)" "$(cat "$work/value")"
stop

# Without a flake, what was not read need not be evaluated.
git -C "$work" init -q -b main "$repo"
module hosts/ares/configuration.nix << 'END'
{ imports = [ ./rest.nix ]; networking.hostName = "ares"; }
END
module hosts/ares/rest.nix << 'END'
{ networking.domain = "one.example"; }
END
git -C "$repo" add -A
git -C "$repo" commit -qm one
for i in 1 2 3 4 5; do
	echo $i > "$repo/notes-$i"
	git -C "$repo" add -A
	git -C "$repo" commit -qm "notes $i"
done
sed -i 's/one/two/' "$repo/hosts/ares/rest.nix"
git -C "$repo" commit -qam two
start_real
cd "$mnt/hosts/ares" || exit 1
cat options/networking/domain > "$work/value"
started=$(stat_of workers_started)
is 'values' "$(cut -f 4 history/networking/domain)" '"two.example"
"one.example"'
is 'commits' "$(cut -f 1 history/networking/domain)" \
	"$(git -C "$repo" log --format=%H -- hosts)"
is 'evaluations' "$(stat_of workers_started)" $((started + 2))
stop

# What takes too long is left out.
cat > "$repo/hosts/ares/rest.nix" << 'END'
{ lib, ... }:
let slow = n: if n == 0 then 0 else slow (n - 1) + slow (n - 1);
in { networking.domain = if slow 60 == 0 then "slow.example" else ""; }
END
git -C "$repo" commit -qam slow
echo '{ networking.domain = "quick.example"; }' > "$repo/hosts/ares/rest.nix"
git -C "$repo" commit -qam quick
start_real -o eval_timeout=3
is 'time limit' "$(cat "$mnt/hosts/ares/history/networking/domain")" \
	"# not evaluated in eval_timeout=3 seconds: $(git -C "$repo" rev-parse HEAD~1) and before; the value after it: \"quick.example\""
is 'another is not late' \
	"$(cut -f 4 "$mnt/hosts/ares/history/networking/hostName")" '"ares"'
stop
finish
