/* [aed_synth~]: what a player does: glide, tuning, the signal inlet, ways back, two channels. */
#include <stdio.h>
#include <string.h>

#include "onesynth.h"

static const double key_60_hz = 261.6255653005986;

/* Only a sine, so that its frequency can be measured. */
static void only_a_sine(void)
{
    char name[AED_NAME_N], message[80];

    for (size_t i = 0; i < synth_plant.chain.d; i++)
    {
        const aed_param *p = aed_chain_param(&synth_plant.chain, i);

        aed_chain_name(name, &synth_plant.chain, i);
        snprintf(message, sizeof message, "%s 0", name);
        if (strncmp(name, "vco.", 4) == 0 && p->lo == 0.0 && p->unit[0] == 0)
            fake_accept(synth, 0, message);
    }
    fake_accept(synth, 0, "vco.sine 1");
}

static void play_a_sine(void)
{
    only_a_sine();
    fake_accept(synth, 0, "ladder.resonance 0");
    fake_accept(synth, 0, "noise.level 0");
    fake_accept(synth, 0, "vca.gain 1");
    fake_accept(synth, 0, "env.sustain 1");
    fake_dsp(&host, 1);
}

static double frequency_of(const char *note)
{
    fake_accept(synth, 0, note);
    fake_run(&host, 300.0);
    record(22050);
    fake_run(&host, 510.0);
    return frequency(sound, 22050, 44100.0);
}

static void assert_near(double a, double b, double relative)
{
    if (!(fabs(a - b) <= relative * fabs(b)))
        fail_msg("%.9g is not %.9g", a, b);
}

static double value_of(const char *name)
{
    char message[80] = "param ";

    fake_accept(synth, 0, strcat(message, name));
    return synth->sent[3].v[1];
}

/* ---- the same in core ---- */

static double fed(size_t i)
{
    return 0.8 * sin(0.003 * (double)i) + 0.1;
}

static size_t fed_at;

static void feed(void *context, double *y, size_t n)
{
    (void)context;
    for (size_t i = 0; i < n; i++)
        y[i] = fed(fed_at++);
}

static aed_voice *core_voice(void)
{
    aed_error e;
    aed_voice *v = aed_voice_new(&synth_plant.chain, 44100.0, 0, &e);

    assert_non_null(v);
    aed_voice_theta(v, synth_plant.start, 0);
    return v;
}

/* ---- glide ---- */

static void a_glide_is_cores(void **state)
{
    double y[8820];

    (void)state;
    fake_dsp(&host, 1);
    record(8820);
    fake_accept(synth, 0, "glide 50");
    fake_accept(synth, 0, "note 48 100");
    fake_run(&host, 4410.0 / 44.1);
    const size_t at = host.record_at;
    fake_accept(synth, 0, "note 72 100");
    fake_run(&host, 110.0);
    aed_voice *v = core_voice();
    aed_voice_glide(v, 2205);
    aed_voice_note(v, 48.0, 100.0);
    assert_int_equal(aed_voice_forward(v, y, NULL, at), AED_OK);
    aed_voice_note(v, 72.0, 100.0);
    assert_int_equal(aed_voice_forward(v, y + at, NULL, 8820 - at), AED_OK);
    assert_true(loudness(y, 8820) < 0.9); /* not bent */
    assert_memory_equal(sound, y, sizeof y);
    aed_voice_free(v);
}

static void a_glide_moves_and_ends_exactly(void **state)
{
    (void)state;
    play_a_sine();
    fake_accept(synth, 0, "glide 400");
    const double low = frequency_of("note 48 100"); /* the first note does not slide */
    fake_accept(synth, 0, "note 60 100");
    fake_run(&host, 150.0);
    record(4410);
    fake_run(&host, 100.0);
    assert_near(frequency(sound, 4410, 44100.0), low * sqrt(2.0), 0.05);
    fake_run(&host, 200.0);
    assert_near(frequency_of("note 60 100"), 2.0 * low, 1e-4);
    fake_accept(synth, 0, "glide 0");
    assert_near(frequency_of("note 48 100"), low, 1e-4);
    fake_refuse(synth, 0, "glide", "got 0 arguments");
    fake_refuse(synth, 0, "glide slow", "expected a number");
    fake_accept(synth, 0, "glide -1");
    fake_accept(synth, 0, "glide 1e30");
}

