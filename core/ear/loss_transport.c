/* loss_transport.c: how far power has to be carried along the frequency axis, in octaves.
 *
 *     term = mean over resolutions of sum over frames of w W
 *     W    = sum_{k=2}^{K-2} h(F[k] - G[k]) log2((k + 1) / k)        K bins, places at log2 k
 *     F[k] = sum_{i=2}^{k} P[i] / (S + g),   S = sum_{i=2}^{K-1} P[i];   G: the target's, likewise
 *     w    = S* / (sum over frames of S*)                            frames count as the target is loud
 *     h(d) = sqrt(d^2 + c^2) - c,   c = 1e-3                         |d| with its kink rounded off
 *     g    = 1e-6 of the mean over frames of S*                      keeps a silent frame finite
 *
 * It is the Wasserstein distance of order 1 of two spectra (as Torres, Peeters and Richard, "Unsupervised
 * harmonic parameter estimation using differentiable DSP and spectral optimal transport", ICASSP 2024), on a
 * logarithmic axis without regrouping bins. A sound an octave away has loss 1, and the gradient points home
 * from any distance where log-mel's is blind; of another brightness, though, it asks for another pitch, and
 * noise outweighs everything. Hence weight 0: a lag (lag.h) is the better guide, this one is a loss.
 * Where window edges are reflected the phase breaks, and what that spreads is carried too: the gradient is at
 * its best over whole frames (make study-pitch has them).
 * Bins 0 and 1, which DC reaches, are left out. Loudness is not heard. Kinks: none.
 *
 * With D[k] = log2((k+1)/k) and C[k] the numerator of F[k],
 *
 *     dW/dP[j] = sum_k h'(d_k) D[k] (1{j <= k} / (S + g) - C[k] / (S + g)^2)
 *              = (s_j - sum_k h'(d_k) D[k] F[k]) / (S + g),   s_j = sum_{k >= j} h'(d_k) D[k]
 *
 * where j <= k only matters within 2 … K-2; for j = K-1 s_j is 0. */
#include <math.h>

#include "loss.h"

enum
{
    FIRST = 2,
    HEAD = 8 /* doubles in front: the first is sum over frames of S* */
};

static const double c = 1e-3, silent = 1e-6;

/* What is kept of the target: D [bins], S* [frames], G [frames][bins]. */
typedef struct
{
    double *all, *octaves, *power, *g;
} record;

static size_t keep_n(const aed_resolution *of)
{
    return HEAD + of->bins + of->frames + of->frames * of->bins;
}

static record record_of(double *kept, const aed_resolution *of)
{
    double *octaves = kept + HEAD, *power = octaves + of->bins;

    return (record){kept, octaves, power, power + of->frames};
}

static double guard(double all, const aed_resolution *of)
{
    return silent * all / (double)of->frames;
}

static double sum_of(const double *power, size_t bins)
{
    double sum = 0.0;

    for (size_t k = FIRST; k < bins; k++)
        sum += power[k];
    return sum;
}

/* The guard is known only when the last frame has come: sums become shares then. */
static void make_shares(const record *r, const aed_resolution *of)
{
    const double g = guard(*r->all, of);

    for (size_t t = 0; t < of->frames; t++)
        for (size_t k = FIRST; k < of->bins; k++)
            r->g[t * of->bins + k] = r->g[t * of->bins + k] / fmax(r->power[t] + g, 1e-300);
}

static void keep(double *kept, const aed_frame *target)
{
    const aed_resolution *of = target->of;
    const record r = record_of(kept, of);
    double *g = r.g + target->t * of->bins, sum = 0.0;

    if (target->t == 0)
    {
        *r.all = 0.0;
        for (size_t k = 1; k < of->bins; k++)
            r.octaves[k] = log2((double)(k + 1) / (double)k);
    }
    for (size_t k = FIRST; k < of->bins; k++)
        g[k] = sum += target->power[k];
    r.power[target->t] = sum;
    *r.all += sum;
    if (target->t + 1 == of->frames)
        make_shares(&r, of);
}

/* One frame: its shares are what comes in times `scale`. */
typedef struct
{
    const double *power, *g, *octaves;
    size_t bins;
    double scale;
} frames;

/* Sums over all k. */
typedef struct
{
    double w, slopes, slopes_f; /* W, sum h' D, sum h' D F */
} sums;

static sums compare(const frames *f)
{
    sums s = {0.0, 0.0, 0.0};
    double share = 0.0;

    for (size_t k = FIRST; k + 1 < f->bins; k++)
    {
        share += f->power[k] * f->scale;
        const double d = share - f->g[k], root = sqrt(d * d + c * c);
        const double slope = d / root * f->octaves[k];

        s.w += (root - c) * f->octaves[k];
        s.slopes += slope;
        s.slopes_f += slope * share;
    }
    return s;
}

/* dpower += weight dW/dP: s_j is what the sum of slopes leaves from j on. */
static void go_back(double *dpower, const frames *f, const sums *s, double weight)
{
    double share = 0.0, left = s->slopes;

    for (size_t j = FIRST; j < f->bins; j++)
    {
        if (j + 1 == f->bins)
            left = 0.0; /* but for rounding */
        dpower[j] += weight * f->scale * (left - s->slopes_f);
        share += f->power[j] * f->scale;
        const double d = share - f->g[j];

        left -= d / sqrt(d * d + c * c) * f->octaves[j];
    }
}

static double frame(aed_frame_gradient g, const aed_frame *x, const double *kept, double weight)
{
    const aed_resolution *of = x->of;
    const double *octaves = kept + HEAD, *power = octaves + of->bins;
    const double *shares = power + of->frames + x->t * of->bins;
    const double all = kept[0];

    if (all <= 0.0)
        return 0.0; /* the target is silent: there is nothing to carry */
    const double share = power[x->t] / (all * (double)of->resolutions);
    const frames f = {
        x->power, shares, octaves, of->bins, 1.0 / (sum_of(x->power, of->bins) + guard(all, of))};
    const sums s = compare(&f);

    if (g.dpower)
        go_back(g.dpower, &f, &s, weight * share);
    return share * s.w;
}

const aed_loss aed_loss_transport = {
    .name = "transport",
    .doc = "octaves that power has to be carried to be the target's",
    .default_weight = 0.0,
    .keep_n = keep_n,
    .keep = keep,
    .frame = frame,
};
