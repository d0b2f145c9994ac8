/* dL/dtheta of whole voices against five-point differences in theta: played notes, ramps, windows
 * that end anywhere, tapes written in small blocks. The loss is linear in the audio with random
 * weights. */
#include "common.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plant/ladder.h"
#include "plant/voice.h"

enum
{
    MAX_N = 5000,
    MAX_D = 64
};

static const double tolerance = 1e-5;
static const char two_of_each[] = "vco vco noise | ladder | ladder | vca";

/* What is played, over which ramp, in which blocks it is computed. */
typedef struct
{
    const char *words;
    size_t n, ramp_n, block_n;
    size_t before_n; /* samples played before the window, so that it starts in mid-sound */
    aed_score score; /* within the window */
    double sr_hz;
} piece;

typedef struct
{
    piece piece;
    aed_chain chain;
    aed_voice *v, *work;
    aed_tape *tape;
    double theta_before[MAX_D], theta[MAX_D], dx[MAX_N];
} window;

/* replacement: a row to stand in for the ladder, or NULL. Attacks are short, so that every stage of
 * the envelope falls into the window. */
static window window_open(piece played, const aed_module *replacement)
{
    window w = {.piece = played};
    aed_error e;

    assert_int_equal(aed_chain_parse(&w.chain, played.words, &e), AED_OK);
    for (size_t m = 0; m < w.chain.n; m++)
        if (replacement && w.chain.modules[m] == &aed_ladder)
            w.chain.modules[m] = replacement;
    w.v = aed_voice_new(&w.chain, played.sr_hz, 7, &e);
    w.work = aed_voice_new(&w.chain, played.sr_hz, 8, &e);
    w.tape = aed_tape_new(w.v, played.n, &e);
    assert_true(w.v && w.work && w.tape && w.chain.d <= MAX_D && played.n <= MAX_N);
    test_fill(w.theta_before, w.chain.d, 0.2, 0.8);
    test_fill(w.theta, w.chain.d, 0.2, 0.8);
    test_fill(w.dx, played.n, -1.0, 1.0);
    const int attack = aed_chain_find(&w.chain, "env.attack");
    if (attack >= 0)
        w.theta[attack] = w.theta_before[attack] = test_uniform(0.1, 0.4);
    return w;
}

static void window_close(window *w)
{
    aed_tape_free(w->tape);
    aed_voice_free(w->work);
    aed_voice_free(w->v);
}

static void play(window *w, double *y, size_t from, size_t to)
{
    for (size_t at = from; at < to;)
    {
        const size_t n = to - at < w->piece.block_n ? to - at : w->piece.block_n;

        assert_int_equal(aed_voice_forward(w->v, y + at, w->tape, n), AED_OK);
        at += n;
    }
}

/* The window's audio with theta; the tape then holds the window. */
static void render(window *w, double *y)
{
    static double before[MAX_N];
    size_t at = 0;

    aed_voice_reset(w->v);
    aed_voice_theta(w->v, w->theta_before, 0);
    aed_voice_note(w->v, 55.0, 90.0);
    if (w->piece.before_n > 0)
        assert_int_equal(aed_voice_forward(w->v, before, NULL, w->piece.before_n), AED_OK);
    aed_voice_theta(w->v, w->theta, w->piece.ramp_n);
    aed_tape_open(w->tape, w->v, w->piece.n);
    for (size_t i = 0; i < w->piece.score.n; i++)
    {
        play(w, y, at, w->piece.score.events[i].at);
        at = w->piece.score.events[i].at;
        aed_voice_note(w->v, w->piece.score.events[i].pitch, w->piece.score.events[i].vel);
    }
    play(w, y, at, w->piece.n);
    assert_int_equal(aed_tape_filled(w->tape), w->piece.n);
}

/* Steps are taken in z, theta = center + scale z: the gradient of a frequency, or of an echo's place,
 * is larger than the others' by orders (thousands of cycles hang on it), and scale brings them to one
 * size. */
