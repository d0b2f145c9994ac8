/* fit_contour.h: how a sound's pitch moves through its note, as a contour of amed_inputs.h.
 *
 *     log2 f(t) = log2(freq 2^((key - 60)/12)) + V_0 + sum_j V_{1+j} exp(-t / tau_j)
 *
 * First by least squares through the pitch of its frames (ear/pitch.h), which is right to a few cents.
 * Over a second that is still many turns of a partial, and a network that is told the wrong phase learns
 * little (measured: a pluck 48 cents off leaves .6 of its power, in tune .02). So the contour is then
 * moved until the phase agrees: a partial k of the sound x is brought to rest with the phase that the
 * contour gives, and what still turns,
 *
 *     A_b = sum over block b of x_t exp(-2 pi i k phi_t),   d_b = arg A_b / (2 pi k), unwrapped,
 *
 * is taken back by least squares, d_b = offset + sum_j dV_j int f ln 2 (1, exp(-t/tau_j)) dt, weighted
 * by |A_b|^2, some times. An offset stays an offset: the networks find it.
 *
 * Sounds without a pitch, noise or clicks, get no contour (0). Rt-safe: no. */
#ifndef AED_FIT_CONTOUR_H
#define AED_FIT_CONTOUR_H

#include "fit.h"

/* Contours [AED_AMED_CONTOUR_N] of all examples that sounds [n] name; others are left alone. Sounds of
 * one example share a contour. freq_hz: that of key 60. Errors (contour unchanged): AED_E_ARG from the
 * sample rate, AED_E_MEMORY. */
AED_MUST_CHECK aed_status aed_fit_contour(double *contour, double freq_hz, double sr_hz,
    const aed_fit_sound *sounds, size_t n, aed_error *e);

#endif
