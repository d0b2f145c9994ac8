/* [aed_synth~] with a network: what learns, its messages, and that it learns by the ordinary cords. */
#include <stdlib.h>
#include <string.h>

#include "box/box_synth.h"
#include "learning.h"

#define NET "amed 8 2"

enum
{
    NET_N = 19 * 24 + 24 + 3, /* weights of the three networks: 19 inputs, 24 units */
    CONTOUR_N = 40,
    INFO = 3
};

static fake_host host;
static fake_object *synth;

static int open_synth(void **state)
{
    aed_error e;

    (void)state;
    fake_open(&host);
    fake_thread("sync");
    synth = fake_new(&host, &aed_class_synth, NET " -window 1024", &e);
    return !synth;
}

static int close_synth(void **state)
{
    (void)state;
    fake_close(&host);
    fake_thread("async");
    return 0;
}

static const aed_rig *rig(void)
{
    return ((const aed_synth_box *)synth->box)->rig;
}

/* The theta that the synth tells now. */
static size_t told(const char *message)
{
    const size_t before = fake_seen(synth, 1, "theta");

    fake_accept(synth, 0, message);
    assert_int_equal(fake_seen(synth, 1, "theta"), before + 1);
    return synth->sent[1].n;
}

static void what_learns_is_theta(void **state)
{
    (void)state;
    assert_int_equal(told("ask"), NET_N);
    assert_int_equal(told("learn amed.contour"), NET_N + CONTOUR_N);
    assert_int_equal(told("freeze amed.net"), CONTOUR_N);
    assert_int_equal(told("solo amed.chaos"), 1);
    assert_int_equal(told("learn"), 4 + NET_N + CONTOUR_N);
}

static void something_has_to_learn(void **state)
{
    (void)state;
    fake_refuse(synth, 0, "freeze amed.net", "nothing would learn any more");
    fake_refuse(synth, 0, "learn amed.nest", "no parameter 'amed.nest'");
    assert_int_equal(told("ask"), NET_N);
}

static void sizes_in_a_chain(void **state)
{
    (void)state;
    fake_accept(synth, 0, "chain amed 16 3 | vca");
    assert_int_equal(rig()->chain.weights_n, (21 + 1) * 48 + 3 + CONTOUR_N);
    fake_accept(synth, 0, "chain amed | vca");
    assert_int_equal(rig()->chain.weights_n, (31 + 1) * 96 + 3 + CONTOUR_N);
    fake_refuse(
        synth, 0, "chain amed 12", "amed: hidden: got 12, allowed are 8 … 128 in steps of 8");
    fake_refuse(synth, 0, "chain amed 8 0", "amed: harmonics: got 0, allowed are 1 … 32");
    fake_refuse(synth, 0, "chain amed 8 2 3", "got 3 behind amed, which takes no further number");
    fake_refuse(synth, 0, "chain amed 8.5", "no module '8.5'");
    fake_refuse(synth, 0, "chain 8 amed", "argument 1 is 8, expected a name");
    assert_int_equal(rig()->chain.weights_n, (31 + 1) * 96 + 3 + CONTOUR_N);
}

static void laws(void **state)
{
    (void)state;
    assert_int_equal(told("law seed"), 3 * 24 + 3);
    assert_string_equal(rig()->chain.modules[0]->name, "amed-seed");
    assert_int_equal(told("law lock"), (2 + 13 + 16 + 1) * 24 + 3); /* harmonics begin anew */
    fake_refuse(synth, 0, "law jungle", "got 'jungle', allowed are: lock, seed");
    fake_accept(synth, 0, "chain vco");
    fake_refuse(synth, 0, "law lock", "there is no amed in the chain");
}

static void scrambled(void **state)
{
    const size_t bytes = rig()->chain.full_n * sizeof(double);
    double *first = malloc(2 * bytes), *second = first + rig()->chain.full_n;

    (void)state;
    memcpy(first, rig()->full, bytes);
    fake_accept(synth, 0, "amed.chaos 2");
    fake_accept(synth, 0, "scramble 5");
    memcpy(second, rig()->full, bytes);
    assert_memory_not_equal(first + rig()->chain.d, second + rig()->chain.d, NET_N * sizeof *first);
    assert_true(second[aed_chain_find(&rig()->chain, "amed.chaos")] == 0.5);
    fake_accept(synth, 0, "scramble");
    assert_memory_equal(
        rig()->full + rig()->chain.d, first + rig()->chain.d, NET_N * sizeof *first);
    fake_refuse(synth, 0, "scramble -1", "scramble: got -1, allowed 0 … 16777216");
    fake_accept(synth, 0, "chain vco");
    fake_refuse(synth, 0, "scramble", "no module of the chain has weights");
    free(first);
}

/* The last `unbounded first n`: sent[] keeps only the theta behind it. */
static struct
{
    double v[2];
    size_t n, count;
} bounds;

