/* row_mel_torch.c: the ear against torchaudio on one thread (mel.py), both in double.
 *
 *     mel-torchaudio   bands of mel_window.h
 *     mel-gradient     gradient of mel_window.h, theirs by autograd and without features or reward
 *
 * The rival is a process that stays alive; each counts its own CPU time. A row fails unless both
 * compute the same numbers. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "bench.h"
#include "child.h"
#include "mel_window.h"

enum
{
    RUNS = 60,
    WINDOWS = 5 /* of each in a run */
};

static const double tolerance = 1e-9; /* of the largest */
static const char *const jobs[] = {[MEL_BANDS] = "bands", [MEL_GRADIENT] = "gradient"};

typedef struct
{
    mel_window ours;
    child theirs;
    double numbers[MEL_N + 1]; /* theirs */
    char words[(MEL_N + 1) * 26];
} duel;

static double our_windows(void *what)
{
    duel *d = what;
    double cpu = 0.0;

    for (size_t i = 0; i < WINDOWS; i++)
        cpu += mel_listen(&d->ours);
    return cpu / WINDOWS;
}

static double their_windows(void *what)
{
    duel *d = what;
    double cpu;

    snprintf(d->words, sizeof d->words, "%s %d", jobs[d->ours.job], WINDOWS);
    child_say(&d->theirs, d->words);
    if (child_hear(&d->theirs, d->words, sizeof d->words) || sscanf(d->words, "%lf", &cpu) != 1)
        return NAN;
    return cpu / WINDOWS;
}

static void describe(duel *d)
{
    const aed_ear_config *c = &d->ours.config;

    snprintf(d->words, sizeof d->words, "window %d %.17g %zu %zu %.17g %zu %zu", MEL_N, c->sr_hz,
        c->hop_n, c->mels, c->floor, c->sizes[0], c->sizes[1]);
    child_say(&d->theirs, d->words);
}

/* n numbers, 0 when so many came. */
static int hear_numbers(duel *d, size_t n)
{
    char *at = d->words, *end = d->words;
    size_t i = 0;

    snprintf(d->words, sizeof d->words, "check %s", jobs[d->ours.job]);
    child_say(&d->theirs, d->words);
    if (child_hear(&d->theirs, d->words, sizeof d->words))
        return -1;
    for (; i < n; i++, at = end)
    {
        d->numbers[i] = strtod(at, &end);
        if (end == at)
            return -1;
    }
    return 0;
}

static int check_bands(const char *row, duel *d)
{
    size_t n;
    const double *bands = aed_ear_heard(d->ours.ear, AED_FEATURE_BANDS, &n);

    if (hear_numbers(d, n))
        return -1;
    const double off = mel_off(bands, d->numbers, n);

    printf("bench %s check %zu bands off %.1e, allowed %.0e\n", row, n, off, tolerance);
    return !(off < tolerance); /* NaN is unequal too */
}

static int check_gradient(const char *row, duel *d)
{
    if (hear_numbers(d, MEL_N + 1))
        return -1;
    const double loss = d->ours.heard.terms[AED_LOSS_LOGMEL];
    const double off = mel_off(&loss, d->numbers, 1);
    const double gradient_off = mel_off(d->ours.dx, d->numbers + 1, MEL_N);

    printf("bench %s check loss %.9g off %.1e, gradient off %.1e, allowed %.0e\n", row, loss, off,
        gradient_off, tolerance);
    return !(off < tolerance && gradient_off < tolerance);
}

static bench_outcome fight(const char *row, duel *d, mel_job job)
{
    static bench_pairs pairs;

    if (mel_open(&d->ours, job) || isnan(mel_listen(&d->ours)))
        return bench_failed(row, "%s", d->ours.e.msg);
    describe(d);
    const int unequal = job == MEL_BANDS ? check_bands(row, d) : check_gradient(row, d);

    if (unequal)
        return bench_failed(row, "%s",
            unequal > 0 ? "we and torchaudio compute different things"
                        : "the check did not come about");
    if (bench_interleave(&pairs, our_windows, their_windows, d, RUNS))
        return bench_failed(row, "a later run stopped");
    return bench_report(row, &pairs, BENCH_RIVAL, 1e3, "ms");
}

static bench_outcome run(const char *row, mel_job job)
{
    static duel d;
    char hello[200];

    if (child_start_python(&d.theirs, BENCH_DIR "/mel.py", hello, sizeof hello))
        return bench_skipped(row, "no python3 with torch and torchaudio ('make bench-deps')");
    printf("info %s rival %s\n", row, hello + sizeof "ready");
    const bench_outcome outcome = fight(row, &d, job);

    mel_close(&d.ours);
    child_end(&d.theirs);
    return outcome;
}

bench_outcome row_mel_torchaudio(const char *row)
{
    return run(row, MEL_BANDS);
}

bench_outcome row_mel_gradient(const char *row)
{
    return run(row, MEL_GRADIENT);
}
