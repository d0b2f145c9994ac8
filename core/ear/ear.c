#include "ear.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "base/arena.h"
#include "base/hot.h"
#include "mel.h"
#include "stft.h"

static const double loudest = 1e100;          /* of |x| */
static const size_t most_bytes = 1024u << 20; /* of an ear */

struct aed_ear
{
    aed_ear_config config;
    aed_arena arena; /* holds this struct too */
    size_t edge;     /* reflected samples before and after the window */

    aed_stft stft[AED_EAR_SIZES];
    aed_mel mel[AED_EAR_SIZES];
    aed_resolution resolution[AED_EAR_SIZES];

    double *p, *dp;             /* [n + 2 edge] the window with its edges, and dL/dp */
    double *scratch, *spectrum; /* [largest], [largest + 2] one frame */
    double *power, *dpower;     /* [largest / 2 + 1] */
    double *mel_power, *dmel;   /* [mels] */
    double *mean_mel;           /* [mels] mean over frames, first resolution */

    double *kept[AED_EAR_SIZES][AED_LOSSES]; /* of the target */
    double *target;                          /* [n] its samples */
    double target_phi[AED_FEATURES];
    int has_target;
};

/* What one listening does; all zero only hears features. */
typedef struct
{
    int keep;                   /* the sound is a target */
    int backward;               /* dL/dp is wanted and some frame has one */
    int on[AED_LOSSES];         /* the term is computed */
    double weights[AED_LOSSES]; /* of the terms */
    double terms[AED_LOSSES];   /* out */
} listening;

/* --- new and free ------------------------------------------------------------------------------ */

static void shape(aed_ear *ear)
{
    const aed_ear_config *c = &ear->config;

    ear->edge = c->whole_frames ? 0 : aed_ear_largest(c) / 2;
    for (size_t i = 0; i < c->n_sizes; i++)
    {
        aed_stft *s = &ear->stft[i];

        aed_stft_shape(s, c->sizes[i], c->hop_n, ear->edge, c->n);
        ear->mel[i] = (aed_mel){.bins = s->bins, .bands = c->mels};
        ear->resolution[i] = (aed_resolution){s->bins, c->mels, s->frames, c->n_sizes, c->floor};
    }
}

static void layout(aed_ear *ear, aed_arena *a)
{
    const aed_ear_config *c = &ear->config;
    const size_t largest = aed_ear_largest(c), padded = c->n + 2 * ear->edge;

    ear->p = aed_arena_doubles(a, padded);
    ear->dp = aed_arena_doubles(a, padded);
    ear->scratch = aed_arena_doubles(a, largest);
    ear->spectrum = aed_arena_doubles(a, largest + 2);
    ear->power = aed_arena_doubles(a, largest / 2 + 1);
    ear->dpower = aed_arena_doubles(a, largest / 2 + 1);
    ear->mel_power = aed_arena_doubles(a, c->mels);
    ear->dmel = aed_arena_doubles(a, c->mels);
    ear->mean_mel = aed_arena_doubles(a, c->mels);
    ear->target = aed_arena_doubles(a, c->n);
    for (size_t i = 0; i < c->n_sizes; i++)
    {
        aed_stft_layout(&ear->stft[i], a);
        aed_mel_layout(&ear->mel[i], a, c->sr_hz);
        for (size_t j = 0; j < AED_LOSSES; j++)
            if (aed_losses[j]->keep_n)
                ear->kept[i][j] = aed_arena_doubles(a, aed_losses[j]->keep_n(&ear->resolution[i]));
    }
}

static aed_status plan(aed_ear *ear, aed_error *e)
{
    for (size_t i = 0; i < ear->config.n_sizes; i++)
    {
        ear->stft[i].fft = aed_fft_new(ear->stft[i].size, e);
        if (!ear->stft[i].fft)
            return AED_E_MEMORY;
    }
    return AED_OK;
}

aed_ear *aed_ear_new(const aed_ear_config *c, aed_error *e)
{
    aed_ear draft = {.config = *c};
    aed_arena a = {0};

    if (aed_ear_check(c, e))
        return NULL;
    shape(&draft);
    (void)aed_arena_take(&a, sizeof draft);
    layout(&draft, &a);
    if (a.used > most_bytes || aed_arena_open(&a))
    {
        (void)aed_fail(e, AED_E_MEMORY,
            "ear: needs %zu MB, allowed are %zu: use a larger hop or fewer fft sizes", a.used >> 20,
            most_bytes >> 20);
        return NULL;
    }
    aed_ear *ear = aed_arena_take(&a, sizeof *ear);

    *ear = draft;
    layout(ear, &a);
    ear->arena = a;
    if (plan(ear, e))
    {
        aed_ear_free(ear);
        return NULL;
    }
    return ear;
}

