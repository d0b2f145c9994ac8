#include "common.h"
#include "plant.h"

#include <stdlib.h>
#include <string.h>

#include "plant/vco.h"

enum
{
    FREQ,
    SINE,
    SAW,
    SQUARE,
    N = 4096
};

static const double two_pi = 6.283185307179586;
static const double sr_hz = 44100.0;

/* n samples added to y, in chunks of chunk_n, with standing parameters v. */
static void run(double *y, double *phase, const double v[4], double ratio, size_t chunk_n, size_t n)
{
    double signals[4][AED_CHUNK], tape[2 * AED_CHUNK];
    const double *p[4] = {signals[0], signals[1], signals[2], signals[3]};

    for (size_t k = 0; k < 4; k++)
        for (size_t i = 0; i < AED_CHUNK; i++)
            signals[k][i] = v[k];
    for (size_t at = 0; at < n; at += chunk_n)
    {
        aed_block b = test_block(sr_hz, ratio);
        b.n = n - at < chunk_n ? n - at : chunk_n;
        aed_vco.forward(y + at, tape, phase, NULL, p, &b);
    }
}

static void frequency_is_exact(void **state)
{
    const double v[4] = {440.0, 1.0, 0.0, 0.0}, ratio = 1.5;
    double y[N] = {0}, phase = 0.0;

    (void)state;
    run(y, &phase, v, ratio, AED_CHUNK, N);
    for (size_t i = 0; i < N; i++)
        assert_true(fabs(y[i] - sin(two_pi * 440.0 * ratio * (double)i / sr_hz)) < 1e-9);
    assert_true(fabs(phase - fmod(440.0 * ratio * N / sr_hz, 1.0)) < 1e-10);
}

static void chunks_do_not_matter(void **state)
{
    const double v[4] = {1234.5, 0.3, 0.4, 0.5};
    static const size_t chunks[] = {1, 7, 33};
    double whole[N] = {0}, phase = 0.0;

    (void)state;
    run(whole, &phase, v, 1.0, AED_CHUNK, N);
    for (size_t k = 0; k < 3; k++)
    {
        double y[N] = {0}, phase_k = 0.0;

        run(y, &phase_k, v, 1.0, chunks[k], N);
        assert_memory_equal(y, whole, sizeof y);
        assert_true(phase_k == phase);
    }
}

static double naive_saw(double phase)
{
    return 2.0 * phase - 1.0;
}

static double naive_square(double phase)
{
    return phase < 0.5 ? 1.0 : -1.0;
}

/* Away from the steps the waves are the naive ones; across a step they stay between its ends. */
static void waves_are_naive_away_from_steps(void **state)
{
    const double saw[4] = {100.0, 0.0, 1.0, 0.0}, square[4] = {100.0, 0.0, 0.0, 1.0};
    const double dt = 100.0 / sr_hz;
    double y_saw[N] = {0}, y_square[N] = {0}, a = 0.0, b = 0.0;

    (void)state;
    run(y_saw, &a, saw, 1.0, AED_CHUNK, N);
    run(y_square, &b, square, 1.0, AED_CHUNK, N);
    for (size_t i = 0; i < N; i++)
    {
        const double phase = fmod(dt * (double)i, 1.0), half = fmod(phase, 0.5);

        if (phase > 1.001 * dt && phase < 1.0 - 1.001 * dt)
            assert_true(fabs(y_saw[i] - naive_saw(phase)) < 1e-9);
        if (half > 1.001 * dt && half < 0.5 - 1.001 * dt)
            assert_true(y_square[i] == naive_square(phase));
        assert_true(fabs(y_saw[i]) <= 1.0 && fabs(y_square[i]) <= 1.0);
    }
}

/* Power of y outside the harmonics of bin k. k is odd: no alias falls onto a harmonic. */
static double alias_power(const double *y, size_t k)
{
    double total = 0.0, mean = 0.0;

    for (size_t i = 0; i < N; i++)
    {
        total += y[i] * y[i] / N;
        mean += y[i] / N;
    }
    total -= mean * mean;
    for (size_t harmonic = k; harmonic < N / 2; harmonic += k)
    {
        double re = 0.0, im = 0.0;

        for (size_t i = 0; i < N; i++)
        {
            const double w = two_pi * (double)(harmonic * i % N) / N;
            re += y[i] * cos(w) / N;
            im += y[i] * sin(w) / N;
        }
        total -= 2.0 * (re * re + im * im);
    }
    return total;
}

