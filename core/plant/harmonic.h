/* harmonic.h: twelve partials on one fundamental, with their own levels.
 *
 *     y[i]  += level / (0.01 + sum_k h_k) · sum_k h_k · fade(dt_k) · sin(2 pi phi_k)
 *     phi_k <- phi_k + dt_k,    dt_k = k sqrt(1 + stretch k^2) · freq · ratio / sr
 *
 * The harmonic oscillator of Engel et al., "DDSP: Differentiable digital signal processing", ICLR
 * 2020: level says how loud, the h_k, which share it, say of what colour. |y| <= level. 0.01 lets
 * the sound go out smoothly as all h_k go to 0. stretch is the inharmonicity B of a stiff string:
 * Fletcher, Blackham and Stratton, "Quality of piano tones", JASA 34(6), 1962; 0 is harmonic. fade
 * takes a partial out below the Nyquist frequency (fade.h); the others do not get louder for it.
 *
 * Params   freq [Hz], level [0 … 1], stretch [0 … 1e-3], h1 … h12 [0 … 1].
 * State    phi_k in [-1/2, 1/2] turns. Instance m starts at frac(0.382 m) of a period.
 * Kinks    none. */
#ifndef AED_HARMONIC_H
#define AED_HARMONIC_H

#include "module.h"

extern const aed_module aed_harmonic;

#endif
