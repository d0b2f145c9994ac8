#include "common.h"

#include <string.h>

#include "plant.h"
#include "plant/ladder.h"
#include "plant/vco.h"

enum
{
    N = 4096,
    MAX_D = 64
};

static const double sr_hz = 48000.0;
static double y[N], other[N], dx[N];

static void forward(aed_voice *v, double *out, aed_tape *t, size_t block_n, size_t n)
{
    for (size_t at = 0; at < n; at += block_n)
        assert_int_equal(
            aed_voice_forward(v, out + at, t, n - at < block_n ? n - at : block_n), AED_OK);
}

static double power(const double *x, size_t n)
{
    double sum = 0.0;

    for (size_t i = 0; i < n; i++)
        sum += x[i] * x[i];
    return sum / (double)n;
}

static double largest_difference(const double *a, const double *b, size_t n)
{
    double largest = 0.0;

    for (size_t i = 0; i < n; i++)
        largest = fmax(largest, fabs(a[i] - b[i]));
    return largest;
}

/* ---- birth ---- */

static void new_refuses_bad_arguments(void **state)
{
    static const double bad[] = {0.0, 999.0, 1000001.0, -48000.0, NAN, INFINITY};
    const aed_chain c = chain_of("vco"), empty = {.n = 0};
    aed_error e;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    {
        assert_null(aed_voice_new(&c, bad[i], 1, &e));
        assert_int_equal(e.code, AED_E_ARG);
    }
    assert_null(aed_voice_new(&c, 999.0, 1, &e));
    assert_string_equal(e.msg, "sample rate: got 999 Hz, allowed 1000 … 1000000");
    assert_null(aed_voice_new(&empty, sr_hz, 1, &e));
    assert_int_equal(e.code, AED_E_ARG);
    aed_voice_free(NULL);
}

static void new_voice_is_silent_and_at_its_start(void **state)
{
    aed_voice *v = voice_of(AED_CHAIN_DEFAULT, sr_hz), *set = voice_of(AED_CHAIN_DEFAULT, sr_hz);
    double theta[MAX_D];

    (void)state;
    aed_chain_start(theta, aed_voice_chain(set));
    aed_voice_theta(set, theta, 0);
    forward(v, y, NULL, N, N);
    assert_true(power(y, N) == 0.0);
    aed_voice_reset(v);
    aed_voice_note(v, 60.0, 100.0);
    aed_voice_note(set, 60.0, 100.0);
    forward(v, y, NULL, N, N);
    forward(set, other, NULL, N, N);
    assert_memory_equal(y, other, sizeof y);
    assert_true(power(y, N) > 0.0);
    aed_voice_free(v);
    aed_voice_free(set);
}

/* ---- forward ---- */

/* A tune with events, ramps and theta changes, in blocks of block_n between them. */
static void tune(aed_voice *v, double *out, size_t block_n)
{
    double theta[2][MAX_D];

    for (size_t k = 0; k < MAX_D; k++)
    {
        theta[0][k] = 0.3 + 0.01 * (double)(k % 30);
        theta[1][k] = 0.7 - 0.01 * (double)(k % 30);
    }
    aed_voice_reset(v);
    aed_voice_theta(v, theta[0], 0);
    aed_voice_note(v, 57.0, 100.0);
    forward(v, out, NULL, block_n, 1001);
    aed_voice_theta(v, theta[1], 700);
    forward(v, out + 1001, NULL, block_n, 500);
    aed_voice_theta(v, theta[0], 300); /* in the middle of a ramp */
    aed_voice_note(v, 57.0, 0.0);
    forward(v, out + 1501, NULL, block_n, N - 1501);
}

static void blocks_do_not_matter(void **state)
{
    static const char *const chains[] = {
        AED_CHAIN_DEFAULT, "vco vco noise | ladder | ladder | vca", "noise"};
    static const size_t blocks[] = {1, 64, 100};

    (void)state;
    for (size_t c = 0; c < 3; c++)
    {
        aed_voice *v = voice_of(chains[c], sr_hz);

        tune(v, y, N);
        for (size_t b = 0; b < 3; b++)
        {
            tune(v, other, blocks[b]);
            assert_true(largest_difference(y, other, N) <= 1e-12);
        }
        aed_voice_free(v);
    }
}

