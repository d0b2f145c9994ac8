/* Knobs: which parameters learn, and how their range maps. */
#include <stdlib.h>

#include "plant.h"

enum
{
    N = 6
};

/* Six parameters, and what is special about them. */
static aed_knobs knobs_of(const int traits[N])
{
    static aed_param params[N];
    static const aed_module module = {.params = params, .n_params = N};
    const aed_chain chain = {.modules = {&module}, .n = 1, .d = N};
    aed_knobs k;

    for (size_t i = 0; i < N; i++)
        params[i] = (aed_param){.hi = 1.0, .traits = traits[i]};
    aed_knobs_init(&k, &chain);
    return k;
}

static const int plain[N] = {0};

static void at_first_all_learn_everywhere(void **state)
{
    aed_knobs k = knobs_of(plain);
    const double theta[N] = {0.0, 0.2, 0.4, 0.6, 0.8, 1.0};
    double full[N] = {0}, back[N];

    (void)state;
    assert_int_equal(k.d, N);
    aed_knobs_expand(full, &k, theta);
    aed_knobs_collect(back, &k, full);
    for (size_t i = 0; i < N; i++)
        assert_true(full[i] == theta[i] && back[i] == theta[i]);
}

static void what_is_frozen_is_left_alone(void **state)
{
    aed_knobs k = knobs_of(plain);
    double full[N] = {9, 9, 9, 9, 9, 9}, theta[N] = {0.1, 0.2, 0.3, 0.4};

    (void)state;
    aed_knobs_learn(&k, 1, 0);
    aed_knobs_learn(&k, 4, 0);
    assert_int_equal(k.d, 4);
    aed_knobs_expand(full, &k, theta);
    assert_true(full[0] == 0.1 && full[1] == 9 && full[2] == 0.2 && full[3] == 0.3);
    assert_true(full[4] == 9 && full[5] == 0.4);
    aed_knobs_learn(&k, 1, 1);
    assert_int_equal(k.d, 5);
    assert_int_equal(k.index[1], 1);
}

static void a_range_is_affine(void **state)
{
    aed_knobs k = knobs_of(plain);
    double full[N] = {0}, theta[N] = {0.5, 0.0, 1.0, 2.0, -1.0, 0.5}, back[N];

    (void)state;
    for (size_t i = 0; i < N; i++)
        aed_knobs_range(&k, i, 0.2, 0.6);
    aed_knobs_expand(full, &k, theta);
    assert_true(fabs(full[0] - 0.4) < 1e-15 && full[1] == 0.2 && fabs(full[2] - 0.6) < 1e-15);
    assert_true(fabs(full[3] - 0.6) < 1e-15 && full[4] == 0.2); /* theta is clipped */
    full[0] = 0.1;                                              /* outside its range */
    aed_knobs_collect(back, &k, full);
    assert_true(back[0] == 0.0 && fabs(back[5] - 0.5) < 1e-15);
    aed_knobs_range(&k, 0, 0.6, 0.2);
    assert_true(k.lo[0] == 0.0 && k.hi[0] == 1.0);
    aed_knobs_range(&k, 0, -3.0, 0.5);
    assert_true(k.lo[0] == 0.0 && k.hi[0] == 0.5);
}

/* <w, full(theta)>, whose gradient with respect to full is w. */
static const double w[N] = {1.0, -2.0, 3.0, -4.0, 5.0, -6.0};

static long double loss(const double *theta, void *context)
{
    double full[N] = {0.3, 0.3, 0.3, 0.3, 0.3, 0.3}, sum = 0.0;

    aed_knobs_expand(full, context, theta);
    for (size_t i = 0; i < N; i++)
        sum += w[i] * full[i];
    return sum;
}

static void the_gradient_is_the_maps(void **state)
{
    aed_knobs k = knobs_of(plain);
    double theta[N] = {0.5, 0.4, 0.3, 0.6}, g[N];
    size_t skipped = 0;

    (void)state;
    aed_knobs_learn(&k, 0, 0);
    aed_knobs_learn(&k, 3, 0);
    aed_knobs_range(&k, 1, 0.1, 0.3);
    aed_knobs_range(&k, 5, 0.5, 1.0);
    aed_knobs_gradient(g, &k, w);
    assert_true(gradient_worst(g, theta, loss, &k, 1e-3, 0.0, &skipped, k.d) < 1e-10);
    g[2] *= 1.001;
    assert_false(gradient_worst(g, theta, loss, &k, 1e-3, 0.0, &skipped, k.d) < 1e-5);
}

