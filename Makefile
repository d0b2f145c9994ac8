# aed: instruments that learn, inside Pure Data.   `make help-targets` lists what can be made.

lib.name = aed

# No fast-math: pd-lib-builder's own CFLAGS have it, and NaN guards need IEEE arithmetic.
# Nobody reads the flags of floating-point exceptions: without this GCC takes `a < b ? x : y` for a branch and
# vectorises no loop that has one. No value changes, NaN compares as it must.
CFLAGS = -std=c11 -O3 -g -fno-math-errno -fno-trapping-math -fvisibility=hidden -Wall -Wextra -Wshadow \
    -Wno-cast-function-type $(SANITIZE)
cflags = -Icore -Iexternals $(DEFINES) -D_POSIX_C_SOURCE=200809L
ldlibs = -lm

core.sources = $(sort $(wildcard core/*/*.c))
box.sources = $(sort $(wildcard externals/box/*.c))

aed_synth~.class.sources = externals/pd/aed_synth~.c
aed_features~.class.sources = externals/pd/aed_features~.c
aed_sched.class.sources = externals/pd/aed_sched.c
aed_train.class.sources = externals/pd/aed_train.c
shared.sources = $(core.sources) $(box.sources) externals/pd/pd_box.c externals/pd/pd_signal.c externals/pd/pd_keep.c externals/pd/timing.c
shared.ldlibs = -lfftw3 -ljansson -lpthread $(shared.exports.$(system))
shared.exports.Linux = -Wl,--version-script=externals/libaed.map

abstractions = $(notdir $(wildcard externals/pd/*.pd))
datafiles = $(abstractions) README.md LICENSE CHANGELOG.md $(wildcard help-patches/*.pd)

PDLIBBUILDER_DIR ?= /usr/share/pd-lib-builder
ifneq ($(wildcard $(PDLIBBUILDER_DIR)/Makefile.pdlibbuilder),)
include $(PDLIBBUILDER_DIR)/Makefile.pdlibbuilder
else
all:
	@echo "pd-lib-builder is not in $(PDLIBBUILDER_DIR): run tests/deps.sh build, or set PDLIBBUILDER_DIR"; exit 1
endif

# Abstractions lie beside the binaries, here as in the installed folder.
post: $(abstractions)
$(abstractions): %.pd: externals/pd/%.pd
	cp $< $@

include tests/targets.mk
