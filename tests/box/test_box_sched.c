/* [aed_sched] alone: it answers inside the call, so nothing here needs time. */
#include <stdio.h>
#include <string.h>

#include "control/sched.h"
#include "fakehost.h"

static fake_host host;
static fake_object *sched;

static int setup(void **state)
{
    aed_error e;

    (void)state;
    fake_open(&host);
    sched = fake_new(&host, &aed_class_sched, "", &e);
    return !sched;
}

static int teardown(void **state)
{
    (void)state;
    fake_close(&host);
    return 0;
}

static const struct
{
    size_t inlet;
    const char *message, *says;
} bad[] = {
    {0, "nan", "argument 1 is nan, expected a finite number"},
    {0, "1 2", "got 2 arguments, expected at most 1"},
    {0, "list", "got 0 arguments, expected at least 1"},
    {0, "-1", "loss: got -1, law robust needs at least 0"},
    {0, "1e308", "loss"},
    {0, "bang 1", "expected at most 0"},
    {0, "law", "got 0 arguments"},
    {0, "law zork", "no law 'zork', there are: robust hyper seed-text seed-code"},
    {0, "law 3", "argument 1 is 3, expected a name"},
    {0, "weight human", "got 1 argument, expected at least 2"},
    {0, "weight human 2000", "weight human: got 2000, allowed -1000 … 1000"},
    {0, "weight human much", "argument 2 is 'much'"},
    {0, "weight anamethatislongerthanthirtytwocharacters 1", "characters, allowed 1"},
    {0, "shape aud", "got 1 argument, expected at least 2"},
    {0, "shape aud bent", "no shape 'bent', there are: linear sigmoid bell exp"},
    {0, "shape zork exp", "'zork' has no weight, try: weight zork 1"},
    {0, "shape aud exp 0 0", "width not 0"},
    {0, "shape aud exp 0 1 2", "expected at most 4"},
    {0, "cooldown 5", "cooldown"},
    {0, "reset 1", "expected at most 0"},
    {0, "forget 1", "expected at most 0"},
    {0, "retarget 1", "expected at most 0"},
    {0, "alpha", "alpha: expected one number"},
    {0, "alpha fast", "alpha: expected one number"},
    {0, "alpha .1 .2", "alpha: expected one number"},
    {0, "alpha -1", "alpha: got -1, allowed 0 … 10"},
    {0, "mu 1", "mu: got 1, allowed 0 … 0.9999"},
    {0, "patience nan", "patience: got nan, allowed 1"},
    {1, "1 2", "got 2 arguments, expected at most 1"},
    {1, "nan", "argument 1 is nan"},
    {1, "aud nan", "aud"},
    {1, "accepted", "got 0 arguments"},
    {1, "success", "got 0 arguments"},
    {1, "success nan", "argument 1 is nan"},
    {1, "agreement much", "argument 1 is 'much'"},
    {1, "regime 3", "argument 1 is 3, expected a name"},
};

/* bang sends alpha mu sigma; ten losses more show what else might have changed. */
static uint64_t answers_of_a_copy(void)
{
    sched->sent[0].hash = 0;
    fake_accept(sched, 0, "bang");
    return sched->sent[0].hash;
}

static void bad_messages_change_nothing(void **state)
{
    aed_error e;
    fake_object *twin = fake_new(&host, &aed_class_sched, "", &e);

    (void)state;
    fake_accept(sched, 0, "1");
    fake_accept(twin, 0, "1");
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    {
        const uint64_t before = answers_of_a_copy();

        if (strcmp(bad[i].message, "1e308") == 0)
        {
            fake_send(sched, 0, bad[i].message); /* a law may take it; then it must answer */
            if (sched->errors == 0)
                fake_send(twin, 0, bad[i].message);
            sched->errors = 0;
            continue;
        }
        fake_refuse(sched, bad[i].inlet, bad[i].message, bad[i].says);
        if (answers_of_a_copy() != before)
            fail_msg("'%s' was refused, but alpha mu sigma changed", bad[i].message);
    }
    /* A twin that never heard any of it goes the same way. */
    for (size_t i = 0; i < 10; i++)
    {
        const double loss = 1.0 / (double)(i + 2);

        fake_send_numbers(sched, 0, NULL, &loss, 1);
        fake_send_numbers(twin, 0, NULL, &loss, 1);
        for (size_t k = 0; k < 3; k++)
            assert_true(sched->sent[0].v[k] == twin->sent[0].v[k]);
    }
}

