#!/bin/sh
# Fetching, from a real HTTP server on the loopback: archives of all sorts,
# redirections, errors, half answers, wrong hashes, passwords, two at a time.
set -u
here=$(cd "$(dirname "$0")" && pwd)
command -v python3 >/dev/null || { echo "no python3: skipped"; exit 77; }
dir=$(mktemp -d)
export HOME="$dir/home" XDG_CACHE_HOME="$dir/cache" no_proxy=127.0.0.1
unset http_proxy https_proxy NIX_CONFIG
mkdir -p "$HOME" "$dir/www/pack/sub"
failed=0

cd "$dir/www" || exit 1
echo one >pack/one
echo '{ outputs = { self }: { x = "fetched"; }; }' >pack/flake.nix
head -c 300000 /dev/urandom >pack/sub/large
chmod 755 pack/one
chmod 644 pack/flake.nix pack/sub/large
ln -s sub/large pack/link
find . -exec touch -h -d @1500000000 {} +
tar cf pack.tar pack
for z in gzip:gz xz:xz zstd:zst bzip2:bz2; do
	command -v "${z%:*}" >/dev/null && "${z%:*}" -c pack.tar >"pack.tar.${z#*:}"
done
python3 -c 'import shutil; shutil.make_archive("flat", "zip", "pack")'
echo 'hello' >file.txt
: >"$dir/log"
python3 "$here/server.py" "$dir/www" "$dir/log" >"$dir/port" 2>/dev/null &
server=$!
trap 'kill $server 2>/dev/null; rm -rf "$dir"' EXIT
while [ ! -s "$dir/port" ]; do sleep 0.1; done
url="http://127.0.0.1:$(cat "$dir/port")"

run()
{
	"$FLAKEFS" eval --extra-experimental-features flakes --json --strict \
		-E "$1" 2>"$dir/err" </dev/null
}

# is NAME EXPRESSION VALUE
is()
{
	got=$(run "$2")
	[ "$got" = "$3" ] && return
	echo "$1: $2"
	echo "  want $3"
	echo "  got  $got $(cat "$dir/err")"
	failed=1
}

# fails NAME EXPRESSION PART-OF-MESSAGE
fails()
{
	if got=$(run "$2"); then
		echo "$1: $2"
		echo "  want an error with: $3"
		echo "  got  $got"
		failed=1
	elif ! grep -qF "$3" "$dir/err"; then
		echo "$1: $2"
		echo "  want an error with: $3"
		echo "  got  $(cat "$dir/err")"
		failed=1
	fi
}

requests()
{
	grep -c "$1" "$dir/log"
}

# count NAME PATTERN NUMBER: of requests so far
count()
{
	n=$(requests "$2")
	[ "$n" = "$3" ] && return
	echo "$1: $n requests like '$2', not $3"
	failed=1
}

forget()
{
	rm -rf "$dir/cache"
	: >"$dir/log"
}

hash=$("$FLAKEFS" eval --extra-experimental-features flakes --raw -E \
	"(builtins.fetchTree \"path:$dir/www/pack\").narHash")
query=$(printf %s "$hash" | sed 's/+/%2B/g; s/=/%3D/g; s|/|%2F|g')
read='t: builtins.readFile (t + "/one") + builtins.readFile (t + "/flake.nix")'
want=$(run "($read) $dir/www/pack")

for a in pack.tar pack.tar.gz pack.tar.xz pack.tar.zst pack.tar.bz2; do
	[ -e "$a" ] || continue
	forget
	is "$a" "($read) (fetchTarball \"$url/plain/$a\")" "$want"
	is "$a's hash" "(builtins.fetchTree \"$url/plain/$a\").narHash" "\"$hash\""
	is "$a's time" "(builtins.fetchTree \"$url/plain/$a\").lastModified" \
		1500000000
	count "$a is fetched once" "/plain/$a" 1
done
is "zip without a folder" \
	"(builtins.fetchTree \"$url/plain/flat.zip\") ? narHash" true
