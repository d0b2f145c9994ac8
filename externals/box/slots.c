#include "slots.h"

void aed_slots_clear(aed_slots *s, size_t n)
{
    *s = (aed_slots){.n = n};
}

int aed_slots_known(const aed_slots *s)
{
    return s->now > 0;
}

static int same(const aed_meeting *a, const aed_meeting *b)
{
    return a->followed == b->followed && a->piece.sound == b->piece.sound &&
           a->piece.at == b->piece.at && a->segment_n == b->segment_n;
}

/* Nobody comes back to what was followed. */
static size_t age(const aed_slots *s, size_t k)
{
    return s->meets[k].followed ? 0 : s->used[k];
}

size_t aed_slots_find(const aed_slots *s, const aed_meeting *m, int *has)
{
    size_t oldest = 0;

    *has = 0;
    for (size_t k = 0; k < s->n; k++)
    {
        *has = s->used[k] && same(&s->meets[k], m);
        if (*has)
            return k;
        if (age(s, k) < age(s, oldest))
            oldest = k;
    }
    return oldest;
}

void aed_slots_use(aed_slots *s, size_t k, const aed_meeting *m)
{
    s->meets[k] = *m;
    s->used[k] = ++s->now;
    s->last = k;
}
