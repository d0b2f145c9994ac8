/* reward.h: bounded, smooth praise for likeness, what is taken off it, and its mix.
 *
 *     praise_j  = exp(-term_j)                  0 … 1, 1 for equal sounds
 *     penalty_j = 1 - exp(-term_j)              0 … 1, 0 where nothing is wrong
 *     R         = sum_praise w_j praise_j / sum_praise w_j - sum_penalty w_j penalty_j
 *
 * term_j is the unweighted term of a loss (loss.h): so every reward is as smooth as its loss, and
 *
 *     d(-R)/dterm_j = w_j exp(-term_j) / sum w    for praise,    w_j exp(-term_j)    for a penalty
 *
 * are the weights with which those losses descend when R is climbed. For centroid, rolloff and
 * flatness exp(-term) is the AE-DDSP seed's exp(-(phi - phi*)^2 / .05): e^-1 at .22 of the range. The
 * seed's rolloff jumps from band to band; the reward uses the soft one. logmel is e^-1 where bands
 * are off by 1 in ln power (4.3 dB). cap is the seed's safety penalty on loudness.
 *
 * A new reward is one row in reward.c. */
#ifndef AED_REWARD_H
#define AED_REWARD_H

#include <stddef.h>

#include "loss.h"

enum
{
    AED_REWARDS = 6 /* rows in aed_rewards */
};

typedef struct
{
    const char *name; /* the word in a message: "centroid" */
    const char *doc;  /* one line */
    double default_weight;
    size_t loss; /* whose term it is made of */
    int penalty; /* 1: taken off */
} aed_reward;

extern const aed_reward aed_rewards[AED_REWARDS];

/* rewards [AED_REWARDS] out: praise or penalty, 0 for those of weight 0; slopes [AED_LOSSES] out:
 * d(-R)/dterm; terms [AED_LOSSES] in, those of rows of weight > 0 computed; weights [AED_REWARDS] in,
 * >= 0. Returns R; its first sum is 0 when nothing is praised. Rt-safe: yes. */
double aed_rewards_of(double *rewards, double *slopes, const double *terms, const double *weights);

#endif
