/* ear.h: what a sound is like, how far it is from a target, and which way each sample should go.
 *
 * x -> spectra (stft.h) -> mel power (mel.h) -> losses (loss.h), features (feature.h), rewards
 * (reward.h), at several resolutions; and the exact gradient of the loss back to x:
 *
 *     loss   = sum_i loss_weight_i term_i
 *     reward = sum_j reward_weight_j reward_j / sum_j reward_weight_j
 *
 * A window is heard frame by frame, forward and backward at once, while the frame is in the cache.
 * An ear belongs to one thread at a time. */
#ifndef AED_EAR_H
#define AED_EAR_H

#include <stddef.h>

#include "base/status.h"
#include "feature.h"
#include "loss.h"
#include "reward.h"

enum
{
    AED_EAR_SIZES = 8, /* resolutions at most */
    AED_EAR_LOSSES = AED_LOSSES,
    AED_EAR_REWARDS = AED_REWARDS,
    AED_EAR_FEATURES = AED_FEATURES,
    AED_EAR_TARGETS = 64 /* targets at most */
};

typedef struct
{
    double sr_hz;                /* 1000 … 1e6 */
    size_t n;                    /* samples in a window, 1 … 2^24; see whole_frames */
    size_t sizes[AED_EAR_SIZES]; /* samples in a frame, powers of two 64 … 32768 */
    size_t n_sizes;              /* 1 … AED_EAR_SIZES */
    size_t hop_n;                /* samples from frame to frame, 1 … the smallest size */
    size_t mels;                 /* bands, 1 … 512 */
    double floor;                /* added to mel power before the log, 1e-12 … 1e3 */
    int whole_frames;            /* 0: frames centred on 0, hop, 2 hop … with the window's edges
                                  * reflected; needs n > largest size / 2.
                                  * 1: only frames wholly inside the window (live); needs
                                  * n >= largest size */
    double cap;                  /* rms above which a sound is too loud, 0 (none) … 1e3 */
    unsigned features;           /* bit i: row i of aed_features is heard in every window; 0: the
                                  * AED_FEATURES_DEFAULT first ones */
    size_t targets; /* how many analysed targets it keeps, 1 … AED_EAR_TARGETS; 0: one */
} aed_ear_config;

typedef struct aed_ear aed_ear;

typedef struct
{
    double loss;
    double terms[AED_EAR_LOSSES]; /* unweighted */
    double reward;                /* 0 … 1, less what a penalty takes off */
    double rewards[AED_EAR_REWARDS];
    double phi[AED_EAR_FEATURES]; /* of a list its first number; 0 where a row was not heard */
} aed_ear_result;

/* 44100 Hz, 16384 samples, sizes 1024 and 4096, hop 256, 64 mels, floor 1e-4, reflected edges, cap 0.3.
 * Rt-safe: yes. */
void aed_ear_defaults(aed_ear_config *c);

/* AED_E_ARG with what, got and allowed when a member is outside its range. Rt-safe: no. */
AED_MUST_CHECK aed_status aed_ear_check(const aed_ear_config *c, aed_error *e);

/* The largest of sizes [n_sizes]. Rt-safe: yes. */
size_t aed_ear_largest(const aed_ear_config *c);

/* All memory is taken here. NULL and *e filled (what, got, allowed) when c is refused: AED_E_ARG, or
 * AED_E_MEMORY when there is none or more than 1 GiB would be needed. Rt-safe: no. */
aed_ear *aed_ear_new(const aed_ear_config *c, aed_error *e);
void aed_ear_free(aed_ear *ear);

/* AED_E_NONFINITE when x [n] is no sound an ear can hear: NaN, Inf or |x| > 1e100. Rt-safe: yes (a
 * refusal formats text). */
AED_MUST_CHECK aed_status aed_ear_check_sound(const double *x, size_t n, aed_error *e);

/* Which of its targets the ear fills and listens against from now on: k, 0 … targets - 1; a larger one is
 * the last. 0 at the start. Each costs memory for the spectra that losses keep of it, some 3 MB with
 * the defaults. Rt-safe: yes. */
void aed_ear_choose(aed_ear *ear, size_t k);

/* Hear the chosen target once and keep what the losses and rewards need of it.
 *
 * x   [n] in, |x| <= 1e100 (no sound is louder, and squares stay finite)
 * n   as in the configuration
 *
 * Returns AED_E_SIZE for another n, AED_E_NONFINITE for NaN, Inf or beyond 1e100; the old target is
 * kept then. Rt-safe: yes (no allocation; a refusal formats text). */
AED_MUST_CHECK aed_status aed_ear_target(aed_ear *ear, const double *x, size_t n, aed_error *e);

/* 1 once the chosen target was accepted. Rt-safe: yes. */
int aed_ear_has_target(const aed_ear *ear);

/* Hear a window: features, loss and reward against the target, and the loss's gradient.
 *
 * r                out
 * dx               [n] out, WRITTEN: dloss/dx; NULL: not wanted. May be x
 * x                [n] in, |x| <= 1e100
 * loss_weights     [AED_EAR_LOSSES] in, finite, rows of aed_losses; NULL: their defaults
 * reward_weights   [AED_EAR_REWARDS] in, finite, >= 0, rows of aed_rewards; NULL: their defaults
 * n                as in the configuration
 *
 * A term or reward of weight 0 is not computed and 0, except a term that a reward of weight > 0
 * needs. Without a target loss, terms, reward and dx are 0 and only phi is heard. When a feature's
 * distance has a weight, the first resolution is heard twice (phi.h).
 *
 * Returns AED_E_SIZE for another n, AED_E_ARG for a bad weight, AED_E_NONFINITE for NaN, Inf or
 * beyond 1e100 in x, or a result that is not finite. *r and dx are untouched then.
 * Rt-safe: yes (no allocation; a refusal formats text). Kinks: see the losses and features. */
AED_MUST_CHECK aed_status aed_ear_listen(aed_ear *ear, aed_ear_result *r, double *dx,
    const double *x, const double *loss_weights, const double *reward_weights, size_t n,
    aed_error *e);

/* The same, and dx is d(-reward)/dx: descending it climbs the reward. Every frame is heard twice, for
 * how steep a reward is depends on how good it is. */
AED_MUST_CHECK aed_status aed_ear_climb(aed_ear *ear, aed_ear_result *r, double *dx,
    const double *x, const double *loss_weights, const double *reward_weights, size_t n,
    aed_error *e);

/* The gradient of one feature, without any target: aed_ear_heard has its numbers afterwards.
 *
 * dx        [n] out, WRITTEN: sum_i dphi[i] dphi_i/dx. May be x
 * dphi      [size of the row] in, finite
 * x         [n] in, |x| <= 1e100
 * feature   row of aed_features
 * n         as in the configuration
 *
 * Returns as aed_ear_listen, AED_E_ARG when the feature has no gradient. Rt-safe: yes (no allocation; a
 * refusal formats text). Kinks: the feature's. */
AED_MUST_CHECK aed_status aed_ear_feature(aed_ear *ear, double *dx, const double *dphi,
    const double *x, size_t feature, size_t n, aed_error *e);

/* All numbers of a row of aed_features as the window heard last has them: [*n], valid until the next
 * call and worthless after a refusal; zeros when the row was not heard. Rt-safe: yes. */
const double *aed_ear_heard(const aed_ear *ear, size_t feature, size_t *n);

#endif
