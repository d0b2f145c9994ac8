/* window.c: see window.h. */
#include "window.h"

#include <string.h>

#include "plant/ladder.h"
#include "plant/shaper.h"

window window_open(piece played, const aed_module *replacement)
{
    const double lo = played.hi > 0.0 ? played.lo : 0.2, hi = played.hi > 0.0 ? played.hi : 0.8;
    window w = {.piece = played, .chain = chain_of(played.words)};
    aed_error e;

    for (size_t m = 0; m < w.chain.n; m++)
        if (replacement && w.chain.modules[m] == &aed_ladder)
            w.chain.modules[m] = replacement;
    w.v = aed_voice_new(&w.chain, played.sr_hz, 7, &e);
    w.work = aed_voice_new(&w.chain, played.sr_hz, 8, &e);
    w.tape = aed_tape_new(w.v, played.n, &e);
    assert_true(w.v && w.work && w.tape && played.n <= WINDOW_N && played.before_n <= WINDOW_N);
    test_fill(w.theta_before, w.chain.d, lo, hi);
    test_fill(w.theta, w.chain.d, lo, hi);
    test_fill(w.dx, played.n, -1.0, 1.0);
    for (size_t i = 0; i < played.n; i++)
        w.feed[i] = 0.6 * sin(0.01 * (double)i) + 0.3 * sin(0.0037 * (double)i);
    /* Every stage of the envelope is to fall into the window. */
    const int attack = aed_chain_find(&w.chain, "env.attack");
    if (attack >= 0)
        w.theta[attack] = w.theta_before[attack] = test_uniform(0.1, 0.4);
    const int route = played.route ? aed_chain_find(&w.chain, played.route) : AED_ROUTE_PITCH;
    assert_true(!played.route || route >= 0);
    aed_voice_route(w.v, route, played.depth);
    aed_voice_glide(w.v, played.glide_n);
    return w;
}

void window_close(window *w)
{
    aed_tape_free(w->tape);
    aed_voice_free(w->work);
    aed_voice_free(w->v);
}

/* Does the feed sound at sample i of the window? */
static int is_fed(const piece *p, size_t i)
{
    return p->depth != 0.0 && i >= p->onset_n &&
           (p->pause_n == 0 || (i - p->onset_n) / p->pause_n != 1);
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

void window_render(window *w, double *y)
{
    static double before[WINDOW_N];
    const aed_score *score = &w->piece.score;
    size_t at = 0;

    aed_voice_reset(w->v);
    aed_voice_theta(w->v, w->theta_before, 0);
    aed_voice_note(w->v, 55.0, 90.0);
    if (w->piece.before_n > 0)
    {
        const aed_io io = {.feed = w->piece.depth != 0.0 ? w->feed : NULL, .y = before};

        assert_int_equal(aed_voice_play(w->v, &io, NULL, w->piece.before_n), AED_OK);
    }
    aed_voice_theta(w->v, w->theta, w->piece.ramp_n);
    aed_tape_open(w->tape, w->v, w->piece.n);
    for (size_t i = 0; i < score->n; i++)
    {
        play(w, y, at, score->events[i].at);
        at = score->events[i].at;
        aed_voice_note(w->v, score->events[i].pitch, score->events[i].vel);
    }
    play(w, y, at, w->piece.n);
    assert_int_equal(aed_tape_filled(w->tape), w->piece.n);
}

/* ---- differences ---- */

/* The flanks of a voice that runs faster are steeper, too. */
static double scale_of(const aed_chain *chain, size_t k)
{
    static const struct
    {
        const char *beginning;
        double scale;
    } steep[] = {{"freq", 0.01}, {"time", 0.01}, {"size", 0.01}, {"fine", 0.1}, {"width", 0.1}};
    const char *name = aed_chain_param(chain, k)->name;

    for (size_t i = 0; i < sizeof steep / sizeof *steep; i++)
        if (strncmp(name, steep[i].beginning, strlen(steep[i].beginning)) == 0)
            return steep[i].scale / (double)chain->over;
    return 1.0;
}

typedef struct
{
    window *w;
    double center[AED_KNOBS_MOST], scale[AED_KNOBS_MOST];
} probe;

static long double loss(const double *z, void *context)
{
    static double y[WINDOW_N];
    probe *p = context;
    long double sum = 0.0;

    for (size_t k = 0; k < p->w->chain.d; k++)
        p->w->theta[k] = p->center[k] + p->scale[k] * z[k];
    window_render(p->w, y);
    for (size_t i = 0; i < p->w->piece.n; i++)
        sum += (long double)p->w->dx[i] * y[i];
    return sum;
}

/* A shaper's two formulas meet within 2e-12: each sample that goes from one to the
 * other as theta moves is a jump of so much. */
static double noise_of(const aed_chain *chain)
{
    double noise = 0.0;

    for (size_t m = 0; m < chain->n; m++)
        noise += chain->modules[m] == &aed_shaper ? 2e-12 : 0.0;
    return noise;
}

double window_worst(window *w, const double *dtheta, size_t *skipped)
{
    double z[AED_KNOBS_MOST] = {0}, dz[AED_KNOBS_MOST];
    probe p = {.w = w};

    for (size_t k = 0; k < w->chain.d; k++)
    {
        p.center[k] = w->theta[k];
        p.scale[k] = scale_of(&w->chain, k);
        dz[k] = p.scale[k] * dtheta[k];
    }
    const double worst = gradient_part_worst(dz, gradient_largest(dz, w->chain.d),
        noise_of(&w->chain), z, loss, &p, 1e-6, 0.05, skipped, w->chain.d);

    memcpy(w->theta, p.center, w->chain.d * sizeof *w->theta);
    return worst;
}
