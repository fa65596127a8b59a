#!/usr/bin/env bash
# The long proof: nightly.sh FUZZTIME. Each part runs though one before it failed;
# what failed is named at the end.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
fuzztime=${1:-5m}
# Other seeds each night.
FROM=$(date +%Y%m%d)0000
export FROM
failed=()
part() {
	echo "== $1" && shift
	"$@" || failed+=("$*")
}
part '10 million random steps of the core' go test -count=1 -timeout 6h -v -run '^TestLongRun$' ./acd -args -total 10000000 -from "$FROM"
part 'whole nodes under the race detector' go test -race -count=1 -timeout 60m ./app
part '2 000 worlds' tools/sim.sh 2000
part "fuzz targets, $fuzztime each" tools/fuzz.sh "$fuzztime"
part 'mutants' tools/mutants.sh
if [ ${#failed[@]} -gt 0 ]; then
	printf 'failed: %s\n' "${failed[@]}" >&2
	exit 1
fi
