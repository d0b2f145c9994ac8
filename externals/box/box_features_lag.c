#include "box_features.h"

#include <stdlib.h>

/* Below it the lag is most likely one between noises (lag.h). */
static const double least_confidence = 0.35;

void aed_features_on_lag(aed_box *box, const aed_args *a)
{
    ((aed_features_box *)box)->lag = a->f[0] != 0.0;
}

void aed_features_tune_anew(aed_ear_work *w)
{
    w->tuner.has_target = 0;
}

/* A tuner for windows of n samples; the old one stays when a new one cannot be. */
static aed_status prepare(aed_tuner_work *t, double sr_hz, size_t n, aed_error *e)
{
    if (t->tuner && t->n == n && t->sr_hz == sr_hz)
        return AED_OK;
    aed_tuner *tuner = aed_tuner_new(sr_hz, n, e);

    if (!tuner)
        return e->code;
    aed_tuner_free(t->tuner);
    *t = (aed_tuner_work){tuner, n, sr_hz, 0};
    return AED_OK;
}

static aed_status take_target(aed_ear_work *w, aed_error *e)
{
    if (!w->target || w->tuner.has_target)
        return AED_OK;
    double *cut = aed_features_cut(w, w->tuner.n, e);

    if (!cut)
        return e->code;
    const aed_status status = aed_tuner_target(w->tuner.tuner, cut, e);

    free(cut);
    w->tuner.has_target = status == AED_OK;
    return status;
}

aed_status aed_features_tune(aed_tuner_result *r, aed_ear_work *w, double sr_hz,
    const double *window, size_t n, aed_error *e)
{
    aed_status status = prepare(&w->tuner, sr_hz, n, e);

    status = status ? status : take_target(w, e);
    return status ? status : aed_tuner_listen(r, w->tuner.tuner, window, e);
}

void aed_features_tell_tune(aed_features_box *x, const aed_tuner_result *r, int has_target)
{
    const double f0[] = {r->f0_hz, r->f0_confidence}, lag[] = {r->octaves, r->confidence};

    aed_box_named(&x->box, AED_FEATURES_INFO, "f0", f0, 2);
    if (has_target && r->confidence >= least_confidence)
        aed_box_named(&x->box, AED_FEATURES_INFO, "lag", lag, 2);
}
