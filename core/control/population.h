/* population.h: a run that begins at several places and goes on from the best of them.
 *
 * n starts of k steps each. Start 0 is theta as it is; start j of the others is stratified in every parameter
 * (a Latin hypercube: McKay, Beckman and Conover 1979):
 *
 *     theta_i = lo + (hi - lo) (perm_i(j) + u) / (n - 1)        perm_i: a random order of 0 … n - 2; u in [0, 1)
 *
 * so that n - 1 starts are spread over the range of each knob, whatever their number: a Halton sequence in 18
 * dimensions has covered a seventh of its last knob's range after 8 points. What stands still or has no
 * bounds stays as it is in start 0. Plain struct. */
#ifndef AED_POPULATION_H
#define AED_POPULATION_H

#include <stddef.h>
#include <stdint.h>

#include "bounds.h"

enum
{
    AED_POPULATION_MAX = 64
};

typedef struct
{
    size_t n, k;  /* of the next run; n 0 or 1: none */
    size_t at;    /* the start that is tried; n of the run: over */
    size_t steps; /* it has had */
} aed_population;

/* Start j of 1 … p->n - 1 into theta [b->d]; from [b->d] is start 0. Equal for equal arguments. Rt-safe: yes. */
void aed_population_start(double *theta, const aed_population *p, size_t j, const double *from,
    uint64_t seed, const aed_bounds *b);

#endif
