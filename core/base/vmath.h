/* vmath.h: elementary functions without a branch or a table, for loops the compiler can vectorise.
 *
 * A loop over them runs side by side on vectors in an AED_HOT function (base/hot.h), and gives the
 * same bits there as one by one. The rules that keep it so, for these and for the loop around them:
 *
 *     choose with  c ? a : b  between values that are ready; no if, no early end, no libm call
 *     clamp with   hi < x ? hi : x  (NaN stays NaN), never with fmin or fmax
 *     no conversion between double and int64_t: no such vector instruction before AVX-512
 *
 * GCC takes the choice for a branch unless it is told that nobody counts floating-point exceptions
 * (-fno-trapping-math, see the Makefile).
 *
 * All functions: NaN gives NaN, any argument is defined, errors measured in tests/unit/test_vmath.c
 * (1 ulp is 1.1e-16 to 2.2e-16). Rt-safe: yes.
 *
 * Method: as in Cody and Waite, "Software Manual for the Elementary Functions" (1980): subtract what
 * is exact, then a short polynomial. Coefficients: interpolation at Chebyshev nodes in 50 digits
 * (mpmath), which comes close to the best polynomial; what it leaves out is given beside each. */
#ifndef AED_VMATH_H
#define AED_VMATH_H

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

/* Inlined whatever the compiler thinks of their size: a call in a loop stops its vectorisation. */
#if defined(__GNUC__)
#define AED_INLINE static inline __attribute__((always_inline))
#else
#define AED_INLINE static inline
#endif

AED_INLINE uint64_t aed_to_bits(double x)
{
    uint64_t u;

    memcpy(&u, &x, sizeof u);
    return u;
}

AED_INLINE double aed_from_bits(uint64_t u)
{
    double x;

    memcpy(&x, &u, sizeof x);
    return x;
}

/* 1.5 2^52 + x has no room for a fraction: adding it rounds x to the nearest integer, |x| < 2^51,
 * which then stands in the lowest bits. */
static const double aed_rounder = 6755399441055744.0;

/* 2^k, k in -1022 … 1023, rounded to an integer: the bits of k + 1023 moved to the place of the exponent. */
AED_INLINE double aed_pow2(double k)
{
    return aed_from_bits(aed_to_bits(k + (aed_rounder + 1023.0)) << 52);
}

AED_INLINE double aed_clamp(double x, double lo, double hi)
{
    const double below = hi < x ? hi : x;

    return lo > below ? lo : below;
}

/* exp(r) - 1, |r| <= ln 2 / 2, within 1 ulp. Left out: 2e-17 of exp(r). */
AED_INLINE double aed_expm1_near(double r)
{
    const double z = r * r, z2 = z * z;
    const double a = 0.5000000000000001 + 0.16666666666666669 * r;
    const double b = 0.041666666666624164 + 0.008333333333330065 * r;
    const double c = 0.0013888888917196719 + 0.00019841269863040545 * r;
    const double d = 2.4801521322368692e-05 + 2.7557268480310024e-06 * r;
    const double e = 2.7620075879983367e-07 + 2.5100375832561234e-08 * r;

    return r + z * (a + z * b + z2 * (c + z * d + z2 * e));
}

/* x = k ln 2 + r: returns r, *k [integer]; ln 2 in two parts, k times the first is exact. */
AED_INLINE double aed_exp_split(double x, double *k)
{
    *k = (x * 1.4426950408889634 + aed_rounder) - aed_rounder;
    return (x - *k * 0.693147180369123816490) - *k * 1.90821492927058770002e-10;
}

/* e^x. Relative error < 2e-16. Below -708 it is 0, above 709 it stays e^709: never denormal, never
 * infinite. */
AED_INLINE double aed_exp(double x)
{
    const double in = aed_clamp(x, -708.0, 709.0);
    double k;
    const double p = aed_expm1_near(aed_exp_split(in, &k));
    const double y = (1.0 + p) * aed_pow2(k);

    return x < -708.0 ? 0.0 : y;
}

