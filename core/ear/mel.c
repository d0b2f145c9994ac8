#include "mel.h"

#include <math.h>

#include "base/hot.h"

static double mel_of(double hz)
{
    return 2595.0 * log10(1.0 + hz / 700.0);
}

/* c_s of mel.h. */
static double corner_hz(size_t s, size_t bands, double sr_hz)
{
    const double m = mel_of(0.5 * sr_hz) * (double)s / (double)(bands + 1);

    return 700.0 * (pow(10.0, m / 2595.0) - 1.0);
}

void aed_mel_layout(aed_mel *m, aed_arena *a, double sr_hz)
{
    m->first = aed_arena_take(a, (m->bands + 2) * sizeof *m->first);
    m->rise = aed_arena_doubles(a, m->bins);
    if (!m->rise)
        return;

    const double step_hz = floor(0.5 * sr_hz) / (double)(m->bins - 1);
    size_t k = 0;

    for (size_t s = 0; s <= m->bands; s++)
    {
        const double lo = corner_hz(s, m->bands, sr_hz), hi = corner_hz(s + 1, m->bands, sr_hz);

        m->first[s] = k;
        /* The last stretch takes every bin that is left: rounding may put sr / 2 beyond hi. */
        for (; k < m->bins && ((double)k * step_hz < hi || s == m->bands); k++)
            m->rise[k] = fmin(fmax(((double)k * step_hz - lo) / (hi - lo), 0.0), 1.0);
    }
    m->first[m->bands + 1] = m->bins;
}

/* What one stretch between two corners gives to the band that rises and the one that falls. */
typedef struct
{
    double rise, fall;
} shares;

static inline shares share(const double *power, const double *rise, size_t n)
{
    aed_lanes up = {0}, down = {0};
    size_t k = 0;

    for (; k + AED_LANES <= n; k += AED_LANES)
    {
        aed_lanes p, r;

        memcpy(&p, power + k, sizeof p); /* a load from any address */
        memcpy(&r, rise + k, sizeof r);
        up += p * r;
        down += p * (1.0 - r);
    }
    shares sum = {(up[0] + up[2]) + (up[1] + up[3]), (down[0] + down[2]) + (down[1] + down[3])};

    for (; k < n; k++)
    {
        sum.rise += power[k] * rise[k];
        sum.fall += power[k] * (1.0 - rise[k]);
    }
    return sum;
}

AED_HOT void aed_mel_forward(double *restrict mel, const aed_mel *m, const double *restrict power)
{
    for (size_t s = 0; s <= m->bands; s++)
    {
        const size_t k = m->first[s];
        const shares p = share(power + k, m->rise + k, m->first[s + 1] - k);

        if (s > 0)
            mel[s - 1] += p.fall;
        if (s < m->bands)
            mel[s] = p.rise;
    }
}

AED_HOT void aed_mel_backward(
    double *restrict dpower, const aed_mel *m, const double *restrict dmel)
{
    const double *restrict rise = m->rise;

    for (size_t s = 0; s <= m->bands; s++)
    {
        const double falling = s > 0 ? dmel[s - 1] : 0.0;
        const double rising = s < m->bands ? dmel[s] : 0.0, slope = rising - falling;
        const size_t end = m->first[s + 1];

        for (size_t k = m->first[s]; k < end; k++)
            dpower[k] += falling + slope * rise[k];
    }
}
