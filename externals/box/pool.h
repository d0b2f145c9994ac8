/* pool.h: memory of windows and gradients, used again and again.
 *
 * A loop takes and gives back some blocks of hundreds of kilobytes at every step. The C library would
 * return them to the system and fetch them anew, page by page, on the host's thread; a pool keeps
 * them. One thread, no locks. */
#ifndef AED_POOL_H
#define AED_POOL_H

#include <stddef.h>

typedef struct aed_block_header aed_block_header;

typedef struct
{
    aed_block_header *spare; /* given back, the last one first */
    size_t n;                /* how many */
} aed_pool;

/* At least `bytes` bytes, content undefined; NULL without memory. */
void *aed_pool_take(aed_pool *p, size_t bytes);

/* Give a block back; NULL is fine. */
void aed_pool_give(aed_pool *p, void *block);

/* Return the spare blocks to the system; blocks that are out must have been given back. */
void aed_pool_close(aed_pool *p);

#endif
