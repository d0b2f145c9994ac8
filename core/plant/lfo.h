/* lfo.h: a slow sine that moves pitch, cutoffs and level: vibrato, wah, tremolo.
 *
 *     s[i] = sin(2 pi phi[i]),    phi <- frac(phi + rate/sr)
 *
 *     AED_PITCH += pitch/12 · s                     octaves; a note stays in tune on average
 *     AED_SWEEP += cutoff · s                       octaves
 *     AED_SWELL += level/6.02 dB · (s - 1)/2        0 … -level: a tremolo only lowers
 *
 * Every note-on starts phi again, so that equal notes are equal and a window can be repeated; a
 * release leaves it alone. Each lfo of a chain adds its own. They start apart, instance k at
 * phi = frac(0.382 k): two equal ones would have equal gradients for ever.
 *
 * Params   rate [Hz], pitch [semitones], cutoff [octaves], level [dB].
 * State    phi in [0, 1); where it starts, a constant that is not differentiated. What was played
 *          before a note-on has no gradient from after it.
 * Kinks    none. */
#ifndef AED_LFO_H
#define AED_LFO_H

#include "module.h"

extern const aed_module aed_lfo;

#endif
