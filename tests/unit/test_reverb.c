#include "common.h"
#include "plant.h"

#include <stdio.h>
#include <string.h>

#include "plant/reverb.h"

enum
{
    SIZE,
    DECAY,
    DAMP,
    MIX,
    N_PARAMS,
    N_ECHOES = 8,
    N = 1 << 17
};

static const double pi = 3.141592653589793;
static double sr_hz = 48000.0;
static double x[N], y[N], side[N], other[N], p[N_PARAMS][N];
static const double *const at_p[N_PARAMS] = {p[0], p[1], p[2], p[3]};

static void stand_still(double size, double decay, double damp, double mix)
{
    const double v[N_PARAMS] = {size, decay, damp, mix};

    for (size_t k = 0; k < N_PARAMS; k++)
        for (size_t i = 0; i < N; i++)
            p[k][i] = v[k];
}

static double jump(size_t k)
{
    return aed_param_value(&aed_reverb.params[k], test_uniform(-0.5, 1.5));
}

static void wander(void)
{
    for (size_t k = 0; k < N_PARAMS; k++)
        for (size_t i = 0; i < N; i++)
            p[k][i] = jump(k);
}

static double side_before; /* of a sound that was panned */

static void run(double *out, double *out_side, size_t chunk_n, size_t n)
{
    solo s = solo_of(&aed_reverb, sr_hz);

    if (out_side)
        for (size_t i = 0; i < n; i++)
            out_side[i] = side_before;
    solo_play(&s, out, out_side, x, at_p, chunk_n, n);
    solo_free(&s);
}

static double energy(const double *a, size_t n)
{
    double sum = 0.0;

    for (size_t i = 0; i < n; i++)
        sum += a[i] * a[i];
    return sum;
}

static double largest(const double *a, size_t n)
{
    double most = 0.0;

    for (size_t i = 0; i < n; i++)
        most = !(fabs(a[i]) <= most) ? fabs(a[i]) : most;
    return most;
}

/* ---- against a network that keeps everything ---- */

enum
{
    NAIVE_N = 20000
};

static double kept[N_ECHOES][NAIVE_N], all[4][NAIVE_N];

static double past(const double *a, double i)
{
    return i < 0.0 ? 0.0 : a[(size_t)i];
}

static double hermite(const double *a, double at)
{
    const double k = floor(at), t = at - k;
    const double b = past(a, k), c = past(a, k + 1.0);
    const double sb = 0.5 * (c - past(a, k - 1.0)), sc = 0.5 * (past(a, k + 2.0) - b);

    return (2 * t * t * t - 3 * t * t + 1) * b + (t * t * t - 2 * t * t + t) * sb +
           (3 * t * t - 2 * t * t * t) * c + (t * t * t - t * t) * sc;
}

static double naive_diffuse(double in, size_t i)
{
    static const double ms[] = {2.31, 3.60, 4.77, 9.31};

    for (size_t k = 0; k < 4; k++)
    {
        const double v_past = past(all[k], (double)i - ceil(1e-3 * ms[k] * sr_hz));

        all[k][i] = in + 0.6 * v_past;
        in = v_past - 0.6 * all[k][i];
    }
    return in;
}

/* Sign of Hadamard's matrix. */
static double sign(size_t row, size_t column)
{
    const size_t both = row & column;

    return ((both & 1) ^ (both >> 1 & 1) ^ (both >> 2 & 1)) ? -1.0 : 1.0;
}

