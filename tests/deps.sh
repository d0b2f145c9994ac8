#!/bin/sh
# deps.sh WHAT…: have installed what a job needs (build check demo play bench study shot).
# Installs with apt-get on Debian and Ubuntu, with sudo unless root. DEPS=no: only names what is missing.
set -eu

packages() {
    for what; do
        case $what in
        build) echo gcc libc6-dev make pd-lib-builder puredata-dev libfftw3-dev libjansson-dev ;;
        check) packages build; echo binutils libcmocka-dev puredata-core puredata-doc ;;
        demo) packages build; echo puredata-core puredata-doc gnuplot-nox ;;
        play) packages demo; echo puredata-gui ;;
        bench) packages check; echo faust libaubio-dev puredata-extra python3-torch python3-torchaudio ;;
        study) packages check; echo sox libsox-fmt-base sonic-pi-samples python3-cmaes python3-nlopt ;;
        shot) packages play; echo xvfb xauth xdotool imagemagick ;;
        format) echo clang-format ;;
        *) echo "deps.sh: no job named $what" >&2; exit 2 ;;
        esac
    done
}

wanted=$(packages "$@" | tr ' ' '\n' | sort -u)

if ! command -v apt-get >/dev/null 2>&1; then
    [ "${DEPS:-}" = no ] && exit 0
    echo "This is not Debian or Ubuntu, so nothing is installed. '$*' needs, by their Debian names:"
    echo "$wanted" | sed 's/^/  /'
    echo "Install what is missing and run again with DEPS=no."
    exit 1
fi

missing=
for p in $wanted; do
    state=$(dpkg-query -W -f='${db:Status-Status}' "$p" 2>/dev/null || true)
    [ "$state" = installed ] || missing="$missing $p"
done
[ -n "$missing" ] || exit 0

echo "'make $*' needs these packages:$missing"
if [ "${DEPS:-}" = no ]; then
    echo "DEPS=no: not installed. Install them with: apt-get install$missing"
    exit 1
fi
sudo=
[ "$(id -u)" = 0 ] || sudo=sudo
echo "Installing them with apt-get (DEPS=no skips this)."
export DEBIAN_FRONTEND=noninteractive
$sudo apt-get update -qq || echo "apt-get update failed: trying with the lists that are here"
# shellcheck disable=SC2086
$sudo apt-get install -y -qq --no-install-recommends $missing
