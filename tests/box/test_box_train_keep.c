/* What [aed_train] keeps: losses in an array, steps in a log, everything in a file, from which a run goes on. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "box/file.h"
#include "onetrain.h"

static char name[64]; /* of a file that is not there yet */
static double history[7];
static size_t answered; /* messages of outlet 1 */

static int open_all(void **state)
{
    static int n;

    snprintf(name, sizeof name, "/tmp/aed-keep-%ld-%d.txt", (long)getpid(), n++);
    fake_thread("sync");
    answered = 0;
    return one_train_open(state);
}

static int close_all(void **state)
{
    one_train_close(state);
    fake_thread("async");
    unlink(name);
    return 0;
}

static void say(fake_object *o, const char *what)
{
    char message[120];

    snprintf(message, sizeof message, "%s %s", what, name);
    fake_accept(o, 0, message);
}

/* Until something is out that has not been answered. */
static void wait_for_theta(void)
{
    if (train->sent[0].count == answered)
        assert_true(fake_run_until(train, 0, 10.0));
    answered = train->sent[0].count;
}

/* Play the plant for n steps; candidates too. */
static void learn(int n)
{
    for (int i = 0; i < n;)
    {
        wait_for_theta();
        if (strcmp(train->sent[0].selector, "probe") != 0)
        {
            answer();
            i++;
            continue;
        }
        for (size_t k = 0; k < 4; k++)
        {
            const double told[] = {(double)k, 0.1 + 0.01 * (double)k};

            fake_send_numbers(train, 2, "probe", told, 2);
        }
    }
}

static void settings(void)
{
    fake_accept(train, 0, "theta 0.5 0.5 0.5");
    fake_accept(train, 0, "sigma 0.02");
    fake_accept(train, 0, "probe 7 4 1");
}

/* ---- history ---- */

static void history_goes_round(void **state)
{
    fake_array(&host, "curve", history, 7);
    settings();
    fake_accept(train, 0, "history curve");
    fake_accept(train, 0, "start");
    double told[9];

    for (int i = 0; i < 9; i++)
    {
        wait_for_theta();
        while (strcmp(train->sent[0].selector, "probe") == 0)
        {
            fake_accept(train, 0, "bang"); /* no candidates today */
            wait_for_theta();
        }
        told[i] = loss_of(train->sent[0].v);
        answer();
    }
    for (int i = 0; i < 9; i++)
        if (i >= 2)
            assert_true(history[i % 7] == told[i]);
    fake_accept(train, 0, "history");
    const double kept = history[2];

    learn(3);
    assert_true(history[2] == kept);
}

/* ---- log ---- */

static char *text_of(size_t lines)
{
    aed_error e;
    size_t n, found = 0;
    char *text = aed_file_read(name, 1 << 20, &n, &e);

    if (!text)
        fail_msg("%s", e.msg);
    for (size_t i = 0; i < n; i++)
        found += text[i] == '\n';
    assert_int_equal(found, lines);
    return text;
}

static void every_step_is_a_line(void **state)
{
    double v[9];
    int at;

    settings();
    say(train, "log");
    fake_accept(train, 0, "start");
    learn(20);
    fake_run(&host, 10.0);
    char *text = text_of(21); /* while it goes on */

    assert_int_equal(
        strncmp(text, "step,loss,reward,alpha,mu,sigma,gradnorm,updatenorm,success,best,", 65), 0);
    const char *line = strchr(text, '\n') + 1;

    /* no reward, and no local test whose success could be told */
    assert_int_equal(sscanf(line, "%lf,%lf,,%lf,%lf,%lf,%lf,%lf,,%lf,%lf%n", v, v + 1, v + 2, v + 3,
                         v + 4, v + 5, v + 6, v + 7, v + 8, &at),
        9);
    assert_true(v[0] == 1.0 && v[2] == 0.02 && v[3] == 0.9 && v[4] == 0.02);
    assert_int_equal(line[at], '\n');
    free(text);
    fake_accept(train, 0, "log");
    learn(5);
    free(text_of(21));
    say(train, "log"); /* anew */
    learn(3);
    fake_accept(train, 0, "log");
    fake_run(&host, 10.0);
    free(text_of(4));
}

/* What was on its way when the object went is in the file. */
static void deleting_loses_no_line(void **state)
{
    static const char *const modes[] = {"sync", "deadline 1000"};
    aed_error e;

    for (size_t i = 0; i < 2; i++)
    {
        fake_thread(modes[i]);
        settings();
        say(train, "log");
        fake_accept(train, 0, "start");
        learn(20);
        fake_delete(train);
        free(text_of(21));
        train = fake_new(&host, &aed_class_train, "", &e);
        answered = 0;
    }
}

static void a_log_without_an_ending(void **state)
{
    char message[100];

    *strrchr(name, '.') = '\0';
    snprintf(message, sizeof message, "log %s", name);
    fake_accept(train, 0, message);
    fake_run(&host, 10.0);
    strcat(name, ".csv");
    free(text_of(1));
}

static void a_log_that_cannot_be(void **state)
{
    settings();
    fake_accept(train, 0, "log /tmp/no/such/folder/at/all.csv");
    fake_accept(train, 0, "start");
    learn(3);
    assert_non_null(strstr(fake_only_error(train), "log: cannot write /tmp/no/such/folder"));
    learn(3);
    fake_no_errors(&host);
}

