/* train_inside.h: what train.c, train_step.c and train_probe.c share. */
#ifndef AED_TRAIN_INSIDE_H
#define AED_TRAIN_INSIDE_H

#include "base/arena.h"
#include "dither.h"
#include "optim.h"
#include "train.h"

struct aed_train
{
    aed_train_settings set;
    const aed_optim *optim;
    aed_optim_state moments;
    aed_dither dither;
    aed_probe probe;
    aed_policy policy;

    size_t d, steps;
    size_t open_at, open_n; /* theta without bounds */
    uint64_t seed;
    double grad_norm, update_norm;
    double loss, best_loss; /* NAN: none */
    int has_undo;
    int has_heard; /* `heard` and `loss` belong to the path theta is on */

    double *theta, *emitted, *best, *undo; /* [d] */
    double *heard;                         /* [d] what was emitted when `loss` came */
    double *centre;                        /* [d] of the open round */
    double *g, *u;                         /* [d] scratch of one call */
    unsigned char *frozen;                 /* [d] */
    aed_arena arena;
};

/* Where theta may be. Rt-safe: yes. */
static inline aed_bounds aed_train_bounds(const aed_train *t)
{
    return (aed_bounds){t->d, t->set.lo, t->set.hi, t->frozen, t->open_at, t->open_n};
}

/* After a jump of theta: no moments, no open round or pair; what is emitted is theta.
 * Rt-safe: yes. */
void aed_train_jumped(aed_train *t);

#endif
