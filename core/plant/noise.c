/* noise.c: see noise.h. */
#include "noise.h"

#include "base/hot.h"
#include "color.h"

enum
{
    LEVEL,
    COLOR,
    N_PARAMS
};

enum
{
    LOWPASS,
    COUNTER,
    SEED,
    STATE_N
};

enum
{
    TAPE_U, /* planes of n doubles */
    TAPE_LOW,
    TAPE_N
};

static const aed_param params[N_PARAMS] = {
    {"level", "", 0.0, 1.0, AED_LIN, 0.5, AED_LEVEL, "level of the noise"},
    {"color", "", -1.0, 1.0, AED_LIN, 0.5, AED_PLAIN, "-1 dark, 0 white, 1 bright"},
};

static void reset(double *state, unsigned long seed, size_t instance)
{
    state[LOWPASS] = 0.0;
    state[COUNTER] = 0.0;
    state[SEED] = (double)(aed_rng_bits(seed, instance) >> 11);
}

AED_HOT static void mix(double *restrict y, const double *restrict tape,
    const double *restrict level, const double *restrict color, double a, size_t n)
{
    const double *u = tape + TAPE_U * n, *low = tape + TAPE_LOW * n;

    for (size_t i = 0; i < n; i++)
    {
        const aed_color by = aed_color_weights(color[i], a);

        y[i] += level[i] * (by.white * u[i] + by.low * low[i]);
    }
}

static void forward(double *y, double *tape, double *state, const double *x, const double *const *p,
    const aed_block *b)
{
    const uint64_t seed = (uint64_t)state[SEED], at = (uint64_t)state[COUNTER];
    const double a = aed_color_pole(b->sr_hz);
    double *u = tape + TAPE_U * b->n, *low = tape + TAPE_LOW * b->n, lowpass = state[LOWPASS];

    (void)x;
    for (size_t i = 0; i < b->n; i++)
        u[i] = aed_color_draw(seed, at + i);
    for (size_t i = 0; i < b->n; i++)
        low[i] = lowpass += a * (u[i] - lowpass);
    mix(y, tape, p[LEVEL], p[COLOR], a, b->n);
    state[LOWPASS] = lowpass;
    state[COUNTER] += (double)b->n;
}

AED_HOT static void mix_backward(double *restrict dlevel, double *restrict dcolor,
    double *restrict dlow, const double *restrict dy, const double *restrict tape,
    const double *restrict level, const double *restrict color, double a, size_t n)
{
    const double *u = tape + TAPE_U * n, *low = tape + TAPE_LOW * n;

    for (size_t i = 0; i < n; i++)
    {
        const aed_color by = aed_color_weights(color[i], a);
        const aed_color slope = aed_color_slopes(color[i], a);

        dlevel[i] += dy[i] * (by.white * u[i] + by.low * low[i]);
        dcolor[i] += dy[i] * level[i] * (slope.white * u[i] + slope.low * low[i]);
        dlow[i] = dy[i] * level[i] * by.low;
    }
}

/* y = level · (white u + low l) with u given and l a one-pole of it. Level and color are seen
 * through this sample alone; the lowpass before the chunk is seen through all of it:
 *
 *     q[i] = (1 - a) (q[i+1] + dy[i] level low),   q[n] = dstate         l[i] = (1 - a) l[i-1] + a u */
static void backward(double *dx, double *const *dp, double *dstate, const double *dy,
    const double *tape, const double *state, const double *x, const double *const *p,
    const aed_block *b)
{
    const double a = aed_color_pole(b->sr_hz);
    double dlow[AED_CHUNK], q = dstate[LOWPASS];

    (void)dx, (void)state, (void)x;
    mix_backward(dp[LEVEL], dp[COLOR], dlow, dy, tape, p[LEVEL], p[COLOR], a, b->n);
    for (size_t i = b->n; i-- > 0;)
        q = (1.0 - a) * (q + dlow[i]);
    dstate[LOWPASS] = q;
}

const aed_module aed_noise = {
    .name = "noise",
    .doc = "noise, dark to bright",
    .role = AED_SOURCE,
    .params = params,
    .n_params = N_PARAMS,
    .state_n = STATE_N,
    .tape_n = TAPE_N,
    .reset = reset,
    .forward = forward,
    .backward = backward,
};