static void bad_arguments(void **state)
{
    aed_error e = {AED_OK, ""};

    (void)state;
    assert_null(fake_new(&host, &aed_class_sched, "zork", &e));
    assert_non_null(strstr(e.msg, "no law 'zork'"));
    assert_null(fake_new(&host, &aed_class_sched, "3", &e));
    assert_non_null(strstr(e.msg, "the name of a law"));
    assert_null(fake_new(&host, &aed_class_sched, "robust robust", &e));
}

static void it_answers_as_core_does(void **state)
{
    static const char *const laws[] = {"robust", "hyper", "seed-text", "seed-code"};

    (void)state;
    for (size_t i = 0; i < 4; i++)
    {
        aed_error e;
        aed_sched direct;
        fake_object *o = fake_new(&host, &aed_class_sched, laws[i], &e);

        assert_int_equal(aed_sched_init(&direct, laws[i], &e), AED_OK);
        for (size_t step = 0; step < 40; step++)
        {
            const double loss =
                step < 20 ? 1.0 / (double)(step + 1) : 0.05 + 0.01 * (double)(step % 3);

            assert_int_equal(aed_sched_step(&direct, loss, 0.0, 0, &e), AED_OK);
            fake_send_numbers(o, 0, NULL, &loss, 1);
            assert_true(o->sent[0].v[0] == (double)(float)direct.alpha);
            assert_true(o->sent[0].v[1] == (double)(float)direct.mu);
            assert_true(o->sent[0].v[2] == (double)(float)direct.sigma);
        }
        fake_no_errors(&host);
    }
}

static void info_comes_first(void **state)
{
    static const char *const names[] = {
        "ema", "rewardema", "var", "dloss", "dreward", "plateau", "lyapunov", "regime"};

    (void)state;
    fake_accept(sched, 0, "1");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_int_equal(fake_seen(sched, 2, names[i]), 1);
    assert_int_equal(sched->sent[1].count, 0); /* no reward came in */
}

static void every_setting_is_a_message(void **state)
{
    (void)state;
    for (const aed_setting *s = aed_sched_settings; s->name; s++)
    {
        char message[80];

        snprintf(message, sizeof message, "%s %g", s->name, s->hi);
        fake_accept(sched, 0, message);
        snprintf(message, sizeof message, "%s %g", s->name, s->lo);
        fake_accept(sched, 0, message);
        snprintf(message, sizeof message, "%s %g", s->name, s->hi + 1.0 + fabs(s->hi));
        fake_refuse(sched, 0, message, "allowed");
    }
    fake_accept(sched, 0, "1");
    assert_int_equal(sched->sent[0].n, 3);
    for (size_t k = 0; k < 3; k++)
        assert_true(isfinite(sched->sent[0].v[k]));
}

static void rewards_are_weighed(void **state)
{
    (void)state;
    fake_accept(sched, 0, "weight human 3");
    fake_accept(sched, 1, "0.4");
    fake_accept(sched, 1, "human 0.8");
    fake_accept(sched, 1, "unheard 100");
    fake_accept(sched, 0, "1");
    assert_string_equal(sched->sent[1].selector, "reward");
    assert_true(fabs(sched->sent[1].v[0] - (0.4 + 3.0 * 0.8) / 4.0) < 1e-6);
    fake_accept(sched, 0, "weight human 0");
    fake_accept(sched, 0, "1");
    assert_true(fabs(sched->sent[1].v[0] - 0.4) < 1e-6);
}

static void rewards_are_bent(void **state)
{
    (void)state;
    fake_accept(sched, 0, "weight cost 1");
    fake_accept(sched, 0, "shape cost exp 1 2");
    fake_accept(sched, 1, "cost 3");
    fake_accept(sched, 0, "1");
    assert_true(fabs(sched->sent[1].v[0] - exp(-1.0)) < 1e-6);
    fake_accept(sched, 0, "shape cost sigmoid");
    fake_accept(sched, 0, "1");
    assert_true(fabs(sched->sent[1].v[0] - 1.0 / (1.0 + exp(-3.0))) < 1e-6);
}

