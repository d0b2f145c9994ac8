/* pan.h: a place between the loudspeakers, at equal power.
 *
 *     y[i]    = x[i] cos(pi pan/4)
 *     side[i] = x[i] sin(pi pan/4) + side[i] cos(pi pan/2)
 *
 * As left = (y - side)/sqrt 2 and right = (y + side)/sqrt 2, x alone comes out as x cos(pi (1 + pan)/4)
 * on the left and x sin(pi (1 + pan)/4) on the right: the powers add up to x^2 everywhere. A side
 * signal that is there already, a reverb's, keeps its full width in the middle and loses it on the
 * way to either end, where all comes out of one loudspeaker. So a pan stands behind what it is to
 * move: best it is the last of a chain.
 *
 * y is the same whether anybody asks for the side or not. What learns is y alone, and that only
 * gets softer on the way to an end: pan stands unless asked to learn.
 *
 * Params   pan [-1 left … 1 right].
 * State    none.
 * Kinks    none. */
#ifndef AED_PAN_H
#define AED_PAN_H

#include "module.h"

extern const aed_module aed_pan;

#endif
