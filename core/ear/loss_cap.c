/* loss_cap.c: too loud, whatever the target.
 *
 *     term = o^2,   o = max(rms - cap, 0) / cap,   rms = sqrt(mean x^2)
 *     dterm/dx[i] = 2 o x[i] / (cap n rms)
 *
 * 0 up to the cap, 1 at twice the cap; a cap of 0 is none. Kinks: none (the square makes the corner
 * smooth once). */
#include <math.h>

#include "base/hot.h"
#include "loss.h"

static double wave(double *dx, const aed_wave *w, double weight)
{
    const double rms = sqrt(aed_dot(w->x, w->x, w->n) / (double)w->n);
    const double o = w->cap > 0.0 && rms > w->cap ? rms / w->cap - 1.0 : 0.0;

    for (size_t i = 0; dx && o > 0.0 && i < w->n; i++)
        dx[i] += weight * 2.0 * o * w->x[i] / (w->cap * (double)w->n * rms);
    return o * o;
}

const aed_loss aed_loss_cap = {
    .name = "cap",
    .doc = "squared excess of rms over the cap",
    .default_weight = 0.0,
    .wave = wave,
};
