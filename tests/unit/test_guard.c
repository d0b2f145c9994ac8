/* What has blown up, and what has not. */
#include "common.h"

#include "control/guard.h"

static void a_loss_far_above_the_best_has_blown_up(void **state)
{
    aed_guard g = {0};

    for (int i = 0; i < 100; i++)
        assert_false(aed_guard_loss(&g, 2.0, 20.0));
    assert_false(aed_guard_loss(&g, 39.9, 20.0));
    assert_true(aed_guard_loss(&g, 40.1, 20.0));
    assert_true(aed_guard_loss(&g, 40.1, 20.0)); /* it has moved no mean */
    assert_false(aed_guard_loss(&g, 40.1, 0.0));
}

/* A bottom: a twentieth of the first loss. */
static void wobbling_in_a_valley_is_none(void **state)
{
    aed_guard g = {0};

    assert_false(aed_guard_loss(&g, 1.0, 20.0));
    for (int i = 0; i < 300; i++)
        assert_false(aed_guard_loss(&g, 1e-6, 20.0));
    assert_false(aed_guard_loss(&g, 0.99, 20.0));
    assert_true(aed_guard_loss(&g, 1.01, 20.0));
}

static void without_a_scale_there_is_none(void **state)
{
    aed_guard g = {0};

    assert_false(aed_guard_loss(&g, -1.0, 20.0));
    assert_false(aed_guard_loss(&g, 1e9, 20.0));
}

/* Explode .5 would let a constant loss be half of what it is; and no constant is above itself by rounding. */
static void a_factor_below_one_counts_as_one(void **state)
{
    for (int k = 1; k < 300; k++)
    {
        const double constant = 0.0137 * k;
        aed_guard g = {0};

        for (int i = 0; i < 100; i++)
        {
            assert_false(aed_guard_loss(&g, constant, 0.5));
            assert_false(aed_guard_norm(&g, constant, 0.5));
        }
        assert_true(aed_guard_loss(&g, 1.05 * constant, 0.5));
        assert_true(aed_guard_norm(&g, 1.05 * constant, 0.5));
    }
}

static void a_norm_far_above_its_mean_has_blown_up(void **state)
{
    aed_guard g = {0};

    for (int i = 0; i < 8; i++)
        assert_false(aed_guard_norm(&g, i ? 3.0 : 1e9, 20.0)); /* too early to say */
    for (int i = 0; i < 300; i++)
        assert_false(aed_guard_norm(&g, 3.0, 20.0));
    assert_false(aed_guard_norm(&g, 0.0, 20.0));
    for (int i = 0; i < 31; i++)
        assert_true(aed_guard_norm(&g, 1201.0, 20.0));
    assert_false(aed_guard_norm(&g, 1199.0, 20.0)); /* they were not in a row */
    for (int i = 0; i < 31; i++)
        assert_true(aed_guard_norm(&g, 1e9, 20.0));
    assert_false(aed_guard_norm(&g, 1e9, 20.0)); /* a new scale */
    assert_false(aed_guard_norm(&g, 1e9, 20.0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_loss_far_above_the_best_has_blown_up),
        cmocka_unit_test(wobbling_in_a_valley_is_none),
        cmocka_unit_test(without_a_scale_there_is_none),
        cmocka_unit_test(a_factor_below_one_counts_as_one),
        cmocka_unit_test(a_norm_far_above_its_mean_has_blown_up),
    };

    return cmocka_run_group_tests_name("guard", tests, NULL, NULL);
}
