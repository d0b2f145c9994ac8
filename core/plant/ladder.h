/* ladder.h: four-pole lowpass with a saturated feedback loop, after the transistor ladder.
 *
 *     fc = min(cutoff · 2^(amount · env + sweep), 0.45 sr),   g = tan(pi fc / sr)
 *     c  = 1 / (1 + g),   G = g c,   k = 3.8 resonance
 *     S  = c (G (G (G s1 + s2) + s3) + s4)               the loop's output for u = 0
 *     u  = tanh((drive · x - k S) / (1 + k G^4))
 *     y_j = G in_j + c s_j,   s_j <- 2 y_j - s_j,   in_1 = u, in_{j+1} = y_j,   y = y_4
 *
 * Topology-preserving transform: Zavalishin, "The Art of VA Filter Design", chapters on one-pole
 * filters and on the ladder. The loop without delay is solved as if it were linear, then tanh is
 * applied to the solution; while tanh is nearly straight this is exact,
 *
 *     H = drive · P^4 / (1 + k P^4),   P = 1 / (1 + j tan(pi f / sr) / g).
 *
 * k stays below 4, where the loop would oscillate by itself and gradients grow without bound.
 *
 * Params   cutoff [Hz], resonance [0 … 1], drive [1/2 … 16], env [octaves, -3 … 3] (= amount).
 * State    s1 … s4. |u| < 1 bounds them for every input. States below 1e-30 become 0 at the end of
 *          a chunk (denormal numbers are slow); backward ignores that step.
 * Kinks    fc = 0.45 sr: from there on the derivatives in cutoff, amount and env are 0. */
#ifndef AED_LADDER_H
#define AED_LADDER_H

#include "module.h"

extern const aed_module aed_ladder;

#endif
