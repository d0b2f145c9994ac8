/* loss_wave.c: mean squared difference of samples.
 *
 *     term = mean over samples of (x - x*)^2
 *     dterm/dx[i] = 2 (x[i] - x*[i]) / n
 *
 * It hears phase, and so it learns only what is in phase with the target: of a free oscillator the
 * gradient points the right way in half of the cases, of one locked in phase in all. Kinks: none. */
#include "base/hot.h"
#include "loss.h"

AED_HOT static double wave(double *dx, const aed_wave *w, double weight)
{
    const double slope = 2.0 * weight / (double)w->n;
    double sum = 0.0;

    for (size_t i = 0; i < w->n; i++)
        sum += (w->x[i] - w->target[i]) * (w->x[i] - w->target[i]);
    for (size_t i = 0; dx && i < w->n; i++)
        dx[i] += slope * (w->x[i] - w->target[i]);
    return sum / (double)w->n;
}

const aed_loss aed_loss_wave = {
    .name = "wave",
    .doc = "mean squared difference of samples, for plants in phase",
    .default_weight = 0.0,
    .wave = wave,
};
