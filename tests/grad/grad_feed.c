/* dL/dtheta of voices whose pitch or parameter is moved by a signal, or slides, against five-point
 * differences in theta. The loss is linear in the audio with random weights. */
#include <stdio.h>
#include <string.h>

#include "plant.h"

enum
{
    MAX_N = 4000
};

static const double tolerance = 1e-5;

typedef struct
{
    const char *words, *route; /* route NULL: the pitch */
    double depth;
    size_t onset_n; /* samples of the window before the feed sets in; n: it never does */
    size_t pause_n; /* then it pauses for so many, after as many */
    size_t glide_n, ramp_n, block_n, before_n, n;
} piece;

typedef struct
{
    piece piece;
    aed_chain chain;
    aed_voice *v, *work;
    aed_tape *tape;
    double theta_before[AED_KNOBS_MOST], theta[AED_KNOBS_MOST], dx[MAX_N], feed[MAX_N];
} window;

static window window_open(piece played)
{
    window w = {.piece = played, .chain = chain_of(played.words)};
    aed_error e;

    w.v = voice_of(played.words, 44100.0);
    w.work = voice_of(played.words, 44100.0);
    w.tape = aed_tape_new(w.v, played.n, &e);
    assert_true(w.tape && played.n <= MAX_N);
    test_fill(w.theta_before, w.chain.d, 0.3, 0.7);
    test_fill(w.theta, w.chain.d, 0.3, 0.7);
    test_fill(w.dx, played.n, -1.0, 1.0);
    for (size_t i = 0; i < played.n; i++)
        w.feed[i] = 0.6 * sin(0.01 * (double)i) + 0.3 * sin(0.0037 * (double)i);
    const int attack = aed_chain_find(&w.chain, "env.attack");
    if (attack >= 0)
        w.theta[attack] = w.theta_before[attack] = 0.3;
    const int route = played.route ? aed_chain_find(&w.chain, played.route) : AED_ROUTE_PITCH;
    assert_true(!played.route || route >= 0);
    aed_voice_route(w.v, route, played.depth);
    aed_voice_glide(w.v, played.glide_n);
    return w;
}

static void window_close(window *w)
{
    aed_tape_free(w->tape);
    aed_voice_free(w->work);
    aed_voice_free(w->v);
}

/* Does the feed sound at sample i of the window? */
static int is_fed(const piece *p, size_t i)
{
    return i >= p->onset_n && (p->pause_n == 0 || (i - p->onset_n) / p->pause_n != 1);
}

/* As a host plays it: in blocks, each with a feed or without. */
static void play(window *w, double *y, size_t from, size_t to)
{
    for (size_t at = from; at < to;)
    {
        size_t n = 1;

        while (at + n < to && n < w->piece.block_n &&
               is_fed(&w->piece, at + n) == is_fed(&w->piece, at))
            n++;
        const aed_io io = {.feed = is_fed(&w->piece, at) ? w->feed + at : NULL, .y = y + at};
        assert_int_equal(aed_voice_play(w->v, &io, w->tape, n), AED_OK);
        at += n;
    }
}

static void render(window *w, double *y)
{
    static const aed_event events[] = {{700, 67, 90}, {1500, 67, 0}, {1800, 50, 110}};
    const aed_io before = {.feed = w->feed, .y = y};
    size_t at = 0;

    aed_voice_reset(w->v);
    aed_voice_theta(w->v, w->theta_before, 0);
    aed_voice_note(w->v, 55.0, 90.0);
    if (w->piece.before_n > 0)
        assert_int_equal(aed_voice_play(w->v, &before, NULL, w->piece.before_n), AED_OK);
    aed_voice_theta(w->v, w->theta, w->piece.ramp_n);
    aed_tape_open(w->tape, w->v, w->piece.n);
    for (size_t i = 0; i < 3; i++)
    {
        play(w, y, at, events[i].at);
        at = events[i].at;
        aed_voice_note(w->v, events[i].pitch, events[i].vel);
    }
    play(w, y, at, w->piece.n);
    assert_int_equal(aed_tape_filled(w->tape), w->piece.n);
}

