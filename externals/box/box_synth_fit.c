/* box_synth_fit.c: weights learned from arrays, while the sound goes on.
 *
 * A lesson is learned in slices of about 20 ms, each a job, so that the worker serves others in between.
 * After each pass what has been learned is heard, drawn and told. */
#include "box_synth.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fit.h"
#include "fit_contour.h"
#include "plant/amed.h"

static const size_t slice_n = 16384; /* samples learned from in a job */
static const double lock_passes = 200.0, seed_passes = 500.0;
static const double longest_s = 60.0; /* of all arrays together */

enum
{
    LOSS, /* what is drawn */
    SOUND,
    TARGET,
    PLOT_MOST = 65536 /* samples */
};

/* A lesson. While a job of it is under way its numbers belong to the worker. */
typedef struct aed_synth_fit
{
    aed_synth_box *x;
    aed_rig *rig;
    size_t module; /* in the chain */
    aed_fit_settings set;
    aed_fit_sound sounds[AED_FIT_SOUNDS]; /* their samples are ours */
    size_t n;
    aed_fit *fit;
    int tuned;
    size_t passes; /* done */
    double loss;   /* of the last one */
    double *plot;  /* [plot_n] the first sound as it is now; NULL: it is not drawn */
    size_t plot_n;
    int jobs; /* under way */
    int over; /* nobody waits for it any more */
} lesson;

typedef struct
{
    aed_job job;
    lesson *of;
    int passed; /* out: a pass has ended */
    aed_status status;
    aed_error e;
} slice;

/* ---- life ---- */

static void lesson_free(lesson *l)
{
    for (size_t i = 0; i < l->n; i++)
        free((double *)l->sounds[i].x);
    aed_fit_free(l->fit);
    l->rig->users--;
    aed_synth_rig_leave(l->x, l->rig);
    free(l->plot);
    free(l);
}

static void run(aed_job *job);

static int is_slice(const aed_job *job)
{
    return job->run == run;
}

void aed_synth_fit_stop(aed_synth_box *x)
{
    lesson *l = x->fit;

    if (!l)
        return;
    x->fit = NULL;
    l->over = 1;
    if (l->jobs == 0)
        lesson_free(l);
    else
        aed_client_cancel_if(x->box.client, is_slice);
}

static void discard(aed_job *job)
{
    slice *s = (slice *)job;
    lesson *l = s->of;

    free(s);
    l->jobs--;
    if (l->over && l->jobs == 0)
        lesson_free(l);
}

/* ---- on the worker ---- */

static void run(aed_job *job)
{
    slice *s = (slice *)job;
    lesson *l = s->of;

    if (!l->tuned)
        s->status = aed_fit_tune(l->fit, &s->e);
    l->tuned = 1;
    if (s->status != AED_OK)
        return;
    s->passed = aed_fit_advance(l->fit, slice_n, &l->loss);
    if (s->passed && l->plot)
        aed_fit_play(l->fit, l->plot, 0, l->plot_n, l->set.seed);
}

/* ---- what comes of it ---- */

/* The sound goes to what has been learned. */
static void hear(const lesson *l)
{
    aed_synth_box *x = l->x;
    const aed_chain *chain = &l->rig->chain;
    double *full = l->rig->scratch;
    size_t n;
    const double *w = aed_fit_weights(l->fit, &n);

    memcpy(full, l->rig->full, chain->full_n * sizeof *full);
    memcpy(full + chain->d + chain->weights_at[l->module], w, n * sizeof *w);
    aed_synth_turn(x, full);
}

/* The array is as wide as all passes. */
static void draw_loss(const lesson *l, size_t passes)
{
    const aed_box *box = &l->x->box;
    const char *name = l->x->draw[LOSS];
    size_t one, n;

    free(box->host->array_read(box->host_object, name, 0, 1, &one, &n));
    const size_t from = n * (l->passes - 1) / passes, to = n * l->passes / passes;
    double value[64];

    for (size_t i = 0; i < sizeof value / sizeof *value; i++)
        value[i] = l->loss;
    for (size_t at = from; at < to; at += sizeof value / sizeof *value)
    {
        const size_t left = to - at, most = sizeof value / sizeof *value;

        box->host->array_write(box->host_object, name, at, value, left < most ? left : most);
    }
}

