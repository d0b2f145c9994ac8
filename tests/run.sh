#!/bin/sh
# run.sh: every test there is, from the project's root: C programs, scripts, patches in real Pd.
# The last line is `N passed, M failed`; the exit code says the same.
#
#   BUILD=folder     where the test programs are (build)
#   SANITIZER=name   asan or tsan: what was built was built for it; its reports are failures
#   WHAT=c           only the C programs
#   ONLY=word        only tests whose path contains the word
#
# A patch in tests/pd says `expect N` in a comment, and `errors M` if it provokes errors: exactly N lines
# that begin with PASS and M lines of errors must come. `multi 1`: only for a Pd with multichannel signals
# (0.54 and newer), `multi 0`: only for one without. Help patches and examples are opened, dsp is
# switched on, and `aed-test` gets a bang: no error, and N lines PASS where they say `expect N`.
set -eu

build=${BUILD:-build}
out=$build/results
limit=60 # seconds for a patch; sanitizers are slow
[ -z "${SANITIZER:-}" ] || limit=300
errors="couldn't create|can't load library|can't find|no such object|no method for|error:|DSP loop|Stack overflow|runtime error|Sanitizer|this Pd has no"

# ---- one test: writes what it said to $1.out and `passed failed` to $1.count ----

count() { grep -Ec "$1" "$2" || true; }

# A number after a word in a patch's comments.
said() { sed -n "s/^#X text [0-9-]* [0-9-]* $1 \([0-9][0-9]*\).*/\1/p" "$2" | head -n 1; }

sanitizer_options() {
    case ${SANITIZER:-} in
    asan) export ASAN_OPTIONS="detect_leaks=$1:abort_on_error=0" UBSAN_OPTIONS=print_stacktrace=1 ;;
    tsan) export TSAN_OPTIONS="halt_on_error=0:exitcode=66:suppressions=$PWD/tests/tsan.supp" ;;
    esac
}

preload() {
    case ${SANITIZER:-} in
    asan) gcc -print-file-name=libasan.so ;;
    tsan) gcc -print-file-name=libtsan.so ;;
    esac
}

run_c() {
    rc=0
    sanitizer_options 1
    timeout -k 2 300 "$2" > "$1.out" 2>&1 < /dev/null || rc=$?
    passed=$(count '^\[       OK \]' "$1.out")
    failed=$(sed -n 's/^ *\([0-9]*\) FAILED TEST(S)$/\1/p' "$1.out" | head -n 1)
    reports=$(count 'runtime error|Sanitizer' "$1.out")
    failed=${failed:-0}
    if [ "$failed" = 0 ] && { [ $rc != 0 ] || [ "$reports" != 0 ] || [ "$passed" = 0 ]; }; then
        failed=1
        echo "$2 ended with $rc, $passed tests passed, $reports sanitizer reports" >> "$1.out"
    fi
    echo "$passed $failed" > "$1.count"
}

run_script() {
    if sh "$2" > "$1.out" 2>&1 < /dev/null; then echo "1 0"; else echo "0 1"; fi > "$1.count"
}

pd_with() {
    LD_PRELOAD=$(preload) timeout -k 2 "$limit" pd -noprefs -nogui -batch -noaudio -nomidi -nrt -stderr \
        -r 44100 -path . -path tests/pd -path help-patches -path examples "$@" < /dev/null
}

# $1 base, $2 patch, $3 Pd's exit code, $4 expected PASS or nothing, $5 expected errors
judge_pd() {
    pass=$(count '^PASS' "$1.out")
    fail=$(count '^FAIL' "$1.out")
    bad=$(count "$errors" "$1.out")
    ok=1
    [ "$3" = 0 ] || ok=0
    [ "$fail" = 0 ] || ok=0
    [ "$pass" = "${4:-0}" ] || ok=0
    [ "$bad" = "${5:-0}" ] || ok=0
    if [ $ok = 1 ]; then
        # A patch without PASS lines is one test: it opened and ran.
        [ "$pass" = 0 ] && pass=1
        echo "$pass 0" > "$1.count"
    else
        echo "$2: exit $3, $pass PASS of ${4:-0}, $fail FAIL, $bad error lines of ${5:-0}" >> "$1.out"
        echo "$pass 1" > "$1.count"
    fi
}

run_pd() {
    rc=0
    sanitizer_options 0
    pd_with -open "$2" > "$1.out" 2>&1 || rc=$?
    if [ -z "$(said expect "$2")" ]; then
        echo "$2 has no comment 'expect N'" >> "$1.out"
        rc=1
    fi
    judge_pd "$1" "$2" $rc "$(said expect "$2")" "$(said errors "$2")"
}

# The driver is opened after the patch, so that the receiver `aed` is there.
run_opened() {
    rc=0
    sanitizer_options 0
    pd_with -open "$2" -open tests/pd/lib/driver.pd > "$1.out" 2>&1 || rc=$?
    judge_pd "$1" "$2" $rc "$(said expect "$2")" 0
}

if [ "${1:-}" = one ]; then
    base=$out/$(echo "$3" | tr '/~' '__')
    "run_$2" "$base" "$3"
    read -r passed failed < "$base.count"
    if [ "$failed" = 0 ]; then
        printf '%5d  %s\n' "$passed" "$3"
    else
        printf ' FAIL  %s\n' "$3"
    fi
    exit 0
fi

# ---- all of them ----

# One line `kind path` a test; the long ones first, so that the cores end together.
list() {
    for f in tests/box/*.c tests/grad/*.c tests/unit/*.c tests/ref/*.c tests/rt/*.c tests/fuzz/*.c; do
        [ -e "$f" ] && echo "c $build/${f%.c}"
    done
    [ "${WHAT:-}" = c ] && return
    multi=$(nm -D "$(command -v pd)" | count ' signal_setmultiout$' -)
    for f in tests/pd/*.pd; do
        only=$(said multi "$f")
        [ "${only:-$multi}" != "$multi" ] || echo "pd $f"
    done
    for f in help-patches/*.pd examples/*.pd; do
        # aed-meta.pd is data in Pd's clothes, and still has to open.
        [ -e "$f" ] && echo "opened $f"
    done
    [ -n "${SANITIZER:-}" ] && return
    for f in tests/symbols.sh tests/lint.sh tests/lint-test.sh tests/dist-test.sh tests/keep-test.sh; do echo "script $f"; done
}

rm -rf "$out"
mkdir -p "$out"
list | grep -F -- "${ONLY:-}" > "$out/list"
jobs=$(nproc 2>/dev/null || echo 2)
BUILD=$build xargs -P "$jobs" -L 1 sh "$0" one < "$out/list"

passed=0 failed=0 run=0
for f in "$out"/*.count; do
    read -r p n < "$f"
    passed=$((passed + p)) failed=$((failed + n)) run=$((run + 1))
    [ "$n" = 0 ] || { echo "---- ${f%.count}.out"; grep -v '^\[ RUN\|^\[       OK' "${f%.count}.out" | tail -n 30; }
done
[ "$run" = "$(wc -l < "$out/list")" ] || { echo "only $run of $(wc -l < "$out/list") tests ran"; failed=$((failed + 1)); }
# How far gradients are from finite differences, results from PyTorch's; what is reached; aliases.
grep -hE '^(grad|ref|reach|alias|ladder)[ :]' "$out"/*.out || true
[ -z "${SANITIZER:-}" ] || [ $failed != 0 ] || echo "$SANITIZER: clean"
echo "$passed passed, $failed failed"
[ $failed = 0 ]
