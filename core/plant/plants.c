#include "plants.h"

#include <string.h>

static const aed_plant_setting as_it_is[] = {{0}};

const aed_plant aed_plants[] = {
    {"classic", "oscillator and noise into a ladder filter", AED_CHAIN_DEFAULT, as_it_is},
    {0},
};

const aed_plant *aed_plant_named(const char *name)
{
    for (const aed_plant *p = aed_plants; p->name; p++)
        if (strcmp(p->name, name) == 0)
            return p;
    return NULL;
}

static void apply(
    double *full, aed_knobs *knobs, const aed_chain *chain, const aed_plant_setting *s)
{
    const int i = aed_chain_find(chain, s->param);

    if (i < 0) /* a table that names what is not there is caught by the tests */
        return;
    const aed_param *row = aed_chain_param(chain, (size_t)i);

    full[i] = aed_param_theta(row, s->value);
    if (s->lo < s->hi)
        aed_knobs_range(knobs, (size_t)i, aed_param_theta(row, s->lo), aed_param_theta(row, s->hi));
    if (s->learns != AED_AS_USUAL)
        aed_knobs_learn(knobs, (size_t)i, s->learns);
}

aed_status aed_plant_parse(aed_chain *chain, double full[AED_KNOBS_MOST], aed_knobs *knobs,
    const char *words, aed_error *e)
{
    const aed_plant *plant = aed_plant_named(words);
    const aed_status status = aed_chain_parse(chain, plant ? plant->words : words, e);

    if (status)
        return status;
    aed_chain_start(full, chain);
    aed_knobs_init(knobs, chain);
    for (const aed_plant_setting *s = plant ? plant->settings : as_it_is; s->param; s++)
        apply(full, knobs, chain, s);
    return AED_OK;
}
