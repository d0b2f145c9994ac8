/* harmonic.c: see harmonic.h for the sum. */
#include "harmonic.h"

#include <math.h>

#include "base/hot.h"
#include "base/vmath.h"
#include "color.h"
#include "fade.h"
#include "still.h"

static const double two_pi = 6.283185307179586;
static const double ln_2 = 0.6931471805599453;
static const double least_sum = 0.01;

enum
{
    N_PARTIALS = 12,
    STATE_N = N_PARTIALS + AED_COLOR_STATE_N,
    OTHER_NOISE = 4096 /* instances from here on: not the noise of a noise module beside it */
};

enum
{
    FREQ,
    LEVEL,
    STRETCH,
    FIRST, /* h1 */
    BREATH = FIRST + N_PARTIALS,
    COLOR,
    N_PARAMS
};

/* Planes of n doubles on the tape. */
enum
{
    TAPE_PHASE,
    TAPE_SINE = TAPE_PHASE + N_PARTIALS, /* sin(2 pi phase) */
    TAPE_MEAN = TAPE_SINE + N_PARTIALS,  /* of the waves by their shares */
    TAPE_SUM,                            /* of the shares */
    TAPE_NOISE,
    TAPE_N = TAPE_NOISE + AED_COLOR_TAPE_N
};

#define PARTIAL(number)                                                                            \
    {                                                                                              \
        "h" #number, "", 0.0, 1.0, AED_LIN, 0.8 / number, AED_PLAIN, "share of partial " #number   \
    }

static const aed_param params[N_PARAMS] = {
    {"freq", "Hz", 27.5, 3520.0, AED_LOG, 0.5, AED_TUNED,
        "frequency of key 60; other keys transpose"},
    {"level", "", 0.0, 1.0, AED_LIN, 0.5, AED_LEVEL, "level of the whole"},
    {"stretch", "", 0.0, 1e-3, AED_LIN, 0.05, AED_PLAIN,
        "inharmonicity: 0 an ideal string, 3e-4 a piano's"},
    PARTIAL(1),
    PARTIAL(2),
    PARTIAL(3),
    PARTIAL(4),
    PARTIAL(5),
    PARTIAL(6),
    PARTIAL(7),
    PARTIAL(8),
    PARTIAL(9),
    PARTIAL(10),
    PARTIAL(11),
    PARTIAL(12),
    {"breath", "", 0.0, 1.0, AED_LIN, 0.1, AED_LEVEL, "share of the noise"},
    {"color", "", -1.0, 1.0, AED_LIN, 0.5, AED_PLAIN, "of the noise: -1 dark, 0 white, 1 bright"},
};

/* Turns without whole turns, in [-1/2, 1/2]. */
static double wrapped(double turns)
{
    return turns - ((turns + aed_rounder) - aed_rounder);
}

static void reset(double *state, unsigned long seed, size_t instance)
{
    const double golden = 0.3819660112501051;

    for (size_t k = 0; k < N_PARTIALS; k++)
        state[k] = wrapped(golden * (double)instance * (double)(k + 1));
    aed_color_reset(state + N_PARTIALS, seed, OTHER_NOISE + instance);
}

typedef double row[AED_CHUNK]; /* of one partial */

/* Turns a sample. */
AED_HOT static void steps_fill(row *restrict dt, const double *restrict freq,
    const double *restrict stretch, const double *restrict ratio, double sr_hz, size_t n)
{
    const double by_sr = 1.0 / sr_hz;
    const size_t m = aed_still(stretch, n);
    row base, root;

    for (size_t i = 0; i < n; i++)
        base[i] = freq[i] * ratio[i] * by_sr;
    for (size_t k = 0; k < N_PARTIALS; k++)
    {
        const double number = (double)(k + 1), square = number * number;

        for (size_t i = 0; i < m; i++)
            root[i] = number * sqrt(1.0 + stretch[i] * square);
        aed_still_fill(root, m, n);
        for (size_t i = 0; i < n; i++)
            dt[k][i] = root[i] * base[i];
    }
}

