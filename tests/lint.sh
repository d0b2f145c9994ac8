#!/bin/sh
# lint.sh [FOLDER]: floors, wings, names and sizes, as CONTRIBUTING.md has them, checked with grep.
# Prints every violation; exits 1 when there is one.
set -u
cd "${1:-.}" || exit 2
found=$(mktemp)
trap 'rm -f "$found"' EXIT

# $1: what is wrong. stdin: where.
wrong() { sed "s|^|$1: |" >> "$found"; }

sources() { find "$@" -name '*.c' -o -name '*.h' 2>/dev/null | sort; }

# $1: a pattern of includes, then files; -H because there may be one file only.
includes() {
    pattern=$1
    shift
    [ $# = 0 ] || grep -HnE "^[[:space:]]*#[[:space:]]*include[[:space:]]*[<\"]($pattern)[>\"]" "$@"
}

all=$(sources core externals tests)
core=$(sources core)
box=$(sources externals/box)

# Floors: who may see the host, FFTW, Jansson, files and threads.
# shellcheck disable=SC2086
{
    includes '.*m_pd\.h|.*g_canvas\.h' $all | grep -v '^externals/pd/' | wrong "m_pd.h outside externals/pd"
    includes '(.*/)?ext(_[a-z]+)?\.h' $all | grep -v '^externals/max/' | wrong "Max's ext.h outside externals/max"
    includes '.*fftw3\.h' $core $box | grep -v '^core/base/fft\.c:' | wrong "fftw3.h outside core/base/fft.c"
    includes '.*jansson\.h' $all | grep -vE '^externals/box/(preset_decode|learning)\.c:' | wrong "jansson.h outside preset_decode.c and learning.c"
    includes 'pthread\.h|semaphore\.h|threads\.h|signal\.h|unistd\.h' $core |
        grep -v '^core/base/fft\.c:.*pthread\.h' | wrong "core has no threads and no system"
    includes 'stdio\.h' $core | grep -v '^core/base/status\.c:' | wrong "core has no stdio"
    grep -HnE '\b(printf|fprintf|puts|perror|abort|exit|assert)[[:space:]]*\(' $core | wrong "core never prints, aborts or exits"
    includes '.*externals/.*|box/.*|\.\./.*' $core | wrong "core looks up"
    includes 'pd/.*|max/.*|.*pd_box\.h' $box | wrong "a box knows its host"
}

# Wings: plant, ear and control see base and themselves.
for wing in plant ear control; do
    others=$(echo plant ear control | tr ' ' '\n' | grep -v "^$wing\$" | paste -sd '|')
    # shellcheck disable=SC2046
    includes "(.*/)?($others)/.*" $(sources "core/$wing") | wrong "$wing includes another wing"
    # A header of another wing, included without its folder, would be found by nobody, except by luck of -I.
done
# shellcheck disable=SC2046
includes '(.*/)?(plant|ear|control)/.*' $(sources core/base) | wrong "base includes a wing"

# Numbers.
grep -nE -e '-ffast-math|-Ofast|-funsafe-math|-ffinite-math-only' /dev/null Makefile tests/*.mk \
    tests/bench/*.mk examples/*.mk .ci/run 2>/dev/null | grep -vE ':[0-9]+:[[:space:]]*#' | wrong "fast-math"

# Names: what a header declares begins with aed_ (hosts look for setup functions, which do too).
# shellcheck disable=SC2086
for f in $(sources core externals/box externals/pd | grep '\.h$'); do
    # Declarations begin in the first column; the name stands before the first bracket.
    grep -nE '^[a-zA-Z_].*\(' "$f" | grep -vE '^[0-9]+:(static|typedef|#|//)|__attribute__\(\([a-z]*\([^)]*\)\)\);?$' |
        grep -vE '\b(aed_[a-z0-9_]*|AED_[A-Z_]*)[[:space:]]*\(' | sed "s|^|$f:|" | wrong "a name without aed_"
done

# Sizes.
for f in $all; do
    n=$(wc -l < "$f")
    case $f in tests/*) most=600 ;; *) most=500 ;; esac
    [ "$n" -le $most ] || echo "$f" | wrong "$n lines, at most $most"
done

cat "$found"
[ ! -s "$found" ]