void aed_ear_free(aed_ear *ear)
{
    if (!ear)
        return;
    for (size_t i = 0; i < ear->config.n_sizes; i++)
        aed_fft_free(ear->stft[i].fft);

    aed_arena a = ear->arena; /* a copy: the block to be closed holds the ear itself */

    aed_arena_close(&a);
}

/* --- hearing ----------------------------------------------------------------------------------- */

/* 0 for NaN, Inf, or anything beyond limit. */
AED_HOT static int all_within(const double *x, double limit, size_t n)
{
    unsigned long long outside = 0;

    for (size_t i = 0; i < n; i++)
        outside |= fabs(x[i]) <= limit ? 0u : 1u;
    return outside == 0;
}

static void add_mean(double *restrict mean, const double *restrict mel, double share, size_t n)
{
    for (size_t b = 0; b < n; b++)
        mean[b] += share * mel[b];
}

static void keep(aed_ear *ear, const aed_frame *f, size_t resolution)
{
    for (size_t j = 0; j < AED_LOSSES; j++)
        if (aed_losses[j]->keep)
            aed_losses[j]->keep(ear->kept[resolution][j], f);
}

/* Terms of one frame and, when wanted, dL/dmel and dL/dpower. */
static void compare(aed_ear *ear, listening *l, const aed_frame *f, size_t resolution)
{
    if (l->backward)
        memset(ear->dmel, 0, f->of->bands * sizeof *ear->dmel);
    if (l->backward)
        memset(ear->dpower, 0, f->of->bins * sizeof *ear->dpower);
    for (size_t j = 0; j < AED_LOSSES; j++)
    {
        aed_frame_gradient g = {NULL, NULL};

        if (!l->on[j] || !aed_losses[j]->frame)
            continue;
        if (l->backward && l->weights[j] != 0.0)
            g = (aed_frame_gradient){ear->dpower, ear->dmel};
        l->terms[j] += aed_losses[j]->frame(g, f, ear->kept[resolution][j], l->weights[j]);
    }
}

static void hear_frame(aed_ear *ear, listening *l, size_t resolution, size_t t)
{
    const aed_stft *s = &ear->stft[resolution];
    const aed_mel *m = &ear->mel[resolution];
    const aed_frame f = {&ear->resolution[resolution], t, ear->power, ear->mel_power};

    aed_stft_forward(ear->spectrum, ear->scratch, s, ear->p, t);
    aed_stft_power(ear->power, ear->spectrum, s->bins);
    aed_mel_forward(ear->mel_power, m, ear->power);
    if (resolution == 0)
        add_mean(ear->mean_mel, ear->mel_power, 1.0 / (double)s->frames, m->bands);
    if (l->keep)
        keep(ear, &f, resolution);
    else
        compare(ear, l, &f, resolution);
    if (l->backward)
    {
        aed_mel_backward(ear->dpower, m, ear->dmel);
        aed_stft_backward(ear->dp, ear->spectrum, ear->scratch, s, ear->dpower, t);
    }
}

/* Whether any loss listens to frames; otherwise the first resolution is enough for the features. */
static int frames_matter(const listening *l)
{
    int matter = l->keep;

    for (size_t j = 0; j < AED_LOSSES; j++)
        matter |= l->on[j] && aed_losses[j]->frame;
    return matter;
}

static void hear(aed_ear *ear, double *phi, listening *l, const double *x)
{
    const aed_ear_config *c = &ear->config;
    const size_t resolutions = frames_matter(l) ? c->n_sizes : 1;
    const aed_heard heard = {ear->mean_mel, c->mels, x, c->n};

    aed_stft_reflect(ear->p, x, ear->edge, c->n);
    memset(ear->mean_mel, 0, c->mels * sizeof *ear->mean_mel);
    for (size_t i = 0; i < resolutions; i++)
        for (size_t t = 0; t < ear->stft[i].frames; t++)
            hear_frame(ear, l, i, t);
    aed_features_of(phi, &heard);
}

static aed_status check_sound(const aed_ear *ear, const double *x, size_t n, aed_error *e)
{
    if (n != ear->config.n)
        return aed_fail(e, AED_E_SIZE, "window: got %zu samples, expected %zu", n, ear->config.n);
    if (!all_within(x, loudest, n))
        return aed_fail(
            e, AED_E_NONFINITE, "sound: got NaN, infinity or a value beyond %g", loudest);
    return AED_OK;
}

