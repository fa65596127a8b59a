#!/usr/bin/env bash
# Runs the tests that say which rules of the operator they prove, and writes
# docs/operator-rules.md from those that passed. A browser test that proves
# something needs the browser tests to run, which takes longer.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

proofs=$(mktemp)
trap 'rm -f "$proofs"' EXIT
export BANDEAU_PROOFS=$proofs

mapfile -t packages < <(go list -f '{{.ImportPath}} {{.TestImports}} {{.XTestImports}}' ./... |
	awk '/bandeau\/internal\/proof/ && $1 !~ /internal\/proof/ {print $1}')
go test -count=1 "${packages[@]}"
if grep -rqE '\bproves\(' --include='*.test.ts' web/test; then
	(cd web && npm run --silent browser)
fi
go test -count=1 ./internal/proof
