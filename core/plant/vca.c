/* vca.c: see vca.h. */
#include "vca.h"

static const aed_param params[] = {
    {"gain", "", 1.0 / 256.0, 1.0, AED_LOG, "output level"},
};

static void reset(double *state, unsigned long seed, size_t instance)
{
    (void)state, (void)seed, (void)instance;
}

static void forward(double *y, double *tape, double *state, const double *x, const double *const *p,
    const aed_block *b)
{
    (void)tape, (void)state;
    for (size_t i = 0; i < b->n; i++)
        y[i] = x[i] * b->env[i] * p[0][i];
}

/* A product of three: each factor's gradient is dy times the other two. */
static void backward(double *dx, double *const *dp, double *dstate, const double *dy,
    const double *tape, const double *state, const double *x, const double *const *p,
    const aed_block *b)
{
    (void)dstate, (void)tape, (void)state;
    for (size_t i = 0; i < b->n; i++)
    {
        dx[i] += dy[i] * b->env[i] * p[0][i];
        dp[0][i] += dy[i] * x[i] * b->env[i];
        b->denv[i] += dy[i] * x[i] * p[0][i];
    }
}

const aed_module aed_vca = {
    .name = "vca",
    .doc = "amplifier driven by the envelope",
    .role = AED_EFFECT,
    .needs_env = 1,
    .params = params,
    .n_params = 1,
    .reset = reset,
    .forward = forward,
    .backward = backward,
};
