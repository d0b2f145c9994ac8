/* lfo.c: see lfo.h. */
#include "lfo.h"

#include <math.h>

#include "base/hot.h"
#include "base/vmath.h"

static const double two_pi = 6.283185307179586;
static const double octaves_of_semitone = 1.0 / 12.0;
static const double octaves_of_db = 0.16609640474436813; /* 1 / (20 log10 2) */

enum
{
    RATE,
    PITCH,
    CUTOFF,
    LEVEL,
    N_PARAMS
};

enum
{
    PHASE,
    START,
    STATE_N
};

enum
{
    TAPE_PHASE, /* planes of n doubles */
    TAPE_SINE,
    TAPE_COSINE,
    TAPE_N
};

/* A gentle vibrato at 5 Hz, with a little of the rest: no depth is 0, where rate would be dead. */
static const aed_param params[N_PARAMS] = {
    {"rate", "Hz", 0.05, 20.0, AED_LOG, 0.77, AED_PLAIN, "how fast it swings"},
    {"pitch", "semitones", 0.0, 2.0, AED_LIN, 0.1, AED_PLAIN, "vibrato: pitch up and down"},
    {"cutoff", "oct", 0.0, 2.0, AED_LIN, 0.05, AED_PLAIN, "wah: all cutoffs up and down"},
    {"level", "dB", 0.0, 12.0, AED_LIN, 0.05, AED_PLAIN, "tremolo: every vca down and back"},
};

static void reset(double *state, unsigned long seed, size_t instance)
{
    const double golden = 0.3819660112501051;

    (void)seed;
    state[PHASE] = state[START] = fmod(golden * (double)instance, 1.0);
}

static void event(double *state, const aed_block *b)
{
    if (b->velocity > 0.0)
        state[PHASE] = state[START];
}

static void event_backward(double *dstate, const aed_block *b)
{
    if (b->velocity > 0.0)
        dstate[PHASE] = 0.0;
}

AED_HOT static void waves(
    double *restrict sine, double *restrict cosine, const double *restrict phase, size_t n)
{
    for (size_t i = 0; i < n; i++)
        aed_sincos_turns(&sine[i], &cosine[i], phase[i]);
}

static void forward(double *y, double *tape, double *state, const double *x, const double *const *p,
    const aed_block *b)
{
    const double *s = tape + TAPE_SINE * b->n;
    double *phases = tape + TAPE_PHASE * b->n, phase = state[PHASE];

    (void)y, (void)x;
    for (size_t i = 0; i < b->n; i++)
    {
        phases[i] = phase;
        phase += p[RATE][i] / b->sr_hz;
        phase -= phase >= 1.0;
    }
    state[PHASE] = phase;
    waves(tape + TAPE_SINE * b->n, tape + TAPE_COSINE * b->n, phases, b->n);
    for (size_t i = 0; i < b->n; i++)
    {
        b->bus[AED_PITCH][i] += octaves_of_semitone * p[PITCH][i] * s[i];
        b->bus[AED_SWEEP][i] += p[CUTOFF][i] * s[i];
        b->bus[AED_SWELL][i] += octaves_of_db * p[LEVEL][i] * 0.5 * (s[i] - 1.0);
    }
}

/* The depths are factors of their buses. All three meet in ds, and dphi = ds 2 pi cos(2 pi phi); with
 * q[i] = dL/dphi[i], all later samples counted in, and q[n] = dstate,
 *
 *     drate[i] += q[i+1]/sr,    q[i] = q[i+1] + dphi[i]        frac has slope 1 */
static void backward(double *dx, double *const *dp, double *dstate, const double *dy,
    const double *tape, const double *state, const double *x, const double *const *p,
    const aed_block *b)
{
    const double *s = tape + TAPE_SINE * b->n, *c = tape + TAPE_COSINE * b->n;
    double q = dstate[PHASE];

    (void)dx, (void)dy, (void)state, (void)x;
    for (size_t i = b->n; i-- > 0;)
    {
        const double dpitch = octaves_of_semitone * b->dbus[AED_PITCH][i];
        const double dcutoff = b->dbus[AED_SWEEP][i];
        const double dlevel = octaves_of_db * 0.5 * b->dbus[AED_SWELL][i];
        const double ds = dpitch * p[PITCH][i] + dcutoff * p[CUTOFF][i] + dlevel * p[LEVEL][i];

        dp[RATE][i] += q / b->sr_hz;
        dp[PITCH][i] += dpitch * s[i];
        dp[CUTOFF][i] += dcutoff * s[i];
        dp[LEVEL][i] += dlevel * (s[i] - 1.0);
        q += ds * two_pi * c[i];
    }
    dstate[PHASE] = q;
}

const aed_module aed_lfo = {
    .name = "lfo",
    .doc = "slow sine: vibrato, wah and tremolo, from each note's start",
    .role = AED_CONTROL,
    .params = params,
    .n_params = N_PARAMS,
    .state_n = STATE_N,
    .tape_n = TAPE_N,
    .reset = reset,
    .event = event,
    .event_backward = event_backward,
    .forward = forward,
    .backward = backward,
};
