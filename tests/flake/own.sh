#!/bin/sh
# What is our own in flakes: nothing is fetched or hashed without need,
# inputs that are missing say what to do, nothing is ever written, registries
# come from disk, and git repositories over the network.
set -u
dir=$(mktemp -d)
export HOME="$dir/home" XDG_CACHE_HOME="$dir/cache" XDG_CONFIG_HOME="$dir/config"
export NIX_CONF_DIR="$dir/etc" GIT_CONFIG_NOSYSTEM=1
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a
export GIT_COMMITTER_EMAIL=a@b
unset NIX_CONFIG
mkdir -p "$HOME" "$dir/config/nix" "$dir/etc"
trap 'rm -rf "$dir"' EXIT
failed=0

# is NAME WANT FLAG...: the value
is()
{
	name=$1 want=$2
	shift 2
	got=$("$FLAKEFS" eval --json --strict "$@" 2>"$dir/err" </dev/null)
	[ "$got" = "$want" ] && return
	echo "$name"
	echo "  want $want"
	echo "  got  $got $(cat "$dir/err")"
	failed=1
}

# fails NAME PART-OF-MESSAGE FLAG...
fails()
{
	name=$1 want=$2
	shift 2
	"$FLAKEFS" eval --json --strict "$@" >"$dir/out" 2>"$dir/err" \
		</dev/null ||
		{ grep -qF -- "$want" "$dir/err" && return; }
	echo "$name"
	echo "  want an error with: $want"
	echo "  got  $(cat "$dir/out" "$dir/err")"
	failed=1
}

# An input that nothing gives is an error only where it is needed.
mkdir "$dir/f" "$dir/dep"
cat >"$dir/f/flake.nix" <<'X'
{
  inputs.dep.url = "github:nobody/nothing";
  inputs.raw = { url = "nowhere"; flake = false; };
  inputs.other = { url = "path:./other"; inputs.dep.follows = "dep"; };
  outputs = { self, dep, raw, other }: {
    one = 1;
    dep = dep.value;
    raw = builtins.readFile raw;
    other = other.value;
    names = builtins.attrNames self.inputs;
  };
}
X
mkdir "$dir/f/other"
echo '{ outputs = { self, dep }: { value = "with ${dep.value}"; }; }' \
	>"$dir/f/other/flake.nix"
echo '{ outputs = { self }: { value = "dep"; }; }' >"$dir/dep/flake.nix"
f="path:$dir/f"
export http_proxy=http://127.0.0.1:9 https_proxy=http://127.0.0.1:9
is "without the input" 1 --flake "$f#.one"
is "its name" '["dep","other","raw"]' --flake "$f#.names"
fails "with it" "input 'dep' (github:nobody/nothing) is needed" \
	--flake "$f#.dep"
fails "and what helps" "-o override-input=dep=PATH" --flake "$f#.dep"
fails "through another" "-o override-input=dep=PATH" --flake "$f#.other"
fails "not a flake" "input 'raw' (flake:nowhere) is needed" --flake "$f#.raw"
is "overridden" '"dep"' --flake "$f#.dep" --override-input dep "$dir/dep"
is "overridden for both" '"with dep"' --flake "$f#.other" \
	--override-input dep "path:$dir/dep"
echo text >"$dir/text"
is "a file" '"text\n"' --flake "$f#.raw" --override-input raw "path:$dir/text"
[ -e "$dir/f/flake.lock" ] && {
	echo "a lock file was written"
	failed=1
}

# Registries: the user's, then the system's.
registry()
{
	cat <<X
{ "version": 2, "flakes": [ { "from": { "type": "indirect", "id": "$1" },
  "to": { "type": "path", "path": "$2" } } ] }
X
}
registry nowhere "$dir/text" >"$dir/etc/registry.json"
is "the system's registry" '"text\n"' --flake "$f#.raw"
registry nowhere "$dir/dep/flake.nix" >"$dir/config/nix/registry.json"
is "the user's registry" "$(printf '"%s\\n"' \
	'{ outputs = { self }: { value = \"dep\"; }; }')" --flake "$f#.raw"
