/* loss_dc.c: what the log-mel loss cannot hear, the slow wandering of the mean.
 *
 *     term = 100 mean over blocks of (mean of the block's samples)^2
 *     dterm/dx[i] = 200 mean_of_block(i) / (blocks block_n)
 *
 * Blocks of 256 samples; a rest shorter than a block counts as a block of its own length. The
 * target's own DC is not asked for: the term draws x to 0. The factor 100 makes weight 1 the mix
 * that worked beside the log-mel loss. Kinks: none. */
#include "loss.h"

static const double strength = 100.0;

enum
{
    BLOCK_N = 256
};

static double mean(const double *x, size_t n)
{
    double sum = 0.0;

    for (size_t i = 0; i < n; i++)
        sum += x[i];
    return sum / (double)n;
}

static double wave(double *dx, const aed_wave *w, double weight)
{
    const size_t n = w->n;
    const double blocks = (double)((n + BLOCK_N - 1) / BLOCK_N);
    double sum = 0.0;

    for (size_t at = 0; at < n; at += BLOCK_N)
    {
        const size_t length = n - at < BLOCK_N ? n - at : BLOCK_N;
        const double m = mean(w->x + at, length);
        const double slope = weight * strength * 2.0 * m / (blocks * (double)length);

        sum += m * m;
        for (size_t i = at; dx && i < at + length; i++)
            dx[i] += slope;
    }
    return strength * sum / blocks;
}

const aed_loss aed_loss_dc = {
    .name = "dc",
    .doc = "mean square of block means, which draws DC to 0",
    .default_weight = 0.0,
    .wave = wave,
};
