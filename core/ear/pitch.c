#include <math.h>
#include <string.h>

#include "pitch_inside.h"

static const double pi = 3.141592653589793;
static const double loudest = 1e100;    /* of |x| */
static const double good_enough = 0.92; /* of the highest peak */
static const double half_semitone = 1.0 / 24.0;
static const double lowest_hz = 24.0, highest_hz = 8000.0; /* of aed_pitch_for */

enum
{
    STEPS = AED_PITCH_STEPS,
    REACH = AED_PITCH_REACH
};

/* ---- new and free ---- */

/* Comparisons are written so that NaN is refused. */
static aed_status check(
    double sr_hz, double lo_hz, double hi_hz, size_t frame_n, size_t hop_n, aed_error *e)
{
    if (!(sr_hz >= 1e3 && sr_hz <= 1e6))
        return aed_fail(e, AED_E_ARG, "sample rate: got %g Hz, allowed are 1000 … 1000000", sr_hz);
    if (frame_n < 64 || frame_n > 32768)
        return aed_fail(e, AED_E_ARG, "frame: got %zu samples, allowed are 64 … 32768", frame_n);
    if (hop_n < 1)
        return aed_fail(e, AED_E_ARG, "hop: got 0 samples, allowed are 1 and more");
    if (!(lo_hz >= 2.0 * sr_hz / (double)frame_n && lo_hz < hi_hz && hi_hz <= 0.25 * sr_hz))
        return aed_fail(e, AED_E_ARG,
            "pitch: got %g … %g Hz, allowed are %g … %g with frames of %zu samples", lo_hz, hi_hz,
            2.0 * sr_hz / (double)frame_n, 0.25 * sr_hz, frame_n);
    return AED_OK;
}

static void shape(aed_pitch *p, double lo_hz, double hi_hz)
{
    p->shortest = (size_t)(p->sr_hz / hi_hz);
    p->longest = (size_t)ceil(p->sr_hz / lo_hz);
    p->lags = p->longest + 2 + REACH;
    if (p->lags > p->frame_n)
        p->lags = p->frame_n;
    p->size = 2;
    while (p->size < p->frame_n + p->lags)
        p->size *= 2;
}

static void layout(aed_pitch *p, aed_arena *a)
{
    p->x = aed_arena_doubles(a, p->size);
    p->energy = aed_arena_doubles(a, p->frame_n + 1);
    p->spectrum = aed_arena_doubles(a, p->size + 2);
    p->nacf = aed_arena_doubles(a, p->size);
    p->dnacf = aed_arena_doubles(a, p->lags);
    p->dframe = aed_arena_doubles(a, p->frame_n);
}

/* A sinc under a Hann window that is 0 just beyond its reach. The weights of one place add up to 1:
 * the peak of a sine is flat, and what a place gains or loses would move it. */
static void fill_kernel(aed_pitch *p)
{
    for (size_t s = 0; s < STEPS; s++)
    {
        double sum = 0.0;

        for (size_t k = 0; k < 2 * REACH; k++)
        {
            const double d = (double)s / STEPS - ((double)k - (REACH - 1));
            const double sinc = d == 0.0 ? 1.0 : sin(pi * d) / (pi * d);

            p->kernel[s][k] = sinc * (0.5 + 0.5 * cos(pi * d / (REACH + 1)));
            sum += p->kernel[s][k];
        }
        for (size_t k = 0; k < 2 * REACH; k++)
            p->kernel[s][k] /= sum;
    }
}

aed_pitch *aed_pitch_new(
    double sr_hz, double lo_hz, double hi_hz, size_t frame_n, size_t hop_n, aed_error *e)
{
    aed_pitch draft = {.sr_hz = sr_hz, .frame_n = frame_n, .hop_n = hop_n};
    aed_arena a = {0};

    if (check(sr_hz, lo_hz, hi_hz, frame_n, hop_n, e))
        return NULL;
    shape(&draft, lo_hz, hi_hz);
    (void)aed_arena_take(&a, sizeof draft);
    layout(&draft, &a);
    if (aed_arena_open(&a))
    {
        (void)aed_fail(e, AED_E_MEMORY, "pitch: no memory for frames of %zu samples", frame_n);
        return NULL;
    }
    aed_pitch *p = aed_arena_take(&a, sizeof *p);

    *p = draft;
    layout(p, &a);
    p->arena = a;
    fill_kernel(p);
    p->fft = aed_fft_new(p->size, e);
    if (!p->fft)
    {
        aed_pitch_free(p);
        return NULL;
    }
    return p;
}

