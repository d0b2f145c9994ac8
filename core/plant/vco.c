/* vco.c: see vco.h for the waves. */
#include "vco.h"

#include <math.h>
#include <string.h>

#include "base/hot.h"
#include "base/rng.h"
#include "base/vmath.h"
#include "still.h"

static const double two_pi = 6.283185307179586;
static const double ln_2 = 0.6931471805599453;
static const double ln_cent = 0.0005776226504666211; /* ln 2 / 1200 */
static const double dt_min = 1e-9, dt_max = 0.45;
static const double wander_hz = 3.0;

enum
{
    FREQ,
    FINE,
    SINE,
    TRI,
    SAW,
    PULSE,
    WIDTH,
    DRIFT,
    FM,
    N_PARAMS
};

enum
{
    PHASE,
    SEED,
    STATE_N
};

enum
{
    TAPE_PHASE, /* planes of n doubles */
    TAPE_DT,
    TAPE_W, /* and the rest of a reach */
    TAPE_BY_W,
    TAPE_SLOPE,
    TAPE_SINE,
    TAPE_BUS,
    TAPE_N
};

static const aed_param params[N_PARAMS] = {
    {"freq", "Hz", 27.5, 3520.0, AED_LOG, 0.5, AED_TUNED,
        "frequency of key 60; other keys transpose"},
    {"fine", "cents", -100.0, 100.0, AED_LIN, 0.5, AED_STANDS, "tuning above or below freq"},
    {"sine", "", 0.0, 1.0, AED_LIN, 0.25, AED_LEVEL, "level of the sine"},
    {"tri", "", 0.0, 1.0, AED_LIN, 0.25, AED_LEVEL, "level of the triangle"},
    {"saw", "", 0.0, 1.0, AED_LIN, 0.5, AED_LEVEL, "level of the sawtooth"},
    {"pulse", "", 0.0, 1.0, AED_LIN, 0.25, AED_LEVEL, "level of the pulse"},
    {"width", "", 0.05, 0.5, AED_LIN, 0.78, AED_PLAIN, "width of the pulse; 0.5 is a square"},
    {"drift", "cents", 0.0, 25.0, AED_LIN, 0.0, AED_STANDS, "how far the pitch wanders by itself"},
    {"fm", "turns", 0.0, 1.0, AED_LIN, 0.0, AED_STANDS,
        "how far the sine of the vco before shifts the phase of this one's sine"},
};

static void reset(double *state, unsigned long seed, size_t instance)
{
    const double golden = 0.3819660112501051;

    state[PHASE] = fmod(golden * (double)instance, 1.0);
    state[SEED] = (double)(aed_rng_bits(seed, instance) >> 11);
}

/* ---- one sample's pieces ---- */

/* Into -1/2 … 1/2, by whole turns. */
AED_INLINE double wrapped(double t)
{
    return t - ((t + aed_rounder) - aed_rounder);
}

/* P(x), |x| <= 1: the integral of 2 k. */
AED_INLINE double step(double x)
{
    const double z = x * x, z2 = z * z;
    const double a = 1155.0 / 256.0 - 3465.0 / 256.0 * z, b = 6006.0 / 256.0 - 5610.0 / 256.0 * z;
    const double c = 2695.0 / 256.0 - 525.0 / 256.0 * z;

    return x * (a + z2 * (b + z2 * c));
}

/* dP/dx = 2 k. */
AED_INLINE double step_slope(double x)
{
    const double z = x * x, u = (1.0 - z) * (1.0 - z);

    return 1155.0 / 256.0 * (u * u) * (1.0 - 5.0 * z);
}

/* R(x), 0 <= x <= 1: the integral of P - 1, from R(1) = 0. */
AED_INLINE double corner(double x)
{
    const double z = x * x, z2 = z * z;
    const double a = 2310.0 / 1024.0 - 3465.0 / 1024.0 * z;
    const double b = 4004.0 / 1024.0 - 2805.0 / 1024.0 * z,
                 c = 1078.0 / 1024.0 - 175.0 / 1024.0 * z;

    return 77.0 / 1024.0 + (z * (a + z2 * (b + z2 * c)) - x);
}

AED_INLINE double at_most_one(double x)
{
    return x < 1.0 ? x : 1.0;
}

AED_INLINE double saw_wave(double d, double by_w)
{
    return 2.0 * d - step(aed_clamp(d * by_w, -1.0, 1.0));
}

