# Targets beside pd-lib-builder's own. Test programs are built into $(BUILD), never beside sources.

BUILD ?= build
test.cflags = $(CFLAGS) -fvisibility=default -Wno-unused-parameter -Icore -Iexternals -Itests
test.lib.objects = $(patsubst %.c,$(BUILD)/obj/%.o,$(core.sources) $(box.sources) tests/common.c)
test.lib = $(BUILD)/libaedtest.a
test.ldlibs = -lfftw3 -lcmocka -lpthread -lm
test.programs = $(patsubst tests/%.c,$(BUILD)/tests/%,$(sort $(wildcard tests/unit/*.c tests/grad/*.c tests/ref/*.c tests/box/*.c)))

$(BUILD)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(test.cflags) -MMD -MP -c -o $@ $<

$(test.lib): $(test.lib.objects)
	@rm -f $@
	ar rcs $@ $^

$(BUILD)/tests/%: tests/%.c $(test.lib)
	@mkdir -p $(@D)
	$(CC) $(test.cflags) -MMD -MP -o $@ $< $(test.lib) $(LDFLAGS) $(test.ldlibs)

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)

.PHONY: check-c
check-c: $(test.programs)
	@set -e; for t in $^; do echo "== $$t"; $$t; done
