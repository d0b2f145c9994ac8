/* box_synth_preset.c: sounds that are kept: in slots, in files, in the patch.
 *
 * Files are read and written by jobs, so that a slow disk is not heard. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "box_synth.h"

/* ---- the present sound ---- */

/* A copy of it in p. 0 without memory: p is as before. */
static int take(aed_preset *p, const aed_synth_box *x)
{
    const aed_rig *r = x->rig;
    const aed_preset now = {r->chain, r->knobs, r->full, x->seed};

    return aed_preset_copy(p, &now, NULL) == AED_OK;
}

static void put_on(aed_rig *r, const aed_preset *p)
{
    const size_t bytes = r->chain.full_n * sizeof *r->full;

    aed_synth_learn_as(r, &p->knobs);
    memcpy(r->full, p->full, bytes);
    memcpy(r->ok, p->full, bytes);
}

/* Another chain needs a rig of its own. 0 with an error when there is no memory for it. */
static int sound_as(aed_synth_box *x, const aed_preset *p, const char *message)
{
    char words[AED_WORDS_N];
    aed_error e;

    if (aed_chain_equal(&p->chain, &x->rig->chain))
    {
        put_on(x->rig, p);
        aed_synth_seed(x, p->seed);
        aed_synth_turn(x, x->rig->full);
        aed_synth_tell_theta(x);
        return 1;
    }
    aed_chain_words(words, &p->chain);
    aed_rig *rig = aed_synth_rig_new(x, words, x->sr_hz, &e);

    if (!rig)
    {
        aed_box_error(&x->box, "%s: %s", message, e.msg);
        return 0;
    }
    put_on(rig, p);
    aed_voice_seed(rig->audible, p->seed);
    aed_voice_reset(rig->audible);
    aed_voice_theta(rig->audible, rig->full, 0);
    x->seed = p->seed;
    aed_synth_rig_enter(x, rig);
    aed_synth_name_share(x);
    return 1;
}

/* What is saved with the patch is no longer what was. */
static void changed(aed_synth_box *x)
{
    if (x->keeps)
        x->box.host->dirty(x->box.host_object);
}

/* ---- slots ---- */

static aed_bank *bank_of(aed_synth_box *x)
{
    if (!x->bank)
        x->bank = calloc(1, sizeof *x->bank);
    if (!x->bank)
        aed_box_error(&x->box, "no memory for presets");
    return x->bank;
}

/* The sound in a slot that a message names; NULL with an error when there is none. */
static const aed_preset *slot_of(aed_synth_box *x, const char *message, double f)
{
    const int named = f >= 0.0 && f < AED_SLOTS && f == floor(f);
    const aed_preset *p = named && x->bank ? x->bank->slots[(size_t)f] : NULL;

    if (!named)
        aed_box_error(&x->box, "%s: slot %g: allowed are 0 … %d", message, f, AED_SLOTS - 1);
    else if (!p)
        aed_box_error(&x->box, "%s: slot %g is empty", message, f);
    return p;
}

void aed_synth_on_store(aed_box *box, const aed_args *a)
{
    aed_synth_box *x = (aed_synth_box *)box;
    aed_bank *bank = bank_of(x);
    aed_error e;

    if (!bank)
        return;
    if (!(a->f[0] >= 0.0 && a->f[0] < AED_SLOTS && a->f[0] == floor(a->f[0])))
    {
        aed_box_error(box, "store: slot %g: allowed are 0 … %d", a->f[0], AED_SLOTS - 1);
        return;
    }
    if (!take(&bank->now, x))
        aed_box_error(box, "store: no memory");
    else if (aed_bank_store(bank, (size_t)a->f[0], &bank->now, &e) != AED_OK)
        aed_box_error(box, "store: %s", e.msg);
    else
        changed(x);
}

void aed_synth_on_recall(aed_box *box, const aed_args *a)
{
    aed_synth_box *x = (aed_synth_box *)box;
    const aed_preset *p = slot_of(x, "recall", a->f[0]);

    if (p)
        sound_as(x, p, "recall");
}

/* Between two sounds of one chain each parameter goes straight in theta: evenly to the ear. Each weight
 * goes straight too: nets of one origin, such as one that learned on from the other, stay nets on the
 * way; between strangers there may be anything. */
void aed_synth_on_morph(aed_box *box, const aed_args *a)
{
    aed_synth_box *x = (aed_synth_box *)box;
    const aed_preset *p = slot_of(x, "morph", a->f[0]);
    const aed_preset *q = p ? slot_of(x, "morph", a->f[1]) : NULL;
    const double w = fmin(fmax(a->f[2], 0.0), 1.0);
    aed_rig *r;

    if (!q)
        return;
    if (!aed_chain_equal(&p->chain, &q->chain))
    {
        aed_box_error(box, "morph: slots %g and %g have different chains", a->f[0], a->f[1]);
        return;
    }
    if (!aed_chain_equal(&p->chain, &x->rig->chain) && !sound_as(x, p, "morph"))
        return;
    r = x->rig;
    aed_knobs_clip(r->scratch, &r->knobs, p->full);
    aed_knobs_clip(r->pending, &r->knobs, q->full); /* turn overwrites it anyway */
    for (size_t i = 0; i < r->chain.full_n; i++)
        r->scratch[i] =
            w < 1.0 ? r->scratch[i] + w * (r->pending[i] - r->scratch[i]) : r->pending[i];
    aed_synth_turn(x, r->scratch);
}

