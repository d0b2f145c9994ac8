/* The policy: its gradient estimate is unbiased, bad rewards cost one pair, frozen ones stay. */
#include "control/policy.h"

#include "common.h"

enum
{
    D = 4,
    PAIRS = 20000
};

static double eta[D];
static aed_policy p;
static const aed_policy_settings set = {.weight = 1.0, .c = 0.05};
static const aed_bounds wide = {.d = D, .lo = -1e3, .hi = 1e3};
static const double flat[D] = {1, 1, 1, 1};

static int set_up(void **state)
{
    p = (aed_policy){.eta = eta, .rng = {7, 0}};
    return 0;
}

static double reward(const double *theta)
{
    double r = 0.0;

    for (int i = 0; i < D; i++)
        r -= (i + 1) * pow(theta[i] - 0.3, 2.0);
    return r;
}

/* One pair at theta; 1 and g when it is complete. */
static int pair(double *g, const double *theta, const double *shape)
{
    double out[D];

    aed_policy_open(&p, &set, &wide);
    aed_policy_emit(out, &p, theta, shape, &wide);
    assert_false(aed_policy_reward(g, &p, reward(out), &set, shape, &wide));
    assert_int_equal(p.phase, AED_POLICY_MINUS);
    aed_policy_emit(out, &p, theta, shape, &wide);
    return aed_policy_reward(g, &p, reward(out), &set, shape, &wide);
}

/* The mean over many pairs is -dr/dtheta = 2 (i+1) (theta - .3), whatever the shape. */
static void estimates_the_gradient(void **state)
{
    const double theta[D] = {0.5, 0.1, 0.4, 0.8}, shape[D] = {1.5, 0.5, 1.0, 0.7};
    double mean[D] = {0}, g[D], largest = 0.0;

    for (int k = 0; k < PAIRS; k++)
    {
        assert_true(pair(g, theta, shape));
        for (int i = 0; i < D; i++)
            mean[i] += g[i] / PAIRS;
    }
    for (int i = 0; i < D; i++)
        largest = fmax(largest, fabs(2.0 * (i + 1) * (theta[i] - 0.3)));
    for (int i = 0; i < D; i++) /* 4 standard errors */
        assert_true(fabs(mean[i] - 2.0 * (i + 1) * (theta[i] - 0.3)) < 0.05 * largest);
    assert_int_equal(p.pairs, PAIRS);
}

static void emits_both_halves(void **state)
{
    const unsigned char frozen[D] = {0, 1, 0, 0};
    const aed_bounds b = {.d = D, .lo = 0.0, .hi = 1.0, .frozen = frozen};
    const double theta[D] = {0.5, 2.0, 0.5, 0.0};
    double plus[D], minus[D], g[D];

    aed_policy_open(&p, &set, &b);
    aed_policy_emit(plus, &p, theta, flat, &b);
    assert_false(aed_policy_reward(g, &p, 0.0, &set, flat, &b));
    aed_policy_emit(minus, &p, theta, flat, &b);
    assert_true(fabs(plus[0] + minus[0] - 1.0) < 1e-15 && plus[0] != minus[0]);
    assert_true(plus[1] == 2.0 && minus[1] == 2.0);
    assert_true(plus[3] >= 0.0 && minus[3] >= 0.0 && plus[3] * minus[3] == 0.0);
}

static void bad_rewards_cost_a_pair(void **state)
{
    double g[D] = {9, 9, 9, 9};

    aed_policy_open(&p, &set, &wide);
    assert_false(aed_policy_reward(g, &p, NAN, &set, flat, &wide));
    assert_int_equal(p.phase, AED_POLICY_IDLE);
    aed_policy_open(&p, &set, &wide);
    assert_false(aed_policy_reward(g, &p, 1.0, &set, flat, &wide));
    assert_false(aed_policy_reward(g, &p, INFINITY, &set, flat, &wide));
    assert_int_equal(p.phase, AED_POLICY_IDLE);
    aed_policy_open(&p, &set, &wide);
    assert_false(aed_policy_reward(g, &p, 1.7e308, &set, flat, &wide));
    assert_false(aed_policy_reward(g, &p, -1.7e308, &set, flat, &wide)); /* no finite slope */
    assert_int_equal(p.skipped, 3);
    assert_int_equal(p.pairs, 0);
    for (int i = 0; i < D; i++)
        assert_true(g[i] == 9.0);
}

static void climbs(void **state)
{
    double theta[D] = {0.9, 0.9, 0.0, 0.1}, g[D];
    const double first = reward(theta);

    for (int k = 0; k < 500; k++)
    {
        assert_true(pair(g, theta, flat));
        for (int i = 0; i < D; i++)
            theta[i] -= 0.01 * g[i];
    }
    assert_true(reward(theta) > 0.01 * first); /* both are below 0 */
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test_setup(estimates_the_gradient, set_up),
        cmocka_unit_test_setup(emits_both_halves, set_up),
        cmocka_unit_test_setup(bad_rewards_cost_a_pair, set_up),
        cmocka_unit_test_setup(climbs, set_up)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
