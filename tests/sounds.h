/* sounds.h: sounds that no voice of ours made, for tests and studies of pitch. */
#ifndef AED_TESTS_SOUNDS_H
#define AED_TESTS_SOUNDS_H

#include <stddef.h>

/* y [n] = .3 sum_k k^-slope sin(2 pi k (f0 i / sr + turn)), all k below .45 sr: slope 1 is a sawtooth. */
void sound_saw(double *y, double f0_hz, double slope, double turn, double sr_hz, size_t n);

/* The same at a slope, a level and with a noise that no plain sawtooth has: slope .5 … 2, -12 … 12 dB,
 * white noise 20 dB below. turn too is random. */
void sound_mismatched(double *y, double f0_hz, double sr_hz, size_t n);

/* Root mean square. */
double sound_rms(const double *y, size_t n);

#endif
