#include "pool.h"

#include <stdlib.h>

enum
{
    MOST = 32 /* spare blocks; a round of local tests has eight or so out at once */
};

struct aed_block_header
{
    size_t bytes;
    aed_block_header *next;
};

/* A block that fits without being far too large. */
static int fits(const aed_block_header *b, size_t bytes)
{
    return b->bytes >= bytes && b->bytes <= 2 * bytes;
}

void *aed_pool_take(aed_pool *p, size_t bytes)
{
    for (aed_block_header **at = &p->spare; *at; at = &(*at)->next)
        if (fits(*at, bytes))
        {
            aed_block_header *b = *at;

            *at = b->next;
            p->n--;
            return b + 1;
        }
    aed_block_header *b = malloc(sizeof *b + bytes);

    if (!b)
        return NULL;
    b->bytes = bytes;
    return b + 1;
}

void aed_pool_give(aed_pool *p, void *block)
{
    if (!block)
        return;
    aed_block_header *b = (aed_block_header *)block - 1;

    if (p->n >= MOST)
    {
        free(b);
        return;
    }
    b->next = p->spare;
    p->spare = b;
    p->n++;
}

void aed_pool_close(aed_pool *p)
{
    while (p->spare)
    {
        aed_block_header *b = p->spare;

        p->spare = b->next;
        free(b);
    }
    p->n = 0;
}
