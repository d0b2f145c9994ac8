#include "common.h"
#include "plant.h"

#include <string.h>

#include "plant/noise.h"

enum
{
    N = 1 << 16
};

static double y[N], other[N];

static void run(double *out, double *state, double level, size_t chunk_n, size_t n)
{
    double signal[AED_CHUNK], tape[AED_CHUNK];
    const double *p[1] = {signal};

    for (size_t i = 0; i < AED_CHUNK; i++)
        signal[i] = level;
    for (size_t at = 0; at < n; at += chunk_n)
    {
        aed_block b = test_block(48000.0, 1.0);
        b.n = n - at < chunk_n ? n - at : chunk_n;
        aed_noise.forward(out + at, tape, state, NULL, p, &b);
    }
}

static void fresh(double *out, unsigned long seed, size_t instance, double level, size_t chunk_n)
{
    double state[2];

    memset(out, 0, N * sizeof *out);
    aed_noise.reset(state, seed, instance);
    run(out, state, level, chunk_n, N);
}

/* Moments of N uniform draws in (-1, 1), within five standard errors; neighbours uncorrelated. */
static void is_uniform_and_white(void **state)
{
    double mean = 0.0, power = 0.0, neighbours = 0.0;

    (void)state;
    fresh(y, 1, 0, 1.0, AED_CHUNK);
    for (size_t i = 0; i < N; i++)
    {
        assert_true(y[i] > -1.0 && y[i] < 1.0);
        mean += y[i] / N;
        power += y[i] * y[i] / N;
        neighbours += i > 0 ? y[i] * y[i - 1] / N : 0.0;
    }
    assert_true(fabs(mean) < 5.0 * sqrt(1.0 / 3.0 / N));
    assert_true(fabs(power - 1.0 / 3.0) < 5.0 * sqrt(4.0 / 45.0 / N));
    assert_true(fabs(neighbours) < 5.0 / 3.0 / sqrt(N));
}

static void repeats_from_its_state(void **state)
{
    double kept[2], now[2];

    (void)state;
    aed_noise.reset(now, 5, 0);
    run(y, now, 1.0, AED_CHUNK, 100);
    memcpy(kept, now, sizeof kept);
    memset(y, 0, sizeof y);
    memset(other, 0, sizeof other);
    run(y, now, 1.0, AED_CHUNK, 1000);
    run(other, kept, 1.0, AED_CHUNK, 1000);
    assert_memory_equal(y, other, sizeof y);
}

static void chunks_do_not_matter(void **state)
{
    (void)state;
    fresh(y, 1, 0, 0.7, AED_CHUNK);
    fresh(other, 1, 0, 0.7, 1);
    assert_memory_equal(y, other, sizeof y);
    fresh(other, 1, 0, 0.7, 37);
    assert_memory_equal(y, other, sizeof y);
}

static double correlation(void)
{
    double sum = 0.0;

    for (size_t i = 0; i < N; i++)
        sum += 3.0 * y[i] * other[i] / N;
    return sum;
}

static void seeds_and_instances_differ(void **state)
{
    (void)state;
    fresh(y, 1, 0, 1.0, AED_CHUNK);
    fresh(other, 1, 1, 1.0, AED_CHUNK);
    assert_true(fabs(correlation()) < 5.0 / sqrt(N));
    fresh(other, 2, 0, 1.0, AED_CHUNK);
    assert_true(fabs(correlation()) < 5.0 / sqrt(N));
    fresh(other, 1, 0, 1.0, AED_CHUNK);
    assert_true(correlation() > 0.9);
}

static void state_is_whole_numbers(void **state)
{
    (void)state;
    for (unsigned long seed = 0; seed < 100; seed++)
    {
        double s[2];

        aed_noise.reset(s, seed, seed % 7);
        assert_true(s[0] == 0.0);
        assert_true(s[1] == floor(s[1]) && s[1] >= 0.0 && s[1] < 0x1p53);
    }
}

static void adds_level_times_noise(void **state)
{
    (void)state;
    fresh(y, 1, 0, 1.0, AED_CHUNK);
    fresh(other, 1, 0, 0.25, AED_CHUNK);
    for (size_t i = 0; i < N; i++)
        assert_true(fabs(other[i] - 0.25 * y[i]) < 1e-16);

    double s[2];
    aed_noise.reset(s, 1, 0);
    run(other, s, 0.5, AED_CHUNK, N);
    for (size_t i = 0; i < N; i++)
        assert_true(fabs(other[i] - 0.75 * y[i]) < 1e-15);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_uniform_and_white),
        cmocka_unit_test(repeats_from_its_state),
        cmocka_unit_test(chunks_do_not_matter),
        cmocka_unit_test(seeds_and_instances_differ),
        cmocka_unit_test(state_is_whole_numbers),
        cmocka_unit_test(adds_level_times_noise),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
