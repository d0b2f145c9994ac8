/* dL/dtheta of whole voices against five-point differences, see window.h: played notes, ramps, windows
 * that end anywhere, tapes written in small blocks. */
#include <stdio.h>
#include <string.h>

#include "plant/ladder.h"
#include "window.h"

static const double tolerance = 1e-5;
static const char two_of_each[] = "vco vco noise | ladder | ladder | vca";

/* The first oscillator has none before it whose sine it could follow. */
static int is_dead(const aed_chain *c, size_t k)
{
    char name[AED_NAME_N];

    aed_chain_name(name, c, k);
    return strcmp(name, "vco.fm") == 0 || strcmp(name, "vco1.fm") == 0;
}

static void check(const char *words, size_t n, size_t ramp_n, size_t block_n, size_t before_n,
    aed_score score, double sr_hz)
{
    const piece played = {.words = words,
        .n = n,
        .ramp_n = ramp_n,
        .block_n = block_n,
        .before_n = before_n,
        .score = score,
        .sr_hz = sr_hz};
    window w = window_open(played, NULL);
    double y[WINDOW_N], dtheta[AED_KNOBS_MOST] = {0}, twice[AED_KNOBS_MOST];
    size_t skipped = 0;

    window_render(&w, y);
    assert_int_equal(aed_voice_backward(w.work, dtheta, w.tape, w.dx), AED_OK);
    memcpy(twice, dtheta, sizeof twice);
    assert_int_equal(aed_voice_backward(w.work, twice, w.tape, w.dx), AED_OK);
    for (size_t k = 0; k < w.chain.d; k++)
    {
        assert_true((dtheta[k] == 0.0) ==
                    is_dead(&w.chain, k)); /* the windows below leave nothing else dead */
        assert_true(fabs(twice[k] - 2.0 * dtheta[k]) <= 1e-12 * fabs(dtheta[k]));
    }
    const double worst = window_worst(&w, dtheta, &skipped);

    printf("grad '%s' n %zu ramp %zu block %zu events %zu: worst %.1e of %zu, %zu skipped\n",
        w.piece.words, w.piece.n, w.piece.ramp_n, w.piece.block_n, w.piece.score.n, worst,
        w.chain.d, skipped);
    assert_true(worst <= tolerance);
    assert_int_equal(skipped, 0);
    window_close(&w);
}

/* On, off, another note during the release, a change of note while held, off. */
static const aed_score busy = {
    {{0, 60, 100}, {1030, 60, 0}, {1501, 67, 64}, {2000, 55, 120}, {3333, 55, 0}}, 5};
static const aed_score silence = {.n = 0};
static const aed_score on_off = {{{0, 62, 80}, {2400, 62, 0}}, 2};

static void default_chain(void **state)
{
    (void)state;
    check(AED_CHAIN_DEFAULT, 4000, 0, 4000, 0, on_off, 44100.0);
    check(AED_CHAIN_DEFAULT, 3971, 0, 64, 0, busy, 16000.0);
    check(AED_CHAIN_DEFAULT, 3801, 1500, 1, 777, busy, 48000.0);
    check(AED_CHAIN_DEFAULT, 3801, 64, 100, 1000, busy, 44100.0);
}

static void two_of_each_chain(void **state)
{
    (void)state;
    check(two_of_each, 3999, 0, 3999, 0, busy, 44100.0);
    check(two_of_each, 3400, 900, 37, 321, busy, 16000.0);
}

/* Without an envelope, and with the ramp ending beyond the window. */
static void other_chains(void **state)
{
    (void)state;
    check("vco", 2000, 3000, 256, 10, silence, 48000.0);
    check("noise vco | vca vca | ladder", 3500, 100, 64, 0, busy, 44100.0);
    check("2x vco noise | ladder | vca", 3400, 100, 37, 50, busy, 16000.0);
    check("vco noise | shaper | vca 4x", 3500, 0, 64, 1001, busy, 44100.0);
}

/* Pitch, cutoff and level swing with each note. */
static void swinging_chain(void **state)
{
    static const char words[] = "lfo vco noise | ladder | vca | pan";

    (void)state;
    check(words, 4000, 0, 4000, 0, on_off, 44100.0);
    check(words, 3801, 1500, 50, 777, busy, 48000.0);
    check("vco lfo | ladder | vca lfo", 3999, 64, 64, 321, busy, 16000.0);
}

/* Windows that begin while echoes ring, and are longer than the way round the loop; a time that is
 * still moving when the window begins. */
static void chains_with_lines(void **state)
{
    (void)state;
    check("vco noise | vca | delay", 4000, 0, 4000, 3000, busy, 8000.0);
    check("noise | vca | delay", 3700, 900, 37, 2222, busy, 16000.0);
    check("noise | vca | reverb", 4000, 0, 64, 5000, busy, 16000.0);
    check("noise | vca | reverb", 3333, 1200, 1, 3000, on_off, 44100.0);
    check("vco noise | ladder | delay | reverb | delay | vca", 3600, 500, 100, 4000, busy, 6000.0);
}

