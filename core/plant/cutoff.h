/* cutoff.h: where the cutoff of a filter stands, and the way back from there.
 *
 *     fc = min(cutoff · 2^(amount · env + track · pitch + sweep), 0.45 sr)
 *
 * env, pitch and sweep are the buses of these names. fc = 0.45 sr is a kink: from there on the
 * derivatives in all that fc is made of are 0. */
#ifndef AED_CUTOFF_H
#define AED_CUTOFF_H

#include "module.h"

/* The filter's parameters, or their gradients, [n] each. */
typedef struct
{
    const double *cutoff_hz, *amount, *track;
} aed_cutoff;

typedef struct
{
    double *cutoff_hz, *amount, *track;
} aed_cutoff_gradient;

/* sine and cosine [n] of w = pi fc/sr, and w_slope [n] = dw/d ln fc. Rt-safe: yes. */
void aed_cutoff_angle(
    double *sine, double *cosine, double *w_slope, const aed_cutoff *p, const aed_block *b);

/* Adds to d and to b->dbus what d_ln_fc [n] = dL/d ln fc brings. Rt-safe: yes. */
void aed_cutoff_backward(
    const aed_cutoff_gradient *d, const double *d_ln_fc, const aed_cutoff *p, const aed_block *b);

#endif
