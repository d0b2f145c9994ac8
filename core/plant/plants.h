/* plants.h: chains with a name, where they begin and how far they learn: "bass", "bell" … */
#ifndef AED_PLANTS_H
#define AED_PLANTS_H

#include "base/status.h"
#include "chain.h"
#include "knobs.h"

/* One parameter of a named plant. value, lo and hi in its own unit; lo = hi: its whole range. */
typedef struct
{
    const char *param; /* "ladder.cutoff" */
    double value, lo, hi;
    int learns; /* AED_AS_USUAL, 0 or 1 */
} aed_plant_setting;

enum
{
    AED_AS_USUAL = -1 /* as the module's table says */
};

typedef struct
{
    const char *name, *doc;
    const char *words;                 /* its chain */
    const aed_plant_setting *settings; /* ended by param NULL */
} aed_plant;

/* All of them, ended by name NULL. The first is what [aed_synth~] plays when nobody says otherwise. */
extern const aed_plant aed_plants[];

/* The plant of this name; NULL when there is none. Rt-safe: yes. */
const aed_plant *aed_plant_named(const char *name);

/* Parse a chain's words, or the one word that names a plant, and say where it begins (full [d], theta
 * of the parameters over the whole ranges) and what learns how far. Errors (nothing is changed) as aed_chain_parse.
 * Rt-safe: no. */
AED_MUST_CHECK aed_status aed_plant_parse(aed_chain *chain, double full[AED_KNOBS_MOST],
    aed_knobs *knobs, const char *words, aed_error *e);

#endif