/* Hundreds of theta, corners among them, at all rates and block sizes: finite, and so is the
 * gradient. */
static void nothing_reachable_is_not_finite(void **state)
{
    static const char *const chains[] = {
        AED_CHAIN_DEFAULT, "vco vco noise | ladder | vca | ladder"};
    static const double rates[] = {44100.0, 48000.0, 96000.0};
    static const size_t blocks[] = {1, 64, 2048};
    const size_t n = N;

    (void)state;
    test_fill(dx, N, -1.0, 1.0);
    for (size_t trial = 0; trial < 240; trial++)
    {
        const aed_chain c = chain_of(chains[trial % 2]);
        aed_error e;
        aed_voice *v = aed_voice_new(&c, rates[trial % 3], trial, &e);
        aed_tape *t = aed_tape_new(v, n, &e);
        double theta[MAX_D], dtheta[MAX_D] = {0};

        assert_true(v && t);
        for (size_t k = 0; k < c.d; k++)
        {
            theta[k] = test_uniform(0.0, 1.0);
            if (trial % 4 > 0)
                theta[k] = floor(test_uniform(0.0, 2.0));
        }
        aed_voice_theta(v, theta, trial % 5 == 0 ? 333 : 0);
        aed_tape_open(t, v, n);
        aed_voice_note(v, test_uniform(0.0, 127.0), test_uniform(1.0, 127.0));
        forward(v, y, t, blocks[trial / 3 % 3], n / 2);
        aed_voice_note(v, 127.0, trial % 2 ? 0.0 : 127.0);
        forward(v, y + n / 2, t, blocks[trial / 3 % 3], n - n / 2);
        for (size_t i = 0; i < n; i++)
            assert_true(isfinite(y[i]));
        assert_int_equal(aed_voice_backward(v, dtheta, t, dx), AED_OK);
        aed_tape_free(t);
        aed_voice_free(v);
    }
}

/* A sine alone, for what can be said about frequency and values. */
static aed_voice *sine_voice(double *theta, double freq_hz)
{
    aed_voice *v = voice_of("vco", sr_hz);

    memset(theta, 0, 9 * sizeof *theta);
    theta[0] = aed_param_theta(&aed_vco.params[0], freq_hz);
    theta[1] = 0.5;
    theta[2] = 1.0;
    aed_voice_theta(v, theta, 0);
    return v;
}

static void assert_sine(aed_voice *v, double freq_hz)
{
    forward(v, y, NULL, 64, N);
    for (size_t i = 0; i < N; i++)
        assert_true(fabs(y[i] - sin(2.0 * 3.141592653589793 * freq_hz * (double)i / sr_hz)) < 1e-8);
}

static void notes_transpose_and_releases_keep_the_pitch(void **state)
{
    double theta[9];
    aed_voice *v = sine_voice(theta, 200.0);

    (void)state;
    assert_sine(v, 200.0);
    aed_voice_reset(v);
    aed_voice_note(v, 72.0, 1.0);
    assert_sine(v, 400.0);
    aed_voice_reset(v);
    aed_voice_note(v, 60.5, 1.0);
    aed_voice_note(v, 20.0, 0.0);
    assert_sine(v, 200.0 * pow(2.0, 0.5 / 12.0));
    aed_voice_reset(v); /* which forgets the note */
    assert_sine(v, 200.0);
    aed_voice_free(v);
}

static void notes_are_clipped(void **state)
{
    aed_voice *v = voice_of(AED_CHAIN_DEFAULT, sr_hz);

    (void)state;
    aed_voice_note(v, NAN, 1e9);
    forward(v, y, NULL, 64, N);
    aed_voice_note(v, INFINITY, 64.0);
    forward(v, y, NULL, 64, N);
    aed_voice_note(v, -INFINITY, -5.0);
    forward(v, y, NULL, 64, N);
    aed_voice_free(v);
}

