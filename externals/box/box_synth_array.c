/* box_synth_array.c: a note of the present sound into an array, for [soundfiler] and for the eye. */
#include "box_synth.h"

#include <math.h>
#include <stdlib.h>

static const double longest_s = 600.0;

typedef struct
{
    aed_job job;
    aed_synth_box *x;
    aed_rig *rig;
    aed_status status;
    unsigned long seed;
    size_t glide_n;
    aed_score score;
    const char *array; /* a host's symbol: it stays */
    size_t n;
    double *full, *y; /* [full_n], [n] */
    double numbers[];
} array_job;

static void run(aed_job *job)
{
    array_job *j = (array_job *)job;

    aed_voice_seed(j->rig->silent, j->seed);
    aed_voice_glide(j->rig->silent, j->glide_n);
    j->status = aed_voice_render(j->rig->silent, j->y, NULL, j->full, &j->score, j->n);
}

static void deliver(aed_job *job)
{
    const array_job *j = (const array_job *)job;
    const aed_box *box = &j->x->box;
    const aed_atom name = {j->array, 0.0};

    if (j->status != AED_OK)
        aed_box_error(&j->x->box, "render: the sound is not finite: %s stays", j->array);
    else if (!box->host->array_write(box->host_object, j->array, 0, j->y, j->n))
        aed_box_error(&j->x->box, "render: array '%s' has gone", j->array);
    else
        box->host->send(box->host_object, AED_SYNTH_INFO, "rendered", &name, 1);
}

static void discard(aed_job *job)
{
    array_job *j = (array_job *)job;

    j->rig->users--;
    aed_synth_rig_leave(j->x, j->rig);
    free(j);
}

/* A note from the first sample on; held for held_ms, or throughout. */
static aed_score one_note(const aed_synth_box *x, const aed_args *a, size_t n)
{
    const double pitch = a->n > 1 ? a->v[1].f : 60.0, velocity = a->n > 2 ? a->v[2].f : 100.0;
    const double held_n = a->n > 3 ? fmax(a->v[3].f, 0.0) * 1e-3 * x->sr_hz : (double)n;
    aed_score score = {{{0, pitch, velocity}}, 1};

    if (held_n < (double)n)
        score.events[score.n++] = (aed_event){(size_t)held_n, pitch, 0.0};
    return score;
}

void aed_synth_render_array(aed_synth_box *x, const aed_args *a)
{
    const aed_box *box = &x->box;
    const char *name = a->v[0].s;
    size_t one, n;

    free(box->host->array_read(box->host_object, name, 0, 1, &one, &n));
    if (n == 0 || (double)n > longest_s * x->sr_hz)
    {
        aed_box_error(&x->box,
            n ? "render: array '%s' is longer than %g s" : "render: there is no array '%s'", name,
            longest_s);
        return;
    }
    array_job *j = malloc(sizeof *j + (x->rig->chain.full_n + n) * sizeof(double));

    if (!j)
    {
        aed_box_error(&x->box, "render: no memory for %zu samples", n);
        return;
    }
    *j = (array_job){.job = {.run = run, .deliver = deliver, .discard = discard},
        .x = x,
        .rig = x->rig,
        .seed = x->seed,
        .glide_n = aed_synth_glide_n(x, x->rig),
        .score = one_note(x, a, n),
        .array = name,
        .n = n};
    j->full = j->numbers;
    j->y = j->numbers + x->rig->chain.full_n;
    for (size_t i = 0; i < x->rig->chain.full_n; i++)
        j->full[i] = x->rig->full[i];
    j->rig->users++;
    aed_box_submit(&x->box, &j->job);
}
