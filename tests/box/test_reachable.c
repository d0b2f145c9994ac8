/* Whatever can be set by a patch sounds: random chains of all modules with random parameters, their
 * ends included, that jump; notes from 0 to 127, a signal, all rates, blocks of 1, 64 and 2048. No
 * sample is NaN or infinite, no voice has to be reset, and what leaves [aed_synth~] is at most 1.
 * AED_SETS sets of parameters (1000), and windows of 32,767 samples backwards, a fortieth as many. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "box/box_synth.h"
#include "fakehost.h"
#include "plant.h"
#include "plant/amed.h"
#include "plant/voice_private.h"
#include "presets.h"

enum
{
    FULL_MOST = AED_KNOBS_MOST + 4096,
    SETS = 1000,
    SETS_A_CHAIN = 10,
    SET_N = 2048, /* samples with one set of parameters, at the least */
    LONG_N = 32767,
    WINDOWS_EVERY = 40 /* sets */
};

static const double rates[] = {44100.0, 48000.0, 96000.0};
static const size_t blocks[] = {1, 64, 2048};

static size_t sets(void)
{
    const char *wanted = getenv("AED_SETS");

    return wanted ? strtoul(wanted, NULL, 10) : SETS;
}

/* The k-th chain has the k-th module in any case. */
static void random_chain(char words[AED_WORDS_N], size_t k)
{
    size_t modules = 0;

    while (aed_modules[modules] && aed_modules[modules] != &aed_amed_seed)
        modules++; /* the last one is the seed's law, which runs away, and its gradients with it */
    const aed_module *sure = aed_modules[k % modules];

    words[0] = '\0';
    if (below(3) == 0)
        strcat(words, below(2) ? "2x" : "4x");
    random_words(
        words, sure->role == AED_CONTROL ? 0 : below(2), below(4) + (sure->role != AED_SOURCE), 0);
    if (sure->role != AED_EFFECT)
        strcat(strcat(words, " "), sure->name);
    else
        strcat(strcat(words, " | "), sure->name);
    random_words(words, 0, 0, below(5));
}

/* theta: anywhere, and one in three at an end; weights up to some times where they begin. */
static void random_theta(double *theta, const aed_chain *chain)
{
    for (size_t i = 0; i < chain->d; i++)
        theta[i] = below(3) ? test_uniform(0.0, 1.0) : (double)below(2);
    assert_true(chain->full_n <= FULL_MOST);
    test_fill(theta + chain->d, chain->weights_n, -2.0, 2.0);
}

static void random_feed(double *feed, size_t n)
{
    const double step = test_uniform(0.0, 1.0);

    for (size_t i = 0; i < n; i++)
        feed[i] = below(2) ? sin(step * (double)i) : test_uniform(-1.0, 1.0);
}

static double random_pitch(void)
{
    static const double ends[] = {0.0, 127.0};

    return below(3) ? test_uniform(0.0, 127.0) : ends[below(2)];
}

/* ---- the naked voice ---- */

typedef struct
{
    size_t sets, resets, infinite;
    double largest;
    char where[AED_WORDS_N];
} tally;

static void hear(tally *t, const double *x, size_t n, const char *words)
{
    for (size_t i = 0; i < n; i++)
    {
        t->infinite += !isfinite(x[i]);
        if (fabs(x[i]) > t->largest)
        {
            t->largest = fabs(x[i]);
            memcpy(t->where, words, AED_WORDS_N);
        }
    }
}

static void play_set(tally *t, aed_voice *v, const char *words, size_t block_n)
{
    static double y[SET_N], side[SET_N], feed[SET_N];
    const size_t d = aed_voice_chain(v)->d;
    double theta[FULL_MOST];

    random_theta(theta, aed_voice_chain(v));
    random_feed(feed, SET_N);
    aed_voice_route(v, (int)below(d + 1) - 1, test_uniform(-24.0, 24.0));
    aed_voice_theta(v, theta, below(2) ? 0 : below(SET_N));
    aed_voice_glide(v, below(2) ? 0 : below(SET_N));
    for (size_t at = 0; at < SET_N; at += block_n)
    {
        const aed_io io = {.feed = below(4) ? NULL : feed, .y = y, .side = side};

        if (at % 512 == 0 && below(2))
            aed_voice_note(v, random_pitch(), below(3) ? 127.0 : (double)below(128));
        t->resets += aed_voice_play(v, &io, NULL, block_n) != AED_OK;
        hear(t, y, block_n, words);
        for (size_t i = 0; i < block_n; i++)
            t->infinite += !isfinite(side[i]);
    }
    t->sets++;
}

