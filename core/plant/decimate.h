/* decimate.h: from a voice that runs at 2 or 4 times the host's rate down to it.
 *
 *     y[j] = sum_t h[t] x[2 j + 1 - t],    t = 0 … T - 1, T = 55, once or twice in a row
 *
 * h is a half-band lowpass: a sinc cut by Kaiser's window (beta 7.86), so every other tap but the
 * middle one is 0. Flat within 0.001 dB up to 0.4 of the host's rate; what would fold below that
 * is down by 80 dB. Delay: 13.5 samples of the host at 2 times, 20.25 at 4 times.
 * Kaiser, "Nonrecursive digital filter design using the I0-sinh window function", ISCAS 1974. */
#ifndef AED_DECIMATE_H
#define AED_DECIMATE_H

#include <stddef.h>

enum
{
    AED_DECIMATE_TAPS = 55,
    AED_DECIMATE_MOST = 64 /* samples x in one call */
};

/* Doubles of state for `over` = 1, 2 or 4. */
size_t aed_decimate_state_n(size_t over);

/* y [n / over] from x [n], n a multiple of over, at most AED_DECIMATE_MOST; state in/out, zero is
 * silence. over 1 copies. Rt-safe: yes. */
void aed_decimate(double *y, double *state, const double *x, size_t over, size_t n);

/* Adjoint over a whole window: dx [n · over] = dL/dx from dy [n] = dL/dy; what was in the state is a
 * constant. work [2 n]: needed with over 4. Rt-safe: yes. */
void aed_decimate_backward(double *dx, double *work, const double *dy, size_t over, size_t n);

#endif
