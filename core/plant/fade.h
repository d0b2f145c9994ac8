/* fade.h: how a partial leaves before it would alias.
 *
 *     fade(x) = t^3 (10 - 15 t + 6 t^2),   t = (0.45 - x)/0.05 clipped to 0 … 1
 *
 * x = f/sr, in turns per sample: 1 up to 0.40, 0 from 0.45 on, in between with two continuous
 * derivatives (Perlin, "Improving noise", SIGGRAPH 2002), so it is no kink. */
#ifndef AED_FADE_H
#define AED_FADE_H

#include <math.h>

/* t, clipped by absolute values: without a choice a loop becomes vectors. Right to within 1e-14. */
static inline double aed_fade_place(double turns)
{
    const double t = (0.45 - turns) * 20.0;

    return 0.5 * (fabs(t) - fabs(t - 1.0) + 1.0);
}

/* Gain of a partial that advances by `turns` ≥ 0 a sample. Rt-safe: yes. */
static inline double aed_fade(double turns)
{
    const double t = aed_fade_place(turns);

    return t * t * t * (10.0 + t * (6.0 * t - 15.0));
}

/* Its derivative. Rt-safe: yes. */
static inline double aed_fade_slope(double turns)
{
    const double t = aed_fade_place(turns), both = t * (1.0 - t);

    return -600.0 * both * both;
}

#endif
