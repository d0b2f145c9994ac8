#include "stream.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "ear_inside.h"

static const double loudest = 1e100;         /* of |x| */
static const size_t most_bytes = 256u << 20; /* beside the ear */

struct aed_stream
{
    aed_arena arena; /* holds this struct too */
    aed_ear *ear;
    int rows[AED_FEATURES];
    double *power[AED_EAR_SIZES], *mel[AED_EAR_SIZES]; /* [frames bins], [frames mels], rings */
    double *past;     /* [2 length] a ring, written twice: the last samples always lie in a row */
    size_t length;    /* n + AED_STREAM_AHEAD */
    size_t at;        /* of the next sample in the ring */
    uint64_t waiting; /* samples written since the hop heard last */
    uint64_t hop;     /* hops heard, or left out */
};

static void layout(aed_stream *s, aed_arena *a)
{
    const aed_ear *ear = s->ear;

    for (size_t i = 0; i < ear->config.n_sizes; i++)
    {
        s->power[i] = aed_arena_doubles(a, ear->stft[i].frames * ear->stft[i].bins);
        s->mel[i] = aed_arena_doubles(a, ear->stft[i].frames * ear->config.mels);
    }
    s->past = aed_arena_doubles(a, 2 * s->length);
}

aed_stream *aed_stream_new(const aed_ear_config *c, aed_error *e)
{
    aed_ear_config config = *c;
    aed_stream draft = {.length = c->n + AED_STREAM_AHEAD};
    aed_arena a = {0};

    config.whole_frames = 1;
    config.targets = 1;
    draft.ear = aed_ear_new(&config, e);
    if (!draft.ear)
        return NULL;
    for (size_t j = 0; j < AED_FEATURES; j++)
        draft.rows[j] = c->features ? (int)(c->features >> j & 1u) : j < AED_FEATURES_DEFAULT;
    (void)aed_arena_take(&a, sizeof draft);
    layout(&draft, &a);
    if (a.used > most_bytes || aed_arena_open(&a))
    {
        (void)aed_fail(e, AED_E_MEMORY,
            "stream: needs %zu MB, allowed are %zu: use a larger hop or fewer samples",
            a.used >> 20, most_bytes >> 20);
        aed_ear_free(draft.ear);
        return NULL;
    }
    aed_stream *s = aed_arena_take(&a, sizeof *s);

    *s = draft;
    layout(s, &a);
    s->arena = a;
    return s;
}

void aed_stream_free(aed_stream *s)
{
    if (!s)
        return;
    aed_ear_free(s->ear);
    aed_arena_close(&s->arena); /* the last: it holds *s itself */
}

int aed_stream_write(aed_stream *s, const double *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
    {
        const double v = fabs(x[i]) <= loudest ? x[i] : 0.0; /* NaN fails too */

        s->past[s->at] = s->past[s->at + s->length] = v;
        s->at = s->at + 1 < s->length ? s->at + 1 : 0;
    }
    s->waiting += n;
    return s->waiting >= s->ear->config.hop_n;
}

/* Frame t of the window after hop k is frame k + t of the sound. */
static size_t slot(const aed_stream *s, size_t i, size_t t)
{
    return (size_t)((s->hop + t) % s->ear->stft[i].frames);
}

/* Frame t of resolution i, of the window x. */
static void hear_frame(aed_stream *s, size_t i, size_t t, const double *x)
{
    aed_ear *ear = s->ear;
    const size_t place = slot(s, i, t);
    double *power = s->power[i] + place * ear->stft[i].bins;

    aed_stft_forward(ear->spectrum, ear->scratch, &ear->stft[i], x, t);
    aed_stft_power(power, ear->spectrum, ear->stft[i].bins);
    aed_mel_forward(s->mel[i] + place * ear->config.mels, &ear->mel[i], power);
}

static void add_frames(aed_stream *s, size_t i)
{
    aed_ear *ear = s->ear;

    for (size_t t = 0; t < ear->stft[i].frames; t++)
    {
        const size_t place = slot(s, i, t);
        const aed_frame f = {&ear->resolution[i], t, s->power[i] + place * ear->stft[i].bins,
            s->mel[i] + place * ear->config.mels};

        aed_phi_add(&ear->phi, &f);
    }
}

/* Leave out hops whose samples are not in the ring any more: how many. */
static size_t catch_up(aed_stream *s)
{
    const size_t hop_n = s->ear->config.hop_n;
    size_t left_out = 0;

    for (; s->waiting > AED_STREAM_AHEAD; left_out++)
        s->waiting -= hop_n;
    s->hop += left_out;
    return left_out;
}

int aed_stream_hear(aed_stream *s)
{
    aed_ear *ear = s->ear;
    const size_t n = ear->config.n, hop_n = ear->config.hop_n;

    if (s->waiting < hop_n)
        return 0;
    const size_t left_out = catch_up(s);

    s->waiting -= hop_n;
    s->hop++;

    const double *x = s->past + s->at + s->length - s->waiting - n;

    aed_phi_begin(&ear->phi, s->rows);
    const size_t resolutions = aed_phi_hears_all(&ear->phi) ? ear->config.n_sizes : 1;

    for (size_t i = 0; i < resolutions; i++)
    {
        const size_t frames = ear->stft[i].frames;

        for (size_t t = left_out ? 0 : frames - 1; t < frames; t++)
            hear_frame(s, i, t, x);
        add_frames(s, i);
    }
    aed_phi_end(&ear->phi, x);
    return 1;
}

const double *aed_stream_heard(const aed_stream *s, size_t feature, size_t *n)
{
    return aed_ear_heard(s->ear, feature, n);
}
