# make bench                          every row, side by side with its rival or its limit
# make bench ROWS="mel-gradient-fftw" only these
# PYTHON=… names a Python with torch and torchaudio, should neither the system's nor PATH's have them.
# The code under test is compiled exactly as it ships. Nothing here needs a network.

bench.dir = tests/bench
bench.build = $(BUILD)/bench
bench.cflags = $(CFLAGS) -fPIC $(cflags) -I$(bench.dir) -DBENCH_DIR='"$(bench.dir)"' -DBENCH_FLAGS='"$(strip $(CFLAGS) -fPIC)"'
bench.objects = $(patsubst %.c,$(bench.build)/%.o,$(core.sources) externals/box/fit.c externals/box/fit_contour.c $(sort $(wildcard $(bench.dir)/*.c)))
bench.program = $(bench.build)/bench

ROWS ?=

# Without a faust its row says so.
ifneq ($(shell command -v faust),)
bench.cflags += -DBENCH_FAUST -I$(bench.build)
$(bench.build)/$(bench.dir)/row_voice_faust.o: $(bench.build)/classic-plain.inc
$(bench.build)/$(bench.dir)/row_voice_faust_tuned.o: $(bench.build)/classic-tuned.inc
endif

# Without aubio neither. The stamp is newer than an object built without it.
ifeq ($(shell echo '\#include <aubio/aubio.h>' | $(CC) -E - >/dev/null 2>&1 && echo yes),yes)
bench.cflags += -DBENCH_AUBIO
bench.libs = -laubio
$(bench.build)/$(bench.dir)/row_mel_aubio.o: $(bench.build)/aubio
$(bench.build)/aubio:
	@mkdir -p $(@D)
	touch $@
endif

# Static, because both are linked into one program.
$(bench.build)/classic-%.inc: $(bench.dir)/classic.dsp $(bench.dir)/%/kernels.lib
	@mkdir -p $(@D)
	faust -double -lang c -cn faust -I $(bench.dir)/$* -o $@.c $<
	sed -E 's/^(faust\*|void|int) ([a-zA-Z]+faust\()/static \1 \2/' $@.c > $@

$(bench.build)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(bench.cflags) -MMD -MP -c -o $@ $<

$(bench.program): $(bench.objects)
	$(CC) -o $@ $^ $(LDFLAGS) $(bench.libs) -lfftw3 -lpthread -lm

-include $(shell find $(bench.build) -name '*.d' 2>/dev/null)

.PHONY: bench bench-deps
# The externals are built too: the playing chain is measured inside Pd.
bench:
	@$(MAKE) --no-print-directory -s -j$(CORES) all $(bench.program) >/dev/null
	@$(bench.program) $(ROWS)

bench-deps:
	@tests/deps.sh bench

# What the loop costs Pd's thread in real time: the longest CPU time of any callback, and steps per
# second. A build of its own, because measuring costs a little itself.
REALTIME_SECONDS ?= 60

.PHONY: realtime
realtime:
	@tests/deps.sh check
	@tests/tree.sh build/timing
	@$(MAKE) --no-print-directory -s -C build/timing -j$(CORES) DEFINES=-DAED_TIMING all > build/timing.log 2>&1 \
	    || { tail -30 build/timing.log; exit 1; }
	@cd build/timing && tests/bench/realtime.sh $(REALTIME_SECONDS)
