/* noise.c: see noise.h. */
#include "noise.h"

#include "color.h"

enum
{
    LEVEL,
    COLOR,
    N_PARAMS
};

static const aed_param params[N_PARAMS] = {
    {"level", "", 0.0, 1.0, AED_LIN, 0.5, AED_LEVEL, "level of the noise"},
    {"color", "", -1.0, 1.0, AED_LIN, 0.5, AED_PLAIN, "-1 dark, 0 white, 1 bright"},
};

static void forward(double *y, double *tape, double *state, const double *x, const double *const *p,
    const aed_block *b)
{
    (void)x;
    aed_color_forward(tape, state, p[COLOR], b->sr_hz, b->n);
    for (size_t i = 0; i < b->n; i++)
        y[i] += p[LEVEL][i] * tape[i];
}

/* y = level · noise: dlevel += dy · noise, dnoise = dy · level. */
static void backward(double *dx, double *const *dp, double *dstate, const double *dy,
    const double *tape, const double *state, const double *x, const double *const *p,
    const aed_block *b)
{
    double dnoise[AED_CHUNK];

    (void)dx, (void)state, (void)x;
    for (size_t i = 0; i < b->n; i++)
    {
        dp[LEVEL][i] += dy[i] * tape[i];
        dnoise[i] = dy[i] * p[LEVEL][i];
    }
    aed_color_backward(dp[COLOR], dstate, dnoise, tape, p[COLOR], b->sr_hz, b->n);
}

const aed_module aed_noise = {
    .name = "noise",
    .doc = "noise, dark to bright",
    .role = AED_SOURCE,
    .params = params,
    .n_params = N_PARAMS,
    .state_n = AED_COLOR_STATE_N,
    .tape_n = AED_COLOR_TAPE_N,
    .reset = aed_color_reset,
    .forward = forward,
    .backward = backward,
};
