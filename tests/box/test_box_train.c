/* [aed_train] alone, with a plant that the test plays: theta goes out, the test answers. */
#include <stdio.h>
#include <string.h>

#include "control/train.h"
#include "onetrain.h"

static uint64_t theta_now(void)
{
    train->sent[0].hash = 0;
    fake_accept(train, 0, "bang");
    assert_true(fake_run_until(train, 0, 10.0));
    return train->sent[0].hash;
}

static const struct
{
    size_t inlet;
    const char *message, *says;
} bad[] = {
    {0, "theta", "theta: got no values"},
    {0, "theta .1 .2 nan", "argument 3 is nan, expected a finite number"},
    {0, "theta .1 .2 zork", "argument 3 is 'zork', expected a number"},
    {0, "theta .1 .2 1.5",
        "theta: value 3 is 1.5, allowed 0 … 1 (clamp lo hi, or unbounded first n)"},
    {0, "0 nan 0", "argument 2 is nan"},
    {0, "bang 1", "expected at most 0"},
    {0, "start 0", "start: got 0 steps, allowed 1 … 1e9"},
    {0, "start -3", "start: got -3 steps"},
    {0, "start 1 2", "got 2 arguments, expected at most 1"},
    {0, "start now", "argument 1 is 'now'"},
    {0, "stop 1", "expected at most 0"},
    {0, "step 1", "expected at most 0"},
    {0, "undo", "undo: there was no start"},
    {0, "best", "best: no loss has come since start"},
    {0, "optim", "got 0 arguments"},
    {0, "optim zork", "no optimizer 'zork', there are: adam sgd momentum rprop sign"},
    {0, "dither zork", "no dither 'zork', there are: theta walk grad off"},
    {0, "dither 1", "argument 1 is 1, expected a name"},
    {0, "clamp 1 0", "clamp: got 1 … 0, the first must be smaller"},
    {0, "clamp 0", "got 1 argument, expected at least 2"},
    {0, "clamp 0 1e9", "clamp_hi: got 1e+09, allowed"},
    {0, "unbounded 1", "got 1 argument, expected at least 2"},
    {0, "unbounded -1 2", "unbounded: got -1, allowed 0 …"},
    {0, "unbounded 0 1e9", "unbounded: got 1e+09, allowed 0 …"},
    {0, "unbounded 0 all", "argument 2 is 'all'"},
    {0, "probe", "got 0 arguments"},
    {0, "probe -1", "probe: got -1, allowed 0"},
    {0, "probe 5 100", "probe_n: got 100, allowed 1 … 64"},
    {0, "probe 5 8 2", "rho: got 2, allowed 0 … 1"},
    {0, "seed -1", "seed: got -1, allowed 0 … 16777216"},
    {0, "reset 1", "expected at most 0"},
    {0, "alpha", "alpha: expected one number"},
    {0, "alpha fast", "alpha: expected one number"},
    {0, "alpha 11", "alpha: got 11, allowed 0 … 10"},
    {0, "policy -1", "policy: got -1, allowed 0"},
    {1, "1 2", "got 2 arguments, expected at least 3"},
    {1, "1 2 3 4", "got 4 arguments, expected at most 3"},
    {1, "1 nan 0", "argument 2 is nan"},
    {1, "11 0 0", "alpha: got 11, allowed 0 … 10"},
    {1, "zork", "no message 'zork' at inlet 2"},
    {2, "nan", "argument 1 is nan"},
    {2, "loss", "got 0 arguments"},
    {2, "loss high", "argument 1 is 'high'"},
    {2, "probe 1", "got 1 argument, expected at least 2"},
    {2, "reward inf", "argument 1 is inf"},
    {2, "target", "got 0 arguments"},
    {0, "penalty 1", "got 1 argument, expected at least 2"},
    {0, "penalty 1 -1", "penalty_slew: got -1, allowed 0"},
    {0, "anchor -1", "anchor: got -1, allowed 0"},
    {0, "anchor home", "argument 1 is 'home'"},
    {0, "probe_pairs 2", "probe_pairs: got 2, allowed 0"},
    {0, "population", "got 0 arguments"},
    {0, "population 65", "population: got 65 starts, allowed 0 … 64"},
    {0, "population 4 0", "population: got 0 steps, allowed 1"},
    {0, "freeze 3", "freeze: place in theta: got 3, allowed 0 … 2"},
    {0, "freeze 0 -1", "freeze: place in theta: got -1"},
    {0, "solo 0.5", "solo: place in theta: got 0.5"},
    {0, "solo all", "argument 1 is 'all'"},
    {0, "history nowhere", "history: no array 'nowhere' with room for a number"},
    {0, "history 3", "argument 1 is 3, expected a name"},
    {0, "log 3", "argument 1 is 3, expected a name"},
    {0, "save", "got 0 arguments"},
    {0, "read", "got 0 arguments"},
    {0, "explode -1", "explode: got -1, allowed 0"},
};

