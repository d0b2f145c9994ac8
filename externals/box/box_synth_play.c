/* box_synth_play.c: notes, scores, glide, tuning, the signal inlet, and ways back. */
#include <math.h>
#include <string.h>

#include "box_synth.h"

static const double run_gap_ms = 3000.0; /* thetas further apart belong to two learning runs */

/* ---- notes ---- */

void aed_synth_on_note(aed_box *box, const aed_args *a)
{
    aed_synth_box *x = (aed_synth_box *)box;

    x->velocity = fmin(fmax(a->f[1], 0.0), 127.0);
    if (x->velocity > 0.0)
        x->pitch = a->f[0];
    aed_synth_live_note(x, a->f[0], x->velocity);
}

/* Notes of a score, sorted by time as they are entered; later ones of equal time come later. */
static void enter(aed_synth_event *score, size_t n, double ms, double pitch, double vel)
{
    size_t i = n;

    for (; i > 0 && score[i - 1].ms > ms; i--)
        score[i] = score[i - 1];
    score[i] = (aed_synth_event){ms, pitch, vel};
}

void aed_synth_on_score(aed_box *box, const aed_args *a)
{
    aed_synth_box *x = (aed_synth_box *)box;
    aed_synth_event score[AED_MAX_EVENTS];
    size_t n = 0;

    if (a->n % 4 != 0 || a->n / 4 > AED_MAX_EVENTS / 2)
    {
        aed_box_error(box,
            "score: got %zu values, expected up to %d groups of: pitch velocity on_ms off_ms", a->n,
            AED_MAX_EVENTS / 2);
        return;
    }
    for (size_t i = 0; i < a->n; i += 4)
    {
        const double *f = a->f + i;

        if (!(f[1] >= 1.0 && f[1] <= 127.0 && f[2] >= 0.0 && f[3] > f[2]))
        {
            aed_box_error(box,
                "score: velocity %g on_ms %g off_ms %g: velocity is 1 … 127, and a "
                "note ends after it began",
                f[1], f[2], f[3]);
            return;
        }
        enter(score, n++, f[2], f[0], f[1]);
        enter(score, n++, f[3], f[0], 0.0);
    }
    memcpy(x->score, score, n * sizeof *score);
    x->score_n = n;
}

void aed_synth_on_reset(aed_box *box, const aed_args *a)
{
    aed_synth_box *x = (aed_synth_box *)box;

    (void)a;
    x->velocity = 0.0;
    aed_voice_reset(x->rig->audible);
    aed_synth_live_disturb(x);
}

/* ---- pitch ---- */

size_t aed_synth_glide_n(const aed_synth_box *x, const aed_rig *rig)
{
    return (size_t)(x->glide_ms * 1e-3 * rig->sr_hz);
}

void aed_synth_on_glide(aed_box *box, const aed_args *a)
{
    aed_synth_box *x = (aed_synth_box *)box;

    x->glide_ms = fmin(fmax(a->f[0], 0.0), 10000.0);
    aed_voice_glide(x->rig->audible, aed_synth_glide_n(x, x->rig));
}

/* The octave of key 60's frequency that is nearest to value, of those within the range. */
static double tuned(const aed_param *row, double value)
{
    const double key_60_hz = 440.0 * exp2(-0.75);
    const double octave = round(log2(value / key_60_hz));
    const double lowest = ceil(log2(row->lo / key_60_hz)),
                 highest = floor(log2(row->hi / key_60_hz));

    return key_60_hz * exp2(fmin(fmax(octave, lowest), highest));
}

