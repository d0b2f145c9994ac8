/* box_features_phi.c: which features leave outlet 4, and in which order. */
#include <stdio.h>
#include <string.h>

#include "box_features.h"

void aed_features_phi_default(aed_features_box *x)
{
    x->n_phi = AED_FEATURES_DEFAULT;
    for (size_t i = 0; i < x->n_phi; i++)
        x->phi_rows[i] = i;
    x->config.features = (1u << AED_FEATURES_DEFAULT) - 1u;
}

static size_t size_of(const aed_features_box *x, size_t row)
{
    const aed_heard h = {.bins = x->config.sizes[0] / 2 + 1,
        .bands = x->config.mels,
        .resolutions = x->config.n_sizes};

    return aed_feature_size(aed_features[row], &h);
}

size_t aed_features_phi_n(const aed_features_box *x)
{
    size_t n = 0;

    for (size_t i = 0; i < x->n_phi; i++)
        n += size_of(x, x->phi_rows[i]);
    return n;
}

/* Where a row begins in phi; -1 when it is not there. */
static double place_of(const aed_features_box *x, size_t row)
{
    size_t at = 0;

    for (size_t i = 0; i < x->n_phi; i++)
    {
        if (x->phi_rows[i] == row)
            return (double)at;
        at += size_of(x, x->phi_rows[i]);
    }
    return -1.0;
}

static void list(aed_features_box *x)
{
    for (size_t row = 0; row < AED_FEATURES; row++)
    {
        const aed_atom v[] = {{aed_features[row]->name, 0.0}, {NULL, (double)size_of(x, row)},
            {NULL, place_of(x, row)}};

        x->box.host->send(x->box.host_object, AED_FEATURES_INFO, "feature", v, 3);
    }
}

static const char *name_of(size_t i)
{
    return aed_features[i]->name;
}

void aed_features_on_features(aed_box *box, const aed_args *a)
{
    aed_features_box *x = (aed_features_box *)box;
    size_t rows[AED_EAR_FEATURES];
    unsigned chosen = 0;

    if (a->n == 1 && strcmp(a->v[0].s, "?") == 0)
    {
        list(x);
        return;
    }
    for (size_t i = 0; i < a->n; i++)
    {
        const size_t row = aed_feature_named(a->v[i].s);

        if (row == AED_FEATURES)
        {
            aed_features_unknown(box, "features", "feature", a->v[i].s, name_of, AED_FEATURES);
            return;
        }
        if (chosen >> row & 1u)
        {
            aed_box_error(box, "features: '%s' is there twice", a->v[i].s);
            return;
        }
        chosen |= 1u << row;
        rows[i] = row;
    }
    if (a->n == 0)
    {
        aed_features_phi_default(x);
        return;
    }
    memcpy(x->phi_rows, rows, a->n * sizeof *rows);
    x->n_phi = a->n;
    x->config.features = chosen;
}
