/* feature_shape.c: one tone or white noise, on mel bands and on bins. With A, P of feature.h, B bands,
 * K bins,
 *
 *     flatness  = exp(mean_b ln(A[b] + 1e-8)) / (S/B + 1e-8),  S = sum_b A[b]    0 … 1; 1 for silence
 *     peakiness = ln(mean_k r[k]^4) / (3 ln K),   r[k] = Q[k] / mean_k Q[k],
 *                 Q[k] = P[k] + 1e-8                                            0 … 1; 0 for silence
 *
 * flatness is spectral_stats of the AE-DDSP seed. peakiness is the crest of the spectrum, its largest
 * bin over its mean, with the largest taken as a 4-norm, so that it has a gradient, and on a
 * logarithmic scale: ln(|r|_4 / |r|_1), where white is 0 and one bin alone, K^(3/4), is 1. Kinks: none. */
#include <math.h>

#include "feature.h"

static const double guard = 1e-8; /* the seed's, in divisors and logs */

static double mean_of(const double *a, size_t n)
{
    double sum = 0.0;

    for (size_t i = 0; i < n; i++)
        sum += a[i];
    return sum / (double)n;
}

static void flatness(double *phi, const aed_heard *h)
{
    double sum = 0.0;

    for (size_t b = 0; b < h->bands; b++)
        sum += log(h->mean_mel[b] + guard);
    *phi = exp(sum / (double)h->bands) / (mean_of(h->mean_mel, h->bands) + guard);
}

/* d ln F / dA[b] = (1 / (A[b] + 1e-8) - 1 / (S/B + 1e-8)) / B */
static void flatness_back(
    aed_heard_gradient g, const double *dphi, const double *phi, const aed_heard *h)
{
    const double slope = *dphi * *phi / (double)h->bands;
    const double mean = 1.0 / (mean_of(h->mean_mel, h->bands) + guard);

    for (size_t b = 0; b < h->bands; b++)
        g.dmean_mel[b] += slope * (1.0 / (h->mean_mel[b] + guard) - mean);
}

/* mean_k r^4; *mean is that of Q. r is at most K, so nothing overflows. */
static double fourth(double *mean, const aed_heard *h)
{
    double sum = 0.0;

    *mean = mean_of(h->mean_power, h->bins) + guard;
    for (size_t k = 0; k < h->bins; k++)
    {
        const double r = (h->mean_power[k] + guard) / *mean, square = r * r;

        sum += square * square;
    }
    return sum / (double)h->bins;
}

static void peakiness(double *phi, const aed_heard *h)
{
    double mean;

    *phi = log(fourth(&mean, h)) / (3.0 * log((double)h->bins));
}

/* With m = mean Q and f = mean_k r^4:   d ln f / dQ[k] = 4 / (K m) (r[k]^3 / f - 1) */
static void peakiness_back(
    aed_heard_gradient g, const double *dphi, const double *phi, const aed_heard *h)
{
    double mean;
    const double f = fourth(&mean, h), bins = (double)h->bins;
    const double slope = *dphi * 4.0 / (bins * mean * 3.0 * log(bins));

    (void)phi;
    for (size_t k = 0; k < h->bins; k++)
    {
        const double r = (h->mean_power[k] + guard) / mean;

        g.dmean_power[k] += slope * (r * r * r / f - 1.0);
    }
}

const aed_feature aed_feature_flatness = {
    .name = "flatness",
    .doc = "0 for one tone, 1 for white in mel",
    .width = 0.05,
    .of = flatness,
    .back = flatness_back,
};

const aed_feature aed_feature_peakiness = {
    .name = "peakiness",
    .doc = "crest: 0 for white noise, 1 for one bin",
    .width = 0.05,
    .needs = AED_HEAR_POWER,
    .of = peakiness,
    .back = peakiness_back,
};
