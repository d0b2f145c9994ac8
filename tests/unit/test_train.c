/* The training step: best, undo, clamps, clip, slew, dither, local tests, policy, and that a refusal
 * leaves every byte alone. */
#include "control/train.h"

#include <stdlib.h>
#include <string.h>

#include "common.h"
#include "control/train_inside.h"

enum
{
    D = 5
};

static aed_train *t;
static const double goal[D] = {0.2, 0.8, 0.35, 0.6, 0.45};

static int set_up(void **state)
{
    t = aed_train_new(D, 17, NULL);
    return t ? 0 : -1;
}

static int tear_down(void **state)
{
    aed_train_free(t);
    return 0;
}

static void ok(aed_status status)
{
    assert_int_equal(status, AED_OK);
}

/* Distance to the goal, and its gradient. */
static double loss_at(const double *theta)
{
    double sum = 0.0;

    for (int i = 0; i < D; i++)
        sum += (theta[i] - goal[i]) * (theta[i] - goal[i]);
    return sum;
}

static void learn_once(aed_train *x)
{
    const double *theta = aed_train_emitted(x);
    double g[D];

    ok(aed_train_loss(x, loss_at(theta), NULL, NULL));
    for (int i = 0; i < D; i++)
        g[i] = 2.0 * (theta[i] - goal[i]);
    ok(aed_train_gradient(x, g, D, NULL));
}

/* ---- everything there is, as bytes ---- */

struct bytes
{
    unsigned char *at;
    size_t n;
};

static struct bytes freeze_bytes(const aed_train *x)
{
    struct bytes b = {malloc(sizeof *x + x->arena.size), sizeof *x + x->arena.size};

    memcpy(b.at, x, sizeof *x);
    memcpy(b.at + sizeof *x, x->arena.base, x->arena.size);
    return b;
}

static void assert_unchanged(struct bytes before)
{
    struct bytes now = freeze_bytes(t);

    assert_memory_equal(before.at, now.at, before.n);
    free(before.at);
    free(now.at);
}

/* ---- tests ---- */

static void learns_with_every_optimizer(void **state)
{
    for (const aed_optim *row = aed_optims; row->name; row++)
    {
        ok(aed_train_theta(t, (double[D]){0.5, 0.5, 0.5, 0.5, 0.5}, D, NULL));
        ok(aed_train_optim(t, row->name, NULL));
        /* sign never stands still */
        ok(aed_train_hyper(t, strcmp(row->name, "sign") == 0 ? 0.002 : 0.02, 0.9, 0.0, NULL));
        assert_string_equal(aed_train_optim_name(t), row->name);
        aed_train_start(t);
        for (int i = 0; i < 600; i++)
            learn_once(t);
        assert_true(aed_train_report(t).best_loss < 1e-4);
        assert_int_equal(aed_train_report(t).steps, 600);
    }
}

static void keeps_the_best(void **state)
{
    int best = -1;
    const double first[D] = {0.1, 0.2, 0.3, 0.4, 0.5}, second[D] = {0.5, 0.4, 0.3, 0.2, 0.1};

    assert_null(aed_train_best(t));
    assert_int_equal(aed_train_take_best(t, NULL), AED_E_STATE);
    ok(aed_train_theta(t, first, D, NULL));
    ok(aed_train_loss(t, 2.0, &best, NULL));
    assert_int_equal(best, 1);
    ok(aed_train_theta(t, second, D, NULL));
    ok(aed_train_loss(t, 2.0, &best, NULL));
    assert_int_equal(best, 0);
    assert_memory_equal(aed_train_best(t), first, sizeof first);
    ok(aed_train_take_best(t, NULL));
    assert_memory_equal(aed_train_emitted(t), first, sizeof first);
    ok(aed_train_theta(t, second, D, NULL));
    ok(aed_train_loss(t, -1.0, &best, NULL));
    assert_int_equal(best, 1);
    assert_memory_equal(aed_train_best(t), second, sizeof second);
    aed_train_forget(t);
    assert_null(aed_train_best(t));
    assert_true(isnan(aed_train_report(t).best_loss));
}

