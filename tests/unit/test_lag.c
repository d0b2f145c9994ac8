/* The lag of whitened partials against its definition, bin by bin, and against intervals that are known. */
#include "common.h"

#include <string.h>

#include "base/fft.h"
#include "ear/lag.h"

enum
{
    N = 12000,
    FRAME = 8192,
    SIZE = 2 * FRAME,
    BINS = 885, /* 96 log2(24000 / 40) */
    REACH = 288
};

static const double two_pi = 6.283185307179586, sr_hz = 48000.0;
static aed_lag *lag;
static double x[N], y[N];

static int set_up(void **state)
{
    lag = aed_lag_new(sr_hz, N, 1, NULL);
    return !lag;
}

static int tear_down(void **state)
{
    aed_lag_free(lag);
    return 0;
}

/* Partials from..to of f0 at k^-slope. */
static void fill(double *s, double f0_hz, double slope, size_t from, size_t to)
{
    const double phase = test_uniform(0.0, 1.0);

    memset(s, 0, N * sizeof *s);
    for (size_t k = from; k <= to && (double)k * f0_hz < 0.45 * sr_hz; k++)
        for (size_t i = 0; i < N; i++)
            s[i] += 0.3 * pow((double)k, -slope) *
                    sin(two_pi * (double)k * (f0_hz * (double)i / sr_hz + phase));
}

static void add_noise(double *s, double level)
{
    for (size_t i = 0; i < N; i++)
        s[i] += test_uniform(-level, level);
}

static aed_lag_result lag_now(void)
{
    aed_lag_result r;

    assert_int_equal(aed_lag_target(lag, y, NULL), AED_OK);
    assert_int_equal(aed_lag_listen(&r, lag, x, NULL), AED_OK);
    assert_true(r.confidence >= 0.0 && r.confidence <= 1.0);
    return r;
}

/* ---- the definition ---- */

static void naive_power(double *power, const double *s)
{
    static _Alignas(64) double frame[SIZE], spectrum[SIZE + 2];
    aed_fft *f = aed_fft_new(SIZE, NULL);

    assert_non_null(f);
    memset(power, 0, (SIZE / 2 + 1) * sizeof *power);
    for (size_t at = 0; at + FRAME <= N; at += FRAME / 2)
    {
        for (size_t i = 0; i < FRAME; i++)
            frame[i] = s[at + i] * (0.5 - 0.5 * cos(two_pi * (double)i / FRAME));
        aed_fft_forward(f, spectrum, frame);
        for (size_t k = 0; k <= SIZE / 2; k++)
            power[k] +=
                spectrum[2 * k] * spectrum[2 * k] + spectrum[2 * k + 1] * spectrum[2 * k + 1];
    }
    aed_fft_free(f);
}

/* Bin m: a place between two bins of the transform, or the mean of those up to bin m + 1. */
static double naive_bin(const double *power, size_t m)
{
    const double at = 40.0 * exp2((double)m / 96.0) * SIZE / sr_hz;
    const double next = 40.0 * exp2((double)(m + 1) / 96.0) * SIZE / sr_hz;
    const size_t k = (size_t)at;
    double sum = 0.0, n = 0.0;

    if (next - at < 1.0)
        return power[k] + (at - (double)k) * (power[k + 1] - power[k]);
    for (size_t j = k; (double)j <= next; j++, n += 1.0)
        sum += power[j <= SIZE / 2 ? j : SIZE / 2];
    return sum / n;
}

static void naive_whitened(double *a, const double *s)
{
    static double power[SIZE / 2 + 1];
    double loud[BINS], most = 0.0;

    naive_power(power, s);
    for (int m = 0; m < BINS; m++)
        most = fmax(most, loud[m] = naive_bin(power, (size_t)m));
    for (int m = 0; m < BINS; m++)
        loud[m] = log(loud[m] + 1e-10 * most);
    for (int m = 0; m < BINS; m++)
    {
        double sum = 0.0, n = 0.0;

        for (int j = m - 48; j <= m + 48; j++)
            if (j >= 0 && j < BINS)
            {
                sum += loud[j];
                n += 1.0;
            }
        a[m] = fmax(0.0, loud[m] - sum / n);
    }
}

static double naive_correlation(const double *a, const double *b, int l)
{
    double sum = 0.0;

    for (int m = 0; m < BINS; m++)
        if (m + l >= 0 && m + l < BINS)
            sum += a[m + l] * b[m];
    return sum;
}

static aed_lag_result naive(void)
{
    static double a[BINS], b[BINS], c[2 * REACH + 3];
    double chance = 0.0;
    int best = 1;

    naive_whitened(a, x);
    naive_whitened(b, y);
    for (int l = -REACH - 1; l <= REACH + 1; l++)
        c[l + REACH + 1] = naive_correlation(a, b, l);
    for (int i = 1; i <= 2 * REACH + 1; i++)
    {
        best = c[i] > c[best] ? i : best;
        chance += c[i] / (2 * REACH + 1);
    }
    const double up = c[best + 1], here = c[best], down = c[best - 1];
    const double shift = 0.5 * (down - up) / (down - 2.0 * here + up);

    return (aed_lag_result){(best - REACH - 1 + shift) / 96.0,
        (here - chance) / (sqrt(naive_correlation(a, a, 0) * naive_correlation(b, b, 0)) - chance)};
}

static void it_is_the_definition(void **state)
{
    for (int times = 0; times < 4; times++)
    {
        fill(x, test_uniform(90.0, 500.0), 1.0, 1, 20);
        fill(y, test_uniform(90.0, 500.0), test_uniform(0.5, 2.0), 1, 20);
        add_noise(x, 0.01);
        add_noise(y, 0.01);
        const aed_lag_result r = lag_now(), expected = naive();

        assert_true(fabs(r.octaves - expected.octaves) < 1e-7);
        assert_true(fabs(r.confidence - expected.confidence) < 1e-9);
    }
}

