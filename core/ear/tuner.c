#include "tuner.h"

#include <math.h>
#include <stdlib.h>

#include "lag.h"
#include "pitch.h"

static const double clear = 0.95;    /* confidence of a period */
static const double elsewhere = 0.3; /* octaves between lag and periods */

struct aed_tuner
{
    aed_lag *lag;
    aed_pitch *pitch;
    size_t n;
    size_t targets, chosen;
    aed_pitch_frame target[AED_TUNER_TARGETS];
};

aed_tuner *aed_tuner_new(double sr_hz, size_t n, size_t targets, aed_error *e)
{
    aed_tuner *t = calloc(1, sizeof *t);

    if (!t)
    {
        (void)aed_fail(e, AED_E_MEMORY, "tuner: no memory");
        return NULL;
    }
    t->n = n;
    t->targets = targets;
    t->lag = aed_lag_new(sr_hz, n, targets, e);
    t->pitch = t->lag ? aed_pitch_for(sr_hz, n, e) : NULL;
    if (!t->pitch)
    {
        aed_tuner_free(t);
        return NULL;
    }
    return t;
}

void aed_tuner_free(aed_tuner *t)
{
    if (!t)
        return;
    aed_lag_free(t->lag);
    aed_pitch_free(t->pitch);
    free(t);
}

static aed_pitch_frame pitch_of(aed_tuner *t, const double *x)
{
    aed_pitch_frame frames[AED_PITCH_FRAMES];

    return aed_pitch_median(frames, aed_pitch_track(t->pitch, frames, AED_PITCH_FRAMES, x, t->n));
}

void aed_tuner_choose(aed_tuner *t, size_t k)
{
    t->chosen = k < t->targets ? k : t->targets - 1;
    aed_lag_choose(t->lag, t->chosen);
}

aed_status aed_tuner_target(aed_tuner *t, const double *x, aed_error *e)
{
    const aed_status status = aed_lag_target(t->lag, x, e);

    if (!status)
        t->target[t->chosen] = pitch_of(t, x);
    return status;
}

aed_status aed_tuner_listen(aed_tuner_result *r, aed_tuner *t, const double *x, aed_error *e)
{
    aed_lag_result lag;
    const aed_status status = aed_lag_listen(&lag, t->lag, x, e);

    if (status)
        return status;
    const aed_pitch_frame here = pitch_of(t, x), target = t->target[t->chosen];
    const double sure = fmin(here.confidence, target.confidence);

    *r = (aed_tuner_result){lag.octaves, lag.confidence, here.f0_hz, here.confidence};
    if (sure >= clear)
    {
        const double octaves = log2(here.f0_hz / target.f0_hz);

        if (fabs(octaves - lag.octaves) > elsewhere)
        {
            r->octaves = octaves;
            r->confidence = sure;
        }
    }
    return AED_OK;
}