static void offline_windows_glide_too(void **state)
{
    const aed_score score = {
        {{0, 48.0, 100.0}, {221, 48.0, 0.0}, {441, 72.0, 100.0}, {882, 72.0, 0.0}}, 4};
    double y[N];

    (void)state;
    fake_accept(synth, 0, "score 48 100 0 5.01 72 100 10 20");
    const uint64_t stepped = window_now();
    fake_accept(synth, 0, "glide 5");
    assert_true(window_now() != stepped);
    aed_voice *v = core_voice();
    aed_voice_glide(v, 220);
    assert_int_equal(aed_voice_render(v, y, NULL, synth_plant.start, &score, N), AED_OK);
    for (size_t i = 0; i < N; i++)
        assert_true(synth->sent[2].v[i] == (double)(float)y[i]);
    aed_voice_free(v);
    fake_accept(synth, 0, "glide 0");
    assert_true(window_now() == stepped);
}

/* Nothing that sounds now changes with the setting. */
static void glide_leaves_a_live_window_alone(void **state)
{
    (void)state;
    fake_dsp(&host, 1);
    fake_accept(synth, 0, "mode live free");
    fake_accept(synth, 0, "note 60 100");
    fake_accept(synth, 0, "render");
    fake_run(&host, 10.0);
    fake_accept(synth, 0, "glide 10");
    assert_true(fake_run_until_seen(synth, 2, "", 1, 100.0));
    assert_int_equal(fake_seen(synth, 3, "skipped"), 0);
}

/* ---- pitch ---- */

static size_t tuned_n(void)
{
    size_t n = 0;

    for (size_t j = 0; j < synth_plant.knobs.d; j++)
        n += (aed_chain_param(&synth_plant.chain, synth_plant.knobs.index[j])->traits &
                 AED_TUNED) != 0;
    return n;
}

static void pitch_played_is_in_tune(void **state)
{
    static const struct
    {
        const char *before;
        double octaves;
    } rows[] = {{"vco.freq 500", 1.0}, {"vco.freq 200", 0.0}, {"vco.freq 100", -1.0},
        {"vco.freq 27.5", -3.0}, {"vco.freq 3520", 3.0}};

    (void)state;
    play_a_sine();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    {
        fake_accept(synth, 0, "pitch learned");
        assert_int_equal(synth->sent[1].n, synth_plant.knobs.d);
        fake_accept(synth, 0, rows[i].before);
        fake_accept(synth, 0, "pitch played");
        assert_int_equal(synth->sent[1].n, synth_plant.knobs.d - tuned_n());
        assert_near(value_of("vco.freq"), key_60_hz * exp2(rows[i].octaves), 1e-6);
        assert_true(synth->sent[3].v[6] == 0.0);
    }
    fake_accept(synth, 0, "vco.freq 261");
    fake_accept(synth, 0, "pitch played");
    assert_near(frequency_of("note 69 100"), 440.0, 1e-4);
    fake_accept(synth, 0, "pitch learned");
    assert_true(value_of("vco.freq") > 261.0 && synth->sent[3].v[6] == 1.0);
    fake_refuse(synth, 0, "pitch zork", "pitch: got 'zork', allowed are: played, learned");
    fake_accept(synth, 0, "solo vco.freq");
    fake_accept(synth, 0, "vco.freq 300");
    fake_refuse(synth, 0, "pitch played", "nothing would learn any more");
    assert_near(value_of("vco.freq"), 300.0, 1e-6);
}

/* ---- the signal inlet ---- */

static double level;

static void constant(void *context, double *y, size_t n)
{
    (void)context;
    for (size_t i = 0; i < n; i++)
        y[i] = level;
}