static void what_stands_learns_when_asked(void **state)
{
    aed_knobs k = knobs_of((const int[N]){0, AED_STANDS, 0, AED_STANDS | AED_LEVEL, 0, 0});

    (void)state;
    assert_int_equal(k.d, 4);
    assert_int_equal(k.index[1], 2);
    aed_knobs_learn(&k, 3, 1);
    assert_int_equal(k.d, 5);
}

/* A level that learns stays above the floor; by hand it goes to 0, and its range may be below. */
static void a_level_has_a_floor(void **state)
{
    aed_knobs k = knobs_of((const int[N]){AED_LEVEL, AED_LEVEL, AED_LEVEL, 0, 0, 0});
    const double theta[N] = {0.0, 0.5, 0.0, 0.0, 1.0, 1.0};
    double full[N] = {0}, back[N], g[N];

    (void)state;
    aed_knobs_range(&k, 1, 0.5, 1.0);
    aed_knobs_range(&k, 2, 0.0, 0.01);
    aed_knobs_expand(full, &k, theta);
    assert_true(full[0] == AED_LEVEL_FLOOR && full[1] == 0.75 && full[2] == 0.0 && full[3] == 0.0);
    full[0] = 0.0;
    aed_knobs_collect(back, &k, full);
    assert_true(back[0] == 0.0 && fabs(back[1] - 0.5) < 1e-15);
    aed_knobs_gradient(g, &k, w);
    assert_true(fabs(g[0] - w[0] * (1.0 - AED_LEVEL_FLOOR)) < 1e-15);
    assert_true(aed_knobs_place(&k, 0, 0.51) == (0.51 - 0.02) / 0.98);
}

/* ---- weights ---- */

/* Behind the parameters that learn stand the vectors of weights that do, in their own unit. */
static void weights_follow_the_parameters(void **state)
{
    const aed_chain chain = chain_of("amed 8 1 | vca");
    double *full = calloc(3 * chain.full_n, sizeof *full), *theta = full + chain.full_n,
           *back = theta + chain.full_n;
    aed_knobs k;

    (void)state;
    aed_knobs_init(&k, &chain);
    assert_int_equal(k.n_weights, 2);
    assert_int_equal(k.turned + k.weights[0].n, k.d); /* the contour stands */
    assert_int_equal(aed_knobs_full_n(&k), chain.full_n);
    for (size_t i = 0; i < k.d; i++)
        theta[i] = i < k.turned ? 0.3 : (double)i - 50.0;
    aed_knobs_expand(full, &k, theta);
    for (size_t i = 0; i < k.weights[0].n; i++)
        assert_true(full[k.weights[0].at + i] == AED_WEIGHT_UNIT * theta[k.turned + i]);
    assert_true(full[k.weights[1].at] == 0.0);
    aed_knobs_collect(back, &k, full);
    assert_true(relative_to_largest(back, theta, k.d) < 1e-15);
    aed_knobs_gradient(back, &k, full);
    assert_true(
        fabs(back[k.d - 1] - AED_WEIGHT_UNIT * full[k.weights[0].at + k.weights[0].n - 1]) < 1e-15);
    free(full);
}

static void weights_are_clipped_by_nothing(void **state)
{
    const aed_chain chain = chain_of("amed 8 1");
    double *full = calloc(chain.full_n, sizeof *full);
    aed_knobs k;

    (void)state;
    aed_knobs_init(&k, &chain);
    for (size_t i = 0; i < chain.full_n; i++)
        full[i] = 7.5;
    aed_knobs_clip(full, &k, full);
    assert_true(full[chain.d - 1] == 1.0 && full[chain.d] == 7.5 && full[chain.full_n - 1] == 7.5);
    free(full);
}

static void weights_learn_when_told(void **state)
{
    const aed_chain chain = chain_of("amed 8 1");
    aed_knobs k;

    (void)state;
    aed_knobs_init(&k, &chain);
    const size_t net_n = k.d;

    aed_knobs_learn_weights(&k, 1, 1);
    assert_int_equal(k.d, net_n + k.weights[1].n);
    aed_knobs_learn_weights(&k, 0, 0);
    assert_int_equal(k.d, k.weights[1].n);
    aed_knobs_learn(&k, 0, 1);
    assert_int_equal(k.d, 1 + k.weights[1].n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(at_first_all_learn_everywhere),
        cmocka_unit_test(what_is_frozen_is_left_alone),
        cmocka_unit_test(a_range_is_affine),
        cmocka_unit_test(the_gradient_is_the_maps),
        cmocka_unit_test(what_stands_learns_when_asked),
        cmocka_unit_test(a_level_has_a_floor),
        cmocka_unit_test(weights_follow_the_parameters),
        cmocka_unit_test(weights_are_clipped_by_nothing),
        cmocka_unit_test(weights_learn_when_told),
    };

    return cmocka_run_group_tests_name("knobs", tests, NULL, NULL);
}
