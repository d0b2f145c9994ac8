/* Rewards: bounded, 1 for likeness, falling as documented; and their mix. */
#include "common.h"

#include <string.h>

#include "ear/reward.h"

static double phi[AED_FEATURES], target[AED_FEATURES], terms[AED_LOSSES];
static double rewards[AED_REWARDS], weights[AED_REWARDS];
static const aed_likeness likeness = {phi, target, terms};

static int set_up(void **state)
{
    test_fill(phi, AED_FEATURES, 0.0, 1.0);
    memcpy(target, phi, sizeof target);
    memset(terms, 0, sizeof terms);
    for (size_t j = 0; j < AED_REWARDS; j++)
        weights[j] = 1.0;
    return 0;
}

static size_t row(const char *name)
{
    for (size_t j = 0; j < AED_REWARDS; j++)
        if (strcmp(aed_rewards[j].name, name) == 0)
            return j;
    fail_msg("no reward '%s'", name);
    return 0;
}

static void likeness_is_worth_1(void **state)
{
    assert_true(aed_rewards_of(rewards, &likeness, weights) == 1.0);
    for (size_t j = 0; j < AED_REWARDS; j++)
        assert_true(rewards[j] == 1.0);
}

static void check_width(const char *name, size_t feature)
{
    phi[feature] = target[feature] + sqrt(0.05);
    (void)aed_rewards_of(rewards, &likeness, weights);
    assert_true(fabs(rewards[row(name)] - exp(-1.0)) < 1e-12);
    phi[feature] = target[feature] - 0.1;
    (void)aed_rewards_of(rewards, &likeness, weights);
    assert_true(fabs(rewards[row(name)] - exp(-0.01 / 0.05)) < 1e-12);
}

static void rewards_fall_as_documented(void **state)
{
    check_width("centroid", AED_FEATURE_CENTROID);
    check_width("rolloff", AED_FEATURE_ROLLOFF);
    check_width("flatness", AED_FEATURE_FLATNESS);
    terms[AED_LOSS_LOGMEL] = 2.0;
    (void)aed_rewards_of(rewards, &likeness, weights);
    assert_true(fabs(rewards[row("logmel")] - exp(-2.0)) < 1e-15);
    terms[AED_LOSS_LOGMEL] = 1e9;
    (void)aed_rewards_of(rewards, &likeness, weights);
    assert_true(rewards[row("logmel")] == 0.0);
}

static void the_mix_is_a_weighted_mean(void **state)
{
    memset(weights, 0, sizeof weights);
    assert_true(aed_rewards_of(rewards, &likeness, weights) == 0.0);

    weights[row("centroid")] = 3.0;
    weights[row("logmel")] = 1.0;
    terms[AED_LOSS_LOGMEL] = log(2.0);
    assert_true(fabs(aed_rewards_of(rewards, &likeness, weights) - 3.5 / 4.0) < 1e-15);
    assert_true(rewards[row("flatness")] == 0.0); /* weight 0 is not computed */
}

static void rows_are_complete(void **state)
{
    for (size_t i = 0; i < AED_REWARDS; i++)
    {
        assert_non_null(aed_rewards[i].doc);
        assert_non_null(aed_rewards[i].of);
        assert_true(aed_rewards[i].default_weight >= 0.0);
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(aed_rewards[i].name, aed_rewards[j].name);
    }
    assert_true(aed_rewards[row("centroid")].default_weight == 1.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(likeness_is_worth_1, set_up),
        cmocka_unit_test_setup(rewards_fall_as_documented, set_up),
        cmocka_unit_test_setup(the_mix_is_a_weighted_mean, set_up),
        cmocka_unit_test(rows_are_complete),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
