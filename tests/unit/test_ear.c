/* The ear as a whole: what it refuses, what it leaves untouched, and awkward sounds. */
#include "common.h"

#include <string.h>

#include "ear/ear.h"

enum
{
    N = 5000
};

static double x[N], y[N], dx[N];
static aed_ear *ear;
static aed_error error;
static aed_ear_result result;

static int set_up(void **state)
{
    aed_ear_config c;

    aed_ear_defaults(&c);
    c.n = N;
    ear = aed_ear_new(&c, &error);
    assert_non_null(ear);
    test_fill(x, N, -0.5, 0.5);
    test_fill(y, N, -0.5, 0.5);
    memset(&result, 0, sizeof result);
    return 0;
}

static int tear_down(void **state)
{
    aed_ear_free(ear);
    return 0;
}

static void assert_heard(void)
{
    assert_int_equal(aed_ear_listen(ear, &result, dx, x, NULL, NULL, N, &error), AED_OK);
}

static void assert_target(void)
{
    assert_int_equal(aed_ear_target(ear, y, N, &error), AED_OK);
}

/* --- configuration --- */

static void assert_refused(const aed_ear_config *c, aed_status code, const char *msg)
{
    assert_null(aed_ear_new(c, &error));
    assert_int_equal(error.code, code);
    assert_string_equal(error.msg, msg);
    assert_null(aed_ear_new(c, NULL));
}

static void bad_sizes_are_refused(void **state)
{
    static const size_t sizes[] = {0, 32, 1000, 65536};
    aed_ear_config c;

    for (size_t i = 0; i < 4; i++)
    {
        aed_ear_defaults(&c);
        c.sizes[1] = sizes[i];
        assert_null(aed_ear_new(&c, &error));
        assert_int_equal(error.code, AED_E_ARG);
    }
    c.sizes[1] = 1000;
    assert_refused(&c, AED_E_ARG, "fft size: got 1000, allowed are powers of two 64 … 32768");
    c.n_sizes = 0;
    assert_refused(&c, AED_E_ARG, "fft sizes: got 0 of them, allowed are 1 … 8");
    c.n_sizes = 9;
    assert_refused(&c, AED_E_ARG, "fft sizes: got 9 of them, allowed are 1 … 8");
}

static void bad_numbers_are_refused(void **state)
{
    aed_ear_config c;

    aed_ear_defaults(&c);
    c.hop_n = 0;
    assert_refused(&c, AED_E_ARG, "hop: got 0, allowed is 1 … the fft size 1024");
    c.hop_n = 1025;
    assert_refused(&c, AED_E_ARG, "hop: got 1025, allowed is 1 … the fft size 1024");
    aed_ear_defaults(&c);
    c.mels = 513;
    assert_refused(&c, AED_E_ARG, "mels: got 513, allowed are 1 … 512");
    c.mels = 0;
    assert_refused(&c, AED_E_ARG, "mels: got 0, allowed are 1 … 512");
    aed_ear_defaults(&c);
    c.floor = 0.0;
    assert_refused(&c, AED_E_ARG, "floor: got 0, allowed are 1e-12 … 1000");
    c.floor = NAN;
    assert_null(aed_ear_new(&c, NULL));
    aed_ear_defaults(&c);
    c.sr_hz = NAN;
    assert_null(aed_ear_new(&c, NULL));
    c.sr_hz = -1.0;
    assert_refused(&c, AED_E_ARG, "sample rate: got -1 Hz, allowed are 1000 … 1000000");
}

static void bad_windows_are_refused(void **state)
{
    aed_ear_config c;

    aed_ear_defaults(&c);
    c.n = 2048;
    assert_refused(
        &c, AED_E_ARG, "window: got 2048 samples, allowed are 2049 … 16777216 with fft size 4096");
    c.n = 4095;
    c.whole_frames = 1;
    assert_refused(&c, AED_E_ARG,
        "window: got 4095 samples, allowed are 4096 … 16777216 with fft size 4096 and whole "
        "frames");
    c.n = ((size_t)1 << 24) + 1;
    assert_null(aed_ear_new(&c, NULL));
    aed_ear_defaults(&c);
    c.targets = 65;
    assert_refused(&c, AED_E_ARG, "targets: got 65, allowed are 1 … 64");
    c.n = (size_t)1 << 16;
    c.hop_n = 32;
    c.targets = 64;
    assert_null(aed_ear_new(&c, &error));
    assert_int_equal(error.code, AED_E_MEMORY);
    aed_ear_defaults(&c);
    c.n = (size_t)1 << 20;
    c.hop_n = 1;
    assert_null(aed_ear_new(&c, &error));
    assert_int_equal(error.code, AED_E_MEMORY);
}