static void undoes_and_redoes(void **state)
{
    const double first[D] = {0.1, 0.2, 0.3, 0.4, 0.5};
    double after[D];

    assert_int_equal(aed_train_undo(t, NULL), AED_E_STATE);
    ok(aed_train_theta(t, first, D, NULL));
    aed_train_start(t);
    for (int i = 0; i < 5; i++)
        learn_once(t);
    memcpy(after, aed_train_mean(t), sizeof after);
    ok(aed_train_undo(t, NULL));
    assert_memory_equal(aed_train_emitted(t), first, sizeof first);
    ok(aed_train_undo(t, NULL));
    assert_memory_equal(aed_train_emitted(t), after, sizeof after);
}

static void clamps(void **state)
{
    double g[D] = {1, -1, 1, -1, 0};

    ok(aed_train_clamp(t, 0.3, 0.6, NULL));
    ok(aed_train_hyper(t, 0.2, 0.0, 0.5, NULL));
    for (int i = 0; i < 20; i++)
    {
        ok(aed_train_gradient(t, g, D, NULL));
        for (int k = 0; k < D; k++)
        {
            assert_true(aed_train_mean(t)[k] >= 0.3 && aed_train_mean(t)[k] <= 0.6);
            assert_true(aed_train_emitted(t)[k] >= 0.3 && aed_train_emitted(t)[k] <= 0.6);
        }
    }
    assert_true(aed_train_mean(t)[0] == 0.3 && aed_train_mean(t)[1] == 0.6);
    assert_true(aed_train_report(t).update_norm == 0.0); /* nowhere left to go */
    assert_true(fabs(aed_train_report(t).grad_norm - 2.0) < 1e-15);
}

static void clips_and_slews(void **state)
{
    const double g[D] = {3, 4, 0, 0, 0};

    ok(aed_train_optim(t, "sgd", NULL));
    ok(aed_train_hyper(t, 0.1, 0.0, 0.0, NULL));
    ok(aed_train_set(t, "clip", 0.5, NULL));
    ok(aed_train_gradient(t, g, D, NULL));
    assert_true(fabs(aed_train_mean(t)[0] - (0.5 - 0.1 * 0.3)) < 1e-15);
    assert_true(fabs(aed_train_report(t).update_norm - 0.05) < 1e-15);
    assert_true(aed_train_report(t).grad_norm == 5.0);
    ok(aed_train_set(t, "slew", 0.01, NULL));
    ok(aed_train_gradient(t, g, D, NULL));
    assert_true(fabs(aed_train_mean(t)[0] - (0.47 - 0.01)) < 1e-15);
    ok(aed_train_set(t, "slew", 0.0, NULL));
    ok(aed_train_set(t, "clip", 0.0, NULL));
    ok(aed_train_gradient(t, g, D, NULL));
    assert_true(fabs(aed_train_mean(t)[0] - (0.46 - 0.3)) < 1e-15);
}

/* theta: noise on what is sent. walk: on theta, adding up. grad: through the optimizer. */
static void dithers(void **state)
{
    const double zero[D] = {0};
    const char *const names[] = {"off", "theta", "walk", "grad"};
    double sent[4] = {0}, walked[4] = {0};

    for (int k = 0; k < 4; k++)
    {
        ok(aed_train_theta(t, (double[D]){0.5, 0.5, 0.5, 0.5, 0.5}, D, NULL));
        ok(aed_train_optim(t, "sgd", NULL));
        ok(aed_train_dither(t, names[k], NULL));
        assert_string_equal(aed_train_dither_name(t), names[k]);
        ok(aed_train_hyper(t, 0.02, 0.0, 0.001, NULL));
        for (int i = 0; i < 200; i++)
        {
            ok(aed_train_gradient(t, zero, D, NULL));
            for (int j = 0; j < D; j++)
            {
                sent[k] += pow(aed_train_emitted(t)[j] - aed_train_mean(t)[j], 2.0) / (200.0 * D);
                walked[k] = fmax(walked[k], fabs(aed_train_mean(t)[j] - 0.5));
            }
        }
    }
    assert_true(sent[0] == 0.0 && walked[0] == 0.0);
    assert_true(fabs(sqrt(sent[1]) / 0.001 - 1.0) < 0.12 && walked[1] == 0.0);
    assert_true(sent[2] == 0.0 && walked[2] > 0.005); /* root 200 sigma */
    assert_true(sent[3] == 0.0 && walked[3] > 0.0 && walked[3] < 0.005);
}

