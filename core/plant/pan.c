/* pan.c: see pan.h. */
#include "pan.h"

#include "base/hot.h"
#include "base/vmath.h"

static const double quarter_pi = 0.7853981633974483;

enum
{
    TAPE_SINE, /* planes of n doubles: of pi pan/4 */
    TAPE_COSINE,
    TAPE_N
};

static const aed_param params[] = {
    {"pan", "", -1.0, 1.0, AED_LIN, 0.5, AED_STANDS, "-1 left, 0 middle, 1 right"},
};

static void reset(double *state, unsigned long seed, size_t instance)
{
    (void)state, (void)seed, (void)instance;
}

AED_HOT static void turn(
    double *restrict sine, double *restrict cosine, const double *restrict pan, size_t n)
{
    for (size_t i = 0; i < n; i++)
        aed_sincos_turns(&sine[i], &cosine[i], 0.125 * pan[i]);
}

static void forward(double *y, double *tape, double *state, const double *x, const double *const *p,
    const aed_block *b)
{
    const double *s = tape + TAPE_SINE * b->n, *c = tape + TAPE_COSINE * b->n;

    (void)state;
    turn(tape + TAPE_SINE * b->n, tape + TAPE_COSINE * b->n, p[0], b->n);
    for (size_t i = 0; i < b->n; i++)
        y[i] = x[i] * c[i];
    for (size_t i = 0; b->side && i < b->n; i++)
        b->side[i] = x[i] * s[i] + b->side[i] * (1.0 - 2.0 * s[i] * s[i]);
}

/* y = x c:  dx += dy c,  dpan -= dy x s pi/4. The side is not differentiated. */
static void backward(double *dx, double *const *dp, double *dstate, const double *dy,
    const double *tape, const double *state, const double *x, const double *const *p,
    const aed_block *b)
{
    const double *s = tape + TAPE_SINE * b->n, *c = tape + TAPE_COSINE * b->n;

    (void)dstate, (void)state, (void)p;
    for (size_t i = 0; i < b->n; i++)
    {
        dx[i] += dy[i] * c[i];
        dp[0][i] -= dy[i] * x[i] * s[i] * quarter_pi;
    }
}

const aed_module aed_pan = {
    .name = "pan",
    .doc = "place between left and right, last in a chain",
    .role = AED_EFFECT,
    .params = params,
    .n_params = 1,
    .tape_n = TAPE_N,
    .reset = reset,
    .forward = forward,
    .backward = backward,
};
