/* law.c: what the law `robust` does to alpha and to learning, beside the law it came from (method.md) and a
 * fixed alpha.
 *
 * alpha      over 10,000 steps of losses that nothing alpha does can change: median, least and greatest over
 *            runs of the median alpha, as a part of alpha at the start
 * learning   the classic voice against itself, 8000 samples at 16 kHz, key known, from the middle, 600 units (a
 *            loss 1, a loss with its gradient 2), with and without local tests. Success: at most .3 above the
 *            loss of the true parameters, heard with a floor of 1e-6. The interval is that of the mean
 *            difference to `before`: 95 %, bootstrap over targets.
 *
 * AED_TRIALS targets (24), from the AED_FIRSTth on (0). One argument: "alpha tests gradient", or some of them:
 * tests learns with local tests, gradient without. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "control/law.h"
#include "control/train.h"
#include "ear/ear.h"
#include "plant.h"
#include "sounds.h"

static void check(aed_status status, const char *what)
{
    if (status == AED_OK)
        return;
    printf("%s: %s\n", what, aed_status_text(status));
    abort();
}

/* ---- the laws ---- */

/* method.md's: alpha · 1.02 when the running mean of the log loss falls, · .8/(1 + 5 v) when it rises, but not
 * within 5 steps of the last time. */
static void before_step(aed_sched *s, double loss, double reward)
{
    static size_t rest_until;

    aed_sched_observe(s, log(loss + 1e-9), reward);
    s->var = aed_sched_residual_variance(s);
    s->plateau = s->dloss < s->epsilon ? s->plateau + 1 : 0;
    rest_until = s->steps == 0 ? 0 : rest_until;
    if (s->dloss > s->epsilon)
        aed_sched_scale_alpha(s, 1.02);
    else if (s->dloss < -s->epsilon && s->steps >= rest_until)
    {
        aed_sched_scale_alpha(s, 0.8 / (1.0 + 5.0 * s->var));
        rest_until = s->steps + 6;
    }
    aed_sched_step_mu(s);
    aed_sched_scale_sigma(
        s, aed_sched_on_plateau(s) ? s->sigma_up : s->sigma_down / (1.0 + s->sigma_damp * s->var));
}

static void fixed_step(aed_sched *s, double loss, double reward)
{
    before_step(s, loss, reward);
    s->alpha = s->alpha0;
}

static aed_law before = {.name = "before", .step = before_step};
static aed_law fixed = {.name = "fixed", .step = fixed_step};
static const aed_law *const laws[] = {&before, &fixed, &aed_law_robust, &aed_law_hyper};

enum
{
    LAWS = sizeof laws / sizeof *laws
};

static aed_sched law_at(const aed_law *law, double alpha)
{
    aed_sched s;

    check(aed_sched_init(&s, law->defaults ? law->name : "robust", NULL), "law");
    if (!law->defaults) /* one of those above */
    {
        s.law = law;
        s.relative = 0.0;
        s.alpha_min = 0.001;
        s.alpha_max = 0.2;
        s.mu_max = 0.95;
    }
    check(aed_sched_set(&s, "alpha", alpha, NULL), "alpha");
    aed_sched_reset(&s);
    return s;
}

/* ---- alpha ---- */

static double normal(void)
{
    double sum = -6.0;

    for (int i = 0; i < 12; i++)
        sum += test_uniform(0.0, 1.0);
    return sum;
}

/* Log losses, step after step: *state is the walk so far. */
static double still_a_little(double *state)
{
    (void)state;
    return 0.01 * normal();
}

static double still_noisy(double *state)
{
    (void)state;
    return 0.3 * normal();
}

static double skewed(double *state)
{
    (void)state;
    return log(test_uniform(1e-6, 1.0));
}

static double walk(double *state)
{
    return *state += test_uniform(0.0, 1.0) < 0.5 ? -0.02 : 0.02;
}

static double wander(double *state)
{
    return *state = 0.98 * *state + 0.05 * normal();
}

static double slowly(double *state)
{
    return (*state -= 0.0005) + 0.05 * normal();
}

static double steadily(double *state)
{
    return (*state -= 0.01) + 0.05 * normal();
}

static double worse_and_worse(double *state)
{
    return (*state += 0.01) + 0.05 * normal();
}

static const struct
{
    const char *name;
    double (*next)(double *state);
    int steps;
} paths[] = {
    {"constant, noise .01", still_a_little, 10000},
    {"constant, noise .3", still_noisy, 10000},
    {"anything from 0 to 1", skewed, 10000},
    {"walk: half of the steps improve", walk, 10000},
    {"wander around a mean", wander, 10000},
    {"slow fall .0005, noise .05", slowly, 10000},
    {"fall .01, noise .05", steadily, 1500},
    {"rise .01, noise .05", worse_and_worse, 1500},
};

