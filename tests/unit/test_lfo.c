#include "common.h"
#include "plant.h"

#include <string.h>

#include "plant/lfo.h"

enum
{
    RATE,
    PITCH,
    CUTOFF,
    LEVEL,
    N_PARAMS,
    N = 6000
};

static const double two_pi = 6.283185307179586;
static const double sr_hz = 48000.0;

typedef struct
{
    double state[2], bus[AED_BUSES][N];
} lfo;

static void start(lfo *l, size_t instance)
{
    memset(l, 0, sizeof *l);
    aed_lfo.reset(l->state, 1, instance);
}

/* Samples from … to - 1 are added to the buses; p[k] [N]. */
static void run(lfo *l, const double *const *p, size_t chunk_n, size_t from, size_t to)
{
    double tape[3 * AED_CHUNK];

    for (size_t at = from; at < to; at += chunk_n)
    {
        const double *here[N_PARAMS];
        aed_block b = test_block(sr_hz, 1.0);

        b.n = to - at < chunk_n ? to - at : chunk_n;
        for (size_t k = 0; k < N_PARAMS; k++)
            here[k] = p[k] + at;
        for (size_t k = 0; k < AED_BUSES; k++)
            b.bus[k] = l->bus[k] + at;
        aed_lfo.forward(NULL, tape, l->state, NULL, here, &b);
    }
}

static void note(lfo *l, double velocity)
{
    aed_block b = test_block(sr_hz, 1.0);

    b.velocity = velocity;
    aed_lfo.event(l->state, &b);
}

static double signals[N_PARAMS][N];
static const double *const p[N_PARAMS] = {signals[0], signals[1], signals[2], signals[3]};

static void stand(double rate, double pitch, double cutoff, double level)
{
    for (size_t i = 0; i < N; i++)
    {
        signals[RATE][i] = rate;
        signals[PITCH][i] = pitch;
        signals[CUTOFF][i] = cutoff;
        signals[LEVEL][i] = level;
    }
}

/* Everything moves; the phase is summed up as the rate passes. */
static void follows_the_formulas(void **state)
{
    static lfo l;
    double turns = 0.0;

    (void)state;
    for (size_t i = 0; i < N; i++)
    {
        signals[RATE][i] = 10.0 + 9.0 * sin(1e-3 * (double)i);
        signals[PITCH][i] = 1.0 + cos(2e-3 * (double)i);
        signals[CUTOFF][i] = 1.0 + cos(3e-3 * (double)i);
        signals[LEVEL][i] = 6.0 + 6.0 * cos(4e-3 * (double)i);
    }
    start(&l, 0);
    run(&l, p, AED_CHUNK, 0, N);
    for (size_t i = 0; i < N; i++)
    {
        const double s = sin(two_pi * turns);
        const double gain_db = 20.0 * log10(pow(2.0, l.bus[AED_SWELL][i]));

        assert_true(fabs(12.0 * l.bus[AED_PITCH][i] - signals[PITCH][i] * s) < 1e-9);
        assert_true(fabs(l.bus[AED_SWEEP][i] - signals[CUTOFF][i] * s) < 1e-9);
        assert_true(fabs(gain_db - signals[LEVEL][i] * (s - 1.0) / 2.0) < 1e-9);
        assert_true(l.bus[AED_ENV][i] == 0.0 && l.bus[AED_PHASE][i] == 0.0);
        turns += signals[RATE][i] / sr_hz;
    }
}

static void tremolo_only_lowers(void **state)
{
    static lfo l;
    double deepest = 0.0, loudest = -INFINITY;

    (void)state;
    stand(20.0, 2.0, 2.0, 12.0);
    start(&l, 0);
    run(&l, p, AED_CHUNK, 0, N);
    for (size_t i = 0; i < N; i++)
    {
        deepest = fmin(deepest, l.bus[AED_SWELL][i]);
        loudest = fmax(loudest, l.bus[AED_SWELL][i]);
    }
    assert_true(loudest <= 0.0 && loudest > -1e-4);
    assert_true(fabs(deepest * 20.0 * log10(2.0) + 12.0) < 1e-4);
}

static void depths_of_zero_move_nothing(void **state)
{
    static lfo l;

    (void)state;
    stand(5.0, 0.0, 0.0, 0.0);
    start(&l, 0);
    run(&l, p, AED_CHUNK, 0, N);
    for (size_t k = 0; k < AED_BUSES; k++)
        for (size_t i = 0; i < N; i++)
            assert_true(l.bus[k][i] == 0.0);
}

