/* bench.h: measuring two things side by side on a machine that others use too.
 *
 * Both are run in turn, many times. A burst of foreign load then hits both, and what is reported are
 * medians and the range of the ratios of neighbouring runs. One line a row:
 *
 *     bench <row> ours <x> <unit> theirs <y> <unit> ratio <r> spread <lo>-<hi>
 *     bench <row> skipped: <why>
 *     bench <row> failed: <why>
 *
 * Lines that begin with "info" are figures without a rival. A new row is one file with a function of
 * type bench_run and one line in rows.c. */
#ifndef BENCH_H
#define BENCH_H

#include <stddef.h>

typedef enum
{
    BENCH_DONE,
    BENCH_SKIPPED,
    BENCH_FAILED
} bench_outcome;

typedef bench_outcome (*bench_run)(const char *row);

typedef struct
{
    const char *name;
    bench_run run;
} bench_row;

/* All rows in the order in which they run, ended by {0}. */
extern const bench_row bench_rows[];

/* ---- clocks, in seconds ---- */

/* CPU time of this process: what others do on the machine is not counted, though they still cost us
 * cache and clock rate. */
double bench_cpu(void);

/* Since some moment. */
double bench_wall(void);

/* ---- runs ---- */

enum
{
    BENCH_RUNS = 1024 /* of one row at most */
};

typedef struct
{
    double ours[BENCH_RUNS], theirs[BENCH_RUNS]; /* seconds; ours[i] and theirs[i] are neighbours */
    size_t n;
} bench_pairs;

/* Do the work once and return the seconds it took, NAN when it could not be done. */
typedef double (*bench_work)(void *what);

/* One unmeasured pair to warm up, then n: ours first in every other one, so that neither gains from
 * its place. 0, or -1 as soon as one is NAN. */
int bench_interleave(bench_pairs *p, bench_work ours, bench_work theirs, void *what, size_t n);

/* x [n], n >= 1, is left as it is; q 0 … 1, .5: the median. Linear between neighbours. */
double bench_quantile(const double *x, size_t n, double q);

/* ---- reports ---- */

typedef enum
{
    BENCH_RIVAL, /* ratio = theirs / ours: above 1 we are better */
    BENCH_LIMIT  /* ratio = ours / theirs: near 1 we are good */
} bench_against;

/* Times are printed multiplied by `scale`, in `unit`. The ratio is that of the medians, the spread
 * the 10th to the 90th percentile of the ratios of neighbours. */
bench_outcome bench_report(
    const char *row, const bench_pairs *p, bench_against against, double scale, const char *unit);

bench_outcome bench_skipped(const char *row, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
bench_outcome bench_failed(const char *row, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
