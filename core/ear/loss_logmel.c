/* loss_logmel.c: mean squared difference of log mel powers, the loss of the AE-DDSP seed.
 *
 *     term = mean over resolutions of mean over frames and bands of d^2
 *     d    = ln(M + floor) - ln(M* + floor)
 *     dterm/dM = 2 d / (M + floor) / (frames bands resolutions)
 *
 * M is mel power, M* the target's. The floor decides how quiet a band may be before it no longer
 * counts: 1e-4 in torchaudio's power units learns best, the seed's 1e-6 lets inaudible bands
 * dominate. Kinks: none. What it cannot hear: DC, for band 0 has no weight in bin 0. */
#include <math.h>

#include "loss.h"

static size_t keep_n(const aed_resolution *of)
{
    return of->frames * of->bands;
}

static void keep(double *kept, const aed_frame *target)
{
    const size_t bands = target->of->bands;
    double *log_mel = kept + target->t * bands;

    for (size_t b = 0; b < bands; b++)
        log_mel[b] = log(target->mel[b] + target->of->floor);
}

static double frame(aed_frame_gradient g, const aed_frame *x, const double *kept, double weight)
{
    const aed_resolution *of = x->of;
    const double *log_mel = kept + x->t * of->bands;
    const double share = 1.0 / (double)(of->frames * of->bands * of->resolutions);
    double sum = 0.0;

    for (size_t b = 0; b < of->bands; b++)
    {
        const double m = x->mel[b] + of->floor;
        const double d = log(m) - log_mel[b];

        sum += d * d;
        if (g.dmel)
            g.dmel[b] += weight * share * 2.0 * d / m;
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
