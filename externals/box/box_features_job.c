#include "box_features.h"

#include <stdlib.h>
#include <string.h>

static const double loss_of_nothing = 1e30;

typedef struct
{
    aed_job job;
    aed_features_box *x;
    aed_error e;
    aed_ear_config config;
    double loss_weights[AED_EAR_LOSSES], reward_weights[AED_EAR_REWARDS];
    aed_ear_result result;
    aed_tuner_result tune;
    int has_target, candidate, lag;
    double id;
    double *target; /* a new target: in; the old one, to be freed: out */
    size_t n;       /* of the window, or of the target */
    double *dx;     /* [n] out */
    double window[];
} ear_job;

static void discard(aed_job *job)
{
    ear_job *j = (ear_job *)job;

    free(j->target);
    aed_pool_give(&j->x->box.pool, j);
}

static ear_job *job_new(
    aed_features_box *x, size_t doubles, void (*run)(aed_job *), void (*deliver)(aed_job *))
{
    ear_job *j = aed_pool_take(&x->box.pool, sizeof *j + doubles * sizeof(double));

    if (!j)
    {
        aed_box_error(&x->box, "no memory for %zu samples", doubles);
        return NULL;
    }
    *j = (ear_job){0}; /* the samples are written before they are read */
    j->job.run = run;
    j->job.deliver = deliver;
    j->job.discard = discard;
    j->x = x;
    j->config = x->config;
    j->config.sr_hz = x->sr_hz;
    return j;
}

/* ---- on the worker ---- */

/* Of a target [target_n], as aed_features_cut. */
static double *cut_to(const double *target, size_t target_n, size_t n, aed_error *e)
{
    double *cut = calloc(n, sizeof *cut);

    if (cut)
        memcpy(cut, target, (target_n < n ? target_n : n) * sizeof *cut);
    else
        (void)aed_fail(e, AED_E_MEMORY, "no memory for %zu samples", n);
    return cut;
}

double *aed_features_cut(const aed_ear_work *w, size_t n, aed_error *e)
{
    return cut_to(w->target, w->target_n, n, e);
}

/* The ear keeps its old target when this one is refused. */
static aed_status analyse_target(
    aed_ear *ear, const double *target, size_t target_n, size_t n, aed_error *e)
{
    double *cut = cut_to(target, target_n, n, e);

    if (!cut)
        return e->code;
    const aed_status status = aed_ear_target(ear, cut, n, e);
    free(cut);
    return status;
}

static int same_config(const aed_ear_config *a, const aed_ear_config *b)
{
    for (size_t i = 0; i < a->n_sizes && a->n_sizes == b->n_sizes; i++)
        if (a->sizes[i] != b->sizes[i])
            return 0;
    return a->n_sizes == b->n_sizes && a->n == b->n && a->sr_hz == b->sr_hz &&
           a->hop_n == b->hop_n && a->mels == b->mels && a->floor == b->floor &&
           a->whole_frames == b->whole_frames;
}

/* An ear for this window's length and settings; the old one stays when a new one cannot be. */
static aed_status prepare(aed_ear_work *w, const aed_ear_config *config, aed_error *e)
{
    if (w->ear && same_config(&w->config, config))
        return AED_OK;
    aed_ear *ear = aed_ear_new(config, e);

    if (!ear)
        return e->code;
    if (w->target && analyse_target(ear, w->target, w->target_n, config->n, e) != AED_OK)
    {
        aed_ear_free(ear);
        return e->code;
    }
    aed_ear_free(w->ear);
    w->ear = ear;
    w->config = *config;
    return AED_OK;
}

static void run_listen(aed_job *job)
{
    ear_job *j = (ear_job *)job;
    aed_ear_work *w = &j->x->work;

    if (prepare(w, &j->config, &j->e) != AED_OK)
        return;
    j->has_target = aed_ear_has_target(w->ear);
    j->e.code = aed_ear_listen(w->ear, &j->result, j->candidate || !j->has_target ? NULL : j->dx,
        j->window, j->loss_weights, j->reward_weights, j->n, &j->e);
    if (j->e.code == AED_OK && j->lag)
        j->e.code = aed_features_tune(&j->tune, w, j->config.sr_hz, j->window, j->n, &j->e);
}

