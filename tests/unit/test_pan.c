#include "common.h"
#include "plant.h"

#include "plant/pan.h"

enum
{
    N = AED_CHUNK
};

static double x[N], pan[N], before[N], mid[N], side[N];

/* x at pan, with `before` as the side signal that is there already. */
static void run(int with_side)
{
    double tape[2 * N];
    const double *p[1] = {pan};
    aed_block b = test_block(48000.0, 1.0);

    for (size_t i = 0; i < N; i++)
        side[i] = before[i];
    b.side = with_side ? side : NULL;
    aed_pan.forward(mid, tape, NULL, x, p, &b);
}

static void fill(double lo, double hi, double side_level)
{
    test_fill(x, N, -1.0, 1.0);
    test_fill(pan, N, lo, hi);
    test_fill(before, N, -side_level, side_level);
    if (side_level == 0.0)
        for (size_t i = 0; i < N; i++)
            before[i] = 0.0;
}

static double left(size_t i)
{
    return (mid[i] - side[i]) / sqrt(2.0);
}

static double right(size_t i)
{
    return (mid[i] + side[i]) / sqrt(2.0);
}

/* The sine and cosine law as mixers have it. */
static void power_is_equal_everywhere(void **state)
{
    const double quarter = 0.7853981633974483;

    (void)state;
    for (int trial = 0; trial < 100; trial++)
    {
        fill(-1.0, 1.0, 0.0);
        run(1);
        for (size_t i = 0; i < N; i++)
        {
            assert_true(fabs(left(i) - x[i] * cos(quarter * (1.0 + pan[i]))) < 1e-15);
            assert_true(fabs(right(i) - x[i] * sin(quarter * (1.0 + pan[i]))) < 1e-15);
        }
    }
}

/* Each end is one loudspeaker alone, whatever side signal came in; the middle leaves all as it is. */
static void ends_and_middle(void **state)
{
    (void)state;
    fill(1.0, 1.0, 0.5);
    run(1);
    for (size_t i = 0; i < N; i++)
        assert_true(fabs(left(i)) < 1e-15 && fabs(right(i) - x[i]) < 1e-15);
    fill(-1.0, -1.0, 0.5);
    run(1);
    for (size_t i = 0; i < N; i++)
        assert_true(fabs(right(i)) < 1e-15 && fabs(left(i) - x[i]) < 1e-15);
    fill(0.0, 0.0, 0.5);
    run(1);
    for (size_t i = 0; i < N; i++)
        assert_true(fabs(mid[i] - x[i]) < 1e-15 && fabs(side[i] - before[i]) < 1e-15);
}

/* On the way to an end a side signal never gets louder. */
static void width_narrows(void **state)
{
    double last = 1.0;

    (void)state;
    for (int k = 1; k <= 10; k++)
    {
        fill(0.1 * k, 0.1 * k, 0.5);
        x[0] = 0.0;
        before[0] = 1.0;
        run(1);
        assert_true(side[0] < last && side[0] > -1e-15);
        last = side[0];
    }
}

static void sounds_the_same_in_mono(void **state)
{
    double asked[N];

    (void)state;
    fill(-1.0, 1.0, 0.5);
    run(1);
    for (size_t i = 0; i < N; i++)
        asked[i] = mid[i];
    run(0);
    for (size_t i = 0; i < N; i++)
        assert_true(mid[i] == asked[i] && side[i] == before[i]);
}

static void reaches_the_voices_side(void **state)
{
    aed_voice *v = voice_of("vco | pan", 48000.0);
    double theta[AED_KNOBS_MOST], y[1000], s[1000], sum = 0.0;
    const aed_io io = {.y = y, .side = s};

    (void)state;
    aed_chain_start(theta, aed_voice_chain(v));
    theta[aed_chain_find(aed_voice_chain(v), "pan.pan")] = 1.0;
    aed_voice_theta(v, theta, 0);
    assert_int_equal(aed_voice_play(v, &io, NULL, 1000), AED_OK);
    for (size_t i = 0; i < 1000; i++)
    {
        assert_true(fabs(y[i] - s[i]) < 1e-15); /* nothing on the left */
        sum += y[i] * y[i];
    }
    assert_true(sum > 1.0);
    aed_voice_free(v);
}

static void stands_unless_asked(void **state)
{
    (void)state;
    assert_true(aed_pan.params[0].traits & AED_STANDS);
    assert_true(aed_param_value(&aed_pan.params[0], aed_pan.params[0].start) == 0.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(power_is_equal_everywhere),
        cmocka_unit_test(ends_and_middle),
        cmocka_unit_test(width_narrows),
        cmocka_unit_test(sounds_the_same_in_mono),
        cmocka_unit_test(reaches_the_voices_side),
        cmocka_unit_test(stands_unless_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