/* 2^x. Relative error < 2e-16. Below -1022 it is 0, above 1023 it stays 2^1023. */
AED_INLINE double aed_exp2(double x)
{
    const double in = aed_clamp(x, -1022.0, 1023.0);
    const double k = (in + aed_rounder) - aed_rounder;
    const double y = (1.0 + aed_expm1_near((in - k) * 0.6931471805599453)) * aed_pow2(k);

    return x < -1022.0 ? 0.0 : y;
}

/* e^x - 1 for x <= 700, relative error < 4e-16 also near 0; stays e^700 above. */
AED_INLINE double aed_expm1(double x)
{
    double k;
    const double p = aed_expm1_near(aed_exp_split(aed_clamp(x, -700.0, 700.0), &k));
    const double scale = aed_pow2(k);

    return scale * p + (scale - 1.0);
}

/* tanh(y ln 2 / 2), any finite y, for serial loops: an argument in these units (fold
 * aed_half_octave into what computes it) has the shortest way through. With y = k + f, k integer,
 * |f| <= 1/2, and tanh(f ln 2 / 2) = f P/Q, both products of two factors in f^2 (left out: 5e-18),
 *
 *     tanh = (2^k (Q + f P) - (Q - f P)) / (2^k (Q + f P) + (Q - f P)),
 *
 * sorted here by 2^k - 1 and 2^k + 1. Only 2^k waits for the clamp, which it can afford; where that
 * acts the quotient is ±1 for any f. Odd to the bit; relative error < 1e-15, also near 0. */
static const double aed_half_octave = 2.8853900817779268; /* 2 / ln 2 */

AED_INLINE double aed_tanh_quotient(double y, double clamped)
{
    const double k = (y + aed_rounder) - aed_rounder, f = y - k, z = f * f;
    const double scale = aed_pow2(clamped);
    const double minus = scale - 1.0, plus = scale + 1.0, odd = 0.023094399453830357 * f;
    const double P = (z + 82.76910043681568) * (z + 791.9741761679813);
    const double Q = (z + 20.54259959504405) * (z + 212.63515238018843);

    return (minus * Q + (plus * odd) * P) / (plus * Q + (minus * odd) * P);
}

AED_INLINE double aed_tanh_half_octaves(double y)
{
    return aed_tanh_quotient(y, aed_clamp(y, -64.0, 64.0));
}

/* tanh x. Relative error < 1e-15, also near 0; ±1 from |x| = 20 on. */
AED_INLINE double aed_tanh(double x)
{
    const double y = aed_clamp(aed_half_octave * x, -64.0, 64.0);

    return aed_tanh_quotient(y, y);
}

/* sin(2 pi r), |r| <= 1/4. In radians first: what that rounds away matters least where the sine is
 * largest. Left out: 1e-18. */
AED_INLINE double aed_sin_near(double r)
{
    const double x = 6.283185307179586 * r, z = x * x, z2 = z * z;
    const double a = -0.16666666666666666 + 0.008333333333333316 * z;
    const double b = -0.00019841269841254974 + 2.7557319219163234e-06 * z;
    const double c = -2.5052107616996182e-08 + 1.6058977312464087e-10 * z;
    const double d = -7.643970296798572e-13 + 2.7314447669863995e-15 * z;

    return x + x * z * (a + z2 * b + z2 * z2 * (c + z2 * d));
}

/* x with its sign turned when the lowest bit of rounded is set. */
AED_INLINE double aed_turn_sign(double x, double rounded)
{
    return aed_from_bits(aed_to_bits(x) ^ (aed_to_bits(rounded) << 63));
}

/* sin(2 pi t) and cos(2 pi t). Half turns h are taken off exactly and leave a sign; the cosine is
 * the sine of what is missing to a quarter. Absolute error < 3e-16 for |t| < 2^50; beyond there
 * the value means nothing. */
AED_INLINE void aed_sincos_turns(double *sine, double *cosine, double t)
{
    const double h = 2.0 * t + aed_rounder, r = t - 0.5 * (h - aed_rounder);

    *sine = aed_turn_sign(aed_sin_near(r), h);
    *cosine = aed_turn_sign(aed_sin_near(0.25 - fabs(r)), h);
}

