/* worker.h: the library's one worker thread, and the promise of when its results arrive.
 *
 * An object owns a client. It submits jobs from the host's thread; they run in order, one client
 * after the other in turn, and are delivered on the host's thread, in order, from aed_client_poll.
 * Nothing here takes a lock: rings with one writer and one reader, and semaphores.
 *
 *     async       delivered once the job ran, at most one a poll
 *     deadline L  delivered exactly L ms of logical time after it was submitted; a late job is
 *                 waited for, so runs repeat bit by bit, in real time as in -batch
 *     sync        run inside the poll one block after it was submitted; holds the host, repeats */
#ifndef AED_WORKER_H
#define AED_WORKER_H

#include <stdatomic.h>
#include <stddef.h>

typedef enum
{
    AED_ASYNC,
    AED_DEADLINE,
    AED_SYNC
} aed_thread_mode;

/* How jobs submitted from now on are run, for all objects; jobs under way come before them.
 * deadline_ms > 0, for AED_DEADLINE only. Host thread. */
void aed_thread_set(aed_thread_mode mode, double deadline_ms);
aed_thread_mode aed_thread_get(double *deadline_ms);

typedef struct aed_job aed_job;
struct aed_job
{
    void (*run)(aed_job *job); /* worker thread (sync: host thread); touches its own data only */
    void (*deliver)(aed_job *job); /* host thread; not called once cancelled */
    void (*discard)(aed_job *job); /* host thread, always, last: frees the job */
    atomic_int cancelled;          /* run may look at it and return early */
    aed_thread_mode mode;
    double due_ms;
    aed_job *next;
};

typedef struct aed_client aed_client;

/* NULL without memory or threads. Host thread. */
aed_client *aed_client_new(void);

/* Cancel everything, wait for a running job to return, discard all jobs. Host thread. */
void aed_client_free(aed_client *c);

/* Take a job over. now_ms: logical time; block_ms: the host's block. Returns 0 when too many jobs
 * are under way (the job is not taken). Host thread. */
int aed_client_submit(aed_client *c, aed_job *job, double now_ms, double block_ms);

/* Deliver what is due. Returns the ms until the next poll is wanted, negative when none is.
 * deliver may submit further jobs. Host thread. */
double aed_client_poll(aed_client *c, double now_ms, double block_ms);

/* Drop the results of all jobs submitted so far. Host thread. */
void aed_client_cancel(aed_client *c);

/* Drop the results of those that `which` picks. Host thread. */
void aed_client_cancel_if(aed_client *c, int (*which)(const aed_job *job));

#endif
