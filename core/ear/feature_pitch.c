/* feature_pitch.c: how high, how surely, how harmonic. f0 and its confidence c are those of pitch.h, over
 * all frames of the window that the tracker hears.
 *
 *     pitch         = 69 + 12 log2(f0/440)     the key, 0 without a pitch: far from any
 *     confidence    = c                        0 … 1
 *     inharmonicity = sum P^f[k] d[k] / sum P^f[k]   over the bins above the lobe of DC, 0 … 1
 *
 * d[k] is how far bin k lies from the nearest harmonic, as a share of the way to the middle between two,
 * less the half lobe w = 2 sr/size that a harmonic itself occupies at the largest fft size:
 *
 *     d = max(0, |f_k - r f0| - w) / (f0/2 - w),   r = round(f_k/f0);   1 below f0/2
 *
 * It is that of Peeters, "A large set of audio features" (2004), of bins in the place of peaks. Harmonics
 * that the fft cannot tell apart, f0 <= 2w (94 Hz with 4096 at 48 kHz), have none: 0, like no pitch.
 * Kinks: the tracker's; a bin at the edge of a lobe or in the middle between two. */
#include <math.h>

#include "feature.h"

enum
{
    LOBE = 2 /* bins, half of a Hann window's main lobe */
};

static void pitch(double *phi, const aed_heard *h)
{
    const double f0_hz = h->pitched->median.f0_hz;

    *phi = f0_hz > 0.0 ? 69.0 + 12.0 * log2(f0_hz / 440.0) : 0.0;
}

static void pull(aed_heard_gradient g, const aed_heard *h, double df0, double dconfidence)
{
    const aed_pitched *p = h->pitched;

    if (!(p->median.f0_hz > 0.0))
        return;
    aed_pitch_pull(p->tracker, g.dx, df0, dconfidence, p->frames, p->n, h->x, h->n);
}

static void pitch_back(
    aed_heard_gradient g, const double *dphi, const double *phi, const aed_heard *h)
{
    (void)phi;
    pull(g, h, *dphi * 12.0 / (log(2.0) * fmax(h->pitched->median.f0_hz, 1.0)), 0.0);
}

static void confidence(double *phi, const aed_heard *h)
{
    *phi = h->pitched->median.confidence;
}

static void confidence_back(
    aed_heard_gradient g, const double *dphi, const double *phi, const aed_heard *h)
{
    (void)phi;
    pull(g, h, 0.0, *dphi);
}

/* Where harmonics are, and the bins that count. */
typedef struct
{
    double f0_hz, bin_hz, lobe_hz, gap_hz;
    size_t first; /* bin; fine_bins: there is nothing to say */
} comb;

static comb comb_of(const aed_heard *h)
{
    const double f0_hz = h->pitched->median.f0_hz;
    const double bin_hz = 0.5 * h->sr_hz / (double)(h->fine_bins - 1);
    const double lobe_hz = LOBE * bin_hz, gap_hz = 0.5 * f0_hz - lobe_hz;
    const size_t first = gap_hz > 0.0 ? LOBE + 1 : h->fine_bins;

    return (comb){f0_hz, bin_hz, lobe_hz, gap_hz, first};
}

/* d of bin k; *slope: dd/df0. */
static double astray(double *slope, const comb *c, size_t k)
{
    const double f_hz = (double)k * c->bin_hz, r = floor(f_hz / c->f0_hz + 0.5);

    *slope = 0.0;
    if (r < 1.0)
        return 1.0;
    const double off_hz = f_hz - r * c->f0_hz, out_hz = fabs(off_hz) - c->lobe_hz;
    const double d = out_hz > 0.0 ? out_hz / c->gap_hz : 0.0;

    if (out_hz > 0.0)
        *slope = ((off_hz > 0.0 ? -r : r) - 0.5 * d) / c->gap_hz;
    return d;
}

static double power_from(const aed_heard *h, size_t first)
{
    double sum = 0.0;

    for (size_t k = first; k < h->fine_bins; k++)
        sum += h->fine_power[k];
    return sum;
}

static void inharmonicity(double *phi, const aed_heard *h)
{
    const comb c = comb_of(h);
    const double all = power_from(h, c.first);
    double sum = 0.0, slope;

    for (size_t k = c.first; k < h->fine_bins; k++)
        sum += h->fine_power[k] * astray(&slope, &c, k);
    *phi = all > 0.0 ? sum / all : 0.0;
}

/* dphi/dP[k] = (d[k] - phi) / sum P,   dphi/df0 = sum P[k] dd[k]/df0 / sum P */
static void inharmonicity_back(
    aed_heard_gradient g, const double *dphi, const double *phi, const aed_heard *h)
{
    const comb c = comb_of(h);
    const double all = power_from(h, c.first);
    double df0 = 0.0, slope;

    for (size_t k = c.first; k < h->fine_bins && all > 0.0; k++)
    {
        g.dfine_power[k] += *dphi * (astray(&slope, &c, k) - *phi) / all;
        df0 += *dphi * h->fine_power[k] * slope / all;
    }
    if (df0 != 0.0)
        pull(g, h, df0, 0.0);
}

const aed_feature aed_feature_pitch = {
    .name = "pitch",
    .doc = "f0 as a key: 69 is 440 Hz, 0 is none",
    .width = 1.0,
    .needs = AED_HEAR_PITCH,
    .of = pitch,
    .back = pitch_back,
};

const aed_feature aed_feature_confidence = {
    .name = "confidence",
    .doc = "of the pitch: 0 noise, 1 periodic",
    .width = 0.04,
    .needs = AED_HEAR_PITCH,
    .of = confidence,
    .back = confidence_back,
};

const aed_feature aed_feature_inharmonicity = {
    .name = "inharmonicity",
    .doc = "power away from the harmonics of f0, 0 to 1",
    .width = 0.04,
    .needs = AED_HEAR_PITCH | AED_HEAR_FINE,
    .of = inharmonicity,
    .back = inharmonicity_back,
};
