#!/usr/bin/env bash
# Runs every fuzz target in turn: fuzz.sh DURATION [PACKAGES...].
# go test fuzzes one target of one package at a time, hence the loop.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
duration=${1:-60s}
shift || true

found=0
while read -r package dir; do
	targets=$(grep -hoE '^func Fuzz[A-Za-z0-9_]*' "$dir"/*_test.go 2>/dev/null | sed 's/^func //' | sort -u || true)
	for target in $targets; do
		found=$((found + 1))
		echo "== $package $target"
		go test -run '^$' -fuzz "^${target}\$" -fuzztime "$duration" "$package"
	done
done < <(go list -f '{{.ImportPath}} {{.Dir}}' "${@:-./...}")
echo "$found fuzz targets"
