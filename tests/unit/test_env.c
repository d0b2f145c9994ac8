#include "common.h"
#include "plant.h"

#include <string.h>

#include "plant/env.h"

enum
{
    ATTACK,
    DECAY,
    SUSTAIN,
    RELEASE,
    STATE_N = 4,
    MAX_N = 48000
};

static const double sr_hz = 48000.0;
static double e[MAX_N];

/* n samples of the envelope into out, in chunks of chunk_n. */
static void run(double *out, double *state, const double v[4], size_t chunk_n, size_t n)
{
    double signals[4][AED_CHUNK], tape[AED_CHUNK], bus[AED_CHUNK];
    const double *p[4] = {signals[0], signals[1], signals[2], signals[3]};

    for (size_t k = 0; k < 4; k++)
        for (size_t i = 0; i < AED_CHUNK; i++)
            signals[k][i] = v[k];
    for (size_t at = 0; at < n; at += chunk_n)
    {
        aed_block b = test_block(sr_hz, 1.0);
        b.n = n - at < chunk_n ? n - at : chunk_n;
        memset(bus, 0, sizeof bus);
        b.bus[AED_ENV] = bus;
        aed_env.forward(NULL, tape, state, NULL, p, &b);
        memcpy(out + at, bus, b.n * sizeof *bus);
    }
}

static void event(double *state, double velocity)
{
    aed_block b = test_block(sr_hz, 1.0);
    b.velocity = velocity;

    aed_env.event(state, &b);
}

/* The formulas as a musician would write them, in seconds. */
static double naive_held(double t, double e0, double p, double a, double d, double s)
{
    if (t < a)
        return e0 + (p - e0) * (t / a);
    return p * s + p * (1.0 - s) * pow(10.0, -3.0 * (t - a) / d);
}

static double naive_released(double t, double e0, double r)
{
    return e0 * pow(10.0, -3.0 * t / r);
}

static void follows_the_formulas(void **state)
{
    (void)state;
    for (int trial = 0; trial < 20; trial++)
    {
        const double v[4] = {test_uniform(1.0, 300.0), test_uniform(10.0, 900.0),
            test_uniform(0.0, 1.0), test_uniform(10.0, 900.0)};
        const double velocity = test_uniform(0.1, 1.0);
        const size_t held_n = (size_t)test_uniform(100.0, 20000.0), free_n = 20000;
        double s[STATE_N];

        aed_env.reset(s, 1, 0);
        event(s, velocity);
        run(e, s, v, AED_CHUNK, held_n);
        event(s, 0.0);
        run(e + held_n, s, v, AED_CHUNK, free_n);
        for (size_t i = 0; i < held_n; i++)
            assert_true(fabs(e[i] - naive_held((double)i / sr_hz, 0.0, velocity, v[ATTACK] / 1e3,
                                        v[DECAY] / 1e3, v[SUSTAIN])) < 1e-12);
        for (size_t i = 0; i < free_n; i++)
            assert_true(fabs(e[held_n + i] - naive_released((double)i / sr_hz, e[held_n - 1],
                                                 v[RELEASE] / 1e3)) < 1e-12);
    }
}

static void release_time_is_to_minus_60_db(void **state)
{
    const double v[4] = {1.0, 10.0, 1.0, 500.0};
    double s[STATE_N];

    (void)state;
    aed_env.reset(s, 1, 0);
    event(s, 1.0);
    run(e, s, v, AED_CHUNK, 4800);
    event(s, 0.0);
    run(e, s, v, AED_CHUNK, 24001);
    assert_true(fabs(e[0] - 1.0) < 1e-12);
    assert_true(fabs(e[24000] - 1e-3) < 1e-12);
}

static void silent_until_played(void **state)
{
    const double v[4] = {10.0, 100.0, 0.5, 100.0};
    double s[STATE_N];

    (void)state;
    aed_env.reset(s, 1, 0);
    run(e, s, v, AED_CHUNK, 1000);
    event(s, 0.0); /* a release without a note changes nothing */
    run(e + 1000, s, v, AED_CHUNK, 1000);
    for (size_t i = 0; i < 2000; i++)
        assert_true(e[i] == 0.0);
}

