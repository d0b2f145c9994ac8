#include "box_synth.h"

#include <math.h>
#include <string.h>

/* One request with all it needs: the job never looks at what the host's thread may change. */
typedef struct
{
    aed_job job;
    aed_synth_box *x;
    aed_rig *rig; /* the one it was asked of */
    aed_status status;
    int candidate;
    unsigned long seed;
    size_t glide_n;
    aed_score score;
    aed_live_tape *held; /* NULL: the offline tape */
    size_t n, d;
    double *theta;  /* [d] all of the voice's parameters and weights; backward: dL/d… of them */
    double *signal; /* [1 + n] signal[0]: a candidate's id, then the window or dL/dx */
    double numbers[];
} synth_job;

static void run_render(aed_job *job);

static int is_window(const aed_job *job)
{
    return job->run == run_render && !((const synth_job *)job)->candidate;
}

static void discard(aed_job *job)
{
    synth_job *j = (synth_job *)job;

    if (j->held)
        j->held->users--;
    if (is_window(job))
        j->x->renders--;
    if (j->x->has_pending)
        aed_box_wake(&j->x->box, 0.0);
    j->rig->users--;
    aed_synth_rig_leave(j->x, j->rig);
    aed_pool_give(&j->x->box.pool, j);
}

static synth_job *job_new(aed_synth_box *x, void (*run)(aed_job *), void (*deliver)(aed_job *))
{
    const size_t d = x->rig->chain.full_n, n = x->n;
    synth_job *j = aed_pool_take(&x->box.pool, sizeof *j + (d + 1 + n) * sizeof(double));

    if (!j)
    {
        aed_box_error(&x->box, "no memory for a window of %zu samples", n);
        return NULL;
    }
    *j = (synth_job){0}; /* the numbers are written before they are read */
    j->job.run = run;
    j->job.deliver = deliver;
    j->job.discard = discard;
    j->x = x;
    j->rig = x->rig;
    j->rig->users++;
    j->n = n;
    j->d = d;
    j->seed = x->seed;
    j->glide_n = aed_synth_glide_n(x, x->rig);
    j->theta = j->numbers;
    j->signal = j->numbers + d;
    return j;
}

/* ---- render ---- */

static void run_render(aed_job *job)
{
    synth_job *j = (synth_job *)job;
    aed_rig *r = j->rig;

    aed_voice_seed(r->silent, j->seed);
    aed_voice_glide(r->silent, j->glide_n);
    if (j->held)
        j->status = aed_voice_replay(r->silent, j->signal + 1, j->held->tape, j->theta);
    else
        j->status = aed_voice_render(
            r->silent, j->signal + 1, j->candidate ? NULL : r->tape, j->theta, &j->score, j->n);
}

static void deliver_render(aed_job *job)
{
    synth_job *j = (synth_job *)job;
    aed_synth_box *x = j->x;

    if (j->status != AED_OK)
    {
        aed_box_error(&x->box, "theta gives a sound that is not finite: window dropped");
        return;
    }
    if (j->candidate)
    {
        aed_box_named(&x->box, AED_SYNTH_WINDOW, "probe", j->signal, j->n + 1);
        return;
    }
    x->awaits = 1;
    x->held = NULL;
    aed_box_list(&x->box, AED_SYNTH_WINDOW, j->signal + 1, j->n);
}

/* The patch's score in samples; without one, a note held for 60 % of the window. */
aed_score aed_synth_score(const aed_synth_box *x)
{
    aed_score score = {{{0, 60.0, 100.0}, {x->n * 6 / 10, 60.0, 0.0}}, 2};

    for (size_t i = 0; i < x->score_n; i++)
        score.events[i] = (aed_event){(size_t)lrint(fmin(x->score[i].ms * 1e-3 * x->sr_hz, 1e9)),
            x->score[i].pitch, x->score[i].vel};
    score.n = x->score_n ? x->score_n : score.n;
    return score;
}

void aed_synth_render(aed_synth_box *x, const double *full, int candidate, double id)
{
    synth_job *j = job_new(x, run_render, deliver_render);

    if (!j)
        return;
    memcpy(j->theta, full, j->d * sizeof *full);
    j->signal[0] = id;
    j->candidate = candidate;
    j->score = aed_synth_score(x);
    x->renders += !candidate;
    if (candidate && x->live && x->held)
    {
        j->held = x->held;
        j->held->users++;
    }
    aed_box_submit(&x->box, &j->job);
}

/* ---- gradient ---- */

static void run_backward(aed_job *job)
{
    synth_job *j = (synth_job *)job;

    j->status = aed_voice_backward(
        j->rig->silent, j->theta, j->held ? j->held->tape : j->rig->tape, j->signal + 1);
}

static void send_gradient(aed_synth_box *x, const double *dfull)
{
    const aed_knobs *knobs = &x->rig->knobs;
    double *dtheta = x->rig->scratch;

    memcpy(x->rig->ok, x->rig->full, x->rig->chain.full_n * sizeof *x->rig->ok);
    aed_knobs_gradient(dtheta, knobs, dfull);
    aed_synth_dead_hear(x->rig, dtheta);
    aed_box_list(&x->box, AED_SYNTH_GRADIENT, dtheta, knobs->d);
}

static void deliver_backward(aed_job *job)
{
    synth_job *j = (synth_job *)job;

    j->x->asked = 0;
    if (j->status != AED_OK)
        aed_box_error(&j->x->box, "dL/dtheta: %s: gradient dropped", aed_status_text(j->status));
    else
        send_gradient(j->x, j->theta);
}

void aed_synth_backward(aed_synth_box *x, const double *dx)
{
    synth_job *j = job_new(x, run_backward, deliver_backward);

    if (!j)
        return;
    memcpy(j->signal + 1, dx, j->n * sizeof *dx);
    memset(j->theta, 0, j->d * sizeof *j->theta); /* backward adds to it */
    j->held = x->held;
    if (j->held)
        j->held->users++;
    x->awaits = 0;
    aed_box_submit(&x->box, &j->job);
}

/* ---- order ---- */

static int not_candidate(const aed_job *job)
{
    return is_window(job) || job->run == run_backward;
}

void aed_synth_supersede(aed_synth_box *x)
{
    x->awaits = 0;
    aed_client_cancel_if(x->box.client, not_candidate);
}
