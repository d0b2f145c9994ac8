#include "resample.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/hot.h"

static const double pi = 3.141592653589793;
static const double cut = 0.95;     /* c */
static const double half = 68.0;    /* Z */
static const double kaiser = 10.06; /* b */
static const double places = 512.0;

/* h at places 0, 1 … P between two samples of x, a row each. */
typedef struct
{
    double *rows; /* [phases + 1][taps] */
    size_t phases, taps;
} table;

size_t aed_resample_n(size_t n, double from_hz, double to_hz)
{
    return 1 + (size_t)((double)(n - 1) * to_hz / from_hz);
}

/* I0, by its series. */
static double bessel(double x)
{
    double sum = 1.0, term = 1.0;

    for (double k = 1.0; term > 1e-17 * sum; k += 1.0)
    {
        term *= 0.25 * x * x / (k * k);
        sum += term;
    }
    return sum;
}

/* h(u) I0(b) */
static double kernel(double u)
{
    const double v = pi * cut * u, inside = 1.0 - u * u / (half * half);

    if (inside <= 0.0)
        return 0.0;
    return cut * (v == 0.0 ? 1.0 : sin(v) / v) * bessel(kaiser * sqrt(inside));
}

static aed_status table_make(table *t, double g, aed_error *e)
{
    t->phases = (size_t)ceil(places * g);
    t->taps = 2 * (size_t)ceil(half / g);
    t->rows = malloc((t->phases + 1) * t->taps * sizeof *t->rows);
    if (!t->rows)
        return aed_fail(e, AED_E_MEMORY, "resampling: no memory");
    const double scale = g / bessel(kaiser);

    for (size_t p = 0; p <= t->phases; p++)
        for (size_t i = 0; i < t->taps; i++)
        {
            const double at = (double)p / (double)t->phases + (double)(t->taps / 2) - 1.0;

            t->rows[p * t->taps + i] = scale * kernel(g * (at - (double)i));
        }
    return AED_OK;
}

/* The sound at `place`, in samples of x. */
AED_HOT static double sound_at(const table *t, const double *x, size_t n, double place)
{
    const size_t k = (size_t)place, reach = t->taps / 2;
    const size_t before = k + 1 < reach ? reach - k - 1 : 0; /* taps before the sound */
    const size_t first = k + 1 + before - reach;
    const size_t left = t->taps - before;
    const size_t count = first + left < n ? left : n - first;
    const double phase = (place - (double)k) * (double)t->phases;
    const size_t p = (size_t)phase;
    const double *row = t->rows + p * t->taps + before;
    const double a = phase - (double)p;
    const double here = aed_dot(x + first, row, count);

    return a > 0.0 ? here + a * (aed_dot(x + first, row + t->taps, count) - here) : here;
}

aed_status aed_resample(
    double *y, size_t m, const double *x, size_t n, double from_hz, double to_hz, aed_error *e)
{
    table t;

    if (from_hz == to_hz)
    {
        memcpy(y, x, m * sizeof *y);
        return AED_OK;
    }
    if (table_make(&t, fmin(1.0, to_hz / from_hz), e) != AED_OK)
        return AED_E_MEMORY;
    for (size_t i = 0; i < m; i++)
        y[i] = sound_at(&t, x, n, (double)i * from_hz / to_hz);
    free(t.rows);
    return AED_OK;
}
