#include "common.h"
#include "plant.h"

#include <string.h>

#include "plant/color.h"
#include "plant/fade.h"
#include "plant/harmonic.h"

enum
{
    FREQ,
    LEVEL,
    STRETCH,
    FIRST,
    PARTIALS = 12,
    BREATH = FIRST + PARTIALS,
    COLOR,
    P,
    STATE = PARTIALS + AED_COLOR_STATE_N,
    TAPE = 32,
    N = 4096
};

static const double two_pi = 6.283185307179586;
static const double rates[] = {44100.0, 48000.0, 96000.0};

static void values(double v[P])
{
    for (size_t k = 0; k < P; k++)
        v[k] = aed_param_value(&aed_harmonic.params[k], test_uniform(0.0, 1.0));
}

static void run(double *y, double *state, const double v[P], aed_block b, size_t chunk_n, size_t n)
{
    double signals[P][AED_CHUNK], tape[TAPE * AED_CHUNK];
    const double *p[P];

    for (size_t k = 0; k < P; k++)
    {
        for (size_t i = 0; i < AED_CHUNK; i++)
            signals[k][i] = v[k];
        p[k] = signals[k];
    }
    for (size_t at = 0; at < n; at += b.n)
    {
        b.n = n - at < chunk_n ? n - at : chunk_n;
        aed_harmonic.forward(y + at, tape, state, NULL, p, &b);
    }
}

/* noise: the module's at sample i. */
static double naive(const double v[P], const aed_block *b, double noise, size_t i)
{
    double sum = 0.01 + v[BREATH], mix = v[BREATH] * noise;

    for (int k = 1; k <= PARTIALS; k++)
    {
        const double h = v[FIRST + k - 1];
        const double f_hz = k * v[FREQ] * b->ratio[0] * sqrt(1.0 + v[STRETCH] * k * k);

        sum += h;
        mix += h * aed_fade(f_hz / b->sr_hz) * sin(two_pi * f_hz * (double)i / b->sr_hz);
    }
    return v[LEVEL] * mix / sum;
}

/* The coloured noise of color.h, from where the state says. */
static void noise_from(double *noise, const double *state, double color, double sr_hz, size_t n)
{
    double signal[AED_CHUNK], tape[AED_COLOR_TAPE_N * AED_CHUNK], s[AED_COLOR_STATE_N];

    for (size_t i = 0; i < AED_CHUNK; i++)
        signal[i] = color;
    memcpy(s, state + PARTIALS, sizeof s);
    for (size_t at = 0; at < n; at += AED_CHUNK)
    {
        aed_color_forward(tape, s, signal, sr_hz, AED_CHUNK);
        memcpy(noise + at, tape, AED_CHUNK * sizeof *tape);
    }
}

static void is_a_sum_of_sines_and_noise(void **state)
{
    (void)state;
    for (int trial = 0; trial < 12; trial++)
    {
        const aed_block b = test_block(rates[trial % 3], test_uniform(0.25, 4.0));
        double v[P], y[N] = {0}, noise[N], phases[STATE];

        values(v);
        aed_harmonic.reset(phases, 1, 0);
        noise_from(noise, phases, v[COLOR], b.sr_hz, N);
        run(y, phases, v, b, AED_CHUNK, N);
        for (size_t i = 0; i < N; i++)
            assert_true(fabs(y[i] - naive(v, &b, noise[i], i)) < 1e-9);
    }
}

/* Breath alone is as loud at every colour; and another instance, seed or module has other noise. */
static void breath_is_noise(void **state)
{
    const aed_block b = test_block(48000.0, 1.0);
    double s[4][STATE], y[4][N] = {{0}};

    (void)state;
    for (int color = -1; color <= 1; color++)
    {
        const double v[P] = {[FREQ] = 100.0, [LEVEL] = 0.5, [BREATH] = 1.0, [COLOR] = color};
        double noise[N] = {0}, power = 0.0;

        aed_harmonic.reset(s[0], 1, 0);
        run(noise, s[0], v, b, AED_CHUNK, N);
        for (size_t i = 0; i < N; i++)
            power += noise[i] * noise[i] / N;
        assert_true(fabs(power * 1.01 * 1.01 / (0.25 / 3.0) - 1.0) < 0.2);
    }
    aed_harmonic.reset(s[0], 1, 0);
    aed_harmonic.reset(s[1], 1, 1);
    aed_harmonic.reset(s[2], 2, 0);
    aed_color_reset(s[3] + PARTIALS, 1, 0);
    for (int j = 0; j < 4; j++)
        noise_from(y[j], s[j], 0.0, 48000.0, N);
    for (int j = 0; j < 4; j++)
        for (int k = 0; k < j; k++)
        {
            double product = 0.0;

            for (size_t i = 0; i < N; i++)
                product += y[j][i] * y[k][i] / N;
            assert_true(fabs(product) < 0.05 / 3.0);
        }
}

/* The sine itself, all the way round. */
static void sine_is_exact(void **state)
{
    aed_block b = test_block(48000.0, 1.0);
    b.n = 1;
    const double v[P] = {[FREQ] = 100.0, [LEVEL] = 1.0, [FIRST] = 1.0};

    (void)state;
    for (int i = -1000; i <= 1000; i++)
    {
        double y = 0.0, phases[STATE] = {i / 2000.0};

        run(&y, phases, v, b, 1, 1);
        assert_true(fabs(1.01 * y - sin(two_pi * i / 2000.0)) < 1e-13);
    }
}

