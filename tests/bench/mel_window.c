/* mel_window.c: see mel_window.h. */
#include "mel_window.h"

#include <math.h>

#include "bench.h"

void mel_noise(double *x, unsigned long long which)
{
    for (unsigned long long i = 0; i < MEL_N; i++)
        x[i] = (double)(i * i * which % 65521) / 65521.0 - 0.5;
}

int mel_open(mel_window *w, mel_job job)
{
    w->job = job;
    aed_ear_defaults(&w->config);
    if (job == MEL_BANDS)
        w->config.features = 1u << AED_FEATURE_BANDS;
    w->frames = MEL_N / w->config.hop_n + 1;
    w->ear = aed_ear_new(&w->config, &w->e);
    if (!w->ear)
        return -1;
    mel_noise(w->x, MEL_TARGET);
    if (job == MEL_GRADIENT && aed_ear_target(w->ear, w->x, MEL_N, &w->e) != AED_OK)
        return -1;
    mel_noise(w->x, MEL_X);
    return 0;
}

void mel_close(mel_window *w)
{
    aed_ear_free(w->ear);
}

double mel_listen(mel_window *w)
{
    double *dx = w->job == MEL_GRADIENT ? w->dx : NULL;
    const double start = bench_cpu();

    if (aed_ear_listen(w->ear, &w->heard, dx, w->x, NULL, NULL, MEL_N, &w->e) != AED_OK)
        return NAN;
    return bench_cpu() - start;
}

double mel_off(const double *ours, const double *theirs, size_t n)
{
    double off = 0.0, peak = 0.0;

    for (size_t i = 0; i < n; i++)
    {
        const double d = fabs(ours[i] - theirs[i]);

        off = d <= off ? off : d; /* NaN is kept */
        peak = fmax(peak, fabs(theirs[i]));
    }
    return off / peak;
}
