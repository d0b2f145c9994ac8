/* resample.h: a sound at another sample rate, by a windowed sinc, whatever the two rates are.
 *
 *     y[m] = g sum_k x[k] h(g (m from/to - k)),     g = min(1, to/from): samples of the lower rate
 *     h(u) = c sinc(c u) I0(b sqrt(1 - (u/Z)^2)) / I0(b),   |u| < Z,   sinc(v) = sin(pi v) / (pi v)
 *     c = .95, Z = 68, b = 10.06                             Kaiser's window, 100 dB; x is 0 around itself
 *
 * (J. O. Smith, Digital Audio Resampling; J. F. Kaiser, 1974). What lies below .9 of the lower Nyquist frequency
 * stays within -90 dB, what lies above the whole of it is gone by as much. h is read from a table of 512
 * places between two samples of the lower rate, with straight lines between them (-118 dB). */
#ifndef AED_RESAMPLE_H
#define AED_RESAMPLE_H

#include <stddef.h>

#include "base/status.h"

/* Samples at to_hz that lie within n samples at from_hz: 1 + (n - 1) to / from, rounded down; n >= 1. */
size_t aed_resample_n(size_t n, double from_hz, double to_hz);

/* y [m] out, the first m samples at to_hz of x [n] in at from_hz; rates > 0, n >= 1. With equal rates a copy.
 * Costs some 272 products for each sample at the higher rate. AED_E_MEMORY, y untouched. Rt-safe: no. */
AED_MUST_CHECK aed_status aed_resample(
    double *y, size_t m, const double *x, size_t n, double from_hz, double to_hz, aed_error *e);

#endif
