/* bounds.h: where theta may be, and which of it may move. */
#ifndef AED_BOUNDS_H
#define AED_BOUNDS_H

#include <math.h>
#include <stddef.h>

typedef struct
{
    size_t d;                    /* length of theta */
    double lo, hi;               /* of every theta */
    const unsigned char *frozen; /* [d] 1: this one stays; NULL: all may move */
} aed_bounds;

/* Rt-safe: yes. */
static inline double aed_bounds_clip(const aed_bounds *b, double theta)
{
    return fmin(fmax(theta, b->lo), b->hi);
}

/* Rt-safe: yes. */
static inline int aed_bounds_free(const aed_bounds *b, size_t i)
{
    return !b->frozen || !b->frozen[i];
}

#endif
