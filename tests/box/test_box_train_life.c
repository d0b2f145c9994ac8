/* [aed_train] alone: what would end learning, and how long it lives on. */
#include <string.h>

#include "onetrain.h"

/* ---- what would end learning ---- */

static const char *const poison[] = {"loss nan", "loss 1e30", "reward inf"};

static void learning_survives(void **state)
{
    (void)state;
    fake_accept(train, 0, "theta 0.5 0.5 0.5");
    fake_accept(train, 0, "start");
    assert_true(fake_run_until(train, 0, 10.0));
    const double first = loss_of(train->sent[0].v);
    for (size_t i = 0; i < 100; i++)
    {
        if (i % 20 == 10)
            fake_send(train, 2, poison[i / 20 % 3]);
        if (i % 20 == 15)
            fake_send(train, 0, i / 20 % 2 ? "0.1 nan 0.2" : "1e20 0 -1e20");
        else
            answer();
        assert_true(fake_run_until(train, 0, 10.0));
    }
    assert_int_equal(fake_seen(train, 1, "step"), 100);
    assert_int_equal(
        train->errors, 7); /* of ten: three explosions follow another in less than 32 steps */
    train->errors = 0;
    assert_true(loss_of(train->sent[0].v) < 0.1 * first);
}

static void an_explosion_is_told(void **state)
{
    double good[D];

    (void)state;
    fake_accept(train, 0, "theta 0.5 0.5 0.5");
    fake_accept(train, 0, "start");
    for (size_t i = 0; i < 20; i++)
    {
        assert_true(fake_run_until(train, 0, 10.0));
        memcpy(good, train->sent[0].v, sizeof good);
        answer();
    }
    assert_true(fake_run_until(train, 0, 10.0));
    fake_send(train, 2, "loss 1000");
    assert_non_null(strstr(fake_only_error(train), "loss 1000, after "));
    fake_accept(train, 0, "5 5 5"); /* of what was left: passed over */
    assert_true(fake_run_until(train, 0, 10.0));
    assert_memory_equal(train->sent[0].v, good, sizeof good);
    fake_accept(train, 2, "loss 1000"); /* there too: another target */
    assert_int_equal(fake_seen(train, 1, "retarget"), 1);
    fake_accept(train, 0, "explode 0");
    fake_accept(train, 2, "loss 1e9");
}

/* Of ten in ten steps, the first; another one much later is said again. */
static void explosions_in_a_row_are_said_once(void **state)
{
    (void)state;
    fake_accept(train, 0, "theta 0.5 0.5 0.5");
    fake_accept(train, 0, "start");
    for (int i = 0; i < 120; i++)
    {
        const int bad = (i >= 20 && i < 30) || i == 80;

        assert_true(fake_run_until(train, 0, 10.0));
        fake_accept(train, 2, "loss 1");
        fake_send(train, 0, bad ? "1e9 1 1" : "0.1 0.1 0.1");
        if (i == 20 || i == 80)
            assert_non_null(strstr(fake_only_error(train), "the gradient has blown up"));
        else
            fake_no_errors(&host);
    }
}

/* Of a run that starts itself again when it is done. */
static void start_when_done(
    void *context, fake_object *o, size_t outlet, const char *selector, const double *v, size_t n)
{
    if (selector && strcmp(selector, "done") == 0)
        fake_send(o, 0, "start");
}

static void another_length_while_starting_again(void **state)
{
    (void)state;
    fake_accept(train, 0, "tuned"); /* no numbers at all */
    fake_accept(train, 0, "theta 0.5 0.5 0.5");
    fake_accept(train, 0, "start");
    assert_true(fake_run_until(train, 0, 10.0));
    host.tap = start_when_done;
    fake_accept(train, 0, "theta 0.5 0.5");
    assert_true(fake_run_until(train, 0, 10.0));
    assert_int_equal(train->sent[0].n, 2);
    fake_accept(train, 0, "1 0");
    assert_int_equal(fake_seen(train, 1, "step"), 1);
    host.tap = NULL;
}

