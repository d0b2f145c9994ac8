/* vca.c: see vca.h. */
#include "vca.h"

#include <math.h>

static const double ln_2 = 0.6931471805599453;

static const aed_param params[] = {
    {"gain", "", 1.0 / 256.0, 1.0, AED_LOG, 0.5, AED_PLAIN, "output level"},
};

static void reset(double *state, unsigned long seed, size_t instance)
{
    (void)state, (void)seed, (void)instance;
}

static void forward(double *y, double *tape, double *state, const double *x, const double *const *p,
    const aed_block *b)
{
    const double *env = b->bus[AED_ENV], *swell = b->bus[AED_SWELL];

    (void)state;
    for (size_t i = 0; i < b->n; i++)
    {
        tape[i] = swell[i] != 0.0 ? exp2(swell[i]) : 1.0;
        y[i] = x[i] * env[i] * p[0][i] * tape[i];
    }
}

/* A product of four, the last being 2^swell: each factor's gradient is dy times the other three, and
 * dswell = dy y ln 2. tape [n]: 2^swell. */
static void backward(double *dx, double *const *dp, double *dstate, const double *dy,
    const double *tape, const double *state, const double *x, const double *const *p,
    const aed_block *b)
{
    const double *env = b->bus[AED_ENV];
    double *denv = b->dbus[AED_ENV], *dswell = b->dbus[AED_SWELL];

    (void)dstate, (void)state;
    for (size_t i = 0; i < b->n; i++)
    {
        const double dgained = dy[i] * tape[i], gained = x[i] * env[i] * p[0][i];

        dx[i] += dgained * env[i] * p[0][i];
        dp[0][i] += dgained * x[i] * env[i];
        denv[i] += dgained * x[i] * p[0][i];
        dswell[i] += dgained * gained * ln_2;
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