static void falling_losses_shape_the_dither(void **state)
{
    const double g[D] = {1, 0, 0, 0, 0};

    ok(aed_train_optim(t, "sgd", NULL));
    ok(aed_train_set(t, "alpha", 1e-4, NULL));
    for (int i = 0; i < 300; i++)
    {
        ok(aed_train_loss(t, 100.0 - i, NULL, NULL));
        ok(aed_train_gradient(t, g, D, NULL));
    }
    assert_true(t->dither.shape[0] > 2.0 && t->dither.shape[1] < 0.5);
    aed_train_start(t);
    for (int i = 0; i < 300; i++) /* a rising loss approves of nothing */
    {
        ok(aed_train_loss(t, i, NULL, NULL));
        ok(aed_train_gradient(t, g, D, NULL));
    }
    assert_true(t->dither.shape[0] == 1.0);
    ok(aed_train_loss(t, 1000.0, NULL, NULL));
    ok(aed_train_theta(t, goal, D, NULL));
    ok(aed_train_loss(t, 1.0, NULL, NULL)); /* the user's jump is no move of ours */
    assert_true(t->dither.shape[0] == 1.0);
}

static void freezes(void **state)
{
    double out[D];

    ok(aed_train_freeze(t, 1, 1, NULL));
    assert_int_equal(aed_train_frozen(t, 1), 1);
    assert_int_equal(aed_train_frozen(t, 99), 0);
    assert_int_equal(aed_train_freeze(t, D, 1, NULL), AED_E_ARG);
    ok(aed_train_set(t, "sigma", 0.05, NULL));
    ok(aed_train_probe(t, 5, 8, 1, NULL));
    for (int k = 0; k < 4; k++)
    {
        assert_true(aed_train_dither_name(t) != NULL);
        ok(aed_train_dither(t, ((const char *[]){"theta", "walk", "grad", "off"})[k], NULL));
        for (int i = 0; i < 20; i++)
        {
            learn_once(t);
            assert_true(aed_train_emitted(t)[1] == 0.5 && aed_train_mean(t)[1] == 0.5);
        }
        for (size_t i = 0; i < 8; i++)
        {
            ok(aed_train_candidate(t, out, i, NULL));
            assert_true(out[1] == 0.5);
        }
    }
    ok(aed_train_set(t, "policy", 1.0, NULL));
    for (int i = 0; i < 20; i++)
    {
        aed_train_reward(t, test_uniform(0.0, 1.0), NULL);
        assert_true(aed_train_emitted(t)[1] == 0.5);
    }
}

/* Frozen at another value after the best was heard: tests leave it there, and so does the best. */
static void frozen_ones_are_not_brought_back(void **state)
{
    double out[D];

    ok(aed_train_loss(t, 1.0, NULL, NULL));
    ok(aed_train_theta(t, (double[D]){0.5, 0.9, 0.5, 0.5, 0.5}, D, NULL));
    ok(aed_train_freeze(t, 1, 1, NULL));
    ok(aed_train_take_best(t, NULL));
    assert_true(aed_train_emitted(t)[1] == 0.9 && aed_train_best(t)[1] == 0.5);
    ok(aed_train_candidate(t, out, 0, NULL));
    assert_true(out[1] == 0.9);
    ok(aed_train_probe_loss(t, 0, 0.5, NULL));
    assert_int_equal(aed_train_probe_finish(t), 1);
    assert_memory_equal(aed_train_emitted(t), out, sizeof out);
}

static int run_round(double *promised)
{
    double out[D];

    *promised = INFINITY;
    for (size_t i = 0; i < aed_train_probe_n(t); i++)
    {
        ok(aed_train_candidate(t, out, i, NULL));
        *promised = fmin(*promised, loss_at(out));
        ok(aed_train_probe_loss(t, i, loss_at(out), NULL));
    }
    assert_true(aed_train_probe_complete(t));
    return aed_train_probe_finish(t);
}

