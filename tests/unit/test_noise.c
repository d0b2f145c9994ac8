#include "common.h"
#include "plant.h"

#include <complex.h>
#include <stdio.h>
#include <string.h>

#include "base/rng.h"
#include "plant/color.h"
#include "plant/noise.h"

enum
{
    N = 1 << 16,
    SEGMENT_N = 2048
};

static const double pi = 3.141592653589793;
static double y[N], other[N];

/* What is played: level and colour stand still unless colors [N] are given. */
typedef struct
{
    double sr_hz, level, color;
    const double *colors;
    size_t chunk_n;
} piece;

static void run(double *out, double *state, piece played, size_t n)
{
    double level[AED_CHUNK], color[AED_CHUNK], tape[AED_COLOR_TAPE_N * AED_CHUNK];

    for (size_t i = 0; i < AED_CHUNK; i++)
    {
        level[i] = played.level;
        color[i] = played.color;
    }
    for (size_t at = 0; at < n; at += played.chunk_n)
    {
        const double *p[2] = {level, played.colors ? played.colors + at : color};
        aed_block b = test_block(played.sr_hz, 1.0);

        b.n = n - at < played.chunk_n ? n - at : played.chunk_n;
        aed_noise.forward(out + at, tape, state, NULL, p, &b);
    }
}

static void fresh(double *out, unsigned long seed, size_t instance, piece played)
{
    double state[AED_COLOR_STATE_N];

    memset(out, 0, N * sizeof *out);
    aed_noise.reset(state, seed, instance);
    run(out, state, played, N);
}

/* At 48 kHz in full chunks. */
static piece plain(double level, double color)
{
    return (piece){48000.0, level, color, NULL, AED_CHUNK};
}

/* Moments of N uniform draws in (-1, 1), within five standard errors; neighbours uncorrelated. */
static void is_uniform_and_white(void **state)
{
    double mean = 0.0, power = 0.0, neighbours = 0.0;

    (void)state;
    fresh(y, 1, 0, plain(1.0, 0.0));
    for (size_t i = 0; i < N; i++)
    {
        assert_true(y[i] > -1.0 && y[i] < 1.0);
        mean += y[i] / N;
        power += y[i] * y[i] / N;
        neighbours += i > 0 ? y[i] * y[i - 1] / N : 0.0;
    }
    assert_true(fabs(mean) < 5.0 * sqrt(1.0 / 3.0 / N));
    assert_true(fabs(power - 1.0 / 3.0) < 5.0 * sqrt(4.0 / 45.0 / N));
    assert_true(fabs(neighbours) < 5.0 / 3.0 / sqrt(N));
}

/* The draws themselves, to the last bit. */
static void is_white_in_the_middle(void **state)
{
    double s[AED_COLOR_STATE_N];

    (void)state;
    fresh(y, 3, 0, plain(1.0, 0.0));
    aed_noise.reset(s, 3, 0);
    for (size_t i = 0; i < N; i++)
    {
        const double u = (double)(aed_rng_bits((uint64_t)s[2], i) >> 11) / 0x1p52;

        assert_true(fabs(y[i] - (u - 1.0)) < 1e-15);
    }
}

static double pole(double sr_hz)
{
    return 1.0 - exp(-2.0 * pi * 1000.0 / sr_hz);
}

/* |4^-color L + 4^color (1 - L)|^2 of the one-pole L at f turns a sample. */
static double response(double color, double a, double f)
{
    const double complex L = a / (1.0 - (1.0 - a) * cexp(-2.0 * pi * I * f));
    const double r = cabs(pow(4.0, -color) * L + pow(4.0, color) * (1.0 - L));

    return r * r;
}

/* Its mean over all frequencies, which is what white noise's power becomes. */
static double mean_response(double color, double a)
{
    double sum = 0.0;

    for (int k = 0; k < 2000; k++)
        sum += response(color, a, (k + 0.5) / 4000.0) / 2000.0;
    return sum;
}

