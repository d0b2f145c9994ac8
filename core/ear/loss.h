/* loss.h: the row every loss fills in, and the table of them.
 *
 * A loss compares the sound x with a target it has heard before. It is shown both frame by frame,
 * while the frame is still in the cache, keeps of the target what it will need, and answers each
 * frame of x with that frame's share of its term and with the share's gradient. Shares are already
 * divided by what the term averages over: they add up to the term. A loss that needs the samples
 * themselves, of both sounds, has `wave`. One that has neither is a feature's distance (phi.h).
 *
 * A new loss is one file, loss_<name>.c with its row, and one line in loss.c. */
#ifndef AED_LOSS_H
#define AED_LOSS_H

#include <stddef.h>

enum
{
    AED_LOSS_LOGMEL,
    AED_LOSS_STFT,
    AED_LOSS_DC,
    AED_LOSS_WAVE,
    AED_LOSS_TRANSPORT,
    AED_LOSS_LOGSTFT,
    AED_LOSS_CONVERGE,
    AED_LOSS_ENVELOPE,
    AED_LOSS_CAP,
    AED_LOSS_CENTROID,
    AED_LOSS_SPREAD,
    AED_LOSS_SOFTROLLOFF,
    AED_LOSS_FLATNESS,
    AED_LOSS_PEAKINESS,
    AED_LOSS_FLUX,
    AED_LOSS_RMS,
    AED_LOSS_LOUDNESS,
    AED_LOSS_MFCC,
    AED_LOSS_BANDS,
    AED_LOSS_MAGNITUDE,
    AED_LOSS_PITCH,
    AED_LOSS_CONFIDENCE,
    AED_LOSS_INHARMONICITY,
    AED_LOSSES /* rows in aed_losses */
};

/* One resolution: what a loss may know before any sound comes. */
typedef struct
{
    size_t bins;        /* size / 2 + 1 */
    size_t bands;       /* of the mel filterbank */
    size_t frames;      /* of this resolution */
    size_t resolutions; /* how many there are */
    size_t index;       /* which of them this is */
    double floor;       /* added to mel power before the log, > 0 */
} aed_resolution;

/* One frame of x or of the target. */
typedef struct
{
    const aed_resolution *of;
    size_t t;            /* 0 … of->frames - 1, ascending */
    const double *power; /* [bins] |X|^2, >= 0 */
    const double *mel;   /* [bands] mel power, >= 0 */
} aed_frame;

/* Where gradients of one frame accumulate; NULL both when only the loss is wanted. */
typedef struct
{
    double *dpower; /* [bins] dL/dpower, besides what goes through mel */
    double *dmel;   /* [bands] dL/dmel */
} aed_frame_gradient;

/* All samples of x and of the target. */
typedef struct
{
    const double *x, *target; /* [n] */
    size_t n;
    double sr_hz;
    double cap; /* rms above which a sound is too loud; 0: none */
} aed_wave;

typedef struct
{
    const char *name; /* the word in a message: "logmel" */
    const char *doc;  /* one line */
    double default_weight;
    size_t feature; /* with neither frame nor wave: whose distance from the target's it is */

    /* Doubles to keep of the target at one resolution. NULL: none. Losses with one `keep` share
     * what it keeps. */
    size_t (*keep_n)(const aed_resolution *of);

    /* Keep what frame needs of the target. kept [keep_n] in/out; frames come in order. NULL: nothing.
     * Rt-safe: yes. */
    void (*keep)(double *kept, const aed_frame *target);

    /* The share of frame x, unweighted; g += weight dshare/d…, unless g's members are NULL. NULL for
     * a loss that does not listen to frames. kept [keep_n] in. Rt-safe: yes. */
    double (*frame)(aed_frame_gradient g, const aed_frame *x, const double *kept, double weight);

    /* The whole term from the samples; dx [n] += weight dterm/dx, unless NULL. NULL for a loss that
     * does not listen to samples. Rt-safe: yes. */
    double (*wave)(double *dx, const aed_wave *w, double weight);
} aed_loss;

extern const aed_loss *const aed_losses[AED_LOSSES];

/* 1 for a feature's distance. Rt-safe: yes. */
int aed_loss_is_distance(const aed_loss *loss);

/* The rows, each in its own file. */
extern const aed_loss aed_loss_logmel, aed_loss_stft, aed_loss_dc, aed_loss_wave, aed_loss_logstft,
    aed_loss_converge, aed_loss_envelope, aed_loss_cap, aed_loss_centroid, aed_loss_spread,
    aed_loss_softrolloff, aed_loss_flatness, aed_loss_peakiness, aed_loss_flux, aed_loss_rms,
    aed_loss_loudness, aed_loss_mfcc, aed_loss_bands, aed_loss_magnitude, aed_loss_transport,
    aed_loss_pitch, aed_loss_confidence, aed_loss_inharmonicity;

#endif
