/* modal.c: see modal.h for the partials and the strike. */
#include "modal.h"

#include <math.h>

#include "base/hot.h"
#include "base/vmath.h"
#include "fade.h"
#include "still.h"

static const double two_pi = 6.283185307179586;
static const double ln_2 = 0.6931471805599453;
static const double kappa = 6.907755278982137; /* ln 1000 */

enum
{
    N_PARTIALS = 6
};

enum
{
    ATTACK,
    FIRST, /* the first partial's parameters */
    N_PARAMS = FIRST + 3 * N_PARTIALS
};

enum
{
    FREQ, /* from FIRST + 3 k */
    AMP,
    DECAY
};

/* Of each partial, in the state, and as planes of n doubles on the tape. */
enum
{
    F_RE,
    F_IM,
    Q_RE,
    Q_IM,
    PART_N
};

/* The tape: the partials' planes, then the sum before it is made to fit. */
enum
{
    TAPE_MIX = PART_N * N_PARTIALS,
    TAPE_N
};

#define PARTIAL(number, hz, what)                                                                  \
    {"freq" number, "Hz", (hz) / 8.0, (hz)*8.0, AED_LOG, 0.5, AED_PLAIN,                           \
        "frequency of the " what " at key 60"},                                                    \
        {"amp" number, "", 0.0, 1.0, AED_LIN, 0.5, AED_LEVEL, "level of partial " number},         \
    {                                                                                              \
        "decay" number, "ms", 10.0, 5000.0, AED_LOG, 0.5, AED_PLAIN,                               \
            "time to -60 dB of partial " number                                                    \
    }

static const aed_param params[N_PARAMS] = {
    {"attack", "ms", 0.1, 50.0, AED_LOG, 0.5, AED_PLAIN,
        "softness of the strike: time until it is complete"},
    PARTIAL("1", 220.0, "hum"),
    PARTIAL("2", 440.0, "prime"),
    PARTIAL("3", 528.0, "tierce"),
    PARTIAL("4", 660.0, "quint"),
    PARTIAL("5", 880.0, "nominal"),
    PARTIAL("6", 1320.0, "superquint"),
};

static void reset(double *state, unsigned long seed, size_t instance)
{
    (void)seed, (void)instance;
    for (size_t j = 0; j < PART_N * N_PARTIALS; j++)
        state[j] = 0.0;
}

/* Velocity 0, a release, changes nothing. */
static void event(double *state, const aed_block *b)
{
    for (size_t k = 0; k < N_PARTIALS; k++)
    {
        double *part = state + PART_N * k;
        const double re = b->velocity * (1.0 - part[F_RE]), im = b->velocity * -part[F_IM];

        part[F_RE] += re;
        part[F_IM] += im;
        part[Q_RE] += re;
        part[Q_IM] += im;
    }
}

/* F' = (1 - v) F + v, q' = q - v F + v:   dF = (1 - v) dF' - v dq',   dq = dq'. */
static void event_backward(double *dstate, const aed_block *b)
{
    for (size_t k = 0; k < N_PARTIALS; k++)
    {
        double *d = dstate + PART_N * k;

        d[F_RE] -= b->velocity * (d[F_RE] + d[Q_RE]);
        d[F_IM] -= b->velocity * (d[F_IM] + d[Q_IM]);
    }
}

/* ln r of one sample, r^i being down by 60 dB after `ms`, is -fall/ms; its derivative fall/ms^2. */
static inline double fall_of(const aed_block *b)
{
    return kappa * 1000.0 / b->sr_hz;
}

/* What a chunk multiplies a partial's numbers by. */
typedef struct
{
    double re[AED_CHUNK], im[AED_CHUNK];           /* rho */
    double soft_re[AED_CHUNK], soft_im[AED_CHUNK]; /* lambda rho */
    double turns[AED_CHUNK];                       /* f/sr */
} rotation;

AED_HOT static void rotate(rotation *restrict rho, const double *restrict lambda,
    const double *restrict freq, const double *restrict decay, const aed_block *b)
{
    const double *restrict ratio = b->ratio, fall = fall_of(b), by_sr = 1.0 / b->sr_hz;
    const size_t n = b->n;
    const size_t m = aed_still(freq, n) * aed_still(decay, n) * aed_still(ratio, n) > 1 ? n : 1;

    for (size_t i = 0; i < m; i++)
    {
        const double r = aed_exp(-fall / decay[i]), turns = freq[i] * ratio[i] * by_sr;
        double sine, cosine;

        aed_sincos_turns(&sine, &cosine, turns);
        rho->turns[i] = turns;
        rho->re[i] = r * cosine;
        rho->im[i] = r * sine;
    }
    aed_still_fill(rho->turns, m, n);
    aed_still_fill(rho->re, m, n);
    aed_still_fill(rho->im, m, n);
    for (size_t i = 0; i < n; i++)
    {
        rho->soft_re[i] = lambda[i] * rho->re[i];
        rho->soft_im[i] = lambda[i] * rho->im[i];
    }
}

