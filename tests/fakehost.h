/* fakehost.h: a host for naked boxes: it keeps what they send, moves time as Pd does (clocks at
 * their exact time, then a block of signals), and knows cords. Nothing here depends on real time. */
#ifndef AED_TESTS_FAKEHOST_H
#define AED_TESTS_FAKEHOST_H

#include <stdint.h>

#include "box/box.h"
#include "common.h"

enum
{
    FAKE_BOXES = 8,
    FAKE_CORDS = 24,
    FAKE_PORTS = 6,
    FAKE_ARRAYS = 4,
    FAKE_SELECTORS = 32,
    FAKE_BLOCK = 64
};

/* What left an outlet: the last message, and a summary of all. */
typedef struct
{
    char selector[64]; /* "" for a plain list or float */
    double *v;
    size_t n;
    size_t count;    /* messages so far */
    char symbol[64]; /* the first symbol among its atoms */
    uint64_t hash;   /* of all messages so far, bit by bit */
    struct
    {
        char name[32];
        size_t count;
    } seen[FAKE_SELECTORS];
} fake_sent;

typedef struct fake_object
{
    struct fake_host *host;
    aed_box *box;
    char arguments[512]; /* their words stay, as symbols do */
    double wake_at;      /* < 0: none */
    fake_sent sent[FAKE_PORTS];
    size_t errors;
    size_t dirtied;            /* how often it said that the patch changed */
    char error[512];           /* the last one */
    struct fake_object *hears; /* whose sound comes in; NULL: the host's plant */
    int switched_off;          /* by a [switch~]: dsp is on, but it does not perform */
    double signal[FAKE_BLOCK]; /* what it played last */
    double right[FAKE_BLOCK];  /* with two channels */
} fake_object;

typedef struct
{
    fake_object *from, *to;
    size_t outlet, inlet;
} fake_cord;

typedef struct fake_host
{
    fake_object objects[FAKE_BOXES];
    size_t n;
    fake_cord cords[FAKE_CORDS]; /* of one outlet they fire in the order they were made */
    size_t n_cords;
    double now_ms, sr_hz;
    int dsp_on;
    struct
    {
        const char *name;
        const double *v;
        size_t n;
    } arrays[FAKE_ARRAYS];

    /* A plant that is no box: its next samples. NULL: silence. */
    void (*plant)(void *context, double *y, size_t n);
    /* What comes into a synth's signal inlet: the next samples. NULL: nothing is connected. */
    void (*feed)(void *context, double *y, size_t n);
    /* What comes into an ear's second signal inlet: the next samples. NULL: silence. */
    void (*model)(void *context, double *y, size_t n);
    /* Hears of every message that leaves an outlet, before the cords do. May be NULL. */
    void (*tap)(void *context, fake_object *o, size_t outlet, const char *selector, const double *v,
        size_t n);
    /* Before and after a perform: where a trap is set. May be NULL. */
    void (*around)(int before);
    void *context; /* of plant, feed, model and tap */

    fake_object *recorded; /* whose sound is kept; NULL: nobody's */
    double *record;        /* [record_n] by the test */
    size_t record_n, record_at;
} fake_host;

void fake_open(fake_host *h);
void fake_close(fake_host *h);

/* arguments as typed in an object box: "vco noise | vca -window 4096". NULL when it was refused; the
 * reason is then in *e. */
fake_object *fake_new(fake_host *h, const aed_class *class, const char *arguments, aed_error *e);
void fake_delete(fake_object *o);
/* Into the place of a deleted object, cords and all. 0 when it was refused. */
int fake_again(fake_object *o, const aed_class *class, const char *arguments, aed_error *e);
void fake_cord_make(fake_host *h, fake_object *from, size_t outlet, fake_object *to, size_t inlet);
/* v is written to when an object draws. */
void fake_array(fake_host *h, const char *name, const double *v, size_t n);

/* "note 60 100", "0.5 0.5", "bang"; nan and inf are numbers here. */
void fake_send(fake_object *o, size_t inlet, const char *text);
void fake_send_numbers(
    fake_object *o, size_t inlet, const char *selector, const double *v, size_t n);

/* The message to the receiver `aed`: "async", "deadline 20", "sync". */
void fake_thread(const char *mode);

/* How often a selector left an outlet; "" for plain lists and floats. */
size_t fake_seen(const fake_object *o, size_t outlet, const char *selector);

/* The text of the only error since the last call; fails the test when there was none, or several. */
const char *fake_only_error(fake_object *o);
/* Send a message that has to be refused: exactly one error, which begins with the class's name and
 * contains `says`; nothing leaves any outlet. */
void fake_refuse(fake_object *o, size_t inlet, const char *message, const char *says);
/* Send a message that has to be taken without a word. */
void fake_accept(fake_object *o, size_t inlet, const char *message);
/* Fails the test, with the text, when any object has an error. */
void fake_no_errors(const fake_host *h);

/* Let ms of logical time pass, in blocks of 64 samples; with dsp on every box performs. */
void fake_run(fake_host *h, double ms);
void fake_dsp(fake_host *h, int on);

/* Run until outlet has sent one more message (1) or ms have passed (0). */
int fake_run_until(fake_object *o, size_t outlet, double ms);

/* Run until outlet has sent `selector` `times` times in all (1), or ms have passed (0). In async
 * mode the host sleeps between blocks, so that the worker has its turn on a busy machine. */
int fake_run_until_seen(
    fake_object *o, size_t outlet, const char *selector, size_t times, double ms);

/* ---- the loop, wired as in the contract ---- */

typedef struct
{
    fake_host host;
    fake_object *synth, *features, *sched, *train; /* sched NULL: a loop of three */
} fake_loop;

void fake_loop_open(fake_loop *l, const char *synth, const char *features, int with_sched);
void fake_loop_close(fake_loop *l);

#endif
