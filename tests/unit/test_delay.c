#include "common.h"
#include "plant.h"

#include <complex.h>
#include <stdio.h>
#include <string.h>

#include "plant/delay.h"
#include "plant/echo.h"

enum
{
    TIME,
    FEEDBACK,
    DAMP,
    MIX,
    N_PARAMS,
    N = 1 << 16
};

static const double pi = 3.141592653589793;
static const double sr_hz = 48000.0;
static double x[N], y[N], other[N], p[N_PARAMS][N];
static const double *const at_p[N_PARAMS] = {p[0], p[1], p[2], p[3]};

static void stand_still(double time, double feedback, double damp, double mix)
{
    const double v[N_PARAMS] = {time, feedback, damp, mix};

    for (size_t k = 0; k < N_PARAMS; k++)
        for (size_t i = 0; i < N; i++)
            p[k][i] = v[k];
}

/* Anywhere, and often at the ends. */
static double jump(size_t k)
{
    return aed_param_value(&aed_delay.params[k], test_uniform(-0.5, 1.5));
}

static void wander(void)
{
    for (size_t k = 0; k < N_PARAMS; k++)
        for (size_t i = 0; i < N; i++)
            p[k][i] = jump(k);
}

static void run(double *out, size_t chunk_n)
{
    solo s = solo_of(&aed_delay, sr_hz);

    solo_play(&s, out, NULL, x, at_p, chunk_n, N);
    solo_free(&s);
}

static double largest(const double *a, size_t n)
{
    double most = 0.0;

    for (size_t i = 0; i < n; i++)
        most = !(fabs(a[i]) <= most) ? fabs(a[i]) : most;
    return most;
}

/* ---- against a loop that keeps everything ---- */

static double w[N];

static double past(double i)
{
    return i < 0.0 ? 0.0 : w[(size_t)i];
}

/* Hermite's cubic between two samples, with half the difference of their neighbours as slopes. */
static double hermite(double at)
{
    const double k = floor(at), t = at - k;
    const double a = past(k), b = past(k + 1.0);
    const double sa = 0.5 * (b - past(k - 1.0)), sb = 0.5 * (past(k + 2.0) - a);

    return (2 * t * t * t - 3 * t * t + 1) * a + (t * t * t - 2 * t * t + t) * sa +
           (3 * t * t - 2 * t * t * t) * b + (t * t * t - t * t) * sb;
}

static void equals_naive_reference(void **state)
{
    double l = 0.0;

    (void)state;
    wander();
    test_fill(x, N, -3.0, 3.0);
    run(y, AED_CHUNK);
    for (size_t i = 0; i < N; i++)
    {
        const double e = hermite((double)i - p[TIME][i] * 1e-3 * sr_hz);

        l += (1.0 - exp(-2.0 * pi * p[DAMP][i] / sr_hz)) * (e - l);
        const double v = p[FEEDBACK][i] * l;
        w[i] = x[i] + v / pow(1.0 + pow(v / 4.0, 4.0), 0.25);
        assert_true(fabs(y[i] - ((1.0 - p[MIX][i]) * x[i] + p[MIX][i] * e)) < 1e-9);
    }
}

static void chunks_do_not_matter(void **state)
{
    (void)state;
    wander();
    test_fill(x, N, -1.0, 1.0);
    run(y, AED_CHUNK);
    run(other, 1);
    assert_memory_equal(y, other, sizeof y);
    run(other, 37);
    assert_memory_equal(y, other, sizeof y);
}

/* ---- what is heard ---- */

static void echoes_come_when_they_should(void **state)
{
    const double a = 1.0 - exp(-2.0 * pi * 20000.0 / sr_hz), back = 0.5 * a;

    (void)state;
    stand_still(10.0, 0.5, 20000.0, 1.0);
    memset(x, 0, sizeof x);
    x[0] = 0.01; /* far below the ceiling */
    run(y, AED_CHUNK);
    for (size_t i = 1; i < 480; i++)
        assert_true(y[i] == 0.0);
    assert_true(fabs(y[480] - 0.01) < 1e-15);
    assert_true(fabs(y[960] - 0.01 * back) < 1e-9);
    assert_true(fabs(y[1440] - 0.01 * back * back) < 1e-9);
    stand_still(10.0, 0.5, 20000.0, 0.0);
    run(y, AED_CHUNK);
    assert_memory_equal(y, x, sizeof y);
}

