/* harmonic.h: twelve partials on one fundamental, and breath, each with its own share.
 *
 *     y[i]  += level / (0.01 + breath + sum_k h_k)
 *              · (breath · noise + sum_k h_k · fade(dt_k) · sin(2 pi phi_k))
 *     phi_k <- phi_k + dt_k,    dt_k = k sqrt(1 + stretch k^2) · freq · ratio / sr
 *
 * The harmonic oscillator with filtered noise of Engel et al., "DDSP: Differentiable digital signal
 * processing", ICLR 2020: level says how loud, the h_k and breath, which share it, say of what
 * colour. The noise is that of color.h, white at color 0 and of equal power at each; it is uniform,
 * so breath alone is 1.8 dB softer than one partial alone. |y| <= level without breath; with it
 * level times the bound in color.h, which is reached by no noise that one hears. 0.01 lets the sound
 * go out smoothly as all shares go to 0. stretch is the inharmonicity B of a stiff string:
 * Fletcher, Blackham and Stratton, "Quality of piano tones", JASA 34(6), 1962; 0 is harmonic. fade
 * takes a partial out below the Nyquist frequency (fade.h); the others do not get louder for it.
 *
 * Params   freq [Hz], level [0 … 1], stretch [0 … 1e-3], h1 … h12 [0 … 1], breath [0 … 1], color
 *          [-1 dark … 1 bright]. They start like the partials of a string,
 *          0.8/k and slightly stretched, with a little breath.
 * State    phi_k in [-1/2, 1/2] turns, then the noise's (color.h: one number that is
 *          differentiated, two that count). Instance m starts at frac(0.382 m) of a period.
 * Kinks    none. */
#ifndef AED_HARMONIC_H
#define AED_HARMONIC_H

#include "module.h"

extern const aed_module aed_harmonic;

#endif