/* sin(2 pi t), see aed_sincos_turns. */
AED_INLINE double aed_sin_turns(double t)
{
    double s, c;

    aed_sincos_turns(&s, &c, t);
    return s;
}

/* cos(2 pi t), see aed_sincos_turns. */
AED_INLINE double aed_cos_turns(double t)
{
    double s, c;

    aed_sincos_turns(&s, &c, t);
    return c;
}

/* tan(pi x), |x| < 1/2. Relative error < 1e-15 for |x| <= 0.45. */
AED_INLINE double aed_tan_pi(double x)
{
    return aed_sin_near(0.5 * x) / aed_sin_near(0.25 - 0.5 * fabs(x));
}

/* ln(1 + f) + k ln 2, sqrt(1/2) <= 1 + f <= sqrt 2. With s = f/(2 + f),
 * ln(1 + f) = 2 atanh s = 2 s + s^3 R(s^2) and 2 s = f - s f; left out: 5e-18. */
AED_INLINE double aed_log_near(double f, double k)
{
    const double s = f / (2.0 + f), z = s * s, z2 = z * z, half = 0.5 * f * f;
    const double a = 0.666666666666667 + 0.39999999999899505 * z;
    const double b = 0.28571428625975487 + 0.2222221113479508 * z;
    const double c = 0.18182889125261723 + 0.15331721600556042 * z;
    const double R = z * (a + z2 * b + z2 * z2 * (c + z2 * 0.14616449685043406));

    return k * 0.693147180369123816490 +
           (f - (half - (s * (half + R) + k * 1.90821492927058770002e-10)));
}

/* x = 2^k m, sqrt(1/2) <= m < sqrt 2, x normal and positive: returns m. The exponent, moved down by
 * a shift, becomes a double in the lowest bits of 2^52. */
AED_INLINE double aed_log_split(double x, double *k)
{
    const uint64_t root_half = 0x3fe6a09e667f3bcd, one = 0x3ff0000000000000;
    const uint64_t u = aed_to_bits(x) - root_half, two_52 = 0x4330000000000000;
    const uint64_t e = (u + one) >> 52; /* k + 1023 */

    *k = aed_from_bits(e | two_52) - (4503599627370496.0 + 1023.0);
    return aed_from_bits(aed_to_bits(x) - (e << 52) + one);
}

/* ln x. Relative error < 3e-16. Below the smallest normal number (2.2e-308) x counts as 0, whose
 * logarithm is -infinity; NaN for x < 0. */
AED_INLINE double aed_log(double x)
{
    double k;
    const double m = aed_log_split(x, &k), y = aed_log_near(m - 1.0, k);
    const double low = x < 0.0 ? NAN : -INFINITY;
    const double high = x <= DBL_MAX ? y : x; /* infinity and NaN themselves */

    return x < DBL_MIN ? low : high;
}

/* ln(1 + x), x >= 0. Relative error < 4e-16, also near 0. What 1 + x lost in rounding goes back
 * into the remainder. */
AED_INLINE double aed_log1p(double x)
{
    const double u = 1.0 + x, lost = x - (u - 1.0);
    double k;
    const double m = aed_log_split(u, &k), f = (m - 1.0) + lost * aed_pow2(-k);
    const double y = aed_log_near(f, k);

    return x <= DBL_MAX ? y : x;
}

/* ln cosh x = ln(1 + sinh^2 x) / 2, sinh^2 x = (e^2|x| - 1)^2 / (4 e^2|x|); |x| - ln 2 from 20 on.
 * Relative error < 1e-15, also near 0. */
AED_INLINE double aed_log_cosh(double x)
{
    const double a = fabs(x), E = aed_expm1(2.0 * a);
    const double y = 0.5 * aed_log1p(E * E / (4.0 * (E + 1.0)));

    return a > 20.0 ? a - 0.6931471805599453 : y;
}

/* Keeps denormal numbers, which are slow, out of what has died away. Rt-safe: yes. */
static inline double aed_audible(double x)
{
    return fabs(x) < 1e-30 ? 0.0 : x;
}

#endif
