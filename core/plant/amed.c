/* amed.c: see amed.h. */
#include "amed.h"

#include <string.h>

#include "base/hot.h"
#include "base/rng.h"

enum
{
    LEVEL, /* amed-seed has these two only */
    CHAOS,
    SEED_PARAMS,
    EXAMPLE = SEED_PARAMS,
    FREQ,
    N_PARAMS
};

enum
{
    Y,
    C,
    PHASE,
    AGE,
    COUNTER,
    SEED,
    STATE_N
};

static const double seed_turn = 0.01;

const aed_amed_law aed_amed_lock = {0.5, 0.999, 1.0, 0.01, AED_AMED_HORIZON};
const aed_amed_law aed_amed_as_written = {1.0, 1.0, 1.0, 1.0, 0};

static const aed_param params[N_PARAMS] = {
    {"level", "", 0.0, 1.0, AED_LIN, 1.0, AED_STANDS | AED_LEVEL, "level of the oscillator"},
    {"chaos", "", 0.0, 4.0, AED_LIN, 0.25, AED_STANDS, "noise and dither; 1: as learned"},
    {"example", "", 0.0, AED_AMED_EXAMPLES - 1.0, AED_LIN, 0.0, AED_STANDS,
        "which of the sounds it has learned, or between two"},
    {"freq", "Hz", 27.5, 3520.0, AED_LOG, 0.46428571428524273, AED_STANDS | AED_TUNED,
        "frequency at key 60"},
};

static const aed_size sizes[] = {
    {"hidden", 8, AED_AMED_HIDDEN_MOST, 8, 32},
    {"harmonics", 1, 32, 1, 8},
};

/* ---- weights ---- */

static aed_amed_net lock_net(const size_t *size)
{
    return (aed_amed_net){
        &aed_amed_lock, size[AED_AMED_HIDDEN], aed_amed_inputs_n(size[AED_AMED_HARMONICS])};
}

static aed_amed_net seed_net(const size_t *size)
{
    return (aed_amed_net){&aed_amed_as_written, size[AED_AMED_HIDDEN], AED_AMED_OWN};
}

aed_amed_net aed_amed_net_of(const aed_module *m, const size_t *size)
{
    return m == &aed_amed ? lock_net(size) : seed_net(size);
}

static size_t lock_net_n(const size_t *size)
{
    const aed_amed_net net = lock_net(size);

    return aed_amed_weights_n(&net);
}

static size_t seed_net_n(const size_t *size)
{
    const aed_amed_net net = seed_net(size);

    return aed_amed_weights_n(&net);
}

static void lock_start(double *w, const size_t *size, unsigned long seed)
{
    const aed_amed_net net = lock_net(size);

    aed_amed_weights_start(w, &net, seed);
}

static void seed_start(double *w, const size_t *size, unsigned long seed)
{
    const aed_amed_net net = seed_net(size);

    aed_amed_weights_start(w, &net, seed);
}

static size_t contour_n(const size_t *size)
{
    (void)size;
    return AED_AMED_CONTOUR_N;
}

static void contour_start(double *w, const size_t *size, unsigned long seed)
{
    (void)size, (void)seed;
    memset(w, 0, AED_AMED_CONTOUR_N * sizeof *w);
}

static const aed_weights lock_weights[] = {
    {"net", "the three networks", AED_PLAIN, lock_net_n, lock_start},
    {"contour", "the pitch's way through a note", AED_STANDS, contour_n, contour_start},
};

static const aed_weights seed_weights[] = {
    {"net", "the three networks", AED_PLAIN, seed_net_n, seed_start},
};

/* ---- state ---- */

static void reset(double *state, unsigned long seed, size_t instance)
{
    memset(state, 0, STATE_N * sizeof *state);
    state[SEED] = (double)(aed_rng_bits(seed, instance) >> 11);
}

static void event(double *state, const aed_block *b)
{
    if (b->velocity > 0.0)
        state[C] = state[PHASE] = state[AGE] = 0.0;
}

static void event_backward(double *dstate, const aed_block *b)
{
    if (b->velocity > 0.0)
        dstate[C] = dstate[PHASE] = 0.0;
}

/* ---- one chunk ---- */

/* Tape: the network's planes, then phase and step of the inputs. */
static size_t lock_tape(const size_t *size)
{
    const aed_amed_net net = lock_net(size);

    return aed_amed_planes_n(&net) + 2;
}

static size_t seed_tape(const size_t *size)
{
    const aed_amed_net net = seed_net(size);

    return aed_amed_planes_n(&net);
}

static aed_amed_where where(const double *state, const double *const *p, const aed_block *b)
{
    const aed_amed_net net = lock_net(b->size);

    return (aed_amed_where){
        .harmonics = b->size[AED_AMED_HARMONICS],
        .sr_hz = b->sr_hz,
        .age = state[AGE],
        .freq_hz = p[FREQ],
        .ratio = b->ratio,
        .example = p[EXAMPLE],
        .contour = b->weights + aed_amed_weights_n(&net),
        .n = b->n,
    };
}

