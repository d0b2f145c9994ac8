/* fit_contour.h: the pitch's way through a note, measured. */
#include <string.h>

#include "base/rng.h"
#include "box/fit_contour.h"
#include "common.h"
#include "plant/amed.h"

enum
{
    N = 8000,
    ROW = AED_AMED_CONTOUR_ROW
};

static const double sr_hz = 8000.0;
static const double freq_hz = 220.0; /* of key 60 */
static const double two_pi = 6.283185307179586;

/* V(t) of an example, in octaves. */
static double contour_at(const double *contour, size_t example, double t_s)
{
    const double *v = contour + example * ROW;
    double sum = v[0];

    for (size_t j = 0; j < AED_AMED_ENVS; j++)
        sum += v[1 + j] * exp(-1e3 * t_s / aed_amed_tau_ms[j]);
    return sum;
}

static void measure(double *contour, const aed_fit_sound *sounds, size_t n)
{
    aed_error e = {AED_OK, ""};

    if (aed_fit_contour(contour, freq_hz, sr_hz, sounds, n, &e) != AED_OK)
        fail_msg("%s", e.msg);
}

/* The contour lies within `most` octaves of `wanted` throughout a second. */
static void assert_stands(const double *contour, size_t example, double wanted, double most)
{
    for (size_t i = 0; i < N; i += 8)
    {
        const double v = contour_at(contour, example, (double)i / sr_hz);

        if (!(fabs(v - wanted) < most))
            fail_msg("example %zu at sample %zu: %g octaves, not %g", example, i, v, wanted);
    }
}

/* Harmonics, each half as strong as the one before: a plucked string with little of a decay. */
static void fill_tone(double *x, double hz, size_t harmonics)
{
    for (size_t i = 0; i < N; i++)
    {
        const double t = (double)i / sr_hz;

        x[i] = 0.0;
        for (size_t k = 1; k <= harmonics; k++)
            x[i] += exp2(-(double)k) * exp(-t) * sin(two_pi * (double)k * hz * t + (double)k);
    }
}

static void in_tune(void **state)
{
    double x[N], contour[AED_AMED_CONTOUR_N] = {0};
    const aed_fit_sound s = {x, N, 72.0, 0.0};

    (void)state;
    fill_tone(x, 2.0 * freq_hz, 1);
    measure(contour, &s, 1);
    assert_stands(contour, 0, 0.0, 1e-3);
}

static void out_of_tune(void **state)
{
    const double cents[] = {48.0, -48.0, 300.0, -700.0};
    double x[N];

    (void)state;
    for (size_t i = 0; i < sizeof cents / sizeof *cents; i++)
        for (size_t harmonics = 1; harmonics <= 6; harmonics += 5)
        {
            const double octaves = cents[i] / 1200.0;
            double contour[AED_AMED_CONTOUR_N] = {0};
            const aed_fit_sound s = {x, N, 72.0, 0.0};

            fill_tone(x, 2.0 * freq_hz * exp2(octaves), harmonics);
            measure(contour, &s, 1);
            assert_stands(contour, 0, octaves, (fabs(cents[i]) < 50.0 ? 1.0 : 2.0) / 1200.0);
        }
}

/* A kick: from 4 f to f, while it dies away. */
static void a_falling_pitch(void **state)
{
    const double hz = 55.0;
    double x[N], contour[AED_AMED_CONTOUR_N] = {0}, phase = 0.0;
    const aed_fit_sound s = {x, N, 36.0, 0.0}; /* f is the key's */

    (void)state;
    for (size_t i = 0; i < N; i++)
    {
        const double t = (double)i / sr_hz;

        x[i] = exp(-t / 0.15) * sin(two_pi * phase);
        phase += hz * exp2(2.0 * exp(-t / 0.03)) / sr_hz;
    }
    measure(contour, &s, 1);
    for (size_t i = 0; i < 4800; i++) /* .6 s: 35 dB down */
    {
        const double t = (double)i / sr_hz, wanted = 2.0 * exp(-t / 0.03);
        const double v = contour_at(contour, 0, t);

        if (!(fabs(v - wanted) < 0.05))
            fail_msg("at %g s: %g octaves, not %g", t, v, wanted);
    }
}