AED_HOT static void soften(
    double *restrict lambda, const double *restrict attack, const aed_block *b)
{
    const size_t m = aed_still(attack, b->n);
    const double fall = fall_of(b);

    for (size_t i = 0; i < m; i++)
        lambda[i] = aed_exp(-fall / attack[i]);
    aed_still_fill(lambda, m, b->n);
}

/* The partial's numbers before each sample onto the tape; part: from before the chunk to after. */
static void ring(
    double *restrict tape, double *restrict part, const rotation *restrict rho, size_t n)
{
    double *f_re = tape + F_RE * n, *f_im = tape + F_IM * n;
    double *q_re = tape + Q_RE * n, *q_im = tape + Q_IM * n;
    double fr = part[F_RE], fi = part[F_IM], qr = part[Q_RE], qi = part[Q_IM];

    for (size_t i = 0; i < n; i++)
    {
        const double re = rho->re[i], im = rho->im[i];
        const double lr = rho->soft_re[i], li = rho->soft_im[i];
        const double f_next = re * fr - im * fi, q_next = lr * qr - li * qi;

        f_re[i] = fr, f_im[i] = fi;
        q_re[i] = qr, q_im[i] = qi;
        fi = im * fr + re * fi;
        qi = li * qr + lr * qi;
        fr = f_next, qr = q_next;
    }
    part[F_RE] = aed_audible(fr), part[F_IM] = aed_audible(fi);
    part[Q_RE] = aed_audible(qr), part[Q_IM] = aed_audible(qi);
}

static void sum_levels(double *sum, const double *const *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        sum[i] = 0.0;
    for (size_t k = 0; k < N_PARTIALS; k++)
        for (size_t i = 0; i < n; i++)
            sum[i] += p[FIRST + 3 * k + AMP][i];
}

AED_HOT static void mix_add(double *restrict mix, const double *restrict amp,
    const double *restrict turns, const double *restrict part_tape, size_t n)
{
    const double *restrict f_im = part_tape + F_IM * n, *restrict q_im = part_tape + Q_IM * n;

    for (size_t i = 0; i < n; i++)
        mix[i] += amp[i] * aed_fade(turns[i]) * (f_im[i] - q_im[i]);
}

AED_HOT static void fit(
    double *restrict y, const double *restrict mix, const double *restrict sum, size_t n)
{
    for (size_t i = 0; i < n; i++)
        y[i] += mix[i] / sqrt(1.0 + sum[i] * sum[i]);
}

static void forward(double *y, double *tape, double *state, const double *x, const double *const *p,
    const aed_block *b)
{
    double *mix = tape + TAPE_MIX * b->n, lambda[AED_CHUNK], sum[AED_CHUNK];
    rotation rho;

    (void)x;
    for (size_t i = 0; i < b->n; i++)
        mix[i] = 0.0;
    sum_levels(sum, p, b->n);
    soften(lambda, p[ATTACK], b);
    for (size_t k = 0; k < N_PARTIALS; k++)
    {
        const double *const *pk = p + FIRST + 3 * k;
        double *part_tape = tape + k * PART_N * b->n;

        rotate(&rho, lambda, pk[FREQ], pk[DECAY], b);
        ring(part_tape, state + PART_N * k, &rho, b->n);
        mix_add(mix, pk[AMP], rho.turns, part_tape, b->n);
    }
    fit(y, mix, sum, b->n);
}

/* Adjoint of one partial. Let A = dL/dF, B = dL/dq as complex numbers (by re + j by im), all later
 * samples counted in. From F' = rho F, q' = lambda rho q:
 *
 *     A <- conj(rho) A',   B <- lambda conj(rho) B'
 *     dw      = Im(A conj F) + Im(B conj q)       dF'/dw = j F', and A' conj(F') = A conj F
 *     dln r   = Re(A conj F) + Re(B conj q)       dF'/dln r = F'
 *     dln lam = Re(B conj q)
 *     Im A += dM amp fade,   Im B -= the same     M = sum amp fade Im(F - q)
 *
 * with A, B in the three middle rows as they stand before the last row; freq also moves the fade. */
typedef struct
{
    double a_re[AED_CHUNK], a_im[AED_CHUNK], b_re[AED_CHUNK], b_im[AED_CHUNK];
} wishes; /* A and B, as those rows want them */

AED_HOT static void gain_fill(double *restrict gain, const double *restrict dmix,
    const double *restrict amp, const double *restrict turns, size_t n)
{
    for (size_t i = 0; i < n; i++)
        gain[i] = dmix[i] * amp[i] * aed_fade(turns[i]);
}

/* gain: dM amp fade. d: from after the chunk to before. */
static void ring_backward(wishes *restrict w, double *restrict d, const double *restrict gain,
    const rotation *restrict rho, size_t n)
{
    double ar = d[F_RE], ai = d[F_IM], br = d[Q_RE], bi = d[Q_IM];

    for (size_t i = n; i-- > 0;)
    {
        const double re = rho->re[i], im = rho->im[i], lr = rho->soft_re[i], li = rho->soft_im[i];
        const double a = re * ar + im * ai, c = lr * br + li * bi;

        ai = re * ai - im * ar;
        bi = lr * bi - li * br;
        ar = a, br = c;
        w->a_re[i] = ar, w->a_im[i] = ai;
        w->b_re[i] = br, w->b_im[i] = bi;
        ai += gain[i];
        bi -= gain[i];
    }
    d[F_RE] = ar, d[F_IM] = ai, d[Q_RE] = br, d[Q_IM] = bi;
}

