/* loss_logstft.c: mean difference of log magnitudes.
 *
 *     term = mean over resolutions of mean over frames and bins of h(d)
 *     d    = ln m - ln m* = ln((|X|^2 + guard) / m*^2) / 2
 *     h(d) = sqrt(d^2 + c^2) - c,   c = 1e-2            |d| with its kink rounded off, at .09 dB
 *
 *     dterm/d|X|^2 = d / sqrt(d^2 + c^2) / (2 m^2) / (frames bins resolutions)
 *
 * with m of magnitude.h: the second half of the loss of Yamamoto, Song and Kim, "Parallel WaveGAN"
 * (ICASSP 2020). Bins 60 dB below the target's mean no longer count. Kinks: none. */
#include <math.h>

#include "base/hot.h"
#include "base/vmath.h"
#include "magnitude.h"

enum
{
    STRIP_N = 128 /* bins at a time, few enough to stay in the nearest cache */
};

static const double c = 1e-2;

/* root[k] = sqrt(d^2 + c^2); dpower += dh dh/d|X|^2 of n bins. */
AED_HOT static void strip_of(double *restrict root, double *restrict dpower,
    const double *restrict power, const double *restrict m_target, double guard, double dh,
    size_t n)
{
    for (size_t k = 0; k < n; k++)
    {
        const double square = power[k] + guard;
        const double d = 0.5 * aed_log(square / (m_target[k] * m_target[k]));

        root[k] = sqrt(d * d + c * c);
        dpower[k] += 0.5 * dh * d / (square * root[k]);
    }
}

static double frame(aed_frame_gradient g, const aed_frame *x, const double *kept, double weight)
{
    const aed_magnitudes a = aed_magnitude_kept(kept, x);
    const size_t bins = x->of->bins;
    const double share = 1.0 / (double)(x->of->frames * bins * x->of->resolutions);
    double root[STRIP_N], unwanted[STRIP_N] = {0}, sum = 0.0;

    for (size_t k = 0; k < bins; k += STRIP_N)
    {
        const size_t n = bins - k < STRIP_N ? bins - k : STRIP_N;
        double *dpower = g.dpower ? g.dpower + k : unwanted;

        strip_of(root, dpower, x->power + k, a.m + k, a.guard, weight * share, n);
        for (size_t i = 0; i < n; i++)
            sum += root[i] - c;
    }
    return share * sum;
}

const aed_loss aed_loss_logstft = {
    .name = "logstft",
    .doc = "mean difference of log magnitudes, in ln",
    .default_weight = 0.0,
    .keep_n = aed_magnitude_keep_n,
    .keep = aed_magnitude_keep,
    .frame = frame,
};
