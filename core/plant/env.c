/* env.c: see env.h. */
#include "env.h"

#include "base/hot.h"
#include "base/vmath.h"

static const double kappa = 6.907755278982137; /* ln 1000 */

enum
{
    ATTACK,
    DECAY,
    SUSTAIN,
    RELEASE,
    N_PARAMS
};

enum
{
    START, /* e0 */
    LAST,
    SAMPLES, /* since the event */
    HELD,    /* p */
    STATE_N
};

static const aed_param params[N_PARAMS] = {
    {"attack", "ms", 1.0, 1000.0, AED_LOG, 0.5, AED_PLAIN, "time of the straight rise"},
    {"decay", "ms", 10.0, 5000.0, AED_LOG, 0.5, AED_PLAIN,
        "time in which the fall to sustain is down by 60 dB"},
    {"sustain", "", 0.0, 1.0, AED_LIN, 0.5, AED_PLAIN,
        "level while a key is held, of its velocity"},
    {"release", "ms", 10.0, 5000.0, AED_LOG, 0.5, AED_PLAIN,
        "time to -60 dB after the key is let go"},
};

static void reset(double *state, unsigned long seed, size_t instance)
{
    (void)seed, (void)instance;
    for (size_t i = 0; i < STATE_N; i++)
        state[i] = 0.0;
}

static void event(double *state, const aed_block *b)
{
    state[START] = state[LAST];
    state[SAMPLES] = 0.0;
    state[HELD] = b->velocity;
}

/* start' = last, last' = last: both gradients meet in last. */
static void event_backward(double *dstate, const aed_block *b)
{
    (void)b;
    dstate[LAST] += dstate[START];
    dstate[START] = 0.0;
}

/* e^-x. Below about 1e-35 an envelope is over; cutting it off keeps denormal numbers out of the
 * chain. */
AED_INLINE double fall(double x)
{
    const double y = aed_exp(-x);

    return x < 80.0 ? y : 0.0;
}

/* Both write e [n] and the exponential, 0 where there is none, from sample `first` after the event. */
AED_HOT static void hold(double *restrict e, double *restrict fallen, double first, double e0,
    double held, const double *restrict attack, const double *restrict decay,
    const double *restrict sustain, double ms, size_t n)
{
    for (size_t i = 0; i < n; i++)
    {
        const double t = (first + (double)(int)i) * ms;
        const double rise = e0 + (held - e0) * t / attack[i];
        const double X = fall(kappa * (t - attack[i]) / decay[i]);
        const double sunk = held * (sustain[i] + (1.0 - sustain[i]) * X);

        fallen[i] = t < attack[i] ? 0.0 : X;
        e[i] = t < attack[i] ? rise : sunk;
    }
}

AED_HOT static void let_go(double *restrict e, double *restrict fallen, double first, double e0,
    const double *restrict release, double ms, size_t n)
{
    for (size_t i = 0; i < n; i++)
    {
        fallen[i] = fall(kappa * ((first + (double)(int)i) * ms) / release[i]);
        e[i] = e0 * fallen[i];
    }
}

static void forward(double *y, double *tape, double *state, const double *x, const double *const *p,
    const aed_block *b)
{
    const double ms = 1000.0 / b->sr_hz, e0 = state[START], held = state[HELD];
    const double first = state[SAMPLES];
    double e[AED_CHUNK], *bus = b->bus[AED_ENV];

    (void)y, (void)x;
    if (held > 0.0)
        hold(e, tape, first, e0, held, p[ATTACK], p[DECAY], p[SUSTAIN], ms, b->n);
    else
        let_go(e, tape, first, e0, p[RELEASE], ms, b->n);
    for (size_t i = 0; i < b->n; i++)
        bus[i] += e[i];
    state[LAST] = e[b->n - 1];
    state[SAMPLES] += (double)b->n;
}

/* Every sample is a function of (e0, parameters at that sample) alone, so there is no recursion:
 *
 *     attack    de0 += de (1 - t/A),   dA -= de (p - e0) t/A^2
 *     decay     X = exp(-kappa (t - A)/D):   dX = de p (1 - S),   dS += de p (1 - X),
 *               dD += dX X kappa (t - A)/D^2,   dA += dX X kappa/D
 *     release   X = exp(-kappa t/R):   de0 += de X,   dR += de e0 X kappa t/R^2
 *
 * The state `last` after the chunk is the last sample, so dlast joins that sample's gradient; the
 * `last` before the chunk is not read. */
static void backward(double *dx, double *const *dp, double *dstate, const double *dy,
    const double *tape, const double *state, const double *x, const double *const *p,
    const aed_block *b)
{
    const double ms = 1000.0 / b->sr_hz, e0 = state[START], held = state[HELD];
    double de0 = dstate[START];

    (void)dx, (void)dy, (void)x;
    for (size_t i = 0; i < b->n; i++)
    {
        const double de = b->dbus[AED_ENV][i] + (i + 1 == b->n ? dstate[LAST] : 0.0);
        const double t = (state[SAMPLES] + (double)i) * ms, attack = p[ATTACK][i];

        if (held > 0.0 && t < attack)
        {
            de0 += de * (1.0 - t / attack);
            dp[ATTACK][i] -= de * (held - e0) * t / (attack * attack);
        }
        else if (held > 0.0)
        {
            const double rate = kappa / p[DECAY][i];
            const double fallen = de * held * (1.0 - p[SUSTAIN][i]) * tape[i] * rate;

            dp[SUSTAIN][i] += de * held * (1.0 - tape[i]);
            dp[DECAY][i] += fallen * (t - attack) / p[DECAY][i];
            dp[ATTACK][i] += fallen;
        }
        else
        {
            de0 += de * tape[i];
            dp[RELEASE][i] += de * e0 * tape[i] * kappa * t / (p[RELEASE][i] * p[RELEASE][i]);
        }
    }
    dstate[START] = de0;
    dstate[LAST] = 0.0;
}

const aed_module aed_env = {
    .name = "env",
    .doc = "attack, decay, sustain, release: the envelope of the notes",
    .role = AED_CONTROL,
    .params = params,
    .n_params = N_PARAMS,
    .state_n = STATE_N,
    .tape_n = 1,
    .reset = reset,
    .event = event,
    .event_backward = event_backward,
    .forward = forward,
    .backward = backward,
};
