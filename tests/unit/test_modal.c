#include "common.h"
#include "plant.h"

#include <complex.h>
#include <string.h>

#include "plant/fade.h"
#include "plant/modal.h"

enum
{
    ATTACK,
    FIRST,
    PARTIALS = 6,
    P = FIRST + 3 * PARTIALS,
    STATE = 4 * PARTIALS,
    TAPE = 4 * PARTIALS + 1,
    N = 4096
};

static const double two_pi = 6.283185307179586;
static const double kappa = 6.907755278982137; /* ln 1000 */
static const double rates[] = {44100.0, 48000.0, 96000.0};

/* Where each parameter stands, ranges as the module has them, at a theta of its own. */
static void values(double v[P], double lo, double hi)
{
    for (size_t k = 0; k < P; k++)
        v[k] = aed_param_value(&aed_modal.params[k], test_uniform(lo, hi));
}

static void run(double *y, double *state, const double v[P], aed_block b, size_t chunk_n, size_t n)
{
    double signals[P][AED_CHUNK], tape[TAPE * AED_CHUNK];
    const double *p[P];

    for (size_t k = 0; k < P; k++)
    {
        for (size_t i = 0; i < AED_CHUNK; i++)
            signals[k][i] = v[k];
        p[k] = signals[k];
    }
    for (size_t at = 0; at < n; at += b.n)
    {
        b.n = n - at < chunk_n ? n - at : chunk_n;
        aed_modal.forward(y + at, tape, state, NULL, p, &b);
    }
}

static void strike(double *state, double velocity)
{
    aed_block b = test_block(48000.0, 1.0);
    b.velocity = velocity;

    aed_modal.event(state, &b);
}

/* What a sum of partials is divided by. */
static double room(const double v[P])
{
    double sum = 0.0;

    for (size_t k = 0; k < PARTIALS; k++)
        sum += v[FIRST + 3 * k + 1];
    return sqrt(1.0 + sum * sum);
}

static double fall(double ms, double i, double sr_hz)
{
    return exp(-kappa * i / (ms * 1e-3 * sr_hz));
}

/* A body that was struck from silence, i samples ago. */
static double closed_form(const double v[P], const aed_block *b, size_t i)
{
    double y = 0.0;

    for (size_t k = 0; k < PARTIALS; k++)
    {
        const double *part = v + FIRST + 3 * k;
        const double turns = part[0] * b->ratio[0] / b->sr_hz;

        y += part[1] * aed_fade(turns) * fall(part[2], (double)i, b->sr_hz) *
             sin(two_pi * turns * (double)i);
    }
    return y * b->velocity * (1.0 - fall(v[ATTACK], (double)i, b->sr_hz)) / room(v);
}

static void rings_as_damped_sines(void **state)
{
    (void)state;
    for (int trial = 0; trial < 12; trial++)
    {
        aed_block b = test_block(rates[trial % 3], test_uniform(0.25, 4.0));
        b.velocity = test_uniform(0.1, 1.0);
        double v[P], y[N] = {0}, s[STATE];

        values(v, 0.0, 1.0);
        aed_modal.reset(s, 1, 0);
        aed_modal.event(s, &b);
        run(y, s, v, b, AED_CHUNK, N);
        for (size_t i = 0; i < N; i++)
            assert_true(fabs(y[i] - closed_form(v, &b, i)) < 1e-10);
    }
}

/* One partial of a body in complex numbers, struck at any time: F and q as the header has them. */
static void restrikes_as_the_header_says(void **state)
{
    const aed_block b = test_block(44100.0, 1.0);
    double v[P], s[STATE];
    double complex f = 0.0, q = 0.0;

    (void)state;
    values(v, 0.2, 0.8);
    for (size_t k = 1; k < PARTIALS; k++)
        v[FIRST + 3 * k + 1] = 0.0;
    aed_modal.reset(s, 1, 0);
    const double complex rho =
        fall(v[FIRST + 2], 1.0, b.sr_hz) * cexp(I * two_pi * v[FIRST] / b.sr_hz);
    const double lambda = fall(v[ATTACK], 1.0, b.sr_hz);
    for (int note = 0; note < 20; note++)
    {
        const double velocity = test_uniform(0.0, 1.0);
        double y[100] = {0};

        strike(s, velocity);
        q += velocity * (1.0 - f);
        f += velocity * (1.0 - f);
        run(y, s, v, b, AED_CHUNK, 100);
        for (size_t i = 0; i < 100; i++)
        {
            assert_true(fabs(y[i] - v[FIRST + 1] * cimag(f - q) / room(v)) < 1e-12);
            f *= rho;
            q *= lambda * rho;
        }
    }
}