static int rising(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double middle(double *x, size_t n)
{
    qsort(x, n, sizeof *x, rising);
    return 0.5 * (x[(n - 1) / 2] + x[n / 2]);
}

static void study_alpha(void)
{
    enum
    {
        RUNS = 15
    };
    static double alphas[10000];

    for (size_t p = 0; p < sizeof paths / sizeof *paths; p++)
        for (size_t l = 0; laws[l] != &aed_law_hyper; l++) /* which sees no loss */
        {
            double medians[RUNS];

            for (size_t r = 0; r < RUNS; r++)
            {
                aed_sched s = law_at(laws[l], 0.02);
                double state = 0.0;

                for (int t = 0; t < paths[p].steps; t++)
                {
                    check(aed_sched_step(&s, exp(paths[p].next(&state)), 0.0, 0, NULL), "step");
                    alphas[t] = s.alpha / s.alpha0;
                }
                medians[r] = middle(alphas, (size_t)paths[p].steps);
            }
            const double m = middle(medians, RUNS);

            printf("study law %-32s %-8s median alpha / alpha0 %.3f (%.3f … %.3f)\n", paths[p].name,
                laws[l]->name, m, medians[0], medians[RUNS - 1]);
            fflush(stdout);
        }
}

/* ---- learning ---- */

enum
{
    N = 8000,
    UNITS = 600,
    PROBES = 8,
    TARGETS_MOST = 1000
};

static const double sr_hz = 16000.0, near_enough = 0.3;
static const aed_score score = {{{0, 60.0, 100.0}, {N * 6 / 10, 60.0, 0.0}}, 2};

static double x[N], dx[N];

static struct
{
    test_plant plant;
    aed_voice *voice;
    aed_tape *tape;
    aed_ear *ear, *judge;
    size_t freq; /* in theta */
} rig;

typedef struct
{
    aed_train *train;
    aed_sched sched;
    double full[AED_KNOBS_MOST];
    size_t units;
} run;

static aed_ear *ear_with(double floor)
{
    aed_ear_config c;

    aed_ear_defaults(&c);
    c.sr_hz = sr_hz;
    c.n = N;
    c.floor = floor;
    return aed_ear_new(&c, NULL);
}

static void open_rig(void)
{
    rig.plant = plant_of("");
    rig.voice = aed_voice_new(&rig.plant.chain, sr_hz, 1, NULL);
    rig.tape = rig.voice ? aed_tape_new(rig.voice, N, NULL) : NULL;
    rig.ear = ear_with(1e-4);
    rig.judge = ear_with(1e-6);
    rig.freq = plant_theta(&rig.plant, "vco.freq");
    check(rig.tape && rig.ear && rig.judge ? AED_OK : AED_E_MEMORY, "rig");
}

static void close_rig(void)
{
    aed_tape_free(rig.tape);
    aed_voice_free(rig.voice);
    aed_ear_free(rig.ear);
    aed_ear_free(rig.judge);
}

static int render(const double *theta, aed_tape *tape)
{
    double full[AED_KNOBS_MOST];

    memcpy(full, rig.plant.start, sizeof full);
    aed_knobs_expand(full, &rig.plant.knobs, theta);
    return aed_voice_render(rig.voice, x, tape, full, &score, N) == AED_OK;
}

static double loss_of(aed_ear *ear, const double *theta)
{
    aed_ear_result heard;

    return render(theta, NULL) &&
                   aed_ear_listen(ear, &heard, NULL, x, NULL, NULL, N, NULL) == AED_OK
               ? heard.loss
               : NAN;
}

/* A random theta that sounds, its sound with other noise as the target; the loss of the truth. */
static double new_target(double *theta, uint64_t number)
{
    aed_rng rng = {aed_rng_bits(4711, number), 0};

    do
    {
        for (size_t j = 0; j < rig.plant.knobs.d; j++)
            theta[j] = 0.05 + 0.9 * aed_rng_uniform(&rng);
        aed_voice_seed(rig.voice, 2);
        aed_voice_reset(rig.voice);
    } while (!render(theta, NULL) || sound_rms(x, N) < 1e-3);
    check(aed_ear_target(rig.ear, x, N, NULL), "target");
    check(aed_ear_target(rig.judge, x, N, NULL), "target");
    aed_voice_seed(rig.voice, 1);
    return loss_of(rig.judge, theta);
}

static void local_tests(run *r)
{
    double theta[AED_KNOBS_MOST];

    for (size_t i = 0; i < PROBES; i++, r->units++)
    {
        check(aed_train_candidate(r->train, theta, i, NULL), "candidate");
        check(aed_train_probe_loss(r->train, i, loss_of(rig.ear, theta), NULL), "probe");
    }
    if (aed_train_probe_finish(r->train))
        aed_sched_forget(&r->sched);
}

/* 0 when the plant stopped being finite. */
static int step(run *r)
{
    double dfull[AED_KNOBS_MOST] = {0.0}, g[AED_KNOBS_MOST];
    aed_ear_result heard;

    if (!render(aed_train_emitted(r->train), rig.tape) ||
        aed_ear_listen(rig.ear, &heard, dx, x, NULL, NULL, N, NULL) != AED_OK ||
        aed_voice_backward(rig.voice, dfull, rig.tape, dx) != AED_OK)
        return 0;
    aed_knobs_gradient(g, &rig.plant.knobs, dfull);
    check(aed_train_loss(r->train, heard.loss, NULL, NULL), "loss");
    check(aed_sched_step(&r->sched, heard.loss, heard.reward, 1, NULL), "sched");
    check(aed_train_hyper(r->train, r->sched.alpha, r->sched.mu, r->sched.sigma, NULL), "hyper");
    check(aed_train_gradient(r->train, g, rig.plant.knobs.d, NULL), "gradient");
    aed_sched_agreement(&r->sched, aed_train_report(r->train).agreement);
    aed_sched_success(&r->sched, aed_train_report(r->train).success);
    r->units += 2;
    return 1;
}

/* What the judge says of the best theta of a run. */
static double learn(const double *truth, const aed_law *law, double alpha, int tests)
{
    run r = {.train = aed_train_new(rig.plant.knobs.d, 1, NULL), .sched = law_at(law, alpha)};
    double theta[AED_KNOBS_MOST];

    aed_knobs_collect(theta, &rig.plant.knobs, rig.plant.start);
    theta[rig.freq] = truth[rig.freq];
    check(aed_train_theta(r.train, theta, rig.plant.knobs.d, NULL), "theta");
    check(aed_train_freeze(r.train, rig.freq, 1, NULL), "freeze");
    check(aed_train_probe(r.train, tests ? 10.0 : 0.0, PROBES, 1.0, NULL), "probe");
    aed_train_start(r.train);
    while (r.units + 2 <= UNITS && step(&r))
        if (aed_train_probe_due(r.train) && r.units + PROBES <= UNITS)
            local_tests(&r);
    const double loss = loss_of(rig.judge, aed_train_best(r.train));

    aed_train_free(r.train);
    return loss;
}

typedef struct
{
    double loss[LAWS][TARGETS_MOST];
    size_t success[LAWS];
} outcome;

/* The mean difference to the law before: the ends of its interval. */
static void interval(double *lo, double *hi, const double *a, const double *b, size_t n)
{
    enum
    {
        DRAWS = 2000
    };
    static double means[DRAWS];

    for (size_t k = 0; k < DRAWS; k++)
    {
        means[k] = 0.0;
        for (size_t i = 0; i < n; i++)
        {
            const size_t j = (size_t)test_uniform(0.0, (double)n);

            means[k] += (a[j] - b[j]) / (double)n;
        }
    }
    qsort(means, DRAWS, sizeof *means, rising);
    *lo = means[DRAWS / 40];
    *hi = means[DRAWS - DRAWS / 40];
}

static void print(outcome *o, double alpha, int tests, size_t n)
{
    for (size_t l = 0; l < LAWS; l++)
    {
        double lo, hi, mean = 0.0;

        interval(&lo, &hi, o->loss[l], o->loss[0], n);
        for (size_t i = 0; i < n; i++)
            mean += o->loss[l][i] / (double)n;
        printf("study law alpha %.3f %-13s %-8s %zu targets  success %.3f  mean loss %.3f  to "
               "`before` "
               "%+.3f … %+.3f",
            alpha, tests ? "local tests" : "gradient only", laws[l]->name, n,
            (double)o->success[l] / (double)n, mean, lo, hi);
        printf("  median %.3f\n", middle(o->loss[l], n));
    }
    fflush(stdout);
}

static size_t asked(const char *name, size_t otherwise)
{
    const char *text = getenv(name);

    return text && atol(text) >= 0 ? (size_t)atol(text) : otherwise;
}

static void study_learning(int tests)
{
    static const double alphas[] = {0.002, 0.02, 0.2};
    static outcome o[3];
    const size_t first = asked("AED_FIRST", 0), trials = asked("AED_TRIALS", 24);
    const size_t n = trials < TARGETS_MOST ? trials : TARGETS_MOST;
    double truth[AED_KNOBS_MOST];

    open_rig();
    for (size_t i = 0; i < n; i++)
    {
        const double least = new_target(truth, first + i);

        for (size_t k = 0; k < 3 * LAWS; k++)
        {
            const double loss = learn(truth, laws[k / 3], alphas[k % 3], tests);

            o[k % 3].loss[k / 3][i] = loss;
            o[k % 3].success[k / 3] += loss <= least + near_enough;
        }
    }
    for (size_t k = 0; k < 3; k++)
        print(&o[k], alphas[k], tests, n);
    close_rig();
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "alpha tests gradient";

    if (strstr(what, "alpha"))
        study_alpha();
    if (strstr(what, "tests"))
        study_learning(1);
    if (strstr(what, "gradient"))
        study_learning(0);
    return 0;
}
