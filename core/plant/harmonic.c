/* harmonic.c: see harmonic.h for the sum. */
#include "harmonic.h"

#include <math.h>

#include "fade.h"

static const double two_pi = 6.283185307179586;
static const double ln_2 = 0.6931471805599453;
static const double least_sum = 0.01;

enum
{
    N_PARTIALS = 12
};

enum
{
    FREQ,
    LEVEL,
    STRETCH,
    FIRST, /* h1 */
    N_PARAMS = FIRST + N_PARTIALS
};

/* Planes of n doubles on the tape, N_PARTIALS of each. */
enum
{
    TAPE_PHASE,
    TAPE_WAVE = TAPE_PHASE + N_PARTIALS, /* fade · sin(2 pi phase) */
    TAPE_N = TAPE_WAVE + N_PARTIALS
};

#define PARTIAL(number)                                                                            \
    {                                                                                              \
        "h" number, "", 0.0, 1.0, AED_LIN, 0.5, AED_PLAIN, "share of partial " number              \
    }

static const aed_param params[N_PARAMS] = {
    {"freq", "Hz", 27.5, 3520.0, AED_LOG, 0.5, AED_TUNED,
        "frequency of key 60; other keys transpose"},
    {"level", "", 0.0, 1.0, AED_LIN, 0.5, AED_PLAIN, "level of the whole"},
    {"stretch", "", 0.0, 1e-3, AED_LIN, 0.5, AED_PLAIN,
        "inharmonicity: 0 an ideal string, 3e-4 a piano's"},
    PARTIAL("1"),
    PARTIAL("2"),
    PARTIAL("3"),
    PARTIAL("4"),
    PARTIAL("5"),
    PARTIAL("6"),
    PARTIAL("7"),
    PARTIAL("8"),
    PARTIAL("9"),
    PARTIAL("10"),
    PARTIAL("11"),
    PARTIAL("12"),
};

/* Turns without whole turns, in [-1/2, 1/2]. Adding 1.5 · 2^52 rounds to an integer; unlike floor
 * this is two additions on every machine, and loops over it become vectors. */
static inline double wrapped(double turns)
{
    const double big = 0x1.8p52;

    return turns - ((turns + big) - big);
}

static void reset(double *state, unsigned long seed, size_t instance)
{
    const double golden = 0.3819660112501051;

    (void)seed;
    for (size_t k = 0; k < N_PARTIALS; k++)
        state[k] = wrapped(golden * (double)instance * (double)(k + 1));
}

/* sin(2 pi t) for |t| <= 1/4: Taylor's series up to x^17, within 5e-14. */
static inline double quarter_sine(double t)
{
    const double x = two_pi * t, s = x * x;
    const double high = 1.0 / 6227020800.0 + s * (-1.0 / 1307674368000.0 + s / 355687428096000.0);
    const double middle = 1.0 / 362880.0 + s * (-1.0 / 39916800.0 + s * high);

    return x * (1.0 + s * (-1.0 / 6.0 + s * (1.0 / 120.0 + s * (-1.0 / 5040.0 + s * middle))));
}

/* sin and cos of 2 pi t for |t| <= 1/2, folded into the quarter. */
static inline double sine(double t)
{
    return copysign(quarter_sine(0.25 - fabs(fabs(t) - 0.25)), t);
}

static inline double cosine(double t)
{
    return quarter_sine(0.25 - fabs(t));
}

/* Steps of partial k (from 0), in turns a sample, and how the stretch multiplies them. */
static void increments(
    double *dt, double *root, const double *const *p, const aed_block *b, size_t k)
{
    const double number = (double)(k + 1);

    for (size_t i = 0; i < b->n; i++)
    {
        root[i] = sqrt(1.0 + p[STRETCH][i] * number * number);
        dt[i] = number * root[i] * p[FREQ][i] * b->ratio[i] / b->sr_hz;
    }
}

/* phases [n]: before each sample, wrapped. Returns the phase after the chunk. */
static double run_phase(double *phases, double phase, const double *dt, size_t n)
{
    for (size_t i = 0; i < n; i++)
    {
        phases[i] = phase;
        phase += dt[i];
    }
    for (size_t i = 0; i < n; i++)
        phases[i] = wrapped(phases[i]);
    return wrapped(phase);
}

static void sum_shares(double *sum, const double *const *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        sum[i] = least_sum;
    for (size_t k = 0; k < N_PARTIALS; k++)
        for (size_t i = 0; i < n; i++)
            sum[i] += p[FIRST + k][i];
}

