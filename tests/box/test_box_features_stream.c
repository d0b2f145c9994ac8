/* [aed_features~] as an analyzer: what streams is what an ear hears in the last samples, and what leaves
 * may be standardized and asked for again. */
#include <string.h>

#include "oneear.h"

enum
{
    BACK = 512, /* how far phi looks back: the largest fft size */
    HOP = 64,
    SOUND = 1 << 16
};

static double sound[SOUND];
static size_t played;

static void play(void *context, double *y, size_t n)
{
    (void)context;
    for (size_t i = 0; i < n; i++, played++)
        y[i] = played < SOUND ? sound[played] : 0.0;
}

static int stream_setup(void **state)
{
    if (ear_setup(state))
        return -1;
    for (size_t i = 0; i < SOUND; i++)
        sound[i] = (double)(float)(0.3 * sin(1e-6 * (double)(i * i)) + 0.1 * sin(0.05 * (double)i));
    played = 0;
    ear_host.plant = play;
    fake_dsp(&ear_host, 1);
    return 0;
}

static void start(const char *message)
{
    fake_accept(ear, 0, message);
    fake_run(&ear_host, 40.0); /* more than phi looks back */
}

static size_t told(void)
{
    return ear->sent[3].count;
}

/* phi that left last against an ear's: the clock of the block played last is still to come. */
static void assert_streamed(const aed_ear_config *c, size_t first_row)
{
    aed_ear *direct = aed_ear_new(c, NULL);
    aed_ear_result r;
    size_t n;
    const size_t end = played - HOP;

    assert_non_null(direct);
    assert_int_equal(
        aed_ear_listen(direct, &r, NULL, sound + end - c->n, NULL, NULL, c->n, NULL), AED_OK);
    const double *phi = aed_ear_heard(direct, first_row, &n);

    assert_true(ear->sent[3].n >= n);
    for (size_t i = 0; i < n; i++)
        assert_true(ear->sent[3].v[i] == (double)(float)phi[i]);
    aed_ear_free(direct);
}

static const aed_ear_config heard = {.sr_hz = 44100.0,
    .n = BACK,
    .sizes = {256, BACK},
    .n_sizes = 2,
    .hop_n = HOP,
    .mels = 20,
    .floor = 1e-4,
    .whole_frames = 1,
    .features = (1u << AED_FEATURES) - 1u};

static void phi_streams_at_each_hop(void **state)
{
    (void)state;
    start("stream 1");
    const size_t before = told(), played_before = played;

    fake_run(&ear_host, 100.0);
    assert_int_equal(told() - before, (played - played_before) / HOP);
    assert_int_equal(ear->sent[3].n, 4);
    assert_streamed(&heard, AED_FEATURE_CENTROID);
    assert_int_equal(ear->errors, 0);
    fake_accept(ear, 0, "stream 0");
    const size_t after = told();

    fake_run(&ear_host, 100.0);
    assert_int_equal(told(), after);
}

static void it_looks_back_as_far_as_asked(void **state)
{
    aed_ear_config c = heard;

    (void)state;
    c.n = 1024;
    start("stream 1 1024");
    assert_streamed(&c, AED_FEATURE_CENTROID);
}

static void settings_change_on_the_way(void **state)
{
    aed_ear_config c = heard;

    (void)state;
    start("stream 1");
    fake_accept(ear, 0, "features bands pitch");
    fake_run(&ear_host, 40.0);
    assert_int_equal(ear->sent[3].n, 2 * 20 + 1);
    assert_streamed(&c, AED_FEATURE_BANDS);
    fake_accept(ear, 0, "floor 0.01");
    fake_run(&ear_host, 40.0);
    c.floor = 0.01;
    assert_streamed(&c, AED_FEATURE_BANDS);
    ear_host.sr_hz = 48000.0;
    fake_dsp(&ear_host, 1);
    fake_run(&ear_host, 40.0);
    c.sr_hz = 48000.0;
    assert_streamed(&c, AED_FEATURE_BANDS);
}

static void of_many_changes_at_once_the_last_counts(void **state)
{
    (void)state;
    start("stream 1");
    for (size_t i = 0; i < 10000; i++)
        fake_accept(ear, 0, i % 2 ? "floor 0.001" : "floor 0.01");
    fake_accept(ear, 0, "features pitch");
    fake_run(&ear_host, 40.0);
    assert_int_equal(ear->sent[3].n, 1);
    assert_streamed(&heard, AED_FEATURE_PITCH);
    assert_int_equal(ear->errors, 0);
}

/* A loop goes on beside it: windows are answered too. */
static void windows_are_heard_meanwhile(void **state)
{
    (void)state;
    start("stream 1");
    take_target();
    heard_now();
    assert_int_equal(ear->sent[0].n, N);
    assert_true(ear->sent[1].count > 0);
}

/* ---- standardize ---- */

static void standardized_numbers_have_mean_0_and_deviation_1(void **state)
{
    double sum = 0.0, square = 0.0;
    size_t n = 0;

    (void)state;
    fake_accept(ear, 0, "features rms centroid");
    start("stream 1");
    for (size_t i = 0; i < SOUND; i++)
        sound[i] = (double)((i / 512 * 2654435761u >> 7) % 1000) * 1e-3 * sin(0.2 * (double)i);
    fake_run(&ear_host, 40.0); /* of the new sound alone */
    fake_accept(ear, 0, "standardize 1");
    for (; played < SOUND - 2 * BACK; n++)
    {
        fake_run(&ear_host, 1000.0 * HOP / 44100.0);
        sum += n < 50 ? 0.0 : ear->sent[3].v[0];
        square += n < 50 ? 0.0 : ear->sent[3].v[0] * ear->sent[3].v[0];
    }
    assert_true(n > 500);
    assert_true(fabs(sum / (double)(n - 50)) < 0.2);
    assert_true(fabs(square / (double)(n - 50) - 1.0) < 0.3);
}

