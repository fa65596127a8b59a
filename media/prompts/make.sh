#!/bin/sh
# Speaks every line of texts.tsv into NAME.LANGUAGE.wav, and the numbers from 2 to 60
# into numbers/N.LANGUAGE.wav. Needs pico2wave (SVOX Pico, Debian's libttspico-utils, in
# the section non-free) and sox.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT

# speak FILE VOICE TEXT BEFORE AFTER: with so many seconds of silence around it
speak() {
	pico2wave --lang="$2" --wave="$work/raw.wav" "<speed level='92'>$3</speed>"
	# The Italian and the Spanish voice leave a noise behind their words, the French one
	# ends some in a whisper.
	case $2 in fr-*) quiet=0.03% ;; en-*) quiet=0.05% ;; *) quiet=0.08% ;; esac
	# The band of a telephone line, without the silence around the words.
	sox -D "$work/raw.wav" "$work/band.wav" sinc 300-3400 \
		silence 1 0.001 "$quiet" reverse silence 1 0.001 "$quiet" reverse
	# As loud as a person on the line: -20 dBFS on average, with no peak above -2.
	level=$(sox "$work/band.wav" -n stats 2>&1 |
		awk '/^Pk lev dB/ {most = -2 - $4} /^RMS lev dB/ {gain = -20 - $4} END {print gain < most ? gain : most}')
	sox -D "$work/band.wav" -r 8000 -c 1 -e a-law "$1" \
		gain "$level" fade t 0.005 0 0.02 rate 8000 pad "$4" "$5"
}

tab=$(printf '\t')
while IFS="$tab" read -r name language voice text; do
	# What begins and ends a sentence has a pause there; what goes on has not.
	case $text in [[:lower:]]*) before=0.02 ;; *) before=0.1 ;; esac
	case $text in *.) after=0.2 ;; *) after=0.03 ;; esac
	speak "$name.$language.wav" "$voice" "$text" "$before" "$after"
done <texts.tsv

mkdir -p numbers
for voice in fr-FR en-GB it-IT es-ES; do
	for number in $(seq 2 60); do
		speak "numbers/$number.${voice%-*}.wav" "$voice" "$number." 0.02 0.03
	done
done
