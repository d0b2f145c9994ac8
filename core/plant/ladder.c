/* ladder.c: see ladder.h for the filter. */
#include "ladder.h"

#include <math.h>

#include "base/hot.h"
#include "base/vmath.h"
#include "cutoff.h"

static const double k_max = 4.2;
static const double ds_max = 1e9;

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
    TAPE_G_SLOPE, /* dG / d ln fc */
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

static inline aed_cutoff cutoff_of(const double *const *p)
{
    return (aed_cutoff){p[CUTOFF], p[AMOUNT], p[TRACK]};
}

/* G = g/(1 + g) = sin w/(sin w + cos w), and its slope dG/dln fc = (c^2 + G^2) dw/dln fc with
 * c = 1 - G. */
AED_HOT static void tune(
    double *restrict G, double *restrict G_slope, const double *const *p, const aed_block *b)
{
    const aed_cutoff cutoff = cutoff_of(p);
    double sine[AED_CHUNK], cosine[AED_CHUNK];

    aed_cutoff_angle(sine, cosine, G_slope, &cutoff, b);
    for (size_t i = 0; i < b->n; i++)
    {
        const double to_G = sine[i] / (sine[i] + cosine[i]), c = 1.0 - to_G;

        G[i] = to_G;
        G_slope[i] *= c * c + to_G * to_G;
    }
}

/* What one sample's loop needs beside G. */
typedef struct
{
    double c[AED_CHUNK], k[AED_CHUNK], solve[AED_CHUNK]; /* solve = 1 / (1 + k G^4) */
} loop;