aed_pitch *aed_pitch_for(double sr_hz, size_t n, aed_error *e)
{
    size_t frame_n = 64;

    while (frame_n < 32768 && (double)frame_n < 4.0 * sr_hz / lowest_hz && 2 * frame_n <= n)
        frame_n *= 2;
    const double lo_hz = fmax(lowest_hz, 2.0 * sr_hz / (double)frame_n);
    const double hi_hz = fmin(0.25 * sr_hz, fmax(highest_hz, 2.0 * lo_hz));
    const size_t hop_n = n / AED_PITCH_FRAMES > frame_n ? n / AED_PITCH_FRAMES : frame_n;

    return aed_pitch_new(sr_hz, lo_hz, hi_hz, frame_n, hop_n, e);
}

void aed_pitch_free(aed_pitch *p)
{
    if (!p)
        return;
    aed_fft_free(p->fft);
    aed_arena_close(&p->arena); /* the last: it holds *p itself */
}

/* ---- one frame ---- */

/* x without its mean into p->x, silence after it, and energy[i] = sum of the squares before i.
 * Returns the energy of all, -1 when a sample cannot be heard. */
static double take_frame(aed_pitch *p, const double *x, size_t n)
{
    double mean = 0.0;

    for (size_t i = 0; i < n; i++)
    {
        if (!(fabs(x[i]) <= loudest))
            return -1.0;
        mean += x[i] / (double)n;
    }
    for (size_t i = 0; i < n; i++)
        p->x[i] = x[i] - mean;
    memset(p->x + n, 0, (p->size - n) * sizeof *p->x);
    for (size_t i = 0; i < p->frame_n; i++)
        p->energy[i + 1] = p->energy[i] + p->x[i] * p->x[i];
    return p->energy[p->frame_n];
}

/* r is the transform of |X|^2; the silence after the frame keeps it from wrapping round. */
static void autocorrelate(aed_pitch *p, double energy)
{
    aed_fft_forward(p->fft, p->spectrum, p->x);
    for (size_t k = 0; k <= p->size; k += 2)
    {
        const double re = p->spectrum[k], im = p->spectrum[k + 1];

        p->spectrum[k] = re * re + im * im;
        p->spectrum[k + 1] = 0.0;
    }
    aed_fft_inverse(p->fft, p->nacf, p->spectrum);
    for (size_t l = 0; l < p->lags; l++)
    {
        const double head = p->energy[p->frame_n - l], tail = energy - p->energy[l];
        const double norm = sqrt(head) * sqrt(fmax(tail, 0.0)); /* rounding may go below 0 */

        p->nacf[l] = norm > aed_pitch_empty * energy ? p->nacf[l] / (norm * (double)p->size) : 0.0;
    }
}

/* nacf at lag l + s/STEPS. Beyond the last lag that is known it is taken for 0, below lag 0 for what
 * it is there: even. */
static double between(const aed_pitch *p, size_t l, size_t s)
{
    double sum = 0.0;

    for (size_t k = 0; k < 2 * REACH; k++)
    {
        const size_t at = l + k + 1;
        const size_t lag = at >= REACH ? at - REACH : REACH - at;

        if (lag < p->lags)
            sum += p->kernel[s][k] * p->nacf[lag];
    }
    return sum;
}

/* The peak within a lag of l, where nacf is highest of all whole lags around. */
static aed_pitch_peak refine(const aed_pitch *p, size_t l)
{
    double v[2 * STEPS + 1];
    size_t best = 1;

    for (size_t i = 0; i <= 2 * STEPS; i++)
        v[i] = between(p, l - 1 + i / STEPS, i % STEPS);
    for (size_t i = 2; i < 2 * STEPS; i++)
        best = v[i] > v[best] ? i : best;

    const double a = v[best - 1], b = v[best], c = v[best + 1];
    const double bend = a - 2.0 * b + c;
    const double d = bend < 0.0 ? fmin(fmax(0.5 * (a - c) / bend, -1.0), 1.0) : 0.0;

    return (aed_pitch_peak){.lag = (double)(l - 1) + ((double)best + d) / STEPS,
        .height = b - 0.25 * (a - c) * d,
        .place = STEPS * (l - 1) + best,
        .off = d,
        .bend = bend};
}

