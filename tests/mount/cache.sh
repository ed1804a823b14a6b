#!/bin/bash
# cache: what was evaluated once is not again, and is never old
BOUND=400
. "$(dirname "$0")/lib"

top=$(cd "$(dirname "$0")/../.." && pwd)
git config --global user.name > /dev/null || export GIT_AUTHOR_NAME=Tester \
	GIT_AUTHOR_EMAIL=t@example.org GIT_COMMITTER_NAME=Tester \
	GIT_COMMITTER_EMAIL=t@example.org
options=

# go [option...]: mount anew
go() {
	"$FLAKEFS" "$repo" "$mnt" $options "$@" || { fail "mounting: $?"; exit 1; }
}

# The daemon writes what it has after it was unmounted.
stop() {
	fusermount3 -u "$mnt" || fail "unmounting: status $?"
	for _ in $(seq 500); do
		pgrep -f "^$FLAKEFS $repo $mnt" > "$work/pids" || return
		sleep 0.02
	done
	fail 'it does not end'
}

stat_of() {
	sed -n "s/^$1 //p" "$mnt/.flakefs/stats"
}

# kept WHAT FILE VALUE: it has that value, and nothing was evaluated for it
kept() {
	go
	is "$1" "$(cat "$mnt/hosts/$2" 2>&1)" "$3"
	is "$1: evaluations" "$(stat_of workers_started)" 0
	stop
}

# anew WHAT FILE VALUE: it has that value, and something was evaluated
anew() {
	go
	is "$1" "$(cat "$mnt/hosts/$2" 2>&1)" "$3"
	[ "$(stat_of workers_started)" != 0 ] || fail "$1: not evaluated"
	stop
}

# --- a repository without flakes: the plain example ---

rmdir "$repo"
cp -r "$top/mnt-examples/plain" "$repo"
commit_all
options="-o nixpkgs=$top/mnt-examples/nixpkgs"
go
(cd "$mnt" && find hosts/*/options -type f | sort) > "$work/files" 2> "$work/log"
(cd "$mnt" && xargs -d '\n' head -v < "$work/files") > "$work/before" 2>&1
stop
go
(cd "$mnt" && find hosts/*/options -type f | sort) > "$work/files-again" 2> "$work/log"
(cd "$mnt" && xargs -d '\n' head -v < "$work/files") > "$work/after" 2>&1
is 'the plain example: evaluations' "$(stat_of workers_started)" 0
is 'misses' "$(stat_of cache_misses)" 0
stop
cmp "$work/files" "$work/files-again" || fail 'another listing from the cache'
cmp "$work/before" "$work/after" || fail 'another value from the cache'
go -o no-cache
(cd "$mnt" && xargs -d '\n' head -v < "$work/files") > "$work/fresh" 2>&1
is 'without a cache' "$(grep -c cache_ "$mnt/.flakefs/stats")" 0
stop
cmp "$work/before" "$work/fresh" || fail 'another value without the cache'

name_file=atlas/options/networking/hostName
go
is 'by name' "$(cat "$mnt/hosts/$name_file")" atlas
stop
kept 'one value' $name_file atlas
"$FLAKEFS" cat "$repo" hosts/$name_file $options > "$work/cat"
is 'without a mount' "$(cat "$work/cat")" atlas

# --- a flake of our own ---

rm -rf "$repo"
mkdir -p "$repo/hosts" "$repo/data" "$repo/flags"
cp -r "$top/mnt-examples/nixpkgs/lib" "$repo/lib"
cat > "$repo/flake.nix" << 'NIX'
{
  outputs = { self }:
    let
      lib = import ./lib;
      host = name: lib.evalModules {
        modules = [ ./module.nix (./hosts + "/${name}.nix") ];
        specialArgs = { inherit self; };
      };
    in {
      nixosConfigurations = lib.genAttrs [ "one" "two" "three" ] host;
    };
}
NIX
cat > "$repo/module.nix" << 'NIX'
{ lib, ... }: {
  options = lib.genAttrs [ "v" "w" ] (n: lib.mkOption {
    type = lib.types.str;
    default = "";
  });
}
NIX
# set HOST EXPRESSION: what its option v is
set_to() {
	echo "{ self, lib, ... }: { v = $2; }" > "$repo/hosts/$1.nix"
}
set_to one '"1"'
set_to two '"2"'
set_to three '"3"'
touch "$repo/flags/keep"
echo x > "$repo/data/x"
options=
commit_all
v=one/options/v

