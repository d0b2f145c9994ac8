/* stft.h: windowed spectra of overlapping frames, and the way back from them to the samples.
 *
 *     X_t[k] = sum_i w[i] p[t hop + i] e^{-2 pi j k i / N},      k = 0 … N/2
 *     w[i]   = (1 - cos(2 pi i / N)) / 2                         periodic Hann
 *
 * p is the window x with `edge` samples reflected before and after it:
 *
 *     p[edge + i] = x[i],   p[edge - i] = x[i],   p[edge + n-1 + i] = x[n-1 - i],   0 < i <= edge
 *
 * With edge = N/2 this is torch.stft(center=True, pad_mode="reflect") without normalisation, which
 * torchaudio.transforms.Spectrogram uses; with edge = 0 only frames wholly inside the window are
 * heard. One p serves several sizes N: a smaller one starts further inside. */
#ifndef AED_STFT_H
#define AED_STFT_H

#include <stddef.h>

#include "base/arena.h"
#include "base/fft.h"

typedef struct
{
    size_t size;    /* N, samples in a frame */
    size_t bins;    /* N/2 + 1 */
    size_t hop_n;   /* samples from frame to frame */
    size_t frames;  /* frames in the window */
    size_t start_n; /* where in p the first frame begins */
    double *window; /* [size] w */
    aed_fft *fft;
} aed_stft;

/* How many frames of `size` there are in n samples: 1 + n / hop_n with reflected edges, otherwise
 * 1 + (n - size) / hop_n. Needs n > size / 2, or n >= size. Rt-safe: yes. */
size_t aed_stft_frames(size_t size, size_t hop_n, int whole_frames, size_t n);

/* Set up the numbers of *s (not its memory). edge: reflected samples on either side of p, 0 for
 * whole frames, otherwise at least size / 2 and less than n. Rt-safe: yes. */
void aed_stft_shape(aed_stft *s, size_t size, size_t hop_n, size_t edge, size_t n);

/* Take the window's memory from an arena and, once it is there, fill it. Rt-safe: no. */
void aed_stft_layout(aed_stft *s, aed_arena *a);

/* p [n + 2 edge] out, x [n] in, finite, edge < n. Rt-safe: yes. */
void aed_stft_reflect(double *restrict p, const double *restrict x, size_t edge, size_t n);

/* Adjoint of aed_stft_reflect: every reflected sample's gradient goes home, in place.
 *
 * dp   [n + 2 edge] in: dL/dp; out: dL/dx in dp[edge … edge + n), the rest used up
 *
 * Rt-safe: yes. */
void aed_stft_fold(double *dp, size_t edge, size_t n);

/* Spectrum of frame t.
 *
 * spectrum   [2 bins] out, (re, im) pairs, aligned to AED_ALIGN
 * scratch    [size] out, aligned to AED_ALIGN
 * p          in, as aed_stft_reflect left it
 * t          in, 0 … frames - 1
 *
 * Rt-safe: yes. */
void aed_stft_forward(
    double *spectrum, double *scratch, const aed_stft *s, const double *p, size_t t);

/* power[k] = |X[k]|^2. power [bins] out, spectrum [2 bins] in. Rt-safe: yes. */
void aed_stft_power(double *restrict power, const double *restrict spectrum, size_t bins);

/* Accumulate the gradient through aed_stft_power and aed_stft_forward of frame t.
 *
 * dp         in/out, dL/dp, added to
 * spectrum   [2 bins] in: as forward left it; used up
 * scratch    [size] out
 * dpower     [bins] in, dL/d|X|^2
 *
 * Rt-safe: yes. Kinks: none (|X|^2 is smooth at 0). */
void aed_stft_backward(double *dp, double *spectrum, double *scratch, const aed_stft *s,
    const double *dpower, size_t t);

#endif
