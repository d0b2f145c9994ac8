/* vca.c: see vca.h. */
#include "vca.h"

#include "base/hot.h"
#include "base/vmath.h"
#include "still.h"

static const double ln_2 = 0.6931471805599453;

static const aed_param params[] = {
    {"gain", "", 1.0 / 256.0, 1.0, AED_LOG, 0.5, AED_PLAIN, "output level"},
};

static void reset(double *state, unsigned long seed, size_t instance)
{
    (void)state, (void)seed, (void)instance;
}

AED_HOT static void powers(double *restrict factor, const double *restrict swell, size_t n)
{
    for (size_t i = 0; i < n; i++)
        factor[i] = aed_exp2(swell[i]);
}

/* Mostly nobody swells: then one power is enough. */
static void factors_fill(double *factor, const double *swell, size_t n)
{
    const size_t m = aed_still(swell, n);

    powers(factor, swell, m);
    aed_still_fill(factor, m, n);
}

AED_HOT static void product(double *restrict y, const double *restrict x,
    const double *restrict env, const double *restrict gain, const double *restrict factor,
    size_t n)
{
    for (size_t i = 0; i < n; i++)
        y[i] = x[i] * env[i] * gain[i] * factor[i];
}

/* tape [n]: 2^swell. */
static void forward(double *y, double *tape, double *state, const double *x, const double *const *p,
    const aed_block *b)
{
    (void)state;
    factors_fill(tape, b->bus[AED_SWELL], b->n);
    product(y, x, b->bus[AED_ENV], p[0], tape, b->n);
}

/* A product of four: each factor's gradient is dy times the other three; that of the last, 2^swell,
 * goes on as dswell = dy y ln 2. */
static void backward(double *dx, double *const *dp, double *dstate, const double *dy,
    const double *tape, const double *state, const double *x, const double *const *p,
    const aed_block *b)
{
    const double *env = b->bus[AED_ENV], *gain = p[0];
    double *denv = b->dbus[AED_ENV], *dswell = b->dbus[AED_SWELL];

    (void)dstate, (void)state;
    for (size_t i = 0; i < b->n; i++)
    {
        const double d = dy[i] * tape[i];

        dx[i] += d * env[i] * gain[i];
        dp[0][i] += d * x[i] * env[i];
        denv[i] += d * x[i] * gain[i];
        dswell[i] += d * x[i] * env[i] * gain[i] * ln_2;
    }
}

const aed_module aed_vca = {
    .name = "vca",
    .doc = "amplifier driven by the envelope",
    .role = AED_EFFECT,
    .needs_env = 1,
    .params = params,
    .n_params = 1,
    .tape_n = 1,
    .reset = reset,
    .forward = forward,
    .backward = backward,
};
