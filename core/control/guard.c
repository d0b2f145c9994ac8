#include "guard.h"

#include <math.h>

static const double memory = 0.9, bottom = 0.05;

enum
{
    NORMS_LEAST = 8, /* before a mean says anything */
    NEW_SCALE = 32   /* in a row */
};

int aed_guard_loss(aed_guard *g, double loss, double factor)
{
    if (factor > 0.0 && g->losses > 0 && g->first > 0.0 &&
        loss > fmax(factor, 1.0) * fmax(g->best, bottom * g->first))
        return 1;
    if (g->losses++ == 0)
        g->ema = g->best = g->first = loss;
    g->ema += (1.0 - memory) * (loss - g->ema); /* of a constant: that, to the last bit */
    g->best = fmin(g->best, g->ema);
    return 0;
}

int aed_guard_norm(aed_guard *g, double norm, double factor)
{
    if (norm == 0.0)
        return 0;
    const double log_norm = log(norm);

    if (factor > 0.0 && g->norms >= NORMS_LEAST &&
        log_norm > g->log_norm + fmax(2.0 * log(factor), 0.0))
    {
        if (++g->bad < NEW_SCALE)
            return 1;
        g->norms = 0;
    }
    g->bad = 0;
    g->log_norm = g->norms ? g->log_norm + (1.0 - memory) * (log_norm - g->log_norm) : log_norm;
    g->norms++;
    return 0;
}
