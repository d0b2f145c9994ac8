/* fft.h: real transforms of power-of-two length. fft.c is the only file that knows FFTW.
 *
 *     forward   X[k] = sum_i x[i] e^{-2 pi j k i / n},           k = 0 … n/2
 *     inverse   x[i] = sum_k X[k] e^{+2 pi j k i / n} over all n bins, X[n-k] = conj X[k]
 *
 * Neither is normalised: inverse(forward(x)) = n x. Spectra are [n/2 + 1] pairs (re, im), that is
 * n + 2 doubles. Plans use FFTW_ESTIMATE, so equal machines give equal bits. */
#ifndef AED_FFT_H
#define AED_FFT_H

#include <stddef.h>

#include "status.h"

typedef struct aed_fft aed_fft;

/* n: a power of two, 2 … 65536. NULL and *e filled when n is not, or memory ran out.
 * Safe from any thread (the planner is guarded). Rt-safe: no. */
aed_fft *aed_fft_new(size_t n, aed_error *e);
void aed_fft_free(aed_fft *f);

/* Rt-safe: yes; one aed_fft may serve several threads at once. Vectors must be aligned to
 * AED_ALIGN (see arena.h) and may not alias. */
void aed_fft_forward(const aed_fft *f, double *spectrum, const double *x);

/* Destroys spectrum. Otherwise as forward. */
void aed_fft_inverse(const aed_fft *f, double *x, double *spectrum);

#endif
