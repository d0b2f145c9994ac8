/* ladder.c: see ladder.h for the filter. */
#include "ladder.h"

#include <math.h>

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
    {"cutoff", "Hz", 60.0, 7680.0, AED_LOG, 0.5, AED_PLAIN,
        "cutoff frequency while the envelope is 0"},
    {"resonance", "", 0.0, 1.0, AED_LIN, 0.5, AED_PLAIN,
        "feedback; 1 is just below self-oscillation"},
    {"drive", "", 0.5, 16.0, AED_LOG, 0.5, AED_PLAIN, "gain into the saturation"},
    {"env", "oct", -3.0, 3.0, AED_LIN, 0.5, AED_PLAIN, "how far the envelope moves the cutoff"},
};

static void reset(double *state, unsigned long seed, size_t instance)
{
    (void)seed, (void)instance;
    for (size_t j = 0; j < N_STAGES; j++)
        state[j] = 0.0;
}

/* g [n] and its slope dg/dln fc = (1 + g^2) pi fc/sr, 0 where fc is clipped. */
static void tune(double *g, double *g_slope, const double *const *p, const aed_block *b)
{
    const double limit = fc_max * b->sr_hz, *env = b->bus[AED_ENV], *sweep = b->bus[AED_SWEEP];

    for (size_t i = 0; i < b->n; i++)
    {
        const double wanted = p[CUTOFF][i] * exp2(p[AMOUNT][i] * env[i] + sweep[i]);
        const double w = pi * fmin(wanted, limit) / b->sr_hz;

        g[i] = tan(w);
        g_slope[i] = wanted < limit ? (1.0 + g[i] * g[i]) * w : 0.0;
    }
}

/* What one sample's loop needs, from g and the resonance. */
typedef struct
{
    double c[AED_CHUNK], G[AED_CHUNK], k[AED_CHUNK];
    double solve[AED_CHUNK]; /* 1 / (1 + k G^4) */
} loop;

static void loop_fill(loop *l, const double *g, const double *resonance, size_t n)
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

/* tanh at half the price of libm's. The series near 0 keeps the relative precision there: rounded
 * to 1e-16 of full scale instead, a resonant loop would never fall silent. */
static inline double saturate(double x)
{
    if (fabs(x) < 0.01)
    {
        const double q = x * x;
        return x * (1.0 - q * (1.0 / 3.0 - q * (2.0 / 15.0 - q * (17.0 / 315.0))));
    }
    return 1.0 - 2.0 / (exp(x + x) + 1.0);
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

    tune(tape + TAPE_G * n, tape + TAPE_G_SLOPE * n, p, b);
    loop_fill(&l, tape + TAPE_G * n, p[RESONANCE], n);
    for (size_t i = 0; i < n; i++)
    {
        const double G = l.G[i], c = l.c[i];
        const double S = c * (G * (G * (G * s1 + s2) + s3) + s4);

        s[i] = s1, s[n + i] = s2, s[2 * n + i] = s3, s[3 * n + i] = s4;
        u[i] = saturate((p[DRIVE][i] * x[i] - l.k[i] * S) * l.solve[i]);
        const double y1 = G * u[i] + c * s1;
        const double y2 = G * y1 + c * s2;
        const double y3 = G * y2 + c * s3;
        y[i] = G * y3 + c * s4;
        s1 = 2.0 * y1 - s1;
        s2 = 2.0 * y2 - s2;
        s3 = 2.0 * y3 - s3;
        s4 = 2.0 * y[i] - s4;
    }
    state[0] = without_denormal(s1);
    state[1] = without_denormal(s2);
    state[2] = without_denormal(s3);
    state[3] = without_denormal(s4);
}

