/* loss_logmel.c: mean squared difference of log mel powers, the loss of the AE-DDSP seed.
 *
 *     term = mean over resolutions of mean over frames and bands of d^2
 *     d    = ln(M + floor) - ln(M* + floor)
 *     dterm/dM = 2 d / (M + floor) / (frames bands resolutions)
 *
 * M is mel power, M* the target's. The floor decides how quiet a band may be before it no longer
 * counts: 1e-4 in torchaudio's power units learns best, the seed's 1e-6 lets inaudible bands
 * dominate. Kinks: none. What it cannot hear: DC, for band 0 has no weight in bin 0. */
#include "base/hot.h"
#include "base/vmath.h"
#include "loss.h"

enum
{
    STRIP_N = 64 /* bands at a time */
};

static size_t keep_n(const aed_resolution *of)
{
    return of->frames * of->bands;
}

AED_HOT static void logs(double *restrict y, const double *restrict mel, double floor, size_t n)
{
    for (size_t b = 0; b < n; b++)
        y[b] = aed_log(mel[b] + floor);
}

static void keep(double *kept, const aed_frame *target)
{
    const aed_resolution *of = target->of;

    logs(kept + target->t * of->bands, target->mel, of->floor, of->bands);
}

/* Of n bands: d, and dmel += slope d / (M + floor). */
AED_HOT static void strip_of(double *restrict d, double *restrict dmel, const double *restrict mel,
    const double *restrict log_target, double floor, double slope, size_t n)
{
    for (size_t b = 0; b < n; b++)
    {
        const double m = mel[b] + floor;

        d[b] = aed_log(m) - log_target[b];
        dmel[b] += slope * d[b] / m;
    }
}

static double frame(aed_frame_gradient g, const aed_frame *x, const double *kept, double weight)
{
    const aed_resolution *of = x->of;
    const double *log_target = kept + x->t * of->bands;
    const double share = 1.0 / (double)(of->frames * of->bands * of->resolutions);
    double d[STRIP_N], unwanted[STRIP_N] = {0}, sum = 0.0;

    for (size_t b = 0; b < of->bands; b += STRIP_N)
    {
        const size_t n = of->bands - b < STRIP_N ? of->bands - b : STRIP_N;
        double *dmel = g.dmel ? g.dmel + b : unwanted;

        strip_of(d, dmel, x->mel + b, log_target + b, of->floor, 2.0 * weight * share, n);
        sum += aed_dot(d, d, n);
    }
    return share * sum;
}

const aed_loss aed_loss_logmel = {
    .name = "logmel",
    .doc = "mean squared difference of log mel powers",
    .default_weight = 1.0,
    .keep_n = keep_n,
    .keep = keep,
    .frame = frame,
};
