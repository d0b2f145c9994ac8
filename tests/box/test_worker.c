/* The worker: order, turns, and when results arrive. Nothing here waits for a lucky moment: jobs that
 * have to be "under way" are held by a gate that the test opens. */
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "box/worker.h"
#include "common.h"

enum
{
    MANY = 200
};

static const double block = 64e3 / 44100.0;

static char ran[64]; /* names of jobs in the order they ran */
static atomic_size_t ran_n;
static size_t delivered, discarded, last_id[MANY];
static int out_of_order;
static sem_t gate, begun;
static aed_client *resubmit;

typedef struct
{
    aed_job job;
    char name;
    size_t client, id;
    pthread_t thread; /* that ran it */
} test_job;

static void run_plain(aed_job *job)
{
    test_job *j = (test_job *)job;
    const size_t at = atomic_fetch_add(&ran_n, 1);

    j->thread = pthread_self();
    if (at < sizeof ran)
        ran[at] = j->name;
}

static void run_gated(aed_job *job)
{
    sem_post(&begun);
    sem_wait(&gate);
    run_plain(job);
}

static void run_until_cancelled(aed_job *job)
{
    sem_post(&begun);
    while (!atomic_load(&job->cancelled))
        sched_yield();
}

static void deliver(aed_job *job)
{
    test_job *j = (test_job *)job;

    out_of_order |= j->id <= last_id[j->client];
    last_id[j->client] = j->id;
    delivered++;
}

static void discard(aed_job *job)
{
    discarded++;
    free(job);
}

static test_job *job_of(char name, size_t client, size_t id, void (*run)(aed_job *))
{
    test_job *j = calloc(1, sizeof *j);

    j->job.run = run;
    j->job.deliver = deliver;
    j->job.discard = discard;
    j->name = name;
    j->client = client;
    j->id = id;
    return j;
}

static void submit(aed_client *c, test_job *j, double now_ms)
{
    assert_true(aed_client_submit(c, &j->job, now_ms, block));
}

static int setup(void **state)
{
    (void)state;
    memset(ran, 0, sizeof ran);
    memset(last_id, 0, sizeof last_id);
    atomic_store(&ran_n, 0);
    delivered = discarded = 0;
    out_of_order = 0;
    sem_init(&gate, 0, 0);
    sem_init(&begun, 0, 0);
    aed_thread_set(AED_ASYNC, 0.0);
    return 0;
}

/* Poll, at a logical time long after everything is due, until n jobs are out. */
static void poll_all(aed_client *c, size_t n)
{
    const struct timespec moment = {0, 200000};

    for (int i = 0; i < 50000 && discarded < n; i++)
    {
        aed_client_poll(c, 1e9, block);
        if (discarded < n)
            nanosleep(&moment, NULL);
    }
    assert_int_equal(discarded, n);
}

static void async_delivers_in_order(void **state)
{
    (void)state;
    aed_client *c = aed_client_new();

    for (size_t i = 1; i <= 20; i++)
        submit(c, job_of('a', 0, i, run_plain), 0.0);
    poll_all(c, 20);
    assert_int_equal(delivered, 20);
    assert_false(out_of_order);
    aed_client_free(c);
}

static void async_is_not_waited_for(void **state)
{
    (void)state;
    aed_client *c = aed_client_new();

    submit(c, job_of('a', 0, 1, run_gated), 0.0);
    sem_wait(&begun);
    assert_true(aed_client_poll(c, 1e6, block) > 0.0);
    assert_int_equal(delivered, 0);
    sem_post(&gate);
    poll_all(c, 1);
    assert_int_equal(delivered, 1);
    aed_client_free(c);
}

static void async_needs_a_block(void **state)
{
    (void)state;
    aed_client *c = aed_client_new();

    submit(c, job_of('a', 0, 1, run_plain), 10.0);
    while (atomic_load(&ran_n) == 0)
        sched_yield();
    aed_client_poll(c, 10.0, block);
    assert_int_equal(delivered, 0);
    poll_all(c, 1);
    aed_client_free(c);
}

static void clients_take_turns(void **state)
{
    (void)state;
    aed_client *a = aed_client_new(), *b = aed_client_new(), *holder = aed_client_new();

    submit(holder, job_of('-', 0, 1, run_gated), 0.0);
    sem_wait(&begun);
    for (size_t i = 1; i <= 4; i++)
        submit(a, job_of('a', 1, i, run_plain), 0.0);
    for (size_t i = 1; i <= 4; i++)
        submit(b, job_of('b', 2, i, run_plain), 0.0);
    sem_post(&gate);
    poll_all(holder, 1);
    poll_all(a, 5);
    poll_all(b, 9);
    for (size_t i = 2; i < 9; i++)
        assert_int_not_equal(ran[i], ran[i - 1]);
    aed_client_free(a);
    aed_client_free(b);
    aed_client_free(holder);
}