/* How far the kernel reaches, as a part of the period. */
typedef struct
{
    double w, by_w; /* 1/w */
    double slope;   /* dw/ddt */
} reach;

/* w = 3 dt/h, h = 1 + 2187/16 dt^4, from a single division; dw/ddt = 3 (4 - 3 h)/h^2. */
AED_INLINE reach reach_of(double dt)
{
    const double dt2 = dt * dt, h = 1.0 + 2187.0 / 16.0 * (dt2 * dt2), r = 1.0 / (dt * h);
    const double by_h = dt * r;

    return (reach){3.0 * dt2 * r, h * h * r * (1.0 / 3.0), 3.0 * (4.0 - 3.0 * h) * (by_h * by_h)};
}

AED_INLINE double tri_wave(double e, double w, double by_w)
{
    const double top = corner(at_most_one(e * by_w));
    const double foot = corner(at_most_one((0.5 - e) * by_w));

    return 4.0 * (0.25 - e - w * (top - foot));
}

/* ---- forward ---- */

/* One chunk is far shorter than a third of a second: it sees three values at most. */
AED_HOT static void wander_fill(double *restrict wander, double seed, const aed_block *b)
{
    const double at = (double)b->at, rate = wander_hz / b->sr_hz, first = floor(at * rate);
    const size_t n = b->n;
    double value[3];

    for (uint64_t k = 0; k < 3; k++)
        value[k] =
            0x1p-52 * (double)(aed_rng_bits((uint64_t)seed, (uint64_t)first + k) >> 11) - 1.0;
    for (size_t i = 0; i < n; i++)
    {
        const double u = (at + (double)(int)i) * rate - first;
        const double f = u < 1.0 ? u : u - 1.0;
        const double from = u < 1.0 ? value[0] : value[1], to = u < 1.0 ? value[1] : value[2];

        wander[i] = from + (to - from) * (f * f * (3.0 - 2.0 * f));
    }
}

/* 2^((fine + drift wander)/1200) is so near to 1 that the short part of exp is all of it. */
AED_HOT static void increments(double *restrict dt, const double *restrict wander,
    const double *const *p, const aed_block *b, size_t n)
{
    const double *freq = p[FREQ], *fine = p[FINE], *drift = p[DRIFT], *ratio = b->ratio;
    const double by_sr = 1.0 / b->sr_hz;

    for (size_t i = 0; i < n; i++)
    {
        const double detune = 1.0 + aed_expm1_near(ln_cent * (fine[i] + drift[i] * wander[i]));
        const double wanted = freq[i] * ratio[i] * by_sr * detune;
        const double below = wanted < dt_max ? wanted : dt_max;

        dt[i] = below > dt_min ? below : dt_min;
    }
}

AED_HOT static void reaches(double *restrict w, double *restrict by_w, double *restrict slope,
    const double *restrict dt, size_t n)
{
    for (size_t i = 0; i < n; i++)
    {
        const reach r = reach_of(dt[i]);

        w[i] = r.w;
        by_w[i] = r.by_w;
        slope[i] = r.slope;
    }
}

/* dt and what follows from it alone. Mostly all stands still. */
static void tuning_fill(
    double *tape, const double *const *p, const double *state, const aed_block *b)
{
    const size_t n = b->n;
    double *dt = tape + TAPE_DT * n, *w = tape + TAPE_W * n, *by_w = tape + TAPE_BY_W * n;
    double *slope = tape + TAPE_SLOPE * n, wander[AED_CHUNK];
    const int wanders = !aed_still_zero(p[DRIFT], n);
    const size_t moves = aed_still(p[FREQ], n) * aed_still(p[FINE], n) * aed_still(b->ratio, n);
    const size_t m = wanders || moves > 1 ? n : 1;

    memset(wander, 0, m * sizeof *wander);
    if (wanders)
        wander_fill(wander, state[SEED], b);
    increments(dt, wander, p, b, m);
    reaches(w, by_w, slope, dt, m);
    aed_still_fill(dt, m, n);
    aed_still_fill(w, m, n);
    aed_still_fill(by_w, m, n);
    aed_still_fill(slope, m, n);
}

/* The one serial loop. Turns in whole 2^-53: sums are exact, and the wrap costs nothing. */
static double advance(double *restrict phases, const double *restrict dt, double phase, size_t n)
{
    const uint64_t turn = (uint64_t)1 << 53;
    uint64_t at = (uint64_t)(int64_t)((phase - floor(phase)) * 0x1p53) & (turn - 1);

    for (size_t i = 0; i < n; i++)
    {
        phases[i] = (double)(int64_t)at * 0x1p-53;
        at = (at + (uint64_t)(int64_t)(dt[i] * 0x1p53)) & (turn - 1);
    }
    return (double)(int64_t)at * 0x1p-53;
}

