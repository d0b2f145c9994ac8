/* box_train_run.c: a run of [aed_train]: what is sent when, and what happens when nothing comes back. */
#include "box_train.h"

#include <stdlib.h>

static const double patience_ms = 5000.0;

/* ---- sending ---- */

void aed_run_send(aed_train_box *x, aed_outgoing what)
{
    x->next = what;
    x->next_at = aed_box_now(&x->box) + x->box.block_ms;
    aed_box_wake(&x->box, x->box.block_ms);
}

/* Something went out that should be answered. */
void aed_run_expect(aed_train_box *x)
{
    x->silent_at = aed_box_now(&x->box) + patience_ms;
    aed_box_wake(&x->box, patience_ms);
}

static void send_candidates(aed_train_box *x)
{
    const size_t d = aed_train_d(x->train), n = aed_train_probe_n(x->train);
    double *v = malloc((d + 1) * sizeof *v);
    aed_error e;

    x->testing = v != NULL;
    for (size_t i = 0; x->testing && i < n; i++)
    {
        v[0] = (double)i;
        if (aed_train_candidate(x->train, v + 1, i, &e) == AED_OK)
            aed_box_named(&x->box, AED_TRAIN_THETA, "probe", v, d + 1);
    }
    free(v);
}

/* With the answers that have come. */
void aed_run_end_round(aed_train_box *x)
{
    x->testing = 0;
    if (aed_train_probe_finish(x->train))
        aed_box_info(&x->box, AED_TRAIN_INFO, "accepted", aed_train_report(x->train).best_loss);
    if (x->running)
        aed_run_send(x, AED_SEND_THETA);
}

/* Candidates of a target that has gone since have no centre: theta leaves instead. */
static void send_now(aed_train_box *x, aed_outgoing what)
{
    if (what == AED_SEND_ASK || x->running)
        aed_run_expect(x);
    if (what == AED_SEND_ASK)
        aed_box_named(&x->box, AED_TRAIN_THETA, "ask", NULL, 0);
    else if (what == AED_SEND_CANDIDATES && aed_train_best(x->train))
        send_candidates(x);
    else
        aed_box_list(&x->box, AED_TRAIN_THETA, aed_train_emitted(x->train), aed_train_d(x->train));
}

/* Nothing came back: say so once, and let a round that lost an answer end with those it has. */
static void wonder(aed_train_box *x)
{
    x->silent_at = -1.0;
    if (x->testing)
        aed_run_end_round(x);
    else if (!x->known)
        aed_box_error(
            &x->box, "no theta came: connect outlet 1 to a plant, or send 'theta value…'");
    else if (x->running)
        aed_box_error(&x->box, "nothing came back for the last theta: are all cords there, dsp on, "
                               "the target set? In mode live a window waits for a note");
}

void aed_run_tick(aed_box *box)
{
    aed_train_box *x = (aed_train_box *)box;
    const double now = aed_box_now(box) + 1e-6;
    const aed_outgoing what = x->next;

    if (what != AED_SEND_NOTHING && now >= x->next_at)
    {
        x->next = AED_SEND_NOTHING;
        send_now(x, what);
    }
    if (x->silent_at >= 0.0 && now >= x->silent_at)
        wonder(x);
    if (x->next != AED_SEND_NOTHING)
        aed_box_wake(box, x->next_at - aed_box_now(box));
    if (x->silent_at >= 0.0)
        aed_box_wake(box, x->silent_at - aed_box_now(box));
}

static void tell_resonance(aed_train_box *x)
{
    const aed_resonance_info r = aed_train_resonance(x->train);

    if (!r.regime)
        return;
    const aed_atom word = {r.regime, 0.0};

    x->box.host->send(x->box.host_object, AED_TRAIN_INFO, "regime", &word, 1);
    aed_box_info(&x->box, AED_TRAIN_INFO, "resonance", r.resonance);
    aed_box_info(&x->box, AED_TRAIN_INFO, "opt", r.opt);
    aed_box_info(&x->box, AED_TRAIN_INFO, "pol", r.pol);
    aed_box_info(&x->box, AED_TRAIN_INFO, "penalty", r.penalty);
}

static void tell(aed_train_box *x)
{
    const aed_train_info i = aed_train_report(x->train);

    tell_resonance(x);
    if (i.starts > 0 || x->had_starts)
        aed_box_info(&x->box, AED_TRAIN_INFO, "population", (double)i.starts);
    x->had_starts = i.starts > 0;
    if (i.kl > 0.0)
        aed_box_info(&x->box, AED_TRAIN_INFO, "anchor", i.kl);
    if (i.success == i.success) /* no test has ended yet */
        aed_box_info(&x->box, AED_TRAIN_INFO, "success", i.success);
    aed_box_info(&x->box, AED_TRAIN_INFO, "agreement", i.agreement);
    aed_box_info(&x->box, AED_TRAIN_INFO, "updatenorm", i.update_norm);
    aed_box_info(&x->box, AED_TRAIN_INFO, "gradnorm", i.grad_norm);
    if (x->asked > 0.0)
        aed_box_info(&x->box, AED_TRAIN_INFO, "progress", 1.0 - x->left / x->asked);
    aed_box_info(&x->box, AED_TRAIN_INFO, "step", (double)i.steps);
}

/* A round of candidates was dropped while they were out: learning goes on with theta. */
void aed_run_drop_round(aed_train_box *x)
{
    if (!x->testing)
        return;
    x->testing = 0;
    aed_train_probe_drop(x->train); /* what has changed nothing has left it open */
    aed_run_send(x, AED_SEND_THETA);
}

/* ---- a run ---- */

void aed_run_begin(aed_train_box *x)
{
    aed_train_start(x->train);
    aed_keep_begin(x);
    x->running = 1;
    x->testing = 0;
    x->blown_up_at = 0;
    x->left = x->asked;
    aed_box_named(&x->box, AED_TRAIN_INFO, "start", &x->asked, 1);
    aed_run_send(x, AED_SEND_THETA);
}

/* The best theta stays in the plant; of a single step, where it led to. */
void aed_run_finish(aed_train_box *x)
{
    const double best = aed_train_report(x->train).best_loss;
    aed_error e;

    if (!x->running)
        return;
    x->running = x->testing = 0;
    x->silent_at = -1.0;
    x->next = AED_SEND_NOTHING;
    if (x->asked == 1.0 || aed_train_take_best(x->train, &e) == AED_OK)
        aed_run_send(x, AED_SEND_THETA);
    aed_keep_saved(x);
    aed_box_named(&x->box, AED_TRAIN_INFO, "done", &best, best == best ? 1 : 0);
}

void aed_run_stepped(aed_train_box *x)
{
    x->left -= 1.0;
    x->silent_at = -1.0;
    aed_keep_step(x);
    tell(x);
    if (!x->running) /* the patch stopped it, on what it was told */
        return;
    aed_run_go_on(x);
}

void aed_run_go_on(aed_train_box *x)
{
    if (x->asked > 0.0 && x->left <= 0.0)
        aed_run_finish(x);
    else
        aed_run_send(x, aed_train_probe_due(x->train) ? AED_SEND_CANDIDATES : AED_SEND_THETA);
}