static void bad_messages_change_nothing(void **state)
{
    aed_error e;
    fake_object *twin = fake_new(&host, &aed_class_train, "", &e);

    (void)state;
    fake_accept(train, 0, "theta 0.1 0.2 0.3");
    fake_accept(twin, 0, "theta 0.1 0.2 0.3");
    const uint64_t before = theta_now();
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    {
        fake_refuse(train, bad[i].inlet, bad[i].message, bad[i].says);
        if (theta_now() != before)
            fail_msg("'%s' was refused, but theta changed", bad[i].message);
    }
    /* Settings too: a twin that heard none of it learns the same. */
    fake_accept(train, 0, "start");
    fake_accept(twin, 0, "start");
    for (size_t i = 0; i < 5; i++)
    {
        const double g[D] = {0.1, -0.2, 0.3};

        fake_run(&host, 3.0);
        fake_send_numbers(train, 0, NULL, g, D);
        fake_send_numbers(twin, 0, NULL, g, D);
    }
    fake_run(&host, 3.0);
    for (size_t k = 0; k < D; k++)
        assert_true(train->sent[0].v[k] == twin->sent[0].v[k]);
}

static void bad_arguments(void **state)
{
    aed_error e = {AED_OK, ""};

    (void)state;
    assert_null(fake_new(&host, &aed_class_train, "zork", &e));
    assert_non_null(strstr(e.msg, "no optimizer 'zork'"));
    assert_null(fake_new(&host, &aed_class_train, "3", &e));
    assert_non_null(strstr(e.msg, "the name of an optimizer"));
    assert_non_null(fake_new(&host, &aed_class_train, "sgd", &e));
}

static void it_asks_the_plant(void **state)
{
    (void)state;
    fake_accept(train, 0, "bang");
    assert_int_equal(train->sent[0].count, 0); /* a block later at the earliest */
    fake_run(&host, 3.0);
    assert_string_equal(train->sent[0].selector, "ask");
    fake_accept(train, 0, "start 5");
    fake_run(&host, 3.0);
    assert_int_equal(fake_seen(train, 0, "ask"), 2);
    fake_accept(train, 0, "theta 0.5 0.5 0.5");
    fake_run(&host, 3.0);
    assert_string_equal(train->sent[0].selector, "");
    assert_int_equal(train->sent[0].n, D);
    assert_int_equal(fake_seen(train, 1, "start"), 1);
}

static void a_run_of_n_steps(void **state)
{
    (void)state;
    fake_accept(train, 0, "theta 0.5 0.5 0.5");
    fake_accept(train, 0, "start 60");
    assert_true(fake_run_until(train, 0, 10.0));
    const double first = loss_of(train->sent[0].v);
    for (size_t i = 0; i < 60; i++)
    {
        const size_t sent = train->sent[0].count;

        answer();
        assert_int_equal(train->sent[0].count, sent);
        assert_true(fake_run_until(train, 0, 10.0));
    }
    assert_int_equal(fake_seen(train, 1, "step"), 60);
    assert_int_equal(fake_seen(train, 1, "agreement"), 60);
    assert_int_equal(fake_seen(train, 1, "success"), 0); /* there were no local tests */
    assert_int_equal(fake_seen(train, 1, "done"), 1);
    assert_true(loss_of(train->sent[0].v) < 0.05 * first);
    answer(); /* nobody asked */
    assert_false(fake_run_until(train, 0, 20.0));
    fake_no_errors(&host);
}

