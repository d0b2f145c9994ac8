/* Features of whole windows through the ear, against everything written out again from the samples:
 * mirrored edges, a sum over samples for each bin, triangles, averages. */
#include "common.h"

#include <stdio.h>
#include <string.h>

#include "ear/ear.h"

enum
{
    N = 500,
    SIZE = 64,
    BINS = SIZE / 2 + 1,
    FINE = 256, /* the other size */
    MOST_BINS = FINE / 2 + 1,
    HOP = 40,
    BANDS = 12,
    MOST_FRAMES = N / HOP + 1
};

static const double pi = 3.141592653589793, sr_hz = 16000.0, floor_power = 1e-4;
static double x[N];

/* --- the reference --- */

static size_t frames;
static double power[MOST_FRAMES][MOST_BINS], mel[MOST_FRAMES][BANDS];
static double fine_power[MOST_BINS], fine_log[BANDS], f0_hz;

static double mirrored(long i)
{
    i = i < 0 ? -i : i;
    return x[i > N - 1 ? 2 * (N - 1) - i : i];
}

static double plain_power(long start, size_t k, long size)
{
    double re = 0.0, im = 0.0;

    for (long i = 0; i < size; i++)
    {
        const double v =
            0.5 * (1.0 - cos(2.0 * pi * (double)i / (double)size)) * mirrored(start + i);

        re += v * cos(2.0 * pi * (double)i * (double)k / (double)size);
        im += v * sin(2.0 * pi * (double)i * (double)k / (double)size);
    }
    return re * re + im * im;
}

static double corner_hz(size_t s)
{
    const double top = 2595.0 * log10(1.0 + sr_hz / 2.0 / 700.0);

    return 700.0 * (pow(10.0, top * (double)s / (BANDS + 1) / 2595.0) - 1.0);
}

static double triangle(size_t b, size_t k, long size)
{
    const double hz = (double)k * sr_hz / (double)size;
    const double up = (hz - corner_hz(b)) / (corner_hz(b + 1) - corner_hz(b));
    const double down = (corner_hz(b + 2) - hz) / (corner_hz(b + 2) - corner_hz(b + 1));

    return fmax(0.0, fmin(up, down));
}

static void hear_size(long size, int whole_frames)
{
    const size_t bins = (size_t)size / 2 + 1;

    frames = (size_t)(whole_frames ? 1 + (N - size) / HOP : 1 + N / HOP);
    for (size_t t = 0; t < frames; t++)
    {
        for (size_t k = 0; k < bins; k++)
            power[t][k] = plain_power((long)(t * HOP) - (whole_frames ? 0 : size / 2), k, size);
        for (size_t b = 0; b < BANDS; b++)
        {
            mel[t][b] = 0.0;
            for (size_t k = 0; k < bins; k++)
                mel[t][b] += triangle(b, k, size) * power[t][k];
        }
    }
}

static double mean_mel(size_t b)
{
    double sum = 0.0;

    for (size_t t = 0; t < frames; t++)
        sum += mel[t][b];
    return sum / (double)frames;
}

static double mean_power(size_t k)
{
    double sum = 0.0;

    for (size_t t = 0; t < frames; t++)
        sum += power[t][k];
    return sum / (double)frames;
}

static double mean_log(size_t b)
{
    double sum = 0.0;

    for (size_t t = 0; t < frames; t++)
        sum += log(mel[t][b] + floor_power);
    return sum / (double)frames;
}

static void hear_plainly(int whole_frames)
{
    hear_size(FINE, whole_frames);
    for (size_t k = 0; k < MOST_BINS; k++)
        fine_power[k] = mean_power(k);
    for (size_t b = 0; b < BANDS; b++)
        fine_log[b] = mean_log(b);
    hear_size(SIZE, whole_frames);
}

static double plain_bands(size_t i)
{
    return i < BANDS ? mean_log(i) : fine_log[i - BANDS];
}

/* Of f0_hz, which the ear says; test_pitch knows pitches. */
static double plain_inharmonicity(size_t i)
{
    const double bin_hz = sr_hz / FINE, lobe_hz = 2.0 * bin_hz;
    double over = 0.0, under = 0.0;

    for (size_t k = 3 + i; k < MOST_BINS && f0_hz > 2.0 * lobe_hz; k++)
    {
        const double harmonic = fmax(round((double)k * bin_hz / f0_hz), 1.0);
        const double off_hz = fabs((double)k * bin_hz - harmonic * f0_hz);

        over += fine_power[k] * fmin(fmax((off_hz - lobe_hz) / (0.5 * f0_hz - lobe_hz), 0.0), 1.0);
        under += fine_power[k];
    }
    return under > 0.0 ? over / under : 0.0;
}

static double plain_centroid(size_t i)
{
    double over = 0.0, under = 0.0;

    for (size_t b = i; b < BANDS; b++)
    {
        over += mean_mel(b) * (double)b / (BANDS - 1);
        under += mean_mel(b);
    }
    return over / (under + 1e-8);
}

