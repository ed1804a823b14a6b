#!/bin/sh
# Mount options of flakes: another lock file, other inputs; paths start in the
# folder where flakefs was called.
set -u
[ -c /dev/fuse ] && command -v fusermount3 >/dev/null ||
	{ echo "no fuse: skipped"; exit 77; }
dir=$(mktemp -d)
export HOME="$dir/home" XDG_CACHE_HOME="$dir/cache" GIT_CONFIG_NOSYSTEM=1
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a
export GIT_COMMITTER_EMAIL=a@b
mkdir -p "$HOME" "$dir/m" "$dir/flake" "$dir/other"
trap 'fusermount3 -qu "$dir/m"; rm -rf "$dir"' EXIT
failed=0

cd "$dir" || exit 1
git init -q lib
echo '{ outputs = { self }: { v = "old"; }; }' >lib/flake.nix
git -C lib add .
git -C lib commit -qm old
old=$(git -C lib rev-parse HEAD)
echo '{ outputs = { self }: { v = "new"; }; }' >lib/flake.nix
git -C lib commit -qam new
new=$(git -C lib rev-parse HEAD)
echo '{ outputs = { self }: { v = "other"; }; }' >other/flake.nix
cat >flake/flake.nix <<X
{ inputs.lib.url = "git+file://$dir/lib";
  outputs = { self, lib }: { x = lib.v; }; }
X
lock()
{
	cat <<X
{ "version": 7, "root": "root", "nodes": { "root": { "inputs": { "lib": "lib" } },
  "lib": { "locked": { "type": "git", "url": "file://$dir/lib", "rev": "$1" },
    "original": { "type": "git", "url": "file://$dir/lib" } } } }
X
}
lock "$old" >flake/flake.lock
lock "$new" >other.lock

# shows WANT OPTION...
shows()
{
	want=$1
	shift
	timeout 30 "$FLAKEFS" flake m "$@" || failed=1
	got=$(cat m/flakes/root/outputs/x)
	fusermount3 -u m
	[ "$got" = "$want" ] && return
	echo "$*: want $want, got $got"
	failed=1
}

shows old -o ro
shows new -o reference-lock-file=./other.lock
shows other -o override-input=lib=./other
shows other -o override-input=lib=path:other
shows old -o "override-input=lib=git+file://$dir/lib?rev=$old"
[ "$(git -C lib status --porcelain)" = "" ] || failed=1
[ "$(cat flake/flake.lock)" = "$(lock "$old")" ] || {
	echo "the lock file was written"
	failed=1
}
exit $failed