AED_HOT static void waves(
    double *restrict y, double *restrict tape, const double *const *p, size_t n)
{
    const double *phases = tape + TAPE_PHASE * n, *bus = tape + TAPE_BUS * n;
    const double *w = tape + TAPE_W * n, *by_w = tape + TAPE_BY_W * n;
    double *sines = tape + TAPE_SINE * n;
    const double *sine = p[SINE], *tri = p[TRI], *saw = p[SAW], *pulse = p[PULSE];
    const double *width = p[WIDTH], *fm = p[FM];

    for (size_t i = 0; i < n; i++)
    {
        const double phase = phases[i];
        const double here = saw_wave(wrapped(phase), by_w[i]);
        const double later = saw_wave(wrapped(phase - width[i]), by_w[i]);
        const double triangle = tri_wave(fabs(wrapped(phase - 0.25)), w[i], by_w[i]);

        sines[i] = aed_sin_turns(phase + fm[i] * bus[i]);
        y[i] += (sine[i] * sines[i] + tri[i] * triangle) +
                ((saw[i] - pulse[i]) * here + pulse[i] * later);
    }
}

static void forward(double *y, double *tape, double *state, const double *x, const double *const *p,
    const aed_block *b)
{
    const size_t n = b->n, plane = n * sizeof *tape;

    (void)x;
    memcpy(tape + TAPE_BUS * n, b->bus[AED_PHASE], plane);
    tuning_fill(tape, p, state, b);
    state[PHASE] = advance(tape + TAPE_PHASE * n, tape + TAPE_DT * n, state[PHASE], n);
    waves(y, tape, p, n);
    memcpy(b->bus[AED_PHASE], tape + TAPE_SINE * n, plane);
}

/* ---- backward ---- */

/* A value with its derivatives. */
typedef struct
{
    double y, by_phase, by_w;
} slopes;

/* S depends on w through x = d/w alone: dx/dd = 1/w, dx/dw = -x/w. P' is 0 where x is clipped. */
AED_INLINE slopes saw_slopes(double d, double by_w)
{
    const double x = aed_clamp(d * by_w, -1.0, 1.0), rise = step_slope(x) * by_w;

    return (slopes){2.0 * d - step(x), 2.0 - rise, x * rise};
}

/* w R(e/w) has the slopes R' = P - 1 in e and R - x R' in w. */
AED_INLINE slopes tri_slopes(double d, reach r)
{
    const double e = fabs(d), x = at_most_one(e * r.by_w), x2 = at_most_one((0.5 - e) * r.by_w);
    const double top = corner(x), foot = corner(x2), p = step(x), p2 = step(x2);
    const double by_e = 4.0 - 4.0 * (p + p2); /* -4 - 4 (p - 1) - 4 (p2 - 1), taken together */

    return (slopes){4.0 * (0.25 - e - r.w * (top - foot)), d < 0.0 ? -by_e : by_e,
        4.0 * ((foot - x2 * (p2 - 1.0)) - (top - x * (p - 1.0)))};
}

/* Adjoint, all samples side by side; only the sum over later phases is serial. Let q[i] = dL/dphi[i]
 * with all later samples counted in, q[n] = dstate:
 *
 *     q[i]   = q[i+1] + by_phase[i]       phi[i+1] = phi[i] + dt[i]; frac has slope 1
 *     ddt[i] = q[i+1] + by_dt[i]          dt moves all later phases, and w
 *     d_ln   = ddt dt                     0 where dt is clipped
 *     dfreq += d_ln / freq,   dpitch += d_ln ln 2,   dfine += d_ln ln 2/1200,   ddrift += dfine wander
 *
 * The sine is heard at its level and by the next oscillator, with D = dy sine + dbus, and has the
 * phase phi + fm bus: dfm += D 2 pi cos bus, and dbus becomes D 2 pi cos fm. */
typedef struct
{
    double by_phase[AED_CHUNK], by_dt[AED_CHUNK], later[AED_CHUNK]; /* q[i+1] */
} inner;

