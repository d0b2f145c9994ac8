/* tape.c: remembering a window, and the way back through it.
 *
 * A tape holds one checkpoint (the live state) per segment of at most AED_CHUNK samples. backward
 * goes from the last segment to the first: it restores the checkpoint into a workspace voice, runs
 * the segment forward once more, which leaves every module's input and tape on that voice, and then
 * runs the adjoints in reverse order. */
#include <math.h>
#include <string.h>

#include "base/hot.h"
#include "voice_private.h"

static const size_t longest_n = (size_t)1 << 28; /* 2^28 samples: 1.5 hours at 48 kHz */

/* ---- a tape ---- */

static void layout(aed_tape *t, aed_arena *a)
{
    t->theta = aed_arena_doubles(a, t->chain.full_n);
    t->from = aed_arena_doubles(a, t->chain.full_n);
    t->to = aed_arena_doubles(a, t->chain.full_n);
    t->feed = aed_arena_doubles(a, t->capacity_n / t->chain.over);
    t->dx = t->chain.over > 1 ? aed_arena_doubles(a, t->capacity_n / 2 * 3) : NULL;
    aed_lines_layout(&t->lines, a, &t->chain, t->sr_hz * (double)t->chain.over, t->capacity_n, 0);
    t->segments = aed_arena_take(a, t->capacity_segments * sizeof *t->segments);
    t->checkpoints = aed_arena_doubles(a, t->capacity_segments * aed_live_n(&t->chain));
}

aed_tape *aed_tape_new(const aed_voice *v, size_t n, aed_error *e)
{
    aed_tape plan = {.chain = v->chain, .sr_hz = v->sr_hz, .capacity_n = n * v->chain.over};
    aed_arena a = {0};

    if (n < 1 || n > longest_n)
    {
        (void)aed_fail(e, AED_E_ARG, "window: got %zu samples, allowed 1 … %zu", n, longest_n);
        return NULL;
    }
    plan.capacity_segments = (plan.capacity_n + AED_CHUNK - 1) / AED_CHUNK + 1 + AED_MAX_EVENTS;
    (void)aed_arena_take(&a, sizeof plan);
    layout(&plan, &a);
    if (aed_arena_open(&a))
    {
        (void)aed_fail(e, AED_E_MEMORY, "tape: no memory for %zu bytes", a.used);
        return NULL;
    }
    aed_tape *t = aed_arena_take(&a, sizeof *t);
    layout(&plan, &a);
    plan.arena = a;
    *t = plan;
    return t;
}

void aed_tape_free(aed_tape *t)
{
    if (!t)
        return;
    aed_arena a = t->arena; /* t is inside the block it closes */
    aed_arena_close(&a);
}

/* May v's samples be remembered on t, or t's played by v? */
static int fits(const aed_tape *t, const aed_voice *v)
{
    return aed_chain_equal(&v->chain, &t->chain) && v->sr_hz == t->sr_hz;
}

void aed_tape_open(aed_tape *t, const aed_voice *v, size_t n)
{
    const size_t values = t->chain.full_n * sizeof *t->theta;

    aed_tape_close(t);
    if (n > t->capacity_n / t->chain.over || !fits(t, v))
        return;
    t->n = n * t->chain.over;
    t->edition = v->edition;
    t->ramp_n = v->ramp_n;
    t->route = v->route;
    t->depth = v->depth;
    t->fed = 0;
    memcpy(t->theta, v->theta, values);
    memcpy(t->from, v->from, values);
    memcpy(t->to, v->to, values);
    aed_lines_copy_past(&t->lines, &v->lines, (size_t)v->note[LIVE_AT]);
}

size_t aed_tape_filled(const aed_tape *t)
{
    return t->filled / t->chain.over;
}

void aed_tape_close(aed_tape *t)
{
    t->n = t->filled = t->n_segments = 0;
}

static inline int is_complete(const aed_tape *t)
{
    return t->n > 0 && t->filled == t->n;
}

static inline double *checkpoint(const aed_tape *t, size_t segment)
{
    return t->checkpoints + segment * aed_live_n(&t->chain);
}

size_t aed_tape_reserve(aed_tape *t, const aed_voice *v, int event, size_t n)
{
    if (t->n == 0 || is_complete(t))
        return n;
    const aed_segment *last = t->n_segments > 0 ? &t->segments[t->n_segments - 1] : NULL;
    const int step = v->chain.weights_n && aed_voice_grid(v) == AED_CHUNK;
    const int needs_new = !last || event || step || last->n == AED_CHUNK;

    if (t->edition != v->edition || (needs_new && t->n_segments == t->capacity_segments))
    {
        aed_tape_close(t);
        return n;
    }
    if (needs_new)
    {
        memcpy(checkpoint(t, t->n_segments), v->live, aed_live_n(&t->chain) * sizeof *v->live);
        t->segments[t->n_segments] = (aed_segment){0, event};
        last = &t->segments[t->n_segments++];
    }
    const size_t room = AED_CHUNK - last->n, left = t->n - t->filled;
    const size_t most = room < left ? room : left;
    return n < most ? n : most;
}

