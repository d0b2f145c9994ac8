/* Live mode: one theta, one window, out of what is really playing. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "learning.h"

enum
{
    SECOND = 44100
};

static void open_live(const char *mode)
{
    static double record[20 * SECOND];

    open_with("sync", 1);
    loop.host.recorded = loop.synth;
    loop.host.record = record;
    loop.host.record_n = 20 * SECOND;
    fake_accept(loop.synth, 0, mode);
    fake_dsp(&loop.host, 1);
}

/* Where the last window was in what was played; -1 when it never sounded. Windows begin at a block. */
static long window_at(size_t from)
{
    for (size_t i = from; i + N <= loop.host.record_at; i += 64)
    {
        size_t same = 0;

        while (same < N && (double)(float)loop.host.record[i + same] == window[same])
            same++;
        if (same == N)
            return (long)i;
    }
    return -1;
}

static void live_free_windows_are_what_sounded(void **state)
{
    size_t from = 0;

    (void)state;
    open_live("mode live free");
    fake_accept(loop.synth, 0, "note 60 100");
    fake_run(&loop.host, 20.0);
    fake_accept(loop.train, 0, "start");
    for (size_t i = 1; i <= 6; i++)
    {
        while (windows < i)
            fake_run(&loop.host, 1.0);
        const long at = window_at(from);
        assert_true(at >= 0);
        from = (size_t)at + N; /* windows never overlap */
        assert_true(mean(window, N) != 0.0);
    }
    assert_true(fake_run_until_seen(loop.train, 1, "step", 6, 1e4));
    fake_no_errors(&loop.host);
}

static void live_windows_begin_at_a_note(void **state)
{
    (void)state;
    open_live("mode live");
    fake_accept(loop.train, 0, "start");
    fake_run(&loop.host, 200.0);
    assert_int_equal(windows, 0);
    assert_int_equal(fake_seen(loop.synth, 3, "waiting"), 1);
    for (size_t i = 1; i <= 4; i++)
    {
        const size_t at = loop.host.record_at;

        fake_accept(loop.synth, 0, i & 1 ? "note 60 100" : "note 67 80");
        while (windows < i)
            fake_run(&loop.host, 1.0);
        assert_int_equal(window_at(at), (long)at);
        fake_accept(loop.synth, 0, "note 60 0");
        fake_run(&loop.host, 30.0);
        assert_int_equal(fake_seen(loop.train, 1, "step"), i);
        assert_int_equal(windows, i);
    }
    fake_no_errors(&loop.host);
}

/* The live gradient is that of the ramped window that was played. */
static void the_live_gradient_is_cores(void **state)
{
    aed_error e;
    double y[N], dfull[D_MOST] = {0.0}, g[D_MOST], asked[D_MOST], full[D_MOST];

    (void)state;
    open_live("mode live free");
    for (size_t k = 0; k < plant.knobs.d; k++)
        asked[k] = 0.4;
    plant_full(full, &plant, asked);
    fake_accept(loop.synth, 0, "note 60 100");
    fake_send_numbers(loop.synth, 0, NULL, asked, plant.knobs.d);
    assert_true(fake_run_until(loop.synth, 1, 1000.0));
    aed_voice *v = aed_voice_new(&plant.chain, 44100.0, 3, &e);
    aed_tape *t = aed_tape_new(v, N, &e);
    aed_voice_theta(v, plant.start, 0);
    aed_voice_note(v, 60.0, 100.0);
    aed_voice_theta(v, full, 882);
    aed_tape_open(t, v, N);
    assert_int_equal(aed_voice_forward(v, y, t, N), AED_OK);
    for (size_t i = 0; i < N; i++)
        assert_true(window[i] == (double)(float)y[i]);
    assert_int_equal(aed_voice_backward(v, dfull, t, dx), AED_OK);
    aed_knobs_gradient(g, &plant.knobs, dfull);
    for (size_t k = 0; k < plant.knobs.d; k++)
        assert_true(dtheta[k] == (double)(float)g[k]);
    aed_tape_free(t);
    aed_voice_free(v);
}

static double moving(size_t i)
{
    return 0.5 * sin(0.01 * (double)i) + 0.4 * sin(0.0031 * (double)i);
}

/* Silent until the middle of the window. */
static size_t fed_at;

static void feed(void *context, double *y, size_t n)
{
    (void)context;
    for (size_t i = 0; i < n; i++, fed_at++)
        y[i] = fed_at < N / 2 ? 0.0 : moving(fed_at);
}

typedef struct
{
    aed_voice *voice;
    int route;
} fed_voice;

