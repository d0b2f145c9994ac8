/* train_inside.h: what the files train*.c share. */
#ifndef AED_TRAIN_INSIDE_H
#define AED_TRAIN_INSIDE_H

#include "base/arena.h"
#include "dither.h"
#include "guard.h"
#include "memory.h"
#include "optim.h"
#include "population.h"
#include "resonance.h"
#include "train.h"

struct aed_train
{
    aed_train_settings set;
    const aed_optim *optim;
    aed_optim_state moments;
    aed_dither dither;
    aed_probe probe;
    aed_memory memory;
    aed_policy policy;
    aed_guard guard;
    aed_population population;
    aed_resonance resonance;

    size_t d, steps;
    size_t open_at, open_n; /* theta without bounds */
    uint64_t seed;
    int phase;                              /* the policy's, while a state is written or read */
    double grad_norm, update_norm, largest; /* of the last step; the move of one theta */
    double agreement;                       /* of the last gradient and the move before */
    double loss, best_loss;                 /* NAN: none */
    int has_undo;
    int half_gradient, half_reward; /* have come for what is out, with policy and blend */
    double reward;                  /* that one; NaN: it was none */
    int has_reference;
    int has_good;          /* `good` is known */
    int rolled;            /* gone back, and no loss has come since */
    int passes;            /* the next gradient is of what was left */
    size_t since_rollback; /* steps */
    size_t rollbacks, retargets;
    int has_heard; /* `heard` and `loss` belong to the path theta is on */

    double *theta, *emitted, *best, *undo; /* [d] */
    double *heard;                         /* [d] what was emitted when `loss` came */
    double *reference;                     /* [d] of the anchor */
    double *good;                          /* [d] theta of the last loss that had not blown up */
    double *centre;                        /* [d] of the open round */
    double *blended;       /* [d] the loss's share in the gradient of an open pair */
    double *g, *u;         /* [d] scratch of one call */
    double *move;          /* [d] what the optimizer's last step moved, 0 after a jump */
    unsigned char *frozen; /* [d] by the user */
    unsigned char *still;  /* [d] frozen, or a frequency that follows */

    double *octaves; /* [d] that theta 0 … 1 spans; 0: not a frequency */
    double lag;      /* of the emitted theta, in octaves */
    int has_lag;     /* it is for the next step */
    int follows;     /* frequencies follow it, and are still for all else */
    int waits;       /* all others waited for them in the last step */
    int waited;      /* in how many steps in a row */
    aed_arena arena;
};

/* Where theta may be. Rt-safe: yes. */
static inline aed_bounds aed_train_bounds(const aed_train *t)
{
    return (aed_bounds){t->d, t->set.lo, t->set.hi, t->still, t->open_at, t->open_n};
}

/* Which of theta stand still, anew. An open round of local tests is dropped when it changes: its
 * candidates could not be made again. Rt-safe: yes. */
void aed_train_stand(aed_train *t);

/* 1 when the next step's gradient is not for theta i. Rt-safe: yes. */
static inline int aed_train_stands(const aed_train *t, size_t i)
{
    return t->has_lag ? t->still[i] : t->frozen[i];
}

/* 1 while several starts are tried. Rt-safe: yes. */
static inline int aed_train_populates(const aed_train *t)
{
    return t->population.n > 1 && t->population.at < t->population.n;
}

/* After a step: on to the next start, or to the best. Rt-safe: yes. */
void aed_train_populate(aed_train *t);

/* Before a step: without a lag frequencies follow no longer. Rt-safe: yes. */
void aed_train_lag_over(aed_train *t);

/* At a step: frequencies that follow go where the lag says. Returns the sum of squared moves, and
 * waits says whether all others wait. Rt-safe: yes. */
double aed_train_follow(aed_train *t);

/* The lag that has come is of another theta or target. Rt-safe: yes. */
void aed_train_lag_forget(aed_train *t);

/* theta = theta [d] where it is not frozen: a jump of its own accord, which a freeze or clamps
 * meanwhile outlive. Rt-safe: yes. */
void aed_train_go_to(aed_train *t, const double *theta);

/* After a jump of theta: no moments, no open round or pair, no lag; what is emitted is theta.
 * Rt-safe: yes. */
void aed_train_jumped(aed_train *t);

/* The same, but for the moments. Rt-safe: yes. */
void aed_train_moved(aed_train *t);

#endif
