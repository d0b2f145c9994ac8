/* cutoff.c: see cutoff.h. */
#include "cutoff.h"

#include "base/hot.h"
#include "base/vmath.h"

static const double pi = 3.141592653589793;
static const double ln_2 = 0.6931471805599453;
static const double fc_max = 0.45; /* of the sample rate */

AED_HOT void aed_cutoff_angle(double *restrict sine, double *restrict cosine,
    double *restrict w_slope, const aed_cutoff *p, const aed_block *b)
{
    const double *cutoff = p->cutoff_hz, *amount = p->amount, *track = p->track;
    const double *env = b->bus[AED_ENV], *pitch = b->bus[AED_PITCH], *sweep = b->bus[AED_SWEEP];
    const double by_sr = 1.0 / b->sr_hz;

    for (size_t i = 0; i < b->n; i++)
    {
        const double octaves = amount[i] * env[i] + track[i] * pitch[i] + sweep[i];
        const double wanted = cutoff[i] * aed_exp2(octaves) * by_sr;
        const double half = 0.5 * (wanted < fc_max ? wanted : fc_max); /* of fc/sr: w in turns */
        const double slope = 2.0 * pi * half;

        sine[i] = aed_sin_near(half);
        cosine[i] = aed_sin_near(0.25 - half);
        w_slope[i] = wanted < fc_max ? slope : 0.0;
    }
}

void aed_cutoff_backward(
    const aed_cutoff_gradient *d, const double *d_ln_fc, const aed_cutoff *p, const aed_block *b)
{
    for (size_t i = 0; i < b->n; i++)
    {
        const double d_octaves = ln_2 * d_ln_fc[i];

        d->cutoff_hz[i] += d_ln_fc[i] / p->cutoff_hz[i];
        d->amount[i] += d_octaves * b->bus[AED_ENV][i];
        d->track[i] += d_octaves * b->bus[AED_PITCH][i];
        b->dbus[AED_ENV][i] += d_octaves * p->amount[i];
        b->dbus[AED_PITCH][i] += d_octaves * p->track[i];
        b->dbus[AED_SWEEP][i] += d_octaves;
    }
}
