#include "rng.h"

#include <math.h>

double aed_rng_uniform(aed_rng *r)
{
    return (double)(aed_rng_bits(r->seed, r->i++) >> 11) * 0x1p-53;
}

double aed_rng_normal(aed_rng *r)
{
    const double two_pi = 6.283185307179586;
    const double u = 1.0 - aed_rng_uniform(r); /* in (0, 1]: log stays finite */
    const double v = aed_rng_uniform(r);

    return sqrt(-2.0 * log(u)) * cos(two_pi * v);
}