/* What a partial adds to the gradients of its parameters, of the pitch and of ln lambda. */
typedef struct
{
    double freq[AED_CHUNK], amp[AED_CHUNK], decay[AED_CHUNK];
    double pitch[AED_CHUNK], ln_lambda[AED_CHUNK];
} shares;

AED_HOT static void shares_fill(shares *restrict d, const wishes *restrict w,
    const double *restrict dmix, const double *restrict tape, const double *const *pk,
    const double *restrict turns, double fall, size_t n)
{
    const double *f_re = tape + F_RE * n, *f_im = tape + F_IM * n;
    const double *q_re = tape + Q_RE * n, *q_im = tape + Q_IM * n;
    const double *freq = pk[FREQ], *amp = pk[AMP], *decay = pk[DECAY];

    for (size_t i = 0; i < n; i++)
    {
        const double ar = w->a_re[i], ai = w->a_im[i], br = w->b_re[i], bi = w->b_im[i];
        const double dw = ai * f_re[i] - ar * f_im[i] + bi * q_re[i] - br * q_im[i];
        const double by_lambda = br * q_re[i] + bi * q_im[i];
        const double by_r = ar * f_re[i] + ai * f_im[i] + by_lambda, z = f_im[i] - q_im[i];
        const double by_fade = dmix[i] * amp[i] * aed_fade_slope(turns[i]) * z;
        const double d_ln_f = (two_pi * dw + by_fade) * turns[i];

        d->freq[i] = d_ln_f / freq[i];
        d->amp[i] = dmix[i] * aed_fade(turns[i]) * z;
        d->decay[i] = by_r * fall / (decay[i] * decay[i]);
        d->pitch[i] = d_ln_f * ln_2;
        d->ln_lambda[i] = by_lambda;
    }
}

static void add(double *restrict to, const double *restrict x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        to[i] += x[i];
}

/* y = M / sqrt(1 + S^2), S the sum of the levels:   dM = dy / sqrt(1 + S^2),
 *                                                   dS = -dM M S / (1 + S^2), for each level. */
static void fit_backward(double *dmix, double *const *dp, const double *dy, const double *mix,
    const double *const *p, size_t n)
{
    double sum[AED_CHUNK];

    sum_levels(sum, p, n);
    for (size_t i = 0; i < n; i++)
    {
        const double square = 1.0 + sum[i] * sum[i];

        dmix[i] = dy[i] / sqrt(square);
        sum[i] *= -dmix[i] * mix[i] / square;
    }
    for (size_t k = 0; k < N_PARTIALS; k++)
        for (size_t i = 0; i < n; i++)
            dp[FIRST + 3 * k + AMP][i] += sum[i];
}

static void backward(double *dx, double *const *dp, double *dstate, const double *dy,
    const double *tape, const double *state, const double *x, const double *const *p,
    const aed_block *b)
{
    const size_t n = b->n;
    const double fall = fall_of(b);
    double dmix[AED_CHUNK], gain[AED_CHUNK], lambda[AED_CHUNK];
    double dattack[AED_CHUNK] = {0}; /* dL/dln lambda */
    rotation rho;
    wishes w;
    shares d;

    (void)dx, (void)state, (void)x;
    fit_backward(dmix, dp, dy, tape + TAPE_MIX * n, p, n);
    soften(lambda, p[ATTACK], b);
    for (size_t k = 0; k < N_PARTIALS; k++)
    {
        const size_t at = FIRST + 3 * k;

        rotate(&rho, lambda, p[at + FREQ], p[at + DECAY], b);
        gain_fill(gain, dmix, p[at + AMP], rho.turns, n);
        ring_backward(&w, dstate + PART_N * k, gain, &rho, n);
        shares_fill(&d, &w, dmix, tape + k * PART_N * n, p + at, rho.turns, fall, n);
        add(dp[at + FREQ], d.freq, n);
        add(dp[at + AMP], d.amp, n);
        add(dp[at + DECAY], d.decay, n);
        add(b->dbus[AED_PITCH], d.pitch, n);
        add(dattack, d.ln_lambda, n);
    }
    for (size_t i = 0; i < n; i++)
        dp[ATTACK][i] += dattack[i] * fall / (p[ATTACK][i] * p[ATTACK][i]);
}

const aed_module aed_modal = {
    .name = "modal",
    .doc = "bells and drums: six damped partials that a note strikes",
    .role = AED_SOURCE,
    .params = params,
    .n_params = N_PARAMS,
    .state_n = PART_N * N_PARTIALS,
    .tape_n = TAPE_N,
    .reset = reset,
    .event = event,
    .event_backward = event_backward,
    .forward = forward,
    .backward = backward,
};
