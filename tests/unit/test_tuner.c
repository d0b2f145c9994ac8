/* The tuner: where lag and period agree, where only one of them knows, and where neither does. */
#include "common.h"

#include <string.h>

#include "ear/lag.h"
#include "ear/tuner.h"

enum
{
    N = 16384
};

static const double two_pi = 6.283185307179586, sr_hz = 44100.0;
static aed_tuner *tuner;
static double x[N], y[N];

static int set_up(void **state)
{
    tuner = aed_tuner_new(sr_hz, N, 1, NULL);
    return !tuner;
}

static int tear_down(void **state)
{
    aed_tuner_free(tuner);
    return 0;
}

static void fill(double *s, double f0_hz, size_t from, size_t to, double noise)
{
    memset(s, 0, N * sizeof *s);
    for (size_t k = from; k <= to && (double)k * f0_hz < 0.45 * sr_hz; k++)
        for (size_t i = 0; i < N; i++)
            s[i] += 0.2 / (double)k *
                    sin(two_pi * (double)k * f0_hz * (double)i / sr_hz + (double)(k * k));
    for (size_t i = 0; i < N; i++)
        s[i] += test_uniform(-noise, noise);
}

static aed_tuner_result tune(void)
{
    aed_tuner_result r;

    assert_int_equal(aed_tuner_target(tuner, y, NULL), AED_OK);
    assert_int_equal(aed_tuner_listen(&r, tuner, x, NULL), AED_OK);
    return r;
}

static void assert_cents(double octaves, double expected, double most)
{
    if (!(1200.0 * fabs(octaves - expected) < most))
        fail_msg("got %g octaves, expected %g", octaves, expected);
}

static void tones(void **state)
{
    for (double f = 60.0; f < 2500.0; f *= 1.7)
    {
        fill(y, 300.0, 1, 30, 0.0);
        fill(x, f, 1, 30, 0.0);
        const aed_tuner_result r = tune();

        assert_cents(r.octaves, log2(f / 300.0), 40.0);
        assert_cents(log2(r.f0_hz / f), 0.0, 3.0);
        assert_true(r.confidence > 0.5 && r.f0_confidence > 0.95);
    }
}

/* Followed, it comes to rest where the target is. */
static void following_it_tunes(void **state)
{
    static const double from[] = {-2.0, -1.3, -0.51, 0.3, 1.0, 2.0};

    for (size_t i = 0; i < sizeof from / sizeof *from; i++)
    {
        double off = from[i];

        fill(y, 220.0, 1, 40, 0.05);
        for (int step = 0; step < 6; step++)
        {
            fill(x, 220.0 * exp2(off), 1, 12, 0.0);
            off -= 0.8 * tune().octaves;
        }
        assert_cents(off, 0.0, 2.0);
    }
}

/* Partials 4 to 9 of 200 Hz beside a tone with its own fundamental: the lag alone takes a wrong octave or
 * fifth for at least one of these, the periods do not. */
static void a_missing_fundamental(void **state)
{
    aed_lag *lag = aed_lag_new(sr_hz, N, 1, NULL);
    int wrong = 0;

    for (double f = 100.0; f < 900.0; f *= 1.3)
    {
        aed_lag_result alone;

        fill(y, 200.0, 4, 9, 0.0);
        fill(x, f, 1, 4, 0.0);
        assert_cents(tune().octaves, log2(f / 200.0), 40.0);
        assert_int_equal(aed_lag_target(lag, y, NULL), AED_OK);
        assert_int_equal(aed_lag_listen(&alone, lag, x, NULL), AED_OK);
        wrong += fabs(alone.octaves - log2(f / 200.0)) > 0.3;
    }
    assert_true(wrong > 0);
    aed_lag_free(lag);
}

/* In loud noise no period is clear, and the lag still knows. */
static void in_noise_the_lag_knows(void **state)
{
    fill(y, 250.0, 1, 30, 0.25);
    fill(x, 400.0, 1, 30, 0.0);
    assert_cents(tune().octaves, log2(400.0 / 250.0), 30.0);
}