is "a file" "builtins.readFile (builtins.fetchurl \"$url/plain/file.txt\")" \
	'"hello\n"'

t=pack.tar.gz
forget
is "redirections are followed" \
	"(builtins.fetchTree \"$url/away/$t\").narHash" "\"$hash\""
fails "round in circles" "fetchTarball \"$url/round/$t\"" \
	"Maximum (10) redirects followed"
fails "to a file" "fetchTarball \"$url/to-file/$t\"" "unable to download"
fails "404" "fetchTarball \"$url/status/404\"" "HTTP error 404"
count "404 is final" /status/404 1
fails "500" "fetchTarball \"$url/status/500\"" "HTTP error 500"
count "500 is tried again" /status/500 5
is "503, then well" "(builtins.fetchTree \"$url/flaky/$t\").narHash" "\"$hash\""
count "three attempts" /flaky/ 3

is "a cut answer is resumed" \
	"(builtins.fetchTree \"$url/cut/$t\").narHash" "\"$hash\""
count "from where it was cut" "/cut/$t bytes=" 1
fails "always cut" "fetchTarball \"$url/cut-always/$t\"" "unable to download"
[ -z "$(ls "$dir/cache/flakefs/sources" | grep -v source$)" ] || failed=1

forget
wrong=sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
fails "another hash than promised" \
	"builtins.fetchTree { type = \"tarball\"; url = \"$url/plain/$t\"; narHash = \"$wrong\"; }" \
	"NAR hash mismatch in input"
[ -z "$(ls "$dir/cache/flakefs/sources" 2>/dev/null)" ] || {
	echo "what has the wrong hash is kept"
	failed=1
}
fails "fetchTarball with another hash" \
	"fetchTarball { url = \"$url/plain/$t\"; sha256 = \"$wrong\"; }" \
	"hash mismatch in file downloaded from"
is "with the right hash" \
	"builtins.isString (fetchTarball { url = \"$url/plain/$t\"; sha256 = \"$hash\"; })" \
	true
fails "no archive" "fetchTarball \"$url/plain/file.txt\"" \
	"Failed to open archive"

forget
fails "without a password" "builtins.fetchurl \"$url/secret/file.txt\"" \
	"HTTP error 401"
printf 'machine 127.0.0.1 login user password pass\n' >"$HOME/.netrc"
is "netrc" "builtins.readFile (builtins.fetchurl \"$url/secret/file.txt\")" \
	'"hello\n"'

forget
is "immutable links" \
	"(builtins.fetchTree \"$url/immutable/$t\").narHash" "\"$hash\""

