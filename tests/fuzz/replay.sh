#!/bin/sh
# replay: each fuzz target runs the inputs that are kept of it, tests/fuzz/X
set -eu
: "${FLAKEFS:?must be the program}"
here=$(cd "$(dirname "$0")" && pwd)
for target in "$here"/fuzz_*.c; do
	name=$(basename "$target" .c)
	"$(dirname "$FLAKEFS")/tests/fuzz/$name" "$here/${name#fuzz_}"
done
