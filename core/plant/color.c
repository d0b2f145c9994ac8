/* color.c: see color.h. */
#include "color.h"

#include "base/hot.h"
#include "base/rng.h"
#include "base/vmath.h"
#include "module.h"
#include "still.h"

static const double depth = 1.3862943611198906; /* g = e^(depth color) = 4^color */

enum
{
    LOWPASS,
    COUNTER,
    SEED
};

enum
{
    TAPE_Y, /* planes of n doubles */
    TAPE_U,
    TAPE_LOW
};

void aed_color_reset(double *state, unsigned long seed, size_t instance)
{
    state[LOWPASS] = 0.0;
    state[COUNTER] = 0.0;
    state[SEED] = (double)(aed_rng_bits(seed, instance) >> 11);
}

static double pole(double sr_hz)
{
    return -aed_expm1(-6283.185307179586 / sr_hz);
}

/* The middles of 2^53 equal steps across (-1, 1): symmetric, and neither end is reached. */
static inline double uniform_pm1(uint64_t bits)
{
    return ((double)(int64_t)(bits >> 11) + 0.5) * 0x1p-52 - 1.0;
}

/* y = white u + low lowpass: the two weights, and their slopes in color. */
typedef struct
{
    double white[AED_CHUNK], low[AED_CHUNK], white_slope[AED_CHUNK], low_slope[AED_CHUNK];
} weights;

/* With g' = k g and N' = -N P'/(2 P), k = depth, and bent = P'/(2 k P):
 *
 *     white = N g,            white' = k N g (1 - bent)
 *     low   = N (1/g - g),    low'   = -k N (1/g + g + bent (1/g - g)) */
AED_HOT static void weigh(weights *restrict w, const double *restrict color, double a, size_t n)
{
    const double low = a / (2.0 - a), high = 2.0 * (1.0 - a) * (1.0 - a) / (2.0 - a);

    for (size_t i = 0; i < n; i++)
    {
        const double g = aed_exp(depth * color[i]), h = 1.0 / g, g2 = g * g, h2 = h * h;
        const double P = 1.0 + low * (h2 - 1.0) + high * (g2 - 1.0), N = 1.0 / sqrt(P);
        const double bent = (high * g2 - low * h2) / P;

        w->white[i] = N * g;
        w->low[i] = N * (h - g);
        w->white_slope[i] = depth * N * g * (1.0 - bent);
        w->low_slope[i] = -depth * N * (h + g + bent * (h - g));
    }
}

static void weights_fill(weights *w, const double *color, double a, size_t n)
{
    const size_t m = aed_still(color, n);

    weigh(w, color, a, m);
    aed_still_fill(w->white, m, n);
    aed_still_fill(w->low, m, n);
    aed_still_fill(w->white_slope, m, n);
    aed_still_fill(w->low_slope, m, n);
}

void aed_color_forward(double *tape, double *state, const double *color, double sr_hz, size_t n)
{
    const uint64_t seed = (uint64_t)state[SEED], at = (uint64_t)state[COUNTER];
    const double a = pole(sr_hz), rest = 1.0 - a;
    double *y = tape + TAPE_Y * n, *u = tape + TAPE_U * n, *low = tape + TAPE_LOW * n;
    double last = state[LOWPASS];
    weights w;

    for (size_t i = 0; i < n; i++)
    {
        u[i] = uniform_pm1(aed_rng_bits(seed, at + i));
        low[i] = last = rest * last + a * u[i];
    }
    weights_fill(&w, color, a, n);
    for (size_t i = 0; i < n; i++)
        y[i] = w.white[i] * u[i] + w.low[i] * low[i];
    state[LOWPASS] = last;
    state[COUNTER] += (double)n;
}

/* u is given, and l a one-pole of it. Color is seen through its own sample alone, the lowpass before
 * the chunk through all of it, as l[i] = (1 - a) l[i-1] + a u[i]:
 *
 *     q[i] = (1 - a) (q[i+1] + dy[i] low[i]),   q[n] = dstate */
void aed_color_backward(double *dcolor, double *dstate, const double *dy, const double *tape,
    const double *color, double sr_hz, size_t n)
{
    const double *u = tape + TAPE_U * n, *low = tape + TAPE_LOW * n, a = pole(sr_hz);
    double q = dstate[LOWPASS];
    weights w;

    weights_fill(&w, color, a, n);
    for (size_t i = 0; i < n; i++)
        dcolor[i] += dy[i] * (w.white_slope[i] * u[i] + w.low_slope[i] * low[i]);
    for (size_t i = n; i-- > 0;)
        q = (1.0 - a) * (q + dy[i] * w.low[i]);
    dstate[LOWPASS] = q;
}
