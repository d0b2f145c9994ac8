/* feature.h: numbers that describe a sound; the feature vector phi has one for each row.
 *
 * centroid, rolloff and flatness are spectral_stats of the AE-DDSP seed, word for word, on the mel
 * power spectrogram of the first resolution (the seed fed its logarithm, whose flatness is NaN):
 *
 *     A[b]     = mean over frames of M[b],   S = sum_b A[b],   B bands
 *     centroid = sum_b A[b] b/(B-1) / (S + 1e-8)                        0 … 1; 0 with one band
 *     rolloff  = (lowest b with sum_{i<=b} A[i] / (S + 1e-8) >= .95) / B    0 … 1; 0 with none
 *     flatness = exp(mean_b ln(A[b] + 1e-8)) / (S/B + 1e-8)             0 … 1, 1 for silence
 *     rms      = sqrt(mean x^2)                                         unit of x
 *
 * A new feature is one function and one row in feature.c. */
#ifndef AED_FEATURE_H
#define AED_FEATURE_H

#include <stddef.h>

enum
{
    AED_FEATURE_CENTROID,
    AED_FEATURE_ROLLOFF,
    AED_FEATURE_FLATNESS,
    AED_FEATURE_RMS,
    AED_FEATURES /* rows in aed_features */
};

/* What a feature may look at. */
typedef struct
{
    const double *mean_mel; /* [bands] A, >= 0 */
    size_t bands;
    const double *x; /* [n] the window */
    size_t n;
} aed_heard;

typedef struct
{
    const char *name; /* the word in a message: "centroid" */
    const char *doc;  /* one line */
    double (*of)(const aed_heard *h);
} aed_feature;

extern const aed_feature aed_features[AED_FEATURES];

/* phi [AED_FEATURES] out. Rt-safe: yes. */
void aed_features_of(double *phi, const aed_heard *h);

#endif
