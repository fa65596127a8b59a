#!/usr/bin/env bash
# Fails where running the generators changes a file, whatever else is being
# edited in the tree.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# state prints each tracked or new file with the hash of its content.
state() {
	git ls-files -z --cached --others --exclude-standard | sort -zu |
		while IFS= read -r -d '' file; do
			if [ -f "$file" ]; then printf '%s\0' "$file"; fi
		done | xargs -0 sha256sum
}

before=$(state)
go generate ./...
if ! changed=$(diff <(echo "$before") <(state)); then
	echo "stale generated files; commit the result of make gen:" >&2
	echo "$changed" | awk '/^[<>]/ {print "  " $3}' | sort -u >&2
	exit 1
fi
