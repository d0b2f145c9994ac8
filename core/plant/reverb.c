/* reverb.c: see reverb.h for the network. */
#include "reverb.h"

#include "echo.h"

static const double kappa = 6.907755278982137; /* ln 1000 */
static const double root_8 = 0.35355339059327376;
static const double ceiling = 8.0;
static const double sound_m_s = 343.0;
static const double diffusion = 0.6;

enum
{
    SIZE,
    DECAY,
    DAMP,
    MIX,
    N_PARAMS
};

enum
{
    N_ECHOES = 8,
    N_ALLPASSES = 4,
    N_LINES = N_ECHOES + N_ALLPASSES
};

/* Per sample on the tape. */
enum
{
    TAPE_ECHO,                       /* e */
    TAPE_LOW = TAPE_ECHO + N_ECHOES, /* l before the sample */
    TAPE_N = TAPE_LOW + N_ECHOES
};

/* Primes from 1523 to 3557, over their mean. */
#define OF_MEAN(prime) ((prime)*N_ECHOES / 19882.0)
static const double ratio[N_ECHOES] = {OF_MEAN(1523), OF_MEAN(1753), OF_MEAN(2063), OF_MEAN(2371),
    OF_MEAN(2617), OF_MEAN(2861), OF_MEAN(3137), OF_MEAN(3557)};

/* Seconds. */
static const double allpass_s[N_ALLPASSES] = {0.00231, 0.00360, 0.00477, 0.00931};

static const double left[N_ECHOES] = {1.0, 1.0, -1.0, 1.0, -1.0, 1.0, -1.0, -1.0};
static const double right[N_ECHOES] = {1.0, -1.0, -1.0, 1.0, 1.0, -1.0, 1.0, -1.0};

static const aed_param params[N_PARAMS] = {
    {"size", "m", 5.0, 20.0, AED_LOG, 0.5, AED_PLAIN, "how far the sound goes from wall to wall"},
    {"decay", "ms", 200.0, 10000.0, AED_LOG, 0.6, AED_PLAIN, "time to -60 dB"},
    {"damp", "Hz", 200.0, 20000.0, AED_LOG, 0.75, AED_PLAIN,
        "frequency above which walls take more"},
    {"mix", "", 0.0, 1.0, AED_LIN, 0.3, AED_LEVEL, "0 the sound alone, 1 the room alone"},
};

static void reset(double *state, unsigned long seed, size_t instance)
{
    (void)seed, (void)instance;
    for (size_t j = 0; j < N_ECHOES; j++)
        state[j] = 0.0;
}

/* ---- what the parameters say for one sample ---- */

typedef struct
{
    double per_m[N_ECHOES]; /* dd/dsize */
    size_t allpass_n[N_ALLPASSES];
    aed_tap tap[N_ECHOES];
    double g[N_ECHOES];
    double a;
} room;

static room room_at(double sr_hz)
{
    room r = {0};

    for (size_t j = 0; j < N_ECHOES; j++)
        r.per_m[j] = ratio[j] * sr_hz / sound_m_s;
    for (size_t k = 0; k < N_ALLPASSES; k++)
        r.allpass_n[k] = (size_t)ceil(allpass_s[k] * sr_hz);
    return r;
}

/* Parameters mostly stand still: exponentials and weights follow only where they move. */
static inline void follow(room *r, const double *const *p, size_t i, size_t from, double sr_hz)
{
    const int first = i == from, moved = first || p[SIZE][i] != p[SIZE][from];

    for (size_t j = 0; j < N_ECHOES && moved; j++)
        r->tap[j] = aed_tap_at(r->per_m[j] * p[SIZE][i]);
    for (size_t j = 0; j < N_ECHOES && (moved || p[DECAY][i] != p[DECAY][from]); j++)
        r->g[j] = exp(-kappa * r->per_m[j] * p[SIZE][i] / (1e-3 * p[DECAY][i] * sr_hz));
    if (first || p[DAMP][i] != p[DAMP][from])
        r->a = aed_damp(p[DAMP][i], sr_hz);
}

