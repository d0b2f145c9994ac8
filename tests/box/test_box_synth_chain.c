/* [aed_synth~]: one chain takes another's place, and one sample rate another's. */
#include <string.h>

#include "onesynth.h"

enum
{
    FADE_N = 1323, /* 30 ms */
    PART_N = 8820  /* 200 ms */
};

static double largest_jump(const double *x, size_t n)
{
    double most = 0.0;

    for (size_t i = 1; i < n; i++)
        most = fmax(most, fabs(x[i] - x[i - 1]));
    return most;
}

/* The parameters that the synth has now are those of a new plant of these words. */
static void assert_chain_is(const char *words)
{
    const test_plant p = plant_of(words);
    const size_t before = fake_seen(synth, 3, "param");

    fake_accept(synth, 0, "params");
    assert_int_equal(fake_seen(synth, 3, "param") - before, p.chain.d);
    fake_accept(synth, 0, "ask");
    assert_int_equal(synth->sent[1].n, p.knobs.d);
}

/* The window is that of a new voice of these words. */
static void assert_window_is_of(const char *words, double sr_hz)
{
    const aed_score score = {{{0, 60.0, 100.0}, {N * 6 / 10, 60.0, 0.0}}, 2};
    const test_plant p = plant_of(words);
    double y[N];
    aed_error e;

    (void)window_now();
    aed_voice *v = aed_voice_new(&p.chain, sr_hz, 0, &e);
    assert_int_equal(aed_voice_render(v, y, NULL, p.start, &score, N), AED_OK);
    aed_voice_free(v);
    for (size_t i = 0; i < N; i++)
        assert_true(synth->sent[2].v[i] == (double)(float)y[i]);
}

static void play_at(size_t blocks)
{
    fake_dsp(&host, 1);
    fake_accept(synth, 0, "ladder.cutoff 200"); /* nearly a sine: a click would stand out */
    fake_accept(synth, 0, "note 55 100");
    fake_run(&host, 200.0 + (double)blocks * 64e3 / 44100.0);
}

/* At any moment of the old sound. */
static void no_click(void **state)
{
    (void)state;
    for (size_t blocks = 0; blocks < 8; blocks++)
    {
        fake_accept(synth, 0, "reset");
        play_at(blocks);
        record(3 * PART_N);
        fake_run(&host, 200.0);
        const size_t at = host.record_at;
        fake_accept(synth, 0, blocks & 1 ? "chain vco vco | ladder | vca" : "chain vco | ladder");
        fake_run(&host, 400.0);
        const double before = largest_jump(sound, at);
        const double across = largest_jump(sound + at - 1, FADE_N + 65);
        const double after = largest_jump(sound + at + FADE_N, PART_N);
        /* The steepest of a cosine over the fade, between two sounds as far apart as can be. */
        const double fade = 1.5708 / FADE_N * 2.0 * loudness(sound, 3 * PART_N);
        assert_true(across <= fmax(before, after) + fade);
        for (size_t i = 0; i + 882 <= 2 * PART_N; i += 441)
            assert_true(loudness(sound + at + i, 882) > 0.01);
    }
    fake_no_errors(&host);
}

static void an_octave_up(void *context, double *y, size_t n)
{
    (void)context;
    for (size_t i = 0; i < n; i++)
        y[i] = 12.0;
}

/* A signal goes on moving the sound that leaves: its pitch would fall otherwise. */
static void the_leaving_sound_hears_the_signal(void **state)
{
    aed_error e;
    fake_object *twin = fake_new(&host, &aed_class_synth, "-window 1024", &e);
    double y[256], kept[256];

    (void)state;
    assert_non_null(twin);
    host.feed = an_octave_up;
    fake_accept(twin, 0, "ladder.cutoff 200");
    fake_accept(synth, 0, "vca.gain 1"); /* far louder than the one that comes */
    fake_accept(twin, 0, "vca.gain 1");
    fake_accept(twin, 0, "note 55 100");
    play_at(0);
    assert_memory_equal(synth->signal, twin->signal, sizeof twin->signal);
    fake_accept(synth, 0, "chain vco | ladder | vca");
    for (size_t block = 0; block < 4; block++)
    {
        fake_run(&host, 1.0);
        for (size_t i = 0; i < FAKE_BLOCK; i++)
        {
            kept[block * FAKE_BLOCK + i] = twin->signal[i];
            y[block * FAKE_BLOCK + i] = synth->signal[i] - twin->signal[i];
        }
    }
    /* After 6 of 30 ms the old sound is still at .91, and the new one has hardly begun. */
    assert_true(loudness(y, 256) < 0.2 * loudness(kept, 256));
    assert_true(loudness(y, 256) > 0.0);
}

