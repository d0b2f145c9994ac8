/* feature.h: numbers that describe a sound, and how each changes with the sound.
 *
 * The feature vector phi is made of chosen rows of one table, in the order in which they are chosen;
 * the first four are what it is when nobody chooses. Equations stand in the files feature_*.c.
 * What is spectral is of the first resolution, unless it says otherwise:
 *
 *     M_t[b]   mel power of band b in frame t,          A[b] = mean over frames of M_t[b]
 *     P_t[k]   |X|^2 of bin k in frame t,               P[k] = mean over frames of P_t[k]
 *     L_t[b]   ln(M_t[b] + floor),                      L[b] = mean over frames of L_t[b]
 *     L^i[b], P^f[k]   L of resolution i; P of the largest one, the finest in frequency
 *
 * A row answers what it is of them and, backward, what a gradient with respect to it is with respect
 * to them; phi.h gathers them from frames and sends gradients back to frames.
 *
 * A new feature is one function and its twin, one row in a file feature_*.c, one line in feature.c. */
#ifndef AED_FEATURE_H
#define AED_FEATURE_H

#include <stddef.h>

#include "pitch.h"

enum
{
    AED_FEATURE_CENTROID,
    AED_FEATURE_ROLLOFF,
    AED_FEATURE_FLATNESS,
    AED_FEATURE_RMS,
    AED_FEATURES_DEFAULT, /* how many phi has when nobody chooses: the ones above */
    AED_FEATURE_SPREAD = AED_FEATURES_DEFAULT,
    AED_FEATURE_SOFTROLLOFF,
    AED_FEATURE_PEAKINESS,
    AED_FEATURE_FLUX,
    AED_FEATURE_LOUDNESS,
    AED_FEATURE_MFCC,
    AED_FEATURE_BANDS,
    AED_FEATURE_MAGNITUDE,
    AED_FEATURE_PITCH,
    AED_FEATURE_CONFIDENCE,
    AED_FEATURE_INHARMONICITY,
    AED_FEATURES /* rows in aed_features */
};

/* What a row looks at beyond A and the samples; gathered only when a row asks for it. */
typedef enum
{
    AED_HEAR_POWER = 1, /* P */
    AED_HEAR_LOGS = 2,  /* L_t and L */
    AED_HEAR_ALL = 4,   /* L^i */
    AED_HEAR_FINE = 8,  /* P^f */
    AED_HEAR_PITCH = 16 /* the frames of a tracker */
} aed_ingredient;

/* What a tracker heard in the window. */
typedef struct
{
    aed_pitch *tracker; /* its scratch memory is free while a call lasts */
    aed_pitch_frame frames[AED_PITCH_FRAMES], median;
    size_t n;
} aed_pitched;

/* What a feature may look at. */
typedef struct
{
    size_t bins, bands, frames, n;
    double sr_hz;
    const double *x;          /* [n] the window */
    const double *mean_mel;   /* [bands] A, >= 0 */
    const double *mean_power; /* [bins] P, >= 0 */
    const double *log_mel;    /* [frames bands] L_t */
    const double *mean_log;   /* [bands] L */
    double *scratch;          /* [n or bands, the larger] anybody's, while a call lasts */
    size_t resolutions, fine_bins;
    const double *all_logs;   /* [resolutions bands] L^i */
    const double *fine_power; /* [fine_bins] P^f */
    aed_pitched *pitched;
} aed_heard;

/* Where gradients with respect to these accumulate. */
typedef struct
{
    double *dx, *dmean_mel, *dmean_power, *dlog_mel, *dmean_log, *dall_logs, *dfine_power;
} aed_heard_gradient;

typedef struct
{
    const char *name; /* the word in a message: "centroid" */
    const char *doc;  /* one line */
    double width;     /* of the loss of this name: a squared difference that counts as 1 */
    int needs;        /* of aed_ingredient */

    /* How many numbers it is; looks at sizes only. NULL: one. Rt-safe: yes. */
    size_t (*size)(const aed_heard *h);

    /* phi [size] out. Rt-safe: yes. */
    void (*of)(double *phi, const aed_heard *h);

    /* Accumulate sum_i dphi[i] dphi_i/d… into g. dphi [size] in; phi [size] as `of` left it. NULL:
     * it has no gradient, and no loss. Rt-safe: yes. */
    void (*back)(aed_heard_gradient g, const double *dphi, const double *phi, const aed_heard *h);
} aed_feature;

extern const aed_feature *const aed_features[AED_FEATURES];

/* The row of a name, or AED_FEATURES. Rt-safe: yes. */
size_t aed_feature_named(const char *name);

/* How many numbers a row is. Rt-safe: yes. */
size_t aed_feature_size(const aed_feature *f, const aed_heard *h);

/* The rows, each in its own file. */
extern const aed_feature aed_feature_centroid, aed_feature_spread, aed_feature_rolloff,
    aed_feature_softrolloff, aed_feature_flatness, aed_feature_peakiness, aed_feature_flux,
    aed_feature_rms, aed_feature_loudness, aed_feature_mfcc, aed_feature_bands,
    aed_feature_magnitude, aed_feature_pitch, aed_feature_confidence, aed_feature_inharmonicity;

#endif
