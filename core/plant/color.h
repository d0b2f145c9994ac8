/* color.h: noise of any colour that can be repeated, for modules that have some.
 *
 *     low  <- low + a (u - low),    a = 1 - exp(-2 pi 1000/sr)
 *     y     = N (low/g + g (u - low)),    g = 4^color,    color -1 … 1
 *
 * u is uniform in (-1, 1): draw number `counter` of the counter-based generator (rng.h), so that the
 * same state gives the same samples. A one-pole at 1 kHz splits it, and the two parts are weighed
 * against one another: 24 dB apart at the ends of the range. Their moments follow from the
 * geometric series (1 - a)^k, with s^2 = 1/3 the variance of u:
 *
 *     var low = s^2 a/(2 - a),   var(u - low) = s^2 2 (1 - a)^2/(2 - a),   cov = s^2 a (1 - a)/(2 - a)
 *
 * so N = P^(-1/2) keeps the variance at s^2, at every colour and sample rate, with
 *
 *     P = (a g^-2 + 2 a (1 - a) + 2 (1 - a)^2 g^2)/(2 - a)
 *       = 1 + (a (g^-2 - 1) + 2 (1 - a)^2 (g^2 - 1))/(2 - a)
 *
 * The second form is 1 to the last bit at color 0, where y = u. All is smooth in color. |y| stays
 * below the sum of the impulse response's magnitudes, itself below max(2, sqrt(2/a)): 4.0 at 48 kHz,
 * reached only by a u that keeps its sign. */
#ifndef AED_COLOR_H
#define AED_COLOR_H

#include <stddef.h>

enum
{
    AED_COLOR_STATE_N = 3, /* low; counter and seed, whole numbers below 2^53, exact as doubles */
    AED_COLOR_LIVE_N = 1, /* the first of them are differentiated, the dstate of the others stays */
    AED_COLOR_TAPE_N = 3  /* doubles per sample; the first plane [n] is y */
};

/* Start from silence. Equal (seed, instance) give equal noise. Rt-safe: yes. */
void aed_color_reset(double *state, unsigned long seed, size_t instance);

/* y [n], n <= AED_CHUNK, onto tape [n · AED_COLOR_TAPE_N]; color [n]. Rt-safe: yes. */
void aed_color_forward(double *tape, double *state, const double *color, double sr_hz, size_t n);

/* dcolor [n] accumulates (+=), dstate in: dL/d(state after), out: before; dy [n]. Rt-safe: yes. */
void aed_color_backward(double *dcolor, double *dstate, const double *dy, const double *tape,
    const double *color, double sr_hz, size_t n);

#endif
