#!/bin/sh
# dist-test.sh: what `make dist` packs works where it is unpacked, by name, by folder and by help.
set -eu
build=${BUILD:-build}
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT

env -u MAKEFLAGS -u MAKELEVEL make -s --no-print-directory dist BUILD="$build" > "$place/log" 2>&1 || { cat "$place/log"; exit 1; }
tar -C "$place" -xzf "$build/aed.tar.gz"
for f in README.md LICENSE libaed.so aed_synth~-help.pd aed_loop.pd aed_panel.pd aed_panel-row.pd examples presets/glass.json; do
    [ -e "$place/aed/$f" ] || { echo "aed/$f is missing"; exit 1; }
done

cat > "$place/test.pd" <<'PATCH'
#N canvas 0 0 400 300 12;
#X declare -path aed;
#X obj 10 10 declare -path aed;
#X obj 10 40 aed_synth~;
#X obj 10 70 aed/aed_features~;
#X obj 10 100 aed/aed_sched;
#X obj 10 130 aed_train;
#X obj 10 160 loadbang;
#X msg 10 190 ask;
#X obj 100 70 print PASS;
#X obj 100 190 del 100;
#X msg 100 220 \; pd quit;
#X msg 200 160 \; aed thread sync;
#X msg 200 190 read glass;
#X obj 200 220 route read;
#X obj 200 250 print PASS-read;
#X connect 5 0 10 0;
#X connect 5 0 6 0;
#X connect 6 0 1 0;
#X connect 1 1 7 0;
#X connect 5 0 8 0;
#X connect 8 0 9 0;
#X connect 5 0 11 0;
#X connect 11 0 1 0;
#X connect 1 3 12 0;
#X connect 12 0 13 0;
PATCH
cd "$place"
timeout -k 2 60 pd -noprefs -nogui -batch -noaudio -nomidi -nrt -stderr -r 44100 -open test.pd > said 2>&1 < /dev/null
if grep -E "couldn't create|can't load|error:" said || ! grep -q '^PASS: theta' said ||
    ! grep -q '^PASS-read: .*/aed/presets/glass.json' said; then
    cat said
    exit 1
fi
