#include "loss.h"

const aed_loss *const aed_losses[AED_LOSSES] = {
    [AED_LOSS_LOGMEL] = &aed_loss_logmel,
    [AED_LOSS_STFT] = &aed_loss_stft,
    [AED_LOSS_DC] = &aed_loss_dc,
    [AED_LOSS_WAVE] = &aed_loss_wave,
    [AED_LOSS_TRANSPORT] = &aed_loss_transport,
};
