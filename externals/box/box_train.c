/* box_train.c: [aed_train], the update: gradients or rewards in, theta out, one block later. */
#include "box_train.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum
{
    QUIET = 32 /* steps after an explosion in which others are not told */
};

/* ---- a run ---- */

static void on_start(aed_box *box, const aed_args *a)
{
    aed_train_box *x = (aed_train_box *)box;

    if (a->n && !(a->f[0] >= 1.0 && a->f[0] <= 1e9))
    {
        aed_box_error(box, "start: got %g steps, allowed 1 … 1e9", a->f[0]);
        return;
    }
    x->asked = a->n ? (double)(long)a->f[0] : 0.0;
    if (x->known)
        aed_run_begin(x);
    else
    {
        x->starts = 1;
        aed_run_send(x, AED_SEND_ASK);
    }
}

static void on_stop(aed_box *box, const aed_args *a)
{
    aed_train_box *x = (aed_train_box *)box;

    (void)a;
    x->starts = 0;
    if (x->running)
        aed_run_finish(x);
}

static void on_step(aed_box *box, const aed_args *a)
{
    aed_train_box *x = (aed_train_box *)box;

    (void)a;
    x->asked = 1.0;
    if (!x->known)
    {
        x->starts = 1;
        aed_run_send(x, AED_SEND_ASK);
        return;
    }
    aed_run_begin(x);
}

static void on_bang(aed_box *box, const aed_args *a)
{
    aed_train_box *x = (aed_train_box *)box;

    (void)a;
    aed_run_drop_round(x); /* it may be stuck */
    aed_run_send(x, x->known ? AED_SEND_THETA : AED_SEND_ASK);
}

/* ---- theta ---- */

/* A theta of another length is another plant: settings stay, the past does not. */
static aed_status another_plant(aed_train_box *x, const aed_args *a, aed_error *e)
{
    aed_train *fresh = aed_train_new(a->n, x->seed, e);

    if (!fresh)
        return e->code;
    aed_train_copy_settings(fresh, x->train);
    if (aed_train_theta(fresh, a->f, a->n, e) != AED_OK)
    {
        aed_train_free(fresh);
        return e->code;
    }
    /* Those of another plant do not fit, or none have come: then nothing is tuned. */
    if (aed_train_tuned(fresh, x->tuned, x->tuned_n, NULL) != AED_OK)
        x->tuned_n = 0;
    aed_run_finish(x);
    x->next = AED_SEND_NOTHING;
    aed_train_free(x->train);
    x->train = fresh;
    x->known = 1;
    if (x->running) /* started again by the patch, on `done` */
        aed_run_begin(x);
    return AED_OK;
}

static void on_theta(aed_box *box, const aed_args *a)
{
    aed_train_box *x = (aed_train_box *)box;
    const int same = x->known && aed_train_d(x->train) == a->n;
    aed_error e = {AED_OK, ""};

    if (a->n == 0)
        aed_box_error(box, "theta: got no values");
    else if ((same ? aed_train_theta(x->train, a->f, a->n, &e) : another_plant(x, a, &e)) != AED_OK)
        aed_box_error(box, "%s", e.msg);
    else if (x->starts)
    {
        x->starts = 0;
        aed_run_begin(x);
    }
    else
    {
        x->silent_at = x->running ? x->silent_at : -1.0;
        aed_run_drop_round(x);
    }
}

static void jump(aed_train_box *x, aed_status (*to)(aed_train *, aed_error *))
{
    aed_error e;

    if (to(x->train, &e) != AED_OK)
    {
        aed_box_error(&x->box, "%s", e.msg);
        return;
    }
    x->testing = 0;
    aed_run_send(x, AED_SEND_THETA);
}

static void on_undo(aed_box *box, const aed_args *a)
{
    (void)a;
    jump((aed_train_box *)box, aed_train_undo);
}

static void on_best(aed_box *box, const aed_args *a)
{
    (void)a;
    jump((aed_train_box *)box, aed_train_take_best);
}

