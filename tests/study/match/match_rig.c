/* match_rig.c: the plant, the loss and the budget that all methods share. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "ear/ear.h"
#include "ear/tuner.h"
#include "match.h"
#include "plant.h"

static const double sr_hz = 16000.0, sure = 0.35, quiet = 1e-3;
static const aed_score score = {{{0, 60.0, 100.0}, {MATCH_N * 6 / 10, 60.0, 0.0}}, 2};

enum
{
    OUR_NOISE = 1,
    THEIR_NOISE = 2
};

static struct
{
    test_plant plant;
    aed_voice *voice;
    aed_tape *tape;
    aed_ear *ear, *judge;
    aed_tuner *tuner;
    size_t freq;
    double x[MATCH_N], dx[MATCH_N];
} rig;

static struct
{
    size_t spent;
    double best[MATCH_D_MOST], best_loss;
} run;

static void check(aed_status status, const char *what)
{
    if (status == AED_OK)
        return;
    fprintf(stderr, "match: %s: %s\n", what, aed_status_text(status));
    exit(1);
}

static aed_ear *ear_with(double floor)
{
    aed_ear_config c;

    aed_ear_defaults(&c);
    c.sr_hz = sr_hz;
    c.n = MATCH_N;
    c.floor = floor;
    return aed_ear_new(&c, NULL);
}

void match_open(void)
{
    rig.plant = plant_of("");
    rig.voice = aed_voice_new(&rig.plant.chain, sr_hz, OUR_NOISE, NULL);
    rig.tape = rig.voice ? aed_tape_new(rig.voice, MATCH_N, NULL) : NULL;
    rig.ear = ear_with(1e-4);
    rig.judge = ear_with(1e-6);
    rig.tuner = aed_tuner_new(sr_hz, MATCH_N, NULL);
    rig.freq = plant_theta(&rig.plant, "vco.freq");
    check(rig.tape && rig.ear && rig.judge && rig.tuner ? AED_OK : AED_E_MEMORY, "open");
    check(rig.plant.knobs.d <= MATCH_D_MOST ? AED_OK : AED_E_SIZE, "knobs");
}

size_t match_d(void)
{
    return rig.plant.knobs.d;
}

size_t match_freq(void)
{
    return rig.freq;
}

double match_octaves(void)
{
    const aed_param *p = aed_chain_param(&rig.plant.chain, rig.plant.knobs.index[rig.freq]);

    return log2(p->hi / p->lo);
}

const double *match_start(void)
{
    static double theta[MATCH_D_MOST];

    aed_knobs_collect(theta, &rig.plant.knobs, rig.plant.start);
    return theta;
}

static int render(double *y, const double *theta, aed_tape *tape)
{
    double full[AED_KNOBS_MOST];

    plant_full(full, &rig.plant, theta);
    return aed_voice_render(rig.voice, y, tape, full, &score, MATCH_N) == AED_OK;
}

/* ---- targets ---- */

static double rms(const double *x)
{
    double sum = 0.0;

    for (size_t i = 0; i < MATCH_N; i++)
        sum += x[i] * x[i];
    return sqrt(sum / MATCH_N);
}

/* Only logmel, as the seed. */
static double judge(const double *theta)
{
    double weights[AED_LOSSES] = {0.0};
    aed_ear_result heard;

    weights[AED_LOSS_LOGMEL] = 1.0;
    if (!render(rig.x, theta, NULL) ||
        aed_ear_listen(rig.judge, &heard, NULL, rig.x, weights, NULL, MATCH_N, NULL) != AED_OK)
        return INFINITY;
    return heard.loss;
}

/* 55 … 880 Hz; every other knob .05 … .95 of its range; loud enough to be heard. */
void match_random(match_target *t, uint64_t seed, int key_known)
{
    const aed_param *p = aed_chain_param(&rig.plant.chain, rig.plant.knobs.index[rig.freq]);
    aed_rng r = {seed, 0};

    do
    {
        for (size_t i = 0; i < match_d(); i++)
            t->theta[i] = 0.05 + 0.9 * aed_rng_uniform(&r);
        t->theta[rig.freq] = aed_param_theta(p, 55.0 * exp2(4.0 * aed_rng_uniform(&r)));
        aed_voice_seed(rig.voice, THEIR_NOISE);
    } while (!render(t->sound, t->theta, NULL) || rms(t->sound) < quiet);
    aed_voice_seed(rig.voice, OUR_NOISE);
    t->key_known = key_known;
    t->seed = seed;
    check(aed_ear_target(rig.judge, t->sound, MATCH_N, NULL), "target");
    t->least = judge(t->theta);
}

int match_recording(match_target *t, const char *path, double from_s)
{
    char command[400];

    memset(t, 0, sizeof *t);
    t->least = NAN;
    t->seed = 1;
    snprintf(command, sizeof command, "sox %s -r 16000 -c 1 -t f64 - trim %g %g 2>/dev/null", path,
        from_s, MATCH_N / sr_hz);
    FILE *f = popen(command, "r");
    const size_t n = f ? fread(t->sound, sizeof *t->sound, MATCH_N, f) : 0;

    if (f)
        pclose(f);
    return n > 0 && rms(t->sound) >= quiet;
}

/* ---- runs ---- */

void match_begin(const match_target *t)
{
    run.spent = 0;
    run.best_loss = INFINITY;
    memcpy(run.best, match_start(), sizeof run.best);
    check(aed_ear_target(rig.ear, t->sound, MATCH_N, NULL), "target");
    check(aed_ear_target(rig.judge, t->sound, MATCH_N, NULL), "target");
    check(aed_tuner_target(rig.tuner, t->sound, NULL), "target");
}

size_t match_left(void)
{
    return MATCH_UNITS - run.spent;
}

static void spend(size_t units)
{
    check(units <= match_left() ? AED_OK : AED_E_STATE, "units");
    run.spent += units;
}

static double keep(const double *theta, double loss)
{
    if (loss < run.best_loss)
    {
        run.best_loss = loss;
        memcpy(run.best, theta, match_d() * sizeof *theta);
    }
    return loss;
}

double match_loss(const double *theta)
{
    aed_ear_result heard;

    spend(1);
    if (!render(rig.x, theta, NULL) ||
        aed_ear_listen(rig.ear, &heard, NULL, rig.x, NULL, NULL, MATCH_N, NULL) != AED_OK)
        return INFINITY;
    return keep(theta, heard.loss);
}

double match_gradient(double *g, const double *theta)
{
    double dfull[AED_KNOBS_MOST] = {0.0};
    aed_ear_result heard;

    spend(2);
    if (!render(rig.x, theta, rig.tape) ||
        aed_ear_listen(rig.ear, &heard, rig.dx, rig.x, NULL, NULL, MATCH_N, NULL) != AED_OK ||
        aed_voice_backward(rig.voice, dfull, rig.tape, rig.dx) != AED_OK)
        return INFINITY;
    aed_knobs_gradient(g, &rig.plant.knobs, dfull);
    return keep(theta, heard.loss);
}

int match_lag(double *octaves)
{
    aed_tuner_result r;

    check(aed_tuner_listen(&r, rig.tuner, rig.x, NULL), "tuner");
    *octaves = r.octaves;
    return r.confidence >= sure;
}

double match_judge(void)
{
    return judge(run.best);
}

double match_best(void)
{
    return run.best_loss;
}
