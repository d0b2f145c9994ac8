/* fuzz [messages [seed]]: random messages to a wired loop of the four objects, from the tables and
 * from outside them, with time, dsp, threads and deletions in between. Deterministic for a seed
 * (thread modes change as messages do; async jobs only change when results come, not what is sent).
 * Nothing may crash, the sound stays finite, and afterwards the synth plays. */
#define _GNU_SOURCE
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/rng.h"
#include "control/sched.h"
#include "control/train.h"
#include "fakehost.h"

enum
{
    MOST = 70000,
    TARGET_N = 3000
};

static size_t messages = 2000;
static unsigned long seed = 1;
static aed_rng rng;
static fake_loop loop;
static fake_object *namesake; /* of the loop's synth, at times */
static aed_atom *atoms;
static double target[TARGET_N], broken[100];

static const aed_class *const classes[] = {
    &aed_class_synth, &aed_class_features, &aed_class_train, &aed_class_sched};

static size_t pick(size_t n)
{
    return (size_t)(aed_rng_uniform(&rng) * (double)n);
}

static int once_in(size_t n)
{
    return pick(n) == 0;
}

/* ---- words and numbers ---- */

static const char *word(void)
{
    static const char *const words[] = {"", "zork", "target", "broken", "short", "live", "offline",
        "free", "note", "logmel", "stft", "dc", "wave", "flux", "mfcc", "magnitude", "loudness",
        "cap", "loss", "reward", "?", "centroid", "rolloff", "flatness", "robust", "seed-text",
        "seed-code", "adam", "sgd", "momentum", "theta", "walk", "grad", "off", "ladder.cutoff",
        "vco.level", "noise.level", "vco1.freq", "human", "aud", "%s%n%d", "nan", "inf", "pitch",
        "none", "played", "learned", "vco", "noise", "|", "ladder", "svf", "vca", "env", "classic",
        "vco.freq", "ladder.resonance", "env.attack", "ladder",
        "averyveryveryveryverylongwordthatnobodywouldevertypeintoanymessageatallindeed"};

    return words[pick(sizeof words / sizeof *words)];
}

static double number(void)
{
    static const double special[] = {0.0, -0.0, 1.0, -1.0, 0.5, 2.0, 60.0, 100.0, 127.0, 1e-30,
        1e30, -1e30, 1e308, -1e308, 4e-320, 65536.0, 16777216.0, 16777217.0, 2147483648.0, 1e19,
        NAN, INFINITY, -INFINITY};

    if (once_in(3))
        return special[pick(sizeof special / sizeof *special)];
    return once_in(2) ? aed_rng_uniform(&rng) : 200.0 * aed_rng_uniform(&rng) - 50.0;
}

static aed_atom sane_number(void)
{
    return (aed_atom){
        NULL, once_in(4) ? floor(20.0 * aed_rng_uniform(&rng)) : aed_rng_uniform(&rng)};
}

static aed_atom any_atom(void)
{
    return once_in(5) ? (aed_atom){word(), 0.0} : (aed_atom){NULL, number()};
}

/* ---- a message ---- */

static size_t row_arguments(const aed_method *m)
{
    const size_t theta_n = loop.synth->sent[1].n; /* as it told it last */
    const size_t lengths[] = {0, 1, 2, 3, 4, 8, theta_n, theta_n, theta_n + 1, 64, 512, 513};
    size_t n = 0;

    for (const char *a = m->args; *a; a++)
    {
        if (*a == '?' && once_in(2))
            break;
        if (*a == 'f' || *a == 'a')
            atoms[n++] = once_in(8) ? (aed_atom){NULL, number()} : sane_number();
        else if (*a == 's')
            atoms[n++] = (aed_atom){word(), 0.0};
        else if (*a == '+')
            for (size_t rest = pick(4); rest > 0; rest--)
                atoms[n++] = (aed_atom){word(), 0.0};
        else if (*a == '*')
            for (size_t rest = lengths[pick(sizeof lengths / sizeof *lengths)]; rest > 0; rest--)
                atoms[n++] = sane_number();
    }
    if (once_in(10) && n > 0)
        atoms[pick(n)] = any_atom();
    return n;
}

static size_t wild_arguments(void)
{
    const size_t n = once_in(100) ? pick(MOST) : pick(9);

    for (size_t i = 0; i < n; i++)
        atoms[i] = once_in(50) || n < 9 ? any_atom() : sane_number();
    return n;
}

static const aed_method *row_of(const aed_class *class)
{
    size_t n = 0;

    while (class->methods[n].selector)
        n++;
    return &class->methods[pick(n)];
}

