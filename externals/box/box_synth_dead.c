/* box_synth_dead.c: which parameters cannot learn at present, and why. Weights are not asked: one of
 * thousands tells nothing.
 *
 * Each parameter that learns is moved by ± .05 of its range and the window is rendered again. What
 * changes the sound by less than -80 dB cannot be learned from it, whatever the loss. What changes
 * it, while its gradients of the last steps were below 1e-4 of the median one, is on a plateau of
 * the loss. What stands at an end of its range and is pushed against it cannot move. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "box_synth.h"

static const double step = 0.05;
static const double audible = 1e-4;    /* of the window's root mean square */
static const double plateau = 1e-4;    /* of the median gradient */
static const double forget = 1.0 / 64; /* how fast old gradients fade from the mean */

typedef struct
{
    aed_job job;
    aed_synth_box *x;
    aed_rig *rig;
    unsigned long seed;
    size_t glide_n;
    aed_score score;
    aed_knobs knobs;
    double *full;                  /* [full_n] */
    double change[AED_KNOBS_MOST]; /* [knobs.turned] out: root mean square of what ± step does */
    double loudness;               /* out: root mean square of the window */
    double *x0, *x1;               /* [n] */
    double numbers[];
} dead_job;

void aed_synth_dead_hear(aed_rig *r, const double *dtheta)
{
    for (size_t j = 0; j < r->knobs.turned; j++)
    {
        const size_t i = r->knobs.index[j];
        const double share = r->gradients == 0 ? 1.0 : forget;

        r->g_mean[i] += share * (dtheta[j] - r->g_mean[i]);
        r->g_square[i] += share * (dtheta[j] * dtheta[j] - r->g_square[i]);
    }
    r->gradients++;
}

/* ---- on the worker ---- */

static double mean_square(const double *a, const double *b, size_t n)
{
    double sum = 0.0;

    for (size_t i = 0; i < n; i++)
        sum += (a[i] - (b ? b[i] : 0.0)) * (a[i] - (b ? b[i] : 0.0));
    return sum / (double)n;
}

static void render(dead_job *j, double *y, size_t i, double moved)
{
    const double kept = j->full[i];

    j->full[i] = fmin(fmax(moved, 0.0), 1.0);
    if (aed_voice_render(j->rig->silent, y, NULL, j->full, &j->score, j->rig->n) != AED_OK)
        memset(y, 0, j->rig->n * sizeof *y);
    j->full[i] = kept;
}

static void run_dead(aed_job *job)
{
    dead_job *j = (dead_job *)job;
    const aed_knobs *k = &j->knobs;

    aed_voice_seed(j->rig->silent, j->seed);
    aed_voice_glide(j->rig->silent, j->glide_n);
    render(j, j->x0, 0, j->full[0]);
    j->loudness = sqrt(mean_square(j->x0, NULL, j->rig->n));
    for (size_t p = 0; p < k->turned && !atomic_load(&job->cancelled); p++)
    {
        const size_t i = k->index[p];
        const double by = step * (k->hi[i] - k->lo[i]);

        render(j, j->x0, i, j->full[i] - by);
        render(j, j->x1, i, j->full[i] + by);
        j->change[p] = sqrt(mean_square(j->x0, j->x1, j->rig->n));
    }
}

/* ---- what is said about it ---- */

static int by_size(const void *a, const void *b)
{
    const double p = *(const double *)a, q = *(const double *)b;

    return (p > q) - (p < q);
}

/* Root mean square of the gradients of the parameter in the middle. */
static double median_gradient(const dead_job *j)
{
    double rms[AED_KNOBS_MOST];

    for (size_t p = 0; p < j->knobs.turned; p++)
        rms[p] = sqrt(j->rig->g_square[j->knobs.index[p]]);
    qsort(rms, j->knobs.turned, sizeof *rms, by_size);
    return j->knobs.turned ? rms[j->knobs.turned / 2] : 0.0;
}

/* NULL: it can learn. Descent goes against the gradient. */
static const char *reason(const dead_job *j, size_t p, double median)
{
    const aed_rig *r = j->rig;
    const size_t i = j->knobs.index[p];
    const double at = aed_knobs_place(&j->knobs, i, j->full[i]);

    if (j->loudness == 0.0)
        return "silence";
    if (j->change[p] < audible * j->loudness)
        return "unheard";
    if (r->gradients == 0)
        return NULL;
    if (at <= 0.0 && r->g_mean[i] > 0.0)
        return "low";
    if (at >= 1.0 && r->g_mean[i] < 0.0)
        return "high";
    return sqrt(r->g_square[i]) < plateau * median ? "plateau" : NULL;
}

/* A patch may answer with another chain: the names are those of the rig that was asked. */
static void tell(const dead_job *j, size_t i, const char *why)
{
    const aed_synth_box *x = j->x;
    char name[AED_NAME_N];

    aed_chain_name(name, &j->rig->chain, i);
    const aed_atom v[] = {{name, 0.0}, {why, 0.0}};
    x->box.host->send(x->box.host_object, AED_SYNTH_INFO, "dead", v, 2);
}

static void deliver_dead(aed_job *job)
{
    const dead_job *j = (const dead_job *)job;
    aed_synth_box *x = j->x;
    const double median = median_gradient(j);
    size_t count = 0;

    if (j->rig != x->rig)
        return;
    for (size_t p = 0; p < j->knobs.turned; p++)
    {
        const char *why = reason(j, p, median);

        if (why)
            tell(j, j->knobs.index[p], why);
        count += why != NULL;
    }
    aed_box_info(&x->box, AED_SYNTH_INFO, "dead", (double)count);
}

static void discard_dead(aed_job *job)
{
    dead_job *j = (dead_job *)job;

    j->rig->users--;
    aed_synth_rig_leave(j->x, j->rig);
    free(j);
}

void aed_synth_on_dead(aed_box *box, const aed_args *a)
{
    aed_synth_box *x = (aed_synth_box *)box;
    aed_rig *r = x->rig;
    dead_job *j = calloc(1, sizeof *j + (2 * r->n + r->chain.full_n) * sizeof(double));

    (void)a;
    if (!j)
    {
        aed_box_error(box, "dead: no memory for windows of %zu samples", r->n);
        return;
    }
    j->job.run = run_dead;
    j->job.deliver = deliver_dead;
    j->job.discard = discard_dead;
    j->x = x;
    j->rig = r;
    j->seed = x->seed;
    j->glide_n = aed_synth_glide_n(x, r);
    j->score = aed_synth_score(x);
    j->knobs = r->knobs;
    j->x0 = j->numbers;
    j->x1 = j->numbers + r->n;
    j->full = j->numbers + 2 * r->n;
    memcpy(j->full, r->full, r->chain.full_n * sizeof *j->full);
    r->users++;
    aed_box_submit(box, &j->job);
}
