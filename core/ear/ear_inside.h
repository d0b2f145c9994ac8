/* ear_inside.h: what the files ear*.c share and nobody else sees. */
#ifndef AED_EAR_INSIDE_H
#define AED_EAR_INSIDE_H

#include "base/arena.h"
#include "ear.h"
#include "mel.h"
#include "phi.h"
#include "stft.h"

struct aed_ear
{
    aed_ear_config config;
    aed_arena arena; /* holds this struct too */
    size_t edge;     /* reflected samples before and after the window */

    aed_stft stft[AED_EAR_SIZES];
    aed_mel mel[AED_EAR_SIZES];
    aed_resolution resolution[AED_EAR_SIZES];

    double *p, *dp;             /* [n + 2 edge] the window with its edges, and dL/dp */
    double *scratch, *spectrum; /* [largest], [largest + 2] one frame */
    double *power, *dpower;     /* [largest / 2 + 1] */
    double *mel_power, *dmel;   /* [mels] */

    aed_phi phi; /* features, of the first resolution */

    aed_arena targets; /* config.targets pieces of target_size bytes, laid out alike */
    size_t target_size, chosen;
    unsigned long long known; /* bit k: target k was accepted */

    double *kept[AED_EAR_SIZES][AED_LOSSES]; /* of the chosen target */
    double *target;                          /* [n] its samples */
};

/* What one pass through the frames does; all zero hears nothing but A of feature.h. */
typedef struct
{
    int keep;                   /* the sound is a target */
    int scout;                  /* losses that listen to frames are left for a second pass */
    int backward;               /* dL/dp is wanted and some frame has one */
    int pulled;                 /* features are known, and frames bring their gradient home */
    int features[AED_FEATURES]; /* the row is heard */
    int on[AED_LOSSES];         /* the term is computed */
    double weights[AED_LOSSES]; /* of the terms */
    double terms[AED_LOSSES];   /* in/out, those of losses that listen to frames are added to */
} aed_listening;

/* One pass: features unless pulled, terms, dL/dp in ear->dp. ear->p holds the window x [n].
 * Rt-safe: yes. */
void aed_ear_hear(aed_ear *ear, aed_listening *l, const double *x);

/* AED_E_SIZE or AED_E_NONFINITE when x [n] is not a window for this ear. Rt-safe: yes. */
AED_MUST_CHECK aed_status aed_ear_check_window(
    const aed_ear *ear, const double *x, size_t n, aed_error *e);

/* 0 for NaN, Inf, or anything beyond limit. Rt-safe: yes. */
int aed_all_within(const double *x, double limit, size_t n);

#endif
