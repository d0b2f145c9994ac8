#include "box_features.h"

/* Below it the lag is most likely one between noises (lag.h). */
static const double least_confidence = 0.35;

void aed_features_on_lag(aed_box *box, const aed_args *a)
{
    ((aed_features_box *)box)->lag = a->f[0] != 0.0;
}

/* The old one stays when a new one cannot be. */
aed_status aed_features_tuner(
    aed_tuner_work *t, const aed_ear_config *c, size_t slots, aed_error *e)
{
    if (t->tuner && t->n == c->n && t->sr_hz == c->sr_hz && t->slots == slots)
        return AED_OK;
    aed_tuner *tuner = aed_tuner_new(c->sr_hz, c->n, slots, e);

    if (!tuner)
        return e->code;
    aed_tuner_free(t->tuner);
    *t = (aed_tuner_work){tuner, c->n, c->sr_hz, slots, 0, t->analysed};
    return AED_OK;
}

aed_status aed_features_tune(aed_tuner_result *r, aed_tuner_work *t, size_t k, const double *window,
    const double *target, aed_error *e)
{
    aed_tuner_choose(t->tuner, k);
    if (target)
    {
        if (aed_tuner_target(t->tuner, target, e) != AED_OK)
            return e->code;
        t->known |= 1u << k;
        t->analysed++;
    }
    return aed_tuner_listen(r, t->tuner, window, e);
}

void aed_features_tell_tune(aed_features_box *x, const aed_tuner_result *r, int has_target)
{
    const double f0[] = {r->f0_hz, r->f0_confidence}, lag[] = {r->octaves, r->confidence};

    aed_box_named(&x->box, AED_FEATURES_INFO, "f0", f0, 2);
    if (has_target && r->confidence >= least_confidence)
        aed_box_named(&x->box, AED_FEATURES_INFO, "lag", lag, 2);
}
