#!/bin/sh
# lint-test.sh: lint.sh finds what it is there to find. One violation of each kind is planted in a
# copy of the sources.
set -eu
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT

fresh() {
    rm -rf "$tree"
    mkdir -p "$tree"
    cp -rL core externals tests Makefile "$tree"
}

# $1: file, $2: line to add, $3: what lint has to say
plant() {
    mkdir -p "$(dirname "$tree/$1")"
    cp "$tree/$1" "$tree/kept" 2>/dev/null || : > "$tree/kept"
    printf '%s\n' "$2" >> "$tree/$1"
    if tests/lint.sh "$tree" > "$tree/said"; then
        echo "lint.sh did not mind '$2' in $1"
        exit 1
    fi
    grep -q "$3" "$tree/said" || { echo "lint.sh did not say '$3' of '$2' in $1, but:"; cat "$tree/said"; exit 1; }
    cp "$tree/kept" "$tree/$1"
}

fresh
tests/lint.sh "$tree" || { echo "lint.sh: the tree is not clean"; exit 1; }
plant core/plant/vca.c '#include <m_pd.h>' 'm_pd.h outside'
plant externals/box/box.c '#include "m_pd.h"' 'm_pd.h outside'
plant externals/pd/pd_box.c '#include "ext.h"' 'ext.h outside'
plant core/ear/stft.c '#include <fftw3.h>' 'fftw3.h outside'
plant externals/box/preset.c '#include <jansson.h>' 'jansson.h outside'
plant core/control/law.c '#include <stdio.h>' 'core has no stdio'
plant core/control/law.c '#include <pthread.h>' 'no threads'
plant core/control/law.c 'static void f(void) { abort(); }' 'never prints, aborts'
plant core/control/law.c '#include "plant/voice.h"' 'another wing'
plant core/plant/voice.c '#include "../ear/ear.h"' 'another wing'
plant core/base/rng.c '#include "ear/ear.h"' 'base includes'
plant core/ear/mel.c '#include "box/box.h"' 'core looks up'
plant externals/box/box.h '#include "pd/pd_box.h"' 'knows its host'
plant Makefile 'CFLAGS += -ffast-math' 'fast-math'
plant core/ear/mel.h 'void mel_filter(double *x);' 'without aed_'
plant core/ear/long.c "$(yes '/* */' | head -n 501)" 'at most 500'
echo "lint.sh finds 16 kinds of violations"
