/* ladder.c: see ladder.h for the filter. */
#include "ladder.h"

#include <math.h>

#include "base/hot.h"
#include "base/vmath.h"

static const double pi = 3.141592653589793;
static const double ln_2 = 0.6931471805599453;
static const double k_max = 4.2;
static const double fc_max = 0.45; /* of the sample rate */

enum
{
    CUTOFF,
    RESONANCE,
    DRIVE,
    AMOUNT,
    TRACK,
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
        "feedback; the filter sings by itself above 0.95"},
    {"drive", "", 0.5, 16.0, AED_LOG, 0.5, AED_PLAIN, "gain into the saturation"},
    {"env", "oct", -3.0, 3.0, AED_LIN, 0.5, AED_PLAIN, "how far the envelope moves the cutoff"},
    {"track", "", 0.0, 1.0, AED_LIN, 0.5, AED_STANDS, "octaves of cutoff for an octave of pitch"},
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
    const double *cutoff = p[CUTOFF], *amount = p[AMOUNT], *track = p[TRACK];
    const double *env = b->bus[AED_ENV], *pitch = b->bus[AED_PITCH], *sweep = b->bus[AED_SWEEP];
    const double by_sr = 1.0 / b->sr_hz;

    for (size_t i = 0; i < b->n; i++)
    {
        const double octaves = amount[i] * env[i] + track[i] * pitch[i] + sweep[i];
        const double wanted = cutoff[i] * aed_exp2(octaves) * by_sr;
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
    const double *g_slope = tape + TAPE_G_SLOPE * n;
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
        const double d_octaves = ln_2 * d_ln_fc[i];

        dp[CUTOFF][i] += d_ln_fc[i] / p[CUTOFF][i];
        dp[AMOUNT][i] += d_octaves * b->bus[AED_ENV][i];
        dp[TRACK][i] += d_octaves * b->bus[AED_PITCH][i];
        b->dbus[AED_ENV][i] += d_octaves * p[AMOUNT][i];
        b->dbus[AED_PITCH][i] += d_octaves * p[TRACK][i];
        b->dbus[AED_SWEEP][i] += d_octaves;
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