static void draw(const lesson *l, size_t passes)
{
    const aed_box *box = &l->x->box;

    if (l->x->draw[LOSS] && isfinite(l->loss))
        draw_loss(l, passes);
    if (l->plot && l->x->draw[SOUND])
        box->host->array_write(box->host_object, l->x->draw[SOUND], 0, l->plot, l->plot_n);
    if (l->passes == 1 && l->x->draw[TARGET])
        box->host->array_write(
            box->host_object, l->x->draw[TARGET], 0, l->sounds[0].x, l->sounds[0].n);
}

static int go_on(lesson *l);

/* A patch that hears of it may end this lesson, or begin another. */
static void deliver(aed_job *job)
{
    const slice *s = (const slice *)job;
    lesson *l = s->of;
    aed_synth_box *x = l->x;
    const size_t passes = l->set.passes + l->set.noise_passes;

    if (s->status != AED_OK)
    {
        aed_box_error(&x->box, "fit: %s", s->e.msg);
        aed_synth_fit_stop(x);
        return;
    }
    l->passes += (size_t)s->passed;
    if (s->passed)
    {
        const double told[] = {(double)l->passes, (double)passes, l->loss};

        hear(l);
        draw(l, passes);
        aed_box_named(&x->box, AED_SYNTH_INFO, "fit", told, 3);
    }
    if (l->over)
        return;
    if (l->passes < passes)
    {
        if (!go_on(l))
            aed_synth_fit_stop(x);
        return;
    }
    const double loss = l->loss;

    aed_synth_fit_stop(x);
    aed_synth_tell_theta(x);
    aed_box_info(&x->box, AED_SYNTH_INFO, "fitted", loss);
}

static int go_on(lesson *l)
{
    slice *s = calloc(1, sizeof *s);

    if (!s)
    {
        aed_box_error(&l->x->box, "fit: no memory");
        return 0;
    }
    s->job = (aed_job){.run = run, .deliver = deliver, .discard = discard};
    s->of = l;
    l->jobs++;
    return aed_box_submit(&l->x->box, &s->job);
}

/* ---- a lesson begins ---- */

/* The array at argument i, and the numbers behind it; *i: the next name. Without numbers it is the next
 * example, at key 60; a key alone makes it example 0: one instrument at several pitches. */
static int read_sound(lesson *l, const aed_args *a, size_t *i, size_t *left)
{
    const aed_box *box = &l->x->box;
    const char *name = a->v[(*i)++].s;
    aed_fit_sound s = {.key = 60.0, .example = (double)(l->n % AED_AMED_EXAMPLES)};
    size_t total = 0;

    if (*i < a->n && !a->v[*i].s)
    {
        s.key = a->v[(*i)++].f;
        s.example = *i < a->n && !a->v[*i].s ? a->v[(*i)++].f : 0.0;
    }
    if (*i < a->n && !a->v[*i].s)
        aed_box_error(
            &l->x->box, "fit: %s: got a third number, expected: array pitch example", name);
    else if (l->n == AED_FIT_SOUNDS)
        aed_box_error(&l->x->box, "fit: got more than %d arrays", AED_FIT_SOUNDS);
    else
    {
        s.x = box->host->array_read(box->host_object, name, 0, *left + 1, &s.n, &total);
        if (s.x && s.n <= *left)
        {
            *left -= s.n;
            l->sounds[l->n++] = s;
            return 1;
        }
        free((double *)s.x);
        aed_box_error(&l->x->box,
            total ? "fit: array '%s': all together are longer than %g s"
                  : "fit: there is no array '%s'",
            name, longest_s);
    }
    return 0;
}