# check WHAT EXPRESSION BEFORE COMMAND AFTER: the value of the expression
# before and after the command, each of them kept
check() {
	set_to one "$2"
	git -C "$repo" add -A
	go
	is "$1: first" "$(cat "$mnt/hosts/$v" 2>&1)" "$3"
	stop
	kept "$1: again" $v "$3"
	(cd "$repo" && eval "$4") > "$work/out" 2>&1 || fail "$1: $(cat "$work/out")"
	go
	is "$1: changed" "$(cat "$mnt/hosts/$v" 2>&1)" "$5"
	stop
	kept "$1: changed, again" $v "$5"
}

check 'a file' 'lib.fileContents ../data/x' x 'echo y > data/x' y
echo x > "$repo/data/x"
kept 'undone' $v x
touch "$repo/data/x" "$repo/hosts/one.nix"
kept 'touched' $v x
check 'the same size and time' 'lib.fileContents ../data/x' x \
	'echo z > data/new; touch -r data/x data/new; mv data/new data/x' z
check 'in place, the same size and time' 'lib.fileContents ../data/x' z \
	'touch -r data/x ../time; printf q 1<> data/x; touch -r ../time data/x' q
# Or git would not see it either, and commit the content before.
echo q > "$repo/data/x"
check 'a file that appears' 'lib.boolToString (builtins.pathExists ../flags/f)' \
	false 'touch flags/f; git add flags/f' true
check 'a file that goes' 'lib.boolToString (builtins.pathExists ../flags/f)' \
	true 'rm flags/f' false
check 'a listing' 'toString (builtins.attrNames (builtins.readDir ../flags))' \
	keep 'touch flags/g; git add flags/g' 'g keep'
touch "$repo/flags/untracked"
kept 'what is not tracked' $v 'g keep'
rm "$repo/flags/untracked"
check 'a folder gains a default.nix' \
	'if builtins.pathExists ../data/default.nix then import ../data else "none"' \
	none 'echo \"some\" > data/default.nix; git add data' some
ln -s x "$repo/data/link"
check 'a link' 'lib.fileContents ../data/link' q \
	'echo other > data/other; git add data; ln -sfn other data/link' other
check 'another host' 'self.nixosConfigurations.two.config.v' 2 \
	'echo "{ v = \"22\"; }" > hosts/two.nix' 22
check 'an error gets well' 'import ../data/broken.nix' \
	"cat: $mnt/hosts/$v: Input/output error" \
	'echo \"mended\" > data/broken.nix; git add data' mended
check 'a nested import' 'import ../data/a.nix' \
	"cat: $mnt/hosts/$v: Input/output error" \
	'echo "import ./b.nix" > data/a.nix; echo \"deep\" > data/b.nix; git add data' deep
echo '"deeper"' > "$repo/data/b.nix"
anew 'what it imports' $v deeper