static void run_target(aed_job *job)
{
    ear_job *j = (ear_job *)job;
    aed_ear_work *w = &j->x->work;
    double *old = w->target;

    if ((!w->ear && prepare(w, &j->config, &j->e) != AED_OK) ||
        analyse_target(w->ear, j->target, j->n, w->config.n, &j->e) != AED_OK)
        return;
    w->target = j->target;
    w->target_n = j->n;
    j->target = old;
    aed_features_tune_anew(w);
}

/* ---- on the host's thread ---- */

static void tell_terms(aed_features_box *x, const ear_job *j)
{
    /* The reward last: where it is hot, the loss must have been there. */
    aed_box_info(&x->box, AED_FEATURES_INFO, "loss", j->result.loss);
    for (size_t i = 0; i < AED_EAR_LOSSES; i++)
        if (j->loss_weights[i] != 0.0)
            aed_box_info(&x->box, AED_FEATURES_INFO, aed_losses[i]->name, j->result.terms[i]);
    aed_box_info(&x->box, AED_FEATURES_INFO, "reward", j->result.reward);
}

static void deliver_listen(aed_job *job)
{
    ear_job *j = (ear_job *)job;
    aed_features_box *x = j->x;

    if (j->e.code != AED_OK)
        aed_box_error(&x->box, "%s", j->e.msg);
    if (j->candidate)
    {
        /* One that cannot be heard is answered too: it loses. */
        const double answer[] = {j->id, j->e.code == AED_OK ? j->result.loss : loss_of_nothing};

        if (j->has_target || j->e.code != AED_OK)
            aed_box_named(&x->box, AED_FEATURES_INFO, "probe", answer, 2);
        else
            aed_box_error(&x->box, "probe: no target yet: send 'target array-name' first");
        return;
    }
    if (j->e.code != AED_OK)
        return;
    if (j->lag)
        aed_features_tell_tune(x, &j->tune, j->has_target);
    if (j->has_target)
        tell_terms(x, j);
    aed_box_list(&x->box, AED_FEATURES_PHI, j->result.phi, AED_EAR_FEATURES);
    if (!j->has_target)
    {
        aed_box_error(&x->box, "no target yet, so no loss: send 'target array-name' first");
        return;
    }
    aed_box_float(&x->box, AED_FEATURES_REWARD, j->result.reward);
    aed_box_float(&x->box, AED_FEATURES_LOSS, j->result.loss);
    aed_box_list(&x->box, AED_FEATURES_GRADIENT, j->dx, j->n);
}

static void deliver_target(aed_job *job)
{
    ear_job *j = (ear_job *)job;

    if (j->e.code != AED_OK)
        aed_box_error(&j->x->box, "target: %s; the old one stays", j->e.msg);
    else
    {
        j->x->has_target = 1;
        aed_box_info(&j->x->box, AED_FEATURES_INFO, "target", (double)j->n);
    }
}

static int listens(const aed_job *job)
{
    return job->run == run_listen;
}

static int listens_to_window(const aed_job *job)
{
    return job->run == run_listen && !((const ear_job *)job)->candidate;
}

void aed_features_listen(aed_features_box *x, const double *w, size_t n, int candidate, double id)
{
    ear_job *j = job_new(x, 2 * n, run_listen, deliver_listen);

    if (!j)
        return;
    if (!candidate && x->has_target)
        aed_client_cancel_if(x->box.client, listens_to_window);
    memcpy(j->window, w, n * sizeof *w);
    j->dx = j->window + n;
    j->n = n;
    j->candidate = candidate;
    j->lag = x->lag && !candidate;
    j->id = id;
    j->config.n = n;
    memcpy(j->loss_weights, x->loss_weights, sizeof j->loss_weights);
    memcpy(j->reward_weights, x->reward_weights, sizeof j->reward_weights);
    aed_box_submit(&x->box, &j->job);
}

void aed_features_cancel(aed_features_box *x)
{
    aed_client_cancel_if(x->box.client, listens);
}

void aed_features_target(aed_features_box *x, double *target, size_t n)
{
    ear_job *j = job_new(x, 0, run_target, deliver_target);

    if (!j)
    {
        free(target);
        return;
    }
    j->target = target;
    j->n = n;
    aed_box_submit(&x->box, &j->job);
}