/* -cos of the gradient and what the step before it moved. */
static void agrees_with_the_last_move(void **state)
{
    const double g[D] = {3, 4, 0, 0, 0}, turned[D] = {-3, -4, 0, 0, 0}, across[D] = {0, 0, 1, 0, 0};
    const double half[D] = {0, 5, 0, 0, 0};

    ok(aed_train_optim(t, "sgd", NULL));
    ok(aed_train_hyper(t, 1e-3, 0.0, 0.0, NULL));
    ok(aed_train_gradient(t, g, D, NULL));
    assert_true(aed_train_report(t).agreement == 0.0); /* no move yet */
    ok(aed_train_gradient(t, g, D, NULL));
    assert_true(fabs(aed_train_report(t).agreement - 1.0) < 1e-12);
    ok(aed_train_gradient(t, turned, D, NULL));
    assert_true(fabs(aed_train_report(t).agreement + 1.0) < 1e-12);
    ok(aed_train_gradient(t, half, D, NULL));
    assert_true(fabs(aed_train_report(t).agreement + 0.8) < 1e-12);
    ok(aed_train_gradient(t, across, D, NULL));
    assert_true(aed_train_report(t).agreement == 0.0);
    ok(aed_train_freeze(t, 2, 1, NULL)); /* what stands has no part in it */
    ok(aed_train_gradient(t, across, D, NULL));
    assert_true(aed_train_report(t).agreement == 0.0);
    ok(aed_train_gradient(t, g, D, NULL));
    ok(aed_train_freeze(
        t, 0, 1, NULL)); /* what moved before it was frozen is no part of the last move */
    for (int i = 0; i < 2; i++)
        ok(aed_train_gradient(t, half, D, NULL));
    assert_true(fabs(aed_train_report(t).agreement - 1.0) < 1e-12);
    ok(aed_train_theta(t, goal, D, NULL)); /* a jump is no move */
    ok(aed_train_gradient(t, g, D, NULL));
    assert_true(aed_train_report(t).agreement == 0.0);
    aed_train_start(t);
    assert_true(aed_train_report(t).agreement == 0.0);
}

/* At a bound nothing moves, so nothing agrees. */
static void a_wall_is_no_move(void **state)
{
    const double g[D] = {1, 0, 0, 0, 0}, along[D] = {1, 1, 0, 0, 0};

    ok(aed_train_optim(t, "sgd", NULL));
    ok(aed_train_hyper(t, 1.0, 0.0, 0.0, NULL));
    for (int i = 0; i < 3; i++)
        ok(aed_train_gradient(t, g, D, NULL));
    assert_true(aed_train_mean(t)[0] == 0.0 && aed_train_report(t).agreement == 0.0);
    ok(aed_train_hyper(t, 0.01, 0.0, 0.0, NULL));
    for (int i = 0; i < 2; i++)
        ok(aed_train_gradient(t, along, D, NULL));
    assert_true(fabs(aed_train_report(t).agreement - sqrt(0.5)) < 1e-12);
}

static void local_tests_improve(void **state)
{
    int rounds = 0, accepted = 0;
    double promised;

    ok(aed_train_probe(t, 10, 8, 1, NULL));
    ok(aed_train_set(t, "alpha", 0.0, NULL)); /* the gradient does nothing */
    assert_false(aed_train_probe_due(t));
    assert_true(isnan(aed_train_report(t).success));
    for (int i = 0; i < 400; i++)
    {
        learn_once(t);
        if (!aed_train_probe_due(t))
            continue;
        rounds++;
        const double before = aed_train_report(t).best_loss;

        if (run_round(&promised))
        {
            accepted++;
            assert_true(promised < before && aed_train_report(t).best_loss == promised);
            assert_true(loss_at(aed_train_emitted(t)) == promised);
            assert_int_equal(t->moments.n, 0);
        }
        else
            assert_true(promised >= before && aed_train_report(t).best_loss == before);
    }
    assert_int_equal(rounds, 40);
    assert_true(accepted > 5 && aed_train_report(t).best_loss < 0.02);
    assert_true(aed_train_report(t).success > 0.0);
}

static void averages_in(void **state)
{
    double out[D];

    ok(aed_train_probe(t, 1, 1, 0.25, NULL));
    ok(aed_train_loss(t, 1.0, NULL, NULL));
    ok(aed_train_candidate(t, out, 0, NULL));
    ok(aed_train_probe_loss(t, 0, 0.9, NULL));
    assert_int_equal(aed_train_probe_finish(t), 1);
    for (int i = 0; i < D; i++)
        assert_true(fabs(aed_train_emitted(t)[i] - (0.75 * 0.5 + 0.25 * out[i])) < 1e-15);
    assert_memory_equal(aed_train_best(t), out, sizeof out);
    assert_true(aed_train_report(t).best_loss == 0.9);
}

