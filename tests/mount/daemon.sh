#!/bin/bash
# daemon: how it starts, ends and is called
. "$(dirname "$0")/lib"

put '42\n' ares/options/a 444
value=$mnt/hosts/ares/options/a

# status WHAT EXPECTED COMMAND...
status() {
	local what=$1 expected=$2 got
	shift 2
	"$@" > "$work/out" 2>&1
	got=$?
	is "$what: status" "$got" "$expected"
}
# gone WHAT: the mount and its daemon are
gone() {
	local i
	for i in $(seq 50); do
		pgrep -f "$repo $mnt" > "$work/pids" || break
		sleep 0.1
	done
	[ -s "$work/pids" ] && fail "$1: the daemon lives"
	grep -q " $mnt " /proc/self/mounts && fail "$1: it is still mounted"
}

status 'help' 0 "$fake" --help
grep -q '^usage: flakefs' "$work/out" || fail 'help has no usage'
status 'version' 0 "$fake" -V
grep -q '^flakefs [0-9]' "$work/out" || fail 'version has no number'
status 'no arguments' 1 "$fake" -f
status 'no mount point' 1 "$fake" "$repo"
status 'three arguments' 1 "$fake" "$repo" "$mnt" x
status 'no repository' 1 "$fake" "$work/absent" "$mnt"
status 'absent mount point' 1 "$fake" "$repo" "$work/absent"
status 'a bad size' 1 "$fake" "$repo" "$mnt" -o eval_memory=lots
status 'a bad time-out' 1 "$fake" "$repo" "$mnt" -o eval_timeout=0
status 'a bad override' 1 "$fake" "$repo" "$mnt" -o override-input=x
status 'an unknown option' 1 "$fake" "$repo" "$mnt" -o nonsense=1
mkdir "$repo/inside"
status 'inside of the repository' 1 "$fake" "$repo" "$repo/inside"
rmdir "$repo/inside"

# As mount(8) and fstab call it.
status 'options of fstab' 0 "$fake" "$repo" "$mnt" -o \
	rw,dev,suid,nofail,_netdev,noauto,user,x-systemd.automount,eval_memory=4G
is 'mounted when it returns' "$(cat "$value")" 42
grep " $mnt " /proc/self/mounts | grep -q 'fuse.flakefs.*nosuid.*nodev' ||
	fail 'not mounted as fuse.flakefs, nosuid, nodev'
umount "$mnt" || fail umount
gone umount
start
stop
gone 'fusermount3 -u'

for signal in INT TERM HUP; do
	start
	cat "$value" > "$work/out"
	kill -$signal "$(pgrep -f "$repo $mnt" | head -1)"
	gone "SIG$signal"
done

# In the foreground, with a slow reader when it ends.
put '!sleep 60000' ares/options/slow 444
"$fake" "$repo" "$mnt" -f & pid=$!
for i in $(seq 50); do [ -e "$mnt/README" ] && break; sleep 0.1; done
cat "$mnt/hosts/ares/options/slow" 2> "$work/out" & reader=$!
sleep 0.3
kill -TERM $pid
wait $pid || fail "foreground: status $?"
wait $reader && fail 'the slow reader succeeded'
gone 'foreground'

# Ready is told to systemd, after a request was answered.
python3 - "$work/notify" "$work/told" <<'END' &
import os, socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
open(sys.argv[2], "wb").write(s.recv(100))
END
for i in $(seq 50); do [ -S "$work/notify" ] && break; sleep 0.1; done
NOTIFY_SOCKET=$work/notify start
wait
is 'sd_notify' "$(cat "$work/told")" READY=1

# A daemon that was killed leaves a dead mount; the next start clears it.
kill -KILL "$(pgrep -f "$repo $mnt" | head -1)"
sleep 0.3
errno 'dead' 'Transport endpoint is not connected' ls "$mnt"
start
is 'recovered' "$(cat "$value")" 42
stop
gone 'recovered'
finish
