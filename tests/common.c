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

static double at(double *x, size_t i, double value, loss_fn loss, void *context)
{
    const double kept = x[i];

    x[i] = value;
    const double l = loss(x, context);
    x[i] = kept;
    return l;
}

static int is_kinked(double right, double left, double kink, double largest)
{
    return fabs(right - left) > kink * fmax(fmax(fabs(right), fabs(left)), 1e-3 * largest);
}

double gradient_worst(const double *g, double *x, loss_fn loss, void *context, double h,
    double kink, size_t *skipped, size_t n)
{
    double worst = 0.0, largest = 0.0;

    for (size_t i = 0; i < n; i++)
        largest = fmax(largest, fabs(g[i]));
    for (size_t i = 0; i < n; i++)
    {
        const double c = x[i], l0 = loss(x, context);
        const double u1 = at(x, i, c + h, loss, context), d1 = at(x, i, c - h, loss, context);
        const double u2 = at(x, i, c + 2 * h, loss, context),
                     d2 = at(x, i, c - 2 * h, loss, context);
        const double right = (u1 - l0) / h, left = (l0 - d1) / h;
        const double far_right = (u2 - l0) / (2.0 * h), far_left = (l0 - d2) / (2.0 * h);
        const double numeric = (8.0 * (u1 - d1) - (u2 - d2)) / (12.0 * h);
        const double rounded =
            1e-10 * fabs(l0) / h; /* below, rounding leaves less than six digits */
        const double scale = fmax(fmax(fabs(g[i]), fabs(numeric)), fmax(1e-3 * largest, rounded));

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
