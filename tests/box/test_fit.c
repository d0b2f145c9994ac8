/* fit.h: an amed learns sounds sample by sample. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "box/fit.h"
#include "plant.h"
#include "plant/amed.h"

enum
{
    N = 4096,
    FULL_MOST = 4096
};

static const double sr_hz = 8000.0;
static const double two_pi = 6.283185307179586;

/* A chain where a new voice begins, and one lesson in it. */
typedef struct
{
    aed_chain chain;
    double full[FULL_MOST];
    aed_fit *fit;
} lesson;

static void open_chain(lesson *l, const char *words, unsigned long seed)
{
    *l = (lesson){.chain = chain_of(words)};
    assert_true(l->chain.full_n <= FULL_MOST);
    aed_chain_start(l->full, &l->chain);
    aed_chain_scramble(l->full, &l->chain, seed);
}

/* The oscillator's frequency at key 60. */
static void tune_to(lesson *l, double hz)
{
    const int freq = aed_chain_find(&l->chain, "amed.freq");

    assert_true(freq >= 0);
    l->full[freq] = aed_param_theta(aed_chain_param(&l->chain, (size_t)freq), hz);
}

static void begin(lesson *l, const aed_fit_sound *sounds, size_t n, size_t passes, size_t noise)
{
    const aed_fit_settings set = {.passes = passes, .noise_passes = noise, .seed = 3};
    aed_error e = {AED_OK, ""};

    l->fit = aed_fit_new(&l->chain, 0, l->full, sr_hz, sounds, n, &set, &e);
    if (!l->fit)
        fail_msg("%s", e.msg);
}

/* One pass; its loss. */
static double pass(lesson *l)
{
    double loss = NAN;

    assert_int_equal(aed_fit_advance(l->fit, SIZE_MAX, &loss), 1);
    return loss;
}

static double learn(lesson *l, const aed_fit_sound *sounds, size_t n, size_t passes)
{
    double loss = NAN;

    begin(l, sounds, n, passes, 0);
    for (size_t i = 0; i < passes; i++)
        loss = pass(l);
    return loss;
}

static void fill_sine(double *x, double hz, double level)
{
    for (size_t i = 0; i < N; i++)
        x[i] = level * sin(two_pi * hz * (double)i / sr_hz);
}

static double power(const double *x, size_t n)
{
    double sum = 0.0;

    for (size_t i = 0; i < n; i++)
        sum += x[i] * x[i];
    return sum / (double)n;
}

/* Mean square of what is missing when sound i is played. */
static double missing(lesson *l, const double *x, size_t i)
{
    double y[N];

    aed_fit_play(l->fit, y, i, N, 17);
    for (size_t t = 0; t < N; t++)
        y[t] -= x[t];
    return power(y, N);
}

/* ---- what is learned ---- */

static void a_sine_from_any_seed(void **state)
{
    double x[N];
    lesson l;

    (void)state;
    fill_sine(x, 440.0, 1.0);
    for (unsigned long seed = 1; seed <= 2; seed++)
    {
        const aed_fit_sound s = {x, N, 60.0, 0.0};

        open_chain(&l, "amed 16 4", seed);
        tune_to(&l, 440.0);
        assert_true(learn(&l, &s, 1, 20) < 0.01); /* silence: .5 */
        assert_true(missing(&l, x, 0) < 0.01);
        aed_fit_free(l.fit);
    }
}

static void a_square(void **state)
{
    double x[N];
    lesson l;

    (void)state;
    for (size_t i = 0; i < N; i++)
        x[i] = fmod(200.0 * ((double)i + 0.5) / sr_hz, 1.0) < 0.5 ? 1.0 : -1.0;
    open_chain(&l, "amed 16 8", 1);
    tune_to(&l, 200.0);
    const aed_fit_sound s = {x, N, 60.0, 0.0};

    assert_true(learn(&l, &s, 1, 20) < 0.15); /* silence: 1 */
    aed_fit_free(l.fit);
}

