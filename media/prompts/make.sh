#!/bin/sh
# Speaks every line of texts.tsv into NAME.LANGUAGE.wav. Needs pico2wave (SVOX Pico, Debian's
# libttspico-utils, in the section non-free) and sox.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT

tab=$(printf '\t')
while IFS="$tab" read -r name language voice text; do
	pico2wave --lang="$voice" --wave="$work/raw.wav" "<speed level='92'>$text</speed>"
	# The band of a telephone line, without the silence around the words.
	sox "$work/raw.wav" "$work/band.wav" sinc 300-3400 \
		silence 1 0.02 0.5% reverse silence 1 0.02 0.5% reverse
	# As loud as a person on the line: -20 dBFS on average.
	level=$(sox "$work/band.wav" -n stats 2>&1 | awk '/^RMS lev dB/ {print -20 - $4}')
	sox -D "$work/band.wav" -r 8000 -c 1 -e a-law "$name.$language.wav" \
		gain "$level" fade t 0.005 0 0.02 rate 8000 pad 0.1 0.2
done <texts.tsv
