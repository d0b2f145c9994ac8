/* The decimator: its response, chunks of any size, and that its adjoint is one. */
#include <string.h>

#include "common.h"
#include "plant/decimate.h"

enum
{
    N = 512, /* samples out */
    STATE = 128
};

static const size_t overs[] = {1, 2, 4};

static void in_chunks(double *y, const double *x, size_t over, size_t chunk_n)
{
    double state[STATE] = {0};

    assert_true(aed_decimate_state_n(over) <= STATE);
    for (size_t at = 0; at < N * over; at += chunk_n)
        aed_decimate(y + at / over, state, x + at, over, chunk_n);
}

static void chunks_do_not_matter(void **state)
{
    double x[4 * N], y[N], z[N];

    (void)state;
    test_fill(x, 4 * N, -1.0, 1.0);
    for (size_t k = 0; k < 3; k++)
    {
        in_chunks(y, x, overs[k], 64);
        in_chunks(z, x, overs[k], 4);
        assert_memory_equal(y, z, sizeof y);
    }
}

/* Amplitude in dB of a sine of f times the host's rate. */
static double level_db(double f, size_t over)
{
    double x[4 * N], y[N], re = 0.0, im = 0.0;
    const double w = 6.283185307179586 * f;

    for (size_t i = 0; i < N * over; i++)
        x[i] = sin(w * (double)i / (double)over);
    in_chunks(y, x, over, 64);
    for (size_t i = N / 2; i < N; i++)
    {
        re += y[i] * cos(w * (double)i);
        im += y[i] * sin(w * (double)i);
    }
    return 20.0 * log10(hypot(re, im) * 4.0 / N);
}

static void passes_and_stops(void **state)
{
    (void)state;
    for (size_t k = 1; k < 3; k++)
    {
        assert_true(fabs(level_db(0.125, overs[k])) < 0.01);
        assert_true(fabs(level_db(0.375, overs[k])) < 0.01);
        for (double f = 0.625; f < (double)overs[k] / 2.0; f += 0.125)
            assert_true(level_db(f, overs[k]) < -78.0);
    }
}

/* <dy, D x> = <D' dy, x> for all x and dy. */
static void backward_is_the_adjoint(void **state)
{
    double x[4 * N], y[N], dy[N], dx[4 * N], work[2 * N];

    (void)state;
    for (size_t k = 0; k < 3; k++)
    {
        double forth = 0.0, back = 0.0;

        test_fill(x, N * overs[k], -1.0, 1.0);
        test_fill(dy, N, -1.0, 1.0);
        in_chunks(y, x, overs[k], 64);
        aed_decimate_backward(dx, work, dy, overs[k], N);
        for (size_t i = 0; i < N; i++)
            forth += dy[i] * y[i];
        for (size_t i = 0; i < N * overs[k]; i++)
            back += dx[i] * x[i];
        assert_true(fabs(forth - back) < 1e-12 && fabs(forth) > 1e-3);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chunks_do_not_matter),
        cmocka_unit_test(passes_and_stops),
        cmocka_unit_test(backward_is_the_adjoint),
    };
    return cmocka_run_group_tests_name("decimate", tests, NULL, NULL);
}
