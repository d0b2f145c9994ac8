/* The loop, wired by cords: what the objects do together. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ear/ear.h"
#include "learning.h"

/* ---- learning ---- */

static void four_objects_learn(void **state)
{
    (void)state;
    open_with("sync", 1);
    learn("start 120");
    assert_int_equal(losses_n, 120);
    assert_true(least() < 0.5 * losses[0]);
    assert_int_equal(loop.sched->sent[0].count, 120);
    /* The best theta went to the plant, which rendered it once more. */
    fake_run(&loop.host, 10.0);
    assert_true(losses[losses_n - 1] <= least() * 1.0001);
}

static void three_objects_learn(void **state)
{
    (void)state;
    open_with("sync", 0);
    learn("start 120");
    assert_true(least() < 0.5 * losses[0]);
}

/* ---- the same twice ---- */

static uint64_t trajectory(const char *thread)
{
    open_with(thread, 1);
    fake_accept(loop.train, 0, "sigma 0.01");
    fake_accept(loop.train, 0, "probe 4 3 1");
    learn("start 12");
    fake_run(&loop.host, 3.0);
    const uint64_t sum = loop.train->sent[0].hash;
    fake_loop_close(&loop);
    return sum;
}

static void sync_repeats(void **state)
{
    (void)state;
    assert_true(trajectory("sync") == trajectory("sync"));
}

static void deadline_repeats(void **state)
{
    (void)state;
    assert_true(trajectory("deadline 20") == trajectory("deadline 20"));
}

/* Offline, time changes nothing: every mode goes the same way, bit by bit. */
static void all_modes_go_the_same_way(void **state)
{
    (void)state;
    const uint64_t sync = trajectory("sync");

    assert_true(trajectory("deadline 5") == sync);
    assert_true(trajectory("async") == sync);
}

static void messages_leave_at_the_deadline(void **state)
{
    (void)state;
    open_with("deadline 20", 0);
    const double from = loop.host.now_ms;
    fake_accept(loop.synth, 0, "render");
    while (windows == 0)
        fake_run(&loop.host, 1.0);
    const double blocks = ceil(20.0 / (64e3 / 44100.0)) * 64e3 / 44100.0;
    assert_true(loop.host.now_ms - from <= blocks + 1e-6);
    assert_true(loop.host.now_ms - from >= 20.0);
    close_loop(NULL);
}

/* ---- the gradient ---- */

static void the_gradient_is_cores(void **state)
{
    aed_error e;
    double y[N], full[D_MOST], dfull[D_MOST] = {0.0}, g[D_MOST];

    (void)state;
    open_with("sync", 1);
    fake_accept(loop.train, 0, "start");
    assert_true(fake_run_until_seen(loop.train, 1, "step", 3, 1e4));
    /* theta is already the next one: ask for the one that was rendered. */
    fake_accept(loop.synth, 0, "ask");
    plant_full(full, &plant, loop.synth->sent[1].v);
    aed_voice *v = aed_voice_new(&plant.chain, 44100.0, 3, &e);
    aed_tape *t = aed_tape_new(v, N, &e);
    assert_int_equal(aed_voice_render(v, y, t, full, &score, N), AED_OK);
    for (size_t i = 0; i < N; i++)
        assert_true(window[i] == (double)(float)y[i]);
    assert_int_equal(aed_voice_backward(v, dfull, t, dx), AED_OK);
    aed_knobs_gradient(g, &plant.knobs, dfull);
    for (size_t k = 0; k < plant.knobs.d; k++)
        assert_true(dtheta[k] == (double)(float)g[k]);
    aed_tape_free(t);
    aed_voice_free(v);
    close_loop(NULL);
}

typedef struct
{
    aed_voice *voice;
    aed_ear *ear;
} through;

static long double loss_through(const double *at, void *context)
{
    const through *c = context;
    aed_ear_result r;
    aed_error e;
    double y[N], full[D_MOST];

    plant_full(full, &plant, at);
    assert_int_equal(aed_voice_render(c->voice, y, NULL, full, &score, N), AED_OK);
    assert_int_equal(aed_ear_listen(c->ear, &r, NULL, y, NULL, NULL, N, &e), AED_OK);
    return r.loss;
}