static void the_old_one_is_gone_after_the_fade(void **state)
{
    (void)state;
    play_at(0);
    fake_accept(synth, 0, "chain vco | ladder | vca");
    fake_accept(synth, 0, "vca.gain 0");
    fake_accept(synth, 0, "ladder.cutoff 60");
    fake_accept(synth, 0, "note 60 0");
    fake_run(&host, 20.0);
    assert_true(loudness(synth->signal, FAKE_BLOCK) > 0.0);
    fake_accept(synth, 0, "reset");
    fake_run(&host, 20.0);
    assert_true(loudness(synth->signal, FAKE_BLOCK) == 0.0);
}

static void theta_is_told(void **state)
{
    (void)state;
    for (int dsp = 0; dsp < 2; dsp++)
    {
        fake_dsp(&host, dsp);
        const size_t told = fake_seen(synth, 1, "theta");
        fake_accept(synth, 0, dsp ? "chain noise | svf | vca" : "chain vco vco | vca");
        assert_int_equal(fake_seen(synth, 1, "theta"), told + 1);
        assert_string_equal(synth->sent[1].selector, "theta");
        const test_plant p = plant_of(dsp ? "noise | svf | vca" : "vco vco | vca");
        assert_int_equal(synth->sent[1].n, p.knobs.d);
        assert_chain_is(dsp ? "noise | svf | vca" : "vco vco | vca");
    }
    assert_window_is_of("noise | svf | vca", 44100.0);
    fake_no_errors(&host);
}

static void a_plants_name(void **state)
{
    char message[80] = "chain ";

    (void)state;
    fake_accept(synth, 0, "chain vco");
    strcat(message, aed_plants[0].name);
    fake_accept(synth, 0, message);
    assert_chain_is(aed_plants[0].name);
    assert_window_is_of(aed_plants[0].name, 44100.0);
    strcat(message, " vca");
    fake_refuse(synth, 0, message, "no module");
}

static void wrong_words_change_nothing(void **state)
{
    static const char *const bad[][2] = {{"chain", "got 0 arguments"}, {"chain zork", "'zork'"},
        {"chain zork", "plants are classic bass"}, {"chain zork | vca", "'zork'"},
        {"chain vca", "source"}, {"chain vco | vca | noise", "source"},
        {"chain 3", "argument 1 is 3"}, {"chain vco 3", "got 3 behind vco, which takes no number"},
        {"chain env vco env", "second 'env'"},
        {"chain vco vco vco vco vco vco vco vco vco vco vco vco vco vco vco vco vco",
            "more than 16 modules"}};
    char longest[600] = "chain";

    (void)state;
    play_at(0);
    const uint64_t before = window_now();
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    {
        fake_refuse(synth, 0, bad[i][0], bad[i][1]);
        assert_true(window_now() == before);
    }
    for (size_t i = 0; i < 52; i++)
        strcat(longest, " noise");
    fake_refuse(synth, 0, longest, "longer than 254 letters");
    assert_true(window_now() == before);
    fake_run(&host, 50.0);
    assert_true(loudness(synth->signal, FAKE_BLOCK) > 0.0);
}

static const char *const many[] = {
    "chain vco", "chain noise | vca", "chain vco noise | ladder | vca", "chain vco vco | svf"};