static void the_shortest_windows_work(void **state)
{
    aed_ear_config c;

    test_fill(x, N, -0.5, 0.5);
    test_fill(y, N, -0.5, 0.5);
    aed_ear_defaults(&c);
    for (c.whole_frames = 0; c.whole_frames < 2; c.whole_frames++)
    {
        c.n = c.whole_frames ? 4096 : 2049;
        aed_ear *e = aed_ear_new(&c, &error);

        assert_non_null(e);
        assert_int_equal(aed_ear_target(e, y, c.n, &error), AED_OK);
        assert_int_equal(aed_ear_listen(e, &result, dx, x, NULL, NULL, c.n, &error), AED_OK);
        assert_true(result.loss > 0.0);
        aed_ear_free(e);
    }
    aed_ear_free(NULL);
}

/* --- target --- */

static void without_a_target_only_features_are_heard(void **state)
{
    assert_false(aed_ear_has_target(ear));
    memset(dx, 1, sizeof dx);
    assert_heard();
    assert_true(result.loss == 0.0 && result.reward == 0.0);
    for (size_t j = 0; j < AED_EAR_LOSSES; j++)
        assert_true(result.terms[j] == 0.0);
    for (size_t j = 0; j < AED_EAR_REWARDS; j++)
        assert_true(result.rewards[j] == 0.0);
    for (size_t i = 0; i < N; i++)
        assert_true(dx[i] == 0.0);
    assert_true(result.phi[AED_FEATURE_CENTROID] > 0.3);
    assert_true(fabs(result.phi[AED_FEATURE_RMS] - 0.5 / sqrt(3.0)) < 0.01);
}

static void a_refused_target_leaves_the_old_one(void **state)
{
    assert_target();
    assert_true(aed_ear_has_target(ear));
    assert_heard();
    const aed_ear_result before = result;

    assert_int_equal(aed_ear_target(ear, x, N - 1, &error), AED_E_SIZE);
    assert_string_equal(error.msg, "window: got 4999 samples, expected 5000");
    y[N - 1] = NAN;
    assert_int_equal(aed_ear_target(ear, y, N, &error), AED_E_NONFINITE);
    y[N - 1] = -INFINITY;
    assert_int_equal(aed_ear_target(ear, y, N, &error), AED_E_NONFINITE);
    y[N - 1] = 1e200;
    assert_int_equal(aed_ear_target(ear, y, N, NULL), AED_E_NONFINITE);
    assert_heard();
    assert_memory_equal(&result, &before, sizeof before);
}

static void the_target_itself_has_no_loss(void **state)
{
    double weights[AED_EAR_LOSSES], rewards[AED_EAR_REWARDS];

    test_fill(weights, AED_EAR_LOSSES, 1.0, 1.0);
    test_fill(rewards, AED_EAR_REWARDS, 1.0, 1.0);
    weights[AED_LOSS_DC] = 0.0; /* asks nothing of the target */
    assert_target();
    assert_int_equal(aed_ear_listen(ear, &result, dx, y, weights, rewards, N, &error), AED_OK);
    assert_true(fabs(result.loss) < 1e-15);
    assert_true(fabs(result.reward - 1.0) < 1e-12);
    for (size_t i = 0; i < N; i++)
        assert_true(fabs(dx[i]) < 1e-15);
}

/* --- listening --- */

static void refused_sounds_leave_everything_untouched(void **state)
{
    double kept_dx[N];

    assert_target();
    assert_heard();
    const aed_ear_result before = result;

    memcpy(kept_dx, dx, sizeof dx);
    assert_int_equal(aed_ear_listen(ear, &result, dx, x, NULL, NULL, N + 1, &error), AED_E_SIZE);
    x[7] = NAN;
    assert_int_equal(aed_ear_listen(ear, &result, dx, x, NULL, NULL, N, &error), AED_E_NONFINITE);
    x[7] = INFINITY;
    assert_int_equal(aed_ear_listen(ear, &result, dx, x, NULL, NULL, N, NULL), AED_E_NONFINITE);
    x[7] = 0.0;
    const double huge[AED_EAR_LOSSES] = {1e308, 0.0, 1e308};

    for (size_t i = 0; i < N; i++)
        x[i] *= 1e90;
    assert_int_equal(aed_ear_listen(ear, &result, dx, x, huge, NULL, N, &error), AED_E_NONFINITE);
    assert_memory_equal(&result, &before, sizeof before);
    assert_memory_equal(dx, kept_dx, sizeof dx);
}