/* Plant and ear are tested apart in tests/grad; here once in series, as the cords join them. */
static void the_gradient_is_the_losses(void **state)
{
    const aed_ear_config config = {.sr_hz = 44100.0,
        .n = N,
        .sizes = {256, 512},
        .n_sizes = 2,
        .hop_n = 128,
        .mels = 24,
        .floor = 1e-4};
    aed_error e;
    aed_ear_result r;
    through c = {aed_voice_new(&plant.chain, 44100.0, 3, &e), aed_ear_new(&config, &e)};
    aed_tape *t = aed_tape_new(c.voice, N, &e);
    double at[D_MOST], full[D_MOST], y[N], d[N], dfull[D_MOST] = {0.0}, g[D_MOST];
    size_t skipped = 0;

    (void)state;
    for (size_t k = 0; k < plant.knobs.d; k++)
        at[k] = 0.35 + 0.28 * (double)k / (double)plant.knobs.d;
    plant_full(full, &plant, at);
    assert_int_equal(aed_ear_target(c.ear, target, N, &e), AED_OK);
    assert_int_equal(aed_voice_render(c.voice, y, t, full, &score, N), AED_OK);
    assert_int_equal(aed_ear_listen(c.ear, &r, d, y, NULL, NULL, N, &e), AED_OK);
    assert_int_equal(aed_voice_backward(c.voice, dfull, t, d), AED_OK);
    aed_knobs_gradient(g, &plant.knobs, dfull);
    assert_true(
        gradient_worst(g, at, loss_through, &c, 1e-6, 1e-2, &skipped, plant.knobs.d) < 1e-4);
    assert_true(skipped <= 2);
    aed_tape_free(t);
    aed_ear_free(c.ear);
    aed_voice_free(c.voice);
}

/* ---- probes ---- */

static void probes_go_on(void **state)
{
    (void)state;
    open_with("sync", 1);
    fake_accept(loop.train, 0, "probe 2 4 1");
    learn("start 20");
    /* After steps 2, 4 … 18: the run ends with the 20th. */
    assert_int_equal(fake_seen(loop.train, 0, "probe"), 9 * 4);
    assert_int_equal(fake_seen(loop.features, 4, "probe"), 9 * 4);
    assert_true(fake_seen(loop.train, 1, "accepted") <= 9);
    assert_int_equal(fake_seen(loop.train, 1, "step"), 20);
    assert_true(least() < losses[0]);
}

/* ---- a plant that is no synth: vanilla objects, heard by signal ---- */

static size_t plant_at;

/* Loudness theta[0], brightness theta[1]. */
static double vanilla_at(const double *theta_now, size_t i)
{
    double y = 0.0, level = 0.5 * theta_now[0];

    for (int h = 1; h <= 8; h++, level *= theta_now[1])
        y += level * sin(2.0 * 3.14159265358979 * 300.0 * h / 44100.0 * (double)i);
    return y;
}

static void vanilla(void *context, double *y, size_t n)
{
    (void)context;
    for (size_t i = 0; i < n; i++)
        y[i] = vanilla_at(theta, plant_at++);
}

static void policy_learns_a_vanilla_plant(void **state)
{
    const double goal[] = {0.9, 0.2};
    double sound[N];

    (void)state;
    open_with("sync", 0);
    fake_delete(loop.synth);
    loop.features->hears = NULL;
    loop.host.plant = vanilla;
    for (size_t i = 0; i < N; i++)
        sound[i] = vanilla_at(goal, i);
    fake_array(&loop.host, "target", sound, N);
    fake_accept(loop.features, 0, "target target");
    fake_accept(loop.features, 0, "settle 5");
    fake_dsp(&loop.host, 1);
    fake_accept(loop.train, 0, "policy 1");
    fake_accept(loop.train, 0, "theta 0.5 0.9");
    fake_accept(loop.train, 0, "start");
    for (size_t i = 0; i < 300; i++)
    {
        assert_true(fake_run_until(loop.train, 0, 1000.0));
        fake_accept(loop.features, 0, "bang");
    }
    fake_no_errors(&loop.host);
    assert_true(rewards_n >= 299);
    assert_true(mean(rewards, 10) < 0.8);
    assert_true(mean(rewards + 250, 40) > 0.98);
    close_loop(NULL);
}

/* ---- deleting ---- */

static void delete_one(size_t which, size_t blocks, const char *mode)
{
    fake_object *const objects[] = {loop.synth, loop.features, loop.sched, loop.train};

    fake_send(loop.synth, 0, mode);
    fake_send(loop.synth, 0, "note 60 100");
    fake_send(loop.train, 0, "probe 1 3 1");
    fake_send(loop.train, 0, "start");
    fake_run(&loop.host, (double)blocks * 64e3 / 44100.0);
    if (objects[which] == loop.synth)
        loop.features->hears = NULL;
    fake_delete(objects[which]);
    fake_run(&loop.host, 30.0);
    for (size_t i = 0; i < 4; i++)
        fake_delete(objects[i]);
}

