/* noise.h: noise of any colour that can be repeated.
 *
 *     y[i] += level · (white(color) u + low(color) lowpass),    u uniform in (-1, 1)
 *
 * The tilt around 1 kHz and its constant power are color.h's. u is draw number `counter` of the
 * counter-based generator (rng.h), so forward from the same state gives the same samples: a window
 * can be rendered again, and its gradient is exact.
 *
 * Params   level [0 … 1], color [-1 dark … 0 white … 1 bright].
 * State    the lowpass; counter, and the instance's own seed. The last two are whole numbers below
 *          2^53, exact as doubles; they are not differentiated, their dstate passes unchanged.
 * Kinks    none. */
#ifndef AED_NOISE_H
#define AED_NOISE_H

#include "module.h"

extern const aed_module aed_noise;

#endif