/* A feed that sets in late stood at 0 before. */
static void keep_feed(aed_tape *t, const double *feed, size_t n)
{
    const size_t at = t->filled / t->chain.over;

    if (feed && !t->fed)
        memset(t->feed, 0, at * sizeof *t->feed);
    t->fed |= feed != NULL;
    if (feed)
        memcpy(t->feed + at, feed, n * sizeof *feed);
    else if (t->fed)
        memset(t->feed + at, 0, n * sizeof *t->feed);
}

void aed_tape_commit(aed_tape *t, const aed_voice *v, size_t n)
{
    if (t->n == 0 || is_complete(t))
        return;
    keep_feed(t, v->feed, n / t->chain.over);
    aed_lines_copy(&t->lines, &v->lines, (size_t)v->note[LIVE_AT] - n, n);
    t->segments[t->n_segments - 1].n += n;
    t->filled += n;
}

/* ---- the way back ---- */

/* v plays the window's beginning: its values, its ramp; the checkpoints bring the rest. */
static void rewind_voice(aed_voice *v, const aed_tape *t)
{
    const size_t values = t->chain.full_n * sizeof *v->theta;

    memcpy(v->theta, t->theta, values);
    memcpy(v->from, t->from, values);
    memcpy(v->to, t->to, values);
    v->ramp_n = t->ramp_n;
    v->route = t->route;
    v->depth = t->depth;
    v->steady = 0;
    v->weights_w = -1.0;
    v->edition++;
    memset(v->dstate, 0, t->chain.state_n * sizeof *v->dstate);
    memset(v->dto, 0, values);
}

/* dto[k] += sum_i dp[k][i] w[i], from v = from + (to - from) w with `from` constant. What the feed
 * moves has its slope in between. */
static void collect(aed_voice *v, size_t param_at, size_t n_params, size_t n)
{
    double *dto = v->dto + param_at;
    const int routed = v->feed && v->route >= (int)param_at;

    for (size_t k = 0; k < n_params; k++)
    {
        if (routed && (size_t)v->route == param_at + k)
            for (size_t i = 0; i < n; i++)
                v->dp[k][i] *= v->routed_slope[i];
        dto[k] += aed_dot(v->dp[k], v->w, n);
    }
}

/* Weights of a chunk hold from + (to - from) w: once the ramp has ended their gradient is dto itself. */
static double *weights_gradient(aed_voice *v)
{
    if (v->weights_w == 1.0)
        return v->dto + v->chain.d;
    memset(v->dweights, 0, v->chain.weights_n * sizeof *v->dweights);
    return v->dweights;
}

static void collect_weights(aed_voice *v, const double *dweights)
{
    double *dto = v->dto + v->chain.d;

    for (size_t k = 0; k < v->chain.weights_n && dweights != dto; k++)
        dto[k] += v->weights_w * dweights[k];
}

/* Adjoints of the chunk that v has just computed, in reverse order. before: the live state it was
 * computed from. dx [n]: dL/d(its output). All sources see the gradient of the mix; all readers of
 * the envelope bus have added theirs before the env, which stands in front, is reached. */
static void chunk_backward(
    aed_voice *v, const aed_lines *lines, const double *before, const double *dx, size_t n)
{
    const aed_chain *c = &v->chain;
    const double *x = v->audio + v->n_effects * AED_CHUNK;
    double *dy = v->daudio[0], *din = v->daudio[1], *dweights = weights_gradient(v);

    for (size_t k = 0; k < AED_BUSES; k++)
        memset(v->dbus[k], 0, n * sizeof *v->dbus[k]);
    memcpy(dy, dx, n * sizeof *dy);
    for (size_t m = c->n; m-- > 0;)
    {
        const aed_module *module = c->modules[m];
        const int is_effect = module->role == AED_EFFECT;
        const size_t state_at = c->state_at[m], param_at = c->param_at[m];
        aed_block b = aed_voice_block(v, lines, m, n);

        b.at -= n; /* the chunk has just been computed */
        b.dweights = dweights + c->weights_at[m];
        memcpy(b.dbus, v->dbus, sizeof b.dbus);
        memset(v->dsignals, 0, module->n_params * AED_CHUNK * sizeof *v->dsignals);
        if (is_effect)
        {
            memset(din, 0, n * sizeof *din);
            x -= AED_CHUNK;
        }
        module->backward(is_effect ? din : NULL, v->dp, v->dstate + state_at,
            module->role == AED_CONTROL ? NULL : dy, v->tapes[m], before + state_at,
            is_effect ? x : NULL, v->p + param_at, &b);
        collect(v, param_at, module->n_params, n);
        if (is_effect)
        {
            double *swapped = dy;
            dy = din;
            din = swapped;
        }
    }
    collect_weights(v, dweights);
}

