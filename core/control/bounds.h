/* bounds.h: where theta may be, and which of it may move. Raw weights stand among it, in one range of
 * indices: they have no bounds but the one that keeps them numbers. */
#ifndef AED_BOUNDS_H
#define AED_BOUNDS_H

#include <math.h>
#include <stddef.h>

#define AED_UNBOUNDED_MOST 1e6 /* of |theta| in the range without bounds */

typedef struct
{
    size_t d;                    /* length of theta */
    double lo, hi;               /* of every theta */
    const unsigned char *frozen; /* [d] 1: this one stays; NULL: all may move */
    size_t open_at, open_n;      /* the range without bounds */
} aed_bounds;

/* 1: theta i has no bounds. Rt-safe: yes. */
static inline int aed_bounds_open(const aed_bounds *b, size_t i)
{
    return i >= b->open_at && i - b->open_at < b->open_n;
}

/* theta i, to where it may be. Rt-safe: yes. */
static inline double aed_bounds_clip(const aed_bounds *b, size_t i, double theta)
{
    const int open = aed_bounds_open(b, i);

    return fmin(fmax(theta, open ? -AED_UNBOUNDED_MOST : b->lo), open ? AED_UNBOUNDED_MOST : b->hi);
}

/* Rt-safe: yes. */
static inline int aed_bounds_free(const aed_bounds *b, size_t i)
{
    return !b->frozen || !b->frozen[i];
}

#endif
