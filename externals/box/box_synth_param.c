/* box_synth_param.c: parameters by name, and which of them learn, how far. */
#include "box_synth.h"

#include <math.h>
#include <string.h>

/* ---- where the voice stands ---- */

void aed_synth_go(aed_synth_box *x, const double *full)
{
    aed_knobs_clip(x->rig->full, &x->rig->knobs, full);
    aed_voice_theta(x->rig->audible, x->rig->full, aed_synth_ramp_n(x));
    aed_synth_name_share(x);
}

void aed_synth_turn(aed_synth_box *x, const double *full)
{
    aed_synth_go(x, full);
    memcpy(x->rig->pending, x->rig->full, x->rig->chain.full_n * sizeof *full);
    aed_synth_live_disturb(x);
}

/* The frequencies among what learns, as `tuned place octaves …`: place in theta, octaves from 0 to 1. Patches
 * without any hear nothing of it. */
static void tell_tuned(aed_synth_box *x)
{
    const aed_rig *r = x->rig;
    double tuned[2 * AED_KNOBS_MOST];
    size_t n = 0;

    for (size_t j = 0; j < r->knobs.turned; j++)
    {
        const size_t i = r->knobs.index[j];
        const aed_param *p = aed_chain_param(&r->chain, i);

        if (!(p->traits & AED_TUNED))
            continue;
        tuned[n++] = (double)j;
        tuned[n++] = (r->knobs.hi[i] - r->knobs.lo[i]) * log2(p->hi / p->lo);
    }
    if (n || x->tuned_n)
        aed_box_named(&x->box, AED_SYNTH_GRADIENT, "tuned", tuned, n);
    x->tuned_n = n;
}

/* Weights have no bounds: who learns has to know before it reads them. Patches without weights hear
 * nothing of it. */
static void tell_unbounded(aed_synth_box *x)
{
    const aed_knobs *k = &x->rig->knobs;
    const size_t n = k->d - k->turned;

    if (x->rig->chain.weights_n || x->unbounded_n)
        aed_box_named(&x->box, AED_SYNTH_GRADIENT, "unbounded",
            (const double[]){(double)k->turned, (double)n}, 2);
    x->unbounded_n = n;
}

void aed_synth_tell_theta(aed_synth_box *x)
{
    double *theta = x->rig->scratch;

    /* Before theta: on it a run may start. */
    tell_tuned(x);
    tell_unbounded(x);
    aed_knobs_collect(theta, &x->rig->knobs, x->rig->full);
    aed_box_named(&x->box, AED_SYNTH_GRADIENT, "theta", theta, x->rig->knobs.d);
}

/* ---- one parameter ---- */

static void tell(aed_synth_box *x, size_t i)
{
    const aed_param *p = aed_chain_param(&x->rig->chain, i);
    char name[AED_NAME_N];

    aed_chain_name(name, &x->rig->chain, i);
    const aed_atom v[] = {{name, 0.0}, {NULL, aed_param_value(p, x->rig->full[i])},
        {NULL, aed_knobs_place(&x->rig->knobs, i, x->rig->full[i])},
        {p->unit[0] ? p->unit : "-", 0.0}, {NULL, aed_param_value(p, x->rig->knobs.lo[i])},
        {NULL, aed_param_value(p, x->rig->knobs.hi[i])}, {NULL, x->rig->knobs.learns[i]}};
    x->box.host->send(x->box.host_object, AED_SYNTH_INFO, "param", v, sizeof v / sizeof *v);
}

void aed_synth_on_params(aed_box *box, const aed_args *a)
{
    aed_synth_box *x = (aed_synth_box *)box;

    (void)a;
    for (size_t i = 0; i < x->rig->chain.d; i++)
        tell(x, i);
}

/* Within the range that it may learn in; a level may be 0 all the same. */
static void set(aed_synth_box *x, size_t i, double full)
{
    aed_rig *r = x->rig;

    r->full[i] = r->pending[i] = fmin(fmax(full, r->knobs.lo[i]), r->knobs.hi[i]);
    aed_synth_go(x, r->full);
    aed_synth_live_disturb(x);
}

static void set_value(aed_synth_box *x, size_t i, double value)
{
    set(x, i, aed_param_theta(aed_chain_param(&x->rig->chain, i), value));
}

static void no_parameter(aed_synth_box *x, const char *message, const char *name)
{
    aed_box_error(&x->box, "%s%sno parameter '%.60s'; 'params' lists them", message,
        message[0] ? ": " : "", name);
}

void aed_synth_on_param(aed_box *box, const aed_args *a)
{
    aed_synth_box *x = (aed_synth_box *)box;
    const int i = aed_chain_find(&x->rig->chain, a->v[0].s);

    if (i < 0)
        no_parameter(x, "param", a->v[0].s);
    else if (a->n == 2)
        set_value(x, (size_t)i, a->v[1].f);
    else
        tell(x, (size_t)i);
}

/* In theta, as a slider has it: 0 is the lower end of the range, 1 the upper. */
void aed_synth_on_turn(aed_box *box, const aed_args *a)
{
    aed_synth_box *x = (aed_synth_box *)box;
    const aed_knobs *k = &x->rig->knobs;
    const int i = aed_chain_find(&x->rig->chain, a->v[0].s);

    if (i < 0)
        no_parameter(x, "turn", a->v[0].s);
    else
        set(x, (size_t)i, k->lo[i] + fmin(fmax(a->v[1].f, 0.0), 1.0) * (k->hi[i] - k->lo[i]));
}

