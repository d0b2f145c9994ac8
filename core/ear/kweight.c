#include "kweight.h"

#include <math.h>

#include "base/vmath.h"

static const double pi = 3.141592653589793;
static const double highpass_hz = 38.13547087602444, highpass_q = 0.5003270373238773;

/* The bilinear transform of a filter whose numerator at its corner, in units of it, is
 * high s^2 + middle s / Q + low, and whose denominator is s^2 + s / Q + 1. */
static aed_biquad biquad(double hz, double q, double high, double middle, double low, double sr_hz)
{
    const double K = tan(pi * fmin(hz / sr_hz, 0.45)), KK = K * K, over = 1.0 / (1.0 + K / q + KK);

    return (aed_biquad){
        .b0 = (high + middle * K / q + low * KK) * over,
        .b1 = 2.0 * (low * KK - high) * over,
        .b2 = (high - middle * K / q + low * KK) * over,
        .a1 = 2.0 * (KK - 1.0) * over,
        .a2 = (1.0 - K / q + KK) * over,
    };
}

aed_kweight aed_kweight_of(double sr_hz)
{
    const double gain = pow(10.0, 3.999843853973347 / 20.0);
    aed_kweight k = {
        .shelf = biquad(
            1681.974450955533, 0.7071752369554196, gain, pow(gain, 0.4996667741545416), 1.0, sr_hz),
        .highpass = biquad(highpass_hz, highpass_q, 1.0, 0.0, 0.0, sr_hz),
    };

    /* The recommendation's highpass lets the top pass with a gain of 1.005: 1 -2 1 at 48 kHz. */
    const double top = 1.0 / biquad(highpass_hz, highpass_q, 1.0, 0.0, 0.0, 48000.0).b0;

    k.highpass.b0 *= top;
    k.highpass.b1 *= top;
    k.highpass.b2 *= top;
    return k;
}

/* Transposed direct form II, one after the other: side by side their two recursions take the time of
 * one. */
void aed_kweight_forward(double *z, const aed_kweight *k, const double *x, size_t n)
{
    const aed_biquad f = k->shelf, g = k->highpass;
    double f1 = 0.0, f2 = 0.0, g1 = 0.0, g2 = 0.0;

    for (size_t i = 0; i < n; i++)
    {
        const double in = x[i], shelved = f.b0 * in + f1, out = g.b0 * shelved + g1;

        f1 = aed_audible(f.b1 * in - f.a1 * shelved + f2);
        f2 = aed_audible(f.b2 * in - f.a2 * shelved);
        g1 = aed_audible(g.b1 * shelved - g.a1 * out + g2);
        g2 = aed_audible(g.b2 * shelved - g.a2 * out);
        z[i] = out;
    }
}

static void reverse(double *x, size_t n)
{
    for (size_t i = 0; i < n / 2; i++)
    {
        const double kept = x[i];

        x[i] = x[n - 1 - i];
        x[n - 1 - i] = kept;
    }
}

/* A filter from rest is z[i] = sum_j h[j] x[i - j]; its adjoint dx[i] += sum_j h[j] dz[i + j] is the
 * same filter, run from the end to the beginning. */
void aed_kweight_backward(double *dx, const aed_kweight *k, double *dz, size_t n)
{
    reverse(dz, n);
    aed_kweight_forward(dz, k, dz, n);
    for (size_t i = 0; i < n; i++)
        dx[i] += dz[n - 1 - i];
}
