/* row_scaffold.c: the seed's training step, ours against PyTorch on one thread.
 *
 *     scaffold-step              torch too hears its target only once
 *     scaffold-step-as-written   torch hears it anew at every step, as the seed has it
 *
 * The rival is a process that stays alive; it and we do some steps in turn, and each counts its own
 * CPU time. A row fails unless both compute the same loss, gradients and reward. PyTorch computes in
 * float32, we in double. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "child.h"
#include "scaffold.h"

enum
{
    RUNS = 60,
    STEPS = 10, /* of each in a run */
    CHECKED = 2 + SCAFFOLD_D
};

static const double tolerance = 1e-4; /* relative */

typedef struct
{
    scaffold *ours;
    child theirs;
    const char *job; /* scaffold.py: "cached" or "written" */
    aed_error e;
} duel;

/* ---- the rival ---- */

static double their_steps(void *what)
{
    duel *d = what;
    char line[100];
    double cpu, wall;

    snprintf(line, sizeof line, "%s %d", d->job, STEPS);
    child_say(&d->theirs, line);
    if (child_hear(&d->theirs, line, sizeof line) || sscanf(line, "%lf %lf", &cpu, &wall) != 2)
    {
        (void)aed_fail(&d->e, AED_E_STATE, "PyTorch stopped");
        return NAN;
    }
    return cpu / STEPS;
}

/* ---- ours ---- */

static double our_steps(void *what)
{
    duel *d = what;
    scaffold_result r;

    if (scaffold_restart(d->ours, &d->e) != AED_OK)
        return NAN;
    const double t = bench_cpu();

    for (size_t i = 0; i < STEPS; i++)
    {
        if (scaffold_step(d->ours, &r, &d->e) != AED_OK)
            return NAN;
    }
    return (bench_cpu() - t) / STEPS;
}

/* ---- do both compute the same? ---- */

/* Rewards are compared last, and not for "written": there the seed takes its statistics of
 * logarithms. */
static size_t compared(const duel *d)
{
    return strcmp(d->job, "cached") == 0 ? CHECKED : CHECKED - 1;
}

static int read_check(double *values, duel *d)
{
    char line[400];

    snprintf(line, sizeof line, "check %s", d->job);
    child_say(&d->theirs, line);
    if (child_hear(&d->theirs, line, sizeof line))
        return -1;
    return sscanf(line, "%lf %lf %lf %lf %lf", values, values + 1, values + 2, values + 3,
               values + 4) == CHECKED
               ? 0
               : -1;
}

static int check_equal(const char *row, duel *d)
{
    static const char *const names[CHECKED] = {"loss", "dfreq", "dcutoff", "dres", "reward"};
    double theirs[CHECKED];
    scaffold_result r;

    if (scaffold_step(d->ours, &r, &d->e) != AED_OK || read_check(theirs, d))
        return -1;
    const double ours[CHECKED] = {r.loss, r.gradient[SCAFFOLD_FREQ], r.gradient[SCAFFOLD_CUTOFF],
        r.gradient[SCAFFOLD_RES], r.reward};
    int unequal = 0;

    printf("bench %s check", row);
    for (size_t i = 0; i < compared(d); i++)
    {
        const double off = fabs(ours[i] - theirs[i]) / fabs(theirs[i]);

        printf(" %s %.6g off %.1e", names[i], ours[i], off);
        unequal |= !(off < tolerance); /* NaN is unequal too */
    }
    printf(", allowed %.0e\n", tolerance);
    return unequal;
}

/* ---- the rows ---- */

static bench_outcome fight(const char *row, duel *d)
{
    static bench_pairs pairs;
    const int unequal = check_equal(row, d);

    if (unequal)
        return bench_failed(row, "%s",
            unequal > 0 ? "we and PyTorch compute different things"
                        : "the check did not come about");
    if (bench_interleave(&pairs, our_steps, their_steps, d, RUNS))
        return bench_failed(row, "%s", d->e.msg);
    return bench_report(row, &pairs, BENCH_RIVAL, 1e3, "ms");
}

static bench_outcome run(const char *row, const char *job)
{
    duel d = {.job = job};
    char hello[200];

    if (child_start_python(&d.theirs, BENCH_DIR "/scaffold.py", hello, sizeof hello))
        return bench_skipped(row, "no python3 with torch and torchaudio ('make bench-deps')");
    printf("info %s rival %s\n", row, hello + sizeof "ready");
    d.ours = scaffold_new(&d.e);
    const bench_outcome outcome = d.ours ? fight(row, &d) : bench_failed(row, "%s", d.e.msg);

    scaffold_free(d.ours);
    child_end(&d.theirs);
    return outcome;
}

bench_outcome row_scaffold_step(const char *row)
{
    return run(row, "cached");
}

bench_outcome row_scaffold_as_written(const char *row)
{
    return run(row, "written");
}
