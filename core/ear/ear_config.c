#include "ear.h"

static const size_t longest_n = 1u << 24; /* of a window */

void aed_ear_defaults(aed_ear_config *c)
{
    *c = (aed_ear_config){.sr_hz = 44100.0,
        .n = 16384,
        .sizes = {1024, 4096},
        .n_sizes = 2,
        .hop_n = 256,
        .mels = 64,
        .floor = 1e-4,
        .whole_frames = 0,
        .cap = 0.3,
        .targets = 1};
}

size_t aed_ear_largest(const aed_ear_config *c)
{
    size_t size = 0;

    for (size_t i = 0; i < c->n_sizes; i++)
        size = c->sizes[i] > size ? c->sizes[i] : size;
    return size;
}

static aed_status check_sizes(const aed_ear_config *c, aed_error *e)
{
    if (c->n_sizes < 1 || c->n_sizes > AED_EAR_SIZES)
        return aed_fail(e, AED_E_ARG, "fft sizes: got %zu of them, allowed are 1 … %d", c->n_sizes,
            AED_EAR_SIZES);
    for (size_t i = 0; i < c->n_sizes; i++)
    {
        const size_t size = c->sizes[i];

        if (size < 64 || size > 32768 || (size & (size - 1)) != 0)
            return aed_fail(
                e, AED_E_ARG, "fft size: got %zu, allowed are powers of two 64 … 32768", size);
        if (c->hop_n < 1 || c->hop_n > size)
            return aed_fail(
                e, AED_E_ARG, "hop: got %zu, allowed is 1 … the fft size %zu", c->hop_n, size);
    }
    return AED_OK;
}

static aed_status check_window(const aed_ear_config *c, aed_error *e)
{
    const size_t largest = aed_ear_largest(c);
    const size_t shortest = c->whole_frames ? largest : largest / 2 + 1;

    if (c->n < shortest || c->n > longest_n)
        return aed_fail(e, AED_E_ARG,
            "window: got %zu samples, allowed are %zu … %zu with fft size %zu%s", c->n, shortest,
            longest_n, largest, c->whole_frames ? " and whole frames" : "");
    return AED_OK;
}

/* Comparisons are written so that NaN is refused. */
aed_status aed_ear_check(const aed_ear_config *c, aed_error *e)
{
    if (!(c->sr_hz >= 1e3 && c->sr_hz <= 1e6))
        return aed_fail(
            e, AED_E_ARG, "sample rate: got %g Hz, allowed are 1000 … 1000000", c->sr_hz);
    if (c->mels < 1 || c->mels > 512)
        return aed_fail(e, AED_E_ARG, "mels: got %zu, allowed are 1 … 512", c->mels);
    if (!(c->floor >= 1e-12 && c->floor <= 1e3))
        return aed_fail(e, AED_E_ARG, "floor: got %g, allowed are 1e-12 … 1000", c->floor);
    if (c->targets > AED_EAR_TARGETS)
        return aed_fail(
            e, AED_E_ARG, "targets: got %zu, allowed are 1 … %d", c->targets, AED_EAR_TARGETS);
    if (!(c->cap >= 0.0 && c->cap <= 1e3))
        return aed_fail(e, AED_E_ARG, "cap: got %g, allowed are 0 … 1000", c->cap);

    const aed_status status = check_sizes(c, e);

    return status ? status : check_window(c, e);
}