static void stop_sends_the_best(void **state)
{
    (void)state;
    fake_accept(train, 0, "theta 0.5 0.5 0.5");
    fake_accept(train, 0, "alpha 0.2");
    fake_accept(train, 0, "optim momentum");
    fake_accept(train, 0, "start");
    assert_true(fake_run_until(train, 0, 10.0));
    double best[D] = {0.0}, least = INFINITY;
    for (size_t i = 0; i < 17; i++)
    {
        if (loss_of(train->sent[0].v) < least)
        {
            least = loss_of(train->sent[0].v);
            memcpy(best, train->sent[0].v, sizeof best);
        }
        answer();
        assert_true(fake_run_until(train, 0, 10.0));
    }
    fake_accept(train, 0, "stop");
    assert_true(fake_run_until(train, 0, 10.0));
    assert_memory_equal(train->sent[0].v, best, sizeof best);
    assert_int_equal(fake_seen(train, 1, "done"), 1);
    fake_accept(train, 0, "undo");
    assert_true(fake_run_until(train, 0, 10.0));
    for (size_t k = 0; k < D; k++)
        assert_true(train->sent[0].v[k] == 0.5);
    fake_accept(train, 0, "undo");
    assert_true(fake_run_until(train, 0, 10.0));
    assert_memory_equal(train->sent[0].v, best, sizeof best);
}

/* `step`, `step`, `step` has to get somewhere. */
static void single_steps_go_on(void **state)
{
    (void)state;
    fake_accept(train, 0, "theta 0.5 0.5 0.5");
    fake_accept(train, 0, "bang");
    assert_true(fake_run_until(train, 0, 10.0));
    const double first = loss_of(train->sent[0].v);
    for (size_t i = 0; i < 10; i++)
    {
        fake_accept(train, 0, "step");
        assert_true(fake_run_until(train, 0, 10.0));
        answer();
        assert_true(fake_run_until(train, 0, 10.0));
    }
    assert_true(loss_of(train->sent[0].v) < 0.9 * first);
}

static void gradients_that_nobody_waits_for(void **state)
{
    (void)state;
    fake_accept(train, 0, "0.1 0.2 0.3"); /* no theta, no run */
    fake_accept(train, 0, "theta 0.5 0.5 0.5");
    fake_accept(train, 0, "0.1 0.2 0.3"); /* no run */
    assert_false(fake_run_until(train, 0, 20.0));
    fake_accept(train, 0, "start");
    assert_true(fake_run_until(train, 0, 10.0));
    fake_refuse(train, 0, "0.1 0.2", "gradient: got 2 values, expected 3");
    assert_false(fake_run_until(train, 0, 20.0));
}

static void hyper_parameters_act(void **state)
{
    (void)state;
    fake_accept(train, 0, "optim momentum");
    fake_accept(train, 0, "theta 0.5 0.5 0.5");
    fake_accept(train, 0, "start");
    assert_true(fake_run_until(train, 0, 10.0));
    fake_accept(train, 1, "0.1 0 0");
    fake_accept(train, 0, "1 0 -1");
    assert_true(fake_run_until(train, 0, 10.0));
    assert_true(fabs(train->sent[0].v[0] - 0.4) < 1e-6);
    assert_true(fabs(train->sent[0].v[2] - 0.6) < 1e-6);
    fake_accept(train, 0, "clamp 0.35 0.61");
    fake_accept(train, 0, "1 0 -1");
    assert_true(fake_run_until(train, 0, 10.0));
    assert_true(fabs(train->sent[0].v[0] - 0.35) < 1e-6);
    assert_true(fabs(train->sent[0].v[2] - 0.61) < 1e-6);
}

static void every_setting_is_a_message(void **state)
{
    (void)state;
    for (const aed_setting *s = aed_train_table; s->name; s++)
    {
        char message[80];

        if (strcmp(s->name, "probe") == 0 || strncmp(s->name, "clamp", 5) == 0)
            continue; /* messages of their own, or not free of each other */
        snprintf(message, sizeof message, "%s %.9g", s->name, s->hi);
        fake_accept(train, 0, message);
        snprintf(message, sizeof message, "%s %.9g", s->name, s->lo);
        fake_accept(train, 0, message);
        snprintf(message, sizeof message, "%s %.9g", s->name, 1.0 + 2.0 * fabs(s->hi));
        fake_refuse(train, 0, message, "allowed");
    }
}

