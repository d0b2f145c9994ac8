/* Rewards: bounded, 1 for likeness, falling as documented; penalties; their mix and its slopes. */
#include "common.h"

#include <string.h>

#include "ear/reward.h"

static double terms[AED_LOSSES], slopes[AED_LOSSES];
static double rewards[AED_REWARDS], weights[AED_REWARDS];

static int set_up(void **state)
{
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

static double mix(void)
{
    return aed_rewards_of(rewards, slopes, terms, weights);
}

static void likeness_is_worth_1(void **state)
{
    assert_true(fabs(mix() - 1.0) < 1e-15);
    for (size_t j = 0; j < AED_REWARDS; j++)
        assert_true(rewards[j] == (aed_rewards[j].penalty ? 0.0 : 1.0));
}

static void rewards_fall_as_documented(void **state)
{
    for (size_t j = 0; j < AED_REWARDS; j++)
    {
        double *term = &terms[aed_rewards[j].loss];

        *term = 2.0;
        (void)mix();
        assert_true(
            fabs(rewards[j] - (aed_rewards[j].penalty ? 1.0 - exp(-2.0) : exp(-2.0))) < 1e-15);
        *term = 1e9;
        (void)mix();
        assert_true(rewards[j] == (aed_rewards[j].penalty ? 1.0 : 0.0));
        *term = 0.0;
    }
}

static void the_mix_is_a_weighted_mean(void **state)
{
    memset(weights, 0, sizeof weights);
    assert_true(mix() == 0.0);

    weights[row("centroid")] = 3.0;
    weights[row("logmel")] = 1.0;
    terms[AED_LOSS_LOGMEL] = log(2.0);
    assert_true(fabs(mix() - 3.5 / 4.0) < 1e-15);
    assert_true(rewards[row("flatness")] == 0.0); /* weight 0 is not computed */
}

static void penalties_are_taken_off(void **state)
{
    memset(weights, 0, sizeof weights);
    weights[row("centroid")] = 5.0;
    weights[row("cap")] = 2.0;
    terms[AED_LOSS_CAP] = log(4.0);
    assert_true(fabs(mix() - (1.0 - 2.0 * 0.75)) < 1e-15);
    weights[row("centroid")] = 0.0; /* a penalty alone */
    assert_true(fabs(mix() + 2.0 * 0.75) < 1e-15);
}

/* d(-R)/dterm by central differences, every term, random weights and terms. */
static double worst_slope(void)
{
    const double h = 1e-5;
    double told[AED_LOSSES], worst = 0.0;

    (void)mix();
    memcpy(told, slopes, sizeof told);
    for (size_t j = 0; j < AED_LOSSES; j++)
    {
        const double kept = terms[j];

        terms[j] = kept + h;
        const double up = mix();
        terms[j] = kept - h;
        const double down = mix();
        terms[j] = kept;
        const double off = fabs(told[j] + (up - down) / (2.0 * h));

        worst = worse_of(worst, off);
    }
    return worst;
}

static void slopes_match_differences(void **state)
{
    for (int times = 0; times < 20; times++)
    {
        test_fill(terms, AED_LOSSES, 0.1, 3.0);
        test_fill(weights, AED_REWARDS, 0.0, 2.0);
        if (times % 3 == 0)
            weights[(size_t)times % AED_REWARDS] = 0.0;
        assert_true(worst_slope() < 1e-9);
    }
}

static void rows_are_complete(void **state)
{
    for (size_t i = 0; i < AED_REWARDS; i++)
    {
        assert_non_null(aed_rewards[i].doc);
        assert_true(aed_rewards[i].loss < AED_LOSSES);
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
        cmocka_unit_test_setup(penalties_are_taken_off, set_up),
        cmocka_unit_test_setup(slopes_match_differences, set_up),
        cmocka_unit_test(rows_are_complete),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
