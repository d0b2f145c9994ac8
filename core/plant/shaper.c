/* shaper.c: see shaper.h for the shapes. */
#include "shaper.h"

#include <math.h>

static const double u_max = 1e4;
static const double near = 1e-3; /* error of either mean: near^4 · 16/720 and 1e-16/near */
static const double softness = 0.01;

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
    TAPE_S,
    TAPE_C,
    TAPE_N
};

static const aed_param params[N_PARAMS] = {
    {"drive", "", 0.25, 32.0, AED_LOG, 0.5, AED_PLAIN, "gain into the shape"},
    {"bias", "", -1.0, 1.0, AED_LIN, 0.5, AED_PLAIN, "shifts the signal against the shape"},
    {"fold", "", 0.0, 1.0, AED_LIN, 0.5, AED_PLAIN, "from tanh to a sine that folds"},
    {"asym", "", 0.0, 1.0, AED_LIN, 0.5, AED_PLAIN, "lifts the lower half: even harmonics"},
};

static void reset(double *state, unsigned long seed, size_t instance)
{
    (void)seed, (void)instance;
    state[0] = 0.0;
}

/* u, and of it tanh, ln(1 + exp(-2|u|)), sin and cos: f and F follow by products. */
typedef struct
{
    double u, t, l, s, c;
} point;

static inline point point_at(double u)
{
    const double e = exp(-2.0 * fabs(u)), t = (1.0 - e) / (1.0 + e);

    return (point){u, u < 0.0 ? -t : t, log1p(e), sin(u), cos(u)};
}

static void point_put(double *tape, const point *a, size_t i, size_t n)
{
    tape[TAPE_U * n + i] = a->u;
    tape[TAPE_T * n + i] = a->t;
    tape[TAPE_L * n + i] = a->l;
    tape[TAPE_S * n + i] = a->s;
    tape[TAPE_C * n + i] = a->c;
}

static point point_get(const double *tape, size_t i, size_t n)
{
    return (point){tape[TAPE_U * n + i], tape[TAPE_T * n + i], tape[TAPE_L * n + i],
        tape[TAPE_S * n + i], tape[TAPE_C * n + i]};
}

/* One number for each of tanh, tanh^2, sin, sin^2, of which f is a convex mix. */
typedef struct
{
    double t, tt, s, ss;
} four;

static inline double dot(four a, four b)
{
    return a.t * b.t + a.tt * b.tt + a.s * b.s + a.ss * b.ss;
}

static inline four mix(double fold, double asym)
{
    const double a = asym / 3.0;

    return (four){(1.0 - fold) * (1.0 - a), (1.0 - fold) * a, fold * (1.0 - a), fold * a};
}

static inline four mix_by_fold(double asym)
{
    const double a = asym / 3.0;

    return (four){a - 1.0, -a, 1.0 - a, a};
}

static inline four mix_by_asym(double fold)
{
    return (four){(fold - 1.0) / 3.0, (1.0 - fold) / 3.0, -fold / 3.0, fold / 3.0};
}

static inline four value(const point *a)
{
    return (four){a->t, a->t * a->t, a->s, a->s * a->s};
}

static inline four slope(const point *a)
{
    const double q = 1.0 - a->t * a->t;

    return (four){q, 2.0 * a->t * q, a->c, 2.0 * a->s * a->c};
}

static inline four curve(const point *a)
{
    const double tt = a->t * a->t, q = 1.0 - tt;

    return (four){-2.0 * a->t * q, 2.0 * q * (1.0 - 3.0 * tt), -a->s, 2.0 - 4.0 * a->s * a->s};
}

/* Trapezoid with end correction (Euler-Maclaurin), d = u1 - u0:
 *
 *     m = (f0 + f1)/2 - d (f1' - f0')/12,   error d^4 f''''/720 and |f''''| <= 16 */
static inline double mean_near(double f0, double f1, double slope0, double slope1, double d)
{
    return 0.5 * (f0 + f1) - d * (slope1 - slope0) / 12.0;
}

static inline four means_near(const point *from, const point *to, double d)
{
    const four f0 = value(from), f1 = value(to), k0 = slope(from), k1 = slope(to);

    return (four){mean_near(f0.t, f1.t, k0.t, k1.t, d), mean_near(f0.tt, f1.tt, k0.tt, k1.tt, d),
        mean_near(f0.s, f1.s, k0.s, k1.s, d), mean_near(f0.ss, f1.ss, k0.ss, k1.ss, d)};
}

/* The antiderivatives, their differences over d:
 *
 *     tanh      |u| + ln(1 + exp(-2|u|)) - ln 2
 *     tanh^2    u - tanh u
 *     sin       -cos u
 *     sin^2     (u - sin u cos u)/2
 *
 * What grows with u is subtracted by itself, so the rest stays exact to 1e-16/d at every u. */
