#!/usr/bin/env bash
# Runs the benchmarks of the working tree and, where it differs from BASE, those
# of BASE on the same machine, and compares them: bench.sh BASE [PACKAGES...].
# COUNT (6) is the number of runs of each; fewer tell little of the noise.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
root=$PWD
base=${1:-main}
shift || true
packages=("${@:-./...}")

# bench OUTPUT runs the benchmarks of the current directory.
bench() {
	mapfile -t found < <(grep -rlE '^func Benchmark' --include='*_test.go' . | xargs -r dirname | sort -u)
	mapfile -t wanted < <(go list -f '{{.Dir}}' "${packages[@]}" | sed "s|^$PWD|.|" | sort -u)
	mapfile -t both < <(comm -12 <(printf '%s\n' "${found[@]}") <(printf '%s\n' "${wanted[@]}"))
	if [ -z "${both[*]}" ]; then
		echo "no benchmark in ${packages[*]}" >&2
		: >"$1"
		return
	fi
	go test -run '^$' -bench . -benchmem -count "${COUNT:-6}" "${both[@]}" | tee "$1"
}

bench "$root/bench-new.txt"
if ! git rev-parse --verify -q "$base^{commit}" >/dev/null || git diff --quiet "$base" --; then
	exit 0
fi
worktree=$(mktemp -d)
trap 'cd "$root" && git worktree remove --force "$worktree"' EXIT
git worktree add -q --detach "$worktree" "$base"
cd "$worktree"
bench "$root/bench-old.txt"
cd "$root"
go tool -modfile=tools/go.mod benchstat bench-old.txt bench-new.txt