/* ---- known intervals ---- */

static void assert_interval(double octaves, double cents)
{
    const aed_lag_result r = lag_now();

    if (!(1200.0 * fabs(r.octaves - octaves) < cents))
        fail_msg("%g octaves apart, got %g, confidence %g", octaves, r.octaves, r.confidence);
    assert_true(r.confidence > 0.5);
}

static void saws_of_one_timbre(void **state)
{
    for (double octaves = -2.0; octaves <= 2.0; octaves += 0.237)
    {
        const double f = test_uniform(100.0, 300.0);

        fill(y, f, 1.0, 1, 400);
        fill(x, f * exp2(octaves), 1.0, 1, 400);
        assert_interval(octaves, 40.0); /* at once; the nearer, the more exact */
    }
}

static void other_timbre_level_and_noise(void **state)
{
    for (double octaves = -2.0; octaves <= 2.0; octaves += 0.31)
    {
        const double f = test_uniform(120.0, 300.0);

        fill(y, f, test_uniform(0.5, 2.0), 1, 400);
        add_noise(y, 0.03);
        fill(x, f * exp2(octaves), 1.0, 1, 400);
        for (size_t i = 0; i < N; i++)
            x[i] *= 0.05;
        assert_interval(octaves, 60.0);
    }
}

static void small_intervals_are_exact(void **state)
{
    static const double cents[] = {-50.0, -10.0, -2.0, 0.0, 5.0, 20.0};

    for (size_t i = 0; i < sizeof cents / sizeof *cents; i++)
    {
        fill(y, 220.0, 1.0, 1, 100);
        fill(x, 220.0 * exp2(cents[i] / 1200.0), 1.5, 1, 100);
        assert_interval(cents[i] / 1200.0, 1.5);
    }
}

static void two_noises_have_little_confidence(void **state)
{
    double most = 0.0;

    for (int times = 0; times < 20; times++)
    {
        memset(x, 0, sizeof x);
        memset(y, 0, sizeof y);
        add_noise(y, 0.5);
        if (times % 2)
            add_noise(x, 0.5);
        else
            fill(x, 200.0, 1.0, 1, 100);
        most = fmax(most, lag_now().confidence);
    }
    assert_true(most < 0.5);
}

/* ---- edges ---- */

static void silence_has_no_lag(void **state)
{
    aed_lag_result r;

    fill(x, 200.0, 1.0, 1, 10);
    assert_int_equal(aed_lag_listen(&r, lag, x, NULL), AED_OK); /* no target yet */
    assert_true(r.octaves == 0.0 && r.confidence == 0.0);
    memset(y, 0, sizeof y);
    r = lag_now();
    assert_true(r.octaves == 0.0 && r.confidence == 0.0);
    fill(y, 200.0, 1.0, 1, 10);
    memset(x, 0, sizeof x);
    r = lag_now();
    assert_true(r.octaves == 0.0 && r.confidence == 0.0);
}

static void what_cannot_be_heard_is_refused(void **state)
{
    aed_lag_result r = {7.0, 8.0};
    aed_error e = {AED_OK, ""};

    fill(x, 300.0, 1.0, 1, 10);
    fill(y, 200.0, 1.0, 1, 10);
    const aed_lag_result before = lag_now();

    y[N - 1] = NAN;
    assert_int_equal(aed_lag_target(lag, y, &e), AED_E_NONFINITE);
    assert_int_equal(aed_lag_listen(&r, lag, y, &e), AED_E_NONFINITE);
    assert_true(r.octaves == 7.0 && r.confidence == 8.0);
    y[N - 1] = -2e100;
    assert_int_equal(aed_lag_target(lag, y, &e), AED_E_NONFINITE);
    assert_int_equal(aed_lag_listen(&r, lag, x, &e), AED_OK);
    assert_true(r.octaves == before.octaves); /* the target is the old one */
    assert_null(aed_lag_new(NAN, N, 1, &e));
    assert_null(aed_lag_new(sr_hz, 63, 1, &e));
    assert_string_equal(e.msg, "sound: got 63 samples, allowed are 64 … 16777216");
}

/* Any rate and length that is allowed; loud and soft. */
static void other_lengths_and_rates(void **state)
{
    static const struct
    {
        double sr_hz;
        size_t n;
    } rows[] = {{48000.0, 64}, {1000.0, 64}, {1e6, 64}, {44100.0, 100}, {8000.0, N}, {192000.0, N}};

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (double level = 1e-100; level < 1e101; level *= 1e50)
        {
            aed_lag *l = aed_lag_new(rows[i].sr_hz, rows[i].n, 1, NULL);
            aed_lag_result r;

            assert_non_null(l);
            for (size_t k = 0; k < N; k++)
                x[k] = level * test_uniform(-0.99, 0.99);
            assert_int_equal(aed_lag_target(l, x, NULL), AED_OK);
            assert_int_equal(aed_lag_listen(&r, l, x, NULL), AED_OK);
            assert_true(fabs(r.octaves) < 1e-9 && fabs(r.confidence - 1.0) < 1e-9);
            aed_lag_free(l);
        }
    aed_lag_free(NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(it_is_the_definition),
        TEST(saws_of_one_timbre),
        TEST(other_timbre_level_and_noise),
        TEST(small_intervals_are_exact),
        TEST(two_noises_have_little_confidence),
        TEST(silence_has_no_lag),
        TEST(what_cannot_be_heard_is_refused),
        TEST(other_lengths_and_rates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
