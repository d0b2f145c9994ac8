/* Features of spectra whose values are known beforehand; torch's own values are in ref_mel. */
#include "common.h"

#include <string.h>

#include "ear/feature.h"

enum
{
    BANDS = 64,
    N = 1001
};

static double a[BANDS], x[N], phi[AED_FEATURES];
static const aed_heard heard = {a, BANDS, x, N};

static int set_up(void **state)
{
    memset(a, 0, sizeof a);
    memset(x, 0, sizeof x);
    return 0;
}

static void silence_is_flat_and_low(void **state)
{
    aed_features_of(phi, &heard);
    assert_true(phi[AED_FEATURE_CENTROID] == 0.0);
    assert_true(phi[AED_FEATURE_ROLLOFF] == 0.0);
    assert_true(fabs(phi[AED_FEATURE_FLATNESS] - 1.0) < 1e-12);
    assert_true(phi[AED_FEATURE_RMS] == 0.0);
}

static void one_band_is_where_it_is(void **state)
{
    a[21] = 1000.0;
    aed_features_of(phi, &heard);
    assert_true(fabs(phi[AED_FEATURE_CENTROID] - 21.0 / 63.0) < 1e-10);
    assert_true(fabs(phi[AED_FEATURE_ROLLOFF] - 21.0 / 64.0) < 1e-12);
    /* geometric mean: 63 bands at 1e-8 and one at 1000 */
    const double geometric = exp((63.0 * log(1e-8) + log(1000.0)) / 64.0);

    assert_true(fabs(phi[AED_FEATURE_FLATNESS] - geometric / (1000.0 / 64.0)) < 1e-15);
}

static void equal_bands_are_flat(void **state)
{
    for (size_t b = 0; b < BANDS; b++)
        a[b] = 3.0;
    aed_features_of(phi, &heard);
    assert_true(fabs(phi[AED_FEATURE_CENTROID] - 0.5) < 1e-9);
    assert_true(fabs(phi[AED_FEATURE_ROLLOFF] - 60.0 / 64.0) < 1e-12); /* 61 of 64 pass 95 % */
    assert_true(fabs(phi[AED_FEATURE_FLATNESS] - 1.0) < 1e-12);
}

static void one_band_alone_has_no_place(void **state)
{
    const aed_heard single = {a, 1, x, N};

    a[0] = 5.0;
    aed_features_of(phi, &single);
    assert_true(phi[AED_FEATURE_CENTROID] == 0.0);
    assert_true(phi[AED_FEATURE_ROLLOFF] == 0.0);
}

static void rms_is_the_definition(void **state)
{
    double sum = 0.0;

    test_fill(x, N, -1.0, 1.0);
    for (size_t i = 0; i < N; i++)
        sum += x[i] * x[i];
    aed_features_of(phi, &heard);
    assert_true(fabs(phi[AED_FEATURE_RMS] - sqrt(sum / N)) < 1e-14);
}

static void rows_are_complete(void **state)
{
    for (size_t i = 0; i < AED_FEATURES; i++)
    {
        assert_non_null(aed_features[i].doc);
        assert_non_null(aed_features[i].of);
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(aed_features[i].name, aed_features[j].name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(silence_is_flat_and_low, set_up),
        cmocka_unit_test_setup(one_band_is_where_it_is, set_up),
        cmocka_unit_test_setup(equal_bands_are_flat, set_up),
        cmocka_unit_test_setup(one_band_alone_has_no_place, set_up),
        cmocka_unit_test_setup(rms_is_the_definition, set_up),
        cmocka_unit_test(rows_are_complete),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