static void drops_stale_rounds(void **state)
{
    double out[D];

    assert_int_equal(aed_train_candidate(t, out, 0, NULL), AED_E_STATE);
    ok(aed_train_loss(t, 1.0, NULL, NULL));
    assert_int_equal(aed_train_candidate(t, out, 8, NULL), AED_E_ARG);
    for (int k = 0; k < 4; k++)
    {
        ok(aed_train_candidate(t, out, 0, NULL));
        if (k == 0)
            ok(aed_train_freeze(t, 0, 1, NULL));
        else if (k == 1)
            ok(aed_train_clamp(t, -1.0, 2.0, NULL));
        else if (k == 2)
            ok(aed_train_theta(t, goal, D, NULL));
        else
            aed_train_forget(t);
        assert_int_equal(aed_train_probe_loss(t, 0, 0.1, NULL), AED_E_STATE);
        assert_int_equal(aed_train_probe_finish(t), 0);
    }
}

static void policy_climbs(void **state)
{
    int proposed = -1;

    aed_train_reward(t, 0.5, &proposed);
    assert_int_equal(proposed, 0); /* off */
    ok(aed_train_set(t, "policy", 1.0, NULL));
    aed_train_start(t);
    const double first = loss_at(aed_train_mean(t));

    for (int i = 0; i < 1201; i++)
    {
        const double r = exp(-loss_at(aed_train_emitted(t)));

        aed_train_reward(t, i % 100 == 50 ? NAN : r, &proposed);
        assert_int_equal(proposed, 1);
    }
    assert_true(loss_at(aed_train_mean(t)) < 0.05 * first);
    assert_int_equal(aed_train_report(t).policy_skipped, 12);
    assert_int_equal(aed_train_report(t).steps, aed_train_report(t).policy_pairs);
    assert_true(aed_train_report(t).policy_pairs > 580);
}

static void a_gradient_drops_the_pair(void **state)
{
    ok(aed_train_set(t, "policy", 1.0, NULL));
    aed_train_reward(t, 0.5, NULL);
    assert_int_equal(t->policy.phase, AED_POLICY_PLUS);
    learn_once(t);
    assert_int_equal(t->policy.phase, AED_POLICY_IDLE);
    assert_memory_equal(aed_train_emitted(t), aed_train_mean(t), D * sizeof(double));
}

static void refusals_leave_no_trace(void **state)
{
    const double bad[] = {NAN, INFINITY, -INFINITY};
    double v[D] = {0.5, 0.5, 0.5, 0.5, 0.5}, out[D];
    aed_error e = {0};

    ok(aed_train_set(t, "sigma", 0.01, NULL));
    for (int i = 0; i < 10; i++)
        learn_once(t);
    ok(aed_train_candidate(t, out, 0, NULL));
    const struct bytes before = freeze_bytes(t);

    for (int i = 0; i < 3; i++)
    {
        v[3] = bad[i];
        assert_int_equal(aed_train_gradient(t, v, D, &e), AED_E_NONFINITE);
        assert_int_equal(aed_train_theta(t, v, D, &e), AED_E_NONFINITE);
        assert_int_equal(aed_train_loss(t, bad[i], NULL, &e), AED_E_NONFINITE);
        assert_int_equal(aed_train_hyper(t, 0.1, bad[i], 0.1, &e), AED_E_ARG);
    }
    v[3] = 1e151;
    assert_int_equal(aed_train_gradient(t, v, D, &e), AED_E_NONFINITE);
    assert_int_equal(aed_train_gradient(t, v, D - 1, &e), AED_E_SIZE);
    assert_int_equal(aed_train_theta(t, v, D + 1, &e), AED_E_SIZE);
    v[3] = 1.001;
    assert_int_equal(aed_train_theta(t, v, D, &e), AED_E_ARG);
    assert_int_equal(aed_train_hyper(t, 0.1, 0.5, 2.0, &e), AED_E_ARG);
    assert_int_equal(aed_train_set(t, "rate", 0.1, &e), AED_E_NAME);
    assert_int_equal(aed_train_set(t, "clamp_hi", 0.0, &e), AED_E_ARG);
    assert_int_equal(aed_train_clamp(t, 1.0, 1.0, &e), AED_E_ARG);
    assert_int_equal(aed_train_probe(t, 5, 65, 1, &e), AED_E_ARG);
    assert_int_equal(aed_train_optim(t, "lbfgs", &e), AED_E_NAME);
    assert_int_equal(aed_train_dither(t, "on", &e), AED_E_NAME);
    assert_int_equal(aed_train_probe_loss(t, 8, 0.0, &e), AED_E_ARG);
    assert_unchanged(before);
}

