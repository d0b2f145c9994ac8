/* Each feature row on averages made by hand: values known beforehand, every row against its formula
 * written out plainly, every gradient against differences. torch's own values are in ref_mel; whole
 * sounds are in test_phi. */
#include "common.h"

#include <stdio.h>
#include <string.h>

#include "ear/feature.h"

enum
{
    BANDS = 20,
    BINS = 33,
    FINE = 65,
    FRAMES = 6,
    N = 301
};

static double a[BANDS], power[BINS], log_mel[FRAMES * BANDS], mean_log[BANDS], x[N], scratch[N];
static double all_logs[2 * BANDS], fine[FINE];
static double da[BANDS], dpower[BINS], dlog_mel[FRAMES * BANDS], dmean_log[BANDS], dx[N];
static double dall_logs[2 * BANDS], dfine[FINE];
static aed_pitched pitched; /* hears nothing */
static const aed_heard heard = {BINS, BANDS, FRAMES, N, 44100.0, x, a, power, log_mel, mean_log,
    scratch, 2, FINE, all_logs, fine, &pitched};
static const aed_heard_gradient to = {dx, da, dpower, dlog_mel, dmean_log, dall_logs, dfine};

static double phi_of(size_t row)
{
    double phi[2 * BANDS];

    aed_features[row]->of(phi, &heard);
    return phi[0];
}

static int set_up(void **state)
{
    memset(a, 0, sizeof a);
    memset(power, 0, sizeof power);
    memset(log_mel, 0, sizeof log_mel);
    memset(mean_log, 0, sizeof mean_log);
    memset(x, 0, sizeof x);
    return 0;
}

static void fill(void)
{
    test_fill(a, BANDS, 0.01, 4.0);
    test_fill(power, BINS, 0.01, 4.0);
    test_fill(log_mel, FRAMES * BANDS, -9.0, 3.0);
    test_fill(mean_log, BANDS, -9.0, 3.0);
    test_fill(all_logs, 2 * BANDS, -9.0, 3.0);
    test_fill(fine, FINE, 0.01, 4.0);
    test_fill(x, N, -1.0, 1.0);
}

/* --- values known beforehand --- */

static void silence_is_flat_low_and_quiet(void **state)
{
    assert_true(phi_of(AED_FEATURE_CENTROID) == 0.0);
    assert_true(phi_of(AED_FEATURE_SPREAD) == 0.0);
    assert_true(phi_of(AED_FEATURE_ROLLOFF) == 0.0);
    assert_true(phi_of(AED_FEATURE_SOFTROLLOFF) == 0.0);
    assert_true(fabs(phi_of(AED_FEATURE_FLATNESS) - 1.0) < 1e-12);
    assert_true(fabs(phi_of(AED_FEATURE_PEAKINESS)) < 1e-12);
    assert_true(phi_of(AED_FEATURE_FLUX) == 0.0);
    assert_true(phi_of(AED_FEATURE_RMS) == 0.0);
    assert_true(fabs(phi_of(AED_FEATURE_LOUDNESS) + 100.691) < 1e-9);
    assert_true(fabs(phi_of(AED_FEATURE_MAGNITUDE)) < 1e-20);
}

static void one_band_is_where_it_is(void **state)
{
    a[7] = 1000.0;
    power[9] = 1000.0;
    assert_true(fabs(phi_of(AED_FEATURE_CENTROID) - 7.0 / 19.0) < 1e-10);
    assert_true(phi_of(AED_FEATURE_SPREAD) < 1e-5);
    assert_true(fabs(phi_of(AED_FEATURE_ROLLOFF) - 7.0 / 20.0) < 1e-12);
    assert_true(fabs(phi_of(AED_FEATURE_SOFTROLLOFF) - 7.0 / 20.0) < 1e-9);
    /* geometric mean: 19 bands at 1e-8 and one at 1000 */
    const double geometric = exp((19.0 * log(1e-8) + log(1000.0)) / 20.0);

    assert_true(fabs(phi_of(AED_FEATURE_FLATNESS) - geometric / (1000.0 / 20.0)) < 1e-15);
    assert_true(fabs(phi_of(AED_FEATURE_PEAKINESS) - 1.0) < 1e-9);
}

