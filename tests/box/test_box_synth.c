/* [aed_synth~] alone: every message, good and bad, and that a refused one changes nothing. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "onesynth.h"

enum
{
    D_MOST = AED_KNOBS_MOST
};

static void send_theta(double value)
{
    double theta[D_MOST];

    for (size_t k = 0; k < synth_plant.knobs.d; k++)
        theta[k] = value;
    fake_send_numbers(synth, 0, NULL, theta, synth_plant.knobs.d);
}

/* To the middle of everything that learns. */
static void go_to_the_middle(void)
{
    send_theta(0.5);
    assert_true(fake_run_until(synth, 2, 100.0));
}

/* ---- bad messages ---- */

typedef struct
{
    size_t inlet;
    const char *message, *says;
} bad_message;

/* Three parameters learn. */
static const bad_message bad[] = {
    {0, "0.5 0.5", "theta: got 2 values, expected 3 (did you mean: note 60 100?)"},
    {0, "0.5", "theta: got 1 value, expected 3"},
    {0, "0 0 nan", "argument 3 is nan, expected a finite number"},
    {0, "0 0 0 0", "theta: got 4 values, expected 3"},
    {0, "list", "theta: got 0 values"},
    {0, "bang", "no message 'bang'"},
    {0, "probe", "got 0 arguments, expected at least 1"},
    {0, "probe 0", "probe: theta: got 0 values, expected 3"},
    {0, "probe 0 .1 .2", "probe: theta: got 2 values, expected 3"},
    {0, "note 60", "got 1 argument, expected at least 2"},
    {0, "note C4 100", "argument 1 is 'C4', expected a number"},
    {0, "note 60 inf", "argument 2 is inf, expected a finite number"},
    {0, "score 60 100 0", "score: got 3 values, expected up to 32 groups of"},
    {0, "score 60 0 0 100", "velocity is 1"},
    {0, "score 60 128 0 100", "velocity is 1"},
    {0, "score 60 100 200 100", "a note ends after it began"},
    {0, "score 60 100 -1 100", "on_ms -1"},
    {0, "score 60 100 0 1e400", "argument 4 is inf"},
    {0, "param", "got 0 arguments, expected at least 1"},
    {0, "param zork", "param: no parameter 'zork'"},
    {0, "param zork 3", "param: no parameter 'zork'"},
    {0, "param vco.zork 3", "param: no parameter 'vco.zork'"},
    {0, "param ladder.cutoff high", "argument 2 is 'high', expected a number"},
    {0, "param 3 4", "argument 1 is 3, expected a name"},
    {0, "ladder.zork 3", "no parameter 'ladder.zork'"},
    {0, "ladder.cutoff", "ladder.cutoff: expected one number"},
    {0, "ladder.cutoff high", "ladder.cutoff: expected one number"},
    {0, "ladder.cutoff 1 2", "ladder.cutoff: expected one number"},
    {0, "ladder.cutoff nan", "ladder.cutoff: expected one number"},
    {0, "mode", "got 0 arguments"},
    {0, "mode zork", "mode: got 'zork note', allowed are: offline, live"},
    {0, "mode live zork", "mode: got 'live zork', allowed are"},
    {0, "mode 3", "argument 1 is 3, expected a name"},
    {0, "ramp slow", "argument 1 is 'slow', expected a number"},
    {0, "seed -1", "seed: got -1, allowed 0 … 16777216"},
    {0, "seed 2e7", "seed: got 2e+07, allowed"},
    {0, "render 1", "got 1 argument, expected at most 0"},
    {0, "ask 1", "expected at most 0"},
    {0, "params 1", "expected at most 0"},
    {0, "reset 1", "expected at most 0"},
    {0, "cancel 1", "expected at most 0"},
    {1, "0 0 0", "dL/dx: got 3 values, expected 1024"},
    {1, "0 zork", "argument 2 is 'zork', expected a number"},
    {1, "0 nan", "argument 2 is nan, expected a finite number"},
    {1, "zork", "no message 'zork' at inlet 2"},
};

