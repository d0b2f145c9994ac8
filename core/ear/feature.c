#include "feature.h"

#include <math.h>

#include "base/hot.h"

/* The seed's guard in divisors and logs. */
static const double guard = 1e-8;

static double sum_of(const double *a, size_t n)
{
    double sum = 0.0;

    for (size_t i = 0; i < n; i++)
        sum += a[i];
    return sum;
}

static double centroid(const aed_heard *h)
{
    const double step = h->bands > 1 ? 1.0 / (double)(h->bands - 1) : 0.0;
    double sum = 0.0;

    for (size_t b = 0; b < h->bands; b++)
        sum += h->mean_mel[b] * (double)b * step;
    return sum / (sum_of(h->mean_mel, h->bands) + guard);
}

static double rolloff(const aed_heard *h)
{
    const double all = sum_of(h->mean_mel, h->bands) + guard;
    double sum = 0.0;

    for (size_t b = 0; b < h->bands; b++)
    {
        sum += h->mean_mel[b];
        if (sum / all >= 0.95)
            return (double)b / (double)h->bands;
    }
    return 0.0;
}

static double flatness(const aed_heard *h)
{
    const double bands = (double)h->bands;
    double sum = 0.0;

    for (size_t b = 0; b < h->bands; b++)
        sum += log(h->mean_mel[b] + guard);
    return exp(sum / bands) / (sum_of(h->mean_mel, h->bands) / bands + guard);
}

AED_HOT static double rms(const aed_heard *h)
{
    return sqrt(aed_dot(h->x, h->x, h->n) / (double)h->n);
}

const aed_feature aed_features[AED_FEATURES] = {
    [AED_FEATURE_CENTROID] = {"centroid", "mean mel band by power, 0 … 1", centroid},
    [AED_FEATURE_ROLLOFF] = {"rolloff", "mel band below which 95 % of the power lies", rolloff},
    [AED_FEATURE_FLATNESS] = {"flatness", "0 for one tone, 1 for white in mel", flatness},
    [AED_FEATURE_RMS] = {"rms", "root mean square of the samples", rms},
};

void aed_features_of(double *phi, const aed_heard *h)
{
    for (size_t i = 0; i < AED_FEATURES; i++)
        phi[i] = aed_features[i].of(h);
}
