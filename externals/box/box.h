/* box.h: an object without a host. A class is a table: inlets, outlets, messages, signal function.
 * A host adapter (externals/pd) makes real objects from it, the tests make naked ones, and the
 * help texts are checked against it.
 *
 * All functions run on the host's thread. Every message is checked against its row before its
 * function sees it: the number and kind of arguments, and that all numbers are finite. What is
 * refused is refused whole, with one error that says what came and what was expected. */
#ifndef AED_BOX_H
#define AED_BOX_H

#include <stddef.h>

#include "base/status.h"
#include "pool.h"
#include "worker.h"

/* Functions the adapters and per-class binaries call. */
#define AED_API __attribute__((visibility("default")))

typedef struct
{
    const char *s; /* a symbol; NULL for a number */
    double f;
} aed_atom;

/* What a host does for an object. `host` is the adapter's own pointer. */
typedef struct
{
    /* selector NULL: a plain list, or a float when n is 1. */
    void (*send)(void *host, size_t outlet, const char *selector, const aed_atom *v, size_t n);
    void (*send_numbers)(
        void *host, size_t outlet, const char *selector, const double *v, size_t n);
    void (*error)(void *host, const char *text);
    /* Call aed_box_tick after ms of logical time; a new call replaces the one before. Also called
     * from the signal function, so it may not allocate. */
    void (*wake)(void *host, double ms);
    double (*now_ms)(void *host);
    double (*sr_hz)(void *host);
    int (*dsp_on)(void *host);
    /* Up to `most` samples of a named array from `onset` on, malloc'ed; *n: how many, *total: how long
     * the array is. NULL when there is no such array (*total 0) or it ends before the onset. */
    double *(*array_read)(
        void *host, const char *name, size_t onset, size_t most, size_t *n, size_t *total);
    /* Write n samples from onset on, as far as the array goes, and draw it. 0: there is no such array. */
    int (*array_write)(void *host, const char *name, size_t onset, const double *v, size_t n);
    /* Where a file named in a patch is (0: nowhere that is searched) or is to be written. */
    int (*path)(void *host, const char *name, int writes, char *path, size_t size);
    /* The patch has changed: it may want to be saved. */
    void (*dirty)(void *host);
} aed_host;

typedef struct aed_box aed_box;

/* The arguments of a message. f is valid for rows whose arguments are all numbers; v may be NULL for
 * them, and for a selector without a row when n is 2 or more. Both end with the call, and f with the
 * first message that comes back to the same object: who sends on copies first. */
typedef struct
{
    const aed_atom *v;
    const double *f;
    size_t n;
} aed_args;

/* args: f a number, s a symbol, a either; `?` what follows may be left out; `*` at the end: any number of
 * numbers, `+`: of names, `&`: of either. "ff", "s?ff", "*". selector "list" is a plain list or float,
 * "bang" a bang. */
typedef struct
{
    size_t inlet;
    const char *selector;
    const char *args;
    void (*call)(aed_box *box, const aed_args *a);
    const char *usage; /* "note pitch velocity": shown in errors and held against the help patch */
    const char *doc;
} aed_method;

typedef struct
{
    const char *doc;
    int signal;
} aed_port;

enum
{
    AED_PORTS = 6,
    AED_PATH_N = 1000,     /* letters of a file's path, with the ending 0 */
    AED_WINDOW_LEAST = 64, /* samples in a window */
    AED_WINDOW_MOST = 65536,
    AED_WINDOW_DEFAULT = 16384
};