/* From lag *l on: the highest lag of the next stretch where nacf is positive, 0 when there is none
 * any more. *l: after the stretch. */
static size_t next_lobe(const aed_pitch *p, size_t *l)
{
    size_t best;

    while (*l <= p->longest && p->nacf[*l] <= 0.0)
        ++*l;
    best = *l;
    for (; *l <= p->longest && p->nacf[*l] > 0.0; ++*l)
        best = p->nacf[*l] > p->nacf[best] ? *l : best;
    /* Not a peak where the search ended on a slope. */
    if (best >= p->longest && !(best == p->longest && p->nacf[best] > p->nacf[best + 1]))
        return 0;
    return best;
}

/* The first peak from lag `from` on that is at least `least` high; with take_highest the highest. */
static aed_pitch_peak search(const aed_pitch *p, size_t from, double least, int take_highest)
{
    aed_pitch_peak found = {.height = 0.0};

    for (size_t l = from, at; (at = next_lobe(p, &l)) != 0;)
    {
        /* Between two lags a peak is less than twice as high as at the nearer one. */
        if (at < p->shortest || 2.0 * p->nacf[at] < fmax(least, found.height))
            continue;
        const aed_pitch_peak here = refine(p, at);

        if (here.height >= least && here.height > found.height)
            found = here;
        if (found.height > 0.0 && !take_highest)
            break;
    }
    return found;
}

aed_pitch_frame aed_pitch_hear(aed_pitch *p, aed_pitch_peak *chosen, const double *x, size_t n)
{
    const double energy = take_frame(p, x, n);
    aed_pitch_frame f = {0.0, 0.0, 0.0};
    size_t from = 0;

    if (!(energy > 0.0 && energy <= loudest * loudest * (double)n))
        return f;
    autocorrelate(p, energy);
    while (from <= p->longest && p->nacf[from] > 0.0)
        from++;

    const double highest = search(p, from, 0.0, 1).height;

    *chosen = search(p, from, good_enough * highest, 0);
    f.power = energy / (double)n;
    if (chosen->lag > 0.0)
    {
        f.f0_hz = p->sr_hz / chosen->lag;
        f.confidence = fmin(chosen->height, 1.0);
    }
    return f;
}

size_t aed_pitch_track(
    aed_pitch *p, aed_pitch_frame *frames, size_t most, const double *x, size_t n)
{
    aed_pitch_peak peak;
    size_t t = 0;

    if (most > 0 && n > 0 && n < p->frame_n)
        frames[t++] = aed_pitch_hear(p, &peak, x, n);
    for (size_t at = 0; t < most && n >= p->frame_n && at <= n - p->frame_n; at += p->hop_n)
        frames[t++] = aed_pitch_hear(p, &peak, x + at, p->frame_n);
    return t;
}

/* ---- all frames ---- */

static double weight(const aed_pitch_frame *f)
{
    return f->power * f->confidence;
}

/* The lowest f0 with at least half of the weight at or below it; 0 without any weight. */
static double median_hz(const aed_pitch_frame *frames, size_t n, double all)
{
    double median = 0.0;

    for (size_t i = 0; i < n; i++)
    {
        const double hz = frames[i].f0_hz;
        double below = 0.0;

        if (!(weight(&frames[i]) > 0.0) || (median > 0.0 && hz >= median))
            continue;
        for (size_t j = 0; j < n; j++)
            below += frames[j].f0_hz <= hz ? weight(&frames[j]) : 0.0;
        if (below >= 0.5 * all)
            median = hz;
    }
    return median;
}

int aed_pitch_near(const aed_pitch_frame *f, double hz)
{
    return f->f0_hz > 0.0 && fabs(log2(f->f0_hz / hz)) <= half_semitone;
}

aed_pitch_frame aed_pitch_median(const aed_pitch_frame *frames, size_t n)
{
    double all = 0.0, power = 0.0, near = 0.0;

    for (size_t i = 0; i < n; i++)
    {
        all += weight(&frames[i]);
        power += frames[i].power;
    }
    const double hz = median_hz(frames, n, all);

    for (size_t i = 0; i < n && hz > 0.0; i++)
        if (aed_pitch_near(&frames[i], hz))
            near += weight(&frames[i]);
    return (aed_pitch_frame){hz, power > 0.0 ? near / power : 0.0, n ? power / (double)n : 0.0};
}
