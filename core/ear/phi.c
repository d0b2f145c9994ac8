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
                       .sr_hz = sr_hz,
                       .resolutions = of->resolutions},
        .floor = of->floor};
    for (size_t i = 1; i < of->resolutions; i++)
        p->fine = of[i].bins > of[p->fine].bins ? i : p->fine;
    p->heard.fine_bins = of[p->fine].bins;
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
    h->all_logs = p->all_logs = aed_arena_doubles(a, h->resolutions * h->bands);
    h->fine_power = p->fine_power = aed_arena_doubles(a, h->fine_bins);
    h->pitched = &p->pitched;
    h->scratch = aed_arena_doubles(a, h->n > h->bands ? h->n : h->bands);
    p->to.dmean_mel = aed_arena_doubles(a, h->bands);
    p->to.dmean_power = aed_arena_doubles(a, h->bins);
    p->to.dlog_mel = aed_arena_doubles(a, h->frames * h->bands);
    p->to.dmean_log = aed_arena_doubles(a, h->bands);
    p->to.dall_logs = aed_arena_doubles(a, h->resolutions * h->bands);
    p->to.dfine_power = aed_arena_doubles(a, h->fine_bins);
    p->values = aed_arena_doubles(a, all);
    p->dvalues = aed_arena_doubles(a, all);
}

aed_status aed_phi_open(aed_phi *p, aed_error *e)
{
    p->pitched.tracker = aed_pitch_for(p->heard.sr_hz, p->heard.n, e);
    return p->pitched.tracker ? AED_OK : AED_E_MEMORY;
}

void aed_phi_close(aed_phi *p)
{
    aed_pitch_free(p->pitched.tracker);
}

int aed_phi_hears_all(const aed_phi *p)
{
    return (p->needs & (AED_HEAR_ALL | AED_HEAR_FINE)) != 0;
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
    memset(p->all_logs, 0, p->heard.resolutions * p->heard.bands * sizeof *p->all_logs);
    memset(p->fine_power, 0, p->heard.fine_bins * sizeof *p->fine_power);
}

AED_HOT static void add_share(
    double *restrict mean, const double *restrict a, double share, size_t n)
{
    for (size_t i = 0; i < n; i++)
        mean[i] += share * a[i];
}

/* y = ln(a + floor), mean += share y */
AED_HOT static void logs(double *restrict y, double *restrict mean, const double *restrict a,
    double floor, double share, size_t n)
{
    for (size_t i = 0; i < n; i++)
    {
        y[i] = aed_log(a[i] + floor);
        mean[i] += share * y[i];
    }
}

static void add_first(aed_phi *p, const aed_frame *f, double share)
{
    const size_t bands = p->heard.bands;

    add_share(p->mean_mel, f->mel, share, bands);
    if (p->needs & AED_HEAR_POWER)
        add_share(p->mean_power, f->power, share, p->heard.bins);
    if (p->needs & AED_HEAR_LOGS)
        logs(p->log_mel + f->t * bands, p->mean_log, f->mel, p->floor, share, bands);
}

void aed_phi_add(aed_phi *p, const aed_frame *f)
{
    const size_t bands = p->heard.bands, i = f->of->index;
    const double share = 1.0 / (double)f->of->frames;

    if (i == 0)
        add_first(p, f, share);
    if (p->needs & AED_HEAR_ALL)
        logs(p->heard.scratch, p->all_logs + i * bands, f->mel, p->floor, share, bands);
    if (p->needs & AED_HEAR_FINE && i == p->fine)
        add_share(p->fine_power, f->power, share, p->heard.fine_bins);
}

static void track(aed_pitched *p, const double *x, size_t n)
{
    p->n = aed_pitch_track(p->tracker, p->frames, AED_PITCH_FRAMES, x, n);
    p->median = aed_pitch_median(p->frames, p->n);
}

void aed_phi_end(aed_phi *p, const double *x)
{
    p->heard.x = x;
    if (p->needs & AED_HEAR_PITCH)
        track(&p->pitched, x, p->heard.n);
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
    memset(p->to.dall_logs, 0, h->resolutions * h->bands * sizeof(double));
    memset(p->to.dfine_power, 0, h->fine_bins * sizeof(double));
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
static void back_first(aed_phi *p, aed_frame_gradient g, const aed_frame *f, double share)
{
    const size_t bands = p->heard.bands;
    const double *dlog_mel = p->to.dlog_mel + f->t * bands;

    add_share(g.dmel, p->to.dmean_mel, share, bands);
    if (p->needs & AED_HEAR_POWER)
        add_share(g.dpower, p->to.dmean_power, share, p->heard.bins);
    for (size_t b = 0; b < bands && p->needs & AED_HEAR_LOGS; b++)
        g.dmel[b] += (dlog_mel[b] + share * p->to.dmean_log[b]) / (f->mel[b] + p->floor);
}

void aed_phi_back(aed_phi *p, aed_frame_gradient g, const aed_frame *f)
{
    const size_t bands = p->heard.bands, i = f->of->index;
    const double share = 1.0 / (double)f->of->frames;
    const double *dall_logs = p->to.dall_logs + i * bands;

    if (i == 0)
        back_first(p, g, f, share);
    for (size_t b = 0; b < bands && p->needs & AED_HEAR_ALL; b++)
        g.dmel[b] += share * dall_logs[b] / (f->mel[b] + p->floor);
    if (p->needs & AED_HEAR_FINE && i == p->fine)
        add_share(g.dpower, p->to.dfine_power, share, p->heard.fine_bins);
}
