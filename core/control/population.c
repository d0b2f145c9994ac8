#include "population.h"

#include "base/rng.h"

/* Where j stands in a random order of 0 … m - 1. */
static size_t shuffled(size_t j, size_t m, aed_rng *r)
{
    size_t order[AED_POPULATION_MAX];

    for (size_t i = 0; i < m; i++)
    {
        const size_t k = (size_t)(aed_rng_uniform(r) * (double)(i + 1));

        order[i] = order[k];
        order[k] = i;
    }
    return order[j];
}

void aed_population_start(double *theta, const aed_population *p, size_t j, const double *from,
    uint64_t seed, const aed_bounds *b)
{
    const size_t m = p->n - 1;

    for (size_t i = 0; i < b->d; i++)
    {
        aed_rng order = {aed_rng_bits(seed, 0), (uint64_t)i << 32};
        aed_rng within = {aed_rng_bits(seed, j), (uint64_t)i << 32};
        const double u = (double)shuffled(j - 1, m, &order) + aed_rng_uniform(&within);
        const int stays = !aed_bounds_free(b, i) || aed_bounds_open(b, i);

        theta[i] = stays ? from[i] : aed_bounds_clip(b, i, b->lo + (b->hi - b->lo) * u / (double)m);
    }
}