# Only who depends on it.
set_to one 'lib.fileContents ../data/x'
set_to two '"2"'
git -C "$repo" commit -qam second
go
cat "$mnt"/hosts/*/options/v > "$work/out"
stop
echo w > "$repo/data/x"
kept 'another host' two/options/v 2
anew 'the host itself' $v w
git -C "$repo" checkout -q data/x

# git
kept 'committed' $v q
git -C "$repo" checkout -qb branch
echo b > "$repo/data/x"
anew 'dirty' $v b
git -C "$repo" commit -qam branch
kept 'a commit of what was dirty' $v b
git -C "$repo" checkout -q main
kept 'another branch' $v q
git -C "$repo" checkout -q branch
kept 'and back' $v b
echo s > "$repo/data/x"
anew 'before a stash' $v s
git -C "$repo" stash -q
kept 'stashed' $v b
git -C "$repo" stash pop -q
kept 'unstashed' $v s
git -C "$repo" checkout -q data/x
git -C "$repo" gc -q
kept 'packed' $v b
git -C "$repo" worktree add -q -b tree "$work/tree"
is 'a work tree' "$("$FLAKEFS" cat "$work/tree" hosts/$v)" b
is 'a revision' "$("$FLAKEFS" cat "$repo" hosts/$v -o rev=tree)" b
echo r > "$work/tree/data/x"
git -C "$work/tree" commit -qam r
is 'the revision moves' "$("$FLAKEFS" cat "$repo" hosts/$v -o rev=tree)" r

set_to one 'self.rev or "dirty"'
anew 'the commit' $v dirty
git -C "$repo" commit -qam rev
rev=$(git -C "$repo" rev-parse HEAD)
anew 'the commit, clean' $v "$rev"
kept 'the commit, again' $v "$rev"
echo more >> "$repo/flags/keep"
anew 'dirty again' $v dirty
git -C "$repo" commit -qam more
anew 'the next commit' $v "$(git -C "$repo" rev-parse HEAD)"
# While it is mounted.
set_to one 'lib.fileContents ../data/x'
go
is 'mounted' "$(cat "$mnt/hosts/$v")" b
started=$(stat_of workers_started)
for content in r s b r s b; do
	echo $content > "$repo/data/x"
	synced
	is 'changes' "$(cat "$mnt/hosts/$v")" $content
	sleep 0.3
done
[ "$(stat_of workers_started)" -le $((started + 2)) ] ||
	fail "undone while mounted: $(stat_of workers_started) evaluations"
stop

# A tree that is dirty, clean by a file that the host reads, and dirty again.
set_to one 'self.rev or "dirty"'
git -C "$repo" commit -qam flip --allow-empty
go
is 'clean' "$(cat "$mnt/hosts/$v")" "$(git -C "$repo" rev-parse HEAD)"
for _ in 1 2 3; do
	echo more >> "$repo/flags/keep"
	synced
	is 'dirty by what is not read' "$(cat "$mnt/hosts/$v")" dirty
	echo '# more' >> "$repo/hosts/one.nix"
	synced
	is 'dirty by what is read' "$(cat "$mnt/hosts/$v")" dirty
	git -C "$repo" checkout -q .
	synced
	is 'clean again' "$(cat "$mnt/hosts/$v")" "$(git -C "$repo" rev-parse HEAD)"
done
stop

# What was answered ahead, after the watcher had asked what was read.
cp "$repo/module.nix" "$work/module.nix"
cat > "$repo/module.nix" << 'NIX'
{ lib, self, ... }: {
  options.v = lib.mkOption { default = ""; };
  options.many = lib.genAttrs (map (i: "o${toString i}") (lib.range 100 199)) (n: lib.mkOption {
    default = toString (builtins.foldl' (a: b: a + b) 0 (builtins.genList (x: x) 10000))
      + (if lib.elem n [ "o140" "o150" "o160" ] then self.rev or "dirty" else "");
  });
}
NIX
set_to one '"1"'
git -C "$repo" commit -qam ahead
many=$mnt/hosts/one/options/many
for _ in 1 2 3; do
	go -o no-cache
	cat "$many/o100" "$many/o101" "$many/o102" > "$work/out"
	sleep 0.3
	echo more >> "$repo/flags/keep"
	synced
	is 'answered ahead' "$(cat "$many"/o1[456]0 | tr -d '0-9\n')" dirtydirtydirty
	git -C "$repo" checkout -q .
	stop
done
mv "$work/module.nix" "$repo/module.nix"
git -C "$repo" commit -qam 'not ahead'

# The records go while a value of theirs is shown.
set_to one 'lib.fileContents ../data/x'
kept_before=$(cat "$repo/data/x")
"$FLAKEFS" cat "$repo" hosts/$v > "$work/out"
go
is 'before the records go' "$(cat "$mnt/hosts/$v")" "$kept_before"
"$FLAKEFS" cache --clear
echo gone > "$repo/data/x"
synced
is 'changed after they went' "$(cat "$mnt/hosts/$v")" gone
stop
echo "$kept_before" > "$repo/data/x"

# Moved by a rebase; in a submodule.
git -C "$repo" checkout -qf main
git -C "$repo" checkout -q -b base
echo base > "$repo/flags/keep"
git -C "$repo" commit -qam base
git -C "$repo" checkout -q branch
set_to one 'lib.fileContents ../flags/keep'
git -C "$repo" commit -qam 'before the rebase'
anew 'before a rebase' $v "$(cat "$repo/flags/keep")"
git -C "$repo" rebase -q -X theirs base > "$work/out" 2>&1 ||
	fail "rebase: $(cat "$work/out")"
go
is 'rebased' "$(cat "$mnt/hosts/$v")" "$(cat "$repo/flags/keep")"
stop
set_to one 'lib.boolToString (builtins.pathExists ../sub/file)'
git -C "$repo" commit -qam 'before the submodule'
anew 'before a submodule' $v false
mkdir "$work/sub"
touch "$work/sub/file"
(cd "$work/sub" && git init -q && git add file && git commit -qm sub)
git -C "$repo" -c protocol.file.allow=always submodule --quiet add "$work/sub" sub
is 'a submodule is an empty folder' "$("$FLAKEFS" cat "$repo" hosts/$v)" \
	"$("$FLAKEFS" cat "$repo" hosts/$v -o no-cache)"
git -C "$repo" rm -qf sub
git -C "$repo" commit -qam 'without the submodule'

# The time never lasts.
set_to one 'toString builtins.currentTime'
before=$("$FLAKEFS" cat "$repo" hosts/$v -o impure)
sleep 1.1
[ "$("$FLAKEFS" cat "$repo" hosts/$v -o impure)" != "$before" ] ||
	fail 'the time was kept'
set_to one 'builtins.getEnv "FLAKEFS_TEST"'
is 'a variable' "$(FLAKEFS_TEST=a "$FLAKEFS" cat "$repo" hosts/$v -o impure)" a
is 'another' "$(FLAKEFS_TEST=b "$FLAKEFS" cat "$repo" hosts/$v -o impure)" b
is 'none' "$("$FLAKEFS" cat "$repo" hosts/$v -o impure)" ''
is 'the first' "$(FLAKEFS_TEST=a "$FLAKEFS" cat "$repo" hosts/$v -o impure)" a

# --- inputs ---

mkdir "$work/dep" "$work/deeper" "$work/other-dep"
echo '{ outputs = { self }: { v = "deep"; }; }' > "$work/deeper/flake.nix"
(cd "$work/deeper" && git init -q && git add . && git commit -qm one)
cat > "$work/dep/flake.nix" << NIX
{ inputs.deeper.url = "git+file://$work/deeper"; outputs = { self, deeper }: { v = import ./v.nix + deeper.v; }; }
NIX
echo '"v "' > "$work/dep/v.nix"
echo '{ outputs = { self }: { v = "other"; }; }' > "$work/other-dep/flake.nix"
(cd "$work/dep" && git init -q && git add . && git commit -qm one)
cp "$repo/flake.nix" "$work/flake.nix"
sed -i "s|^  outputs = { self }:|  inputs.dep.url = \"git+file://$work/dep\";\n  outputs = { self, dep }:|
	s|inherit self;|inherit self dep;|" "$repo/flake.nix"
# lock: at the commits that dep and deeper are at now
lock() {
	cat > "$repo/flake.lock" << JSON
{ "version": 7, "root": "root", "nodes": { "root": { "inputs": { "dep": "dep" } },
  "dep": { "inputs": { "deeper": "deeper" }, "locked": { "type": "git", "url": "file://$work/dep",
    "rev": "$(git -C "$work/dep" rev-parse HEAD)" }, "original": { "type": "git", "url": "file://$work/dep" } },
  "deeper": { "locked": { "type": "git", "url": "file://$work/deeper",
    "rev": "$(git -C "$work/deeper" rev-parse HEAD)" }, "original": { "type": "git", "url": "file://$work/deeper" } } } }
JSON
	git -C "$repo" add flake.lock
}
lock
echo '{ dep, ... }: { v = dep.v; }' > "$repo/hosts/one.nix"
options='-o ro'
anew 'an input' $v 'v deep'
kept 'an input, again' $v 'v deep'
echo '{ outputs = { self }: { v = "deeper"; }; }' > "$work/deeper/flake.nix"
git -C "$work/deeper" commit -qam two
kept 'an input that moves on is locked' $v 'v deep'
old_lock=$(cat "$repo/flake.lock")
lock
anew "the lock of an input's input" $v 'v deeper'
kept "the lock of an input's input, again" $v 'v deeper'
echo "$old_lock" > "$repo/flake.lock"
kept 'the old lock' $v 'v deep'
options="-o override-input=dep=$work/other-dep"
anew 'an override' $v other
kept 'an override, again' $v other
options="-o override-input=dep=$work/dep"
anew 'another override' $v 'v deeper'
echo '"w "' > "$work/dep/v.nix"
anew 'a file of an override' $v 'w deeper'
kept 'a file of an override, again' $v 'w deeper'
options='-o ro'
kept 'without an override' $v 'v deep'
options=
mv "$work/flake.nix" "$repo/flake.nix"
git -C "$repo" rm -qf --cached flake.lock
rm "$repo/flake.lock"

# --- the file ---

set_to one 'lib.fileContents ../data/x'
go
is 'before harm' "$(cat "$mnt/hosts/$v")" b
stop
file=$XDG_CACHE_HOME/flakefs/cache.sqlite
is 'private' "$(stat -c %a "$XDG_CACHE_HOME/flakefs")" 700
for harm in 'truncate -s 5000' 'truncate -s 0' 'dd if=/dev/urandom bs=1k count=40 conv=notrunc status=none seek=1 of=' rm; do
	case $harm in
	dd*) $harm"$file" ;;
	*) $harm "$file" ;;
	esac
	rm -f "$file-wal" "$file-shm"
	go
	is "after $harm" "$(cat "$mnt/hosts/$v")" b
	stop
	kept "and kept after $harm" $v b
done
go -o cache-size=64K
is 'a small cache' "$(cat "$mnt/hosts/$v")" b
stop
rm -rf "$XDG_CACHE_HOME/flakefs"
mkdir "$work/elsewhere"
ln -s "$work/elsewhere" "$XDG_CACHE_HOME/flakefs"
go 2> "$work/log"
is 'a link for the folder' "$(cat "$mnt/hosts/$v")" b
stop
is 'nothing is written through it' "$(ls "$work/elsewhere")" ''
rm "$XDG_CACHE_HOME/flakefs"

# Killed in the middle, then read again.
for i in 1 2 3 4 5; do
	"$FLAKEFS" "$repo" "$mnt" -f & pid=$!
	for _ in $(seq 50); do [ -e "$mnt/README" ] && break; sleep 0.05; done
	cat "$mnt"/hosts/*/options/v > "$work/out"
	sleep 0.$i
	kill -9 $pid
	wait $pid 2> "$work/log"
	fusermount3 -uzq "$mnt"