static void naive_sample(double *l, double *out, double *out_side, size_t i)
{
    static const double primes[] = {1523, 1753, 2063, 2371, 2617, 2861, 3137, 3557};
    static const double left[] = {1, 1, -1, 1, -1, 1, -1, -1},
                        right[] = {1, -1, -1, 1, 1, -1, 1, -1};
    double h[N_ECHOES], mid_sum = 0.0, side_sum = 0.0, sum = 0.0;

    for (size_t j = 0; j < N_ECHOES; j++)
    {
        const double d = primes[j] / (19882.0 / 8.0) * p[SIZE][i] / 343.0;
        const double e = hermite(kept[j], (double)i - d * sr_hz);

        l[j] += (1.0 - exp(-2.0 * pi * p[DAMP][i] / sr_hz)) * (e - l[j]);
        h[j] = l[j] * pow(10.0, -3.0 * d / (1e-3 * p[DECAY][i]));
        sum += h[j] * h[j];
        mid_sum += left[j] * e / sqrt(8.0);
        side_sum += right[j] * e / sqrt(8.0);
    }
    const double u = naive_diffuse(x[i], i);
    for (size_t j = 0; j < N_ECHOES; j++)
    {
        double v = 0.0;

        for (size_t k = 0; k < N_ECHOES; k++)
            v += sign(j, k) * h[k] / sqrt(8.0);
        kept[j][i] = v / pow(1.0 + pow(sum / 64.0, 2.0), 0.25) + u / sqrt(8.0);
    }
    *out = (1.0 - p[MIX][i]) * x[i] + p[MIX][i] * mid_sum;
    *out_side = (1.0 - p[MIX][i]) * side_before + p[MIX][i] * side_sum;
}

static void equals_naive_reference(void **state)
{
    static const double rates_hz[] = {1000.0, 44100.0, 96000.0};

    (void)state;
    for (size_t r = 0; r < 3; r++)
    {
        double l[N_ECHOES] = {0};

        sr_hz = rates_hz[r];
        wander();
        for (size_t i = 0; i < N; i++) /* a size that stands still for a while, too */
            p[SIZE][i] = i % 2048 < 512 ? p[SIZE][i] : p[SIZE][i / 2048 * 2048];
        test_fill(x, N, -3.0, 3.0);
        side_before = 0.3;
        run(y, side, AED_CHUNK, NAIVE_N);
        for (size_t i = 0; i < NAIVE_N; i++)
        {
            double out, out_side;

            naive_sample(l, &out, &out_side, i);
            assert_true(fabs(y[i] - out) < 1e-8 && fabs(side[i] - out_side) < 1e-8);
        }
    }
    sr_hz = 48000.0;
    side_before = 0.0;
}

static void chunks_do_not_matter(void **state)
{
    (void)state;
    wander();
    test_fill(x, N, -1.0, 1.0);
    run(y, side, AED_CHUNK, 20000);
    run(other, NULL, AED_CHUNK, 20000); /* nor does it matter that nobody asks for the side */
    assert_memory_equal(y, other, 20000 * sizeof *y);
    run(other, NULL, 37, 20000);
    assert_memory_equal(y, other, 20000 * sizeof *y);
    run(other, NULL, 1, 20000);
    assert_memory_equal(y, other, 20000 * sizeof *y);
}

/* ---- what is heard ---- */

static void impulse_response(double size, double decay, double damp)
{
    stand_still(size, decay, damp, 1.0);
    memset(x, 0, sizeof x);
    x[0] = 1.0;
    run(y, side, AED_CHUNK, N);
}

/* RT60 in ms of y's band around f: from -5 to -35 dB of what is still to come (Schroeder 1965). */
static double rt60_ms(double f_hz)
{
    const double w = 2.0 * pi * f_hz / sr_hz, alpha = sin(w) / 4.0;
    static double left_over[N];
    double in1 = 0.0, in2 = 0.0, y1 = 0.0, y2 = 0.0, sum = 0.0, at[2] = {0.0, 0.0};

    for (size_t i = 0; i < N; i++)
    {
        const double out =
            (alpha * (y[i] - in2) + 2.0 * cos(w) * y1 - (1.0 - alpha) * y2) / (1.0 + alpha);
        in2 = in1, in1 = y[i];
        y2 = y1, y1 = out;
        left_over[i] = out;
    }
    for (size_t i = N; i-- > 0;)
        left_over[i] = sum += left_over[i] * left_over[i];
    for (size_t i = N; i-- > 0;)
    {
        const double db = 10.0 * log10(left_over[i] / left_over[0]);

        at[0] = db < -5.0 ? (double)i : at[0];
        at[1] = db < -35.0 ? (double)i : at[1];
    }
    return 2e3 * (at[1] - at[0]) / sr_hz;
}