static void delete_all_ways(const char *thread)
{
    static const char *const modes[] = {"mode offline", "mode live free"};

    for (size_t which = 0; which < 4; which++)
        for (size_t blocks = 0; blocks < 24; blocks++)
        {
            open_with(thread, 1);
            fake_dsp(&loop.host, (int)(blocks & 1));
            delete_one(which, blocks, modes[blocks / 2 & 1]);
            fake_loop_close(&loop);
        }
}

static void any_object_may_be_deleted_while_jobs_run(void **state)
{
    (void)state;
    delete_all_ways("async");
    delete_all_ways("deadline 20");
    delete_all_ways("sync");
}

static const char *const threads[] = {"sync", "deadline 7", "async"};

/* A run that has made three steps, and some blocks of the next. */
static void open_in_a_run(const char *thread, size_t blocks)
{
    open_with(thread, 1);
    fake_dsp(&loop.host, (int)(blocks & 1));
    fake_send(loop.train, 0, "start");
    assert_true(fake_run_until_seen(loop.train, 1, "step", 3, 1e5));
    fake_run(&loop.host, (double)blocks * 64e3 / 44100.0);
}

static void assert_it_goes_on(void)
{
    const size_t steps = fake_seen(loop.train, 1, "step");

    assert_true(fake_run_until_seen(loop.train, 1, "step", steps + 4, 1e5));
    assert_int_equal(fake_seen(loop.train, 1, "done"), 0);
    fake_no_errors(&loop.host);
}

/* At any moment of a step: what was under way is begun again at the new rate. */
static void a_new_sample_rate_does_not_stop_a_run(void **state)
{
    (void)state;
    for (size_t i = 0; i < 3 * 8; i++)
    {
        open_in_a_run(threads[i / 8], i % 8);
        loop.host.sr_hz = 48000.0;
        fake_dsp(&loop.host, 1);
        assert_it_goes_on();
        loop.host.sr_hz = 44100.0;
        fake_dsp(&loop.host, 1);
        assert_it_goes_on();
        fake_loop_close(&loop);
    }
}

/* Nor does a chain whose theta is as long. */
static void a_chain_of_the_same_length_does_not_stop_a_run(void **state)
{
    (void)state;
    for (size_t i = 0; i < 3 * 8; i++)
    {
        open_in_a_run(threads[i / 8], i % 8);
        if (i & 2)
            fake_accept(loop.train, 0, "probe 1 3 1"); /* with candidates under way */
        fake_accept(loop.synth, 0, "chain noise vco | ladder | vca");
        fake_run(&loop.host, (double)(i % 5) * 7.0);
        fake_accept(loop.synth, 0, "chain vco noise | vca | ladder"); /* may wait for the fade */
        assert_it_goes_on();
        fake_loop_close(&loop);
    }
}

/* Another length is another plant for [aed_train]: the run ends, the next one learns. */
static void a_chain_of_another_length_begins_anew(void **state)
{
    (void)state;
    for (size_t i = 0; i < 3 * 8; i++)
    {
        open_in_a_run(threads[i / 8], i % 8);
        fake_accept(loop.synth, 0, "chain vco | ladder | vca");
        assert_int_equal(fake_seen(loop.train, 1, "done"), 1);
        fake_run(&loop.host, (double)(i % 5) * 7.0);
        fake_accept(loop.train, 0, "start 5");
        assert_true(fake_run_until_seen(loop.train, 1, "done", 2, 1e5));
        assert_int_equal(loop.synth->sent[1].n, plant_of("vco | ladder | vca").knobs.d);
        fake_no_errors(&loop.host);
        fake_loop_close(&loop);
    }
}

#define TEST(name) cmocka_unit_test_teardown(name, close_loop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(four_objects_learn),
        TEST(three_objects_learn),
        cmocka_unit_test(sync_repeats),
        cmocka_unit_test(deadline_repeats),
        cmocka_unit_test(all_modes_go_the_same_way),
        cmocka_unit_test(messages_leave_at_the_deadline),
        cmocka_unit_test(the_gradient_is_cores),
        cmocka_unit_test(the_gradient_is_the_losses),
        TEST(probes_go_on),
        cmocka_unit_test(policy_learns_a_vanilla_plant),
        cmocka_unit_test(any_object_may_be_deleted_while_jobs_run),
        cmocka_unit_test(a_new_sample_rate_does_not_stop_a_run),
        cmocka_unit_test(a_chain_of_the_same_length_does_not_stop_a_run),
        cmocka_unit_test(a_chain_of_another_length_begins_anew),
    };

    return cmocka_run_group_tests_name("the loop", tests, make_target, NULL);
}
