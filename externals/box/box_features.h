/* box_features.h: the insides of [aed_features~], shared by the files box_features*.c. */
#ifndef AED_BOX_FEATURES_H
#define AED_BOX_FEATURES_H

#include "box.h"
#include "ear/ear.h"
#include "ear/tuner.h"

enum
{
    AED_FEATURES_GRADIENT,
    AED_FEATURES_LOSS,
    AED_FEATURES_REWARD,
    AED_FEATURES_PHI,
    AED_FEATURES_INFO
};

/* What `bang` is doing with the signal inlet. */
typedef enum
{
    AED_HEAR_IDLE,
    AED_HEAR_SETTLES, /* lets the plant come to rest first */
    AED_HEAR_RECORDS,
    AED_HEAR_FULL /* the next tick listens to it */
} aed_hear_state;

/* Touched by jobs only. */
typedef struct
{
    aed_tuner *tuner; /* NULL: none yet */
    size_t n;         /* samples that it listens to */
    double sr_hz;
    int has_target; /* it knows the present one */
} aed_tuner_work;

typedef struct
{
    aed_ear *ear; /* NULL until the first job; made again for other lengths and settings */
    aed_ear_config config;
    double *target; /* [target_n] as read from the array, from its onset; NULL: none */
    size_t target_n;
    aed_tuner_work tuner;
} aed_ear_work;

typedef struct
{
    aed_box box;
    aed_ear_config config; /* wanted; n and sr_hz are filled in for each window */
    double loss_weights[AED_EAR_LOSSES], reward_weights[AED_EAR_REWARDS];
    aed_ear_work work;
    int has_target; /* one was accepted: windows are part of a loop */
    int lag;        /* tell f0 and lag of each window */

    size_t n; /* window that `bang` hears */
    double settle_ms, sr_hz;
    aed_hear_state state;
    size_t left; /* samples until it is settled */
    size_t heard;
    double *window; /* [n] */
} aed_features_box;

/* Listen to a window w [n]; candidate: the loss alone, as `probe id f`. Once there is a target a new
 * window takes the place of older ones that are still being heard: their gradients would come to a
 * plant that has moved on. */
void aed_features_listen(aed_features_box *x, const double *w, size_t n, int candidate, double id);

/* Drop the results of windows under way; a target under way still arrives. */
void aed_features_cancel(aed_features_box *x);

/* ---- box_features_lag.c: pitch, and how far it is from the target's ---- */

void aed_features_on_lag(aed_box *box, const aed_args *a);

/* On the worker: of window [n], and of the target when there is one. */
aed_status aed_features_tune(aed_tuner_result *r, aed_ear_work *w, double sr_hz,
    const double *window, size_t n, aed_error *e);

/* On the worker: the target has changed. */
void aed_features_tune_anew(aed_ear_work *w);

/* What came of it, on the info outlet. */
void aed_features_tell_tune(aed_features_box *x, const aed_tuner_result *r, int has_target);

/* ---- box_features_job.c ---- */

/* The first n samples of the target, silence after its end; malloc'ed. NULL and *e without memory. */
double *aed_features_cut(const aed_ear_work *w, size_t n, aed_error *e);

/* Take a malloc'ed target over. */
void aed_features_target(aed_features_box *x, double *target, size_t n);

#endif