/* A time that shrinks by a sample in four plays what it reads at 5/4 of its pitch. */
static void moving_time_moves_the_pitch(void **state)
{
    (void)state;
    stand_still(1000.0, 0.0, 20000.0, 1.0);
    for (size_t i = 0; i < N; i++)
        x[i] = sin(2.0 * pi * 440.0 / sr_hz * (double)i);
    for (size_t i = 0; i < N; i++)
        p[TIME][i] = 400.0 - 0.25 * 1e3 * (double)i / sr_hz;
    run(y, AED_CHUNK);
    for (size_t i = 20000; i < 60000; i++)
        assert_true(
            fabs(y[i] - sin(2.0 * pi * 440.0 / sr_hz * (1.25 * (double)i - 19200.0))) < 1e-4);
}

/* ---- stability ---- */

/* A standing tap has no gain above 1 at any frequency, nor has the lowpass at any corner. */
static void no_gain_in_the_loop(void **state)
{
    double most = 0.0;

    (void)state;
    for (double t = 0.0; t < 1.0; t += 0.01)
        for (double turn = 0.0; turn <= pi; turn += 0.003)
        {
            const aed_tap tap = aed_tap_at(2.0 + t);
            double complex sum = 0.0;

            for (int m = 0; m < 4; m++)
                sum += tap.w[m] * cexp(-I * turn * m);
            most = fmax(most, cabs(sum));
        }
    assert_true(most < 1.0 + 1e-14);
    for (double hz = 200.0; hz <= 20000.0; hz *= 1.5)
        assert_true(aed_damp(hz, 1000.0) <= 1.0 && aed_damp(hz, 1e6) > 0.0);
}

static void bounded_under_jumps(void **state)
{
    double most = 0.0;

    (void)state;
    for (int trial = 0; trial < 10; trial++)
    {
        wander();
        for (size_t i = 0; i < N; i++)
        {
            x[i] = test_uniform(0.0, 1.0) < 0.5 ? -1.0 : 1.0;
            p[FEEDBACK][i] = trial % 2 ? 0.95 : p[FEEDBACK][i];
            p[TIME][i] = trial > 5 ? 1.0 + fmod(0.1 * (double)i, 5.0) : p[TIME][i];
        }
        run(y, AED_CHUNK);
        most = fmax(most, largest(y, N));
    }
    printf("delay: jumps every sample, largest output %.2f\n", most);
    assert_true(most < 1.25 * 5.0);
}

/* The worst that a game against the loop finds: of many choices of time and x, each sample takes the
 * one that puts most into the line. It beats a loop of gain .95, and ends below the ceiling. */
static void bounded_against_an_adversary(void **state)
{
    solo s = solo_of(&aed_delay, sr_hz);
    double most = 0.0;

    (void)state;
    for (size_t i = 0; i < 30000; i++)
    {
        double best[N_PARAMS + 1] = {0}, held = -1.0, kept = s.state[0], out;
        const double *const best_p[] = {best + 1, best + 2, best + 3, best + 4};

        for (int choice = 0; choice < 24; choice++)
        {
            const double try[] = {i < 15000 ? choice % 2 ? 1.0 : -1.0 : 0.0,
                test_uniform(1.0, 1.0 + (double)(choice + 1)), 0.95, 20000.0, 1.0};
            const double *const try_p[] = {try + 1, try + 2, try + 3, try + 4};

            solo_play(&s, &out, NULL, try, try_p, 1, 1);
            s.at--, s.state[0] = kept;
            const double now = fabs(s.lines.line[0].x[s.at & s.lines.line[0].mask]);
            if (now > held)
                held = now, memcpy(best, try, sizeof best);
        }
        solo_play(&s, &out, NULL, best, best_p, 1, 1);
        most = fmax(most, held);
    }
    printf("delay: adversary, most in the line %.3f, without input at the end %.3f\n", most,
        fabs(s.state[0]));
    assert_true(most > 3.0 && most < 5.0);
    solo_free(&s);
}

/* Whatever time stands at, full feedback dies away, and ends in zeros without denormal numbers. */
static void silence_returns(void **state)
{
    (void)state;
    for (double time = 1.0; time < 12.0; time *= 1.37)
    {
        solo s = solo_of(&aed_delay, sr_hz);
        double before = 1e9;

        stand_still(time, 0.95, 20000.0, 0.5);
        test_fill(x, N, -1.0, 1.0);
        solo_play(&s, y, NULL, x, at_p, AED_CHUNK, 4000);
        memset(x, 0, sizeof x);
        for (int k = 0; k < 20; k++)
        {
            solo_play(&s, y, NULL, x, at_p, AED_CHUNK, N);
            const double now = largest(y, N);
            assert_true(now < before || now == 0.0);
            for (size_t i = 0; i < N; i++)
                assert_true(y[i] == 0.0 || fpclassify(y[i]) == FP_NORMAL);
            before = now;
        }
        assert_true(before == 0.0 && s.state[0] == 0.0);
        for (size_t i = 0; i <= s.lines.line[0].mask; i++)
            assert_true(s.lines.line[0].x[i] == 0.0);
        solo_free(&s);
    }
}