/* `tuned place octaves …` comes before its theta: what does not fit the present one waits for that. */
static void on_tuned(aed_box *box, const aed_args *a)
{
    aed_train_box *x = (aed_train_box *)box;
    aed_error e;
    const aed_status status = aed_train_tuned(x->train, a->f, a->n, &e);
    double *kept = malloc((a->n + 1) * sizeof *kept);

    if (!kept || (status != AED_OK && status != AED_E_SIZE))
    {
        aed_box_error(box, "%s", kept ? e.msg : "tuned: no memory");
        free(kept);
        return;
    }
    for (size_t i = 0; i < a->n; i++)
        kept[i] = a->f[i];
    free(x->tuned);
    x->tuned = kept;
    x->tuned_n = a->n;
    aed_run_drop_round(x);
}

/* ---- what learning hears ---- */

static double setting(const aed_train_box *x, const char *name)
{
    double value = 0.0;

    aed_train_get(&value, x->train, name);
    return value;
}

/* With a policy: something was heard of the theta that is out. A step needs that of two thetas, one moved
 * one way, one the other. */
static void after_policy(aed_train_box *x, size_t steps_before, int proposed)
{
    if (!proposed)
        return;
    if (aed_train_report(x->train).steps > steps_before)
        aed_run_stepped(x);
    else
        aed_run_send(x, AED_SEND_THETA);
}

/* Beside a reward; f NULL: it was no number. */
static void blend(aed_train_box *x, const double *f, size_t n)
{
    const size_t before = aed_train_report(x->train).steps;
    int proposed = 0;
    aed_error e;

    if (aed_train_blend(x->train, f, n, &proposed, &e) != AED_OK)
        aed_box_error(&x->box, "%s", e.msg);
    else
        after_policy(x, before, proposed);
}

/* 1 when something has blown up that is to be told: the first of those that are less than 32 steps apart. */
static int first_explosion(aed_train_box *x, size_t rollbacks_before)
{
    const aed_train_info now = aed_train_report(x->train);
    const size_t last = x->blown_up_at;

    if (now.rollbacks <= rollbacks_before)
        return 0;
    x->blown_up_at = now.steps + 1;
    return last == 0 || x->blown_up_at - last >= QUIET;
}

static void on_gradient(aed_box *box, const aed_args *a)
{
    aed_train_box *x = (aed_train_box *)box;
    const size_t before = aed_train_report(x->train).rollbacks;
    aed_error e;

    if (!x->running || x->testing)
        return;
    if (setting(x, "policy") > 0.0)
    {
        blend(x, a->f, a->n);
        return;
    }
    if (aed_train_gradient(x->train, a->f, a->n, &e) != AED_OK)
    {
        aed_box_error(box, "%s", e.msg);
        return;
    }
    if (first_explosion(x, before))
        aed_box_error(box, "the gradient has blown up: back to the last good theta");
    aed_run_stepped(x);
}

static void on_hyper(aed_box *box, const aed_args *a)
{
    aed_error e;

    if (aed_train_hyper(((aed_train_box *)box)->train, a->f[0], a->f[1], a->f[2], &e) != AED_OK)
        aed_box_error(box, "%s", e.msg);
}

/* Copied: a message that comes back meanwhile has its own numbers where these were. */
static void on_loss(aed_box *box, const aed_args *a)
{
    aed_train_box *x = (aed_train_box *)box;
    const aed_train_info before = aed_train_report(x->train);
    const double loss = a->f[0];
    int is_best = 0;
    aed_error e;

    if (!x->running || x->testing)
        return;
    if (aed_train_loss(x->train, loss, &is_best, &e) != AED_OK)
    {
        aed_box_error(box, "%s", e.msg);
        return;
    }
    if (first_explosion(x, before.rollbacks))
        aed_box_error(
            box, "loss %g, after %g, has blown up: back to the last good theta", loss, before.loss);
    if (aed_train_report(x->train).retargets > before.retargets)
        aed_box_info(box, AED_TRAIN_INFO, "retarget", loss);
    aed_keep_loss(x, loss);
    if (is_best)
        aed_box_info(box, AED_TRAIN_INFO, "best", loss);
}

/* [aed_features~] has another one: what was best is so no more. */
static void on_target(aed_box *box, const aed_args *a)
{
    aed_train_box *x = (aed_train_box *)box;

    (void)a;
    aed_train_forget(x->train);
    aed_run_drop_round(x);
}

