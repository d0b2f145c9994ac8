/* law.h: what laws are made of; for the files law_*.c, sched.c and the tests. */
#ifndef AED_LAW_H
#define AED_LAW_H

#include "sched.h"

extern const aed_law aed_law_seed_text, aed_law_seed_code, aed_law_robust, aed_law_hyper;

/* Take in one value of the loss (or of its logarithm) and one of the reward:
 *
 *     mean  <- beta mean + (1 - beta) x        the first value is the mean
 *     dloss  = mean before - mean after        0 at the first
 *     dreward = mean after - mean before
 *
 * and append the loss to the history. Rt-safe: yes. */
void aed_sched_observe(aed_sched *s, double loss, double reward);

/* Variance of the last `window` losses over the square of their mean (field.md 4.7: relative, so
 * that a loss of 100 and one of 1 are damped alike); 0 with fewer than 2. Rt-safe: yes. */
double aed_sched_relative_variance(const aed_sched *s);

/* Mean squared residual of the last `window` values around their least-squares line; 0 with fewer
 * than 4. A steady trend is not noise, which is why the plain variance will not do. Rt-safe: yes. */
double aed_sched_residual_variance(const aed_sched *s);

/* Multiply alpha, multiply sigma, set mu, each within its bounds. Rt-safe: yes. */
void aed_sched_scale_alpha(aed_sched *s, double factor);
void aed_sched_scale_sigma(aed_sched *s, double factor);
void aed_sched_put_mu(aed_sched *s, double mu);

/* The seed's momentum rule, which all laws share: mu + dmu when the reward rises, else mu - kmu mu.
 * Rt-safe: yes. */
void aed_sched_step_mu(aed_sched *s);

/* The factor of alpha when the loss does not fall: d, or u^(-p/(1-p)) from pstar. Rt-safe: yes. */
double aed_sched_down(const aed_sched *s);

/* Scheduler.update(loss, reward, var) of the seed, with var from outside as the seed has it.
 * Finite arguments. Rt-safe: yes. */
void aed_law_seed_step(aed_sched *s, double loss, double reward, double var);

#endif
