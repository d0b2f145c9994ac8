#include "common.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"

static aed_rng rng = {12345, 0};

double test_uniform(double lo, double hi)
{
    return lo + (hi - lo) * aed_rng_uniform(&rng);
}

void test_seed(size_t seed)
{
    rng = (aed_rng){seed, 0};
}

void test_fill(double *x, size_t n, double lo, double hi)
{
    for (size_t i = 0; i < n; i++)
        x[i] = test_uniform(lo, hi);
}

static FILE *golden_open(const char *file)
{
    char path[512];

    snprintf(path, sizeof path, "tests/ref/data/%s", file);
    FILE *f = fopen(path, "r");
    if (!f)
        fail_msg("cannot open %s (tests run from the project's root)", path);
    return f;
}

golden golden_read(const char *file, const char *name)
{
    FILE *f = golden_open(file);
    int arrays = 0;

    assert_int_equal(fscanf(f, "AEGOLD1 %d", &arrays), 1);
    while (arrays-- > 0)
    {
        golden g = {.n = 1};
        char found[64];
        int n_dims;

        assert_int_equal(fscanf(f, " @ %63s %d", found, &n_dims), 2);
        for (int i = 0; i < n_dims; i++)
        {
            assert_int_equal(fscanf(f, "%zu", &g.dims[i]), 1);
            g.n *= g.dims[i];
        }
        g.v = malloc(g.n * sizeof *g.v);
        for (size_t i = 0; i < g.n; i++)
            assert_int_equal(fscanf(f, "%lf", &g.v[i]), 1);
        if (strcmp(found, name) == 0)
        {
            fclose(f);
            return g;
        }
        free(g.v);
    }
    fclose(f);
    fail_msg("%s has no array '%s'", file, name);
    return (golden){0};
}

void golden_free(golden *g)
{
    free(g->v);
    *g = (golden){0};
}

double worse_of(double a, double b)
{
    return isnan(a) || a > b ? a : b;
}

double relative_to_largest(const double *a, const double *b, size_t n)
{
    double worst = 0.0, largest = 0.0;

    for (size_t i = 0; i < n; i++)
    {
        const double d = fabs(a[i] - b[i]);

        if (isnan(d))
            return NAN;
        worst = fmax(worst, d);
        largest = fmax(largest, fabs(b[i]));
    }
    return worst / largest;
}

int gradient_agrees(double a, double b, double largest, double tolerance)
{
    return fabs(a - b) <= tolerance * fmax(fmax(fabs(a), fabs(b)), 1e-3 * largest);
}

static long double at(double *x, size_t i, double value, loss_fn loss, void *context)
{
    const double kept = x[i];

    x[i] = value;
    const long double l = loss(x, context);
    x[i] = kept;
    return l;
}

static int is_kinked(double right, double left, double kink, double largest)
{
    return fabs(right - left) > kink * fmax(fmax(fabs(right), fabs(left)), 1e-3 * largest);
}

/* A loss at five places: one and two steps of h below and above a point, and there. */
typedef struct
{
    double h;
    long double d2, d1, l0, u1, u2;
} five;

static five five_at(double *x, size_t i, long double l0, loss_fn loss, void *context, double h)
{
    const double c = x[i];

    return (five){h, at(x, i, c - 2 * h, loss, context), at(x, i, c - h, loss, context), l0,
        at(x, i, c + h, loss, context), at(x, i, c + 2 * h, loss, context)};
}

static double slope(const five *f)
{
    return (double)(8.0 * (f->u1 - f->d1) - (f->u2 - f->d2)) / (12.0 * f->h);
}

static double doubt(const five *f, double noise)
{
    const double apart = fabs((double)((f->u1 - f->d1) / 2.0 - (f->u2 - f->d2) / 4.0));

    return (apart + 0x1p-53 * fabs((double)f->l0) + noise) / f->h;
}

/* Too short a step drowns in rounding, too long a one loses the curve; in both cases the differences
 * over two and over four steps disagree, unless by luck: what rounding can do to the loss counts, too. Then other steps are tried, and the one with which they agree
 * best is taken. The gradient that is to be judged has no say in it. */
static five best_five(double *x, size_t i, long double l0, loss_fn loss, void *context, double h,
    double largest, double noise)
{
    static const double factors[] = {1.0 / 4.0, 4.0, 16.0, 64.0, 1.0 / 16.0, 256.0};
    five best = five_at(x, i, l0, loss, context, h);

    for (size_t k = 0; k < (noise > 0.0 ? 6 : 5); k++)
    {
        if (doubt(&best, noise) <= 1e-6 * fmax(fabs(slope(&best)), 1e-3 * largest))
            break;
        const five f = five_at(x, i, l0, loss, context, factors[k] * h);

        if (doubt(&f, noise) < doubt(&best, noise))
            best = f;
    }
    return best;
}

double gradient_largest(const double *x, size_t n)
{
    double largest = 0.0;

    for (size_t i = 0; i < n; i++)
        largest = fmax(largest, fabs(x[i]));
    return largest;
}

double gradient_worst(const double *g, double *x, loss_fn loss, void *context, double h,
    double kink, size_t *skipped, size_t n)
{
    return gradient_part_worst(
        g, gradient_largest(g, n), 0.0, x, loss, context, h, kink, skipped, n);
}

double gradient_part_worst(const double *g, double largest, double noise, double *x, loss_fn loss,
    void *context, double h, double kink, size_t *skipped, size_t n)
{
    double worst = 0.0;
    const long double l0 = loss(x, context);

    for (size_t i = 0; i < n; i++)
    {
        const five f = best_five(x, i, l0, loss, context, h, largest, noise);
        const double right = (double)(f.u1 - l0) / f.h, left = (double)(l0 - f.d1) / f.h;
        const double far_right = (double)(f.u2 - l0) / (2.0 * f.h),
                     far_left = (double)(l0 - f.d2) / (2.0 * f.h);
        const double numeric = slope(&f);
        const double scale = fmax(fmax(fabs(g[i]), fabs(numeric)), 1e-3 * largest);

        if (kink > 0.0 && (is_kinked(right, left, kink, largest) ||
                              is_kinked(far_right, far_left, kink, largest)))
        {
            ++*skipped;
            continue;
        }
        const double off = scale > 0.0 ? fabs(g[i] - numeric) / scale : fabs(g[i] - numeric);
        if (!(off <= worst))
            worst = off;
        if (isnan(worst))
            return NAN;
    }
    return worst;
}
