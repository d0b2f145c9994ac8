/* [aed_features~] at the edges: silence, clipping, DC, NaN in the signal, a target shorter than the
 * window, another sample rate. What is defined there stands in the help patch. */
#include <stdio.h>
#include <string.h>

#include "oneear.h"

/* Every loss, reward and feature there is. */
static void ask_for_everything(void)
{
    char message[64];

    for (size_t j = 0; j < AED_EAR_LOSSES; j++)
    {
        snprintf(message, sizeof message, "loss %s 1", aed_losses[j]->name);
        fake_accept(ear, 0, message);
    }
    for (size_t j = 0; j < AED_EAR_REWARDS; j++)
    {
        snprintf(message, sizeof message, "reward %s 1", aed_rewards[j].name);
        fake_accept(ear, 0, message);
    }
    fake_accept(ear, 0,
        "features centroid rolloff flatness rms spread softrolloff peakiness flux "
        "loudness mfcc bands magnitude");
}

static void take(const double *v, size_t n)
{
    const size_t before = fake_seen(ear, 4, "target");

    fake_array(&ear_host, "edge", v, n);
    fake_accept(ear, 0, "target edge");
    assert_true(fake_run_until_seen(ear, 4, "target", before + 1, 50.0));
}

static void finite_everywhere(void)
{
    for (size_t p = 0; p < 4; p++)
        for (size_t i = 0; i < ear->sent[p].n; i++)
            assert_true(isfinite(ear->sent[p].v[i]));
    fake_no_errors(&ear_host);
}

/* Each against each, descending the loss and climbing the reward. */
static void silence_clipping_and_dc_stay_finite(void **state)
{
    static double sounds[4][N];

    (void)state;
    for (size_t i = 0; i < N; i++)
    {
        sounds[1][i] = fmin(fmax(3.0 * sin(0.1 * (double)i), -1.0), 1.0);
        sounds[2][i] = 1.0;
        sounds[3][i] = i == N / 2 ? 1e-30 : 0.0;
    }
    ask_for_everything();
    for (size_t k = 0; k < 32; k++)
    {
        fake_accept(ear, 0, k & 16 ? "gradient reward" : "gradient loss");
        take(sounds[k / 4 % 4], N);
        memcpy(ear_window, sounds[k % 4], sizeof ear_window);
        heard_now();
        finite_everywhere();
    }
}

static void silence_has_features(void **state)
{
    (void)state;
    fake_accept(ear, 0,
        "features centroid rolloff spread softrolloff peakiness flux rms flatness "
        "loudness bands");
    memset(ear_window, 0, sizeof ear_window);
    take_target();
    heard_now();
    for (size_t i = 0; i < 7; i++)
        assert_true(fabs(ear->sent[3].v[i]) < 1e-12);
    assert_true(fabs(ear->sent[3].v[7] - 1.0) < 1e-6);
    assert_true(fabs(ear->sent[3].v[8] + 100.691) < 1e-4);
    for (size_t b = 0; b < 20; b++)
        assert_true(fabs(ear->sent[3].v[9 + b] - log(1e-4)) < 1e-6); /* the floor */
}

/* Equal sounds, be they silent, cost nothing and are worth all. */
static void silence_is_like_silence(void **state)
{
    (void)state;
    ask_for_everything();
    memset(ear_window, 0, sizeof ear_window);
    take(ear_window, N);
    heard_now();
    assert_true(fabs(ear->sent[1].v[0]) < 1e-12);
    assert_true(ear->sent[2].v[0] == 1.0);
    for (size_t i = 0; i < N; i++)
        assert_true(ear->sent[0].v[i] == 0.0);
}

static void loss_dc_draws_dc_to_0(void **state)
{
    (void)state;
    take_target();
    fake_accept(ear, 0, "loss logmel 0");
    fake_accept(ear, 0, "loss dc 1");
    for (size_t i = 0; i < N; i++)
        ear_window[i] = 0.25;
    heard_now();
    assert_true(fabs(ear->sent[1].v[0] - 100.0 / 16.0) < 1e-5);
    for (size_t i = 0; i < N; i++)
        assert_true(fabs(ear->sent[0].v[i] - 200.0 * 0.25 / N) < 1e-6);
}

static size_t played;

static void play_one_nan(void *context, double *y, size_t n)
{
    (void)context;
    for (size_t i = 0; i < n; i++)
        y[i] = played++ == 300 ? NAN : 0.1;
}

/* One sample is enough for the window to be refused; the next one is heard. */
static void nan_spoils_its_window_only(void **state)
{
    (void)state;
    take_target();
    ear_host.plant = play_one_nan;
    played = 0;
    fake_dsp(&ear_host, 1);
    fake_accept(ear, 0, "bang");
    fake_run(&ear_host, 100.0);
    assert_non_null(strstr(fake_only_error(ear), "got NaN"));
    assert_int_equal(ear->sent[0].count + ear->sent[1].count + ear->sent[3].count, 0);
    fake_accept(ear, 0, "bang");
    assert_true(fake_run_until(ear, 0, 200.0));
    finite_everywhere();
}

static void after_the_end_of_the_target_is_silence(void **state)
{
    static double padded[N];
    double dx[N];
    aed_ear_result r;
    aed_ear *direct = core_ear(44100.0, 0);

    (void)state;
    memcpy(padded, ear_target, 300 * sizeof *padded);
    assert_int_equal(aed_ear_target(direct, padded, N, NULL), AED_OK);
    assert_int_equal(aed_ear_listen(direct, &r, dx, ear_window, NULL, NULL, N, NULL), AED_OK);
    take(ear_target, 300);
    heard_now();
    assert_true(ear->sent[1].v[0] == (double)(float)r.loss);
    for (size_t i = 0; i < N; i++)
        assert_true(ear->sent[0].v[i] == (double)(float)dx[i]);
    take(ear_target, 1); /* shorter than anything */
    heard_now();
    finite_everywhere();
    aed_ear_free(direct);
}

/* From the next window on; the target's samples stay what they are. */
static void the_sample_rate_may_change(void **state)
{
    aed_ear_config c = {.sr_hz = 96000.0,
        .n = N,
        .sizes = {256, 512},
        .n_sizes = 2,
        .hop_n = 64,
        .mels = 20,
        .floor = 1e-4};
    aed_ear *direct = aed_ear_new(&c, NULL);
    aed_ear_result r;

    (void)state;
    assert_int_equal(aed_ear_target(direct, ear_target, N, NULL), AED_OK);
    assert_int_equal(aed_ear_listen(direct, &r, NULL, ear_window, NULL, NULL, N, NULL), AED_OK);
    take_target();
    const uint64_t before = heard_now();
    ear_host.sr_hz = 96000.0;
    fake_dsp(&ear_host, 1);
    assert_true(heard_now() != before);
    assert_true(ear->sent[1].v[0] == (double)(float)r.loss);
    assert_true(ear->sent[3].v[0] == (double)(float)r.phi[0]);
    ear_host.sr_hz = 44100.0;
    fake_dsp(&ear_host, 1);
    assert_true(heard_now() == before);
    aed_ear_free(direct);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        EAR_TEST(silence_clipping_and_dc_stay_finite),
        EAR_TEST(silence_has_features),
        EAR_TEST(silence_is_like_silence),
        EAR_TEST(loss_dc_draws_dc_to_0),
        EAR_TEST(nan_spoils_its_window_only),
        EAR_TEST(after_the_end_of_the_target_is_silence),
        EAR_TEST(the_sample_rate_may_change),
    };

    return cmocka_run_group_tests_name("aed_features~, edges", tests, NULL, NULL);
}