static void last_note_before_a_sample_counts(void **state)
{
    aed_voice *a = voice_of(AED_CHAIN_DEFAULT, sr_hz), *b = voice_of(AED_CHAIN_DEFAULT, sr_hz);

    (void)state;
    aed_voice_note(a, 50.0, 30.0);
    aed_voice_note(a, 50.0, 0.0);
    aed_voice_note(a, 64.0, 99.0);
    aed_voice_note(b, 64.0, 99.0);
    forward(a, y, NULL, 64, N);
    forward(b, other, NULL, 64, N);
    assert_memory_equal(y, other, sizeof y);
    aed_voice_free(a);
    aed_voice_free(b);
}

/* A level on a ramp is a straight line: a square far below one cycle is 1 throughout. */
static void ramps_are_straight(void **state)
{
    double theta[9] = {0.0, 0.5, 0.0, 0.0, 0.0, 0.25, 1.0, 0.0, 0.0};
    aed_voice *v = voice_of("vco", sr_hz);

    (void)state;
    aed_voice_theta(v, theta, 0);
    forward(v, y, NULL, 64, 10);
    assert_true(fabs(y[9] - 0.25) < 1e-15);
    theta[5] = 0.75;
    aed_voice_theta(v, theta, 200);
    forward(v, y, NULL, 64, 300);
    for (size_t i = 0; i < 300; i++)
        assert_true(fabs(y[i] - (0.25 + 0.5 * fmin(1.0, (double)(i + 1) / 200.0))) < 1e-14);
    theta[5] = 0.25;
    aed_voice_theta(v, theta, 200);
    forward(v, y, NULL, 64, 100);
    theta[5] = 1.0; /* from 0.5, where the ramp has come to */
    aed_voice_theta(v, theta, 100);
    forward(v, y, NULL, 64, 100);
    for (size_t i = 0; i < 100; i++)
        assert_true(fabs(y[i] - (0.5 + 0.5 * (double)(i + 1) / 100.0)) < 1e-14);
    aed_voice_free(v);
}

static void theta_is_clipped(void **state)
{
    const double beyond[9] = {[0] = -3.0, [4] = 7.0}, at_bounds[9] = {[4] = 1.0};
    aed_voice *a = voice_of("vco", sr_hz), *b = voice_of("vco", sr_hz);

    (void)state;
    aed_voice_theta(a, beyond, 0);
    aed_voice_theta(b, at_bounds, 0);
    forward(a, y, NULL, 64, N);
    forward(b, other, NULL, 64, N);
    assert_memory_equal(y, other, sizeof y);
    aed_voice_free(a);
    aed_voice_free(b);
}

static void reset_repeats_and_seed_waits_for_it(void **state)
{
    aed_voice *v = voice_of("noise", sr_hz), *w = voice_of("noise", sr_hz);

    (void)state;
    forward(v, y, NULL, 64, N);
    aed_voice_reset(v);
    forward(v, other, NULL, 64, N);
    assert_memory_equal(y, other, sizeof y);

    aed_voice_reset(v);
    aed_voice_seed(v, 99);
    forward(v, other, NULL, 64, N);
    assert_memory_equal(y, other, sizeof y);
    aed_voice_reset(v);
    forward(v, other, NULL, 64, N);
    assert_memory_not_equal(y, other, sizeof y);
    aed_voice_seed(w, 99);
    aed_voice_reset(w);
    forward(w, y, NULL, 64, N);
    assert_memory_equal(y, other, sizeof y);
    aed_voice_free(v);
    aed_voice_free(w);
}

static void reset_ends_ramps(void **state)
{
    double theta[9] = {0.0, 0.5, 0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0};
    aed_voice *v = voice_of("vco", sr_hz);

    (void)state;
    aed_voice_theta(v, theta, 1000);
    forward(v, y, NULL, 64, 50);
    aed_voice_reset(v);
    forward(v, y, NULL, 64, 50);
    assert_true(fabs(y[49] - 1.0) < 1e-15);
    aed_voice_free(v);
}

static void copy_goes_on_alike(void **state)
{
    aed_voice *v = voice_of(AED_CHAIN_DEFAULT, sr_hz), *w = voice_of(AED_CHAIN_DEFAULT, sr_hz);
    double theta[MAX_D];

    (void)state;
    test_fill(theta, MAX_D, 0.2, 0.8);
    forward(w, y, NULL, 64, 100);
    aed_voice_note(v, 50.0, 100.0);
    aed_voice_theta(v, theta, 500);
    forward(v, y, NULL, 64, 333);
    aed_voice_note(v, 62.0, 50.0); /* not heard yet: copied too */
    aed_voice_copy(w, v);
    forward(v, y, NULL, 64, N);
    forward(w, other, NULL, 64, N);
    assert_memory_equal(y, other, sizeof y);
    aed_voice_free(v);
    aed_voice_free(w);
}