/* Events in any stage start from the level reached: the next sample repeats it. */
static void events_do_not_click(void **state)
{
    const double v[4] = {50.0, 200.0, 0.4, 300.0};
    double s[STATE_N], last = 0.0;

    (void)state;
    aed_env.reset(s, 1, 0);
    for (int k = 0; k < 100; k++)
    {
        const size_t n = (size_t)test_uniform(1.0, 6000.0);

        event(s, k % 3 == 2 ? 0.0 : test_uniform(0.1, 1.0));
        run(e, s, v, AED_CHUNK, n);
        assert_true(fabs(e[0] - last) < 1e-15);
        for (size_t i = 0; i < n; i++)
            assert_true(e[i] >= 0.0 && e[i] <= 1.0);
        last = e[n - 1];
    }
}

static void chunks_do_not_matter(void **state)
{
    const double v[4] = {12.3, 45.6, 0.5, 78.9};
    static const size_t chunks[] = {AED_CHUNK, 1, 17};
    static double out[3][8000];

    (void)state;
    for (size_t k = 0; k < 3; k++)
    {
        double s[STATE_N];

        aed_env.reset(s, 1, 0);
        event(s, 0.8);
        run(out[k], s, v, chunks[k], 5000);
        event(s, 0.0);
        run(out[k] + 5000, s, v, chunks[k], 3000);
        assert_memory_equal(out[k], out[0], sizeof out[0]);
    }
}

/* A stage boundary between two samples moves the level, it is not rounded to a sample. */
static void continuous_in_attack(void **state)
{
    (void)state;
    for (int k = 0; k < 200; k++)
    {
        const double attack = 10.0 + 0.001 * k;
        const double v[2][4] = {{attack, 50.0, 0.2, 100.0}, {attack + 1e-7, 50.0, 0.2, 100.0}};
        double s[2][STATE_N], out[2][1000];

        for (int j = 0; j < 2; j++)
        {
            aed_env.reset(s[j], 1, 0);
            event(s[j], 1.0);
            run(out[j], s[j], v[j], AED_CHUNK, 1000);
        }
        for (size_t i = 0; i < 1000; i++)
            assert_true(fabs(out[0][i] - out[1][i]) < 1e-7);
    }
}

/* A long release ends in zeros, without denormal numbers on the way. */
static void ends_in_silence(void **state)
{
    const double v[4] = {1.0, 10.0, 1.0, 10.0};
    double s[STATE_N];

    (void)state;
    aed_env.reset(s, 1, 0);
    event(s, 1.0);
    run(e, s, v, AED_CHUNK, 1000);
    event(s, 0.0);
    run(e, s, v, AED_CHUNK, 20000);
    for (size_t i = 0; i < 20000; i++)
        assert_true(e[i] == 0.0 || fpclassify(e[i]) == FP_NORMAL);
    assert_true(e[19999] == 0.0);
}

static void adds_to_the_bus(void **state)
{
    double signals[4][AED_CHUNK], tape[AED_CHUNK], s[2][STATE_N];
    const double *p[4] = {signals[0], signals[1], signals[2], signals[3]};
    aed_block empty = test_block(sr_hz, 1.0), used = test_block(sr_hz, 1.0);

    (void)state;
    for (size_t i = 0; i < AED_CHUNK; i++)
    {
        signals[ATTACK][i] = signals[DECAY][i] = signals[RELEASE][i] = 1.0;
        signals[SUSTAIN][i] = 0.5;
        used.bus[AED_ENV][i] = 0.25;
    }
    for (int j = 0; j < 2; j++)
    {
        aed_env.reset(s[j], 1, 0);
        event(s[j], 1.0);
    }
    aed_env.forward(NULL, tape, s[0], NULL, p, &empty);
    aed_env.forward(NULL, tape, s[1], NULL, p, &used);
    for (size_t i = 0; i < AED_CHUNK; i++)
        assert_true(used.bus[AED_ENV][i] == 0.25 + empty.bus[AED_ENV][i]);
    assert_memory_equal(
        s[0], s[1], sizeof s[0]); /* what others added is not the envelope's level */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(follows_the_formulas),
        cmocka_unit_test(release_time_is_to_minus_60_db),
        cmocka_unit_test(silent_until_played),
        cmocka_unit_test(events_do_not_click),
        cmocka_unit_test(chunks_do_not_matter),
        cmocka_unit_test(continuous_in_attack),
        cmocka_unit_test(ends_in_silence),
        cmocka_unit_test(adds_to_the_bus),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
