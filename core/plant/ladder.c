/* ladder.c: see ladder.h for the filter. */
#include "ladder.h"

#include <math.h>

#include "base/hot.h"
#include "base/vmath.h"

static const double pi = 3.141592653589793;
static const double ln_2 = 0.6931471805599453;
static const double k_max = 3.8;
static const double fc_max = 0.45; /* of the sample rate */

enum
{
    CUTOFF,
    RESONANCE,
    DRIVE,
    AMOUNT,
    N_PARAMS
};

enum
{
    N_STAGES = 4
};

/* Planes of n doubles on the tape. */
enum
{
    TAPE_S, /* the four states before each sample */
    TAPE_U = N_STAGES,
    TAPE_G,
    TAPE_G_SLOPE, /* dg / d ln fc */
    TAPE_N
};

static const aed_param params[N_PARAMS] = {
    {"cutoff", "Hz", 60.0, 7680.0, AED_LOG, "cutoff frequency while the envelope is 0"},
    {"resonance", "", 0.0, 1.0, AED_LIN, "feedback; 1 is just below self-oscillation"},
    {"drive", "", 0.5, 16.0, AED_LOG, "gain into the saturation"},
    {"env", "oct", -3.0, 3.0, AED_LIN, "how far the envelope moves the cutoff"},
};

static void reset(double *state, unsigned long seed, size_t instance)
{
    (void)seed, (void)instance;
    for (size_t j = 0; j < N_STAGES; j++)
        state[j] = 0.0;
}

/* g [n] and its slope dg/dln fc = (1 + g^2) pi fc/sr, 0 where fc is clipped. */
AED_HOT static void tune(
    double *restrict g, double *restrict g_slope, const double *const *p, const aed_block *b)
{
    const double *cutoff = p[CUTOFF], *amount = p[AMOUNT], *env = b->env;
    const double by_sr = 1.0 / b->sr_hz;

    for (size_t i = 0; i < b->n; i++)
    {
        const double wanted = cutoff[i] * aed_exp2(amount[i] * env[i]) * by_sr;
        const double turns = wanted < fc_max ? wanted : fc_max, t = aed_tan_pi(turns);
        const double slope = (1.0 + t * t) * (pi * turns);

        g[i] = t;
        g_slope[i] = wanted < fc_max ? slope : 0.0;
    }
}

/* What one sample's loop needs, from g and the resonance. */
typedef struct
{
    double c[AED_CHUNK], G[AED_CHUNK], k[AED_CHUNK];
    double solve[AED_CHUNK]; /* 1 / (1 + k G^4) */
} loop;

AED_HOT static void loop_fill(
    loop *restrict l, const double *restrict g, const double *restrict resonance, size_t n)
{
    for (size_t i = 0; i < n; i++)
    {
        const double c = 1.0 / (1.0 + g[i]), G = g[i] * c;

        l->c[i] = c;
        l->G[i] = G;
        l->k[i] = k_max * resonance[i];
        l->solve[i] = 1.0 / (1.0 + l->k[i] * (G * G) * (G * G));
    }
}

/* The filter, sorted so that each u waits for the last one as briefly as possible. One sample takes
 * the states s to z + put u: z_j = 2 c q_j - s_j, q_j = G q_{j-1} + s_j, is what they become without
 * u, and put_j = 2 G^j. The next argument of tanh,
 *
 *     in - take . s = (in - take . z) - back u,   take_j = k c G^(4-j)/(1 + k G^4),
 *     back = take . put,   in = drive x/(1 + k G^4),
 *
 * then has its bracket ready while tanh is still busy. in, take and back are in aed_half_octave; in
 * and take have one value more, back[i] belongs to the step from i to i + 1. */
typedef struct
{
    double in[AED_CHUNK + 1], take[N_STAGES][AED_CHUNK + 1];
    double put[N_STAGES][AED_CHUNK], back[AED_CHUNK];
} steps;

AED_HOT static void steps_fill(steps *restrict f, const loop *restrict l,
    const double *restrict drive, const double *restrict x, size_t n)
{
    for (size_t i = 0; i < n; i++)
    {
        const double G = l->G[i], unit = aed_half_octave * l->solve[i],
                     take = unit * l->k[i] * l->c[i];

        f->in[i] = aed_clamp(unit * drive[i] * x[i], -1e6, 1e6); /* keeps an infinite x away */
        f->take[0][i] = take * G * (G * G);
        f->take[1][i] = take * (G * G);
        f->take[2][i] = take * G;
        f->take[3][i] = take;
        f->put[0][i] = 2.0 * G;
        f->put[1][i] = 2.0 * (G * G);
        f->put[2][i] = 2.0 * G * (G * G);
        f->put[3][i] = 2.0 * (G * G) * (G * G);
    }
    f->in[n] = f->take[0][n] = f->take[1][n] = f->take[2][n] = f->take[3][n] = 0.0;
    for (size_t i = 0; i < n; i++)
        f->back[i] = (f->take[0][i + 1] * f->put[0][i] + f->take[1][i + 1] * f->put[1][i]) +
                     (f->take[2][i + 1] * f->put[2][i] + f->take[3][i + 1] * f->put[3][i]);
}

