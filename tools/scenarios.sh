#!/usr/bin/env bash
# Runs the tests that read text scenarios and lets them rewrite the expected
# traces. The -rewrite flag exists only in packages whose tests use datadriven,
# hence the search.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

mapfile -t packages < <(go list -f '{{.ImportPath}} {{.TestImports}} {{.XTestImports}}' ./... |
	awk '/cockroachdb\/datadriven/ {print $1}')
if [ ${#packages[@]} -eq 0 ]; then
	echo "no package has text scenarios" >&2
	exit 1
fi
go test -count=1 "${packages[@]}" -rewrite
