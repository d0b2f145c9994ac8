/* box_synth_rig.c: chains of [aed_synth~], and how one takes another's place without a click. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "box_synth.h"
#include "plant/amed.h"

static const double fade_ms = 30.0;

/* ---- a rig ---- */

int aed_synth_rig_live(aed_rig *r, aed_error *e)
{
    for (size_t i = 0; i < AED_LIVE_TAPES; i++)
    {
        if (!r->tapes[i].tape)
            r->tapes[i].tape = aed_tape_new(r->audible, r->n, e);
        if (!r->tapes[i].tape)
            return 0;
    }
    return 1;
}

static int make_tapes(aed_rig *r, int live, aed_error *e)
{
    r->tape = aed_tape_new(r->audible, r->n, e);
    return r->tape && (!live || aed_synth_rig_live(r, e));
}

static int make_vectors(aed_rig *r, aed_error *e)
{
    const size_t full_n = r->chain.full_n, d = r->chain.d;
    double *v = calloc(5 * full_n + 2 * d + r->n, sizeof *v);

    if (!v)
    {
        (void)aed_fail(e, AED_E_MEMORY, "no memory for a window of %zu samples", r->n);
        return 0;
    }
    r->full = v;
    r->pending = v + full_n;
    r->before = v + 2 * full_n;
    r->ok = v + 3 * full_n;
    r->scratch = v + 4 * full_n;
    r->g_mean = v + 5 * full_n;
    r->g_square = r->g_mean + d;
    r->window = r->g_square + d;
    return 1;
}

static int make_voices(aed_rig *r, unsigned long seed, aed_error *e)
{
    r->audible = aed_voice_new(&r->chain, r->sr_hz, seed, e);
    r->silent = r->audible ? aed_voice_new(&r->chain, r->sr_hz, seed, e) : NULL;
    return r->silent != NULL;
}

aed_rig *aed_synth_rig_new(const aed_synth_box *x, const char *words, double sr_hz, aed_error *e)
{
    double full[AED_KNOBS_MOST];
    aed_rig *r = calloc(1, sizeof *r);

    if (!r)
    {
        (void)aed_fail(e, AED_E_MEMORY, "no memory");
        return NULL;
    }
    r->sr_hz = sr_hz;
    r->n = x->n;
    if (aed_plant_parse(&r->chain, full, &r->knobs, words, e) != AED_OK ||
        !make_voices(r, x->seed, e) || !make_tapes(r, x->live, e) || !make_vectors(r, e))
    {
        aed_synth_rig_free(r);
        return NULL;
    }
    memcpy(r->full, full, r->chain.d * sizeof *full);
    aed_chain_scramble(r->full, &r->chain, x->seed);
    memcpy(r->before, r->full, r->chain.full_n * sizeof *full);
    memcpy(r->ok, r->full, r->chain.full_n * sizeof *full);
    aed_voice_theta(r->audible, r->full, 0);
    return r;
}

void aed_synth_rig_free(aed_rig *r)
{
    if (!r)
        return;
    aed_voice_free(r->audible);
    aed_voice_free(r->silent);
    aed_tape_free(r->tape);
    for (size_t i = 0; i < AED_LIVE_TAPES; i++)
        aed_tape_free(r->tapes[i].tape);
    free(r->full);
    free(r);
}

void aed_synth_rig_leave(aed_synth_box *x, aed_rig *rig)
{
    aed_rig **at = &x->retired;

    if (!rig->retired || rig->users > 0)
        return;
    while (*at && *at != rig)
        at = &(*at)->next;
    if (*at)
        *at = rig->next;
    aed_synth_rig_free(rig);
}

static void retire(aed_synth_box *x, aed_rig *rig)
{
    rig->retired = 1;
    rig->next = x->retired;
    x->retired = rig;
    aed_synth_rig_leave(x, rig);
}

/* ---- one after the other ---- */

/* Half a cosine, which begins and ends without an edge. */
static double gain(const aed_synth_fade *f)
{
    return 0.5 - 0.5 * cos(3.141592653589793 * (double)f->left_n / (double)f->fade_n);
}

/* The first to leave has left. */
static void end_first(aed_synth_box *x)
{
    aed_rig *left = x->fades[0].rig;

    memmove(x->fades, x->fades + 1, --x->n_fades * sizeof *x->fades);
    left->users--;
    aed_synth_rig_leave(x, left);
}

void aed_synth_fades_end(aed_synth_box *x)
{
    while (x->n_fades)
        end_first(x);
}

/* The voice of rig, which sounds now, begins to leave. When it is hardly heard yet behind others that
 * leave, or they are too many and it is heard less than the first of them, it goes at once. */
static void fade_out(aed_synth_box *x, aed_rig *rig)
{
    const size_t n = (size_t)(fade_ms * 1e-3 * rig->sr_hz);
    const int full = x->n_fades == AED_SYNTH_FADES;
    double heard = 1.0;

    for (size_t i = 0; i < x->n_fades; i++)
        heard *= 1.0 - gain(&x->fades[i]);
    if (heard == 0.0 || (full && heard < gain(&x->fades[0])))
        return;
    if (full)
        end_first(x);
    x->fades[x->n_fades++] = (aed_synth_fade){rig, n, n};
    rig->users++;
}

static void take_place(aed_synth_box *x, aed_rig *rig)
{
    aed_rig *old = x->rig;

    aed_synth_cancel(x);
    x->rig = rig;
    x->runs = x->can_undo = 0;
    aed_synth_play_setup(x, rig);
    if (x->velocity > 0.0)
        aed_voice_note(rig->audible, x->pitch, x->velocity);
    retire(x, old);
}