static void forward(double *y, double *tape, double *state, const double *x, const double *const *p,
    const aed_block *b)
{
    double dt[AED_CHUNK], root[AED_CHUNK], sum[AED_CHUNK], mix[AED_CHUNK] = {0};

    (void)x;
    sum_shares(sum, p, b->n);
    for (size_t k = 0; k < N_PARTIALS; k++)
    {
        double *phases = tape + (TAPE_PHASE + k) * b->n, *wave = tape + (TAPE_WAVE + k) * b->n;

        increments(dt, root, p, b, k);
        state[k] = run_phase(phases, state[k], dt, b->n);
        for (size_t i = 0; i < b->n; i++)
            wave[i] = aed_fade(dt[i]) * sine(phases[i]);
        for (size_t i = 0; i < b->n; i++)
            mix[i] += p[FIRST + k][i] * wave[i];
    }
    for (size_t i = 0; i < b->n; i++)
        y[i] += p[LEVEL][i] * mix[i] / sum[i];
}

/* The shares' part. s_k the faded sines, S the sum below the line, M = sum_k h_k s_k:
 *
 *     y = level M / S:    dlevel += dy M/S,    dh_k += g (s_k - M/S),    g = dy level / S
 */
static void shares_backward(double *const *dp, double *g, const double *dy, const double *waves,
    const double *const *p, size_t n)
{
    double sum[AED_CHUNK], mean[AED_CHUNK] = {0};

    sum_shares(sum, p, n);
    for (size_t i = 0; i < n; i++)
        g[i] = dy[i] * p[LEVEL][i] / sum[i];
    for (size_t k = 0; k < N_PARTIALS; k++)
        for (size_t i = 0; i < n; i++)
        {
            mean[i] += p[FIRST + k][i] * waves[k * n + i] / sum[i];
            dp[FIRST + k][i] += g[i] * waves[k * n + i];
        }
    for (size_t i = 0; i < n; i++)
        dp[LEVEL][i] += dy[i] * mean[i];
    for (size_t k = 0; k < N_PARTIALS; k++)
        for (size_t i = 0; i < n; i++)
            dp[FIRST + k][i] -= g[i] * mean[i];
}

/* A partial's part. Let Q[i] = dL/dphi[i] with all later samples counted in, Q[n] = dphase:
 *
 *     Q[i]   = Q[i+1] + g h fade 2 pi cos(2 pi phi)       phi[i+1] = phi[i] + dt[i]
 *     ddt[i] = Q[i+1] + g h fade' sin(2 pi phi)           dt moves all later phases, and the fade
 *     dfreq += ddt dt / freq,   dpitch += ddt dt ln 2
 *     dstretch += ddt dt k^2 / (2 root^2)                 root = sqrt(1 + stretch k^2)
 *
 * Returns Q[0]. */
static double phase_backward(double *const *dp, double dphase, const double *g,
    const double *phases, const double *const *p, const aed_block *b, size_t k)
{
    const double number = (double)(k + 1);
    double *dpitch = b->dbus[AED_PITCH];
    double dt[AED_CHUNK], root[AED_CHUNK], by_dt[AED_CHUNK], by_phase[AED_CHUNK];
    double q = dphase;

    increments(dt, root, p, b, k);
    for (size_t i = 0; i < b->n; i++)
    {
        const double gh = g[i] * p[FIRST + k][i];

        by_dt[i] = gh * aed_fade_slope(dt[i]) * sine(phases[i]);
        by_phase[i] = gh * aed_fade(dt[i]) * two_pi * cosine(phases[i]);
    }
    for (size_t i = b->n; i-- > 0;)
    {
        by_dt[i] += q;
        q += by_phase[i];
    }
    for (size_t i = 0; i < b->n; i++)
    {
        dp[FREQ][i] += by_dt[i] * dt[i] / p[FREQ][i];
        dpitch[i] += by_dt[i] * dt[i] * ln_2;
        dp[STRETCH][i] += by_dt[i] * dt[i] * number * number / (2.0 * root[i] * root[i]);
    }
    return q;
}

static void backward(double *dx, double *const *dp, double *dstate, const double *dy,
    const double *tape, const double *state, const double *x, const double *const *p,
    const aed_block *b)
{
    double g[AED_CHUNK];

    (void)dx, (void)state, (void)x;
    shares_backward(dp, g, dy, tape + TAPE_WAVE * b->n, p, b->n);
    for (size_t k = 0; k < N_PARTIALS; k++)
        dstate[k] = phase_backward(dp, dstate[k], g, tape + (TAPE_PHASE + k) * b->n, p, b, k);
}

const aed_module aed_harmonic = {
    .name = "harmonic",
    .doc = "twelve partials on one fundamental, each with its own share",
    .role = AED_SOURCE,
    .params = params,
    .n_params = N_PARAMS,
    .state_n = N_PARTIALS,
    .tape_n = TAPE_N,
    .reset = reset,
    .forward = forward,
    .backward = backward,
};
