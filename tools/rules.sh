#!/usr/bin/env bash
# Runs the tests that say which rules of the operator they prove, and writes
# docs/operator-rules.md from those that passed: the scenarios, the real calls,
# and the files of browser tests that prove something.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

proofs=$(mktemp)
trap 'rm -f "$proofs"' EXIT
export BANDEAU_PROOFS=$proofs

mapfile -t packages < <(go list -f '{{.ImportPath}} {{.TestImports}} {{.XTestImports}}' ./... |
	awk '/bandeau\/internal\/proof/ && $1 !~ /internal\/proof/ {print $1}')
go test -count=1 "${packages[@]}"
mapfile -t browser < <(cd web && grep -rlE '\bproves\(' --include='*.test.ts' test)
if ((${#browser[@]} > 0)); then
	(cd web && npm run --silent browser -- "${browser[@]}")
fi
go test -count=1 ./internal/proof
