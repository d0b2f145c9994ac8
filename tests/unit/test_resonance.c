/* The regime meter: a damped, a ringing and an exploding oscillator are told apart, and its rewards stay
 * within 0 … 1. */
#include "control/resonance.h"

#include "common.h"

enum
{
    D = 3
};

static aed_resonance r;
static aed_arena arena;
static const aed_resonance_fair fair = {1.0, 0.05, 1.0, 1.0};

static int open_with(size_t d)
{
    arena = (aed_arena){0};
    aed_resonance_layout(&r, d, &arena);
    if (aed_arena_open(&arena))
        return -1;
    aed_resonance_layout(&r, d, &arena);
    aed_resonance_reset(&r);
    return 0;
}

static int set_up(void **state)
{
    return open_with(D);
}

static int tear_down(void **state)
{
    aed_arena_close(&arena);
    return 0;
}

/* Heavy ball on x^2/2 in each dimension: v <- mu v - alpha x, x <- x + v. */
static aed_resonance_info roll(double mu, double alpha, int steps)
{
    double x[D] = {0.4, -0.3, 0.2}, v[D] = {0};

    for (int t = 0; t < steps; t++)
    {
        double size = 0.0, norm = 0.0, largest = 0.0;

        aed_resonance_begin(&r, x);
        for (int i = 0; i < D; i++)
        {
            norm += x[i] * x[i];
            v[i] = mu * v[i] - alpha * x[i];
            x[i] += v[i];
            size += v[i] * v[i];
            largest = fmax(largest, fabs(v[i]));
        }
        aed_resonance_end(&r, x, sqrt(norm), sqrt(size), largest);
    }
    return aed_resonance_report(&r, &fair);
}

static void tells_regimes_apart(void **state)
{
    aed_resonance_info i = roll(0.0, 0.05, 64);

    assert_string_equal(i.regime, "overdamped");
    assert_true(i.resonance == 0.0);
    aed_resonance_reset(&r);
    i = roll(0.98, 0.1, 100); /* a period of 2 pi / sqrt(.1) = 20 steps */
    assert_string_equal(i.regime, "ringing");
    assert_true(i.resonance > 0.7);
    aed_resonance_reset(&r);
    i = roll(0.0, 2.1, 64); /* beyond 2 each step overshoots by more */
    assert_string_equal(i.regime, "diverging");
    aed_resonance_reset(&r);
    assert_null(roll(0.0, 0.1, 7).regime);
}

/* By the definition, one lag after the other, for one parameter. */
static void equals_its_equation(void **state)
{
    enum
    {
        STEPS = 90
    };
    double x[STEPS + 1] = {0.5}, best = 0.0;
    int turned = 0;

    tear_down(NULL);
    assert_int_equal(open_with(1), 0);
    for (int t = 0; t < STEPS; t++)
    {
        x[t + 1] = 0.5 + 0.1 * sin(0.7 * (t + 1)) + test_uniform(-0.1, 0.1);
        aed_resonance_begin(&r, x + t);
        aed_resonance_end(&r, x + t + 1, 0.3, 0.0, 0.0);
    }
    for (int k = 1; k <= 32; k++)
    {
        double sum = 0.0, a = 0.0, b = 0.0;

        for (int t = STEPS - 64 + k; t < STEPS; t++)
        {
            const double u = x[t + 1] - x[t], v = x[t + 1 - k] - x[t - k];

            sum += u * v, a += u * u, b += v * v;
        }
        if (turned)
            best = fmax(best, sum / sqrt(a * b));
        turned = turned || sum < 0.0;
    }
    assert_true(best > 0.2);
    assert_true(fabs(aed_resonance_report(&r, &fair).resonance - best) < 1e-12);
}

static void noise_is_no_resonance(void **state)
{
    double x[D] = {0}, mean = 0.0;

    for (int t = 0; t < 400; t++)
    {
        aed_resonance_begin(&r, x);
        for (int i = 0; i < D; i++)
            x[i] += test_uniform(-0.01, 0.01);
        aed_resonance_end(&r, x, 1.0, 0.01, 0.01);
        if (t >= 100)
            mean += aed_resonance_report(&r, &fair).resonance / 300.0;
    }
    assert_true(mean < 0.3);
}

static void is_bounded(void **state)
{
    const double x[D] = {0}, y[D] = {1e6, -1e6, 1e150};
    const double sizes[] = {0.0, 1e-300, 0.05, 1.0, 1e150, 1e160, INFINITY};

    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++)
    {
        for (int t = 0; t < 20; t++)
        {
            aed_resonance_begin(&r, t % 2 ? x : y);
            aed_resonance_end(&r, t % 2 ? y : x, sizes[k], sizes[k], sizes[k]);
        }
        const aed_resonance_info i = aed_resonance_report(&r, &fair);
        const double all[] = {i.resonance, i.opt, i.pol, i.penalty};

        for (size_t j = 0; j < 4; j++)
            assert_true(all[j] >= 0.0 && all[j] <= 1.0);
    }
}

/* What the rewards are for: calm is better than wild, swinging better than standing. */
static void rewards_what_they_say(void **state)
{
    const aed_resonance_info stands = roll(0.0, 0.0, 64);

    aed_resonance_reset(&r);
    const aed_resonance_info swings = roll(0.999, 0.1, 100);

    aed_resonance_reset(&r);
    const aed_resonance_info wild = roll(0.0, 2.1, 100);

    assert_true(stands.pol < 1e-9 && swings.pol > 0.8);
    assert_true(swings.opt > wild.opt);
    assert_true(wild.penalty > 0.9 && stands.penalty < 0.3);
    assert_true(
        aed_resonance_report(&r, &(aed_resonance_fair){1.0, 0.05, 0.0, 0.0}).penalty == 0.0);
}

/* Of a long theta some are looked at: all through it. */
static void long_theta(void **state)
{
    static double x[1000];

    tear_down(NULL);
    assert_int_equal(open_with(1000), 0);
    for (int t = 0; t < 64; t++)
    {
        aed_resonance_begin(&r, x);
        for (size_t i = 0; i < 1000; i++)
            x[i] = sin(0.5 * t + (double)i);
        aed_resonance_end(&r, x, 1.0, 1.0, 0.1);
    }
    assert_true(aed_resonance_report(&r, &fair).resonance > 0.9);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(tells_regimes_apart), TEST(equals_its_equation),
        TEST(noise_is_no_resonance), TEST(is_bounded), TEST(rewards_what_they_say),
        TEST(long_theta)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
