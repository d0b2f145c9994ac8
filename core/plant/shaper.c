/* shaper.c: see shaper.h for the shapes. */
#include "shaper.h"

#include <math.h>

#include "base/hot.h"
#include "base/vmath.h"

static const double u_max = 1e4;
static const double near = 1e-3; /* error of either mean: near^4 · 1e3/720 and 1e-15/near */
static const double softness = 0.01;
static const double third = 1.0 / 3.0, twelfth = 1.0 / 12.0;

enum
{
    DRIVE,
    BIAS,
    FOLD,
    ASYM,
    N_PARAMS
};

/* Planes of n doubles on the tape: the point of each sample. */
enum
{
    TAPE_U,
    TAPE_T,
    TAPE_L,
    TAPE_N
};

static const aed_param params[N_PARAMS] = {
    {"drive", "", 0.25, 32.0, AED_LOG, 0.5, AED_PLAIN, "gain into the shape"},
    {"bias", "", -1.0, 1.0, AED_LIN, 0.5, AED_PLAIN, "shifts the signal against the shape"},
    {"fold", "", 0.0, 1.0, AED_LIN, 0.5, AED_PLAIN, "from tanh to two folds on either side"},
    {"asym", "", 0.0, 1.0, AED_LIN, 0.5, AED_PLAIN, "lifts the lower half: even harmonics"},
};

static void reset(double *state, unsigned long seed, size_t instance)
{
    (void)seed, (void)instance;
    state[0] = 0.0;
}

/* u before the chunk and at its samples, and of it tanh and ln(1 + exp(-2|u|)): f and F follow by
 * products. */
typedef struct
{
    double u[AED_CHUNK + 1], t[AED_CHUNK + 1], l[AED_CHUNK + 1];
} points;

/* 2 atanh(s)/s by s^2 <= 1/9. Interpolated at Chebyshev nodes, which leaves out 5e-17. */
AED_INLINE double atanh_series(double z)
{
    const double z2 = z * z, z4 = z2 * z2;
    const double a = 2.0 + 0.6666666666668257 * z;
    const double b = 0.399999999952876 + 0.2857142911165716 * z;
    const double c = 0.22222190861346283 + 0.1818285980047391 * z;
    const double d = 0.15363676248891633 + 0.13591305485579894 * z;
    const double e = 0.09880789048764786 + 0.17780763826113302 * z;

    return (a + z2 * b) + z4 * ((c + z2 * d) + z4 * e);
}

/* t and l from u, n of each. With e = exp(-2|u|), |t| = (1 - e)/(1 + e) and
 * ln(1 + e) = 2 atanh(e/(2 + e)): one division serves both. */
AED_HOT static void points_fill(
    double *restrict t, double *restrict l, const double *restrict u, size_t n)
{
    for (size_t i = 0; i < n; i++)
    {
        const double e = aed_exp(-2.0 * fabs(u[i])), one = 1.0 + e, two = 2.0 + e;
        const double by_both = 1.0 / (one * two), s = e * one * by_both;

        t[i] = copysign((1.0 - e) * two * by_both, u[i]);
        l[i] = s * atanh_series(s * s);
    }
}

/* One number for each of tanh, T5(tanh) - tanh and tanh^2, which f adds up. */
typedef struct
{
    double tanh, ripple, even;
} parts;

AED_INLINE parts weights(double fold, double asym)
{
    const double a = asym * third;

    return (parts){1.0 - a, (1.0 - a) * fold, a};
}

AED_INLINE double dot(parts a, parts b)
{
    return a.tanh * b.tanh + a.ripple * b.ripple + a.even * b.even;
}

AED_INLINE parts values(double t)
{
    const double q = t * t;

    return (parts){t, 4.0 * t * (1.0 - q) * (1.0 - 4.0 * q), q};
}

/* d/du = (1 - q) d/dt. */
AED_INLINE parts slopes(double t)
{
    const double q = t * t, p = 1.0 - q;

    return (parts){p, 4.0 * p * (1.0 + q * (20.0 * q - 15.0)), 2.0 * t * p};
}

AED_INLINE parts curves(double t)
{
    const double q = t * t, p = 1.0 - q;

    return (parts){
        -2.0 * t * p, -16.0 * t * p * (8.0 + q * (30.0 * q - 35.0)), 2.0 * p * (1.0 - 3.0 * q)};
}

/* Trapezoid with end correction (Euler-Maclaurin), d = u1 - u0:
 *
 *     m = (f0 + f1)/2 - d (f1' - f0')/12,   error d^4 f''''/720 and |f''''| < 1e3 */
AED_INLINE double mean_near(double f0, double f1, double slope0, double slope1, double d)
{
    return 0.5 * (f0 + f1) - d * (slope1 - slope0) * twelfth;
}