static void the_first_is_0_and_2_keeps_what_was_learned(void **state)
{
    double once[4];

    (void)state;
    fake_accept(ear, 0, "standardize 1");
    take_target();
    heard_now();
    for (size_t i = 0; i < 4; i++)
        assert_true(ear->sent[3].v[i] == 0.0);
    for (size_t i = 0; i < N; i++)
        ear_window[i] *= 0.5 + 0.0001 * (double)i;
    heard_now();
    memcpy(once, ear->sent[3].v, sizeof once);
    for (size_t i = 0; i < 4; i++)
        assert_true(fabs(fabs(once[i]) - 1.0) < 1e-6 || once[i] == 0.0); /* of two numbers */
    assert_true(once[3] != 0.0);
    fake_accept(ear, 0, "standardize 2");
    heard_now();
    assert_memory_equal(ear->sent[3].v, once, sizeof once);
    heard_now();
    assert_memory_equal(ear->sent[3].v, once, sizeof once);
    fake_accept(ear, 0, "standardize 1"); /* anew */
    heard_now();
    assert_true(ear->sent[3].v[3] == 0.0);
    fake_accept(ear, 0, "standardize 0");
    heard_now();
    assert_true(ear->sent[3].v[3] > 0.0 && ear->sent[3].v[3] < 1.0);
}

/* What streams goes on as it was until the new one is made, and a window may be under way. */
static void other_features_have_statistics_of_their_own(void **state)
{
    size_t firsts = 0;

    (void)state;
    fake_thread("deadline 20");
    fake_accept(ear, 0, "standardize 1");
    fake_accept(ear, 0, "features loudness");
    start("stream 1");
    fake_accept(ear, 0, "features rms");
    for (size_t i = 0; i < 40; i++)
    {
        fake_run(&ear_host, 1000.0 * HOP / 44100.0);
        firsts += ear->sent[3].v[0] == 0.0;
    }
    assert_int_equal(firsts, 2); /* of the old one, and of the new one */
}

static void without_a_mean_2_changes_nothing(void **state)
{
    (void)state;
    take_target();
    fake_refuse(ear, 0, "standardize 2", "no mean to keep yet");
    heard_now();
    const double rms = ear->sent[3].v[3];

    fake_refuse(ear, 0, "standardize 2", "no mean to keep yet");
    fake_accept(ear, 0, "standardize 1");
    heard_now();
    fake_accept(ear, 0, "standardize 2");
    fake_accept(ear, 0, "features rms");
    heard_now();
    assert_true(ear->sent[3].v[0] == rms);
    assert_non_null(strstr(fake_only_error(ear), "of these features there is no mean yet"));
    heard_now();
    fake_no_errors(&ear_host); /* said once */
}

/* ---- get ---- */

static void get_says_it_once_more(void **state)
{
    (void)state;
    fake_refuse(ear, 0, "get", "get: nothing was heard yet");
    take_target();
    heard_now();
    const double reward = ear->sent[2].v[0], loss = ear->sent[1].v[0], rms = ear->sent[3].v[3];
    const size_t count = told(), gradients = ear->sent[0].count;

    fake_accept(ear, 0, "get");
    assert_int_equal(told(), count + 1);
    assert_true(ear->sent[3].v[3] == rms);
    assert_true(ear->sent[2].v[0] == reward && ear->sent[1].v[0] == loss);
    assert_int_equal(ear->sent[0].count, gradients);
    fake_accept(ear, 0, "features mfcc");
    fake_refuse(ear, 0, "get", "get: nothing was heard yet");
}

static void wrong_messages_are_refused(void **state)
{
    (void)state;
    fake_refuse(ear, 0, "stream", "got 0 arguments");
    fake_refuse(ear, 0, "stream 1 511", "stream: got 511 samples, allowed 512");
    fake_refuse(ear, 0, "stream 1 65537", "stream: got 65537 samples");
    fake_refuse(ear, 0, "standardize 3", "standardize: got 3, allowed 0, 1, 2");
    fake_refuse(ear, 0, "standardize", "got 0 arguments");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(phi_streams_at_each_hop, stream_setup, ear_teardown),
        cmocka_unit_test_setup_teardown(it_looks_back_as_far_as_asked, stream_setup, ear_teardown),
        cmocka_unit_test_setup_teardown(settings_change_on_the_way, stream_setup, ear_teardown),
        cmocka_unit_test_setup_teardown(
            of_many_changes_at_once_the_last_counts, stream_setup, ear_teardown),
        cmocka_unit_test_setup_teardown(
            without_a_mean_2_changes_nothing, stream_setup, ear_teardown),
        cmocka_unit_test_setup_teardown(
            other_features_have_statistics_of_their_own, stream_setup, ear_teardown),
        cmocka_unit_test_setup_teardown(windows_are_heard_meanwhile, stream_setup, ear_teardown),
        cmocka_unit_test_setup_teardown(
            standardized_numbers_have_mean_0_and_deviation_1, stream_setup, ear_teardown),
        cmocka_unit_test_setup_teardown(
            the_first_is_0_and_2_keeps_what_was_learned, ear_setup, ear_teardown),
        cmocka_unit_test_setup_teardown(get_says_it_once_more, ear_setup, ear_teardown),
        cmocka_unit_test_setup_teardown(wrong_messages_are_refused, ear_setup, ear_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
