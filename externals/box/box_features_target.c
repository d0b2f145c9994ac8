/* box_features_target.c: what windows are compared with: arrays, pieces of them, or what comes in at the
 * second inlet.
 *
 * Sounds are read on the host's thread and handed to a job, which brings them to the host's sample rate and
 * checks them; they belong to jobs from then on. Which piece of them a window meets is drawn when the window
 * comes, so that a run repeats whatever thread hears it. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "box_features.h"

/* ---- a new set of sounds ---- */

typedef struct
{
    aed_job job;
    aed_features_box *x;
    aed_error e;
    aed_targets targets;                 /* in: the new ones; out: those to be freed */
    size_t lengths[AED_TARGETS_MOST], n; /* out: samples in each */
    double sr_hz;
} target_job;

static void run(aed_job *job)
{
    target_job *j = (target_job *)job;
    aed_ear_work *w = &j->x->work;
    const aed_targets old = w->targets;
    int changed;

    if (aed_targets_bring(&j->targets, j->sr_hz, &changed, &j->e) != AED_OK ||
        aed_targets_check(&j->targets, &j->e) != AED_OK)
        return;
    j->n = j->targets.n;
    for (size_t i = 0; i < j->n; i++)
        j->lengths[i] = j->targets.sounds[i].n;
    w->targets = j->targets;
    aed_slots_clear(&w->slots, w->slots.n);
    j->targets = old;
}

static void deliver(aed_job *job)
{
    target_job *j = (target_job *)job;

    if (j->e.code != AED_OK)
    {
        aed_box_error(&j->x->box, "target: %s; the old one stays", j->e.msg);
        return;
    }
    j->x->has_target = 1;
    for (size_t i = 0; i < j->n; i++)
        aed_box_info(&j->x->box, AED_FEATURES_INFO, "target", (double)j->lengths[i]);
}

static void discard(aed_job *job)
{
    target_job *j = (target_job *)job;

    aed_targets_empty(&j->targets);
    aed_pool_give(&j->x->box.pool, j);
}

/* Takes the sounds over. */
static void submit(aed_features_box *x, aed_targets *t)
{
    target_job *j = aed_pool_take(&x->box.pool, sizeof *j);

    if (!j)
    {
        aed_box_error(&x->box, "target: no memory");
        aed_targets_empty(t);
        return;
    }
    *j = (target_job){.job = {.run = run, .deliver = deliver, .discard = discard},
        .x = x,
        .targets = *t,
        .sr_hz = x->sr_hz};
    aed_box_submit(&x->box, &j->job);
}

/* ---- arrays ---- */

/* Add an array's samples from `onset` on; 0, and what is wrong is said, when there are none. */
static int add_array(aed_features_box *x, aed_targets *t, const char *name, double onset)
{
    const size_t at = onset >= 0.0 && onset < 1e9 ? (size_t)onset : SIZE_MAX;
    size_t n = 0, total = 0;
    double *v = x->box.host->array_read(x->box.host_object, name, at, AED_TARGET_MOST, &n, &total);

    if (v)
        t->sounds[t->n++] = (aed_sound){.v = v, .n = n};
    else if (total == 0)
        aed_box_error(&x->box, "target: no array named '%.60s' (or it is empty)", name);
    else
        aed_box_error(
            &x->box, "target: onset %g, allowed 0 … %zu: the array ends there", onset, total - 1);
    return v != NULL;
}

void aed_features_on_target(aed_box *box, const aed_args *a)
{
    aed_features_box *x = (aed_features_box *)box;
    const double own_hz = a->n > 2 ? a->v[2].f : 0.0;
    aed_targets t = {.n = 0};

    if (a->n > 2 && !(own_hz >= 1e3 && own_hz <= 1e6))
        aed_box_error(box, "target: sample rate %g Hz, allowed 1000 … 1000000", own_hz);
    else if (add_array(x, &t, a->v[0].s, a->n > 1 ? a->v[1].f : 0.0))
    {
        const aed_sound s = t.sounds[0];

        if (a->n > 2)
            t.sounds[0] = (aed_sound){.own = s.v, .own_n = s.n, .own_hz = own_hz};
        submit(x, &t);
    }
}