/* A colour that wanders, computed as it is written down, with the power taken from the spectrum. */
static void follows_the_formula(void **state)
{
    static double colors[N];
    const double a = pole(48000.0);
    double low = 0.0;

    (void)state;
    for (size_t i = 0; i < N; i++)
        colors[i] =
            sin(1e-3 * (double)i) * (i / AED_CHUNK % 3 != 0); /* and stands still at times */
    fresh(other, 1, 0, plain(1.0, 0.0));
    fresh(y, 1, 0, (piece){48000.0, 0.5, 0.0, colors, AED_CHUNK});
    for (size_t i = 0; i < 4000; i++)
    {
        const double u = other[i], g = pow(4.0, colors[i]);

        low += a * (u - low);
        const double naive = (low / g + g * (u - low)) / sqrt(mean_response(colors[i], a));
        assert_true(fabs(y[i] - 0.5 * naive) < 1e-9);
    }
}

/* Power at a bin of SEGMENT_N, over Hann windows. */
static double power_at(const double *x, int bin)
{
    double sum = 0.0;

    for (size_t at = 0; at + SEGMENT_N <= N; at += SEGMENT_N)
    {
        double complex X = 0.0;

        for (size_t i = 0; i < SEGMENT_N; i++)
        {
            const double turn = 2.0 * pi * (double)i / SEGMENT_N;

            X += x[at + i] * (1.0 - cos(turn)) * cexp(-I * turn * bin);
        }
        sum += cabs(X) * cabs(X);
    }
    return sum;
}

/* Measured against the same noise in white, so that chance cancels: within 0.1 dB of theory, which
 * spans 24 dB. */
static void spectrum_tilts_as_it_should(void **state)
{
    static const int bins[] = {8, 44, 172, 684}; /* 0.19, 1.0, 4.0, 16 kHz */
    static const double colors[] = {-1.0, -0.5, 0.5, 1.0};
    const double a = pole(48000.0);

    (void)state;
    fresh(other, 1, 0, plain(1.0, 0.0));
    for (size_t k = 0; k < 4; k++)
    {
        fresh(y, 1, 0, plain(1.0, colors[k]));
        for (size_t j = 0; j < 4; j++)
        {
            const double f = (double)bins[j] / SEGMENT_N;
            const double theory = response(colors[k], a, f) / mean_response(colors[k], a);
            const double measured = power_at(y, bins[j]) / power_at(other, bins[j]);
            const double off_db = 10.0 * log10(measured / theory);

            printf("color %+.1f at %5.0f Hz: %+6.2f dB, theory %+6.2f\n", colors[k], f * 48000.0,
                10.0 * log10(measured), 10.0 * log10(theory));
            assert_true(fabs(off_db) < 0.1);
        }
    }
}

static double power(const double *x)
{
    double sum = 0.0;

    for (size_t i = 0; i < N; i++)
        sum += x[i] * x[i] / N;
    return sum;
}

/* Chance alone moves the power of the darkest noise by 0.1 dB (some 0.06 N independent values). */
static void power_and_peak_stay(void **state)
{
    static const double rates[] = {16000.0, 44100.0, 48000.0, 96000.0};

    (void)state;
    for (size_t r = 0; r < 4; r++)
        for (double color = -1.0; color <= 1.0; color += 0.25)
        {
            fresh(y, 1, 0, (piece){rates[r], 1.0, color, NULL, AED_CHUNK});
            assert_true(fabs(10.0 * log10(3.0 * power(y))) < 0.3);
            for (size_t i = 0; i < N; i++)
                assert_true(fabs(y[i]) < fmax(2.0, sqrt(2.0 / pole(rates[r]))));
        }
}

