/* still.h: parameters mostly stand still through a chunk; what costs much is then worth asking. */
#ifndef AED_STILL_H
#define AED_STILL_H

#include <stddef.h>

/* How many of x's first values stand for all n: 1 when they are equal, else n. Rt-safe: yes. */
static inline size_t aed_still(const double *x, size_t n)
{
    int moves = 0;

    for (size_t i = 1; i < n; i++)
        moves |= x[i] != x[0];
    return moves ? n : 1;
}

/* Copies the value that stands for all, when m is 1. Rt-safe: yes. */
static inline void aed_still_fill(double *x, size_t m, size_t n)
{
    for (size_t i = m; i < n; i++)
        x[i] = x[0];
}

#endif
