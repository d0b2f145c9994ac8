#include "knobs.h"

#include <math.h>
#include <string.h>

static double clip(double x)
{
    return fmin(fmax(x, 0.0), 1.0);
}

static void count(aed_knobs *k)
{
    k->turned = 0;
    for (size_t i = 0; i < k->n; i++)
        if (k->learns[i])
            k->index[k->turned++] = i;
    k->d = k->turned;
    for (size_t i = 0; i < k->n_weights; i++)
        k->d += k->weights[i].learns ? k->weights[i].n : 0;
}

void aed_knobs_init(aed_knobs *k, const aed_chain *chain)
{
    aed_weights_place places[AED_MOST_WEIGHTS];

    k->n = chain->d;
    k->n_weights = aed_chain_weights(places, chain);
    for (size_t i = 0; i < k->n_weights; i++)
        k->weights[i] =
            (aed_knobs_weights){places[i].at, places[i].n, !(places[i].row->traits & AED_STANDS)};
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

void aed_knobs_learn_weights(aed_knobs *k, size_t i, int learns)
{
    k->weights[i].learns = learns != 0;
    count(k);
}

size_t aed_knobs_full_n(const aed_knobs *k)
{
    size_t n = k->n;

    for (size_t i = 0; i < k->n_weights; i++)
        n += k->weights[i].n;
    return n;
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
    memmove(full + k->n, from + k->n, (aed_knobs_full_n(k) - k->n) * sizeof *full);
}

/* to[…] = factor · from[…] of all weights that learn; one of the two is a theta, the other a full. */
static void each_weight(
    double *to, const double *from, const aed_knobs *k, double factor, int to_theta)
{
    size_t j = k->turned;

    for (size_t v = 0; v < k->n_weights; v++)
        for (size_t i = 0; k->weights[v].learns && i < k->weights[v].n; i++, j++)
        {
            const size_t at = k->weights[v].at + i;

            to[to_theta ? j : at] = factor * from[to_theta ? at : j];
        }
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
    for (size_t j = 0; j < k->turned; j++)
    {
        const size_t i = k->index[j];
        const double lo = bottom(k, i);

        full[i] = lo + clip(theta[j]) * (k->hi[i] - lo);
    }
    each_weight(full, theta, k, AED_WEIGHT_UNIT, 0);
}

void aed_knobs_collect(double *theta, const aed_knobs *k, const double *full)
{
    for (size_t j = 0; j < k->turned; j++)
        theta[j] = aed_knobs_place(k, k->index[j], full[k->index[j]]);
    each_weight(theta, full, k, 1.0 / AED_WEIGHT_UNIT, 1);
}

void aed_knobs_gradient(double *dtheta, const aed_knobs *k, const double *dfull)
{
    for (size_t j = 0; j < k->turned; j++)
    {
        const size_t i = k->index[j];

        dtheta[j] = dfull[i] * (k->hi[i] - bottom(k, i));
    }
    each_weight(dtheta, dfull, k, AED_WEIGHT_UNIT, 1);
}
