/* loss_converge.c: spectral convergence, the squared difference of magnitudes over the target's.
 *
 *     term = mean over resolutions of  sum (m - m*)^2 / sum m*^2        sums over frames and bins
 *     dterm/d|X|^2 = (m - m*) / m / (sum m*^2) / resolutions
 *
 * with m of magnitude.h, and sum m*^2 its energy: at least 1e-6 for each. Arik, Jun and Diamos, "Fast
 * spectrogram inversion using multi-head convolutional neural networks" (IEEE SPL 2019), take the root of
 * the ratio; without it the shares of frames add up, and equal sounds are no kink. It listens to the loudest
 * bins. Kinks: none. */
#include <math.h>

#include "base/hot.h"
#include "magnitude.h"

/* dpower += slope (m - m*) / m of n bins. */
AED_HOT static void add_slope(double *restrict dpower, const double *restrict power,
    const double *restrict m_target, double guard, double slope, size_t n)
{
    for (size_t k = 0; k < n; k++)
    {
        const double m = sqrt(power[k] + guard);

        dpower[k] += slope * (m - m_target[k]) / m;
    }
}

static double frame(aed_frame_gradient g, const aed_frame *x, const double *kept, double weight)
{
    const aed_magnitudes a = aed_magnitude_kept(kept, x);
    const double share = 1.0 / (a.energy * (double)x->of->resolutions);
    double sum = 0.0;

    for (size_t k = 0; k < x->of->bins; k++)
    {
        const double d = sqrt(x->power[k] + a.guard) - a.m[k];

        sum += d * d;
    }
    if (g.dpower)
        add_slope(g.dpower, x->power, a.m, a.guard, weight * share, x->of->bins);
    return share * sum;
}

const aed_loss aed_loss_converge = {
    .name = "converge",
    .doc = "spectral convergence: squared difference of magnitudes",
    .default_weight = 0.0,
    .keep_n = aed_magnitude_keep_n,
    .keep = aed_magnitude_keep,
    .frame = frame,
};
