#include "timing.h"

#ifdef AED_TIMING

#include <m_pd.h>
#include <math.h>
#include <string.h>
#include <time.h>

enum
{
    BINS = 800,      /* of wall time */
    PER_DECADE = 100 /* from 0.1 us on: bins of 2.3 % */
};

static const double block = 64.0 / 44100.0; /* seconds of CPU time that no callback should need */

static struct
{
    int depth;
    double cpu_began, wall_began;
    double cpu_longest, wall_longest;
    const char *longest_in;
    unsigned long calls, late, bins[BINS];
} t;

static double now(clockid_t clock)
{
    struct timespec ts;

    clock_gettime(clock, &ts);
    return (double)ts.tv_sec + 1e-9 * (double)ts.tv_nsec;
}

void aed_timing_begin(void)
{
    if (t.depth++ > 0)
        return;
    t.wall_began = now(CLOCK_MONOTONIC);
    t.cpu_began = now(CLOCK_THREAD_CPUTIME_ID);
}

void aed_timing_end(const char *what)
{
    if (--t.depth > 0)
        return;
    const double cpu = now(CLOCK_THREAD_CPUTIME_ID) - t.cpu_began;
    const double wall = now(CLOCK_MONOTONIC) - t.wall_began;
    const int bin = (int)(PER_DECADE * log10(fmax(wall, 1e-7) / 1e-7));

    t.calls++;
    t.late += cpu > block;
    t.bins[bin < BINS ? bin : BINS - 1]++;
    t.wall_longest = fmax(t.wall_longest, wall);
    if (cpu > t.cpu_longest)
    {
        t.cpu_longest = cpu;
        t.longest_in = what;
    }
}

/* Upper edge of the bin that holds the given share of all calls. */
static double percentile(double share)
{
    unsigned long seen = 0;

    for (int i = 0; i < BINS; i++)
    {
        seen += t.bins[i];
        if ((double)seen >= share * (double)t.calls)
            return 1e-7 * pow(10.0, (i + 1.0) / PER_DECADE);
    }
    return t.wall_longest;
}

void aed_timing_print(void)
{
    post("timing: %lu callbacks, longest cpu %.3f ms (%s), %lu longer than a block; wall p50 %.4f "
         "p99 %.3f p99.9 %.3f longest %.3f ms",
        t.calls, 1e3 * t.cpu_longest, t.longest_in ? t.longest_in : "none", t.late,
        1e3 * percentile(0.5), 1e3 * percentile(0.99), 1e3 * percentile(0.999),
        1e3 * t.wall_longest);
    memset(&t, 0, sizeof t);
}

#else
typedef int aed_timing_is_off; /* a file needs a declaration */
#endif
