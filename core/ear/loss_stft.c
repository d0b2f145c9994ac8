/* loss_stft.c: mean difference of linear magnitudes, over the target's mean magnitude.
 *
 *     term = mean over resolutions of mean over frames and bins of h(m - m*) / s
 *     m    = sqrt(|X|^2 + (1e-3 s)^2)                  never 0, so that dm/d|X|^2 exists
 *     h(d) = sqrt(d^2 + c^2) - c,   c = 1e-2 s         |d| with its kink rounded off
 *     s    = max(mean over frames and bins of |X*|, 1e-3)
 *
 *     dterm/d|X|^2 = d / sqrt(d^2 + c^2) / (2 m) / s / (frames bins resolutions)
 *
 * It is an L1 of magnitudes as in Yamamoto, Song and Kim, "Parallel WaveGAN" (ICASSP 2020) without
 * the log, and guides pitch over the last 50 cents, where the log-mel loss does not. Everything is
 * measured in s, so a louder pair of sounds has the same loss; 1e-3, some -110 dB below a full-scale
 * sine, only keeps a silent target finite. Kinks: none. */
#include <math.h>

#include "base/hot.h"
#include "loss.h"

enum
{
    HEAD = 8,      /* doubles in front of the kept m*, a cache line; the first is the mean |X*| */
    STRIP_N = 128, /* bins at a time, few enough to stay in the nearest cache */
};

static size_t keep_n(const aed_resolution *of)
{
    return HEAD + of->frames * of->bins;
}

typedef struct
{
    double guard; /* (1e-3 s)^2, added to powers */
    double c;     /* where h turns from square to straight */
    double share; /* of one bin in the term */
} constants;

static constants constants_of(const aed_resolution *of, double mean)
{
    const double s = fmax(mean, 1e-3);
    const double bins = (double)(of->frames * of->bins * of->resolutions);

    return (constants){1e-6 * s * s, 1e-2 * s, 1.0 / (s * bins)};
}

/* m = |X| of n bins. Returns their sum. */
AED_HOT static double magnitudes(double *restrict m, const double *restrict power, size_t n)
{
    double sum = 0.0;

    for (size_t k = 0; k < n; k++)
        m[k] = sqrt(power[k]);
    for (size_t k = 0; k < n; k++)
        sum += m[k];
    return sum;
}

AED_HOT static void add_guard(double *m, double guard, size_t n)
{
    for (size_t k = 0; k < n; k++)
        m[k] = sqrt(m[k] * m[k] + guard);
}

/* s, and so the guard, is known only when the last frame has come. */
static void keep(double *kept, const aed_frame *target)
{
    const aed_resolution *of = target->of;
    const double sum = magnitudes(kept + HEAD + target->t * of->bins, target->power, of->bins);

    kept[0] = (target->t ? kept[0] : 0.0) + sum / (double)(of->bins * of->frames);
    if (target->t + 1 == of->frames)
        add_guard(kept + HEAD, constants_of(of, kept[0]).guard, of->frames * of->bins);
}

/* root[k] = sqrt(d^2 + c^2); dpower += dh dh/d|X|^2 of n bins. */
AED_HOT static void strip_of(double *restrict root, double *restrict dpower,
    const double *restrict power, const double *restrict m_target, constants a, double dh, size_t n)
{
    for (size_t k = 0; k < n; k++)
    {
        const double m = sqrt(power[k] + a.guard);
        const double d = m - m_target[k];

        root[k] = sqrt(d * d + a.c * a.c);
        dpower[k] += 0.5 * dh * d / (m * root[k]);
    }
}

static double frame(aed_frame_gradient g, const aed_frame *x, const double *kept, double weight)
{
    const size_t bins = x->of->bins;
    const double *m_target = kept + HEAD + x->t * bins;
    const constants a = constants_of(x->of, kept[0]);
    double root[STRIP_N], unwanted[STRIP_N] = {0}, sum = 0.0;

    for (size_t k = 0; k < bins; k += STRIP_N)
    {
        const size_t n = bins - k < STRIP_N ? bins - k : STRIP_N;
        double *dpower = g.dpower ? g.dpower + k : unwanted;

        strip_of(root, dpower, x->power + k, m_target + k, a, weight * a.share, n);
        for (size_t i = 0; i < n; i++)
            sum += root[i] - a.c;
    }
    return a.share * sum;
}

const aed_loss aed_loss_stft = {
    .name = "stft",
    .doc = "mean difference of linear magnitudes, over the target's mean",
    .default_weight = 0.0,
    .keep_n = keep_n,
    .keep = keep,
    .frame = frame,
};
