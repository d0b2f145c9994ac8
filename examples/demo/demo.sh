#!/bin/sh
# demo.sh: [aed_synth~] learns a recording in Pd without a screen; what comes out is in build/demo.
# SOUND=file (wav or aiff, default: Pd's own bell)   STEPS=n (default 1000)   RANDOM_TRIES=n (default: as many
# as the run rendered windows; 0: none). Ctrl-C keeps the best so far.
set -u
cd "$(dirname "$0")/../.." || exit 1
root=$PWD
out=$root/build/demo
steps=${STEPS:-1000}
sound=${SOUND:-}
pd="timeout --foreground -k 2 3600 pd -noprefs -nogui -batch -noaudio -nomidi -nrt -stderr -r 44100 -path $root"

fail() { echo "demo: $*" >&2; exit 1; }

case $steps in *[!0-9]* | '' | 0) fail "STEPS: got '$steps', expected a whole number from 1 on" ;; esac
case ${RANDOM_TRIES:-0} in *[!0-9]*) fail "RANDOM_TRIES: got '$RANDOM_TRIES', expected a whole number" ;; esac
if [ -z "$sound" ]; then
    for sound in /usr/share/puredata/doc/sound/bell.aiff /usr/lib/pd/doc/sound/bell.aiff; do
        [ -r "$sound" ] && break
    done
fi
[ -r "$sound" ] || fail "cannot read the sound '$sound'"
case $(head -c 4 "$sound") in RIFF | FORM) ;; *) fail "neither wav nor aiff: '$sound'" ;; esac
sound=$(cd "$(dirname "$sound")" && pwd)/$(basename "$sound")
case $sound$out in *' '*) fail "Pd cannot take blanks in a path: '$sound', '$out'" ;; esac

mkdir -p "$out"
rm -f "$out"/*
echo "Learning $sound in $steps steps. Files: $out"

trap : INT TERM # Pd and awk stop, this script goes on with what they wrote
# Pd prints one row a step; awk keeps them all and shows one a second.
$pd -open "$root/examples/01-learn-a-sound.pd" -open "$root/examples/demo/demo.pd" \
    -send "demo-dir symbol $out" -send "learn-sound symbol $sound" -send "demo-go $steps" 2>&1 |
    awk -v steps="$steps" -v csv="$out/history.csv" -f "$root/examples/demo/progress.awk"
trap - INT TERM

rows=$(($(wc -l <"$out/history.csv") - 1))
[ -s "$out/learned.wav" ] || fail "nothing was learned: Pd stopped after $rows steps"
[ "$rows" -ge "$steps" ] || echo "Stopped after $rows steps: the best so far is kept."

windows=$((rows + 8 * (rows / 10))) # a step renders one, every tenth has 8 local tests
tries=${RANDOM_TRIES:-$windows}
$pd -open "$root/examples/demo/score.pd" -send "score-dir symbol $out" \
    -send "score-go $tries" >"$out/score.txt" 2>&1
before=$(awk '$1 == "score:" && $3 == 0 { print $2 }' "$out/score.txt")
learned=$(awk '$1 == "score:" && $3 == 1 { print $2 }' "$out/score.txt")
random=$(awk '$1 == "random:" { print $2 }' "$out/score.txt")
if [ -z "$before" ] || [ -z "$learned" ] || { [ "$tries" != 0 ] && [ -z "$random" ]; }; then
    tail -n 5 "$out/score.txt" >&2
    fail "no score"
fi

skip=$(($(wc -c <"$out/target.wav") - 4 * 16384))
gnuplot -e "skip=$skip; dir='$out'; before='$before'; learned='$learned'" "$root/examples/demo/report.gp" ||
    fail "gnuplot could not draw $out/report.png"
echo "Log-mel loss (1024 and 4096, floor 1e-6) against the target:"
score() { printf '  %-36s %s\n' "$1" "$2"; }
score "before (where the plant starts)" "$before"
[ "$tries" = 0 ] || score "best of $tries random thetas" "$random"
score "learned ($windows windows rendered)" "$learned"
echo "Listen: $out/target.wav before.wav learned.wav   Look: $out/report.png"
awk "BEGIN { exit !($learned < $before) }" || fail "the loss did not fall"