/* phases: planes of n, before each sample. All partials go side by side: a sum waits for itself. */
static void run_phases(
    double *restrict phases, double *restrict state, const row *restrict dt, size_t n)
{
    double phase[N_PARTIALS];

    memcpy(phase, state, sizeof phase);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < N_PARTIALS; k++)
        {
            phases[k * n + i] = phase[k];
            phase[k] += dt[k][i];
        }
    for (size_t k = 0; k < N_PARTIALS; k++)
        state[k] = wrapped(phase[k]);
}

/* The sines, planes of n; the mean of all waves, the noise first, and the sum of the shares. */
AED_HOT static void mix_fill(double *restrict mean, double *restrict sum, double *restrict sines,
    const double *restrict phases, const row *restrict dt, const double *restrict noise,
    const double *const *p, size_t n)
{
    const double *restrict breath = p[BREATH];

    for (size_t i = 0; i < n; i++)
    {
        sum[i] = least_sum + breath[i];
        mean[i] = breath[i] * noise[i];
    }
    for (size_t k = 0; k < N_PARTIALS; k++)
    {
        const double *restrict share = p[FIRST + k];

        for (size_t i = 0; i < n; i++)
        {
            const double sine = aed_sin_turns(phases[k * n + i]);

            sines[k * n + i] = sine;
            sum[i] += share[i];
            mean[i] += share[i] * aed_fade(dt[k][i]) * sine;
        }
    }
    for (size_t i = 0; i < n; i++)
        mean[i] /= sum[i];
}

static void forward(double *y, double *tape, double *state, const double *x, const double *const *p,
    const aed_block *b)
{
    const size_t n = b->n;
    double *phases = tape + TAPE_PHASE * n, *sines = tape + TAPE_SINE * n;
    double *mean = tape + TAPE_MEAN * n, *sum = tape + TAPE_SUM * n, *noise = tape + TAPE_NOISE * n;
    row dt[N_PARTIALS];

    (void)x;
    steps_fill(dt, p[FREQ], p[STRETCH], b->ratio, b->sr_hz, n);
    run_phases(phases, state, dt, n);
    aed_color_forward(noise, state + N_PARTIALS, p[COLOR], b->sr_hz, n);
    mix_fill(mean, sum, sines, phases, dt, noise, p, n);
    for (size_t i = 0; i < n; i++)
        y[i] += p[LEVEL][i] * mean[i];
}

/* The level and the breath. S the sum below the line, M the mean of all waves s_k, those of the
 * partials and the noise, by their shares h_k:
 *
 *     y = level M,  M = sum_k h_k s_k / S:    dlevel += dy M,    dh_k += g (s_k - M),
 *     ds_k = g h_k,    g = dy level / S */
AED_HOT static void breath_backward(double *restrict g, double *restrict dnoise, double *const *dp,
    const double *restrict dy, const double *restrict mean, const double *restrict sum,
    const double *restrict noise, const double *const *p, size_t n)
{
    const double *restrict level = p[LEVEL], *restrict breath = p[BREATH];
    double *restrict dlevel = dp[LEVEL], *restrict dbreath = dp[BREATH];

    for (size_t i = 0; i < n; i++)
    {
        g[i] = dy[i] * level[i] / sum[i];
        dlevel[i] += dy[i] * mean[i];
        dbreath[i] += g[i] * (noise[i] - mean[i]);
        dnoise[i] = g[i] * breath[i];
    }
}

/* Partial k, s = fade sin(2 pi phi): its share's gradient, and what one sample's phase and step are
 * worth to that sample's output:
 *
 *     by_phase = g h fade 2 pi cos(2 pi phi),    by_dt = g h fade' sin(2 pi phi) */
AED_HOT static void partial_backward(double *restrict by_phase, double *restrict by_dt,
    double *restrict dshare, const double *restrict g, const double *restrict mean,
    const double *restrict dt, const double *restrict phases, const double *restrict sines,
    const double *restrict share, size_t n)
{
    for (size_t i = 0; i < n; i++)
    {
        const double fade = aed_fade(dt[i]), gh = g[i] * share[i];

        dshare[i] += g[i] * (fade * sines[i] - mean[i]);
        by_phase[i] = gh * fade * two_pi * aed_cos_turns(phases[i]);
        by_dt[i] = gh * aed_fade_slope(dt[i]) * sines[i];
    }
}

