/* reverb.h: a room: eight echoes that feed each other without loss, and then lose what they should.
 *
 *     u       = x through four allpasses             v = in + .6 v(i - m),  out = v(i - m) - .6 v
 *     e_j[i]  = w_j(i - d_j)                         between the samples, see echo.h
 *     l_j[i]  = l_j[i-1] + a (e_j[i] - l_j[i-1])     a = 1 - exp(-2 pi damp / sr)
 *     h_j     = g_j l_j[i]                           ln g_j = -ln 1000 · d_j / (decay sr)
 *     w_j[i]  = c(A h)_j + u / sqrt 8                A = Hadamard's matrix / sqrt 8
 *     y[i]    = x + mix (e · left / sqrt 8 - x),     side likewise with right
 *
 * d_j = r_j · size / 343 m/s · sr; size is the mean free path, r_j the ratios of primes, 1 on average.
 * left and right are orthogonal rows of signs. c is the soft ceiling of echo.h, at 8, of the vector.
 *
 * Feedback delay network: Jot and Chaigne, "Digital delay networks for designing artificial
 * reverberators", AES 90th Convention, 1991; allpasses: Schroeder, "Natural sounding artificial
 * reverberation", JAES 10(3), 1962. Theirs, 2.3 to 9.3 ms, ring for 130 ms at most: less than the
 * shortest decay.
 *
 * Stable: A keeps energy, g_j < 1, the lowpass and the tap have no gain above 1 at any frequency, so
 * the loop loses energy as long as size stands still; and |w| <= 8 + |u| whatever moves.
 *
 * mix crosses from the sound to its room: the room is silent at 0 alone, and at 1 the sound is still
 * what it answers to.
 *
 * Params   size [m], decay [ms to -60 dB; high frequencies sooner], damp [Hz], mix [0 … 1].
 * State    l_1 … l_8; 0 when below 1e-30 at the end of a chunk, as are the lines; backward ignores
 *          that step.
 * Lines    w_1 … w_8, then the allpasses' v.
 * Kinks    none. */
#ifndef AED_REVERB_H
#define AED_REVERB_H

#include "module.h"

extern const aed_module aed_reverb;

#endif
