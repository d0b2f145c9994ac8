/* magnitude.h: what the losses on linear magnitudes keep of the target, once for all of them.
 *
 *     m = sqrt(|X|^2 + (1e-3 s)^2)                    never 0, so that dm/d|X|^2 = 1 / (2 m) exists
 *     s = max(mean over frames and bins of |X*|, 1e-3)
 *
 * Everything is measured in s, so a louder pair of sounds has the same loss; 1e-3, some -110 dB below
 * a full-scale sine, only keeps a silent target finite. */
#ifndef AED_MAGNITUDE_H
#define AED_MAGNITUDE_H

#include "loss.h"

typedef struct
{
    double s, guard; /* guard = (1e-3 s)^2, added to powers */
    double energy;   /* sum over frames and bins of m*^2, at least (1e-3)^2 for each */
    const double *m; /* [bins] m* of a frame */
} aed_magnitudes;

/* keep_n and keep of a loss. Rt-safe: yes. */
size_t aed_magnitude_keep_n(const aed_resolution *of);
void aed_magnitude_keep(double *kept, const aed_frame *target);

/* What was kept of the target's frame t. Rt-safe: yes. */
aed_magnitudes aed_magnitude_kept(const double *kept, const aed_frame *x);

#endif