int aed_synth_other(aed_box *box, size_t inlet, const char *selector, const aed_args *a)
{
    aed_synth_box *x = (aed_synth_box *)box;

    if (inlet != 0 || !strchr(selector, '.'))
        return 0;
    const int i = aed_chain_find(&x->rig->chain, selector);

    if (i < 0)
        no_parameter(x, "", selector);
    else if (a->n != 1 || a->v[0].s || !isfinite(a->v[0].f))
        aed_box_error(box, "%s: expected one number", selector);
    else
        set_value(x, (size_t)i, a->v[0].f);
    return 1;
}

/* ---- which learn ---- */

void aed_synth_learn_as(aed_rig *r, const aed_knobs *knobs)
{
    r->knobs = *knobs;
    r->gradients = 0;
}

/* "amed.net" is one vector of weights, "amed" all of that module's. */
static size_t learn_weights_named(
    aed_knobs *k, const aed_chain *chain, const char *word, int learns)
{
    aed_weights_place places[AED_MOST_WEIGHTS];
    const size_t n = aed_chain_weights(places, chain), length = strlen(word);
    size_t found = 0;

    for (size_t i = 0; i < n; i++)
    {
        char name[AED_NAME_N];

        aed_chain_weights_name(name, chain, &places[i]);
        if (strcmp(name, word) == 0 || (strncmp(name, word, length) == 0 && name[length] == '.'))
        {
            aed_knobs_learn_weights(k, i, learns);
            found++;
        }
    }
    return found;
}

/* "ladder.cutoff" is one parameter, "ladder" all of that module. Returns how many were meant. */
static size_t learn_named(aed_knobs *k, const aed_chain *chain, const char *word, int learns)
{
    const size_t length = strlen(word);
    const int exact = aed_chain_find(chain, word);
    size_t found = 0;

    for (size_t i = 0; i < chain->d; i++)
    {
        char name[AED_NAME_N];

        aed_chain_name(name, chain, i);
        if ((int)i == exact || (strncmp(name, word, length) == 0 && name[length] == '.'))
        {
            aed_knobs_learn(k, i, learns);
            found++;
        }
    }
    return found + learn_weights_named(k, chain, word, learns);
}

/* All or nothing: the knobs change when every word was understood and something still learns. */
static void choose(
    aed_synth_box *x, const aed_args *a, const char *message, int all_first, int learns)
{
    aed_knobs k = x->rig->knobs;

    for (size_t i = 0; i < k.n && all_first >= 0; i++)
        aed_knobs_learn(&k, i, all_first);
    for (size_t i = 0; i < k.n_weights && all_first >= 0; i++)
        aed_knobs_learn_weights(&k, i, all_first);
    for (size_t i = 0; i < a->n; i++)
        if (learn_named(&k, &x->rig->chain, a->v[i].s, learns) == 0)
        {
            no_parameter(x, message, a->v[i].s);
            return;
        }
    if (k.d == 0)
    {
        aed_box_error(&x->box, "%s: nothing would learn any more", message);
        return;
    }
    aed_synth_learn_as(x->rig, &k);
    aed_synth_tell_theta(x);
}

enum
{
    AS_IT_IS = -1,
    NONE,
    ALL
};

void aed_synth_on_learn(aed_box *box, const aed_args *a)
{
    choose((aed_synth_box *)box, a, "learn", a->n ? AS_IT_IS : ALL, 1);
}

void aed_synth_on_freeze(aed_box *box, const aed_args *a)
{
    choose((aed_synth_box *)box, a, "freeze", AS_IT_IS, 0);
}

void aed_synth_on_solo(aed_box *box, const aed_args *a)
{
    choose((aed_synth_box *)box, a, "solo", NONE, 1);
}

/* ---- how far ---- */

static int read_range(aed_synth_box *x, double *lo, double *hi, size_t i, const aed_args *a)
{
    const aed_param *p = aed_chain_param(&x->rig->chain, i);

    *lo = 0.0;
    *hi = 1.0;
    if (a->n == 1)
        return 1;
    if (a->n == 3 && a->v[1].f < a->v[2].f && a->v[1].f >= p->lo && a->v[2].f <= p->hi)
    {
        *lo = aed_param_theta(p, a->v[1].f);
        *hi = aed_param_theta(p, a->v[2].f);
        return 1;
    }
    aed_box_error(&x->box, "range: %s: expected two numbers, the smaller first, within %g … %g",
        a->v[0].s, p->lo, p->hi);
    return 0;
}

void aed_synth_on_range(aed_box *box, const aed_args *a)
{
    aed_synth_box *x = (aed_synth_box *)box;
    const int i = aed_chain_find(&x->rig->chain, a->v[0].s);
    double lo, hi;

    if (i < 0)
        no_parameter(x, "range", a->v[0].s);
    else if (read_range(x, &lo, &hi, (size_t)i, a))
    {
        aed_knobs k = x->rig->knobs;

        aed_knobs_range(&k, (size_t)i, lo, hi);
        aed_synth_learn_as(x->rig, &k);
        set(x, (size_t)i, x->rig->full[i]);
        aed_synth_tell_theta(x);
    }
}
