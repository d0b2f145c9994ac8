/* box_synth.h: the insides of [aed_synth~], shared by the files box_synth*.c.
 *
 * Two voices of one chain: `audible` belongs to the host's thread and sounds; `silent` belongs to
 * whoever runs jobs and renders windows, candidates and gradients. They meet only in copies. */
#ifndef AED_BOX_SYNTH_H
#define AED_BOX_SYNTH_H

#include "box.h"
#include "plant/knobs.h"
#include "plant/voice.h"

enum
{
    AED_SYNTH_AUDIO,
    AED_SYNTH_GRADIENT,
    AED_SYNTH_WINDOW,
    AED_SYNTH_INFO
};

enum
{
    AED_LIVE_TAPES = 3 /* one recording, one waiting for its gradient, one inside a late job */
};

/* What the live window is doing. */
typedef enum
{
    AED_LIVE_IDLE,    /* no theta waits */
    AED_LIVE_ARMED,   /* a theta waits for its note */
    AED_LIVE_RECORDS, /* the window is being played */
    AED_LIVE_FULL     /* played; the next tick sends it */
} aed_live_state;

typedef struct
{
    aed_tape *tape;
    int users; /* jobs under way that read it */
} aed_live_tape;

/* As the patch said it: in ms, whatever the sample rate will be. */
typedef struct
{
    double ms, pitch, vel;
} aed_synth_event;

typedef struct
{
    aed_box box;
    aed_chain chain;
    size_t n; /* samples in a window */
    double sr_hz;
    unsigned long seed;
    double ramp_ms;
    aed_voice *audible;
    double *full;    /* [chain.d] where the audible voice is or goes */
    aed_knobs knobs; /* which of it is theta, and how */

    aed_synth_event score[AED_MAX_EVENTS]; /* in order of time */
    size_t score_n; /* 0: the default score, which follows the window's length */

    aed_voice *silent; /* jobs only */
    aed_tape *tape;    /* jobs only: the offline window */

    int live;      /* mode */
    int live_free; /* windows start at once, not at a note */
    aed_live_state state;
    aed_live_tape tapes[AED_LIVE_TAPES];
    aed_live_tape *recording;
    double *window; /* [n] what has been recorded */
    int gave_up;    /* the tape did: too many notes, or the sound was not finite */

    double *pending; /* [chain.d] live: as full, waits for the window's end */
    int has_pending; /* live: pending waits; offline: full waits for a superseded render */
    int renders;     /* offline windows under way, superseded ones included */
    int told_dsp_off;

    int asked;           /* a theta's gradient has not left yet: a loop is waiting for it */
    int awaits;          /* a window is out and its gradient may come */
    aed_live_tape *held; /* its tape; NULL: the offline one */
} aed_synth_box;

/* ---- box_synth_job.c: what the worker does for the synth ---- */

/* Render full [chain.d] offline; candidate: send it as `probe id …`, otherwise as the window. */
void aed_synth_render(aed_synth_box *x, const double *full, int candidate, double id);

/* Backward of the window that is out, through dx [n]; the answer leaves outlet 2. */
void aed_synth_backward(aed_synth_box *x, const double *dx);

/* Drop the results of renders and gradients, candidates excepted. */
void aed_synth_supersede(aed_synth_box *x);

/* Give the jobs a new silent voice; the old one is freed when they are past it. */
void aed_synth_swap_silent(aed_synth_box *x, aed_voice *voice);

/* ---- box_synth_param.c: parameters by name, and which of them learn ---- */

/* Take the audible voice to full [chain.d]. */
void aed_synth_go(aed_synth_box *x, const double *full);

/* theta leaves outlet 2 as `theta …`. */
void aed_synth_tell_theta(aed_synth_box *x);

void aed_synth_on_params(aed_box *box, const aed_args *a);
void aed_synth_on_param(aed_box *box, const aed_args *a);
void aed_synth_on_learn(aed_box *box, const aed_args *a);
void aed_synth_on_freeze(aed_box *box, const aed_args *a);
void aed_synth_on_solo(aed_box *box, const aed_args *a);
void aed_synth_on_range(aed_box *box, const aed_args *a);

/* `ladder.cutoff 800` */
int aed_synth_other(aed_box *box, size_t inlet, const char *selector, const aed_args *a);

/* ---- box_synth_live.c: windows out of what is playing ---- */

void aed_synth_live_theta(aed_synth_box *x, const double *full);
void aed_synth_live_note(aed_synth_box *x, double pitch, double velocity);
/* The sound changed by hand: a window that is being recorded is dropped and starts again. */
void aed_synth_live_disturb(aed_synth_box *x);
void aed_synth_live_stop(aed_synth_box *x);
void aed_synth_live_tick(aed_synth_box *x);
/* Rt-safe. y: the n samples of the audible voice. */
void aed_synth_live_perform(aed_synth_box *x, double *y, size_t n);

#endif
