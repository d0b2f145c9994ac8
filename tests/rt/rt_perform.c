/* Nothing in a signal function may wait: no allocation, no lock, no message. This program brings its
 * own malloc and mutex, which count whoever calls them on this thread between trap on and trap off. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <string.h>

#include "box/box_synth.h"
#include "fakehost.h"
#include "plant/voice_private.h"

static _Thread_local int trapped;
static _Thread_local size_t caught; /* forbidden calls */

static void forbidden(void)
{
    if (trapped)
        caught++;
}

/* ---- the trap ---- */

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define TRAPS_MALLOC 0 /* the sanitizers have a malloc of their own */
#else
#define TRAPS_MALLOC 1

extern void *__libc_malloc(size_t n);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *p, size_t n);
extern void *__libc_memalign(size_t align, size_t n);
extern void __libc_free(void *p);

void *malloc(size_t n)
{
    forbidden();
    return __libc_malloc(n);
}

void *calloc(size_t n, size_t size)
{
    forbidden();
    return __libc_calloc(n, size);
}

void *realloc(void *p, size_t n)
{
    forbidden();
    return __libc_realloc(p, n);
}

void free(void *p)
{
    forbidden();
    __libc_free(p);
}

void *aligned_alloc(size_t align, size_t n)
{
    forbidden();
    return __libc_memalign(align, n);
}

int posix_memalign(void **p, size_t align, size_t n)
{
    forbidden();
    *p = __libc_memalign(align, n);
    return *p ? 0 : ENOMEM;
}

int pthread_mutex_lock(pthread_mutex_t *m)
{
    static int (*lock)(pthread_mutex_t *);

    forbidden();
    if (!lock)
        *(void **)&lock = dlsym(RTLD_NEXT, "pthread_mutex_lock");
    return lock(m);
}

int sem_wait(sem_t *s)
{
    static int (*wait)(sem_t *);

    forbidden();
    if (!wait)
        *(void **)&wait = dlsym(RTLD_NEXT, "sem_wait");
    return wait(s);
}
#endif

/* ---- set around every perform ---- */

static size_t errors_before, performs;
static fake_loop loop;

static size_t errors(void)
{
    size_t n = 0;

    for (size_t i = 0; i < loop.host.n; i++)
        n += loop.host.objects[i].errors;
    return n;
}

static void around(int before)
{
    if (before)
        errors_before = errors();
    trapped = before;
    if (!before)
    {
        caught += errors() - errors_before; /* a printed error is a message too */
        performs++;
    }
}

static void tap(
    void *context, fake_object *o, size_t outlet, const char *selector, const double *v, size_t n)
{
    (void)context, (void)o, (void)outlet, (void)selector, (void)v, (void)n;
    forbidden();
}

static double target[4096];

static int setup(void **state)
{
    (void)state;
    fake_loop_open(&loop, "-window 2048", "256 512 -window 2048", 1);
    for (size_t i = 0; i < 4096; i++)
        target[i] = 0.3 * sin(0.05 * (double)i);
    fake_array(&loop.host, "target", target, 4096);
    fake_accept(loop.features, 0, "target target");
    loop.host.around = around;
    loop.host.tap = tap;
    caught = performs = 0;
    fake_dsp(&loop.host, 1);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    trapped = 0;
    fake_loop_close(&loop);
    return 0;
}

static void nothing_was_caught(size_t at_least)
{
    assert_true(performs >= at_least);
    assert_int_equal(caught, 0);
    fake_no_errors(&loop.host);
}

/* ---- the trap itself ---- */

static void the_trap_fires(void **state)
{
    pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
    void *volatile p;

    (void)state;
    if (!TRAPS_MALLOC)
        skip();
    around(1);
    p = malloc(10);
    around(0);
    assert_int_equal(caught, 1);
    around(1);
    free(p);
    pthread_mutex_lock(&m);
    around(0);
    assert_int_equal(caught, 3);
    p = malloc(10);
    free(p);
    assert_int_equal(caught, 3);
    around(1);
    loop.host.tap(NULL, NULL, 0, NULL, NULL, 0);
    around(0);
    assert_int_equal(caught, 4);
}

/* ---- the synth ---- */

