#include "tuner.h"

#include <math.h>
#include <stdlib.h>

#include "lag.h"
#include "pitch.h"

static const double clear = 0.95;    /* confidence of a period */
static const double elsewhere = 0.3; /* octaves between lag and periods */
static const double lowest_hz = 24.0, highest_hz = 8000.0;

enum
{
    FRAMES = 32 /* heard in a sound at most */
};

struct aed_tuner
{
    aed_lag *lag;
    aed_pitch *pitch;
    size_t n;
    size_t targets, chosen;
    aed_pitch_frame target[AED_TUNER_TARGETS];
};

/* Frames of four periods of the lowest pitch, one after the other, or fewer in a long sound. */
static aed_pitch *pitch_new(double sr_hz, size_t n, aed_error *e)
{
    size_t frame_n = 64;

    while (frame_n < 32768 && (double)frame_n < 4.0 * sr_hz / lowest_hz && 2 * frame_n <= n)
        frame_n *= 2;
    const double lo_hz = fmax(lowest_hz, 2.0 * sr_hz / (double)frame_n);
    const double hi_hz = fmin(0.25 * sr_hz, fmax(highest_hz, 2.0 * lo_hz));
    const size_t hop_n = n / FRAMES > frame_n ? n / FRAMES : frame_n;

    return aed_pitch_new(sr_hz, lo_hz, hi_hz, frame_n, hop_n, e);
}

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
    t->pitch = t->lag ? pitch_new(sr_hz, n, e) : NULL;
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
    aed_pitch_frame frames[FRAMES];

    return aed_pitch_median(frames, aed_pitch_track(t->pitch, frames, FRAMES, x, t->n));
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