/* From end to end every step makes it brighter: the sum of neighbours' products falls. */
static void no_colour_is_dead(void **state)
{
    double last = INFINITY;

    (void)state;
    for (int k = -20; k <= 20; k++)
    {
        double neighbours = 0.0;

        fresh(y, 1, 0, plain(1.0, 0.05 * k));
        for (size_t i = 1; i < N; i++)
            neighbours += y[i] * y[i - 1] / N;
        assert_true(neighbours < last - 1e-5);
        last = neighbours;
    }
}

static void repeats_from_its_state(void **state)
{
    double kept[AED_COLOR_STATE_N], now[AED_COLOR_STATE_N];

    (void)state;
    aed_noise.reset(now, 5, 0);
    run(y, now, plain(1.0, -0.7), 100);
    memcpy(kept, now, sizeof kept);
    memset(y, 0, sizeof y);
    memset(other, 0, sizeof other);
    run(y, now, plain(1.0, -0.7), 1000);
    run(other, kept, plain(1.0, -0.7), 1000);
    assert_memory_equal(y, other, sizeof y);
}

static void chunks_do_not_matter(void **state)
{
    static double colors[N];

    (void)state;
    for (size_t i = 0; i < N; i++)
        colors[i] = i < N / 2 ? -0.3 : sin((double)i);
    fresh(y, 1, 0, (piece){48000.0, 0.7, 0.0, colors, AED_CHUNK});
    fresh(other, 1, 0, (piece){48000.0, 0.7, 0.0, colors, 1});
    assert_memory_equal(y, other, sizeof y);
    fresh(other, 1, 0, (piece){48000.0, 0.7, 0.0, colors, 37});
    assert_memory_equal(y, other, sizeof y);
}

static double correlation(void)
{
    double sum = 0.0;

    for (size_t i = 0; i < N; i++)
        sum += 3.0 * y[i] * other[i] / N;
    return sum;
}

static void seeds_and_instances_differ(void **state)
{
    (void)state;
    fresh(y, 1, 0, plain(1.0, 0.0));
    fresh(other, 1, 1, plain(1.0, 0.0));
    assert_true(fabs(correlation()) < 5.0 / sqrt(N));
    fresh(other, 2, 0, plain(1.0, 0.0));
    assert_true(fabs(correlation()) < 5.0 / sqrt(N));
    fresh(other, 1, 0, plain(1.0, 0.0));
    assert_true(correlation() > 0.9);
}

static void state_is_whole_numbers(void **state)
{
    (void)state;
    for (unsigned long seed = 0; seed < 100; seed++)
    {
        double s[AED_COLOR_STATE_N];

        aed_noise.reset(s, seed, seed % 7);
        assert_true(s[0] == 0.0 && s[1] == 0.0);
        assert_true(s[2] == floor(s[2]) && s[2] >= 0.0 && s[2] < 0x1p53);
    }
}

static void adds_level_times_noise(void **state)
{
    double s[AED_COLOR_STATE_N];

    (void)state;
    fresh(y, 1, 0, plain(1.0, 0.4));
    fresh(other, 1, 0, plain(0.25, 0.4));
    for (size_t i = 0; i < N; i++)
        assert_true(fabs(other[i] - 0.25 * y[i]) < 1e-15);

    aed_noise.reset(s, 1, 0);
    run(other, s, plain(0.5, 0.4), N);
    for (size_t i = 0; i < N; i++)
        assert_true(fabs(other[i] - 0.75 * y[i]) < 1e-15);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_uniform_and_white),
        cmocka_unit_test(is_white_in_the_middle),
        cmocka_unit_test(follows_the_formula),
        cmocka_unit_test(spectrum_tilts_as_it_should),
        cmocka_unit_test(power_and_peak_stay),
        cmocka_unit_test(no_colour_is_dead),
        cmocka_unit_test(repeats_from_its_state),
        cmocka_unit_test(chunks_do_not_matter),
        cmocka_unit_test(seeds_and_instances_differ),
        cmocka_unit_test(state_is_whole_numbers),
        cmocka_unit_test(adds_level_times_noise),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