/* The antiderivatives, their differences over d:
 *
 *     tanh        |u| + ln(1 + exp(-2|u|)) - ln 2
 *     ripple      2 q (1 - 2 q)
 *     tanh^2      u - tanh u
 *
 * What grows with u is subtracted by itself, so the rest stays exact to 1e-15/d at every u. */
AED_INLINE parts means(const points *a, size_t i)
{
    const double u0 = a->u[i], u1 = a->u[i + 1], t0 = a->t[i], t1 = a->t[i + 1], d = u1 - u0;
    const double q0 = t0 * t0, q1 = t1 * t1;
    const int is_near = fabs(d) < near;
    const double by_d = 1.0 / (is_near ? 1.0 : d);
    const double dl = (fabs(u1) - fabs(u0)) + (a->l[i + 1] - a->l[i]);
    const parts f0 = values(t0), f1 = values(t1), k0 = slopes(t0), k1 = slopes(t1);
    const double tanh_near = mean_near(f0.tanh, f1.tanh, k0.tanh, k1.tanh, d);
    const double ripple_near = mean_near(f0.ripple, f1.ripple, k0.ripple, k1.ripple, d);
    const double even_near = mean_near(f0.even, f1.even, k0.even, k1.even, d);
    const double tanh_far = dl * by_d, even_far = 1.0 - (t1 - t0) * by_d;
    const double ripple_far = 2.0 * (q1 - q0) * (1.0 - 2.0 * (q1 + q0)) * by_d;

    return (parts){is_near ? tanh_near : tanh_far, is_near ? ripple_near : ripple_far,
        is_near ? even_near : even_far};
}

/* u [n]. */
AED_HOT static void drive_fill(double *restrict u, const double *restrict x,
    const double *restrict drive, const double *restrict bias, const double *restrict fold,
    size_t n)
{
    for (size_t i = 0; i < n; i++)
        u[i] = aed_clamp((drive[i] * x[i] + bias[i]) / (1.0 + 4.0 * fold[i]), -u_max, u_max);
}

/* y [n] from n + 1 points and tanh of the u at rest. */
AED_HOT static void shape(double *restrict y, const points *restrict a, const double *restrict rest,
    const double *restrict fold, const double *restrict asym, size_t n)
{
    for (size_t i = 0; i < n; i++)
    {
        const parts w = weights(fold[i], asym[i]);
        const double v = dot(w, values(rest[i]));

        y[i] = (dot(w, means(a, i)) - v) / (1.0 + sqrt(v * v + softness));
    }
}

/* tanh of the u at rest, bias/(1 + 4 fold) [n]. */
AED_HOT static void rest_fill(
    double *restrict rest, const double *restrict bias, const double *restrict fold, size_t n)
{
    for (size_t i = 0; i < n; i++)
        rest[i] = aed_tanh(bias[i] / (1.0 + 4.0 * fold[i]));
}

static void forward(double *y, double *tape, double *state, const double *x, const double *const *p,
    const aed_block *b)
{
    const size_t n = b->n, size = n * sizeof *tape;
    double rest[AED_CHUNK];
    points a;

    a.u[0] = state[0];
    drive_fill(a.u + 1, x, p[DRIVE], p[BIAS], p[FOLD], n);
    points_fill(a.t, a.l, a.u, n + 1);
    rest_fill(rest, p[BIAS], p[FOLD], n);
    shape(y, &a, rest, p[FOLD], p[ASYM], n);
    memcpy(tape + TAPE_U * n, a.u + 1, size);
    memcpy(tape + TAPE_T * n, a.t + 1, size);
    memcpy(tape + TAPE_L * n, a.l + 1, size);
    state[0] = a.u[n];
}

static void points_read(points *a, const double *tape, const double *state, size_t n)
{
    const size_t size = n * sizeof *tape;

    a->u[0] = state[0];
    points_fill(a->t, a->l, a->u, 1);
    memcpy(a->u + 1, tape + TAPE_U * n, size);
    memcpy(a->t + 1, tape + TAPE_T * n, size);
    memcpy(a->l + 1, tape + TAPE_L * n, size);
}

/* How the mean m moves with its ends. The quotient gives
 *
 *     dm/du1 = (f1 - m)/d,                      dm/du0 = (m - f0)/d
 *
 * and the trapezoid, differentiated as it stands,
 *
 *     dm/du1 = (5 f1' + f0' - d f1'')/12,       dm/du0 = (5 f0' + f1' + d f0'')/12. */
typedef struct
{
    double by_to, by_from;
} ends;