/* What has no pitch gets none, whatever stood there before. */
static void noise_and_silence(void **state)
{
    double x[N], still[N] = {0}, contour[AED_AMED_CONTOUR_N];
    const aed_fit_sound s[] = {{x, N, 60.0, 1.0}, {still, N, 60.0, 3.0}, {still, 256, 60.0, 4.0}};

    (void)state;
    aed_rng_normals(x, 7, 0, N);
    for (size_t i = 0; i < AED_AMED_CONTOUR_N; i++)
        contour[i] = 0.25;
    measure(contour, s, 3);
    for (size_t example = 0; example < AED_AMED_EXAMPLES; example++)
        for (size_t j = 0; j < ROW; j++)
        {
            const int named = example == 1 || example == 3 || example == 4;

            assert_true(contour[example * ROW + j] == (named ? 0.0 : 0.25));
        }
}

/* An instrument 20 cents sharp, at two keys; another, flat, is an example of its own. */
static void keys_share_a_contour(void **state)
{
    double low[N], high[N], other[N], contour[AED_AMED_CONTOUR_N] = {0};
    const aed_fit_sound s[] = {{low, N, 60.0, 2.0}, {other, N, 67.0, 0.0}, {high, N, 72.0, 2.0}};
    const double sharp = 20.0 / 1200.0, flat = -30.0 / 1200.0;

    (void)state;
    fill_tone(low, freq_hz * exp2(sharp), 4);
    fill_tone(high, 2.0 * freq_hz * exp2(sharp), 4);
    fill_tone(other, freq_hz * exp2(7.0 / 12.0 + flat), 4);
    measure(contour, s, 3);
    assert_stands(contour, 2, sharp, 1.0 / 1200.0);
    assert_stands(contour, 0, flat, 1.0 / 1200.0);
    for (size_t j = 0; j < ROW; j++)
        assert_true(contour[ROW + j] == 0.0); /* nobody named it */
}

/* Ends of sounds and of keys: nothing is read beyond them (sanitizers look), and all is finite. */
static void short_and_high(void **state)
{
    const size_t lengths[] = {1, 256, 371, 372, 373, 700};
    const double keys[] = {0.0, 60.0, 127.0};
    double x[N];

    (void)state;
    fill_tone(x, 440.0, 3);
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++)
        for (size_t k = 0; k < sizeof keys / sizeof *keys; k++)
        {
            double contour[AED_AMED_CONTOUR_N] = {0};
            const aed_fit_sound s = {x + N - lengths[i], lengths[i], keys[k], 7.0};

            measure(contour, &s, 1);
            for (size_t j = 0; j < AED_AMED_CONTOUR_N; j++)
                assert_true(isfinite(contour[j]));
        }
}

static void errors(void **state)
{
    const double rates[] = {1.0, 100.0, 1000.0, 2e7};
    double x[N], contour[AED_AMED_CONTOUR_N];
    const aed_fit_sound s = {x, N, 60.0, 0.0};

    (void)state;
    fill_tone(x, 440.0, 1);
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++)
    {
        aed_error e = {AED_OK, ""};

        memset(contour, 0, sizeof contour);
        const aed_status status = aed_fit_contour(contour, freq_hz, rates[i], &s, 1, &e);

        if (status == AED_OK)
            fail_msg("a sample rate of %g was taken", rates[i]);
        assert_int_equal(status, AED_E_ARG);
        assert_true(strstr(e.msg, "allowed") || strstr(e.msg, "expected"));
        for (size_t j = 0; j < AED_AMED_CONTOUR_N; j++)
            assert_true(contour[j] == 0.0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(in_tune),
        cmocka_unit_test(out_of_tune),
        cmocka_unit_test(a_falling_pitch),
        cmocka_unit_test(noise_and_silence),
        cmocka_unit_test(keys_share_a_contour),
        cmocka_unit_test(short_and_high),
        cmocka_unit_test(errors),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