static void stays_within_level(void **state)
{
    (void)state;
    for (int trial = 0; trial < 60; trial++)
    {
        const aed_block b = test_block(rates[trial % 3], test_uniform(0.02, 48.0));
        double v[P], y[1000] = {0}, phases[STATE];

        values(v);
        v[COLOR] = 0.0; /* where the noise, too, stays within 1 */
        if (trial % 2)
            for (size_t k = 0; k < PARTIALS; k++)
                v[FIRST + k] = trial % 4 == 1;
        aed_harmonic.reset(phases, 1, (size_t)trial);
        test_fill(phases, PARTIALS, -0.5, 0.5);
        run(y, phases, v, b, AED_CHUNK, 1000);
        for (size_t i = 0; i < 1000; i++)
            assert_true(fabs(y[i]) <= v[LEVEL]);
        for (size_t k = 0; k < PARTIALS; k++)
            assert_true(fabs(phases[k]) <= 0.5);
    }
}

static void chunks_do_not_matter(void **state)
{
    static const size_t chunks[] = {1, 7, 33};
    const aed_block b = test_block(44100.0, 1.5);
    double v[P], whole[N] = {0}, phases[STATE];

    (void)state;
    values(v);
    aed_harmonic.reset(phases, 1, 0);
    run(whole, phases, v, b, AED_CHUNK, N);
    for (size_t c = 0; c < 3; c++)
    {
        double y[N] = {0}, other[STATE];

        aed_harmonic.reset(other, 1, 0);
        run(y, other, v, b, chunks[c], N);
        for (size_t i = 0; i < N; i++)
            assert_true(fabs(y[i] - whole[i]) < 1e-10);
    }
}

/* Equal shares sound alike however large they are, but for the floor. */
static void shares_are_relative(void **state)
{
    const aed_block b = test_block(48000.0, 1.0);
    double v[P], loud[N] = {0}, soft[N] = {0}, none[N] = {0}, a[STATE] = {0}, c[STATE] = {0},
                 d[STATE] = {0};

    (void)state;
    values(v);
    for (size_t k = 0; k < PARTIALS; k++)
        v[FIRST + k] = k % 3 ? 1.0 : 0.25;
    v[BREATH] = 1.0;
    run(loud, a, v, b, AED_CHUNK, N);
    for (size_t k = 0; k < PARTIALS; k++)
        v[FIRST + k] *= 0.5;
    v[BREATH] *= 0.5;
    run(soft, c, v, b, AED_CHUNK, N);
    for (size_t k = 0; k < PARTIALS; k++)
        v[FIRST + k] = 0.0;
    v[BREATH] = 0.0;
    run(none, d, v, b, AED_CHUNK, N);
    for (size_t i = 0; i < N; i++)
    {
        assert_true(fabs(loud[i] - soft[i]) < 2e-3);
        assert_true(none[i] == 0.0);
    }
}

/* f_k/sr beyond .45 is silence, and what is below does not get louder for it. */
static void high_partials_are_silent(void **state)
{
    const aed_block b = test_block(48000.0, 1.0);
    double v[P] = {[FREQ] = 3500.0, [LEVEL] = 1.0}, y[N] = {0}, phases[STATE] = {0};

    (void)state;
    for (size_t k = 0; k < PARTIALS; k++)
        v[FIRST + k] = k >= 6; /* from 24.5 kHz */
    run(y, phases, v, b, AED_CHUNK, N);
    for (size_t i = 0; i < N; i++)
        assert_true(fabs(y[i]) < 1e-12);
    v[FIRST] = 1.0;
    phases[0] = 0.0;
    run(y, phases, v, b, AED_CHUNK, N);
    for (size_t i = 0; i < N; i++)
        assert_true(fabs(y[i] - sin(two_pi * 3500.0 * (double)i / 48000.0) / 7.01) < 1e-9);
}

/* Instance m is the same wave, begun elsewhere. */
static void instances_start_apart(void **state)
{
    const double share = 0.3819660112501051;

    (void)state;
    for (size_t m = 0; m < 16; m++)
    {
        double phases[STATE], again[STATE];

        aed_harmonic.reset(phases, 1, m);
        aed_harmonic.reset(again, 99, m);
        for (size_t k = 0; k < PARTIALS; k++)
        {
            const double turns = share * (double)m * (double)(k + 1) - phases[k];

            assert_true(again[k] == phases[k] && fabs(phases[k]) <= 0.5);
            assert_true(fabs(turns - round(turns)) < 1e-12);
        }
    }
}

static void adds_to_the_mix(void **state)
{
    const aed_block b = test_block(48000.0, 1.0);
    double v[P], y[N] = {0}, twice[N] = {0}, phases[3][STATE] = {{0}};

    (void)state;
    values(v);
    for (int j = 0; j < 3; j++)
        run(j == 0 ? y : twice, phases[j], v, b, AED_CHUNK, N);
    for (size_t i = 0; i < N; i++)
        assert_true(fabs(twice[i] - 2.0 * y[i]) < 1e-14);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_a_sum_of_sines_and_noise),
        cmocka_unit_test(breath_is_noise),
        cmocka_unit_test(sine_is_exact),
        cmocka_unit_test(stays_within_level),
        cmocka_unit_test(chunks_do_not_matter),
        cmocka_unit_test(shares_are_relative),
        cmocka_unit_test(high_partials_are_silent),
        cmocka_unit_test(instances_start_apart),
        cmocka_unit_test(adds_to_the_mix),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
