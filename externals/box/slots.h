/* slots.h: which target lies in which slot of an ear, so that each of a set is analysed once.
 *
 * A slot holds a piece (targets.h) or the sound that is followed, of which there is one at a time. What was
 * followed, and then the slot used longest ago, makes room for what lies in none. */
#ifndef AED_BOX_SLOTS_H
#define AED_BOX_SLOTS_H

#include <stddef.h>

#include "targets.h"

enum
{
    AED_SLOTS_MOST = 32
};

/* What a window meets. */
typedef struct
{
    int followed; /* the sound of the second inlet; what follows is 0 then */
    aed_piece piece;
    size_t segment_n; /* samples that the piece is cut to, 0: none */
} aed_meeting;

typedef struct
{
    aed_meeting meets[AED_SLOTS_MOST];
    size_t used[AED_SLOTS_MOST]; /* when; 0: the slot is empty */
    size_t n, now, last;         /* how many slots, uses so far, the slot used last */
} aed_slots;

/* All are empty; n from now on, 1 … AED_SLOTS_MOST. */
void aed_slots_clear(aed_slots *s, size_t n);

/* 1 once something was used. */
int aed_slots_known(const aed_slots *s);

/* Where m lies, or where it is to go: *has 1 or 0 out. */
size_t aed_slots_find(const aed_slots *s, const aed_meeting *m, int *has);

/* Slot k, k < n, holds m, and a window has met it. */
void aed_slots_use(aed_slots *s, size_t k, const aed_meeting *m);

#endif
