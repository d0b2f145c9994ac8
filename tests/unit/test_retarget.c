/* Another target in the middle of a run: of it nothing is known, neither where to go nor how close it is;
 * but it may be an earlier one. */
#include "common.h"

#include <string.h>

#include "control/train.h"

enum
{
    D = 5
};

static const double goal[D] = {0.2, 0.8, 0.35, 0.6, 0.45};

static void ok(aed_status status)
{
    assert_int_equal(status, AED_OK);
}

/* A step downhill, and a round of tests that are all lost. */
static void learn(aed_train *t)
{
    double g[D], out[D];
    double loss = 0.0;

    for (int i = 0; i < D; i++)
    {
        g[i] = 2.0 * (aed_train_emitted(t)[i] - goal[i]);
        loss += 0.25 * g[i] * g[i];
    }
    ok(aed_train_loss(t, loss, NULL, NULL));
    ok(aed_train_gradient(t, g, D, NULL));
    for (size_t k = 0; k < aed_train_probe_n(t); k++)
    {
        ok(aed_train_candidate(t, out, k, NULL));
        ok(aed_train_probe_loss(t, k, 1e9, NULL));
    }
    assert_int_equal(aed_train_probe_finish(t), 0);
}

static void another_target_begins_anew(void **state)
{
    const double no_gradient[D] = {0.0};
    aed_train *t = aed_train_new(D, 17, NULL);
    double before[D];

    ok(aed_train_probe(t, 1.0, 4.0, 1.0, NULL));
    for (int i = 0; i < 10; i++)
        learn(t);
    assert_true(aed_train_report(t).probe_s < 0.05); /* tests have grown narrow */
    aed_train_forget(t);
    assert_true(aed_train_report(t).probe_s == 0.1);
    assert_null(aed_train_best(t));
    memcpy(before, aed_train_mean(t), sizeof before);
    ok(aed_train_gradient(t, no_gradient, D, NULL));
    assert_memory_equal(aed_train_mean(t), before, sizeof before); /* no momentum is left */
    aed_train_free(t);
}

static double squared_distance(const double *theta, const double *to)
{
    double sum = 0.0;

    for (int i = 0; i < D; i++)
        sum += (theta[i] - to[i]) * (theta[i] - to[i]);
    return sum;
}

/* One half heard of one target and one of the other say nothing, as loudly as the targets differ. */
static void a_pair_is_of_one_target(void **state)
{
    for (int halves = 1; halves <= 2; halves++)
    {
        aed_train *t = aed_train_new(D, 17, NULL);

        ok(aed_train_set(t, "policy", 1.0, NULL));
        aed_train_start(t);
        for (int i = 0; i < 40 + halves; i++)
            aed_train_reward(t, -squared_distance(aed_train_emitted(t), goal), NULL);
        const double before = aed_train_report(t).grad_norm;

        aed_train_forget(t);
        for (int i = 0; i < 4; i++)
        {
            aed_train_reward(t, -1000.0 - squared_distance(aed_train_emitted(t), goal), NULL);
            assert_true(aed_train_report(t).grad_norm < 100.0 * before);
        }
        aed_train_free(t);
    }
}

/* ---- memory ---- */

/* A loss at theta as it is, and a gradient that moves nothing. */
static void hear(aed_train *t, const double *to)
{
    const double flat[D] = {0.0};

    ok(aed_train_loss(t, squared_distance(aed_train_emitted(t), to), NULL, NULL));
    ok(aed_train_gradient(t, flat, D, NULL));
}

/* 1: the round has found something better. */
static int try_all(aed_train *t, const double *to)
{
    double out[D];

    for (size_t i = 0; i < aed_train_probe_n(t); i++)
    {
        ok(aed_train_candidate(t, out, i, NULL));
        ok(aed_train_probe_loss(t, i, squared_distance(out, to), NULL));
    }
    return aed_train_probe_finish(t);
}

/* Ends with target `to` learned, and the next one expected. */
static void know(aed_train *t, const double *to)
{
    ok(aed_train_theta(t, to, D, NULL));
    hear(t, to);
    aed_train_forget(t);
}

static const double far[D] = {0.9, 0.1, 0.9, 0.1, 0.9};

static aed_train *open_with_memory(double memory)
{
    aed_train *t = aed_train_new(D, 3, NULL);

    ok(aed_train_probe(t, 1000.0, 8.0, 1.0, NULL));
    ok(aed_train_set(t, "memory", memory, NULL));
    aed_train_start(t);
    return t;
}

static void a_target_that_comes_back_is_known(void **state)
{
    aed_train *t = open_with_memory(4.0);

    know(t, goal);
    know(t, far);
    hear(t, goal);
    assert_true(aed_train_probe_due(t)); /* long before its time */
    assert_int_equal(try_all(t, goal), 1);
    assert_memory_equal(aed_train_mean(t), goal, sizeof goal);
    assert_memory_equal(aed_train_best(t), goal, sizeof goal);
    hear(t, goal);
    assert_false(aed_train_probe_due(t)); /* once */
    aed_train_free(t);
}

static void what_stands_still_is_not_recalled(void **state)
{
    aed_train *t = open_with_memory(4.0);
    double out[D];

    know(t, goal);
    know(t, far);
    ok(aed_train_freeze(t, 2, 1, NULL));
    hear(t, goal);
    ok(aed_train_candidate(t, out, 1, NULL));
    assert_true(out[1] == goal[1] && out[2] == far[2] && out[3] == goal[3]);
    aed_train_free(t);
}

static void memory_has_an_end(void **state)
{
    const double third[D] = {0.1, 0.2, 0.3, 0.4, 0.5};
    aed_train *t = open_with_memory(2.0);
    double out[D];

    know(t, goal);
    know(t, far);
    know(t, far); /* no new one */
    know(t, third);
    hear(t, third);
    ok(aed_train_candidate(t, out, 0, NULL));
    assert_memory_equal(out, third, sizeof out);
    ok(aed_train_candidate(t, out, 1, NULL));
    assert_memory_equal(out, far, sizeof out);
    ok(aed_train_candidate(t, out, 2, NULL));
    assert_memory_not_equal(out, goal, sizeof out);

    aed_train_start(t); /* which forgets all */
    hear(t, goal);
    assert_false(aed_train_probe_due(t));
    ok(aed_train_set(t, "memory", 0.0, NULL));
    know(t, far);
    hear(t, goal);
    assert_false(aed_train_probe_due(t));
    aed_train_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(another_target_begins_anew),
        cmocka_unit_test(a_pair_is_of_one_target),
        cmocka_unit_test(a_target_that_comes_back_is_known),
        cmocka_unit_test(what_stands_still_is_not_recalled), cmocka_unit_test(memory_has_an_end)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
