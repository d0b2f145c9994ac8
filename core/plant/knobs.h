/* knobs.h: which of a voice's parameters learn, and within which part of their range.
 *
 * A voice has D parameters, `full` in [0, 1] each over its module's whole range. Learning sees only
 * d ≤ D of them, theta in [0, 1] each over a range that may be narrower. Within one curve (linear or
 * logarithmic) a part of a range is an affine map of theta:
 *
 *     full[index[j]] = lo[i] + theta[j] (hi[i] - lo[i]),   i = index[j]
 *     dL/dtheta[j]   = (hi[i] - lo[i]) dL/dfull[i]
 *
 * A level (AED_LEVEL) at 0 would silence what others are learning from: while it learns, lo is at least
 * AED_LEVEL_FLOOR.
 *
 * All functions are rt-safe. */
#ifndef AED_KNOBS_H
#define AED_KNOBS_H

#include <stddef.h>

#include "chain.h"

enum
{
    AED_KNOBS_MOST = AED_MAX_MODULES * AED_MAX_PARAMS
};

typedef struct
{
    size_t n;                             /* D, parameters of the voice */
    size_t d;                             /* how many learn, the length of theta */
    size_t index[AED_KNOBS_MOST];         /* [d] which ones, ascending */
    unsigned char learns[AED_KNOBS_MOST]; /* [n] */
    double lo[AED_KNOBS_MOST]; /* [n] of each, in the voice's own theta, 0 ≤ lo < hi ≤ 1 */
    double hi[AED_KNOBS_MOST];
    double floor[AED_KNOBS_MOST]; /* [n] lo is at least this while it learns */
} aed_knobs;

/* All parameters of a chain over their whole range; those with AED_STANDS do not learn. */
void aed_knobs_init(aed_knobs *k, const aed_chain *chain);

/* Where parameter i, which is at `full` of its range, stands between lo and hi: 0 … 1, clipped. */
double aed_knobs_place(const aed_knobs *k, size_t i, double full);

/* Let parameter i learn (1) or stand still (0). */
void aed_knobs_learn(aed_knobs *k, size_t i, int learns);

/* Write from [n] into full [n], each clipped to its lo … hi. They may be the same. */
void aed_knobs_clip(double *full, const aed_knobs *k, const double *from);

/* Narrow parameter i to lo … hi in the voice's theta; clipped to [0, 1]. A range that is empty or
 * turned round becomes the whole range. */
void aed_knobs_range(aed_knobs *k, size_t i, double lo, double hi);

/* Write theta [d] into full [n]; what does not learn is left alone. */
void aed_knobs_expand(double *full, const aed_knobs *k, const double *theta);

/* theta [d] of full [n], clipped to [0, 1]. */
void aed_knobs_collect(double *theta, const aed_knobs *k, const double *full);

/* dtheta [d] = dL/dtheta from dfull [n] = dL/dfull. Written, not added to. */
void aed_knobs_gradient(double *dtheta, const aed_knobs *k, const double *dfull);

#endif
