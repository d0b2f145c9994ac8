/* A part of theta without bounds, as a network's weights are: step, dither, local tests, policy. */
#include <string.h>

#include "common.h"
#include "control/train.h"

enum
{
    D = 4,
    OPEN_AT = 2,
    OPEN_N = 1 /* theta 2; the others are 0 … 1 */
};

static aed_train *t;
static const double goal[D] = {1.7, -0.5, 5.0, 0.5};

static int set_up(void **state)
{
    (void)state;
    t = aed_train_new(D, 17, NULL);
    if (t)
        aed_train_unbounded(t, OPEN_AT, OPEN_N);
    return !t;
}

static int tear_down(void **state)
{
    (void)state;
    aed_train_free(t);
    return 0;
}

static double loss_at(const double *theta)
{
    double sum = 0.0;

    for (int i = 0; i < D; i++)
        sum += (theta[i] - goal[i]) * (theta[i] - goal[i]);
    return sum;
}

static void learn_once(void)
{
    const double *theta = aed_train_emitted(t);
    double g[D];

    assert_int_equal(aed_train_loss(t, loss_at(theta), NULL, NULL), AED_OK);
    for (int i = 0; i < D; i++)
        g[i] = 2.0 * (theta[i] - goal[i]);
    assert_int_equal(aed_train_gradient(t, g, D, NULL), AED_OK);
}

/* The bounded ones are within, and the open one has left. */
static void assert_places(const double *theta, int has_left)
{
    for (int i = 0; i < D; i++)
        if (i != OPEN_AT)
            assert_true(theta[i] >= 0.0 && theta[i] <= 1.0);
    assert_true(!has_left || theta[OPEN_AT] > 1.0);
}

static void steps_leave_the_clamps_there(void **state)
{
    (void)state;
    assert_int_equal(aed_train_set(t, "sigma", 0.05, NULL), AED_OK);
    for (int n = 0; n < 600; n++)
    {
        learn_once();
        assert_places(aed_train_emitted(t), n > 100);
    }
    const double *theta = aed_train_mean(t);

    assert_true(fabs(theta[0] - 1.0) < 0.01 && fabs(theta[1]) < 0.01);
    assert_true(fabs(theta[2] - 5.0) < 0.3 && fabs(theta[3] - 0.5) < 0.1);
}

static void theta_may_be_anywhere_there(void **state)
{
    const double out[D] = {0.5, 0.5, -1e5, 0.5}, knob[D] = {0.5, 1.1, 0.0, 0.5};
    const double far[D] = {0.5, 0.5, 2e6, 0.5};
    aed_error e;

    (void)state;
    assert_int_equal(aed_train_theta(t, out, D, &e), AED_OK);
    assert_memory_equal(aed_train_emitted(t), out, sizeof out);
    assert_int_equal(aed_train_theta(t, knob, D, &e), AED_E_ARG);
    assert_non_null(strstr(e.msg, "value 2 is 1.1, allowed 0 … 1"));
    assert_int_equal(aed_train_theta(t, far, D, &e), AED_E_ARG);
    assert_memory_equal(aed_train_emitted(t), out, sizeof out);
    aed_train_unbounded(t, 0, 0);
    assert_int_equal(aed_train_theta(t, out, D, &e), AED_E_ARG);
}

static void candidates_too(void **state)
{
    const double start[D] = {0.9, 0.1, 7.0, 0.5};
    double c[D];
    int moved = 0;

    (void)state;
    assert_int_equal(aed_train_theta(t, start, D, NULL), AED_OK);
    learn_once();
    assert_int_equal(aed_train_probe(t, 1.0, 8.0, 1.0, NULL), AED_OK);
    for (size_t i = 0; i < 8; i++)
    {
        assert_int_equal(aed_train_candidate(t, c, i, NULL), AED_OK);
        assert_places(c, 1);
        moved |= c[OPEN_AT] != aed_train_best(t)[OPEN_AT];
    }
    assert_true(moved);
}

static void rewards_too(void **state)
{
    (void)state;
    assert_int_equal(aed_train_set(t, "policy", 1.0, NULL), AED_OK);
    for (int n = 0; n < 3000; n++)
    {
        aed_train_reward(t, exp(-0.1 * loss_at(aed_train_emitted(t))), NULL);
        assert_places(aed_train_emitted(t), 0);
    }
    assert_true(aed_train_mean(t)[OPEN_AT] > 1.5);
}

static void another_length_keeps_it(void **state)
{
    const double out[D + 2] = {0.5, 0.5, 30.0, 0.5, 0.5, 0.5};
    aed_train *other = aed_train_new(D + 2, 1, NULL);

    (void)state;
    aed_train_copy_settings(other, t);
    assert_int_equal(aed_train_theta(other, out, D + 2, NULL), AED_OK);
    aed_train_free(other);
}

#define TRAIN_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TRAIN_TEST(steps_leave_the_clamps_there),
        TRAIN_TEST(theta_may_be_anywhere_there),
        TRAIN_TEST(candidates_too),
        TRAIN_TEST(rewards_too),
        TRAIN_TEST(another_length_keeps_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
