/* memory.h: what was best for the targets before this one. When the target changes, the first local test
 * tries as many of them as it has candidates: a target that comes back is found again at once, and one that
 * resembles an earlier one is closer.
 *
 * Branke 1999, "Memory enhanced evolutionary algorithms for changing optimization problems". The newest is
 * the first; one that comes again moves there, a new one drives out the oldest when all places are taken.
 * Plain struct. */
#ifndef AED_MEMORY_H
#define AED_MEMORY_H

#include <stddef.h>

enum
{
    AED_MEMORY_MAX = 8
};

typedef struct
{
    double *theta;  /* [AED_MEMORY_MAX · d], the newest first */
    size_t n;       /* that are known */
    size_t untried; /* 0 … n: so many, from the first on, are to be tried on this target */
} aed_memory;

/* theta [d] to the front, at most `most` of them are kept. Rt-safe: yes. */
void aed_memory_put(aed_memory *m, const double *theta, size_t d, size_t most);

/* The one i < m->n, [d]. Rt-safe: yes. */
const double *aed_memory_at(const aed_memory *m, size_t i, size_t d);

#endif
