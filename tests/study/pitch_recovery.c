/* pitch_recovery.c: how often does learning end in tune? From up to two octaves away 600 units are spent, a
 * loss 1 and a loss with its gradient 2. Shares of trials whose best theta is within 10 and 50 cents:
 *
 * plain        the log-mel loss and adam
 * tests        the law `robust` and a round of 8 local tests after every 10th step too
 * lag          and the lag: the default loop of the examples
 *
 * saw          the voice is a sawtooth, the target one that it can make
 * mismatched   the same voice; slope, level and noise of the target are out of its reach (sound_mismatched)
 * classic      the default chain against itself, every other parameter at random in both
 * vibrato …    sounds that no parameter makes, against the default chain as it starts
 *
 * 80 … 1280 Hz, 16384 samples, 48 kHz. AED_TRIALS trials of each of the first three (200), a third of the
 * rest; AED_MODES: some of plain, tests, lag. Arguments: some of the kinds; one has the same trials whatever
 * else runs. To develop, set AED_SEED to another number than 1. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control/sched.h"
#include "control/train.h"
#include "ear/ear.h"
#include "ear/tuner.h"
#include "plant.h"
#include "sounds.h"

enum
{
    N = 16384,
    UNITS = 600,
    PROBES = 8
};

static const double sr_hz = 48000.0, two_pi = 6.283185307179586, sure = 0.35;
static const aed_score score = {{{0, 60.0, 100.0}, {N * 6 / 10, 60.0, 0.0}}, 2};

static double x[N], y[N], dx[N];

/* One kind of trial's plant, and what hears it. */
static struct
{
    test_plant plant;
    aed_voice *voice;
    aed_tape *tape;
    aed_ear *ear;
    aed_tuner *tuner;
    size_t freq; /* in full */
} rig;

static void check(aed_status status, const char *what)
{
    if (status == AED_OK)
        return;
    printf("%s: %s\n", what, aed_status_text(status));
    abort();
}

/* ---- a run ---- */

typedef struct
{
    const char *name;
    int tests, lag;
} mode;

static const mode modes[] = {{"plain", 0, 0}, {"tests", 1, 0}, {"lag", 1, 1}};

enum
{
    MODES = sizeof modes / sizeof *modes
};

typedef struct
{
    aed_train *train;
    aed_sched sched;
    double full[AED_KNOBS_MOST];
    size_t units, steps;
} run;

static int render(run *r, const double *theta, aed_tape *tape)
{
    aed_knobs_expand(r->full, &rig.plant.knobs, theta);
    return aed_voice_render(rig.voice, x, tape, r->full, &score, N) == AED_OK;
}

static void local_tests(run *r)
{
    double theta[AED_KNOBS_MOST];
    aed_ear_result heard;

    for (size_t i = 0; i < PROBES; i++, r->units++)
    {
        double loss = NAN;

        check(aed_train_candidate(r->train, theta, i, NULL), "candidate");
        if (render(r, theta, NULL) &&
            aed_ear_listen(rig.ear, &heard, NULL, x, NULL, NULL, N, NULL) == AED_OK)
            loss = heard.loss;
        check(aed_train_probe_loss(r->train, i, loss, NULL), "probe");
    }
    if (aed_train_probe_finish(r->train))
        aed_sched_forget(&r->sched);
}

static void tune(run *r)
{
    aed_tuner_result t;

    check(aed_tuner_listen(&t, rig.tuner, x, NULL), "tuner");
    if (t.confidence >= sure)
        check(aed_train_lag(r->train, t.octaves, NULL), "lag");
}

static void follow_the_law(run *r, const aed_ear_result *heard)
{
    check(aed_sched_step(&r->sched, heard->loss, heard->reward, 1, NULL), "sched");
    check(aed_train_hyper(r->train, r->sched.alpha, r->sched.mu, r->sched.sigma, NULL), "hyper");
}

/* 0 when the plant stopped being finite. */
static int step(run *r, const mode *m)
{
    double dfull[AED_KNOBS_MOST] = {0.0}, g[AED_KNOBS_MOST];
    aed_ear_result heard;

    if (!render(r, aed_train_emitted(r->train), rig.tape) ||
        aed_ear_listen(rig.ear, &heard, dx, x, NULL, NULL, N, NULL) != AED_OK ||
        aed_voice_backward(rig.voice, dfull, rig.tape, dx) != AED_OK)
        return 0;
    aed_knobs_gradient(g, &rig.plant.knobs, dfull);
    if (m->lag)
        tune(r);
    check(aed_train_loss(r->train, heard.loss, NULL, NULL), "loss");
    if (m->tests)
        follow_the_law(r, &heard);
    check(aed_train_gradient(r->train, g, rig.plant.knobs.d, NULL), "gradient");
    r->units += 2;
    return 1;
}