static void is_silent_until_struck(void **state)
{
    const aed_block b = test_block(48000.0, 1.0);
    double v[P], y[N] = {0}, s[STATE];

    (void)state;
    values(v, 0.0, 1.0);
    aed_modal.reset(s, 1, 0);
    strike(s, 0.0);
    run(y, s, v, b, AED_CHUNK, N);
    for (size_t i = 0; i < N; i++)
        assert_true(y[i] == 0.0);
}

/* Neither a release nor a strike makes the sound jump: the next sample is what it would have been. */
static void notes_do_not_click(void **state)
{
    static const double velocities[] = {0.0, 0.3, 1.0};
    const aed_block b = test_block(48000.0, 1.0);

    (void)state;
    for (int trial = 0; trial < 30; trial++)
    {
        double v[P], y[300] = {0}, next = 0.0, same = 0.0, s[STATE], struck[STATE];

        values(v, 0.0, 1.0);
        aed_modal.reset(s, 1, 0);
        strike(s, 1.0);
        run(y, s, v, b, AED_CHUNK, 300);
        memcpy(struck, s, sizeof s);
        strike(struck, velocities[trial % 3]);
        run(&next, struck, v, b, 1, 1);
        if (velocities[trial % 3] > 0.0)
            assert_memory_not_equal(struck, s, sizeof s);
        run(&same, s, v, b, 1, 1);
        assert_true(fabs(next - same) < 1e-14);
        if (velocities[trial % 3] == 0.0)
            assert_memory_equal(struck, s, sizeof s);
    }
}

/* Everything as loud as it goes, struck again and again, parameters jumping. */
static void stays_within_one(void **state)
{
    double loudest = 0.0;

    (void)state;
    for (int trial = 0; trial < 60; trial++)
    {
        double s[STATE];

        aed_modal.reset(s, 1, 0);
        for (int note = 0; note < 40; note++)
        {
            const size_t n = (size_t)test_uniform(1.0, 200.0);
            const aed_block b = test_block(rates[trial % 3], test_uniform(0.02, 48.0));
            double v[P], y[200] = {0};

            values(v, 0.0, 1.0);
            for (size_t k = 0; k < PARTIALS; k++)
                v[FIRST + 3 * k + 1] = 1.0;
            strike(s, trial % 2 ? 1.0 : test_uniform(0.0, 1.0));
            run(y, s, v, b, AED_CHUNK, n);
            for (size_t i = 0; i < n; i++)
                loudest = fmax(loudest, fabs(y[i]));
            for (size_t k = 0; k < PARTIALS; k++)
                assert_true(hypot(s[4 * k], s[4 * k + 1]) <= 1.0 + 1e-12);
        }
    }
    assert_true(loudest <= 1.0 && loudest > 0.3);
}

static void chunks_do_not_matter(void **state)
{
    static const size_t chunks[] = {1, 7, 33};
    const aed_block b = test_block(44100.0, 1.5);
    double v[P], whole[N] = {0}, s[STATE];

    (void)state;
    values(v, 0.0, 1.0);
    aed_modal.reset(s, 1, 0);
    strike(s, 1.0);
    run(whole, s, v, b, AED_CHUNK, N);
    for (size_t c = 0; c < 3; c++)
    {
        double y[N] = {0}, sc[STATE];

        aed_modal.reset(sc, 1, 0);
        strike(sc, 1.0);
        run(y, sc, v, b, chunks[c], N);
        for (size_t i = 0; i < N; i++)
            assert_true(fabs(y[i] - whole[i]) < 1e-10);
        for (size_t j = 0; j < STATE; j++)
            assert_true(fabs(sc[j] - s[j]) < 1e-10);
    }
}

/* A partial at x of the sample rate is as loud as fade says: whole, less, or not there. */
static void high_partials_fade(void **state)
{
    static const double turns[] = {0.2, 0.39, 0.41, 0.425, 0.44, 0.4499, 0.451, 0.6, 3.0};
    double before = 1.0;

    (void)state;
    for (size_t t = 0; t < sizeof turns / sizeof *turns; t++)
    {
        const aed_block b = test_block(1000.0, turns[t]);
        double v[P] = {[ATTACK] = 0.1, [FIRST] = 1000.0, [FIRST + 1] = 1.0, [FIRST + 2] = 5000.0};
        double y[N] = {0}, s[STATE], loudest = 0.0;

        for (size_t k = 1; k < PARTIALS; k++)
            v[FIRST + 3 * k + 2] = 10.0;
        aed_modal.reset(s, 1, 0);
        strike(s, 1.0);
        run(y, s, v, b, AED_CHUNK, 200);
        for (size_t i = 0; i < 200; i++)
            loudest = fmax(loudest, room(v) * fabs(y[i]));
        assert_true(aed_fade(turns[t]) <= before + 1e-12);
        assert_true(loudest <= aed_fade(turns[t]) + 1e-9);
        assert_true(loudest >= 0.8 * aed_fade(turns[t]));
        before = aed_fade(turns[t]);
    }
    assert_true(before < 1e-12);
    assert_true(fabs(aed_fade(0.39) - 1.0) < 1e-12 && fabs(aed_fade(0.425) - 0.5) < 1e-12);
}

