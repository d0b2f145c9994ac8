/* [aed_features~]: which features, losses and rewards it is asked for. */
#include <stdio.h>
#include <string.h>

#include "oneear.h"

static void features_are_chosen_in_order(void **state)
{
    const size_t rows[] = {
        AED_FEATURE_MFCC, AED_FEATURE_RMS, AED_FEATURE_MAGNITUDE, AED_FEATURE_FLUX};
    aed_ear *direct = core_ear(44100.0, (1u << AED_FEATURES) - 1u);
    aed_ear_result r;
    size_t at = 0;

    (void)state;
    take_target();
    const uint64_t before = heard_now();
    fake_accept(ear, 0, "features mfcc rms magnitude flux");
    assert_true(heard_now() != before);
    assert_int_equal(ear->sent[3].n, 13 + 1 + 129 + 1);
    assert_int_equal(aed_ear_listen(direct, &r, NULL, ear_window, NULL, NULL, N, NULL), AED_OK);
    for (size_t i = 0; i < 4; i++)
    {
        size_t n;
        const double *phi = aed_ear_heard(direct, rows[i], &n);

        for (size_t k = 0; k < n; k++)
            assert_true(ear->sent[3].v[at++] == (double)(float)phi[k]);
    }
    aed_ear_free(direct);
    fake_accept(ear, 0, "features");
    assert_true(heard_now() == before);
}

/* Every entry moves with the sound; so does every one of the lists. */
static void every_feature_hears_another_sound(void **state)
{
    double first[300];

    (void)state;
    take_target();
    fake_accept(ear, 0,
        "features centroid spread rolloff softrolloff flatness peakiness flux rms "
        "loudness mfcc bands magnitude pitch confidence inharmonicity");
    heard_now();
    const size_t n = ear->sent[3].n;
    assert_int_equal(n, 9 + 13 + 2 * 20 + 129 + 3);
    memcpy(first, ear->sent[3].v, n * sizeof *first);
    for (size_t i = 0; i < N; i++)
        ear_window[i] = (i < N / 2 ? 0.1 : 0.9) * sin(1.1e-3 * (double)(i * i));
    heard_now();
    for (size_t i = 0; i < n; i++)
        assert_true(ear->sent[3].v[i] != first[i]);
}

static void features_are_listed(void **state)
{
    (void)state;
    fake_accept(ear, 0, "features mfcc rms");
    fake_accept(ear, 0, "features ?");
    assert_int_equal(fake_seen(ear, 4, "feature"), AED_FEATURES);
    assert_string_equal(ear->sent[4].symbol, "inharmonicity"); /* the last row, not in phi */
    assert_true(ear->sent[4].v[1] == 1.0 && ear->sent[4].v[2] == -1.0);
    fake_accept(ear, 0, "features mfcc magnitude inharmonicity");
    fake_accept(ear, 0, "features ?");
    assert_true(ear->sent[4].v[2] == 13.0 + 129.0); /* where it begins */
}

/* Each loss by its name at info, and what leaves is core's. */
static void every_loss_is_told_by_name(void **state)
{
    double weights[AED_EAR_LOSSES] = {0}, dx[N];
    aed_ear *direct = core_ear(44100.0, 0);

    (void)state;
    take_target();
    fake_accept(ear, 0, "cap 0.1");
    fake_accept(ear, 0, "loss logmel 0");
    for (size_t j = 0; j < AED_EAR_LOSSES; j++)
    {
        char message[64];
        aed_ear_result r;

        snprintf(message, sizeof message, "loss %s 2", aed_losses[j]->name);
        fake_accept(ear, 0, message);
        heard_now();
        weights[j] = 2.0;
        assert_int_equal(
            aed_ear_listen(direct, &r, dx, ear_window, weights, NULL, N, NULL), AED_OK);
        weights[j] = 0.0;
        assert_int_equal(fake_seen(ear, 4, aed_losses[j]->name), 1);
        assert_true(
            ear->sent[1].v[0] == (double)(float)r.loss && (r.loss > 0.0 || j >= AED_LOSS_PITCH));
        for (size_t i = 0; i < N; i++)
            assert_true(ear->sent[0].v[i] == (double)(float)dx[i]);
        snprintf(message, sizeof message, "loss %s 0", aed_losses[j]->name);
        fake_accept(ear, 0, message);
    }
    aed_ear_free(direct);
}

static void gradient_reward_climbs(void **state)
{
    const double rewards[AED_EAR_REWARDS] = {1.0, 0.5, 0.0, 0.0, 2.0, 1.0};
    double dx[N];
    aed_ear *direct = core_ear(44100.0, 0);
    aed_ear_result r;

    (void)state;
    take_target();
    fake_accept(ear, 0, "cap 0.1");
    fake_accept(ear, 0, "reward rolloff 0.5");
    fake_accept(ear, 0, "reward peakiness 2");
    fake_accept(ear, 0, "reward cap 1");
    const uint64_t before = heard_now();
    fake_accept(ear, 0, "gradient reward");
    heard_now();
    assert_int_equal(aed_ear_climb(direct, &r, dx, ear_window, NULL, rewards, N, NULL), AED_OK);
    assert_true(ear->sent[1].v[0] == (double)(float)r.loss);
    assert_true(ear->sent[2].v[0] == (double)(float)r.reward);
    for (size_t i = 0; i < N; i++)
        assert_true(ear->sent[0].v[i] == (double)(float)dx[i]);
    fake_accept(ear, 0, "gradient loss");
    assert_true(heard_now() == before);
    aed_ear_free(direct);
}

/* Following outlet 1 alone, the reward grows nearly to 1. */
static void climbing_arrives(void **state)
{
    double reward = 0.0;

    (void)state;
    take_target();
    fake_accept(ear, 0, "reward flatness 1");
    fake_accept(ear, 0, "reward peakiness 1");
    fake_accept(ear, 0, "gradient reward");
    for (size_t i = 0; i < N; i++)
        ear_window[i] = 0.3 * sin(0.37 * (double)i) + 0.1 * sin(2.1 * (double)i);
    heard_now();
    assert_true(ear->sent[2].v[0] < 0.9);
    for (size_t step = 0; step < 400; step++)
    {
        double square = 0.0;

        heard_now();
        reward = ear->sent[2].v[0];
        for (size_t i = 0; i < N; i++)
            square += ear->sent[0].v[i] * ear->sent[0].v[i];
        for (size_t i = 0; i < N; i++)
            ear_window[i] -= 0.1 * (1.0 - reward) / square * ear->sent[0].v[i];
    }
    assert_true(reward > 0.99);
}

static void a_cap_takes_off_the_reward(void **state)
{
    (void)state;
    take_target();
    fake_accept(ear, 0, "reward cap 1");
    heard_now();
    const double quiet = ear->sent[2].v[0];
    fake_accept(ear, 0, "cap 0.01"); /* the window's rms is .14: 13 times too loud */
    heard_now();
    assert_true(fabs(ear->sent[2].v[0] - (quiet - 1.0)) < 1e-6);
    fake_accept(ear, 0, "cap 0");
    heard_now();
    assert_true(ear->sent[2].v[0] == quiet);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        EAR_TEST(features_are_chosen_in_order),
        EAR_TEST(every_feature_hears_another_sound),
        EAR_TEST(features_are_listed),
        EAR_TEST(every_loss_is_told_by_name),
        EAR_TEST(gradient_reward_climbs),
        EAR_TEST(climbing_arrives),
        EAR_TEST(a_cap_takes_off_the_reward),
    };

    return cmocka_run_group_tests_name("aed_features~, choices", tests, NULL, NULL);
}
