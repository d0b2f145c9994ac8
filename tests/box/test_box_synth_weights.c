/* [aed_synth~]: weights go where the parameters go: into slots, files and patches, and back, bit by bit. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "box/box_synth.h"
#include "onesynth.h"

#define NET "amed 8 2 | ladder | vca"

enum
{
    FULL_N = 1000
};

static fake_object *another(const char *arguments)
{
    aed_error e;
    fake_object *o = fake_new(&host, &aed_class_synth, arguments, &e);

    assert_non_null(o);
    return o;
}

static const aed_rig *rig_of(const fake_object *o)
{
    return ((const aed_synth_box *)o->box)->rig;
}

/* Where o stands: full [full_n]. */
static void look(double full[FULL_N], const fake_object *o)
{
    assert_true(rig_of(o)->chain.weights_n > 0 && rig_of(o)->chain.full_n <= FULL_N);
    memcpy(full, rig_of(o)->full, rig_of(o)->chain.full_n * sizeof *full);
}

static void assert_at(const fake_object *o, const double *full)
{
    assert_memory_equal(rig_of(o)->full, full, rig_of(o)->chain.full_n * sizeof *full);
}

static int differs(const double *a, const double *b)
{
    return memcmp(a, b, rig_of(synth)->chain.full_n * sizeof *a) != 0;
}

/* The synth with nets drawn from a seed, all of whose parameters and weights learn. */
static void net(const char *scramble, double full[FULL_N])
{
    fake_accept(synth, 0, "chain " NET);
    fake_accept(synth, 0, "learn");
    fake_accept(synth, 0, scramble);
    look(full, synth);
}

/* ---- slots ---- */

static void a_slot_has_the_weights(void **state)
{
    static const char *const between[] = {
        "chain vco", "scramble 8", "chain " NET, "chain amed 16 2"};
    double full[FULL_N];

    (void)state;
    net("scramble 7", full);
    fake_accept(synth, 0, "freeze amed.net amed.freq");
    const uint64_t before = window_now();
    fake_accept(synth, 0, "store 0");
    for (size_t i = 0; i < sizeof between / sizeof *between; i++)
    {
        fake_accept(synth, 0, between[i]);
        fake_accept(synth, 0, "learn");
        fake_accept(synth, 0, "recall 0");
        assert_at(synth, full);
        assert_false(rig_of(synth)->knobs.weights[0].learns);
        assert_true(rig_of(synth)->knobs.weights[1].learns);
        assert_true(window_now() == before);
    }
    fake_no_errors(&host);
}

/* A slot has its own: what is stored does not move with the sound. */
static void slots_are_apart(void **state)
{
    double first[FULL_N], second[FULL_N];

    (void)state;
    net("scramble 1", first);
    fake_accept(synth, 0, "store 1");
    net("scramble 2", second);
    assert_true(differs(first, second));
    fake_accept(synth, 0, "store 2");
    fake_accept(synth, 0, "recall 1");
    assert_at(synth, first);
    fake_accept(synth, 0, "store 2");
    fake_accept(synth, 0, "scramble 3");
    fake_accept(synth, 0, "recall 2");
    assert_at(synth, first);
}

static void morphing_goes_straight(void **state)
{
    double from[FULL_N], to[FULL_N], half[FULL_N];

    (void)state;
    net("scramble 1", from);
    fake_accept(synth, 0, "store 0");
    net("scramble 2", to);
    fake_accept(synth, 0, "ladder.cutoff 200");
    look(to, synth);
    fake_accept(synth, 0, "store 1");
    for (size_t i = 0; i < rig_of(synth)->chain.full_n; i++)
        half[i] = from[i] + 0.5 * (to[i] - from[i]);
    for (int i = 0; i < 2; i++)
    {
        fake_accept(synth, 0, "morph 0 1 0.5");
        assert_at(synth, half);
        fake_accept(synth, 0, "morph 0 1 0");
        assert_at(synth, from);
        fake_accept(synth, 0, "chain vco"); /* then the slots' chain comes first */
        fake_accept(synth, 0, "morph 0 1 1");
        assert_at(synth, to);
    }
    fake_accept(synth, 0, "chain amed 8 3 | ladder | vca");
    fake_accept(synth, 0, "store 2");
    fake_refuse(synth, 0, "morph 0 2 0.5", "slots 0 and 2 have different chains");
}

/* ---- ways back ---- */

/* Some other theta, as a loop would send it. */
static void learn_something(void)
{
    fake_accept(synth, 0, "ask");
    const size_t d = synth->sent[1].n;
    double *theta = malloc(d * sizeof *theta);

    assert_int_equal(d, rig_of(synth)->chain.full_n);
    for (size_t i = 0; i < d; i++)
        theta[i] = 0.9 * synth->sent[1].v[i];
    fake_send_numbers(synth, 0, NULL, theta, d);
    fake_run(&host, 20.0);
    free(theta);
}