/* ---- gradients at odd places ---- */

/* dL/dparameters of one sample with y as the loss, after the line has been filled with noise. */
static void gradient_of_one(double *g, double time, double rate_hz)
{
    double v[N_PARAMS] = {time, 0.5, 5000.0, 0.5}, in = 0.5, out, din = 0.0, dout = 1.0;
    double ds = 0.0, tape[2], before;
    static double dline[N];
    const double *v_p[N_PARAMS];
    double *dp[N_PARAMS];
    solo s = solo_of(&aed_delay, rate_hz);
    aed_block b = test_block(rate_hz, 1.0);
    aed_line line = s.lines.line[0];

    for (size_t k = 0; k < N_PARAMS; k++)
        v_p[k] = v + k, dp[k] = g + k, g[k] = 0.0;
    for (size_t i = 0; i <= line.mask; i++)
        line.x[i] = sin(0.7 * (double)i) + 0.2 * sin(2.9 * (double)i);
    assert_true(line.mask < N);
    memset(dline, 0, sizeof dline);
    line.dx = dline;
    before = s.state[0];
    b.n = 1, b.at = 60000, b.lines = &line;
    aed_delay.forward(&out, tape, s.state, &in, v_p, &b);
    aed_delay.backward(&din, dp, &ds, &dout, tape, &before, &in, v_p, &b);
    assert_true(din == 0.5);
    solo_free(&s);
}

/* The slope in time does not jump where the delay is a whole number of samples. */
static void whole_delays_are_no_kinks(void **state)
{
    (void)state;
    for (double n = 48.0; n < 40000.0; n = floor(n * 1.7))
    {
        double below[N_PARAMS], above[N_PARAMS];

        gradient_of_one(below, (n - 1e-7) / sr_hz * 1e3, sr_hz);
        gradient_of_one(above, (n + 1e-7) / sr_hz * 1e3, sr_hz);
        assert_true(fabs(below[TIME]) > 1e-3);
        assert_true(fabs(below[TIME] - above[TIME]) < 1e-4);
    }
}

static void shortest_delay_has_no_gradient(void **state)
{
    double g[N_PARAMS];

    (void)state;
    gradient_of_one(g, 1.9, 1000.0);
    assert_true(g[TIME] == 0.0 && g[MIX] != 0.0);
    gradient_of_one(g, 2.1, 1000.0);
    assert_true(g[TIME] != 0.0);
}

/* Full mix: the sound itself is gone, and its first echo is whole. */
static void full_mix_is_all_echo(void **state)
{
    const aed_param *mix = &aed_delay.params[MIX];

    (void)state;
    assert_int_equal(mix->traits, AED_LEVEL);
    assert_true(mix->lo == 0.0 && mix->hi == 1.0);
    stand_still(1.0, 0.5, 5000.0, 1.0);
    memset(x, 0, sizeof x);
    x[0] = 1.0;
    run(y, AED_CHUNK);
    assert_true(y[0] == 0.0 && y[48] == 1.0);

    solo s = solo_of(&aed_delay, sr_hz); /* a sound that was panned: its side goes with it */
    test_fill(other, N, 1.0, 2.0);
    solo_play(&s, y, other, x, at_p, AED_CHUNK, N);
    assert_true(largest(other, N) == 0.0);
    solo_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equals_naive_reference),
        cmocka_unit_test(chunks_do_not_matter),
        cmocka_unit_test(echoes_come_when_they_should),
        cmocka_unit_test(moving_time_moves_the_pitch),
        cmocka_unit_test(no_gain_in_the_loop),
        cmocka_unit_test(bounded_under_jumps),
        cmocka_unit_test(bounded_against_an_adversary),
        cmocka_unit_test(silence_returns),
        cmocka_unit_test(whole_delays_are_no_kinks),
        cmocka_unit_test(shortest_delay_has_no_gradient),
        cmocka_unit_test(full_mix_is_all_echo),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
