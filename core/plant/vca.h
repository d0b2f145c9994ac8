/* vca.h: the envelope opens, the gain scales, the swell of a tremolo moves it.
 *
 *     y[i] = x[i] · env[i] · gain · 2^swell[i]
 *
 * env is the bus AED_ENV, swell the bus AED_SWELL in octaves (of 6.02 dB).
 *
 * Params   gain [1/256 … 1].
 * State    none.
 * Kinks    none. */
#ifndef AED_VCA_H
#define AED_VCA_H

#include "module.h"

extern const aed_module aed_vca;

#endif
