/* noise.h: noise of any colour that can be repeated.
 *
 *     y[i] += level · noise(color)
 *
 * color.h says what noise: a tilt of uniform white noise around 1 kHz, of constant power.
 *
 * Params   level [0 … 1], color [-1 dark … 0 white … 1 bright].
 * State    color.h's: a lowpass; counter and seed, which are not differentiated.
 * Kinks    none. */
#ifndef AED_NOISE_H
#define AED_NOISE_H

#include "module.h"

extern const aed_module aed_noise;

#endif
