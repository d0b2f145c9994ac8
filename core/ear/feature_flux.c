/* feature_flux.c: how much the sound changes from one frame to the next.
 *
 *     flux = mean over t >= 1 and bands of (L_t[b] - L_{t-1}[b])^2       L of feature.h, in ln power
 *     dflux/dL_t[b] = 2 ((L_t[b] - L_{t-1}[b]) - (L_{t+1}[b] - L_t[b])) / ((frames - 1) bands)
 *
 * where a missing neighbour leaves its bracket out. It does not depend on how loud the sound is, as
 * long as it is far above the floor. 0 with one frame. Kinks: none. */
#include "feature.h"

static double share(const aed_heard *h)
{
    return h->frames > 1 ? 1.0 / (double)((h->frames - 1) * h->bands) : 0.0;
}

static void flux(double *phi, const aed_heard *h)
{
    double sum = 0.0;

    for (size_t i = h->bands; i < h->frames * h->bands; i++)
    {
        const double d = h->log_mel[i] - h->log_mel[i - h->bands];

        sum += d * d;
    }
    *phi = share(h) * sum;
}

static void flux_back(
    aed_heard_gradient g, const double *dphi, const double *phi, const aed_heard *h)
{
    const double slope = 2.0 * *dphi * share(h);

    (void)phi;
    for (size_t i = h->bands; i < h->frames * h->bands; i++)
    {
        const double d = slope * (h->log_mel[i] - h->log_mel[i - h->bands]);

        g.dlog_mel[i] += d;
        g.dlog_mel[i - h->bands] -= d;
    }
}

const aed_feature aed_feature_flux = {
    .name = "flux",
    .doc = "mean squared change of log mel, frame to frame",
    .width = 0.25,
    .needs = AED_HEAR_LOGS,
    .of = flux,
    .back = flux_back,
};