static void hear_bounds(
    void *context, fake_object *o, size_t outlet, const char *selector, const double *v, size_t n)
{
    (void)context, (void)o;
    if (outlet != 1 || strcmp(selector, "unbounded") != 0)
        return;
    bounds.n = n;
    bounds.count++;
    memcpy(bounds.v, v, (n < 2 ? n : 2) * sizeof *v);
}

/* How many times `unbounded` has been told, and what it said last. */
static void assert_bounds(size_t count, double first, double n)
{
    assert_int_equal(bounds.count, count);
    assert_int_equal(bounds.n, 2);
    assert_true(bounds.v[0] == first && bounds.v[1] == n);
}

/* `unbounded first n` says where in theta the weights are, and that there are none any more. */
static void bounds_are_told(void **state)
{
    (void)state;
    memset(&bounds, 0, sizeof bounds);
    host.tap = hear_bounds;
    told("ask");
    assert_bounds(1, 0, NET_N);
    told("learn amed.chaos");
    assert_bounds(2, 1, NET_N);
    told("chain vco");
    assert_bounds(3, (double)synth->sent[1].n, 0);
    told("ask");
    assert_int_equal(bounds.count, 3);
}

/* Of one name the first learns, and the others sound like it: a [clone] sends a message to all. */
static void the_first_of_a_name_learns(void **state)
{
    aed_error e;
    fake_object *first = fake_new(&host, &aed_class_synth, NET " -window 1024 -name net", &e);
    fake_object *second = fake_new(&host, &aed_class_synth, NET " -window 1024 -name net", &e);
    const aed_rig *a = ((const aed_synth_box *)first->box)->rig;
    const aed_rig *b = ((const aed_synth_box *)second->box)->rig;

    (void)state;
    fake_array(&host, "target", target, N);
    fake_accept(second, 0, "passes 3");
    fake_accept(second, 0, "fit target");
    fake_accept(second, 0, "render target");
    fake_run(&host, 500.0);
    assert_int_equal(fake_seen(second, INFO, "fit") + fake_seen(second, INFO, "rendered"), 0);
    const double before = b->full[b->chain.d];

    fake_accept(first, 0, "passes 3");
    fake_accept(first, 0, "fit target");
    assert_true(fake_run_until_seen(first, INFO, "fitted", 1, 1e4));
    assert_true(b->full[b->chain.d] != before);
    assert_memory_equal(a->full, b->full, a->chain.full_n * sizeof *a->full);
}

/* ---- by the cords ---- */

/* A sawtooth in tune with key 60, which the loop's synth plays. */
static int make_saw(void **state)
{
    (void)state;
    for (size_t i = 0; i < N; i++)
        target[i] = 0.6 * (2.0 * fmod(261.6255653 * (double)i / 44100.0, 1.0) - 1.0);
    return 0;
}

static double learned(const char *losses_wanted)
{
    fake_thread("sync");
    fake_loop_open(&loop, NET " -window 2048", EAR, 0);
    fake_array(&loop.host, "target", target, N);
    fake_send(loop.features, 0, "target target");
    assert_true(fake_run_until_seen(loop.features, 4, "target", 1, 1e5));
    fake_accept(loop.features, 0, "loss logmel 0");
    fake_accept(loop.features, 0, losses_wanted);
    fake_accept(loop.train, 0, "start 150");
    const aed_rig *r = ((const aed_synth_box *)loop.synth->box)->rig;
    double first = 0.0, last = 0.0, most = 0.0;

    for (size_t seen = fake_seen(loop.features, 1, "");
         fake_run_until_seen(loop.features, 1, "", seen + 1, 2e3); seen++)
    {
        last = loop.features->sent[1].v[0];
        first = seen == 0 ? last : first;
    }
    fake_no_errors(&loop.host);
    for (size_t i = r->chain.d; i < r->chain.full_n; i++)
        most = fmax(most, fabs(r->full[i]) / AED_WEIGHT_UNIT);
    assert_true(most > 1.5); /* in theta's unit: nobody clipped it to 0 … 1 */
    fake_loop_close(&loop);
    fake_thread("async");
    return last / first;
}

static void it_learns_by_the_cords(void **state)
{
    (void)state;
    assert_true(learned("loss wave 1") < 0.2);
    assert_true(learned("loss stft 1") < 0.3);
}

#define AMED_TEST(name) cmocka_unit_test_setup_teardown(name, open_synth, close_synth)

int main(void)
{
    const struct CMUnitTest tests[] = {
        AMED_TEST(what_learns_is_theta),
        AMED_TEST(something_has_to_learn),
        AMED_TEST(sizes_in_a_chain),
        AMED_TEST(laws),
        AMED_TEST(scrambled),
        AMED_TEST(bounds_are_told),
        AMED_TEST(the_first_of_a_name_learns),
        cmocka_unit_test(it_learns_by_the_cords),
    };

    return cmocka_run_group_tests(tests, make_saw, NULL);
}
