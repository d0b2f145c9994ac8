/* row_mel_aubio.c: the bands of mel_window.h against aubio's parts, put together the quickest way that
 * we know, with our mel coefficients. aubio computes in float32 (its smpl_t), we in double. Not aubio's: the
 * reflected edges; |X|^2 from its |X|, for its own squaring calls powf; the floor; the mean in time. */
#include "bench.h"

#ifdef BENCH_AUBIO

#include <aubio/aubio.h>
#include <math.h>
#include <stdio.h>

#include "ear/mel.h"
#include "mel_window.h"

enum
{
    RUNS = 100,
    MOST = 4096, /* samples in a frame */
    MOST_BANDS = 64,
};

static const double tolerance = 1e-4; /* of the largest band */

typedef struct
{
    size_t size;
    fvec_t *window, *frame, *complex_bins, *bands;
    cvec_t *spectrum;
    aubio_fft_t *fft;
    aubio_filterbank_t *mel;
    double means[MOST_BANDS];
} resolution;

typedef struct
{
    mel_window ours;
    resolution theirs[MEL_SIZES];
    smpl_t sound[MEL_N], padded[MEL_N + MOST]; /* with reflected edges of MOST / 2 */
} duel;

static double listen_once(void *what)
{
    return mel_listen(&((duel *)what)->ours);
}

/* ---- the rival ---- */

/* Row b of a dense matrix is what band b takes of each bin alone. */
static int set_coefficients(fmat_t *rows, const aed_ear_config *c, size_t size)
{
    aed_mel m = {.bins = size / 2 + 1, .bands = c->mels};
    aed_arena a = {0};
    double power[MOST / 2 + 1] = {0.0}, bands[MOST_BANDS];

    aed_mel_layout(&m, &a, c->sr_hz);
    if (aed_arena_open(&a))
        return -1;
    aed_mel_layout(&m, &a, c->sr_hz);
    for (uint_t k = 0; k < m.bins; k++)
    {
        power[k] = 1.0;
        aed_mel_forward(bands, &m, power);
        power[k] = 0.0;
        for (uint_t b = 0; b < m.bands; b++)
            rows->data[b][k] = (smpl_t)bands[b];
    }
    aed_arena_close(&a);
    return 0;
}

static int open_resolution(resolution *r, const aed_ear_config *c, size_t size)
{
    r->size = size;
    r->window = new_aubio_window("hanningz", (uint_t)size); /* periodic Hann */
    r->frame = new_fvec((uint_t)size);
    r->complex_bins = new_fvec((uint_t)size);
    r->bands = new_fvec((uint_t)c->mels);
    r->spectrum = new_cvec((uint_t)size);
    r->fft = new_aubio_fft((uint_t)size);
    r->mel = new_aubio_filterbank((uint_t)c->mels, (uint_t)size);
    if (!r->window || !r->frame || !r->complex_bins || !r->bands || !r->spectrum || !r->fft ||
        !r->mel)
        return -1;
    return set_coefficients(aubio_filterbank_get_coeffs(r->mel), c, size);
}

static void close_resolution(resolution *r)
{
    if (r->mel)
        del_aubio_filterbank(r->mel);
    if (r->fft)
        del_aubio_fft(r->fft);
    if (r->spectrum)
        del_cvec(r->spectrum);
    fvec_t *const vectors[] = {r->window, r->frame, r->complex_bins, r->bands};

    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++)
    {
        if (vectors[i])
            del_fvec(vectors[i]);
    }
}

static void hear_frame(resolution *r, smpl_t *samples, smpl_t floor)
{
    const fvec_t in = {(uint_t)r->size, samples};

    fvec_weighted_copy(&in, r->window, r->frame);
    aubio_fft_do_complex(r->fft, r->frame, r->complex_bins);
    aubio_fft_get_norm(r->complex_bins, r->spectrum);
    for (uint_t k = 0; k < r->spectrum->length; k++)
        r->spectrum->norm[k] *= r->spectrum->norm[k];
    aubio_filterbank_do(r->mel, r->spectrum, r->bands);
    for (uint_t b = 0; b < r->bands->length; b++)
        r->bands->data[b] += floor;
    fvec_log(r->bands);
    for (uint_t b = 0; b < r->bands->length; b++)
        r->means[b] += (double)r->bands->data[b];
}

static void reflect(duel *d)
{
    smpl_t *p = d->padded + MOST / 2, *end = p + MEL_N - 1;

    for (size_t i = 0; i < MEL_N; i++)
        p[i] = d->sound[i];
    for (size_t i = 1; i <= MOST / 2; i++)
    {
        p[-(ptrdiff_t)i] = p[i];
        end[i] = end[-(ptrdiff_t)i];
    }
}

static double hear_theirs(void *what)
{
    duel *d = what;
    const aed_ear_config *c = &d->ours.config;
    const double start = bench_cpu();

    reflect(d);
    for (size_t k = 0; k < MEL_SIZES; k++)
    {
        resolution *r = &d->theirs[k];

        for (size_t b = 0; b < c->mels; b++)
            r->means[b] = 0.0;
        for (size_t t = 0; t < d->ours.frames; t++)
            hear_frame(r, d->padded + (MOST - r->size) / 2 + t * c->hop_n, (smpl_t)c->floor);
        for (size_t b = 0; b < c->mels; b++)
            r->means[b] /= (double)d->ours.frames;
    }
    return bench_cpu() - start;
}

/* ---- do both compute the same? ---- */

static int check_equal(const char *row, duel *d)
{
    size_t n;
    double off = 0.0;

    if (isnan(listen_once(d)) || isnan(hear_theirs(d)))
        return -1;
    const double *bands = aed_ear_heard(d->ours.ear, AED_FEATURE_BANDS, &n);

    for (size_t k = 0; k < MEL_SIZES; k++)
        off = fmax(off, mel_off(bands + k * (n / MEL_SIZES), d->theirs[k].means, n / MEL_SIZES));
    printf("bench %s check %zu bands off %.1e, allowed %.0e\n", row, n, off, tolerance);
    return !(off < tolerance); /* NaN is unequal too */
}

static bench_outcome fight(const char *row, duel *d)
{
    static bench_pairs pairs;
    int failed = mel_open(&d->ours, MEL_BANDS);

    for (size_t i = 0; i < MEL_N; i++)
        d->sound[i] = (smpl_t)d->ours.x[i];
    for (size_t k = 0; k < MEL_SIZES && !failed; k++)
        failed = open_resolution(&d->theirs[k], &d->ours.config, d->ours.config.sizes[k]);
    if (failed)
        return bench_failed(row, "%s", d->ours.ear ? "no memory for aubio" : d->ours.e.msg);
    printf("info %s rival aubio, %zu bytes a number\n", row, sizeof(smpl_t));
    if (check_equal(row, d))
        return bench_failed(row, "we and aubio compute different things");
    if (bench_interleave(&pairs, listen_once, hear_theirs, d, RUNS))
        return bench_failed(row, "%s", d->ours.e.msg);
    return bench_report(row, &pairs, BENCH_RIVAL, 1e3, "ms");
}

bench_outcome row_mel_aubio(const char *row)
{
    static duel d;
    const bench_outcome outcome = fight(row, &d);

    for (size_t k = 0; k < MEL_SIZES; k++)
        close_resolution(&d.theirs[k]);
    mel_close(&d.ours);
    return outcome;
}

#else

bench_outcome row_mel_aubio(const char *row)
{
    return bench_skipped(row, "no libaubio when this was built ('make bench-deps')");
}

#endif