AED_INLINE ends mean_slope(const points *a, size_t i, parts w, double m)
{
    const double d = a->u[i + 1] - a->u[i], t0 = a->t[i], t1 = a->t[i + 1];
    const int is_near = fabs(d) < near;
    const double by_d = 1.0 / (is_near ? 1.0 : d);
    const double k0 = dot(w, slopes(t0)), k1 = dot(w, slopes(t1));
    const double to_near = (5.0 * k1 + k0 - d * dot(w, curves(t1))) * twelfth;
    const double from_near = (5.0 * k0 + k1 + d * dot(w, curves(t0))) * twelfth;
    const double to_far = (dot(w, values(t1)) - m) * by_d;
    const double from_far = (m - dot(w, values(t0))) * by_d;

    return (ends){is_near ? to_near : to_far, is_near ? from_near : from_far};
}

/* What a chunk's outputs want of its points: dL/du[i] = to[i] + from[i+1]; and of the u at rest. */
typedef struct
{
    double to[AED_CHUNK], from[AED_CHUNK + 1], rest[AED_CHUNK];
} wishes;

/* Adjoint. With r = sqrt(v^2 + 0.01) and y = (m - v)/(1 + r):
 *
 *     dm = dy/(1 + r),   dv = -dm (1 + y v/r)
 *     dw = dm means + dv values at rest,   dfold += <dw, dw/dfold>, dasym likewise
 *
 * and what u and the u at rest get, by the slopes of m and of f. */
AED_HOT static void shape_backward(wishes *restrict d, double *restrict dfold,
    double *restrict dasym, const double *restrict dy, const points *restrict a,
    const double *restrict rest, const double *restrict fold, const double *restrict asym, size_t n)
{
    for (size_t i = 0; i < n; i++)
    {
        const parts w = weights(fold[i], asym[i]), mean = means(a, i), v_of = values(rest[i]);
        const double m = dot(w, mean), v = dot(w, v_of), r = sqrt(v * v + softness);
        const double y = (m - v) / (1.0 + r), dm = dy[i] / (1.0 + r), dv = -dm * (1.0 + y * v / r);
        const ends by = mean_slope(a, i, w, m);
        const double dw_tanh = dm * mean.tanh + dv * v_of.tanh;
        const double dw_ripple = dm * mean.ripple + dv * v_of.ripple;
        const double dw_even = dm * mean.even + dv * v_of.even;

        dfold[i] += w.tanh * dw_ripple;
        dasym[i] += (dw_even - dw_tanh - fold[i] * dw_ripple) * third;
        d->to[i] = dm * by.by_to;
        d->from[i] = dm * by.by_from;
        d->rest[i] = dv * dot(w, slopes(rest[i]));
    }
}

/* Through u = (drive x + bias)/s and its rest bias/s, s = 1 + 4 fold:
 *
 *     dx += drive du/s,   ddrive += x du/s,   dbias += (du + drest)/s,
 *     dfold -= 4 (u du + bias/s drest)/s;   du = 0 where u is clipped */
AED_HOT static void drive_backward(double *restrict dx, double *restrict ddrive,
    double *restrict dbias, double *restrict dfold, const wishes *restrict d,
    const double *restrict u, const double *restrict x, const double *const *p, size_t n)
{
    const double *restrict drive = p[DRIVE], *restrict bias = p[BIAS], *restrict fold = p[FOLD];

    for (size_t i = 0; i < n; i++)
    {
        const double by_s = 1.0 / (1.0 + 4.0 * fold[i]), sum = d->to[i] + d->from[i + 1];
        const double du = (fabs(u[i]) < u_max ? sum : 0.0) * by_s, drest = d->rest[i] * by_s;

        dx[i] += du * drive[i];
        ddrive[i] += du * x[i];
        dbias[i] += du + drest;
        dfold[i] -= 4.0 * (u[i] * du + bias[i] * by_s * drest);
    }
}

static void backward(double *dx, double *const *dp, double *dstate, const double *dy,
    const double *tape, const double *state, const double *x, const double *const *p,
    const aed_block *b)
{
    const size_t n = b->n;
    double rest[AED_CHUNK];
    wishes d;
    points a;

    points_read(&a, tape, state, n);
    rest_fill(rest, p[BIAS], p[FOLD], n);
    shape_backward(&d, dp[FOLD], dp[ASYM], dy, &a, rest, p[FOLD], p[ASYM], n);
    d.from[n] = dstate[0];
    drive_backward(dx, dp[DRIVE], dp[BIAS], dp[FOLD], &d, a.u + 1, x, p, n);
    dstate[0] = d.from[0];
}

const aed_module aed_shaper = {
    .name = "shaper",
    .doc = "distortion: tanh to a folder of two stages, anti-aliased",
    .role = AED_EFFECT,
    .params = params,
    .n_params = N_PARAMS,
    .state_n = 1,
    .tape_n = TAPE_N,
    .reset = reset,
    .forward = forward,
    .backward = backward,
};
