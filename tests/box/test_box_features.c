/* [aed_features~] alone. */
#include <stdlib.h>
#include <string.h>

#include "oneear.h"

static const struct
{
    const char *message, *says;
} bad[] = {
    {"0 0 0", "window: got 3 samples, allowed 64 … 65536"},
    {"0.5", "window: got 1 samples, allowed"},
    {"0 nan", "argument 2 is nan, expected a finite number"},
    {"0 zork", "argument 2 is 'zork', expected a number"},
    {"probe", "got 0 arguments"},
    {"probe 0", "probe: got 0 samples, allowed"},
    {"probe 0 1 2", "probe: got 2 samples"},
    {"probe a 1 2", "argument 1 is 'a'"},
    {"bang", "bang: dsp is off"},
    {"settle", "got 0 arguments"},
    {"settle long", "argument 1 is 'long'"},
    {"target", "got 0 arguments"},
    {"target 3", "argument 1 is 3, expected a name"},
    {"target nowhere", "target: no array named 'nowhere'"},
    {"target target -1", "target: onset -1, allowed 0 … 4095"},
    {"target target 4096", "target: onset 4096, allowed 0 … 4095"},
    {"target target nan", "argument 2 is nan"},
    {"loss zork 1", "loss: no loss 'zork': known are logmel"},
    {"loss logmel", "got 1 argument, expected at least 2"},
    {"loss logmel loud", "argument 2 is 'loud'"},
    {"reward zork 1", "reward: no reward 'zork': known are"},
    {"reward centroid inf", "argument 2 is inf"},
    {"features zork", "features: no feature 'zork': known are centroid"},
    {"features rms mfcc rms", "features: 'rms' is there twice"},
    {"features rms ?", "features: no feature '?'"},
    {"features 3", "argument 1 is 3, expected a name"},
    {"gradient zork", "gradient: got 'zork', allowed loss, reward"},
    {"gradient", "got 0 arguments"},
    {"cap -0.1", "cap: got -0.1, allowed 0 … 1000"},
    {"cap loud", "argument 1 is 'loud'"},
    {"floor 0", "floor: got 0, allowed 1e-12 … 1"},
    {"floor 2", "floor: got 2, allowed"},
    {"whole all", "argument 1 is 'all'"},
    {"cancel 1", "expected at most 0"},
};

static void bad_messages_change_nothing(void **state)
{
    (void)state;
    take_target();
    const uint64_t before = heard_now();

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    {
        fake_refuse(ear, 0, bad[i].message, bad[i].says);
        if (heard_now() != before)
            fail_msg("'%s' was refused, but what is heard changed", bad[i].message);
    }
}

