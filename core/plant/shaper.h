/* shaper.h: memoryless distortion, anti-aliased by its antiderivative.
 *
 *     u    = (drive · x + bias)/(1 + 4 fold),   |u| clipped at 1e4
 *     f(u) = (1 - a) ((1 - fold) t + fold T5(t)) + a t^2,   t = tanh u,   a = asym/3
 *     m    = (F(u[i]) - F(u[i-1])) / (u[i] - u[i-1]),   F' = f, f and F with the parameters of i
 *     y    = (m - v) / (1 + sqrt(v^2 + 0.01)),   v = f(bias/(1 + 4 fold))
 *
 * First-order antiderivative antialiasing: Parker, Zavalishin, Le Bivic, "Reducing the aliasing of
 * nonlinear waveshaping using continuous-time convolution" (DAFx 2016); Bilbao, Esqueda, Parker,
 * Välimäki, "Antiderivative antialiasing for memoryless nonlinearities" (SPL 2017). m is the mean
 * of f along the straight line from u[i-1] to u[i]: half a sample of delay, and for small signals
 * the gain |cos(pi f / sr)|. u[i-1] is what u was, with the drive, bias and fold of then: where they
 * move, the line follows.
 *
 * The folder. T5(t) = 5 t - 20 t^3 + 16 t^5, Chebyshev's polynomial (Le Brun, "Digital waveshaping
 * synthesis", JAES 27(4), 1979), is sin(5 asin t); and asin(tanh u) = gd(u), the Gudermannian. So at
 * fold 1, with w = drive · x + bias, f = sin(5 gd(w/5)): sin w while w is small, but the angle comes
 * to rest at 5 pi/2, after two folds on either side, as in a folder of a few stages. A sine that
 * folds for ever at drive 32 puts nearly all it has above half the sample rate, where no cheap
 * method saves it; this one ends as a square with ripples in its flanks. At drive 32 it then aliases
 * like tanh; it is worst at a sine of 5 kHz and drive 10, aliases 4 dB below all that is right
 * (figures: tests/unit/test_shaper.c). And F has a closed form:
 *
 *     F(u) = (1 - a) (ln cosh u + 2 fold t^2 (1 - 2 t^2)) + a (u - t)
 *
 * f is a convex mix of t, T5(t) and t^2, all within [-1, 1], and so is its mean. t^2 lifts the lower
 * half from -1 to -1 + 2 asym/3: even harmonics. v takes away the constant that bias adds: with
 * standing parameters silence stays silence. |m - v| <= 1 + |v|, so the divisor keeps |y| < 1 for
 * every input; it costs 0.8 dB at bias 0. Small signals gain drive (1 - asym/3) whatever fold is,
 * loud ones level off by themselves: nothing else compensates the drive.
 *
 * Where |u[i] - u[i-1]| < 1e-3 the quotient would lose digits; the mean is then taken by the
 * trapezoid rule with end correction (shaper.c). Both agree to 2e-12 there, their slopes to 5e-9.
 *
 * Params   drive [1/4 … 32], bias [-1 … 1], fold [0 tanh … 1 folder], asym [0 … 1]. Each keeps a
 *          gradient at both ends of the others.
 * State    u of the sample before; 0 after reset, so a bias is heard as one click in the first
 *          sample.
 * Kinks    |u| = 1e4 (|x| > 300): beyond it the derivatives through u, in x, drive, bias and fold,
 *          are 0. */
#ifndef AED_SHAPER_H
#define AED_SHAPER_H

#include "module.h"

extern const aed_module aed_shaper;

#endif
