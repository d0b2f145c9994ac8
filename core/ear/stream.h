/* stream.h: the features of a sound as it goes on, at each hop.
 *
 * After hop k, phi is exactly what an ear with whole frames hears in the last n samples:
 *
 *     phi_k = phi(x[k hop - n … k hop))            silence before the first sample
 *
 * but only one frame of each resolution is new; the spectra of the others are kept. So a hop costs one
 * transform a resolution (the first alone, when no feature looks at others), however many frames n holds;
 * pitch and loudness go over all n samples each time. The newest frame ends with the newest sample when n
 * less size is a multiple of the hop.
 *
 * One thread writes and hears. */
#ifndef AED_STREAM_H
#define AED_STREAM_H

#include "ear.h"

typedef struct aed_stream aed_stream;

enum
{
    AED_STREAM_AHEAD = 8192 /* samples that may be written before they are heard */
};

/* c: n is how far phi looks back, at least the largest size; features says which rows; whole_frames and
 * targets are not looked at, there is no target. All memory is taken here, about
 * 4 n/hop (sum of sizes) bytes, 256 MiB at most. NULL and *e filled: as aed_ear_new. Rt-safe: no. */
aed_stream *aed_stream_new(const aed_ear_config *c, aed_error *e);
void aed_stream_free(aed_stream *s);

/* The next samples x [n]; one that is no number or beyond 1e100 is taken as 0. 1 when a hop is full.
 * Rt-safe: yes. */
int aed_stream_write(aed_stream *s, const double *x, size_t n);

/* Hear the next hop that is full: 1, or 0 when there is none. Hops that lie more than
 * AED_STREAM_AHEAD samples back are left out. Rt-safe: yes, a transform a resolution long. */
int aed_stream_hear(aed_stream *s);

/* A row of aed_features as of the hop heard last: [*n], valid until the next one; zeros when the row was
 * not asked for. Rt-safe: yes. */
const double *aed_stream_heard(const aed_stream *s, size_t feature, size_t *n);

#endif
