/* box_synth_live.c: one theta, one window, out of what is really playing. Everything here is on
 * the host's thread, where messages and the signal function take turns. */
#include "box_synth.h"

#include <string.h>

/* Not the held one: candidates are played from it until the next window is complete. */
static aed_live_tape *free_tape(aed_synth_box *x)
{
    for (size_t i = 0; i < AED_LIVE_TAPES; i++)
        if (x->rig->tapes[i].users == 0 && &x->rig->tapes[i] != x->held)
            return &x->rig->tapes[i];
    return NULL;
}

static void take_theta(aed_synth_box *x)
{
    aed_voice_theta(x->rig->audible, x->rig->full, aed_synth_ramp_n(x));
    aed_synth_name_share(x);
}

/* The window begins with the audible voice's next sample. */
static void record(aed_synth_box *x)
{
    take_theta(x);
    aed_tape_open(x->recording->tape, x->rig->audible, x->n);
    x->state = AED_LIVE_RECORDS;
}

static void start(aed_synth_box *x, const double *theta)
{
    aed_live_tape *tape = free_tape(x);

    memmove(x->rig->full, theta, x->rig->chain.full_n * sizeof *theta);
    if (!tape)
    {
        /* Three late jobs at once: wait for one of them, this theta first in line. */
        memmove(x->rig->pending, theta, x->rig->chain.full_n * sizeof *theta);
        x->has_pending = 1;
        aed_box_wake(&x->box, x->box.block_ms);
        return;
    }
    aed_synth_supersede(x);
    x->recording = tape;
    x->state = AED_LIVE_ARMED;
    if (x->live_free)
        record(x);
    else
        aed_box_named(&x->box, AED_SYNTH_INFO, "waiting", NULL, 0);
}

void aed_synth_live_theta(aed_synth_box *x, const double *theta)
{
    if (!x->told_dsp_off && !x->box.host->dsp_on(x->box.host_object))
    {
        x->told_dsp_off = 1;
        aed_box_error(&x->box, "mode live: dsp is off; the window begins when it is on");
    }
    if (x->state == AED_LIVE_IDLE || x->state == AED_LIVE_ARMED)
    {
        start(x, theta);
        return;
    }
    memcpy(x->rig->pending, theta, x->rig->chain.full_n * sizeof *theta);
    x->has_pending = 1;
}

void aed_synth_live_note(aed_synth_box *x, double pitch, double velocity)
{
    if (x->state != AED_LIVE_ARMED || velocity <= 0.0)
    {
        aed_voice_note(x->rig->audible, pitch, velocity);
        return;
    }
    /* theta first, then the note: the tape opens on a voice that has both. */
    take_theta(x);
    aed_voice_note(x->rig->audible, pitch, velocity);
    aed_tape_open(x->recording->tape, x->rig->audible, x->n);
    x->state = AED_LIVE_RECORDS;
}

void aed_synth_live_disturb(aed_synth_box *x)
{
    if (x->state != AED_LIVE_RECORDS && x->state != AED_LIVE_FULL)
        return;
    x->state = AED_LIVE_ARMED;
    if (x->live_free)
        record(x);
    aed_box_named(&x->box, AED_SYNTH_INFO, "skipped", NULL, 0);
}

void aed_synth_live_stop(aed_synth_box *x)
{
    x->state = AED_LIVE_IDLE;
    x->has_pending = 0;
    x->recording = NULL;
    x->held = NULL;
}

void aed_synth_live_tick(aed_synth_box *x)
{
    if (x->gave_up)
        aed_box_named(&x->box, AED_SYNTH_INFO, "skipped", NULL, 0);
    x->gave_up = 0;
    if (x->state == AED_LIVE_FULL)
    {
        x->state = AED_LIVE_IDLE;
        x->held = x->recording;
        x->awaits = 1;
        aed_box_list(&x->box, AED_SYNTH_WINDOW, x->rig->window, x->n);
    }
    if (x->state == AED_LIVE_IDLE && x->has_pending)
    {
        x->has_pending = 0;
        start(x, x->rig->pending);
    }
}

void aed_synth_live_perform(aed_synth_box *x, const aed_io *io, size_t n)
{
    aed_tape *tape = x->state == AED_LIVE_RECORDS ? x->recording->tape : NULL;
    const size_t before = tape ? aed_tape_filled(tape) : 0;

    if (aed_voice_play(x->rig->audible, io, tape, n) != AED_OK)
        aed_box_latch(&x->box, "the sound stopped being finite: voice reset");
    if (!tape)
        return;
    const size_t now = aed_tape_filled(tape);

    if (now <= before)
    {
        /* The tape gave up (an error, or more notes than it holds): the same theta again. */
        x->state = AED_LIVE_ARMED;
        if (x->live_free)
            record(x);
        x->gave_up = 1;
        aed_box_wake(&x->box, 0.0);
        return;
    }
    memcpy(x->rig->window + before, io->y, (now - before) * sizeof *io->y);
    if (now == x->n)
    {
        x->state = AED_LIVE_FULL;
        aed_box_wake(&x->box, 0.0);
    }
}
