/* match_learn.c: methods that follow gradients: all are aed_train, with more or less of it. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "control/sched.h"
#include "control/train.h"
#include "match.h"

enum
{
    EVERY = 10, /* steps between local tests */
    CANDIDATES = 8
};

static void check(aed_status status, const char *what)
{
    if (status == AED_OK)
        return;
    fprintf(stderr, "match: %s: %s\n", what, aed_status_text(status));
    exit(1);
}

static aed_train *open_train(const match_method *m, const match_target *t, double *theta)
{
    const double tuned[] = {(double)match_freq(), match_octaves()};
    const size_t d = match_d();
    aed_train *train = aed_train_new(d, t->seed, NULL);

    check(train ? AED_OK : AED_E_MEMORY, "train");
    for (size_t i = 0; i < d; i++)
        theta[i] = match_start()[i];
    if (t->key_known)
    {
        theta[match_freq()] = t->theta[match_freq()];
        check(aed_train_freeze(train, match_freq(), 1, NULL), "freeze");
    }
    check(aed_train_tuned(train, tuned, 2, NULL), "tuned");
    check(aed_train_optim(train, m->optim, NULL), "optim");
    check(aed_train_set(train, "clip", m->clip, NULL), "clip");
    check(aed_train_dither(train, m->dither ? "theta" : "off", NULL), "dither");
    check(aed_train_probe(train, m->tests ? EVERY : 0, CANDIDATES, 1.0, NULL), "probe");
    check(aed_train_theta(train, theta, d, NULL), "theta");
    aed_train_start(train);
    return train;
}

static void local_tests(aed_train *train, aed_sched *s)
{
    double theta[MATCH_D_MOST];

    for (size_t i = 0, n = aed_train_probe_n(train); i < n; i++)
    {
        check(aed_train_candidate(train, theta, i, NULL), "candidate");
        check(aed_train_probe_loss(train, i, match_loss(theta), NULL), "probe");
    }
    if (aed_train_probe_finish(train))
        aed_sched_forget(s);
}

/* 0 when the sound was not finite: nothing can be learned from it. */
static int step(const match_method *m, const match_target *t, aed_train *train, aed_sched *s)
{
    double g[MATCH_D_MOST], octaves;
    const double loss = match_gradient(g, aed_train_emitted(train));

    if (!isfinite(loss))
        return 0;
    check(aed_train_loss(train, loss, NULL, NULL), "loss");
    if (!t->key_known && match_lag(&octaves))
        check(aed_train_lag(train, octaves, NULL), "lag");
    if (m->law)
        check(aed_sched_step(s, loss, 0.0, 0, NULL), "law");
    check(aed_train_hyper(train, s->alpha, s->mu, s->sigma, NULL), "hyper");
    check(aed_train_gradient(train, g, match_d(), NULL), "gradient");
    return 1;
}

void match_learn(const match_method *m, const match_target *t)
{
    double theta[MATCH_D_MOST];
    aed_train *train = open_train(m, t, theta);
    aed_sched s;

    check(aed_sched_init(&s, "robust", NULL), "law");
    check(aed_sched_set(&s, "alpha", m->setting, NULL), "rate");
    while (match_left() >= 2 && step(m, t, train, &s))
        if (aed_train_probe_due(train) && aed_train_probe_n(train) <= match_left())
            local_tests(train, &s);
    aed_train_free(train);
}