/* Adjoint of one sample. ds [4] in: dL/ds_j after it; out: before it. Stages, last to first, with
 * a_j = dL/dy_j:
 *
 *     a_j = (from above) + 2 ds_j',   from above: dy for j = 4, G a_{j+1} below
 *     ds_j = c a_j - ds_j'
 *     dG += a_j in_j,   dc += a_j s_j,   du = G a_1
 *
 * then the loop, with N = drive x - k S, M = 1 + k G^4, u = tanh(N/M), S = c R:
 *
 *     dN = du (1 - u^2)/M,   dM = -dN N/M,   dS = -k dN
 *     dk = -S dN + G^4 dM
 *     dG += 4 k G^3 dM + c dS dR/dG,   dc += R dS,   ds_j += c dS G^(4-j)
 *
 * and G = g/(1+g), c = 1/(1+g) have slopes c^2 and -c^2: dg = c^2 (dG - dc). */
typedef struct
{
    double dN, dk, dg;
} loop_gradient;

static inline loop_gradient sample_backward(
    double *ds, double dy, const loop *l, size_t i, const double s[N_STAGES], double u, double in)
{
    const double G = l->G[i], c = l->c[i], k = l->k[i], cube = G * G * G;
    const double y1 = G * u + c * s[0], y2 = G * y1 + c * s[1], y3 = G * y2 + c * s[2];
    const double a4 = dy + 2.0 * ds[3];
    const double a3 = G * a4 + 2.0 * ds[2];
    const double a2 = G * a3 + 2.0 * ds[1];
    const double a1 = G * a2 + 2.0 * ds[0];
    const double R = G * (G * (G * s[0] + s[1]) + s[2]) + s[3];
    const double N = in - k * c * R;
    const double dN = G * a1 * (1.0 - u * u) * l->solve[i];
    const double dM = -dN * N * l->solve[i], dS = -k * dN;
    const double dR_by_G = G * (3.0 * G * s[0] + 2.0 * s[1]) + s[2];
    const double dG = a4 * y3 + a3 * y2 + a2 * y1 + a1 * u + 4.0 * k * cube * dM + c * dS * dR_by_G;
    const double dc = a4 * s[3] + a3 * s[2] + a2 * s[1] + a1 * s[0] + R * dS;

    ds[0] = c * (a1 + dS * cube) - ds[0];
    ds[1] = c * (a2 + dS * G * G) - ds[1];
    ds[2] = c * (a3 + dS * G) - ds[2];
    ds[3] = c * (a4 + dS) - ds[3];
    return (loop_gradient){dN, G * cube * dM - c * R * dN, c * c * (dG - dc)};
}

static void backward(double *dx, double *const *dp, double *dstate, const double *dy,
    const double *tape, const double *state, const double *x, const double *const *p,
    const aed_block *b)
{
    const size_t n = b->n;
    const double *s = tape + TAPE_S * n, *u = tape + TAPE_U * n;
    const double *g_slope = tape + TAPE_G_SLOPE * n, *env = b->bus[AED_ENV];
    double *denv = b->dbus[AED_ENV], *dsweep = b->dbus[AED_SWEEP];
    double ds[N_STAGES] = {dstate[0], dstate[1], dstate[2], dstate[3]};
    double d_ln_fc[AED_CHUNK];
    loop l;

    (void)state;
    loop_fill(&l, tape + TAPE_G * n, p[RESONANCE], n);
    for (size_t i = n; i-- > 0;)
    {
        const double before[N_STAGES] = {s[i], s[n + i], s[2 * n + i], s[3 * n + i]};
        const loop_gradient d = sample_backward(ds, dy[i], &l, i, before, u[i], p[DRIVE][i] * x[i]);

        dx[i] += d.dN * p[DRIVE][i];
        dp[DRIVE][i] += d.dN * x[i];
        dp[RESONANCE][i] += d.dk * k_max;
        d_ln_fc[i] = d.dg * g_slope[i];
    }
    for (size_t i = 0; i < n; i++)
    {
        dp[CUTOFF][i] += d_ln_fc[i] / p[CUTOFF][i];
        dp[AMOUNT][i] += d_ln_fc[i] * ln_2 * env[i];
        denv[i] += d_ln_fc[i] * ln_2 * p[AMOUNT][i];
        dsweep[i] += d_ln_fc[i] * ln_2;
    }
    for (size_t j = 0; j < N_STAGES; j++)
        dstate[j] = ds[j];
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