static void a_signal_of_one_is_a_semitone(void **state)
{
    (void)state;
    play_a_sine();
    host.feed = constant;
    level = 0.0;
    const double plain = frequency_of("note 60 100");
    level = 1.0;
    assert_near(frequency_of("note 60 100"), plain * exp2(1.0 / 12.0), 1e-4);
    fake_accept(synth, 0, "signal pitch -12");
    assert_near(frequency_of("note 60 100"), plain / 2.0, 1e-4);
    fake_accept(synth, 0, "signal none");
    assert_near(frequency_of("note 60 100"), plain, 1e-4);
    fake_accept(synth, 0, "signal pitch");
    assert_near(frequency_of("note 60 100"), plain * exp2(1.0 / 12.0), 1e-4);
    /* What the signal moves stays when the chain changes; what the new one lacks is moved by nobody. */
    fake_accept(synth, 0, "signal noise.level");
    fake_accept(synth, 0, "chain vco | ladder | vca");
    only_a_sine();
    assert_near(frequency_of("note 60 100"), plain, 1e-4);
    fake_no_errors(&host);
}

/* Play 8192 samples of a note from a reset, with the feed or without. */
static void play_fed(int with_feed)
{
    fake_accept(synth, 0, "reset");
    host.feed = with_feed ? feed : NULL;
    fed_at = 0;
    record(8192);
    fake_accept(synth, 0, "note 60 100");
    fake_run(&host, 190.0);
}

static void a_signal_moves_a_parameter(void **state)
{
    double without[8192], y[8192], s[8192];
    const aed_io io = {.feed = s, .y = y};

    (void)state;
    fake_dsp(&host, 1);
    play_fed(0);
    memcpy(without, sound, sizeof without);
    fake_accept(synth, 0, "signal ladder.cutoff 0.5");
    play_fed(1);
    assert_true(memcmp(sound, without, sizeof without) != 0);
    for (size_t i = 0; i < 8192; i++)
        s[i] = fed(i);
    aed_voice *v = core_voice();
    aed_voice_route(v, (int)plant_find(&synth_plant, "ladder.cutoff"), 0.5);
    aed_voice_note(v, 60.0, 100.0);
    assert_int_equal(aed_voice_play(v, &io, NULL, 8192), AED_OK);
    assert_true(loudness(y, 8192) < 0.9);
    assert_memory_equal(sound, y, sizeof y);
    aed_voice_free(v);
    fake_accept(synth, 0, "signal none");
    play_fed(1);
    assert_memory_equal(sound, without, sizeof without);
}

static void a_signal_that_is_not_finite(void **state)
{
    static const double bad[] = {NAN, INFINITY, -INFINITY, 1e30, -1e30, 1e308, 4e-320};
    static const char *const routes[] = {"signal pitch", "signal pitch 1e30", "signal pitch -1e308",
        "signal ladder.cutoff", "signal ladder.resonance 1e308", "signal env.attack -1e30",
        "signal vco.freq 1e3", "signal vca.gain"};
    static double without[4096];

    (void)state;
    fake_accept(synth, 0, "ladder.track 0"); /* 0 times too far is nothing, not NaN */
    fake_accept(synth, 0, "ramp 0");
    fake_dsp(&host, 1);
    record(4096);
    fake_accept(synth, 0, "note 60 100");
    fake_run(&host, 100.0);
    memcpy(without, sound, sizeof without);
    for (size_t k = 0; k < sizeof routes / sizeof *routes; k++)
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        {
            fake_accept(synth, 0, routes[k]);
            fake_accept(synth, 0, "reset");
            record(4096);
            level = bad[i];
            host.feed = constant;
            fake_accept(synth, 0, "note 60 100");
            fake_run(&host, 100.0);
            assert_true(loudness(sound, 4096) <= 1.0);
            if (!isfinite(bad[i]))
                assert_memory_equal(sound, without, sizeof without);
            if (synth->errors)
                fail_msg("%s, %g: %s", routes[k], bad[i], synth->error);
        }
}

static void unknown_routes(void **state)
{
    (void)state;
    fake_dsp(&host, 1);
    fake_accept(synth, 0, "signal ladder.cutoff 0.5");
    play_fed(1);
    double y[8192];
    memcpy(y, sound, sizeof y);
    fake_refuse(synth, 0, "signal", "got 0 arguments");
    fake_refuse(synth, 0, "signal zork", "signal: no parameter 'zork'");
    fake_refuse(synth, 0, "signal vco.zork 0.1", "signal: no parameter 'vco.zork'");
    fake_refuse(synth, 0, "signal ladder 0.1", "signal: no parameter 'ladder'");
    fake_refuse(synth, 0, "signal 3", "argument 1 is 3, expected a name");
    fake_refuse(synth, 0, "signal pitch nan", "argument 2 is nan");
    fake_refuse(synth, 0, "signal pitch deep", "argument 2 is 'deep'");
    fake_refuse(synth, 0,
        "signal averyveryveryveryveryveryveryveryveryveryverylongwordofmorethan48letters",
        "signal: no parameter 'avery");
    play_fed(1);
    assert_memory_equal(sound, y, sizeof y);
}

