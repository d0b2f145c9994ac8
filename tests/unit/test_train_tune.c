/* Frequencies that follow a lag: where they go, what leaves them alone meanwhile, and when it ends. */
#include <string.h>

#include "common.h"
#include "control/train.h"

enum
{
    D = 4,
    F = 1 /* the place of the frequency, 7 octaves wide */
};

static aed_train *t;
static const double push[D] = {1.0, 100.0, -1.0, 0.5};

static void ok(aed_status status)
{
    assert_int_equal(status, AED_OK);
}

static int set_up(void **state)
{
    t = aed_train_new(D, 3, NULL);
    if (!t)
        return -1;
    return aed_train_tuned(t, (double[]){F, 7.0}, 2, NULL) ||
           aed_train_optim(t, "momentum", NULL) || aed_train_hyper(t, 0.001, 0.0, 0.0, NULL);
}

static int tear_down(void **state)
{
    aed_train_free(t);
    return 0;
}

static void step(double lag)
{
    ok(aed_train_lag(t, lag, NULL));
    ok(aed_train_gradient(t, push, D, NULL));
}

static double at(size_t i)
{
    return aed_train_mean(t)[i];
}

static void it_goes_where_the_lag_says(void **state)
{
    step(0.07);
    assert_true(fabs(at(F) - (0.5 - 0.8 * 0.07 / 7.0)) < 1e-15);
    assert_true(fabs(at(0) - 0.499) < 1e-15); /* the others go along the gradient */
    ok(aed_train_set(t, "kappa", 0.5, NULL));
    step(-0.07);
    assert_true(fabs(at(F) - (0.5 - 0.3 * 0.07 / 7.0)) < 1e-15);
    assert_true(aed_train_report(t).grad_norm == 1.5); /* without the frequency's own */
}

static void it_comes_to_rest(void **state)
{
    const double goal = 0.8;

    ok(aed_train_theta(t, (double[]){0.5, 0.5, 0.5, 0.5}, D, NULL));
    for (int i = 0; i < 8; i++)
        step(7.0 * (at(F) - goal));
    assert_true(fabs(at(F) - goal) < 1e-5);
}

static void bounds_and_freezes_hold(void **state)
{
    step(50.0);
    assert_true(at(F) == 0.0);
    ok(aed_train_freeze(t, F, 1, NULL));
    step(-1.0);
    assert_true(at(F) == 0.0);
    assert_true(at(0) != 0.5); /* nobody waits for what cannot move */
}

/* Beyond a semitone all others wait, for a while. */
static void others_wait_for_it(void **state)
{
    for (int i = 0; i < 8; i++)
    {
        step(i % 2 ? 1.0 : -1.0);
        assert_true(at(0) == 0.5);
        ok(aed_train_loss(t, 1.0, NULL, NULL));
        ok(aed_train_set(t, "probe", 1.0, NULL));
        assert_false(aed_train_probe_due(t)); /* a test would judge another pitch */
    }
    step(1.0);
    assert_true(at(0) < 0.5 && aed_train_probe_due(t)); /* out of reach: go on without it */
    step(1.0);
    assert_true(fabs(at(0) - 0.498) < 1e-15);
    step(0.05); /* it was in reach after all */
    step(1.0);
    assert_true(fabs(at(0) - 0.497) < 1e-15);
    aed_train_start(t);
    step(1.0);
    assert_true(fabs(at(0) - 0.497) < 1e-15);
}

static void without_a_lag_it_is_like_others(void **state)
{
    step(0.01);
    const double f = at(F);

    ok(aed_train_gradient(t, push, D, NULL));
    assert_true(fabs(at(F) - (f - 0.001 * push[F])) < 1e-15);
    ok(aed_train_set(t, "kappa", 0.0, NULL));
    step(1.0);
    assert_true(fabs(at(F) - (f - 0.002 * push[F])) < 1e-15);
    ok(aed_train_set(t, "kappa", 0.8, NULL));
    ok(aed_train_tuned(t, NULL, 0, NULL));
    step(1.0);
    assert_true(fabs(at(F) - (f - 0.003 * push[F])) < 1e-15);
}

/* Adam keeps nothing of the gradients from before it followed. */
static void its_moments_are_forgotten(void **state)
{
    ok(aed_train_optim(t, "adam", NULL));
    ok(aed_train_hyper(t, 0.001, 0.9, 0.0, NULL));
    for (int i = 0; i < 5; i++)
        ok(aed_train_gradient(t, push, D, NULL));
    const double f = at(F);

    step(0.0);
    assert_true(at(F) == f);
}

