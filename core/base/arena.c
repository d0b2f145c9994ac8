#include "arena.h"

#include <stdlib.h>
#include <string.h>

static size_t round_up(size_t bytes)
{
    return (bytes + AED_ALIGN - 1) / AED_ALIGN * AED_ALIGN;
}

aed_status aed_arena_open(aed_arena *a)
{
    const size_t size = a->used ? a->used : AED_ALIGN;
    unsigned char *base = aligned_alloc(AED_ALIGN, size);

    if (!base)
        return AED_E_MEMORY;
    memset(base, 0, size);
    *a = (aed_arena){base, size, 0};
    return AED_OK;
}

void *aed_arena_take(aed_arena *a, size_t bytes)
{
    const size_t at = a->used;

    if (a->base && bytes > a->size - at)
        return NULL;
    a->used += round_up(bytes);
    return a->base ? a->base + at : NULL;
}

double *aed_arena_doubles(aed_arena *a, size_t n)
{
    return aed_arena_take(a, n * sizeof(double));
}

void aed_arena_close(aed_arena *a)
{
    unsigned char *base = a->base;

    *a = (aed_arena){0}; /* first: it may lie in the block */
    free(base);
}