static double scale_of(const char *name)
{
    static const char *const steep[] = {"freq", "time", "size"};

    for (size_t i = 0; i < sizeof steep / sizeof *steep; i++)
        if (strcmp(name, steep[i]) == 0)
            return 0.01;
    return 1.0;
}

/* The first oscillator has none before it whose sine it could follow. */
static int is_dead(const aed_chain *c, size_t k)
{
    char name[AED_NAME_N];

    aed_chain_name(name, c, k);
    return strcmp(name, "vco.fm") == 0 || strcmp(name, "vco1.fm") == 0;
}

/* Steps are taken in z, theta = center + scale z: a frequency's gradient is larger than the others'
 * by orders (thousands of cycles hang on it), and scale brings them to one size. */
typedef struct
{
    window *w;
    double center[MAX_D], scale[MAX_D];
} probe;

static double loss(const double *z, void *context)
{
    probe *p = context;
    double y[MAX_N], sum = 0.0;

    for (size_t k = 0; k < p->w->chain.d; k++)
        p->w->theta[k] = p->center[k] + p->scale[k] * z[k];
    render(p->w, y);
    for (size_t i = 0; i < p->w->piece.n; i++)
        sum += p->w->dx[i] * y[i];
    return sum;
}

static double worst_error(window *w, const double *dtheta, size_t *skipped)
{
    double z[MAX_D] = {0}, dz[MAX_D];
    probe p = {.w = w};

    for (size_t k = 0; k < w->chain.d; k++)
    {
        p.center[k] = w->theta[k];
        p.scale[k] = scale_of(aed_chain_param(&w->chain, k)->name);
        dz[k] = p.scale[k] * dtheta[k];
    }
    return gradient_worst(dz, z, loss, &p, 1e-6, 0.05, skipped, w->chain.d);
}

static void check(piece played)
{
    window w = window_open(played, NULL);
    double y[MAX_N], dtheta[MAX_D] = {0}, twice[MAX_D];
    size_t skipped = 0;

    render(&w, y);
    assert_int_equal(aed_voice_backward(w.work, dtheta, w.tape, w.dx), AED_OK);
    memcpy(twice, dtheta, sizeof twice);
    assert_int_equal(aed_voice_backward(w.work, twice, w.tape, w.dx), AED_OK);
    for (size_t k = 0; k < w.chain.d; k++)
    {
        assert_true((dtheta[k] == 0.0) ==
                    is_dead(&w.chain, k)); /* the windows below leave nothing else dead */
        assert_true(fabs(twice[k] - 2.0 * dtheta[k]) <= 1e-12 * fabs(dtheta[k]));
    }
    const double worst = worst_error(&w, dtheta, &skipped);

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
    check((piece){AED_CHAIN_DEFAULT, 4000, 0, 4000, 0, on_off, 44100.0});
    check((piece){AED_CHAIN_DEFAULT, 3971, 0, 64, 0, busy, 16000.0});
    check((piece){AED_CHAIN_DEFAULT, 3801, 1500, 1, 777, busy, 48000.0});
    check((piece){AED_CHAIN_DEFAULT, 3801, 64, 100, 1000, busy, 44100.0});
}

static void two_of_each_chain(void **state)
{
    (void)state;
    check((piece){two_of_each, 3999, 0, 3999, 0, busy, 44100.0});
    check((piece){two_of_each, 3400, 900, 37, 321, busy, 16000.0});
}

/* Without an envelope, and with the ramp ending beyond the window. */
static void other_chains(void **state)
{
    (void)state;
    check((piece){"vco", 2000, 3000, 256, 10, silence, 48000.0});
    check((piece){"noise vco | vca vca | ladder", 3500, 100, 64, 0, busy, 44100.0});
    check((piece){"2x vco noise | ladder | vca", 3400, 100, 37, 50, busy, 16000.0});
    check((piece){"vco noise | shaper | vca 4x", 3500, 0, 64, 1001, busy, 44100.0});
}