static void nothing_else_moves_it(void **state)
{
    static const char *const dithers[] = {"theta", "walk", "grad"};
    double candidate[D];

    for (size_t i = 0; i < 3; i++)
    {
        ok(aed_train_dither(t, dithers[i], NULL));
        ok(aed_train_hyper(t, 0.001, 0.0, 0.1, NULL));
        step(0.0);
        assert_true(at(F) == 0.5 && aed_train_emitted(t)[F] == 0.5);
        assert_true(aed_train_emitted(t)[0] != 0.499);
    }
    ok(aed_train_loss(t, 1.0, NULL, NULL));
    step(0.07);
    /* A candidate stands where the lag has led, not where the best loss was. */
    for (size_t i = 0; i < aed_train_probe_n(t); i++)
    {
        ok(aed_train_candidate(t, candidate, i, NULL));
        assert_true(candidate[F] == at(F) && candidate[F] != 0.5);
    }
}

static void a_round_is_dropped_when_following_begins(void **state)
{
    double candidate[D];

    ok(aed_train_loss(t, 1.0, NULL, NULL));
    ok(aed_train_candidate(t, candidate, 0, NULL));
    ok(aed_train_lag(t, 0.0, NULL));
    assert_int_equal(aed_train_probe_loss(t, 0, 0.5, NULL), AED_E_STATE);
}

/* What came for another theta or target is not followed. */
static void a_jump_forgets_the_lag(void **state)
{
    ok(aed_train_lag(t, 0.07, NULL));
    ok(aed_train_theta(t, (double[]){0.5, 0.5, 0.5, 0.5}, D, NULL));
    ok(aed_train_gradient(t, (double[D]){0.0}, D, NULL));
    assert_true(at(F) == 0.5);
    ok(aed_train_lag(t, 0.07, NULL));
    aed_train_forget(t);
    ok(aed_train_gradient(t, (double[D]){0.0}, D, NULL));
    assert_true(at(F) == 0.5);
}

static void a_policy_leaves_it_alone(void **state)
{
    int proposed;

    ok(aed_train_set(t, "policy", 1.0, NULL));
    for (int i = 0; i < 5; i++)
    {
        ok(aed_train_lag(t, 0.01, NULL));
        aed_train_reward(t, test_uniform(0.0, 1.0), &proposed);
        assert_true(
            proposed && aed_train_emitted(t)[F] == at(F) && aed_train_emitted(t)[0] != at(0));
    }
    assert_int_equal(aed_train_report(t).steps, 2);
    assert_true(fabs(at(F) - (0.5 - 2.0 * 0.8 * 0.01 / 7.0)) < 1e-15);
}

static void what_is_refused(void **state)
{
    static const double bad[][2] = {{-1.0, 7.0}, {0.5, 7.0}, {NAN, 7.0}, {0.0, 0.0}, {0.0, 101.0},
        {0.0, -7.0}, {0.0, NAN}, {9.0, -7.0}};
    aed_error e;

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(aed_train_tuned(t, bad[i], 2, &e), AED_E_ARG);
    assert_int_equal(aed_train_tuned(t, (double[]){0, 1, 2}, 3, &e), AED_E_ARG);
    assert_int_equal(aed_train_tuned(t, (double[]){0, 1, 4, 1}, 4, &e), AED_E_SIZE);
    assert_string_equal(e.msg, "tuned: got place 4, allowed 0 … 3");
    assert_int_equal(aed_train_tuned(t, (double[]){4, 1, 0, 0}, 4, &e), AED_E_ARG);
    assert_int_equal(aed_train_lag(t, NAN, &e), AED_E_NONFINITE);
    assert_int_equal(aed_train_lag(t, INFINITY, &e), AED_E_NONFINITE);
    step(0.07); /* the frequency is the one it was */
    assert_true(fabs(at(F) - (0.5 - 0.8 * 0.07 / 7.0)) < 1e-15);
}

/* A gradient that is not finite changes nothing, and the lag is still there for the next one. */
static void a_bad_gradient(void **state)
{
    ok(aed_train_lag(t, 0.07, NULL));
    assert_int_equal(
        aed_train_gradient(t, (double[]){0.0, NAN, 0.0, 0.0}, D, NULL), AED_E_NONFINITE);
    assert_true(at(F) == 0.5);
    /* The frequency's own may be as large as it likes: it is not used. */
    ok(aed_train_gradient(t, (double[]){0.0, 1e200, 0.0, 0.0}, D, NULL));
    assert_true(fabs(at(F) - (0.5 - 0.8 * 0.07 / 7.0)) < 1e-15);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(it_goes_where_the_lag_says),
        TEST(it_comes_to_rest),
        TEST(bounds_and_freezes_hold),
        TEST(others_wait_for_it),
        TEST(without_a_lag_it_is_like_others),
        TEST(its_moments_are_forgotten),
        TEST(nothing_else_moves_it),
        TEST(a_round_is_dropped_when_following_begins),
        TEST(a_jump_forgets_the_lag),
        TEST(a_policy_leaves_it_alone),
        TEST(what_is_refused),
        TEST(a_bad_gradient),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
