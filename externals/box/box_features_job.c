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
    int has_target, candidate, climb, lag;
    size_t phi_rows[AED_EAR_FEATURES], n_rows;
    double id;
    aed_segments segments;
    double draw; /* 0 … 1: which piece */
    aed_meeting meets;
    int several;      /* there was a choice of pieces */
    double *followed; /* [n] the target itself; NULL: a piece */
    size_t n;         /* of the window */
    double *dx;       /* [n] out */
    double *phi;      /* [phi_n] out */
    size_t phi_n;
    double window[];
} ear_job;

static void discard(aed_job *job)
{
    ear_job *j = (ear_job *)job;

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

static int same_config(const aed_ear_config *a, const aed_ear_config *b)
{
    for (size_t i = 0; i < a->n_sizes && a->n_sizes == b->n_sizes; i++)
        if (a->sizes[i] != b->sizes[i])
            return 0;
    return a->n_sizes == b->n_sizes && a->n == b->n && a->sr_hz == b->sr_hz &&
           a->hop_n == b->hop_n && a->mels == b->mels && a->floor == b->floor &&
           a->whole_frames == b->whole_frames && a->cap == b->cap && a->features == b->features &&
           a->targets == b->targets;
}

/* What the window meets: the drawn piece, or what is followed; a candidate what the last window met. same: the
 * ear still has that. */
static void choose(ear_job *j, const aed_ear_work *w, int same)
{
    const aed_slots *s = &w->slots;
    const size_t pieces = aed_targets_pieces(&w->targets, j->segments);

    j->has_target = j->followed || pieces;
    j->several = !j->followed && pieces > 1;
    j->meets = (aed_meeting){.followed = j->followed != NULL};
    if (j->candidate && aed_slots_known(s) && (same || !s->meets[s->last].followed))
        j->meets = s->meets[s->last];
    else if (pieces && !j->followed)
        j->meets = (aed_meeting){0,
            aed_targets_piece(&w->targets, j->segments, (size_t)(j->draw * (double)pieces)),
            j->segments.n};
}

/* What the window is compared with, [n], malloc'ed; NULL without memory. */
static double *target_of(const aed_ear_work *w, ear_job *j)
{
    double *cut = malloc(j->n * sizeof *cut);

    if (!cut)
        (void)aed_fail(&j->e, AED_E_MEMORY, "no memory for %zu samples", j->n);
    else if (j->meets.followed)
        memcpy(cut, j->followed, j->n * sizeof *cut);
    else
        aed_targets_cut(
            cut, &w->targets, (aed_segments){j->meets.segment_n, 1}, j->meets.piece, j->n);
    return cut;
}

/* The ear keeps the slot's old target when this one is refused. */
static aed_status analyse(aed_ear *ear, size_t k, aed_ear_work *w, ear_job *j)
{
    double *cut = target_of(w, j);
    aed_error e;

    if (!cut)
        return j->e.code;
    aed_ear_choose(ear, k);
    if (aed_ear_target(ear, cut, j->n, &e) != AED_OK)
        (void)aed_fail(&j->e, e.code, j->meets.followed ? "follow: %s" : "%s", e.msg);
    free(cut);
    w->analysed++;
    return j->e.code;
}

/* A slot for every piece, as far as there is memory; a candidate takes the ear as it is. */
static void count_slots(ear_job *j, const aed_ear_work *w)
{
    const size_t pieces = aed_targets_pieces(&w->targets, j->segments);

    j->config.targets = pieces < 1 ? 1 : pieces < AED_SLOTS_MOST ? pieces : AED_SLOTS_MOST;
    if (j->candidate && w->ear)
        j->config.targets = w->config.targets;
}

static aed_ear *ear_new(ear_job *j, size_t *slots)
{
    aed_ear_config c = j->config;
    aed_ear *ear = aed_ear_new(&c, &j->e);

    while (!ear && j->e.code == AED_E_MEMORY && c.targets > 1)
    {
        c.targets /= 2;
        ear = aed_ear_new(&c, &j->e);
    }
    if (ear)
        j->e.code = AED_OK;
    *slots = c.targets;
    return ear;
}

/* Another ear, which knows the window's target; the old one stays when a new one cannot be. */
static aed_status renew(aed_ear_work *w, ear_job *j)
{
    size_t slots;
    aed_ear *ear = ear_new(j, &slots);

    if (!ear)
        return j->e.code;
    choose(j, w, 0);
    if (j->has_target && analyse(ear, 0, w, j) != AED_OK)
    {
        aed_ear_free(ear);
        return j->e.code;
    }
    aed_ear_free(w->ear);
    w->ear = ear;
    w->config = j->config;
    w->tuner.known = 0;
    aed_slots_clear(&w->slots, slots);
    if (j->has_target)
        aed_slots_use(&w->slots, 0, &j->meets);
    return AED_OK;
}

/* An ear for this window's length, settings and target. */
static aed_status prepare(aed_ear_work *w, ear_job *j)
{
    int has, changed;

    if (aed_targets_bring(&w->targets, j->config.sr_hz, &changed, &j->e) != AED_OK)
        return j->e.code;
    if (changed)
        aed_slots_clear(&w->slots, w->slots.n);
    count_slots(j, w);
    if (!w->ear || !same_config(&w->config, &j->config))
        return renew(w, j);
    choose(j, w, 1);
    if (!j->has_target)
        return AED_OK;
    const size_t k = aed_slots_find(&w->slots, &j->meets, &has);

    if (!has || (j->meets.followed && !j->candidate))
    {
        if (analyse(w->ear, k, w, j) != AED_OK)
            return j->e.code;
        w->tuner.known &= ~(1u << k);
    }
    aed_ear_choose(w->ear, k);
    aed_slots_use(&w->slots, k, &j->meets);
    return AED_OK;
}

static void take_phi(ear_job *j, const aed_ear *ear)
{
    double *phi = j->phi;

    for (size_t i = 0; i < j->n_rows; i++)
    {
        size_t n;
        const double *of_row = aed_ear_heard(ear, j->phi_rows[i], &n);

        memcpy(phi, of_row, n * sizeof *phi);
        phi += n;
    }
}

static void tune(ear_job *j, aed_ear_work *w)
{
    const size_t k = w->slots.last;
    double *target = NULL;

    if (aed_features_tuner(&w->tuner, &j->config, w->slots.n, &j->e) != AED_OK)
        return;
    if (j->has_target && !(w->tuner.known >> k & 1u))
        target = target_of(w, j);
    if (j->e.code == AED_OK)
        j->e.code = aed_features_tune(&j->tune, &w->tuner, k, j->window, target, &j->e);
    free(target);
}

static void run_listen(aed_job *job)
{
    ear_job *j = (ear_job *)job;
    aed_ear_work *w = &j->x->work;

    if (prepare(w, j) != AED_OK)
        return;
    j->e.code = (j->climb ? aed_ear_climb : aed_ear_listen)(w->ear, &j->result,
        j->candidate || !j->has_target ? NULL : j->dx, j->window, j->loss_weights,
        j->reward_weights, j->n, &j->e);
    if (j->e.code == AED_OK)
        take_phi(j, w->ear);
    if (j->e.code == AED_OK && j->lag)
        tune(j, w);
}

/* ---- on the host's thread ---- */

static void tell_terms(aed_features_box *x, const ear_job *j)
{
    if (j->several)
    {
        const double which[] = {(double)j->meets.piece.sound + 1.0, (double)j->meets.piece.at};

        aed_box_named(&x->box, AED_FEATURES_INFO, "drawn", which, 2);
    }
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
    aed_features_tell_phi(x, j->phi_rows, j->n_rows, j->phi, j->phi_n);
    if (!j->has_target)
    {
        aed_box_error(&x->box, "no target yet, so no loss: send 'target array-name' first");
        return;
    }
    x->phi.compared = 1;
    x->phi.reward = j->result.reward;
    x->phi.loss = j->result.loss;
    aed_box_float(&x->box, AED_FEATURES_REWARD, j->result.reward);
    aed_box_float(&x->box, AED_FEATURES_LOSS, j->result.loss);
    aed_box_list(&x->box, AED_FEATURES_GRADIENT, j->dx, j->n);
}

static int listens(const aed_job *job)
{
    return job->run == run_listen;
}

static int listens_to_window(const aed_job *job)
{
    return job->run == run_listen && !((const ear_job *)job)->candidate;
}

void aed_features_listen(
    aed_features_box *x, const double *w, size_t n, size_t ago, int candidate, double id)
{
    const size_t phi_n = aed_features_phi_n(x);
    ear_job *j = job_new(x, (x->followed ? 3 : 2) * n + phi_n, run_listen, deliver_listen);

    if (!j)
        return;
    if (!candidate && (x->has_target || x->followed))
        aed_client_cancel_if(x->box.client, listens_to_window);
    memcpy(j->window, w, n * sizeof *w);
    j->dx = j->window + n;
    j->phi = j->dx + n;
    j->phi_n = phi_n;
    memcpy(j->phi_rows, x->phi_rows, sizeof j->phi_rows);
    j->n_rows = x->n_phi;
    j->climb = x->climb;
    j->segments = x->segments;
    j->draw = candidate ? 0.0 : aed_rng_uniform(&x->rng);
    if (x->followed)
    {
        j->followed = j->phi + phi_n;
        memcpy(j->followed, aed_features_followed(x, n, ago), n * sizeof *j->followed);
    }
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