static inline double without_denormal(double s)
{
    return fabs(s) < 1e-30 ? 0.0 : s;
}

static void forward(double *y, double *tape, double *state, const double *x, const double *const *p,
    const aed_block *b)
{
    const size_t n = b->n;
    double s1 = state[0], s2 = state[1], s3 = state[2], s4 = state[3];
    double *s = tape + TAPE_S * n, *u = tape + TAPE_U * n;
    loop l;
    steps f;

    tune(tape + TAPE_G * n, tape + TAPE_G_SLOPE * n, p, b);
    loop_fill(&l, tape + TAPE_G * n, p[RESONANCE], n);
    steps_fill(&f, &l, p[DRIVE], x, n);
    double N =
        f.in[0] - (f.take[0][0] * s1 + f.take[1][0] * s2) - (f.take[2][0] * s3 + f.take[3][0] * s4);
    for (size_t i = 0; i < n; i++)
    {
        const double G = l.G[i], two_c = 2.0 * l.c[i], v = aed_tanh_half_octaves(N);
        const double q2 = G * s1 + s2, q3 = G * q2 + s3, q4 = G * q3 + s4;
        const double z1 = two_c * s1 - s1, z2 = two_c * q2 - s2;
        const double z3 = two_c * q3 - s3, z4 = two_c * q4 - s4;

        N = f.in[i + 1] - (f.take[0][i + 1] * z1 + f.take[1][i + 1] * z2) -
            (f.take[2][i + 1] * z3 + f.take[3][i + 1] * z4) - f.back[i] * v;
        s[i] = s1, s[n + i] = s2, s[2 * n + i] = s3, s[3 * n + i] = s4;
        u[i] = v;
        s1 = z1 + f.put[0][i] * v;
        s2 = z2 + f.put[1][i] * v;
        s3 = z3 + f.put[2][i] * v;
        s4 = z4 + f.put[3][i] * v;
        y[i] = 0.5 * (s[3 * n + i] + s4); /* of s4 <- 2 y - s4 */
    }
    state[0] = without_denormal(s1);
    state[1] = without_denormal(s2);
    state[2] = without_denormal(s3);
    state[3] = without_denormal(s4);
}

/* Adjoint, in two halves. Only what comes back through the states runs sample by sample: with
 * e_j = dL/ds_j after the sample, and dy/2 more for e_4 (y = (s_4 + s_4')/2),
 *
 *     du = put . e,   dN = du dtanh/dN,   a_j = 2 e_j + G a_{j+1}       (a_j = dL/dy_j)
 *     ds_j = c a_j - e_j - take_j dN,     and dy/2 more for ds_4. */
typedef struct
{
    double a[N_STAGES][AED_CHUNK];
    double dN[AED_CHUNK]; /* in: dtanh/dN; out: dL/dN, N in aed_half_octave */
} returned;

static void states_backward(
    returned *r, double *dstate, const double *dy, const loop *l, const steps *f, size_t n)
{
    double e1 = dstate[0], e2 = dstate[1], e3 = dstate[2], e4 = dstate[3];

    for (size_t i = n; i-- > 0;)
    {
        const double G = l->G[i], c = l->c[i], half = 0.5 * dy[i];

        e4 += half;
        const double du =
            (f->put[0][i] * e1 + f->put[1][i] * e2) + (f->put[2][i] * e3 + f->put[3][i] * e4);
        const double dN = du * r->dN[i];
        const double a4 = 2.0 * e4, a3 = 2.0 * e3 + G * a4, a2 = 2.0 * e2 + G * a3;
        const double a1 = 2.0 * e1 + G * a2;

        r->dN[i] = dN;
        r->a[0][i] = a1, r->a[1][i] = a2, r->a[2][i] = a3, r->a[3][i] = a4;
        e1 = (c * a1 - e1) - f->take[0][i] * dN;
        e2 = (c * a2 - e2) - f->take[1][i] * dN;
        e3 = (c * a3 - e3) - f->take[2][i] * dN;
        e4 = (c * a4 - e4 + half) - f->take[3][i] * dN;
    }
    dstate[0] = e1, dstate[1] = e2, dstate[2] = e3, dstate[3] = e4;
}

