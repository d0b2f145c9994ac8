/* Framing and spectra against the definition, and the way back as an adjoint. */
#include "common.h"

#include <string.h>

#include "ear/stft.h"

enum
{
    N = 300,
    HOP = 48,
    EDGE = 64,
    LARGEST = 128
};

static const double pi = 3.141592653589793;

typedef struct
{
    aed_arena arena;
    aed_stft s;
    double *x, *p, *dp, *scratch, *spectrum, *power, *dpower;
} bench;

static void layout(bench *b, size_t edge)
{
    aed_stft_layout(&b->s, &b->arena);
    b->x = aed_arena_doubles(&b->arena, N);
    b->p = aed_arena_doubles(&b->arena, N + 2 * edge);
    b->dp = aed_arena_doubles(&b->arena, N + 2 * edge);
    b->scratch = aed_arena_doubles(&b->arena, LARGEST);
    b->spectrum = aed_arena_doubles(&b->arena, LARGEST + 2);
    b->power = aed_arena_doubles(&b->arena, LARGEST);
    b->dpower = aed_arena_doubles(&b->arena, LARGEST);
}

static bench bench_new(size_t size, size_t edge)
{
    bench b = {0};

    aed_stft_shape(&b.s, size, HOP, edge, N);
    layout(&b, edge);
    assert_int_equal(aed_arena_open(&b.arena), AED_OK);
    layout(&b, edge);
    b.s.fft = aed_fft_new(size, NULL);
    assert_non_null(b.s.fft);
    test_fill(b.x, N, -1.0, 1.0);
    aed_stft_reflect(b.p, b.x, edge, N);
    return b;
}

static void bench_free(bench *b)
{
    aed_fft_free(b->s.fft);
    aed_arena_close(&b->arena);
}

/* x at any index, mirrored at its ends without repeating them. */
static double mirrored(const double *x, long i)
{
    if (i < 0)
        i = -i;
    if (i > N - 1)
        i = 2 * (N - 1) - i;
    return x[i];
}

/* One bin by definition; start: index in x of the frame's first sample. */
static void bin(double *re, double *im, const double *x, long start, size_t k, size_t size)
{
    *re = *im = 0.0;
    for (size_t i = 0; i < size; i++)
    {
        const double turn = 2.0 * pi * (double)i / (double)size;
        const double v = 0.5 * (1.0 - cos(turn)) * mirrored(x, start + (long)i);

        *re += v * cos(turn * (double)k);
        *im -= v * sin(turn * (double)k);
    }
}

static void check_spectra(size_t size, size_t edge)
{
    bench b = bench_new(size, edge);

    for (size_t t = 0; t < b.s.frames; t++)
    {
        const long start = (long)(t * HOP) - (edge ? (long)size / 2 : 0);

        aed_stft_forward(b.spectrum, b.scratch, &b.s, b.p, t);
        aed_stft_power(b.power, b.spectrum, b.s.bins);
        for (size_t k = 0; k < b.s.bins; k++)
        {
            double re, im;

            bin(&re, &im, b.x, start, k, size);
            assert_true(fabs(b.spectrum[2 * k] - re) < 1e-11);
            assert_true(fabs(b.spectrum[2 * k + 1] - im) < 1e-11);
            assert_true(fabs(b.power[k] - (re * re + im * im)) < 1e-10);
        }
    }
    bench_free(&b);
}

static void spectra_are_the_definition(void **state)
{
    check_spectra(128, EDGE);
    check_spectra(64, EDGE); /* shares the edges of a larger size */
    check_spectra(128, 0);
    check_spectra(64, 0);
}

static void frames_are_counted(void **state)
{
    assert_int_equal(aed_stft_frames(1024, 256, 0, 16384), 65);
    assert_int_equal(aed_stft_frames(4096, 256, 0, 5000), 20);
    assert_int_equal(aed_stft_frames(4096, 256, 1, 16384), 49);
    assert_int_equal(aed_stft_frames(4096, 256, 1, 4096), 1);
    assert_int_equal(aed_stft_frames(4096, 256, 1, 4351), 1);
    assert_int_equal(aed_stft_frames(4096, 256, 1, 4352), 2);
}

static double dot(const double *a, const double *b, size_t n)
{
    double sum = 0.0;

    for (size_t i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

/* <reflect x, y> = <x, fold y> */
static void fold_is_the_adjoint_of_reflect(void **state)
{
    double x[N], p[N + 2 * EDGE], y[N + 2 * EDGE];

    test_fill(x, N, -1.0, 1.0);
    test_fill(y, N + 2 * EDGE, -1.0, 1.0);
    aed_stft_reflect(p, x, EDGE, N);
    const double there = dot(p, y, N + 2 * EDGE);

    aed_stft_fold(y, EDGE, N);
    assert_true(fabs(there - dot(x, y + EDGE, N)) < 1e-12 * N);
}

/* With V the spectrum of a direction v, d|X|^2/dv = 2 Re(conj X V): the derivative along v must be
 * <dp, v>, and a second backward must add. */
static void check_backward(size_t edge, size_t t)
{
    const size_t padded = N + 2 * edge;
    bench b = bench_new(128, edge);
    double v[N + 2 * EDGE], direction[LARGEST + 2], along = 0.0;

    test_fill(v, padded, -1.0, 1.0);
    test_fill(b.dpower, b.s.bins, -1.0, 1.0);
    aed_stft_forward(b.spectrum, b.scratch, &b.s, v, t);
    memcpy(direction, b.spectrum, sizeof direction);
    for (int times = 1; times <= 2; times++)
    {
        aed_stft_forward(b.spectrum, b.scratch, &b.s, b.p, t);
        for (size_t k = 0; k < b.s.bins; k++)
            along += b.dpower[k] * 2.0 * dot(b.spectrum + 2 * k, direction + 2 * k, 2);
        aed_stft_backward(b.dp, b.spectrum, b.scratch, &b.s, b.dpower, t);
        assert_true(fabs(along - dot(b.dp, v, padded)) < 1e-10 * fabs(along) + 1e-9);
    }
    bench_free(&b);
}

static void backward_is_the_adjoint(void **state)
{
    for (size_t t = 0; t < 3; t++)
    {
        check_backward(EDGE, t);
        check_backward(0, t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spectra_are_the_definition),
        cmocka_unit_test(frames_are_counted),
        cmocka_unit_test(fold_is_the_adjoint_of_reflect),
        cmocka_unit_test(backward_is_the_adjoint),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