static void chunks_do_not_matter(void **state)
{
    static lfo whole, parts;
    static const size_t chunks[] = {1, 7, 33};

    (void)state;
    stand(13.7, 0.4, 0.5, 6.0);
    start(&whole, 0);
    run(&whole, p, AED_CHUNK, 0, N);
    for (size_t k = 0; k < 3; k++)
    {
        start(&parts, 0);
        run(&parts, p, chunks[k], 0, N);
        assert_memory_equal(&whole, &parts, sizeof whole);
    }
}

/* A note-on starts again, a release does not. */
static void every_note_swings_alike(void **state)
{
    static lfo l;
    const size_t on = 1000, off = 2500;

    (void)state;
    stand(13.7, 0.4, 0.5, 6.0);
    for (size_t instance = 0; instance < 3; instance++)
    {
        start(&l, instance);
        run(&l, p, AED_CHUNK, 0, on);
        note(&l, 0.8);
        run(&l, p, AED_CHUNK, on, off);
        note(&l, 0.0);
        run(&l, p, AED_CHUNK, off, N);
        for (size_t i = 0; i < on; i++)
            assert_true(l.bus[AED_SWEEP][on + i] == l.bus[AED_SWEEP][i]);
        const double steepest = 0.5 * two_pi * 13.7 / sr_hz;
        for (size_t i = on + 1; i < N; i++)
            assert_true(fabs(l.bus[AED_SWEEP][i] - l.bus[AED_SWEEP][i - 1]) <= steepest);
    }
}

/* Several in one chain: each adds its own to what is there, and they start apart. */
static void several_add_up(void **state)
{
    static lfo first, second, both;

    (void)state;
    stand(7.0, 0.4, 0.5, 6.0);
    start(&first, 0);
    start(&second, 1);
    start(&both, 0);
    assert_true(fabs(first.state[0] - second.state[0]) > 0.1);
    run(&first, p, AED_CHUNK, 0, N);
    run(&second, p, AED_CHUNK, 0, N);
    run(&both, p, AED_CHUNK, 0, N);
    aed_lfo.reset(both.state, 1, 1);
    run(&both, p, AED_CHUNK, 0, N);
    for (size_t k = 0; k < AED_BUSES; k++)
        for (size_t i = 0; i < N; i++)
            assert_true(fabs(both.bus[k][i] - first.bus[k][i] - second.bus[k][i]) < 1e-15);
}

/* In a voice: two semitones up at the quarter of a period, two down at three quarters. */
static void vibrato_reaches_the_vco(void **state)
{
    aed_voice *v = voice_of("vco lfo", sr_hz);
    const aed_chain *c = aed_voice_chain(v);
    double theta[AED_KNOBS_MOST] = {0}, y[4800];
    size_t crossings[2] = {0};

    (void)state;
    theta[aed_chain_find(c, "lfo.rate")] = aed_param_theta(&aed_lfo.params[RATE], 10.0);
    theta[aed_chain_find(c, "lfo.pitch")] = 1.0;
    theta[aed_chain_find(c, "vco.freq")] = 0.9;
    theta[aed_chain_find(c, "vco.fine")] = 0.5;
    theta[aed_chain_find(c, "vco.sine")] = 1.0;
    aed_voice_theta(v, theta, 0);
    assert_int_equal(aed_voice_forward(v, y, NULL, 4800), AED_OK);
    /* Around 1200 and 3600 the pitch turns: count upward crossings of 480 samples there. */
    for (size_t k = 0; k < 2; k++)
        for (size_t i = 960 + 2400 * k; i < 1440 + 2400 * k; i++)
            crossings[k] += y[i] < 0.0 && y[i + 1] >= 0.0;
    const double freq = 27.5 * pow(3520.0 / 27.5, 0.9);
    /* The mean of s over a tenth of a period around its turn. */
    const double s = sin(0.05 * two_pi) / (0.05 * two_pi);

    for (size_t k = 0; k < 2; k++)
    {
        const double expected = 480.0 / sr_hz * freq * pow(2.0, (k ? -s : s) / 6.0);
        assert_true(fabs((double)crossings[k] - expected) <= 1.0);
    }
    aed_voice_free(v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(follows_the_formulas),
        cmocka_unit_test(tremolo_only_lowers),
        cmocka_unit_test(depths_of_zero_move_nothing),
        cmocka_unit_test(chunks_do_not_matter),
        cmocka_unit_test(every_note_swings_alike),
        cmocka_unit_test(several_add_up),
        cmocka_unit_test(vibrato_reaches_the_vco),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
