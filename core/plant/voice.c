/* voice.c: the life of a voice, and its way forward. tape.c has the way back. */
#include <math.h>
#include <string.h>

#include "base/hot.h"
#include "base/vmath.h"
#include "still.h"
#include "voice_private.h"

static const double reference_key = 60.0;
static const double octave_keys = 12.0;

static size_t count_effects(const aed_chain *chain)
{
    size_t n = 0;

    for (size_t m = 0; m < chain->n; m++)
        n += chain->modules[m]->role == AED_EFFECT;
    return n;
}

static double computed_hz(const aed_voice *v)
{
    return v->sr_hz * (double)v->chain.over;
}

static size_t tape_n(const aed_chain *chain, size_t m)
{
    const aed_module *module = chain->modules[m];

    return module->tape_of ? module->tape_of(chain->size[m]) : module->tape_n;
}

static void layout(aed_voice *v, aed_arena *a)
{
    const size_t d = v->chain.d, full_n = v->chain.full_n;

    v->live = aed_arena_doubles(a, aed_live_n(&v->chain));
    v->theta = aed_arena_doubles(a, full_n);
    v->from = aed_arena_doubles(a, full_n);
    v->to = aed_arena_doubles(a, full_n);
    v->weights = aed_arena_doubles(a, v->chain.weights_n);
    v->w = aed_arena_doubles(a, AED_CHUNK);
    v->signals = aed_arena_doubles(a, d * AED_CHUNK);
    v->p = aed_arena_take(a, d * sizeof *v->p);
    v->routed = aed_arena_doubles(a, AED_CHUNK);
    v->routed_slope = aed_arena_doubles(a, AED_CHUNK);
    v->ratio = aed_arena_doubles(a, AED_CHUNK);
    for (size_t k = 0; k < AED_BUSES; k++)
    {
        v->bus[k] = aed_arena_doubles(a, AED_CHUNK);
        v->dbus[k] = aed_arena_doubles(a, AED_CHUNK);
    }
    aed_lines_layout(&v->lines, a, &v->chain, computed_hz(v), AED_CHUNK, 1);
    v->audio = aed_arena_doubles(a, (v->n_effects + 1) * AED_CHUNK);
    for (size_t m = 0; m < v->chain.n; m++)
        v->tapes[m] = aed_arena_doubles(a, AED_CHUNK * tape_n(&v->chain, m));
    v->daudio[0] = aed_arena_doubles(a, AED_CHUNK);
    v->daudio[1] = aed_arena_doubles(a, AED_CHUNK);
    v->dsignals = aed_arena_doubles(a, AED_MAX_PARAMS * AED_CHUNK);
    v->dstate = aed_arena_doubles(a, v->chain.state_n);
    v->dweights = aed_arena_doubles(a, v->chain.weights_n);
    v->dto = aed_arena_doubles(a, full_n);
}

/* No parameter is moved by a feed. */
static void plain_signals(aed_voice *v)
{
    for (size_t k = 0; k < v->chain.d; k++)
        v->p[k] = v->signals + k * AED_CHUNK;
}

/* What points from one piece of the block into another. */
static void connect(aed_voice *v)
{
    v->note = v->live + v->chain.state_n;
    plain_signals(v);
    for (size_t k = 0; k < AED_MAX_PARAMS; k++)
        v->dp[k] = v->dsignals + k * AED_CHUNK;
}

static void values_from_start(aed_voice *v)
{
    aed_chain_start(v->theta, &v->chain);
    aed_chain_scramble(v->theta, &v->chain, v->seed);
    for (size_t k = 0; k < v->chain.d; k++)
        v->to[k] = v->from[k] = aed_param_value(aed_chain_param(&v->chain, k), v->theta[k]);
    for (size_t k = v->chain.d; k < v->chain.full_n; k++)
        v->to[k] = v->from[k] = v->theta[k];
    v->weights_w = -1.0;
}

aed_voice *aed_voice_new(const aed_chain *chain, double sr_hz, unsigned long seed, aed_error *e)
{
    aed_voice plan = {.chain = *chain, .sr_hz = sr_hz, .seed = seed, .route = AED_ROUTE_PITCH};
    aed_arena a = {0};

    if (!(sr_hz >= 1000.0 && sr_hz <= 1e6))
    {
        (void)aed_fail(e, AED_E_ARG, "sample rate: got %g Hz, allowed 1000 … 1000000", sr_hz);
        return NULL;
    }
    if (chain->n == 0)
    {
        (void)aed_fail(e, AED_E_ARG, "chain: got no modules, expected at least a source");
        return NULL;
    }
    plan.n_effects = count_effects(chain);
    (void)aed_arena_take(&a, sizeof plan);
    layout(&plan, &a);
    if (aed_arena_open(&a))
    {
        (void)aed_fail(e, AED_E_MEMORY, "voice: no memory for %zu bytes", a.used);
        return NULL;
    }
    aed_voice *v = aed_arena_take(&a, sizeof *v);
    layout(&plan, &a);
    plan.arena = a;
    *v = plan;
    connect(v);
    values_from_start(v);
    aed_voice_reset(v);
    return v;
}

