#include "loss.h"

const aed_loss *const aed_losses[AED_LOSSES] = {
    [AED_LOSS_LOGMEL] = &aed_loss_logmel,
    [AED_LOSS_STFT] = &aed_loss_stft,
    [AED_LOSS_DC] = &aed_loss_dc,
    [AED_LOSS_WAVE] = &aed_loss_wave,
    [AED_LOSS_TRANSPORT] = &aed_loss_transport,
    [AED_LOSS_LOGSTFT] = &aed_loss_logstft,
    [AED_LOSS_CONVERGE] = &aed_loss_converge,
    [AED_LOSS_ENVELOPE] = &aed_loss_envelope,
    [AED_LOSS_CAP] = &aed_loss_cap,
    [AED_LOSS_CENTROID] = &aed_loss_centroid,
    [AED_LOSS_SPREAD] = &aed_loss_spread,
    [AED_LOSS_SOFTROLLOFF] = &aed_loss_softrolloff,
    [AED_LOSS_FLATNESS] = &aed_loss_flatness,
    [AED_LOSS_PEAKINESS] = &aed_loss_peakiness,
    [AED_LOSS_FLUX] = &aed_loss_flux,
    [AED_LOSS_RMS] = &aed_loss_rms,
    [AED_LOSS_LOUDNESS] = &aed_loss_loudness,
    [AED_LOSS_MFCC] = &aed_loss_mfcc,
    [AED_LOSS_BANDS] = &aed_loss_bands,
    [AED_LOSS_MAGNITUDE] = &aed_loss_magnitude,
    [AED_LOSS_PITCH] = &aed_loss_pitch,
    [AED_LOSS_CONFIDENCE] = &aed_loss_confidence,
    [AED_LOSS_INHARMONICITY] = &aed_loss_inharmonicity,
};

int aed_loss_is_distance(const aed_loss *loss)
{
    return !loss->frame && !loss->wave;
}