/* ---- the loop's pieces ---- */

/* v <- A v. A is symmetric, and its own inverse. */
static inline void mingle(double v[N_ECHOES])
{
    for (size_t half = 1; half < N_ECHOES; half *= 2)
        for (size_t j = 0; j < N_ECHOES; j++)
            if (!(j & half))
            {
                const double sum = v[j] + v[j + half];

                v[j + half] = v[j] - v[j + half];
                v[j] = sum;
            }
    for (size_t j = 0; j < N_ECHOES; j++)
        v[j] *= root_8;
}

static inline double dot(const double *a, const double *b)
{
    double sum = 0.0;

    for (size_t j = 0; j < N_ECHOES; j++)
        sum += a[j] * b[j];
    return sum;
}

/* u of sample `now`. */
static inline double diffuse(double x, const aed_line *lines, const room *r, size_t now)
{
    for (size_t k = 0; k < N_ALLPASSES; k++)
    {
        const aed_line *line = &lines[k];
        const double past = line->x[(now - r->allpass_n[k]) & line->mask];
        const double v = x + diffusion * past;

        line->x[now & line->mask] = aed_audible(v);
        x = past - diffusion * v;
    }
    return x;
}

/* From du to dx: with dv the line's, all later reads counted in,
 *
 *     dv <- dv - .6 du,   dv(now - m) += du + .6 dv,   dx = dv. */
static inline double diffuse_backward(double du, const aed_line *lines, const room *r, size_t now)
{
    for (size_t k = N_ALLPASSES; k-- > 0;)
    {
        const aed_line *line = &lines[k];
        const double dv = line->dx[now & line->dx_mask] - diffusion * du;

        line->dx[(now - r->allpass_n[k]) & line->dx_mask] += du + diffusion * dv;
        du = dv;
    }
    return du;
}

static void forward(double *y, double *tape, double *state, const double *x, const double *const *p,
    const aed_block *b)
{
    room r = room_at(b->sr_hz);

    for (size_t i = 0; i < b->n; i++)
    {
        const size_t now = b->at + i;
        double *echo = tape + i * TAPE_N + TAPE_ECHO, *low = tape + i * TAPE_N + TAPE_LOW;
        double v[N_ECHOES];

        follow(&r, p, i, i > 0 ? i - 1 : 0, b->sr_hz);
        for (size_t j = 0; j < N_ECHOES; j++)
            echo[j] = aed_tap_read(&r.tap[j], &b->lines[j], now);
        for (size_t j = 0; j < N_ECHOES; j++)
        {
            low[j] = state[j];
            state[j] += r.a * (echo[j] - state[j]);
            v[j] = r.g[j] * state[j];
        }
        mingle(v);
        const double f = aed_ceiling(dot(v, v) / (ceiling * ceiling));
        const double u = root_8 * diffuse(x[i], b->lines + N_ECHOES, &r, now);

        for (size_t j = 0; j < N_ECHOES; j++)
            b->lines[j].x[now & b->lines[j].mask] = aed_audible(f * v[j] + u);
        y[i] = x[i] + p[MIX][i] * (root_8 * dot(echo, left) - x[i]);
        if (b->side)
            b->side[i] += p[MIX][i] * (root_8 * dot(echo, right) - b->side[i]);
    }
    for (size_t j = 0; j < N_ECHOES; j++)
        state[j] = aed_audible(state[j]);
}

/* Adjoint of the ceiling: from dw to dh, l after the sample. With v = A h, q = |v|^2/8^2, f of it:
 *
 *     dv = f dw + 2 v/8^2 · df/dq · (v · dw),   dh = A dv */
