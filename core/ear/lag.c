#include "lag.h"

#include <math.h>
#include <string.h>

#include "base/arena.h"
#include "base/fft.h"
#include "base/hot.h"

static const double two_pi = 6.283185307179586;
static const double loudest = 1e100; /* of |x| */
static const double lowest_hz = 40.0;
static const double frame_s = 0.17;
static const double eps = 1e-10; /* of the strongest bin */

enum
{
    PER_OCTAVE = 96,
    AROUND = PER_OCTAVE / 2, /* bins to either side that whitening looks at */
    REACH = 3 * PER_OCTAVE,  /* longest lag */
    PAD = 2,         /* a frame is followed by as much silence: twice as many bins to read from */
    SHORTEST_N = 64, /* samples in a sound */
    LONGEST_N = 1 << 24,
};

struct aed_lag
{
    aed_arena arena; /* holds this struct too */
    aed_fft *fft;
    size_t n;                     /* samples in a sound */
    size_t frame_n, size, frames; /* size: of the transform, PAD frame_n */
    size_t bins;                  /* on the logarithmic axis */
    double *window;               /* [frame_n] */
    double *frame, *spectrum;     /* [size], [size + 2] */
    double *power;                /* [size/2 + 1] summed over frames */
    double *place;                /* [bins + 1] of bin m in power; fractional */
    double *loud;                 /* [bins] ln of power */
    double *here, *target;        /* [REACH + bins + REACH] a and a*, zeros on either side */
    double *targets[AED_LAG_TARGETS];
    size_t n_targets;
};

/* ---- new and free ---- */

/* The power of two next to frame_s, or the largest that the sound fills. */
static size_t frame_of(double sr_hz, size_t n)
{
    size_t frame_n = SHORTEST_N;

    while (1.5 * (double)frame_n < frame_s * sr_hz && frame_n < 32768 && 2 * frame_n <= n)
        frame_n *= 2;
    return frame_n;
}

static void shape(aed_lag *l, double sr_hz)
{
    l->frame_n = frame_of(sr_hz, l->n);
    l->size = PAD * l->frame_n;
    l->frames = 1 + (l->n - l->frame_n) / (l->frame_n / 2);
    l->bins = (size_t)(PER_OCTAVE * log2(0.5 * sr_hz / lowest_hz));
}

static void layout(aed_lag *l, aed_arena *a)
{
    l->window = aed_arena_doubles(a, l->frame_n);
    l->frame = aed_arena_doubles(a, l->size);
    l->spectrum = aed_arena_doubles(a, l->size + 2);
    l->power = aed_arena_doubles(a, l->size / 2 + 1);
    l->place = aed_arena_doubles(a, l->bins + 1);
    l->loud = aed_arena_doubles(a, l->bins);
    l->here = aed_arena_doubles(a, l->bins + 2 * REACH);
    for (size_t k = 0; k < l->n_targets; k++)
        l->targets[k] = aed_arena_doubles(a, l->bins + 2 * REACH);
    l->target = l->targets[0];
}

static void fill(aed_lag *l, double sr_hz)
{
    for (size_t i = 0; i < l->frame_n; i++)
        l->window[i] = 0.5 - 0.5 * cos(two_pi * (double)i / (double)l->frame_n);
    for (size_t m = 0; m <= l->bins; m++)
        l->place[m] = lowest_hz * exp2((double)m / PER_OCTAVE) * (double)l->size / sr_hz;
}

static aed_status check(double sr_hz, size_t n, size_t targets, aed_error *e)
{
    if (!(sr_hz >= 1e3 && sr_hz <= 1e6)) /* NaN is refused too */
        return aed_fail(e, AED_E_ARG, "sample rate: got %g Hz, allowed are 1000 … 1000000", sr_hz);
    if (n < SHORTEST_N || n > LONGEST_N)
        return aed_fail(
            e, AED_E_ARG, "sound: got %zu samples, allowed are %d … %d", n, SHORTEST_N, LONGEST_N);
    if (targets < 1 || targets > AED_LAG_TARGETS)
        return aed_fail(
            e, AED_E_ARG, "targets: got %zu, allowed are 1 … %d", targets, AED_LAG_TARGETS);
    return AED_OK;
}

aed_lag *aed_lag_new(double sr_hz, size_t n, size_t targets, aed_error *e)
{
    aed_lag draft = {.n = n, .n_targets = targets};
    aed_arena a = {0};

    if (check(sr_hz, n, targets, e))
        return NULL;
    shape(&draft, sr_hz);
    (void)aed_arena_take(&a, sizeof draft);
    layout(&draft, &a);
    if (aed_arena_open(&a))
    {
        (void)aed_fail(e, AED_E_MEMORY, "lag: no memory for frames of %zu samples", draft.frame_n);
        return NULL;
    }
    aed_lag *l = aed_arena_take(&a, sizeof *l);

    *l = draft;
    layout(l, &a);
    l->arena = a;
    fill(l, sr_hz);
    l->fft = aed_fft_new(l->size, e);
    if (!l->fft)
    {
        aed_lag_free(l);
        return NULL;
    }
    return l;
}

