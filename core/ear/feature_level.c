/* feature_level.c: how loud.
 *
 *     rms      = sqrt(mean x^2)                                  unit of x
 *     loudness = -0.691 + 10 log10(mean z^2 + 1e-10)             LUFS; -100.691 for silence
 *
 * z is x through the K-weighting filter of ITU-R BS.1770-4 (kweight.h), from rest: the loudness of one
 * channel, without the gate, which has no place in a window of less than a second.
 * Kinks: rms at silence, where its gradient is said to be 0; loudness has none. */
#include <math.h>

#include "base/hot.h"
#include "feature.h"
#include "kweight.h"

static const double silence = 1e-10; /* of mean z^2 */

AED_HOT static void rms(double *phi, const aed_heard *h)
{
    *phi = sqrt(aed_dot(h->x, h->x, h->n) / (double)h->n);
}

/* drms/dx[i] = x[i] / (n rms) */
static void rms_back(
    aed_heard_gradient g, const double *dphi, const double *phi, const aed_heard *h)
{
    const double slope = *phi > 0.0 ? *dphi / ((double)h->n * *phi) : 0.0;

    for (size_t i = 0; i < h->n; i++)
        g.dx[i] += slope * h->x[i];
}

static double weighted_square(const aed_heard *h)
{
    const aed_kweight k = aed_kweight_of(h->sr_hz);

    aed_kweight_forward(h->scratch, &k, h->x, h->n);
    return aed_dot(h->scratch, h->scratch, h->n) / (double)h->n + silence;
}

static void loudness(double *phi, const aed_heard *h)
{
    *phi = -0.691 + 10.0 * log10(weighted_square(h));
}

/* dloudness/dz[i] = 10 / ln 10 · 2 z[i] / (n E), E = mean z^2 + 1e-10; then back through the filter. */
static void loudness_back(
    aed_heard_gradient g, const double *dphi, const double *phi, const aed_heard *h)
{
    const aed_kweight k = aed_kweight_of(h->sr_hz);
    const double slope = *dphi * 20.0 / (log(10.0) * (double)h->n * weighted_square(h));

    (void)phi;
    for (size_t i = 0; i < h->n; i++)
        h->scratch[i] *= slope;
    aed_kweight_backward(g.dx, &k, h->scratch, h->n);
}

const aed_feature aed_feature_rms = {
    .name = "rms",
    .doc = "root mean square of the samples",
    .width = 0.01,
    .of = rms,
    .back = rms_back,
};

const aed_feature aed_feature_loudness = {
    .name = "loudness",
    .doc = "ITU-R BS.1770 in LUFS, K-weighted, no gate",
    .width = 36.0,
    .of = loudness,
    .back = loudness_back,
};