typedef struct
{
    const char *name; /* "aed_synth~" */
    const char *doc;
    size_t size;                /* of the struct that begins with an aed_box */
    aed_port inlets[AED_PORTS]; /* ended by doc NULL */
    aed_port outlets[AED_PORTS];
    const aed_method *methods; /* ended by selector NULL */

    /* Build from the creation arguments; box->class, host are set, the rest is zero. */
    aed_status (*open)(aed_box *box, const aed_atom *v, size_t n, aed_error *e);
    void (*close)(aed_box *box); /* also after a failed open */

    /* A selector without a row, before it is called unknown: 1 when it was understood (parameter
     * names). May be NULL. */
    int (*other)(aed_box *box, size_t inlet, const char *selector, const aed_args *a);
    /* A message was refused, with its error, for a number that is not finite. May be NULL. */
    void (*spoiled)(aed_box *box, size_t inlet, const char *selector);
    int quiet_inlets; /* bit i set: unknown selectors at inlet i are ignored (info cords) */

    /* What a patch keeps of the object, malloc'ed text; NULL: nothing. And back. May be NULL. */
    char *(*save)(aed_box *box, size_t *n);
    void (*restore)(aed_box *box, const char *text, size_t n);

    void (*tick)(aed_box *box);                               /* after a wake; may be NULL */
    void (*rate)(aed_box *box, double sr_hz, size_t block_n); /* dsp was switched on; may be NULL */
    /* n ≤ 64 samples; in[i], out[i] per signal inlet and outlet. Rt-safe. */
    void (*perform)(aed_box *box, double *const *in, double *const *out, size_t n);
} aed_class;

struct aed_box
{
    const aed_class *class;
    const aed_host *host;
    void *host_object;
    aed_client *client;
    double block_ms;     /* one block of the host */
    double wake_ms;      /* logical time of the wake that is set; negative: none */
    aed_pool pool;       /* jobs and lists */
    int closing;         /* no wake is wanted any more */
    size_t n_outlets;    /* of the class's; open may leave the last ones out */
    int one_cord;        /* open asks for all signals in the first outlet, where the host can */
    const char *latched; /* error seen by perform, printed by the next tick */
    double *numbers;     /* scratch for argument lists */
    size_t numbers_n;
};

/* ---- for hosts ---- */

/* NULL and *e filled when the creation arguments are wrong. */
AED_API aed_box *aed_box_new(const aed_class *class, const aed_host *host, void *host_object,
    const aed_atom *v, size_t n, aed_error *e);
AED_API void aed_box_free(aed_box *box);

/* One message. selector NULL or "list"/"float": a plain list. */
AED_API void aed_box_message(
    aed_box *box, size_t inlet, const char *selector, const aed_atom *v, size_t n);
/* The same for many numbers: no atoms are made of them. n at least 2; f stays the caller's. */
AED_API void aed_box_numbers(
    aed_box *box, size_t inlet, const char *selector, const double *f, size_t n);
AED_API void aed_box_tick(aed_box *box);
AED_API void aed_box_rate(aed_box *box, double sr_hz, size_t block_n);

/* ---- for classes ---- */

void aed_box_error(aed_box *box, const char *format, ...) __attribute__((format(printf, 2, 3)));
void aed_box_list(aed_box *box, size_t outlet, const double *v, size_t n);
void aed_box_named(aed_box *box, size_t outlet, const char *selector, const double *v, size_t n);
void aed_box_float(aed_box *box, size_t outlet, double f);
void aed_box_info(aed_box *box, size_t outlet, const char *selector, double f);

/* Have tick called after ms of logical time, or earlier. Rt-safe as host->wake is. */
void aed_box_wake(aed_box *box, double ms);
double aed_box_now(const aed_box *box);

/* Hand a job to the worker; 0 and an error when too many are under way (the job is discarded). */
int aed_box_submit(aed_box *box, aed_job *job);

/* Latch an error from perform; the next tick prints it. text is a literal. Rt-safe. */
void aed_box_latch(aed_box *box, const char *text);

/* ---- the four classes ---- */

extern AED_API const aed_class aed_class_synth, aed_class_features, aed_class_sched,
    aed_class_train;

/* The message "thread async|deadline L|sync" to the receiver named aed. */
AED_API aed_status aed_thread_message(const aed_atom *v, size_t n, aed_error *e);

#endif
