/* common.h: what the tests share: golden vectors, gradient checks, random numbers. */
#ifndef AED_TESTS_COMMON_H
#define AED_TESTS_COMMON_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Uniform in [lo, hi); the same sequence in every run of a test program. */
double test_uniform(double lo, double hi);
void test_seed(size_t seed); /* another sequence from here on */
void test_fill(double *x, size_t n, double lo, double hi);

/* A named array out of a file in tests/ref/data (text format AEGOLD1, see its README). Fails the
 * test when the file or the name is missing. */
typedef struct
{
    size_t n; /* all values */
    size_t dims[4];
    double *v;
} golden;

golden golden_read(const char *file, const char *name);
void golden_free(golden *g);

/* The larger one; NaN when either is, so that no later figure hides it. */
double worse_of(double a, double b);

/* max_i |a_i - b_i| / max_i |b_i|; NaN in either gives NaN. */
double relative_to_largest(const double *a, const double *b, size_t n);

/* True when a gradient component agrees with its finite difference:
 *
 *     |a - b| <= tolerance · max(|a|, |b|, 1e-3 largest)
 *
 * largest is the largest component of the gradient. NaN on any side is a disagreement. */
int gradient_agrees(double a, double b, double largest, double tolerance);

/* Check g[i] = dL/dx[i] for every i by central differences of `loss` in steps of h, five-point
 * rule; where these do not agree among themselves, in steps of h/16 … 64 h, of which the best. Returns the worst |a - b| / max(|a|, |b|, 1e-3 ‖g‖∞), NaN when anything is NaN. x is
 * restored. A point where the one-sided differences disagree by more than `kink` of the larger one
 * is left out and counted in *skipped; kink = 0 leaves nothing out. The loss is long: in a sum of many
 * terms, what moves would be rounded with what does not. */
typedef long double (*loss_fn)(const double *x, void *context);
double gradient_worst(const double *g, double *x, loss_fn loss, void *context, double h,
    double kink, size_t *skipped, size_t n);

/* The same for a part of a gradient whose largest component is `largest`, and a loss that is off by
 * about `noise`, which only moves the choice of the step, up to 256 h. */
double gradient_part_worst(const double *g, double largest, double noise, double *x, loss_fn loss,
    void *context, double h, double kink, size_t *skipped, size_t n);

/* max |x_i| */
double gradient_largest(const double *x, size_t n);

#endif
