#!/bin/sh
# symbols.sh: what the binaries show to the rest of Pd's process begins with aed_, libaed shows its API
# and nothing else, and they need no library that nobody expects.
set -eu
wrong=0

complain() {
    echo "$1"
    wrong=1
}

# Data and functions that a binary defines, without the toolchain's own marks.
defined() { nm -D --defined-only "$1" | awk '{ print $NF }' | grep -vE '^(_init|_fini|_edata|_end|__bss_start)$' || true; }

# Declared as API in a header; the classes are data.
api=$(grep -ohE 'AED_API[^;]*;|extern AED_API[^;]*;' externals/box/box.h externals/pd/pd_box.h | cat - /dev/null)
api="$api $(tr '\n' ' ' < externals/box/box.h | grep -oE 'AED_API[^;]*;') $(tr '\n' ' ' < externals/pd/pd_box.h | grep -oE 'AED_API[^;]*;')"

[ -e libaed.so ] || { echo "libaed.so is not built"; exit 1; }
for symbol in $(defined libaed.so); do
    echo "$api" | grep -qE "\b$symbol\b" || complain "libaed.so exports $symbol, which is not AED_API"
done
for binary in aed_*.pd_linux; do
    name=$(basename "$binary" .pd_linux | sed 's/~$/_tilde/')
    [ "$(defined "$binary")" = "${name}_setup" ] || complain "$binary exports: $(defined "$binary" | tr '\n' ' ')"
done
for binary in libaed.so aed_*.pd_linux; do
    for symbol in $(defined "$binary"); do
        case $symbol in aed_*) ;; *) complain "$binary exports $symbol" ;; esac
    done
    for lib in $(readelf -d "$binary" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p'); do
        case $lib in
        libc.so.* | libm.so.* | libfftw3.so.* | libjansson.so.* | libpthread.so.* | libaed.so | ld-linux*) ;;
        *) complain "$binary needs $lib" ;;
        esac
    done
done
[ $wrong = 0 ] && echo "symbols: $(defined libaed.so | wc -l) of libaed.so, all AED_API"
exit $wrong
