/* The K-weighting filter against the recommendation's table, the definition, and as an adjoint. */
#include "common.h"

#include <stdio.h>

#include "ear/kweight.h"

enum
{
    N = 700
};

static double x[N], z[N];

/* ITU-R BS.1770-4, tables 1 and 2, for 48 kHz. */
static void table_of_the_recommendation(void **state)
{
    const aed_kweight k = aed_kweight_of(48000.0);
    const double ours[] = {k.shelf.b0, k.shelf.b1, k.shelf.b2, k.shelf.a1, k.shelf.a2,
        k.highpass.b0, k.highpass.b1, k.highpass.b2, k.highpass.a1, k.highpass.a2};
    const double theirs[] = {1.53512485958697, -2.69169618940638, 1.19839281085285,
        -1.69065929318241, 0.73248077421585, 1.0, -2.0, 1.0, -1.99004745483398, 0.99007225036621};

    for (size_t i = 0; i < 10; i++)
        assert_true(fabs(ours[i] - theirs[i]) < 1e-11);
}

/* The difference equations, word for word, with everything before the window 0. */
static void plain(double *out, const aed_biquad *f, const double *in)
{
    for (size_t i = 0; i < N; i++)
    {
        out[i] = f->b0 * in[i];
        if (i > 0)
            out[i] += f->b1 * in[i - 1] - f->a1 * out[i - 1];
        if (i > 1)
            out[i] += f->b2 * in[i - 2] - f->a2 * out[i - 2];
    }
}

static void forward_is_the_definition(void **state)
{
    static const double rates[] = {8000.0, 44100.0, 96000.0, 1e6};

    for (size_t r = 0; r < 4; r++)
    {
        const aed_kweight k = aed_kweight_of(rates[r]);
        double middle[N], expected[N];

        test_fill(x, N, -1.0, 1.0);
        plain(middle, &k.shelf, x);
        plain(expected, &k.highpass, middle);
        aed_kweight_forward(z, &k, x, N);
        for (size_t i = 0; i < N; i++)
            assert_true(fabs(z[i] - expected[i]) < 1e-10);
    }
}

/* Gain in dB of a whole number of cycles, after the beginning has died away. */
static double gain_db(double hz, double sr_hz)
{
    static double sine[1 << 16];
    const size_t n = sizeof sine / sizeof *sine;
    const aed_kweight k = aed_kweight_of(sr_hz);
    double in = 0.0, out = 0.0;

    for (size_t i = 0; i < n; i++)
        sine[i] = sin(2.0 * acos(-1.0) * hz / sr_hz * (double)i);
    for (size_t i = n / 2; i < n; i++)
        in += sine[i] * sine[i];
    aed_kweight_forward(sine, &k, sine, n);
    for (size_t i = n / 2; i < n; i++)
        out += sine[i] * sine[i];
    return 10.0 * log10(out / in);
}

/* The recommendation: a 997 Hz sine at 0 dBFS reads -3.01, whatever the rate. */
static void a_sine_at_1_khz_reads_as_it_should(void **state)
{
    static const double rates[] = {22050.0, 44100.0, 48000.0, 96000.0, 192000.0};

    for (size_t r = 0; r < 5; r++)
    {
        const double reads = -0.691 + gain_db(997.0, rates[r]) - 3.0103;

        assert_true(fabs(reads + 3.01) < 0.025);
        assert_true(fabs(gain_db(8000.0, rates[r]) - 4.0) < 0.1);
        assert_true(gain_db(20.0, rates[r]) < -10.0);
    }
}

/* <dz, H x> = <H* dz, x>, and dx is added to. */
static void backward_is_the_adjoint(void **state)
{
    const aed_kweight k = aed_kweight_of(44100.0);
    double dz[N], kept[N], dx[N], left = 0.0, right = 0.0;

    test_fill(x, N, -1.0, 1.0);
    test_fill(dz, N, -1.0, 1.0);
    aed_kweight_forward(z, &k, x, N);
    for (size_t i = 0; i < N; i++)
    {
        kept[i] = dz[i];
        dx[i] = 7.0;
    }
    aed_kweight_backward(dx, &k, dz, N);
    for (size_t i = 0; i < N; i++)
    {
        left += kept[i] * z[i];
        right += (dx[i] - 7.0) * x[i];
    }
    assert_true(fabs(left - right) < 1e-11 * fabs(left));
}

/* Where the shelf's corner would leave the band. */
static void low_rates_stay_stable(void **state)
{
    const aed_kweight k = aed_kweight_of(1000.0);

    test_fill(x, N, -1.0, 1.0);
    aed_kweight_forward(z, &k, x, N);
    for (size_t i = 0; i < N; i++)
        assert_true(fabs(z[i]) < 20.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(table_of_the_recommendation),
        cmocka_unit_test(forward_is_the_definition),
        cmocka_unit_test(a_sine_at_1_khz_reads_as_it_should),
        cmocka_unit_test(backward_is_the_adjoint),
        cmocka_unit_test(low_rates_stay_stable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
