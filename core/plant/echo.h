/* echo.h: what delay and reverb share: reading a line between its samples, a lowpass, a soft ceiling.
 *
 * Reading d = k + t samples back, 0 <= t < 1, by the cubic through four samples (Catmull and Rom, "A
 * class of local interpolating splines", 1974; Keys, "Cubic convolution interpolation", 1981):
 *
 *     x(d) = sum_m w_m(t) x[now - k + 1 - m],   m = 0 … 3
 *
 * It meets the samples, and its derivative in d has no jumps, so that whole delays are no kinks. Its
 * gain at every frequency and t is at most 1 (the tests look): a loop around a standing tap loses.
 * Its gain over single samples is up to sum |w| = 1.25, so a loop around a moving tap needs more: the
 * ceiling.
 *
 *     v -> v (1 + q^2)^(-1/4),   q = |v|^2 / ceiling^2
 *
 * of a number or a vector v: nearly straight well below (-.01 dB at .27 of it), never above. */
#ifndef AED_ECHO_H
#define AED_ECHO_H

#include <math.h>

#include "base/vmath.h"
#include "module.h"

/* ---- between samples ---- */

typedef struct
{
    size_t back; /* k */
    double t, w[4];
} aed_tap;

/* d [samples, at least 2]: what is written now is not read now. Rt-safe: yes. */
static inline aed_tap aed_tap_at(double d)
{
    const size_t k = (size_t)d;
    const double t = d - (double)k, u = 1.0 - t;

    return (aed_tap){k, t,
        {-0.5 * t * u * u, 1.0 + t * t * (1.5 * t - 2.5), 1.0 + u * u * (1.5 * u - 2.5),
            -0.5 * u * t * t}};
}

/* x(d) as sample `now` hears it. Rt-safe: yes. */
static inline double aed_tap_read(const aed_tap *tap, const aed_line *line, size_t now)
{
    const size_t i = now - tap->back + 1, mask = line->mask;
    const double *x = line->x;

    return tap->w[0] * x[i & mask] + tap->w[1] * x[(i - 1) & mask] + tap->w[2] * x[(i - 2) & mask] +
           tap->w[3] * x[(i - 3) & mask];
}

/* Its derivative in d. Rt-safe: yes. */
static inline double aed_tap_slope(const aed_tap *tap, const aed_line *line, size_t now)
{
    const size_t i = now - tap->back + 1, mask = line->mask;
    const double *x = line->x, t = tap->t, u = 1.0 - t;

    return u * (1.5 * t - 0.5) * x[i & mask] + t * (4.5 * t - 5.0) * x[(i - 1) & mask] -
           u * (4.5 * u - 5.0) * x[(i - 2) & mask] - t * (1.5 * u - 0.5) * x[(i - 3) & mask];
}

/* Adjoint of read: the line's dx += what by = dL/dx(d) says. Rt-safe: yes. */
static inline void aed_tap_add(const aed_tap *tap, const aed_line *line, size_t now, double by)
{
    const size_t i = now - tap->back + 1;

    for (size_t m = 0; m < 4; m++)
        line->dx[(i - m) & line->dx_mask] += by * tap->w[m];
}

/* ---- the lowpass l <- l + a (x - l), whose gain is 1 at most however a moves ---- */

/* a of a corner frequency, 0 … 1. Rt-safe: yes. */
static inline double aed_damp(double hz, double sr_hz)
{
    return -expm1(-6.283185307179586 * hz / sr_hz);
}

/* da/dhz. Rt-safe: yes. */
static inline double aed_damp_slope(double a, double sr_hz)
{
    return 6.283185307179586 / sr_hz * (1.0 - a);
}

/* ---- the ceiling ---- */

/* The factor (1 + q^2)^(-1/4). Its derivative is -q f^5 / 2. Rt-safe: yes. */
static inline double aed_ceiling(double q)
{
    return 1.0 / sqrt(sqrt(1.0 + q * q));
}

static inline double aed_ceiling_slope(double q, double f)
{
    const double f2 = f * f;

    return -0.5 * q * f2 * f2 * f;
}

#endif
