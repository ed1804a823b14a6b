#!/bin/bash
# changes: what changes in the repository is seen, and only where it matters
. "$(dirname "$0")/lib"

for host in ares zeus; do
	put '42\n' $host/options/a/number 444
	put 'true\n' $host/options/a/enable
	put '!pid' $host/options/pid 444
done
commit_all
sleep 0.1
start
cd "$mnt/hosts" || exit 1

is 'before' "$(cat ares/options/a/number)" 42
is 'absent' "$(cat ares/options/a/new 2>&1 | grep -c 'No such')" 1
zeus=$(cat zeus/options/pid)
sleep 0.5

echo 43 > "$repo/hosts/ares/options/a/number"
sleep 0.3
is 'without asking' "$(cat ares/options/a/number)" 43
is 'another host is left alone' "$(cat zeus/options/pid)" "$zeus"

"$FLAKEFS" watch "$mnt" > "$work/watched" & watcher=$!
sleep 0.3
exec 5< ares/options/a/number
read -r old <&5
echo 'a longer one' > "$repo/hosts/ares/options/a/number"
synced
is 'read before' "$old" 43
is 'after sync' "$(cat ares/options/a/number)" 'a longer one'
exec 5<&-
echo s > "$repo/hosts/ares/options/a/number"
synced
is 'shorter' "$(cat ares/options/a/number; stat -c %s ares/options/a/number)" "$(printf 's\n2')"

put 'new\n' ares/options/a/new
synced
is 'appears' "$(cat ares/options/a/new)" new
ls ares/options/a | grep -q new || fail 'a new file is not listed'
rm "$repo/hosts/ares/options/a/new"
synced
errno 'disappears' 'No such file' cat ares/options/a/new
ls ares/options/a | grep -q new && fail 'a removed file is listed'

ls -l ares/options/a > "$work/ls"
rm "$repo/hosts/ares/options/a/enable"
put 'x\n' ares/options/a/enable/x
synced
is 'a file becomes a folder' "$(cat ares/options/a/enable/x)" x
cd ares/options/a/enable || exit 1
echo y > "$repo/hosts/ares/options/a/enable/x"
synced
is 'below the working directory' "$(cat x)" y
is 'the working directory' "$(pwd -P)" "$(cd "$mnt" && pwd -P)/hosts/ares/options/a/enable"
cd "$mnt/hosts" || exit 1

put '1\n' hera/options/a 444
synced
is 'a new host' "$(ls | tr '\n' ' ')" 'ares hera zeus '
is 'its value' "$(cat hera/options/a)" 1
rm -r "$repo/hosts/hera"
synced
is 'it goes again' "$(ls | tr '\n' ' ')" 'ares zeus '

put '!throw error: broken\n' ares/options/a/number 444
synced
errno 'broken' 'Input/output error' cat ares/options/a/number
put '7\n' ares/options/a/number 444
synced
is 'mended' "$(cat ares/options/a/number)" 7
errno 'its error is gone' 'No such file' cat ares/options/a/.number.error

# A process that dies takes with it what its answers depend on.
mkdir -p "$repo/hosts/iris/options/deep"
put 'one\n' iris/options/deep/a 444
put '!crash' iris/options/crash 444
synced
read -r value < iris/options/deep/a
{ read -r nothing < iris/options/crash; } 2> "$work/log"
is 'before it died' "$value" one
echo two > "$repo/hosts/iris/options/deep/a"
synced
is 'after it died' "$(cat iris/options/deep/a)" two

# Many readers while it changes: never half of a value.
put 'aaaaaaaaaa\n' ares/options/a/number 444
synced
( while [ ! -e "$work/stop" ]; do
	value=$(cat ares/options/a/number)
	case $value in
	aaaaaaaaaa | bb | '') ;;
	*) echo "$value" >> "$work/odd" ;;
	esac
done ) & reader=$!
for i in 1 2 3 4 5 6 7 8 9 10; do
	printf 'bb\n' > "$work/new"
	[ $((i % 2)) = 0 ] && printf 'aaaaaaaaaa\n' > "$work/new"
	chmod 444 "$work/new"
	mv "$work/new" "$repo/hosts/ares/options/a/number"
	sleep 0.05
done
touch "$work/stop"
wait $reader
is 'never half' "$(cat "$work/odd" 2>/dev/null)" ''
is 'events' "$(grep -c hosts/zeus "$mnt/.flakefs/events")" 0
grep -q 'hosts/ares/options/a/number$' "$mnt/.flakefs/events" ||
	fail 'a changed value is not among the events'

# Who watches need not read: what was read before is read again for him.
put '11\n' ares/options/a/number 444
synced
cat ares/options/a/number > "$work/out"
sleep 0.1
before=$(grep -c 'options/a/number$' "$work/watched")
put '12\n' ares/options/a/number 444
synced
for i in $(seq 100); do
	[ "$(grep -c 'options/a/number$' "$work/watched")" -gt "$before" ] && break
	sleep 0.1
done
[ "$(grep -c 'options/a/number$' "$work/watched")" -gt "$before" ] ||
	fail "not seen without reading: $(tail -n 2 "$work/watched")"
# A value that fails as before is none that changed.
put '!throw error: as ever\n' ares/options/a/broken 444
synced
errno 'a broken one' 'Input/output error' cat ares/options/a/broken
before=$(grep -c 'options/a/number$' "$work/watched")
put '13\n' ares/options/a/number 444
synced
for i in $(seq 100); do
	[ "$(grep -c 'options/a/number$' "$work/watched")" -gt "$before" ] && break
	sleep 0.1
done
sleep 0.4
is 'fails as before' "$(grep -c 'options/a/broken$' "$work/watched")" 0
before=$(grep -c 'options/a/number$' "$work/watched")
rm "$repo/hosts/ares/options/a/number"
for i in $(seq 100); do
	sleep 0.1
	[ "$(grep -c 'options/a/number$' "$work/watched")" -gt "$before" ] && break
done
is 'gone, seen without reading' \
	"$(tail -n 1 "$work/watched" | cut -d ' ' -f 3)" \
	hosts/ares/options/a/number
sleep 0.4
is 'watch' "$(grep -c . "$work/watched")" \
	"$(sed 1,2d "$mnt/.flakefs/events" | grep -c .)"
kill $watcher
wait $watcher
stop
finish
