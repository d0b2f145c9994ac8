/* color.h: white noise made darker or brighter by one number, at equal power.
 *
 *     low  <- low + a (u - low),    a = 1 - exp(-2 pi 1000/sr)
 *     y     = N (low/g + g (u - low)),    g = 4^color,    color -1 … 1
 *
 * u is white, of variance s^2. A one-pole at 1 kHz splits it, and the two parts are weighed against
 * one another: 24 dB apart at the ends of the range. Their moments for white u follow from the
 * geometric series (1 - a)^k:
 *
 *     var low = s^2 a/(2 - a),   var(u - low) = s^2 2 (1 - a)^2/(2 - a),   cov = s^2 a (1 - a)/(2 - a)
 *
 * so N = P^(-1/2) keeps the variance at s^2, with
 *
 *     P = (a g^-2 + 2 a (1 - a) + 2 (1 - a)^2 g^2)/(2 - a)
 *       = 1 + (a (g^-2 - 1) + 2 (1 - a)^2 (g^2 - 1))/(2 - a)
 *
 * The second form is 1 to the last bit at color 0, where y = u. All is smooth in color. For |u| < 1,
 * |y| stays below the sum of the impulse response's magnitudes, itself below max(2, sqrt(2/a)): 4.0
 * at 48 kHz, reached only by a u that keeps its sign.
 */
#ifndef AED_COLOR_H
#define AED_COLOR_H

#include "base/rng.h"
#include "base/vmath.h"

/* y = white · u + low · (the lowpass state after u). */
typedef struct
{
    double white, low;
} aed_color;

/* Draw number i of a seed as u, uniform: the middles of 2^53 equal steps across (-1, 1), symmetric,
 * and neither end is reached. Rt-safe: yes. */
static inline double aed_color_draw(uint64_t seed, uint64_t i)
{
    return ((double)(aed_rng_bits(seed, i) >> 11) + 0.5) * 0x1p-52 - 1.0;
}

/* The one-pole's a. Its adjoint: dL/du += a q, then q <- (1 - a) q, q being dL/dlow with y's part
 * of this sample, dy · low, added. Rt-safe: yes. */
static inline double aed_color_pole(double sr_hz)
{
    return -aed_expm1(-6283.185307179586 / sr_hz);
}

static const double aed_color_depth = 1.3862943611198906; /* ln 4 */

/* P from g^2 and g^-2. */
AED_INLINE double aed_color_power(double g2, double h2, double a)
{
    return 1.0 + (a * (h2 - 1.0) + 2.0 * (1.0 - a) * (1.0 - a) * (g2 - 1.0)) / (2.0 - a);
}

/* The weights at a color. Vectorises. Rt-safe: yes. */
AED_INLINE aed_color aed_color_weights(double color, double a)
{
    const double g = aed_exp(aed_color_depth * color), h = 1.0 / g;
    const double N = 1.0 / sqrt(aed_color_power(g * g, h * h, a));

    return (aed_color){N * g, N * (h - g)};
}

/* Their derivatives in color. With k = ln 4:  g' = k g,  N' = -N P'/(2 P), and
 * P' = 2 k (2 (1 - a)^2 g^2 - a g^-2)/(2 - a). Vectorises. Rt-safe: yes. */
AED_INLINE aed_color aed_color_slopes(double color, double a)
{
    const double k = aed_color_depth, g = aed_exp(k * color), h = 1.0 / g;
    const double P = aed_color_power(g * g, h * h, a), N = 1.0 / sqrt(P);
    const double bent = (2.0 * (1.0 - a) * (1.0 - a) * (g * g) - a * (h * h)) / ((2.0 - a) * P);

    return (aed_color){k * N * g * (1.0 - bent), -k * N * (g + h + bent * (h - g))};
}

#endif
