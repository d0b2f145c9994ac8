/* A policy and a gradient at once: each theta needs both answers, and a pair's step is along their weighted sum. */
#include <stdio.h>
#include <string.h>

#include "common.h"
#include "control/train.h"

enum
{
    D = 12
};

static aed_train *t;

static void ok(aed_status status)
{
    assert_int_equal(status, AED_OK);
}

static void open_train(double policy, double blend)
{
    double theta[D];

    for (int i = 0; i < D; i++)
        theta[i] = 0.5;
    t = aed_train_new(D, 3, NULL);
    ok(aed_train_theta(t, theta, D, NULL));
    ok(aed_train_set(t, "policy", policy, NULL));
    ok(aed_train_set(t, "blend", blend, NULL));
    ok(aed_train_optim(t, "sgd", NULL));
    ok(aed_train_hyper(t, 0.01, 0.0, 0.0, NULL));
    aed_train_start(t);
}

static int tear_down(void **state)
{
    aed_train_free(t);
    return 0;
}

static double loss_at(double *g, const double *theta)
{
    double loss = 0.0;

    for (int i = 0; i < D; i++)
    {
        const double off = theta[i] - (0.1 + 0.8 * i / D);

        loss += off * off;
        g[i] = 2.0 * off;
    }
    return loss;
}

/* Both answers for what is out; the gradient first where `first`. */
static void answer(int first, double scale)
{
    double g[D];
    int early = 1, late = 0;
    const double reward = -scale * loss_at(g, aed_train_emitted(t));

    if (first)
    {
        ok(aed_train_blend(t, g, D, &early, NULL));
        aed_train_reward(t, reward, &late);
    }
    else
    {
        aed_train_reward(t, reward, &early);
        ok(aed_train_blend(t, g, D, &late, NULL));
    }
    assert_true(!early && late);
}

/* The same pair with and without the gradient: what lies between is its mean over the pair. */
static void adds_the_mean_gradient(void **state)
{
    double alone[D], g[2][D];

    open_train(1.0, 0.0);
    for (int k = 0; k < 3; k++)
        aed_train_reward(t, -loss_at(g[0], aed_train_emitted(t)), NULL);
    memcpy(alone, aed_train_mean(t), sizeof alone);
    aed_train_free(t);
    for (int first = 0; first < 2; first++)
    {
        open_train(1.0, 2.0);
        answer(first, 1.0);
        for (int k = 0; k < 2; k++)
        {
            loss_at(g[k], aed_train_emitted(t));
            answer(first, 1.0);
        }
        assert_int_equal(aed_train_report(t).steps, 1);
        for (int i = 0; i < D; i++)
            assert_true(fabs(aed_train_mean(t)[i] - alone[i] + 0.01 * (g[0][i] + g[1][i])) < 1e-12);
        if (!first)
            aed_train_free(t);
    }
}

static double learn(double policy, double blend, int answers)
{
    double g[D];

    open_train(policy, blend);
    ok(aed_train_optim(t, "adam", NULL));
    for (int k = 0; k < answers; k++)
        if (blend > 0.0)
            answer(k % 2, 1.0);
        else
            aed_train_reward(t, -loss_at(g, aed_train_emitted(t)), NULL);
    const double loss = loss_at(g, aed_train_mean(t));

    aed_train_free(t);
    return loss;
}

static void learns_from_both(void **state)
{
    const double first = learn(1.0, 0.0, 0), alone = learn(1.0, 0.0, 121),
                 both = learn(1.0, 1.0, 121);

    printf("blend: loss %.4f; after 60 pairs by the reward %.4f, with the gradient %.4f\n", first,
        alone, both);
    assert_true(alone < 0.7 * first && both < 0.5 * alone);
    open_train(1.0, 1.0);
}

static void what_is_no_number_costs_a_pair(void **state)
{
    double g[D] = {0.0};
    int proposed = 0;

    open_train(1.0, 1.0);
    answer(0, 1.0);
    aed_train_reward(t, NAN, NULL);
    ok(aed_train_blend(t, g, D, &proposed, NULL));
    assert_true(proposed && aed_train_report(t).policy_skipped == 1);
    g[3] = NAN;
    assert_int_equal(aed_train_blend(t, g, D, NULL, NULL), AED_E_NONFINITE);
    assert_int_equal(aed_train_blend(t, g, D - 1, NULL, NULL), AED_E_SIZE);
    ok(aed_train_blend(t, NULL, 0, NULL, NULL)); /* none this time: the reward alone */
    aed_train_reward(t, 0.5, &proposed);
    assert_int_equal(proposed, 1);
    answer(1, 1.0);
    assert_int_equal(aed_train_report(t).policy_pairs, 1);
}

/* The answer to a theta that was left is not one to what is out now. */
static void a_jump_forgets_half_answers(void **state)
{
    double g[D] = {0.0}, theta[D] = {0.0};
    int proposed = 1;

    open_train(1.0, 1.0);
    ok(aed_train_blend(t, g, D, NULL, NULL));
    ok(aed_train_theta(t, theta, D, NULL));
    aed_train_reward(t, 0.5, &proposed);
    assert_int_equal(proposed, 0);
}

/* A loss far above the best is what a pair looks for; a reward far beyond all others costs its pair. */
static void spikes(void **state)
{
    double g[D], before[D];

    open_train(1.0, 0.0);
    for (int k = 0; k < 41; k++)
        aed_train_reward(t, -loss_at(g, aed_train_emitted(t)), NULL);
    ok(aed_train_loss(t, 0.1, NULL, NULL));
    ok(aed_train_loss(t, 100.0, NULL, NULL));
    assert_int_equal(aed_train_report(t).rollbacks, 0);
    memcpy(before, aed_train_mean(t), sizeof before);
    aed_train_reward(t, 1e6, NULL);
    aed_train_reward(t, 0.5, NULL);
    assert_memory_equal(before, aed_train_mean(t), sizeof before);
    assert_int_equal(aed_train_report(t).policy_skipped, 1);
}

#define TEST(name) cmocka_unit_test_teardown(name, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(adds_the_mean_gradient), TEST(learns_from_both),
        TEST(spikes), TEST(what_is_no_number_costs_a_pair), TEST(a_jump_forgets_half_answers)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
