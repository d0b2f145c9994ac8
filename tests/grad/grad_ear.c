/* Every loss's dL/dx, alone and mixed, against five-point differences at every sample of a window,
 * its reflected edges included; and the check itself shown to fail on wrong gradients. */
#include "common.h"

#include <stdio.h>
#include <string.h>

#include "ear/ear.h"

enum
{
    N = 400
};

static const double step = 2e-4, tolerance = 1e-5;
static double x[N], y[N], dx[N];

typedef struct
{
    aed_ear *ear;
    const double *weights;
} listener;

/* Noise of two colours, so that no feature is the same in both, and an attack. */
static int set_up(void **state)
{
    test_fill(x, N, -0.5, 0.5);
    test_fill(y, N, -0.5, 0.5);
    for (size_t i = 1; i < N; i++)
    {
        x[i] += 0.7 * x[i - 1];
        y[i] = (0.2 + (double)i / N) * y[i] - 0.2 * y[i - 1];
    }
    return 0;
}

static aed_ear *ear_new(int whole_frames)
{
    const aed_ear_config c = {16000.0, N, {64, 256, 128}, 3, 48, 12, 1e-4, whole_frames, 0.3, 0, 1};
    aed_ear *ear = aed_ear_new(&c, NULL);

    assert_non_null(ear);
    assert_int_equal(aed_ear_target(ear, y, N, NULL), AED_OK);
    return ear;
}

static long double loss(const double *sound, void *context)
{
    const listener *l = context;
    aed_ear_result r;

    assert_int_equal(aed_ear_listen(l->ear, &r, NULL, sound, l->weights, NULL, N, NULL), AED_OK);
    return r.loss;
}

static double worst_now(listener *l)
{
    return gradient_worst(dx, x, loss, l, step, 0.0, NULL, N);
}

static double worst_with(const double *weights, int whole_frames)
{
    listener l = {ear_new(whole_frames), weights};
    aed_ear_result r;

    for (size_t i = 0; i < N; i++)
        dx[i] = 1e9; /* dx is written, not added to */
    assert_int_equal(aed_ear_listen(l.ear, &r, dx, x, weights, NULL, N, NULL), AED_OK);
    assert_true(r.loss == (double)loss(x, &l));
    const double worst = worst_now(&l);

    aed_ear_free(l.ear);
    return worst;
}

static void each_loss_alone(void **state)
{
    for (size_t j = 0; j < AED_EAR_LOSSES; j++)
        for (int whole_frames = 0; whole_frames < 2; whole_frames++)
        {
            double weights[AED_EAR_LOSSES] = {0};

            weights[j] = 1.0;
            const double worst = worst_with(weights, whole_frames);

            printf("grad %s%s: worst %.1e\n", aed_losses[j]->name,
                whole_frames ? ", whole frames" : "", worst);
            assert_true(worst < tolerance);
        }
}

static void losses_together(void **state)
{
    double weights[AED_EAR_LOSSES];

    for (int whole_frames = 0; whole_frames < 2; whole_frames++)
        for (int times = 0; times < 3; times++)
        {
            test_fill(weights, AED_EAR_LOSSES, -1.0, 3.0);
            assert_true(worst_with(weights, whole_frames) < tolerance);
        }
}

/* --- features by themselves: a random mix of their numbers --- */

typedef struct
{
    aed_ear *ear;
    size_t row;
    double dphi[64];
} mixer;

static long double mixed(const double *sound, void *context)
{
    const mixer *m = context;
    aed_ear_result r;
    long double sum = 0.0;
    size_t n;

    assert_int_equal(aed_ear_listen(m->ear, &r, NULL, sound, NULL, NULL, N, NULL), AED_OK);
    const double *phi = aed_ear_heard(m->ear, m->row, &n);
    for (size_t i = 0; i < n; i++)
        sum += (long double)m->dphi[i] * phi[i];
    return sum;
}

