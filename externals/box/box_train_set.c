/* box_train_set.c: how [aed_train] learns: messages that are settings. */
#include "box_train.h"

static const double anchor_weight = 0.01; /* when nobody says */

void aed_train_on_optim(aed_box *box, const aed_args *a)
{
    aed_error e;

    if (aed_train_optim(((aed_train_box *)box)->train, a->v[0].s, &e) != AED_OK)
        aed_box_error(box, "%s", e.msg);
}

void aed_train_on_dither(aed_box *box, const aed_args *a)
{
    aed_error e;

    if (aed_train_dither(((aed_train_box *)box)->train, a->v[0].s, &e) != AED_OK)
        aed_box_error(box, "%s", e.msg);
}

void aed_train_on_clamp(aed_box *box, const aed_args *a)
{
    aed_error e;

    if (aed_train_clamp(((aed_train_box *)box)->train, a->f[0], a->f[1], &e) != AED_OK)
        aed_box_error(box, "%s", e.msg);
    else
        aed_run_drop_round((aed_train_box *)box);
}

/* The plant says it right before the theta that it is about, whose length may be new. */
void aed_train_on_unbounded(aed_box *box, const aed_args *a)
{
    for (size_t i = 0; i < 2; i++)
        if (!(a->f[i] >= 0.0 && a->f[i] <= AED_TRAIN_D_MAX))
        {
            aed_box_error(box, "unbounded: got %g, allowed 0 … %d", a->f[i], AED_TRAIN_D_MAX);
            return;
        }
    aed_train_unbounded(((aed_train_box *)box)->train, (size_t)a->f[0], (size_t)a->f[1]);
    aed_run_drop_round((aed_train_box *)box);
}

void aed_train_on_tests(aed_box *box, const aed_args *a)
{
    const double n = a->n > 1 ? a->f[1] : 8.0, rho = a->n > 2 ? a->f[2] : 1.0;
    aed_error e;

    if (aed_train_probe(((aed_train_box *)box)->train, a->f[0], n, rho, &e) != AED_OK)
        aed_box_error(box, "%s", e.msg);
}

void aed_train_on_population(aed_box *box, const aed_args *a)
{
    aed_error e;

    if (aed_train_population(
            ((aed_train_box *)box)->train, a->f[0], a->n > 1 ? a->f[1] : 20.0, &e) != AED_OK)
        aed_box_error(box, "%s", e.msg);
}

/* Those named stand still, or those alone move; none named: all may move. */
static void stand_still(aed_box *box, const aed_args *a, const char *what, int named)
{
    aed_train_box *x = (aed_train_box *)box;
    aed_error e;

    if (!x->known)
        aed_box_error(box, "%s: there is no theta yet", what);
    else if (aed_train_freeze_these(x->train, a->f, a->n, named, &e) != AED_OK)
        aed_box_error(box, "%s: %s", what, e.msg);
    else
        aed_run_drop_round(x);
}

void aed_train_on_freeze(aed_box *box, const aed_args *a)
{
    stand_still(box, a, "freeze", 1);
}

void aed_train_on_solo(aed_box *box, const aed_args *a)
{
    stand_still(box, a, "solo", 0);
}

/* A number is the weight; without one theta is the reference from now on. */
void aed_train_on_anchor(aed_box *box, const aed_args *a)
{
    aed_train_box *x = (aed_train_box *)box;
    double weight = 0.0;
    aed_error e;

    aed_train_get(&weight, x->train, "anchor");
    if (a->n == 0 && !x->known)
    {
        aed_box_error(box, "anchor: there is no theta yet");
        return;
    }
    if (a->n == 0)
        aed_train_anchor(x->train);
    if ((a->n || weight == 0.0) &&
        aed_train_set(x->train, "anchor", a->n ? a->f[0] : anchor_weight, &e) != AED_OK)
        aed_box_error(box, "%s", e.msg);
}

void aed_train_on_penalty(aed_box *box, const aed_args *a)
{
    aed_error e;

    if (aed_train_penalty(((aed_train_box *)box)->train, a->f[0], a->f[1], &e) != AED_OK)
        aed_box_error(box, "%s", e.msg);
}
