/* row_voice_gradient.c: the way back of the default chain, over a window.
 *
 *     voice-gradient   theta -> x, dL/dx -> dL/dtheta, against PyTorch's autograd on one thread
 *                      (classic.py), both in double: there float32 is not quicker
 *     voice-backward   the way back alone, which plays the window again, against the way forward
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "bench.h"
#include "child.h"
#include "classic.h"

enum
{
    GRADIENT_RUNS = 5, /* PyTorch takes seconds */
    BACKWARD_RUNS = 200
};

/* Relative, of each. */
static const double tolerance = 1e-8;

typedef struct
{
    classic ours;
    child theirs;
    char words[4000]; /* its last */
} duel;

/* ---- ours ---- */

static double our_gradient(void *what)
{
    classic *c = &((duel *)what)->ours;
    const double start = bench_cpu();

    if (classic_render(c, c->tape) != AED_OK || classic_back(c) != AED_OK)
        return NAN;
    return bench_cpu() - start;
}

static double go_forward(void *what)
{
    const double start = bench_cpu();

    return classic_render(what, NULL) == AED_OK ? bench_cpu() - start : NAN;
}

static double go_back(void *what)
{
    const double start = bench_cpu();

    return classic_back(what) == AED_OK ? bench_cpu() - start : NAN;
}

/* ---- the rival ---- */

/* What to play: rate, length, parameters in our order, notes. */
static void describe(duel *d)
{
    const classic *c = &d->ours;
    char line[200], name[AED_NAME_N];

    snprintf(line, sizeof line, "window %d %d", CLASSIC_SR_HZ, CLASSIC_N);
    child_say(&d->theirs, line);
    for (size_t i = 0; i < c->chain.d; i++)
    {
        const aed_param *p = aed_chain_param(&c->chain, i);

        if (classic_rests(c, i))
            continue;
        aed_chain_name(name, &c->chain, i);
        snprintf(line, sizeof line, "param %s %.17g %.17g %s %.17g", name, p->lo, p->hi,
            p->curve == AED_LOG ? "log" : "lin", c->theta[i]);
        child_say(&d->theirs, line);
    }
    for (size_t i = 0; i < c->score.n; i++)
    {
        const aed_event *event = &c->score.events[i];

        snprintf(line, sizeof line, "note %zu %.17g %.17g", event->at, event->pitch, event->vel);
        child_say(&d->theirs, line);
    }
}

static double their_gradient(void *what)
{
    duel *d = what;
    double cpu;

    child_say(&d->theirs, "run");
    if (child_hear(&d->theirs, d->words, sizeof d->words) || sscanf(d->words, "%lf", &cpu) != 1)
        return NAN;
    return cpu;
}

/* The level of x, then dL/dtheta, but of what rests; of all that was said, -1 when it is not that. */
static int hear_check(duel *d, double *level, double *gradient)
{
    int at = 0, read = 0;

    describe(d);
    child_say(&d->theirs, "check");
    if (child_hear(&d->theirs, d->words, sizeof d->words) ||
        sscanf(d->words, "%lf%n", level, &at) != 1)
        return -1;
    for (size_t i = 0; i < d->ours.chain.d; i++)
    {
        gradient[i] = 0.0;
        if (classic_rests(&d->ours, i))
            continue;
        at += read;
        if (sscanf(d->words + at, "%lf%n", &gradient[i], &read) != 1)
            return -1;
    }
    return 0;
}

/* ---- do both compute the same? ---- */

/* Without noise: its gradient, which alone is left of it, is of other noise there, and not compared. */
static int check_equal(const char *row, duel *d)
{
    const classic *c = &d->ours;
    double theirs[CLASSIC_MOST], level, off = 0.0, dot = 0.0, us = 0.0, them = 0.0;

    classic_noise(&d->ours, 0.0);
    if (isnan(our_gradient(d)) || hear_check(d, &level, theirs))
        return -1;
    for (size_t i = 0; i < c->chain.d; i++)
    {
        char name[AED_NAME_N];

        aed_chain_name(name, &c->chain, i);
        if (strncmp(name, "noise", 5) == 0 || classic_rests(c, i))
            continue;
        off = fmax(off, fabs(c->gradient[i] - theirs[i]) / fabs(theirs[i]));
        dot += c->gradient[i] * theirs[i];
        us += c->gradient[i] * c->gradient[i];
        them += theirs[i] * theirs[i];
    }
    printf("bench %s check level ours %.6f dB theirs %.6f dB, gradient cosine %.12f off %.1e, "
           "allowed %.0e\n",
        row, classic_level(c->x), level, dot / sqrt(us * them), off, tolerance);
    return !(off < tolerance && dot > (1.0 - tolerance) * sqrt(us * them));
}

static bench_outcome fight(const char *row, duel *d)
{
    static bench_pairs pairs;

    if (classic_open(&d->ours))
        return bench_failed(row, "%s", d->ours.e.msg);
    const int unequal = check_equal(row, d);

    if (unequal)
        return bench_failed(
            row, "%.200s", unequal > 0 ? "we and PyTorch compute different things" : d->words);
    classic_noise(&d->ours, 0.5);
    describe(d);
    if (bench_interleave(&pairs, our_gradient, their_gradient, d, GRADIENT_RUNS))
        return bench_failed(row, "a later run stopped");
    return bench_report(row, &pairs, BENCH_RIVAL, 1e3, "ms");
}

/* ---- the rows ---- */

bench_outcome row_voice_gradient(const char *row)
{
    static duel d;
    char hello[200];

    if (child_start_python(&d.theirs, BENCH_DIR "/classic.py", hello, sizeof hello))
        return bench_skipped(row, "no python3 with torch ('make bench-deps')");
    printf("info %s rival %s\n", row, hello + sizeof "ready");
    const bench_outcome outcome = fight(row, &d);

    classic_close(&d.ours);
    child_end(&d.theirs);
    return outcome;
}

/* The gradient must be there, of every parameter but vco.fm, which has nothing to read. */
static int check_felt(const char *row, classic *c)
{
    size_t felt = 0;

    if (classic_render(c, c->tape) != AED_OK || classic_back(c) != AED_OK)
        return -1;
    for (size_t i = 0; i < c->chain.d; i++)
        felt += isfinite(c->gradient[i]) && c->gradient[i] != 0.0;
    printf("bench %s check %zu of %zu parameters have a gradient\n", row, felt, c->chain.d);
    return felt + 1 == c->chain.d && c->gradient[aed_chain_find(&c->chain, "vco.fm")] == 0.0 ? 0
                                                                                             : -1;
}

bench_outcome row_voice_backward(const char *row)
{
    static bench_pairs pairs;
    classic c = {.voice = NULL};
    const int failed = classic_open(&c) || check_felt(row, &c) ||
                       bench_interleave(&pairs, go_back, go_forward, &c, BACKWARD_RUNS);

    classic_close(&c);
    return failed ? bench_failed(row, "the window did not go back: %s", c.e.msg)
                  : bench_report(row, &pairs, BENCH_LIMIT, 1e3, "ms");
}
