/* kweight.h: the K-weighting filter of ITU-R BS.1770-4 at any sample rate, and its adjoint.
 *
 * Two biquads in a row, a shelf of +4 dB for what the head does to high frequencies and a highpass:
 *
 *     y[i] = b0 x[i] + b1 x[i-1] + b2 x[i-2] - a1 y[i-1] - a2 y[i-2]
 *
 * The recommendation gives coefficients for 48 kHz only. They are the bilinear transform, prewarped at
 * its corner, of two analogue filters, whose corner, Q and gain De Man ("Evaluation of implementations
 * of the EBU R128 loudness measurement", AES 145, 2018) took out of them; from those any rate is made,
 * with the same gain at the top. At 48 kHz the table comes back to within 1e-11. Below 3738 Hz, where
 * the shelf's corner leaves the band, it stands at 0.45 of the rate. */
#ifndef AED_KWEIGHT_H
#define AED_KWEIGHT_H

#include <stddef.h>

typedef struct
{
    double b0, b1, b2, a1, a2;
} aed_biquad;

typedef struct
{
    aed_biquad shelf, highpass;
} aed_kweight;

/* sr_hz > 0. Rt-safe: yes. */
aed_kweight aed_kweight_of(double sr_hz);

/* z [n] out, from rest; x [n] in, may be z. Rt-safe: yes. */
void aed_kweight_forward(double *z, const aed_kweight *k, const double *x, size_t n);

/* Accumulate the adjoint: dx [n] in/out, added to; dz [n] in, used up. Rt-safe: yes. */
void aed_kweight_backward(double *dx, const aed_kweight *k, double *dz, size_t n);

#endif
