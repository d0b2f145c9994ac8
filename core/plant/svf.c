/* svf.c: see svf.h for the filter. */
#include "svf.h"

#include <math.h>
#include <string.h>

#include "base/hot.h"
#include "base/vmath.h"
#include "cutoff.h"

static const double ln_40 = 3.6888794541139363; /* between the damping's ends, 2 and 0.05 */

enum
{
    CUTOFF,
    RESONANCE,
    AMOUNT,
    LOW,
    BAND,
    HIGH,
    TRACK,
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
    {"track", "", 0.0, 1.0, AED_LIN, 0.5, AED_STANDS, "octaves of cutoff for an octave of pitch"},
};

static void reset(double *state, unsigned long seed, size_t instance)
{
    (void)seed, (void)instance;
    state[0] = state[1] = 0.0;
}

static inline aed_cutoff cutoff_of(const double *const *p)
{
    return (aed_cutoff){p[CUTOFF], p[AMOUNT], p[TRACK]};
}

/* g [n] = tan w, its slope dg/dln fc = (1 + g^2) dw/dln fc, and the damping k [n]. */
AED_HOT static void tune(double *restrict g, double *restrict g_slope, double *restrict k,
    const double *const *p, const aed_block *b)
{
    const aed_cutoff cutoff = cutoff_of(p);
    const double *resonance = p[RESONANCE];
    double cosine[AED_CHUNK];

    aed_cutoff_angle(g, cosine, g_slope, &cutoff, b);
    for (size_t i = 0; i < b->n; i++)
    {
        const double t = g[i] / cosine[i];

        g[i] = t;
        g_slope[i] *= 1.0 + t * t;
        k[i] = 2.0 * aed_exp(-ln_40 * resonance[i]);
    }
}

/* The header's lines in one, so that a sample waits briefly for the last: a = 1/(1 + g (g + k)),
 *
 *     s1 <- (2 a - 1) s1 + 2 a g (x - s2),   s2 <- s2 + 2 a g s1 + 2 a g^2 (x - s2). */
typedef struct
{
    double keep[AED_CHUNK], turn[AED_CHUNK], pull[AED_CHUNK]; /* 2 a - 1, 2 a g, 2 a g^2 */
} steps;

AED_HOT static void steps_fill(
    steps *restrict f, const double *restrict g, const double *restrict k, size_t n)
{
    for (size_t i = 0; i < n; i++)
    {
        const double two_a = 2.0 / (1.0 + g[i] * (g[i] + k[i]));

        f->keep[i] = two_a - 1.0;
        f->turn[i] = two_a * g[i];
        f->pull[i] = two_a * g[i] * g[i];
    }
}

/* y [n] from the states before each sample and after the last, s1s and s2s [n + 1]. */
AED_HOT static void mix(double *restrict y, const double *restrict s1s, const double *restrict s2s,
    const double *restrict k, const double *restrict x, const double *const *p, size_t n)
{
    const double *low = p[LOW], *band = p[BAND], *high = p[HIGH];

    for (size_t i = 0; i < n; i++)
    {
        const double v1 = 0.5 * (s1s[i] + s1s[i + 1]), v2 = 0.5 * (s2s[i] + s2s[i + 1]);

        y[i] = low[i] * v2 + band[i] * k[i] * v1 + high[i] * (x[i] - k[i] * v1 - v2);
    }
}

static void forward(double *y, double *tape, double *state, const double *x, const double *const *p,
    const aed_block *b)
{
    const size_t n = b->n;
    double *ks = tape + TAPE_K * n, *gs = tape + TAPE_G * n;
    double s1s[AED_CHUNK + 1], s2s[AED_CHUNK + 1], s1 = state[0], s2 = state[1];
    steps f;

    tune(gs, tape + TAPE_G_SLOPE * n, ks, p, b);
    steps_fill(&f, gs, ks, n);
    for (size_t i = 0; i < n; i++)
    {
        const double in = x[i] - s2, was = s1;

        s1s[i] = s1, s2s[i] = s2;
        s1 = f.keep[i] * s1 + f.turn[i] * in;
        s2 = s2 + (f.turn[i] * was + f.pull[i] * in);
    }
    s1s[n] = s1, s2s[n] = s2;
    mix(y, s1s, s2s, ks, x, p, n);
    memcpy(tape + TAPE_S1 * n, s1s, n * sizeof *s1s);
    memcpy(tape + TAPE_S2 * n, s2s, n * sizeof *s2s);
    state[0] = aed_audible(s1);
    state[1] = aed_audible(s2);
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
    const double *g_slope = tape + TAPE_G_SLOPE * n;
    const aed_cutoff cutoff = cutoff_of(p);
    const aed_cutoff_gradient dcutoff = {dp[CUTOFF], dp[AMOUNT], dp[TRACK]};
    double ds1 = dstate[0], ds2 = dstate[1], d_ln_fc[AED_CHUNK];

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

        d_ln_fc[i] = dg * g_slope[i];
        dx[i] += dh + g * adv1;
        ds1 = adv1 - ds1;
        ds2 = dv2 - g * adv1 - ds2;
        dp[LOW][i] += dy[i] * v2;
        dp[BAND][i] += dy[i] * k * v1;
        dp[HIGH][i] += dy[i] * (x[i] - k * v1 - v2);
        dp[RESONANCE][i] -= dk * k * ln_40;
    }
    aed_cutoff_backward(&dcutoff, d_ln_fc, &cutoff, b);
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
