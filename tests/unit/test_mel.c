/* The filterbank against its formula and against torchaudio's, and its transpose. */
#include "common.h"

#include <string.h>

#include "ear/mel.h"

enum
{
    BINS_MAX = 2049,
    BANDS_MAX = 512
};

static double power[BINS_MAX], dpower[BINS_MAX], mel[BANDS_MAX], dmel[BANDS_MAX];

static aed_mel mel_new(aed_arena *a, size_t bins, size_t bands, double sr_hz)
{
    aed_mel m = {.bins = bins, .bands = bands};

    aed_mel_layout(&m, a, sr_hz);
    assert_int_equal(aed_arena_open(a), AED_OK);
    aed_mel_layout(&m, a, sr_hz);
    return m;
}

/* W[b][k] as melscale_fbanks writes it: the lower of two slopes, not below 0. */
static double weight(size_t b, size_t k, size_t bins, size_t bands, double sr_hz)
{
    const double hz = (double)k * floor(sr_hz / 2.0) / (double)(bins - 1);
    const double top = 2595.0 * log10(1.0 + sr_hz / 2.0 / 700.0);
    double c[3];

    for (size_t i = 0; i < 3; i++)
        c[i] = 700.0 * (pow(10.0, top * (double)(b + i) / (double)(bands + 1) / 2595.0) - 1.0);
    return fmax(0.0, fmin((hz - c[0]) / (c[1] - c[0]), (c[2] - hz) / (c[2] - c[1])));
}

static void check_formula(size_t bins, size_t bands, double sr_hz)
{
    aed_arena a = {0};
    const aed_mel m = mel_new(&a, bins, bands, sr_hz);

    test_fill(power, bins, 0.0, 1.0);
    aed_mel_forward(mel, &m, power);
    for (size_t b = 0; b < bands; b++)
    {
        double sum = 0.0;

        for (size_t k = 0; k < bins; k++)
            sum += weight(b, k, bins, bands, sr_hz) * power[k];
        assert_true(fabs(mel[b] - sum) < 1e-11);
    }
    aed_arena_close(&a);
}

static void forward_is_the_formula(void **state)
{
    check_formula(513, 64, 44100.0);
    check_formula(2049, 64, 16000.0);
    check_formula(513, 40, 22049.5); /* sr // 2 is not sr / 2 */
    check_formula(33, 512, 48000.0); /* most bands have no bin */
    check_formula(33, 1, 8000.0);
}

static double dot(const double *a, const double *b, size_t n)
{
    double sum = 0.0;

    for (size_t i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

static void check_adjoint(size_t bins, size_t bands)
{
    aed_arena a = {0};
    const aed_mel m = mel_new(&a, bins, bands, 44100.0);

    test_fill(power, bins, -1.0, 1.0);
    test_fill(dmel, bands, -1.0, 1.0);
    memset(dpower, 0, sizeof dpower);
    aed_mel_forward(mel, &m, power);
    aed_mel_backward(dpower, &m, dmel);
    const double there = dot(mel, dmel, bands);

    assert_true(fabs(there - dot(power, dpower, bins)) < 1e-11);
    aed_mel_backward(dpower, &m, dmel);
    assert_true(fabs(2.0 * there - dot(power, dpower, bins)) < 1e-11);
    aed_arena_close(&a);
}

static void backward_is_the_adjoint(void **state)
{
    check_adjoint(513, 64);
    check_adjoint(2049, 64);
    check_adjoint(33, 512);
    check_adjoint(33, 1);
}

/* Band b of our filterbank as a row of weights, by probing with one bin at a time. */
static void check_band(const char *file, size_t b, const double *row, size_t bins)
{
    golden sum = golden_read(file, "band_sum"), first = golden_read(file, "band_first");
    golden last = golden_read(file, "band_last"), max = golden_read(file, "band_max");
    double s = 0.0, largest = 0.0;

    for (size_t k = 0; k < bins; k++)
    {
        const int inside = (double)k >= first.v[b] && (double)k <= last.v[b];

        s += row[k];
        largest = fmax(largest, row[k]);
        /* at the end of a slope torch's rounding decides between 0 and 1e-16 */
        assert_true(inside || row[k] < 1e-12);
        assert_true(!inside || row[k] > 0.0 || k == (size_t)first.v[b] || k == (size_t)last.v[b]);
    }
    assert_true(fabs(s - sum.v[b]) < 1e-10);
    assert_true(fabs(largest - max.v[b]) < 1e-12);
    golden_free(&sum);
    golden_free(&first);
    golden_free(&last);
    golden_free(&max);
}

static void check_golden(const char *file, size_t bins, double sr_hz)
{
    static double row[64][BINS_MAX];
    aed_arena a = {0};
    const aed_mel m = mel_new(&a, bins, 64, sr_hz);

    memset(power, 0, sizeof power);
    for (size_t k = 0; k < bins; k++)
    {
        power[k] = 1.0;
        aed_mel_forward(mel, &m, power);
        power[k] = 0.0;
        for (size_t b = 0; b < 64; b++)
            row[b][k] = mel[b];
    }
    for (size_t b = 0; b < 64; b++)
        check_band(file, b, row[b], bins);
    aed_arena_close(&a);
}

static void bands_are_torchaudios(void **state)
{
    check_golden("fb_sr16000_n1024.txt", 513, 16000.0);
    check_golden("fb_sr16000_n4096.txt", 2049, 16000.0);
    check_golden("fb_sr44100_n1024.txt", 513, 44100.0);
    check_golden("fb_sr44100_n4096.txt", 2049, 44100.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forward_is_the_formula),
        cmocka_unit_test(backward_is_the_adjoint),
        cmocka_unit_test(bands_are_torchaudios),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