/* Without damping the parameter is the time to -60 dB, at every size. */
static void decays_as_long_as_it_says(void **state)
{
    double worst = 0.0;

    (void)state;
    for (double size = 5.0; size <= 20.0; size *= 2.0)
        for (double decay = 500.0; decay <= 2000.0; decay *= 2.0)
        {
            impulse_response(size, decay, 20000.0);
            const double off = rt60_ms(250.0) / decay - 1.0;

            worst = fmax(worst, fabs(off));
        }
    printf("reverb: time to -60 dB at 250 Hz off by %.1f %%\n", 100.0 * worst);
    assert_true(worst < 0.08);
}

static void damping_shortens_what_is_high(void **state)
{
    double before = 1e9;

    (void)state;
    for (double damp = 20000.0; damp > 500.0; damp /= 3.0)
    {
        impulse_response(10.0, 2000.0, damp);
        assert_true(rt60_ms(4000.0) < 0.9 * before);
        assert_true(rt60_ms(4000.0) < rt60_ms(250.0));
        before = rt60_ms(4000.0);
    }
}

/* Share of samples beyond one deviation, over that of Gaussian noise: 1 where echoes are too many to
 * be told apart (Abel and Huang, "A simple, robust measure of reverberation echo density", 2006). */
static double echo_density(const double *a, size_t n)
{
    const double deviation = sqrt(energy(a, n) / (double)n);
    size_t beyond = 0;

    for (size_t i = 0; i < n; i++)
        beyond += fabs(a[i]) > deviation;
    return (double)beyond / (double)n / 0.3173;
}

/* Dense soon, and neither a comb nor a ring: the tail is Gaussian. */
static void tail_is_dense(void **state)
{
    (void)state;
    for (double size = 5.0; size <= 20.0; size *= 2.0)
    {
        impulse_response(size, 2000.0, 8000.0);
        const size_t soon = (size_t)(0.012 * size * sr_hz), n = 2400;
        double peak = 0.0;

        for (size_t i = soon; i + 100 < soon + n; i++)
            peak = fmax(peak, fabs(y[i]));
        const double crest = peak / sqrt(energy(y + soon, n) / (double)n);
        printf("reverb: %2.0f m, echo density after %3.0f ms %.2f, crest %.1f\n", size, 12.0 * size,
            echo_density(y + soon, n), crest);
        assert_true(echo_density(y + soon, n) > 0.85 && echo_density(y + soon, n) < 1.15);
        assert_true(crest < 6.0);
    }
}

static void side_is_another_of_the_same(void **state)
{
    (void)state;
    for (double size = 5.0; size <= 20.0; size *= 2.0)
    {
        double both = 0.0;

        impulse_response(size, 2000.0, 8000.0);
        for (size_t i = 0; i < N; i++)
            both += y[i] * side[i];
        assert_true(fabs(both) < 0.15 * sqrt(energy(y, N) * energy(side, N)));
        assert_true(fabs(10.0 * log10(energy(side, N) / energy(y, N))) < 0.6);
    }
}

/* ---- stability ---- */

/* Standing parameters: what rings loses energy, even where it loses least. */
static void energy_falls(void **state)
{
    (void)state;
    for (double size = 5.0; size <= 20.0; size *= 1.1)
    {
        const size_t n = N / 8;

        impulse_response(size, 10000.0, 20000.0);
        for (size_t k = 1; k < 8; k++)
            assert_true(energy(y + k * n, n) < energy(y + (k - 1) * n, n));
    }
}