static void deadline_is_exact(void **state)
{
    (void)state;
    aed_client *c = aed_client_new();

    aed_thread_set(AED_DEADLINE, 20.0);
    submit(c, job_of('a', 0, 1, run_plain), 100.0);
    while (atomic_load(&ran_n) == 0)
        sched_yield();
    const double wait = aed_client_poll(c, 119.0, block);
    assert_int_equal(delivered, 0);
    assert_true(fabs(wait - 1.0) < 1e-9);
    assert_true(aed_client_poll(c, 120.0, block) < 0.0);
    assert_int_equal(delivered, 1);
    aed_client_free(c);
}

static void run_late(aed_job *job)
{
    const struct timespec late = {0, 30000000};

    nanosleep(&late, NULL);
    run_plain(job);
}

static void deadline_waits_for_a_late_job(void **state)
{
    (void)state;
    aed_client *c = aed_client_new();

    aed_thread_set(AED_DEADLINE, 1.0);
    submit(c, job_of('a', 0, 1, run_late), 0.0);
    aed_client_poll(c, 1.0, block);
    assert_int_equal(delivered, 1);
    aed_client_free(c);
}

static pthread_t ran_on;

static void deliver_thread(aed_job *job)
{
    ran_on = ((test_job *)job)->thread;
    delivered++;
}

static void sync_runs_inside_the_poll(void **state)
{
    (void)state;
    aed_client *c = aed_client_new();
    test_job *j = job_of('a', 0, 1, run_plain);

    aed_thread_set(AED_SYNC, 0.0);
    j->job.deliver = deliver_thread;
    submit(c, j, 0.0);
    aed_client_poll(c, block * 0.5, block);
    assert_int_equal(atomic_load(&ran_n), 0);
    aed_client_poll(c, block, block);
    assert_int_equal(delivered, 1);
    assert_true(pthread_equal(ran_on, pthread_self()));
    aed_client_free(c);
}

static void worker_is_another_thread(void **state)
{
    (void)state;
    aed_client *c = aed_client_new();
    test_job *j = job_of('a', 0, 1, run_plain);

    j->job.deliver = deliver_thread;
    submit(c, j, 0.0);
    poll_all(c, 1);
    assert_false(pthread_equal(ran_on, pthread_self()));
    aed_client_free(c);
}

/* From async to a mode that repeats: what is under way is waited for, in order. */
static void a_changed_mode_comes_after_the_old_jobs(void **state)
{
    (void)state;
    aed_client *c = aed_client_new();
    test_job *first = job_of('a', 0, 1, run_late), *second = job_of('b', 0, 2, run_plain);

    submit(c, first, 0.0);
    aed_thread_set(AED_SYNC, 0.0);
    submit(c, second, 0.0);
    assert_int_equal(second->job.mode, AED_SYNC);
    aed_client_poll(c, block, block);
    assert_int_equal(delivered, 2);
    assert_string_equal(ran, "ab");
    aed_client_free(c);
}

/* From sync to async: two threads never run jobs of one client. */
static void sync_jobs_are_finished_by_their_thread(void **state)
{
    (void)state;
    aed_client *c = aed_client_new();

    aed_thread_set(AED_SYNC, 0.0);
    submit(c, job_of('a', 0, 1, run_plain), 0.0);
    aed_thread_set(AED_ASYNC, 0.0);
    test_job *second = job_of('b', 0, 2, run_plain);
    submit(c, second, 0.0);
    assert_int_equal(second->job.mode, AED_SYNC);
    aed_client_poll(c, block, block);
    assert_int_equal(delivered, 2);
    test_job *third = job_of('c', 0, 3, run_plain);
    submit(c, third, block);
    assert_int_equal(third->job.mode, AED_ASYNC);
    poll_all(c, 3);
    aed_client_free(c);
}

/* So that many results at once never make a block late. */
static void async_results_come_one_a_poll(void **state)
{
    (void)state;
    aed_client *c = aed_client_new();

    for (size_t i = 1; i <= 5; i++)
        submit(c, job_of('a', 0, i, run_plain), 0.0);
    while (atomic_load(&ran_n) < 5)
        sched_yield();
    aed_client_poll(c, 1e9, block);
    assert_int_equal(delivered, 1);
    poll_all(c, 5);
    aed_client_free(c);
}

static void cancelled_jobs_are_not_delivered(void **state)
{
    (void)state;
    aed_client *c = aed_client_new();

    submit(c, job_of('a', 0, 1, run_gated), 0.0);
    sem_wait(&begun);
    submit(c, job_of('b', 0, 2, run_plain), 0.0);
    aed_client_cancel(c);
    sem_post(&gate);
    submit(c, job_of('c', 0, 3, run_plain), 0.0);
    poll_all(c, 3);
    assert_int_equal(delivered, 1);
    assert_int_equal(last_id[0], 3);
    /* The one that had not begun never ran. */
    assert_null(strchr(ran, 'b'));
    aed_client_free(c);
}

static int is_b(const aed_job *job)
{
    return ((const test_job *)job)->name == 'b';
}

