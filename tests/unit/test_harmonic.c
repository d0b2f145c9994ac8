#include "common.h"
#include "plant.h"

#include "plant/fade.h"
#include "plant/harmonic.h"

enum
{
    FREQ,
    LEVEL,
    STRETCH,
    FIRST,
    PARTIALS = 12,
    P = FIRST + PARTIALS,
    TAPE = 2 * PARTIALS,
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

static double naive(const double v[P], const aed_block *b, size_t i)
{
    double sum = 0.01, mix = 0.0;

    for (int k = 1; k <= PARTIALS; k++)
    {
        const double h = v[FIRST + k - 1];
        const double f_hz = k * v[FREQ] * b->ratio[0] * sqrt(1.0 + v[STRETCH] * k * k);

        sum += h;
        mix += h * aed_fade(f_hz / b->sr_hz) * sin(two_pi * f_hz * (double)i / b->sr_hz);
    }
    return v[LEVEL] * mix / sum;
}

static void is_a_sum_of_sines(void **state)
{
    (void)state;
    for (int trial = 0; trial < 12; trial++)
    {
        const aed_block b = test_block(rates[trial % 3], test_uniform(0.25, 4.0));
        double v[P], y[N] = {0}, phases[PARTIALS];

        values(v);
        aed_harmonic.reset(phases, 1, 0);
        run(y, phases, v, b, AED_CHUNK, N);
        for (size_t i = 0; i < N; i++)
            assert_true(fabs(y[i] - naive(v, &b, i)) < 1e-9);
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
        double y = 0.0, phases[PARTIALS] = {i / 2000.0};

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
        double v[P], y[1000] = {0}, phases[PARTIALS];

        values(v);
        if (trial % 2)
            for (size_t k = 0; k < PARTIALS; k++)
                v[FIRST + k] = trial % 4 == 1;
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
    double v[P], whole[N] = {0}, phases[PARTIALS];

    (void)state;
    values(v);
    aed_harmonic.reset(phases, 1, 0);
    run(whole, phases, v, b, AED_CHUNK, N);
    for (size_t c = 0; c < 3; c++)
    {
        double y[N] = {0}, other[PARTIALS];

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
    double v[P], loud[N] = {0}, soft[N] = {0}, none[N] = {0}, a[PARTIALS] = {0}, c[PARTIALS] = {0},
                 d[PARTIALS] = {0};

    (void)state;
    values(v);
    for (size_t k = 0; k < PARTIALS; k++)
        v[FIRST + k] = k % 3 ? 1.0 : 0.25;
    run(loud, a, v, b, AED_CHUNK, N);
    for (size_t k = 0; k < PARTIALS; k++)
        v[FIRST + k] *= 0.5;
    run(soft, c, v, b, AED_CHUNK, N);
    for (size_t k = 0; k < PARTIALS; k++)
        v[FIRST + k] = 0.0;
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
    double v[P] = {[FREQ] = 3500.0, [LEVEL] = 1.0}, y[N] = {0}, phases[PARTIALS] = {0};

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
        double phases[PARTIALS], again[PARTIALS];

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
    double v[P], y[N] = {0}, twice[N] = {0}, phases[3][PARTIALS] = {{0}};

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
        cmocka_unit_test(is_a_sum_of_sines),
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