registry again "$dir/dep" >"$dir/config/nix/registry.json"
is "on the command line" '"dep"' --flake "again#.value"
echo '{' >"$dir/config/nix/registry.json"
is "one that is broken" '"text\n"' --flake "$f#.raw"
cat >"$dir/etc/registry.json" <<X
{ "version": 2, "flakes": [
  { "from": { "type": "indirect", "id": "nowhere" },
    "to": { "type": "indirect", "id": "there" } },
  { "from": { "type": "indirect", "id": "there" },
    "to": { "type": "indirect", "id": "nowhere" } } ] }
X
registry global "$dir/dep" >"$dir/global.json"
echo "flake-registry = $dir/global.json" >"$dir/etc/nix.conf"
is "the global one, on disk" '"dep"' --flake "global#.value"
fails "in none of them" "cannot find flake 'flake:unknown'" --flake "unknown#.x"
fails "one in circles" "cycle detected in flake registry" --flake "nowhere#.x"

# What is direct is not looked up, and git wants more than a revision.
cat >"$dir/config/nix/registry.json" <<X
{ "version": 2, "flakes": [
  { "from": { "type": "path", "path": "$dir/dep" },
    "to": { "type": "path", "path": "$dir/nothing" } },
  { "from": { "type": "indirect", "id": "git" },
    "to": { "type": "git", "url": "file://$dir/lib" } } ] }
X
is "a direct one" '"dep"' --flake "path:$dir/dep#.value"
fails "a revision alone" "has a commit hash but no branch/tag name" \
	--flake "git/0000000000000000000000000000000000000001#.x"
rm "$dir/config/nix/registry.json"

# A lock file of a host's own, in the tree and outside of it.
git init -q "$dir/lib"
echo '{ outputs = { self }: { v = "old"; }; }' >"$dir/lib/flake.nix"
git -C "$dir/lib" add .
git -C "$dir/lib" commit -qm old
old=$(git -C "$dir/lib" rev-parse HEAD)
echo '{ outputs = { self }: { v = "new"; }; }' >"$dir/lib/flake.nix"
git -C "$dir/lib" commit -qam new
new=$(git -C "$dir/lib" rev-parse HEAD)
git init -q "$dir/fleet"
mkdir -p "$dir/fleet/hosts/plex"
cat >"$dir/fleet/flake.nix" <<X
{ inputs.lib.url = "git+file://$dir/lib";
  outputs = { self, lib }: { v = lib.v; }; }
X
lock()
{
	cat <<X
{ "version": 7, "root": "root", "nodes": { "root": { "inputs": { "lib": "lib" } },
  "lib": { "locked": { "type": "git", "url": "file://$dir/lib", "rev": "$1" },
    "original": { "type": "git", "url": "file://$dir/lib" } } } }
X
}
lock "$old" >"$dir/fleet/flake.lock"
lock "$new" >"$dir/fleet/hosts/plex/flake.lock"
git -C "$dir/fleet" add .
is "the flake's lock" '"old"' --flake "$dir/fleet#.v"
is "the host's lock" '"new"' --flake "$dir/fleet#.v" \
	--reference-lock-file hosts/plex/flake.lock
is "a lock elsewhere" '"new"' --flake "$dir/fleet#.v" \
	--reference-lock-file "$dir/fleet/hosts/plex/flake.lock"

# A large input is neither hashed nor copied before a store path is shown.
mkdir -p "$dir/big"
python3 - "$dir/big" <<'X' 2>/dev/null || seq 20000 |
import os, sys
for i in range(200):
    os.makedirs("%s/%d" % (sys.argv[1], i))
    for j in range(100):
        open("%s/%d/%d" % (sys.argv[1], i, j), "w").write("x")
X
	(cd "$dir/big" && xargs touch)
echo '{ outputs = { self }: { value = "big"; path = self.outPath; }; }' \
	>"$dir/big/flake.nix"
