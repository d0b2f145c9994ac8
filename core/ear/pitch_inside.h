/* pitch_inside.h: what pitch.c and pitch_back.c share and nobody else sees. */
#ifndef AED_PITCH_INSIDE_H
#define AED_PITCH_INSIDE_H

#include "base/arena.h"
#include "base/fft.h"
#include "pitch.h"

enum
{
    AED_PITCH_STEPS = 4, /* between two lags */
    AED_PITCH_REACH = 8  /* lags that an interpolation reads to either side */
};

static const double aed_pitch_empty =
    1e-10; /* energies below this share of a frame's are rounding */

struct aed_pitch
{
    aed_arena arena; /* holds this struct too */
    aed_fft *fft;
    double sr_hz;
    size_t frame_n, hop_n, size;          /* size: of the transform, so that no lag wraps round */
    size_t shortest, longest, lags;       /* where a period may lie; nacf is known below `lags` */
    double *x, *energy, *spectrum, *nacf; /* [size], [frame_n + 1], [size + 2], [size] */
    double *dnacf, *dframe;               /* [lags], [frame_n], of the way back */

    /* Weights of lags l - REACH + 1 … l + REACH at l + s/STEPS. */
    double kernel[AED_PITCH_STEPS][2 * AED_PITCH_REACH];
};

/* The vertex of a parabola through nacf at places - 1, place, place + 1, in steps of 1/STEPS lag. */
typedef struct
{
    double lag, height; /* of the vertex */
    size_t place;
    double off, bend; /* of the vertex from the place, -1 … 1 steps; second difference, < 0 */
} aed_pitch_peak;

/* One frame x [n], n <= frame_n: p->x, energy and nacf are its own afterwards, and so is *chosen when
 * f0_hz is above 0. Rt-safe: yes. */
aed_pitch_frame aed_pitch_hear(aed_pitch *p, aed_pitch_peak *chosen, const double *x, size_t n);

/* 1 when a frame has a pitch within half a semitone of hz. Rt-safe: yes. */
int aed_pitch_near(const aed_pitch_frame *f, double hz);

#endif