static double worst_feature(size_t row, int whole_frames)
{
    const aed_ear_config c = {
        16000.0, N, {64, 256, 128}, 3, 48, 12, 1e-4, whole_frames, 0.3, 1u << row, 1};
    mixer m = {.ear = aed_ear_new(&c, NULL), .row = row};

    test_fill(m.dphi, 64, -1.0, 1.0);
    test_fill(dx, N, 1e9, 1e9);
    assert_int_equal(aed_ear_feature(m.ear, dx, m.dphi, x, row, N, NULL), AED_OK);
    const double worst = gradient_worst(dx, x, mixed, &m, step, 0.0, NULL, N);

    aed_ear_free(m.ear);
    return worst;
}

static void each_feature_alone(void **state)
{
    for (size_t j = 0; j < AED_EAR_FEATURES; j++)
    {
        if (!aed_features[j]->back)
            continue;
        const double worst = worse_of(worst_feature(j, 0), worst_feature(j, 1));

        printf("grad feature %s: worst %.1e\n", aed_features[j]->name, worst);
        assert_true(worst < tolerance);
    }
}

/* What noise does not show: a pitch above the lobes of harmonics, whose partials are stretched. */
static void features_of_a_stretched_tone(void **state)
{
    static const size_t rows[] = {
        AED_FEATURE_PITCH, AED_FEATURE_CONFIDENCE, AED_FEATURE_INHARMONICITY};
    const double pi = acos(-1.0);

    for (size_t i = 0; i < N; i++)
        for (double k = 1.0; k < 8.0; k++)
            x[i] = (k > 1.0 ? x[i] : 0.01 * x[i]) +
                   exp(-0.002 * (double)i) / k *
                       sin(2.0 * pi * 930.0 * k * sqrt(1.0 + 0.01 * k * k) * (double)i / 16000.0);
    for (size_t i = 0; i < 3; i++)
    {
        const double worst = worse_of(worst_feature(rows[i], 0), worst_feature(rows[i], 1));

        printf("grad feature %s, of a tone: worst %.1e\n", aed_features[rows[i]]->name, worst);
        assert_true(gradient_largest(dx, N) > 0.0);
        assert_true(worst < tolerance);
    }
}

static void what_has_no_gradient_says_so(void **state)
{
    aed_ear *ear = ear_new(0);
    const double dphi[1] = {1.0};
    aed_error e;

    assert_int_equal(aed_ear_feature(ear, dx, dphi, x, AED_FEATURE_ROLLOFF, N, &e), AED_E_ARG);
    assert_string_equal(e.msg, "feature rolloff: has no gradient");
    assert_int_equal(aed_ear_feature(ear, dx, dphi, x, AED_FEATURES, N, &e), AED_E_ARG);
    assert_int_equal(aed_ear_feature(ear, dx, dphi, x, 0, N - 1, &e), AED_E_SIZE);
    aed_ear_free(ear);
}

static long double lost_reward(const double *sound, void *context)
{
    const listener *l = context;
    aed_ear_result r;

    assert_int_equal(aed_ear_listen(l->ear, &r, NULL, sound, NULL, l->weights, N, NULL), AED_OK);
    return -(long double)r.reward;
}

/* Weights are the rewards' here; the loss's own are the defaults, which must not matter. */
static double worst_climb(const double *weights, int whole_frames)
{
    listener l = {ear_new(whole_frames), weights};
    aed_ear_result r;

    for (size_t i = 0; i < N; i++)
        dx[i] = 1e9;
    assert_int_equal(aed_ear_climb(l.ear, &r, dx, x, NULL, weights, N, NULL), AED_OK);
    assert_true(r.reward == -(double)lost_reward(x, &l));
    const double worst = gradient_worst(dx, x, lost_reward, &l, step, 0.0, NULL, N);

    aed_ear_free(l.ear);
    return worst;
}

static void each_reward_alone(void **state)
{
    for (size_t j = 0; j < AED_EAR_REWARDS; j++)
    {
        double weights[AED_EAR_REWARDS] = {0};

        weights[j] = 1.0;
        const double worst = worse_of(worst_climb(weights, 0), worst_climb(weights, 1));

        printf("grad reward %s: worst %.1e\n", aed_rewards[j].name, worst);
        assert_true(worst < tolerance);
    }
}

