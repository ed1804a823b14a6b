#!/bin/sh
# Flakes on disk, and what the real Nix 2.34.8 makes of them (expected, in the
# order of cases; recorded with RECORD='nix ...', see the end).
#
# A case is a flake and an attribute, then flags; in expressions, an expression.
# What is compared is the value as JSON, or the last message.
set -u
here=$(cd "$(dirname "$0")" && pwd)
exec 9>/tmp/flakefs-test-flake.lock
flock 9
"$here/setup" || exit 1

# The value, or the message without where it happened.
one()
{
	out=$("$@" 2>/tmp/flakefs-test-flake.err </dev/null)
	if [ $? -eq 0 ]; then
		printf '%s\n' "$out"
	else
		awk '/error: /{ sub(/.*error: /, "error: "); text = $0; go = 1; next }
		     /^ *at .*:[0-9]+:[0-9]+:$/ { go = 0 }
		     go && NF { sub(/^ +/, ""); text = text " " $0 }
		     END { print text }' /tmp/flakefs-test-flake.err
	fi
}

run()
{
	while read -r ref flags; do
		# shellcheck disable=SC2086
		one "$@" "$ref" $flags
	done <"$here/cases"
}

# Each with a cache of its own: Nix takes a commit's tree for that of the clean
# working tree, or the other way round, whichever it has seen first.
run_expressions()
{
	while read -r expression; do
		XDG_CACHE_HOME=$(mktemp -d)
		export XDG_CACHE_HOME
		one "$@" "$expression"
		rm -rf "$XDG_CACHE_HOME"
	done <"$here/expressions"
}

cd /tmp/flakefs-test-flake || exit 1
if [ -n "${RECORD:-}" ]; then
	# RECORD='nix-peer run nix --extra-experimental-features ... eval --json
	# --no-write-lock-file', and the same with "--impure --expr"
	# shellcheck disable=SC2086
	run $RECORD >"$here/expected"
	# shellcheck disable=SC2086
	run_expressions $RECORD_EXPRESSIONS >"$here/expressions.expected"
	exit
fi
got=$(mktemp -d)
trap 'rm -rf "$got"' EXIT
HOME=/tmp/flakefs-test-flake XDG_CACHE_HOME=/tmp/flakefs-test-flake/.cache \
	run "$FLAKEFS" eval --strict --json --flake >"$got/cases"
HOME=/tmp/flakefs-test-flake \
	run_expressions "$FLAKEFS" eval --strict --json \
	--extra-experimental-features 'flakes fetch-tree' -E >"$got/expressions"

# differs CASES EXPECTED GOT
differs()
{
	diff -u "$2" "$3" >/dev/null && return 1
	paste -d'\n' "$1" "$2" "$3" |
		awk 'NR % 3 == 1 { c = $0 } NR % 3 == 2 { w = $0 }
		     NR % 3 == 0 && $0 != w { print c "\n  want " w "\n  got  " $0; n++ }
		     END { print n + 0 " of " NR / 3 " differ" }'
}
failed=0
differs "$here/cases" "$here/expected" "$got/cases" && failed=1
differs "$here/expressions" "$here/expressions.expected" "$got/expressions" &&
	failed=1
exit $failed
