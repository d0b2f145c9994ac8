/* row_mel_fftw.c: the ear against the least that its forward transforms can cost: FFTW alone, on one
 * frame that stays in the cache, as often as the ear has frames (double, r2c, FFTW_ESTIMATE).
 *
 *     mel-fftw            bands of mel_window.h: windows, mel bands and logarithms come on top
 *     mel-gradient-fftw   gradient of mel_window.h: the whole way back comes on top too */
#include <fftw3.h>
#include <math.h>

#include "bench.h"
#include "mel_window.h"

enum
{
    RUNS = 400
};

typedef struct
{
    mel_window ours;
    double *frame;
    fftw_complex *spectrum;
    fftw_plan plans[MEL_SIZES];
} duel;

static double listen_once(void *what)
{
    return mel_listen(&((duel *)what)->ours);
}

static double transform_frames(void *what)
{
    const duel *d = what;
    const double start = bench_cpu();

    for (size_t k = 0; k < MEL_SIZES; k++)
    {
        for (size_t i = 0; i < d->ours.frames; i++)
            fftw_execute(d->plans[k]);
    }
    return bench_cpu() - start;
}

static void open_plans(duel *d)
{
    const size_t largest = aed_ear_largest(&d->ours.config);

    d->frame = fftw_malloc(largest * sizeof *d->frame);
    d->spectrum = fftw_malloc((largest / 2 + 1) * sizeof *d->spectrum);
    for (size_t i = 0; i < largest; i++)
        d->frame[i] = d->ours.x[i];
    for (size_t k = 0; k < MEL_SIZES; k++)
        d->plans[k] = fftw_plan_dft_r2c_1d(
            (int)d->ours.config.sizes[k], d->frame, d->spectrum, FFTW_ESTIMATE);
}

static void close_plans(duel *d)
{
    for (size_t k = 0; k < MEL_SIZES; k++)
        fftw_destroy_plan(d->plans[k]);
    fftw_free(d->spectrum);
    fftw_free(d->frame);
}

static bench_outcome run(const char *row, mel_job job)
{
    static bench_pairs pairs;
    static duel d;
    int failed = mel_open(&d.ours, job);

    if (!failed)
    {
        open_plans(&d);
        failed = bench_interleave(&pairs, listen_once, transform_frames, &d, RUNS);
        close_plans(&d);
    }
    mel_close(&d.ours);
    return failed ? bench_failed(row, "%s", d.ours.e.msg)
                  : bench_report(row, &pairs, BENCH_LIMIT, 1e6, "us");
}

bench_outcome row_mel_fftw(const char *row)
{
    return run(row, MEL_BANDS);
}

bench_outcome row_mel_gradient_fftw(const char *row)
{
    return run(row, MEL_GRADIENT);
}
