/* [aed_synth~]: a sound that was set, kept or undone is the one that is there afterwards, whatever
 * came in between. */
#include <stdlib.h>
#include <string.h>

#include "onesynth.h"

static double value_of(fake_object *o, const char *name)
{
    char message[80] = "param ";

    fake_accept(o, 0, strcat(message, name));
    return o->sent[3].v[1];
}

static void assert_near(double got, double expected)
{
    assert_true(fabs(got - expected) <= 1e-6 * fabs(expected));
}

static fake_object *another(const char *arguments)
{
    aed_error e;
    fake_object *o = fake_new(&host, &aed_class_synth, arguments, &e);

    assert_non_null(o);
    return o;
}

/* What o keeps is taken back by a new object, without a word. */
static void assert_keeps_well(fake_object *o)
{
    fake_object *fresh = another("-window 1024");
    size_t n;

    fake_accept(o, 0, "keep 1");
    char *text = o->box->class->save(o->box, &n);
    assert_non_null(text);
    fresh->box->class->restore(fresh->box, text, n);
    free(text);
    fake_no_errors(&host);
    assert_near(value_of(fresh, "ladder.cutoff"), value_of(o, "ladder.cutoff"));
    fake_delete(fresh);
}

/* ---- one after the other ---- */

/* What is said after `chain` is meant for that chain, in the middle of a fade too. */
static void a_chain_is_there_at_once(void **state)
{
    (void)state;
    fake_dsp(&host, 1);
    fake_accept(synth, 0, "note 60 100");
    fake_run(&host, 50.0);
    fake_accept(synth, 0, "chain vco | ladder");
    fake_run(&host, 5.0);
    fake_accept(synth, 0, "chain noise | ladder");
    fake_accept(synth, 0, "ladder.cutoff 333");
    fake_accept(synth, 0, "store 0");
    fake_run(&host, 100.0);
    assert_near(value_of(synth, "ladder.cutoff"), 333.0);
    fake_accept(synth, 0, "noise.level 0.5");
    fake_accept(synth, 0, "ladder.cutoff 999");
    fake_accept(synth, 0, "recall 0");
    assert_near(value_of(synth, "ladder.cutoff"), 333.0);
    fake_no_errors(&host);
}

/* A [switch~] stops the sound, not the messages. */
static void where_nothing_performs(void **state)
{
    static const char *const chains[] = {
        "chain vco | ladder", "chain noise | ladder", "chain vco vco | ladder"};

    (void)state;
    fake_dsp(&host, 1);
    synth->switched_off = 1;
    for (size_t i = 0; i < 12; i++)
    {
        fake_accept(synth, 0, chains[i % 3]);
        fake_accept(synth, 0, "ask");
        assert_int_equal(synth->sent[1].n, plant_of(chains[i % 3] + strlen("chain ")).knobs.d);
        fake_run(&host, 100.0);
    }
    fake_no_errors(&host);
}

/* More changes than may fade at once: what is cut is hardly heard. */
static void a_burst_of_chains(void **state)
{
    static const char *const chains[] = {"chain vco | ladder", "chain vco vco | ladder"};
    double most = 0.0;

    (void)state;
    fake_accept(synth, 0, "chain vco | ladder");
    fake_dsp(&host, 1);
    fake_accept(synth, 0, "ladder.cutoff 200");
    fake_accept(synth, 0, "note 55 100");
    fake_run(&host, 200.0);
    record(44100);
    fake_run(&host, 100.0);
    const double loud = loudness(sound, host.record_at);
    for (size_t i = 0; i < 60; i++)
    {
        fake_accept(synth, 0, chains[i % 2]);
        fake_accept(synth, 0, "ladder.cutoff 200");
        fake_run(&host, 5.0);
    }
    for (size_t i = 4411; i < host.record_at; i++)
        most = fmax(most, fabs(sound[i] - sound[i - 1]));
    assert_true(most < 0.25 * loud);
    fake_no_errors(&host);
}

/* ---- presets ---- */

/* A chain that begins with an env which others would bring along at its end. */
static void controls_keep_their_order(void **state)
{
    (void)state;
    fake_accept(synth, 0, "chain env lfo vco | ladder");
    fake_accept(synth, 0, "env.attack 77");
    fake_accept(synth, 0, "ladder.cutoff 444");
    const uint64_t before = window_now();
    fake_accept(synth, 0, "store 0");
    fake_accept(synth, 0, "chain vco");
    fake_accept(synth, 0, "recall 0");
    assert_near(value_of(synth, "env.attack"), 77.0);
    assert_near(value_of(synth, "ladder.cutoff"), 444.0);
    assert_true(window_now() == before);
    assert_keeps_well(synth);
}