static void undo_and_panic_have_the_weights(void **state)
{
    double start[FULL_N], learned[FULL_N], stored[FULL_N];

    (void)state;
    net("scramble 3", stored);
    fake_accept(synth, 0, "store 0");
    net("scramble 4", start);
    learn_something();
    look(learned, synth);
    assert_true(differs(start, learned));
    fake_accept(synth, 0, "undo");
    assert_at(synth, start);
    fake_accept(synth, 0, "undo");
    assert_at(synth, learned);
    fake_accept(synth, 0, "recall 0");
    fake_accept(synth, 0, "scramble 5");
    fake_accept(synth, 0, "panic"); /* what was recalled counts as good */
    assert_at(synth, stored);
    fake_no_errors(&host);
}

/* ---- files, patches, names ---- */

/* "write " or "read " with the name of an empty file of this test's own. */
static char write_it[40], read_it[40], *const file = write_it + sizeof "write";

static void make_file(void)
{
    strcpy(write_it, "write /tmp/aed-test-XXXXXX");
    const int descriptor = mkstemp(file);

    assert_true(descriptor >= 0);
    close(descriptor);
    sprintf(read_it, "read %s", file);
}

static void a_file_has_the_weights(void **state)
{
    double first[FULL_N], second[FULL_N];
    fake_object *fresh = another("-window 1024");

    (void)state;
    make_file();
    net("scramble 1", first);
    fake_accept(synth, 0, "store 5");
    net("scramble 2", second);
    fake_accept(synth, 0, "freeze amed.net");
    fake_accept(synth, 0, write_it);
    fake_accept(synth, 0, "scramble 3"); /* the job has a copy of its own */
    assert_true(fake_run_until_seen(synth, 3, "written", 1, 1e3));
    fake_accept(fresh, 0, read_it);
    assert_true(fake_run_until_seen(fresh, 3, "read", 1, 1e3));
    remove(file);
    assert_at(fresh, second);
    assert_false(rig_of(fresh)->knobs.weights[0].learns);
    assert_true(rig_of(fresh)->knobs.weights[1].learns);
    fake_accept(fresh, 0, "recall 5");
    assert_at(fresh, first);
    fake_no_errors(&host);
}

static void a_patch_keeps_the_weights(void **state)
{
    double full[FULL_N], slot[FULL_N];
    fake_object *fresh = another("-window 1024");
    size_t n;

    (void)state;
    net("scramble 1", slot);
    fake_accept(synth, 0, "store 5");
    net("scramble 2", full);
    fake_accept(synth, 0, "keep 1");
    char *text = synth->box->class->save(synth->box, &n);

    assert_non_null(text);
    fresh->box->class->restore(fresh->box, text, n);
    free(text);
    assert_at(fresh, full);
    fake_accept(fresh, 0, "recall 5");
    assert_at(fresh, slot);
    fake_no_errors(&host);
}

/* Beyond what a file may have: nothing is written, and the sound stays. */
static void far_too_large_weights_are_not_written(void **state)
{
    double full[FULL_N];

    (void)state;
    make_file();
    net("scramble 1", full);
    rig_of(synth)->full[rig_of(synth)->chain.d] = 2e6;
    fake_send(synth, 0, write_it);
    fake_run(&host, 100.0);
    assert_non_null(strstr(fake_only_error(synth), "preset: a weight is beyond ±1e+06"));
    fake_send(synth, 0, read_it);
    fake_run(&host, 100.0);
    assert_non_null(strstr(fake_only_error(synth), "line 1, column 0")); /* as empty as it was */
    remove(file);
    assert_true(rig_of(synth)->full[rig_of(synth)->chain.d] == 2e6);
}

static void recalled_into_a_group(void **state)
{
    fake_object *a = another(NET " -window 1024 -name n"),
                *b = another(NET " -window 1024 -name n");
    double full[FULL_N];

    (void)state;
    fake_accept(b, 0, "scramble 1");
    look(full, b);
    fake_accept(b, 0, "store 0");
    fake_accept(b, 0, "chain vco");
    fake_accept(a, 0, "scramble 2");
    fake_accept(b, 0, "recall 0");
    assert_at(b, full);
    assert_at(a, full);
    fake_no_errors(&host);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_slot_has_the_weights),
        TEST(slots_are_apart),
        TEST(morphing_goes_straight),
        TEST(undo_and_panic_have_the_weights),
        TEST(a_file_has_the_weights),
        TEST(a_patch_keeps_the_weights),
        TEST(far_too_large_weights_are_not_written),
        TEST(recalled_into_a_group),
    };

    return cmocka_run_group_tests_name("aed_synth~, weights that are kept", tests, NULL, NULL);
}
