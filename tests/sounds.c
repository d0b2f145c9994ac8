#include "sounds.h"

#include <math.h>

#include "common.h"

static const double two_pi = 6.283185307179586;

void sound_saw(double *y, double f0_hz, double slope, double turn, double sr_hz, size_t n)
{
    for (size_t i = 0; i < n; i++)
        y[i] = 0.0;
    for (size_t k = 1; (double)k * f0_hz < 0.45 * sr_hz; k++)
    {
        const double level = 0.3 * pow((double)k, -slope);

        for (size_t i = 0; i < n; i++)
            y[i] += level * sin(two_pi * (double)k * (f0_hz * (double)i / sr_hz + turn));
    }
}

double sound_rms(const double *y, size_t n)
{
    double sum = 0.0;

    for (size_t i = 0; i < n; i++)
        sum += y[i] * y[i];
    return sqrt(sum / (double)n);
}

void sound_mismatched(double *y, double f0_hz, double sr_hz, size_t n)
{
    const double gain = pow(10.0, test_uniform(-12.0, 12.0) / 20.0);

    sound_saw(y, f0_hz, test_uniform(0.5, 2.0), test_uniform(0.0, 1.0), sr_hz, n);
    const double noise = 0.1 * sqrt(3.0) * sound_rms(y, n); /* uniform, -20 dB */

    for (size_t i = 0; i < n; i++)
        y[i] = gain * (y[i] + test_uniform(-noise, noise));
}
