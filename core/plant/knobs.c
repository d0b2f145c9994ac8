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

void aed_knobs_init(aed_knobs *k, const aed_chain *chain)
{
    k->n = chain->d;
    for (size_t i = 0; i < chain->d; i++)
    {
        const int traits = aed_chain_param(chain, i)->traits;

        k->learns[i] = !(traits & AED_STANDS);
        k->lo[i] = 0.0;
        k->hi[i] = 1.0;
        k->floor[i] = traits & AED_LEVEL ? AED_LEVEL_FLOOR : 0.0;
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

void aed_knobs_clip(double *full, const aed_knobs *k, const double *from)
{
    for (size_t i = 0; i < k->n; i++)
        full[i] = fmin(fmax(from[i], k->lo[i]), k->hi[i]);
}

/* The lower end while learning; a range below the floor has none. */
static double bottom(const aed_knobs *k, size_t i)
{
    return k->floor[i] < k->hi[i] ? fmax(k->lo[i], k->floor[i]) : k->lo[i];
}

double aed_knobs_place(const aed_knobs *k, size_t i, double full)
{
    const double lo = bottom(k, i);

    return clip((full - lo) / (k->hi[i] - lo));
}

void aed_knobs_expand(double *full, const aed_knobs *k, const double *theta)
{
    for (size_t j = 0; j < k->d; j++)
    {
        const size_t i = k->index[j];
        const double lo = bottom(k, i);

        full[i] = lo + clip(theta[j]) * (k->hi[i] - lo);
    }
}

void aed_knobs_collect(double *theta, const aed_knobs *k, const double *full)
{
    for (size_t j = 0; j < k->d; j++)
        theta[j] = aed_knobs_place(k, k->index[j], full[k->index[j]]);
}

void aed_knobs_gradient(double *dtheta, const aed_knobs *k, const double *dfull)
{
    for (size_t j = 0; j < k->d; j++)
    {
        const size_t i = k->index[j];

        dtheta[j] = dfull[i] * (k->hi[i] - bottom(k, i));
    }
}