void aed_features_on_targets(aed_box *box, const aed_args *a)
{
    aed_features_box *x = (aed_features_box *)box;
    aed_targets t = {.n = 0};

    if (a->n > AED_TARGETS_MOST)
    {
        aed_box_error(box, "targets: got %zu, allowed 1 … %d", a->n, AED_TARGETS_MOST);
        return;
    }
    for (size_t i = 0; i < a->n; i++)
        if (!add_array(x, &t, a->v[i].s, 0.0))
        {
            aed_targets_empty(&t);
            return;
        }
    submit(x, &t);
}

void aed_features_on_segments(aed_box *box, const aed_args *a)
{
    aed_features_box *x = (aed_features_box *)box;
    const double n = a->f[0], hop = a->n > 1 ? a->f[1] : floor(0.5 * n);

    if (n == 0.0)
        x->segments = (aed_segments){0, 0};
    else if (!(n >= AED_WINDOW_LEAST && n <= AED_WINDOW_MOST))
        aed_box_error(box, "segments: got %g samples, allowed 0 (whole sounds), %d … %d", n,
            AED_WINDOW_LEAST, AED_WINDOW_MOST);
    else if (!(hop >= 1.0 && hop <= AED_TARGET_MOST))
        aed_box_error(box, "segments: got hop %g, allowed 1 … %d", hop, AED_TARGET_MOST);
    else
        x->segments = (aed_segments){(size_t)n, (size_t)hop};
}

/* ---- the second inlet ---- */

void aed_features_on_capture(aed_box *box, const aed_args *a)
{
    aed_features_box *x = (aed_features_box *)box;
    const double n = a->n ? a->f[0] : (double)x->n;

    if (!(n >= AED_WINDOW_LEAST && n <= AED_TARGET_MOST))
    {
        aed_box_error(
            box, "capture: got %g samples, allowed %d … %d", n, AED_WINDOW_LEAST, AED_TARGET_MOST);
        return;
    }
    if (!box->host->dsp_on(box->host_object))
    {
        aed_box_error(box, "capture: dsp is off: there is nothing to hear");
        return;
    }
    free(x->captured.v);
    x->captured = (aed_sound){.v = malloc((size_t)n * sizeof(double)), .n = (size_t)n};
    x->captured_n = 0;
    if (!x->captured.v)
        aed_box_error(box, "capture: no memory for %g samples", n);
}

void aed_features_on_follow(aed_box *box, const aed_args *a)
{
    aed_features_box *x = (aed_features_box *)box;

    free(x->followed);
    x->followed = a->f[0] != 0.0 ? calloc(2 * AED_WINDOW_MOST, sizeof *x->followed) : NULL;
    x->followed_at = 0;
    if (a->f[0] != 0.0 && !x->followed)
        aed_box_error(box, "follow: no memory for %d samples", AED_WINDOW_MOST);
}

/* The ring is written twice, half its length apart, so that the last samples always lie in a row. */
void aed_features_hear_target(aed_features_box *x, const double *in, size_t n)
{
    for (size_t i = 0; x->followed && i < n; i++)
    {
        x->followed[x->followed_at] = x->followed[x->followed_at + AED_WINDOW_MOST] = in[i];
        x->followed_at = (x->followed_at + 1) % AED_WINDOW_MOST;
    }
    if (!x->captured.v || x->captured_n == x->captured.n)
        return;
    for (size_t i = 0; i < n && x->captured_n < x->captured.n; i++)
        x->captured.v[x->captured_n++] = in[i];
    if (x->captured_n == x->captured.n)
        aed_box_wake(&x->box, 0.0);
}

const double *aed_features_followed(const aed_features_box *x, size_t n, size_t ago)
{
    const size_t most = AED_WINDOW_MOST - n;

    return x->followed + x->followed_at + most - (ago < most ? ago : most);
}

void aed_features_take_captured(aed_features_box *x)
{
    aed_targets t = {.sounds = {x->captured}, .n = 1};

    if (!x->captured.v || x->captured_n < x->captured.n)
        return;
    x->captured.v = NULL;
    submit(x, &t);
}

void aed_features_close_target(aed_features_box *x)
{
    aed_targets_empty(&x->work.targets);
    free(x->captured.v);
    free(x->followed);
}
