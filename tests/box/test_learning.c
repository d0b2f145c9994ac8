/* The state of learning as text: read again, it learns on bit by bit; what is damaged is refused. */
#include "box/learning.h"

#include <stdlib.h>
#include <string.h>

#include "common.h"
#include "control/train_state.h"

enum
{
    D = 40 /* more than the regime meter looks at */
};

static aed_train *open_train(int policy)
{
    aed_train *t = aed_train_new(D, 5, NULL);
    const double pairs[] = {3.0, 4.0};
    aed_status bad = aed_train_hyper(t, 0.02, 0.9, 0.01, NULL);

    bad |= aed_train_probe(t, 4.0, 5.0, 0.7, NULL);
    bad |= aed_train_clamp(t, -0.5, 1.5, NULL);
    bad |= aed_train_set(t, "policy", policy, NULL);
    bad |= aed_train_set(t, "anchor", 0.01, NULL);
    bad |= aed_train_freeze(t, 2, 1, NULL);
    bad |= aed_train_tuned(t, pairs, 2, NULL);
    bad |= aed_train_population(t, 3.0, 5.0, NULL);
    aed_train_unbounded(t, 30, 4);
    aed_train_anchor(t);
    assert_int_equal(bad, AED_OK);
    aed_train_start(t);
    return t;
}

static double loss_at(double *g, const double *theta)
{
    double loss = 0.0;

    for (int i = 0; i < D; i++)
    {
        const double off = theta[i] - (double)i / D;

        loss += off * off;
        g[i] = 2.0 * off;
    }
    return loss;
}

static void learn(aed_train *t, int policy, int steps)
{
    double g[D], theta[D];

    for (int k = 0; k < steps; k++)
    {
        const double loss = loss_at(g, aed_train_emitted(t));

        assert_int_equal(aed_train_loss(t, loss, NULL, NULL), AED_OK);
        assert_int_equal(aed_train_lag(t, 0.1, NULL), AED_OK);
        if (policy)
            aed_train_reward(t, -loss, NULL);
        else
            assert_int_equal(aed_train_gradient(t, g, D, NULL), AED_OK);
        if (!aed_train_probe_due(t))
            continue;
        for (size_t i = 0; i < aed_train_probe_n(t); i++)
        {
            assert_int_equal(aed_train_candidate(t, theta, i, NULL), AED_OK);
            assert_int_equal(aed_train_probe_loss(t, i, loss_at(g, theta), NULL), AED_OK);
        }
        aed_train_probe_finish(t);
    }
}

static aed_train *through_text(aed_train *t)
{
    const aed_learning_run run = {1, 100.0, 40.0};
    aed_learning_run back;
    aed_error e = {AED_OK, ""};
    size_t n;
    char *text = aed_learning_encode(t, &run, &n, &e);

    assert_non_null(text);
    aed_train *copy = aed_learning_decode(text, n, &back, &e);
    if (!copy)
        fail_msg("%s", e.msg);
    assert_true(back.running == 1 && back.asked == 100.0 && back.left == 40.0);
    free(text);
    return copy;
}

static void goes_on_bit_by_bit(void **state)
{
    for (int policy = 0; policy < 2; policy++)
        for (int at = 0; at < 40;
             at += 13) /* odd: in the middle of a pair, and of the population */
        {
            aed_train *t = open_train(policy);

            learn(t, policy, at);
            if (at == 26) /* with something to try out of the memory */
                aed_train_forget(t);
            aed_train *copy = through_text(t);
            learn(t, policy, 60);
            learn(copy, policy, 60);
            assert_memory_equal(aed_train_emitted(t), aed_train_emitted(copy), D * sizeof(double));
            assert_memory_equal(aed_train_best(t), aed_train_best(copy), D * sizeof(double));
            const aed_resonance_info a = aed_train_resonance(t), b = aed_train_resonance(copy);

            assert_true(a.opt == b.opt && a.pol == b.pol && a.resonance == b.resonance);
            aed_train_free(t);
            aed_train_free(copy);
        }
}

/* One change of the text each. */
static const struct
{
    const char *from, *to, *says;
} damages[] = {
    {"{", "[", "line 2"},
    {"\"learning\"", "\"preset\"", "not a state of learning"},
    {"\"aed\": 1", "\"aed\": 9", "aed: got version 9"},
    {"\"d\": 40", "\"d\": 41", "state.theta: got 40 numbers, expected 41"},
    {"\"d\": 40", "\"d\": -1", "theta: got 0 values"},
    {"\"adam\"", "\"zork\"", "no optimizer 'zork'"},
    {"\"theta\",", "\"zork\",", "no dither 'zork'"},
    {"\"alpha\": ", "\"alpha\": 1e", "line"},
    {"\"alpha\": ", "\"alpha\": -", "alpha: got -"},
    {"\"mu\": ", "\"zork\": ", "settings.mu is missing"},
    {"\"mu\": ", "\"zork\": 0,\n  \"mu\": ", "no setting 'zork'"},
    {"\"clamp_lo\": -0.5", "\"clamp_lo\": 4", "clamp: got 4"},
    {"\"best\"", "\"worst\"", "state.best is missing"},
    {"\"theta\": [\n", "\"theta\": [7e5,\n", "state.theta: got 41 numbers"},
    {"\"dither.shape\": [\n", "\"dither.shape\": [0,\n", "state.dither.shape: got 41"},
    {"\"has_undo\": [\n   1", "\"has_undo\": [\n   0.5", "state.has_undo: value 1 cannot be"},
    {"\"loss\": [\n   ", "\"loss\": [\n   \"low\", 1", "state.loss: got 2"},
    {"\"policy.phase\": [\n   0", "\"policy.phase\": [\n   3", "state.policy.phase: value 1"},
    {"\"population.n\": [\n   3", "\"population.n\": [\n   65", "population: got 65 starts"},
    {"\"asked\": 100", "\"asked\": -1", "asked: got -1"},
};

static void damage_is_refused(void **state)
{
    aed_train *t = open_train(0);
    const aed_learning_run run = {1, 100.0, 40.0};
    aed_learning_run back;
    size_t n;

    learn(t, 0, 3);
    char *text = aed_learning_encode(t, &run, &n, NULL), *bad = malloc(n + 100);

    for (size_t i = 0; i < sizeof damages / sizeof *damages; i++)
    {
        const char *at = strstr(text, damages[i].from);
        aed_error e = {AED_OK, ""};

        if (!at)
            fail_msg("no '%s' in\n%.400s", damages[i].from, text);
        memcpy(bad, text, (size_t)(at - text));
        strcpy(bad + (at - text), damages[i].to);
        strcat(bad, at + strlen(damages[i].from));
        assert_null(aed_learning_decode(bad, strlen(bad), &back, &e));
        if (!strstr(e.msg, damages[i].says))
            fail_msg("'%s' says '%s'", damages[i].to, e.msg);
    }
    free(text);
    free(bad);
    aed_train_free(t);
}

static void names_are_unique(void **state)
{
    aed_train *t = open_train(0);
    aed_train_field f[AED_TRAIN_FIELDS];
    const size_t n = aed_train_fields(f, t);

    assert_in_range(n, 1, AED_TRAIN_FIELDS);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(f[i].name, f[j].name);
    aed_train_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(goes_on_bit_by_bit),
        cmocka_unit_test(damage_is_refused), cmocka_unit_test(names_are_unique)};

    return cmocka_run_group_tests_name("learning", tests, NULL, NULL);
}