static void play(void)
{
    static const char *const words[] = {"note 60 100", "ramp 20", "note 67 80", "ladder.cutoff 900",
        "note 60 0", "reset", "note 48 127"};

    for (size_t i = 0; i < 7; i++)
    {
        fake_accept(loop.synth, 0, words[i]);
        fake_run(&loop.host, 25.0);
    }
}

static void playing(void **state)
{
    (void)state;
    play();
    nothing_was_caught(100);
}

static void learning_offline(void **state)
{
    (void)state;
    fake_accept(loop.synth, 0, "note 60 100");
    fake_accept(loop.train, 0, "start 10");
    assert_true(fake_run_until_seen(loop.train, 1, "done", 1, 1e5));
    nothing_was_caught(10);
}

static void recording_live(void **state)
{
    (void)state;
    fake_accept(loop.synth, 0, "mode live free");
    fake_accept(loop.train, 0, "start");
    play();
    play();
    assert_true(fake_run_until_seen(loop.train, 1, "step", 5, 1e5));
    nothing_was_caught(200);
}

static void recording_from_notes(void **state)
{
    (void)state;
    fake_accept(loop.synth, 0, "mode live");
    fake_accept(loop.train, 0, "start");
    for (size_t i = 1; i <= 4; i++)
    {
        fake_run(&loop.host, 50.0);
        fake_accept(loop.synth, 0, "note 60 100");
        assert_true(fake_run_until_seen(loop.train, 1, "step", i, 1e5));
    }
    nothing_was_caught(100);
}

/* A tape that has to give up does so in the signal function. */
static void giving_a_window_up(void **state)
{
    (void)state;
    fake_accept(loop.synth, 0, "mode live free");
    fake_accept(loop.train, 0, "start");
    for (size_t i = 0; i < 200; i++)
    {
        fake_accept(loop.synth, 0, i & 1 ? "note 60 0" : "note 60 100");
        fake_run(&loop.host, 0.1);
    }
    nothing_was_caught(150);
}

static void feed(void *context, double *y, size_t n)
{
    static size_t at;

    (void)context;
    for (size_t i = 0; i < n; i++, at++)
        y[i] = at % 5000 == 0 ? NAN : sin(0.002 * (double)at);
}

static const char *const chains[] = {"chain vco | ladder | vca", "chain noise vco | vca",
    "chain vco vco | svf", "chain amed 8 2 | vca"};

/* Fades, those that wait, and the end of a fade, where a rig is left. */
static void changing_chains(void **state)
{
    aed_error e;
    fake_object *two = fake_new(&loop.host, &aed_class_synth, "-channels 2", &e);

    (void)state;
    assert_non_null(two);
    loop.host.feed = feed;
    for (size_t i = 0; i < 40; i++)
    {
        fake_accept(loop.synth, 0, "note 60 100");
        fake_accept(two, 0, "note 60 100");
        fake_accept(loop.synth, 0, chains[i % 4]);
        fake_accept(two, 0, chains[i % 4]);
        fake_run(&loop.host, (double)(i % 4) * 15.0);
    }
    nothing_was_caught(500);
}

/* What a lesson has learned is heard after every pass. */
static void learning_from_an_array(void **state)
{
    (void)state;
    fake_accept(loop.synth, 0, "chain amed 8 2 | vca");
    fake_accept(loop.synth, 0, "note 60 100");
    fake_accept(loop.synth, 0, "passes 5 2");
    fake_accept(loop.synth, 0, "fit target");
    assert_true(fake_run_until_seen(loop.synth, 3, "fitted", 1, 1e5));
    fake_run(&loop.host, 100.0);
    nothing_was_caught(70);
}

static void a_signal_moves(void **state)
{
    static const char *const words[] = {"signal pitch 3", "signal ladder.cutoff 0.3", "glide 30",
        "signal noise.level 2", "note 72 100", "signal none", "pitch played", "panic"};

    (void)state;
    loop.host.feed = feed;
    for (size_t live = 0; live < 2; live++)
    {
        fake_accept(loop.synth, 0, live ? "mode live free" : "mode offline");
        for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        {
            fake_accept(loop.synth, 0, "note 60 100");
            fake_accept(loop.synth, 0, "render");
            fake_accept(loop.synth, 0, words[i]);
            fake_run(&loop.host, 80.0);
        }
    }
    nothing_was_caught(500);
}

