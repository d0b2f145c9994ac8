/* stft.c: see stft.h for what is computed; here is why backward reads as it does. */
#include "stft.h"

#include <math.h>
#include <string.h>

#include "base/hot.h"

static const double two_pi = 6.283185307179586;

size_t aed_stft_frames(size_t size, size_t hop_n, int whole_frames, size_t n)
{
    return 1 + (whole_frames ? n - size : n) / hop_n;
}

void aed_stft_shape(aed_stft *s, size_t size, size_t hop_n, size_t edge, size_t n)
{
    s->size = size;
    s->bins = size / 2 + 1;
    s->hop_n = hop_n;
    s->frames = aed_stft_frames(size, hop_n, edge == 0, n);
    s->start_n = edge ? edge - size / 2 : 0;
}

void aed_stft_layout(aed_stft *s, aed_arena *a)
{
    s->window = aed_arena_doubles(a, s->size);
    if (!s->window)
        return;
    for (size_t i = 0; i < s->size; i++)
        s->window[i] = 0.5 - 0.5 * cos(two_pi * (double)i / (double)s->size);
}

void aed_stft_reflect(double *restrict p, const double *restrict x, size_t edge, size_t n)
{
    memcpy(p + edge, x, n * sizeof *p);
    for (size_t i = 1; i <= edge; i++)
    {
        p[edge - i] = x[i];
        p[edge + n - 1 + i] = x[n - 1 - i];
    }
}

void aed_stft_fold(double *dp, size_t edge, size_t n)
{
    for (size_t i = 1; i <= edge; i++)
    {
        dp[edge + i] += dp[edge - i];
        dp[edge + n - 1 - i] += dp[edge + n - 1 + i];
    }
}

AED_HOT static void multiply(
    double *restrict y, const double *restrict a, const double *restrict b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        y[i] = a[i] * b[i];
}

AED_HOT static void multiply_add(
    double *restrict y, const double *restrict a, const double *restrict b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        y[i] += a[i] * b[i];
}

AED_HOT static void scale_bins(double *restrict spectrum, const double *restrict g, size_t bins)
{
    for (size_t k = 0; k < bins; k++)
    {
        spectrum[2 * k] *= g[k];
        spectrum[2 * k + 1] *= g[k];
    }
}

void aed_stft_forward(
    double *spectrum, double *scratch, const aed_stft *s, const double *p, size_t t)
{
    multiply(scratch, p + s->start_n + t * s->hop_n, s->window, s->size);
    aed_fft_forward(s->fft, spectrum, scratch);
}

AED_HOT void aed_stft_power(double *restrict power, const double *restrict spectrum, size_t bins)
{
    for (size_t k = 0; k < bins; k++)
        power[k] = spectrum[2 * k] * spectrum[2 * k] + spectrum[2 * k + 1] * spectrum[2 * k + 1];
}

/* With g[k] = dL/d|X[k]|^2 and f[i] = w[i] p[i] the frame,
 *
 *     d|X[k]|^2 / df[i] = 2 Re(X[k] e^{+2 pi j k i / N})            from X[k] conj X[k]
 *     dL/df[i]          = 2 Re sum_{k=0}^{N/2} g[k] X[k] e^{+2 pi j k i / N}
 *
 * The unnormalised inverse transform of Y counts the bins strictly between 0 and N/2 twice, once
 * for their mirror images, and the real bins 0 and N/2 once:
 *
 *     inverse(Y)[i] = Y[0] + (-1)^i Y[N/2] + 2 Re sum_{k=1}^{N/2-1} Y[k] e^{+2 pi j k i / N}
 *
 * so Y = g X, with bins 0 and N/2 doubled, is the sum above; and dL/dp[i] += w[i] dL/df[i]. */
void aed_stft_backward(double *dp, double *spectrum, double *scratch, const aed_stft *s,
    const double *dpower, size_t t)
{
    scale_bins(spectrum, dpower, s->bins);
    spectrum[0] *= 2.0;
    spectrum[s->size] *= 2.0;
    aed_fft_inverse(s->fft, scratch, spectrum);
    multiply_add(dp + s->start_n + t * s->hop_n, scratch, s->window, s->size);
}