static const char *setting_of(const aed_setting *table)
{
    size_t n = 0;

    while (table[n].name)
        n++;
    return table[pick(n)].name;
}

static const char *strange_selector(void)
{
    switch (pick(4))
    {
    case 0:
        return setting_of(aed_sched_settings);
    case 1:
        return setting_of(aed_train_table);
    case 2:
        return row_of(classes[pick(4)])->selector;
    default:
        return word();
    }
}

/* By both ways, where both are open. */
static void send_atoms(
    aed_box *box, size_t inlet, const char *selector, const aed_atom *v, size_t n)
{
    double *f = malloc((n + 1) * sizeof *f);
    int all = n >= 2 && once_in(2);

    for (size_t i = 0; i < n; i++)
    {
        f[i] = v[i].f;
        all = all && !v[i].s;
    }
    if (all)
        aed_box_numbers(box, inlet, selector, f, n);
    else
        aed_box_message(box, inlet, selector, v, n);
    free(f);
}

static void send_one(fake_object *o)
{
    const aed_class *class = o->box->class;
    const aed_method *m = row_of(class);
    size_t inlets = 1;

    while (inlets < AED_PORTS && class->inlets[inlets].doc)
        inlets++;
    if (once_in(4))
        send_atoms(o->box, pick(inlets), strange_selector(), atoms, wild_arguments());
    else
        send_atoms(
            o->box, m->inlet, m->selector, atoms, once_in(6) ? wild_arguments() : row_arguments(m));
}

/* ---- what else happens ---- */

/* Chains, players, and what else a table of rows alone would hardly hit. */
static void play_it(void)
{
    static const char *const words[] = {"chain vco noise | ladder | vca", "chain noise | vca",
        "chain vco vco | svf", "chain classic", "chain zork", "chain vco", "glide 100", "glide 0",
        "pitch played", "pitch learned", "signal pitch 12", "signal ladder.cutoff 0.5",
        "signal noise.level -3", "signal pitch 1e30", "signal none", "signal zork",
        "turn ladder.cutoff 0.3", "turn vco.freq 1", "undo", "panic", "reset", "note 72 100",
        "note 48 0", "learn", "solo ladder.cutoff vca", "freeze noise",
        "range ladder.cutoff 100 900", "score 60 100 0 5 72 90 3 9", "mode offline", "mode live",
        "render"};

    fake_send(loop.synth, 0, words[pick(sizeof words / sizeof *words)]);
}

/* Silence, a movement, or what no signal should be. */
static void feed(void *context, double *y, size_t n)
{
    static const double wild[] = {0.0, 1.0, -1.0, 1e3, 1e30, -1e300, NAN, INFINITY, 1e-310};
    static size_t at;

    (void)context;
    at += n;
    for (size_t i = 0; i < n; i++)
        y[i] = at % 9000 < 3000 ? 0.0 : sin(0.001 * (double)(at + i));
    if (at % 7000 < 64)
        y[at % n] = wild[at / 7000 % (sizeof wild / sizeof *wild)];
}

static void keep_alive(void)
{
    static const char *const words[] = {"start", "start 3", "probe 1 3 1", "probe 0", "policy 0",
        "policy 1", "stop", "step", "undo", "best", "clamp 0 1"};

    if (loop.train->box)
        fake_send(loop.train, 0, words[pick(sizeof words / sizeof *words)]);
    if (loop.features->box && once_in(3))
        fake_send(loop.features, 0, "target target");
    if (loop.synth->box)
        fake_send(loop.synth, 0, once_in(2) ? "note 60 100" : "mode live free");
}

static void again(fake_object *o)
{
    static const char *const arguments[] = {"-window 512 -name a -channels 2",
        "vco | vca -window 64 -name a", "64 128 -window 512 -hop 16",
        "64 -hop 32 -mels 5 -window 300", "", "robust", "seed-code", "sgd", "zork", "1 2 3"};
    const aed_class *class = o->box->class;
    aed_error e;

    fake_delete(o);
    if (o == loop.synth && once_in(2))
        loop.features->hears = NULL;
    if (o == loop.synth)
        loop.features->hears = o;
    for (size_t k = class == &aed_class_synth      ? pick(2)
                    : class == &aed_class_features ? 2
                    : class == &aed_class_sched    ? 4
                                                   : 6;
         ; k = pick(10))
        if (fake_again(o, class, arguments[k], &e))
            return;
}

static void threads(void)
{
    static const char *const modes[] = {"async", "deadline 3", "deadline 40", "sync"};

    fake_thread(modes[pick(4)]);
}