static void event_backward(aed_voice *v)
{
    const aed_chain *c = &v->chain;

    for (size_t m = 0; m < c->n; m++)
    {
        const aed_block b = aed_voice_block(v, &v->lines, m, 0);

        if (c->modules[m]->event_backward)
            c->modules[m]->event_backward(v->dstate + c->state_at[m], &b);
    }
}

/* From dL/dto to dL/dtheta, all or nothing. */
static aed_status add_gradient(double *dtheta, aed_voice *v)
{
    double sum = 0.0;

    for (size_t k = 0; k < v->chain.d; k++)
    {
        v->dto[k] *= aed_param_slope(aed_chain_param(&v->chain, k), v->theta[k]);
        sum += fabs(v->dto[k]);
    }
    for (size_t k = v->chain.d; k < v->chain.full_n; k++)
        sum += fabs(v->dto[k]);
    if (!isfinite(sum))
        return AED_E_NONFINITE;
    for (size_t k = 0; k < v->chain.full_n; k++)
        dtheta[k] += v->dto[k];
    return AED_OK;
}

aed_status aed_voice_backward(aed_voice *v, double *dtheta, const aed_tape *t, const double *dx)
{
    size_t at = t->filled;

    if (!is_complete(t))
        return AED_E_STATE;
    if (!fits(t, v))
        return AED_E_ARG;
    rewind_voice(v, t);
    if (t->chain.over > 1)
    {
        aed_decimate_backward(t->dx, t->dx + t->n, dx, t->chain.over, t->n / t->chain.over);
        dx = t->dx;
    }
    const aed_lines lines = aed_lines_with_dx(&t->lines, &v->lines);

    aed_lines_clear_dx(&lines);
    for (size_t s = t->n_segments; s-- > 0;)
    {
        const aed_segment *segment = &t->segments[s];
        const double *before = checkpoint(t, s);

        at -= segment->n;
        memcpy(v->live, before, aed_live_n(&v->chain) * sizeof *v->live);
        v->feed = t->fed ? t->feed + at / t->chain.over : NULL;
        (void)aed_voice_chunk(v, &lines, NULL, segment->n);
        chunk_backward(v, &lines, before, dx + at, segment->n);
        aed_lines_clear_dx_of(&lines, (size_t)v->note[LIVE_AT] - segment->n, segment->n);
        if (segment->event)
            event_backward(v);
    }
    return add_gradient(dtheta, v);
}

/* ---- the same window with another theta ---- */

aed_status aed_voice_replay(aed_voice *v, double *y, const aed_tape *t, const double *theta)
{
    aed_status status = AED_OK;
    size_t at = 0;

    if (!is_complete(t))
        return AED_E_STATE;
    if (!fits(t, v))
        return AED_E_ARG;
    memcpy(v->from, t->from, t->chain.full_n * sizeof *v->from);
    memcpy(v->to, t->from, t->chain.full_n * sizeof *v->to);
    memcpy(v->live, checkpoint(t, 0), aed_live_n(&v->chain) * sizeof *v->live);
    aed_lines_copy_past(&v->lines, &t->lines, (size_t)v->note[LIVE_AT]);
    v->route = t->route;
    v->depth = t->depth;
    const double ramp_at = v->note[LIVE_RAMP_AT];
    aed_voice_theta(v, theta, t->ramp_n / t->chain.over);
    v->note[LIVE_RAMP_AT] = ramp_at;
    for (size_t s = 0; s < t->n_segments && !status; s++)
    {
        if (s > 0 && t->segments[s].event)
        {
            /* The checkpoint was taken after the note: its key and velocity are the event. */
            const double *note = checkpoint(t, s) + t->chain.state_n;

            memcpy(v->note + LIVE_PITCH_FROM, note + LIVE_PITCH_FROM,
                (LIVE_VELOCITY + 1 - LIVE_PITCH_FROM) * sizeof *note);
            v->note[LIVE_EVENT] = 1.0;
        }
        const size_t heard = t->segments[s].n / t->chain.over;
        const aed_io io = {.feed = t->fed ? t->feed + at : NULL, .y = y + at};

        status = aed_voice_play(v, &io, NULL, heard);
        at += heard;
    }
    return status;
}
