/* tuner.h: the pitch of a sound, and how far it has to be tuned to be where the target is.
 *
 * Two measurements check one another:
 *
 *     lag.h     finds the interval of two sounds whatever their timbres, in noise too, and to a few cents.
 *               When only one of the two has its fundamental it may be off by a whole one (octave, fifth)
 *     pitch.h   knows octaves, and needs a clear period
 *
 *     octaves = log2(f0 / f0*)   when both periods are clear (confidence >= .95) and the lag is more
 *                                than .3 octaves elsewhere
 *             = the lag          otherwise
 *
 * Like the lag this is a measurement to be followed, not the gradient of anything. */
#ifndef AED_TUNER_H
#define AED_TUNER_H

#include <stddef.h>

#include "base/status.h"

typedef struct aed_tuner aed_tuner;

typedef struct
{
    double octaves; /* above 0: higher than the target; within -3 … 3 unless periods say more */
    double confidence;    /* up to 1, of octaves: the lag's, or the lesser of two periods' */
    double f0_hz;         /* of the sound; 0: none found */
    double f0_confidence; /* 0 … 1 */
} aed_tuner_result;

enum
{
    AED_TUNER_LEAST = 64,  /* samples in a sound */
    AED_TUNER_TARGETS = 64 /* targets at most */
};

/* sr_hz   1000 … 1e6
 * n       samples in a sound, AED_TUNER_LEAST … 2^24
 * targets how many targets it keeps, 1 … AED_TUNER_TARGETS
 *
 * Pitches are looked for from 24 Hz, or two periods in the sound, to a quarter of sr_hz, 8 kHz at most. All
 * memory is taken here. NULL and *e filled: AED_E_ARG, AED_E_MEMORY. Rt-safe: no. */
aed_tuner *aed_tuner_new(double sr_hz, size_t n, size_t targets, aed_error *e);
void aed_tuner_free(aed_tuner *t);

/* Which target is filled and listened against from now on: k, 0 … targets - 1; a larger one is the last.
 * 0 at the start. Rt-safe: yes. */
void aed_tuner_choose(aed_tuner *t, size_t k);

/* Keep what is needed of the chosen target x [n], |x| <= 1e100. AED_E_NONFINITE for NaN, Inf or beyond: the
 * old one is kept then. Rt-safe: yes unless it fails. */
AED_MUST_CHECK aed_status aed_tuner_target(aed_tuner *t, const double *x, aed_error *e);

/* Of x [n], |x| <= 1e100. Before a target came, octaves and confidence are 0, and in silence all is.
 * AED_E_NONFINITE as above, *r untouched. Rt-safe: yes unless it fails. */
AED_MUST_CHECK aed_status aed_tuner_listen(
    aed_tuner_result *r, aed_tuner *t, const double *x, aed_error *e);

#endif
