#!/usr/bin/env bash
# Runs every fuzz target in turn: fuzz.sh DURATION [PACKAGES...].
# go test fuzzes one target of one package at a time, hence the loop. An input that
# is new is shortened in a few attempts only: the default, a minute for each, leaves
# slow targets no time for anything else.
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
		go test -run '^$' -fuzz "^${target}\$" -fuzztime "$duration" -fuzzminimizetime 20x "$package"
	done
done < <(go list -f '{{.ImportPath}} {{.Dir}}' "${@:-./...}")
echo "$found fuzz targets"