static void open_run(run *r, const double *start)
{
    const aed_param *p = aed_chain_param(&rig.plant.chain, rig.freq);
    const double tuned[] = {(double)plant_theta(&rig.plant, "vco.freq"), log2(p->hi / p->lo)};
    double theta[AED_KNOBS_MOST];

    *r = (run){.train = aed_train_new(rig.plant.knobs.d, 1, NULL)};
    memcpy(r->full, start, rig.plant.chain.d * sizeof *start);
    aed_knobs_collect(theta, &rig.plant.knobs, start);
    check(aed_sched_init(&r->sched, "robust", NULL), "sched");
    check(aed_train_theta(r->train, theta, rig.plant.knobs.d, NULL), "theta");
    check(aed_train_tuned(r->train, tuned, 2, NULL), "tuned");
    check(aed_train_probe(r->train, 10.0, PROBES, 1.0, NULL), "probe");
    aed_train_start(r->train);
}

/* The frequency that learning ends with, and *loss. */
static double learn(double *loss, const double *start, const mode *m)
{
    run r;

    open_run(&r, start);
    while (r.units + 2 <= UNITS && step(&r, m))
        if (m->tests && aed_train_probe_due(r.train) && r.units + PROBES <= UNITS)
            local_tests(&r);
    aed_knobs_expand(r.full, &rig.plant.knobs, aed_train_best(r.train));
    *loss = aed_train_report(r.train).best_loss;
    aed_train_free(r.train);
    return aed_param_value(aed_chain_param(&rig.plant.chain, rig.freq), r.full[rig.freq]);
}

/* ---- targets: into y, and full where learning starts, but for its frequency ---- */

static void random_knobs(double *full)
{
    for (size_t j = 0; j < rig.plant.knobs.d; j++)
        full[rig.plant.knobs.index[j]] = test_uniform(0.05, 0.95);
}

static void set_freq(double *full, double hz)
{
    full[rig.freq] = aed_param_theta(aed_chain_param(&rig.plant.chain, rig.freq), hz);
}

static void plain_saw(double *full)
{
    static const char *const off[] = {"vco.sine", "vco.tri", "vco.pulse"};

    for (size_t i = 0; i < 3; i++)
        full[plant_find(&rig.plant, off[i])] = AED_LEVEL_FLOOR;
    full[plant_find(&rig.plant, "vco.saw")] = 0.8;
}

static void saw(double *full, double hz)
{
    plain_saw(full);
    set_freq(full, hz);
    check(aed_voice_render(rig.voice, y, NULL, full, &score, N), "target");
}

static void mismatched(double *full, double hz)
{
    plain_saw(full);
    sound_mismatched(y, hz, sr_hz, N);
}

static void classic(double *full, double hz)
{
    do
    {
        random_knobs(full);
        set_freq(full, hz);
    } while (
        aed_voice_render(rig.voice, y, NULL, full, &score, N) != AED_OK || sound_rms(y, N) < 1e-4);
    random_knobs(full);
}

/* .3 sum over k = from … to of sin(phase_k) / k, of which the k-th partial is `bend` higher, and all swing. */
static void partials(double hz, size_t from, size_t to, double bend, double swing_cents)
{
    double phase[32] = {0.0};

    for (size_t i = 0; i < N; i++)
    {
        const double f = hz * exp2(swing_cents / 1200.0 * sin(two_pi * 5.5 * (double)i / sr_hz));

        y[i] = 0.0;
        for (size_t k = from; k <= to && k < 32; k++)
        {
            const double fk = (double)k * f * sqrt(1.0 + bend * (double)(k * k));

            phase[k] += fk < 0.45 * sr_hz ? two_pi * fk / sr_hz : 0.0;
            y[i] += 0.3 * sin(phase[k]) / (double)k;
        }
    }
}

static void vibrato(double *full, double hz)
{
    (void)full;
    partials(hz, 1, 20, 0.0, 30.0);
}

static void stretched(double *full, double hz)
{
    (void)full;
    partials(hz, 1, 20, 4e-4, 0.0);
}

static void missing(double *full, double hz)
{
    (void)full;
    partials(hz, 4, 9, 0.0, 0.0);
}

static void fm(double *full, double hz)
{
    (void)full;
    for (size_t i = 0; i < N; i++)
    {
        const double turn = two_pi * hz * (double)i / sr_hz;

        y[i] = 0.4 * sin(turn + 2.0 * sin(1.41 * turn));
    }
}

