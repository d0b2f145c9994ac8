/* row_chain.c: chains that play inside Pd. Each is a whole Pd that renders some seconds of many copies
 * as fast as it can.
 *
 *     voice-pd    the default chain, against the whole voice as one patches it from Pd's objects:
 *                 four waves, noise, envelope, bob~ that it opens; with the same settings, which
 *                 must sound equally loud. Pd's waves are not band-limited, and drift, fm, the
 *                 noise's colour and the key that moves the cutoff, which do nothing here, are left
 *                 out
 *     voices-32   what share of a core 32 of them take at 48 kHz
 *
 * What the same Pd costs without the chain is subtracted from both rivals, not from the share. What
 * remains holds the making of the objects, which is about 2 % of ours and nothing of theirs. Pd's own
 * objects compute in float, bob~ inside and ours in double. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "bench.h"
#include "child.h"

enum
{
    RUNS = 15,
    COPIES = 32, /* as chain-host.pd is sent */
    LAST_MS = 4000
};

static const double audible_db = 60.0; /* of 100; a copy that is silent shows in the sum */
static const double apart_db = 1.0;    /* how far the levels may be apart */

typedef struct
{
    int sr_hz;
    double empty;      /* CPU seconds of the last Pd without a chain */
    double level_db;   /* of the last one that played */
    char output[2000]; /* its words */
} host;

/* "level: 99.7" in Pd's words; -1 when there is none. */
static double read_level(const char *output)
{
    const char *at = strstr(output, "level: ");
    double level;

    return at && sscanf(at, "level: %lf", &level) == 1 ? level : -1.0;
}

/* A word is sent as if typed into Pd once the patch is open. */
static double run_pd(host *h, const char *patch)
{
    char voices[100], last[40], rate[20];

    snprintf(voices, sizeof voices, "pd-voices obj 10 10 clone -x %s %d", patch, COPIES);
    snprintf(last, sizeof last, "bench-last %d", LAST_MS);
    snprintf(rate, sizeof rate, "%d", h->sr_hz);
    const char *const argv[] = {"timeout", "60", "pd", "-noprefs", "-nogui", "-batch", "-noaudio",
        "-nomidi", "-nrt", "-stderr", "-r", rate, "-path", ".", "-open", BENCH_DIR "/chain-host.pd",
        "-send", voices, "-send", "bench-go bang", "-send", "pd dsp 1", "-send", last, NULL};
    const double cpu = child_run(argv, h->output, sizeof h->output);

    h->level_db = read_level(h->output);
    if (h->level_db < 0.0 || strstr(h->output, "couldn't create") || strstr(h->output, "error:"))
        return NAN;
    return cpu;
}

static double run_empty(host *h)
{
    return run_pd(h, "chain-none");
}

/* Seconds a sample of one copy. */
static double play(host *h, const char *patch)
{
    const double cpu = run_pd(h, patch);
    const double samples = (double)COPIES * h->sr_hz * LAST_MS * 1e-3;

    return h->level_db > audible_db ? (cpu - h->empty) / samples : NAN;
}

static double play_ours(void *what)
{
    return play(what, "voice-ours");
}

static double play_theirs(void *what)
{
    host *h = what;

    h->empty = run_empty(h); /* serves this pair's other half too, once there is a first one */
    return play(h, "voice-theirs");
}

/* What Pd said, as one line. */
static const char *words_of(host *h)
{
    for (char *c = h->output; *c; c++)
    {
        if (*c == '\n')
            *c = ' ';
    }
    return h->output;
}

static bench_outcome fight(const char *row, host *h)
{
    static bench_pairs pairs;

    if (isnan(run_empty(h)))
        return bench_skipped(row, "pd did not run: %s", words_of(h));
    if (isnan(play_theirs(h)))
        return bench_skipped(row, "no [bob~] (Debian: puredata-extra): %.100s", words_of(h));
    const double theirs_db = h->level_db;

    if (isnan(play_ours(h)))
        return bench_failed(row, "[aed_synth~] did not play: %.200s", words_of(h));
    printf("bench %s check level ours %.1f dB theirs %.1f dB of %d copies, allowed %g apart\n", row,
        h->level_db, theirs_db, COPIES, apart_db);
    if (fabs(h->level_db - theirs_db) > apart_db)
        return bench_failed(row, "the two are not the same voice");
    if (bench_interleave(&pairs, play_ours, play_theirs, h, RUNS))
        return bench_failed(row, "a later run did not play: %.200s", words_of(h));
    return bench_report(row, &pairs, BENCH_RIVAL, 1e9, "ns/sample");
}

bench_outcome row_voice_pd(const char *row)
{
    host h = {.sr_hz = 44100};

    return fight(row, &h);
}

bench_outcome info_voices_32(const char *row)
{
    host h = {.sr_hz = 48000};
    double share[RUNS];

    for (size_t i = 0; i < RUNS; i++)
    {
        share[i] = 100.0 * run_pd(&h, "voice-ours") / (LAST_MS * 1e-3);
        if (isnan(share[i]) || h.level_db < audible_db)
            return bench_failed(row, "[aed_synth~] did not play: %.200s", words_of(&h));
    }
    printf("info %s %d voices at %d Hz in one Pd take %.1f %% of a core spread %.1f-%.1f\n", row,
        COPIES, h.sr_hz, bench_quantile(share, RUNS, 0.5), bench_quantile(share, RUNS, 0.1),
        bench_quantile(share, RUNS, 0.9));
    return BENCH_DONE;
}
