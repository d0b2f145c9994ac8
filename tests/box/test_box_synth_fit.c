/* [aed_synth~]: weights learned from arrays. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "box/box_synth.h"
#include "box/fit.h"
#include "onesynth.h"
#include "plant/amed.h"

enum
{
    TARGET_N = 3000,
    LOSS_N = 100,
    PLOT_N = 700,
    INFO = 3
};

static double target[TARGET_N], other[TARGET_N], third[TARGET_N];

static const double two_pi = 6.283185307179586;

static void fill_sine(double *x, double hz)
{
    for (size_t i = 0; i < TARGET_N; i++)
        x[i] = 0.5 * sin(two_pi * hz * (double)i / host.sr_hz);
}

/* A small amed, and two sounds to learn. */
static int setup_amed(void **state)
{
    if (setup(state))
        return -1;
    fill_sine(target, 440.0);
    fill_sine(other, 700.0);
    fake_array(&host, "target", target, TARGET_N);
    fake_array(&host, "other", other, TARGET_N);
    fake_accept(synth, 0, "chain amed 8 2");
    return 0;
}

#define AMED_TEST(name) cmocka_unit_test_setup_teardown(name, setup_amed, teardown)

static const aed_rig *rig(void)
{
    return ((const aed_synth_box *)synth->box)->rig;
}

/* Parameters and weights of the audible voice, to keep. */
static double *full_now(void)
{
    const size_t bytes = rig()->chain.full_n * sizeof(double);

    return memcpy(malloc(bytes), rig()->full, bytes);
}

static int is_full(const double *full)
{
    return memcmp(full, rig()->full, rig()->chain.full_n * sizeof *full) == 0;
}

static const double *contour_of(size_t example)
{
    const double *end = rig()->full + rig()->chain.full_n;

    return end - AED_AMED_CONTOUR_N + example * AED_AMED_CONTOUR_ROW;
}

static void learn(const char *message)
{
    const size_t fitted = fake_seen(synth, INFO, "fitted");

    fake_accept(synth, 0, message);
    assert_true(fake_run_until_seen(synth, INFO, "fitted", fitted + 1, 1e5));
    fake_no_errors(&host);
}

/* ---- what is told ---- */

/* What left the synth, in order: its first letter, and the numbers of `fit`. */
typedef struct
{
    char order[64];
    size_t n;
    double told[16][3];
    size_t fits;
} story;

static void hear(
    void *context, fake_object *o, size_t outlet, const char *selector, const double *v, size_t n)
{
    story *s = context;

    if (s->n + 1 < sizeof s->order)
        s->order[s->n++] = strcmp(selector, "fitted") == 0 ? 'F' : selector[0];
    if (outlet == INFO && strcmp(selector, "fit") == 0 && s->fits < 16)
    {
        assert_int_equal(n, 3);
        memcpy(s->told[s->fits++], v, 3 * sizeof *v);
    }
}

static void each_pass_is_told(void **state)
{
    story s = {{0}, 0, {{0}}, 0};
    double *before = full_now();

    (void)state;
    fake_accept(synth, 0, "passes 4 1");
    host.tap = hear;
    host.context = &s;
    learn("fit target 69");
    host.tap = NULL;
    assert_string_equal(s.order, "fffffutF"); /* unbounded comes before theta */
    for (size_t i = 0; i < 5; i++)
    {
        assert_true(s.told[i][0] == (double)i + 1.0 && s.told[i][1] == 5.0);
        assert_true(isfinite(s.told[i][2]));
    }
    assert_true(s.told[3][2] < 0.5 * s.told[0][2]);
    assert_true(synth->sent[INFO].v[0] == s.told[4][2]); /* fitted loss */
    assert_int_equal(synth->sent[1].n, rig()->knobs.d);
    assert_false(is_full(before));
    free(before);
}

/* The numbers behind an array's name go where they belong: the target is in tune with key 69 only. */
static void the_key_is_taken(void **state)
{
    (void)state;
    fake_accept(synth, 0, "passes 1");
    for (size_t i = 0; i < 2; i++)
    {
        learn(i ? "fit target 69 5" : "fit target");
        const double *v = contour_of(i ? 5 : 0);
        double most = 0.0;

        for (size_t j = 0; j < AED_AMED_CONTOUR_ROW; j++)
            most = fmax(most, fabs(v[j]));
        assert_true(i ? most < 1e-3 : most > 0.1); /* from key 60 it is .75 octaves */
    }
}

