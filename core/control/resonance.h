/* resonance.h: does learning creep, ring or run away? Seed section 5, "deep resonance": keep updates in a bounded,
 * coherent oscillation, neither overdamped nor explosive; and the rewards R_opt, R_pol of section 6.
 *
 * Seen are the last 64 moves u_t = theta_t - theta_(t-1), and theta_t after them, of up to 32 parameters spread
 * evenly over theta. For a series of vectors v
 *
 *     rho_k(v) = sum_t <v_t, v_(t-k)> / sqrt(sum |v_t|^2 · sum |v_(t-k)|^2)            k = 1 … 32
 *     period(v) = max rho_k over the k behind the first one with rho_k < 0, at least 0; 0 when there is none
 *
 * so that period is 1 for what swings and repeats, about 1/sqrt(64) for noise, 0 for what goes one way.
 *
 *     resonance = period(u)
 *     regime    diverging    in the newer half of the moves |g| (rms) is 2 times what it was in the older, or
 *                            more, and |u| no smaller
 *               ringing      else, resonance >= .3
 *               overdamped   else
 *     sat(x)    = x^2 / (1 + x^2)                                                    0 … 1, smooth
 *     opt       = (1 - sat(|g|/G) + resonance + 1 - sat(|u|/(.05 sqrt d))) / 3       of the last step
 *     pol       = (period(theta - mean) + 1 - exp(-s / .05)) / 2    s: rms distance from the mean, a parameter
 *     penalty   = (w_g sat(|g|/G) + w_u sat(max_i |u_i| / S)) / (w_g + w_u)
 *
 * G, S: what is still a fair gradient and move, the caller's. All of opt, pol, penalty are 0 … 1. Thresholds
 * (2, .3, .05) are chosen, not measured. Plain struct; its vectors are the caller's. */
#ifndef AED_RESONANCE_H
#define AED_RESONANCE_H

#include <stddef.h>

#include "base/arena.h"

enum
{
    AED_RESONANCE_MOVES = 64,
    AED_RESONANCE_TRACKED = 32,
    AED_RESONANCE_LEAST = 8 /* moves, before there is a regime */
};

typedef struct
{
    size_t d, tracked;
    size_t n;                          /* moves since the last reset */
    double *from;                      /* [tracked] theta before the move */
    double *moves, *path;              /* [AED_RESONANCE_MOVES][tracked], rings */
    double norms[AED_RESONANCE_MOVES]; /* |g| of each, a ring */
    double size, largest;              /* of the last move of all parameters: |u|, max |u_i| */
} aed_resonance;

typedef struct
{
    const char *regime; /* NULL before AED_RESONANCE_LEAST moves */
    double resonance, opt, pol, penalty;
} aed_resonance_info;

/* For arena.h: the vectors for theta [d]. Sets d too. */
void aed_resonance_layout(aed_resonance *r, size_t d, aed_arena *a);

/* No moves yet. Rt-safe: yes. */
void aed_resonance_reset(aed_resonance *r);

/* Before a move of theta [d]. Rt-safe: yes. */
void aed_resonance_begin(aed_resonance *r, const double *theta);

/* After it. norm: of the gradient; size: |u|; largest: max |u_i|. Rt-safe: yes. */
void aed_resonance_end(
    aed_resonance *r, const double *theta, double norm, double size, double largest);

/* What is fair and what counts. */
typedef struct
{
    double norm, move;     /* G, S, > 0 */
    double w_norm, w_move; /* weights of the penalty, >= 0 */
} aed_resonance_fair;

/* About 100,000 multiplications. Rt-safe: yes. */
aed_resonance_info aed_resonance_report(const aed_resonance *r, const aed_resonance_fair *fair);

#endif