static void bad_messages_change_nothing(void **state)
{
    (void)state;
    fake_accept(synth, 0, "solo noise.level ladder.cutoff vca.gain");
    const uint64_t before = window_now();

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    {
        fake_refuse(synth, bad[i].inlet, bad[i].message, bad[i].says);
        if (window_now() != before)
            fail_msg("'%s' was refused, but the window changed", bad[i].message);
    }
    fake_no_errors(&host);
}

static void too_long_a_score(void **state)
{
    double v[33 * 4];

    (void)state;
    for (size_t i = 0; i < 33; i++)
    {
        const double note[] = {60.0, 100.0, (double)i, (double)i + 0.5};

        memcpy(v + 4 * i, note, sizeof note);
    }
    fake_send_numbers(synth, 0, "score", v, 32 * 4);
    fake_no_errors(&host);
    const uint64_t before = window_now();
    fake_send_numbers(synth, 0, "score", v, 33 * 4);
    assert_non_null(strstr(fake_only_error(synth), "got 132 values, expected up to 32 groups"));
    assert_true(window_now() == before);
}

static void bad_arguments(void **state)
{
    static const char *const rows[][2] = {
        {"zork", "zork"},
        {"vca", "source"},
        {"ladder | vco", "source"},
        {"-window", "-window"},
        {"-window 10", "-window: got 10, allowed 64 … 65536"},
        {"-window 65537", "-window: got 65537"},
        {"-window nan", "-window: got nan"},
        {"-window big", "-window"},
        {"-seed -3", "-seed: got -3"},
        {"-zork 3", "flag '-zork'"},
        {"vco 12 | vca", "got 12 behind vco, which takes no number"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    {
        aed_error e = {AED_OK, ""};

        assert_null(fake_new(&host, &aed_class_synth, rows[i][0], &e));
        if (!strstr(e.msg, rows[i][1]))
            fail_msg("'%s' said '%s', not '%s'", rows[i][0], e.msg, rows[i][1]);
    }
}

/* ---- good messages ---- */

static void render_in_core(double *y, const double *theta, const aed_score *score)
{
    aed_error e;
    aed_voice *v = aed_voice_new(&synth_plant.chain, host.sr_hz, 0, &e);
    double full[AED_KNOBS_MOST];

    plant_full(full, &synth_plant, theta);
    assert_int_equal(aed_voice_render(v, y, NULL, full, score, N), AED_OK);
    aed_voice_free(v);
}

static void assert_window_is(const double *y)
{
    for (size_t i = 0; i < N; i++)
        assert_true(synth->sent[2].v[i] == (double)(float)y[i]);
}

static void theta_renders_what_core_renders(void **state)
{
    const aed_score score = {{{0, 60.0, 100.0}, {N * 6 / 10, 60.0, 0.0}}, 2};
    double theta[D_MOST], y[N];

    (void)state;
    test_fill(theta, synth_plant.knobs.d, 0.0, 1.0);
    fake_send_numbers(synth, 0, NULL, theta, synth_plant.knobs.d);
    assert_true(fake_run_until(synth, 2, 100.0));
    render_in_core(y, theta, &score);
    assert_window_is(y);
    assert_string_equal(synth->sent[2].selector, "");
}

static void the_score_is_played(void **state)
{
    /* 5 ms at 44100 Hz are 220.5 samples, rounded to even as lrint does. */
    const aed_score score = {
        {{44, 72.0, 90.0}, {220, 72.0, 0.0}, {441, 48.0, 127.0}, {882, 48.0, 0.0}}, 4};
    double theta[D_MOST], y[N];

    (void)state;
    for (size_t k = 0; k < synth_plant.knobs.d; k++)
        theta[k] = 0.5;
    go_to_the_middle();
    const uint64_t before = window_now();
    fake_accept(synth, 0, "score 48 127 10 20 72 90 1 5"); /* not in order of time */
    assert_true(window_now() != before);
    render_in_core(y, theta, &score);
    assert_window_is(y);
    fake_accept(synth, 0, "score");
    assert_true(window_now() == before);
}

static void ask_answers(void **state)
{
    (void)state;
    fake_accept(synth, 0, "ask");
    assert_string_equal(synth->sent[1].selector, "theta");
    assert_int_equal(synth->sent[1].n, synth_plant.knobs.d);
    double start[D_MOST];
    aed_knobs_collect(start, &synth_plant.knobs, synth_plant.start);
    for (size_t k = 0; k < synth_plant.knobs.d; k++)
        assert_true(synth->sent[1].v[k] == (double)(float)start[k]);
}

static void params_are_told(void **state)
{
    (void)state;
    fake_accept(synth, 0, "params");
    assert_int_equal(fake_seen(synth, 3, "param"), synth_plant.chain.d);
    assert_int_equal(synth->sent[3].n, 7);
    fake_accept(synth, 0, "param ladder.cutoff");
    assert_int_equal(fake_seen(synth, 3, "param"), synth_plant.chain.d + 1);
    assert_string_equal(synth->sent[3].symbol, "ladder.cutoff");
}

static void a_parameter_in_its_own_unit(void **state)
{
    (void)state;
    const size_t i = plant_find(&synth_plant, "ladder.cutoff");
    const uint64_t before = window_now();

    fake_accept(synth, 0, "ladder.cutoff 800");
    const uint64_t at_800 = window_now();
    assert_true(at_800 != before);
    fake_accept(synth, 0, "param ladder.cutoff");
    assert_true(fabs(synth->sent[3].v[1] - 800.0) < 1e-2);
    fake_accept(synth, 0, "ask");
    const double full = aed_param_theta(aed_chain_param(&synth_plant.chain, i), 800.0);
    const double theta = aed_knobs_place(&synth_plant.knobs, i, full);
    assert_true(
        synth->sent[1].v[plant_theta(&synth_plant, "ladder.cutoff")] == (double)(float)theta);
    fake_accept(synth, 0, "ladder.cutoff 1000");
    fake_accept(synth, 0, "param ladder.cutoff 800");
    assert_true(window_now() == at_800);
}

static void the_seed_seeds_noise(void **state)
{
    (void)state;
    const uint64_t zero = window_now();

    fake_accept(synth, 0, "seed 5");
    const uint64_t five = window_now();
    assert_true(five != zero);
    fake_accept(synth, 0, "seed 0");
    assert_true(window_now() == zero);
}

static void a_candidate_is_silent(void **state)
{
    double probe[1 + D_MOST] = {7.0};

    (void)state;
    go_to_the_middle();
    const uint64_t before = window_now();
    for (size_t k = 0; k < synth_plant.knobs.d; k++)
        probe[1 + k] = 0.5;
    fake_send_numbers(synth, 0, "probe", probe, 1 + synth_plant.knobs.d);
    assert_true(fake_run_until(synth, 2, 100.0));
    assert_string_equal(synth->sent[2].selector, "probe");
    assert_int_equal(synth->sent[2].n, N + 1);
    assert_true(synth->sent[2].v[0] == 7.0);
    double candidate[N];
    memcpy(candidate, synth->sent[2].v + 1, sizeof candidate);
    probe[1] = 0.9;
    fake_send_numbers(synth, 0, "probe", probe, 1 + synth_plant.knobs.d);
    assert_true(fake_run_until(synth, 2, 100.0));
    assert_true(memcmp(candidate, synth->sent[2].v + 1, sizeof candidate) != 0);
    assert_true(window_now() == before);
    assert_memory_equal(candidate, synth->sent[2].v, sizeof candidate);
}

static void a_new_theta_replaces_the_old(void **state)
{
    (void)state;
    send_theta(0.3);
    send_theta(0.6);
    fake_run(&host, 50.0);
    assert_int_equal(synth->sent[2].count, 1);
    double kept[N];
    memcpy(kept, synth->sent[2].v, sizeof kept);
    window_now();
    assert_memory_equal(kept, synth->sent[2].v, sizeof kept);
}

static void candidates_are_not_replaced(void **state)
{
    double probe[1 + D_MOST] = {0.0};

    (void)state;
    fake_send_numbers(synth, 0, "probe", probe, 1 + synth_plant.knobs.d);
    send_theta(0.3);
    fake_send_numbers(synth, 0, "probe", probe, 1 + synth_plant.knobs.d);
    fake_run(&host, 50.0);
    assert_int_equal(fake_seen(synth, 2, "probe"), 2);
    assert_int_equal(fake_seen(synth, 2, ""), 1);
}

static void cancel_forgets(void **state)
{
    (void)state;
    send_theta(0.3);
    fake_accept(synth, 0, "cancel");
    fake_run(&host, 50.0);
    assert_int_equal(synth->sent[2].count, 0);
}

static void send_gradient(void)
{
    static double dx[N];

    dx[N / 2] = 1.0;
    fake_send_numbers(synth, 1, NULL, dx, N);
}

static void one_gradient_for_a_window(void **state)
{
    (void)state;
    send_gradient();
    assert_string_equal(synth->sent[3].selector, "late");
    window_now();
    send_gradient();
    assert_true(fake_run_until(synth, 1, 50.0));
    assert_int_equal(synth->sent[1].n, synth_plant.knobs.d);
    assert_int_equal(fake_seen(synth, 3, "late"), 1);
    send_gradient();
    assert_int_equal(fake_seen(synth, 3, "late"), 2);
    fake_run(&host, 50.0);
    assert_int_equal(synth->sent[1].count, 1);
    fake_no_errors(&host);
}

static void a_gradient_after_the_next_theta_is_late(void **state)
{
    (void)state;
    window_now();
    send_theta(0.2);
    send_gradient();
    assert_int_equal(fake_seen(synth, 3, "late"), 1);
    fake_run(&host, 50.0);
    assert_int_equal(synth->sent[1].count, 0);
}

static void a_gradient_that_overflows_is_dropped(void **state)
{
    static double dx[N];

    (void)state;
    for (size_t i = 0; i < N; i++)
        dx[i] = 1e308;
    window_now();
    fake_send_numbers(synth, 1, NULL, dx, N);
    fake_run(&host, 50.0);
    assert_non_null(strstr(fake_only_error(synth), "gradient dropped"));
    assert_int_equal(synth->sent[1].count, 0);
    window_now();
    send_gradient();
    assert_true(fake_run_until(synth, 1, 50.0));
}

static void a_note_sounds(void **state)
{
    (void)state;
    record(4410);
    fake_dsp(&host, 1);
    fake_run(&host, 50.0);
    assert_true(loudness(sound, 2000) == 0.0);
    fake_accept(synth, 0, "note 60 100");
    fake_run(&host, 60.0);
    const double loud = loudness(sound, 4410);
    assert_true(loud > 1e-3 && loud < 10.0);
    fake_accept(synth, 0, "reset");
    host.record_at = 0;
    fake_run(&host, 110.0);
    assert_true(loudness(sound, 4410) == 0.0);
}

/* Values at the edge of sense are clipped or taken, never refused by a crash. */
static void extreme_values(void **state)
{
    static const char *const words[] = {"note 1e30 1e30", "note -1e30 -5", "ramp -1", "ramp 1e30",
        "ladder.cutoff 1e30", "ladder.cutoff -1e30", "ladder.resonance 1e30",
        "score 1e30 127 0 1e30", "seed 16777216", "seed 0.5"};

    (void)state;
    record(8820);
    fake_dsp(&host, 1);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    {
        fake_send(synth, 0, words[i]);
        synth->errors = 0;
        fake_run(&host, 15.0);
        window_now();
        assert_true(loudness(synth->sent[2].v, N) < 1e3);
    }
    assert_true(loudness(sound, 8820) < 1e3);
}

static void another_sample_rate(void **state)
{
    const aed_score score = {{{0, 60.0, 100.0}, {N * 6 / 10, 60.0, 0.0}}, 2};
    double theta[D_MOST], y[N];

    (void)state;
    for (size_t k = 0; k < synth_plant.knobs.d; k++)
        theta[k] = 0.5;
    go_to_the_middle();
    const uint64_t before = window_now();
    host.sr_hz = 48000.0;
    fake_dsp(&host, 1);
    assert_true(window_now() != before);
    render_in_core(y, theta, &score);
    assert_window_is(y);
    host.sr_hz = 44100.0;
    fake_dsp(&host, 1);
    assert_true(window_now() == before);
}

/* A score is in ms, whatever the rate was when it came. */
static void a_score_keeps_its_time(void **state)
{
    const aed_score score = {{{0, 60.0, 127.0}, {480, 60.0, 0.0}}, 2};
    double theta[D_MOST], y[N];

    (void)state;
    for (size_t k = 0; k < synth_plant.knobs.d; k++)
        theta[k] = 0.5;
    go_to_the_middle();
    fake_accept(synth, 0, "score 60 127 0 10");
    host.sr_hz = 48000.0;
    fake_dsp(&host, 1);
    (void)window_now();
    render_in_core(y, theta, &score);
    assert_window_is(y);
}

/* Of many thetas at once the last one is rendered, and nothing is refused. */
static void many_thetas_at_once(void **state)
{
    double theta[D_MOST];

    (void)state;
    for (size_t i = 0; i < 300; i++)
    {
        for (size_t k = 0; k < synth_plant.knobs.d; k++)
            theta[k] = (double)i / 300.0;
        fake_send_numbers(synth, 0, NULL, theta, synth_plant.knobs.d);
    }
    fake_run(&host, 50.0);
    fake_no_errors(&host);
    assert_int_equal(fake_seen(synth, 2, ""), 1);
    const uint64_t last = synth->sent[2].hash;
    synth->sent[2].hash = 0;
    fake_send_numbers(synth, 0, NULL, theta, synth_plant.knobs.d);
    fake_run(&host, 50.0);
    assert_true(synth->sent[2].hash == last);
}

static void other_chains_and_lengths(void **state)
{
    static const char *const arguments[] = {"vco", "vco vco noise | ladder | vca", "noise | vca",
        "-window 64", "vco|vca -window 65536", "vco -seed 16777216"};

    (void)state;
    for (size_t i = 0; i < sizeof arguments / sizeof *arguments; i++)
    {
        aed_error e;
        fake_object *o = fake_new(&host, &aed_class_synth, arguments[i], &e);

        if (!o)
            fail_msg("%s: %s", arguments[i], e.msg);
        fake_accept(o, 0, "render");
        assert_true(fake_run_until(o, 2, 100.0));
        fake_delete(o);
        host.n--;
        for (size_t p = 0; p < FAKE_PORTS; p++)
            free(o->sent[p].v);
    }
    fake_no_errors(&host);
}

/* The 129th request is refused and told; the 128 are served. */
static void too_much_at_once(void **state)
{
    double probe[1 + D_MOST] = {0.0};

    (void)state;
    for (size_t i = 0; i < 128; i++)
        fake_send_numbers(synth, 0, "probe", probe, 1 + synth_plant.knobs.d);
    fake_no_errors(&host);
    fake_send_numbers(synth, 0, "probe", probe, 1 + synth_plant.knobs.d);
    assert_non_null(strstr(fake_only_error(synth), "too much at once"));
    fake_run(&host, 100.0);
    assert_int_equal(fake_seen(synth, 2, "probe"), 128);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(bad_messages_change_nothing),
        TEST(too_long_a_score),
        TEST(bad_arguments),
        TEST(theta_renders_what_core_renders),
        TEST(the_score_is_played),
        TEST(ask_answers),
        TEST(params_are_told),
        TEST(a_parameter_in_its_own_unit),
        TEST(the_seed_seeds_noise),
        TEST(a_candidate_is_silent),
        TEST(a_new_theta_replaces_the_old),
        TEST(candidates_are_not_replaced),
        TEST(cancel_forgets),
        TEST(one_gradient_for_a_window),
        TEST(a_gradient_after_the_next_theta_is_late),
        TEST(a_gradient_that_overflows_is_dropped),
        TEST(a_note_sounds),
        TEST(extreme_values),
        TEST(another_sample_rate),
        TEST(other_chains_and_lengths),
        TEST(too_much_at_once),
        TEST(a_score_keeps_its_time),
        TEST(many_thetas_at_once),
    };

    return cmocka_run_group_tests_name("aed_synth~", tests, NULL, NULL);
}
