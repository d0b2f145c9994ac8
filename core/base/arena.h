/* arena.h: one aligned block per object, handed out front to back.
 *
 * An object describes its memory once, in a layout function, and runs it twice: first on an arena
 * without a block, which only counts, then on a block of that size.
 *
 *     static void layout(struct thing *t, aed_arena *a) { t->x = aed_arena_doubles(a, t->n); … }
 *
 *     aed_arena a = {0};
 *     layout(t, &a);
 *     if (aed_arena_open(&a)) return NULL;
 *     layout(t, &a);
 */
#ifndef AED_ARENA_H
#define AED_ARENA_H

#include <stddef.h>

#include "status.h"

enum
{
    AED_ALIGN = 64 /* bytes; every piece starts on such a boundary, which FFTW and SIMD like */
};

typedef struct
{
    unsigned char *base; /* NULL while counting */
    size_t size;         /* bytes in base */
    size_t used;         /* bytes handed out, or counted */
} aed_arena;

/* Allocate what was counted so far, zeroed, and start again at its front.
 * Returns AED_E_MEMORY when there is none. Rt-safe: no. */
AED_MUST_CHECK aed_status aed_arena_open(aed_arena *a);

/* The next `bytes` bytes, aligned to AED_ALIGN; NULL while counting or when the block is used up.
 * Rt-safe: yes. */
void *aed_arena_take(aed_arena *a, size_t bytes);

/* The next n doubles. Rt-safe: yes. */
double *aed_arena_doubles(aed_arena *a, size_t n);

/* Give the block back; *a is as new, unless it lay in the block itself. A never opened arena is fine.
 * Rt-safe: no. */
void aed_arena_close(aed_arena *a);

#endif
