/* vco.h: an oscillator of four waves at one phase, band-limited.
 *
 *     y[i] += sine · sin(2 pi (phi + fm · bus)) + tri · T + saw · S(phi) + pulse · (S(phi - width) - S(phi))
 *     phi  <- frac(phi + dt),   dt = freq · ratio / sr · 2^((fine + drift · wander)/1200)
 *
 * S and T are the plain sawtooth and triangle, their steps and corners rounded by a kernel k of
 * w of the period, three samples, to either side. With d(p) = p - round(p), x(d) = min(1, |d|/w),
 *
 *     S(p) = 2 d - sgn(d) P(x),   d = d(p)                               P(x) = 2 int_0^x k
 *     T    = 4 (1/4 - e - w (R(x(e)) - R(x(1/2 - e)))),   e = |d(phi - 1/4)|,   R(x) = int_0^x P + 77/1024 - x
 *     k(x) = 1155/512 (1 - x^2)^4 (1 - 5 x^2)
 *
 * The difference of two sawtooths is the pulse (phi < width ? 1 : -1) less its mean 2 width - 1. The
 * triangle goes with the sine. All waves are twice continuously differentiable in phi: no wrap is a
 * kink, and the derivative in dt carries the moving step.
 *
 * Why this kernel: the idea is that of polyBLEP (Välimäki and Huovilainen, "Antialiasing oscillators
 * in subtractive synthesis", IEEE Signal Processing Magazine 24(2), 2007) and of its optimised
 * kernels (Pekonen, Nam, Smith, Välimäki, "Optimized polynomial spline basis function design for
 * quasi-bandlimited classical waveform synthesis", IEEE Signal Processing Letters 19(3), 2012). One
 * polynomial over the whole width needs no choice between pieces, so width costs nothing, and among
 * (1 - x^2)^m (1 + b x^2 + c x^4) this one has the weakest aliases for a treble like polyBLEP's.
 * Sawtooth, 48 kHz, power outside the harmonics over the fundamental's; response to the plain wave:
 *
 *                              at 4 kHz   below 12 kHz    response at 8 and 16 kHz
 *     plain                       -8 dB       -12 dB
 *     polyBLEP, 2 points         -22          -39           -0.8   -3.3 dB
 *     cubic B-spline, 4 points   -30          -61           -1.6   -6.6
 *     this, 6 points             -37          -62           +0.3   -3.7
 *
 * As a band-limited wave does, S overshoots: 1.17 at most.
 *
 * There is room for w <= 1/2: w = 3 dt/(1 + 2187/16 dt^4), which touches it at dt = 2/9 and is
 * three samples but for very high notes. dt itself stays within 1e-9 … 0.45.
 *
 * wander is slow and random, -1 … 1: a new value three times a second, (3 f^2 - 2 f^3) in between,
 * from the samples since the reset and a seed (rng.h).
 *
 * Params   freq [Hz], fine [cents], sine, tri, saw, pulse [0 … 1], width [of the period],
 *          drift [cents], fm [turns].
 * Buses    reads PITCH (through ratio) and PHASE, where the oscillator before left its sine; fm shifts
 *          the sine by it, and only the sine, as in FM synthesizers. Leaves its own sine there, at full
 *          level. The first oscillator of a chain reads 0, and its fm does nothing.
 * State    phi in [0, 1), a whole number of 2^-53, so that any chunks give equal bits. Instance 0
 *          starts at 0, instance k at frac(0.382 k), so that equal oscillators of one chain do not
 *          start as one louder oscillator. And the instance's seed, which is not differentiated.
 * Kinks    the ends of dt: from there on the derivative in freq, fine, drift and pitch is 0. */
#ifndef AED_VCO_H
#define AED_VCO_H

#include "module.h"

extern const aed_module aed_vco;

#endif
