#include "feature.h"

#include <string.h>

const aed_feature *const aed_features[AED_FEATURES] = {
    [AED_FEATURE_CENTROID] = &aed_feature_centroid,
    [AED_FEATURE_ROLLOFF] = &aed_feature_rolloff,
    [AED_FEATURE_FLATNESS] = &aed_feature_flatness,
    [AED_FEATURE_RMS] = &aed_feature_rms,
    [AED_FEATURE_SPREAD] = &aed_feature_spread,
    [AED_FEATURE_SOFTROLLOFF] = &aed_feature_softrolloff,
    [AED_FEATURE_PEAKINESS] = &aed_feature_peakiness,
    [AED_FEATURE_FLUX] = &aed_feature_flux,
    [AED_FEATURE_LOUDNESS] = &aed_feature_loudness,
    [AED_FEATURE_MFCC] = &aed_feature_mfcc,
    [AED_FEATURE_BANDS] = &aed_feature_bands,
    [AED_FEATURE_MAGNITUDE] = &aed_feature_magnitude,
    [AED_FEATURE_PITCH] = &aed_feature_pitch,
    [AED_FEATURE_CONFIDENCE] = &aed_feature_confidence,
    [AED_FEATURE_INHARMONICITY] = &aed_feature_inharmonicity,
};

size_t aed_feature_named(const char *name)
{
    size_t i = 0;

    while (i < AED_FEATURES && strcmp(aed_features[i]->name, name) != 0)
        i++;
    return i;
}

size_t aed_feature_size(const aed_feature *f, const aed_heard *h)
{
    return f->size ? f->size(h) : 1;
}