AED_HOT static void loop_fill(
    loop *restrict l, const double *restrict G, const double *restrict resonance, size_t n)
{
    for (size_t i = 0; i < n; i++)
    {
        const double square = G[i] * G[i], k = k_max * resonance[i];

        l->c[i] = 1.0 - G[i];
        l->k[i] = k;
        l->solve[i] = 1.0 / (1.0 + k * (square * square));
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

AED_HOT static void steps_fill(steps *restrict f, const loop *restrict l, const double *restrict Gs,
    const double *restrict drive, const double *restrict x, size_t n)
{
    for (size_t i = 0; i < n; i++)
    {
        const double G = Gs[i], square = G * G, unit = aed_half_octave * l->solve[i];
        const double take = unit * l->k[i] * l->c[i];

        f->in[i] = aed_clamp(unit * drive[i] * x[i], -1e6, 1e6); /* keeps an infinite x away */
        f->take[0][i] = take * G * square;
        f->take[1][i] = take * square;
        f->take[2][i] = take * G;
        f->take[3][i] = take;
        f->put[0][i] = 2.0 * G;
        f->put[1][i] = 2.0 * square;
        f->put[2][i] = 2.0 * G * square;
        f->put[3][i] = 2.0 * square * square;
    }
    f->in[n] = f->take[0][n] = f->take[1][n] = f->take[2][n] = f->take[3][n] = 0.0;
    for (size_t i = 0; i < n; i++)
        f->back[i] = (f->take[0][i + 1] * f->put[0][i] + f->take[1][i + 1] * f->put[1][i]) +
                     (f->take[2][i + 1] * f->put[2][i] + f->take[3][i + 1] * f->put[3][i]);
}

static void forward(double *y, double *tape, double *state, const double *x, const double *const *p,
    const aed_block *b)
{
    const size_t n = b->n;
    double s1 = state[0], s2 = state[1], s3 = state[2], s4 = state[3];
    double *s = tape + TAPE_S * n, *u = tape + TAPE_U * n, *Gs = tape + TAPE_G * n;
    loop l;
    steps f;

    tune(Gs, tape + TAPE_G_SLOPE * n, p, b);
    loop_fill(&l, Gs, p[RESONANCE], n);
    steps_fill(&f, &l, Gs, p[DRIVE], x, n);
    double N =
        f.in[0] - (f.take[0][0] * s1 + f.take[1][0] * s2) - (f.take[2][0] * s3 + f.take[3][0] * s4);
    for (size_t i = 0; i < n; i++)
    {
        const double G = Gs[i], two_c = 2.0 * l.c[i], v = aed_tanh_half_octaves(N);
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
    state[0] = aed_audible(s1);
    state[1] = aed_audible(s2);
    state[2] = aed_audible(s3);
    state[3] = aed_audible(s4);
}

/* Adjoint of one sample. Stages, last to first, with a_j = dL/dy_j and ds_j' = dL/ds_j after it:
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
 * and c = 1 - G takes dc from dG. Only ds goes from sample to sample; the rest is done side by side,
 * from what that leaves. */
typedef struct
{
    double a[N_STAGES][AED_CHUNK], dN[AED_CHUNK];
} pull;

static void states_backward(pull *restrict left, double *ds, const double *dy, const loop *l,
    const double *Gs, const double *u, size_t n)
{
    double ds1 = ds[0], ds2 = ds[1], ds3 = ds[2], ds4 = ds[3];

    for (size_t i = n; i-- > 0;)
    {
        const double G = Gs[i], c = l->c[i], square = G * G;
        const double dN_by_a1 = G * (1.0 - u[i] * u[i]) * l->solve[i];
        const double loop_by_a1 = -l->k[i] * c * dN_by_a1;
        const double a4 = dy[i] + 2.0 * ds4;
        const double a3 = G * a4 + 2.0 * ds3;
        const double a2 = G * a3 + 2.0 * ds2;
        const double a1 = square * a3 + 2.0 * (ds1 + G * ds2);
        const double from_loop = loop_by_a1 * a1;

        left->a[0][i] = a1, left->a[1][i] = a2, left->a[2][i] = a3, left->a[3][i] = a4;
        left->dN[i] = dN_by_a1 * a1;
        ds1 = (c * a1 - ds1) + G * square * from_loop;
        ds2 = (c * a2 - ds2) + square * from_loop;
        ds3 = (c * a3 - ds3) + G * from_loop;
        ds4 = (c * a4 - ds4) + from_loop;
    }
    ds[0] = ds1, ds[1] = ds2, ds[2] = ds3, ds[3] = ds4;
}

/* d_ln_fc [n] out; dx, ddrive and dresonance accumulate. */
AED_HOT static void loop_backward(double *restrict d_ln_fc, double *restrict dx,
    double *restrict ddrive, double *restrict dresonance, const pull *restrict left,
    const loop *restrict l, const double *restrict tape, const double *restrict drive,
    const double *restrict x, size_t n)
{
    const double *s1 = tape + TAPE_S * n, *s2 = s1 + n, *s3 = s2 + n, *s4 = s3 + n;
    const double *u = tape + TAPE_U * n, *Gs = tape + TAPE_G * n, *slope = tape + TAPE_G_SLOPE * n;

    for (size_t i = 0; i < n; i++)
    {
        const double G = Gs[i], c = l->c[i], k = l->k[i], cube = G * G * G, dN = left->dN[i];
        const double a1 = left->a[0][i], a2 = left->a[1][i], a3 = left->a[2][i], a4 = left->a[3][i];
        const double y1 = G * u[i] + c * s1[i], y2 = G * y1 + c * s2[i], y3 = G * y2 + c * s3[i];
        const double R = G * (G * (G * s1[i] + s2[i]) + s3[i]) + s4[i];
        const double dR_by_G = G * (3.0 * G * s1[i] + 2.0 * s2[i]) + s3[i];
        const double dM = -dN * (drive[i] * x[i] - k * c * R) * l->solve[i], dS = -k * dN;
        const double dc = a4 * s4[i] + a3 * s3[i] + a2 * s2[i] + a1 * s1[i] + R * dS;
        const double dG =
            a4 * y3 + a3 * y2 + a2 * y1 + a1 * u[i] + 4.0 * k * cube * dM + c * dS * dR_by_G;

        dx[i] += dN * drive[i];
        ddrive[i] += dN * x[i];
        dresonance[i] += k_max * (G * cube * dM - c * R * dN);
        d_ln_fc[i] = (dG - dc) * slope[i];
    }
}

/* Where the filter is about to sing out of silence, dL/dstate grows as fast backwards in time as the
 * tone would forwards, and a long window would end in infinity. Elsewhere it stays below some
 * thousands of sum |dL/dy|. */
static void keep_finite(double *ds)
{
    double largest = 0.0;

    for (size_t j = 0; j < N_STAGES; j++)
        largest = fmax(largest, fabs(ds[j]));
    for (size_t j = 0; j < N_STAGES && largest > ds_max; j++)
        ds[j] *= ds_max / largest;
}

static void backward(double *dx, double *const *dp, double *dstate, const double *dy,
    const double *tape, const double *state, const double *x, const double *const *p,
    const aed_block *b)
{
    const size_t n = b->n;
    const double *G = tape + TAPE_G * n;
    const aed_cutoff cutoff = cutoff_of(p);
    const aed_cutoff_gradient dcutoff = {dp[CUTOFF], dp[AMOUNT], dp[TRACK]};
    double d_ln_fc[AED_CHUNK];
    loop l;
    pull left;

    (void)state;
    loop_fill(&l, G, p[RESONANCE], n);
    states_backward(&left, dstate, dy, &l, G, tape + TAPE_U * n, n);
    keep_finite(dstate);
    loop_backward(d_ln_fc, dx, dp[DRIVE], dp[RESONANCE], &left, &l, tape, p[DRIVE], x, n);
    aed_cutoff_backward(&dcutoff, d_ln_fc, &cutoff, b);
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