/* y += level · the network's sound. */
static void sound(double *y, aed_amed_planes planes, double *state, const aed_amed_net *net,
    const double *const *p, const aed_block *b)
{
    aed_rng_normals(planes.eps, (uint64_t)state[SEED], (uint64_t)state[COUNTER], b->n);
    for (size_t t = 0; t < b->n; t++)
        planes.turn[t] = seed_turn * (state[AGE] + (double)t);
    aed_amed_net_forward(planes, &state[Y], &state[C], b->weights, net, p[CHAOS], b->n);
    for (size_t t = 0; t < b->n; t++)
        y[t] += p[LEVEL][t] * planes.y[t];
    state[AGE] += (double)b->n;
    state[COUNTER] += (double)b->n;
}

static void sound_back(double *g, aed_amed_planes planes, double *const *dp, double *dstate,
    const double *dy, const aed_amed_net *net, const double *const *p, const aed_block *b)
{
    double dsound[AED_CHUNK];

    for (size_t t = 0; t < b->n; t++)
    {
        dp[LEVEL][t] += dy[t] * planes.y[t];
        dsound[t] = dy[t] * p[LEVEL][t];
    }
    aed_amed_net_backward(g, b->dweights, dp[CHAOS], &dstate[Y], &dstate[C], dsound, planes,
        b->weights, net, p[CHAOS], b->at, b->n);
}

static void lock_forward(double *y, double *tape, double *state, const double *x,
    const double *const *p, const aed_block *b)
{
    const aed_amed_net net = lock_net(b->size);
    const aed_amed_planes planes = aed_amed_planes_of(tape, &net, b->n);
    const aed_amed_where at = where(state, p, b);
    double *phase = tape + b->n * aed_amed_planes_n(&net);

    (void)x;
    aed_amed_inputs_forward(planes.z, phase, phase + b->n, &state[PHASE], &at);
    sound(y, planes, state, &net, p, b);
}

static void lock_backward(double *dx, double *const *dp, double *dstate, const double *dy,
    const double *tape, const double *state, const double *x, const double *const *p,
    const aed_block *b)
{
    const aed_amed_net net = lock_net(b->size);
    const aed_amed_planes planes = aed_amed_planes_of((double *)tape, &net, b->n);
    const aed_amed_where at = where(state, p, b);
    const double *phase = tape + b->n * aed_amed_planes_n(&net);
    double g[AED_CHUNK * AED_AMED_NETS * AED_AMED_HIDDEN_MOST];
    const aed_amed_where_gradient d = {
        dp[FREQ], dp[EXAMPLE], b->dbus[AED_PITCH], b->dweights + aed_amed_weights_n(&net)};

    (void)dx, (void)x;
    sound_back(g, planes, dp, dstate, dy, &net, p, b);
    if (b->only_weights)
        return;
    aed_amed_inputs_backward(d, &dstate[PHASE], g, phase, phase + b->n, b->weights, &net, &at);
}

static void seed_forward(double *y, double *tape, double *state, const double *x,
    const double *const *p, const aed_block *b)
{
    const aed_amed_net net = seed_net(b->size);

    (void)x;
    sound(y, aed_amed_planes_of(tape, &net, b->n), state, &net, p, b);
}

static void seed_backward(double *dx, double *const *dp, double *dstate, const double *dy,
    const double *tape, const double *state, const double *x, const double *const *p,
    const aed_block *b)
{
    const aed_amed_net net = seed_net(b->size);
    double g[AED_CHUNK * AED_AMED_NETS * AED_AMED_HIDDEN_MOST];

    (void)dx, (void)x, (void)state;
    sound_back(g, aed_amed_planes_of((double *)tape, &net, b->n), dp, dstate, dy, &net, p, b);
}

const aed_module aed_amed = {
    .name = "amed",
    .doc = "neural stochastic oscillator that learns to imitate a sound",
    .role = AED_SOURCE,
    .params = params,
    .n_params = N_PARAMS,
    .state_n = STATE_N,
    .sizes = sizes,
    .n_sizes = 2,
    .weights = lock_weights,
    .n_weights = 2,
    .tape_of = lock_tape,
    .reset = reset,
    .event = event,
    .event_backward = event_backward,
    .forward = lock_forward,
    .backward = lock_backward,
};

const aed_module aed_amed_seed = {
    .name = "amed-seed",
    .doc = "the same by its first equations, which do not learn",
    .role = AED_SOURCE,
    .params = params,
    .n_params = SEED_PARAMS,
    .state_n = STATE_N,
    .sizes = sizes,
    .n_sizes = 1,
    .weights = seed_weights,
    .n_weights = 1,
    .tape_of = seed_tape,
    .reset = reset,
    .event = event,
    .event_backward = event_backward,
    .forward = seed_forward,
    .backward = seed_backward,
};