/* What has been learned sounds; undo brings back what was, and once more what has been learned. */
static void heard_and_undone(void **state)
{
    double *before = full_now();
    const uint64_t untaught = window_now();

    (void)state;
    fake_accept(synth, 0, "passes 2");
    learn("fit target 69");
    double *after = full_now();
    const uint64_t taught = window_now();

    assert_true(taught != untaught);
    fake_accept(synth, 0, "undo");
    assert_true(is_full(before));
    assert_true(window_now() == untaught);
    fake_accept(synth, 0, "undo");
    assert_true(is_full(after));
    assert_true(window_now() == taught);
    free(before);
    free(after);
}

/* Without numbers each array is the next example, at key 60. */
static void a_kit(void **state)
{
    const double hz[] = {440.0, 700.0, 300.0};

    (void)state;
    fill_sine(third, 300.0);
    fake_array(&host, "third", third, TARGET_N);
    fake_accept(synth, 0, "passes 1");
    learn("fit target other third");
    for (size_t i = 0; i < AED_AMED_EXAMPLES; i++)
    {
        const double *v = contour_of(i), middle_ms = 500.0 * TARGET_N / host.sr_hz;
        double octaves = v[0];

        for (size_t j = 0; j < AED_AMED_ENVS; j++)
            octaves += v[1 + j] * exp(-middle_ms / aed_amed_tau_ms[j]);
        assert_true(fabs(octaves - (i < 3 ? log2(hz[i] / 261.6255653) : 0.0)) < 0.01);
    }
}

/* ---- what is drawn ---- */

static void drawn(void **state)
{
    double loss[LOSS_N], plot[PLOT_N], goal[TARGET_N + 10];
    story s = {{0}, 0, {{0}}, 0};

    (void)state;
    for (size_t i = 0; i < LOSS_N; i++)
        loss[i] = -1.0;
    memset(plot, 0, sizeof plot);
    memset(goal, 0, sizeof goal);
    fake_array(&host, "loss", loss, LOSS_N);
    fake_array(&host, "other", plot, PLOT_N);
    fake_array(&host, "goal", goal, TARGET_N + 10);
    fake_accept(synth, 0, "draw loss other goal");
    fake_accept(synth, 0, "passes 3");
    host.tap = hear;
    host.context = &s;
    learn("fit target 69");
    host.tap = NULL;
    for (size_t i = 0; i < LOSS_N; i++) /* 0 … 32, 33 … 65, 66 … 99 */
        assert_true((float)loss[i] == (float)s.told[i < 33 ? 0 : i < 66 ? 1 : 2][2]);
    assert_memory_equal(goal, target, sizeof target);
    assert_true(goal[TARGET_N] == 0.0);
    assert_true(loudness(plot, PLOT_N) > 0.1 && loudness(plot, PLOT_N) < 10.0);

    memset(plot, 0, sizeof plot);
    loss[0] = -1.0;
    fake_accept(synth, 0, "draw - other");
    learn("fit target 69");
    assert_true(loss[0] == -1.0 && loudness(plot, PLOT_N) > 0.0);
}

/* An array that is not there, or no longer, is not drawn into: learning goes on. More passes than points,
 * too. */
static void drawn_nowhere(void **state)
{
    double loss[2] = {-1.0, -1.0};

    (void)state;
    fake_array(&host, "loss", loss, 2);
    fake_accept(synth, 0, "draw nothing nowhere none");
    fake_accept(synth, 0, "passes 5");
    learn("fit target 69");
    fake_accept(synth, 0, "draw loss");
    learn("fit target 69");
    assert_true(loss[0] >= 0.0 && loss[1] >= 0.0);
}

/* ---- what ends it ---- */

/* In the middle of a long lesson. */
static void begin_long(void)
{
    const size_t fits = fake_seen(synth, INFO, "fit");

    fake_accept(synth, 0, "passes 100000");
    fake_accept(synth, 0, "fit target 69 0 other 69 1");
    assert_true(fake_run_until_seen(synth, INFO, "fit", fits + 2, 1e5));
}

