#include "knobs.h"

#include <math.h>

static double clip(double x)
{
    return fmin(fmax(x, 0.0), 1.0);
}

static void count(aed_knobs *k)
{
    k->d = 0;
    for (size_t i = 0; i < k->n; i++)
        if (k->learns[i])
            k->index[k->d++] = i;
}

void aed_knobs_init(aed_knobs *k, size_t n)
{
    k->n = n;
    for (size_t i = 0; i < n; i++)
    {
        k->learns[i] = 1;
        k->lo[i] = 0.0;
        k->hi[i] = 1.0;
    }
    count(k);
}

void aed_knobs_learn(aed_knobs *k, size_t i, int learns)
{
    k->learns[i] = learns != 0;
    count(k);
}

void aed_knobs_range(aed_knobs *k, size_t i, double lo, double hi)
{
    const int usable = clip(lo) < clip(hi);

    k->lo[i] = usable ? clip(lo) : 0.0;
    k->hi[i] = usable ? clip(hi) : 1.0;
}

void aed_knobs_expand(double *full, const aed_knobs *k, const double *theta)
{
    for (size_t j = 0; j < k->d; j++)
    {
        const size_t i = k->index[j];

        full[i] = k->lo[i] + clip(theta[j]) * (k->hi[i] - k->lo[i]);
    }
}

void aed_knobs_collect(double *theta, const aed_knobs *k, const double *full)
{
    for (size_t j = 0; j < k->d; j++)
    {
        const size_t i = k->index[j];

        theta[j] = clip((full[i] - k->lo[i]) / (k->hi[i] - k->lo[i]));
    }
}

void aed_knobs_gradient(double *dtheta, const aed_knobs *k, const double *dfull)
{
    for (size_t j = 0; j < k->d; j++)
    {
        const size_t i = k->index[j];

        dtheta[j] = dfull[i] * (k->hi[i] - k->lo[i]);
    }
}
