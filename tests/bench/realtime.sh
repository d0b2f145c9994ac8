#!/bin/sh
# realtime.sh [seconds]: the loop of example 01 at full speed in real time, dsp on, results from the worker
# (async), in a build that measures every callback on Pd's thread. Prints the longest CPU time and
# the steps per second. Run from the root of a tree built with DEFINES=-DAED_TIMING.
set -eu
seconds=${1:-60}
root=$PWD
out=$(mktemp)
stolen() { awk '$1 == "cpu" { print $9 + 0 }' /proc/stat 2>/dev/null || echo 0; }
before=$(stolen)
trap 'rm -f "$out"' EXIT
timeout -k 2 $((seconds + 30)) pd -noprefs -nogui -noaudio -nomidi -nrt -stderr -r 44100 -path "$root" \
    -open "$root/examples/01-learn-a-sound.pd" -open "$root/tests/bench/realtime.pd" \
    -send "realtime-go $((seconds * 1000))" >"$out" 2>&1 || true
grep -E '^(timing|steps)' "$out" || { cat "$out"; exit 1; }
# On a virtual machine the time that others took from it counts as ours; say how much it was.
echo "stolen from this machine meanwhile: $((($(stolen) - before) * 10)) ms"
