/* loss_envelope.c: mean squared difference of log energies along time.
 *
 *     term = mean over points j of d_j^2,   j = 0 … (n - 1) / 256 + 1, rounded down
 *     d_j  = ln(E_j + 1e-6) - ln(E*_j + 1e-6)
 *     E_j  = sum_i w_j[i] x[i]^2 / 256,   w_j[i] = max(1 - |i - 256 j| / 256, 0)
 *
 *     dterm/dx[i] = sum_j 4 d_j / (E_j + 1e-6) w_j[i] x[i] / (256 points)
 *
 * Triangles that overlap by half: at each sample the weights of the two points beside it add up to 1,
 * so an attack that moves between points is heard moving. It knows nothing of the spectrum: for
 * attack, decay, tremolo. 60 dB below full scale no longer counts. Kinks: none. */
#include <math.h>

#include "loss.h"

enum
{
    POINT_N = 256 /* samples from point to point */
};

static const double least = 1e-6; /* of energy */

/* Samples of point j that lie in the window. */
typedef struct
{
    size_t from, to;
} stretch;

static stretch around(size_t j, size_t n)
{
    const size_t middle = j * POINT_N, to = middle + POINT_N;

    return (stretch){j ? middle - POINT_N : 0, to < n ? to : n};
}

static double weight_at(size_t i, size_t j)
{
    return 1.0 - fabs((double)i - (double)(j * POINT_N)) / POINT_N;
}

static double energy(const double *x, size_t j, size_t n)
{
    const stretch s = around(j, n);
    double sum = 0.0;

    for (size_t i = s.from; i < s.to; i++)
        sum += weight_at(i, j) * x[i] * x[i];
    return sum / POINT_N + least;
}

static double wave(double *dx, const aed_wave *w, double weight)
{
    const size_t points = (w->n - 1) / POINT_N + 2;
    double sum = 0.0;

    for (size_t j = 0; j < points; j++)
    {
        const double E = energy(w->x, j, w->n), d = log(E / energy(w->target, j, w->n));
        const double slope = weight * 4.0 * d / (E * POINT_N * (double)points);
        const stretch s = around(j, w->n);

        sum += d * d;
        for (size_t i = s.from; dx && i < s.to; i++)
            dx[i] += slope * weight_at(i, j) * w->x[i];
    }
    return sum / (double)points;
}

const aed_loss aed_loss_envelope = {
    .name = "envelope",
    .doc = "mean squared difference of log energies along time",
    .default_weight = 0.0,
    .wave = wave,
};