/* One instrument at two pitches, two levels: the key tells them apart. */
static void two_keys(void **state)
{
    double low[N], high[N];
    lesson l;

    (void)state;
    fill_sine(low, 220.0, 1.0);
    fill_sine(high, 440.0, 0.5);
    open_chain(&l, "amed 16 4", 1);
    tune_to(&l, 220.0);
    const aed_fit_sound s[] = {{low, N, 60.0, 0.0}, {high, N, 72.0, 0.0}};

    learn(&l, s, 2, 30);
    assert_true(missing(&l, low, 0) < 0.02);
    assert_true(missing(&l, high, 1) < 0.02);
    aed_fit_free(l.fit);
}

/* Two examples at one key. */
static void two_examples(void **state)
{
    double one[N], two[N];
    lesson l;

    (void)state;
    fill_sine(one, 220.0, 1.0);
    fill_sine(two, 440.0, 0.5);
    open_chain(&l, "amed 16 4", 1);
    tune_to(&l, 220.0);
    const aed_fit_sound s[] = {{one, N, 60.0, 0.0}, {two, N, 60.0, 1.0}};

    learn(&l, s, 2, 30);
    assert_true(missing(&l, one, 0) < 0.02);
    assert_true(missing(&l, two, 1) < 0.02);
    aed_fit_free(l.fit);
}

/* How loud noise is played once it has been learned, relative to how loud it was. color: of the noise,
 * how much of a sample stays for the next one. */
static double noise_relearned(double color, double level)
{
    enum
    {
        PASSES = 40
    };
    double x[N], y[N], last = 0.0;
    lesson l;

    aed_rng_normals(x, 5, 0, N);
    for (size_t i = 0; i < N; i++)
        last = x[i] = 0.2 * sqrt(1.0 - color * color) * x[i] + color * last;
    open_chain(&l, "amed 16 4", 1);
    l.full[aed_chain_find(&l.chain, "amed.level")] = level;
    const aed_fit_sound s = {x, N, 60.0, 0.0};

    begin(&l, &s, 1, PASSES, PASSES);
    for (size_t i = 0; i < PASSES; i++)
        pass(&l);
    aed_fit_play(l.fit, y, 0, N, 17);
    assert_true(power(y, N) < 0.25 * power(x, N)); /* the wave's error has silenced it */
    for (size_t i = 0; i < PASSES; i++)
        pass(&l);
    aed_fit_play(l.fit, y, 0, N, 17);
    aed_fit_free(l.fit);
    return sqrt(power(y, N) / power(x, N));
}

/* The oscillator's own noise keeps half of a sample. White noise has no such memory: its likelihood is
 * greatest when it is played sqrt((1 + .25) / (1 - .25)) = 1.29 times as loud. */
static void noise_as_noise(void **state)
{
    const double wanted[] = {1.0, 1.29, 1.0};
    const double got[] = {
        noise_relearned(0.5, 1.0), noise_relearned(0.0, 1.0), noise_relearned(0.5, 0.4)};

    (void)state;
    for (size_t i = 0; i < 3; i++)
        if (!(fabs(got[i] / wanted[i] - 1.0) < 0.1))
            fail_msg("noise %zu is %g times as loud, not %g", i, got[i], wanted[i]);
}

/* ---- slices ---- */

static void assert_weights_equal(const lesson *a, const lesson *b)
{
    size_t n, m;
    const double *v = aed_fit_weights(a->fit, &n), *w = aed_fit_weights(b->fit, &m);

    assert_int_equal(n, a->chain.weights_n);
    assert_int_equal(m, n);
    assert_memory_equal(v, w, n * sizeof *v);
}

/* However a pass is cut, the bits are those of a whole one, wave and noise. */
static void slices_change_nothing(void **state)
{
    static const size_t slices[] = {1, 300, 1000, 5000};
    double x[N], y[N];

    (void)state;
    fill_sine(x, 440.0, 0.5);
    fill_sine(y, 300.0, 0.5);
    const aed_fit_sound s[] = {{x, N, 60.0, 0.0}, {y, 3000, 64.0, 1.0}};

    for (size_t i = 0; i < sizeof slices / sizeof *slices; i++)
    {
        lesson whole, cut;

        open_chain(&whole, "amed 8 2", 1);
        open_chain(&cut, "amed 8 2", 1);
        begin(&whole, s, 2, 2, 1);
        begin(&cut, s, 2, 2, 1);
        for (size_t k = 0; k < 3; k++)
        {
            const double of_whole = pass(&whole);
            double loss = NAN;
            size_t calls = 1;

            for (; !aed_fit_advance(cut.fit, slices[i], &loss); calls++)
                assert_true(calls < 2 * N);
            assert_true(loss == of_whole);
            assert_true(calls > 1);
        }
        assert_weights_equal(&whole, &cut);
        aed_fit_free(whole.fit);
        aed_fit_free(cut.fit);
    }
}

