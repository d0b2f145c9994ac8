/* box_features.h: the insides of [aed_features~], shared by the files box_features*.c. */
#ifndef AED_BOX_FEATURES_H
#define AED_BOX_FEATURES_H

#include "base/rng.h"
#include "box.h"
#include "ear/ear.h"
#include "ear/stream.h"
#include "ear/tuner.h"
#include "slots.h"
#include "targets.h"

enum
{
    AED_FEATURES_GRADIENT,
    AED_FEATURES_LOSS,
    AED_FEATURES_REWARD,
    AED_FEATURES_PHI,
    AED_FEATURES_INFO
};

enum
{
    AED_MIX_MOST = 64 /* windows in a sum, and sums that wait */
};

typedef struct aed_mix_sum aed_mix_sum;

/* What `bang` is doing with the signal inlet. */
typedef enum
{
    AED_HEAR_IDLE,
    AED_HEAR_SETTLES, /* lets the plant come to rest first */
    AED_HEAR_RECORDS,
    AED_HEAR_FULL /* the next tick listens to it */
} aed_hear_state;

/* phi on its way out. */
typedef struct
{
    size_t rows[AED_EAR_FEATURES], n_rows; /* of aed_features */
    int standardize; /* 0 off, 1 by all that has been heard, 2 by what had been heard until then */
    double *v, *mean, *variance; /* [n] each of one block: what left last, running statistics */
    size_t n;
    double heard; /* how many phi there have been, up to a most */
    int told;     /* v has left */
    int compared; /* and with it came the following */
    double loss, reward;
} aed_phi_out;

/* Touched by jobs only. */
typedef struct
{
    aed_tuner *tuner; /* NULL: none yet */
    size_t n;         /* samples that it listens to */
    double sr_hz;
    size_t slots;
    unsigned known;  /* bit k: it knows what lies in slot k of the ear */
    size_t analysed; /* targets so far */
} aed_tuner_work;

typedef struct
{
    aed_ear *ear; /* NULL until the first job; made again for other lengths and settings */
    aed_ear_config config;
    aed_targets targets;
    aed_slots slots; /* of them in the ear */
    size_t analysed; /* targets so far */
    aed_tuner_work tuner;
} aed_ear_work;

typedef struct
{
    aed_box box;
    aed_ear_config config; /* wanted; n and sr_hz are filled in for each window */
    double loss_weights[AED_EAR_LOSSES], reward_weights[AED_EAR_REWARDS];
    int climb;                                /* outlet 1 has the gradient of -reward */
    size_t phi_rows[AED_EAR_FEATURES], n_phi; /* of aed_features, in the order of phi */
    aed_ear_work work;
    int has_target; /* one was accepted: windows are part of a loop */
    int lag;        /* tell f0 and lag of each window */

    aed_segments segments;
    aed_rng rng;        /* which piece a window meets */
    aed_sound captured; /* being filled from the second inlet; v NULL: nothing is */
    size_t captured_n;
    double *followed; /* [2 AED_WINDOW_MOST] the last samples of it; NULL: not followed */
    size_t followed_at;
    size_t late_n; /* samples that have come since the window of a bang was full */

    aed_phi_out phi;
    size_t stream_n;    /* samples that streamed features look back; 0: nothing streams */
    aed_stream *stream; /* NULL until its job is done */
    int stream_stale, stream_made; /* another is wanted; a job makes one */
    size_t stream_rows[AED_EAR_FEATURES], stream_n_rows;

    size_t mix;        /* how many windows are heard as one */
    aed_mix_sum *sums; /* that wait for more of them */

    size_t n; /* window that `bang` hears */
    double settle_ms, sr_hz;
    aed_hear_state state;
    size_t left; /* samples until it is settled */
    size_t heard;
    double *window; /* [n] */
} aed_features_box;

/* Listen to a window w [n], whose last sample came `ago` samples before now; candidate: the loss alone,
 * as `probe id f`. Once there is a target a new window takes the place of older ones that are still
 * being heard: their gradients would come to a plant that has moved on. */
