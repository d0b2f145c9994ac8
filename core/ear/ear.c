#include <math.h>
#include <string.h>

#include "base/hot.h"
#include "ear_inside.h"

static const double loudest = 1e100;          /* of |x| */
static const size_t most_bytes = 1024u << 20; /* of an ear */

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
        ear->resolution[i] = (aed_resolution){s->bins, c->mels, s->frames, c->n_sizes, i, c->floor};
    }
    aed_phi_shape(&ear->phi, ear->resolution, c->sr_hz, c->n);
    ear->config.targets = c->targets ? c->targets : 1;
}

/* Losses that keep the same of the target share it: the first of them, or j itself. */
static size_t keeper(size_t j)
{
    size_t i = 0;

    while (aed_losses[i]->keep != aed_losses[j]->keep)
        i++;
    return i;
}

static void layout_kept(aed_ear *ear, aed_arena *a, size_t i)
{
    for (size_t j = 0; j < AED_LOSSES; j++)
        if (aed_losses[j]->keep)
            ear->kept[i][j] =
                keeper(j) < j ? ear->kept[i][keeper(j)]
                              : aed_arena_doubles(a, aed_losses[j]->keep_n(&ear->resolution[i]));
}

/* What is kept of one target. */
static void layout_target(aed_ear *ear, aed_arena *a)
{
    ear->target = aed_arena_doubles(a, ear->config.n);
    for (size_t i = 0; i < ear->config.n_sizes; i++)
        layout_kept(ear, a, i);
    aed_phi_layout_target(&ear->phi, a);
}

static void layout_targets(aed_ear *ear, aed_arena *a)
{
    aed_arena one = {0};

    layout_target(ear, &one);
    ear->target_size = one.used;
    ear->targets.size = ear->config.targets * one.used;
    ear->targets.base = aed_arena_take(a, ear->targets.size);
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
    for (size_t i = 0; i < c->n_sizes; i++)
    {
        aed_stft_layout(&ear->stft[i], a);
        aed_mel_layout(&ear->mel[i], a, c->sr_hz);
    }
    aed_phi_layout(&ear->phi, a);
    layout_targets(ear, a);
}

static aed_status plan(aed_ear *ear, aed_error *e)
{
    for (size_t i = 0; i < ear->config.n_sizes; i++)
    {
        ear->stft[i].fft = aed_fft_new(ear->stft[i].size, e);
        if (!ear->stft[i].fft)
            return AED_E_MEMORY;
    }
    return aed_phi_open(&ear->phi, e);
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
    aed_ear_choose(ear, 0);
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
    aed_phi_close(&ear->phi);
    aed_arena_close(&ear->arena); /* the last: it holds *ear itself */
}

/* --- hearing ----------------------------------------------------------------------------------- */

AED_HOT int aed_all_within(const double *x, double limit, size_t n)
{
    unsigned long long outside = 0;

    for (size_t i = 0; i < n; i++)
        outside |= fabs(x[i]) <= limit ? 0u : 1u;
    return outside == 0;
}

static void keep(aed_ear *ear, const aed_frame *f, size_t resolution)
{
    for (size_t j = 0; j < AED_LOSSES; j++)
        if (aed_losses[j]->keep && keeper(j) == j)
            aed_losses[j]->keep(ear->kept[resolution][j], f);
}

/* Terms of one frame and, when wanted, dL/dmel and dL/dpower. */
static void compare(aed_ear *ear, aed_listening *l, const aed_frame *f, size_t resolution)
{
    if (l->backward)
        memset(ear->dmel, 0, f->of->bands * sizeof *ear->dmel);
    if (l->backward)
        memset(ear->dpower, 0, f->of->bins * sizeof *ear->dpower);
    for (size_t j = 0; j < AED_LOSSES; j++)
    {
        aed_frame_gradient g = {NULL, NULL};

        if (!l->on[j] || l->scout || !aed_losses[j]->frame)
            continue;
        if (l->backward && l->weights[j] != 0.0)
            g = (aed_frame_gradient){ear->dpower, ear->dmel};
        l->terms[j] += aed_losses[j]->frame(g, f, ear->kept[resolution][j], l->weights[j]);
    }
    if (l->pulled)
        aed_phi_back(&ear->phi, (aed_frame_gradient){ear->dpower, ear->dmel}, f);
}

static void hear_frame(aed_ear *ear, aed_listening *l, size_t resolution, size_t t)
{
    const aed_stft *s = &ear->stft[resolution];
    const aed_mel *m = &ear->mel[resolution];
    const aed_frame f = {&ear->resolution[resolution], t, ear->power, ear->mel_power};

    aed_stft_forward(ear->spectrum, ear->scratch, s, ear->p, t);
    aed_stft_power(ear->power, ear->spectrum, s->bins);
    aed_mel_forward(ear->mel_power, m, ear->power);
    if (!l->pulled)
        aed_phi_add(&ear->phi, &f);
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

/* Whether any loss listens to frames, or a feature to all of them; otherwise the first resolution is
 * enough. */
static int frames_matter(const aed_ear *ear, const aed_listening *l)
{
    int matter = l->keep || aed_phi_hears_all(&ear->phi);

    for (size_t j = 0; j < AED_LOSSES; j++)
        matter |= l->on[j] && !l->scout && aed_losses[j]->frame;
    return matter;
}

void aed_ear_hear(aed_ear *ear, aed_listening *l, const double *x)
{
    if (!l->pulled)
        aed_phi_begin(&ear->phi, l->features);

    const size_t resolutions = frames_matter(ear, l) ? ear->config.n_sizes : 1;

    for (size_t i = 0; i < resolutions; i++)
        for (size_t t = 0; t < ear->stft[i].frames; t++)
            hear_frame(ear, l, i, t);
    if (!l->pulled)
        aed_phi_end(&ear->phi, x);
}

/* --- targets ----------------------------------------------------------------------------------- */

aed_status aed_ear_check_sound(const double *x, size_t n, aed_error *e)
{
    if (!aed_all_within(x, loudest, n))
        return aed_fail(
            e, AED_E_NONFINITE, "sound: got NaN, infinity or a value beyond %g", loudest);
    return AED_OK;
}

aed_status aed_ear_check_window(const aed_ear *ear, const double *x, size_t n, aed_error *e)
{
    if (n != ear->config.n)
        return aed_fail(e, AED_E_SIZE, "window: got %zu samples, expected %zu", n, ear->config.n);
    return aed_ear_check_sound(x, n, e);
}

void aed_ear_choose(aed_ear *ear, size_t k)
{
    const size_t last = ear->config.targets - 1;

    ear->chosen = k < last ? k : last;
    ear->targets.used = ear->chosen * ear->target_size;
    layout_target(ear, &ear->targets);
}

aed_status aed_ear_target(aed_ear *ear, const double *x, size_t n, aed_error *e)
{
    const aed_status status = aed_ear_check_window(ear, x, n, e);
    aed_listening l = {.keep = 1};

    if (status)
        return status;
    for (size_t j = 0; j < AED_FEATURES; j++)
        l.features[j] = 1;
    aed_stft_reflect(ear->p, x, ear->edge, n);
    aed_ear_hear(ear, &l, x);
    aed_phi_keep(&ear->phi);
    memcpy(ear->target, x, n * sizeof *x);
    ear->known |= 1ull << ear->chosen;
    return AED_OK;
}

int aed_ear_has_target(const aed_ear *ear)
{
    return (int)(ear->known >> ear->chosen & 1u);
}
