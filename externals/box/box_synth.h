/* box_synth.h: the insides of [aed_synth~], shared by the files box_synth*.c.
 *
 * What belongs to one chain at one sample rate is a rig. It has two voices: `audible` belongs to the
 * host's thread and sounds; `silent` belongs to whoever runs jobs and renders windows, candidates
 * and gradients. They meet only in copies. A job holds on to the rig it was made for, so that
 * another can take the rig's place while jobs are under way. */
#ifndef AED_BOX_SYNTH_H
#define AED_BOX_SYNTH_H

#include "box.h"
#include "plant/plants.h"
#include "plant/voice.h"
#include "preset.h"

enum
{
    AED_SYNTH_AUDIO,
    AED_SYNTH_GRADIENT,
    AED_SYNTH_WINDOW,
    AED_SYNTH_INFO,
    AED_SYNTH_RIGHT /* with -channels 2 only */
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

typedef struct aed_rig
{
    aed_chain chain;
    double sr_hz;
    size_t n;    /* samples in a window */
    int users;   /* jobs under way, and a fade */
    int retired; /* another has taken its place: freed without users */
    struct aed_rig *next;

    aed_voice *audible;
    aed_voice *silent;                   /* jobs only */
    aed_tape *tape;                      /* jobs only: the offline window */
    aed_live_tape tapes[AED_LIVE_TAPES]; /* once the mode has been live */

    aed_knobs knobs;     /* which parameters are theta, and how */
    double *full;        /* [full_n] where the audible voice is or goes, over the whole ranges */
    double *pending;     /* [full_n] live: as full, waits for the window's end */
    double *before, *ok; /* [full_n] full before the last learning run; when last a gradient came */
    double *scratch;     /* [full_n] for one message */
    double *g_mean;      /* [chain.d] of the last gradients of parameters, and of their squares */
    double *g_square;
    size_t gradients; /* how many there were */
    double *window;   /* [n] what has been recorded */
} aed_rig;

enum
{
    AED_SYNTH_PLOTS = 3 /* loss, sound, target */
};

enum
{
    AED_SYNTH_FADES = 3 /* voices that leave at a time */
};

/* A voice whose place has been taken, on its way to silence. */
typedef struct
{
    aed_rig *rig;
    size_t left_n, fade_n; /* samples */
} aed_synth_fade;

typedef struct aed_synth_box
{
    aed_box box;
    size_t n; /* samples in a window */
    double sr_hz;
    unsigned long seed;
    int stereo;

    aed_rig *rig;
    aed_rig *retired;                      /* list: jobs and fades still use them */
    aed_synth_fade fades[AED_SYNTH_FADES]; /* [n_fades] the first to leave first */
    size_t n_fades;

    double ramp_ms, glide_ms;
    char route[AED_NAME_N]; /* what the signal inlet moves: "pitch", a parameter's name, or "" */
    double depth;
    double pitch, velocity; /* the last note */

    aed_synth_event score[AED_MAX_EVENTS]; /* in order of time */
    size_t score_n; /* 0: the default score, which follows the window's length */

    int live;      /* mode */
    int live_free; /* windows start at once, not at a note */
    aed_live_state state;
    aed_live_tape *recording;
    int gave_up;     /* the tape did: too many notes, or the sound was not finite */
    int has_pending; /* live: pending waits; offline: full waits for a superseded render */
    int renders;     /* offline windows under way, superseded ones included */
    int told_dsp_off;

    int asked;           /* a theta's gradient has not left yet: a loop is waiting for it */
    int awaits;          /* a window is out and its gradient may come */
    aed_live_tape *held; /* its tape; NULL: the offline one */
    double learned_ms;   /* when the last theta came */
    int runs;            /* it belongs to a run that goes on */
    int can_undo;        /* rig->before is where a run began */

    struct aed_synth_fit *fit;         /* under way; NULL: none */
    double passes, noise_passes;       /* of the next one; 0 passes: the law's own number */
    const char *draw[AED_SYNTH_PLOTS]; /* arrays; NULL: nothing is drawn */

    aed_bank *bank; /* stored sounds; NULL: none yet */
    int keeps;      /* they are saved with the patch */

    const char *name;   /* objects of one name share their parameters; NULL: none */
    size_t unbounded_n; /* values without bounds in the theta told last */
    size_t tuned_n;     /* numbers of `tuned` when it was said last */
    struct aed_synth_box *next_named;
} aed_synth_box;

/* ---- box_synth.c ---- */

/* Set off to full [full_n] as a theta that came in would. */
void aed_synth_learn_with(aed_synth_box *x, const double *full);

/* Forget windows and gradients under way. */
void aed_synth_cancel(aed_synth_box *x);

/* What was under way cannot be finished as it began: a loop that waits for it gets it anew. */
void aed_synth_begin_again(aed_synth_box *x);

/* The noise of windows and sounds to come. */
void aed_synth_seed(aed_synth_box *x, unsigned long seed);

/* Samples that a new theta takes. */
size_t aed_synth_ramp_n(const aed_synth_box *x);

/* ---- box_synth_rig.c: chains, and one taking another's place ---- */

/* NULL and *e filled when words are no chain or memory is short. */
aed_rig *aed_synth_rig_new(const aed_synth_box *x, const char *words, double sr_hz, aed_error *e);
void aed_synth_rig_free(aed_rig *rig);

/* Room for live windows; 0 and *e filled without memory. */
int aed_synth_rig_live(aed_rig *rig, aed_error *e);

/* A rig that nobody uses any more goes. Call when a user has left. */
void aed_synth_rig_leave(aed_synth_box *x, aed_rig *rig);

/* Let rig sound instead of the present one, which fades out. Takes the rig over. */
void aed_synth_rig_enter(aed_synth_box *x, aed_rig *rig);

/* Append a word, or a number, to a chain's words. 0 when it does not fit. */
int aed_synth_add_word(char words[AED_WORDS_N], const aed_atom *word);

void aed_synth_on_chain(aed_box *box, const aed_args *a);
void aed_synth_on_law(aed_box *box, const aed_args *a);
void aed_synth_rate(aed_box *box, double sr_hz, size_t block_n);
void aed_synth_rig_tick(aed_synth_box *x);

/* Voices that leave have left. */
void aed_synth_fades_end(aed_synth_box *x);

/* Rt-safe. io: the sound of n samples, to which the voices that leave are added; they hear the same
 * feed. */
void aed_synth_fades_perform(aed_synth_box *x, const aed_io *io, size_t n);

/* ---- box_synth_job.c: what the worker does for the synth ---- */

/* Render full [full_n] offline; candidate: send it as `probe id …`, otherwise as the window. */
void aed_synth_render(aed_synth_box *x, const double *full, int candidate, double id);

/* Backward of the window that is out, through dx [n]; the answer leaves outlet 2. */
void aed_synth_backward(aed_synth_box *x, const double *dx);

/* The score of an offline window, in samples. */
aed_score aed_synth_score(const aed_synth_box *x);

/* Drop the results of renders and gradients, candidates excepted. */
void aed_synth_supersede(aed_synth_box *x);

/* ---- box_synth_dead.c ---- */

void aed_synth_on_dead(aed_box *box, const aed_args *a);

/* Remember a gradient dtheta [knobs.d]. */
void aed_synth_dead_hear(aed_rig *r, const double *dtheta);

/* ---- box_synth_param.c: parameters by name, and which of them learn ---- */

/* Take the audible voice to full [full_n], within the ranges, and those of the same name with it. */
void aed_synth_go(aed_synth_box *x, const double *full);

/* The sound was changed by hand: as go, a live window that has begun starts again, and a theta that
 * waits for its end, which was there before, is forgotten for this one. */
void aed_synth_turn(aed_synth_box *x, const double *full);

/* Others learn, or elsewhere: the gradients that came no longer tell anything. */
void aed_synth_learn_as(aed_rig *r, const aed_knobs *knobs);

/* theta leaves outlet 2 as `theta …`, and which of it are frequencies as `tuned …`. */
void aed_synth_tell_theta(aed_synth_box *x);

void aed_synth_on_params(aed_box *box, const aed_args *a);
void aed_synth_on_param(aed_box *box, const aed_args *a);
void aed_synth_on_turn(aed_box *box, const aed_args *a);
void aed_synth_on_learn(aed_box *box, const aed_args *a);
void aed_synth_on_freeze(aed_box *box, const aed_args *a);
void aed_synth_on_solo(aed_box *box, const aed_args *a);
void aed_synth_on_range(aed_box *box, const aed_args *a);

/* `ladder.cutoff 800` */
int aed_synth_other(aed_box *box, size_t inlet, const char *selector, const aed_args *a);

/* ---- box_synth_play.c: notes, and what else a player does ---- */

void aed_synth_on_note(aed_box *box, const aed_args *a);
void aed_synth_on_score(aed_box *box, const aed_args *a);
void aed_synth_on_glide(aed_box *box, const aed_args *a);
void aed_synth_on_pitch(aed_box *box, const aed_args *a);
void aed_synth_on_signal(aed_box *box, const aed_args *a);
void aed_synth_on_reset(aed_box *box, const aed_args *a);
void aed_synth_on_panic(aed_box *box, const aed_args *a);
void aed_synth_on_undo(aed_box *box, const aed_args *a);

/* Samples that a note of this rig slides. */
size_t aed_synth_glide_n(const aed_synth_box *x, const aed_rig *rig);

/* Give a rig's voice what the player has set: glide, the signal's route. */
void aed_synth_play_setup(const aed_synth_box *x, aed_rig *rig);

/* A theta that came in may begin a learning run: keep where it began. */
void aed_synth_note_run(aed_synth_box *x);

/* ---- box_synth_live.c: windows out of what is playing ---- */

void aed_synth_live_theta(aed_synth_box *x, const double *full);
void aed_synth_live_note(aed_synth_box *x, double pitch, double velocity);
/* The sound changed by hand: a window that is being recorded is dropped and starts again. */
void aed_synth_live_disturb(aed_synth_box *x);
void aed_synth_live_stop(aed_synth_box *x);
void aed_synth_live_tick(aed_synth_box *x);
/* Rt-safe. n samples of the audible voice. */
void aed_synth_live_perform(aed_synth_box *x, const aed_io *io, size_t n);

/* ---- box_synth_fit.c: weights learned from arrays ---- */

void aed_synth_on_fit(aed_box *box, const aed_args *a);
void aed_synth_on_passes(aed_box *box, const aed_args *a);
void aed_synth_on_draw(aed_box *box, const aed_args *a);
/* What has been learned so far stays. */
void aed_synth_fit_stop(aed_synth_box *x);

/* ---- box_synth_array.c: a sound into an array ---- */

void aed_synth_render_array(aed_synth_box *x, const aed_args *a);

/* ---- box_synth_preset.c: sounds that are kept ---- */

void aed_synth_on_store(aed_box *box, const aed_args *a);
void aed_synth_on_recall(aed_box *box, const aed_args *a);
void aed_synth_on_morph(aed_box *box, const aed_args *a);
void aed_synth_on_presets(aed_box *box, const aed_args *a);
void aed_synth_on_write(aed_box *box, const aed_args *a);
void aed_synth_on_read(aed_box *box, const aed_args *a);
void aed_synth_on_keep(aed_box *box, const aed_args *a);
char *aed_synth_save(aed_box *box, size_t *n);
void aed_synth_restore(aed_box *box, const char *text, size_t n);
void aed_synth_preset_close(aed_synth_box *x);

/* ---- box_synth_name.c: objects of one name ---- */

void aed_synth_name_join(aed_synth_box *x);
void aed_synth_name_leave(aed_synth_box *x);

/* The first of a name and chain learns: it alone hears of thetas, candidates and gradients, which a
 * [clone] sends to all. The others only sound. */
int aed_synth_name_follows(const aed_synth_box *x);

/* Take all others of x's name and chain to x's parameters. */
void aed_synth_name_share(const aed_synth_box *x);

/* A rig that is to be x's takes the parameters of others of x's name and its chain. */
void aed_synth_name_adopt(const aed_synth_box *x, aed_rig *rig);

#endif