static void cancel_picks(void **state)
{
    (void)state;
    aed_client *c = aed_client_new();

    aed_thread_set(AED_SYNC, 0.0);
    submit(c, job_of('a', 0, 1, run_plain), 0.0);
    submit(c, job_of('b', 0, 2, run_plain), 0.0);
    submit(c, job_of('c', 0, 3, run_plain), 0.0);
    aed_client_cancel_if(c, is_b);
    aed_client_poll(c, block, block);
    assert_string_equal(ran, "ac");
    assert_int_equal(delivered, 2);
    assert_int_equal(discarded, 3);
    aed_client_free(c);
}

static void free_waits_for_the_running_job(void **state)
{
    (void)state;
    for (size_t i = 0; i < 50; i++)
    {
        aed_client *c = aed_client_new();

        submit(c, job_of('a', 0, 1, run_until_cancelled), 0.0);
        submit(c, job_of('b', 0, 2, run_plain), 0.0);
        sem_wait(&begun);
        aed_client_free(c);
    }
    assert_int_equal(discarded, 100);
    assert_int_equal(delivered, 0);
    assert_int_equal(atomic_load(&ran_n), 0);
}

static void the_129th_job_is_not_taken(void **state)
{
    (void)state;
    aed_client *c = aed_client_new();

    submit(c, job_of('a', 0, 1, run_gated), 0.0);
    for (size_t i = 2; i <= 128; i++)
        submit(c, job_of('a', 0, i, run_plain), 0.0);
    test_job *more = job_of('a', 0, 129, run_plain);
    assert_false(aed_client_submit(c, &more->job, 0.0, block));
    sem_post(&gate);
    poll_all(c, 128);
    assert_int_equal(delivered, 128);
    assert_false(out_of_order);
    submit(c, more, 0.0);
    poll_all(c, 129);
    aed_client_free(c);
}

static void many_clients(void **state)
{
    (void)state;
    aed_client *c[MANY];

    for (size_t i = 0; i < MANY; i++)
        assert_non_null(c[i] = aed_client_new());
    for (size_t id = 1; id <= 3; id++)
        for (size_t i = 0; i < MANY; i++)
            submit(c[i], job_of('a', i, id, run_plain), 0.0);
    for (size_t i = 0; i < MANY; i++)
        poll_all(c[i], 3 * (i + 1));
    assert_int_equal(delivered, 3 * MANY);
    assert_false(out_of_order);
    for (size_t i = 0; i < MANY; i++)
        aed_client_free(c[i]);
}

static void too_many_clients_are_refused(void **state)
{
    (void)state;
    enum
    {
        MOST = 1025
    };
    static aed_client *c[MOST];
    size_t n = 0;

    while (n < MOST && (c[n] = aed_client_new()))
        n++;
    assert_int_equal(n, MOST - 1);
    while (n > 0)
        aed_client_free(c[--n]);
}

static void deliver_again(aed_job *job)
{
    test_job *j = (test_job *)job;

    deliver(job);
    if (j->id < 5)
    {
        test_job *next = job_of('a', 0, j->id + 1, run_plain);

        next->job.deliver = deliver_again;
        submit(resubmit, next, (double)j->id * block);
    }
}

/* A job of sync mode that follows from another is due a block later, not in the same poll. */
static void deliver_may_submit(void **state)
{
    (void)state;
    aed_client *c = aed_client_new();
    test_job *j = job_of('a', 0, 1, run_plain);

    aed_thread_set(AED_SYNC, 0.0);
    resubmit = c;
    j->job.deliver = deliver_again;
    submit(c, j, 0.0);
    for (size_t i = 1; i <= 5; i++)
    {
        aed_client_poll(c, (double)i * block, block);
        assert_int_equal(delivered, i);
    }
    aed_client_free(c);
}

static void free_without_client(void **state)
{
    (void)state;
    aed_client_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(async_delivers_in_order, setup),
        cmocka_unit_test_setup(async_is_not_waited_for, setup),
        cmocka_unit_test_setup(async_needs_a_block, setup),
        cmocka_unit_test_setup(clients_take_turns, setup),
        cmocka_unit_test_setup(deadline_is_exact, setup),
        cmocka_unit_test_setup(deadline_waits_for_a_late_job, setup),
        cmocka_unit_test_setup(sync_runs_inside_the_poll, setup),
        cmocka_unit_test_setup(worker_is_another_thread, setup),
        cmocka_unit_test_setup(a_changed_mode_comes_after_the_old_jobs, setup),
        cmocka_unit_test_setup(sync_jobs_are_finished_by_their_thread, setup),
        cmocka_unit_test_setup(async_results_come_one_a_poll, setup),
        cmocka_unit_test_setup(cancelled_jobs_are_not_delivered, setup),
        cmocka_unit_test_setup(cancel_picks, setup),
        cmocka_unit_test_setup(free_waits_for_the_running_job, setup),
        cmocka_unit_test_setup(the_129th_job_is_not_taken, setup),
        cmocka_unit_test_setup(many_clients, setup),
        cmocka_unit_test_setup(too_many_clients_are_refused, setup),
        cmocka_unit_test_setup(deliver_may_submit, setup),
        cmocka_unit_test_setup(free_without_client, setup),
    };

    return cmocka_run_group_tests_name("worker", tests, NULL, NULL);
}