/* What a theta at the window's start would have sounded like, through the same feed; L = dx · y. */
static long double loss_when_fed(const double *at, void *context)
{
    const fed_voice *f = context;
    double y[N], full[D_MOST], s[N], sum = 0.0;
    const aed_io io = {.feed = s, .y = y};

    plant_full(full, &plant, at);
    for (size_t i = 0; i < N; i++)
        s[i] = i < N / 2 ? 0.0 : moving(i);
    aed_voice_reset(f->voice);
    aed_voice_theta(f->voice, plant.start, 0);
    aed_voice_route(f->voice, f->route, 0.2);
    aed_voice_note(f->voice, 60.0, 100.0);
    aed_voice_theta(f->voice, full, 882);
    assert_int_equal(aed_voice_play(f->voice, &io, NULL, N), AED_OK);
    for (size_t i = 0; i < N; i++)
        sum += dx[i] * y[i];
    return sum;
}

static void the_gradient_knows_the_signal(void **state)
{
    static const char *const routes[] = {"pitch", "ladder.cutoff", "noise.level"};
    aed_error e;
    double asked[D_MOST];
    char message[80];

    (void)state;
    for (size_t k = 0; k < plant.knobs.d; k++)
        asked[k] = 0.4 + 0.1 * (double)k / (double)plant.knobs.d;
    for (size_t i = 0; i < 3; i++)
    {
        fed_voice f = {aed_voice_new(&plant.chain, 44100.0, 3, &e),
            i ? (int)plant_find(&plant, routes[i]) : AED_ROUTE_PITCH};
        size_t skipped = 0;

        open_live("mode live free");
        snprintf(message, sizeof message, "signal %s 0.2", routes[i]);
        fake_accept(loop.synth, 0, message);
        fake_accept(loop.synth, 0, "note 60 100");
        fake_send_numbers(loop.synth, 0, NULL, asked, plant.knobs.d);
        loop.host.feed = feed;
        fed_at = 0;
        assert_true(fake_run_until(loop.synth, 1, 1000.0));
        /* dL/dtheta came as floats. */
        assert_true(gradient_worst(dtheta, asked, loss_when_fed, &f, 1e-6, 1e-2, &skipped,
                        plant.knobs.d) < 1e-4);
        assert_true(skipped <= 2);
        aed_voice_free(f.voice);
        fake_loop_close(&loop);
    }
}

/* A candidate with the window's own theta is the window. */
static void live_candidates_replay_the_window(void **state)
{
    double probe[1 + D_MOST] = {4.0};

    (void)state;
    open_live("mode live free");
    fake_accept(loop.synth, 0, "note 60 100");
    for (size_t k = 0; k < plant.knobs.d; k++)
        probe[1 + k] = 0.4;
    fake_send_numbers(loop.synth, 0, NULL, probe + 1, plant.knobs.d);
    while (windows < 1)
        fake_run(&loop.host, 1.0);
    /* While the next one is being recorded. */
    fake_send_numbers(loop.synth, 0, NULL, probe + 1, plant.knobs.d);
    fake_run(&loop.host, 5.0);
    fake_send_numbers(loop.synth, 0, "probe", probe, 1 + plant.knobs.d);
    assert_true(fake_run_until_seen(loop.synth, 2, "probe", 1, 100.0));
    assert_memory_equal(loop.synth->sent[2].v + 1, window, sizeof window);
    fake_no_errors(&loop.host);
}

/* The worker replays one window while the next one is being recorded: for the thread sanitizer. */
static void candidates_beside_a_recording(void **state)
{
    double probe[1 + D_MOST] = {0.0};

    (void)state;
    open_live("mode live free");
    fake_thread("async");
    fake_accept(loop.synth, 0, "note 60 100");
    for (size_t k = 0; k < plant.knobs.d; k++)
        probe[1 + k] = 0.4;
    for (size_t round = 1; round <= 10; round++)
    {
        fake_send_numbers(loop.synth, 0, NULL, probe + 1, plant.knobs.d);
        for (size_t i = 0; i < 3; i++)
        {
            fake_send_numbers(loop.synth, 0, "probe", probe, 1 + plant.knobs.d);
            fake_run(&loop.host, 10.0);
        }
        assert_true(fake_run_until_seen(loop.synth, 2, "", round, 1e5));
        assert_true(fake_run_until_seen(loop.synth, 2, "probe", 3 * round, 1e5));
    }
    fake_no_errors(&loop.host);
}