static void all_is_finite(void)
{
    for (size_t i = 0; i < FAKE_BLOCK; i++)
        if (!(fabs(loop.synth->signal[i]) <= 1.0))
            fail_msg("the synth plays %g", loop.synth->signal[i]);
}

static void event(void)
{
    const size_t what = pick(100);

    if (what < 58)
        send_one(&loop.host.objects[pick(loop.host.n)]);
    else if (what < 66 && loop.synth->box)
        play_it();
    else if (what < 80)
        fake_run(&loop.host, aed_rng_uniform(&rng) * (once_in(10) ? 60.0 : 4.0));
    else if (what < 95)
        keep_alive();
    else if (what < 97)
        fake_dsp(&loop.host, once_in(3) ? 0 : 1);
    else if (what < 98)
    {
        loop.host.sr_hz = once_in(2) ? 44100.0 : 48000.0;
        fake_dsp(&loop.host, loop.host.dsp_on);
    }
    else if (what < 99)
        threads();
    else
        again(&loop.host.objects[pick(loop.host.n)]);
    all_is_finite();
}

/* Whatever was done to it: silence, the middle of everything, one note. */
static void it_still_plays(void)
{
    static double sound[4410];

    fake_thread("sync");
    fake_delete(namesake);
    loop.host.feed = NULL;
    fake_send(loop.train, 0, "stop");
    fake_send(loop.synth, 0, "mode offline");
    fake_dsp(&loop.host, 0);
    fake_send(loop.synth, 0, "chain classic");
    fake_run(&loop.host, 200.0);
    fake_dsp(&loop.host, 1);
    loop.synth->errors = 0;
    fake_accept(loop.synth, 0, "ask");
    double *half = malloc((loop.synth->sent[1].n + 1) * sizeof *half);
    const size_t d = loop.synth->sent[1].n;
    for (size_t k = 0; k < d; k++)
        half[k] = 0.5;
    fake_accept(loop.synth, 0, "reset");
    fake_accept(loop.synth, 0, "ramp 0");
    fake_send_numbers(loop.synth, 0, NULL, half, d);
    free(half);
    fake_accept(loop.synth, 0, "note 60 100");
    loop.host.recorded = loop.synth;
    loop.host.record = sound;
    loop.host.record_n = 4410;
    loop.host.record_at = 0;
    fake_run(&loop.host, 150.0);
    double loud = 0.0;
    for (size_t i = 0; i < 4410; i++)
        loud = fmax(loud, isfinite(sound[i]) ? fabs(sound[i]) : 1e300);
    assert_true(loud > 1e-4 && loud < 100.0);
}

static void random_messages(void **state)
{
    size_t errors = 0;
    aed_error e;

    (void)state;
    rng = (aed_rng){seed, 0};
    atoms = calloc(MOST + 64, sizeof *atoms);
    for (size_t i = 0; i < TARGET_N; i++)
        target[i] = 0.3 * sin(0.05 * (double)i);
    broken[7] = NAN;
    fake_loop_open(&loop, "-window 512", "64 128 -hop 32 -mels 10 -window 512", 1);
    namesake = fake_new(&loop.host, &aed_class_synth, "-window 512 -name a", &e);
    assert_non_null(namesake);
    loop.host.feed = feed;
    fake_array(&loop.host, "target", target, TARGET_N);
    fake_array(&loop.host, "broken", broken, 100);
    fake_array(&loop.host, "short", target, 1);
    for (size_t i = 0; i < messages; i++)
        event();
    it_still_plays();
    for (size_t i = 0; i < loop.host.n; i++)
        errors += loop.host.objects[i].errors;
    printf("fuzz: %zu messages, seed %lu: %zu errors were told, %zu windows, %zu steps\n", messages,
        seed, errors, loop.synth->sent[2].count, fake_seen(loop.train, 1, "step"));
    fake_loop_close(&loop);
    free(atoms);
}

/* Presets are written too: into a folder of their own, which goes with them. */
static char folder[] = "/tmp/aed-fuzz-XXXXXX";

static int into_folder(void **state)
{
    (void)state;
    return !mkdtemp(folder) || chdir(folder);
}

static int remove_folder(void **state)
{
    DIR *d = opendir(".");

    (void)state;
    for (struct dirent *f = d ? readdir(d) : NULL; f; f = readdir(d))
        (void)unlink(f->d_name);
    if (d)
        closedir(d);
    return chdir("/") || rmdir(folder);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(random_messages)};

    if (argc > 1)
        messages = strtoul(argv[1], NULL, 10);
    if (argc > 2)
        seed = strtoul(argv[2], NULL, 10);
    return cmocka_run_group_tests_name("fuzz", tests, into_folder, remove_folder);
}
