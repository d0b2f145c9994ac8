/* mel.h: triangular bands on the mel scale.
 *
 *     mel(f) = 2595 log10(1 + f / 700)                          HTK (Young et al., "The HTK Book")
 *     c_0 … c_{B+1}: equally spaced in mel from 0 to sr / 2
 *     M[b] = sum_k W[b][k] P[k],   W rises from 0 at c_b to 1 at c_{b+1} and falls to 0 at c_{b+2}
 *
 * as torchaudio.functional.melscale_fbanks (norm=None, mel_scale="htk"), where bin k stands at
 * k floor(sr / 2) / (bins - 1) Hz.
 *
 * Between two neighbouring c_s and c_{s+1} one band falls while the next one rises, and the two
 * weights sum to 1. So one number a bin, its share `rise`, is the whole filterbank. */
#ifndef AED_MEL_H
#define AED_MEL_H

#include <stddef.h>

#include "base/arena.h"

typedef struct
{
    size_t bins;
    size_t bands;
    size_t *first; /* [bands + 2] first bin at or above c_s; first[bands + 1] = bins */
    double *rise;  /* [bins] weight of the rising band, 0 … 1; the falling one has 1 - rise */
} aed_mel;

/* Take memory from an arena and, once it is there, fill it; bins and bands are set by then.
 * sr_hz > 0. Rt-safe: no. */
void aed_mel_layout(aed_mel *m, aed_arena *a, double sr_hz);

/* mel [bands] out, power [bins] in. Rt-safe: yes. */
void aed_mel_forward(double *restrict mel, const aed_mel *m, const double *restrict power);

/* Accumulate: dpower [bins] in/out, dL/dpower, added to; dmel [bands] in. Rt-safe: yes. */
void aed_mel_backward(double *restrict dpower, const aed_mel *m, const double *restrict dmel);

#endif