void aed_lag_free(aed_lag *l)
{
    if (!l)
        return;
    aed_fft_free(l->fft);
    aed_arena_close(&l->arena); /* the last: it holds *l itself */
}

/* ---- whitened partials of a sound ---- */

AED_HOT static void multiply(
    double *restrict y, const double *restrict a, const double *restrict b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        y[i] = a[i] * b[i];
}

AED_HOT static void add_power(double *restrict power, const double *restrict spectrum, size_t n)
{
    for (size_t k = 0; k < n; k++)
        power[k] += spectrum[2 * k] * spectrum[2 * k] + spectrum[2 * k + 1] * spectrum[2 * k + 1];
}

static void add_frame(aed_lag *l, const double *x)
{
    multiply(l->frame, x, l->window, l->frame_n); /* the silence behind it stays */
    aed_fft_forward(l->fft, l->spectrum, l->frame);
    add_power(l->power, l->spectrum, l->size / 2 + 1);
}

/* Power at place p: the mean of what lies within a bin of the logarithmic axis, and between two
 * bins of the transform where these are wider. */
static double power_at(const aed_lag *l, size_t m)
{
    const double p = l->place[m], width = l->place[m + 1] - p;
    const size_t first = (size_t)p, last = (size_t)(p + width);
    const size_t most = l->size / 2;
    double sum = 0.0;

    if (width < 1.0)
        return l->power[first] + (p - (double)first) * (l->power[first + 1] - l->power[first]);
    for (size_t k = first; k <= last; k++)
        sum += l->power[k <= most ? k : most];
    return sum / (double)(last - first + 1);
}

/* a of lag.h from loud: what stands above the mean around it. */
static void whiten(double *a, const double *loud, size_t bins)
{
    double sum = 0.0;
    size_t from = 0, to = 0; /* the mean is over from … to - 1 */

    for (size_t m = 0; m < bins; m++)
    {
        for (; to < bins && to <= m + AROUND; to++)
            sum += loud[to];
        for (; from + AROUND < m; from++)
            sum -= loud[from];
        a[m] = fmax(loud[m] - sum / (double)(to - from), 0.0);
    }
}

static void listen(double *a, aed_lag *l, const double *x)
{
    double most = 0.0;

    memset(l->power, 0, (l->size / 2 + 1) * sizeof *l->power);
    for (size_t t = 0; t < l->frames; t++)
        add_frame(l, x + t * (l->frame_n / 2));
    for (size_t m = 0; m < l->bins; m++)
    {
        l->loud[m] = power_at(l, m);
        most = fmax(most, l->loud[m]);
    }
    for (size_t m = 0; m < l->bins; m++)
        l->loud[m] = most > 0.0 ? log(l->loud[m] / most + eps) : 0.0;
    whiten(a + REACH, l->loud, l->bins);
}

static aed_status check_sound(const aed_lag *l, const double *x, aed_error *e)
{
    for (size_t i = 0; i < l->n; i++)
        if (!(fabs(x[i]) <= loudest))
            return aed_fail(
                e, AED_E_NONFINITE, "sound: got NaN, infinity or a value beyond %g", loudest);
    return AED_OK;
}

void aed_lag_choose(aed_lag *l, size_t k)
{
    l->target = l->targets[k < l->n_targets ? k : l->n_targets - 1];
}

aed_status aed_lag_target(aed_lag *l, const double *x, aed_error *e)
{
    const aed_status status = check_sound(l, x, e);

    if (!status)
        listen(l->target, l, x);
    return status;
}

/* ---- correlation ---- */

/* c(lag), lag from -REACH to REACH. */
AED_HOT static double correlation(const aed_lag *l, int lag)
{
    return aed_dot(l->here + REACH + lag, l->target + REACH, l->bins);
}

static double refined(const aed_lag *l, int lag)
{
    const double b = correlation(l, lag);
    const double a = lag > -REACH ? correlation(l, lag - 1) : 0.0;
    const double c = lag < REACH ? correlation(l, lag + 1) : 0.0;
    const double bend = a - 2.0 * b + c;

    if (lag == -REACH || lag == REACH || bend >= 0.0)
        return (double)lag;
    return (double)lag + fmin(fmax(0.5 * (a - c) / bend, -1.0), 1.0);
}

aed_status aed_lag_listen(aed_lag_result *r, aed_lag *l, const double *x, aed_error *e)
{
    const aed_status status = check_sound(l, x, e);
    double highest = 0.0, chance = 0.0;
    int best = 0;

    if (status)
        return status;
    listen(l->here, l, x);
    for (int lag = -REACH; lag <= REACH; lag++)
    {
        const double c = correlation(l, lag);

        chance += c / (2 * REACH + 1);
        if (c > highest)
        {
            highest = c;
            best = lag;
        }
    }
    *r = (aed_lag_result){0.0, 0.0};
    if (highest <= 0.0)
        return AED_OK;
    const double own = aed_dot(l->here + REACH, l->here + REACH, l->bins);
    const double other = aed_dot(l->target + REACH, l->target + REACH, l->bins);

    r->octaves = refined(l, best) / PER_OCTAVE;
    r->confidence = fmin((highest - chance) / (sqrt(own * other) - chance), 1.0);
    return AED_OK;
}
