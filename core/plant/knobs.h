/* knobs.h: which of a voice's parameters learn, and within which part of their range; which weights.
 *
 * A voice has D parameters, `full` in [0, 1] each over its module's whole range. Learning sees only
 * some of them, theta in [0, 1] each over a range that may be narrower. Within one curve (linear or
 * logarithmic) a part of a range is an affine map of theta:
 *
 *     full[index[j]] = lo[i] + theta[j] (hi[i] - lo[i]),   i = index[j]
 *     dL/dtheta[j]   = (hi[i] - lo[i]) dL/dfull[i]
 *
 * A level (AED_LEVEL) at 0 would silence what others are learning from: while it learns, lo is at least
 * AED_LEVEL_FLOOR.
 *
 * Behind the D parameters, full has the voice's raw weights. Those vectors of them that learn stand in
 * theta behind the parameters, in a unit of their own and without bounds:
 *
 *     full = AED_WEIGHT_UNIT · theta
 *
 * A rate that suits a knob, .02 of its range in a step, suits a weight in this unit too: .003.
 *
 * All functions are rt-safe. */
#ifndef AED_KNOBS_H
#define AED_KNOBS_H

#include <stddef.h>

#include "chain.h"

#define AED_WEIGHT_UNIT 0.15

enum
{
    AED_KNOBS_MOST = AED_MAX_MODULES * AED_MAX_PARAMS
};

/* A vector of weights: in full, and whether it learns. */
typedef struct
{
    size_t at, n;
    int learns;
} aed_knobs_weights;

typedef struct
{
    size_t n;      /* D, parameters of the voice */
    size_t turned; /* how many of them learn */
    size_t d;      /* the length of theta: with the weights that learn */
    aed_knobs_weights weights[AED_MOST_WEIGHTS];
    size_t n_weights;
    size_t index[AED_KNOBS_MOST];         /* [turned] which ones, ascending */
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

/* The same for vector i of the weights. */
void aed_knobs_learn_weights(aed_knobs *k, size_t i, int learns);

/* Length of full. */
size_t aed_knobs_full_n(const aed_knobs *k);

/* Write from into full, [full_n]; parameters clipped to their lo … hi. They may be the same. */
void aed_knobs_clip(double *full, const aed_knobs *k, const double *from);

/* Narrow parameter i to lo … hi in the voice's theta; clipped to [0, 1]. A range that is empty or
 * turned round becomes the whole range. */
void aed_knobs_range(aed_knobs *k, size_t i, double lo, double hi);

/* Write theta [d] into full; what does not learn is left alone. */
void aed_knobs_expand(double *full, const aed_knobs *k, const double *theta);

/* theta [d] of full, the parameters' part clipped to [0, 1]. */
void aed_knobs_collect(double *theta, const aed_knobs *k, const double *full);

/* dtheta [d] = dL/dtheta from dfull = dL/dfull. Written, not added to. */
void aed_knobs_gradient(double *dtheta, const aed_knobs *k, const double *dfull);

#endif
