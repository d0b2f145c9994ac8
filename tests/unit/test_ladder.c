#include "common.h"
#include "plant.h"

#include <complex.h>
#include <string.h>

#include "plant/ladder.h"

enum
{
    CUTOFF,
    RESONANCE,
    DRIVE,
    AMOUNT,
    TAPE_N = 8,
    N = 8192
};

static const double pi = 3.141592653589793;
static const double sr_hz = 48000.0;
static double x[N], y[N], env[N];

/* Filter x into y with standing parameters v and the envelope env, in chunks of chunk_n. */
static void run(double *state, const double v[4], size_t chunk_n, size_t n)
{
    double signals[4][AED_CHUNK], tape[TAPE_N * AED_CHUNK];
    const double *p[4] = {signals[0], signals[1], signals[2], signals[3]};

    assert_true(aed_ladder.tape_n <= TAPE_N);
    for (size_t k = 0; k < 4; k++)
        for (size_t i = 0; i < AED_CHUNK; i++)
            signals[k][i] = v[k];
    for (size_t at = 0; at < n; at += chunk_n)
    {
        aed_block b = test_block(sr_hz, 1.0);
        b.n = n - at < chunk_n ? n - at : chunk_n;
        b.bus[AED_ENV] = env + at;
        aed_ladder.forward(y + at, tape, state, x + at, p, &b);
    }
}

/* One sample, straight from the book: four trapezoidal one-poles, the loop solved as if linear. */
static double naive_sample(double *s, double in, double fc_hz, double k, double drive)
{
    const double g = tan(pi * fmin(fc_hz, 0.45 * sr_hz) / sr_hz), G = g / (1.0 + g);
    double S = 0.0;

    for (int j = 0; j < 4; j++)
        S = G * S + s[j] / (1.0 + g);
    double out = tanh((drive * in - k * S) / (1.0 + k * pow(G, 4.0)));
    for (int j = 0; j < 4; j++)
    {
        const double v = (out - s[j]) * G; /* the integrator's input */

        out = v + s[j];
        s[j] = out + v;
    }
    return out;
}

static void equals_naive_reference(void **state)
{
    (void)state;
    for (int trial = 0; trial < 20; trial++)
    {
        const double v[4] = {60.0 * pow(2.0, test_uniform(0.0, 7.0)), test_uniform(0.0, 1.0),
            0.5 * pow(2.0, test_uniform(0.0, 5.0)), test_uniform(-3.0, 3.0)};
        double s[4] = {0}, naive[4] = {0};

        test_fill(x, N, -1.0, 1.0);
        test_fill(env, N, 0.0, 1.0);
        run(s, v, AED_CHUNK, N);
        for (size_t i = 0; i < N; i++)
        {
            const double fc = v[CUTOFF] * pow(2.0, v[AMOUNT] * env[i]);
            const double r = naive_sample(naive, x[i], fc, 3.8 * v[RESONANCE], v[DRIVE]);
            assert_true(fabs(y[i] - r) < 1e-11);
        }
    }
}

/* Small-signal response at f: an impulse small enough to stay where tanh is straight. */
static double response_db(const double v[4], double f_hz)
{
    const double impulse = 1e-4;
    double complex sum = 0.0;
    double s[4] = {0};

    memset(x, 0, sizeof x);
    memset(env, 0, sizeof env);
    x[0] = impulse;
    run(s, v, AED_CHUNK, N);
    for (size_t i = 0; i < N; i++)
        sum += y[i] * cexp(-2.0 * pi * I * f_hz / sr_hz * (double)i);
    return 20.0 * log10(cabs(sum) / impulse);
}

static double theory_db(const double v[4], double f_hz)
{
    const double k = 3.8 * v[RESONANCE], g = tan(pi * v[CUTOFF] / sr_hz);
    const double complex pole = 1.0 / (1.0 + I * tan(pi * f_hz / sr_hz) / g);
    const double complex four = pole * pole * pole * pole;

    return 20.0 * log10(v[DRIVE] * cabs(four / (1.0 + k * four)));
}

static void response_is_four_poles_with_feedback(void **state)
{
    (void)state;
    for (double resonance = 0.0; resonance <= 0.9; resonance += 0.3)
    {
        for (double cutoff = 500.0; cutoff < 8000.0; cutoff *= 2.0)
        {
            const double v[4] = {cutoff, resonance, 0.5, 0.0};

            for (double f = cutoff / 8.0; f < 0.4 * sr_hz; f *= 1.7)
                assert_true(fabs(response_db(v, f) - theory_db(v, f)) < 0.001);
        }
    }
}

