/* ladder.h: four-pole lowpass with a saturated feedback loop, after the transistor ladder.
 *
 *     g  = tan(pi fc / sr)                               fc as in cutoff.h
 *     c  = 1 / (1 + g),   G = g c,   k = 4.2 resonance
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
 * From k = 4 on, resonance 0.952, the filter sings, and at fc: to its first harmonic u is psi N/M,
 * psi real, so the loop closes where P^4 is real and negative, P = 1/(1 + j). The tests find it less
 * than 0.03 cents away, with a level of 0.107 at k = 4.2, up to 5 kHz. The faintest noise starts it;
 * out of exact silence it stays silent. With track = 1 it plays in tune.
 *
 * The gradient of what sings is exact, but as with any oscillator a phase hangs on all that came
 * before: dL/dcutoff grows with the window (the worst of 10,000 random voices over 32,767 samples:
 * 60 for white dL/dx of sum 1, 1500 for one that follows the phase; 0.07 and 5 below k = 4). Out of
 * silence it grows beyond all bounds, as fast backwards as the tone does forwards. There dL/dstate is
 * scaled down to 1e9 at the start of a chunk: finite, of the right direction, no longer exact.
 *
 * Params   cutoff [Hz], resonance [0 … 1], drive [1/2 … 16], env [octaves, -3 … 3] (= amount),
 *          track [octaves per octave, 0 … 1]. track starts at 1/2, between high notes that are dull
 *          (0) and high notes that are shrill (1); it stands, because a window with one note cannot
 *          tell it from the cutoff.
 * State    s1 … s4. |u| < 1 bounds them for every input. States below 1e-30 become 0 at the end of
 *          a chunk (denormal numbers are slow); backward ignores that step.
 * Kinks    fc = 0.45 sr, see cutoff.h. */
#ifndef AED_LADDER_H
#define AED_LADDER_H

#include "module.h"

extern const aed_module aed_ladder;

#endif