static void equal_bands_are_flat(void **state)
{
    for (size_t b = 0; b < BANDS; b++)
        a[b] = 3.0;
    for (size_t k = 0; k < BINS; k++)
        power[k] = 0.2;
    assert_true(fabs(phi_of(AED_FEATURE_CENTROID) - 0.5) < 1e-9);
    /* uniform on 0 … 1 in 20 places: variance (20 + 1) / (12 · 19) */
    assert_true(fabs(phi_of(AED_FEATURE_SPREAD) - sqrt(21.0 / 228.0)) < 1.1e-3);
    /* 19 of 20 have 95 %, less the 1e-8 */
    assert_true(fabs(phi_of(AED_FEATURE_ROLLOFF) - 19.0 / 20.0) < 1e-12);
    assert_true(fabs(phi_of(AED_FEATURE_SOFTROLLOFF) - 18.5 / 20.0) < 0.01);
    assert_true(fabs(phi_of(AED_FEATURE_FLATNESS) - 1.0) < 1e-12);
    assert_true(fabs(phi_of(AED_FEATURE_PEAKINESS)) < 1e-12);
}

static void one_band_alone_has_no_place(void **state)
{
    const aed_heard single = {BINS, 1, FRAMES, N, 44100.0, x, a, power, log_mel, mean_log, scratch,
        2, FINE, all_logs, fine, &pitched};
    double phi;

    a[0] = 5.0;
    for (size_t row = AED_FEATURE_CENTROID; row <= AED_FEATURE_ROLLOFF; row++)
    {
        aed_features[row]->of(&phi, &single);
        assert_true(phi == 0.0);
    }
    aed_feature_softrolloff.of(&phi, &single);
    assert_true(phi == 0.0);
}

static void one_frame_has_no_flux(void **state)
{
    const aed_heard single = {BINS, BANDS, 1, N, 44100.0, x, a, power, log_mel, mean_log, scratch,
        2, FINE, all_logs, fine, &pitched};
    double phi;

    fill();
    aed_feature_flux.of(&phi, &single);
    assert_true(phi == 0.0);
}

/* The soft rolloff follows the hard one, which it cannot do where several bands lie at the edge. */
static void rolloffs_agree(void **state)
{
    double worst = 0.0, mean = 0.0;

    for (int times = 0; times < 200; times++)
    {
        test_fill(a, BANDS, 0.0, 1.0);
        for (size_t b = 0; b < BANDS; b++)
            a[b] = pow(a[b], 6.0) * exp(-0.1 * (double)b);
        const double off =
            BANDS * fabs(phi_of(AED_FEATURE_SOFTROLLOFF) - phi_of(AED_FEATURE_ROLLOFF));

        worst = worse_of(worst, off);
        mean += off / 200.0;
    }
    printf("soft rolloff: off by %.2f bands in the mean, %.2f at most\n", mean, worst);
    assert_true(mean < 0.5 && worst < 5.0);
}

/* --- formulas, plainly --- */

static double sum_of(const double *v, size_t n)
{
    return n ? v[0] + sum_of(v + 1, n - 1) : 0.0;
}

static double plain_spread(void)
{
    double c = 0.0, v = 0.0;

    for (size_t b = 0; b < BANDS; b++)
        c += a[b] / (sum_of(a, BANDS) + 1e-8) * (double)b / 19.0;
    for (size_t b = 0; b < BANDS; b++)
        v += a[b] / (sum_of(a, BANDS) + 1e-8) * pow((double)b / 19.0 - c, 2.0);
    return sqrt(v + 1e-6) - 1e-3;
}

static double plain_softrolloff(void)
{
    double sum = 0.0;

    for (size_t b = 0; b < BANDS; b++)
    {
        const double T = sum_of(a + b + 1, BANDS - 1 - b) / (sum_of(a, BANDS) + 1e-8);
        const double e = 1.0 / (1.0 + exp(-(T - 0.05) / 0.01)), e0 = 1.0 / (1.0 + exp(5.0));

        sum += (e - e0) / (1.0 - e0) / BANDS;
    }
    return sum;
}

static double plain_peakiness(void)
{
    double four = 0.0, one = 0.0;

    for (size_t k = 0; k < BINS; k++)
    {
        four += pow(power[k] + 1e-8, 4.0) / BINS;
        one += (power[k] + 1e-8) / BINS;
    }
    return log(pow(four, 0.25) / one) / (0.75 * log(BINS));
}

static double plain_flux(void)
{
    double sum = 0.0;

    for (size_t t = 1; t < FRAMES; t++)
        for (size_t b = 0; b < BANDS; b++)
            sum += pow(log_mel[t * BANDS + b] - log_mel[(t - 1) * BANDS + b], 2.0);
    return sum / ((FRAMES - 1) * BANDS);
}

static double plain_rms(void)
{
    double sum = 0.0;

    for (size_t i = 0; i < N; i++)
        sum += x[i] * x[i] / N;
    return sqrt(sum);
}

