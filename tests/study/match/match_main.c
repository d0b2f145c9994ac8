/* match_main.c: make study-match: who matches sounds best with the classic voice and 600 units.
 *
 *     key known     targets that the synth can make, their frequency given
 *     f0 unknown    the same, from where a new synth stands; the lag in pitch may be measured
 *     recordings    sounds that it cannot make
 *
 * Arguments choose among known, unknown, recordings; none: all. AED_TRIALS=n: n targets with the key known, 2 n
 * without (100). AED_TUNE=1: other targets and recordings, which settings may be chosen by. AED_ONLY=word:
 * besides the first only methods whose name has the word. AED_WORKERS=n processes (2). */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/rng.h"
#include "match.h"

enum
{
    TARGETS_MOST = 1000,
    METHODS_MOST = 32,
    RESAMPLES = 10000
};

static const double near_enough = 0.3;

static const struct
{
    const char *path;
    double from_s;
    int tune;
} recordings[] = {
    {"/usr/share/puredata/doc/sound/bell.aiff", 0.0, 0},
    {"/usr/share/puredata/doc/sound/voice.wav", 0.15, 0},
    {"bass_hard_c", 0.0, 0},
    {"bass_hit_c", 0.0, 0},
    {"bass_thick_c", 0.0, 0},
    {"bass_trance_c", 0.0, 0},
    {"bass_woodsy_c", 0.0, 0},
    {"ambi_piano", 0.0, 0},
    {"ambi_choir", 0.2, 0},
    {"guit_harmonics", 0.0, 0},
    {"guit_e_slide", 0.0, 0},
    {"elec_bell", 0.0, 0},
    {"elec_chime", 0.0, 0},
    {"elec_twang", 0.0, 0},
    {"elec_bong", 0.0, 0},
    {"perc_bell", 0.0, 0},
    {"drum_tom_mid_hard", 0.0, 0},
    {"drum_cowbell", 0.0, 0},
    {"tabla_tun1", 0.0, 0},
    {"bd_808", 0.0, 0},
    {"bass_drop_c", 0.0, 1},
    {"bass_voxy_c", 0.0, 1},
    {"bass_dnb_f", 0.0, 1},
    {"ambi_glass_hum", 0.5, 1},
    {"guit_em9", 0.0, 1},
    {"perc_bell2", 0.0, 1},
    {"elec_blup", 0.0, 1},
    {"elec_ping", 0.0, 1},
    {"drum_tom_lo_soft", 0.0, 1},
    {"tabla_na", 0.0, 1},
    {"misc_crow", 0.0, 1},
    {"mehackit_phone1", 0.0, 1},
    {"ambi_dark_woosh", 0.0, 1},
    {"ambi_glass_rub", 0.0, 1},
    {"ambi_haunted_hum", 0.0, 1},
    {"ambi_lunar_land", 0.0, 1},
    {"ambi_soft_buzz", 0.0, 1},
    {"bass_voxy_hit_c", 0.0, 1},
    {"bd_boom", 0.0, 1},
    {"bd_zome", 0.0, 1},
    {"bd_gas", 0.0, 1},
    {"drum_bass_hard", 0.0, 1},
    {"drum_snare_hard", 0.0, 1},
    {"drum_tom_hi_hard", 0.0, 1},
    {"drum_tom_lo_hard", 0.0, 1},
    {"drum_cymbal_soft", 0.0, 1},
    {"elec_fuzz_tom", 0.0, 1},
    {"elec_hollow_kick", 0.0, 1},
    {"elec_triangle", 0.0, 1},
    {"elec_mid_snare", 0.0, 1},
    {"elec_wood", 0.0, 1},
    {"glitch_bass_g", 0.0, 1},
    {"guit_e_fifths", 0.0, 1},
    {"mehackit_phone3", 0.0, 1},
    {"mehackit_robot1", 0.0, 1},
    {"mehackit_robot5", 0.0, 1},
    {"misc_burp", 0.0, 1},
    {"perc_till", 0.0, 1},
    {"sn_dolf", 0.0, 1},
    {"tabla_ghe1", 0.0, 1},
    {"tabla_ghe5", 0.0, 1},
    {"tabla_re", 0.0, 1},
    {"tabla_tas1", 0.0, 1},
    {"tabla_dhec", 0.0, 1},
};

/* What the workers share. */
static struct
{
    size_t next; /* target to be taken */
    size_t recording[TARGETS_MOST];
    double least[TARGETS_MOST];
    double loss[METHODS_MOST][TARGETS_MOST];    /* NAN: not run */
    double learned[METHODS_MOST][TARGETS_MOST]; /* in the loss that was descended */
} * results;

