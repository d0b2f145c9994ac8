/* pitch.h: the pitch of a sound, frame by frame, and one for all of it.
 *
 *     r(l)    = sum_i x[i] x[i+l]                    within a frame without its mean, 0 <= i < n - l
 *     nacf(l) = r(l) / sqrt(sum_i x[i]^2 sum_i x[i+l]^2)                             -1 … 1
 *     f0      = sr / l0
 *
 * The two energies are those of the samples that r multiplies, so a periodic sound has nacf 1 at its
 * period however it swells or decays; the idea is that of McLeod and Wyvill, "A smarter way to find
 * pitch" (ICMC 2005), as is the choice among peaks: between two zero crossings only the highest one
 * counts, and nothing counts before the first negative lag. l0 is the shortest lag whose peak is at
 * least .92 of the highest one. That is the octave check: a period fits twice and three times too,
 * and this takes it once; but half a period fits only when the even harmonics stand alone.
 *
 * r is sampled no finer than x, and the peak of a bright sound is sharp: nacf is interpolated with a
 * windowed sinc at quarter samples, then by a parabola through the best three.
 *
 * What it cannot do: a pitch outside lo_hz … hi_hz is told as one of its multiples or parts within, or
 * not at all; of two notes it tells the lower, common period, with less confidence. */
#ifndef AED_PITCH_H
#define AED_PITCH_H

#include <stddef.h>

#include "base/status.h"

typedef struct aed_pitch aed_pitch;

enum
{
    AED_PITCH_FRAMES = 32 /* in a window, of aed_pitch_for */
};

typedef struct
{
    double f0_hz;      /* lo_hz … hi_hz, within a sample of its period; 0: none found */
    double confidence; /* 0 … 1: the height of the peak; 0 with f0_hz 0 */
    double power;      /* mean square without the mean, >= 0 */
} aed_pitch_frame;

/* sr_hz     1000 … 1e6
 * lo_hz     lowest pitch, > 0; two of its periods must fit into a frame
 * hi_hz     highest pitch, above lo_hz, at most sr_hz / 4
 * frame_n   samples in a frame, 64 … 32768
 * hop_n     samples from frame to frame, from 1 on
 *
 * All memory is taken here. NULL and *e filled: AED_E_ARG (what, got, allowed), AED_E_MEMORY.
 * Rt-safe: no. */
aed_pitch *aed_pitch_new(
    double sr_hz, double lo_hz, double hi_hz, size_t frame_n, size_t hop_n, aed_error *e);
void aed_pitch_free(aed_pitch *p);

/* A tracker for windows of n samples: from 24 Hz, or two periods in a frame, to a quarter of sr_hz, 8 kHz
 * at most, in frames of four periods of the lowest one as far as n allows; a window is at most
 * AED_PITCH_FRAMES of them. Otherwise as aed_pitch_new. Rt-safe: no. */
aed_pitch *aed_pitch_for(double sr_hz, size_t n, aed_error *e);

/* The frames that lie wholly inside the sound; a sound shorter than a frame is one frame, with silence
 * after its end. A frame with NaN, Inf or beyond 1e100 in it is {0, 0, 0}, and so is silence.
 *
 * frames   [most] out
 * x        [n] in
 *
 * Returns how many were written: min(most, 1 + (n - frame_n) / hop_n), 0 when n is 0.
 * Rt-safe: yes, as long as two transforms of twice a frame for each. */
size_t aed_pitch_track(
    aed_pitch *p, aed_pitch_frame *frames, size_t most, const double *x, size_t n);

/* One pitch for all of frames [n]: the median of f0_hz, each frame weighing power · confidence.
 *
 *     confidence = sum of power · confidence over frames within half a semitone / sum of power
 *     power      = mean power
 *
 * so a glide or a sound that is half noise is told with less of it. Without a pitch in any frame, or
 * without frames, f0_hz and confidence are 0. Rt-safe: yes; n^2 comparisons. */
aed_pitch_frame aed_pitch_median(const aed_pitch_frame *frames, size_t n);

/* The exact gradient of both numbers of the median (pitch_back.c):
 *
 *     dx[i] += df0 df0_hz/dx[i] + dconfidence dconfidence/dx[i]
 *
 * dx       [n] in/out
 * frames   [n_frames] as aed_pitch_track left them for x
 * x        [n] in
 *
 * Without a pitch nothing is added. Kinks: where another lobe, place or frame is chosen.
 * Rt-safe: yes, as long as the tracking and some 40 n operations more. */
void aed_pitch_pull(aed_pitch *p, double *dx, double df0, double dconfidence,
    const aed_pitch_frame *frames, size_t n_frames, const double *x, size_t n);

#endif