static void a_voice_stays_finite(void **state)
{
    tally t = {0};

    (void)state;
    for (size_t k = 0; t.sets < sets(); k++)
    {
        char words[AED_WORDS_N];

        random_chain(words, k);
        aed_voice *v = voice_of(words, rates[k % 3]);
        for (size_t i = 0; i < SETS_A_CHAIN; i++)
            play_set(&t, v, words, blocks[(k / 3 + i) % 3]);
        aed_voice_free(v);
    }
    printf("reach voice: %zu sets, %zu resets, %zu samples not finite, largest |x| %.2f of '%s'\n",
        t.sets, t.resets, t.infinite, t.largest, t.where);
    assert_int_equal(t.resets + t.infinite, 0);
}

/* ---- what leaves the synth ---- */

static void perform_set(tally *t, fake_object *o, const char *words, size_t block_n)
{
    static double feed[SET_N], left[SET_N], right[SET_N];
    aed_synth_box *x = (aed_synth_box *)o->box;
    double theta[FULL_MOST], *in[] = {feed}, *out[] = {left, right};

    random_theta(theta, &x->rig->chain);
    x->ramp_ms = below(2) ? 0.0 : test_uniform(0.0, 50.0);
    aed_synth_go(x, theta);
    for (size_t at = 0; at < SET_N; at += block_n)
    {
        const double note[] = {floor(random_pitch()), below(3) ? 127.0 : (double)below(128)};

        memset(feed, 0, block_n * sizeof *feed);
        if (below(4) == 0)
            random_feed(feed, block_n);
        if (at % 512 == 0 && below(2))
            fake_send_numbers(o, 0, "note", note, 2);
        x->box.class->perform(&x->box, in, out, block_n);
        hear(t, left, block_n, words);
        hear(t, right, block_n, words);
    }
    t->sets++;
}

static void no_sample_leaves_above_one(void **state)
{
    tally t = {0};
    size_t errors = 0;

    (void)state;
    fake_thread("sync");
    for (size_t k = 0; t.sets < sets(); k++)
    {
        char words[AED_WORDS_N], arguments[AED_WORDS_N + 64];
        fake_host host;
        aed_error e;

        random_chain(words, k);
        fake_open(&host);
        host.sr_hz = rates[k % 3];
        snprintf(arguments, sizeof arguments, "%s -window 1024 -channels 2", words);
        fake_object *o = fake_new(&host, &aed_class_synth, arguments, &e);
        assert_non_null(o);
        fake_dsp(&host, 1);
        for (size_t i = 0; i < SETS_A_CHAIN; i++)
            perform_set(&t, o, words, blocks[(k / 3 + i) % 3]);
        fake_run(&host, 10.0); /* its clocks tell what went wrong */
        errors += o->errors;
        fake_close(&host);
    }
    fake_thread("async");
    printf("reach synth: %zu sets, %zu resets, %zu samples not finite, largest |x| %.4f\n", t.sets,
        errors, t.infinite, t.largest);
    assert_int_equal(errors + t.infinite, 0);
    assert_true(t.largest <= 1.0);
}

/* ---- long windows, backwards ---- */

typedef struct
{
    double largest; /* |dL/dtheta| */
    size_t bytes;   /* of a tape, at most */
} long_window;

static void go_back(long_window *w, const char *words, double sr_hz)
{
    static double y[LONG_N], dx[LONG_N];
    double theta[FULL_MOST], dtheta[FULL_MOST] = {0};
    aed_score score = {.n = 4};
    aed_error e;
    aed_voice *v = voice_of(words, sr_hz);
    aed_tape *tape = aed_tape_new(v, LONG_N, &e);

    assert_non_null(tape);
    for (size_t i = 0; i < score.n; i++)
        score.events[i] = (aed_event){i * 7000, random_pitch(), i % 2 ? 0.0 : 100.0};
    random_theta(theta, aed_voice_chain(v));
    test_fill(dx, LONG_N, -1.0, 1.0);
    assert_int_equal(aed_voice_render(v, y, tape, theta, &score, LONG_N), AED_OK);
    const aed_status status = aed_voice_backward(v, dtheta, tape, dx);

    if (status)
        fail_msg("'%s': no gradient (%s)", words, aed_status_text(status));
    w->largest = fmax(w->largest, gradient_largest(dtheta, aed_voice_chain(v)->full_n));
    w->bytes = tape->arena.size > w->bytes ? tape->arena.size : w->bytes;
    aed_tape_free(tape);
    aed_voice_free(v);
}

static void long_windows_have_gradients(void **state)
{
    const size_t windows = sets() / WINDOWS_EVERY;
    long_window w = {0};

    (void)state;
    for (size_t k = 0; k < windows; k++)
    {
        char words[AED_WORDS_N];

        random_chain(words, k);
        go_back(&w, words, rates[k % 3]);
    }
    printf(
        "reach backward: %zu windows of %d samples, all finite, largest |dL/dtheta| %.3g, tapes up "
        "to %.1f MB\n",
        windows, LONG_N, w.largest, (double)w.bytes * 1e-6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_voice_stays_finite),
        cmocka_unit_test(no_sample_leaves_above_one),
        cmocka_unit_test(long_windows_have_gradients),
    };
    return cmocka_run_group_tests_name("reachable", tests, NULL, NULL);
}