static void bad_arguments(void **state)
{
    static const char *const rows[][2] = {
        {"1000", "fft size: got 1000, allowed are powers of two"},
        {"1024 zork", "'zork': expected fft sizes"},
        {"64 128 256 512 1024 2048 4096 8192 64", "more than 8 fft sizes"},
        {"-hop 0", "hop: got 0"},
        {"-hop", "'-hop'"},
        {"-hop 100000", "hop: got 100000"},
        {"-mels 0", "mels: got 0"},
        {"-mels 1000", "mels: got 1000"},
        {"-window 10", "-window: got 10, allowed 64 … 65536"},
        {"-window nan", "-window: got 0, allowed"},
        {"32768 -window 1024", "window: got 1024 samples"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    {
        aed_error e = {AED_OK, ""};

        assert_null(fake_new(&ear_host, &aed_class_features, rows[i][0], &e));
        if (!strstr(e.msg, rows[i][1]))
            fail_msg("'%s' said '%s', not '%s'", rows[i][0], e.msg, rows[i][1]);
    }
}

static void without_a_target_only_features(void **state)
{
    (void)state;
    fake_send_numbers(ear, 0, NULL, ear_window, N);
    fake_run(&ear_host, 10.0);
    assert_int_equal(ear->sent[3].count, 1);
    assert_int_equal(ear->sent[3].n, 4);
    assert_int_equal(ear->sent[0].count + ear->sent[1].count + ear->sent[2].count, 0);
    assert_non_null(strstr(fake_only_error(ear), "no target yet"));
    double probe[N + 1] = {3.0};
    fake_send_numbers(ear, 0, "probe", probe, N + 1);
    fake_run(&ear_host, 10.0);
    assert_non_null(strstr(fake_only_error(ear), "probe: no target yet"));
    assert_int_equal(ear->sent[4].count, 1); /* the window's f0 */
}

/* ---- what leaves, and in which order ---- */

static char order[64];

static void note_outlet(
    void *context, fake_object *o, size_t outlet, const char *selector, const double *v, size_t n)
{
    const char letter[] = {(char)('0' + outlet), 0};

    (void)context, (void)o, (void)selector, (void)v, (void)n;
    if (strlen(order) + 2 < sizeof order)
        strcat(order, letter);
}

static void outlets_fire_right_to_left(void **state)
{
    (void)state;
    take_target();
    order[0] = 0;
    ear_host.tap = note_outlet;
    heard_now();
    for (size_t i = 1; order[i]; i++)
        assert_true(order[i] <= order[i - 1]);
    assert_int_equal(order[strlen(order) - 1], '0');
    assert_int_equal(fake_seen(ear, 4, "loss"), 1);
    assert_int_equal(fake_seen(ear, 4, "reward"), 1);
    assert_int_equal(fake_seen(ear, 4, "logmel"), 1);
}

static void hear_in_core(aed_ear_result *r, double *dx, double *weights)
{
    aed_ear_config c = {.sr_hz = 44100.0,
        .n = N,
        .sizes = {256, 512},
        .n_sizes = 2,
        .hop_n = 64,
        .mels = 20,
        .floor = 1e-4};
    aed_error e;
    aed_ear *direct = aed_ear_new(&c, &e);

    assert_int_equal(aed_ear_target(direct, ear_target, N, &e), AED_OK);
    assert_int_equal(aed_ear_listen(direct, r, dx, ear_window, weights, NULL, N, &e), AED_OK);
    aed_ear_free(direct);
}

static void it_hears_what_core_hears(void **state)
{
    aed_ear_result r;
    double dx[N];

    (void)state;
    take_target();
    heard_now();
    hear_in_core(&r, dx, NULL);
    assert_true(ear->sent[1].v[0] == (double)(float)r.loss);
    assert_true(ear->sent[2].v[0] == (double)(float)r.reward);
    assert_int_equal(ear->sent[3].n, 4); /* centroid rolloff flatness rms */
    for (size_t i = 0; i < 4; i++)
        assert_true(ear->sent[3].v[i] == (double)(float)r.phi[i]);
    for (size_t i = 0; i < N; i++)
        assert_true(ear->sent[0].v[i] == (double)(float)dx[i]);
}

static void weights_weigh(void **state)
{
    aed_ear_result r;
    double dx[N], weights[AED_EAR_LOSSES];

    (void)state;
    take_target();
    const uint64_t before = heard_now();
    for (size_t i = 0; i < AED_EAR_LOSSES; i++)
        weights[i] = aed_losses[i]->default_weight;
    fake_accept(ear, 0, "loss logmel 0.25");
    weights[AED_LOSS_LOGMEL] = 0.25;
    const uint64_t after = heard_now();
    assert_true(after != before);
    hear_in_core(&r, dx, weights);
    assert_true(ear->sent[1].v[0] == (double)(float)r.loss);
    fake_accept(ear, 0, "reward flatness 0.7");
    assert_true(heard_now() != after);
}

static void loss_wave_compares_samples(void **state)
{
    double sum = 0.0;

    (void)state;
    for (size_t i = 0; i < N; i++)
        sum += (ear_window[i] - ear_target[i]) * (ear_window[i] - ear_target[i]);
    take_target();
    fake_accept(ear, 0, "loss logmel 0");
    fake_accept(ear, 0, "loss wave 2");
    heard_now();
    assert_int_equal(fake_seen(ear, 4, "wave"), 1);
    assert_true(fabs(ear->sent[1].v[0] - 2.0 * sum / N) < 1e-6);
    for (size_t i = 0; i < N; i++)
        assert_true(fabs(ear->sent[0].v[i] - 4.0 * (ear_window[i] - ear_target[i]) / N) < 1e-9);
}

static void a_probe_answers_with_its_loss(void **state)
{
    double probe[N + 1];

    (void)state;
    take_target();
    heard_now();
    const size_t lists =
        ear->sent[0].count + ear->sent[1].count + ear->sent[2].count + ear->sent[3].count;
    probe[0] = 5.0;
    memcpy(probe + 1, ear_window, sizeof ear_window);
    fake_send_numbers(ear, 0, "probe", probe, N + 1);
    assert_true(fake_run_until_seen(ear, 4, "probe", 1, 50.0));
    assert_int_equal(ear->sent[4].n, 2);
    assert_true(ear->sent[4].v[0] == 5.0);
    assert_true(ear->sent[4].v[1] == ear->sent[1].v[0]);
    assert_int_equal(
        ear->sent[0].count + ear->sent[1].count + ear->sent[2].count + ear->sent[3].count, lists);
}

static void the_onset_moves_the_target(void **state)
{
    (void)state;
    take_target();
    const uint64_t before = heard_now();

    fake_accept(ear, 0, "target target 300");
    assert_true(fake_run_until_seen(ear, 4, "target", 2, 50.0));
    assert_true(ear->sent[4].v[0] == 4.0 * N - 300.0);
    assert_true(heard_now() != before);
    /* The end of the array: what is missing is silence. */
    fake_accept(ear, 0, "target target 4000");
    assert_true(fake_run_until_seen(ear, 4, "target", 3, 50.0));
    heard_now();
    fake_no_errors(&ear_host);
}

static void a_target_that_is_not_finite(void **state)
{
    double broken[N] = {0.0};

    (void)state;
    take_target();
    const uint64_t before = heard_now();
    broken[10] = NAN;
    fake_array(&ear_host, "broken", broken, N);
    fake_accept(ear, 0, "target broken");
    fake_run(&ear_host, 10.0);
    assert_non_null(strstr(fake_only_error(ear), "got NaN"));
    assert_int_equal(fake_seen(ear, 4, "target"), 1);
    assert_true(heard_now() == before);
}

static void a_window_of_another_length(void **state)
{
    (void)state;
    take_target();
    const uint64_t before = heard_now();

    fake_send_numbers(ear, 0, NULL, ear_target, 2 * N);
    assert_true(fake_run_until(ear, 0, 50.0));
    assert_int_equal(ear->sent[0].n, 2 * N);
    /* The same sound as the target costs next to nothing. */
    assert_true(ear->sent[1].v[0] < 1e-3);
    assert_true(heard_now() == before);
    fake_send_numbers(ear, 0, NULL, ear_target, 100);
    fake_run(&ear_host, 10.0);
    assert_non_null(strstr(fake_only_error(ear), "window: got 100 samples"));
    assert_true(heard_now() == before);
}

static void floor_and_whole(void **state)
{
    (void)state;
    take_target();
    const uint64_t before = heard_now();

    fake_accept(ear, 0, "floor 0.01");
    const uint64_t other = heard_now();
    assert_true(other != before);
    fake_accept(ear, 0, "whole 1");
    assert_true(heard_now() != other);
    fake_accept(ear, 0, "whole 0");
    fake_accept(ear, 0, "floor 1e-4");
    assert_true(heard_now() == before);
}

static void cancel_forgets_windows_but_not_targets(void **state)
{
    (void)state;
    fake_accept(ear, 0, "target target");
    fake_send_numbers(ear, 0, NULL, ear_window, N);
    fake_accept(ear, 0, "cancel");
    fake_run(&ear_host, 20.0);
    assert_int_equal(ear->sent[0].count, 0);
    assert_int_equal(fake_seen(ear, 4, "target"), 1);
}

/* ---- bang: the signal inlet ---- */

static size_t played;

static void count_up(void *context, double *y, size_t n)
{
    (void)context;
    for (size_t i = 0; i < n; i++)
        y[i] = 0.3 * sin(0.01 * (double)played++);
}

static void bang_hears_the_next_window(void **state)
{
    (void)state;
    take_target();
    ear_host.plant = count_up;
    played = 0;
    fake_dsp(&ear_host, 1);
    fake_run(&ear_host, 10.0);
    const size_t from = played;
    fake_accept(ear, 0, "bang");
    assert_true(fake_run_until(ear, 0, 200.0));
    const float loss = (float)ear->sent[1].v[0];
    fake_run(&ear_host, 100.0);
    assert_int_equal(ear->sent[0].count, 1);
    /* The same samples as a list give the same loss. */
    for (size_t i = 0; i < N; i++)
        ear_window[i] = 0.3 * sin(0.01 * (double)(from + i));
    heard_now();
    assert_true(ear->sent[1].v[0] == (double)loss);
}

static void settle_waits_to_the_sample(void **state)
{
    (void)state;
    take_target();
    ear_host.plant = count_up;
    played = 0;
    fake_dsp(&ear_host, 1);
    fake_accept(ear, 0, "settle 10");
    fake_accept(ear, 0, "bang");
    assert_true(fake_run_until(ear, 0, 200.0));
    const float loss = (float)ear->sent[1].v[0];
    for (size_t i = 0; i < N; i++)
        ear_window[i] = 0.3 * sin(0.01 * (double)(441 + i));
    heard_now();
    assert_true(ear->sent[1].v[0] == (double)loss);
}

static void cancel_stops_a_bang(void **state)
{
    (void)state;
    take_target();
    fake_dsp(&ear_host, 1);
    fake_accept(ear, 0, "bang");
    fake_run(&ear_host, 10.0);
    fake_accept(ear, 0, "cancel");
    fake_run(&ear_host, 100.0);
    assert_int_equal(ear->sent[0].count, 0);
}

static void play_nan(void *context, double *y, size_t n)
{
    (void)context;
    for (size_t i = 0; i < n; i++)
        y[i] = NAN;
}

static void a_plant_that_is_not_finite(void **state)
{
    (void)state;
    take_target();
    ear_host.plant = play_nan;
    fake_dsp(&ear_host, 1);
    fake_accept(ear, 0, "bang");
    fake_run(&ear_host, 100.0);
    assert_non_null(strstr(fake_only_error(ear), "got NaN"));
    assert_int_equal(ear->sent[0].count, 0);
}

/* A newer window takes the place of one that is still being heard: its gradient would be run through
 * the wrong tape. Without a target there is no loop, and all are heard. */
static void the_newest_window_counts(void **state)
{
    (void)state;
    fake_send_numbers(ear, 0, NULL, ear_window, N);
    fake_send_numbers(ear, 0, NULL, ear_window, N);
    fake_run(&ear_host, 50.0);
    assert_int_equal(ear->sent[3].count, 2);
    ear->errors = 0;
    take_target();
    fake_send_numbers(ear, 0, NULL, ear_target, N);
    fake_send_numbers(ear, 0, NULL, ear_window, N);
    fake_run(&ear_host, 50.0);
    assert_int_equal(ear->sent[0].count, 1);
    assert_true(ear->sent[1].v[0] > 0.01); /* the window's; the target's own loss is 0 */
}

/* Its round has to end. */
static void a_candidate_that_cannot_be_heard_loses(void **state)
{
    double loud[1 + N] = {4.0};

    (void)state;
    take_target();
    for (size_t i = 1; i <= N; i++)
        loud[i] = 1e200;
    fake_send_numbers(ear, 0, "probe", loud, 1 + N);
    fake_run(&ear_host, 50.0);
    assert_non_null(strstr(fake_only_error(ear), "beyond 1e+100"));
    assert_string_equal(ear->sent[4].selector, "probe");
    assert_true(ear->sent[4].v[0] == 4.0 && ear->sent[4].v[1] > 1e29);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        EAR_TEST(bad_messages_change_nothing),
        EAR_TEST(bad_arguments),
        EAR_TEST(without_a_target_only_features),
        EAR_TEST(outlets_fire_right_to_left),
        EAR_TEST(it_hears_what_core_hears),
        EAR_TEST(weights_weigh),
        EAR_TEST(loss_wave_compares_samples),
        EAR_TEST(a_probe_answers_with_its_loss),
        EAR_TEST(the_onset_moves_the_target),
        EAR_TEST(a_target_that_is_not_finite),
        EAR_TEST(a_window_of_another_length),
        EAR_TEST(floor_and_whole),
        EAR_TEST(cancel_forgets_windows_but_not_targets),
        EAR_TEST(bang_hears_the_next_window),
        EAR_TEST(settle_waits_to_the_sample),
        EAR_TEST(cancel_stops_a_bang),
        EAR_TEST(a_plant_that_is_not_finite),
        EAR_TEST(the_newest_window_counts),
        EAR_TEST(a_candidate_that_cannot_be_heard_loses),
    };

    return cmocka_run_group_tests_name("aed_features~", tests, NULL, NULL);
}
