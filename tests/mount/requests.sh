#!/bin/bash
# requests: what the kernel asks for, counted; the best measure of caching
. "$(dirname "$0")/lib"

for i in $(seq 20); do
	for j in $(seq 10); do
		put "$i$j\n" ares/options/d$i/o$j 444
	done
done
files=200
options=$mnt/hosts/ares/options

# count COMMAND...: how many requests it makes
count() {
	local before after
	before=$(grep -c '^flakefs: unique:.*opcode' "$work/log")
	"$@" > "$work/out" 2>&1
	after=$(grep -c '^flakefs: unique:.*opcode' "$work/log")
	echo $((after - before))
}

# most WHAT NUMBER LIMIT
most() {
	[ "$2" -le "$3" ] || fail "$1: $2 requests, more than $3"
}

serve() {
	"$fake" "$repo" "$mnt" -d "$@" 2> "$work/log" & pid=$!
	for i in $(seq 50); do [ -e "$mnt/README" ] && break; sleep 0.1; done
}
unserve() {
	fusermount3 -u "$mnt"
	wait $pid
}

serve -o ro
# 21 directories and the way to them.
most 'find, cold' "$(count find "$options" -type f)" $((2 * 21 + 6))
most 'find, warm' "$(count find "$options" -type f)" 0
most 'grep -r, after find' "$(count grep -r x "$options")" $((2 * files + 4))
most 'grep -r, warm' "$(count grep -r x "$options")" 0
# The kernel asks once whether there are extended attributes at all.
most 'ls -lR, warm' "$(count ls -lR "$options")" 1
most 'ls -lR, again' "$(count ls -lR "$options")" 0
most 'cat, warm' "$(count cat "$options"/d*/o*)" 0
most 'a missing file, warm' "$(count stat "$options/none"; )" 2
most 'a missing file, again' "$(count stat "$options/none")" 0
unserve

serve -o ro
ls "$options" > "$work/out"
# And once whether files are opened.
most 'cat by path, cold' "$(count cat "$options/d1/o1" "$options/d1/o2")" 6
most 'cat by path, warm' "$(count cat "$options/d1/o1" "$options/d1/o2")" 0
unserve

# Only who reads metrics has all hosts evaluated.
serve -o ro
ls -l "$mnt" > "$work/out"
stat "$mnt/metrics" >> "$work/out"
is 'ls -l: evaluations' "$(sed -n 's/^workers_started //p' "$mnt/.flakefs/stats")" 0
cat "$mnt/metrics" > "$work/metrics"
[ -s "$work/metrics" ] || fail 'metrics: empty'
is 'metrics: size' "$(stat -c %s "$mnt/metrics")" "$(stat -c %s "$work/metrics")"
cp "$mnt/metrics" "$work/copy"
cmp "$work/metrics" "$work/copy" || fail 'metrics: copied'
unserve

serve
grep -r x "$options" > "$work/out"
grep -r x "$options" > "$work/out"
most 'grep -r, read-write, warm' "$(count grep -r x "$options")" $((files + 30))
most 'ls -lR, read-write, warm' "$(count ls -lR "$options")" $((files + 30))
unserve
finish
