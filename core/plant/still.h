/* still.h: parameters mostly stand still through a chunk; what costs much is then worth asking. */
#ifndef AED_STILL_H
#define AED_STILL_H

#include <stddef.h>

#include "base/vmath.h"

/* How many of x's first values stand for all n: 1 when they are equal to the bit, which is quicker
 * to ask than whether they are equal numbers; else n. Rt-safe: yes. */
static inline size_t aed_still(const double *x, size_t n)
{
    uint64_t moves = 0;

    for (size_t i = 1; i < n; i++)
        moves |= aed_to_bits(x[i]) ^ aed_to_bits(x[0]);
    return moves ? n : 1;
}

/* 1 when x is 0 throughout. Rt-safe: yes. */
static inline int aed_still_zero(const double *x, size_t n)
{
    uint64_t bits = 0;

    for (size_t i = 0; i < n; i++)
        bits |= aed_to_bits(x[i]);
    return bits == 0;
}

/* Copies the value that stands for all, when m is 1. Rt-safe: yes. */
static inline void aed_still_fill(double *x, size_t m, size_t n)
{
    for (size_t i = m; i < n; i++)
        x[i] = x[0];
}

#endif
