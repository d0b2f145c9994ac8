/* loss_feature.c: each feature's distance from the target's, of phi.h: one number, whatever the
 * feature, and 1 where the two are as far apart as counts (the row's width). Kinks: the feature's. */
#include "feature.h"
#include "loss.h"

#define DISTANCE(row, number, text)                                                                \
    const aed_loss aed_loss_##row = {.name = #row, .doc = text, .feature = number}

DISTANCE(centroid, AED_FEATURE_CENTROID, "squared distance of mel centroids");
DISTANCE(spread, AED_FEATURE_SPREAD, "squared distance of spreads");
DISTANCE(softrolloff, AED_FEATURE_SOFTROLLOFF, "squared distance of soft rolloffs");
DISTANCE(flatness, AED_FEATURE_FLATNESS, "squared distance of flatnesses");
DISTANCE(peakiness, AED_FEATURE_PEAKINESS, "squared distance of peakinesses");
DISTANCE(flux, AED_FEATURE_FLUX, "squared distance of fluxes");
DISTANCE(rms, AED_FEATURE_RMS, "squared distance of rms");
DISTANCE(loudness, AED_FEATURE_LOUDNESS, "squared distance of loudnesses");
DISTANCE(mfcc, AED_FEATURE_MFCC, "mean squared distance of mfcc");
DISTANCE(bands, AED_FEATURE_BANDS, "mean squared distance of bands");
DISTANCE(magnitude, AED_FEATURE_MAGNITUDE, "mean squared distance of magnitudes");
DISTANCE(pitch, AED_FEATURE_PITCH, "squared distance of pitches in semitones");
DISTANCE(confidence, AED_FEATURE_CONFIDENCE, "squared distance of pitch confidences");
DISTANCE(inharmonicity, AED_FEATURE_INHARMONICITY, "squared distance of inharmonicities");
