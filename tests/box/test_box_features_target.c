/* [aed_features~]: sets of targets, segments, and the sound that comes in at the second inlet. */
#include <string.h>

#include "oneear.h"

/* ---- several targets ---- */

static void each_window_meets_one_of_a_set(void **state)
{
    double losses[3];
    size_t met[3] = {0};

    (void)state;
    take_set();
    losses[0] = ear_loss_against(ear_target, N);
    losses[1] = ear_loss_against(ear_second, N);
    losses[2] = ear_loss_against(ear_third, 700);
    for (size_t times = 0; times < 60; times++)
    {
        const double loss = ear_loss_now();
        const size_t which = (size_t)ear_drawn[0] - 1;

        assert_true(which < 3 && ear_drawn[1] == 0.0);
        assert_true(loss == losses[which]);
        met[which]++;
    }
    /* 60 draws of three: fewer than 8 of one come once in 2000 seeds */
    assert_true(met[0] >= 8 && met[1] >= 8 && met[2] >= 8);
}

/* The same windows in a new object meet the same targets. */
static void draws_repeat(void **state)
{
    double first[20];

    take_set();
    for (size_t i = 0; i < 20; i++)
        first[i] = ear_loss_now();
    assert_int_equal(ear_teardown(state), 0);
    assert_int_equal(ear_setup(state), 0);
    take_set();
    for (size_t i = 0; i < 20; i++)
        assert_true(ear_loss_now() == first[i]);
}

/* Candidates are compared with what their window met. */
static void candidates_meet_what_the_window_met(void **state)
{
    double probe[N + 1] = {7.0};

    (void)state;
    take_set();
    memcpy(probe + 1, ear_window, sizeof ear_window);
    for (size_t times = 0; times < 20; times++)
    {
        const double loss = ear_loss_now();

        fake_send_numbers(ear, 0, "probe", probe, N + 1);
        assert_true(fake_run_until_seen(ear, 4, "probe", times + 1, 50.0));
        assert_true(ear->sent[4].v[1] == loss);
    }
}

/* Also when settings changed since: the loss is then that of a window with the same draw. */
static void candidates_stay_with_their_piece(void **state)
{
    double probe[N + 1] = {7.0}, losses[3] = {0.0};

    (void)state;
    take_set();
    fake_accept(ear, 0, "floor 0.01");
    for (size_t times = 0; times < 30; times++)
    {
        const double loss = ear_loss_now();

        losses[(size_t)ear_drawn[0] - 1] = loss;
    }
    memcpy(probe + 1, ear_window, sizeof ear_window);
    for (size_t times = 0; times < 10; times++)
    {
        fake_accept(ear, 0, "floor 1e-4");
        ear_loss_now();
        fake_accept(ear, 0, "floor 0.01");
        fake_send_numbers(ear, 0, "probe", probe, N + 1);
        assert_true(fake_run_until_seen(ear, 4, "probe", times + 1, 50.0));
        assert_true(ear->sent[4].v[1] == losses[(size_t)ear_drawn[0] - 1]);
    }
}

static void a_set_is_taken_whole_or_not_at_all(void **state)
{
    static double broken[100];

    (void)state;
    take_target();
    const uint64_t before = heard_now();
    fake_refuse(ear, 0, "targets target nowhere", "no array named 'nowhere'");
    broken[99] = NAN;
    fake_array(&ear_host, "broken", broken, 100);
    fake_accept(ear, 0, "targets target broken");
    fake_run(&ear_host, 10.0);
    assert_non_null(strstr(fake_only_error(ear), "got NaN"));
    assert_int_equal(fake_seen(ear, 4, "target"), 1);
    assert_true(heard_now() == before);
    assert_int_equal(fake_seen(ear, 4, "drawn"), 0);
}

/* ---- segments ---- */

static void segments_cut_a_long_target(void **state)
{
    size_t met[13] = {0}, kinds = 0;

    (void)state;
    for (size_t i = 0; i < 4 * N; i++)
        ear_target[i] = 0.3 * sin(0.02 * (double)i + 1e-5 * (double)(i * i));
    take_target();
    fake_accept(ear, 0, "segments 1024 256"); /* 1 + 3072 / 256 pieces */
    for (size_t times = 0; times < 150; times++)
    {
        const double loss = ear_loss_now();
        const size_t at = (size_t)ear_drawn[1];

        assert_true(ear_drawn[0] == 1.0 && at % 256 == 0 && at / 256 < 13);
        if (met[at / 256]++ == 0)
        {
            assert_true(loss == ear_loss_against(ear_target + at, N));
            kinds++;
        }
    }
    assert_int_equal(kinds, 13);
    fake_accept(ear, 0, "segments 0");
    assert_true(ear_loss_now() == ear_loss_against(ear_target, N));
}

