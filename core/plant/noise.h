/* noise.h: white noise that can be repeated.
 *
 *     y[i] += level · u,    u uniform in (-1, 1)
 *
 * u is draw number `counter` of the counter-based generator (rng.h), so forward from the same
 * state gives the same samples: a window can be rendered again, and its gradient is exact.
 *
 * Params   level [0 … 1].
 * State    counter, and the instance's own seed; both whole numbers below 2^53, exact as doubles.
 *          They count, they are not differentiated: dstate passes unchanged.
 * Kinks    none. */
#ifndef AED_NOISE_H
#define AED_NOISE_H

#include "module.h"

extern const aed_module aed_noise;

#endif
