#include "worker.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <time.h>

enum
{
    RING = 128,     /* jobs of one client under way; a power of two */
    CLIENTS = 1024, /* objects in one process */
};

struct aed_client
{
    aed_job *ring[RING];
    atomic_size_t submitted; /* jobs written to the ring by the host */
    atomic_size_t taken;     /* jobs read from it by the worker */
    sem_t done;              /* one post for every job the worker ran */
    aed_job *first, *last;   /* host only: all jobs not yet delivered, in order */
    size_t n;                /* host only: how many */
    size_t slot;
};

/* The worker reads slots[]; current says which client it is inside, so that free can wait. */
static _Atomic(aed_client *) slots[CLIENTS];
static _Atomic(aed_client *) current;
static sem_t work;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static atomic_int started;

static aed_thread_mode thread_mode = AED_ASYNC;
static double thread_deadline_ms = 10.0;

void aed_thread_set(aed_thread_mode mode, double deadline_ms)
{
    thread_mode = mode;
    if (mode == AED_DEADLINE)
        thread_deadline_ms = deadline_ms;
}

aed_thread_mode aed_thread_get(double *deadline_ms)
{
    if (deadline_ms)
        *deadline_ms = thread_deadline_ms;
    return thread_mode;
}

/* ---- the worker's side ---- */

static void run_one(aed_client *c)
{
    const size_t taken = atomic_load_explicit(&c->taken, memory_order_relaxed);

    if (taken == atomic_load_explicit(&c->submitted, memory_order_acquire))
        return;
    aed_job *job = c->ring[taken % RING];
    if (!atomic_load(&job->cancelled))
        job->run(job);
    atomic_store_explicit(&c->taken, taken + 1, memory_order_release);
    sem_post(&c->done);
}

static int has_work(aed_client *c)
{
    return atomic_load_explicit(&c->taken, memory_order_relaxed) !=
           atomic_load_explicit(&c->submitted, memory_order_acquire);
}

/* One turn of one client. Between announcing it in current and looking at its slot again, free
 * may have emptied the slot; then the client is not touched. */
static int serve(size_t slot)
{
    aed_client *c = atomic_load(&slots[slot]);
    int served = 0;

    if (!c)
        return 0;
    atomic_store(&current, c);
    if (atomic_load(&slots[slot]) == c && has_work(c))
    {
        run_one(c);
        served = 1;
    }
    atomic_store(&current, NULL);
    return served;
}

static void *worker_main(void *unused)
{
    size_t slot = 0;

    (void)unused;
    for (;;)
    {
        while (sem_wait(&work) != 0)
            ;
        /* One post, one job: go round from where we stopped until it is found. A job taken away
         * by free leaves a post without a job, hence the bound. */
        for (size_t i = 0; i < CLIENTS; i++)
        {
            slot = (slot + 1) % CLIENTS;
            if (serve(slot))
                break;
        }
    }
    return NULL;
}

/* An ordinary thread, even where the host's is a real-time one: the audio goes first. */
static void start_worker(void)
{
    const struct sched_param ordinary = {0};
    pthread_attr_t attributes;
    pthread_t thread;

    if (sem_init(&work, 0, 0) != 0 || pthread_attr_init(&attributes) != 0)
        return;
    pthread_attr_setinheritsched(&attributes, PTHREAD_EXPLICIT_SCHED);
    pthread_attr_setschedpolicy(&attributes, SCHED_OTHER);
    pthread_attr_setschedparam(&attributes, &ordinary);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    if (pthread_create(&thread, &attributes, worker_main, NULL) == 0)
        atomic_store(&started, 1);
    pthread_attr_destroy(&attributes);
}

/* ---- the host's side ---- */

static int take_slot(aed_client *c)
{
    for (size_t i = 0; i < CLIENTS; i++)
    {
        aed_client *empty = NULL;

        c->slot = i;
        if (atomic_compare_exchange_strong(&slots[i], &empty, c))
            return 1;
    }
    return 0;
}