static double plain_spread(size_t i)
{
    double over = 0.0, under = 0.0;

    for (size_t b = i; b < BANDS; b++)
    {
        over += mean_mel(b) * pow((double)b / (BANDS - 1) - plain_centroid(0), 2.0);
        under += mean_mel(b);
    }
    return sqrt(over / (under + 1e-8) + 1e-6) - 1e-3;
}

static double plain_flatness(size_t i)
{
    double product = 1.0, mean = 0.0;

    for (size_t b = i; b < BANDS; b++)
    {
        product *= pow(mean_mel(b) + 1e-8, 1.0 / BANDS);
        mean += mean_mel(b) / BANDS;
    }
    return product / (mean + 1e-8);
}

static double plain_peakiness(size_t i)
{
    double four = 0.0, one = 0.0;

    for (size_t k = i; k < BINS; k++)
    {
        four += pow(mean_power(k) + 1e-8, 4.0) / BINS;
        one += (mean_power(k) + 1e-8) / BINS;
    }
    return log(pow(four, 0.25) / one) / log(pow(BINS, 0.75));
}

static double plain_flux(size_t i)
{
    double sum = 0.0;

    for (size_t t = 1 + i; t < frames; t++)
        for (size_t b = 0; b < BANDS; b++)
            sum += pow(log((mel[t][b] + floor_power) / (mel[t - 1][b] + floor_power)), 2.0);
    return sum / (double)((frames - 1) * BANDS);
}

static double plain_rms(size_t i)
{
    double sum = 0.0;

    for (; i < N; i++)
        sum += x[i] * x[i] / N;
    return sqrt(sum);
}

static double plain_mfcc(size_t k)
{
    double sum = 0.0;

    for (size_t b = 0; b < BANDS; b++)
        sum += mean_log(b) * cos(pi * (double)k * ((double)b + 0.5) / BANDS);
    return sum * sqrt((k ? 2.0 : 1.0) / BANDS);
}

static double plain_magnitude(size_t k)
{
    return sqrt(mean_power(k) + 1e-12) - 1e-6;
}

static const struct
{
    const char *name;
    double (*plain)(size_t i); /* i: which number of a list */
    size_t size;
} rows[] = {
    {"centroid", plain_centroid, 1},
    {"spread", plain_spread, 1},
    {"flatness", plain_flatness, 1},
    {"peakiness", plain_peakiness, 1},
    {"flux", plain_flux, 1},
    {"rms", plain_rms, 1},
    {"mfcc", plain_mfcc, BANDS},
    {"bands", plain_bands, 2 * BANDS},
    {"inharmonicity", plain_inharmonicity, 1},
    {"magnitude", plain_magnitude, BINS},
};

/* --- the ear --- */

static aed_ear *ear_new(int whole_frames, unsigned features)
{
    const aed_ear_config c = {.sr_hz = sr_hz,
        .n = N,
        .sizes = {SIZE, FINE},
        .n_sizes = 2,
        .hop_n = HOP,
        .mels = BANDS,
        .floor = floor_power,
        .whole_frames = whole_frames,
        .features = features};
    aed_ear *ear = aed_ear_new(&c, NULL);

    assert_non_null(ear);
    return ear;
}

static const unsigned all = (1u << AED_FEATURES) - 1u;

static double worst_off(int whole_frames)
{
    aed_ear *ear = ear_new(whole_frames, all);
    aed_ear_result r;
    double worst = 0.0;

    hear_plainly(whole_frames);
    assert_int_equal(aed_ear_listen(ear, &r, NULL, x, NULL, NULL, N, NULL), AED_OK);
    f0_hz = 440.0 * pow(2.0, (r.phi[AED_FEATURE_PITCH] - 69.0) / 12.0);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    {
        const size_t row = aed_feature_named(rows[i].name);
        size_t n;
        const double *phi = aed_ear_heard(ear, row, &n);

        assert_int_equal(n, rows[i].size);
        assert_true(r.phi[row] == phi[0]);
        for (size_t k = 0; k < n; k++)
        {
            const double expected = rows[i].plain(k);

            worst = worse_of(worst, fabs(phi[k] - expected) / fmax(fabs(expected), 1e-3));
        }
    }
    aed_ear_free(ear);
    return worst;
}

static void features_are_what_the_samples_say(void **state)
{
    double worst = 0.0;

    for (int times = 0; times < 4; times++)
    {
        test_fill(x, N, -0.5, 0.5);
        for (size_t i = 1; i < N; i++)
            x[i] = (0.3 + (double)i / N) * x[i] + 0.25 * times * x[i - 1];
        worst = worse_of(worst, worst_off(times % 2));
    }
    printf("features of whole windows: worst %.1e\n", worst);
    assert_true(worst < 1e-9);
}