static void a_changed_parameter_skips_the_window(void **state)
{
    (void)state;
    open_live("mode live free");
    fake_accept(loop.synth, 0, "note 60 100");
    fake_accept(loop.train, 0, "start");
    fake_run(&loop.host, 20.0);
    const size_t before = windows, at = loop.host.record_at;
    fake_accept(loop.synth, 0, "ladder.cutoff 500");
    assert_int_equal(fake_seen(loop.synth, 3, "skipped"), 1);
    while (windows == before)
        fake_run(&loop.host, 1.0);
    assert_int_equal(window_at(at), (long)at);
    fake_accept(loop.synth, 0, "reset");
    fake_no_errors(&loop.host);
}

/* More notes than a tape holds: that window is given up, the next one comes. */
static void too_many_notes(void **state)
{
    (void)state;
    open_live("mode live free");
    fake_accept(loop.train, 0, "start");
    fake_run(&loop.host, 3.0);
    for (size_t i = 0; i < 100; i++)
    {
        fake_accept(loop.synth, 0, i & 1 ? "note 60 0" : "note 64 100");
        fake_run(&loop.host, 0.1);
    }
    for (size_t ms = 0; ms < 500 && windows == 0; ms++)
        fake_run(&loop.host, 1.0);
    assert_true(windows > 0);
    assert_true(window_at(0) >= 0);
    fake_no_errors(&loop.host);
}

static void a_late_gradient_is_told(void **state)
{
    static double gradient[N];

    (void)state;
    open_live("mode live free");
    fake_send_numbers(loop.synth, 1, NULL, gradient, N);
    assert_int_equal(fake_seen(loop.synth, 3, "late"), 1);
    fake_no_errors(&loop.host);
}

static void live_without_dsp_says_so_once(void **state)
{
    (void)state;
    open_with("sync", 1);
    fake_accept(loop.synth, 0, "mode live free");
    fake_accept(loop.train, 0, "start");
    fake_run(&loop.host, 200.0);
    assert_non_null(strstr(fake_only_error(loop.synth), "dsp is off"));
    assert_int_equal(windows, 0);
    fake_accept(loop.train, 0, "bang");
    fake_run(&loop.host, 200.0);
    assert_int_equal(loop.synth->errors, 0);
    /* On: it goes on by itself. Off and on: it is told again. */
    fake_dsp(&loop.host, 1);
    fake_run(&loop.host, 200.0);
    assert_true(windows >= 2);
    fake_dsp(&loop.host, 0);
    fake_run(&loop.host, 200.0);
    fake_dsp(&loop.host, 1);
    fake_run(&loop.host, 200.0);
    fake_no_errors(&loop.host);
}

static void live_learns(void **state)
{
    (void)state;
    open_live("mode live");
    fake_accept(loop.features, 0, "whole 1");
    fake_accept(loop.synth, 0, "ramp 0");
    fake_accept(loop.train, 0, "start");
    fake_run(&loop.host, 10.0);
    for (size_t i = 0; i < 80; i++)
    {
        fake_accept(loop.synth, 0, "reset");
        fake_accept(loop.synth, 0, "note 60 100");
        fake_run(&loop.host, 27.0);
        fake_accept(loop.synth, 0, "note 60 0");
        fake_run(&loop.host, 60.0);
    }
    assert_int_equal(losses_n, 80);
    assert_true(least() < 0.7 * losses[0]);
    fake_no_errors(&loop.host);
}

static void modes_can_be_changed_any_time(void **state)
{
    static const char *const modes[] = {"mode live", "mode offline", "mode live free",
        "mode live note", "cancel", "mode offline", "mode live free", "cancel"};

    (void)state;
    open_live("mode live free");
    fake_accept(loop.synth, 0, "note 60 100");
    for (size_t i = 0; i < 64; i++)
    {
        fake_accept(loop.train, 0, "start");
        fake_run(&loop.host, (double)(i % 7) * 9.0);
        fake_accept(loop.synth, 0, modes[i % 8]);
    }
    fake_accept(loop.synth, 0, "mode offline");
    losses_n = 0;
    fake_accept(loop.train, 0, "start 5");
    assert_true(fake_run_until_seen(loop.train, 1, "done", 1, 1e4));
    fake_no_errors(&loop.host);
}

#define TEST(name) cmocka_unit_test_teardown(name, close_loop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(live_free_windows_are_what_sounded),
        TEST(live_windows_begin_at_a_note),
        TEST(the_live_gradient_is_cores),
        cmocka_unit_test(the_gradient_knows_the_signal),
        TEST(live_candidates_replay_the_window),
        TEST(candidates_beside_a_recording),
        TEST(a_changed_parameter_skips_the_window),
        TEST(too_many_notes),
        TEST(a_late_gradient_is_told),
        TEST(live_without_dsp_says_so_once),
        TEST(live_learns),
        TEST(modes_can_be_changed_any_time),
    };

    return cmocka_run_group_tests_name("live windows", tests, make_target, NULL);
}
