/* phi.h: the features of a window, gathered frame by frame, and their way back to the frames.
 *
 * What a frame adds to the averages of feature.h is kept while the window is heard; when its last
 * frame has come, every row that is wanted is computed, and so are those of the target, once. The
 * distance of a feature from the target's is one number, whatever the feature:
 *
 *     distance_j = mean_i (phi_j[i] - phi*_j[i])^2 / width_j
 *     ddistance_j/dphi_j[i] = 2 (phi_j[i] - phi*_j[i]) / (width_j size_j)
 *
 * An average over frames is known only after the last of them, so a window whose features count has
 * its first resolution, or all, heard twice: once to know them, once with their gradient at hand. */
#ifndef AED_PHI_H
#define AED_PHI_H

#include "base/arena.h"
#include "feature.h"
#include "loss.h"

typedef struct
{
    aed_heard heard;       /* reads what is below */
    aed_heard_gradient to; /* dx aside: the same, backward */
    double floor;
    int rows[AED_FEATURES]; /* wanted now */
    int needs;              /* of aed_ingredient, of the rows wanted now */

    double *mean_mel, *mean_power, *log_mel, *mean_log, *all_logs, *fine_power;
    size_t fine; /* the largest resolution */
    aed_pitched pitched;
    size_t at[AED_FEATURES + 1];       /* where each row begins in the following */
    double *values, *target, *dvalues; /* [at[AED_FEATURES]] */
} aed_phi;

/* Set up the numbers of *p (not its memory) for the resolutions `of` [of->resolutions] of windows of n
 * samples. Rt-safe: yes. */
void aed_phi_shape(aed_phi *p, const aed_resolution *of, double sr_hz, size_t n);

/* Take memory from an arena, but for the target's. *p stays where it is from now on. Rt-safe: no. */
void aed_phi_layout(aed_phi *p, aed_arena *a);

/* The tracker, after layout. Rt-safe: no. */
AED_MUST_CHECK aed_status aed_phi_open(aed_phi *p, aed_error *e);
void aed_phi_close(aed_phi *p);

/* 1 when wanted rows look beyond the first resolution. Rt-safe: yes. */
int aed_phi_hears_all(const aed_phi *p);

/* The same for what is kept of one target; run again on another arena, it is another target's.
 * Rt-safe: yes. */
void aed_phi_layout_target(aed_phi *p, aed_arena *a);

/* A window begins; rows [AED_FEATURES] in: 1 where a row is wanted, the others will be 0.
 * Rt-safe: yes. */
void aed_phi_begin(aed_phi *p, const int *rows);

/* Add a frame, of any resolution. Rt-safe: yes. */
void aed_phi_add(aed_phi *p, const aed_frame *f);

/* All frames have come: compute the wanted rows. x [n] in. Rt-safe: yes. */
void aed_phi_end(aed_phi *p, const double *x);

/* What was heard is the target from now on. Rt-safe: yes. */
void aed_phi_keep(aed_phi *p);

/* The distance of row j, which was wanted, from the target's. Rt-safe: yes. */
double aed_phi_distance(const aed_phi *p, size_t j);

/* Gradients begin: nothing waits for frames. dx [n] in/out from now on, added to; x [n] in, the window
 * heard. Rt-safe: yes. */
void aed_phi_pull(aed_phi *p, double *dx, const double *x);

/* A gradient is on its way, of sum_i dphi[i] phi_j[i], or of weight distance_j: dx += what reaches the
 * samples without frames, the rest waits for aed_phi_back. Row j was wanted and has a gradient; dphi
 * [size] in. Rt-safe: yes. */
void aed_phi_pull_row(aed_phi *p, size_t j, const double *dphi);
void aed_phi_pull_distance(aed_phi *p, size_t j, double weight);

/* Give frame f, which was added before, its part of what waits. Rt-safe: yes. */
void aed_phi_back(aed_phi *p, aed_frame_gradient g, const aed_frame *f);

#endif