/* The last one asked for is the one that stays, whatever came during fades. */
static void many_in_a_row(void **state)
{
    (void)state;
    play_at(0);
    for (size_t i = 0; i < 200; i++)
    {
        fake_accept(synth, 0, many[i % 4]);
        fake_run(&host, (double)(i % 7) * 3.0);
        assert_true(loudness(synth->signal, FAKE_BLOCK) <= 1.0);
    }
    fake_accept(synth, 0, many[0]);
    fake_accept(synth, 0, many[1]);
    fake_accept(synth, 0, many[3]);
    fake_run(&host, 100.0);
    assert_chain_is("vco vco | svf");
    assert_window_is_of("vco vco | svf", 44100.0);
    fake_no_errors(&host);
}

/* dsp goes off in the middle of a fade, with a third chain on top. */
static void dsp_off_during_a_fade(void **state)
{
    (void)state;
    for (int waits = 0; waits < 2; waits++)
    {
        fake_dsp(&host, 0);
        fake_accept(synth, 0, "chain noise | ladder");
        play_at(0);
        fake_accept(synth, 0, "chain vco | ladder | vca");
        fake_run(&host, 10.0);
        if (waits)
            fake_accept(synth, 0, "chain noise | vca");
        fake_dsp(&host, 0);
        fake_run(&host, 10.0);
        fake_accept(synth, 0, "chain vco vco | svf");
        assert_chain_is("vco vco | svf");
        fake_run(&host, 10.0);
        fake_dsp(&host, 1);
        fake_run(&host, 100.0);
        assert_chain_is("vco vco | svf");
        assert_window_is_of("vco vco | svf", 44100.0);
    }
    fake_no_errors(&host);
}

static void another_rate_during_a_fade(void **state)
{
    static const double rates[] = {48000.0, 22050.0, 44100.0};

    (void)state;
    for (size_t i = 0; i < 3; i++)
    {
        fake_dsp(&host, 0);
        fake_accept(synth, 0, "chain noise | ladder");
        play_at(0);
        fake_accept(synth, 0, "chain vco | ladder | vca");
        fake_run(&host, 10.0);
        fake_accept(synth, 0, "chain noise vco | vca");
        host.sr_hz = rates[i];
        fake_dsp(&host, 1);
        fake_run(&host, 100.0);
        assert_chain_is("noise vco | vca");
        assert_window_is_of("noise vco | vca", rates[i]);
    }
    fake_no_errors(&host);
}

/* Renders, gradients and candidates of chains that have been replaced meanwhile. */
static void jobs_outlive_their_chain(const char *thread)
{
    static double dx[N], theta[AED_KNOBS_MOST + 1];

    fake_thread(thread);
    dx[10] = 1.0;
    for (size_t i = 0; i < 60; i++)
    {
        const test_plant p = plant_of(many[(i + 3) % 4] + strlen("chain "));

        if (i > 0)
            fake_send_numbers(synth, 0, "probe", theta, 1 + p.knobs.d);
        fake_accept(synth, 0, "render");
        fake_run(&host, (double)(i % 5));
        fake_send_numbers(synth, 1, NULL, dx, N);
        fake_accept(synth, 0, many[i % 4]);
    }
    assert_true(fake_run_until_seen(synth, 2, "", fake_seen(synth, 2, "") + 1, 1e4));
    assert_true(fake_run_until_seen(synth, 2, "probe", 1, 1e4));
    assert_window_is_of(many[59 % 4] + strlen("chain "), 44100.0);
    fake_no_errors(&host);
}

static void in_all_thread_modes(void **state)
{
    static const char *const threads[] = {"async", "deadline 5", "sync"};

    (void)state;
    for (size_t i = 0; i < 3; i++)
    {
        fake_dsp(&host, 0);
        fake_accept(synth, 0, many[3]);
        jobs_outlive_their_chain(threads[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(no_click),
        TEST(the_leaving_sound_hears_the_signal),
        TEST(the_old_one_is_gone_after_the_fade),
        TEST(theta_is_told),
        TEST(a_plants_name),
        TEST(wrong_words_change_nothing),
        TEST(many_in_a_row),
        TEST(dsp_off_during_a_fade),
        TEST(another_rate_during_a_fade),
        TEST(in_all_thread_modes),
    };

    return cmocka_run_group_tests_name("aed_synth~, its chain", tests, NULL, NULL);
}