/* Noise at full level, with all parameters jumping to anywhere every sample, or size alone. */
static void bounded_under_jumps(void **state)
{
    double most = 0.0;

    (void)state;
    for (int trial = 0; trial < 4; trial++)
    {
        wander();
        for (size_t i = 0; i < N; i++)
        {
            x[i] = test_uniform(0.0, 1.0) < 0.5 ? -1.0 : 1.0;
            if (trial > 0)
                p[DECAY][i] = 10000.0, p[DAMP][i] = 20000.0, p[MIX][i] = 1.0;
            if (trial == 2)
                p[SIZE][i] = 10.0 + 5.0 * sin(0.01 * (double)i);
            if (trial == 3)
                p[SIZE][i] = 20.0 - fmod(0.0071 * (double)i, 15.0);
        }
        run(y, side, AED_CHUNK, N);
        most = fmax(most, fmax(largest(y, N), largest(side, N)));
    }
    printf("reverb: jumps every sample, largest output %.1f\n", most);
    assert_true(most < 20.0);
}

/* The worst that a game against the network finds: of many sizes and both x, each sample takes what
 * puts most energy into the lines. The ceiling holds: |w| <= 8 + |u|. */
static void bounded_against_an_adversary(void **state)
{
    solo s = solo_of(&aed_reverb, sr_hz);
    double most = 0.0;

    (void)state;
    for (size_t i = 0; i < 40000; i++)
    {
        double best[N_PARAMS + 1] = {0}, held = -1.0, before[N_ECHOES], out;
        const double *const best_p[] = {best + 1, best + 2, best + 3, best + 4};

        memcpy(before, s.state, sizeof before);
        for (int choice = 0; choice < 10; choice++)
        {
            const double try[] = {
                choice % 2 ? 1.0 : -1.0, test_uniform(5.0, 20.0), 10000.0, 20000.0, 1.0};
            const double *const try_p[] = {try + 1, try + 2, try + 3, try + 4};
            double now = 0.0;

            solo_play(&s, &out, NULL, try, try_p, 1, 1);
            s.at--;
            memcpy(s.state, before, sizeof before);
            for (size_t j = 0; j < N_ECHOES; j++)
                now += pow(s.lines.line[j].x[s.at & s.lines.line[j].mask], 2.0);
            if (now > held)
                held = now, memcpy(best, try, sizeof best);
        }
        solo_play(&s, &out, NULL, best, best_p, 1, 1);
        most = fmax(most, sqrt(held));
    }
    printf("reverb: adversary, most in the lines %.2f\n", most);
    assert_true(most > 2.0 && most < 8.0 + 4.0);
    solo_free(&s);
}

static void silence_returns(void **state)
{
    solo s = solo_of(&aed_reverb, sr_hz);
    double left = 1.0;

    (void)state;
    stand_still(5.0, 500.0, 20000.0, 0.5);
    test_fill(x, N, -1.0, 1.0);
    solo_play(&s, y, NULL, x, at_p, AED_CHUNK, 4000);
    memset(x, 0, sizeof x);
    for (int k = 0; k < 4; k++)
    {
        solo_play(&s, y, NULL, x, at_p, AED_CHUNK, N);
        for (size_t i = 0; i < N; i++)
            assert_true(y[i] == 0.0 || fpclassify(y[i]) == FP_NORMAL);
        left = largest(y, N);
    }
    assert_true(left == 0.0);
    for (size_t j = 0; j < N_ECHOES; j++)
        assert_true(s.state[j] == 0.0);
    for (size_t j = 0; j < s.lines.n; j++)
        assert_true(largest(s.lines.line[j].x, s.lines.line[j].mask + 1) == 0.0);
    solo_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equals_naive_reference),
        cmocka_unit_test(chunks_do_not_matter),
        cmocka_unit_test(decays_as_long_as_it_says),
        cmocka_unit_test(damping_shortens_what_is_high),
        cmocka_unit_test(tail_is_dense),
        cmocka_unit_test(side_is_another_of_the_same),
        cmocka_unit_test(energy_falls),
        cmocka_unit_test(bounded_under_jumps),
        cmocka_unit_test(bounded_against_an_adversary),
        cmocka_unit_test(silence_returns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
