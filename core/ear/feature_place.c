/* feature_place.c: where in the mel bands the power lies. With A[b] of feature.h, B bands,
 *
 *     S           = sum_b A[b] + 1e-8,   p[b] = A[b] / S,   u[b] = b / (B - 1), 0 with one band
 *     centroid    = c = sum_b p[b] u[b]                                       0 … 1
 *     spread      = sqrt(V + 1e-6) - 1e-3,   V = sum_b p[b] (u[b] - c)^2      0 … 0.5
 *     rolloff     = (lowest b with sum_{i<=b} p[i] >= .95) / B                0 … 1; 0 with none
 *     softrolloff = mean_b s(T[b]),   T[b] = sum_{i>b} p[i]                   0 … 1
 *
 * centroid and rolloff are spectral_stats of the AE-DDSP seed, word for word, on the mel power
 * spectrogram (the seed fed its logarithm). rolloff jumps from band to band: it has no gradient.
 * softrolloff counts the bands that have more than 5 % of the power above them, with a soft edge:
 *
 *     s(T) = (e((T - .05) / .01) - e(-5)) / (1 - e(-5)),   e(z) = 1 / (1 + exp -z),   s(0) = 0
 *
 * One band alone has the same rolloff in both; silence has 0 in all four. Kinks: none (in spread,
 * the 1e-6 rounds the root's off). */
#include <math.h>

#include "feature.h"

static const double guard = 1e-8; /* the seed's, in divisors */
static const double least =
    1e-3; /* of spread: narrower than a thousandth of the bands is not told */
static const double above = 0.05; /* share of the power above the rolloff */
static const double edge = 0.01;  /* softness of the count */

static double total(const aed_heard *h)
{
    double sum = 0.0;

    for (size_t b = 0; b < h->bands; b++)
        sum += h->mean_mel[b];
    return sum + guard;
}

static double step_of(const aed_heard *h)
{
    return h->bands > 1 ? 1.0 / (double)(h->bands - 1) : 0.0;
}

static void centroid(double *phi, const aed_heard *h)
{
    const double step = step_of(h);
    double sum = 0.0;

    for (size_t b = 0; b < h->bands; b++)
        sum += h->mean_mel[b] * (double)b * step;
    *phi = sum / total(h);
}

/* dc/dA[b] = (u[b] - c) / S */
static void centroid_back(
    aed_heard_gradient g, const double *dphi, const double *phi, const aed_heard *h)
{
    const double step = step_of(h), slope = *dphi / total(h);

    for (size_t b = 0; b < h->bands; b++)
        g.dmean_mel[b] += slope * ((double)b * step - *phi);
}

static void spread(double *phi, const aed_heard *h)
{
    const double step = step_of(h);
    double c, sum = 0.0;

    centroid(&c, h);
    for (size_t b = 0; b < h->bands; b++)
        sum += h->mean_mel[b] * ((double)b * step - c) * ((double)b * step - c);
    *phi = sqrt(sum / total(h) + least * least) - least;
}

/* With R = sqrt(V + 1e-6):
 *
 *     dV/dA[b] = ((u[b] - c)^2 - V) / S + dV/dc dc/dA[b],   dspread = dV / (2 R)
 *     dV/dc    = -2 sum_b p[b] (u[b] - c) = -2 c 1e-8 / S,   for sum_b A[b] u[b] = c S */
static void spread_back(
    aed_heard_gradient g, const double *dphi, const double *phi, const aed_heard *h)
{
    const double step = step_of(h), S = total(h), root = *phi + least;
    const double V = root * root - least * least, slope = *dphi / (2.0 * root * S);
    double c;

    centroid(&c, h);
    for (size_t b = 0; b < h->bands; b++)
    {
        const double off = (double)b * step - c;

        g.dmean_mel[b] += slope * (off * off - V - 2.0 * c * guard / S * off);
    }
}

static void rolloff(double *phi, const aed_heard *h)
{
    const double all = total(h);
    double sum = 0.0;

    *phi = 0.0;
    for (size_t b = 0; b < h->bands; b++)
    {
        sum += h->mean_mel[b];
        if (sum / all >= 1.0 - above)
        {
            *phi = (double)b / (double)h->bands;
            return;
        }
    }
}

static double squash(double T)
{
    return 1.0 / (1.0 + exp((above - T) / edge));
}

static void softrolloff(double *phi, const aed_heard *h)
{
    const double all = total(h), none = squash(0.0);
    double higher = 0.0, sum = 0.0;

    for (size_t b = h->bands; b-- > 0;)
    {
        sum += squash(higher / all) - none;
        higher += h->mean_mel[b];
    }
    *phi = sum / ((1.0 - none) * (double)h->bands);
}

/* dT[b]/dA[i] = ([i > b] - T[b]) / S. With w[b] = dL/dT[b]:
 *
 *     dL/dA[i] = (sum_{b<i} w[b] - sum_b w[b] T[b]) / S */
static void softrolloff_back(
    aed_heard_gradient g, const double *dphi, const double *phi, const aed_heard *h)
{
    const double all = total(h), slope = *dphi / ((1.0 - squash(0.0)) * (double)h->bands * edge);
    double higher = 0.0, common = 0.0, below = 0.0, *w = h->scratch;

    (void)phi;
    for (size_t b = h->bands; b-- > 0;)
    {
        const double s = squash(higher / all);

        w[b] = slope * s * (1.0 - s);
        common += w[b] * higher / all;
        higher += h->mean_mel[b];
    }
    for (size_t b = 0; b < h->bands; b++)
    {
        g.dmean_mel[b] += (below - common) / all;
        below += w[b];
    }
}

const aed_feature aed_feature_centroid = {
    .name = "centroid",
    .doc = "mean mel band by power, 0 … 1",
    .width = 0.05,
    .of = centroid,
    .back = centroid_back,
};

const aed_feature aed_feature_spread = {
    .name = "spread",
    .doc = "how far from the centroid the power lies",
    .width = 0.05,
    .of = spread,
    .back = spread_back,
};

const aed_feature aed_feature_rolloff = {
    .name = "rolloff",
    .doc = "mel band with 95 % of power below: no gradient",
    .width = 0.05,
    .of = rolloff,
};

const aed_feature aed_feature_softrolloff = {
    .name = "softrolloff",
    .doc = "rolloff with a soft edge: has a gradient",
    .width = 0.05,
    .of = softrolloff,
    .back = softrolloff_back,
};