void aed_features_listen(
    aed_features_box *x, const double *w, size_t n, size_t ago, int candidate, double id);

/* Drop the results of windows under way; a target under way still arrives. */
void aed_features_cancel(aed_features_box *x);

/* `target`, `targets`, `segments`, `capture`, `follow`. */
void aed_features_on_target(aed_box *box, const aed_args *a);
void aed_features_on_targets(aed_box *box, const aed_args *a);
void aed_features_on_segments(aed_box *box, const aed_args *a);
void aed_features_on_capture(aed_box *box, const aed_args *a);
void aed_features_on_follow(aed_box *box, const aed_args *a);

/* Samples of the second inlet. Rt-safe. */
void aed_features_hear_target(aed_features_box *x, const double *in, size_t n);
/* The n samples of the second inlet that ended `ago` samples before now, or as long ago as is kept, while
 * it is followed; silence where it was not yet. n <= AED_WINDOW_MOST. */
const double *aed_features_followed(const aed_features_box *x, size_t n, size_t ago);
/* After a wake: what was captured becomes the target. */
void aed_features_take_captured(aed_features_box *x);
void aed_features_close_target(aed_features_box *x);

/* phi as it is when nobody chooses. */
void aed_features_phi_default(aed_features_box *x);
/* How many numbers phi has. */
size_t aed_features_phi_n(const aed_features_box *x);
/* Send phi [n] of rows [n_rows], standardized if that is wanted, and keep it for `get`. */
void aed_features_tell_phi(
    aed_features_box *x, const size_t *rows, size_t n_rows, const double *phi, size_t n);
/* `standardize 0|1|2`, `get`. */
void aed_features_on_standardize(aed_box *box, const aed_args *a);
void aed_features_on_get(aed_box *box, const aed_args *a);
/* `features name…`, `features ?`, `features`. */
void aed_features_on_features(aed_box *box, const aed_args *a);

/* The error for a name that no row has: "message: no what 'name': known are …". */
void aed_features_unknown(aed_box *box, const char *message, const char *what, const char *name,
    const char *(*known)(size_t i), size_t n);

/* ---- box_features_stream.c: features of the sound at inlet 1, hop by hop ---- */

void aed_features_on_stream(aed_box *box, const aed_args *a);
/* Settings, features or the sample rate are others: what streams is made anew. */
void aed_features_stream_again(aed_features_box *x);
/* Samples of the first inlet. Rt-safe. */
void aed_features_stream_write(aed_features_box *x, const double *in, size_t n);
/* After a wake: phi of each hop that is full, and the job for a new one. */
void aed_features_stream_tell(aed_features_box *x);

/* ---- box_features_mix.c: several synths before one ear ---- */

void aed_features_on_mix(aed_box *box, const aed_args *a);

/* A window w [n] of one of them, or of its candidate id: listened to when with it there are `mix` of them.
 * A sum of windows that are not equally long is counted to its end and not heard; one error says so. */
void aed_features_mix(aed_features_box *x, const double *w, size_t n, int candidate, double id);

/* Forget the sums that wait. */
void aed_features_mix_drop(aed_features_box *x);

/* ---- box_features_lag.c: pitch, and how far it is from the target's ---- */

void aed_features_on_lag(aed_box *box, const aed_args *a);

/* On the worker: a tuner for windows as in c and so many slots. */
aed_status aed_features_tuner(
    aed_tuner_work *t, const aed_ear_config *c, size_t slots, aed_error *e);

/* On the worker: of window [n] against slot k, and of target [n], which goes there first; NULL: none does. */
aed_status aed_features_tune(aed_tuner_result *r, aed_tuner_work *t, size_t k, const double *window,
    const double *target, aed_error *e);

/* What came of it, on the info outlet. */
void aed_features_tell_tune(aed_features_box *x, const aed_tuner_result *r, int has_target);

#endif
