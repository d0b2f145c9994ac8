/* bench.c: see bench.h. Arguments are the rows to run; none: all. */
#include "bench.h"

#include <math.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* ---- clocks ---- */

static double seconds(clockid_t clock)
{
    struct timespec t;

    clock_gettime(clock, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

double bench_cpu(void)
{
    return seconds(CLOCK_PROCESS_CPUTIME_ID);
}

double bench_wall(void)
{
    return seconds(CLOCK_MONOTONIC);
}

/* ---- runs ---- */

static int run_pair(
    double *ours, double *theirs, bench_work do_ours, bench_work do_theirs, void *what, int swapped)
{
    if (swapped)
        *theirs = do_theirs(what);
    *ours = do_ours(what);
    if (!swapped)
        *theirs = do_theirs(what);
    return isnan(*ours) || isnan(*theirs) ? -1 : 0;
}

int bench_interleave(bench_pairs *p, bench_work ours, bench_work theirs, void *what, size_t n)
{
    p->n = n < BENCH_RUNS ? n : BENCH_RUNS;
    if (run_pair(&p->ours[0], &p->theirs[0], ours, theirs, what, 0))
        return -1;
    for (size_t i = 0; i < p->n; i++)
    {
        if (run_pair(&p->ours[i], &p->theirs[i], ours, theirs, what, i & 1))
            return -1;
    }
    return 0;
}

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

double bench_quantile(const double *x, size_t n, double q)
{
    double sorted[BENCH_RUNS];
    const double at = q * (double)(n - 1);
    const size_t i = (size_t)at, next = i + 1 < n ? i + 1 : i;

    memcpy(sorted, x, n * sizeof *x);
    qsort(sorted, n, sizeof *sorted, ascending);
    return sorted[i] + (at - (double)i) * (sorted[next] - sorted[i]);
}

/* ---- reports ---- */

bench_outcome bench_report(
    const char *row, const bench_pairs *p, bench_against against, double scale, const char *unit)
{
    const double *over = against == BENCH_RIVAL ? p->theirs : p->ours;
    const double *under = against == BENCH_RIVAL ? p->ours : p->theirs;
    double ratios[BENCH_RUNS];

    for (size_t i = 0; i < p->n; i++)
        ratios[i] = over[i] / under[i];
    printf("bench %s ours %.4g %s theirs %.4g %s ratio %.2f spread %.2f-%.2f\n", row,
        scale * bench_quantile(p->ours, p->n, 0.5), unit,
        scale * bench_quantile(p->theirs, p->n, 0.5), unit,
        bench_quantile(over, p->n, 0.5) / bench_quantile(under, p->n, 0.5),
        bench_quantile(ratios, p->n, 0.1), bench_quantile(ratios, p->n, 0.9));
    return BENCH_DONE;
}

static void say(const char *row, const char *how, const char *format, va_list args)
{
    printf("bench %s %s: ", row, how);
    vprintf(format, args);
    putchar('\n');
}

bench_outcome bench_skipped(const char *row, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    say(row, "skipped", format, args);
    va_end(args);
    return BENCH_SKIPPED;
}

bench_outcome bench_failed(const char *row, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    say(row, "failed", format, args);
    va_end(args);
    return BENCH_FAILED;
}

/* ---- the program ---- */

static void print_machine(void)
{
    char line[256], cpu[256] = "unknown CPU";
    FILE *f = fopen("/proc/cpuinfo", "r");

    while (f && fgets(line, sizeof line, f))
    {
        if (sscanf(line, "model name : %255[^\n]", cpu) == 1)
            break;
    }
    if (f)
        fclose(f);
    printf("machine %s, %ld cpu, cc %s, %s\n", cpu, sysconf(_SC_NPROCESSORS_ONLN), __VERSION__,
        BENCH_FLAGS);
}

static int wanted(const char *name, int n, char **names)
{
    for (int i = 0; i < n; i++)
    {
        if (strcmp(names[i], name) == 0)
            return 1;
    }
    return n == 0;
}

/* 0 when every name is a row. */
static int check_names(int n, char **names)
{
    for (int i = 0; i < n; i++)
    {
        const bench_row *row = bench_rows;

        while (row->name && strcmp(row->name, names[i]) != 0)
            row++;
        if (row->name)
            continue;
        fprintf(stderr, "no row '%s', there are:", names[i]);
        for (row = bench_rows; row->name; row++)
            fprintf(stderr, " %s", row->name);
        fputc('\n', stderr);
        return -1;
    }
    return 0;
}

int main(int n, char **args)
{
    int failed = 0;

    if (check_names(n - 1, args + 1))
        return 2;
    signal(SIGPIPE, SIG_IGN);         /* a rival that died is an error of its row, not our end */
    setvbuf(stdout, NULL, _IOLBF, 0); /* nothing waits in a buffer when a rival is forked */
    print_machine();
    for (const bench_row *row = bench_rows; row->name; row++)
    {
        if (wanted(row->name, n - 1, args + 1))
            failed |= row->run(row->name) == BENCH_FAILED;
    }
    return failed;
}