/* The noise that is heard is the preset's as well. */
static void a_recalled_seed_is_heard(void **state)
{
    fake_object *fresh = another("noise | vca -window 1024 -seed 7");

    (void)state;
    fake_accept(synth, 0, "chain noise | vca");
    fake_accept(synth, 0, "seed 7");
    fake_accept(synth, 0, "store 0");
    fake_accept(synth, 0, "chain vco");
    fake_accept(synth, 0, "seed 8");
    fake_accept(synth, 0, "recall 0");
    fake_dsp(&host, 1);
    fake_accept(synth, 0, "note 60 100");
    fake_accept(fresh, 0, "note 60 100");
    fake_run(&host, 50.0);
    assert_true(loudness(synth->signal, FAKE_BLOCK) > 0.0);
    assert_memory_equal(synth->signal, fresh->signal, sizeof fresh->signal);
}

/* `undo` and `panic` go to where a sound was before its range became narrower. */
static void ways_back_stay_within_the_range(void **state)
{
    static const char *const back[] = {"undo", "panic"};

    (void)state;
    for (size_t i = 0; i < 2; i++)
    {
        fake_accept(synth, 0, "range ladder.cutoff");
        fake_accept(synth, 0, "ladder.cutoff 3000");
        fake_accept(synth, 0, "cancel");
        fake_accept(synth, 0, "ask");
        fake_run(&host, 5000.0);
        fake_send_numbers(synth, 0, NULL, synth->sent[1].v, synth->sent[1].n);
        fake_accept(synth, 0, "ladder.cutoff 200");
        fake_accept(synth, 0, "range ladder.cutoff 100 500");
        fake_accept(synth, 0, back[i]);
        assert_true(value_of(synth, "ladder.cutoff") <= 500.0 + 1e-9);
        assert_keeps_well(synth);
    }
}

/* In tune there is only what the range allows. */
static void tuned_within_the_range(void **state)
{
    (void)state;
    fake_accept(synth, 0, "pitch learned");
    fake_accept(synth, 0, "range vco.freq 300 500");
    fake_accept(synth, 0, "pitch played");
    assert_true(value_of(synth, "vco.freq") >= 300.0 - 1e-9);
    assert_true(value_of(synth, "vco.freq") <= 500.0 + 1e-9);
    assert_keeps_well(synth);
}

/* Objects of one name have ranges of their own. */
static void shared_within_the_range(void **state)
{
    fake_object *a = another("-window 1024 -name n"), *b = another("-window 1024 -name n");

    (void)state;
    fake_accept(b, 0, "range ladder.cutoff 100 500");
    fake_accept(a, 0, "ladder.cutoff 3000");
    assert_near(value_of(b, "ladder.cutoff"), 500.0);
    assert_keeps_well(b);
}

/* A recalled sound counts more than that of others of the name, and is theirs from then on. */
static void recalled_into_a_group(void **state)
{
    fake_object *a = another("-window 1024 -name n"), *b = another("-window 1024 -name n");

    (void)state;
    fake_accept(b, 0, "ladder.cutoff 700");
    fake_accept(b, 0, "store 0");
    fake_accept(b, 0, "chain vco");
    fake_accept(a, 0, "ladder.cutoff 200");
    fake_accept(b, 0, "recall 0");
    assert_near(value_of(b, "ladder.cutoff"), 700.0);
    assert_near(value_of(a, "ladder.cutoff"), 700.0);
}

/* Its words may have been others: the modules count. */
static void one_chain_in_other_words(void **state)
{
    fake_object *a = another("vco ladder -window 1024 -name n");
    fake_object *b = another("vco | ladder -window 1024 -name n");

    (void)state;
    fake_accept(a, 0, "ladder.cutoff 700");
    assert_near(value_of(b, "ladder.cutoff"), 700.0);
}

static void keeping_once_is_one_change(void **state)
{
    (void)state;
    fake_accept(synth, 0, "keep 1");
    assert_int_equal(synth->dirtied, 1);
    fake_accept(synth, 0, "keep 1"); /* a [loadbang] says so each time the patch is opened */
    assert_int_equal(synth->dirtied, 1);
    fake_accept(synth, 0, "keep 0");
    assert_int_equal(synth->dirtied, 2);
}

/* ---- live ---- */

