/* row_voice_faust.c: the default chain, forward, against the same voice in Faust (classic.dsp), in
 * this very compilation: the same flags, double, blocks of 64. Parameters are set at run time in
 * both, and stand still while it plays, as Faust's sliders do within a block. */
#include "bench.h"

#ifndef CLASSIC_INC
#define CLASSIC_INC "classic-plain.inc"
#endif

#ifdef BENCH_FAUST

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "classic.h"

/* ---- what Faust's code wants to be told ---- */

#define FAUSTFLOAT double

typedef struct
{
    void *uiInterface;
    void (*openVerticalBox)(void *ui, const char *label);
    void (*closeBox)(void *ui);
    void (*addHorizontalSlider)(
        void *ui, const char *label, double *zone, double init, double lo, double hi, double step);
} UIGlue;

typedef struct
{
    void *metaInterface;
    void (*declare)(void *meta, const char *key, const char *value);
} MetaGlue;

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter"
#pragma GCC diagnostic ignored "-Wunused-function"
#include CLASSIC_INC /* made of classic.dsp: a type `faust` and its functions */
#pragma GCC diagnostic pop

enum
{
    RUNS = 200,
    BLOCK = 64,
    OF_NOTE = 2, /* sliders that are not parameters of the chain */
};

static const double tolerance = 1e-11; /* of the peak */
static const double level_db = 0.5;

typedef struct
{
    classic ours;
    faust *theirs;
    double *zones[CLASSIC_MOST];
    const char *labels[CLASSIC_MOST];
    size_t n_zones;
    double y[CLASSIC_N];
} duel;

static void on_box(void *ui, const char *label)
{
    (void)ui, (void)label;
}

static void on_end(void *ui)
{
    (void)ui;
}

static void on_slider(
    void *ui, const char *label, double *zone, double init, double lo, double hi, double step)
{
    duel *d = ui;

    (void)init, (void)lo, (void)hi, (void)step;
    if (d->n_zones == CLASSIC_MOST)
        return;
    d->labels[d->n_zones] = label;
    d->zones[d->n_zones++] = zone;
}

/* ---- the rival ---- */

static int set(duel *d, const char *label, double value)
{
    for (size_t i = 0; i < d->n_zones; i++)
    {
        if (strcmp(d->labels[i], label) != 0)
            continue;
        *d->zones[i] = value;
        return 0;
    }
    return -1;
}

/* All of theta in physical units: 0 when both have the same parameters, but for those that rest. */
static int set_all(duel *d)
{
    const aed_chain *chain = &d->ours.chain;
    size_t common = 0;

    for (size_t i = 0; i < chain->d; i++)
    {
        const double value = aed_param_value(aed_chain_param(chain, i), d->ours.theta[i]);
        char name[AED_NAME_N];

        aed_chain_name(name, chain, i);
        if (set(d, name, value) == 0)
            common++;
        else if (!classic_rests(&d->ours, i))
            return -1;
    }
    return d->n_zones == common + OF_NOTE ? 0 : -1;
}

static double play_theirs(void *what)
{
    duel *d = what;
    const aed_score *score = &d->ours.score;
    const double start = bench_cpu();

    instanceClearfaust(d->theirs);
    for (size_t at = 0, k = 0; at < CLASSIC_N; at += BLOCK)
    {
        double *y = d->y + at;

        for (; k < score->n && score->events[k].at == at; k++)
        {
            set(d, "note.pitch_ratio", exp2((score->events[k].pitch - 60.0) / 12.0));
            set(d, "note.velocity", score->events[k].vel / 127.0);
        }
        computefaust(d->theirs, BLOCK, NULL, &y);
    }
    return (bench_cpu() - start) / CLASSIC_N;
}

static double play_ours(void *what)
{
    duel *d = what;
    const double start = bench_cpu();

    if (classic_render(&d->ours, NULL) != AED_OK)
        return NAN;
    return (bench_cpu() - start) / CLASSIC_N;
}

/* ---- do both sound the same? ---- */

static int play_both(duel *d, double noise)
{
    classic_noise(&d->ours, noise);
    return set_all(d) || isnan(play_ours(d)) || isnan(play_theirs(d)) ? -1 : 0;
}

static double greatest_difference(const duel *d)
{
    double off = 0.0, peak = 0.0;

    for (size_t i = 0; i < CLASSIC_N; i++)
    {
        off = fmax(off, fabs(d->ours.x[i] - d->y[i]));
        peak = fmax(peak, fabs(d->ours.x[i]));
    }
    return off / peak;
}

/* Sample by sample without noise, and by its level with it; leaves the noise on. */
static int check_equal(const char *row, duel *d)
{
    if (play_both(d, 0.0))
        return -1;
    const double off = greatest_difference(d);

    if (play_both(d, 0.5))
        return -1;
    const double ours = classic_level(d->ours.x), theirs = classic_level(d->y);

    printf(
        "bench %s check without noise off %.1e of the peak, allowed %.0e; with noise ours %.2f dB "
        "theirs %.2f dB, allowed %.1f apart\n",
        row, off, tolerance, ours, theirs, level_db);
    return !(off < tolerance && fabs(ours - theirs) < level_db); /* NaN is unequal too */
}

static bench_outcome fight(const char *row, duel *d)
{
    static bench_pairs pairs;
    UIGlue ui = {d, on_box, on_end, on_slider};

    if (classic_open(&d->ours) || !d->theirs)
        return bench_failed(row, "%s", d->ours.e.msg);
    initfaust(d->theirs, CLASSIC_SR_HZ);
    buildUserInterfacefaust(d->theirs, &ui);
    const int unequal = check_equal(row, d);

    if (unequal)
        return bench_failed(row, "%s",
            unequal > 0 ? "we and classic.dsp sound different"
                        : "the chain and classic.dsp have different parameters");
    if (bench_interleave(&pairs, play_ours, play_theirs, d, RUNS))
        return bench_failed(row, "the chain did not play");
    return bench_report(row, &pairs, BENCH_RIVAL, 1e9, "ns/sample");
}

bench_outcome row_voice_faust(const char *row)
{
    static duel d;

    d.theirs = newfaust();
    const bench_outcome outcome = fight(row, &d);

    classic_close(&d.ours);
    deletefaust(d.theirs);
    return outcome;
}

#else

bench_outcome row_voice_faust(const char *row)
{
    return bench_skipped(row, "no faust when this was built ('make bench-deps')");
}

#endif