static void two_notes(double *full, double hz)
{
    static double below[N];

    (void)full;
    partials(hz, 1, 20, 0.0, 0.0);
    memcpy(below, y, sizeof y);
    partials(1.5 * hz, 1, 20, 0.0, 0.0);
    for (size_t i = 0; i < N; i++)
        y[i] += below[i];
}

/* ---- the table ---- */

typedef struct
{
    const char *name, *words;
    void (*make)(double *full, double hz);
    int hard; /* a third of the trials */
} kind;

static const kind kinds[] = {
    {"saw", "vco | vca", saw, 0},
    {"mismatched", "vco | vca", mismatched, 0},
    {"classic", "", classic, 0},
    {"vibrato", "", vibrato, 1},
    {"stretched", "", stretched, 1},
    {"missing", "", missing, 1},
    {"fm", "", fm, 1},
    {"two-notes", "", two_notes, 1},
};

typedef struct
{
    size_t within_10, within_50, octaves;
    double loss;
} outcome;

static void count(outcome *o, double hz, double target_hz, double loss)
{
    const double off = 1200.0 * log2(hz / target_hz);

    o->within_10 += fabs(off) < 10.0;
    o->within_50 += fabs(off) < 50.0;
    o->octaves += fabs(off) > 600.0 && fabs(remainder(off, 1200.0)) < 50.0;
    o->loss += loss;
}

static int asked(const mode *m)
{
    const char *names = getenv("AED_MODES");

    return !names || strstr(names, m->name);
}

static void trial(const kind *k, outcome o[MODES])
{
    const double hz = 80.0 * exp2(test_uniform(0.0, 4.0));
    const double start_hz = hz * exp2(test_uniform(-2.0, 2.0));
    double start[AED_KNOBS_MOST];

    memcpy(start, rig.plant.start, sizeof start);
    k->make(start, hz);
    set_freq(start, start_hz);
    check(aed_ear_target(rig.ear, y, N, NULL), "target");
    check(aed_tuner_target(rig.tuner, y, NULL), "target");
    for (size_t m = 0; m < MODES; m++)
    {
        if (!asked(&modes[m]))
            continue;
        double loss;
        const double ended = learn(&loss, start, &modes[m]);

        count(&o[m], ended, hz, loss);
    }
}

static void open_rig(const char *words)
{
    aed_ear_config c;
    aed_error e;

    aed_ear_defaults(&c);
    c.sr_hz = sr_hz;
    c.n = N;
    rig.plant = plant_of(words);
    rig.voice = aed_voice_new(&rig.plant.chain, sr_hz, 1, &e);
    rig.tape = rig.voice ? aed_tape_new(rig.voice, N, &e) : NULL;
    rig.ear = aed_ear_new(&c, &e);
    rig.tuner = aed_tuner_new(sr_hz, N, 1, &e);
    rig.freq = plant_find(&rig.plant, "vco.freq");
    check(rig.tape && rig.ear && rig.tuner ? AED_OK : AED_E_MEMORY, words);
}

static void close_rig(void)
{
    aed_tape_free(rig.tape);
    aed_voice_free(rig.voice);
    aed_ear_free(rig.ear);
    aed_tuner_free(rig.tuner);
}

static void print(const kind *k, const char *how, const outcome *o, size_t trials)
{
    const double n = (double)trials;

    printf("study recovery %-12s %-8s %4zu trials  within 10 cents %.3f  within 50 %.3f  an octave "
           "off %.3f  mean loss %.3f\n",
        k->name, how, trials, (double)o->within_10 / n, (double)o->within_50 / n,
        (double)o->octaves / n, o->loss / n);
    fflush(stdout);
}

static size_t number(const char *variable, size_t usual)
{
    const char *given = getenv(variable);

    return given && atol(given) > 0 ? (size_t)atol(given) : usual;
}

static void run_kind(const kind *k, size_t trials)
{
    outcome o[MODES] = {{0}};

    open_rig(k->words);
    for (size_t t = 0; t < trials; t++)
        trial(k, o);
    for (size_t m = 0; m < MODES; m++)
        if (asked(&modes[m]))
            print(k, modes[m].name, &o[m], trials);
    close_rig();
}

int main(int argc, char **argv)
{
    const size_t all = number("AED_TRIALS", 200), seed = number("AED_SEED", 1);

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
    {
        int wanted = argc < 2;

        for (int a = 1; a < argc; a++)
            wanted |= !strcmp(argv[a], kinds[i].name);
        test_seed(100 * seed + i);
        if (wanted)
            run_kind(&kinds[i], kinds[i].hard ? all / 3 + 1 : all);
    }
    return 0;
}