/* Between .40 and .45 of the sample rate freq moves the level, too: in one sample, only that. */
static void fade_is_in_the_gradient(void **state)
{
    static const double h = 1e-3;

    (void)state;
    for (double hz = 400.5; hz < 450.0; hz += 7.0)
    {
        double v[P], signals[P][1], g[P][1] = {{0.0}}, tape[TAPE], s[STATE] = {[1] = 0.7};
        double y[3] = {0.0}, dstate[STATE] = {0.0}, before[STATE];
        const double *p[P], dy = 1.0;
        double *dp[P];
        aed_block b = test_block(1000.0, 1.0);
        b.n = 1;

        values(v, 0.2, 0.8);
        for (size_t k = 0; k < P; k++)
            p[k] = signals[k], dp[k] = g[k];
        for (int move = -1; move <= 1; move++)
        {
            double now[STATE];

            memcpy(now, s, sizeof s);
            v[FIRST] = hz + move * h;
            run(&y[move + 1], now, v, b, 1, 1);
        }
        v[FIRST] = hz;
        for (size_t k = 0; k < P; k++)
            signals[k][0] = v[k];
        memcpy(before, s, sizeof s);
        y[1] = 0.0;
        aed_modal.forward(&y[1], tape, s, NULL, p, &b);
        aed_modal.backward(NULL, dp, dstate, &dy, tape, before, NULL, p, &b);
        const double numeric = (y[2] - y[0]) / (2.0 * h);
        assert_true(fabs(g[FIRST][0] - numeric) < 1e-5 * fabs(numeric) + 1e-9);
        assert_true(numeric < 0.0);
    }
}

static void what_has_died_away_is_zero(void **state)
{
    const aed_block b = test_block(44100.0, 1.0);
    double v[P], y[N] = {0}, s[STATE];

    (void)state;
    values(v, 0.0, 0.0);
    aed_modal.reset(s, 1, 0);
    strike(s, 1.0);
    for (int second = 0; second < 4; second++)
        run(y, s, v, b, AED_CHUNK, N);
    for (size_t j = 0; j < STATE; j++)
        assert_true(s[j] == 0.0);
}

static void middle_is_a_bell(void **state)
{
    static const double ratios[] = {0.5, 1.0, 1.2, 1.5, 2.0, 3.0};

    (void)state;
    assert_int_equal(aed_modal.n_params, P);
    for (size_t k = 0; k < PARTIALS; k++)
    {
        const aed_param *freq = &aed_modal.params[FIRST + 3 * k];

        assert_true(fabs(aed_param_value(freq, 0.5) / 440.0 - ratios[k]) < 1e-9);
    }
}

static void adds_to_the_mix(void **state)
{
    const aed_block b = test_block(48000.0, 1.0);
    double v[P], y[N] = {0}, twice[N] = {0}, s[3][STATE];

    (void)state;
    values(v, 0.0, 1.0);
    for (int j = 0; j < 3; j++)
    {
        aed_modal.reset(s[j], 1, 0);
        strike(s[j], 0.8);
        run(j == 0 ? y : twice, s[j], v, b, AED_CHUNK, N);
    }
    for (size_t i = 0; i < N; i++)
        assert_true(fabs(twice[i] - 2.0 * y[i]) < 1e-14);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rings_as_damped_sines),
        cmocka_unit_test(restrikes_as_the_header_says),
        cmocka_unit_test(is_silent_until_struck),
        cmocka_unit_test(notes_do_not_click),
        cmocka_unit_test(stays_within_one),
        cmocka_unit_test(chunks_do_not_matter),
        cmocka_unit_test(high_partials_fade),
        cmocka_unit_test(fade_is_in_the_gradient),
        cmocka_unit_test(what_has_died_away_is_zero),
        cmocka_unit_test(middle_is_a_bell),
        cmocka_unit_test(adds_to_the_mix),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