static void another_length_begins_anew(void **state)
{
    (void)state;
    fake_accept(train, 0, "alpha 0.1");
    fake_accept(train, 0, "optim momentum");
    fake_accept(train, 0, "theta 0.5 0.5 0.5");
    fake_accept(train, 0, "start");
    assert_true(fake_run_until(train, 0, 10.0));
    fake_accept(train, 0, "theta 0.5 0.5");
    fake_accept(train, 0, "mu 0");
    fake_accept(train, 0, "start");
    assert_true(fake_run_until(train, 0, 10.0));
    assert_int_equal(train->sent[0].n, 2);
    fake_accept(train, 0, "1 0");
    assert_true(fake_run_until(train, 0, 10.0));
    assert_true(fabs(train->sent[0].v[0] - 0.4) < 1e-6); /* alpha and optimizer stayed */
}

/* ---- local tests ---- */

static void answer_candidates(size_t n)
{
    for (size_t i = 0; i < n; i++)
    {
        const double lost[2] = {(double)i, 1e3};

        fake_send_numbers(train, 2, "probe", lost, 2);
    }
}

static void start_with_probes(void)
{
    fake_accept(train, 0, "theta 0.5 0.5 0.5");
    fake_accept(train, 0, "probe 1 4 1");
    fake_accept(train, 0, "start");
    assert_true(fake_run_until(train, 0, 10.0));
    answer();
    assert_true(fake_run_until(train, 0, 10.0));
    assert_string_equal(train->sent[0].selector, "probe");
    assert_int_equal(fake_seen(train, 0, "probe"), 4);
}

static void candidates_are_answered(void **state)
{
    (void)state;
    start_with_probes();
    fake_accept(train, 0, "9 9 9"); /* a late gradient is not a step */
    fake_send(train, 2, "probe 7 0.1");
    assert_non_null(strstr(fake_only_error(train), "probe: no candidate 7 is out"));
    fake_send(train, 2, "probe 1e30 0.1"); /* more than a size_t holds */
    assert_non_null(strstr(fake_only_error(train), "probe: no candidate 1e+30 is out"));
    answer_candidates(4);
    assert_true(fake_run_until(train, 0, 10.0));
    assert_string_equal(train->sent[0].selector, "");
    assert_int_equal(fake_seen(train, 1, "accepted"), 0);
    fake_no_errors(&host);
}

static void a_better_candidate_is_taken(void **state)
{
    (void)state;
    start_with_probes();
    double third[D] = {0.0};
    memcpy(third, train->sent[0].v + 1, sizeof third); /* the last one, number 3 */
    fake_accept(train, 2, "probe 0 10");
    fake_accept(train, 2, "probe 1 10");
    fake_accept(train, 2, "probe 2 10");
    fake_accept(train, 2, "probe 3 0.00001");
    assert_true(fake_run_until(train, 0, 10.0));
    assert_int_equal(fake_seen(train, 1, "accepted"), 1);
    assert_memory_equal(train->sent[0].v, third, sizeof third);
    assert_int_equal(fake_seen(train, 1, "success"), 0);
    answer();
    assert_int_equal(fake_seen(train, 1, "success"), 1);
    fake_no_errors(&host);
}

/* Messages that drop the round or jump while candidates are out must not stop learning. */
static void a_jump_while_candidates_are_out(void **state)
{
    static const char *const jumps[] = {"theta 0.4 0.4 0.4", "best", "undo", "clamp 0 0.9",
        "clamp_hi 0.9", "probe 0", "probe 3 2 1", "unbounded 1 1"};

    (void)state;
    for (size_t i = 0; i < sizeof jumps / sizeof *jumps; i++)
    {
        fake_accept(train, 0, "clamp 0 1");
        start_with_probes();
        fake_accept(train, 0, jumps[i]);
        for (size_t step = 0; step < 20; step++)
        {
            fake_run(&host, 3.0);
            if (strcmp(train->sent[0].selector, "probe") == 0)
                answer_candidates(4);
            else
                answer();
            train->errors = 0;
        }
        if (fake_seen(train, 1, "step") < 3)
            fail_msg("'%s' while candidates were out: learning stopped", jumps[i]);
        one_train_close(NULL);
        one_train_open(NULL);
    }
}

