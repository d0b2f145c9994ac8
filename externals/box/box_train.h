/* box_train.h: the insides of [aed_train], shared by the files box_train*.c. */
#ifndef AED_BOX_TRAIN_H
#define AED_BOX_TRAIN_H

#include "box.h"
#include "control/train.h"

enum
{
    AED_TRAIN_THETA,
    AED_TRAIN_INFO
};

enum
{
    AED_NAME_MOST = 256 /* letters of an array's name, with the ending 0 */
};

/* What leaves outlet 1 at the next block. */
typedef enum
{
    AED_SEND_NOTHING,
    AED_SEND_ASK, /* the plant answers with `theta …` */
    AED_SEND_THETA,
    AED_SEND_CANDIDATES
} aed_outgoing;

/* Lines for a file that are not in it yet. */
typedef struct
{
    char path[AED_PATH_N]; /* "": no log */
    char *text;            /* [room] of which n are waiting */
    size_t n, room;
    int anew; /* what is in the file goes */
    int busy; /* a job is writing */
} aed_train_log;

typedef struct
{
    aed_box box;
    aed_train *train; /* settings from the start; theta once `known` */
    int known;
    double *tuned; /* [tuned_n] pairs that came last: they may be of the theta that comes next */
    size_t tuned_n;
    unsigned long seed;
    int running;
    size_t blown_up_at;          /* step of the last explosion, from 1; 0: none in this run */
    double asked, left;          /* steps of this run; 0 asked: until stop */
    int had_starts;              /* `population` was told */
    int testing;                 /* candidates are out */
    int starts;                  /* the theta that was asked for starts a run */
    double reward;               /* the last one; NaN: none */
    char history[AED_NAME_MOST]; /* array of losses; "": none */
    size_t history_at;
    aed_train_log log;
    char save[AED_PATH_N]; /* to be written after this step; "": nothing */
    aed_outgoing next;
    double next_at;   /* logical ms */
    double silent_at; /* when it is time to wonder why nothing answers; negative: nothing is out */
} aed_train_box;

/* ---- box_train_run.c: a run, from start to done ---- */

void aed_run_begin(aed_train_box *x);
/* Nothing when none is running. The best theta goes to the plant. */
void aed_run_finish(aed_train_box *x);
/* An update was made: tell, and go on or finish. */
void aed_run_stepped(aed_train_box *x);
/* The next thing of a run that stands after a step. */
void aed_run_go_on(aed_train_box *x);

/* What leaves outlet 1, a block from now. */
void aed_run_send(aed_train_box *x, aed_outgoing what);
/* What went out should be answered: wonder aloud when it is not. */
void aed_run_expect(aed_train_box *x);

/* Candidates: with the answers that have come, or without any. */
void aed_run_end_round(aed_train_box *x);
void aed_run_drop_round(aed_train_box *x);

void aed_run_tick(aed_box *box);

/* ---- box_train_keep.c: what is kept of a run ---- */

void aed_train_on_history(aed_box *box, const aed_args *a);
void aed_train_on_log(aed_box *box, const aed_args *a);
void aed_train_on_save(aed_box *box, const aed_args *a);
void aed_train_on_read(aed_box *box, const aed_args *a);

/* A run begins, a loss has come, a step was made (before what follows from it), the object goes. */
void aed_keep_begin(aed_train_box *x);
void aed_keep_loss(aed_train_box *x, double loss);
void aed_keep_step(aed_train_box *x);
/* What waits for the step's end to be saved waits no longer. */
void aed_keep_saved(aed_train_box *x);
void aed_keep_close(aed_train_box *x);

/* ---- box_train_set.c: messages ---- */

void aed_train_on_optim(aed_box *box, const aed_args *a);
void aed_train_on_dither(aed_box *box, const aed_args *a);
void aed_train_on_clamp(aed_box *box, const aed_args *a);
void aed_train_on_unbounded(aed_box *box, const aed_args *a);
void aed_train_on_tests(aed_box *box, const aed_args *a);
void aed_train_on_population(aed_box *box, const aed_args *a);
void aed_train_on_freeze(aed_box *box, const aed_args *a);
void aed_train_on_solo(aed_box *box, const aed_args *a);
void aed_train_on_anchor(aed_box *box, const aed_args *a);
void aed_train_on_penalty(aed_box *box, const aed_args *a);

#endif