static void rows_are_their_formulas(void **state)
{
    static const struct
    {
        size_t row;
        double (*plain)(void);
    } rows[] = {
        {AED_FEATURE_SPREAD, plain_spread},
        {AED_FEATURE_SOFTROLLOFF, plain_softrolloff},
        {AED_FEATURE_PEAKINESS, plain_peakiness},
        {AED_FEATURE_FLUX, plain_flux},
        {AED_FEATURE_RMS, plain_rms},
    };

    for (int times = 0; times < 20; times++)
    {
        fill();
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
            assert_true(fabs(phi_of(rows[i].row) - rows[i].plain()) < 1e-12 * rows[i].plain());
    }
}

static void lists_are_their_formulas(void **state)
{
    const double pi = acos(-1.0);
    double phi[2 * BANDS];

    fill();
    aed_feature_bands.of(phi, &heard);
    assert_int_equal(aed_feature_size(&aed_feature_bands, &heard), 2 * BANDS);
    assert_memory_equal(phi, all_logs, sizeof all_logs);
    aed_feature_mfcc.of(phi, &heard);
    assert_int_equal(aed_feature_size(&aed_feature_mfcc, &heard), 13);
    for (size_t k = 0; k < 13; k++)
    {
        double c = 0.0;

        for (size_t b = 0; b < BANDS; b++)
            c += mean_log[b] * cos(pi / BANDS * ((double)b + 0.5) * (double)k);
        c *= k ? sqrt(2.0 / BANDS) : sqrt(1.0 / BANDS);
        assert_true(fabs(phi[k] - c) < 1e-12);
    }
    aed_feature_magnitude.of(phi, &heard);
    for (size_t k = 0; k < BINS; k++)
        assert_true(fabs(phi[k] - sqrt(power[k])) < 1.1e-6);
}

/* --- gradients --- */

typedef struct
{
    const aed_feature *row;
    const double *upstream; /* [size] */
} asked;

static long double answer(const double *v, void *context)
{
    const asked *q = context;
    double phi[2 * BANDS];
    long double sum = 0.0;

    q->row->of(phi, &heard);
    for (size_t i = 0; i < aed_feature_size(q->row, &heard); i++)
        sum += (long double)q->upstream[i] * phi[i];
    return sum;
}

/* Over all that the row may look at; what has no part in it must have a gradient of 0. */
static double worst_of(asked *q)
{
    double *const values[] = {x, a, power, log_mel, mean_log, all_logs, fine};
    double *const gradients[] = {dx, da, dpower, dlog_mel, dmean_log, dall_logs, dfine};
    const size_t sizes[] = {N, BANDS, BINS, FRAMES * BANDS, BANDS, 2 * BANDS, FINE};
    double worst = 0.0;

    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
    {
        const double off =
            gradient_largest(gradients[i], sizes[i]) == 0.0
                ? 0.0
                : gradient_worst(gradients[i], values[i], answer, q, 1e-4, 0.0, NULL, sizes[i]);

        worst = worse_of(worst, off);
    }
    return worst;
}

static void clear_gradients(void)
{
    memset(dx, 0, sizeof dx);
    memset(da, 0, sizeof da);
    memset(dpower, 0, sizeof dpower);
    memset(dlog_mel, 0, sizeof dlog_mel);
    memset(dmean_log, 0, sizeof dmean_log);
    memset(dall_logs, 0, sizeof dall_logs);
    memset(dfine, 0, sizeof dfine);
}

static asked ask(const aed_feature *row, double *upstream)
{
    double phi[2 * BANDS];

    fill();
    clear_gradients();
    test_fill(upstream, aed_feature_size(row, &heard), -2.0, 2.0);
    row->of(phi, &heard);
    row->back(to, upstream, phi, &heard);
    return (asked){row, upstream};
}

static void gradients_match_differences(void **state)
{
    double upstream[2 * BANDS];

    for (size_t j = 0; j < AED_FEATURES; j++)
    {
        double worst = 0.0;

        for (int times = 0; aed_features[j]->back && times < 5; times++)
        {
            asked q = ask(aed_features[j], upstream);
            const double off = worst_of(&q);

            worst = worse_of(worst, off);
        }
        printf("feature %s: worst %.1e\n", aed_features[j]->name, worst);
        assert_true(worst < 1e-5);
    }
}

