/* [aed_synth~]: a note into an array. */
#include <string.h>

#include "onesynth.h"

enum
{
    ARRAY_N = 3000,
    INFO = 3,
    MODES = 3
};

static const char *const modes[MODES] = {"sync", "deadline 20", "async"};

static double other[ARRAY_N];

static int setup_array(void **state)
{
    if (setup(state))
        return -1;
    fake_array(&host, "other", other, ARRAY_N);
    return 0;
}

static void a_note_into_an_array(void **state)
{
    enum
    {
        HELD_N = 441
    };
    const aed_score score = {{{0, 69.0, 100.0}, {HELD_N, 69.0, 0.0}}, 2};
    const size_t n = ARRAY_N;
    double wanted[ARRAY_N];
    aed_error e;

    (void)state;
    aed_voice *v = aed_voice_new(&synth_plant.chain, host.sr_hz, 0, &e);

    assert_int_equal(aed_voice_render(v, wanted, NULL, synth_plant.start, &score, n), AED_OK);
    aed_voice_free(v);
    for (size_t m = 0; m < MODES; m++)
    {
        fake_thread(modes[m]);
        memset(other, 0, sizeof other);
        fake_accept(synth, 0, "render other 69 100 10");
        assert_true(fake_run_until_seen(synth, INFO, "rendered", m + 1, 1e4));
        assert_string_equal(synth->sent[INFO].symbol, "other");
        assert_memory_equal(other, wanted, sizeof wanted);
    }
    fake_no_errors(&host);
}

/* Without numbers: key 60, held throughout. */
static void a_note_of_its_own(void **state)
{
    double first[ARRAY_N];

    (void)state;
    fake_accept(synth, 0, "render other");
    assert_true(fake_run_until_seen(synth, INFO, "rendered", 1, 1e4));
    memcpy(first, other, sizeof other);
    fake_accept(synth, 0, "render other 60 100 1000");
    assert_true(fake_run_until_seen(synth, INFO, "rendered", 2, 1e4));
    assert_memory_equal(first, other, sizeof other);
    assert_true(loudness(other, ARRAY_N) > 0.0);
}

static void not_rendered(void **state)
{
    aed_error e;

    (void)state;
    fake_refuse(synth, 0, "render nothing", "there is no array 'nothing'");
    for (size_t m = 0; m < MODES; m++) /* gone, or the object, before it is done */
    {
        fake_thread(modes[m]);
        fake_accept(synth, 0, "render other 60 100");
        fake_accept(synth, 0, "chain vco");
        fake_accept(synth, 0, "render other 60 100");
        fake_delete(synth);
        assert_true(fake_again(synth, &aed_class_synth, "vco", &e));
    }
    fake_thread("sync");
    fake_accept(synth, 0, "render other");
    host.arrays[0].name = "gone";
    fake_run(&host, 50.0);
    assert_non_null(strstr(fake_only_error(synth), "array 'other' has gone"));
    host.arrays[0].name = "other";
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_note_into_an_array, setup_array, teardown),
        cmocka_unit_test_setup_teardown(a_note_of_its_own, setup_array, teardown),
        cmocka_unit_test_setup_teardown(not_rendered, setup_array, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