static inline void ceiling_backward(double dh[N_ECHOES], const double h[N_ECHOES])
{
    double v[N_ECHOES];

    for (size_t j = 0; j < N_ECHOES; j++)
        v[j] = h[j];
    mingle(v);
    const double q = dot(v, v) / (ceiling * ceiling), f = aed_ceiling(q);
    const double along = 2.0 / (ceiling * ceiling) * aed_ceiling_slope(q, f) * dot(v, dh);

    for (size_t j = 0; j < N_ECHOES; j++)
        dh[j] = f * dh[j] + along * v[j];
    mingle(dh);
}

/* Adjoint, the lines of forward from last to first; dw_j[i] is the line's, all later reads counted
 * in, and complete when i is reached, since what is read was written at least a sample before:
 *
 *     du   = sum_j dw_j / sqrt 8                   and back through the allpasses into dx
 *     dl_j = dl_j' + g_j dh_j                      dg_j = l_j dh_j
 *     de_j = a dl_j + mix dy left_j / sqrt 8       da  += (e_j - l_j before) dl_j
 *     dl_j' of the sample before = (1 - a) dl_j
 *     dw_j[i - k + 1 - m] += w_m de_j              dd_j = de_j · slope of the cubic
 *     dln g_j/dd_j = ln g_j / d_j,                 dln g_j/ddecay = -ln g_j / decay */
static void backward(double *dx, double *const *dp, double *dstate, const double *dy,
    const double *tape, const double *state, const double *x, const double *const *p,
    const aed_block *b)
{
    room r = room_at(b->sr_hz);

    (void)state;
    for (size_t i = b->n; i-- > 0;)
    {
        const size_t now = b->at + i;
        const double *echo = tape + i * TAPE_N + TAPE_ECHO, *low = tape + i * TAPE_N + TAPE_LOW;
        const double dwet = root_8 * p[MIX][i] * dy[i];
        double l[N_ECHOES], h[N_ECHOES], dh[N_ECHOES], du = 0.0, da = 0.0, dsize = 0.0, dln = 0.0;

        follow(&r, p, i, i + 1 < b->n ? i + 1 : i, b->sr_hz);
        const double ln_g_per_n = -kappa / (1e-3 * p[DECAY][i] * b->sr_hz);

        for (size_t j = 0; j < N_ECHOES; j++)
        {
            l[j] = low[j] + r.a * (echo[j] - low[j]);
            h[j] = r.g[j] * l[j];
            dh[j] = b->lines[j].dx[now & b->lines[j].dx_mask];
            du += root_8 * dh[j];
        }
        ceiling_backward(dh, h);
        for (size_t j = 0; j < N_ECHOES; j++)
        {
            const double dl = dstate[j] + r.g[j] * dh[j], de = r.a * dl + dwet * left[j];
            const double by_n = ln_g_per_n * h[j] * dh[j]; /* dL/dg_j · dg_j/dd_j */

            dstate[j] = (1.0 - r.a) * dl;
            da += (echo[j] - low[j]) * dl;
            dsize += r.per_m[j] * (by_n + de * aed_tap_slope(&r.tap[j], &b->lines[j], now));
            dln += r.per_m[j] * by_n;
            aed_tap_add(&r.tap[j], &b->lines[j], now, de);
        }
        dp[SIZE][i] += dsize;
        dp[DECAY][i] -= dln * p[SIZE][i] / p[DECAY][i];
        dp[DAMP][i] += da * aed_damp_slope(r.a, b->sr_hz);
        dp[MIX][i] += (root_8 * dot(echo, left) - x[i]) * dy[i];
        dx[i] += (1.0 - p[MIX][i]) * dy[i] + diffuse_backward(du, b->lines + N_ECHOES, &r, now);
    }
}

const aed_module aed_reverb = {
    .name = "reverb",
    .doc = "a room: eight echoes that feed each other and die away",
    .role = AED_EFFECT,
    .params = params,
    .n_params = N_PARAMS,
    .state_n = N_ECHOES,
    .tape_n = TAPE_N,
    .n_lines = N_LINES,
    .line_s = 0.0835, /* the longest at 20 m */
    .reset = reset,
    .forward = forward,
    .backward = backward,
};
