/* row_chain.c: a playing chain inside Pd: copies of [aed_synth~] holding a note, against as many
 * copies of Pd's own [phasor~]→[bob~]→[*~]. Each is a whole Pd that renders some seconds as fast as
 * it can; what the same Pd costs without the chain is subtracted from both. What remains holds the
 * making of the objects, which is about 2 % of ours and nothing of theirs. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "bench.h"
#include "child.h"

enum
{
    RUNS = 15,
    COPIES = 32, /* as chain-host.pd is sent */
    SR_HZ = 44100,
    LAST_MS = 4000
};

static const double samples = (double)COPIES * SR_HZ * LAST_MS * 1e-3;
static const double audible_db = 60.0; /* of 100; a copy that is silent shows in the sum */

typedef struct
{
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
static double run_pd(host *h, const char *voice)
{
    char voices[100], last[40];

    snprintf(voices, sizeof voices, "pd-voices obj 10 10 clone -x chain-%s %d", voice, COPIES);
    snprintf(last, sizeof last, "bench-last %d", LAST_MS);
    const char *const argv[] = {"timeout", "60", "pd", "-noprefs", "-nogui", "-batch", "-noaudio",
        "-nomidi", "-nrt", "-stderr", "-r", "44100", "-path", ".", "-open",
        BENCH_DIR "/chain-host.pd", "-send", voices, "-send", "bench-go bang", "-send", "pd dsp 1",
        "-send", last, NULL};
    const double cpu = child_run(argv, h->output, sizeof h->output);

    h->level_db = read_level(h->output);
    if (h->level_db < 0.0 || strstr(h->output, "couldn't create") || strstr(h->output, "error:"))
        return NAN;
    return cpu;
}

static double play(host *h, const char *voice)
{
    const double cpu = run_pd(h, voice);

    return h->level_db > audible_db ? (cpu - h->empty) / samples : NAN;
}

static double play_ours(void *what)
{
    return play(what, "ours");
}

static double play_theirs(void *what)
{
    host *h = what;

    h->empty = run_pd(h, "none"); /* serves this pair's other half too, once there is a first one */
    return play(h, "theirs");
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

bench_outcome row_chain_playing(const char *row)
{
    static bench_pairs pairs;
    host h = {.empty = 0.0};

    if (isnan(run_pd(&h, "none")))
        return bench_skipped(row, "pd did not run: %s", words_of(&h));
    if (isnan(play_theirs(&h)))
        return bench_skipped(row, "no [bob~] (Debian: puredata-extra): %.100s", words_of(&h));
    const double theirs_db = h.level_db;

    if (isnan(play_ours(&h)))
        return bench_failed(row, "[aed_synth~] did not play: %.200s", words_of(&h));
    printf("bench %s check level ours %.1f dB theirs %.1f dB of %d copies\n", row, h.level_db,
        theirs_db, COPIES);
    if (bench_interleave(&pairs, play_ours, play_theirs, &h, RUNS))
        return bench_failed(row, "a later run did not play: %.200s", words_of(&h));
    return bench_report(row, &pairs, BENCH_RIVAL, 1e9, "ns/sample");
}