void aed_voice_free(aed_voice *v)
{
    if (!v)
        return;
    aed_arena a = v->arena; /* v is inside the block it closes */
    aed_arena_close(&a);
}

const aed_chain *aed_voice_chain(const aed_voice *v)
{
    return &v->chain;
}

void aed_voice_reset(aed_voice *v)
{
    const aed_chain *c = &v->chain;

    for (size_t m = 0; m < c->n; m++)
        c->modules[m]->reset(v->live + c->state_at[m], v->seed, c->instance[m]);
    aed_lines_clear(&v->lines);
    for (size_t i = c->state_n; i < aed_live_n(c); i++)
        v->live[i] = 0.0;
    v->note[LIVE_RAMP_AT] = (double)v->ramp_n;
    v->edition++;
}

void aed_voice_seed(aed_voice *v, unsigned long seed)
{
    v->seed = seed;
}

/* Written from `to` backwards, so that the end of a ramp is `to` to the last bit. */
static inline double between(double from, double to, double w)
{
    return to - (to - from) * (1.0 - w);
}

static inline double ramp_weight(double at, size_t ramp_n)
{
    return at < (double)ramp_n ? at / (double)ramp_n : 1.0;
}

/* Weights hold what the ramp was at the chunk's beginning. */
static double weights_weight(const aed_voice *v)
{
    const double into = (double)((size_t)v->note[LIVE_AT] % AED_CHUNK);

    return ramp_weight(fmax(v->note[LIVE_RAMP_AT] - into, 0.0), v->ramp_n);
}

void aed_voice_theta(aed_voice *v, const double *theta, size_t ramp_n)
{
    const double w = ramp_weight(v->note[LIVE_RAMP_AT], v->ramp_n);

    for (size_t k = 0; k < v->chain.d; k++)
    {
        v->theta[k] = fmin(fmax(theta[k], 0.0), 1.0);
        v->from[k] = between(v->from[k], v->to[k], w);
        v->to[k] = aed_param_value(aed_chain_param(&v->chain, k), v->theta[k]);
    }
    for (size_t k = v->chain.d; k < v->chain.full_n; k++)
    {
        v->from[k] = between(v->from[k], v->to[k], weights_weight(v));
        v->to[k] = v->theta[k] = theta[k];
    }
    v->weights_w = -1.0;
    v->ramp_n = ramp_n * v->chain.over;
    v->note[LIVE_RAMP_AT] = 0.0;
    v->steady = 0;
    v->edition++;
}

/* Where the pitch is at `after` samples past the last one, in octaves above key 60. */
static inline double pitch_after(const double *note, double after)
{
    const double w = ramp_weight(note[LIVE_GLIDE_AT] + after, (size_t)note[LIVE_GLIDE_N]);

    return between(note[LIVE_PITCH_FROM], note[LIVE_PITCH], w);
}

static void slide_to(aed_voice *v, double octaves)
{
    v->note[LIVE_PITCH_FROM] = pitch_after(v->note, 0.0);
    v->note[LIVE_PITCH] = octaves;
    v->note[LIVE_GLIDE_AT] = 0.0;
    v->note[LIVE_GLIDE_N] = v->note[LIVE_PLAYED] != 0.0 ? (double)v->glide_n : 0.0;
    v->note[LIVE_PLAYED] = 1.0;
}

void aed_voice_note(aed_voice *v, double pitch, double vel)
{
    const double velocity = fmin(fmax(vel, 0.0), 127.0) / 127.0;

    if (velocity > 0.0)
        slide_to(v, (fmin(fmax(pitch, 0.0), 127.0) - reference_key) / octave_keys);
    v->note[LIVE_VELOCITY] = velocity;
    v->note[LIVE_EVENT] = 1.0;
}

void aed_voice_glide(aed_voice *v, size_t n)
{
    v->glide_n = n * v->chain.over;
}

void aed_voice_route(aed_voice *v, int route, double depth)
{
    v->route = route;
    v->depth = depth;
    v->edition++;
}

