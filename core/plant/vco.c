/* vco.c: see vco.h for the waves. */
#include "vco.h"

#include <math.h>

static const double two_pi = 6.283185307179586;
static const double ln_2 = 0.6931471805599453;
static const double dt_max = 0.45; /* beyond it the two steps of the square would overlap */

enum
{
    FREQ,
    SINE,
    SAW,
    SQUARE,
    N_PARAMS
};

enum
{
    TAPE_PHASE, /* planes of n doubles */
    TAPE_SINE,
    TAPE_N
};

static const aed_param params[N_PARAMS] = {
    {"freq", "Hz", 27.5, 3520.0, AED_LOG, 0.5, AED_TUNED,
        "frequency of key 60; other keys transpose"},
    {"sine", "", 0.0, 1.0, AED_LIN, 0.5, AED_PLAIN, "level of the sine"},
    {"saw", "", 0.0, 1.0, AED_LIN, 0.5, AED_PLAIN, "level of the sawtooth"},
    {"square", "", 0.0, 1.0, AED_LIN, 0.5, AED_PLAIN, "level of the square"},
};

static void reset(double *state, unsigned long seed, size_t instance)
{
    const double golden = 0.3819660112501051;

    (void)seed;
    state[0] = fmod(golden * (double)instance, 1.0);
}

static inline double half_later(double phase)
{
    return phase < 0.5 ? phase + 0.5 : phase - 0.5;
}

static inline double blep(double phase, double dt)
{
    if (phase < dt)
    {
        const double t = phase / dt;
        return t + t - t * t - 1.0;
    }
    if (phase > 1.0 - dt)
    {
        const double t = (phase - 1.0) / dt;
        return t * t + t + t + 1.0;
    }
    return 0.0;
}

static inline double saw_wave(double phase, double dt)
{
    return 2.0 * phase - 1.0 - blep(phase, dt);
}

static inline double square_wave(double phase, double dt)
{
    return (phase < 0.5 ? 1.0 : -1.0) + blep(phase, dt) - blep(half_later(phase), dt);
}

static inline double increment(double freq_hz, double ratio, const aed_block *b)
{
    return fmin(freq_hz * ratio / b->sr_hz, dt_max);
}

static void forward(double *y, double *tape, double *state, const double *x, const double *const *p,
    const aed_block *b)
{
    double *phases = tape + TAPE_PHASE * b->n, *sines = tape + TAPE_SINE * b->n;
    double phase = state[0];

    (void)x;
    for (size_t i = 0; i < b->n; i++)
    {
        const double dt = increment(p[FREQ][i], b->ratio[i], b);

        phases[i] = phase;
        y[i] += p[SAW][i] * saw_wave(phase, dt) + p[SQUARE][i] * square_wave(phase, dt);
        phase += dt;
        phase -= phase >= 1.0;
    }
    for (size_t i = 0; i < b->n; i++)
    {
        sines[i] = sin(two_pi * phases[i]);
        y[i] += p[SINE][i] * sines[i];
    }
    state[0] = phase;
}

/* A value with its derivatives. */
typedef struct
{
    double by_phase, by_dt;
} slope;

/* b depends on phase and dt through t alone: t = phase/dt or (phase - 1)/dt, so in both cases
 * db/dphase = b'(t)/dt and db/ddt = -t b'(t)/dt = -t db/dphase. */
static inline slope blep_slope(double phase, double dt)
{
    if (phase < dt)
    {
        const double t = phase / dt, by_phase = (2.0 - 2.0 * t) / dt;
        return (slope){by_phase, -t * by_phase};
    }
    if (phase > 1.0 - dt)
    {
        const double t = (phase - 1.0) / dt, by_phase = (2.0 + 2.0 * t) / dt;
        return (slope){by_phase, -t * by_phase};
    }
    return (slope){0.0, 0.0};
}

/* Adjoint. Let q[i] = dL/dphi[i] with all later samples counted in, q[n] = dstate:
 *
 *     q[i]   = q[i+1] + dy[i] dy/dphi        phi[i+1] = phi[i] + dt[i]; frac has slope 1
 *     ddt[i] = q[i+1] + dy[i] dy/ddt         dt moves all later phases, and the width of b
 *     dfreq += ddt dt / freq,   dpitch += ddt dt ln 2        0 where dt is clipped
 *
 * The jump of (phi < 1/2 ? 1 : -1) is cancelled by b's, so it needs no term of its own. */
static void backward(double *dx, double *const *dp, double *dstate, const double *dy,
    const double *tape, const double *state, const double *x, const double *const *p,
    const aed_block *b)
{
    const double *phases = tape + TAPE_PHASE * b->n, *sines = tape + TAPE_SINE * b->n;
    double q = dstate[0];

    (void)dx, (void)state, (void)x;
    for (size_t i = b->n; i-- > 0;)
    {
        const double phase = phases[i], dt = increment(p[FREQ][i], b->ratio[i], b);
        const slope up = blep_slope(phase, dt), down = blep_slope(half_later(phase), dt);
        const double sine = p[SINE][i], saw = p[SAW][i], square = p[SQUARE][i];
        const double by_dt = (square - saw) * up.by_dt - square * down.by_dt;
        double by_phase = saw * (2.0 - up.by_phase) + square * (up.by_phase - down.by_phase);

        by_phase += sine * two_pi * cos(two_pi * phase);
        dp[SINE][i] += dy[i] * sines[i];
        dp[SAW][i] += dy[i] * saw_wave(phase, dt);
        dp[SQUARE][i] += dy[i] * square_wave(phase, dt);
        if (dt < dt_max)
        {
            const double d_ln_dt = (q + dy[i] * by_dt) * dt;

            dp[FREQ][i] += d_ln_dt / p[FREQ][i];
            b->dbus[AED_PITCH][i] += d_ln_dt * ln_2;
        }
        q += dy[i] * by_phase;
    }
    dstate[0] = q;
}

const aed_module aed_vco = {
    .name = "vco",
    .doc = "oscillator: sine, sawtooth and square at one phase, anti-aliased",
    .role = AED_SOURCE,
    .params = params,
    .n_params = N_PARAMS,
    .state_n = 1,
    .tape_n = TAPE_N,
    .reset = reset,
    .forward = forward,
    .backward = backward,
};
