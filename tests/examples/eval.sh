#!/bin/sh
# Every host of the examples, evaluated: the values that real Nix gave, and the
# same errors. One line for each host that differs.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
. "$here/common"
FLAKEFS=${FLAKEFS:-$top/build/flakefs}
HOME=${HOME:-/}
export NIX_CONFIG='experimental-features = nix-command flakes' HOME

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/shared"
make_repo "$work/shared/repo"

# What differs between what is got and what is wanted, as a list of names.
# shellcheck disable=SC2016 # the dollars are Nix's
compare='{ golden }:
let
  want = builtins.fromJSON golden;
  got = builtins.fromJSON (%s.report "%s");
  differing = a: b: builtins.filter (n: (a.${n} or null) != (b.${n} or null))
    (builtins.attrNames (a // b));
  nested = n:
    if builtins.isAttrs (want.${n} or null) && builtins.isAttrs (got.${n} or null)
    then map (m: "${n} ${m}") (differing want.${n} got.${n})
    else [ n ];
in
builtins.concatStringsSep "\n" (builtins.concatMap nested (differing want got))'

check() {
	host=$1 golden=$2 repo=$work/shared/repo
	if has_own_lock "$host"; then
		repo=$(own_repo "$host")
	fi
	version=$(sed -n 's/^ "nix": "\(.*\)",*$/\1/p' "$golden")
	pure=--pure
	[ "$kind" != plain ] || pure=--strict # impure, as it is without flakes
	# shellcheck disable=SC2059 # the format is ours
	expr=$(printf "$compare" "($(expr_of "$repo"))" "$host")
	if out=$("$FLAKEFS" eval --raw --strict "$pure" \
		--argstr golden "$(cat "$golden")" -E "$expr" 2>"$work/err"); then
		[ -z "$out" ] && return 0
		printf '%s\n' "$out" | sed "s/^/$name $host: differs: /"
		return 1
	fi
	error=$(sed -n 's/^ "error": "\(.*\)",*$/\1/p' "$golden")
	[ -n "$error" ] && grep -qF "$error" "$work/err" && return 0
	echo "$name $host: $(sed -n 's/^ *error: //p' "$work/err" | tail -n 1)"
	return 1
}

grep -v '^#' "$here/table" >"$work/table"
count=0 failed=0
while read -r name dir kind options; do
	[ -n "$name" ] || continue
	wanted "$name" "$@" || continue
	# shellcheck disable=SC2086 # a word each
	quoted=$(printf '"%s" ' $options)
	case $kind in
	home | darwin) prefix=$kind. ;;
	*) prefix= ;;
	esac
	for golden in "$here/$name.$prefix"*.json; do
		host=${golden#"$here/$name.$prefix"}
		host=${host%.json}
		case $prefix$host in
		home.* | darwin.*) [ -n "$prefix" ] || continue ;;
		esac
		count=$((count + 1))
		check "$host" "$golden" || failed=$((failed + 1))
	done
done <"$work/table"
echo "$count hosts, $failed differ"
[ "$failed" -eq 0 ]