/* A theta waits for the window's end; what a hand does meanwhile came later. */
static void a_hand_counts_more_than_what_waits(void **state)
{
    double theta[AED_KNOBS_MOST];

    (void)state;
    fake_accept(synth, 0, "freeze ladder.cutoff");
    fake_accept(synth, 0, "ladder.cutoff 200");
    fake_accept(synth, 0, "store 0");
    fake_accept(synth, 0, "ask");
    const size_t d = synth->sent[1].n;
    memcpy(theta, synth->sent[1].v, d * sizeof *theta);
    fake_accept(synth, 0, "mode live free");
    fake_dsp(&host, 1);
    for (int recalls = 0; recalls < 2; recalls++)
    {
        const size_t windows = fake_seen(synth, 2, "");

        fake_accept(synth, 0, "ladder.cutoff 200");
        fake_send_numbers(synth, 0, NULL, theta, d);
        fake_run(&host, 5.0);
        theta[0] = 0.25;
        fake_send_numbers(synth, 0, NULL, theta, d);
        fake_run(&host, 5.0);
        fake_accept(synth, 0, recalls ? "recall 0" : "ladder.cutoff 900");
        fake_accept(synth, 0, "ask");
        const double first = synth->sent[1].v[0];
        assert_true(fake_run_until_seen(synth, 2, "", windows + 2, 1e4));
        assert_near(value_of(synth, "ladder.cutoff"), recalls ? 200.0 : 900.0);
        fake_accept(synth, 0, "ask");
        if (recalls)
            assert_near(synth->sent[1].v[0], first);
        else
            assert_near(synth->sent[1].v[0], 0.25);
    }
    fake_no_errors(&host);
}

/* ---- the rest ---- */

static void as_loud_as_can_be(void *context, double *y, size_t n)
{
    (void)context;
    for (size_t i = 0; i < n; i++)
        y[i] = i % 2 ? 1e30 : -1e30;
}

/* However far a signal moves it, the voice stays finite. */
static void no_signal_breaks_the_voice(void **state)
{
    (void)state;
    host.feed = as_loud_as_can_be;
    fake_accept(synth, 0, "chain vco noise | svf | ladder | vca");
    fake_dsp(&host, 1);
    fake_accept(synth, 0, "note 60 100");
    for (int i = 0; i < 3; i++)
    {
        fake_accept(synth, 0,
            i == 0   ? "signal pitch 100"
            : i == 1 ? "signal pitch 1e300"
                     : "signal ladder.cutoff -1e300");
        fake_run(&host, 50.0);
    }
    fake_no_errors(&host);
}

/* How many parameters cannot learn. */
static size_t dead(void)
{
    const size_t told = fake_seen(synth, 3, "dead");

    fake_accept(synth, 0, "dead");
    fake_run(&host, 20.0);
    return fake_seen(synth, 3, "dead") - told - 1;
}

/* What has only begun to learn is on no plateau yet. */
static void no_gradient_is_no_plateau(void **state)
{
    static double dx[N];

    (void)state;
    dx[100] = 1.0;
    fake_accept(synth, 0, "solo vco ladder.resonance vca");
    for (int i = 0; i < 3; i++)
    {
        (void)window_now();
        fake_send_numbers(synth, 1, NULL, dx, N);
        fake_run(&host, 20.0);
    }
    const size_t before = dead();
    fake_accept(synth, 0, "learn ladder.cutoff");
    assert_int_equal(dead(), before);
}

static void to_a_short_chain(
    void *context, fake_object *o, size_t outlet, const char *selector, const double *v, size_t n)
{
    if (selector && strcmp(selector, "dead") == 0 && fake_seen(o, 3, "dead") == 1)
        fake_accept(o, 0, "chain vco");
}

/* A patch may answer the first dead one with another chain. */
static void a_chain_amid_the_dead(void **state)
{
    (void)state;
    fake_accept(synth, 0, "chain noise noise noise noise noise | ladder | delay | vca");
    fake_accept(synth, 0, "score 60 1 20000 30000"); /* silence */
    fake_accept(synth, 0, "dead");
    host.tap = to_a_short_chain;
    fake_run(&host, 100.0);
    host.tap = NULL;
    assert_string_equal(synth->sent[3].selector, "dead");
    assert_true(fake_seen(synth, 3, "dead") > 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_chain_is_there_at_once),
        TEST(where_nothing_performs),
        TEST(a_burst_of_chains),
        TEST(controls_keep_their_order),
        TEST(a_recalled_seed_is_heard),
        TEST(ways_back_stay_within_the_range),
        TEST(tuned_within_the_range),
        TEST(shared_within_the_range),
        TEST(recalled_into_a_group),
        TEST(one_chain_in_other_words),
        TEST(keeping_once_is_one_change),
        TEST(a_hand_counts_more_than_what_waits),
        TEST(no_signal_breaks_the_voice),
        TEST(no_gradient_is_no_plateau),
        TEST(a_chain_amid_the_dead),
    };

    return cmocka_run_group_tests_name("aed_synth~, its sound", tests, NULL, NULL);
}