/* ---- ways back ---- */

/* The theta that the synth tells. */
static double told_at(void)
{
    fake_accept(synth, 0, "ask");
    return synth->sent[1].v[0];
}

static void learn_to(double theta)
{
    fake_send_numbers(synth, 0, NULL, (const double[]){theta, 0.5}, 2);
}

static void undo_and_redo(void **state)
{
    (void)state;
    fake_accept(synth, 0, "solo ladder.cutoff vca.gain");
    fake_refuse(synth, 0, "undo", "undo: nothing has been learned yet");
    const double start = told_at();
    learn_to(0.75);
    fake_run(&host, 1000.0);
    learn_to(0.875);
    fake_run(&host, 1000.0);
    learn_to(0.25);
    fake_accept(synth, 0, "undo"); /* with a window under way */
    assert_string_equal(synth->sent[1].selector, "theta");
    assert_true(synth->sent[1].v[0] == start);
    const size_t windows = fake_seen(synth, 2, "");
    fake_run(&host, 100.0);
    assert_int_equal(fake_seen(synth, 2, ""), windows);
    fake_accept(synth, 0, "undo");
    assert_true(told_at() == 0.25);
    fake_accept(synth, 0, "undo");
    assert_true(told_at() == start);
    /* A run after an undo begins where that led to. */
    learn_to(0.625);
    learn_to(0.125);
    fake_accept(synth, 0, "undo");
    assert_true(told_at() == start);
    fake_refuse(synth, 0, "undo 1", "expected at most 0");
}

/* Seconds without a theta: the next one begins another run. */
static void a_pause_ends_a_run(void **state)
{
    (void)state;
    fake_accept(synth, 0, "solo ladder.cutoff vca.gain");
    learn_to(0.75);
    fake_run(&host, 4000.0);
    learn_to(0.25);
    fake_run(&host, 2000.0);
    learn_to(0.125);
    fake_accept(synth, 0, "undo");
    assert_true(told_at() == 0.75);
    fake_accept(synth, 0, "chain vco | vca");
    fake_refuse(synth, 0, "undo", "nothing has been learned yet");
}

static void gradient_for_the_window(void)
{
    double dx[N] = {[100] = 1.0};
    const size_t before = fake_seen(synth, 1, "");

    fake_send_numbers(synth, 1, NULL, dx, N);
    assert_true(fake_run_until_seen(synth, 1, "", before + 1, 1e4));
}

static void assert_silent_now(void)
{
    fake_run(&host, 0.1);
    assert_true(loudness(synth->signal, FAKE_BLOCK) == 0.0);
    assert_true(loudness(synth->right, FAKE_BLOCK) == 0.0);
}

static void panic_goes_back_to_the_last_gradient(void **state)
{
    (void)state;
    fake_dsp(&host, 1);
    fake_accept(synth, 0, "solo ladder.cutoff vca.gain");
    fake_accept(synth, 0, "note 60 100");
    learn_to(0.75);
    assert_true(fake_run_until_seen(synth, 2, "", 1, 1e3));
    gradient_for_the_window();
    learn_to(0.25);
    fake_run(&host, 100.0);
    assert_true(loudness(synth->signal, FAKE_BLOCK) > 0.0);
    const size_t windows = fake_seen(synth, 2, "");
    fake_accept(synth, 0, "render");
    fake_accept(synth, 0, "panic");
    assert_int_equal(fake_seen(synth, 3, "panic"), 1);
    assert_string_equal(synth->sent[1].selector, "theta");
    assert_true(synth->sent[1].v[0] == 0.75);
    assert_silent_now();
    fake_run(&host, 100.0);
    assert_int_equal(fake_seen(synth, 2, ""), windows);
    assert_true(loudness(synth->signal, FAKE_BLOCK) == 0.0);
    fake_accept(synth, 0, "note 60 100");
    fake_run(&host, 100.0);
    assert_true(loudness(synth->signal, FAKE_BLOCK) > 0.0);
    (void)window_now();
    fake_no_errors(&host);
}