void aed_voice_copy(aed_voice *v, const aed_voice *from)
{
    const size_t values = v->chain.full_n * sizeof *v->theta;

    memcpy(v->live, from->live, aed_live_n(&v->chain) * sizeof *v->live);
    memcpy(v->theta, from->theta, values);
    memcpy(v->from, from->from, values);
    memcpy(v->to, from->to, values);
    aed_lines_copy_past(&v->lines, &from->lines, (size_t)from->note[LIVE_AT]);
    v->ramp_n = from->ramp_n;
    v->glide_n = from->glide_n;
    v->route = from->route;
    v->depth = from->depth;
    v->steady = 0;
    v->weights_w = -1.0;
    v->edition++;
}

aed_block aed_voice_block(const aed_voice *v, const aed_lines *lines, size_t m, size_t n)
{
    aed_block b = {
        .sr_hz = computed_hz(v),
        .velocity = v->note[LIVE_VELOCITY],
        .ratio = v->ratio,
        .lines = lines->line + v->chain.line_at[m],
        .at = (size_t)v->note[LIVE_AT],
        .n = n,
        .size = v->chain.size[m],
        .weights = v->weights + v->chain.weights_at[m],
    };

    memcpy(b.bus, v->bus, sizeof b.bus);
    return b;
}

/* Let the modules hear of a note that came in since the last sample. Several notes between two
 * samples are one event, the last: there is no time in which the others could have sounded. */
static int hear_event(aed_voice *v)
{
    const aed_chain *c = &v->chain;

    if (v->note[LIVE_EVENT] == 0.0)
        return 0;
    for (size_t m = 0; m < c->n; m++)
    {
        const aed_block b = aed_voice_block(v, &v->lines, m, 0);

        if (c->modules[m]->event)
            c->modules[m]->event(v->live + c->state_at[m], &b);
    }
    v->note[LIVE_EVENT] = 0.0;
    return 1;
}

/* ---- one chunk ---- */

/* Parameters that stand still are written once, in full, and then left alone. */
static void signals_fill(aed_voice *v, size_t n)
{
    const double at = v->note[LIVE_RAMP_AT];
    const int steady = at >= (double)v->ramp_n;
    const size_t written = steady ? AED_CHUNK : n;

    if (steady && v->steady)
        return;
    for (size_t i = 0; i < written; i++)
        v->w[i] = ramp_weight(at + (double)(i + 1), v->ramp_n);
    for (size_t k = 0; k < v->chain.d; k++)
        for (size_t i = 0; i < written; i++)
            v->signals[k * AED_CHUNK + i] = between(v->from[k], v->to[k], v->w[i]);
    v->steady = steady;
}

static void weights_fill(aed_voice *v)
{
    const double w = weights_weight(v);
    const double *from = v->from + v->chain.d, *to = v->to + v->chain.d;

    if (w == v->weights_w)
        return;
    for (size_t k = 0; k < v->chain.weights_n; k++)
        v->weights[k] = between(from[k], to[k], w);
    v->weights_w = w;
}

/* The parameter that the feed moves, by f = depth · feed of its range along its curve:
 *
 *     AED_LIN   v + f (hi - lo),   AED_LOG   v (hi/lo)^f,   clipped to [lo, hi]
 *
 * and the slope of that in v, 0 where it is clipped. */
static void route_fill(aed_voice *v, size_t n)
{
    const size_t k = (size_t)v->route;
    const aed_param *row = aed_chain_param(&v->chain, k);
    const double *value = v->signals + k * AED_CHUNK;

    for (size_t i = 0; i < n; i++)
    {
        const double f = v->depth * v->feed[i / v->chain.over];
        const double factor = row->curve == AED_LOG ? pow(row->hi / row->lo, f) : 1.0;
        const double added = row->curve == AED_LOG ? 0.0 : f * (row->hi - row->lo);
        const double moved = value[i] * factor + added;

        v->routed[i] = fmin(fmax(moved, row->lo), row->hi);
        v->routed_slope[i] = v->routed[i] == moved ? factor : 0.0;
    }
    v->p[k] = v->routed;
}

static void buses_fill(aed_voice *v, size_t n)
{
    const int glides = v->note[LIVE_GLIDE_AT] < v->note[LIVE_GLIDE_N];
    double *pitch = v->bus[AED_PITCH];

    for (size_t k = 0; k < AED_BUSES; k++)
        memset(v->bus[k], 0, n * sizeof *v->bus[k]);
    pitch[0] = v->note[LIVE_PITCH];
    aed_still_fill(pitch, 1, n);
    for (size_t i = 0; glides && i < n; i++)
        pitch[i] = pitch_after(v->note, (double)(i + 1));
    for (size_t i = 0; v->feed && v->route == AED_ROUTE_PITCH && i < n; i++)
        pitch[i] += v->depth * v->feed[i / v->chain.over] / octave_keys;
}

AED_HOT static void powers(double *restrict ratio, const double *restrict pitch, size_t n)
{
    for (size_t i = 0; i < n; i++)
        ratio[i] = aed_exp2(pitch[i]);
}

