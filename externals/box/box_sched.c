/* box_sched.c: [aed_sched], the adaptive law: loss and reward in, alpha mu sigma out. */
#include "box.h"
#include "control/composite.h"
#include "control/sched.h"

#include <string.h>

enum
{
    OUT_HYPER,
    OUT_REWARD,
    OUT_INFO
};

static const char *const default_law = "robust";

typedef struct
{
    aed_box box;
    aed_sched sched;
    aed_composite composite;
    int told_diverging; /* by [aed_train], which then damps alpha once */
} sched_box;

/* ---- one step ---- */

static void tell_regime(sched_box *x)
{
    const aed_atom regime = {aed_sched_regime(&x->sched), 0.0};

    x->box.host->send(x->box.host_object, OUT_INFO, "regime", &regime, 1);
}

static void tell(sched_box *x)
{
    const aed_sched *s = &x->sched;

    tell_regime(x);
    aed_box_info(&x->box, OUT_INFO, "lyapunov", s->drift);
    aed_box_info(&x->box, OUT_INFO, "plateau", (double)s->plateau);
    aed_box_info(&x->box, OUT_INFO, "dreward", s->dreward);
    aed_box_info(&x->box, OUT_INFO, "dloss", s->dloss);
    aed_box_info(&x->box, OUT_INFO, "var", s->var);
    aed_box_info(&x->box, OUT_INFO, "rewardema", s->reward_ema);
    aed_box_info(&x->box, OUT_INFO, "ema", s->loss_ema);
}

static void send_hyper(sched_box *x)
{
    const double v[] = {x->sched.alpha, x->sched.mu, x->sched.sigma};

    aed_box_list(&x->box, OUT_HYPER, v, 3);
}

static void on_loss(aed_box *box, const aed_args *a)
{
    sched_box *x = (sched_box *)box;
    const int has_reward = aed_composite_ready(&x->composite);
    aed_error e;

    if (aed_sched_step(&x->sched, a->f[0], aed_composite_value(&x->composite), has_reward, &e) !=
        AED_OK)
    {
        aed_box_error(box, "%s", e.msg);
        return;
    }
    tell(x);
    if (has_reward)
        aed_box_info(box, OUT_REWARD, "reward", aed_composite_value(&x->composite));
    send_hyper(x);
}

static void on_bang(aed_box *box, const aed_args *a)
{
    (void)a;
    send_hyper((sched_box *)box);
}

/* ---- rewards at inlet 2 ---- */

static void take_reward(sched_box *x, const char *name, double value)
{
    aed_error e;

    if (aed_composite_set(&x->composite, name, value, &e) != AED_OK)
        aed_box_error(&x->box, "%s", e.msg);
}

static void on_aud(aed_box *box, const aed_args *a)
{
    take_reward((sched_box *)box, "aud", a->f[0]);
}

/* What [aed_train] tells about itself is for the law, and a reward too for who weighs it. */
static void on_success(aed_box *box, const aed_args *a)
{
    aed_sched_success(&((sched_box *)box)->sched, a->f[0]);
    take_reward((sched_box *)box, "success", a->f[0]);
}

static void on_agreement(aed_box *box, const aed_args *a)
{
    aed_sched_agreement(&((sched_box *)box)->sched, a->f[0]);
    take_reward((sched_box *)box, "agreement", a->f[0]);
}

static void on_regime(aed_box *box, const aed_args *a)
{
    sched_box *x = (sched_box *)box;
    const int diverging = strcmp(a->v[0].s, "diverging") == 0;

    if (diverging && !x->told_diverging)
        aed_sched_damp(&x->sched);
    x->told_diverging = diverging;
}

static void on_shape(aed_box *box, const aed_args *a)
{
    const double centre = a->n > 2 ? a->v[2].f : 0.0, width = a->n > 3 ? a->v[3].f : 1.0;
    aed_error e;

    if (aed_composite_shape(
            &((sched_box *)box)->composite, a->v[0].s, a->v[1].s, centre, width, &e) != AED_OK)
        aed_box_error(box, "%s", e.msg);
}

static void on_weight(aed_box *box, const aed_args *a)
{
    aed_error e;

    if (aed_composite_weight(&((sched_box *)box)->composite, a->v[0].s, a->v[1].f, &e) != AED_OK)
        aed_box_error(box, "%s", e.msg);
}

/* ---- settings ---- */

