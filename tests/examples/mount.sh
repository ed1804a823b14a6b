#!/bin/sh
# Every host of the examples, mounted: each recorded value is what its file's
# JSON companion reads, and what can't be evaluated can't be read.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
. "$here/common"
FLAKEFS=${FLAKEFS:-$top/build/flakefs}

if [ ! -w /dev/fuse ] || ! command -v fusermount3 >/dev/null; then
	echo "needs FUSE"
	exit 77
fi

work=$(mktemp -d)
finish() {
	! mountpoint -q "$work/mnt" || fusermount3 -u "$work/mnt" ||
		fusermount3 -uz "$work/mnt"
	rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM
mkdir "$work/mnt" "$work/shared"
make_repo "$work/shared/repo"

# The golden answers as lines: a file's name, a tab, its JSON. Derivations and
# functions are left out, JSON has its own ideas of them; so are secrets, which
# have files of the repository in them.
# shellcheck disable=SC2016 # the dollars are Nix's
lines='{ golden }:
let
  inherit (builtins.fromJSON golden) values errors;
  names = text: map (m: if builtins.head m != null then builtins.head m else builtins.elemAt m 1)
    (builtins.filter (m: builtins.isList m && m != [ null null ])
      (builtins.split "\"([^\"]*)\"|([^.\"]+)|[.]" text));
  steps = text: map (builtins.replaceStrings [ "/" ] [ "%2F" ]) (names text);
  parent = text: builtins.concatStringsSep "/"
    (builtins.genList (builtins.elemAt (steps text)) (builtins.length (steps text) - 1));
  last = text: builtins.elemAt (steps text) (builtins.length (steps text) - 1);
  plain = text: builtins.match ".*(\"type\":\"derivation\"|<function>).*" (builtins.toJSON values.${text}) == null
    && builtins.match "(sops|age)[.].*" text == null;
in
builtins.concatStringsSep "" (
  map (n: "${parent n}/.${last n}.json\t${builtins.toJSON values.${n}}\n")
    (builtins.filter plain (builtins.attrNames values))
  ++ map (n: "${parent n}/${last n}\t\n") errors)'

compare() {
	tab=$(printf '\t')
	"$FLAKEFS" eval --raw --argstr golden "$(cat "$2")" -E "$lines" |
		while IFS=$tab read -r file want; do
			got=$(cat "$1/options/$file" 2>/dev/null) || got=
			[ "$got" = "$want" ] || {
				echo "$name: ${1#"$work/mnt/"}/options/$file"
				echo "  wanted $want"
				echo "  got    $got"
			}
		done
}

grep -v '^#' "$here/table" >"$work/table"
: >"$work/differ"
while read -r name dir kind _; do
	[ -n "$name" ] || continue
	wanted "$name" "$@" || continue
	case $kind in
	home) folder=homes prefix=home. ;;
	darwin) folder=darwin prefix=darwin. ;;
	*) folder=hosts prefix= ;;
	esac
	"$FLAKEFS" "$work/shared/repo/$dir" "$work/mnt" -o "ro,nixpkgs=$work/shared/repo/nixpkgs"
	for golden in "$here/$name.$prefix"*.json; do
		host=${golden#"$here/$name.$prefix"}
		host=${host%.json}
		case $prefix$host in
		home.* | darwin.*) [ -n "$prefix" ] || continue ;;
		esac
		if grep -q '^ "error":' "$golden"; then
			! cat "$work/mnt/$folder/$host/options/networking/hostName" \
				2>/dev/null ||
				echo "$name: $host can be read" >>"$work/differ"
			continue
		fi
		compare "$work/mnt/$folder/$host" "$golden" >>"$work/differ"
	done
	fusermount3 -u "$work/mnt"
done <"$work/table"
cat "$work/differ"
[ ! -s "$work/differ" ]