void aed_synth_on_pitch(aed_box *box, const aed_args *a)
{
    aed_synth_box *x = (aed_synth_box *)box;
    aed_rig *r = x->rig;
    aed_knobs knobs = r->knobs;
    const int played = strcmp(a->v[0].s, "played") == 0;
    double *full = r->scratch;

    if (!played && strcmp(a->v[0].s, "learned") != 0)
    {
        aed_box_error(box, "pitch: got '%.40s', allowed are: played, learned", a->v[0].s);
        return;
    }
    memcpy(full, r->full, r->chain.full_n * sizeof *full);
    for (size_t i = 0; i < r->chain.d; i++)
    {
        const aed_param *row = aed_chain_param(&r->chain, i);

        if (!(row->traits & AED_TUNED))
            continue;
        aed_knobs_learn(&knobs, i, !played);
        if (played)
            full[i] = aed_param_theta(row, tuned(row, aed_param_value(row, full[i])));
    }
    if (knobs.d == 0)
    {
        aed_box_error(box, "pitch played: nothing would learn any more");
        return;
    }
    aed_synth_learn_as(r, &knobs);
    aed_synth_turn(x, full);
    aed_synth_tell_theta(x);
}

void aed_synth_on_signal(aed_box *box, const aed_args *a)
{
    aed_synth_box *x = (aed_synth_box *)box;
    const char *name = a->v[0].s;
    const int is_pitch = strcmp(name, "pitch") == 0, is_none = strcmp(name, "none") == 0;

    if (!is_pitch && !is_none && aed_chain_find(&x->rig->chain, name) < 0)
    {
        aed_box_error(box,
            "signal: no parameter '%.60s'; allowed are pitch, none, and what 'params' lists", name);
        return;
    }
    x->depth = is_none ? 0.0 : a->n > 1 ? a->v[1].f : 1.0;
    memcpy(x->route, name, strlen(name) + 1); /* a parameter's name, so it fits */
    aed_synth_play_setup(x, x->rig);
    aed_synth_live_disturb(x);
}

/* A chain without the parameter that the signal moved: then it moves nothing. */
void aed_synth_play_setup(const aed_synth_box *x, aed_rig *rig)
{
    const int is_pitch = strcmp(x->route, "pitch") == 0;
    const int route = is_pitch ? AED_ROUTE_PITCH : aed_chain_find(&rig->chain, x->route);

    aed_voice_glide(rig->audible, aed_synth_glide_n(x, rig));
    if (is_pitch || route >= 0)
        aed_voice_route(rig->audible, route, x->depth);
    else
        aed_voice_route(rig->audible, AED_ROUTE_PITCH, 0.0);
}

/* ---- ways back ---- */

/* Where the voice stood when a gradient last came back whole; silence; nothing under way. Whoever
 * follows another of its name is silent, and leaves the parameters to that one. */
void aed_synth_on_panic(aed_box *box, const aed_args *a)
{
    aed_synth_box *x = (aed_synth_box *)box;
    aed_rig *r = x->rig;
    const int follows = aed_synth_name_follows(x);

    (void)a;
    x->asked = 0;
    x->velocity = 0.0;
    aed_synth_cancel(x);
    if (!follows)
        aed_knobs_clip(r->full, &r->knobs, r->ok);
    aed_voice_theta(r->audible, r->full, 0);
    aed_voice_reset(r->audible);
    if (!follows)
        aed_synth_name_share(x);
    aed_synth_fades_end(x);
    aed_box_named(box, AED_SYNTH_INFO, "panic", NULL, 0);
    aed_synth_tell_theta(x);
}

void aed_synth_note_run(aed_synth_box *x)
{
    const double now_ms = aed_box_now(&x->box);

    if (!x->runs || now_ms - x->learned_ms > run_gap_ms)
        memcpy(x->rig->before, x->rig->full, x->rig->chain.full_n * sizeof *x->rig->full);
    x->runs = x->can_undo = 1;
    x->learned_ms = now_ms;
}

/* Once more undoes the undoing. */
void aed_synth_on_undo(aed_box *box, const aed_args *a)
{
    aed_synth_box *x = (aed_synth_box *)box;
    aed_rig *r = x->rig;
    double *full = r->scratch;

    (void)a;
    if (aed_synth_name_follows(x))
        return;
    if (!x->can_undo)
    {
        aed_box_error(box, "undo: nothing has been learned yet");
        return;
    }
    x->asked = 0;
    aed_synth_cancel(x);
    memcpy(full, r->before, r->chain.full_n * sizeof *full);
    memcpy(r->before, r->full, r->chain.full_n * sizeof *full);
    x->runs = 0;
    aed_synth_turn(x, full);
    aed_synth_tell_theta(x);
}
