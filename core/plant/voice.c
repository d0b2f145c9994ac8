/* voice.c: the life of a voice, and its way forward. tape.c has the way back. */
#include <math.h>
#include <string.h>

#include "voice_private.h"

static const double reference_key = 60.0;

static size_t count_effects(const aed_chain *chain)
{
    size_t n = 0;

    for (size_t m = 0; m < chain->n; m++)
        n += chain->modules[m]->role == AED_EFFECT;
    return n;
}

static void layout(aed_voice *v, aed_arena *a)
{
    const size_t d = v->chain.d;

    v->live = aed_arena_doubles(a, aed_live_n(&v->chain));
    v->theta = aed_arena_doubles(a, d);
    v->from = aed_arena_doubles(a, d);
    v->to = aed_arena_doubles(a, d);
    v->w = aed_arena_doubles(a, AED_CHUNK);
    v->signals = aed_arena_doubles(a, d * AED_CHUNK);
    v->p = aed_arena_take(a, d * sizeof *v->p);
    v->env = aed_arena_doubles(a, AED_CHUNK);
    v->audio = aed_arena_doubles(a, (v->n_effects + 1) * AED_CHUNK);
    for (size_t m = 0; m < v->chain.n; m++)
        v->tapes[m] = aed_arena_doubles(a, AED_CHUNK * v->chain.modules[m]->tape_n);
    v->denv = aed_arena_doubles(a, AED_CHUNK);
    v->daudio[0] = aed_arena_doubles(a, AED_CHUNK);
    v->daudio[1] = aed_arena_doubles(a, AED_CHUNK);
    v->dsignals = aed_arena_doubles(a, AED_MAX_PARAMS * AED_CHUNK);
    v->dstate = aed_arena_doubles(a, v->chain.state_n);
    v->dto = aed_arena_doubles(a, d);
}

/* What points from one piece of the block into another. */
static void connect(aed_voice *v)
{
    v->note = v->live + v->chain.state_n;
    for (size_t k = 0; k < v->chain.d; k++)
        v->p[k] = v->signals + k * AED_CHUNK;
    for (size_t k = 0; k < AED_MAX_PARAMS; k++)
        v->dp[k] = v->dsignals + k * AED_CHUNK;
}

static void values_from_middle(aed_voice *v)
{
    for (size_t k = 0; k < v->chain.d; k++)
    {
        v->theta[k] = 0.5;
        v->to[k] = v->from[k] = aed_param_value(aed_chain_param(&v->chain, k), 0.5);
    }
}

aed_voice *aed_voice_new(const aed_chain *chain, double sr_hz, unsigned long seed, aed_error *e)
{
    aed_voice plan = {.chain = *chain, .sr_hz = sr_hz, .seed = seed};
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
    values_from_middle(v);
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
    v->note[LIVE_PITCH_RATIO] = 1.0;
    v->note[LIVE_VELOCITY] = 0.0;
    v->note[LIVE_RAMP_AT] = (double)v->ramp_n;
    v->note[LIVE_EVENT] = 0.0;
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

void aed_voice_theta(aed_voice *v, const double *theta, size_t ramp_n)
{
    const double w = ramp_weight(v->note[LIVE_RAMP_AT], v->ramp_n);

    for (size_t k = 0; k < v->chain.d; k++)
    {
        v->theta[k] = fmin(fmax(theta[k], 0.0), 1.0);
        v->from[k] = between(v->from[k], v->to[k], w);
        v->to[k] = aed_param_value(aed_chain_param(&v->chain, k), v->theta[k]);
    }
    v->ramp_n = ramp_n;
    v->note[LIVE_RAMP_AT] = 0.0;
    v->steady = 0;
    v->edition++;
}

void aed_voice_note(aed_voice *v, double pitch, double vel)
{
    const double velocity = fmin(fmax(vel, 0.0), 127.0) / 127.0;

    if (velocity > 0.0)
        v->note[LIVE_PITCH_RATIO] = exp2((fmin(fmax(pitch, 0.0), 127.0) - reference_key) / 12.0);
    v->note[LIVE_VELOCITY] = velocity;
    v->note[LIVE_EVENT] = 1.0;
}

void aed_voice_copy(aed_voice *v, const aed_voice *from)
{
    const size_t values = v->chain.d * sizeof *v->theta;

    memcpy(v->live, from->live, aed_live_n(&v->chain) * sizeof *v->live);
    memcpy(v->theta, from->theta, values);
    memcpy(v->from, from->from, values);
    memcpy(v->to, from->to, values);
    v->ramp_n = from->ramp_n;
    v->steady = 0;
    v->edition++;
}

aed_block aed_voice_block(const aed_voice *v, size_t n)
{
    return (aed_block){
        .sr_hz = v->sr_hz,
        .pitch_ratio = v->note[LIVE_PITCH_RATIO],
        .velocity = v->note[LIVE_VELOCITY],
        .env = v->env,
        .n = n,
    };
}

/* Let the modules hear of a note that came in since the last sample. Several notes between two
 * samples are one event, the last: there is no time in which the others could have sounded. */
static int hear_event(aed_voice *v)
{
    const aed_chain *c = &v->chain;
    const aed_block b = aed_voice_block(v, 0);

    if (v->note[LIVE_EVENT] == 0.0)
        return 0;
    for (size_t m = 0; m < c->n; m++)
        if (c->modules[m]->event)
            c->modules[m]->event(v->live + c->state_at[m], &b);
    v->note[LIVE_EVENT] = 0.0;
    return 1;
}

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

const double *aed_voice_chunk(aed_voice *v, size_t n)
{
    const aed_chain *c = &v->chain;
    const aed_block b = aed_voice_block(v, n);
    double *mix = v->audio;

    signals_fill(v, n);
    memset(mix, 0, n * sizeof *mix);
    for (size_t m = 0; m < c->n; m++)
    {
        const aed_module *module = c->modules[m];
        const int is_effect = module->role == AED_EFFECT;
        const double *x = is_effect ? mix : NULL;

        mix += is_effect ? AED_CHUNK : 0;
        module->forward(mix, v->tapes[m], v->live + c->state_at[m], x, v->p + c->param_at[m], &b);
    }
    v->note[LIVE_RAMP_AT] = fmin(v->note[LIVE_RAMP_AT] + (double)n, (double)v->ramp_n);
    return mix;
}

/* A sum is finite only when all its terms are; finite terms are far too small to overflow it. */
static int all_finite(const aed_voice *v, const double *x, size_t n)
{
    double sum = 0.0;

    for (size_t i = 0; i < n; i++)
        sum += x[i];
    for (size_t i = 0; i < v->chain.state_n; i++)
        sum += v->live[i];
    return isfinite(sum);
}

aed_status aed_voice_forward(aed_voice *v, double *y, aed_tape *tape, size_t n)
{
    for (size_t done = 0; done < n;)
    {
        const int event = hear_event(v);
        const size_t left = n - done < AED_CHUNK ? n - done : AED_CHUNK;
        const size_t m = tape ? aed_tape_reserve(tape, v, event, left) : left;
        const double *x = aed_voice_chunk(v, m);

        if (!all_finite(v, x, m))
        {
            memset(y, 0, n * sizeof *y);
            aed_voice_reset(v);
            if (tape)
                aed_tape_close(tape);
            return AED_E_NONFINITE;
        }
        memcpy(y + done, x, m * sizeof *y);
        if (tape)
            aed_tape_commit(tape, m);
        done += m;
    }
    return AED_OK;
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