void aed_synth_on_presets(aed_box *box, const aed_args *a)
{
    aed_synth_box *x = (aed_synth_box *)box;

    (void)a;
    for (size_t i = 0; x->bank && i < AED_SLOTS; i++)
        if (x->bank->slots[i])
        {
            char words[AED_WORDS_N];

            aed_chain_words(words, &x->bank->slots[i]->chain);
            const aed_atom v[] = {{NULL, (double)i}, {words, 0.0}};
            box->host->send(box->host_object, AED_SYNTH_INFO, "preset", v, 2);
        }
}

/* ---- files ---- */

typedef struct
{
    aed_job job;
    aed_synth_box *x;
    aed_status status;
    aed_error e;
    aed_bank *bank;
    char path[AED_PATH_N];
} file_job;

static void free_bank(aed_bank *bank)
{
    if (bank)
        aed_bank_close(bank);
    free(bank);
}

static void discard_file(aed_job *job)
{
    free_bank(((file_job *)job)->bank);
    free(job);
}

static file_job *file_job_new(aed_synth_box *x, const char *name, int writes)
{
    file_job *j = calloc(1, sizeof *j);

    if (j)
        j->bank = calloc(1, sizeof *j->bank);
    if (!j || !j->bank)
    {
        free(j);
        aed_box_error(&x->box, "%s: no memory", name);
        return NULL;
    }
    j->x = x;
    j->job.discard = discard_file;
    if (x->box.host->path(x->box.host_object, name, writes, j->path, sizeof j->path))
        return j;
    aed_box_error(&x->box, "%s: %s", writes ? "write" : "read",
        writes ? "the name is too long" : "no such file beside the patch or in Pd's path");
    discard_file(&j->job);
    return NULL;
}

static void run_write(aed_job *job)
{
    file_job *j = (file_job *)job;

    j->status = aed_bank_write(j->bank, j->path, &j->e);
}

static void run_read(aed_job *job)
{
    file_job *j = (file_job *)job;

    j->status = aed_bank_read(j->bank, j->path, &j->e);
}

static void deliver_write(aed_job *job)
{
    file_job *j = (file_job *)job;
    const aed_atom name = {j->path, 0.0};

    if (j->status != AED_OK)
        aed_box_error(&j->x->box, "write: %s", j->e.msg);
    else
        j->x->box.host->send(j->x->box.host_object, AED_SYNTH_INFO, "written", &name, 1);
}

/* The job's bank becomes the object's, and the other way round. */
static void deliver_read(aed_job *job)
{
    file_job *j = (file_job *)job;
    aed_synth_box *x = j->x;
    aed_bank *old = x->bank;
    const aed_atom name = {j->path, 0.0};

    if (j->status != AED_OK)
    {
        aed_box_error(&x->box, "read: %s", j->e.msg);
        return;
    }
    if (!sound_as(x, &j->bank->now, "read"))
        return;
    x->bank = j->bank;
    j->bank = old;
    changed(x);
    x->box.host->send(x->box.host_object, AED_SYNTH_INFO, "read", &name, 1);
}

/* A copy, for another thread. 0 without memory. */
static int copy_bank(aed_bank *to, aed_synth_box *x)
{
    aed_error e;

    if (!take(&to->now, x))
        return 0;
    for (size_t i = 0; x->bank && i < AED_SLOTS; i++)
        if (x->bank->slots[i] && aed_bank_store(to, i, x->bank->slots[i], &e) != AED_OK)
            return 0;
    return 1;
}

void aed_synth_on_write(aed_box *box, const aed_args *a)
{
    aed_synth_box *x = (aed_synth_box *)box;
    file_job *j = file_job_new(x, a->v[0].s, 1);

    if (!j)
        return;
    j->job.run = run_write;
    j->job.deliver = deliver_write;
    if (copy_bank(j->bank, x))
        aed_box_submit(box, &j->job);
    else
    {
        aed_box_error(box, "write: no memory");
        discard_file(&j->job);
    }
}

void aed_synth_on_read(aed_box *box, const aed_args *a)
{
    aed_synth_box *x = (aed_synth_box *)box;
    file_job *j = file_job_new(x, a->v[0].s, 0);

    if (!j)
        return;
    j->job.run = run_read;
    j->job.deliver = deliver_read;
    aed_box_submit(box, &j->job);
}

/* ---- in the patch ---- */

void aed_synth_on_keep(aed_box *box, const aed_args *a)
{
    aed_synth_box *x = (aed_synth_box *)box;
    const int keeps = a->f[0] != 0.0;

    if (keeps != x->keeps)
        box->host->dirty(box->host_object);
    x->keeps = keeps;
}

char *aed_synth_save(aed_box *box, size_t *n)
{
    aed_synth_box *x = (aed_synth_box *)box;
    aed_bank *bank = x->keeps ? bank_of(x) : NULL;
    aed_error e;

    if (!bank)
        return NULL;
    if (!take(&bank->now, x))
    {
        aed_box_error(box, "keep: no memory");
        return NULL;
    }
    char *text = aed_bank_encode(bank, AED_COMPACT, n, &e);

    if (!text)
        aed_box_error(box, "keep: %s", e.msg);
    return text;
}

void aed_synth_restore(aed_box *box, const char *text, size_t n)
{
    aed_synth_box *x = (aed_synth_box *)box;
    aed_bank *bank = bank_of(x);
    aed_error e;

    if (!bank)
        return;
    if (aed_bank_decode(bank, text, n, &e) != AED_OK)
        aed_box_error(box, "what the patch has kept: %s", e.msg);
    else if (sound_as(x, &bank->now, "what the patch has kept"))
        x->keeps = 1;
}

void aed_synth_preset_close(aed_synth_box *x)
{
    free_bank(x->bank);
    x->bank = NULL;
}