# A part whose file has changed meanwhile is of no use.
forget
fails "cut" "fetchTarball \"$url/cut-always/$t\"" "unable to download"
part=$(ls "$dir"/cache/flakefs/downloads/*.part)
echo rubbish >"$part"
printf '{"url":"%s","etag":"\\"old\\""}' "$url/plain/$t" >"${part%.part}.info"
key=$(basename "$part" .part)
is "another file" "(builtins.fetchTree \"$url/plain/$t\").narHash" "\"$hash\""
[ -n "$key" ]

# Two at a time: one fetches, the other waits for it.
forget
for i in 1 2 3; do
	run "(builtins.fetchTree \"$url/slow/$t\").narHash" >"$dir/out.$i" &
	eval "pid$i=\$!"
done
# shellcheck disable=SC2154
wait $pid1 $pid2 $pid3
for i in 1 2 3; do
	[ "$(cat "$dir/out.$i")" = "\"$hash\"" ] || {
		echo "two at a time: $(cat "$dir/out.$i")"
		failed=1
	}
done
count "one request for three" /slow/ 1

# What is not locked is asked for anew after an hour: is it still the same?
forget
tree="(builtins.fetchTree \"$url/plain/$t\").narHash"
is "not locked" "$tree" "\"$hash\""
is "again" "$tree" "\"$hash\""
count "within the hour" /plain/ 1
sed -i 's/"when": *[0-9]*/"when":5/' "$dir"/cache/flakefs/lookups/*.json
is "an hour later" "$tree" "\"$hash\""
count "asked again" /plain/ 2
[ -z "$(ls "$dir"/cache/flakefs/downloads | grep -v lock$)" ] || {
	echo "left over: $(ls "$dir"/cache/flakefs/downloads)"
	failed=1
}
sed -i 's/"when": *[0-9]*/"when":5/' "$dir"/cache/flakefs/lookups/*.json
mv "$dir/www/$t" "$dir/www/gone"
is "gone from the server" "$tree" "\"$hash\""
grep -q "using cached version" "$dir/err" || failed=1
mv "$dir/www/gone" "$dir/www/$t"

# Killed on the way: the next one starts from what is there.
forget
run "fetchTarball \"$url/slow/$t\"" >/dev/null &
sleep 0.4
kill -9 $! 2>/dev/null
wait $! 2>/dev/null
is "after a kill" "(builtins.fetchTree \"$url/slow/$t\").narHash" "\"$hash\""

# Who mounts anything sees what is being fetched.
forget
if [ -c /dev/fuse ] && command -v fusermount3 >/dev/null; then
	mkdir "$dir/mnt"
	"$FLAKEFS" "$dir/www/pack" "$dir/mnt" >/dev/null 2>&1
	run "fetchTarball \"$url/trickle/$t\"" >/dev/null &
	sleep 2
	grep -q "\"url\": \"$url/trickle/$t\", \"bytes\": [1-9][0-9]*, \"total\"" \
		"$dir/mnt/.flakefs/status" || {
		echo "the download is not in the status:"
		cat "$dir/mnt/.flakefs/status"
		failed=1
	}
	wait $!
	grep -q '"downloads": \[\]' "$dir/mnt/.flakefs/status" || failed=1
	fusermount3 -u "$dir/mnt"
fi

# The global registry.
forget
mkdir -p "$dir/etc"
echo "flake-registry = $url/plain/registry.json" >"$dir/etc/nix.conf"
cat >"$dir/www/registry.json" <<X
{ "version": 2, "flakes": [ { "from": { "type": "indirect", "id": "pack" },
  "to": { "type": "tarball", "url": "$url/plain/$t" } } ] }
X
NIX_CONF_DIR="$dir/etc"
export NIX_CONF_DIR
got=$("$FLAKEFS" eval --json --flake "pack#.x" 2>"$dir/err")
[ "$got" = '"fetched"' ] || {
	echo "the global registry: $got $(cat "$dir/err")"
	failed=1
}

# A flake's input: locked, then from the cache, with the server gone.
forget
mkdir "$dir/flake"
cat >"$dir/flake/flake.nix" <<X
{ inputs.a.url = "$url/plain/$t";
  outputs = { self, a }: { x = a.x; p = a.outPath; n = a.narHash; one = 1; }; }
X
cat >"$dir/flake/flake.lock" <<X
{ "version": 7, "root": "root", "nodes": { "root": { "inputs": { "a": "a" } },
  "a": { "locked": { "type": "tarball", "url": "$url/plain/$t",
    "lastModified": 1500000000, "narHash": "$hash" },
    "original": { "type": "tarball", "url": "$url/plain/$t" } } } }
X
flake()
{
	got=$("$FLAKEFS" eval --json --flake "path:$dir/flake#.$2" 2>"$dir/err")
	[ "$got" = "$3" ] && return
	echo "$1: want $3, got $got $(cat "$dir/err")"
	failed=1
}
flake "an unused input is not fetched" one 1
count "not fetched" /plain/ 0
flake "an input" x '"fetched"'
kill $server
wait $server 2>/dev/null
flake "from the cache" n "\"$hash\""
rm -rf "$dir/cache"
flake "gone" one 1
"$FLAKEFS" eval --json --flake "path:$dir/flake#.x" >/dev/null 2>"$dir/err" &&
	failed=1
grep -q "override-input=a=PATH" "$dir/err" || {
	echo "the message names no way out: $(cat "$dir/err")"
	failed=1
}
exit $failed