/* ---- gradients ---- */

/* Of the only window of a pass, before its step. */
static double loss_at(const lesson *l, const aed_fit_sound *s)
{
    lesson other = *l;

    begin(&other, s, 1, 1, 0);
    const double loss = pass(&other);
    aed_fit_free(other.fit);
    return loss;
}

/* Adam's first step moves every weight that is heard by the rate, against its gradient: compared with
 * the loss itself, every stride-th weight. */
static void steps_go_down(const char *words, size_t n, size_t stride)
{
    double x[N];
    size_t weights_n, checked = 0;
    lesson l;

    fill_sine(x, 440.0, 0.5);
    const aed_fit_sound s = {x, n, 60.0, 0.0}; /* one window: one step */

    open_chain(&l, words, 1);
    begin(&l, &s, 1, 1, 0);
    pass(&l);
    const double *w = aed_fit_weights(l.fit, &weights_n);
    double *before = l.full + l.chain.d;

    if (l.chain.modules[0] == &aed_amed)
        weights_n -= AED_AMED_CONTOUR_N; /* which stand */
    for (size_t i = 0; i < weights_n; i += stride)
    {
        const double step = w[i] - before[i], h = 1e-5, kept = before[i];

        before[i] = kept + h;
        const double up = loss_at(&l, &s);
        before[i] = kept - h;
        const double down = loss_at(&l, &s);
        before[i] = kept;
        const double slope = (up - down) / (2.0 * h);

        if (fabs(slope) < 1e-5) /* nothing hears it: an unused example */
            continue;
        if (!(step * slope < 0.0 && fabs(step) > 0.9e-3))
            fail_msg("%s: weight %zu: slope %g, step %g", words, i, slope, step);
        checked++;
    }
    assert_true(checked > 10);
    aed_fit_free(l.fit);
}

static void every_step_goes_down(void **state)
{
    (void)state;
    steps_go_down("amed 8 2", AED_AMED_HORIZON, 7);
    steps_go_down("amed-seed 16", 100, 1);
}

/* Contours are measured, not learned. */
static void the_contour_stands(void **state)
{
    double x[N];
    size_t n;
    lesson l;

    (void)state;
    fill_sine(x, 450.0, 0.5);
    const aed_fit_sound s = {x, N, 60.0, 0.0};

    open_chain(&l, "amed 8 2", 1);
    learn(&l, &s, 1, 2);
    const double *w = aed_fit_weights(l.fit, &n);
    const size_t net = n - AED_AMED_CONTOUR_N;

    for (size_t i = net; i < n; i++)
        assert_true(w[i] == 0.0);
    assert_true(memcmp(w, l.full + l.chain.d, net * sizeof *w) != 0);
    aed_fit_free(l.fit);
}

/* ---- the seed's law ---- */

/* It need not learn, but it goes on: weights stay finite, the loss is told. */
static void the_seeds_law(void **state)
{
    double x[N], y[N];
    size_t n;
    lesson l;

    (void)state;
    fill_sine(x, 440.0, 1.0);
    const aed_fit_sound s = {x, N, 60.0, 0.0};
    aed_error e;

    open_chain(&l, "amed-seed 32", 1);
    begin(&l, &s, 1, 20, 0);
    assert_int_equal(aed_fit_tune(l.fit, &e), AED_OK);
    const double first = pass(&l);
    double loss = first;

    for (size_t i = 1; i < 20; i++)
    {
        loss = pass(&l);
        assert_true(isfinite(loss));
    }
    assert_true(loss < first);
    const double *w = aed_fit_weights(l.fit, &n);

    assert_int_equal(n, 3 * 3 * 32 + 3);
    for (size_t i = 0; i < n; i++)
        assert_true(isfinite(w[i]));
    aed_fit_play(l.fit, y, 0, N, 17);
    for (size_t i = 0; i < N; i++)
        assert_true(isfinite(y[i]));
    aed_fit_free(l.fit);
}