static size_t methods_n;
static int tuning;

static const char *asked(const char *name, const char *otherwise)
{
    const char *word = getenv(name);

    return word && word[0] ? word : otherwise;
}

/* ---- a part of the study ---- */

typedef struct part part;

struct part
{
    const char *name;
    size_t n;
    int (*target)(match_target *t, size_t i, const part *p); /* 0: there is none */
    int key_known;
    uint64_t seed;
};

/* Two ranges of seeds that never meet: one to choose settings by, one to judge them. */
static int random_target(match_target *t, size_t i, const part *p)
{
    match_random(t, aed_rng_bits(tuning ? 0x74756e65u : 0x6a756467u, p->seed + i), p->key_known);
    return 1;
}

static int recorded_target(match_target *t, size_t i, const part *p)
{
    char path[200];
    size_t k = 0;

    (void)p;
    for (size_t left = i;; k++)
        if (recordings[k].tune == tuning && left-- == 0)
            break;
    results->recording[i] = k;
    snprintf(path, sizeof path,
        recordings[k].path[0] == '/' ? "%s" : "/usr/share/sonic-pi/samples/%s.flac",
        recordings[k].path);
    return match_recording(t, path, recordings[k].from_s);
}

static size_t count_recordings(void)
{
    size_t n = 0;

    for (size_t k = 0; k < sizeof recordings / sizeof *recordings; k++)
        n += recordings[k].tune == tuning;
    return n;
}

/* ---- running it ---- */

static int takes_part(const match_method *m)
{
    const char *only = asked("AED_ONLY", "");

    if (m != match_methods && !strstr(m->name, only))
        return 0;
    return !m->rival || match_has(m->rival);
}

static void run_target(size_t i, const part *p)
{
    static match_target t;

    if (!p->target(&t, i, p))
        return;
    results->least[i] = t.least;
    for (size_t k = 0; k < methods_n; k++)
    {
        if (!takes_part(&match_methods[k]))
            continue;
        match_begin(&t);
        match_methods[k].run(&match_methods[k], &t);
        results->loss[k][i] = match_judge();
        results->learned[k][i] = match_best();
    }
    fprintf(stderr, "match: %s: target %zu of %zu: %.3f, least %.3f\n", p->name, i + 1, p->n,
        results->loss[0][i], t.least);
}

static void work(const part *p)
{
    size_t i;

    match_open();
    while ((i = __atomic_fetch_add(&results->next, 1, __ATOMIC_SEQ_CST)) < p->n)
        run_target(i, p);
}

static void run_part(const part *p)
{
    const long workers = atol(asked("AED_WORKERS", "2"));

    results->next = 0;
    for (size_t i = 0; i < TARGETS_MOST; i++)
    {
        results->least[i] = NAN;
        for (size_t k = 0; k < METHODS_MOST; k++)
            results->loss[k][i] = NAN;
    }
    fflush(stdout);
    for (long w = 0; w < workers; w++)
        if (fork() == 0)
        {
            work(p);
            _exit(0);
        }
    for (int status; wait(&status) > 0;)
        if (status)
            exit(1); /* it has said why; figures without its targets would flatter */
}

/* ---- judging it ---- */

static int by_size(const void *a, const void *b)
{
    const double p = *(const double *)a, q = *(const double *)b;

    return (p > q) - (p < q);
}

static double median_of(const double *x, size_t n)
{
    static double sorted[TARGETS_MOST];

    memcpy(sorted, x, n * sizeof *x);
    qsort(sorted, n, sizeof *sorted, by_size);
    return n % 2 ? sorted[n / 2] : 0.5 * (sorted[n / 2 - 1] + sorted[n / 2]);
}

static double successes(const double *loss, size_t n)
{
    size_t sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += loss[i] <= results->least[i] + near_enough;
    return (double)sum / (double)n;
}

/* The middle 95 % of the mean of differences, over targets drawn anew. */
static void bootstrap(double interval[2], const double *difference, size_t n)
{
    static double means[RESAMPLES];
    aed_rng r = {2024, 0};

    for (size_t b = 0; b < RESAMPLES; b++)
    {
        double sum = 0.0;

        for (size_t i = 0; i < n; i++)
            sum += difference[(size_t)((double)n * aed_rng_uniform(&r))];
        means[b] = sum / (double)n;
    }
    qsort(means, RESAMPLES, sizeof *means, by_size);
    interval[0] = means[RESAMPLES / 40];
    interval[1] = means[RESAMPLES - RESAMPLES / 40 - 1];
}