void aed_synth_rig_enter(aed_synth_box *x, aed_rig *rig)
{
    if (x->box.host->dsp_on(x->box.host_object))
        fade_out(x, x->rig);
    else
        aed_synth_fades_end(x);
    take_place(x, rig);
    aed_synth_tell_theta(x);
    aed_synth_begin_again(x);
}

void aed_synth_rig_tick(aed_synth_box *x)
{
    if (!x->box.host->dsp_on(x->box.host_object))
        aed_synth_fades_end(x);
    while (x->n_fades && x->fades[0].left_n == 0)
        end_first(x);
}

static void fade_perform(aed_synth_fade *f, const aed_io *io, size_t n)
{
    double old[AED_CHUNK], old_side[AED_CHUNK];
    const aed_io leaving = {io->feed, old, io->side ? old_side : NULL};

    (void)aed_voice_play(f->rig->audible, &leaving, NULL, n);
    for (size_t i = 0; i < n && f->left_n > 0; i++, f->left_n--)
    {
        const double share = gain(f);

        io->y[i] = old[i] * share + io->y[i] * (1.0 - share);
        if (io->side)
            io->side[i] = old_side[i] * share + io->side[i] * (1.0 - share);
    }
}

/* What each makes room for is the mix of those that came after it. */
void aed_synth_fades_perform(aed_synth_box *x, const aed_io *io, size_t n)
{
    for (size_t i = x->n_fades; i-- > 0;)
        if (x->fades[i].left_n > 0)
            fade_perform(&x->fades[i], io, n);
    if (x->n_fades && x->fades[0].left_n == 0)
        aed_box_wake(&x->box, 0.0);
}

/* ---- messages ---- */

static int add_text(char words[AED_WORDS_N], const char *word)
{
    if (strlen(words) + strlen(word) + 2 > AED_WORDS_N)
        return 0;
    if (words[0])
        strcat(words, " ");
    strcat(words, word);
    return 1;
}

int aed_synth_add_word(char words[AED_WORDS_N], const aed_atom *word)
{
    char number[32];

    snprintf(number, sizeof number, "%.9g", word->f);
    return add_text(words, word->s ? word->s : number);
}

/* A chain in the place of the one that sounds. */
static void enter_words(aed_synth_box *x, const char *words)
{
    aed_error e;
    aed_rig *rig = aed_synth_rig_new(x, words, x->sr_hz, &e);

    if (!rig)
    {
        aed_box_error(&x->box, "%s", e.msg);
        return;
    }
    aed_synth_name_adopt(x, rig);
    aed_synth_rig_enter(x, rig);
}

void aed_synth_on_chain(aed_box *box, const aed_args *a)
{
    aed_synth_box *x = (aed_synth_box *)box;
    char words[AED_WORDS_N] = "";

    for (size_t i = 0; i < a->n; i++)
        if (!aed_synth_add_word(words, &a->v[i]))
        {
            aed_box_error(box, "chain: longer than %d letters", AED_WORDS_N - 2);
            return;
        }
    enter_words(x, words);
}

/* The same words with one law's name for the other's; how many there were. */
static size_t with_law(char words[AED_WORDS_N], const aed_chain *chain, const aed_module *law)
{
    aed_chain other = *chain;
    size_t found = 0;

    for (size_t m = 0; m < chain->n; m++)
        if (chain->modules[m] == &aed_amed || chain->modules[m] == &aed_amed_seed)
        {
            other.modules[m] = law;
            found++;
        }
    aed_chain_words(words, &other);
    return found;
}

void aed_synth_on_law(aed_box *box, const aed_args *a)
{
    aed_synth_box *x = (aed_synth_box *)box;
    const int lock = strcmp(a->v[0].s, "lock") == 0;
    char words[AED_WORDS_N];

    if (!lock && strcmp(a->v[0].s, "seed") != 0)
        aed_box_error(box, "law: got '%.40s', allowed are: lock, seed", a->v[0].s);
    else if (with_law(words, &x->rig->chain, lock ? &aed_amed : &aed_amed_seed) == 0)
        aed_box_error(box, "law: there is no amed in the chain");
    else
        enter_words(x, words);
}

/* The same chain, where it stands, at another rate. NULL when it cannot be had. */
static aed_rig *at_rate(aed_synth_box *x, const aed_rig *old, double sr_hz)
{
    const size_t values = old->chain.full_n * sizeof *old->full;
    char words[AED_WORDS_N];
    aed_error e;

    aed_chain_words(words, &old->chain);
    aed_rig *rig = aed_synth_rig_new(x, words, sr_hz, &e);

    if (!rig)
    {
        aed_box_error(&x->box, "sample rate %g: %s", sr_hz, e.msg);
        return NULL;
    }
    rig->knobs = old->knobs;
    memcpy(rig->full, old->full, values);
    memcpy(rig->before, old->before, values);
    memcpy(rig->ok, old->ok, values);
    aed_voice_theta(rig->audible, rig->full, 0);
    return rig;
}

/* At another rate the same sound goes on; nobody hears others leave. */
void aed_synth_rate(aed_box *box, double sr_hz, size_t block_n)
{
    aed_synth_box *x = (aed_synth_box *)box;
    const int runs = x->runs, can_undo = x->can_undo;

    (void)block_n;
    x->told_dsp_off = 0;
    if (sr_hz == x->sr_hz)
        return;
    aed_rig *rig = at_rate(x, x->rig, sr_hz);

    if (!rig)
        return;
    x->sr_hz = sr_hz;
    aed_synth_fades_end(x);
    take_place(x, rig);
    x->runs = runs;
    x->can_undo = can_undo;
    aed_synth_begin_again(x);
}
