/* policy.h: learn from a reward alone: any patch is a plant, no gradient is needed.
 *
 * Antithetic perturbation (Spall 1992, SPSA; normal instead of +-1 as in evolution strategies,
 * Salimans et al. 2017): send theta + c D eta, then theta - c D eta, eta ~ N(0, I); after both
 * rewards
 *
 *     g_i = -w (r+ - r-)/(2 c) eta_i / D_i,     E g = -w dr/dtheta + O(c^2)
 *
 * is a gradient to descend, with D the shape of the dither. A baseline (advantage) cancels in r+ - r-, and
 * the scale of rewards in adam. At a bound the clipped half of the pair makes g smaller, it does not turn it
 * round. Plain struct over one vector. */
#ifndef AED_POLICY_H
#define AED_POLICY_H

#include <stddef.h>

#include "base/rng.h"
#include "bounds.h"

/* Ranges are in the table of train.c. */
typedef struct
{
    double weight; /* w; 0: off */
    double c;      /* width of the perturbation, > 0 */
    double blend;  /* weight of the loss's gradient beside it; 0: it is not heard */
} aed_policy_settings;

typedef enum
{
    AED_POLICY_IDLE, /* nothing perturbed is out */
    AED_POLICY_PLUS, /* theta + c D eta is out */
    AED_POLICY_MINUS
} aed_policy_phase;

typedef struct
{
    aed_policy_phase phase;
    double *eta; /* [d] */
    double c;    /* of this pair, so that a message between its halves does no harm */
    double reward_plus;
    size_t pairs, skipped; /* pairs used; pairs given up for a NaN or Inf */
    aed_rng rng;
} aed_policy;

/* Draw a new direction; what is to be sent is the plus half. Rt-safe: yes. */
void aed_policy_open(aed_policy *p, const aed_policy_settings *set, const aed_bounds *b);

/* The half that is out: out [d] = clip(theta +- c D eta). theta, shape [d] in. Rt-safe: yes. */
void aed_policy_emit(double *out, const aed_policy *p, const double *theta, const double *shape,
    const aed_bounds *b);

/* The reward of the half that is out. Returns 1 when the pair is complete: g [d] then holds the
 * gradient and the phase is IDLE. Otherwise 0 and g is left alone: the phase has become MINUS, or
 * IDLE after a NaN or Inf, which gives the pair up. Call only while a pair is out.
 * Rt-safe: yes. */
int aed_policy_reward(double *g, aed_policy *p, double reward, const aed_policy_settings *set,
    const double *shape, const aed_bounds *b);

#endif
