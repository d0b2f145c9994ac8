# Targets beside pd-lib-builder's own. Test programs are built into $(BUILD), never beside sources.

BUILD ?= build
CORES := $(shell nproc 2>/dev/null || echo 2)
FUZZ_MESSAGES ?= 200000
FUZZ_SEED ?= 1

# pd-lib-builder does not know which header an object needs: any change makes all again.
$(all.objects): $(wildcard core/*/*.h externals/*/*.h)

# ---- C test programs: a library of core, boxes and helpers, and one program for each file ----

# Programs are -O1: they are compiled once and run once; what they test is built as it ships.
test.cflags = $(CFLAGS) -fvisibility=default -Wno-unused-parameter $(cflags) -Itests -I "$(PDINCLUDEDIR)"
test.lib.objects = $(patsubst %.c,$(BUILD)/obj/%.o,$(core.sources) $(box.sources) externals/pd/pd_signal.c tests/common.c tests/fakehost.c tests/learning.c tests/plant.c tests/oneear.c tests/onesynth.c tests/onetrain.c tests/onemodule.c tests/presets.c tests/sounds.c tests/window.c)
test.lib = $(BUILD)/libaedtest.a
test.ldlibs = -lfftw3 -ljansson -lcmocka -lpthread -lm
test.sources = $(sort $(foreach d,unit grad ref box rt fuzz study,$(wildcard tests/$(d)/*.c)))
test.programs = $(patsubst tests/%.c,$(BUILD)/tests/%,$(test.sources))

$(BUILD)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(test.cflags) -MMD -MP -c -o $@ $<

$(test.lib): $(test.lib.objects)
	@rm -f $@
	@ar rcs $@ $^

$(BUILD)/tests/%: tests/%.c $(test.lib)
	@mkdir -p $(@D)
	$(CC) $(test.cflags) -O1 $(SANITIZE) -MMD -MP -o $@ $< $(test.lib) $(LDFLAGS) $(test.ldlibs)

-include $(shell find $(BUILD)/obj $(BUILD)/tests -name '*.d' 2>/dev/null)

.PHONY: programs
programs: $(test.programs)

# ---- check ----

.PHONY: check check-run check-c
check:
	@tests/deps.sh check
	@$(MAKE) --no-print-directory -j$(CORES) check-run

check-run: all programs
	@BUILD=$(BUILD) tests/run.sh

# Only the C programs; ONLY=word picks those whose path contains it.
check-c: programs
	@BUILD=$(BUILD) WHAT=c tests/run.sh

# ---- studies: the random tests of check with many more settings; some minutes ----

.PHONY: study
study: programs
	AED_TRIALS=1000 $(BUILD)/tests/grad/grad_modules
	$(BUILD)/tests/grad/grad_chains
	AED_SETS=10000 $(BUILD)/tests/box/test_reachable
	AED_TRIALS=12 $(BUILD)/tests/unit/test_disturbed

# What AME-D learns: WHAT="waves sounds pitch" or some of them.
.PHONY: study-amed
study-amed: $(BUILD)/tests/study/study_amed
	@tests/deps.sh study
	$(BUILD)/tests/study/study_amed $(WHAT)

# How often losses know which way to tune, and how often learning ends in tune, beside what was measured before.
# AED_TRIALS=n: trials of each kind.
.PHONY: study-pitch
study-pitch: $(patsubst tests/%.c,$(BUILD)/tests/%,$(wildcard tests/study/pitch_*.c))
	$(BUILD)/tests/study/pitch_sign
	$(BUILD)/tests/study/pitch_recovery

# What the law robust does to alpha and to learning, beside the law it came from, a fixed alpha and the law hyper.
# AED_TRIALS=n AED_FIRST=n: targets; WHAT="alpha tests gradient" or some of them.
.PHONY: study-law
study-law: $(BUILD)/tests/study/law
	$(BUILD)/tests/study/law $(if $(WHAT),"$(WHAT)")

# Who matches sounds best: AE-DDSP with and without its parts, Adam, SGD, CMA-ES, NLopt, random search.
# AED_TRIALS=n targets with the key known, 2 n with it unknown (100); WHAT="known unknown recordings" or some of them.
match.program = $(BUILD)/tests/study/match/match
match.sources = $(wildcard tests/study/match/*.c) tests/bench/child.c

$(match.program): $(match.sources) $(wildcard tests/study/match/*.h) $(test.lib)
	@mkdir -p $(@D)
	$(CC) $(test.cflags) -Itests/bench -Itests/study/match -DMATCH_DIR='"tests/study/match"' -O1 -o $@ $(match.sources) $(test.lib) $(LDFLAGS) $(test.ldlibs)

.PHONY: study-match
study-match: $(match.program)
	@tests/deps.sh study
	$(match.program) $(WHAT)

# ---- sanitizers: a tree of links of their own, because objects land beside sources ----

asan.flags = -fsanitize=address,undefined -fno-sanitize-recover=undefined -g -O1 -fno-omit-frame-pointer
tsan.flags = -fsanitize=thread -g -O1

# $(1): asan or tsan. The tree is made again each time, so that it never holds a stale link; its
# build folder stays.
define sanitized_tree
	@tests/deps.sh check
	@tests/tree.sh build/$(1)
	@$(MAKE) --no-print-directory -C build/$(1) -j$(CORES) SANITIZE="$($(1).flags)" LDFLAGS="$($(1).flags)" all programs > build/$(1).log 2>&1 \
	    || { tail -30 build/$(1).log; exit 1; }
	@cd build/$(1) && SANITIZER=$(1) tests/run.sh
endef

.PHONY: asan tsan fuzz
asan:
	$(call sanitized_tree,asan)

tsan:
	$(call sanitized_tree,tsan)

# The same random messages as in check, many more of them, under the address sanitizer.
fuzz:
	@tests/deps.sh check
	@tests/tree.sh build/asan
	@$(MAKE) --no-print-directory -C build/asan -j$(CORES) SANITIZE="$(asan.flags)" LDFLAGS="$(asan.flags)" build/tests/fuzz/fuzz > build/fuzz.log 2>&1 \
	    || { tail -30 build/fuzz.log; exit 1; }
	build/asan/build/tests/fuzz/fuzz $(FUZZ_MESSAGES) $(FUZZ_SEED)

# ---- tidiness ----

c.files = $(wildcard core/*/*.[ch] externals/*/*.[ch] tests/*.[ch] tests/*/*.[ch] tests/study/match/*.[ch])

.PHONY: lint format format-check
lint:
	@tests/lint.sh

format:
	clang-format -i $(c.files)

format-check:
	@clang-format --dry-run --Werror $(c.files)

# ---- packages ----

# pd-lib-builder's datadirs would stumble over a folder inside examples/.
install: install-examples install-presets
.PHONY: install-examples install-presets
install-examples: all
	$(INSTALL_DIR) "$(installpath)/examples"
	$(INSTALL_DATA) $(wildcard examples/*.pd) "$(installpath)/examples"
	$(INSTALL_DIR) "$(installpath)/examples/parts"
	$(INSTALL_DATA) $(wildcard examples/parts/*.pd) "$(installpath)/examples/parts"
	$(INSTALL_DIR) "$(installpath)/examples/sounds"
	$(INSTALL_DATA) $(wildcard examples/sounds/*) "$(installpath)/examples/sounds"

install-presets: all
	$(INSTALL_DIR) "$(installpath)/presets"
	$(INSTALL_DATA) presets/README.md $(wildcard presets/*.json) "$(installpath)/presets"

# pd-lib-builder's recipe for dist only says that there is none: let it say so to nobody.
dist: private SHELL = true
dist: dist-archive

# What install installs, in a tar.gz.
.PHONY: dist-archive
dist-archive: all
	@rm -rf $(BUILD)/dist
	@$(MAKE) --no-print-directory install DESTDIR=$(abspath $(BUILD)/dist) PDLIBDIR= > /dev/null
	@tar -C $(BUILD)/dist --sort=name --owner=0 --group=0 --numeric-owner -czf $(BUILD)/$(lib.name).tar.gz $(lib.name)
	@echo "$(BUILD)/$(lib.name).tar.gz: $$(tar -tzf $(BUILD)/$(lib.name).tar.gz | grep -vc '/$$') files"

clean: clean-build
.PHONY: clean-build
clean-build:
	rm -rf $(BUILD) $(abstractions)

distclean: private SHELL = true

# ---- what there is ----

.PHONY: help-targets
help-targets:
	@sed -n 's/^#: //p' $(firstword $(MAKEFILE_LIST)) tests/targets.mk | expand -t 14

#: all	build the four externals and libaed
#: check	build, then run all tests: C programs, Pd patches, help patches, examples
#: study	the random tests with many more settings: gradients of modules and chains, what can be reached
#: study-amed	what the neural oscillator learns: waves, recordings, keys it has not heard; WHAT=waves
#: study-pitch	which losses know which way to tune, and how often learning ends in tune
#: study-law	what the law does to the learning rate and to learning; WHAT=alpha
#: study-match	who matches sounds best with equal means: AE-DDSP, its parts left out, and its rivals
#: bench	measure cost and learning against the references
#: bench-deps	install what bench compares with (PyTorch, torchaudio, aubio, Faust, bob~)
#: realtime	what the loop costs Pd's thread in real time; REALTIME_SECONDS=n
#: asan	all tests under the address and undefined-behaviour sanitizers
#: tsan	all tests under the thread sanitizer
#: fuzz	random messages under the sanitizers; FUZZ_MESSAGES=n FUZZ_SEED=n
#: demo	learn a sound without a window, and write what was learned
#: play	open the first example in Pd
#: lint	are floors, wings, names and sizes as CONTRIBUTING says?
#: format	lay the C files out with clang-format
#: dist	a tar.gz of the folder that Pd needs
#: install	into Pd's folder of externals, or PDLIBDIR=…
#: clean	remove all that was built

-include examples/demo.mk tests/bench/bench.mk