/* The other half takes all samples side by side: in_1 = u, in_{j+1} = y_j,
 *
 *     dG = sum_j a_j in_j,   dc = sum_j a_j s_j
 *
 * then the loop, with N = drive x - k S, M = 1 + k G^4, u = tanh(N/M), S = c R:
 *
 *     dN = du (1 - u^2)/M,   dM = -dN N/M,   dS = -k dN
 *     dk = -S dN + G^4 dM
 *     dG += 4 k G^3 dM + c dS dR/dG,   dc += R dS
 *
 * and G = g/(1+g), c = 1/(1+g) have slopes c^2 and -c^2: dg = c^2 (dG - dc). */
AED_HOT static void loop_backward(double *restrict by_in, double *restrict by_k,
    double *restrict by_g, const returned *restrict r, const loop *restrict l,
    const double *restrict tape, const double *restrict drive, const double *restrict x, size_t n)
{
    const double *s = tape + TAPE_S * n, *us = tape + TAPE_U * n;

    for (size_t i = 0; i < n; i++)
    {
        const double G = l->G[i], c = l->c[i], k = l->k[i], cube = G * G * G, u = us[i];
        const double s1 = s[i], s2 = s[n + i], s3 = s[2 * n + i], s4 = s[3 * n + i];
        const double a1 = r->a[0][i], a2 = r->a[1][i], a3 = r->a[2][i], a4 = r->a[3][i];
        const double y1 = G * u + c * s1, y2 = G * y1 + c * s2, y3 = G * y2 + c * s3;
        const double R = G * (G * (G * s1 + s2) + s3) + s4;
        const double N = drive[i] * x[i] - k * c * R;
        const double dN = r->dN[i] * aed_half_octave * l->solve[i];
        const double dM = -dN * N * l->solve[i], dS = -k * dN;
        const double dR_by_G = G * (3.0 * G * s1 + 2.0 * s2) + s3;
        const double dG =
            a4 * y3 + a3 * y2 + a2 * y1 + a1 * u + 4.0 * k * cube * dM + c * dS * dR_by_G;
        const double dc = a4 * s4 + a3 * s3 + a2 * s2 + a1 * s1 + R * dS;

        by_in[i] = dN;
        by_k[i] = G * cube * dM - c * R * dN;
        by_g[i] = c * c * (dG - dc);
    }
}

AED_HOT static void spread(double *restrict dx, double *restrict ddrive,
    double *restrict dresonance, const double *restrict by_in, const double *restrict by_k,
    const double *restrict drive, const double *restrict x, size_t n)
{
    for (size_t i = 0; i < n; i++)
    {
        dx[i] += by_in[i] * drive[i];
        ddrive[i] += by_in[i] * x[i];
        dresonance[i] += by_k[i] * k_max;
    }
}

AED_HOT static void spread_tuning(double *restrict dcutoff, double *restrict damount,
    double *restrict denv, const double *restrict by_g, const double *restrict g_slope,
    const double *restrict cutoff, const double *restrict amount, const double *restrict env,
    size_t n)
{
    for (size_t i = 0; i < n; i++)
    {
        const double d_ln_fc = by_g[i] * g_slope[i];

        dcutoff[i] += d_ln_fc / cutoff[i];
        damount[i] += d_ln_fc * ln_2 * env[i];
        denv[i] += d_ln_fc * ln_2 * amount[i];
    }
}

static void backward(double *dx, double *const *dp, double *dstate, const double *dy,
    const double *tape, const double *state, const double *x, const double *const *p,
    const aed_block *b)
{
    const size_t n = b->n;
    const double *u = tape + TAPE_U * n;
    const double *g_slope = tape + TAPE_G_SLOPE * n;
    double by_in[AED_CHUNK], by_k[AED_CHUNK], by_g[AED_CHUNK];
    loop l;
    steps f;
    returned r;

    (void)state;
    loop_fill(&l, tape + TAPE_G * n, p[RESONANCE], n);
    steps_fill(&f, &l, p[DRIVE], x, n);
    for (size_t i = 0; i < n; i++)
        r.dN[i] = (1.0 - u[i] * u[i]) * (1.0 / aed_half_octave);
    states_backward(&r, dstate, dy, &l, &f, n);
    loop_backward(by_in, by_k, by_g, &r, &l, tape, p[DRIVE], x, n);
    spread(dx, dp[DRIVE], dp[RESONANCE], by_in, by_k, p[DRIVE], x, n);
    spread_tuning(dp[CUTOFF], dp[AMOUNT], b->denv, by_g, g_slope, p[CUTOFF], p[AMOUNT], b->env, n);
}

const aed_module aed_ladder = {
    .name = "ladder",
    .doc = "four-pole resonant lowpass with saturation",
    .role = AED_EFFECT,
    .needs_env = 1,
    .params = params,
    .n_params = N_PARAMS,
    .state_n = N_STAGES,
    .tape_n = TAPE_N,
    .reset = reset,
    .forward = forward,
    .backward = backward,
};
