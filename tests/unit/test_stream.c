/* Streaming against the ear itself: at every hop phi is bit for bit what an ear hears in the last n
 * samples, however they were written. */
#include "common.h"

#include <stdio.h>
#include <string.h>

#include "ear/stream.h"

enum
{
    N = 700,
    HOP = 48,
    HOPS = 60,
    BEFORE = N, /* silence before the first sample */
    ALL = (1u << AED_FEATURES) - 1u
};

static double sound[BEFORE + HOPS * HOP + AED_STREAM_AHEAD * 2];
static double *const x = sound + BEFORE;
static const aed_ear_config config = {.sr_hz = 16000.0,
    .n = N,
    .sizes = {128, 512, 64},
    .n_sizes = 3,
    .hop_n = HOP,
    .mels = 12,
    .floor = 1e-4,
    .whole_frames = 1,
    .features = ALL};
static aed_stream *stream;
static aed_ear *ear;

static int set_up(void **state)
{
    aed_error e;

    stream = aed_stream_new(&config, &e);
    ear = aed_ear_new(&config, &e);
    test_fill(x, sizeof sound / sizeof *sound - BEFORE, -0.5, 0.5);
    return !stream || !ear;
}

static int tear_down(void **state)
{
    aed_stream_free(stream);
    aed_ear_free(ear);
    return 0;
}

/* What was heard last is that of the n samples before `end`. */
static void assert_heard(size_t end)
{
    aed_ear_result r;

    assert_int_equal(aed_ear_listen(ear, &r, NULL, x + end - N, NULL, NULL, N, NULL), AED_OK);
    for (size_t j = 0; j < AED_FEATURES; j++)
    {
        size_t n, m;
        const double *streamed = aed_stream_heard(stream, j, &n);
        const double *heard = aed_ear_heard(ear, j, &m);

        assert_int_equal(n, m);
        if (memcmp(streamed, heard, n * sizeof *heard) != 0)
            fail_msg("%s before sample %zu: %g, expected %g", aed_features[j]->name, end,
                streamed[0], heard[0]);
    }
}

static void each_hop_is_what_an_ear_hears(void **state)
{
    for (size_t k = 1; k <= HOPS; k++)
    {
        assert_true(aed_stream_write(stream, x + (k - 1) * HOP, HOP));
        assert_true(aed_stream_hear(stream));
        assert_false(aed_stream_hear(stream));
        assert_heard(k * HOP);
    }
}

/* Pieces of any length, several hops in one of them. */
static void pieces_do_not_matter(void **state)
{
    size_t written = 0, hops = 0;

    for (size_t piece = 1; written + piece < HOPS * HOP; piece = piece * 7 % 311 + 1)
    {
        const int full = aed_stream_write(stream, x + written, piece);

        written += piece;
        assert_int_equal(full, written >= (hops + 1) * HOP);
        while (aed_stream_hear(stream))
            assert_heard(++hops * HOP);
        assert_int_equal(hops, written / HOP);
    }
    assert_true(hops > 50);
}

/* Whoever comes too late misses hops, and nothing else. */
static void late_hops_are_left_out(void **state)
{
    const size_t written = AED_STREAM_AHEAD + 20 * HOP + 5;
    const size_t left_out = (written - AED_STREAM_AHEAD + HOP - 1) / HOP;
    size_t heard = 0;

    aed_stream_write(stream, x, 3 * HOP);
    while (aed_stream_hear(stream))
        heard++;
    assert_int_equal(heard, 3);
    aed_stream_write(stream, x + 3 * HOP, written - 3 * HOP);
    for (heard = 0; aed_stream_hear(stream); heard++)
        assert_heard((left_out + 1 + heard) * HOP);
    assert_int_equal(heard, written / HOP - left_out);
}

static void no_numbers_are_silence(void **state)
{
    double bad[HOP];

    for (size_t i = 0; i < HOP; i++)
        bad[i] = i % 3 == 0 ? NAN : i % 3 == 1 ? -INFINITY : 2e100;
    memset(x, 0, 2 * HOP * sizeof *x);
    aed_stream_write(stream, bad, HOP);
    assert_true(aed_stream_hear(stream));
    assert_heard(HOP);
    test_fill(x + HOP, HOP, -0.5, 0.5);
    aed_stream_write(stream, x + HOP, HOP);
    assert_true(aed_stream_hear(stream));
    assert_heard(2 * HOP);
}

static void what_an_ear_refuses_is_refused(void **state)
{
    aed_ear_config c = config;
    aed_error e;

    c.n = 511;
    assert_null(aed_stream_new(&c, &e));
    assert_string_equal(e.msg,
        "window: got 511 samples, allowed are 512 … 16777216 with fft size 512 "
        "and whole frames");
}

static void it_takes_no_more_than_its_share(void **state)
{
    aed_ear_config c = config;
    aed_error e;

    c.n = 50000;
    c.hop_n = 1;
    c.n_sizes = 1;
    c.sizes[0] = 2048;
    c.mels = 1;
    assert_null(aed_stream_new(&c, &e));
    assert_int_equal(e.code, AED_E_MEMORY);
    assert_non_null(strstr(e.msg, "allowed are 256: use a larger hop or fewer samples"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_hop_is_what_an_ear_hears, set_up, tear_down),
        cmocka_unit_test_setup_teardown(pieces_do_not_matter, set_up, tear_down),
        cmocka_unit_test_setup_teardown(late_hops_are_left_out, set_up, tear_down),
        cmocka_unit_test_setup_teardown(no_numbers_are_silence, set_up, tear_down),
        cmocka_unit_test(it_takes_no_more_than_its_share),
        cmocka_unit_test_setup_teardown(what_an_ear_refuses_is_refused, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