/* Shorter than the window: silence after their end. Half of them overlaps when no hop is given. */
static void short_segments_end_in_silence(void **state)
{
    (void)state;
    take_target();
    fake_accept(ear, 0, "segments 400");
    for (size_t times = 0; times < 20; times++)
    {
        const double loss = ear_loss_now();

        assert_true(fmod(ear_drawn[1], 200.0) == 0.0);
        assert_true(loss == ear_loss_against(ear_target + (size_t)ear_drawn[1], 400));
    }
}

/* The same beginning cut to another length is another target. */
static void the_length_of_segments_counts(void **state)
{
    (void)state;
    take_target();
    fake_accept(ear, 0, "segments 1024 4096");
    assert_true(ear_loss_now() == ear_loss_against(ear_target, N));
    fake_accept(ear, 0, "segments 400 4096");
    assert_true(ear_loss_now() == ear_loss_against(ear_target, 400));
}

static void bad_messages_change_nothing(void **state)
{
    static const char *const rows[][2] = {
        {"segments 10", "segments: got 10 samples, allowed 0 (whole sounds), 64 … 65536"},
        {"segments 1024 0", "segments: got hop 0, allowed 1"},
        {"segments -1", "segments: got -1 samples"},
        {"segments a", "argument 1 is 'a'"},
        {"targets", "got 0 arguments"},
        {"targets target 3", "argument 2 is 3, expected a name"},
        {"capture", "capture: dsp is off"},
        {"capture 10", "capture: got 10 samples, allowed 64"},
        {"capture 1e9", "capture: got 1e+09 samples"},
        {"follow now", "argument 1 is 'now'"},
    };

    (void)state;
    take_target();
    const uint64_t before = heard_now();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    {
        fake_refuse(ear, 0, rows[i][0], rows[i][1]);
        assert_true(heard_now() == before);
    }
}

/* ---- the second inlet ---- */

static size_t at_plant, at_model;

static double plant_sample(size_t i)
{
    return 0.2 * sin(0.17 * (double)i);
}

static double model_sample(size_t i)
{
    return 0.4 * sin(0.05 * (double)i + 2e-6 * (double)(i * i));
}

static void play_plant(void *context, double *y, size_t n)
{
    (void)context;
    for (size_t i = 0; i < n; i++)
        y[i] = plant_sample(at_plant++);
}

static void play_model(void *context, double *y, size_t n)
{
    (void)context;
    for (size_t i = 0; i < n; i++)
        y[i] = model_sample(at_model++);
}

static void dsp_with_a_model(void)
{
    ear_host.plant = play_plant;
    ear_host.model = play_model;
    at_plant = at_model = 0;
    fake_dsp(&ear_host, 1);
}

static void capture_takes_the_next_samples(void **state)
{
    double heard[N];

    (void)state;
    dsp_with_a_model();
    fake_run(&ear_host, 10.0);
    const size_t from = at_model;
    fake_accept(ear, 0, "capture");
    assert_true(fake_run_until_seen(ear, 4, "target", 1, 100.0));
    assert_true(ear->sent[4].v[0] == (double)N);
    for (size_t i = 0; i < N; i++)
        heard[i] = model_sample(from + i);
    assert_true(ear_loss_now() == ear_loss_against(heard, N));
    fake_accept(ear, 0, "capture 5000");
    assert_true(fake_run_until_seen(ear, 4, "target", 2, 300.0));
    assert_true(ear->sent[4].v[0] == 5000.0);
    fake_no_errors(&ear_host);
}

static void cancel_stops_a_capture(void **state)
{
    (void)state;
    take_target();
    const double before = ear_loss_now();
    dsp_with_a_model();
    fake_accept(ear, 0, "capture 5000");
    fake_run(&ear_host, 20.0);
    fake_accept(ear, 0, "cancel");
    fake_run(&ear_host, 200.0);
    assert_int_equal(fake_seen(ear, 4, "target"), 1);
    assert_true(ear_loss_now() == before);
}

static void a_capture_begun_again_begins_again(void **state)
{
    double heard[N];

    (void)state;
    dsp_with_a_model();
    fake_accept(ear, 0, "capture");
    fake_run(&ear_host, 10.0);
    const size_t from = at_model;
    fake_accept(ear, 0, "capture");
    assert_true(fake_run_until_seen(ear, 4, "target", 1, 100.0));
    for (size_t i = 0; i < N; i++)
        heard[i] = model_sample(from + i);
    assert_true(ear_loss_now() == ear_loss_against(heard, N));
}

