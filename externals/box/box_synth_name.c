/* box_synth_name.c: objects of one name, such as the voices of a [clone], have one set of
 * parameters. The first of them learns; all of them sound. Host's thread only. */
#include <string.h>

#include "box_synth.h"

static aed_synth_box *first;

void aed_synth_name_join(aed_synth_box *x)
{
    aed_synth_box **at = &first;

    while (*at)
        at = &(*at)->next_named;
    *at = x;
}

void aed_synth_name_leave(aed_synth_box *x)
{
    for (aed_synth_box **at = &first; *at; at = &(*at)->next_named)
        if (*at == x)
        {
            *at = x->next_named;
            return;
        }
}

static int same_name(const aed_synth_box *a, const aed_synth_box *b)
{
    return a->name && b->name && strcmp(a->name, b->name) == 0;
}

int aed_synth_name_follows(const aed_synth_box *x)
{
    for (const aed_synth_box *y = first; y && y != x; y = y->next_named)
        if (same_name(x, y))
            return 1;
    return 0;
}

void aed_synth_name_share(const aed_synth_box *x)
{
    if (!x->name)
        return;
    for (aed_synth_box *y = first; y; y = y->next_named)
        if (y != x && same_name(x, y) && strcmp(x->rig->words, y->rig->words) == 0)
        {
            memcpy(y->rig->full, x->rig->full, x->rig->chain.d * sizeof *x->rig->full);
            aed_voice_theta(y->rig->audible, y->rig->full, aed_synth_ramp_n(x));
        }
}