/* Let Q[i] = dL/dphi[i] with all later samples counted in, Q[n] = dstate:
 *
 *     Q[i]   = Q[i+1] + by_phase[i]       phi[i+1] = phi[i] + dt[i]
 *     ddt[i] = Q[i+1] + by_dt[i]          dt moves all later phases, and the fade */
static void phases_backward(
    row *restrict by_dt, double *restrict dstate, const row *restrict by_phase, size_t n)
{
    double q[N_PARTIALS];

    memcpy(q, dstate, sizeof q);
    for (size_t i = n; i-- > 0;)
        for (size_t k = 0; k < N_PARTIALS; k++)
        {
            by_dt[k][i] += q[k];
            q[k] += by_phase[k][i];
        }
    memcpy(dstate, q, sizeof q);
}

/* dt_k = k root freq ratio/sr, root = sqrt(1 + stretch k^2):
 *
 *     dfreq    += sum_k ddt_k dt_k / freq,   dpitch += sum_k ddt_k dt_k ln 2
 *     dstretch += sum_k ddt_k dt_k k^2 / (2 root^2) */
AED_HOT static void steps_backward(double *restrict dfreq, double *restrict dstretch,
    double *restrict dpitch, const row *restrict ddt, const row *restrict dt,
    const double *restrict freq, const double *restrict stretch, size_t n)
{
    const size_t m = aed_still(stretch, n);
    row octaves, bent, bend;

    for (size_t i = 0; i < n; i++)
        octaves[i] = bent[i] = 0.0;
    for (size_t k = 0; k < N_PARTIALS; k++)
    {
        const double square = (double)((k + 1) * (k + 1)), half = 0.5 * square;

        for (size_t i = 0; i < m; i++)
            bend[i] = half / (1.0 + stretch[i] * square);
        aed_still_fill(bend, m, n);
        for (size_t i = 0; i < n; i++)
        {
            const double d = ddt[k][i] * dt[k][i];

            octaves[i] += d;
            bent[i] += d * bend[i];
        }
    }
    for (size_t i = 0; i < n; i++)
    {
        dfreq[i] += octaves[i] / freq[i];
        dpitch[i] += octaves[i] * ln_2;
        dstretch[i] += bent[i];
    }
}

static void backward(double *dx, double *const *dp, double *dstate, const double *dy,
    const double *tape, const double *state, const double *x, const double *const *p,
    const aed_block *b)
{
    const size_t n = b->n;
    const double *phases = tape + TAPE_PHASE * n, *sines = tape + TAPE_SINE * n;
    const double *mean = tape + TAPE_MEAN * n, *noise = tape + TAPE_NOISE * n;
    row dt[N_PARTIALS], by_phase[N_PARTIALS], by_dt[N_PARTIALS], g, dnoise;

    (void)dx, (void)state, (void)x;
    steps_fill(dt, p[FREQ], p[STRETCH], b->ratio, b->sr_hz, n);
    breath_backward(g, dnoise, dp, dy, mean, tape + TAPE_SUM * n, noise, p, n);
    aed_color_backward(dp[COLOR], dstate + N_PARTIALS, dnoise, noise, p[COLOR], b->sr_hz, n);
    for (size_t k = 0; k < N_PARTIALS; k++)
        partial_backward(by_phase[k], by_dt[k], dp[FIRST + k], g, mean, dt[k], phases + k * n,
            sines + k * n, p[FIRST + k], n);
    phases_backward(by_dt, dstate, by_phase, n);
    steps_backward(dp[FREQ], dp[STRETCH], b->dbus[AED_PITCH], by_dt, dt, p[FREQ], p[STRETCH], n);
}

const aed_module aed_harmonic = {
    .name = "harmonic",
    .doc = "twelve partials on one fundamental, and breath, each with its own share",
    .role = AED_SOURCE,
    .params = params,
    .n_params = N_PARAMS,
    .state_n = STATE_N,
    .tape_n = TAPE_N,
    .reset = reset,
    .forward = forward,
    .backward = backward,
};