/* So faint that the guards of 1e-8 count. */
static void gradients_of_faint_bands(void **state)
{
    static const size_t rows[] = {AED_FEATURE_CENTROID, AED_FEATURE_SPREAD, AED_FEATURE_FLATNESS,
        AED_FEATURE_SOFTROLLOFF, AED_FEATURE_PEAKINESS};
    double upstream[1] = {1.0}, phi[1];

    for (size_t j = 0; j < sizeof rows / sizeof *rows; j++)
    {
        asked q = {aed_features[rows[j]], upstream};

        test_fill(a, BANDS, 1e-9, 4e-9);
        test_fill(power, BINS, 1e-9, 4e-8);
        clear_gradients();
        q.row->of(phi, &heard);
        q.row->back(to, upstream, phi, &heard);
        if (rows[j] != AED_FEATURE_PEAKINESS)
            assert_true(gradient_worst(da, a, answer, &q, 1e-11, 0.0, NULL, BANDS) < 1e-5);
        else
            assert_true(gradient_worst(dpower, power, answer, &q, 1e-11, 0.0, NULL, BINS) < 1e-5);
    }
}

static void gradients_accumulate(void **state)
{
    double upstream[2 * BANDS], phi[2 * BANDS], once[N + BANDS];

    for (size_t j = 0; j < AED_FEATURES; j++)
    {
        if (!aed_features[j]->back)
            continue;
        (void)ask(aed_features[j], upstream);
        memcpy(once, dx, sizeof dx);
        memcpy(once + N, da, sizeof da);
        aed_features[j]->of(phi, &heard);
        aed_features[j]->back(to, upstream, phi, &heard);
        for (size_t i = 0; i < N; i++)
            assert_true(fabs(dx[i] - 2.0 * once[i]) < 1e-12);
        for (size_t b = 0; b < BANDS; b++)
            assert_true(fabs(da[b] - 2.0 * once[N + b]) < 1e-12);
    }
}

static void wrong_gradients_are_noticed(void **state)
{
    double upstream[2 * BANDS];
    asked q = ask(&aed_feature_spread, upstream);

    assert_true(worst_of(&q) < 1e-5);
    da[3] *= 1.001;
    assert_false(worst_of(&q) < 1e-5);
    q = ask(&aed_feature_loudness, upstream);
    dx[N / 2] *= 1.001;
    assert_false(worst_of(&q) < 1e-5);
    q = ask(&aed_feature_flux, upstream);
    dlog_mel[BANDS] = NAN;
    assert_false(worst_of(&q) < 1e-5);
    q = ask(&aed_feature_peakiness, upstream);
    dmean_log[0] = 1e-3; /* has no part in it */
    assert_false(worst_of(&q) < 1e-5);
}

static void silence_has_finite_gradients(void **state)
{
    double upstream[2 * BANDS], phi[2 * BANDS];

    for (size_t j = 0; j < AED_FEATURES; j++)
    {
        if (!aed_features[j]->back)
            continue;
        (void)set_up(state);
        clear_gradients();
        test_fill(upstream, BINS, -2.0, 2.0);
        aed_features[j]->of(phi, &heard);
        aed_features[j]->back(to, upstream, phi, &heard);
        assert_true(isfinite(
            gradient_largest(dx, N) + gradient_largest(da, BANDS) + gradient_largest(dpower, BINS) +
            gradient_largest(dlog_mel, FRAMES * BANDS) + gradient_largest(dmean_log, BANDS)));
    }
}

static void rows_are_complete(void **state)
{
    for (size_t i = 0; i < AED_FEATURES; i++)
    {
        assert_non_null(aed_features[i]->doc);
        assert_non_null(aed_features[i]->of);
        assert_true(aed_features[i]->width > 0.0);
        assert_int_equal(aed_feature_named(aed_features[i]->name), i);
    }
    assert_int_equal(aed_feature_named("zork"), AED_FEATURES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(silence_is_flat_low_and_quiet, set_up),
        cmocka_unit_test_setup(one_band_is_where_it_is, set_up),
        cmocka_unit_test_setup(equal_bands_are_flat, set_up),
        cmocka_unit_test_setup(one_band_alone_has_no_place, set_up),
        cmocka_unit_test_setup(one_frame_has_no_flux, set_up),
        cmocka_unit_test(rolloffs_agree),
        cmocka_unit_test(rows_are_their_formulas),
        cmocka_unit_test(lists_are_their_formulas),
        cmocka_unit_test(gradients_match_differences),
        cmocka_unit_test(gradients_of_faint_bands),
        cmocka_unit_test(gradients_accumulate),
        cmocka_unit_test(wrong_gradients_are_noticed),
        cmocka_unit_test(silence_has_finite_gradients),
        cmocka_unit_test(rows_are_complete),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
