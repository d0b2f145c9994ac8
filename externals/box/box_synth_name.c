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

/* Has y the name of x, and this chain? */
static int together(const aed_synth_box *x, const aed_chain *chain, const aed_synth_box *y)
{
    return x != y && x->name && y->name && strcmp(x->name, y->name) == 0 &&
           aed_chain_equal(chain, &y->rig->chain);
}

/* Theirs become r's, within r's own ranges. */
static void take_over(aed_rig *r, const double *full, size_t ramp_n)
{
    aed_knobs_clip(r->full, &r->knobs, full);
    aed_voice_theta(r->audible, r->full, ramp_n);
}

int aed_synth_name_follows(const aed_synth_box *x)
{
    for (const aed_synth_box *y = first; y && y != x; y = y->next_named)
        if (together(x, &x->rig->chain, y))
            return 1;
    return 0;
}

void aed_synth_name_share(const aed_synth_box *x)
{
    const aed_rig *r = x->rig;

    for (aed_synth_box *y = first; y; y = y->next_named)
        if (together(x, &r->chain, y))
        {
            take_over(y->rig, r->full, aed_synth_ramp_n(y));
            memcpy(y->rig->pending, y->rig->full, r->chain.full_n * sizeof *r->full);
        }
}

void aed_synth_name_adopt(const aed_synth_box *x, aed_rig *rig)
{
    for (const aed_synth_box *y = first; y; y = y->next_named)
        if (together(x, &rig->chain, y))
        {
            take_over(rig, y->rig->full, 0);
            memcpy(rig->ok, rig->full, rig->chain.full_n * sizeof *rig->ok);
            return;
        }
}
