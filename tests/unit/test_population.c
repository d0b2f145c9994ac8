/* Several starts: spread over every knob, what stands still stays, the best one is gone on with. */
#include "control/population.h"

#include <string.h>

#include "common.h"
#include "control/train.h"

enum
{
    D = 20,
    STARTS = 9
};

static const unsigned char third[D] = {0, 0, 1};
static const aed_bounds b = {
    .d = D, .lo = -1.0, .hi = 3.0, .frozen = third, .open_at = 5, .open_n = 2};

static void every_knob_is_covered(void **state)
{
    const aed_population p = {.n = STARTS};
    double from[D] = {0}, theta[D], again[D];
    unsigned seen[D] = {0}, same = 0;

    from[2] = 7.0, from[5] = -40.0;
    for (size_t j = 1; j < STARTS; j++)
    {
        aed_population_start(theta, &p, j, from, 11, &b);
        aed_population_start(again, &p, j, from, 11, &b);
        assert_memory_equal(theta, again, sizeof theta);
        aed_population_start(again, &p, j, from, 12, &b);
        assert_memory_not_equal(theta, again, sizeof theta);
        assert_true(theta[2] == 7.0 && theta[5] == -40.0 && theta[6] == 0.0);
        for (size_t i = 0; i < D; i++)
            seen[i] |= i == 2 || i == 5 || i == 6
                           ? 0
                           : 1u << (size_t)((theta[i] + 1.0) / 4.0 * (STARTS - 1));
        same += (size_t)((theta[0] + 1.0) * 2.0) == (size_t)((theta[1] + 1.0) * 2.0);
    }
    for (size_t i = 0; i < D; i++)
        if (i != 2 && i != 5 && i != 6)
            assert_int_equal(seen[i], (1u << (STARTS - 1)) - 1);
    assert_true(same < STARTS - 1); /* each knob has its own order */
}

/* Two valleys: the one where theta is has a floor of 1. */
static double loss_at(double *g, const double *theta)
{
    double far = 0.0, near = 1.0;

    for (int i = 0; i < 2; i++)
    {
        far += 10.0 * (theta[i] - 0.8) * (theta[i] - 0.8);
        near += 10.0 * (theta[i] - 0.2) * (theta[i] - 0.2);
    }
    for (int i = 0; i < 2; i++)
        g[i] = 20.0 * (theta[i] - (far < near ? 0.8 : 0.2));
    return fmin(far, near);
}

static double learn(double n, uint64_t seed)
{
    aed_train *t = aed_train_new(2, seed, NULL);

    assert_int_equal(aed_train_theta(t, (double[2]){0.1, 0.1}, 2, NULL), AED_OK);
    assert_int_equal(aed_train_population(t, n, 5.0, NULL), AED_OK);
    aed_train_start(t);
    for (int k = 0; k < 200; k++)
    {
        double g[2];

        assert_int_equal(aed_train_loss(t, loss_at(g, aed_train_emitted(t)), NULL, NULL), AED_OK);
        assert_int_equal(aed_train_gradient(t, g, 2, NULL), AED_OK);
        assert_int_equal(aed_train_report(t).starts,
            n > 1.0 && k + 1 < 5 * (int)n ? (size_t)n - (size_t)(k + 1) / 5 : 0);
    }
    const double best = aed_train_report(t).best_loss;

    aed_train_free(t);
    return best;
}

static void finds_the_other_valley(void **state)
{
    for (uint64_t seed = 0; seed < 20; seed++)
    {
        assert_true(learn(0.0, seed) >= 1.0);
        assert_true(learn(8.0, seed) < 0.01);
    }
}

/* Frozen while several are tried, it stays in the starts to come and in what is gone on with; and in what is
 * gone back to. */
static void what_was_frozen_meanwhile_stays(void **state)
{
    aed_train *t = aed_train_new(2, 1, NULL);
    double g[2];

    assert_int_equal(aed_train_theta(t, (double[2]){0.1, 0.1}, 2, NULL), AED_OK);
    assert_int_equal(aed_train_population(t, 4.0, 5.0, NULL), AED_OK);
    aed_train_start(t);
    for (int k = 0; k < 60; k++)
    {
        const double *theta = aed_train_emitted(t), kept = theta[1];
        const double loss = k == 50 ? 1e6 : loss_at(g, theta);

        if (k == 7)
            assert_int_equal(aed_train_freeze(t, 1, 1, NULL), AED_OK);
        assert_int_equal(aed_train_loss(t, loss, NULL, NULL), AED_OK);
        assert_int_equal(aed_train_gradient(t, g, 2, NULL), AED_OK);
        assert_true(k < 7 || theta[1] == kept);
    }
    assert_int_equal(aed_train_report(t).rollbacks, 1);
    aed_train_free(t);
}

static void refuses(void **state)
{
    aed_train *t = aed_train_new(2, 0, NULL);

    assert_int_equal(aed_train_population(t, 65.0, 5.0, NULL), AED_E_ARG);
    assert_int_equal(aed_train_population(t, NAN, 5.0, NULL), AED_E_ARG);
    assert_int_equal(aed_train_population(t, 3.0, 0.5, NULL), AED_E_ARG);
    assert_int_equal(aed_train_population(t, 3.0, NAN, NULL), AED_E_ARG);
    aed_train_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_knob_is_covered),
        cmocka_unit_test(finds_the_other_valley), cmocka_unit_test(refuses),
        cmocka_unit_test(what_was_frozen_meanwhile_stays)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