/* Pitch, cutoff and level swing with each note. */
static void swinging_chain(void **state)
{
    static const char words[] = "lfo vco noise | ladder | vca | pan";

    (void)state;
    check((piece){words, 4000, 0, 4000, 0, on_off, 44100.0});
    check((piece){words, 3801, 1500, 50, 777, busy, 48000.0});
    check((piece){"vco lfo | ladder | vca lfo", 3999, 64, 64, 321, busy, 16000.0});
}

/* Windows that begin while echoes ring, and are longer than the way round the loop; a time that is
 * still moving when the window begins. */
static void chains_with_lines(void **state)
{
    (void)state;
    check((piece){"vco noise | vca | delay", 4000, 0, 4000, 3000, busy, 8000.0});
    check((piece){"noise | vca | delay", 3700, 900, 37, 2222, busy, 16000.0});
    check((piece){"noise | vca | reverb", 4000, 0, 64, 5000, busy, 16000.0});
    check((piece){"noise | vca | reverb", 3333, 1200, 1, 3000, on_off, 44100.0});
    check((piece){
        "vco noise | ladder | delay | reverb | delay | vca", 3600, 500, 100, 4000, busy, 6000.0});
}

/* The second oscillator's sine follows the first's, and both wander. */
static void modulated_phase(void **state)
{
    (void)state;
    check((piece){"vco vco | vca", 3000, 0, 3000, 0, on_off, 48000.0});
    check((piece){"vco vco | vca", 3371, 500, 37, 900, busy, 44100.0});
    check((piece){"vco noise vco | vca", 3001, 1000, 64, 3900, busy, 44100.0});
}

/* The window's start is a constant: the same samples as two windows give other gradients than as
 * one, but the release of a note that was held before the window still has its own. */
static void past_is_constant(void **state)
{
    const aed_score off = {{{0, 55, 0}}, 1};
    window w = window_open((piece){AED_CHAIN_DEFAULT, 1000, 0, 64, 2000, off, 44100.0}, NULL);
    double y[MAX_N], dtheta[MAX_D] = {0};

    (void)state;
    render(&w, y);
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

static const piece short_piece = {
    AED_CHAIN_DEFAULT, 2500, 0, 64, 0, {{{0, 62, 80}, {1900, 62, 0}}, 2}, 44100.0};

static aed_status window_gradient(window *w, double *dtheta)
{
    double y[MAX_N];

    render(w, y);
    return aed_voice_backward(w->work, dtheta, w->tape, w->dx);
}

static void scaled_gradient_is_rejected(void **state)
{
    window w = window_open(short_piece, NULL);
    double dtheta[MAX_D] = {0};
    size_t skipped = 0;

    (void)state;
    assert_int_equal(window_gradient(&w, dtheta), AED_OK);
    assert_true(worst_error(&w, dtheta, &skipped) <= tolerance);
    for (size_t k = 0; k < w.chain.d; k++)
    {
        const double right = dtheta[k];

        if (is_dead(&w.chain, k))
            continue;
        dtheta[k] *= 1.001;
        assert_false(worst_error(&w, dtheta, &skipped) <= tolerance);
        dtheta[k] = right;
    }
    window_close(&w);
}

static void dropped_state_is_rejected(void **state)
{
    aed_module wrong = aed_ladder;
    double dtheta[MAX_D] = {0};
    size_t skipped = 0;

    (void)state;
    wrong.backward = drops_dstate;
    window w = window_open(short_piece, &wrong);
    assert_int_equal(window_gradient(&w, dtheta), AED_OK);
    assert_false(worst_error(&w, dtheta, &skipped) <= tolerance);
    window_close(&w);
}

static void nan_gradient_is_refused(void **state)
{
    aed_module wrong = aed_ladder;
    double dtheta[MAX_D] = {42.0};

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