static void assert_over(void)
{
    const size_t fits = fake_seen(synth, INFO, "fit"), fitted = fake_seen(synth, INFO, "fitted");

    fake_run(&host, 200.0);
    assert_int_equal(fake_seen(synth, INFO, "fit"), fits);
    assert_int_equal(fake_seen(synth, INFO, "fitted"), fitted);
}

static const char *const modes[] = {"sync", "deadline 20", "async"};

enum
{
    MODES = sizeof modes / sizeof *modes
};

/* In every mode, with the signal on and off; afterwards the synth learns as if nothing had been. */
static void ended_by_messages(void **state)
{
    const char *const ends[] = {
        "cancel", "chain amed 8 2", "law seed", "panic", "undo", "mode live free"};

    (void)state;
    for (size_t m = 0; m < MODES; m++)
        for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        {
            fake_thread(modes[m]);
            fake_dsp(&host, (int)(m + i) & 1);
            fake_accept(synth, 0, "mode offline");
            fake_accept(synth, 0, "chain amed 8 2");
            begin_long();
            fake_accept(synth, 0, ends[i]);
            assert_over();
            fake_no_errors(&host);
            fake_accept(synth, 0, "mode offline");
            fake_accept(synth, 0, "passes 1");
            learn("fit target 69");
        }
}

/* What has been learned by then stays. */
static void cancelled(void **state)
{
    (void)state;
    double *before = full_now();

    begin_long();
    double *learned = full_now();

    fake_accept(synth, 0, "cancel");
    assert_int_equal(fake_seen(synth, INFO, "cancelled"), 1);
    assert_over();
    assert_true(is_full(learned) && !is_full(before));
    free(before);
    free(learned);
}

/* Another sample rate is another rig. */
static void dsp_and_rate(void **state)
{
    (void)state;
    for (size_t m = 0; m < MODES; m++)
    {
        fake_thread(modes[m]);
        begin_long();
        for (int on = 1; on >= 0; on--)
        {
            fake_dsp(&host, on);
            fake_run(&host, 50.0);
        }
        host.sr_hz = m & 1 ? 44100.0 : 22050.0;
        fake_dsp(&host, 1);
        fake_run(&host, 100.0);
        fake_accept(synth, 0, "cancel");
        assert_over();
        fake_no_errors(&host);
    }
}

/* At any moment, with results under way or not. */
static void deleted(void **state)
{
    aed_error e;

    (void)state;
    for (size_t m = 0; m < MODES; m++)
        for (size_t blocks = 0; blocks < 6; blocks++)
        {
            fake_thread(modes[m]);
            fake_accept(synth, 0, "chain amed 8 2");
            begin_long();
            fake_accept(synth, 0, "fit other");
            fake_run(&host, (double)blocks * 64e3 / host.sr_hz);
            fake_delete(synth);
            fake_run(&host, 50.0);
            assert_true(fake_again(synth, &aed_class_synth, "amed 8 2", &e));
        }
    fake_no_errors(&host);
}

/* Only the new lesson tells, and its passes are its own. */
static void replaced(void **state)
{
    (void)state;
    for (size_t m = 0; m < MODES; m++)
    {
        fake_thread(modes[m]);
        begin_long();
        fake_accept(synth, 0, "passes 3");
        const size_t fits = fake_seen(synth, INFO, "fit");

        learn("fit other");
        assert_int_equal(fake_seen(synth, INFO, "fit"), fits + 3);
        assert_over();
    }
}

/* A patch that answers the first pass with another lesson. */
static void again(
    void *context, fake_object *o, size_t outlet, const char *selector, const double *v, size_t n)
{
    int *answered = context;

    if (outlet != INFO || strcmp(selector, "fit") != 0 || *answered)
        return;
    *answered = 1;
    fake_send(o, 0, "fit other");
}

static void replaced_from_within(void **state)
{
    int answered = 0;

    (void)state;
    fake_accept(synth, 0, "passes 3");
    host.tap = again;
    host.context = &answered;
    learn("fit target");
    host.tap = NULL;
    assert_int_equal(fake_seen(synth, INFO, "fit"), 1 + 3);
    assert_over();
}