/* A later target takes the place of the samples too; a refused one does not. */
static void the_wave_is_the_last_accepted_targets(void **state)
{
    const double weights[AED_EAR_LOSSES] = {[AED_LOSS_WAVE] = 1.0};

    assert_target();
    for (size_t i = 0; i < N; i++)
        x[i] = y[i];
    y[0] = NAN;
    assert_int_equal(aed_ear_target(ear, y, N, &error), AED_E_NONFINITE);
    assert_int_equal(aed_ear_listen(ear, &result, dx, x, weights, NULL, N, &error), AED_OK);
    assert_true(result.loss == 0.0);
    for (size_t i = 0; i < N; i++)
        y[i] = x[i] - 0.25;
    assert_target();
    assert_int_equal(aed_ear_listen(ear, &result, dx, x, weights, NULL, N, &error), AED_OK);
    assert_true(fabs(result.loss - 0.0625) < 1e-15);
    for (size_t i = 0; i < N; i++)
        assert_true(fabs(dx[i] - 0.5 / N) < 1e-18);
}

static void bad_weights_are_refused(void **state)
{
    double weights[AED_EAR_LOSSES] = {NAN}, rewards[AED_EAR_REWARDS] = {-1.0};

    assert_target();
    assert_int_equal(aed_ear_listen(ear, &result, dx, x, weights, NULL, N, &error), AED_E_ARG);
    assert_int_equal(aed_ear_listen(ear, &result, dx, x, NULL, rewards, N, &error), AED_E_ARG);
    assert_string_equal(error.msg, "reward centroid: got weight -1, allowed are finite ones >= 0");
    rewards[0] = INFINITY;
    assert_int_equal(aed_ear_listen(ear, &result, dx, x, NULL, rewards, N, &error), AED_E_ARG);
}

static void the_loss_is_the_weighted_sum_of_its_terms(void **state)
{
    double weights[AED_EAR_LOSSES];
    double sum = 0.0;

    test_fill(weights, AED_EAR_LOSSES, -2.0, 3.0);
    for (size_t i = 0; i < N; i++)
        x[i] *= 2.0; /* beyond the cap */
    assert_target();
    assert_int_equal(aed_ear_listen(ear, &result, NULL, x, weights, NULL, N, &error), AED_OK);
    for (size_t j = 0; j < AED_EAR_LOSSES; j++)
    {
        assert_true(result.terms[j] > 0.0);
        sum += weights[j] * result.terms[j];
    }
    assert_true(fabs(sum - result.loss) < 1e-14 * fmax(1.0, fabs(sum)));
    assert_heard(); /* the defaults: logmel alone */
    assert_true(result.terms[AED_LOSS_LOGMEL] == result.loss);
    assert_true(result.terms[AED_LOSS_STFT] == 0.0);
}

/* A reward may need a term whose weight is 0; its gradient stays out. */
static void a_reward_brings_its_term(void **state)
{
    const double weights[AED_EAR_LOSSES] = {0.0}, rewards[AED_EAR_REWARDS] = {0.0, 0.0, 0.0, 2.0};

    assert_target();
    assert_int_equal(aed_ear_listen(ear, &result, dx, x, weights, rewards, N, &error), AED_OK);
    assert_true(result.loss == 0.0);
    assert_true(result.terms[AED_LOSS_LOGMEL] > 0.0);
    assert_true(fabs(result.reward - exp(-result.terms[AED_LOSS_LOGMEL])) < 1e-15);
    for (size_t i = 0; i < N; i++)
        assert_true(dx[i] == 0.0);
}

/* The same again, with and without gradient, with dx in x's place: equal bits. */
/* Of several targets each is what an ear with that one alone has, whatever was heard and chosen meanwhile. */
static void targets_do_not_disturb_one_another(void **state)
{
    enum
    {
        TARGETS = 5
    };
    static double targets[TARGETS][N], alone[N];
    double weights[AED_EAR_LOSSES];
    aed_ear_config c;
    aed_ear_result r;

    for (size_t j = 0; j < AED_EAR_LOSSES; j++)
        weights[j] = 0.1;
    aed_ear_defaults(&c);
    c.n = N;
    c.targets = TARGETS;
    aed_ear *many = aed_ear_new(&c, NULL);

    for (size_t k = 0; k < TARGETS; k++)
    {
        test_fill(targets[k], N, -0.1 * (double)(k + 1), 0.5);
        aed_ear_choose(many, k);
        assert_false(aed_ear_has_target(many));
        assert_int_equal(aed_ear_target(many, targets[k], N, NULL), AED_OK);
    }
    for (size_t times = 0; times < 12; times++)
    {
        const size_t k = times * 3 % TARGETS;

        aed_ear_choose(many, k == TARGETS - 1 ? 1000 : k);
        assert_int_equal(aed_ear_listen(many, &r, dx, x, weights, NULL, N, NULL), AED_OK);
        assert_int_equal(aed_ear_target(ear, targets[k], N, NULL), AED_OK);
        assert_int_equal(aed_ear_listen(ear, &result, alone, x, weights, NULL, N, NULL), AED_OK);
        assert_memory_equal(&r, &result, sizeof r);
        assert_memory_equal(dx, alone, sizeof dx);
    }
    aed_ear_free(many);
}

