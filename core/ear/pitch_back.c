/* pitch_back.c: how f0 and its confidence change with the samples.
 *
 * Which lobe and which three places of nacf count is a choice, and choices have no slope; everything
 * after it has. With a, b, c the three values, q = a - 2b + c and d = (a - c) / (2q):
 *
 *     lag    = (place + d) / STEPS      dd/d(a, b, c) = ((1 - 2d) / 2q, 2d / q, -(1 + 2d) / 2q)
 *     height = b - (a - c) d / 4        dheight/d(…)  = (d (d - 1) / 2, 1 - d^2, d (d + 1) / 2)
 *
 * a, b and c are sums of nacf at whole lags; and with H and T the energies of the samples before the
 * last l and from the l-th on, nacf(l) = r(l) / sqrt(H T):
 *
 *     dnacf(l)/dx[i] = (x[i+l] + x[i-l]) / sqrt(H T) - nacf(l) (x[i] [i < n - l] / H + x[i] [i >= l] / T)
 *
 * Of all frames only the median one moves f0; the confidence is sum near p_t c_t / sum p_t.
 * Kinks: where the choice changes, and at confidence 1. */
#include <math.h>
#include <string.h>

#include "base/hot.h"
#include "pitch_inside.h"

enum
{
    STEPS = AED_PITCH_STEPS,
    REACH = AED_PITCH_REACH
};

/* The adjoint of reading nacf at a place. */
static void spread(aed_pitch *p, size_t place, double g)
{
    const size_t l = place / STEPS, s = place % STEPS;

    for (size_t k = 0; k < 2 * REACH; k++)
    {
        const size_t at = l + k + 1;
        const size_t lag = at >= REACH ? at - REACH : REACH - at;

        if (lag < p->lags)
            p->dnacf[lag] += g * p->kernel[s][k];
    }
}

AED_HOT static void add_scaled(double *restrict y, const double *restrict x, double share, size_t n)
{
    for (size_t i = 0; i < n; i++)
        y[i] += share * x[i];
}

/* dframe += g dnacf(l)/dx */
static void pull_lag(aed_pitch *p, size_t l, double g)
{
    const size_t n = p->frame_n;
    const double energy = p->energy[n], head = p->energy[n - l], tail = energy - p->energy[l];
    const double norm = sqrt(head) * sqrt(fmax(tail, 0.0));

    if (!(norm > aed_pitch_empty * energy))
        return; /* nacf was set to 0 */
    add_scaled(p->dframe, p->x + l, g / norm, n - l);
    add_scaled(p->dframe + l, p->x, g / norm, n - l);
    add_scaled(p->dframe, p->x, -g * p->nacf[l] / head, n - l);
    add_scaled(p->dframe + l, p->x + l, -g * p->nacf[l] / tail, n - l);
}

/* dx [n] += what dlag and dheight of the peak, and dpower of the frame, are with respect to it. */
static void pull_frame(aed_pitch *p, double *dx, const aed_pitch_peak *peak, double dlag,
    double dheight, double dpower, size_t n)
{
    const double d = peak->off, q = peak->bend;
    const double dd = q < 0.0 && fabs(d) < 1.0 ? dlag / STEPS : 0.0;
    double mean = 0.0;

    memset(p->dnacf, 0, p->lags * sizeof *p->dnacf);
    memset(p->dframe, 0, p->frame_n * sizeof *p->dframe);
    if (dd != 0.0 || dheight != 0.0)
    {
        const double bent = q < 0.0 ? dd / q : 0.0;

        spread(p, peak->place - 1, 0.5 * bent * (1.0 - 2.0 * d) + 0.5 * dheight * d * (d - 1.0));
        spread(p, peak->place, 2.0 * bent * d + dheight * (1.0 - d * d));
        spread(p, peak->place + 1, -0.5 * bent * (1.0 + 2.0 * d) + 0.5 * dheight * d * (d + 1.0));
    }
    for (size_t l = 0; l < p->lags; l++)
        if (p->dnacf[l] != 0.0)
            pull_lag(p, l, p->dnacf[l]);
    add_scaled(p->dframe, p->x, 2.0 * dpower / (double)n, n);
    for (size_t i = 0; i < n; i++)
        mean += p->dframe[i] / (double)n;
    for (size_t i = 0; i < n; i++)
        dx[i] += p->dframe[i] - mean;
}

static size_t median_frame(const aed_pitch_frame *frames, size_t n, double hz)
{
    size_t t = 0;

    while (t < n && frames[t].f0_hz != hz)
        t++;
    return t;
}

void aed_pitch_pull(aed_pitch *p, double *dx, double df0, double dconfidence,
    const aed_pitch_frame *frames, size_t n_frames, const double *x, size_t n)
{
    const aed_pitch_frame whole = aed_pitch_median(frames, n_frames);
    const size_t median = median_frame(frames, n_frames, whole.f0_hz);
    const size_t frame_n = n < p->frame_n ? n : p->frame_n;
    const double all = whole.power * (double)n_frames;

    for (size_t t = 0; t < n_frames && whole.f0_hz > 0.0; t++)
    {
        const int near = aed_pitch_near(&frames[t], whole.f0_hz);
        const double dpower =
            dconfidence * ((near ? frames[t].confidence : 0.0) - whole.confidence) / all;
        aed_pitch_peak peak = {.height = 0.0};

        if (aed_pitch_hear(p, &peak, x + t * p->hop_n, frame_n).power <= 0.0)
            continue;
        const double dheight =
            near && peak.height < 1.0 ? dconfidence * frames[t].power / all : 0.0;
        const double dlag = t == median ? -df0 * whole.f0_hz * whole.f0_hz / p->sr_hz : 0.0;

        if (dlag != 0.0 || dheight != 0.0 || dpower != 0.0)
            pull_frame(p, dx + t * p->hop_n, &peak, dlag, dheight, dpower, frame_n);
    }
}