static void theta_survives_float(void **state)
{
    const double v[D] = {1.0 + 5e-7, -5e-7, (float)0.1, 0.5, 1.0};

    ok(aed_train_theta(t, v, D, NULL));
    assert_true(aed_train_mean(t)[0] == 1.0 && aed_train_mean(t)[1] == 0.0);
    assert_true(aed_train_mean(t)[2] == (float)0.1);
}

static void setting_theta_resets_moments(void **state)
{
    double first[D];
    aed_train *other = aed_train_new(D, 1, NULL);

    learn_once(other);
    memcpy(first, aed_train_mean(other), sizeof first);
    aed_train_free(other);
    for (int i = 0; i < 30; i++)
        learn_once(t);
    ok(aed_train_theta(t, (double[D]){0.5, 0.5, 0.5, 0.5, 0.5}, D, NULL));
    learn_once(t);
    assert_memory_equal(aed_train_mean(t), first, sizeof first);
}

static void copies_settings(void **state)
{
    aed_train *other = aed_train_new(3, 1, NULL), *same = aed_train_new(D, 1, NULL);
    double v;

    ok(aed_train_set(t, "beta2", 0.5, NULL));
    ok(aed_train_optim(t, "momentum", NULL));
    ok(aed_train_dither(t, "grad", NULL));
    ok(aed_train_freeze(t, 1, 1, NULL));
    aed_train_copy_settings(other, t);
    aed_train_copy_settings(same, t);
    assert_true(aed_train_get(&v, other, "beta2") && v == 0.5);
    assert_string_equal(aed_train_optim_name(other), "momentum");
    assert_string_equal(aed_train_dither_name(other), "grad");
    assert_int_equal(aed_train_d(other), 3);
    assert_false(aed_train_frozen(other, 1));
    assert_true(aed_train_frozen(same, 1));
    aed_train_free(other);
    aed_train_free(same);
}

static void every_default_is_allowed(void **state)
{
    double v;

    for (const aed_setting *row = aed_train_table; row->name; row++)
    {
        assert_true(aed_train_get(&v, t, row->name));
        ok(aed_train_set(t, row->name, v, NULL));
        assert_int_equal(aed_train_set(t, row->name, NAN, NULL), AED_E_ARG);
    }
    assert_false(aed_train_get(&v, t, "rate"));
}

static void repeats_itself(void **state)
{
    aed_train *a = aed_train_new(D, 5, NULL), *b = aed_train_new(D, 5, NULL);
    aed_train *c = aed_train_new(D, 6, NULL);
    aed_train *all[] = {a, b, c};

    for (int k = 0; k < 3; k++)
    {
        ok(aed_train_set(all[k], "sigma", 0.01, NULL));
        for (int i = 0; i < 50; i++)
            learn_once(all[k]);
    }
    assert_memory_equal(aed_train_emitted(a), aed_train_emitted(b), D * sizeof(double));
    assert_memory_not_equal(aed_train_emitted(a), aed_train_emitted(c), D * sizeof(double));
    for (int k = 0; k < 3; k++)
        aed_train_free(all[k]);
}

static void refuses_sizes(void **state)
{
    aed_error e = {0};

    assert_null(aed_train_new(0, 1, &e));
    assert_int_equal(e.code, AED_E_SIZE);
    assert_null(aed_train_new(AED_TRAIN_D_MAX + 1, 1, &e));
    aed_train_free(NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(learns_with_every_optimizer), TEST(keeps_the_best),
        TEST(undoes_and_redoes), TEST(clamps), TEST(clips_and_slews), TEST(dithers),
        TEST(falling_losses_shape_the_dither), TEST(freezes),
        TEST(frozen_ones_are_not_brought_back), TEST(agrees_with_the_last_move),
        TEST(a_wall_is_no_move), TEST(local_tests_improve), TEST(averages_in),
        TEST(drops_stale_rounds), TEST(policy_climbs), TEST(a_gradient_drops_the_pair),
        TEST(refusals_leave_no_trace), TEST(theta_survives_float),
        TEST(setting_theta_resets_moments), TEST(copies_settings), TEST(every_default_is_allowed),
        TEST(repeats_itself), TEST(refuses_sizes)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
