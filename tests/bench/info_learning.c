/* info_learning.c: what learning costs, one thread, without a rival: the default chain rendering a
 * window, its way back, and the whole loop of both with ear, scheduler and optimizer. What learns is what
 * learns by default, and the loss says how far. */
#include <stdio.h>
#include <stdlib.h>

#include "bench.h"
#include "control/sched.h"
#include "control/train.h"
#include "ear/ear.h"
#include "plant/knobs.h"
#include "plant/voice.h"

enum
{
    RUNS = 200
};

typedef struct
{
    aed_chain chain;
    aed_knobs knobs;
    aed_voice *voice;
    aed_tape *tape;
    aed_ear *ear;
    aed_train *train;
    aed_sched sched;
    aed_score score;
    size_t n;
    double *x, *dx;              /* [n] */
    double full[AED_KNOBS_MOST]; /* theta of all, and dL/dtheta */
    double dfull[AED_KNOBS_MOST];
    double g[AED_KNOBS_MOST]; /* [knobs.d] */
    aed_error e;
} loop;

/* CPU seconds of the parts of each step. */
typedef struct
{
    double render[RUNS], hear[RUNS], back[RUNS], all[RUNS];
    double loss[RUNS];
} table;

static aed_status render(loop *l, aed_tape *tape)
{
    aed_knobs_expand(l->full, &l->knobs, aed_train_emitted(l->train));
    return aed_voice_render(l->voice, l->x, tape, l->full, &l->score, l->n);
}

static aed_status go_back(loop *l)
{
    for (size_t i = 0; i < l->chain.d; i++)
        l->dfull[i] = 0.0;
    const aed_status status = aed_voice_backward(l->voice, l->dfull, l->tape, l->dx);

    aed_knobs_gradient(l->g, &l->knobs, l->dfull);
    return status;
}

static aed_status update(loop *l, const aed_ear_result *r)
{
    const aed_sched *s = &l->sched;

    if (aed_train_loss(l->train, r->loss, NULL, &l->e) != AED_OK ||
        aed_sched_step(&l->sched, r->loss, 0.0, 0, &l->e) != AED_OK ||
        aed_train_hyper(l->train, s->alpha, s->mu, s->sigma, &l->e) != AED_OK)
        return l->e.code;
    return aed_train_gradient(l->train, l->g, l->knobs.d, &l->e);
}

static aed_status step(loop *l, table *t, size_t i)
{
    aed_ear_result r;
    const double t0 = bench_cpu();

    if (render(l, l->tape) != AED_OK)
        return aed_fail(&l->e, AED_E_NONFINITE, "the chain did not render");
    const double t1 = bench_cpu();

    if (aed_ear_listen(l->ear, &r, l->dx, l->x, NULL, NULL, l->n, &l->e) != AED_OK)
        return l->e.code;
    const double t2 = bench_cpu();

    if (go_back(l) != AED_OK)
        return aed_fail(&l->e, AED_E_NONFINITE, "the chain did not go back");
    const double t3 = bench_cpu();

    if (update(l, &r) != AED_OK)
        return l->e.code;
    t->render[i] = t1 - t0;
    t->hear[i] = t2 - t1;
    t->back[i] = t3 - t2;
    t->all[i] = bench_cpu() - t0;
    t->loss[i] = r.loss;
    return AED_OK;
}

/* ---- set up ---- */

/* The target is the chain with all that learns at .6 but the pitch; learning starts with all at .5, and
 * what does not learn stands where a new voice begins, in both. */
static aed_status make_target(loop *l)
{
    for (size_t j = 0; j < l->knobs.d; j++)
        l->full[l->knobs.index[j]] = 0.6;
    l->full[aed_chain_find(&l->chain, "vco.freq")] = 0.5;
    if (aed_voice_render(l->voice, l->x, NULL, l->full, &l->score, l->n) != AED_OK)
        return aed_fail(&l->e, AED_E_NONFINITE, "the target did not render");
    return aed_ear_target(l->ear, l->x, l->n, &l->e);
}

static aed_status open_loop(loop *l)
{
    aed_ear_config c;

    aed_ear_defaults(&c);
    l->n = c.n;
    l->score = (aed_score){.events = {{0, 60.0, 100.0}, {l->n * 6 / 10, 60.0, 0.0}}, .n = 2};
    if (aed_chain_parse(&l->chain, AED_CHAIN_DEFAULT, &l->e) != AED_OK ||
        aed_sched_init(&l->sched, "robust", &l->e) != AED_OK)
        return l->e.code;
    aed_knobs_init(&l->knobs, &l->chain);
    aed_chain_start(l->full, &l->chain);
    l->voice = aed_voice_new(&l->chain, c.sr_hz, 0, &l->e);
    l->tape = l->voice ? aed_tape_new(l->voice, l->n, &l->e) : NULL;
    l->ear = aed_ear_new(&c, &l->e);
    l->train = aed_train_new(l->knobs.d, 0, &l->e);
    l->x = calloc(2 * l->n, sizeof *l->x);
    if (!l->voice || !l->tape || !l->ear || !l->train || !l->x)
        return AED_E_MEMORY;
    l->dx = l->x + l->n;
    return make_target(l);
}

static void close_loop(loop *l)
{
    aed_voice_free(l->voice);
    aed_tape_free(l->tape);
    aed_ear_free(l->ear);
    aed_train_free(l->train);
    free(l->x);
}

/* ---- report ---- */

static void print_costs(const table *t, size_t n)
{
    const double to_ns = 1e9 / (double)n;
    double ratios[RUNS];

    for (size_t i = 0; i < RUNS; i++)
        ratios[i] = t->back[i] / t->render[i];
    printf("info learning render %.1f ns/sample, hear and its gradient %.1f, backward %.1f, "
           "backward/render %.2f spread %.2f-%.2f\n",
        to_ns * bench_quantile(t->render, RUNS, 0.5), to_ns * bench_quantile(t->hear, RUNS, 0.5),
        to_ns * bench_quantile(t->back, RUNS, 0.5), bench_quantile(ratios, RUNS, 0.5),
        bench_quantile(ratios, RUNS, 0.1), bench_quantile(ratios, RUNS, 0.9));
    printf("info learning loop %.1f steps/s of %zu samples spread %.1f-%.1f\n",
        1.0 / bench_quantile(t->all, RUNS, 0.5), n, 1.0 / bench_quantile(t->all, RUNS, 0.9),
        1.0 / bench_quantile(t->all, RUNS, 0.1));
}

static aed_status measure(loop *l)
{
    static table t;

    for (size_t i = 0; i < RUNS; i++)
    {
        if (step(l, &t, i) != AED_OK)
            return l->e.code;
    }
    print_costs(&t, l->n);
    printf("info learning loss %.4f falls to %.4f in %d steps, %zu of %zu parameters learn\n",
        t.loss[0], t.loss[RUNS - 1], RUNS, l->knobs.d, l->chain.d);
    return AED_OK;
}

bench_outcome info_learning(const char *row)
{
    loop l = {.n = 0};
    const int failed = open_loop(&l) != AED_OK || measure(&l) != AED_OK;

    close_loop(&l);
    return failed ? bench_failed(row, "%s", l.e.msg) : BENCH_DONE;
}
