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

/* Of one name and one chain. */
static int together(const aed_synth_box *a, const aed_synth_box *b)
{
    return a->name && b->name && strcmp(a->name, b->name) == 0 &&
           strcmp(a->rig->words, b->rig->words) == 0;
}

int aed_synth_name_follows(const aed_synth_box *x)
{
    for (const aed_synth_box *y = first; y && y != x; y = y->next_named)
        if (together(x, y))
            return 1;
    return 0;
}

void aed_synth_name_share(const aed_synth_box *x)
{
    if (!x->name)
        return;
    for (aed_synth_box *y = first; y; y = y->next_named)
        if (y != x && together(x, y))
        {
            memcpy(y->rig->full, x->rig->full, x->rig->chain.d * sizeof *x->rig->full);
            aed_voice_theta(y->rig->audible, y->rig->full, aed_synth_ramp_n(x));
        }
}

void aed_synth_name_adopt(aed_synth_box *x)
{
    for (const aed_synth_box *y = first; y; y = y->next_named)
        if (y != x && together(x, y))
        {
            const size_t values = x->rig->chain.d * sizeof *x->rig->full;

            memcpy(x->rig->full, y->rig->full, values);
            memcpy(x->rig->ok, y->rig->full, values);
            aed_voice_theta(x->rig->audible, x->rig->full, 0);
            return;
        }
}
