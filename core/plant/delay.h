/* delay.h: an echo that comes back, each time duller.
 *
 *     e[i] = w(i - d)                          w between its samples, see echo.h
 *     l[i] = l[i-1] + a (e[i] - l[i-1])        a = 1 - exp(-2 pi damp / sr)
 *     w[i] = x[i] + c(feedback · l[i])         c: the soft ceiling of echo.h, at 4
 *     y[i] = x[i] + mix (e[i] - x[i]),         side[i] *= 1 - mix: echoes are mono
 *
 * d = time · sr samples, at least 2, and it moves from sample to sample: a time that goes changes
 * the pitch of what is heard, as a tape does. A fractional delay line by cubic interpolation:
 * Laakso et al., "Splitting the unit delay", IEEE Signal Processing Magazine 13(1), 1996.
 *
 * Bounded: |w| <= |x| + 4 and |e| <= 1.25 max |w|, whatever the parameters do. While time stands
 * still the loop's gain is at most `feedback` at every frequency, and echoes die. (Only a time that
 * jumps with the sound could feed it, by 1.25 · .95 a sample, and the ceiling ends that.)
 *
 * mix crosses from the sound to its echoes: the echoes are silent at 0 alone, and at 1 the sound is
 * still what they are made of.
 *
 * Params   time [ms], feedback [0 … 0.95], damp [Hz: echoes lose what is above], mix [0 … 1].
 * State    l; 0 when below 1e-30 at the end of a chunk, as is w; backward ignores that step.
 * Line     w, a second.
 * Kinks    d = 2, which only rates below 2 kHz reach; from there on the derivative in time is 0. */
#ifndef AED_DELAY_H
#define AED_DELAY_H

#include "module.h"

extern const aed_module aed_delay;

#endif
