#!/usr/bin/env bash
# Lives through random worlds: sim.sh SEEDS, or runs one seed again, in the core
# alone and in the whole system: sim.sh SEEDS SEED STEPS. FROM is the first of SEEDS. If that fails the shortest
# run that does is written as a scenario, acd/testdata/seed_SEED.txt.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
seeds=${1:-200} seed=${2:-} steps=${3:-1000}
if [ -n "$seed" ]; then
	go test -count=1 -timeout 30m -v -run '^TestSeed$' ./acd ./sim -args -seed "$seed" -steps "$steps"
	exit
fi
go test -count=1 -timeout 60m -v -run '^TestWorlds$' ./sim -args -seeds "$seeds" -from "${FROM:-0}"