/* ---- render ---- */

static void render_is_forward_with_events(void **state)
{
    const aed_score score = {{{0, 57, 90}, {500, 57, 0}, {1000, 64, 80}, {5000, 64, 0}}, 4};
    aed_voice *v = voice_of(AED_CHAIN_DEFAULT, sr_hz);
    double theta[MAX_D];

    (void)state;
    test_fill(theta, MAX_D, 0.2, 0.8);
    forward(v, y, NULL, 64, 77); /* render begins with a reset */
    assert_int_equal(aed_voice_render(v, y, NULL, theta, &score, N), AED_OK);
    aed_voice_reset(v);
    aed_voice_theta(v, theta, 0);
    aed_voice_note(v, 57.0, 90.0);
    forward(v, other, NULL, 64, 500);
    aed_voice_note(v, 57.0, 0.0);
    forward(v, other + 500, NULL, 64, 500);
    aed_voice_note(v, 64.0, 80.0);
    forward(v, other + 1000, NULL, 64, N - 1000);
    assert_memory_equal(y, other, sizeof y);
    aed_voice_free(v);
}

/* ---- a module that breaks ---- */

static double poison; /* added to the output of the broken ladder and to its state */

static void broken_forward(double *out, double *tape, double *s, const double *x,
    const double *const *p, const aed_block *b)
{
    aed_ladder.forward(out, tape, s, x, p, b);
    s[2] += poison;
}

static void nonfinite_state_is_caught(void **state)
{
    static const double poisons[] = {NAN, INFINITY, -INFINITY};
    aed_module broken = aed_ladder;
    aed_chain c = chain_of(AED_CHAIN_DEFAULT);
    aed_error e;

    (void)state;
    broken.forward = broken_forward;
    c.modules[3] = &broken;
    aed_voice *v = aed_voice_new(&c, sr_hz, 1, &e);
    aed_tape *t = aed_tape_new(v, 1000, &e);
    for (size_t k = 0; k < 3; k++)
    {
        aed_tape_open(t, v, 1000);
        aed_voice_note(v, 60.0, 100.0);
        forward(v, y, t, 64, 500);
        test_fill(y, 300, 1.0, 2.0);
        poison = poisons[k];
        assert_int_equal(aed_voice_forward(v, y, t, 300), AED_E_NONFINITE);
        assert_true(power(y, 300) == 0.0);
        assert_int_equal(aed_tape_filled(t), 0);
        poison = 0.0;
        forward(v, y, t, 64, N); /* reset: silent until the next note, and sound again */
        assert_true(power(y, N) == 0.0);
    }
    poison = NAN;
    test_fill(y, N, 1.0, 2.0);
    const aed_score score = {{{0, 60, 100}, {200, 60, 0}}, 2};
    double theta[MAX_D] = {0};
    assert_int_equal(aed_voice_render(v, y, t, theta, &score, 1000), AED_E_NONFINITE);
    assert_true(power(y, 1000) == 0.0);
    poison = 0.0;
    aed_tape_free(t);
    aed_voice_free(v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(new_refuses_bad_arguments),
        cmocka_unit_test(new_voice_is_silent_and_at_its_start),
        cmocka_unit_test(blocks_do_not_matter),
        cmocka_unit_test(nothing_reachable_is_not_finite),
        cmocka_unit_test(notes_transpose_and_releases_keep_the_pitch),
        cmocka_unit_test(notes_are_clipped),
        cmocka_unit_test(last_note_before_a_sample_counts),
        cmocka_unit_test(ramps_are_straight),
        cmocka_unit_test(theta_is_clipped),
        cmocka_unit_test(reset_repeats_and_seed_waits_for_it),
        cmocka_unit_test(reset_ends_ramps),
        cmocka_unit_test(copy_goes_on_alike),
        cmocka_unit_test(render_is_forward_with_events),
        cmocka_unit_test(nonfinite_state_is_caught),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