static void sing_another_song(
    void *context, fake_object *o, size_t outlet, const char *selector, const double *v, size_t n)
{
    if (selector && strcmp(selector, "retarget") == 0)
        fake_send(o, 0, "theta 0.1 0.2 0.3 0.4 0.5 0.6 0.7 0.8");
}

/* What the patch does on `retarget` changes nothing of the loss that was told. */
static void another_length_on_retarget(void **state)
{
    double curve[2] = {0.0};

    (void)state;
    fake_array(&host, "curve", curve, 2);
    fake_accept(train, 0, "history curve");
    fake_accept(train, 0, "theta 0.5 0.5 0.5");
    fake_accept(train, 0, "start");
    fake_accept(train, 2, "loss 1");
    fake_send(train, 2, "loss 1000");
    train->errors = 0;
    host.tap = sing_another_song;
    fake_accept(train, 2, "loss 1000");
    assert_true(curve[0] == 1000.0);
    host.tap = NULL;
}

/* In the block between a step and its candidates: around what they would be is not known any more. */
static void another_target_before_the_candidates(void **state)
{
    double best[D];

    (void)state;
    fake_accept(train, 0, "theta 0.5 0.5 0.5");
    fake_accept(train, 0, "probe 1 1");
    fake_accept(train, 0, "start");
    assert_true(fake_run_until(train, 0, 10.0));
    memcpy(best, train->sent[0].v, sizeof best);
    answer();
    fake_accept(train, 2, "target 4096");
    assert_true(fake_run_until(train, 0, 10.0)); /* and not after seconds */
    assert_string_equal(train->sent[0].selector, "");
    answer();
    assert_true(fake_run_until(train, 0, 10.0));
    assert_string_equal(train->sent[0].selector, "probe");
    assert_memory_equal(train->sent[0].v + 1, best, sizeof best); /* remembered */
    fake_no_errors(&host);
}

/* ---- how it goes ---- */

static void the_regime_is_told(void **state)
{
    static const char *const names[] = {"regime", "resonance", "opt", "pol", "penalty"};

    (void)state;
    fake_accept(train, 0, "theta 0.5 0.5 0.5");
    fake_accept(train, 0, "optim momentum");
    fake_accept(train, 0, "mu 0.97");
    fake_accept(train, 0, "alpha 0.1");
    fake_accept(train, 0, "start");
    for (size_t i = 0; i < 60; i++)
    {
        assert_true(fake_run_until(train, 0, 10.0));
        assert_int_equal(fake_seen(train, 1, "regime"), i < 8 ? 0 : i - 7);
        answer();
    }
    for (size_t k = 0; k < 5; k++)
        assert_int_equal(fake_seen(train, 1, names[k]), 53);
}

static void the_anchor_is_taken(void **state)
{
    (void)state;
    fake_refuse(train, 0, "anchor", "anchor: there is no theta yet");
    fake_accept(train, 0, "theta 0.2 0.9 0.1");
    fake_accept(train, 0, "anchor");
    fake_accept(train, 0, "anchor 1e5");
    fake_accept(train, 0, "start");
    for (size_t i = 0; i < 40; i++)
    {
        assert_true(fake_run_until(train, 0, 10.0));
        answer();
    }
    assert_true(fabs(train->sent[0].v[2] - 0.1) < 0.05); /* the goal is .6 */
    assert_true(fake_seen(train, 1, "anchor") > 0);
}

