#!/bin/sh
# tree.sh FOLDER: a copy of the checkout made of links, without what was built and without .git.
# What was built in FOLDER/build before stays, so that make builds only what changed.
set -eu
tree=$1
mkdir -p "$tree"
find "$tree" -mindepth 1 -maxdepth 1 ! -name build ! -name '*.pd_linux' ! -name '*.so' \
    ! -name core ! -name externals -exec rm -rf {} +
find "$tree" -path "$tree/build" -prune -o -type l -exec rm -f {} +
for thing in "$PWD"/* "$PWD"/.clang-format; do
    case $thing in
    */build | *.pd_linux | *.so | *.pd) ;; # what make makes
    *) cp -rsf "$thing" "$tree" ;;
    esac
done
# Objects of the plain build came along as links; those that were built here are files.
find "$tree" -path "$tree/build" -prune -o -type l -name '*.o' -exec rm -f {} +