AED_HOT static void sine_backward(inner *restrict g, double *restrict dsine, double *restrict dfm,
    double *restrict dbus, const double *dy, const double *tape, const double *const *p, size_t n)
{
    const double *phases = tape + TAPE_PHASE * n, *bus = tape + TAPE_BUS * n;
    const double *sines = tape + TAPE_SINE * n, *sine = p[SINE], *fm = p[FM];

    for (size_t i = 0; i < n; i++)
    {
        const double cosine = aed_cos_turns(phases[i] + fm[i] * bus[i]);
        const double by_phase = (dy[i] * sine[i] + dbus[i]) * (two_pi * cosine);

        dsine[i] += dy[i] * sines[i];
        dfm[i] += by_phase * bus[i];
        dbus[i] = by_phase * fm[i];
        g->by_phase[i] = by_phase;
    }
}

AED_HOT static void waves_backward(inner *restrict g, double *restrict dtri, double *restrict dsaw,
    double *restrict dpulse, double *restrict dwidth, const double *dy, const double *tape,
    const double *const *p, size_t n)
{
    const double *phases = tape + TAPE_PHASE * n, *w = tape + TAPE_W * n;
    const double *by_w = tape + TAPE_BY_W * n, *slope = tape + TAPE_SLOPE * n;
    const double *tri = p[TRI], *saw = p[SAW], *pulse = p[PULSE], *width = p[WIDTH];

    for (size_t i = 0; i < n; i++)
    {
        const double phase = phases[i];
        const reach r = {w[i], by_w[i], slope[i]};
        const slopes here = saw_slopes(wrapped(phase), r.by_w);
        const slopes later = saw_slopes(wrapped(phase - width[i]), r.by_w);
        const slopes triangle = tri_slopes(wrapped(phase - 0.25), r);
        const double by_tri = dy[i] * tri[i], by_later = dy[i] * pulse[i];
        const double by_here = dy[i] * (saw[i] - pulse[i]);

        dtri[i] += dy[i] * triangle.y;
        dsaw[i] += dy[i] * here.y;
        dpulse[i] += dy[i] * (later.y - here.y);
        dwidth[i] -= by_later * later.by_phase;
        g->by_phase[i] +=
            by_tri * triangle.by_phase + by_here * here.by_phase + by_later * later.by_phase;
        g->by_dt[i] =
            r.slope * (by_tri * triangle.by_w + by_here * here.by_w + by_later * later.by_w);
    }
}

AED_HOT static void tuning_backward(const inner *restrict g, double *restrict dfreq,
    double *restrict dfine, double *restrict ddrift, double *restrict dpitch,
    const double *restrict wander, const double *restrict dts, const double *restrict freq,
    size_t n)
{

    for (size_t i = 0; i < n; i++)
    {
        const double dt = dts[i], all = (g->later[i] + g->by_dt[i]) * dt;
        const double below = dt < dt_max ? all : 0.0, d_ln = dt > dt_min ? below : 0.0;

        dfreq[i] += d_ln / freq[i];
        dfine[i] += d_ln * ln_cent;
        ddrift[i] += d_ln * ln_cent * wander[i];
        dpitch[i] += d_ln * ln_2;
    }
}

static void backward(double *dx, double *const *dp, double *dstate, const double *dy,
    const double *tape, const double *state, const double *x, const double *const *p,
    const aed_block *b)
{
    const size_t n = b->n;
    double q = dstate[PHASE], wander[AED_CHUNK];
    inner g;

    (void)dx, (void)x;
    wander_fill(wander, state[SEED], b);
    sine_backward(&g, dp[SINE], dp[FM], b->dbus[AED_PHASE], dy, tape, p, n);
    waves_backward(&g, dp[TRI], dp[SAW], dp[PULSE], dp[WIDTH], dy, tape, p, n);
    for (size_t i = n; i-- > 0;)
    {
        g.later[i] = q;
        q += g.by_phase[i];
    }
    tuning_backward(&g, dp[FREQ], dp[FINE], dp[DRIFT], b->dbus[AED_PITCH], wander,
        tape + TAPE_DT * n, p[FREQ], n);
    dstate[PHASE] = q;
}

const aed_module aed_vco = {
    .name = "vco",
    .doc = "oscillator: sine, triangle, sawtooth and pulse at one phase, band-limited",
    .role = AED_SOURCE,
    .params = params,
    .n_params = N_PARAMS,
    .state_n = STATE_N,
    .tape_n = TAPE_N,
    .reset = reset,
    .forward = forward,
    .backward = backward,
};