/* ---- errors ---- */

typedef struct
{
    const char *chain;
    size_t module, n_sounds;
    aed_fit_sound sound;
    aed_fit_settings set;
    aed_status status;
    const char *says;
} wrong;

static void refuses(const wrong *w)
{
    aed_fit_sound sounds[AED_FIT_SOUNDS + 1];
    aed_error e = {AED_OK, ""};
    lesson l;

    for (size_t i = 0; i < AED_FIT_SOUNDS + 1; i++)
        sounds[i] = w->sound;
    open_chain(&l, w->chain, 1);
    assert_null(aed_fit_new(&l.chain, w->module, l.full, sr_hz, sounds, w->n_sounds, &w->set, &e));
    if (e.code != w->status || !strstr(e.msg, w->says))
        fail_msg("said '%s', not '%s'", e.msg, w->says);
}

static void errors(void **state)
{
    static double x[N], holed[N];
    const aed_fit_settings ok = {.passes = 1}, none = {.passes = 0}, many = {.passes = 1000001},
                           noise = {.passes = 1, .noise_passes = 1000001},
                           fast = {.passes = 1, .rate = 2.0};
    const wrong all[] = {
        {"vco", 0, 1, {x, N, 60.0, 0.0}, ok, AED_E_ARG, "no amed"},
        {"amed 8 2 | vca", 7, 1, {x, N, 60.0, 0.0}, ok, AED_E_ARG, "no amed"},
        {"amed 8 2", 0, 0, {x, N, 60.0, 0.0}, ok, AED_E_ARG, "0 sounds, allowed 1 … 64"},
        {"amed 8 2", 0, 65, {x, N, 60.0, 0.0}, ok, AED_E_ARG, "65 sounds, allowed 1 … 64"},
        {"amed 8 2", 0, 1, {x, 255, 60.0, 0.0}, ok, AED_E_ARG,
            "255 samples, expected at least 256"},
        {"amed-seed 8", 0, 1, {x, 0, 60.0, 0.0}, ok, AED_E_ARG, "0 samples, expected at least 1"},
        {"amed 8 2", 0, 1, {x, N, 128.0, 0.0}, ok, AED_E_ARG, "key: got 128, allowed 0 … 127"},
        {"amed 8 2", 0, 1, {x, N, NAN, 0.0}, ok, AED_E_ARG, "key: got nan"},
        {"amed 8 2", 0, 1, {x, N, 60.0, 8.0}, ok, AED_E_ARG, "example: got 8, allowed 0 … 7"},
        {"amed 8 2", 0, 1, {x, N, 60.0, -1.0}, ok, AED_E_ARG, "example: got -1"},
        {"amed 8 2", 0, 1, {holed, N, 60.0, 0.0}, ok, AED_E_NONFINITE,
            "sample 1000 of a sound is nan"},
        {"amed 8 2", 0, 1, {x, N, 60.0, 0.0}, none, AED_E_ARG, "0 passes"},
        {"amed 8 2", 0, 1, {x, N, 60.0, 0.0}, many, AED_E_ARG, "1000001 passes"},
        {"amed 8 2", 0, 1, {x, N, 60.0, 0.0}, noise, AED_E_ARG, "1000001"},
        {"amed 8 2", 0, 1, {x, N, 60.0, 0.0}, fast, AED_E_ARG, "rate 2"},
    };

    (void)state;
    holed[1000] = NAN;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        refuses(&all[i]);
    aed_fit_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sine_from_any_seed),
        cmocka_unit_test(a_square),
        cmocka_unit_test(two_keys),
        cmocka_unit_test(two_examples),
        cmocka_unit_test(noise_as_noise),
        cmocka_unit_test(slices_change_nothing),
        cmocka_unit_test(every_step_goes_down),
        cmocka_unit_test(the_contour_stands),
        cmocka_unit_test(the_seeds_law),
        cmocka_unit_test(errors),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
