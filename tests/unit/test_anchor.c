/* The anchor: a pull to a reference, which is the gradient of a KL divergence. */
#include "control/train.h"

#include "common.h"

enum
{
    D = 3
};

static aed_train *t;
static const double reference[D] = {0.2, 0.5, 0.8}, goal[D] = {0.6, 0.5, 0.4};

static void ok(aed_status status)
{
    assert_int_equal(status, AED_OK);
}

static int set_up(void **state)
{
    t = aed_train_new(D, 1, NULL);
    ok(aed_train_theta(t, reference, D, NULL));
    ok(aed_train_optim(t, "sgd", NULL));
    ok(aed_train_hyper(t, 0.01, 0.0, 0.0, NULL));
    ok(aed_train_set(t, "policy_c", 0.1, NULL));
    return t ? 0 : -1;
}

static int tear_down(void **state)
{
    aed_train_free(t);
    return 0;
}

/* Down the bowl 25 |theta - goal|^2. */
static void learn(int steps)
{
    double g[D];

    for (int k = 0; k < steps; k++)
    {
        for (int i = 0; i < D; i++)
            g[i] = 50.0 * (aed_train_emitted(t)[i] - goal[i]);
        ok(aed_train_gradient(t, g, D, NULL));
    }
}

/* 50 (theta - goal) + w/c^2 (theta - reference) = 0: with w = .5 both are worth the same. */
static void ends_between(void **state)
{
    aed_train_anchor(t);
    ok(aed_train_set(t, "anchor", 0.5, NULL));
    learn(200);
    for (int i = 0; i < D; i++)
        assert_true(fabs(aed_train_mean(t)[i] - 0.5 * (reference[i] + goal[i])) < 1e-9);
    assert_true(fabs(aed_train_report(t).kl - (0.04 + 0.04) / (2.0 * 0.01)) < 1e-6);
    ok(aed_train_set(t, "anchor", 0.0, NULL));
    learn(200);
    for (int i = 0; i < D; i++)
        assert_true(fabs(aed_train_mean(t)[i] - goal[i]) < 1e-9);
}

static void needs_a_reference(void **state)
{
    ok(aed_train_set(t, "anchor", 0.5, NULL));
    learn(200);
    assert_true(fabs(aed_train_mean(t)[0] - goal[0]) < 1e-9);
    assert_true(aed_train_report(t).kl == 0.0);
}

static void frozen_ones_are_not_pulled(void **state)
{
    aed_train_anchor(t);
    ok(aed_train_theta(t, (double[D]){0.5, 0.5, 0.5}, D, NULL));
    ok(aed_train_set(t, "anchor", 0.5, NULL));
    ok(aed_train_freeze(t, 0, 1, NULL));
    learn(50);
    assert_true(aed_train_mean(t)[0] == 0.5);
}

/* With a policy too: nothing to gain, so it goes home. */
static void pulls_a_policy(void **state)
{
    aed_train_anchor(t);
    ok(aed_train_theta(t, (double[D]){0.5, 0.2, 0.5}, D, NULL));
    ok(aed_train_set(t, "anchor", 0.5, NULL));
    ok(aed_train_set(t, "policy", 1.0, NULL));
    for (int k = 0; k < 201; k++)
        aed_train_reward(t, 0.7, NULL);
    for (int i = 0; i < D; i++)
        assert_true(fabs(aed_train_mean(t)[i] - reference[i]) < 1e-6);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(ends_between), TEST(needs_a_reference),
        TEST(frozen_ones_are_not_pulled), TEST(pulls_a_policy)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
