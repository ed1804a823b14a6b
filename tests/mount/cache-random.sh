#!/bin/bash
# cache-random: random changes of a repository; FLAKEFS_RANDOM_STEPS=10000 for
# the long run, FLAKEFS_RANDOM_SEED to repeat one
BOUND=$((${FLAKEFS_RANDOM_STEPS:-200} + 100))
. "$(dirname "$0")/lib"

command -v python3 > /dev/null || { echo "$name: skipped: no python3"; exit 77; }
top=$(cd "$(dirname "$0")/../.." && pwd)
python3 "$(dirname "$0")/cache_random.py" "$FLAKEFS" \
	"$top/mnt-examples/nixpkgs" "${FLAKEFS_RANDOM_STEPS:-200}" \
	${FLAKEFS_RANDOM_SEED:-} || fail 'see above'
finish
