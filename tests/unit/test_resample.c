/* Sounds at other sample rates: sines stay what they are, and what does not fit is gone. */
#include "common.h"

#include <stdlib.h>
#include <string.h>

#include "ear/resample.h"

static const double two_pi = 6.283185307179586;
static const double rates[][2] = {{44100.0, 48000.0}, {48000.0, 44100.0}, {22050.0, 44100.0},
    {96000.0, 44100.0}, {44100.0, 44101.0}, {12345.6, 44100.0}, {192000.0, 8000.0}, {1000.0, 1e6},
    {1e6, 1000.0}};

enum
{
    RATES = sizeof rates / sizeof *rates
};

/* Of a sine of `hz`, without what hears its ends. Returns the largest |y - wanted|. */
static double error_of(const double *r, double hz, int stays)
{
    const double ends_s = 70.0 / fmin(r[0], r[1]);
    const size_t n = (size_t)((2.0 * ends_s + 100.0 / fmin(r[0], r[1])) * r[0]);
    const size_t m = aed_resample_n(n, r[0], r[1]);
    double *x = malloc(n * sizeof *x), *y = malloc(m * sizeof *y), worst = 0.0;

    for (size_t i = 0; i < n; i++)
        x[i] = sin(two_pi * hz * (double)i / r[0] + 0.3);
    assert_int_equal(aed_resample(y, m, x, n, r[0], r[1], NULL), AED_OK);
    for (size_t i = (size_t)(ends_s * r[1]); (double)i < (double)m - ends_s * r[1]; i++)
    {
        const double wanted = stays ? sin(two_pi * hz * (double)i / r[1] + 0.3) : 0.0;

        worst = fmax(worst, fabs(y[i] - wanted));
    }
    free(x);
    free(y);
    return worst;
}

static void sines_stay(void **state)
{
    double worst = 0.0;

    (void)state;
    for (size_t i = 0; i < RATES; i++)
        for (double share = 0.0; share <= 0.9; share += 0.15)
            worst =
                fmax(worst, error_of(rates[i], share * 0.5 * fmin(rates[i][0], rates[i][1]), 1));
    print_message("resampled sines: worst error %.0f dB\n", 20.0 * log10(worst));
    assert_true(worst < 1e-4);
}

static void what_does_not_fit_is_gone(void **state)
{
    double worst = 0.0;

    (void)state;
    for (size_t i = 0; i < RATES; i++)
        for (double share = 1.0; share * rates[i][1] < rates[i][0]; share *= 1.3)
            worst = fmax(worst, error_of(rates[i], share * 0.5 * rates[i][1], 0));
    print_message("resampled aliases: worst %.0f dB\n", 20.0 * log10(worst));
    assert_true(worst < 1e-4);
}

static void equal_rates_copy(void **state)
{
    double x[100], y[100];

    (void)state;
    test_fill(x, 100, -1.0, 1.0);
    assert_int_equal(aed_resample_n(100, 48000.0, 48000.0), 100);
    assert_int_equal(aed_resample(y, 100, x, 100, 48000.0, 48000.0, NULL), AED_OK);
    assert_memory_equal(x, y, sizeof x);
}

/* Every length, down to one sample: it is that long, and what lies before and behind it is silence. */
static void short_sounds(void **state)
{
    double x[300] = {0.0}, y[400], long_y[400];

    (void)state;
    for (size_t i = 0; i < RATES - 3; i++)
        for (size_t n = 1; n <= 100; n += 1 + n / 3)
        {
            const double r = rates[i][0] / rates[i][1];
            const size_t m = aed_resample_n(n, rates[i][0], rates[i][1]);

            assert_true((double)(m - 1) * r <= (double)(n - 1) + 1e-9);
            assert_true((double)m * r > (double)(n - 1));
            memset(x, 0, sizeof x);
            test_fill(x, n, -1.0, 1.0);
            assert_int_equal(aed_resample(y, m, x, n, rates[i][0], rates[i][1], NULL), AED_OK);
            assert_int_equal(
                aed_resample(long_y, m, x, 300, rates[i][0], rates[i][1], NULL), AED_OK);
            for (size_t k = 0; k < m; k++)
                assert_true(fabs(y[k] - long_y[k]) < 1e-12);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sines_stay),
        cmocka_unit_test(what_does_not_fit_is_gone),
        cmocka_unit_test(equal_rates_copy),
        cmocka_unit_test(short_sounds),
    };

    return cmocka_run_group_tests_name("resample", tests, NULL, NULL);
}
