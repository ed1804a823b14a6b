#!/bin/sh
# Language cases: what an expression evaluates to, or how it fails.
#
#   eval-okay-NAME.nix   prints NAME.exp (--strict)
#   eval-fail-NAME.nix   fails and writes NAME.err.exp (--strict --show-trace),
#                        this folder's name in it replaced by /pwd; if
#                        there is a NAME.exp, what it prints before that
#   NAME.flags           are in place of --strict
#
# What is expected was printed by Nix 2.34.8. FLAKEFS is the program; arguments
# are the cases to run, without arguments all.
set -u

: "${FLAKEFS:?is the program to test}"
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
count=0

[ $# -gt 0 ] || set -- "$here"/eval-*.nix
export NIX_PATH='' NIX_REMOTE=dummy://

for case in "$@"; do
	name=$(basename "$case" .nix)
	want=$here/$name.exp
	mode=
	count=$((count + 1))
	case $name in
	eval-fail-*)
		want=$here/$name.err.exp
		mode=--show-trace
		;;
	esac
	flags=--strict
	[ ! -f "$here/$name.flags" ] || flags=$(cat "$here/$name.flags")
	# Flags are words.
	# shellcheck disable=SC2086
	timeout 60 "$FLAKEFS" eval $flags $mode "$here/$name.nix" \
		>"$work/out" 2>"$work/err"
	status=$?
	if [ -n "$mode" ] && [ -f "$here/$name.exp" ] &&
		! diff -u "$here/$name.exp" "$work/out"; then
		echo "not ok: $name prints something else"
		failed=$((failed + 1))
	fi
	if [ -n "$mode" ]; then
		# A tab's width counts all text before it, with this folder's
		# name. ASan's word on the evaluator's own stack is no message.
		sed -e "s!$here!/pwd!g" -e 's/^ *Future Nix/        Future Nix/' \
			-e '/ASan doesn.t fully support/d' \
			"$work/err" >"$work/out"
		[ $status -eq 1 ] || echo "exit status $status" >>"$work/out"
	elif [ $status -ne 0 ]; then
		cat "$work/err" >>"$work/out"
	fi
	if ! diff -u "$want" "$work/out" >"$work/diff"; then
		echo "not ok: $name"
		cat "$work/diff"
		failed=$((failed + 1))
	fi
done

echo "$count cases, $failed failed"
[ $failed -eq 0 ]
