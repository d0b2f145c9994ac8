/* svf.c: see svf.h for the filter. */
#include "svf.h"

#include <math.h>

static const double pi = 3.141592653589793;
static const double ln_2 = 0.6931471805599453;
static const double ln_40 = 3.6888794541139363; /* between the damping's ends, 2 and 0.05 */
static const double fc_max = 0.45;              /* of the sample rate */

enum
{
    CUTOFF,
    RESONANCE,
    AMOUNT,
    LOW,
    BAND,
    HIGH,
    N_PARAMS
};

enum
{
    N_STATES = 2
};

/* Planes of n doubles on the tape. */
enum
{
    TAPE_S1, /* the states before each sample */
    TAPE_S2,
    TAPE_K,
    TAPE_G,
    TAPE_G_SLOPE, /* dg / d ln fc */
    TAPE_N
};

static const aed_param params[N_PARAMS] = {
    {"cutoff", "Hz", 40.0, 16000.0, AED_LOG, 0.5, AED_PLAIN,
        "cutoff frequency while the envelope is 0"},
    {"resonance", "", 0.0, 1.0, AED_LIN, 0.5, AED_PLAIN, "peak at the cutoff; 1 is 26 dB"},
    {"env", "oct", -3.0, 3.0, AED_LIN, 0.5, AED_PLAIN, "how far the envelope moves the cutoff"},
    {"low", "", 0.0, 1.0, AED_LIN, 0.5, AED_PLAIN, "level of the lowpass"},
    {"band", "", 0.0, 1.0, AED_LIN, 0.5, AED_PLAIN, "level of the bandpass"},
    {"high", "", -1.0, 1.0, AED_LIN, 0.5, AED_PLAIN, "level of the highpass; below 0 turned over"},
};

static void reset(double *state, unsigned long seed, size_t instance)
{
    (void)seed, (void)instance;
    state[0] = state[1] = 0.0;
}

/* g [n], its slope dg/dln fc = (1 + g^2) pi fc/sr, 0 where fc is clipped, and the damping k [n]. */
static void tune(double *g, double *g_slope, double *k, const double *const *p, const aed_block *b)
{
    const double limit = fc_max * b->sr_hz, *env = b->bus[AED_ENV], *sweep = b->bus[AED_SWEEP];

    for (size_t i = 0; i < b->n; i++)
    {
        const double wanted = p[CUTOFF][i] * exp2(p[AMOUNT][i] * env[i] + sweep[i]);
        const double w = pi * (wanted < limit ? wanted : limit) / b->sr_hz;

        g[i] = tan(w);
        g_slope[i] = wanted < limit ? (1.0 + g[i] * g[i]) * w : 0.0;
        k[i] = 2.0 * exp(-ln_40 * p[RESONANCE][i]);
    }
}

static inline double without_denormal(double s)
{
    return fabs(s) < 1e-30 ? 0.0 : s;
}

static void forward(double *y, double *tape, double *state, const double *x, const double *const *p,
    const aed_block *b)
{
    const size_t n = b->n;
    double *s1s = tape + TAPE_S1 * n, *s2s = tape + TAPE_S2 * n;
    double *gs = tape + TAPE_G * n, *ks = tape + TAPE_K * n;
    double s1 = state[0], s2 = state[1];

    tune(gs, tape + TAPE_G_SLOPE * n, ks, p, b);
    for (size_t i = 0; i < n; i++)
    {
        const double g = gs[i], k = ks[i];
        const double v1 = (s1 + g * (x[i] - s2)) / (1.0 + g * (g + k));
        const double v2 = s2 + g * v1;
        const double h = x[i] - k * v1 - v2;

        s1s[i] = s1, s2s[i] = s2;
        y[i] = p[LOW][i] * v2 + p[BAND][i] * k * v1 + p[HIGH][i] * h;
        s1 = 2.0 * v1 - s1;
        s2 = 2.0 * v2 - s2;
    }
    state[0] = without_denormal(s1);
    state[1] = without_denormal(s2);
}

/* Adjoint, the lines of forward from last to first. With a = 1/(1 + g (g + k)), and ds_j' = dL/ds_j
 * after the sample:
 *
 *     dh   = high dy
 *     dv2  = low dy - dh + 2 ds2'
 *     dv1  = k (band dy - dh) + g dv2 + 2 ds1'
 *     dx  += dh + a g dv1
 *     ds1  = a dv1 - ds1',   ds2 = dv2 - a g dv1 - ds2'
 *     dk   = v1 (band dy - dh) - a g v1 dv1                    da/dk = -a^2 g
 *     dg   = v1 dv2 + a (x - s2 - (2 g + k) v1) dv1            da/dg = -a^2 (2 g + k)
 *
 * and dk/dresonance = -k ln 40. */
static void backward(double *dx, double *const *dp, double *dstate, const double *dy,
    const double *tape, const double *state, const double *x, const double *const *p,
    const aed_block *b)
{
    const size_t n = b->n;
    const double *s1s = tape + TAPE_S1 * n, *s2s = tape + TAPE_S2 * n;
    const double *gs = tape + TAPE_G * n, *ks = tape + TAPE_K * n;
    const double *g_slope = tape + TAPE_G_SLOPE * n, *env = b->bus[AED_ENV];
    double *denv = b->dbus[AED_ENV], *dsweep = b->dbus[AED_SWEEP];
    double ds1 = dstate[0], ds2 = dstate[1];

    (void)state;
    for (size_t i = n; i-- > 0;)
    {
        const double g = gs[i], k = ks[i], s1 = s1s[i], s2 = s2s[i];
        const double a = 1.0 / (1.0 + g * (g + k));
        const double v1 = a * (s1 + g * (x[i] - s2)), v2 = s2 + g * v1;
        const double dh = p[HIGH][i] * dy[i], dkv1 = p[BAND][i] * dy[i] - dh;
        const double dv2 = p[LOW][i] * dy[i] - dh + 2.0 * ds2;
        const double adv1 = a * (k * dkv1 + g * dv2 + 2.0 * ds1);
        const double dk = v1 * (dkv1 - g * adv1);
        const double dg = v1 * dv2 + (x[i] - s2 - (2.0 * g + k) * v1) * adv1;
        const double d_ln_fc = dg * g_slope[i];

        dx[i] += dh + g * adv1;
        ds1 = adv1 - ds1;
        ds2 = dv2 - g * adv1 - ds2;
        dp[LOW][i] += dy[i] * v2;
        dp[BAND][i] += dy[i] * k * v1;
        dp[HIGH][i] += dy[i] * (x[i] - k * v1 - v2);
        dp[RESONANCE][i] -= dk * k * ln_40;
        dp[CUTOFF][i] += d_ln_fc / p[CUTOFF][i];
        dp[AMOUNT][i] += d_ln_fc * ln_2 * env[i];
        denv[i] += d_ln_fc * ln_2 * p[AMOUNT][i];
        dsweep[i] += d_ln_fc * ln_2;
    }
    dstate[0] = ds1;
    dstate[1] = ds2;
}

const aed_module aed_svf = {
    .name = "svf",
    .doc = "two-pole resonant filter: lowpass, bandpass and highpass mixed",
    .role = AED_EFFECT,
    .needs_env = 1,
    .params = params,
    .n_params = N_PARAMS,
    .state_n = N_STATES,
    .tape_n = TAPE_N,
    .reset = reset,
    .forward = forward,
    .backward = backward,
};