static int read_sounds(lesson *l, const aed_args *a)
{
    size_t left = (size_t)(longest_s * l->x->sr_hz);

    for (size_t i = 0; i < a->n;)
        if (!read_sound(l, a, &i, &left))
            return 0;
    return 1;
}

/* The first amed of the chain; its length when there is none. */
static size_t first_amed(const aed_chain *chain)
{
    size_t m = 0;

    while (m < chain->n && chain->modules[m] != &aed_amed && chain->modules[m] != &aed_amed_seed)
        m++;
    return m;
}

static lesson *lesson_new(aed_synth_box *x)
{
    lesson *l = calloc(1, sizeof *l);

    if (!l)
    {
        aed_box_error(&x->box, "fit: no memory");
        return NULL;
    }
    l->x = x;
    l->rig = x->rig;
    l->rig->users++;
    l->module = first_amed(&x->rig->chain);
    const int seed = x->rig->chain.modules[l->module] == &aed_amed_seed;

    l->set.passes = (size_t)(x->passes > 0.0 ? x->passes : seed ? seed_passes : lock_passes);
    l->set.noise_passes = (size_t)x->noise_passes;
    l->set.seed = x->seed;
    return l;
}

/* How much of the first sound is drawn: as much as its array takes. */
static int make_plot(lesson *l)
{
    const aed_box *box = &l->x->box;
    size_t one, n = 0;

    if (l->x->draw[SOUND])
        free(box->host->array_read(box->host_object, l->x->draw[SOUND], 0, 1, &one, &n));
    l->plot_n = n < l->sounds[0].n ? n : l->sounds[0].n;
    l->plot_n = l->plot_n < PLOT_MOST ? l->plot_n : PLOT_MOST;
    l->plot = l->plot_n ? malloc(l->plot_n * sizeof *l->plot) : NULL;
    return l->plot || !l->plot_n;
}

static int prepare(lesson *l, const aed_args *a)
{
    aed_rig *r = l->rig;
    aed_error e;

    if (!read_sounds(l, a))
        return 0;
    l->fit = aed_fit_new(&r->chain, l->module, r->full, r->sr_hz, l->sounds, l->n, &l->set, &e);
    if (!l->fit)
        aed_box_error(&l->x->box, "%s", e.msg);
    else if (!make_plot(l))
        aed_box_error(&l->x->box, "fit: no memory");
    else
        return 1;
    return 0;
}

void aed_synth_on_fit(aed_box *box, const aed_args *a)
{
    aed_synth_box *x = (aed_synth_box *)box;
    const aed_chain *chain = &x->rig->chain;

    if (first_amed(chain) == chain->n || chain->over > 1)
    {
        aed_box_error(box,
            chain->over > 1 ? "fit: not at %zux: it learns sample by sample"
                            : "fit: there is no amed in the chain",
            chain->over);
        return;
    }
    lesson *l = lesson_new(x);

    if (!l)
        return;
    if (!prepare(l, a))
    {
        lesson_free(l);
        return;
    }
    aed_synth_cancel(x);
    aed_synth_note_run(x);
    x->fit = l;
    if (!go_on(l))
        aed_synth_fit_stop(x);
}

/* ---- settings ---- */

void aed_synth_on_passes(aed_box *box, const aed_args *a)
{
    aed_synth_box *x = (aed_synth_box *)box;
    const double noise = a->n > 1 ? a->f[1] : 0.0;

    if (a->f[0] < 0.0 || a->f[0] > 1e6 || noise < 0.0 || noise > 1e6)
    {
        aed_box_error(box, "passes: got %g and %g, allowed are 0 … 1000000", a->f[0], noise);
        return;
    }
    x->passes = floor(a->f[0]);
    x->noise_passes = floor(noise);
}

void aed_synth_on_draw(aed_box *box, const aed_args *a)
{
    aed_synth_box *x = (aed_synth_box *)box;

    for (size_t i = 0; i < AED_SYNTH_PLOTS; i++)
        x->draw[i] = i < a->n && strcmp(a->v[i].s, "-") != 0 ? a->v[i].s : NULL;
}