static void on_law(aed_box *box, const aed_args *a)
{
    sched_box *x = (sched_box *)box;
    aed_sched fresh;
    aed_error e;

    if (aed_sched_init(&fresh, a->v[0].s, &e) != AED_OK)
        aed_box_error(box, "%s", e.msg);
    else
        x->sched = fresh;
}

static void on_reset(aed_box *box, const aed_args *a)
{
    (void)a;
    ((sched_box *)box)->told_diverging = 0;
    aed_sched_reset(&((sched_box *)box)->sched);
    aed_composite_clear(&((sched_box *)box)->composite);
}

static void on_forget(aed_box *box, const aed_args *a)
{
    (void)a;
    aed_sched_forget(&((sched_box *)box)->sched);
}

static void on_retarget(aed_box *box, const aed_args *a)
{
    (void)a;
    aed_sched_retarget(&((sched_box *)box)->sched);
}

/* Inlet 1: every setting of the law is a message. Inlet 2: every name is a reward. */
static int other(aed_box *box, size_t inlet, const char *selector, const aed_args *a)
{
    sched_box *x = (sched_box *)box;
    aed_error e;

    if (inlet == 1)
    {
        if (a->n == 1 && !a->v[0].s)
            take_reward(x, selector, a->v[0].f);
        return 1;
    }
    if (!aed_setting_find(aed_sched_settings, selector))
        return 0;
    if (a->n != 1 || a->v[0].s)
        aed_box_error(box, "%s: expected one number", selector);
    else if (aed_sched_set(&x->sched, selector, a->v[0].f, &e) != AED_OK)
        aed_box_error(box, "%s", e.msg);
    return 1;
}

/* ---- life ---- */

static aed_status open_sched(aed_box *box, const aed_atom *v, size_t n, aed_error *e)
{
    sched_box *x = (sched_box *)box;

    if (n > 1 || (n == 1 && !v[0].s))
        return aed_fail(e, AED_E_ARG, "expected one argument at most: the name of a law");
    aed_composite_init(&x->composite);
    return aed_sched_init(&x->sched, n ? v[0].s : default_law, e);
}

static void close_sched(aed_box *box)
{
    (void)box;
}

static const aed_method methods[] = {
    {0, "list", "f", on_loss, "loss: a number",
        "one step of the law: alpha mu sigma leave outlet 1"},
    {0, "bang", "", on_bang, "bang", "send alpha mu sigma again"},
    {0, "law", "s", on_law, "law name",
        "robust, hyper, seed-text or seed-code, with its own settings"},
    {0, "weight", "sf", on_weight, "weight name w", "weight of a named reward; 0 takes it away"},
    {0, "shape", "ss?ff", on_shape, "shape name how [c w]",
        "bend a named reward: linear, sigmoid, bell or exp, around c (0), so wide (1)"},
    {0, "reset", "", on_reset, "reset", "start again, settings kept"},
    {0, "forget", "", on_forget, "forget", "theta jumped: forget the loss so far"},
    {0, "retarget", "", on_retarget, "retarget",
        "the target changed: the next loss is the first, alpha begins again"},
    {1, "list", "f", on_aud, "reward: a number", "the reward named aud"},
    {1, "start", "*", on_reset, "start [steps]", "from [aed_train]: as reset"},
    {1, "success", "f", on_success, "success rate",
        "from [aed_train]: of its local tests, 0 … 1, for sigma on plateaus"},
    {1, "agreement", "f", on_agreement, "agreement a",
        "from [aed_train]: of gradient and last move, -1 … 1, for law hyper"},
    {1, "regime", "s", on_regime, "regime word",
        "how theta moves; when it begins to be diverging, alpha is damped once"},
    {1, "retarget", "?f", on_retarget, "retarget [loss]", "from [aed_train]: as retarget"},
    {1, "accepted", "f", on_forget, "accepted loss", "from [aed_train]: as forget"},
    {0},
};

const aed_class aed_class_sched = {
    .name = "aed_sched",
    .doc = "the adaptive law: loss and reward in; learning rate, momentum and dither out",
    .size = sizeof(sched_box),
    .inlets = {{"loss, settings", 0}, {"reward, or any named number", 0}},
    .outlets = {{"alpha mu sigma", 0}, {"reward, composite", 0}, {"info", 0}},
    .methods = methods,
    .open = open_sched,
    .close = close_sched,
    .other = other,
    .quiet_inlets = 1 << 1,
};