done 2> "$work/log"
go
is 'after kill -9' "$(cat "$mnt/hosts/$v")" b
stop
kept 'and kept' $v b

# The clock is an hour ahead, and then is set right: what exists is compared by
# time.
cat > "$work/clock.c" << 'C'
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
int clock_gettime(clockid_t id, struct timespec *t)
{
	int err = (int)syscall(SYS_clock_gettime, id, t);

	if (id == CLOCK_REALTIME && access(AHEAD, F_OK) == 0)
		t->tv_sec += 3600;
	return err;
}
C
if cc -shared -fPIC -D"AHEAD=\"$work/ahead\"" -o "$work/clock.so" \
	"$work/clock.c" 2> "$work/log"; then
	set_to one 'lib.boolToString (builtins.pathExists ../flags/keep)'
	touch "$work/ahead"
	# ASan's runtime, where there is one, wants to be the first.
	asan=$(ldd "$FLAKEFS" | awk '/libasan/ { print $3 }')
	LD_PRELOAD="$asan $work/clock.so" go -o no-cache
	is 'before the clock is set' "$(cat "$mnt/hosts/$v")" true
	synced
	rm "$work/ahead" "$repo/flags/keep"
	synced
	is 'after the clock is set' "$(cat "$mnt/hosts/$v")" false
	git -C "$repo" checkout -q flags/keep
	stop
	set_to one 'lib.fileContents ../data/x'
fi

# Two at once.
mkdir "$work/mnt2"
go
"$FLAKEFS" "$repo" "$work/mnt2"
echo two > "$repo/data/x"
cat "$mnt/.flakefs/sync" "$work/mnt2/.flakefs/sync" > "$work/out"
is 'the first of two' "$(cat "$mnt/hosts/$v")" two
sleep 0.3
is 'the second' "$(cat "$work/mnt2/hosts/$v")" two
fusermount3 -u "$work/mnt2"
stop
finish