/* The second oscillator's sine follows the first's, and both wander. */
static void modulated_phase(void **state)
{
    (void)state;
    check("vco vco | vca", 3000, 0, 3000, 0, on_off, 48000.0);
    check("vco vco | vca", 3371, 500, 37, 900, busy, 44100.0);
    check("vco noise vco | vca", 3001, 1000, 64, 3900, busy, 44100.0);
}

/* The window's start is a constant: the same samples as two windows give other gradients than as
 * one, but the release of a note that was held before the window still has its own. */
static void past_is_constant(void **state)
{
    const piece played = {.words = AED_CHAIN_DEFAULT,
        .n = 1000,
        .block_n = 64,
        .before_n = 2000,
        .score = {{{0, 55, 0}}, 1},
        .sr_hz = 44100.0};
    window w = window_open(played, NULL);
    double y[WINDOW_N], dtheta[AED_KNOBS_MOST] = {0};

    (void)state;
    window_render(&w, y);
    assert_int_equal(aed_voice_backward(w.work, dtheta, w.tape, w.dx), AED_OK);
    assert_true(dtheta[aed_chain_find(&w.chain, "env.attack")] == 0.0);
    assert_true(dtheta[aed_chain_find(&w.chain, "env.release")] != 0.0);
    window_close(&w);
}

/* ---- the check rejects wrong backwards, in a voice too ---- */

static void drops_dstate(double *dx, double *const *dp, double *dstate, const double *dy,
    const double *tape, const double *state, const double *x, const double *const *p,
    const aed_block *b)
{
    aed_ladder.backward(dx, dp, dstate, dy, tape, state, x, p, b);
    memset(dstate, 0, aed_ladder.state_n * sizeof *dstate);
}

static void gives_nan(double *dx, double *const *dp, double *dstate, const double *dy,
    const double *tape, const double *state, const double *x, const double *const *p,
    const aed_block *b)
{
    aed_ladder.backward(dx, dp, dstate, dy, tape, state, x, p, b);
    dp[0][0] = NAN;
}

static const piece short_piece = {.words = AED_CHAIN_DEFAULT,
    .n = 2500,
    .block_n = 64,
    .score = {{{0, 62, 80}, {1900, 62, 0}}, 2},
    .sr_hz = 44100.0};

static aed_status window_gradient(window *w, double *dtheta)
{
    double y[WINDOW_N];

    window_render(w, y);
    return aed_voice_backward(w->work, dtheta, w->tape, w->dx);
}

static void scaled_gradient_is_rejected(void **state)
{
    window w = window_open(short_piece, NULL);
    double dtheta[AED_KNOBS_MOST] = {0};
    size_t skipped = 0;

    (void)state;
    assert_int_equal(window_gradient(&w, dtheta), AED_OK);
    assert_true(window_worst(&w, dtheta, &skipped) <= tolerance);
    for (size_t k = 0; k < w.chain.d; k++)
    {
        const double right = dtheta[k];

        if (is_dead(&w.chain, k))
            continue;
        dtheta[k] *= 1.001;
        assert_false(window_worst(&w, dtheta, &skipped) <= tolerance);
        dtheta[k] = right;
    }
    window_close(&w);
}

static void dropped_state_is_rejected(void **state)
{
    aed_module wrong = aed_ladder;
    double dtheta[AED_KNOBS_MOST] = {0};
    size_t skipped = 0;

    (void)state;
    wrong.backward = drops_dstate;
    window w = window_open(short_piece, &wrong);
    assert_int_equal(window_gradient(&w, dtheta), AED_OK);
    assert_false(window_worst(&w, dtheta, &skipped) <= tolerance);
    window_close(&w);
}

static void nan_gradient_is_refused(void **state)
{
    aed_module wrong = aed_ladder;
    double dtheta[AED_KNOBS_MOST] = {42.0};

    (void)state;
    wrong.backward = gives_nan;
    window w = window_open(short_piece, &wrong);
    assert_int_equal(window_gradient(&w, dtheta), AED_E_NONFINITE);
    assert_true(dtheta[0] == 42.0 && dtheta[1] == 0.0);
    window_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(default_chain),
        cmocka_unit_test(two_of_each_chain),
        cmocka_unit_test(other_chains),
        cmocka_unit_test(swinging_chain),
        cmocka_unit_test(chains_with_lines),
        cmocka_unit_test(modulated_phase),
        cmocka_unit_test(past_is_constant),
        cmocka_unit_test(scaled_gradient_is_rejected),
        cmocka_unit_test(dropped_state_is_rejected),
        cmocka_unit_test(nan_gradient_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
