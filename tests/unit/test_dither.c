/* Dither: its statistics, its shape, and what it leaves alone. */
#include "control/dither.h"

#include <string.h>

#include "common.h"

enum
{
    D = 5,
    DRAWS = 20000
};

static double m[D], shape[D];
static aed_dither x;
static const aed_bounds all = {.d = D, .lo = 0.0, .hi = 1.0};

static int set_up(void **state)
{
    x = (aed_dither){.m = m, .shape = shape, .rng = {42, 0}};
    aed_dither_reset(&x, D);
    return 0;
}

static double shape_mean_square(const aed_bounds *b)
{
    double sum = 0.0;
    int n = 0;

    for (size_t i = 0; i < D; i++)
        if (aed_bounds_free(b, i))
            sum += shape[i] * shape[i], n++;
    return sum / n;
}

static void names(void **state)
{
    aed_dither_mode mode = AED_DITHER_GRAD;

    assert_false(aed_dither_find(&mode, "on"));
    assert_int_equal(mode, AED_DITHER_GRAD);
    for (int i = AED_DITHER_OFF; i <= AED_DITHER_GRAD; i++)
    {
        assert_true(aed_dither_find(&mode, aed_dither_name((aed_dither_mode)i)));
        assert_int_equal(mode, i);
    }
}

/* Mean 0 and standard deviation sigma D_i, each within 5 standard errors. */
static void has_the_right_spread(void **state)
{
    double sum[D] = {0}, square[D] = {0};
    const double move[D] = {0.1, 0.0, 0.02, 0.3, -0.1}, sigma = 0.01;

    for (int i = 0; i < 300; i++)
        aed_dither_accept(&x, move, &all);
    for (int k = 0; k < DRAWS; k++)
    {
        double y[D] = {0};

        aed_dither_add(y, &x, sigma, &all);
        for (int i = 0; i < D; i++)
            sum[i] += y[i], square[i] += y[i] * y[i];
    }
    for (int i = 0; i < D; i++)
    {
        const double want = sigma * shape[i], mean = sum[i] / DRAWS;

        assert_true(fabs(mean) < 5.0 * want / sqrt(DRAWS));
        assert_true(fabs(sqrt(square[i] / DRAWS) / want - 1.0) < 5.0 / sqrt(2.0 * DRAWS));
    }
}

static void takes_the_shape_of_moves(void **state)
{
    const double move[D] = {0.3, 0.0, 0.1, 0.1, 0.1};
    double last = 1.0;

    for (int i = 0; i < D; i++)
        assert_true(shape[i] == 1.0);
    for (int k = 0; k < 1000; k++)
    {
        aed_dither_accept(&x, move, &all);
        assert_true(fabs(shape_mean_square(&all) - 1.0) < 1e-12);
        assert_true(shape[0] >= last - 1e-12); /* gradually */
        last = shape[0];
        assert_true(k > 0 || last < 1.05);
    }
    assert_true(fabs(shape[0] * shape[0] - (0.9 * 0.09 / 0.024 + 0.1)) < 1e-9);
    assert_true(fabs(shape[1] - sqrt(0.1)) < 1e-12); /* never silent */
    aed_dither_reset(&x, D);
    assert_true(shape[0] == 1.0);
}

static void leaves_alone(void **state)
{
    const unsigned char frozen[D] = {0, 1, 0, 1, 0};
    const aed_bounds b = {.d = D, .lo = 0.0, .hi = 1.0, .frozen = frozen};
    const double zero[D] = {0}, move[D] = {0.1, 0.9, 0.2, 0.9, 0.3};
    double y[D] = {0}, g[D] = {0};

    aed_dither_accept(&x, zero, &b);
    assert_true(x.prior == 1.0);
    aed_dither_add(y, &x, 0.0, &b);
    assert_int_equal(x.rng.i, 0); /* sigma 0 draws nothing */
    aed_dither_accept(&x, move, &b);
    assert_true(fabs(shape_mean_square(&b) - 1.0) < 1e-12);
    aed_dither_add(y, &x, 0.1, &b);
    aed_dither_add_flat(g, &x, 0.1, &b);
    for (int i = 0; i < D; i++)
    {
        assert_int_equal(y[i] == 0.0, frozen[i]);
        assert_int_equal(g[i] == 0.0, frozen[i]);
    }
}

static void flat_has_no_shape(void **state)
{
    const double move[D] = {1.0, 0.0, 0.0, 0.0, 0.0};
    double square = 0.0;

    for (int i = 0; i < 500; i++)
        aed_dither_accept(&x, move, &all);
    for (int k = 0; k < DRAWS; k++)
    {
        double g[D] = {0};

        aed_dither_add_flat(g, &x, 2.0, &all);
        square += g[0] * g[0];
    }
    assert_true(fabs(sqrt(square / DRAWS) / 2.0 - 1.0) < 5.0 / sqrt(2.0 * DRAWS));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test_setup(names, set_up),
        cmocka_unit_test_setup(has_the_right_spread, set_up),
        cmocka_unit_test_setup(takes_the_shape_of_moves, set_up),
        cmocka_unit_test_setup(leaves_alone, set_up),
        cmocka_unit_test_setup(flat_has_no_shape, set_up)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