static void listening_is_repeatable(void **state)
{
    double first[N], in_place[N], weights[AED_EAR_LOSSES];

    test_fill(weights, AED_EAR_LOSSES, 1.0, 1.0);
    assert_target();
    assert_int_equal(aed_ear_listen(ear, &result, first, x, weights, NULL, N, &error), AED_OK);
    const aed_ear_result before = result;

    assert_int_equal(aed_ear_listen(ear, &result, NULL, x, weights, NULL, N, &error), AED_OK);
    assert_memory_equal(&result, &before, sizeof before);
    memcpy(in_place, x, sizeof x);
    assert_int_equal(
        aed_ear_listen(ear, &result, in_place, in_place, weights, NULL, N, &error), AED_OK);
    assert_memory_equal(&result, &before, sizeof before);
    assert_memory_equal(in_place, first, sizeof first);
}

/* One step down the gradient must lower every loss. */
static void the_gradient_points_uphill(void **state)
{
    for (size_t j = 0; j < AED_LOSS_PITCH; j++) /* noise has no pitch to follow: grad_ear does */
    {
        double weights[AED_EAR_LOSSES] = {0}, moved[N], square = 0.0;

        weights[j] = 1.0;
        test_fill(x, N, -1.0, 1.0); /* beyond the cap, and of another colour than the target */
        for (size_t i = 1; i < N; i++)
            x[i] += 0.7 * x[i - 1];
        assert_target();
        assert_int_equal(aed_ear_listen(ear, &result, dx, x, weights, NULL, N, &error), AED_OK);
        const double before = result.loss;

        for (size_t i = 0; i < N; i++)
            square += dx[i] * dx[i];
        for (size_t i = 0; i < N; i++)
            moved[i] = x[i] - 1e-4 * before / square * dx[i];
        assert_int_equal(
            aed_ear_listen(ear, &result, NULL, moved, weights, NULL, N, &error), AED_OK);
        assert_true(fabs(result.loss / before - 0.9999) < 2e-5);
    }
}

/* --- awkward sounds --- */

static double silence(size_t i)
{
    return 0.0 * (double)i;
}

static double dc(size_t i)
{
    return 1.0 + 0.0 * (double)i;
}

static double clipped(size_t i)
{
    return sin(0.05 * (double)i) > 0.0 ? 1.0 : -1.0;
}

static double impulse(size_t i)
{
    return i == 0 ? 1.0 : 0.0;
}

static double loud(size_t i)
{
    return 1e60 * cos(0.3 * (double)i);
}

static void awkward_sounds_stay_finite(void **state)
{
    double (*const sounds[])(size_t) = {silence, dc, clipped, impulse, loud};
    double weights[AED_EAR_LOSSES], rewards[AED_EAR_REWARDS];

    test_fill(weights, AED_EAR_LOSSES, 1.0, 1.0);
    test_fill(rewards, AED_EAR_REWARDS, 1.0, 1.0);
    for (size_t j = 0; j < 25; j++)
    {
        for (size_t i = 0; i < N; i++)
        {
            x[i] = sounds[j / 5](i);
            y[i] = sounds[j % 5](i);
        }
        assert_target();
        assert_int_equal(aed_ear_listen(ear, &result, dx, x, weights, rewards, N, &error), AED_OK);
        assert_true(isfinite(result.loss) && result.reward >= -1.0 && result.reward <= 1.0);
        for (size_t i = 0; i < N; i++)
            assert_true(isfinite(dx[i]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bad_sizes_are_refused),
        cmocka_unit_test(bad_numbers_are_refused),
        cmocka_unit_test(bad_windows_are_refused),
        cmocka_unit_test(the_shortest_windows_work),
        cmocka_unit_test_setup_teardown(
            without_a_target_only_features_are_heard, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_refused_target_leaves_the_old_one, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_target_itself_has_no_loss, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            refused_sounds_leave_everything_untouched, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_wave_is_the_last_accepted_targets, set_up, tear_down),
        cmocka_unit_test_setup_teardown(bad_weights_are_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            the_loss_is_the_weighted_sum_of_its_terms, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_reward_brings_its_term, set_up, tear_down),
        cmocka_unit_test_setup_teardown(targets_do_not_disturb_one_another, set_up, tear_down),
        cmocka_unit_test_setup_teardown(listening_is_repeatable, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_gradient_points_uphill, set_up, tear_down),
        cmocka_unit_test_setup_teardown(awkward_sounds_stay_finite, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
