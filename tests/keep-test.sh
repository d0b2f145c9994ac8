#!/bin/sh
# keep-test.sh: what a patch keeps (keep 1) comes back bit by bit: one patch holds a synth for each factory
# preset, is saved by one Pd, opened by another, and must then write the presets' own files. One more synth
# has nets: it writes before and after.
set -eu
root=$PWD
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT

pd_here() {
    timeout -k 2 60 pd -noprefs -nogui -batch -noaudio -nomidi -nrt -stderr -r 44100 -path "$root" "$@" < /dev/null
}

# A patch that says, 100 ms apart: results at once, the messages in $1, the messages in $2, good-bye.
driver() {
    cat <<PATCH
#N canvas 0 0 400 300 12;
#X obj 10 10 loadbang;
#X msg 10 40 \\; aed thread sync $1;
#X obj 10 70 del 100;
#X msg 10 100 $2;
#X obj 10 130 del 100;
#X msg 10 160 \\; pd quit;
#X connect 0 0 1 0;
#X connect 0 0 2 0;
#X connect 2 0 3 0;
#X connect 2 0 4 0;
#X connect 4 0 5 0;
PATCH
}

echo '#N canvas 0 0 400 300 12;' > "$place/before.pd"
at=0 reads= writes= connects=
for f in presets/*.json; do
    name=$(basename "$f" .json)
    echo "#X obj 10 10 r to-$name;" >> "$place/before.pd"
    echo "#X obj 10 40 aed_synth~ -window 1024;" >> "$place/before.pd"
    connects="$connects#X connect $at 0 $((at + 1)) 0;
"
    reads="$reads \\; to-$name read $name \\; to-$name keep 1"
    writes="$writes \\; to-$name write $place/$name.json"
    at=$((at + 2))
done
cat >> "$place/before.pd" <<PATCH
#X obj 10 10 r to-nets;
#X obj 10 40 aed_synth~ amed 16 4 amed 8 2 | vca -window 1024;
PATCH
connects="$connects#X connect $at 0 $((at + 1)) 0;
"
reads="$reads \\; to-nets scramble 7 \\; to-nets learn \\; to-nets store 3 \\; to-nets freeze amed2.net"
reads="$reads \\; to-nets scramble 8 \\; to-nets keep 1 \\; to-nets write $place/nets-before.json"
writes="$writes \\; to-nets write $place/nets-after.json"
printf '%s' "$connects" >> "$place/before.pd"
driver "$reads" "\\; pd-before.pd savetofile after.pd $place" > "$place/keep.pd"
driver "$writes" "\\; aed thread sync" > "$place/write.pd"

pd_here -open "$place/before.pd" -open "$place/keep.pd" > "$place/said" 2>&1
pd_here -open "$place/after.pd" -open "$place/write.pd" >> "$place/said" 2>&1
if grep -E "couldn't create|can't load|error:" "$place/said"; then exit 1; fi
for f in presets/*.json; do
    cmp "$f" "$place/$(basename "$f")"
done
cmp "$place/nets-before.json" "$place/nets-after.json"