static void print_method(size_t k, size_t n, const part *p)
{
    const double *ours = results->loss[0], *loss = results->loss[k];
    double difference[TARGETS_MOST], interval[2], mean = 0.0;
    size_t wins = 0;

    for (size_t i = 0; i < n; i++)
    {
        difference[i] = ours[i] - loss[i];
        wins += difference[i] < 0.0;
        mean += loss[i] / (double)n;
    }
    printf("match %-11s %-15s", p->name, match_methods[k].name);
    printf(match_methods[k].setting > 0.0 ? " %6g" : "       ", match_methods[k].setting);
    if (!isnan(results->least[0]))
        printf("  success %.3f", successes(loss, n));
    printf("  median %.3f  mean %.3f (as learned %.3f)", median_of(loss, n), mean,
        median_of(results->learned[k], n));
    if (k > 0)
    {
        bootstrap(interval, difference, n);
        printf("  ours less this %+.3f … %+.3f, wins %zu of %zu: %s", interval[0], interval[1],
            wins, n,
            interval[1] < 0.0   ? "first"
            : interval[0] > 0.0 ? "BEHIND"
                                : "tie");
    }
    puts("");
}

/* What is not ours, or ours without a part; of several settings the one with the lowest median. */
static int is_rival(size_t k, size_t n)
{
    const match_method *m = &match_methods[k];

    if (m->law || m->tests || m->dither || isnan(results->loss[k][0]))
        return 0;
    for (size_t j = 0; j < methods_n; j++)
        if (j != k && strcmp(match_methods[j].name, m->name) == 0 &&
            median_of(results->loss[j], n) < median_of(results->loss[k], n))
            return 0;
    return 1;
}

/* Targets that were there, moved together. */
static size_t present(size_t n)
{
    size_t m = 0;

    for (size_t i = 0; i < n; i++)
    {
        if (isnan(results->loss[0][i]))
            continue;
        results->least[m] = results->least[i];
        results->recording[m] = results->recording[i];
        for (size_t k = 0; k < methods_n; k++)
        {
            results->loss[k][m] = results->loss[k][i];
            results->learned[k][m] = results->learned[k][i];
        }
        m++;
    }
    return m;
}

static void print_sounds(size_t n)
{
    for (size_t i = 0; i < n; i++)
    {
        size_t wins = 0, rivals = 0;

        for (size_t k = 1; k < methods_n; k++)
            if (is_rival(k, n))
            {
                rivals++;
                wins += results->loss[0][i] < results->loss[k][i];
            }
        printf("match recordings  %-20s %.3f (as learned %.3f), better than %zu of %zu rivals\n",
            recordings[results->recording[i]].path, results->loss[0][i], results->learned[0][i],
            wins, rivals);
    }
}

static void study(const part *p)
{
    run_part(p);

    const size_t n = present(p->n);

    if (n == 0)
        printf("match %s: skipped: no target (sox, sonic-pi-samples and puredata-doc are needed)\n",
            p->name);
    for (size_t k = 0; n > 0 && k < methods_n; k++)
        if (!isnan(results->loss[k][0]))
            print_method(k, n, p);
        else if (match_methods[k].rival && strstr(match_methods[k].name, asked("AED_ONLY", "")))
            printf(
                "match %-11s %-15s skipped: it is not installed\n", p->name, match_methods[k].name);
    if (p->target == recorded_target)
        print_sounds(n);
    fflush(stdout);
}

int main(int argc, char **argv)
{
    const size_t n = strtoul(asked("AED_TRIALS", "100"), NULL, 10);
    const size_t most = TARGETS_MOST / 2, trials = n < most ? n : most;

    tuning = atoi(asked("AED_TUNE", "0")) != 0;
    while (match_methods[methods_n].name)
        methods_n++;
    results =
        mmap(NULL, sizeof *results, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (results == MAP_FAILED || methods_n > METHODS_MOST)
        return 1;

    const part parts[] = {
        {"known", trials, random_target, 1, 0},
        {"unknown", 2 * trials, random_target, 0, 10000},
        {"recordings", count_recordings(), recorded_target, 0, 0},
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
    {
        int wanted = argc < 2;

        for (int a = 1; a < argc; a++)
            wanted |= strcmp(argv[a], parts[i].name) == 0;
        if (wanted)
            study(&parts[i]);
    }
    return 0;
}