/* Of the same window as the loss that comes with it. */
static void on_lag(aed_box *box, const aed_args *a)
{
    aed_train_box *x = (aed_train_box *)box;
    aed_error e;

    if (x->running && !x->testing && aed_train_lag(x->train, a->f[0], &e) != AED_OK)
        aed_box_error(box, "%s", e.msg);
}

static void take_reward(aed_train_box *x, double reward)
{
    const size_t before = aed_train_report(x->train).steps;
    int proposed = 0;

    if (!x->running || x->testing)
        return;
    x->reward = reward;
    aed_train_reward(x->train, reward, &proposed);
    after_policy(x, before, proposed);
}

static void on_reward(aed_box *box, const aed_args *a)
{
    take_reward((aed_train_box *)box, a->f[0]);
}

/* NaN or Inf in the middle of a run: it was refused, and learning goes on. */
static void spoiled(aed_box *box, size_t inlet, const char *selector)
{
    aed_train_box *x = (aed_train_box *)box;
    const int lists = strcmp(selector, "list") == 0;

    if (!x->running || x->testing)
        return;
    if (inlet == 2 && strcmp(selector, "reward") == 0)
        take_reward(x, NAN);
    else if (inlet == 2 && (lists || strcmp(selector, "loss") == 0))
        aed_train_rollback(x->train, 1);
    else if (inlet == 0 && lists && setting(x, "policy") > 0.0)
        blend(x, NULL, 0);
    else if (inlet == 0 && lists)
    {
        aed_train_rollback(x->train, 0);
        aed_run_stepped(x);
    }
}

static void on_probe_loss(aed_box *box, const aed_args *a)
{
    aed_train_box *x = (aed_train_box *)box;
    aed_error e;

    if (!x->testing)
        return;
    if (!(a->f[0] >= 0.0 && a->f[0] < AED_PROBE_MAX) ||
        aed_train_probe_loss(x->train, (size_t)a->f[0], a->f[1], &e) != AED_OK)
    {
        aed_box_error(box, "probe: no candidate %g is out", a->f[0]);
        return;
    }
    if (aed_train_probe_complete(x->train))
        aed_run_end_round(x);
    else
        aed_run_expect(x);
}

/* ---- from the start ---- */

static void on_reset(aed_box *box, const aed_args *a)
{
    aed_train_box *x = (aed_train_box *)box;

    (void)a;
    x->running = 0;
    aed_keep_saved(x);
    x->known = x->testing = x->starts = 0;
    x->silent_at = -1.0;
    x->next = AED_SEND_NOTHING;
}

static void on_seed(aed_box *box, const aed_args *a)
{
    aed_train_box *x = (aed_train_box *)box;

    if (!(a->f[0] >= 0.0 && a->f[0] <= 16777216.0))
    {
        aed_box_error(box, "seed: got %g, allowed 0 … 16777216", a->f[0]);
        return;
    }
    x->seed = (unsigned long)a->f[0];
    on_reset(box, a);
}

static int other(aed_box *box, size_t inlet, const char *selector, const aed_args *a)
{
    aed_train_box *x = (aed_train_box *)box;
    aed_error e;

    if (inlet != 0 || !aed_setting_find(aed_train_table, selector))
        return 0;
    if (a->n != 1 || a->v[0].s)
        aed_box_error(box, "%s: expected one number", selector);
    else if (aed_train_set(x->train, selector, a->v[0].f, &e) != AED_OK)
        aed_box_error(box, "%s", e.msg);
    else if (strncmp(selector, "clamp", 5) == 0)
        aed_run_drop_round(x);
    return 1;
}

/* ---- life ---- */

static aed_status open_train(aed_box *box, const aed_atom *v, size_t n, aed_error *e)
{
    aed_train_box *x = (aed_train_box *)box;

    if (n > 1 || (n == 1 && !v[0].s))
        return aed_fail(e, AED_E_ARG, "expected one argument at most: the name of an optimizer");
    x->silent_at = -1.0;
    x->reward = NAN;
    x->train = aed_train_new(1, 0, e);
    if (!x->train)
        return e->code;
    return n ? aed_train_optim(x->train, v[0].s, e) : AED_OK;
}

static void close_train(aed_box *box)
{
    aed_train_box *x = (aed_train_box *)box;

    aed_keep_close(x);
    aed_train_free(x->train);
    free(x->tuned);
}