static void deadlines_repeat(void **state)
{
    uint64_t hash[2];
    aed_error e;

    (void)state;
    fake_thread("deadline 20");
    for (size_t i = 0; i < 2; i++)
    {
        fake_delete(synth);
        assert_true(fake_again(synth, &aed_class_synth, "amed 8 2 -seed 5", &e));
        synth->sent[INFO].hash = synth->sent[1].hash = 0;
        fake_accept(synth, 0, "passes 5 2");
        learn("fit target 69 0 other 72 1");
        hash[i] = synth->sent[INFO].hash ^ (synth->sent[1].hash << 1);
    }
    assert_true(hash[0] == hash[1]);
}

/* ---- what is refused ---- */

static void refused(void **state)
{
    static double holed[TARGET_N];
    const size_t long_n = 60 * 44100 + 1;
    double *too_long = calloc(long_n, sizeof *too_long);
    char many[2048] = "fit";

    (void)state;
    holed[7] = NAN;
    fake_array(&host, "holed", holed, TARGET_N);
    fake_array(&host, "long", too_long, long_n);
    double *before = full_now();

    for (size_t i = 0; i < AED_FIT_SOUNDS + 1; i++)
        strcat(many, " target 60 0");
    fake_refuse(synth, 0, "fit nothing", "there is no array 'nothing'");
    fake_refuse(synth, 0, "fit target nothing", "there is no array 'nothing'");
    fake_refuse(synth, 0, "fit holed", "sample 7 of a sound is nan");
    fake_refuse(synth, 0, "fit long", "longer than 60 s");
    fake_refuse(synth, 0, "fit target 60 0 1", "third number");
    fake_refuse(synth, 0, "fit target 200", "key: got 200, allowed 0 … 127");
    fake_refuse(synth, 0, "fit target 60 8", "example: got 8, allowed 0 … 7");
    fake_refuse(synth, 0, many, "more than 64");
    fake_refuse(synth, 0, "passes -1", "allowed are 0 … 1000000");
    fake_refuse(synth, 0, "passes 1000001", "allowed are 0 … 1000000");
    fake_refuse(synth, 0, "passes 1 1000001", "allowed are 0 … 1000000");
    fake_refuse(synth, 0, "passes nan", "passes");
    assert_true(is_full(before));
    assert_over();
    free(before);
    fake_accept(synth, 0, "chain 2x amed 8 2");
    fake_refuse(synth, 0, "fit target", "not at 2x");
    fake_accept(synth, 0, "chain vco | vca");
    fake_refuse(synth, 0, "fit target", "no amed");
    free(too_long);
}

/* A message that is refused does not end what is under way. */
static void a_refusal_ends_nothing(void **state)
{
    (void)state;
    begin_long();
    fake_refuse(synth, 0, "fit nothing", "there is no array");
    assert_true(fake_run_until_seen(synth, INFO, "fit", fake_seen(synth, INFO, "fit") + 2, 1e5));
}

static void own_numbers(void **state)
{
    const struct
    {
        const char *chain;
        double passes;
    } laws[] = {{"chain amed 8 2", 200.0}, {"chain amed-seed 8", 500.0}};

    (void)state;
    for (size_t i = 0; i < 2; i++)
    {
        fake_accept(synth, 0, laws[i].chain);
        fake_accept(synth, 0, "passes 0");
        fake_accept(synth, 0, "fit target");
        const size_t fits = fake_seen(synth, INFO, "fit");

        assert_true(fake_run_until_seen(synth, INFO, "fit", fits + 1, 1e5));
        assert_true(synth->sent[INFO].v[1] == laws[i].passes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        AMED_TEST(each_pass_is_told),
        AMED_TEST(the_key_is_taken),
        AMED_TEST(heard_and_undone),
        AMED_TEST(a_kit),
        AMED_TEST(drawn),
        AMED_TEST(drawn_nowhere),
        AMED_TEST(ended_by_messages),
        AMED_TEST(cancelled),
        AMED_TEST(dsp_and_rate),
        AMED_TEST(deleted),
        AMED_TEST(replaced),
        AMED_TEST(replaced_from_within),
        AMED_TEST(deadlines_repeat),
        AMED_TEST(refused),
        AMED_TEST(a_refusal_ends_nothing),
        AMED_TEST(own_numbers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
