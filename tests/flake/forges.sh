#!/bin/sh
# github:, gitlab: and sourcehut: references, from servers that we play
# ourselves behind a proxy.
set -u
here=$(cd "$(dirname "$0")" && pwd)
command -v python3 >/dev/null && command -v openssl >/dev/null ||
	{ echo "no python3 or openssl: skipped"; exit 77; }
dir=$(mktemp -d)
export HOME="$dir/home" XDG_CACHE_HOME="$dir/cache" XDG_CONFIG_HOME="$dir/conf"
export NIX_CONF_DIR="$dir/etc"
unset NIX_CONFIG no_proxy NO_PROXY
mkdir -p "$HOME" "$dir/www/pack" "$dir/etc" "$dir/conf/nix"
failed=0
cd "$dir/www" || exit 1
for v in old new; do
	echo "{ outputs = { self }: { v = \"$v\"; inherit (self) rev; t = self.lastModified; }; }" \
		>pack/flake.nix
	touch -d @1500000000 pack/flake.nix pack
	tar czf $v.tar.gz pack
done
openssl req -x509 -newkey rsa:2048 -nodes -keyout "$dir/key" -out "$dir/cert" \
	-days 2 -subj /CN=test -addext \
	"subjectAltName=DNS:github.com,DNS:api.github.com,DNS:gitlab.com,DNS:git.sr.ht,DNS:git.example.org" \
	2>/dev/null || exit 1
: >"$dir/log"
python3 "$here/forges.py" "$dir/www" "$dir/log" "$dir/cert" "$dir/key" \
	>"$dir/port" 2>/dev/null &
server=$!
trap 'kill $server 2>/dev/null; rm -rf "$dir"' EXIT
while [ ! -s "$dir/port" ]; do sleep 0.1; done
https_proxy="http://127.0.0.1:$(cat "$dir/port")"
export https_proxy NIX_SSL_CERT_FILE="$dir/cert"
rev=0123456789012345678901234567890123456789
old=9876543210987654321098765432109876543210

# is WANT REF LINE...: the value, and what was asked of whom
is()
{
	want=$1 ref=$2
	shift 2
	rm -rf "$dir/cache"
	: >"$dir/log"
	got=$("$FLAKEFS" eval --json --flake "$ref" 2>"$dir/err" </dev/null)
	printf '%s\n' "$@" >"$dir/want"
	if [ "$got" != "$want" ] || ! cmp -s "$dir/want" "$dir/log"; then
		echo "$ref: want $want, got $got"
		cat "$dir/err"
		diff "$dir/want" "$dir/log"
		failed=1
	fi
}

is '"new"' "github:a/b#.v" \
	"api.github.com /repos/a/b/commits/HEAD -" \
	"github.com /a/b/archive/$rev.tar.gz -"
is '"old"' "github:a/b/v1#.v" \
	"api.github.com /repos/a/b/commits/v1 -" \
	"github.com /a/b/archive/$old.tar.gz -"
is "\"$old\"" "github:a/b/$old#.rev" "github.com /a/b/archive/$old.tar.gz -"
is 1500000000 "github:a/b/$old#.t" "github.com /a/b/archive/$old.tar.gz -"
is '"new"' "github:a/b?host=git.example.org#.v" \
	"git.example.org /api/v3/repos/a/b/commits/HEAD -" \
	"git.example.org /api/v3/repos/a/b/tarball/$rev -"
is '"new"' "gitlab:a/b#.v" \
	"gitlab.com /api/v4/projects/a%2Fb/repository/commits?ref_name=HEAD -" \
	"gitlab.com /api/v4/projects/a%2Fb/repository/archive.tar.gz?sha=$rev -"
is '"new"' "gitlab:a/b/main?host=git.example.org#.v" \
	"git.example.org /api/v4/projects/a%2Fb/repository/commits?ref_name=main -" \
	"git.example.org /api/v4/projects/a%2Fb/repository/archive.tar.gz?sha=$rev -"
is '"new"' "sourcehut:~a/b#.v" \
	"git.sr.ht /~a/b/HEAD -" "git.sr.ht /~a/b/info/refs -" \
	"git.sr.ht /~a/b/archive/$rev.tar.gz -"
is '"old"' "sourcehut:~a/b/v1#.v" \
	"git.sr.ht /~a/b/info/refs -" "git.sr.ht /~a/b/archive/$old.tar.gz -"

"$FLAKEFS" eval --flake "gitlab:a/b/none#.v" >/dev/null 2>"$dir/err" && failed=1
grep -q "No commits returned by GitLab API" "$dir/err" || failed=1
"$FLAKEFS" eval --flake "sourcehut:~a/b/none#.v" >/dev/null 2>"$dir/err" &&
	failed=1
grep -q "couldn't find ref 'none'" "$dir/err" || failed=1

# Tokens: of the longest name that fits.
echo "access-tokens = github.com=hub gitlab.com=PAT:lab" >"$dir/etc/nix.conf"
echo "extra-access-tokens = github.com/private=mine" >"$dir/conf/nix/nix.conf"
is '"new"' "github:a/b#.v" \
	"api.github.com /repos/a/b/commits/HEAD token hub" \
	"api.github.com /repos/a/b/tarball/$rev token hub"
is '"old"' "github:private/b/$old#.v" \
	"api.github.com /repos/private/b/tarball/$old token mine"
is '"new"' "gitlab:a/b/$rev#.v" \
	"gitlab.com /api/v4/projects/a%2Fb/repository/archive.tar.gz?sha=$rev lab"
NIX_CONFIG="access-tokens = gitlab.com=OAuth2:x"
export NIX_CONFIG
is '"new"' "gitlab:a/b/$rev#.v" \
	"gitlab.com /api/v4/projects/a%2Fb/repository/archive.tar.gz?sha=$rev Bearer x"
exit $failed