/* Nor must they end local tests, be it that they change nothing. */
static void a_dropped_round_is_not_the_last(void **state)
{
    static const char *const drops[] = {"bang", "clamp 0 1", "clamp_hi 1", "unbounded 0 0",
        "freeze", "solo", "freeze 1", "tuned", "tuned 7 2", "best"};

    (void)state;
    for (size_t i = 0; i < sizeof drops / sizeof *drops; i++)
    {
        start_with_probes();
        fake_accept(train, 0, drops[i]);
        assert_true(fake_run_until(train, 0, 10.0));
        assert_int_equal(fake_seen(train, 0, "probe"), 4);
        fake_send(train, 2, "probe 0 0"); /* late */
        answer();
        fake_run(&host, 3.0);
        if (fake_seen(train, 0, "probe") != 8)
            fail_msg("'%s' while candidates were out: no candidates any more", drops[i]);
        fake_no_errors(&host);
        one_train_close(NULL);
        one_train_open(NULL);
    }
}

/* Candidates that are out were made within the bounds of before: theta leaves instead of them, and their
 * losses are nobody's. */
static void new_bounds_drop_the_round(void **state)
{
    (void)state;
    start_with_probes();
    fake_accept(train, 0, "unbounded 1 1");
    assert_true(fake_run_until(train, 0, 10.0));
    assert_string_equal(train->sent[0].selector, "");
    fake_send(train, 2, "probe 3 0.00001");
    assert_int_equal(fake_seen(train, 1, "accepted"), 0);
    fake_no_errors(&host);
}

/* The range is the one said last, first and n in this order; where it was, the clamps are again. */
static void a_range_has_no_bounds(void **state)
{
    static const double out[D] = {0.5, -3.5, 0.5};

    (void)state;
    fake_accept(train, 0, "unbounded 1 2");
    fake_accept(train, 0, "theta 0.5 -3.5 0.5");
    (void)theta_now();
    assert_memory_equal(train->sent[0].v, out, sizeof out);
    fake_refuse(train, 0, "theta -3.5 0.5 0.5", "theta: value 1 is -3.5, allowed 0 … 1");
    fake_accept(train, 0, "unbounded 0 1");
    fake_refuse(train, 0, "theta 0.5 -3.5 0.5", "theta: value 2 is -3.5");
    fake_accept(train, 0, "unbounded 0 0");
    fake_refuse(train, 0, "theta 1.5 0.5 0.5", "theta: value 1 is 1.5");
}

/* A candidate that is never answered: the round ends with what has come, and learning goes on. */
static void a_lost_answer_does_not_stop_learning(void **state)
{
    (void)state;
    start_with_probes();
    answer_candidates(3);
    fake_run(&host, 4000.0);
    assert_string_equal(train->sent[0].selector, "probe");
    fake_run(&host, 2000.0);
    assert_string_equal(train->sent[0].selector, "");
    fake_no_errors(&host);
}

/* ---- when nothing comes back ---- */

static void silence_is_told_once(void **state)
{
    (void)state;
    fake_accept(train, 0, "start");
    fake_run(&host, 4900.0);
    fake_no_errors(&host);
    fake_run(&host, 20000.0);
    assert_non_null(strstr(fake_only_error(train), "no theta came: connect outlet 1"));
    fake_accept(train, 0, "theta 0.5 0.5 0.5");
    fake_run(&host, 20000.0);
    assert_non_null(strstr(fake_only_error(train), "nothing came back for the last theta"));
    answer();
    assert_true(fake_run_until(train, 0, 10.0));
    fake_accept(train, 0, "stop");
    fake_run(&host, 20000.0);
    fake_no_errors(&host);
}