static inline four means(const point *from, const point *to)
{
    const double d = to->u - from->u;

    if (fabs(d) < near)
        return means_near(from, to, d);
    const double by_d = 1.0 / d;
    return (four){
        (fabs(to->u) - fabs(from->u) + (to->l - from->l)) * by_d,
        1.0 - (to->t - from->t) * by_d,
        (from->c - to->c) * by_d,
        0.5 - 0.5 * (to->s * to->c - from->s * from->c) * by_d,
    };
}

static inline double clipped(double u)
{
    return u > u_max ? u_max : u < -u_max ? -u_max : u;
}

static void forward(double *y, double *tape, double *state, const double *x, const double *const *p,
    const aed_block *b)
{
    point last = point_at(state[0]), rest = point_at(p[BIAS][0]);

    for (size_t i = 0; i < b->n; i++)
    {
        const point now = point_at(clipped(p[DRIVE][i] * x[i] + p[BIAS][i]));
        const four w = mix(p[FOLD][i], p[ASYM][i]), m = means(&last, &now);

        if (p[BIAS][i] != rest.u)
            rest = point_at(p[BIAS][i]);
        const double v = dot(w, value(&rest));
        y[i] = (dot(w, m) - v) / (1.0 + sqrt(v * v + softness));
        point_put(tape, &now, i, b->n);
        last = now;
    }
    state[0] = last.u;
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

static inline ends mean_slope(const point *from, const point *to, four w, double m)
{
    const double d = to->u - from->u;

    if (fabs(d) < near)
    {
        const double k0 = dot(w, slope(from)), k1 = dot(w, slope(to));
        const double c0 = dot(w, curve(from)), c1 = dot(w, curve(to));

        return (ends){(5.0 * k1 + k0 - d * c1) / 12.0, (5.0 * k0 + k1 + d * c0) / 12.0};
    }
    return (ends){(dot(w, value(to)) - m) / d, (m - dot(w, value(from))) / d};
}

static inline four weighted(double a, four x, double b, four y)
{
    return (four){a * x.t + b * y.t, a * x.tt + b * y.tt, a * x.s + b * y.s, a * x.ss + b * y.ss};
}

/* Adjoint. With r = sqrt(v^2 + 0.01) and y = (m - v)/(1 + r):
 *
 *     dm = dy/(1 + r),   dv = -dm (1 + y v/r)
 *     du[i]  = dm[i] (dm/du1)[i] + dm[i+1] (dm/du0)[i+1]; the last one's second term is dstate,
 *              and what is left for u[-1] leaves as dstate
 *     dx    += drive du,   ddrive += x du,   dbias += du + f'(bias) dv;   du = 0 where u is clipped
 *     dw     = dm means + dv values at bias,   dfold += <dw, dw/dfold>, dasym likewise */
static void backward(double *dx, double *const *dp, double *dstate, const double *dy,
    const double *tape, const double *state, const double *x, const double *const *p,
    const aed_block *b)
{
    point now = point_get(tape, b->n - 1, b->n), rest = point_at(p[BIAS][b->n - 1]);
    double later = dstate[0];

    for (size_t i = b->n; i-- > 0;)
    {
        const point last = i > 0 ? point_get(tape, i - 1, b->n) : point_at(state[0]);
        const four w = mix(p[FOLD][i], p[ASYM][i]), mean = means(&last, &now);

        if (p[BIAS][i] != rest.u)
            rest = point_at(p[BIAS][i]);
        const four v_of = value(&rest);
        const double m = dot(w, mean), v = dot(w, v_of), r = sqrt(v * v + softness);
        const double dm = dy[i] / (1.0 + r), dv = -dm * (1.0 + (m - v) * v / (r * (1.0 + r)));
        const ends by = mean_slope(&last, &now, w, m);
        const double du = fabs(now.u) < u_max ? dm * by.by_to + later : 0.0;
        const four dw = weighted(dm, mean, dv, v_of);

        dx[i] += du * p[DRIVE][i];
        dp[DRIVE][i] += du * x[i];
        dp[BIAS][i] += du + dv * dot(w, slope(&rest));
        dp[FOLD][i] += dot(dw, mix_by_fold(p[ASYM][i]));
        dp[ASYM][i] += dot(dw, mix_by_asym(p[FOLD][i]));
        later = dm * by.by_from;
        now = last;
    }
    dstate[0] = later;
}

const aed_module aed_shaper = {
    .name = "shaper",
    .doc = "distortion: tanh to sine folder, anti-aliased",
    .role = AED_EFFECT,
    .params = params,
    .n_params = N_PARAMS,
    .state_n = 1,
    .tape_n = TAPE_N,
    .reset = reset,
    .forward = forward,
    .backward = backward,
};
