#!/bin/sh
# What a mounted flake needs of the network: workers have none, errands fetch
# for them, and one that dies is an error of those values that wait for it.
set -u
here=$(cd "$(dirname "$0")" && pwd)
[ -c /dev/fuse ] && command -v fusermount3 >/dev/null ||
	{ echo "no fuse: skipped"; exit 77; }
command -v python3 >/dev/null || { echo "no python3: skipped"; exit 77; }
dir=$(mktemp -d)
export HOME="$dir/home" XDG_CACHE_HOME="$dir/cache" no_proxy=127.0.0.1
unset http_proxy https_proxy NIX_CONFIG
mkdir -p "$HOME" "$dir/m" "$dir/www/a" "$dir/flake"
failed=0

cd "$dir" || exit 1
for name in quick late; do
	echo "{ outputs = { self }: { v = \"$name\"; }; }" >www/a/flake.nix
	tar -C www -cf "www/$name.tar" a
done
head -c 3000 /dev/zero | tr '\0' x >www/slow
python3 "$here/server.py" "$dir/www" "$dir/log" >"$dir/port" 2>/dev/null &
server=$!
trap 'fusermount3 -qu "$dir/m"; kill $server 2>/dev/null; rm -rf "$dir"' EXIT
while [ ! -s "$dir/port" ]; do sleep 0.1; done
url="http://127.0.0.1:$(cat "$dir/port")"
cat >flake/flake.nix <<X
{ inputs.quick.url = "$url/plain/quick.tar";
  inputs.late.url = "$url/plain/late.tar";
  inputs.gone.url = "http://127.0.0.1:9/gone.tar";
  outputs = { self, quick, late, gone }: {
    quick = quick.v; late = late.v; gone = gone.v; own = "own";
    slow = builtins.readFile (builtins.fetchurl { url = "$url/trickle/slow";
      sha256 = "$(sha256sum "$dir/www/slow" | cut -c -64)"; }); }; }
X
timeout 30 "$FLAKEFS" "$dir/flake" m -o ro,eval_timeout=20 || exit 1
cd m/flakes/root/outputs || exit 1

# is WHAT GOT WANT
is()
{
	[ "$2" = "$3" ] && return
	echo "$1: want '$3', got '$2'"
	failed=1
}

is 'fetched' "$(cat quick 2>&1)" quick
is 'unreachable' "$(cat gone 2>&1)" 'cat: gone: No route to host'
is 'its neighbour' "$(cat own 2>&1)" own

(cat slow 2>&1 | head -c 50 >"$dir/slow") & reader=$!
sleep 1
# Who forked the process that downloads: the nursery's child with a child.
kill -9 "$(ps -eo pid=,ppid= | awk -v daemon="$(pgrep -f " $dir/flake m ")" '
	{ parent[$1] = $2 }
	END { for (p in parent)
		if (parent[parent[parent[p]]] == daemon) print parent[p] }')"
wait $reader
# A reader that comes to a new worker goes on where the download stopped.
case $(cat "$dir/slow") in
'cat: slow: No route to host' | xxxx*) ;;
*) is 'its errand died' "$(cat "$dir/slow")" 'cat: slow: No route to host' ;;
esac
is 'another lives' "$(cat own 2>&1)" own
cd "$dir" || exit 1
echo >>flake/flake.nix
cat m/.flakefs/sync >/dev/null
is 'a new worker, a new process for errands' \
	"$(cat m/flakes/root/outputs/late 2>&1)" late

[ $failed = 0 ]