static void aliases_are_weaker_than_naive(void **state)
{
    static double (*const naive[2])(double) = {naive_saw, naive_square};

    (void)state;
    for (int wave = 0; wave < 2; wave++)
    {
        for (size_t k = 101; k < 300; k += 66)
        {
            const double freq = (double)k * sr_hz / N;
            const double v[4] = {freq, 0.0, wave == 0, wave == 1};
            double y[N] = {0}, reference[N], phase = 0.0;

            run(y, &phase, v, 1.0, AED_CHUNK, N);
            for (size_t i = 0; i < N; i++)
                reference[i] = naive[wave]((double)(k * i % N) / N);
            assert_true(alias_power(y, k) < 0.1 * alias_power(reference, k));
        }
    }
}

static void frequency_is_clipped(void **state)
{
    const double v[4] = {3520.0, 1.0, 1.0, 1.0};
    double y[N] = {0}, phase = 0.0;

    (void)state;
    run(y, &phase, v, 48.0, AED_CHUNK, N); /* far beyond the Nyquist frequency */
    assert_true(fabs(phase - fmod(0.45 * N, 1.0)) < 1e-9);
    for (size_t i = 0; i < N; i++)
        assert_true(fabs(y[i]) <= 3.0);
}

static void clipped_frequency_has_no_gradient(void **state)
{
    double v[4][1] = {{3520.0}, {1.0}, {1.0}, {1.0}}, g[4][1] = {{0.0}};
    const double *p[4] = {v[0], v[1], v[2], v[3]};
    double *dp[4] = {g[0], g[1], g[2], g[3]};
    aed_block b = test_block(sr_hz, 48.0);
    b.n = 1;
    double y = 0.0, tape[2], phase = 0.2, before = 0.2, dphase = 1.0, dy = 1.0;

    (void)state;
    aed_vco.forward(&y, tape, &phase, NULL, p, &b);
    aed_vco.backward(NULL, dp, &dphase, &dy, tape, &before, NULL, p, &b);
    assert_true(g[FREQ][0] == 0.0);
    assert_true(g[SINE][0] != 0.0 && g[SAW][0] != 0.0 && g[SQUARE][0] != 0.0);
}

static void adds_to_the_mix(void **state)
{
    const double v[4] = {440.0, 0.2, 0.5, 0.1};
    double y[N] = {0}, twice[N] = {0}, a = 0.0, b = 0.0, c = 0.0;

    (void)state;
    run(y, &a, v, 1.0, AED_CHUNK, N);
    run(twice, &b, v, 1.0, AED_CHUNK, N);
    run(twice, &c, v, 1.0, AED_CHUNK, N);
    for (size_t i = 0; i < N; i++)
        assert_true(fabs(twice[i] - 2.0 * y[i]) < 1e-14);
}

static void instances_start_apart(void **state)
{
    double phase[16];

    (void)state;
    for (size_t i = 0; i < 16; i++)
    {
        double again;

        aed_vco.reset(&phase[i], 1, i);
        aed_vco.reset(&again, 99, i);
        assert_true(again == phase[i] && phase[i] >= 0.0 && phase[i] < 1.0);
        for (size_t j = 0; j < i; j++)
            assert_true(fabs(phase[i] - phase[j]) > 0.01);
    }
    assert_true(phase[0] == 0.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frequency_is_exact),
        cmocka_unit_test(chunks_do_not_matter),
        cmocka_unit_test(waves_are_naive_away_from_steps),
        cmocka_unit_test(aliases_are_weaker_than_naive),
        cmocka_unit_test(frequency_is_clipped),
        cmocka_unit_test(clipped_frequency_has_no_gradient),
        cmocka_unit_test(adds_to_the_mix),
        cmocka_unit_test(instances_start_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