aed_status aed_ear_target(aed_ear *ear, const double *x, size_t n, aed_error *e)
{
    const aed_status status = check_sound(ear, x, n, e);
    listening l = {.keep = 1};

    if (status)
        return status;
    hear(ear, ear->target_phi, &l, x);
    memcpy(ear->target, x, n * sizeof *x);
    ear->has_target = 1;
    return AED_OK;
}

int aed_ear_has_target(const aed_ear *ear)
{
    return ear->has_target;
}

/* --- listening ---------------------------------------------------------------------------------- */

static aed_status choose_losses(listening *l, const double *weights, aed_error *e)
{
    for (size_t j = 0; j < AED_LOSSES; j++)
    {
        l->weights[j] = weights ? weights[j] : aed_losses[j]->default_weight;
        l->on[j] = l->weights[j] != 0.0;
        if (!isfinite(l->weights[j]))
            return aed_fail(e, AED_E_ARG, "loss %s: got weight %g, allowed are finite ones",
                aed_losses[j]->name, l->weights[j]);
    }
    return AED_OK;
}

static aed_status choose_rewards(double *chosen, listening *l, const double *weights, aed_error *e)
{
    for (size_t j = 0; j < AED_REWARDS; j++)
    {
        chosen[j] = weights ? weights[j] : aed_rewards[j].default_weight;
        if (!(chosen[j] >= 0.0 && chosen[j] <= DBL_MAX))
            return aed_fail(e, AED_E_ARG, "reward %s: got weight %g, allowed are finite ones >= 0",
                aed_rewards[j].name, chosen[j]);
        if (chosen[j] > 0.0 && aed_rewards[j].needs < AED_LOSSES)
            l->on[aed_rewards[j].needs] = 1;
    }
    return AED_OK;
}

static int frame_gradient_wanted(const listening *l)
{
    int wanted = 0;

    for (size_t j = 0; j < AED_LOSSES; j++)
        wanted |= l->weights[j] != 0.0 && aed_losses[j]->frame;
    return wanted;
}

/* Losses that listen to samples; dx is the middle of dp, where no edge lies. */
static void hear_wave(aed_ear *ear, listening *l, const double *x, int backward)
{
    double *dx = backward ? ear->dp + ear->edge : NULL;
    const aed_wave w = {x, ear->target, ear->config.n};

    for (size_t j = 0; j < AED_LOSSES; j++)
        if (l->on[j] && aed_losses[j]->wave)
            l->terms[j] += aed_losses[j]->wave(l->weights[j] != 0.0 ? dx : NULL, &w, l->weights[j]);
}

/* Loss and reward from what was heard. */
static void judge(
    aed_ear_result *r, const aed_ear *ear, const listening *l, const double *reward_weights)
{
    const aed_likeness likeness = {r->phi, ear->target_phi, l->terms};

    r->loss = 0.0;
    for (size_t j = 0; j < AED_LOSSES; j++)
    {
        r->terms[j] = l->terms[j];
        r->loss += l->weights[j] * l->terms[j];
    }
    r->reward = aed_rewards_of(r->rewards, &likeness, reward_weights);
}

static int finite(const aed_ear_result *r)
{
    return all_within(&r->loss, DBL_MAX, 1) && all_within(r->terms, DBL_MAX, AED_LOSSES) &&
           all_within(&r->reward, DBL_MAX, 1) && all_within(r->rewards, DBL_MAX, AED_REWARDS) &&
           all_within(r->phi, DBL_MAX, AED_FEATURES);
}

aed_status aed_ear_listen(aed_ear *ear, aed_ear_result *r, double *dx, const double *x,
    const double *loss_weights, const double *reward_weights, size_t n, aed_error *e)
{
    listening l = {0};
    aed_ear_result heard = {0};
    double rewards[AED_REWARDS];
    aed_status status = check_sound(ear, x, n, e);

    status = status ? status : choose_losses(&l, loss_weights, e);
    status = status ? status : choose_rewards(rewards, &l, reward_weights, e);
    if (status)
        return status;
    if (!ear->has_target)
        l = (listening){0};
    l.backward = dx && frame_gradient_wanted(&l);
    if (dx)
        memset(ear->dp, 0, (n + 2 * ear->edge) * sizeof *ear->dp);
    hear(ear, heard.phi, &l, x);
    if (ear->has_target)
    {
        hear_wave(ear, &l, x, dx != NULL);
        judge(&heard, ear, &l, rewards);
    }
    if (dx)
        aed_stft_fold(ear->dp, ear->edge, n);
    if (!finite(&heard) || (dx && !all_within(ear->dp + ear->edge, DBL_MAX, n)))
        return aed_fail(e, AED_E_NONFINITE, "loss: not finite");
    if (dx)
        memcpy(dx, ear->dp + ear->edge, n * sizeof *dx);
    *r = heard;
    return AED_OK;
}