/* ---- everything ---- */

static uint64_t sent_now(void)
{
    uint64_t sum = 0;

    for (size_t k = 0; k < D; k++)
    {
        uint64_t bits;

        memcpy(&bits, &train->sent[0].v[k], sizeof bits);
        sum = 31 * sum + bits;
    }
    return sum;
}

/* The losses of candidates are made up: the run is a strange one, but it is the same twice. */
static void a_read_run_goes_on(void **state)
{
    aed_error e;

    settings();
    fake_accept(train, 0, "start 60");
    learn(25);
    fake_run(&host, 5.0);
    say(train, "save"); /* theta is out: after the step */
    fake_run(&host, 5.0);
    assert_int_equal(fake_seen(train, 1, "written"), 0);
    learn(1);
    assert_true(fake_run_until_seen(train, 1, "written", 1, 20.0));
    wait_for_theta();
    const uint64_t at = sent_now();

    answered = 0;
    learn(20);
    wait_for_theta();
    const uint64_t there = sent_now();

    assert_true(there != at);
    train = fake_new(&host, &aed_class_train, "", &e);
    answered = 0;
    say(train, "read");
    assert_true(fake_run_until_seen(train, 1, "read", 1, 20.0));
    wait_for_theta();
    assert_true(sent_now() == at);
    answered = 0;
    learn(20);
    wait_for_theta();
    assert_true(sent_now() == there);
    answered = 0;
    learn(14);
    assert_int_equal(fake_seen(train, 1, "done"), 1);
    fake_no_errors(&host);
}

/* No step will end any more. */
static void a_save_outlives_its_run(void **state)
{
    static const char *const ends[] = {"stop", "reset"};

    settings();
    for (size_t i = 0; i < 2; i++)
    {
        fake_accept(train, 0, "theta 0.5 0.5 0.5");
        fake_accept(train, 0, "start");
        learn(3);
        say(train, "save");
        fake_accept(train, 0, ends[i]);
        assert_true(fake_run_until_seen(train, 1, "written", i + 1, 20.0));
        say(train, "read");
        assert_true(fake_run_until_seen(train, 1, "read", i + 1, 20.0));
        assert_false(fake_run_until(train, 0, 0.0));
        answered = train->sent[0].count;
        answer(); /* nobody runs */
        assert_int_equal(fake_seen(train, 1, "step"), 3 * (i + 1));
    }
}

/* What was asked for last, and what is left of the run before it. */
static void nobody_runs(void **state)
{
    settings();
    fake_accept(train, 0, "start 9");
    learn(3);
    fake_accept(train, 0, "reset");
    fake_accept(train, 0, "step");
    fake_accept(train, 0, "stop");
    fake_accept(train, 0, "theta 0.5 0.5 0.5");
    say(train, "save");
    assert_true(fake_run_until_seen(train, 1, "written", 1, 20.0));
    say(train, "read");
    assert_true(fake_run_until_seen(train, 1, "read", 1, 20.0));
}

/* Theta is clipped at the next step only, and the best may stay beyond. */
static void clamps_may_have_come_later(void **state)
{
    aed_error e;

    settings();
    fake_accept(train, 0, "theta 0.25 0.5 0.75");
    fake_accept(train, 0, "clamp 0.4 0.6");
    say(train, "save");
    assert_true(fake_run_until_seen(train, 1, "written", 1, 20.0));
    train = fake_new(&host, &aed_class_train, "", &e);
    say(train, "read");
    assert_true(fake_run_until_seen(train, 1, "read", 1, 20.0));
    fake_no_errors(&host);
}

static void a_state_at_rest(void **state)
{
    aed_error e;

    fake_refuse(train, 0, "save x", "save: there is no theta yet");
    settings();
    fake_accept(train, 0, "optim rprop");
    fake_accept(train, 0, "theta 0.25 0.5 0.75");
    say(train, "save");
    assert_true(fake_run_until_seen(train, 1, "written", 1, 20.0));
    train = fake_new(&host, &aed_class_train, "", &e);
    say(train, "read");
    assert_true(fake_run_until(train, 0, 20.0));
    assert_true(train->sent[0].n == D && train->sent[0].v[2] == 0.75);
    assert_int_equal(fake_seen(train, 0, ""), 1);
    answer(); /* nobody runs */
    assert_false(fake_run_until(train, 0, 20.0));
}

static void no_such_file(void **state)
{
    settings();
    say(train, "read");
    fake_run(&host, 10.0);
    assert_non_null(strstr(fake_only_error(train), "read: "));
    FILE *f = fopen(name, "w");

    fputs("{\"aed\": 1, \"kind\": \"preset\"}", f);
    fclose(f);
    say(train, "read");
    fake_run(&host, 10.0);
    assert_non_null(strstr(fake_only_error(train), "not a state of learning"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_all, close_all)

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(history_goes_round), TEST(every_step_is_a_line),
        TEST(deleting_loses_no_line), TEST(a_log_without_an_ending), TEST(a_log_that_cannot_be),
        TEST(a_read_run_goes_on), TEST(a_state_at_rest), TEST(a_save_outlives_its_run),
        TEST(nobody_runs), TEST(clamps_may_have_come_later), TEST(no_such_file)};

    return cmocka_run_group_tests_name("what aed_train keeps", tests, NULL, NULL);
}