static void follow_compares_with_the_last_samples(void **state)
{
    double heard[N];

    (void)state;
    dsp_with_a_model();
    fake_accept(ear, 0, "follow 1");
    for (size_t times = 0; times < 5; times++)
    {
        fake_run(&ear_host, 40.0 + 7.0 * (double)times);
        for (size_t i = 0; i < N; i++)
            heard[i] = model_sample(at_model - N + i);
        assert_true(ear_loss_now() == ear_loss_against(heard, N));
    }
    fake_accept(ear, 0, "follow 0"); /* and no other target */
    fake_send_numbers(ear, 0, NULL, ear_window, N);
    fake_run(&ear_host, 10.0);
    assert_non_null(strstr(fake_only_error(ear), "no target yet"));
    take_target();
    assert_true(ear_loss_now() == ear_loss_against(ear_target, N));
}

static void after_following_the_old_target_is_back(void **state)
{
    double probe[N + 1] = {7.0};

    (void)state;
    take_target();
    assert_true(ear_loss_now() == ear_loss_against(ear_target, N));
    dsp_with_a_model();
    fake_accept(ear, 0, "follow 1");
    fake_run(&ear_host, 40.0);
    const double loss = ear_loss_now();
    assert_true(loss != ear_loss_against(ear_target, N));
    /* A candidate meets what its window met, though the model has moved on. */
    fake_run(&ear_host, 40.0);
    memcpy(probe + 1, ear_window, sizeof ear_window);
    fake_send_numbers(ear, 0, "probe", probe, N + 1);
    assert_true(fake_run_until_seen(ear, 4, "probe", 1, 50.0));
    assert_true(ear->sent[4].v[1] == loss);
    fake_accept(ear, 0, "follow 0");
    assert_true(ear_loss_now() == ear_loss_against(ear_target, N));
}

/* A bang's window and its target are the same samples of both inlets, wherever in a block they end. */
static void follow_and_bang_hear_the_same_time(void **state)
{
    double heard[N];

    (void)state;
    dsp_with_a_model();
    fake_accept(ear, 0, "follow 1");
    fake_accept(ear, 0, "settle 5.3");
    for (size_t times = 0; times < 3; times++)
    {
        const size_t from = at_plant + (size_t)(5.3e-3 * 44100.0);

        fake_accept(ear, 0, "bang");
        assert_true(fake_run_until(ear, 0, 200.0));
        const double loss = ear->sent[1].v[0];
        for (size_t i = 0; i < N; i++)
        {
            ear_window[i] = plant_sample(from + i);
            heard[i] = model_sample(from + i);
        }
        assert_true(loss == ear_loss_against(heard, N));
    }
}

/* It spoils its windows only. */
static void play_nan(void *context, double *y, size_t n)
{
    (void)context;
    for (size_t i = 0; i < n; i++)
        y[i] = NAN;
}

static void a_model_that_is_not_finite(void **state)
{
    double heard[N];

    (void)state;
    dsp_with_a_model();
    ear_host.model = play_nan;
    fake_accept(ear, 0, "follow 1");
    fake_run(&ear_host, 40.0);
    fake_send_numbers(ear, 0, NULL, ear_window, N);
    fake_run(&ear_host, 10.0);
    assert_non_null(strstr(fake_only_error(ear), "follow: sound: got NaN"));
    assert_int_equal(ear->sent[0].count, 0);
    fake_accept(ear, 0, "capture");
    fake_run(&ear_host, 60.0);
    assert_non_null(strstr(fake_only_error(ear), "got NaN"));
    assert_int_equal(fake_seen(ear, 4, "target"), 0);
    ear_host.model = play_model;
    fake_run(&ear_host, 40.0);
    for (size_t i = 0; i < N; i++)
        heard[i] = model_sample(at_model - N + i);
    assert_true(ear_loss_now() == ear_loss_against(heard, N));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        EAR_TEST(each_window_meets_one_of_a_set),
        EAR_TEST(draws_repeat),
        EAR_TEST(candidates_meet_what_the_window_met),
        EAR_TEST(candidates_stay_with_their_piece),
        EAR_TEST(a_set_is_taken_whole_or_not_at_all),
        EAR_TEST(segments_cut_a_long_target),
        EAR_TEST(short_segments_end_in_silence),
        EAR_TEST(the_length_of_segments_counts),
        EAR_TEST(bad_messages_change_nothing),
        EAR_TEST(capture_takes_the_next_samples),
        EAR_TEST(cancel_stops_a_capture),
        EAR_TEST(a_capture_begun_again_begins_again),
        EAR_TEST(follow_compares_with_the_last_samples),
        EAR_TEST(after_following_the_old_target_is_back),
        EAR_TEST(follow_and_bang_hear_the_same_time),
        EAR_TEST(a_model_that_is_not_finite),
    };

    return cmocka_run_group_tests_name("aed_features~, targets", tests, NULL, NULL);
}