/* 24 dB an octave far above a low cutoff, 12 dB down at the cutoff. */
static void slope_is_24_db(void **state)
{
    const double v[4] = {200.0, 0.0, 1.0, 0.0};

    (void)state;
    assert_true(fabs(response_db(v, 200.0) + 12.04) < 0.05);
    assert_true(fabs(response_db(v, 1600.0) - response_db(v, 3200.0) - 24.0) < 0.5);
}

static void envelope_moves_the_cutoff(void **state)
{
    const double moved[4] = {500.0, 0.5, 1.0, 2.0}, still[4] = {2000.0, 0.5, 1.0, 0.0};
    static double expected[N];
    double a[4] = {0}, b[4] = {0};

    (void)state;
    test_fill(x, N, -1.0, 1.0);
    memset(env, 0, sizeof env);
    run(a, still, AED_CHUNK, N);
    memcpy(expected, y, sizeof y);
    for (size_t i = 0; i < N; i++)
        env[i] = 1.0;
    run(b, moved, AED_CHUNK, N);
    assert_true(relative_to_largest(y, expected, N) < 1e-12);
}

static void bounded_for_any_input(void **state)
{
    const double v[4] = {7680.0, 1.0, 16.0, 3.0};
    double s[4] = {0};

    (void)state;
    test_fill(x, N, -1e6, 1e6);
    x[100] = 1e300;
    test_fill(env, N, 0.0, 1.0);
    run(s, v, AED_CHUNK, N);
    for (size_t i = 0; i < N; i++)
        assert_true(fabs(y[i]) <= 3.0);
}

/* Full resonance still decays, and ends in zeros without denormal numbers on the way. */
static void silence_returns(void **state)
{
    const double v[4] = {7680.0, 1.0, 1.0, 0.0};
    double s[4] = {0.5, -0.5, 0.5, -0.5};

    (void)state;
    memset(x, 0, sizeof x);
    memset(env, 0, sizeof env);
    for (int k = 0; k < 4; k++)
    {
        run(s, v, AED_CHUNK, N);
        for (size_t i = 0; i < N; i++)
            assert_true(y[i] == 0.0 || fpclassify(y[i]) == FP_NORMAL);
    }
    for (int j = 0; j < 4; j++)
        assert_true(s[j] == 0.0);
}

static void chunks_do_not_matter(void **state)
{
    const double v[4] = {900.0, 0.8, 4.0, 1.5};
    static double whole[N];
    double a[4] = {0}, b[4] = {0};

    (void)state;
    test_fill(x, N, -1.0, 1.0);
    test_fill(env, N, 0.0, 1.0);
    run(a, v, AED_CHUNK, N);
    memcpy(whole, y, sizeof y);
    run(b, v, 1, N);
    assert_true(relative_to_largest(y, whole, N) < 1e-12);
}

static void clipped_cutoff_has_no_gradient(void **state)
{
    double v[4][1] = {{7680.0}, {0.5}, {1.0}, {3.0}}, g[4][1] = {{0.0}};
    const double *p[4] = {v[0], v[1], v[2], v[3]};
    double *dp[4] = {g[0], g[1], g[2], g[3]};
    double bus = 1.0, dbus = 0.0, in = 0.5, out, din = 0.0, dout = 1.0, tape[TAPE_N];
    double s[4] = {0.1, 0.2, 0.3, 0.4}, before[4] = {0.1, 0.2, 0.3, 0.4}, ds[4] = {1, 1, 1, 1};
    aed_block b = test_block(sr_hz, 1.0);
    b.n = 1;
    b.bus[AED_ENV] = &bus;
    b.dbus[AED_ENV] = &dbus;

    (void)state;
    aed_ladder.forward(&out, tape, s, &in, p, &b);
    aed_ladder.backward(&din, dp, ds, &dout, tape, before, &in, p, &b);
    assert_true(g[CUTOFF][0] == 0.0 && g[AMOUNT][0] == 0.0 && dbus == 0.0);
    assert_true(g[RESONANCE][0] != 0.0 && g[DRIVE][0] != 0.0 && din != 0.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equals_naive_reference),
        cmocka_unit_test(response_is_four_poles_with_feedback),
        cmocka_unit_test(slope_is_24_db),
        cmocka_unit_test(envelope_moves_the_cutoff),
        cmocka_unit_test(bounded_for_any_input),
        cmocka_unit_test(silence_returns),
        cmocka_unit_test(chunks_do_not_matter),
        cmocka_unit_test(clipped_cutoff_has_no_gradient),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