static void unpitched_and_silent(void **state)
{
    aed_tuner_result r;

    fill(x, 250.0, 1, 9, 0.0);
    assert_int_equal(aed_tuner_listen(&r, tuner, x, NULL), AED_OK);
    assert_true(r.octaves == 0.0 && r.confidence == 0.0); /* no target yet */
    assert_cents(log2(r.f0_hz / 250.0), 0.0, 3.0);
    fill(y, 1.0, 1, 0, 0.3);
    assert_true(tune().confidence < 0.5);
    fill(x, 1.0, 1, 0, 0.0);
    r = tune();
    assert_true(
        r.octaves == 0.0 && r.confidence == 0.0 && r.f0_hz == 0.0 && r.f0_confidence == 0.0);
    x[5] = INFINITY;
    r.octaves = 5.0;
    assert_int_equal(aed_tuner_listen(&r, tuner, x, NULL), AED_E_NONFINITE);
    assert_true(r.octaves == 5.0);
    assert_int_equal(aed_tuner_target(tuner, x, NULL), AED_E_NONFINITE);
}

static void other_lengths_and_rates(void **state)
{
    static const double rates[] = {1000.0, 44100.0, 192000.0, 1e6};
    static const size_t lengths[] = {64, 100, 2048, N};

    test_fill(x, N, -1.0, 1.0);
    for (size_t i = 0; i < 16; i++)
    {
        aed_tuner *t = aed_tuner_new(rates[i / 4], lengths[i % 4], 1, NULL);
        aed_tuner_result r;

        assert_non_null(t);
        assert_int_equal(aed_tuner_target(t, x, NULL), AED_OK);
        assert_int_equal(aed_tuner_listen(&r, t, x, NULL), AED_OK);
        assert_true(fabs(r.octaves) < 1e-9);
        aed_tuner_free(t);
    }
    assert_null(aed_tuner_new(sr_hz, 63, 1, NULL));
    assert_null(aed_tuner_new(NAN, N, 1, NULL));
    assert_null(aed_tuner_new(sr_hz, N, 0, NULL));
    assert_null(aed_tuner_new(sr_hz, N, AED_TUNER_TARGETS + 1, NULL));
    aed_tuner_free(NULL);
}

/* Of several targets each is what a tuner with that one alone has; the last one with a missing fundamental,
 * so that periods count. */
static void targets_do_not_disturb_one_another(void **state)
{
    aed_tuner *many = aed_tuner_new(sr_hz, N, 3, NULL);
    aed_tuner_result r, alone;

    fill(x, 300.0, 1, 4, 0.0);
    for (size_t k = 0; k < 3; k++)
    {
        fill(y, 150.0 + 50.0 * (double)k, k == 2 ? 4 : 1, 9, 0.0);
        aed_tuner_choose(many, k);
        assert_int_equal(aed_tuner_target(many, y, NULL), AED_OK);
    }
    for (size_t times = 0; times < 9; times++)
    {
        const size_t k = times * 2 % 3;

        fill(y, 150.0 + 50.0 * (double)k, k == 2 ? 4 : 1, 9, 0.0);
        aed_tuner_choose(many, k);
        assert_int_equal(aed_tuner_listen(&r, many, x, NULL), AED_OK);
        assert_int_equal(aed_tuner_target(tuner, y, NULL), AED_OK);
        assert_int_equal(aed_tuner_listen(&alone, tuner, x, NULL), AED_OK);
        assert_memory_equal(&r, &alone, sizeof r);
    }
    aed_tuner_free(many);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(tones),
        TEST(following_it_tunes),
        TEST(a_missing_fundamental),
        TEST(in_noise_the_lag_knows),
        TEST(unpitched_and_silent),
        TEST(targets_do_not_disturb_one_another),
        cmocka_unit_test(other_lengths_and_rates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
