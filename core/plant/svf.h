/* svf.h: two-pole filter with lowpass, bandpass and highpass outputs, mixed.
 *
 *     g  = tan(pi fc / sr)                               fc as in cutoff.h
 *     k  = 2 · 40^(-resonance)                           the damping 2R
 *     v1 = (s1 + g (x - s2)) / (1 + g (g + k)),   v2 = s2 + g v1,   h = x - k v1 - v2
 *     y  = low · v2 + band · k v1 + high · h
 *     s1 <- 2 v1 - s1,   s2 <- 2 v2 - s2
 *
 * Two trapezoidal integrators, the loop without delay solved: Zavalishin, "The Art of VA Filter
 * Design", chapter on the state-variable filter; Simper, "Solving the continuous SVF equations
 * using trapezoidal integration and equivalent currents" (2011). Exactly,
 *
 *     H = (low + band · k p + high · p^2) / (1 + k p + p^2),   p = j tan(pi f / sr) / g.
 *
 * k v1 peaks at 1 for every k. low and high peak at about 1/k, so k stays at 0.05 and above: a Q of
 * 20, 26 dB. The filter has no saturation of its own, and needs none:
 *
 *     s1'^2 + s2'^2 = s1^2 + s2^2 + 4 g v1 (x - k v1)  <=  s1^2 + s2^2 + g x^2 / k.
 *
 * Without input the states never grow, however fast the parameters move; with input they can grow
 * only while |v1| < |x| / k. For |x| <= 1 standing parameters keep low and high each below 30 (the
 * tests' worst: 26.5), and a greedy adversary who chooses x and all parameters anew every sample
 * drives the states to about 135.
 *
 * Where low = band = high the three add up to x again, and cutoff, resonance and env are not felt.
 * high runs from -1 (a peak where it meets low) over 0 to 1 (a notch), so that the middle of all
 * ranges, where learning starts, is not such a place.
 *
 * Params   cutoff [Hz], resonance [0 … 1], env [octaves, -3 … 3] (= amount), low, band [0 … 1],
 *          high [-1 … 1], track [octaves per octave, 0 … 1] (stands at 1/2, see ladder.h).
 * State    s1, s2. States below 1e-30 become 0 at the end of a chunk (denormal numbers are slow);
 *          backward ignores that step.
 * Kinks    fc = 0.45 sr, see cutoff.h. */
#ifndef AED_SVF_H
#define AED_SVF_H

#include "module.h"

extern const aed_module aed_svf;

#endif
