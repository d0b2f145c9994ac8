/* reward.h: bounded, smooth praise for likeness, and its mix.
 *
 *     centroid   exp(-(phi - phi*)^2 / .05)      the AE-DDSP seed's; e^-1 at .22 of the band range
 *     rolloff    exp(-(phi - phi*)^2 / .05)      the same scale, 0 … 1 over the bands
 *     flatness   exp(-(phi - phi*)^2 / .05)
 *     logmel     exp(-L),  L the logmel loss      e^-1 where bands are off by 1 in ln power (4.3 dB)
 *
 * All lie in 0 … 1, 1 for equal sounds. phi are the features of x, phi* the target's.
 *
 * A new reward is one function and one row in reward.c. */
#ifndef AED_REWARD_H
#define AED_REWARD_H

#include <stddef.h>

#include "feature.h"
#include "loss.h"

enum
{
    AED_REWARDS = 4 /* rows in aed_rewards */
};

/* What a reward may look at. */
typedef struct
{
    const double *phi;    /* [AED_FEATURES] of x */
    const double *target; /* [AED_FEATURES] of the target */
    const double *terms;  /* [AED_LOSSES] unweighted; the one the row needs is computed */
} aed_likeness;

typedef struct
{
    const char *name; /* the word in a message: "centroid" */
    const char *doc;  /* one line */
    double default_weight;
    size_t needs; /* a loss that must be computed for it, or AED_LOSSES */
    double (*of)(const aed_likeness *l);
} aed_reward;

extern const aed_reward aed_rewards[AED_REWARDS];

/* rewards [AED_REWARDS] out, 0 for those of weight 0; weights [AED_REWARDS] in, >= 0.
 * Returns sum w r / sum w, 0 when every weight is 0. Rt-safe: yes. */
double aed_rewards_of(double *rewards, const aed_likeness *l, const double *weights);

#endif