static const aed_method methods[] = {
    {0, "list", "*", on_gradient, "dL/dtheta: one number for each parameter",
        "one update; theta leaves outlet 1 a block later"},
    {0, "theta", "*", on_theta, "theta value…", "set theta; another length begins anew"},
    {0, "tuned", "*", on_tuned, "tuned place octaves…",
        "the plant's frequencies: where in theta (from 0), and what 0 to 1 spans"},
    {0, "bang", "", on_bang, "bang", "send theta; without one, ask the plant for it"},
    {0, "start", "?f", on_start, "start [steps]", "learn, for that many steps or until stop"},
    {0, "stop", "", on_stop, "stop", "stop, and send the best theta of the run"},
    {0, "step", "", on_step, "step", "one step"},
    {0, "undo", "", on_undo, "undo", "theta as it was before start; again: redo"},
    {0, "best", "", on_best, "best", "go to the best theta of this run"},
    {0, "optim", "s", aed_train_on_optim, "optim name",
        "adam, sgd (the method's), momentum (torch's), rprop or sign"},
    {0, "dither", "s", aed_train_on_dither, "dither name",
        "theta, walk, grad or off: where sigma acts"},
    {0, "clamp", "ff", aed_train_on_clamp, "clamp lo hi", "bounds of every theta"},
    {0, "unbounded", "ff", aed_train_on_unbounded, "unbounded first n",
        "n values of theta without bounds, first counts from 0"},
    {0, "probe", "f?ff", aed_train_on_tests, "probe k [n rho]",
        "local tests: every k steps n candidates, taken by rho; k 0: none"},
    {0, "population", "f?f", aed_train_on_population, "population n [k]",
        "a run begins with n starts of k steps (20), and goes on from the best"},
    {0, "freeze", "*", aed_train_on_freeze, "freeze place…",
        "these of theta stand still (from 0); none: all move"},
    {0, "solo", "*", aed_train_on_solo, "solo place…", "these of theta alone move; none: all"},
    {0, "anchor", "?f", aed_train_on_anchor, "anchor [weight]",
        "theta as it is now pulls from now on; a number: how much, 0: not at all"},
    {0, "penalty", "ff", aed_train_on_penalty, "penalty gradient slew",
        "weights in info penalty: of a steep gradient, of a fast knob"},
    {0, "history", "?s", aed_train_on_history, "history [array]",
        "every loss goes into the array, round and round; no name: no more"},
    {0, "log", "?s", aed_train_on_log, "log [file]",
        "a line of CSV for every step; no name: no more"},
    {0, "save", "s", aed_train_on_save, "save file",
        "all that has been learned, and how the run stands"},
    {0, "read", "s", aed_train_on_read, "read file", "and go on from there, bit by bit"},
    {0, "seed", "f", on_seed, "seed n", "of dither and tests; theta is asked for again"},
    {0, "reset", "", on_reset, "reset", "forget theta and the run; settings stay"},
    {1, "list", "fff", on_hyper, "alpha mu sigma", "from [aed_sched]"},
    {2, "list", "f", on_loss, "loss: a number", "of the theta sent last"},
    {2, "loss", "f", on_loss, "loss value", "of the theta sent last"},
    {2, "target", "f", on_target, "target samples",
        "another target: forget losses, try what was best before"},
    {2, "lag", "f?f", on_lag, "lag octaves [confidence]",
        "the theta sent last sounds that much above the target: frequencies follow it"},
    {2, "probe", "ff", on_probe_loss, "probe id loss", "of a candidate"},
    {2, "reward", "f", on_reward, "reward value", "with policy above 0: a step without gradient"},
    {0},
};

const aed_class aed_class_train = {
    .name = "aed_train",
    .doc = "the update: gradients or rewards in, theta out",
    .size = sizeof(aed_train_box),
    .inlets = {{"dL/dtheta, messages", 0}, {"alpha mu sigma", 0}, {"loss, probe, reward", 0}},
    .outlets = {{"theta", 0}, {"info", 0}},
    .methods = methods,
    .open = open_train,
    .close = close_train,
    .other = other,
    .spoiled = spoiled,
    .quiet_inlets = 1 << 2,
    .tick = aed_run_tick,
};