static void a_refused_theta_changes_nothing(void **state)
{
    (void)state;
    fake_accept(train, 0, "theta 0.5 0.25 0.75");
    const uint64_t before = theta_now();
    fake_accept(train, 0, "start");
    assert_true(fake_run_until(train, 0, 10.0));
    fake_refuse(train, 0, "theta 5 5", "theta: value 1 is 5");
    answer();
    assert_int_equal(fake_seen(train, 1, "step"), 1);
    fake_accept(train, 0, "stop");
    fake_accept(train, 0, "undo");
    assert_int_equal(train->sent[0].n, D);
    assert_true(theta_now() == before);
}

static void stop_at_the_third(
    void *context, fake_object *o, size_t outlet, const char *selector, const double *v, size_t n)
{
    (void)context, (void)n;
    if (o == train && outlet == 1 && selector && strcmp(selector, "step") == 0 && v[0] == 3.0)
        fake_send(train, 0, "stop");
}

/* A patch that stops the run on what it was just told. */
static void stop_from_inside(void **state)
{
    (void)state;
    fake_accept(train, 0, "theta 0.5 0.5 0.5");
    fake_accept(train, 0, "probe 1 4 1");
    fake_accept(train, 0, "start");
    host.tap = stop_at_the_third;
    for (size_t i = 0; i < 40; i++)
    {
        fake_run(&host, 3.0);
        if (strcmp(train->sent[0].selector, "probe") == 0)
            answer_candidates(4);
        else
            answer();
        train->errors = 0;
    }
    assert_int_equal(fake_seen(train, 1, "step"), 3);
    assert_int_equal(fake_seen(train, 1, "done"), 1);
    assert_string_equal(train->sent[0].selector, "");
}

/* ---- policy ---- */

static void policy_climbs(void **state)
{
    (void)state;
    fake_accept(train, 0, "policy 1");
    fake_accept(train, 0, "theta 0.5 0.5 0.5");
    fake_accept(train, 0, "start 200");
    assert_true(fake_run_until(train, 0, 10.0));
    const double first = loss_of(train->sent[0].v);
    for (size_t i = 0; i < 2000 && !fake_seen(train, 1, "done"); i++)
    {
        const double loss = loss_of(train->sent[0].v), reward = exp(-loss);

        fake_send_numbers(train, 2, "loss", &loss, 1);
        fake_send_numbers(train, 2, "reward", &reward, 1);
        fake_run_until(train, 0, 10.0);
    }
    assert_int_equal(fake_seen(train, 1, "done"), 1);
    assert_true(loss_of(train->sent[0].v) < 0.2 * first);
    fake_no_errors(&host);
}

static void reset_and_seed_forget(void **state)
{
    (void)state;
    fake_accept(train, 0, "theta 0.5 0.5 0.5");
    fake_accept(train, 0, "reset");
    fake_accept(train, 0, "bang");
    assert_true(fake_run_until(train, 0, 10.0));
    assert_string_equal(train->sent[0].selector, "ask");
    fake_accept(train, 0, "theta 0.5 0.5 0.5");
    fake_accept(train, 0, "seed 3");
    fake_accept(train, 0, "bang");
    assert_true(fake_run_until(train, 0, 10.0));
    assert_int_equal(fake_seen(train, 0, "ask"), 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, one_train_open, one_train_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(bad_messages_change_nothing),
        TEST(bad_arguments),
        TEST(it_asks_the_plant),
        TEST(a_run_of_n_steps),
        TEST(stop_sends_the_best),
        TEST(single_steps_go_on),
        TEST(gradients_that_nobody_waits_for),
        TEST(hyper_parameters_act),
        TEST(every_setting_is_a_message),
        TEST(another_length_begins_anew),
        TEST(candidates_are_answered),
        TEST(a_better_candidate_is_taken),
        TEST(a_jump_while_candidates_are_out),
        TEST(a_dropped_round_is_not_the_last),
        TEST(new_bounds_drop_the_round),
        TEST(a_range_has_no_bounds),
        TEST(a_lost_answer_does_not_stop_learning),
        TEST(silence_is_told_once),
        TEST(a_refused_theta_changes_nothing),
        TEST(stop_from_inside),
        TEST(policy_climbs),
        TEST(reset_and_seed_forget),
    };

    return cmocka_run_group_tests_name("aed_train", tests, NULL, NULL);
}