static void some_stand_still(void **state)
{
    static const char *const messages[] = {"freeze 1", "solo 0 2"};

    (void)state;
    fake_refuse(train, 0, "solo 0", "solo: there is no theta yet");
    for (size_t k = 0; k < 2; k++)
    {
        fake_accept(train, 0, "theta 0.5 0.5 0.5");
        fake_accept(train, 0, "freeze");
        fake_accept(train, 0, messages[k]);
        fake_accept(train, 0, "start 5");
        for (size_t i = 0; i < 5; i++)
        {
            assert_true(fake_run_until(train, 0, 10.0));
            answer();
        }
        assert_true(fake_run_until(train, 0, 10.0));
        assert_true(train->sent[0].v[0] < 0.5 && train->sent[0].v[2] > 0.5);
        assert_true(train->sent[0].v[1] == 0.5);
    }
    fake_accept(train, 0, "solo");
    fake_accept(train, 0, "start");
    for (size_t i = 0; i < 5; i++)
    {
        assert_true(fake_run_until(train, 0, 10.0));
        answer();
    }
    assert_true(train->sent[0].v[1] > 0.5);
}

static void several_starts(void **state)
{
    double least = INFINITY;

    (void)state;
    fake_accept(train, 0, "theta 0 0 0");
    fake_accept(train, 0, "alpha 0.001");
    fake_accept(train, 0, "population 6 3");
    fake_accept(train, 0, "start 30");
    for (size_t i = 0; i < 18; i++)
    {
        assert_true(fake_run_until(train, 0, 10.0));
        least = fmin(least, loss_of(train->sent[0].v));
        answer();
    }
    assert_true(fake_run_until(train, 0, 10.0));
    assert_true(loss_of(train->sent[0].v) == least);
    assert_int_equal(fake_seen(train, 1, "population"), 18);
    answer();
    assert_int_equal(fake_seen(train, 1, "population"), 18);
}

static void a_policy_hears_gradients_too(void **state)
{
    (void)state;
    fake_accept(train, 0, "policy 1");
    fake_accept(train, 0, "blend 1");
    fake_accept(train, 0, "theta 0.5 0.5 0.5");
    fake_accept(train, 0, "start 100");
    assert_true(fake_run_until(train, 0, 10.0));
    const double first = loss_of(train->sent[0].v);
    for (size_t i = 0; i < 201; i++)
    {
        const double reward = exp(-loss_of(train->sent[0].v));

        fake_send_numbers(train, 2, "reward", &reward, 1);
        assert_false(fake_run_until(train, 0, 10.0)); /* it waits for the gradient */
        if (i == 50)
        {
            fake_send(train, 0, "0 nan 0");
            train->errors = 0;
        }
        else
            answer();
        assert_true(fake_run_until(train, 0, 10.0));
    }
    assert_int_equal(fake_seen(train, 1, "done"), 1);
    assert_true(loss_of(train->sent[0].v) < 0.05 * first);
    fake_no_errors(&host);
}

/* A reward has come and waits for its gradient: that goes on, whatever it weighs by then. */
static void blend_ends_while_a_reward_waits(void **state)
{
    (void)state;
    fake_accept(train, 0, "theta 0.5 0.5 0.5");
    fake_accept(train, 0, "policy 1");
    fake_accept(train, 0, "blend 1");
    fake_accept(train, 0, "start");
    assert_true(fake_run_until(train, 0, 10.0));
    fake_accept(train, 2, "reward 1");
    fake_accept(train, 0, "blend 0");
    fake_accept(train, 0, "1 1 1");
    assert_true(fake_run_until(train, 0, 10.0));
    fake_accept(train, 2, "reward 1");
    fake_accept(train, 0, "1 1 1");
    assert_true(fake_run_until(train, 0, 10.0));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, one_train_open, one_train_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(learning_survives),
        TEST(explosions_in_a_row_are_said_once),
        TEST(another_length_while_starting_again),
        TEST(blend_ends_while_a_reward_waits),
        TEST(another_length_on_retarget),
        TEST(another_target_before_the_candidates),
        TEST(an_explosion_is_told),
        TEST(the_regime_is_told),
        TEST(the_anchor_is_taken),
        TEST(some_stand_still),
        TEST(a_policy_hears_gradients_too),
        TEST(several_starts),
    };

    return cmocka_run_group_tests_name("aed_train's life", tests, NULL, NULL);
}
