#include "phi.h"

#include <string.h>

#include "base/hot.h"
#include "base/vmath.h"

void aed_phi_shape(aed_phi *p, const aed_resolution *of, double sr_hz, size_t n)
{
    *p = (aed_phi){.heard = {.bins = of->bins,
                       .bands = of->bands,
                       .frames = of->frames,
                       .n = n,
                       .sr_hz = sr_hz},
        .floor = of->floor};
    for (size_t j = 0; j < AED_FEATURES; j++)
        p->at[j + 1] = p->at[j] + aed_feature_size(aed_features[j], &p->heard);
}

void aed_phi_layout(aed_phi *p, aed_arena *a)
{
    aed_heard *h = &p->heard;
    const size_t all = p->at[AED_FEATURES];

    h->mean_mel = p->mean_mel = aed_arena_doubles(a, h->bands);
    h->mean_power = p->mean_power = aed_arena_doubles(a, h->bins);
    h->log_mel = p->log_mel = aed_arena_doubles(a, h->frames * h->bands);
    h->mean_log = p->mean_log = aed_arena_doubles(a, h->bands);
    h->scratch = aed_arena_doubles(a, h->n > h->bands ? h->n : h->bands);
    p->to.dmean_mel = aed_arena_doubles(a, h->bands);
    p->to.dmean_power = aed_arena_doubles(a, h->bins);
    p->to.dlog_mel = aed_arena_doubles(a, h->frames * h->bands);
    p->to.dmean_log = aed_arena_doubles(a, h->bands);
    p->values = aed_arena_doubles(a, all);
    p->dvalues = aed_arena_doubles(a, all);
}

void aed_phi_layout_target(aed_phi *p, aed_arena *a)
{
    p->target = aed_arena_doubles(a, p->at[AED_FEATURES]);
}

void aed_phi_begin(aed_phi *p, const int *rows)
{
    p->needs = 0;
    for (size_t j = 0; j < AED_FEATURES; j++)
    {
        p->rows[j] = rows[j];
        p->needs |= rows[j] ? aed_features[j]->needs : 0;
    }
    memset(p->values, 0, p->at[AED_FEATURES] * sizeof *p->values);
    memset(p->mean_mel, 0, p->heard.bands * sizeof *p->mean_mel);
    memset(p->mean_power, 0, p->heard.bins * sizeof *p->mean_power);
    memset(p->mean_log, 0, p->heard.bands * sizeof *p->mean_log);
}

AED_HOT static void add_share(
    double *restrict mean, const double *restrict a, double share, size_t n)
{
    for (size_t i = 0; i < n; i++)
        mean[i] += share * a[i];
}

AED_HOT static void logs(double *restrict y, const double *restrict a, double floor, size_t n)
{
    for (size_t i = 0; i < n; i++)
        y[i] = aed_log(a[i] + floor);
}

void aed_phi_add(aed_phi *p, const aed_frame *f)
{
    const size_t bands = p->heard.bands;
    const double share = 1.0 / (double)p->heard.frames;

    add_share(p->mean_mel, f->mel, share, bands);
    if (p->needs & AED_HEAR_POWER)
        add_share(p->mean_power, f->power, share, p->heard.bins);
    if (p->needs & AED_HEAR_LOGS)
    {
        double *log_mel = p->log_mel + f->t * bands;

        logs(log_mel, f->mel, p->floor, bands);
        add_share(p->mean_log, log_mel, share, bands);
    }
}

void aed_phi_end(aed_phi *p, const double *x)
{
    p->heard.x = x;
    for (size_t j = 0; j < AED_FEATURES; j++)
        if (p->rows[j])
            aed_features[j]->of(p->values + p->at[j], &p->heard);
}

void aed_phi_keep(aed_phi *p)
{
    memcpy(p->target, p->values, p->at[AED_FEATURES] * sizeof *p->target);
}

double aed_phi_distance(const aed_phi *p, size_t j)
{
    const double share = 1.0 / (aed_features[j]->width * (double)(p->at[j + 1] - p->at[j]));
    double sum = 0.0;

    for (size_t i = p->at[j]; i < p->at[j + 1]; i++)
        sum += (p->values[i] - p->target[i]) * (p->values[i] - p->target[i]);
    return share * sum;
}

void aed_phi_pull(aed_phi *p, double *dx, const double *x)
{
    const aed_heard *h = &p->heard;

    memset(p->to.dmean_mel, 0, h->bands * sizeof(double));
    memset(p->to.dmean_power, 0, h->bins * sizeof(double));
    memset(p->to.dmean_log, 0, h->bands * sizeof(double));
    if (p->needs & AED_HEAR_LOGS)
        memset(p->to.dlog_mel, 0, h->frames * h->bands * sizeof(double));
    p->heard.x = x;
    p->to.dx = dx;
}

void aed_phi_pull_row(aed_phi *p, size_t j, const double *dphi)
{
    aed_features[j]->back(p->to, dphi, p->values + p->at[j], &p->heard);
}

void aed_phi_pull_distance(aed_phi *p, size_t j, double weight)
{
    const size_t at = p->at[j], size = p->at[j + 1] - at;
    const double slope = 2.0 * weight / (aed_features[j]->width * (double)size);

    for (size_t i = at; i < at + size; i++)
        p->dvalues[i] = slope * (p->values[i] - p->target[i]);
    aed_phi_pull_row(p, j, p->dvalues + at);
}

/* d/dM_t[b] goes through A[b], and through L_t[b] = ln(M_t[b] + floor) by itself and in the mean. */
void aed_phi_back(aed_phi *p, aed_frame_gradient g, const aed_frame *f)
{
    const size_t bands = p->heard.bands;
    const double share = 1.0 / (double)p->heard.frames;
    const double *dlog_mel = p->to.dlog_mel + f->t * bands;

    add_share(g.dmel, p->to.dmean_mel, share, bands);
    if (p->needs & AED_HEAR_POWER)
        add_share(g.dpower, p->to.dmean_power, share, p->heard.bins);
    for (size_t b = 0; b < bands && p->needs & AED_HEAR_LOGS; b++)
        g.dmel[b] += (dlog_mel[b] + share * p->to.dmean_log[b]) / (f->mel[b] + p->floor);
}
