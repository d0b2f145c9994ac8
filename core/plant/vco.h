/* vco.h: an oscillator of three waves at one phase, with band-limited steps.
 *
 *     y[i] += sine · sin(2 pi phi) + saw · saw(phi, dt) + square · sq(phi, dt)
 *     phi  <- frac(phi + dt),    dt = min(freq · ratio / sr, 0.45)
 *
 *     saw(phi, dt) = 2 phi - 1 - b(phi)
 *     sq(phi, dt)  = (phi < 1/2 ? 1 : -1) + b(phi) - b(frac(phi + 1/2))
 *     b(phi)       = 2t - t^2 - 1,  t = phi/dt         for phi < dt
 *                  = t^2 + 2t + 1,  t = (phi - 1)/dt   for phi > 1 - dt,   else 0
 *
 * PolyBLEP: Välimäki and Huovilainen, "Antialiasing oscillators in subtractive synthesis", IEEE
 * Signal Processing Magazine 24(2), 2007. With b both waves are continuous in phi with a continuous
 * slope, so the wrap is no kink: the derivative in dt carries the moving step.
 *
 * Params   freq [Hz], sine, saw, square [0 … 1].
 * State    phi in [0, 1). Instance 0 starts at 0, instance k at frac(0.382 k), so that equal
 *          oscillators of one chain do not start as one louder oscillator.
 * Kinks    dt = 0.45: the derivative in freq is 0 from there on. */
#ifndef AED_VCO_H
#define AED_VCO_H

#include "module.h"

extern const aed_module aed_vco;

#endif