static double alpha_now(void)
{
    fake_accept(sched, 0, "bang");
    return sched->sent[0].v[0];
}

/* What [aed_train] says about itself; a name of these is a reward too, when it has a weight. */
static void it_hears_of_the_update(void **state)
{
    (void)state;
    fake_accept(sched, 0, "law hyper");
    fake_accept(sched, 1, "agreement 0.5");
    fake_accept(sched, 0, "1");
    assert_true(fabs(alpha_now() / (0.02 * exp(0.01)) - 1.0) < 1e-6);
    assert_int_equal(sched->sent[1].count, 0);
    fake_accept(sched, 0, "weight agreement 1");
    fake_accept(sched, 1, "agreement 0.5");
    fake_accept(sched, 0, "1");
    assert_true(sched->sent[1].v[0] == 0.5);
}

static void success_moves_sigma(void **state)
{
    aed_error e;
    fake_object *twin = fake_new(&host, &aed_class_sched, "", &e);

    (void)state;
    fake_accept(sched, 1, "success 1");
    for (int t = 0; t < 10; t++)
        fake_accept(sched, 0, "1"), fake_accept(twin, 0, "1");
    assert_true(sched->sent[0].v[2] > 1.3 * twin->sent[0].v[2]);
}

static void divergence_damps_once(void **state)
{
    (void)state;
    fake_accept(sched, 1, "regime ringing");
    assert_true(fabs(alpha_now() - 0.02) < 1e-7);
    for (int i = 0; i < 3; i++)
        fake_accept(sched, 1, "regime diverging");
    assert_true(fabs(alpha_now() - 0.01) < 1e-7);
    fake_accept(sched, 1, "regime ringing");
    fake_accept(sched, 1, "regime diverging");
    assert_true(fabs(alpha_now() - 0.005) < 1e-7);
    fake_accept(sched, 0, "reset");
    fake_accept(sched, 1, "regime diverging");
    assert_true(fabs(alpha_now() - 0.01) < 1e-7);
}

static void reset_begins_again(void **state)
{
    (void)state;
    fake_accept(sched, 0, "alpha 0.1");
    fake_accept(sched, 0, "bang");
    const double first = sched->sent[0].v[0];
    for (size_t i = 1; i <= 30; i++)
    {
        const double loss = (double)(i * i);

        fake_send_numbers(sched, 0, NULL, &loss, 1);
    }
    assert_true(sched->sent[0].v[0] != first);
    fake_accept(sched, 0, "reset");
    fake_accept(sched, 0, "bang");
    assert_true(sched->sent[0].v[0] == first);
    fake_accept(sched, 1, "start");
    fake_accept(sched, 1, "start 100");
    fake_accept(sched, 1, "accepted 0.1");
    fake_accept(sched, 0, "forget");
    fake_accept(sched, 0, "retarget");
    fake_accept(sched, 0, "1");
    fake_accept(sched, 0, "0.1");
    assert_true(sched->sent[0].v[0] != first);
    fake_accept(sched, 1, "retarget 9"); /* what [aed_train] tells: alpha begins again */
    fake_accept(sched, 0, "bang");
    assert_true(sched->sent[0].v[0] == first);
}

static void a_law_can_be_changed(void **state)
{
    (void)state;
    fake_accept(sched, 0, "1");
    fake_accept(sched, 0, "law seed-code");
    fake_accept(sched, 0, "1");
    fake_accept(sched, 0, "law robust");
    fake_accept(sched, 0, "1");
    assert_int_equal(sched->sent[0].count, 3);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(bad_messages_change_nothing),
        TEST(bad_arguments),
        TEST(it_answers_as_core_does),
        TEST(info_comes_first),
        TEST(every_setting_is_a_message),
        TEST(rewards_are_weighed),
        TEST(rewards_are_bent),
        TEST(it_hears_of_the_update),
        TEST(success_moves_sigma),
        TEST(divergence_damps_once),
        TEST(reset_begins_again),
        TEST(a_law_can_be_changed),
    };

    return cmocka_run_group_tests_name("aed_sched", tests, NULL, NULL);
}