/* Partials of f0 at r f0 sqrt(1 + stretch r^2), or noise. */
static double heard_inharmonicity(double stretch, double noise, double *pitch)
{
    aed_ear *ear = ear_new(1, all);
    aed_ear_result r;

    test_fill(x, N, -noise, noise);
    for (size_t i = 0; i < N; i++)
        for (double k = 1.0; k < 9.0; k++)
            x[i] += sin(2.0 * pi * 880.0 * k * sqrt(1.0 + stretch * k * k) * (double)i / sr_hz) / k;
    assert_int_equal(aed_ear_listen(ear, &r, NULL, x, NULL, NULL, N, NULL), AED_OK);
    aed_ear_free(ear);
    *pitch = r.phi[AED_FEATURE_PITCH];
    return r.phi[AED_FEATURE_INHARMONICITY];
}

static void harmonic_sounds_are_and_stretched_ones_are_not(void **state)
{
    double pitch;
    const double harmonic = heard_inharmonicity(0.0, 0.0, &pitch);

    assert_true(fabs(pitch - 81.0) < 0.1);
    const double stretched = heard_inharmonicity(0.01, 0.0, &pitch);
    const double noisy = heard_inharmonicity(0.0, 1.0, &pitch);

    printf(
        "inharmonicity: harmonic %.4f, stretched %.4f, noisy %.4f\n", harmonic, stretched, noisy);
    assert_true(harmonic < 0.002 && stretched > 10.0 * harmonic && noisy > 10.0 * harmonic);
}

/* Silence has no pitch, and no inharmonicity. */
static void silence_has_no_pitch(void **state)
{
    aed_ear *ear = ear_new(0, all);
    aed_ear_result r;

    memset(x, 0, sizeof x);
    assert_int_equal(aed_ear_listen(ear, &r, NULL, x, NULL, NULL, N, NULL), AED_OK);
    assert_true(r.phi[AED_FEATURE_PITCH] == 0.0 && r.phi[AED_FEATURE_CONFIDENCE] == 0.0);
    assert_true(r.phi[AED_FEATURE_INHARMONICITY] == 0.0);
    aed_ear_free(ear);
}

/* phi without being asked has the first rows; asked, only those that were asked for. */
static void only_what_is_asked_for_is_heard(void **state)
{
    aed_ear *ear = ear_new(0, 0);
    aed_ear_result r;

    test_fill(x, N, -0.5, 0.5);
    assert_int_equal(aed_ear_listen(ear, &r, NULL, x, NULL, NULL, N, NULL), AED_OK);
    for (size_t j = 0; j < AED_FEATURES; j++)
        assert_int_equal(r.phi[j] != 0.0, j < AED_FEATURES_DEFAULT);
    aed_ear_free(ear);

    ear = ear_new(0, 1u << AED_FEATURE_FLUX | 1u << AED_FEATURE_RMS);
    assert_int_equal(aed_ear_target(ear, x, N, NULL), AED_OK); /* hears all, once */
    assert_int_equal(aed_ear_listen(ear, &r, NULL, x, NULL, NULL, N, NULL), AED_OK);
    for (size_t j = 0; j < AED_FEATURES; j++)
        assert_int_equal(r.phi[j] != 0.0, j == AED_FEATURE_FLUX || j == AED_FEATURE_RMS ||
                                              j == AED_FEATURE_CENTROID /* the reward's */);
    aed_ear_free(ear);
}

static void a_distance_is_the_mean_square_over_the_width(void **state)
{
    double y[N], weights[AED_EAR_LOSSES] = {0}, phi[BINS];
    aed_ear *ear = ear_new(0, all);
    aed_ear_result r;

    test_fill(x, N, -0.5, 0.5);
    test_fill(y, N, -0.1, 0.5);
    assert_int_equal(aed_ear_target(ear, y, N, NULL), AED_OK);
    for (size_t j = 0; j < AED_EAR_LOSSES; j++)
    {
        const aed_feature *f = aed_features[aed_losses[j]->feature];
        double sum = 0.0;
        size_t n;

        if (!aed_loss_is_distance(aed_losses[j]))
            continue;
        weights[j] = 1.0;
        assert_int_equal(aed_ear_listen(ear, &r, NULL, y, weights, NULL, N, NULL), AED_OK);
        assert_true(r.loss == 0.0);
        const double *now = aed_ear_heard(ear, aed_losses[j]->feature, &n);

        memcpy(phi, now, n * sizeof *phi);
        assert_int_equal(aed_ear_listen(ear, &r, NULL, x, weights, NULL, N, NULL), AED_OK);
        for (size_t i = 0; i < n; i++)
            sum += pow(phi[i] - now[i], 2.0);
        assert_true(fabs(r.terms[j] - sum / (double)n / f->width) < 1e-12 * r.terms[j]);
        weights[j] = 0.0;
    }
    aed_ear_free(ear);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(features_are_what_the_samples_say),
        cmocka_unit_test(harmonic_sounds_are_and_stretched_ones_are_not),
        cmocka_unit_test(silence_has_no_pitch),
        cmocka_unit_test(only_what_is_asked_for_is_heard),
        cmocka_unit_test(a_distance_is_the_mean_square_over_the_width),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
