#!/bin/sh
# Makes the MP3 files of the tests: a tone of 700 Hz, 6 dB below full scale, in the
# kinds of MP3 that are told apart. At a constant bit rate, lame takes 5 % off. Needs
# sox and lame (Debian).
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT

# make NAME RATE CHANNELS OPTIONS OF LAME
make() {
	name=$1 rate=$2 channels=$3
	shift 3
	sox -n -r "$rate" -c "$channels" -b 16 "$work/tone.wav" synth 1 sine 700 gain -6
	lame --quiet "$@" "$work/tone.wav" "$name.mp3"
}

make mpeg1-stereo 44100 2 -b 64 --resample 44.1 --tt "A title"
make mpeg1-variable 44100 1 -V 7 -p --resample 44.1
make mpeg2-padded 22050 2 -b 24 --resample 22.05
make mpeg2-mono 16000 1 -b 16 --resample 16
make mpeg25 11025 1 -b 16 --resample 11.025
make mpeg25-8000 8000 1 -b 8
