/* shaper.h: memoryless distortion, anti-aliased by its antiderivative.
 *
 *     u    = drive · x + bias,   |u| clipped at 1e4
 *     f(u) = (1 - fold) g(tanh u) + fold g(sin u),   g(s) = (1 - asym/3) s + (asym/3) s^2
 *     m    = (F(u[i]) - F(u[i-1])) / (u[i] - u[i-1]),   F' = f, f and F with the parameters of i
 *     y    = (m - v) / (1 + sqrt(v^2 + 0.01)),   v = f(bias)
 *
 * First-order antiderivative antialiasing: Parker, Zavalishin, Le Bivic, "Reducing the aliasing of
 * nonlinear waveshaping using continuous-time convolution" (DAFx 2016); Bilbao, Esqueda, Parker,
 * Välimäki, "Antiderivative antialiasing for memoryless nonlinearities" (SPL 2017). m is the mean
 * of f along the straight line from u[i-1] to u[i]: half a sample of delay, and for small signals
 * the gain |cos(pi f / sr)|. u[i-1] is what u was, with the drive and bias of then: where they
 * move, the line follows.
 *
 * g leaves 1 at 1 and sets -1 to -1 + 2 asym/3: even harmonics, rising without a fold of its own
 * (g' >= 0). f is a convex mix of functions within [-1, 1], and so is its mean. v takes away the
 * constant that bias adds: with standing parameters silence stays silence. |m - v| <= 1 + |v|, so
 * the divisor keeps |y| < 1 for every input; it costs 0.8 dB at bias 0. Small signals gain
 * drive (1 - asym/3), loud ones level off by themselves: nothing else compensates the drive.
 *
 * Where |u[i] - u[i-1]| < 1e-3 the quotient would lose digits; the mean is then taken by the
 * trapezoid rule with end correction (shaper.c). Both agree to 1e-12 there, their slopes to 1e-9.
 *
 * Params   drive [1/4 … 32], bias [-1 … 1], fold [0 tanh … 1 sine folder], asym [0 … 1]. Each
 *          keeps a gradient at both ends of the others.
 * State    u of the sample before; 0 after reset, so a bias is heard as one click in the first
 *          sample.
 * Kinks    |u| = 1e4 (|x| > 300): beyond it the derivatives through u, in x, drive and bias, are
 *          0. */
#ifndef AED_SHAPER_H
#define AED_SHAPER_H

#include "module.h"

extern const aed_module aed_shaper;

#endif
