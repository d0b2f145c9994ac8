/* noise.c: see noise.h. */
#include "noise.h"

#include "base/rng.h"

enum
{
    COUNTER,
    SEED,
    STATE_N
};

static const aed_param params[] = {
    {"level", "", 0.0, 1.0, AED_LIN, 0.5, AED_PLAIN, "level of the noise"},
};

static void reset(double *state, unsigned long seed, size_t instance)
{
    state[COUNTER] = 0.0;
    state[SEED] = (double)(aed_rng_bits(seed, instance) >> 11);
}

/* The middles of 2^53 equal steps across (-1, 1): symmetric, and neither end is reached. */
static inline double uniform_pm1(uint64_t bits)
{
    return ((double)(bits >> 11) + 0.5) * 0x1p-52 - 1.0;
}

static void forward(double *y, double *tape, double *state, const double *x, const double *const *p,
    const aed_block *b)
{
    const uint64_t seed = (uint64_t)state[SEED], at = (uint64_t)state[COUNTER];

    (void)x;
    for (size_t i = 0; i < b->n; i++)
    {
        tape[i] = uniform_pm1(aed_rng_bits(seed, at + i));
        y[i] += p[0][i] * tape[i];
    }
    state[COUNTER] += (double)b->n;
}

/* y = level · u with u given: dlevel += dy · u. */
static void backward(double *dx, double *const *dp, double *dstate, const double *dy,
    const double *tape, const double *state, const double *x, const double *const *p,
    const aed_block *b)
{
    (void)dx, (void)dstate, (void)state, (void)x, (void)p;
    for (size_t i = 0; i < b->n; i++)
        dp[0][i] += dy[i] * tape[i];
}

const aed_module aed_noise = {
    .name = "noise",
    .doc = "white noise",
    .role = AED_SOURCE,
    .params = params,
    .n_params = 1,
    .state_n = STATE_N,
    .tape_n = 1,
    .reset = reset,
    .forward = forward,
    .backward = backward,
};
