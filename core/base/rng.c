#include "rng.h"

#include <math.h>

#include "hot.h"
#include "vmath.h"

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

/* The upper 52 bits as the fraction of a number in [1, 2): no conversion, which has no vector form. */
AED_INLINE double one_to_two(uint64_t bits)
{
    return aed_from_bits((bits >> 12) | 0x3ff0000000000000u);
}

AED_HOT void aed_rng_normals(double *x, uint64_t seed, uint64_t first, size_t n)
{
    for (size_t i = 0; i < n; i++)
    {
        const double u = 2.0 - one_to_two(aed_rng_bits(seed, 2 * (first + i))); /* in (0, 1] */
        const double v = one_to_two(aed_rng_bits(seed, 2 * (first + i) + 1));

        x[i] = sqrt(-2.0 * aed_log(u)) * aed_cos_turns(v);
    }
}
