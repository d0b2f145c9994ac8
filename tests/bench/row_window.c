/* row_window.c: the loss and the gradient of one window, against the least that its forward
 * transforms can cost: FFTW alone, on one frame that stays in the cache. Windowing, mel bands,
 * logarithms and the whole way back come on top, so the ratio cannot reach 1. */
#include <fftw3.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/rng.h"
#include "bench.h"
#include "ear/ear.h"

enum
{
    RUNS = 400,
    PLANS = 2
};

typedef struct
{
    size_t n, frames;
    aed_ear *ear;
    double *x, *target, *dx; /* [n] */
    double *frame;
    fftw_complex *spectrum;
    fftw_plan plans[PLANS];
    aed_error e;
} window;

static double listen_once(void *what)
{
    window *w = what;
    aed_ear_result r;
    const double t = bench_cpu();

    if (aed_ear_listen(w->ear, &r, w->dx, w->x, NULL, NULL, w->n, &w->e) != AED_OK)
        return NAN;
    return bench_cpu() - t;
}

static double transform_frames(void *what)
{
    window *w = what;
    const double t = bench_cpu();

    for (size_t k = 0; k < PLANS; k++)
    {
        for (size_t i = 0; i < w->frames; i++)
            fftw_execute(w->plans[k]);
    }
    return bench_cpu() - t;
}

static double *noise(size_t n, uint64_t seed)
{
    double *x = aligned_alloc(AED_ALIGN, n * sizeof *x);
    aed_rng rng = {seed, 0};

    for (size_t i = 0; x && i < n; i++)
        x[i] = aed_rng_uniform(&rng) - 0.5;
    return x;
}

static int open_window(window *w, const aed_ear_config *c)
{
    const size_t largest = aed_ear_largest(c);

    w->n = c->n;
    w->frames = c->n / c->hop_n + 1;
    w->x = noise(c->n, 1);
    w->target = noise(c->n, 2);
    w->dx = noise(c->n, 3);
    w->frame = noise(largest, 4);
    w->spectrum = fftw_malloc((largest / 2 + 1) * sizeof *w->spectrum);
    w->ear = aed_ear_new(c, &w->e);
    if (!w->x || !w->target || !w->dx || !w->frame || !w->spectrum || !w->ear)
        return -1;
    for (size_t k = 0; k < PLANS; k++)
        w->plans[k] = fftw_plan_dft_r2c_1d((int)c->sizes[k], w->frame, w->spectrum, FFTW_ESTIMATE);
    return aed_ear_target(w->ear, w->target, w->n, &w->e) == AED_OK ? 0 : -1;
}

static void close_window(window *w)
{
    for (size_t k = 0; k < PLANS; k++)
        fftw_destroy_plan(w->plans[k]);
    aed_ear_free(w->ear);
    fftw_free(w->spectrum);
    free(w->frame);
    free(w->dx);
    free(w->target);
    free(w->x);
}

bench_outcome row_window_gradient(const char *row)
{
    static bench_pairs pairs;
    window w = {.n = 0};
    aed_ear_config c;

    aed_ear_defaults(&c); /* 44.1 kHz, 16384 samples, 1024 and 4096, hop 256, 64 mels */
    if (open_window(&w, &c) || bench_interleave(&pairs, listen_once, transform_frames, &w, RUNS))
        return bench_failed(row, "%s", w.e.msg);
    close_window(&w);
    return bench_report(row, &pairs, BENCH_LIMIT, 1e6, "us");
}