static void panic_in_live_mode(void **state)
{
    (void)state;
    fake_dsp(&host, 1);
    fake_accept(synth, 0, "mode live free");
    fake_accept(synth, 0, "note 60 100");
    fake_accept(synth, 0, "render");
    assert_true(fake_run_until_seen(synth, 2, "", 1, 1e3));
    gradient_for_the_window();
    fake_accept(synth, 0, "render");
    fake_run(&host, 10.0);
    fake_accept(synth, 0, "panic");
    assert_silent_now();
    fake_run(&host, 200.0);
    assert_int_equal(fake_seen(synth, 2, ""), 1);
    fake_accept(synth, 0, "note 60 100");
    fake_accept(synth, 0, "render");
    assert_true(fake_run_until_seen(synth, 2, "", 2, 1e3));
    fake_no_errors(&host);
}

static void panic_during_a_fade(void **state)
{
    (void)state;
    for (int waits = 0; waits < 2; waits++)
    {
        fake_dsp(&host, 1);
        fake_accept(synth, 0, "note 60 100");
        fake_run(&host, 100.0);
        fake_accept(synth, 0, "chain vco | vca");
        fake_run(&host, 10.0);
        if (waits)
            fake_accept(synth, 0, "chain vco vco | vca");
        fake_accept(synth, 0, "panic");
        assert_silent_now();
        fake_run(&host, 100.0);
        assert_true(loudness(synth->signal, FAKE_BLOCK) == 0.0);
        fake_accept(synth, 0, "ask");
        assert_int_equal(synth->sent[1].n, plant_of(waits ? "vco vco | vca" : "vco | vca").knobs.d);
    }
    fake_no_errors(&host);
}

/* ---- two channels ---- */

static void two_channels(void **state)
{
    aed_error e;
    fake_object *two = fake_new(&host, &aed_class_synth, "-channels 2 -window 1024", &e);
    int sounds = 0;

    (void)state;
    assert_non_null(two);
    assert_int_equal(two->box->n_outlets, synth->box->n_outlets + 1);
    fake_dsp(&host, 1);
    fake_accept(synth, 0, "note 60 100");
    fake_accept(two, 0, "note 60 100");
    for (size_t i = 0; i < 200; i++)
    {
        if (i == 100)
        {
            fake_accept(synth, 0, "chain vco | vca");
            fake_accept(two, 0, "chain vco | vca");
        }
        fake_run(&host, 1.0);
        for (size_t k = 0; k < FAKE_BLOCK; k++)
        {
            assert_true(fabs(two->signal[k] - synth->signal[k] * sqrt(0.5)) < 1e-12);
            assert_true(two->signal[k] == two->right[k]);
            sounds |= two->signal[k] != 0.0;
        }
    }
    assert_true(sounds);
    assert_null(fake_new(&host, &aed_class_synth, "-channels 3", &e));
    assert_non_null(strstr(e.msg, "-channels: got 3, allowed 1, 2"));
    assert_null(fake_new(&host, &aed_class_synth, "-channels", &e));
    fake_no_errors(&host);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_glide_is_cores),
        TEST(a_glide_moves_and_ends_exactly),
        TEST(offline_windows_glide_too),
        TEST(glide_leaves_a_live_window_alone),
        TEST(pitch_played_is_in_tune),
        TEST(a_signal_of_one_is_a_semitone),
        TEST(a_signal_moves_a_parameter),
        TEST(a_signal_that_is_not_finite),
        TEST(unknown_routes),
        TEST(undo_and_redo),
        TEST(a_pause_ends_a_run),
        TEST(panic_goes_back_to_the_last_gradient),
        TEST(panic_in_live_mode),
        TEST(panic_during_a_fade),
        TEST(two_channels),
    };

    return cmocka_run_group_tests_name("aed_synth~, played", tests, NULL, NULL);
}