static void learning_under_one_name(void **state)
{
    aed_error e;

    (void)state;
    fake_object *first = fake_new(&loop.host, &aed_class_synth, "-window 512 -name a", &e);
    fake_object *second = fake_new(&loop.host, &aed_class_synth, "-window 512 -name a", &e);
    assert_true(first && second);
    fake_accept(first, 0, "mode live free");
    for (size_t i = 0; i < 100; i++)
    {
        fake_accept(first, 0, "render");
        for (size_t k = 0; k < 40; k++)
        {
            /* Windows that are given up begin again in the signal function. */
            fake_accept(first, 0, k & 1 ? "note 60 0" : "note 60 100");
            fake_run(&loop.host, 0.1);
        }
    }
    nothing_was_caught(500);
}

static void a_sound_that_is_not_finite(void **state)
{
    (void)state;
    static const char *const modes[] = {"mode offline", "mode live free"};

    for (size_t i = 0; i < 2; i++)
    {
        aed_synth_box *x = (aed_synth_box *)loop.synth->box;

        fake_accept(loop.synth, 0, modes[i]);
        fake_accept(loop.synth, 0, "note 60 100");
        fake_accept(loop.synth, 0, "render");
        fake_run(&loop.host, 20.0);
        for (size_t k = 0; k < x->rig->chain.state_n; k++)
            x->rig->audible->live[k] = NAN;
        fake_run(&loop.host, 1.0);
        for (size_t k = 0; k < FAKE_BLOCK; k++)
            assert_true(isfinite(loop.synth->signal[k]));
        fake_run(&loop.host, 20.0);
        assert_non_null(strstr(fake_only_error(loop.synth), "the sound stopped being finite"));
        fake_accept(loop.synth, 0, "note 60 100");
        fake_run(&loop.host, 20.0);
        double loud = 0.0;
        for (size_t k = 0; k < FAKE_BLOCK; k++)
            loud = fmax(loud, fabs(loop.synth->signal[k]));
        assert_true(loud > 0.0);
    }
    nothing_was_caught(40);
}

/* ---- the ear ---- */

static void hearing(void **state)
{
    (void)state;
    fake_accept(loop.features, 0, "settle 7");
    for (size_t i = 1; i <= 4; i++)
    {
        fake_accept(loop.features, 0, "bang");
        assert_true(fake_run_until_seen(loop.features, 1, "", i, 1e5));
    }
    nothing_was_caught(100);
}

/* The second inlet too, followed and captured. */
static void hearing_a_model(void **state)
{
    (void)state;
    fake_accept(loop.features, 0, "follow 1");
    for (size_t i = 1; i <= 3; i++)
    {
        const size_t targets = fake_seen(loop.features, 4, "target");

        fake_accept(loop.features, 0, "capture 1000");
        fake_accept(loop.features, 0, "bang");
        assert_true(fake_run_until_seen(loop.features, 1, "", i, 1e5));
        assert_true(fake_run_until_seen(loop.features, 4, "target", targets + 1, 1e5));
    }
    nothing_was_caught(100);
}

/* Features of every kind, hop by hop. */
static void streaming(void **state)
{
    (void)state;
    fake_accept(loop.features, 0, "features bands pitch loudness flux");
    fake_accept(loop.features, 0, "stream 1");
    assert_true(fake_run_until_seen(loop.features, 3, "", 20, 1e5));
    nothing_was_caught(100);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_trap_fires),
        TEST(playing),
        TEST(learning_offline),
        TEST(recording_live),
        TEST(recording_from_notes),
        TEST(giving_a_window_up),
        TEST(changing_chains),
        TEST(learning_from_an_array),
        TEST(a_signal_moves),
        TEST(learning_under_one_name),
        TEST(a_sound_that_is_not_finite),
        TEST(hearing),
        TEST(hearing_a_model),
        TEST(streaming),
    };

    return cmocka_run_group_tests_name("the signal functions wait for nothing", tests, NULL, NULL);
}