# LeakSanitizer cannot work under strace.
if command -v strace >/dev/null &&
	ASAN_OPTIONS=${ASAN_OPTIONS:-}:detect_leaks=0 strace -o "$dir/trace" -e trace=openat \
	"$FLAKEFS" eval --flake "$f#.dep" --override-input dep "path:$dir/big" \
	>/dev/null 2>&1; then
	[ "$(grep -c "$dir/big" "$dir/trace")" -lt 10 ] || {
		echo "a large input was read: $(grep -c "$dir/big" "$dir/trace")"
		failed=1
	}
fi

# Large files that the repository has stand for their pointers; what would have
# to be fetched is missed only where it is read.
oid=$(printf large | sha256sum | cut -d' ' -f1)
git init -q "$dir/large"
echo '*.bin filter=lfs' >"$dir/large/.gitattributes"
printf 'version https://git-lfs.github.com/spec/v1\noid sha256:%s\nsize 5\n' \
	"$oid" >"$dir/large/a.bin"
sed 's/sha256:./sha256:0/' "$dir/large/a.bin" >"$dir/large/gone.bin"
cp "$dir/large/a.bin" "$dir/large/a.txt"
git -C "$dir/large" add .
git -C "$dir/large" commit -qm large
where=$dir/large/.git/lfs/objects/$(echo "$oid" | sed 's/^\(..\)\(..\).*/\1\/\2/')
mkdir -p "$where"
printf large >"$where/$oid"
large="(fetchGit { url = \"$dir/large\"; ref = \"HEAD\"; lfs = true; })"
is "a large file" '"large"' -E "builtins.readFile ($large + \"/a.bin\")"
is "no large file" 126 \
	-E "builtins.stringLength (builtins.readFile ($large + \"/a.txt\"))"
fails "one that is not here" "Object is remote" \
	-E "builtins.readFile ($large + \"/gone.bin\")"
is "without asking" 126 -E "builtins.stringLength (builtins.readFile
	(fetchGit { url = \"$dir/large\"; ref = \"HEAD\"; } + \"/a.bin\"))"

# Git over the network.
if git daemon --help >/dev/null 2>&1; then
	git clone -q --bare "$dir/lib" "$dir/served.git"
	touch "$dir/served.git/git-daemon-export-ok"
	git init -q "$dir/super"
	git -C "$dir/super" -c protocol.file.allow=always submodule \
		--quiet add ../served.git a/sub
	git -C "$dir/super" -c protocol.file.allow=always submodule \
		--quiet add ./../served.git other
	git -C "$dir/super" commit -qm super
	git clone -q --bare "$dir/super" "$dir/super.git"
	touch "$dir/super.git/git-daemon-export-ok"
	port=$((20000 + $$ % 20000))
	git daemon --listen=127.0.0.1 --port=$port --base-path="$dir" \
		--reuseaddr >/dev/null 2>&1 &
	daemon=$!
	trap 'kill $daemon 2>/dev/null; rm -rf "$dir"' EXIT
	sleep 1
	url="git://127.0.0.1:$port/served.git"
	branch=$(git -C "$dir/lib" symbolic-ref --short HEAD)
	is "git" '"new"' --flake "$url#.v"
	is "a branch" '"new"' --flake "$url?ref=$branch#.v"
	is "a revision" '"old"' --flake "$url?rev=$old#.v"
	fails "no such revision" "Cannot find Git revision" \
		--flake "$url?rev=0000000000000000000000000000000000000001#.v"
	super="fetchGit { url = \"git://127.0.0.1:$port/super.git\"; submodules = true; }"
	is "its submodules" '["flake.nix"]' \
		-E "builtins.attrNames (builtins.readDir ($super + \"/a/sub\"))"
	is "another one of them" '["flake.nix"]' \
		-E "builtins.attrNames (builtins.readDir ($super + \"/other\"))"
	kill $daemon
	wait $daemon 2>/dev/null
	is "with the server gone" '"old"' --flake "$url?rev=$old#.v"
	fails "another one" "git repository" \
		--flake "git://127.0.0.1:$port/none.git#.v"
fi
exit $failed
