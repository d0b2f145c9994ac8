/* Another target in the middle of a run: of it nothing is known, neither where to go nor how close it is. */
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

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(another_target_begins_anew)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
