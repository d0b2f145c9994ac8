/* delay.c: see delay.h for the loop. */
#include "delay.h"

#include "echo.h"

static const double ceiling = 4.0;
static const double shortest_n = 2.0;

enum
{
    TIME,
    FEEDBACK,
    DAMP,
    MIX,
    N_PARAMS
};

/* Planes of n doubles on the tape. */
enum
{
    TAPE_ECHO,
    TAPE_LOW, /* the state before each sample */
    TAPE_N
};

static const aed_param params[N_PARAMS] = {
    {"time", "ms", 1.0, 1000.0, AED_LOG, 0.8, AED_PLAIN, "time until the sound comes back"},
    {"feedback", "", 0.0, 0.95, AED_LIN, 0.5, AED_PLAIN, "how much of an echo comes back again"},
    {"damp", "Hz", 200.0, 20000.0, AED_LOG, 0.75, AED_PLAIN,
        "frequency above which an echo loses each time it comes back"},
    {"mix", "", 0.0, 1.0, AED_LIN, 0.3, AED_LEVEL, "0 the sound alone, 1 its echoes alone"},
};

static void reset(double *state, unsigned long seed, size_t instance)
{
    (void)seed, (void)instance;
    state[0] = 0.0;
}

/* What the parameters say for one sample. */
typedef struct
{
    aed_tap tap;
    double by_time; /* dd/dtime */
    double a;
} place;

/* Parameters mostly stand still: the exponential and the weights follow only where they move. */
static inline void follow(place *at, const double *const *p, size_t i, size_t from, double sr_hz)
{
    if (i == from || p[TIME][i] != p[TIME][from])
    {
        const double wanted = 1e-3 * p[TIME][i] * sr_hz;

        at->tap = aed_tap_at(wanted > shortest_n ? wanted : shortest_n);
        at->by_time = wanted > shortest_n ? 1e-3 * sr_hz : 0.0;
    }
    if (i == from || p[DAMP][i] != p[DAMP][from])
        at->a = aed_damp(p[DAMP][i], sr_hz);
}

static void forward(double *y, double *tape, double *state, const double *x, const double *const *p,
    const aed_block *b)
{
    const aed_line *line = b->lines;
    double *echo = tape + TAPE_ECHO * b->n, *low = tape + TAPE_LOW * b->n;
    double l = state[0];
    place at = {0};

    for (size_t i = 0; i < b->n; i++)
    {
        follow(&at, p, i, i > 0 ? i - 1 : 0, b->sr_hz);
        echo[i] = aed_tap_read(&at.tap, line, b->at + i);
        low[i] = l;
        l += at.a * (echo[i] - l);
        const double v = p[FEEDBACK][i] * l;
        const double back = v * aed_ceiling(v * v / (ceiling * ceiling));

        line->x[(b->at + i) & line->mask] = aed_audible(x[i] + back);
        y[i] = x[i] + p[MIX][i] * (echo[i] - x[i]);
        if (b->side)
            b->side[i] *= 1.0 - p[MIX][i];
    }
    state[0] = aed_audible(l);
}

/* Adjoint, the lines of forward from last to first. With f = (1 + q^2)^(-1/4), q = v^2/4^2, the
 * ceiling's slope in v is f + v (-q f^5/2) 2 v/4^2 = f^5 (1 + q^2) - q^2 f^5 = f^5, and so
 *
 *     dv   = f^5 dw[i]                                dw[i]: the line's, all later reads counted in
 *     dl   = dl' + feedback dv                        dfeedback = l dv
 *     de   = a dl + mix dy                            da = (e - l before) dl
 *     dl' of the sample before = (1 - a) dl
 *     dw[i - k + 1 - m] += w_m de                     dd = de · slope of the cubic
 *     dx  += dw[i] + (1 - mix) dy                     dmix = (e - x) dy
 *
 * What is read was written at least a sample before, so dw[i] is complete when i is reached. */
static void backward(double *dx, double *const *dp, double *dstate, const double *dy,
    const double *tape, const double *state, const double *x, const double *const *p,
    const aed_block *b)
{
    const aed_line *line = b->lines;
    const double *echo = tape + TAPE_ECHO * b->n, *low = tape + TAPE_LOW * b->n;
    double dl = dstate[0];
    place at = {0};

    (void)state;
    for (size_t i = b->n; i-- > 0;)
    {
        follow(&at, p, i, i + 1 < b->n ? i + 1 : i, b->sr_hz);
        const double dw = line->dx[(b->at + i) & line->dx_mask];
        const double l = low[i] + at.a * (echo[i] - low[i]), v = p[FEEDBACK][i] * l;
        const double f = aed_ceiling(v * v / (ceiling * ceiling)), f2 = f * f;
        const double dv = f2 * f2 * f * dw;

        dl += p[FEEDBACK][i] * dv;
        const double de = at.a * dl + p[MIX][i] * dy[i];

        dp[TIME][i] += de * aed_tap_slope(&at.tap, line, b->at + i) * at.by_time;
        dp[FEEDBACK][i] += l * dv;
        dp[DAMP][i] += (echo[i] - low[i]) * dl * aed_damp_slope(at.a, b->sr_hz);
        dp[MIX][i] += (echo[i] - x[i]) * dy[i];
        dx[i] += dw + (1.0 - p[MIX][i]) * dy[i];
        aed_tap_add(&at.tap, line, b->at + i, de);
        dl *= 1.0 - at.a;
    }
    dstate[0] = dl;
}

const aed_module aed_delay = {
    .name = "delay",
    .doc = "an echo that comes back, each time duller",
    .role = AED_EFFECT,
    .params = params,
    .n_params = N_PARAMS,
    .state_n = 1,
    .tape_n = TAPE_N,
    .n_lines = 1,
    .line_s = 1.0,
    .reset = reset,
    .forward = forward,
    .backward = backward,
};
