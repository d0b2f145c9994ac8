#include "dither.h"

#include <math.h>
#include <string.h>

static const double memory = 0.99; /* about 100 accepted moves */
static const double floor_share = 0.1;

static const char *const names[] = {
    [AED_DITHER_OFF] = "off",
    [AED_DITHER_THETA] = "theta",
    [AED_DITHER_WALK] = "walk",
    [AED_DITHER_GRAD] = "grad",
};

int aed_dither_find(aed_dither_mode *mode, const char *name)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i], name) == 0)
        {
            *mode = (aed_dither_mode)i;
            return 1;
        }
    return 0;
}

const char *aed_dither_name(aed_dither_mode mode)
{
    return names[mode];
}

void aed_dither_reset(aed_dither *x, size_t d)
{
    for (size_t i = 0; i < d; i++)
    {
        x->m[i] = 0.0;
        x->shape[i] = 1.0;
    }
    x->prior = 1.0;
}

/* Mean of m over the parameters that may move. */
static double mean_square(const aed_dither *x, const aed_bounds *b)
{
    double sum = 0.0;
    size_t n = 0;

    for (size_t i = 0; i < b->d; i++)
        if (aed_bounds_free(b, i))
        {
            sum += x->m[i];
            n++;
        }
    return n ? sum / (double)n : 0.0;
}

void aed_dither_accept(aed_dither *x, const double *move, const aed_bounds *b)
{
    double size = 0.0;

    for (size_t i = 0; i < b->d; i++)
        size += move[i] * move[i];
    if (size == 0.0)
        return;
    for (size_t i = 0; i < b->d; i++)
        x->m[i] = memory * x->m[i] + (1.0 - memory) * move[i] * move[i];
    x->prior *= memory;

    const double mean = mean_square(x, b), f = fmax(floor_share, x->prior);

    if (mean <= 0.0) /* only frozen ones have moved */
        return;
    for (size_t i = 0; i < b->d; i++)
        x->shape[i] = sqrt((1.0 - f) * x->m[i] / mean + f);
}

void aed_dither_add(double *y, aed_dither *x, double sigma, const aed_bounds *b)
{
    if (sigma == 0.0)
        return;
    for (size_t i = 0; i < b->d; i++)
        if (aed_bounds_free(b, i))
            y[i] += sigma * x->shape[i] * aed_rng_normal(&x->rng);
}

void aed_dither_add_flat(double *g, aed_dither *x, double sigma, const aed_bounds *b)
{
    if (sigma == 0.0)
        return;
    for (size_t i = 0; i < b->d; i++)
        if (aed_bounds_free(b, i))
            g[i] += sigma * aed_rng_normal(&x->rng);
}
