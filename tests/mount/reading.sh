#!/bin/bash
# reading: values, names, companions, kinds, errors and sizes of the tree
. "$(dirname "$0")/lib"

put '42\n' ares/options/a/number 444
put 'true\n' ares/options/a/enable
put '' ares/options/a/empty 444
put 'no newline' ares/options/a/raw 444
put 'x\n' 'ares/options/%2Fboot' 444
put 'x\n' 'ares/options/%' 444
put '!throw error: oh no\n' ares/options/a/bad 444
put '!nodata' ares/options/a/nodata 444
put '!crash' ares/options/a/crash 444
put '!memory' ares/options/a/memory 444
put '!sleep 60000' ares/options/a/hang 444
put '!sleep 700' ares/options/a/slow 444
put '!unknown' ares/options/a/later 444
put '1\n' zeus/options/a/number 444
head -c 3000000 /dev/urandom > "$repo/hosts/ares/options/big"
ln -s options "$repo/hosts/ares/link"
start -o eval_timeout=2
cd "$mnt/hosts/ares/options" || exit 1

ls "$mnt" | grep -q -x hosts || fail 'no hosts at the top'
is 'the hidden' "$(ls -a "$mnt" | grep -c flakefs)" 0
is 'hosts' "$(ls "$mnt/hosts" | tr '\n' ' ')" 'ares zeus '
is 'number' "$(cat a/number)" 42
is 'size' "$(stat -c %s a/number)" 3
is 'empty' "$(cat a/empty)" ''
is 'empty size' "$(stat -c %s a/empty)" 0
is 'raw' "$(cat a/raw)" 'no newline'
cmp -s big "$repo/hosts/ares/options/big" || fail 'three megabytes differ'
is 'mode' "$(stat -c %a a/number a/enable a . | tr '\n' ' ')" '444 644 555 555 '
is 'link' "$(readlink ../link)" options
is 'through a link' "$(cat ../link/a/number)" 42
is 'its inode' "$(stat -c %i a/number)" "$(stat -c %i ../link/a/number)"

is 'slash' "$(cat %2Fboot)" x
is 'the empty name' "$(cat %)" x
errno 'another spelling' 'No such file' cat %2fboot
errno 'no such option' 'No such file' cat a/absent
errno 'no directory' 'Not a directory' cat a/number/x
errno 'a directory' 'Is a directory' cat a
errno 'no such host' 'No such file' ls "$mnt/hosts/hera"
is '. and ..' "$(ls -a . | head -n 4 | grep -c '^\.\.*$')" 2

is 'json' "$(cat a/.number.json)" json
errno 'no companion of what is not there' 'No such file' cat a/.absent.json
errno 'no companion of a companion' 'No such file' cat a/..number.json.json
errno 'no error where none is' 'No such file' cat a/.number.error
is 'unlisted' "$(ls -a a | grep -c '^\.[a-z]')" 0

errno 'throw' 'Input/output error' cat a/bad
is 'why' "$(cat a/.bad.error)" 'error: oh no'
is 'size of what fails' "$(stat -c %s a/bad)" 0
errno 'no value' 'No data available' cat a/nodata
errno 'crash' 'Input/output error' cat a/crash
is 'why it crashed' "$(cat a/.crash.error)" \
	"error: the evaluation of host 'ares' ended by signal 11 (Segmentation fault)"
is 'after the crash' "$(cat a/number)" 42
errno 'memory' 'Cannot allocate memory' cat a/memory
errno 'too long' 'Connection timed out' cat a/hang
is 'after all that' "$(cat a/number a/.number.type)" "$(printf '42\ntype')"
grep -q 'oh no' "$mnt/.flakefs/errors" || fail 'the message is not in errors'
is 'the bad does not hide the good' \
	"$(cat a/* 2>/dev/null | grep -c -e 42 -e true -e slept)" 3
stop

# Whoever takes over a worker can neither write nor run anything.
landlock=$(python3 -c 'import ctypes; print(ctypes.CDLL(None).syscall(444, None, 0, 1))')
if [ "$landlock" -ge 1 ]; then
	put "!write $work/made\n" ares/options/write 444
	put "!write $work/cache/flakefs/made\n" ares/options/cached 444
	put '!run\n' ares/options/run 444
	XDG_CACHE_HOME=$work/cache start
	is 'writing' "$(cat "$mnt/hosts/ares/options/write")" 'Permission denied'
	is 'writing to the cache' "$(cat "$mnt/hosts/ares/options/cached")" 'Permission denied'
	is 'running' "$(cat "$mnt/hosts/ares/options/run")" 'Operation not permitted'
	[ -e "$work/made" ] && fail 'a worker made a file'
	stop
fi

# A reader that gives up returns at once, and others are not kept waiting.
start -o eval_timeout=30
cd "$mnt/hosts/ares/options" || exit 1
cat a/hang & pid=$!
sleep 0.3
is 'others meanwhile' "$(timeout 2 cat "$mnt/hosts/zeus/options/a/number")" 1
is 'control files meanwhile' "$(timeout 2 head -c 7 "$mnt/.flakefs/version")" flakefs
before=$(date +%s%N)
kill $pid
wait $pid 2>/dev/null
after=$(date +%s%N)
[ $(((after - before) / 1000000)) -lt 1000 ] || fail 'an interrupted reader hangs'
stop
finish
