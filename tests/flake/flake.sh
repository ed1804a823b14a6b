#!/bin/sh
# Flakes on disk, and what the real Nix 2.34.8 makes of them (expected, in the
# order of cases; recorded with RECORD='nix ...', see the end).
#
# A case is a flake and an attribute, then flags. What is compared is the value
# as JSON, or the last message.
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

cd /tmp/flakefs-test-flake || exit 1
if [ -n "${RECORD:-}" ]; then
	# RECORD='nix-peer run nix --extra-experimental-features ... eval --json
	# --no-write-lock-file'
	# shellcheck disable=SC2086
	run $RECORD >"$here/expected"
	exit
fi
got=$(mktemp)
trap 'rm -f "$got"' EXIT
HOME=/tmp/flakefs-test-flake XDG_CACHE_HOME=/tmp/flakefs-test-flake/.cache \
	run "$FLAKEFS" eval --strict --json --flake >"$got"
diff -u "$here/expected" "$got" >/dev/null && exit 0
paste -d'\n' "$here/cases" "$here/expected" "$got" |
	awk 'NR % 3 == 1 { c = $0 } NR % 3 == 2 { w = $0 }
	     NR % 3 == 0 && $0 != w { print c "\n  want " w "\n  got  " $0; n++ }
	     END { print n + 0 " of " NR / 3 " differ"; exit n > 0 }'
