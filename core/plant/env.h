/* env.h: an ADSR envelope in closed form, added to the envelope bus.
 *
 * With t the time since the last event (0 at the first sample after it), e0 the level at the event
 * and p the velocity held:
 *
 *     held,  t < attack    e = e0 + (p - e0) t / attack
 *     held,  t >= attack   e = p (S + (1 - S) exp(-kappa (t - attack) / decay))
 *     released             e = e0 exp(-kappa t / release),      kappa = ln 1000
 *
 *     AED_ENV += e
 *
 * so decay and release are the times to -60 dB, and S is the sustain level. A straight attack with
 * exponential decay and release is the analog ADSR; being closed in t, it is differentiable in all
 * four times: no stage boundary is rounded to a sample. A note during a note starts again from the
 * level reached, without a click. Before the first note all is silent.
 *
 * Params   attack, decay, release [ms], sustain [0 … 1].
 * State    e0, last output, samples since the event, p (0: released). The last two are constants of
 *          the notes and not differentiated; gradients flow through e0 into the past.
 * Kinks    t = attack: the decay's derivative is taken. exp(-80) and less count as 0. */
#ifndef AED_ENV_H
#define AED_ENV_H

#include "module.h"

extern const aed_module aed_env;

#endif
