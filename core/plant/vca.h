/* vca.h: the envelope opens, the gain scales.
 *
 *     y[i] = x[i] · env[i] · gain
 *
 * Params   gain [1/256 … 1].
 * State    none.
 * Kinks    none. */
#ifndef AED_VCA_H
#define AED_VCA_H

#include "module.h"

extern const aed_module aed_vca;

#endif