aed_client *aed_client_new(void)
{
    pthread_once(&once, start_worker);
    if (!atomic_load(&started))
        return NULL;
    aed_client *c = calloc(1, sizeof *c);
    if (!c)
        return NULL;
    if (sem_init(&c->done, 0, 0) == 0)
    {
        if (take_slot(c))
            return c;
        sem_destroy(&c->done);
    }
    free(c);
    return NULL;
}

static void wait_done(aed_client *c)
{
    while (sem_wait(&c->done) != 0)
        ;
}

static aed_job *pop(aed_client *c)
{
    aed_job *job = c->first;

    c->first = job->next;
    if (!c->first)
        c->last = NULL;
    c->n--;
    return job;
}

void aed_client_free(aed_client *c)
{
    if (!c)
        return;
    aed_client_cancel(c);
    atomic_store(&slots[c->slot], NULL);
    /* Asleep, not spinning: a real-time host would keep the worker from getting there. */
    while (atomic_load(&current) == c)
        nanosleep(&(struct timespec){0, 100000}, NULL);
    while (c->first)
    {
        aed_job *job = pop(c);
        job->discard(job);
    }
    sem_destroy(&c->done);
    free(c);
}

/* Jobs under way when the mode changes keep their order and are never run by two threads: sync ones
 * go before, on this thread; async ones are waited for from then on, so that what follows repeats. */
static aed_thread_mode mode_of_next(const aed_client *c)
{
    return c->last && c->last->mode == AED_SYNC ? AED_SYNC : thread_mode;
}

int aed_client_submit(aed_client *c, aed_job *job, double now_ms, double block_ms)
{
    if (c->n >= RING)
        return 0;
    job->mode = mode_of_next(c);
    job->due_ms = now_ms + (job->mode == AED_DEADLINE ? thread_deadline_ms : block_ms);
    job->next = NULL;
    atomic_init(&job->cancelled, 0);
    if (c->last)
        c->last->next = job;
    else
        c->first = job;
    c->last = job;
    c->n++;
    if (job->mode != AED_SYNC)
    {
        const size_t at = atomic_load_explicit(&c->submitted, memory_order_relaxed);

        c->ring[at % RING] = job;
        atomic_store_explicit(&c->submitted, at + 1, memory_order_release);
        sem_post(&work);
    }
    return 1;
}

/* Make the first job ready for delivery, if its time has come. */
static int ready(aed_client *c, double now_ms)
{
    aed_job *job = c->first;
    const int due = now_ms >= job->due_ms - 1e-6;

    if (job->mode == AED_ASYNC && thread_mode != AED_ASYNC)
        job->mode = AED_DEADLINE;
    switch (job->mode)
    {
    case AED_SYNC:
        if (due && !atomic_load(&job->cancelled))
            job->run(job);
        return due;
    case AED_DEADLINE:
        if (due)
            wait_done(c);
        return due;
    case AED_ASYNC:
        break;
    }
    return due && sem_trywait(&c->done) == 0;
}

double aed_client_poll(aed_client *c, double now_ms, double block_ms)
{
    int delivered = 0;

    /* Promised times are kept; async results come one a block, so that many at once never make a
     * block late. */
    while (c->first && !(delivered && c->first->mode == AED_ASYNC) && ready(c, now_ms))
    {
        aed_job *job = pop(c);

        delivered = !atomic_load(&job->cancelled);
        if (delivered)
            job->deliver(job);
        job->discard(job);
    }
    if (!c->first)
        return -1.0;
    const double ms = c->first->due_ms - now_ms;
    return ms > 0.0 ? ms : block_ms;
}

void aed_client_cancel_if(aed_client *c, int (*which)(const aed_job *job))
{
    for (aed_job *job = c->first; job; job = job->next)
        if (!which || which(job))
            atomic_store(&job->cancelled, 1);
}

void aed_client_cancel(aed_client *c)
{
    aed_client_cancel_if(c, NULL);
}