/* Steps are taken in z, theta = center + scale z: see grad_voice.c. */
typedef struct
{
    window *w;
    double center[AED_KNOBS_MOST], scale[AED_KNOBS_MOST];
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

static double worst_error(window *w, const double *dtheta)
{
    double z[AED_KNOBS_MOST] = {0}, dz[AED_KNOBS_MOST];
    size_t skipped = 0;
    probe p = {.w = w};

    for (size_t k = 0; k < w->chain.d; k++)
    {
        p.center[k] = w->theta[k];
        p.scale[k] = aed_chain_param(&w->chain, k)->traits & AED_TUNED ? 0.01 : 1.0;
        dz[k] = p.scale[k] * dtheta[k];
    }
    const double worst = gradient_worst(dz, z, loss, &p, 1e-6, 0.05, &skipped, w->chain.d);
    assert_int_equal(skipped, 0);
    memcpy(w->theta, p.center, w->chain.d * sizeof *w->theta);
    return worst;
}

static void check(piece played)
{
    window w = window_open(played);
    double y[MAX_N], again[MAX_N], dtheta[AED_KNOBS_MOST] = {0};

    w.piece.onset_n = 0; /* a tape that has been used: it may not remember that feed */
    render(&w, y);
    w.piece.onset_n = played.onset_n;
    render(&w, y);
    assert_int_equal(aed_voice_backward(w.work, dtheta, w.tape, w.dx), AED_OK);
    assert_int_equal(aed_voice_replay(w.work, again, w.tape, w.theta), AED_OK);
    assert_true(relative_to_largest(again, y, played.n) < 1e-12);
    const double worst = worst_error(&w, dtheta);
    printf("grad '%s' %s moved by %g from %zu on, glide %zu: worst %.1e of %zu\n", played.words,
        played.route ? played.route : "pitch", played.depth, played.onset_n, played.glide_n, worst,
        w.chain.d);
    assert_true(worst <= tolerance);
    window_close(&w);
}

#define CLASSIC AED_CHAIN_DEFAULT

static void pitch(void **state)
{
    (void)state;
    check((piece){CLASSIC, NULL, 3.0, 0, 0, 0, 0, 64, 0, 2500});
    check((piece){CLASSIC, NULL, -7.0, 1111, 0, 0, 300, 64, 555, 2500}); /* late */
    check((piece){"vco vco | svf", NULL, 12.0, 100, 400, 0, 0, 17, 0, 2500});
}

static void a_logarithmic_parameter(void **state)
{
    (void)state;
    check((piece){CLASSIC, "ladder.cutoff", 0.2, 0, 0, 0, 0, 64, 0, 2500});
    check((piece){CLASSIC, "ladder.cutoff", -0.3, 1111, 0, 0, 1500, 40, 333, 2500});
    check((piece){CLASSIC, "vco.freq", 0.05, 300, 500, 0, 64, 64, 0, 2500});
}

static void a_linear_parameter(void **state)
{
    (void)state;
    check((piece){CLASSIC, "noise.level", 0.3, 0, 0, 0, 0, 64, 0, 2500});
    check((piece){CLASSIC, "ladder.resonance", 0.25, 1111, 0, 0, 700, 64, 0, 2500});
    check((piece){"vco | ladder | vca", "env.sustain", 0.2, 10, 900, 0, 0, 1, 100, 2500});
}

static void a_voice_that_runs_faster(void **state)
{
    (void)state;
    check((piece){"2x vco noise | ladder | vca", NULL, 3.0, 500, 400, 200, 0, 64, 99, 2500});
    check((piece){
        "4x vco noise | ladder | vca", "ladder.cutoff", 0.2, 500, 400, 0, 300, 50, 0, 2500});
}

/* Where the feed drives a parameter over its end, it has no slope there. */
static void beyond_the_range(void **state)
{
    (void)state;
    check((piece){CLASSIC, "noise.level", 4.0, 0, 0, 0, 0, 64, 0, 2500});
    check((piece){CLASSIC, "ladder.cutoff", 2.0, 500, 300, 0, 200, 64, 0, 2500});
}

static void glide(void **state)
{
    (void)state;
    check((piece){CLASSIC, NULL, 0.0, 2500, 0, 400, 0, 64, 0, 2500});
    check(
        (piece){CLASSIC, NULL, 5.0, 600, 500, 3000, 200, 50, 777, 2500}); /* with a feed, and on */
    check((piece){"vco vco | ladder | vca", "ladder.cutoff", 0.2, 0, 0, 100, 0, 64, 0, 2500});
}

/* The check sees a feed that the way back has forgotten. */
static void a_forgotten_feed_is_rejected(void **state)
{
    static const char *const routes[] = {NULL, "ladder.cutoff", "noise.level"};

    (void)state;
    for (size_t i = 0; i < 3; i++)
    {
        window w = window_open((piece){CLASSIC, routes[i], 0.3, 0, 0, 0, 0, 64, 0, 2500});
        window still = window_open((piece){CLASSIC, routes[i], 0.3, 2500, 0, 0, 0, 64, 0, 2500});
        double y[MAX_N], dtheta[AED_KNOBS_MOST] = {0};

        memcpy(still.theta_before, w.theta_before, sizeof w.theta_before);
        memcpy(still.theta, w.theta, sizeof w.theta);
        render(&still, y);
        assert_int_equal(aed_voice_backward(still.work, dtheta, still.tape, w.dx), AED_OK);
        assert_false(worst_error(&w, dtheta) <= tolerance);
        window_close(&w);
        window_close(&still);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pitch),
        cmocka_unit_test(a_logarithmic_parameter),
        cmocka_unit_test(a_linear_parameter),
        cmocka_unit_test(a_voice_that_runs_faster),
        cmocka_unit_test(beyond_the_range),
        cmocka_unit_test(glide),
        cmocka_unit_test(a_forgotten_feed_is_rejected),
    };
    return cmocka_run_group_tests_name("gradients with a signal", tests, NULL, NULL);
}