static void rewards_together(void **state)
{
    double weights[AED_EAR_REWARDS];

    for (int times = 0; times < 6; times++)
    {
        test_fill(weights, AED_EAR_REWARDS, 0.0, 3.0);
        assert_true(worst_climb(weights, times % 2) < tolerance);
    }
}

/* Far from noise: a loud, clipped tone against a faint one, where bins are nearly empty. */
static void tones(void **state)
{
    for (size_t i = 0; i < N; i++)
    {
        x[i] = fmin(fmax(3.0 * sin(0.21 * (double)i), -1.0), 1.0);
        y[i] = 0.01 * sin(0.34 * (double)i);
    }
    assert_true(worst_with(NULL, 0) < tolerance);
    assert_true(worst_with(NULL, 1) < tolerance);
}

/* The default sizes, at samples near both edges and in the middle. */
static double whole_x[16384], whole_dx[16384];

static long double default_loss(const double *some, void *context)
{
    aed_ear_result r;

    (void)some; /* points into whole_x */
    assert_int_equal(aed_ear_listen(context, &r, NULL, whole_x, NULL, NULL, 16384, NULL), AED_OK);
    return r.loss;
}

static void default_sizes_at_some_samples(void **state)
{
    static const size_t places[] = {0, 3, 500, 2046, 2048, 8191, 13000, 14336, 15871, 16382};
    aed_ear_config c;
    aed_ear_result r;
    double worst = 0.0;

    aed_ear_defaults(&c);
    aed_ear *ear = aed_ear_new(&c, NULL);

    assert_non_null(ear);
    test_fill(whole_x, c.n, -0.5, 0.5);
    assert_int_equal(aed_ear_target(ear, whole_x, c.n, NULL), AED_OK);
    test_fill(whole_x, c.n, -0.1, 0.1);
    assert_int_equal(aed_ear_listen(ear, &r, whole_dx, whole_x, NULL, NULL, c.n, NULL), AED_OK);
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
    {
        const size_t at = places[i];
        const double off =
            gradient_worst(whole_dx + at, whole_x + at, default_loss, ear, step, 0.0, NULL, 2);

        worst = worse_of(worst, off);
    }
    aed_ear_free(ear);
    printf("grad logmel, default sizes: worst %.1e\n", worst);
    assert_true(worst < tolerance);
}

/* Written so that a NaN counts as noticed. */
static void assert_noticed(listener *l)
{
    assert_false(worst_now(l) < tolerance);
}

static void wrong_gradients_are_noticed(void **state)
{
    listener l = {ear_new(0), NULL};
    aed_ear_result r;
    double right[N];

    assert_int_equal(aed_ear_listen(l.ear, &r, right, x, NULL, NULL, N, NULL), AED_OK);
    memcpy(dx, right, sizeof dx);
    assert_true(worst_now(&l) < tolerance);
    for (size_t i = 0; i < N; i++)
        dx[i] = 1.001 * right[i];
    assert_noticed(&l);
    memcpy(dx, right, sizeof dx);
    dx[N / 3] = 0.0;
    assert_noticed(&l);
    dx[N / 3] = NAN;
    assert_noticed(&l);
    memcpy(dx, right, sizeof dx);
    dx[0] *= 1.001; /* an edge only */
    assert_noticed(&l);
    assert_int_equal(aed_ear_climb(l.ear, &r, dx, x, NULL, NULL, N, NULL), AED_OK);
    assert_noticed(&l); /* the reward's is another one */
    aed_ear_free(l.ear);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(each_loss_alone, set_up),
        cmocka_unit_test_setup(losses_together, set_up),
        cmocka_unit_test_setup(each_feature_alone, set_up),
        cmocka_unit_test_setup(features_of_a_stretched_tone, set_up),
        cmocka_unit_test_setup(what_has_no_gradient_says_so, set_up),
        cmocka_unit_test_setup(each_reward_alone, set_up),
        cmocka_unit_test_setup(rewards_together, set_up),
        cmocka_unit_test_setup(tones, set_up),
        cmocka_unit_test(default_sizes_at_some_samples),
        cmocka_unit_test_setup(wrong_gradients_are_noticed, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
