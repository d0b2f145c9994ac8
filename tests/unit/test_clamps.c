/* Bounds and freezes hold whatever was before them: neither the best, nor a local test, leads out of them. */
#include "common.h"

#include "control/train.h"

enum
{
    D = 5
};

static aed_train *t;

static void ok(aed_status status)
{
    assert_int_equal(status, AED_OK);
}

static int set_up(void **state)
{
    t = aed_train_new(D, 1, NULL);
    return !t;
}

static int tear_down(void **state)
{
    aed_train_free(t);
    return 0;
}

static int all_within(const double *theta, double lo, double hi)
{
    for (int k = 0; k < D; k++)
        if (!(theta[k] >= lo && theta[k] <= hi))
            return 0;
    return 1;
}

/* The best may be of before: nothing goes back there but as far as the clamps now let it. */
static void clamps_outlive_the_best(void **state)
{
    const double flat[D] = {0.0}, theta[D] = {0.1, 0.9, 0.1, 0.9, 0.1};
    double out[D];

    ok(aed_train_theta(t, theta, D, NULL));
    ok(aed_train_loss(t, 0.1, NULL, NULL));
    ok(aed_train_clamp(t, 0.3, 0.6, NULL));
    ok(aed_train_gradient(t, flat, D, NULL));
    for (size_t i = 0; i < aed_train_probe_n(t); i++)
    {
        ok(aed_train_candidate(t, out, i, NULL));
        assert_true(all_within(out, 0.3, 0.6));
    }
    aed_train_rollback(t, 0); /* to the last good one */
    assert_true(all_within(aed_train_emitted(t), 0.3, 0.6));
    ok(aed_train_take_best(t, NULL));
    assert_true(all_within(aed_train_emitted(t), 0.3, 0.6));
}

/* Neither by rounding, .7 x + .3 x, nor by clamps that came after it was frozen. */
static void tests_leave_frozen_ones_where_they_are(void **state)
{
    const double theta[D] = {0.1, 0.77, 0.93, 0.5, 0.5};
    double out[D];

    ok(aed_train_probe(t, 1, 1, 0.3, NULL));
    ok(aed_train_theta(t, theta, D, NULL));
    for (size_t i = 0; i < 3; i++)
        ok(aed_train_freeze(t, i, 1, NULL));
    ok(aed_train_clamp(t, 0.0, 0.8, NULL));
    for (int k = 0; k < 20; k++)
    {
        ok(aed_train_loss(t, 1.0 / (2 * k + 1), NULL, NULL));
        ok(aed_train_candidate(t, out, 0, NULL));
        assert_memory_equal(out, theta, 3 * sizeof *out);
        ok(aed_train_probe_loss(t, 0, 1.0 / (2 * k + 2), NULL));
        assert_int_equal(aed_train_probe_finish(t), 1);
        assert_memory_equal(aed_train_mean(t), theta, 3 * sizeof *theta);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(clamps_outlive_the_best), TEST(tests_leave_frozen_ones_where_they_are)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
