/* feature_list.c: features that are lists: the time averages of what the losses compare. With L and P
 * of feature.h, B bands, R resolutions,
 *
 *     bands     [R B]        L^i[b], resolution after resolution
 *     mfcc      [13 or B]    c_k = s_k sum_b L[b] cos(pi k (2 b + 1) / (2 B)),
 *                            s_0 = sqrt(1/B), s_k = sqrt(2/B)
 *     magnitude [bins]       sqrt(P[k] + 1e-12) - 1e-6
 *
 * mfcc are the first coefficients of torchaudio.transforms.MFCC(log_mels=True, norm="ortho"), whose
 * 1e-6 is the ear's floor here, averaged over frames (the transform is linear: it is the same to
 * average first). magnitude is the root mean square over frames of the linear magnitude, in the units
 * of stft.h. Kinks: none. */
#include <math.h>

#include "feature.h"

enum
{
    COEFFICIENTS = 13
};

static const double pi = 3.141592653589793;
static const double least = 1e-6; /* of a magnitude: some -170 dB below a full-scale sine */

static size_t bands_size(const aed_heard *h)
{
    return h->resolutions * h->bands;
}

static void bands(double *phi, const aed_heard *h)
{
    for (size_t i = 0; i < bands_size(h); i++)
        phi[i] = h->all_logs[i];
}

static void bands_back(
    aed_heard_gradient g, const double *dphi, const double *phi, const aed_heard *h)
{
    (void)phi;
    for (size_t i = 0; i < bands_size(h); i++)
        g.dall_logs[i] += dphi[i];
}

static size_t mfcc_size(const aed_heard *h)
{
    return h->bands < COEFFICIENTS ? h->bands : COEFFICIENTS;
}

/* dc_k/dL[b] */
static double basis(size_t k, size_t b, size_t n_bands)
{
    const double B = (double)n_bands;

    return sqrt((k ? 2.0 : 1.0) / B) * cos(pi * (double)k * (2.0 * (double)b + 1.0) / (2.0 * B));
}

static void mfcc(double *phi, const aed_heard *h)
{
    for (size_t k = 0; k < mfcc_size(h); k++)
    {
        phi[k] = 0.0;
        for (size_t b = 0; b < h->bands; b++)
            phi[k] += basis(k, b, h->bands) * h->mean_log[b];
    }
}

static void mfcc_back(
    aed_heard_gradient g, const double *dphi, const double *phi, const aed_heard *h)
{
    (void)phi;
    for (size_t k = 0; k < mfcc_size(h); k++)
        for (size_t b = 0; b < h->bands; b++)
            g.dmean_log[b] += dphi[k] * basis(k, b, h->bands);
}

static size_t magnitude_size(const aed_heard *h)
{
    return h->bins;
}

static void magnitude(double *phi, const aed_heard *h)
{
    for (size_t k = 0; k < h->bins; k++)
        phi[k] = sqrt(h->mean_power[k] + least * least) - least;
}

static void magnitude_back(
    aed_heard_gradient g, const double *dphi, const double *phi, const aed_heard *h)
{
    for (size_t k = 0; k < h->bins; k++)
        g.dmean_power[k] += 0.5 * dphi[k] / (phi[k] + least);
}

const aed_feature aed_feature_bands = {
    .name = "bands",
    .doc = "list: log mel of every fft size, mean in time",
    .width = 1.0,
    .needs = AED_HEAR_ALL,
    .size = bands_size,
    .of = bands,
    .back = bands_back,
};

const aed_feature aed_feature_mfcc = {
    .name = "mfcc",
    .doc = "list of 13 cepstral coefficients, mean in time",
    .width = 4.0,
    .needs = AED_HEAR_LOGS,
    .size = mfcc_size,
    .of = mfcc,
    .back = mfcc_back,
};

const aed_feature aed_feature_magnitude = {
    .name = "magnitude",
    .doc = "list: magnitude of the bins, rms in time",
    .width = 1.0,
    .needs = AED_HEAR_POWER,
    .size = magnitude_size,
    .of = magnitude,
    .back = magnitude_back,
};
