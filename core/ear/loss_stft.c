/* loss_stft.c: mean difference of linear magnitudes, over the target's mean magnitude.
 *
 *     term = mean over resolutions of mean over frames and bins of h(m - m*) / s
 *     h(d) = sqrt(d^2 + c^2) - c,   c = 1e-2 s         |d| with its kink rounded off
 *
 *     dterm/d|X|^2 = d / sqrt(d^2 + c^2) / (2 m) / s / (frames bins resolutions)
 *
 * with m and s of magnitude.h. It is an L1 of magnitudes as in Yamamoto, Song and Kim, "Parallel
 * WaveGAN" (ICASSP 2020) without the log, and guides pitch over the last 50 cents, where the log-mel
 * loss does not. Kinks: none. */
#include <math.h>

#include "base/hot.h"
#include "magnitude.h"

enum
{
    STRIP_N = 128 /* bins at a time, few enough to stay in the nearest cache */
};

/* root[k] = sqrt(d^2 + c^2); dpower += dh dh/d|X|^2 of n bins. */
AED_HOT static void strip_of(double *restrict root, double *restrict dpower,
    const double *restrict power, const double *restrict m_target, double guard, double c,
    double dh, size_t n)
{
    for (size_t k = 0; k < n; k++)
    {
        const double m = sqrt(power[k] + guard);
        const double d = m - m_target[k];

        root[k] = sqrt(d * d + c * c);
        dpower[k] += 0.5 * dh * d / (m * root[k]);
    }
}

static double frame(aed_frame_gradient g, const aed_frame *x, const double *kept, double weight)
{
    const aed_magnitudes a = aed_magnitude_kept(kept, x);
    const size_t bins = x->of->bins;
    const double c = 1e-2 * a.s, all = (double)(x->of->frames * bins * x->of->resolutions);
    const double share = 1.0 / (a.s * all);
    double root[STRIP_N], unwanted[STRIP_N] = {0}, sum = 0.0;

    for (size_t k = 0; k < bins; k += STRIP_N)
    {
        const size_t n = bins - k < STRIP_N ? bins - k : STRIP_N;
        double *dpower = g.dpower ? g.dpower + k : unwanted;

        strip_of(root, dpower, x->power + k, a.m + k, a.guard, c, weight * share, n);
        for (size_t i = 0; i < n; i++)
            sum += root[i] - c;
    }
    return share * sum;
}

const aed_loss aed_loss_stft = {
    .name = "stft",
    .doc = "mean difference of linear magnitudes over the target's",
    .default_weight = 0.0,
    .keep_n = aed_magnitude_keep_n,
    .keep = aed_magnitude_keep,
    .frame = frame,
};