/* Pitch mostly stands still: then one power is enough. */
static void ratio_fill(aed_voice *v, size_t n)
{
    const size_t m = aed_still(v->bus[AED_PITCH], n);

    powers(v->ratio, v->bus[AED_PITCH], m);
    aed_still_fill(v->ratio, m, n);
}

static void advance(aed_voice *v, size_t n)
{
    double *note = v->note;

    note[LIVE_AT] += (double)n;
    note[LIVE_GLIDE_AT] = fmin(note[LIVE_GLIDE_AT] + (double)n, note[LIVE_GLIDE_N]);
    note[LIVE_RAMP_AT] = fmin(note[LIVE_RAMP_AT] + (double)n, (double)(v->ramp_n + AED_CHUNK));
}

const double *aed_voice_chunk(aed_voice *v, const aed_lines *lines, double *side, size_t n)
{
    const aed_chain *c = &v->chain;
    const int routes = v->feed && v->route >= 0;
    double *mix = v->audio;

    signals_fill(v, n);
    weights_fill(v);
    plain_signals(v); /* backward reads what was moved until now */
    if (routes)
        route_fill(v, n);
    buses_fill(v, n);
    memset(mix, 0, n * sizeof *mix);
    for (size_t m = 0; m < c->n; m++)
    {
        const aed_module *module = c->modules[m];
        const int is_effect = module->role == AED_EFFECT;
        const double *x = is_effect ? mix : NULL;
        aed_block b = aed_voice_block(v, lines, m, n);

        if (module->role != AED_CONTROL && (m == 0 || c->modules[m - 1]->role == AED_CONTROL))
            ratio_fill(v, n);
        b.side = side;
        mix += is_effect ? AED_CHUNK : 0;
        module->forward(mix, v->tapes[m], v->live + c->state_at[m], x, v->p + c->param_at[m], &b);
    }
    advance(v, n);
    return mix;
}

/* A sum of squares is finite only when all its terms are; finite samples and states are far too
 * small to overflow it. */
static int all_finite(const aed_voice *v, const double *x, size_t n)
{
    return isfinite(aed_dot(x, x, n) + aed_dot(v->live, v->live, v->chain.state_n));
}

static aed_status give_up(aed_voice *v, const aed_io *io, aed_tape *tape, size_t n)
{
    memset(io->y, 0, n * sizeof *io->y);
    if (io->side)
        memset(io->side, 0, n * sizeof *io->side);
    aed_voice_reset(v);
    if (tape)
        aed_tape_close(tape);
    return AED_E_NONFINITE;
}

aed_status aed_voice_play(aed_voice *v, const aed_io *io, aed_tape *tape, size_t n)
{
    const size_t over = v->chain.over;
    double *past = v->note + LIVE_N, *side_past = past + aed_decimate_state_n(over);

    for (size_t done = 0; done < n;)
    {
        const int event = hear_event(v);
        const size_t most = aed_voice_grid(v) / over;
        const size_t left = over * (n - done < most ? n - done : most);
        const size_t m = tape ? aed_tape_reserve(tape, v, event, left) : left;
        double side[AED_CHUNK];

        if (io->side)
            memset(side, 0, m * sizeof *side);
        v->feed = io->feed ? io->feed + done : NULL;
        const double *x = aed_voice_chunk(v, &v->lines, io->side ? side : NULL, m);

        if (!all_finite(v, x, m))
            return give_up(v, io, tape, n);
        aed_decimate(io->y + done, past, x, over, m);
        if (io->side)
            aed_decimate(io->side + done, side_past, side, over, m);
        if (tape)
            aed_tape_commit(tape, v, m);
        done += m / over;
    }
    return AED_OK;
}

aed_status aed_voice_forward(aed_voice *v, double *y, aed_tape *tape, size_t n)
{
    const aed_io io = {.y = y};

    return aed_voice_play(v, &io, tape, n);
}

aed_status aed_voice_render(
    aed_voice *v, double *y, aed_tape *tape, const double *theta, const aed_score *score, size_t n)
{
    aed_status status = AED_OK;
    size_t at = 0;

    aed_voice_reset(v);
    aed_voice_theta(v, theta, 0);
    if (tape)
        aed_tape_open(tape, v, n);
    for (size_t i = 0; i < score->n && score->events[i].at < n && !status; i++)
    {
        const aed_event *event = &score->events[i];

        if (event->at > at)
        {
            status = aed_voice_forward(v, y + at, tape, event->at - at);
            at = event->at;
        }
        aed_voice_note(v, event->pitch, event->vel);
    }
    if (!status)
        status = aed_voice_forward(v, y + at, tape, n - at);
    if (status)
        memset(y, 0, n * sizeof *y);
    return status;
}
