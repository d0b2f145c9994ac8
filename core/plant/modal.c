/* modal.c: see modal.h for the partials and the strike. */
#include "modal.h"

#include <math.h>

#include "fade.h"

static const double two_pi = 6.283185307179586;
static const double ln_2 = 0.6931471805599453;
static const double kappa = 6.907755278982137; /* ln 1000 */
static const double silence = 1e-30;

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
        {"amp" number, "", 0.0, 1.0, AED_LIN, 0.5, AED_PLAIN, "level of partial " number},         \
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

/* ln r of one sample, r^i being down by 60 dB after `ms`; and its derivative. */
static inline double log_decay(double ms, const aed_block *b)
{
    return -kappa * 1000.0 / (ms * b->sr_hz);
}

static inline double log_decay_slope(double ms, const aed_block *b)
{
    return kappa * 1000.0 / (ms * ms * b->sr_hz);
}

/* What a chunk multiplies a partial's numbers by. */
typedef struct
{
    double re[AED_CHUNK], im[AED_CHUNK]; /* rho */
    double turns[AED_CHUNK];             /* f/sr */
} rotation;

/* Parameters mostly stand still: the transcendental functions follow only where they move. */
static void rotate(rotation *rho, const double *freq, const double *decay, const aed_block *b)
{
    for (size_t i = 0; i < b->n; i++)
    {
        if (i > 0 && freq[i] == freq[i - 1] && decay[i] == decay[i - 1] &&
            b->ratio[i] == b->ratio[i - 1])
        {
            rho->turns[i] = rho->turns[i - 1];
            rho->re[i] = rho->re[i - 1];
            rho->im[i] = rho->im[i - 1];
            continue;
        }
        const double r = exp(log_decay(decay[i], b));

        rho->turns[i] = freq[i] * b->ratio[i] / b->sr_hz;
        rho->re[i] = r * cos(two_pi * rho->turns[i]);
        rho->im[i] = r * sin(two_pi * rho->turns[i]);
    }
}

static void soften(double *lambda, const double *attack, const aed_block *b)
{
    for (size_t i = 0; i < b->n; i++)
        lambda[i] =
            i > 0 && attack[i] == attack[i - 1] ? lambda[i - 1] : exp(log_decay(attack[i], b));
}

/* Keeps denormal numbers out of what has died away. */
static inline double audible(double x)
{
    return fabs(x) < silence ? 0.0 : x;
}

/* The partial's numbers before each sample onto the tape; part: from before the chunk to after. */
static void ring(
    double *tape, double *part, const rotation *rho, const double *lambda, const aed_block *b)
{
    double *f_re = tape + F_RE * b->n, *f_im = tape + F_IM * b->n;
    double *q_re = tape + Q_RE * b->n, *q_im = tape + Q_IM * b->n;
    double fr = part[F_RE], fi = part[F_IM], qr = part[Q_RE], qi = part[Q_IM];

    for (size_t i = 0; i < b->n; i++)
    {
        const double re = rho->re[i], im = rho->im[i];
        const double lr = lambda[i] * re, li = lambda[i] * im;
        const double f_next = re * fr - im * fi, q_next = lr * qr - li * qi;

        f_re[i] = fr, f_im[i] = fi;
        q_re[i] = qr, q_im[i] = qi;
        fi = im * fr + re * fi;
        qi = li * qr + lr * qi;
        fr = f_next, qr = q_next;
    }
    part[F_RE] = audible(fr), part[F_IM] = audible(fi);
    part[Q_RE] = audible(qr), part[Q_IM] = audible(qi);
}

static void sum_levels(double *sum, const double *const *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        sum[i] = 0.0;
    for (size_t k = 0; k < N_PARTIALS; k++)
        for (size_t i = 0; i < n; i++)
            sum[i] += p[FIRST + 3 * k + AMP][i];
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
        const double *f_im = part_tape + F_IM * b->n, *q_im = part_tape + Q_IM * b->n;

        rotate(&rho, pk[FREQ], pk[DECAY], b);
        ring(part_tape, state + PART_N * k, &rho, lambda, b);
        for (size_t i = 0; i < b->n; i++)
            mix[i] += pk[AMP][i] * aed_fade(rho.turns[i]) * (f_im[i] - q_im[i]);
    }
    for (size_t i = 0; i < b->n; i++)
        y[i] += mix[i] / sqrt(1.0 + sum[i] * sum[i]);
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
static void partial_backward(double *const *dpk, double *dattack, double *d, const double *dmix,
    const double *tape, const double *const *pk, const double *lambda, const rotation *rho,
    const aed_block *b)
{
    const double *f_re = tape + F_RE * b->n, *f_im = tape + F_IM * b->n;
    const double *q_re = tape + Q_RE * b->n, *q_im = tape + Q_IM * b->n;
    double *dpitch = b->dbus[AED_PITCH];
    double ar = d[F_RE], ai = d[F_IM], br = d[Q_RE], bi = d[Q_IM];

    for (size_t i = b->n; i-- > 0;)
    {
        const double re = rho->re[i], im = rho->im[i], lr = lambda[i] * re, li = lambda[i] * im;
        const double a = re * ar + im * ai, c = lr * br + li * bi;
        const double z = f_im[i] - q_im[i];
        const double amp = pk[AMP][i], fade = aed_fade(rho->turns[i]);

        ai = re * ai - im * ar;
        bi = lr * bi - li * br;
        ar = a, br = c;
        const double dw = ai * f_re[i] - ar * f_im[i] + bi * q_re[i] - br * q_im[i];
        const double by_lambda = br * q_re[i] + bi * q_im[i];
        const double by_r = ar * f_re[i] + ai * f_im[i] + by_lambda;
        const double by_fade = dmix[i] * amp * aed_fade_slope(rho->turns[i]) * z;

        const double d_ln_f = (two_pi * dw + by_fade) * rho->turns[i];

        dpk[FREQ][i] += d_ln_f / pk[FREQ][i];
        dpitch[i] += d_ln_f * ln_2;
        dpk[AMP][i] += dmix[i] * fade * z;
        dpk[DECAY][i] += by_r * log_decay_slope(pk[DECAY][i], b);
        dattack[i] += by_lambda;
        ai += dmix[i] * amp * fade;
        bi -= dmix[i] * amp * fade;
    }
    d[F_RE] = ar, d[F_IM] = ai, d[Q_RE] = br, d[Q_IM] = bi;
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
    double dmix[AED_CHUNK], lambda[AED_CHUNK], dattack[AED_CHUNK] = {0}; /* dL/dln lambda */
    rotation rho;

    (void)dx, (void)state, (void)x;
    fit_backward(dmix, dp, dy, tape + TAPE_MIX * b->n, p, b->n);
    soften(lambda, p[ATTACK], b);
    for (size_t k = 0; k < N_PARTIALS; k++)
    {
        const size_t at = FIRST + 3 * k;

        rotate(&rho, p[at + FREQ], p[at + DECAY], b);
        partial_backward(dp + at, dattack, dstate + PART_N * k, dmix, tape + k * PART_N * b->n,
            p + at, lambda, &rho, b);
    }
    for (size_t i = 0; i < b->n; i++)
        dp[ATTACK][i] += dattack[i] * log_decay_slope(p[ATTACK][i], b);
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
