/* Named plants: rows that fit their chains, sounds that are heard and end, and plants that learn. */
#include <stdlib.h>
#include <string.h>

#include "control/optim.h"
#include "ear/ear.h"
#include "plant.h"

static const double sr_hz = 44100.0;

enum
{
    WINDOW_N = 16384, /* [aed_synth~]'s, when nobody says otherwise */
    LESSON_N = 8192,
    LESSONS = 24,
    LOUD_N = 17640 /* 400 ms */
};

/* ---- the table ---- */

static int is_word_of_a_chain(const char *name)
{
    for (size_t i = 0; aed_modules[i]; i++)
        if (strcmp(aed_modules[i]->name, name) == 0)
            return 1;
    return strcmp(name, "2x") == 0 || strcmp(name, "4x") == 0;
}

static void names_are_one_word_and_not_a_modules(void **state)
{
    size_t n = 0;

    (void)state;
    for (const aed_plant *p = aed_plants; p->name; p++, n++)
    {
        assert_ptr_equal(aed_plant_named(p->name), p);
        assert_false(is_word_of_a_chain(p->name));
        assert_int_equal(strcspn(p->name, " |-"), strlen(p->name));
        assert_true(p->doc[0]);
    }
    assert_string_equal(aed_plants[0].name, "classic");
    assert_true(n >= 6);
    assert_null(aed_plant_named("zork"));
}

static void assert_setting(const aed_plant *p, const aed_plant_setting *s, const aed_chain *chain)
{
    const int i = aed_chain_find(chain, s->param);

    if (i < 0)
        fail_msg("%s: no parameter %s", p->name, s->param);
    const aed_param *row = aed_chain_param(chain, (size_t)i);
    const double lo = s->lo < s->hi ? s->lo : row->lo, hi = s->lo < s->hi ? s->hi : row->hi;

    if (!(row->lo <= lo && lo <= s->value && s->value <= hi && hi <= row->hi))
        fail_msg("%s: %s = %g in %g … %g of %g … %g", p->name, s->param, s->value, lo, hi, row->lo,
            row->hi);
    assert_true(s->lo <= s->hi);
    assert_true(s->learns == AED_AS_USUAL || s->learns == 0 || s->learns == 1);
    for (const aed_plant_setting *t = p->settings; t < s; t++)
        if (aed_chain_find(chain, t->param) == i)
            fail_msg("%s: %s is there twice", p->name, s->param);
}

static void settings_are_possible(void **state)
{
    (void)state;
    for (const aed_plant *p = aed_plants; p->name; p++)
    {
        const test_plant t = plant_of(p->name);

        for (const aed_plant_setting *s = p->settings; s->param; s++)
            assert_setting(p, s, &t.chain);
        assert_true(t.knobs.d > 0);
        for (size_t i = 0; i < t.chain.d; i++)
        {
            char name[AED_NAME_N];

            aed_chain_name(name, &t.chain, i);
            if (!(t.start[i] >= t.knobs.lo[i] && t.start[i] <= t.knobs.hi[i]))
                fail_msg("%s: %s at %g learns in %g … %g", p->name, name, t.start[i], t.knobs.lo[i],
                    t.knobs.hi[i]);
        }
    }
}

/* ---- the sound ---- */

static double value_of(const test_plant *t, const char *name, double otherwise)
{
    const int i = aed_chain_find(&t->chain, name);

    return i < 0 ? otherwise : aed_param_value(aed_chain_param(&t->chain, (size_t)i), t->start[i]);
}

/* Seconds until a released note is down by 60 dB, stage by stage. */
static double tail_s(const test_plant *t)
{
    const double echo_ms = value_of(t, "delay.time", 0.0) *
                           (1.0 - log(1000.0) / log(value_of(t, "delay.feedback", 0.5)));

    return 1e-3 * (value_of(t, "env.release", 0.0) + value_of(t, "reverb.decay", 0.0) + echo_ms);
}

/* Mean square of the loudest 400 ms. */
static double loudest(const double *x, size_t n)
{
    double sum = 0.0, most = 0.0;

    for (size_t i = 0; i < n; i++)
    {
        sum += x[i] * x[i] - (i >= LOUD_N ? x[i - LOUD_N] * x[i - LOUD_N] : 0.0);
        most = fmax(most, sum / LOUD_N);
    }
    return most;
}

static double peak(const double *x, size_t n)
{
    double most = 0.0;

    for (size_t i = 0; i < n; i++)
        most = isfinite(x[i]) ? fmax(most, fabs(x[i])) : 1e9;
    return most;
}

static void each_sounds_and_ends(void **state)
{
    (void)state;
    for (const aed_plant *p = aed_plants; p->name; p++)
    {
        const test_plant t = plant_of(p->name);
        const size_t held_n = (size_t)sr_hz, n = held_n + (size_t)((tail_s(&t) + 0.1) * sr_hz);
        const aed_score score = {{{0, 60.0, 100.0}, {held_n, 60.0, 0.0}}, 2};
        double *x = malloc(n * sizeof *x), mean = 0.0;
        aed_error e;
        aed_voice *v = aed_voice_new(&t.chain, sr_hz, 0, &e);

        assert_int_equal(aed_voice_render(v, x, NULL, t.start, &score, n), AED_OK);
        for (size_t i = 0; i < held_n; i++)
            mean += x[i] / (double)held_n;
        const double rms = sqrt(loudest(x, n)), rms_db = 20.0 * log10(rms), most = peak(x, n);
        const double rest = peak(x + n - 2205, 2205);

        if (!(rms_db > -30.0 && rms_db < -3.0 && most <= 1.0))
            fail_msg("%s: rms %.1f dB, peak %.2f", p->name, rms_db, most);
        if (!(fabs(mean) < 0.1 * rms))
            fail_msg("%s: mean %g, rms %g", p->name, mean, rms);
        if (!(rest < 2e-3 * most))
            fail_msg("%s: %g of %g is left after %.2f s", p->name, rest, most, tail_s(&t));
        aed_voice_free(v);
        free(x);
    }
}

/* ---- learning ---- */

static void whatever_learns_is_felt(void **state)
{
    static double x[WINDOW_N], dx[WINDOW_N];
    const aed_score score = {{{0, 60.0, 100.0}, {WINDOW_N * 6 / 10, 60.0, 0.0}}, 2};

    (void)state;
    for (const aed_plant *p = aed_plants; p->name; p++)
    {
        const test_plant t = plant_of(p->name);
        double g[AED_KNOBS_MOST] = {0}, most = 0.0;
        aed_error e;
        aed_voice *v = aed_voice_new(&t.chain, sr_hz, 0, &e);
        aed_tape *tape = aed_tape_new(v, WINDOW_N, &e);

        test_fill(dx, WINDOW_N, -1.0, 1.0);
        assert_int_equal(aed_voice_render(v, x, tape, t.start, &score, WINDOW_N), AED_OK);
        assert_int_equal(aed_voice_backward(v, g, tape, dx), AED_OK);
        for (size_t j = 0; j < t.knobs.d; j++)
            most = fmax(most, fabs(g[t.knobs.index[j]]));
        for (size_t j = 0; j < t.knobs.d; j++)
        {
            char name[AED_NAME_N];

            aed_chain_name(name, &t.chain, t.knobs.index[j]);
            if (!(fabs(g[t.knobs.index[j]]) > 1e-9 * most))
                fail_msg("%s: %s is not felt, %g of %g", p->name, name, g[t.knobs.index[j]], most);
        }
        aed_tape_free(tape);
        aed_voice_free(v);
    }
}

typedef struct
{
    test_plant plant;
    aed_voice *v;
    aed_tape *tape;
    aed_ear *ear;
    aed_score score;
    double x[LESSON_N], theta[AED_KNOBS_MOST], g[AED_KNOBS_MOST];
} lesson;

static void play(lesson *l)
{
    double full[AED_KNOBS_MOST];

    plant_full(full, &l->plant, l->theta);
    assert_int_equal(aed_voice_render(l->v, l->x, l->tape, full, &l->score, LESSON_N), AED_OK);
}

/* The loss, and its gradient in l->g. */
static double listen(lesson *l)
{
    double full[AED_KNOBS_MOST] = {0};
    aed_ear_result r;
    aed_error e;

    play(l);
    assert_int_equal(aed_ear_listen(l->ear, &r, l->x, l->x, NULL, NULL, LESSON_N, &e), AED_OK);
    assert_int_equal(aed_voice_backward(l->v, full, l->tape, l->x), AED_OK);
    aed_knobs_gradient(l->g, &l->plant.knobs, full);
    return r.loss;
}

/* From a tenth beside its start back towards it: least loss over the first. */
static double learned(lesson *l)
{
    double h[AED_KNOBS_MOST] = {0}, w[AED_KNOBS_MOST] = {0}, u[AED_KNOBS_MOST];
    aed_optim_state s = {.h = h, .w = w};
    const aed_optim_hyper how = {.alpha = 0.01, .mu = 0.9, .beta2 = 0.99, .eps = 1e-8};
    const aed_optim *adam = aed_optim_find("adam");
    const size_t d = l->plant.knobs.d;
    aed_error e;

    aed_optim_reset(&s, d);
    aed_knobs_collect(l->theta, &l->plant.knobs, l->plant.start);
    play(l);
    assert_int_equal(aed_ear_target(l->ear, l->x, LESSON_N, &e), AED_OK);
    for (size_t j = 0; j < d; j++)
        l->theta[j] =
            fmin(fmax(l->theta[j] + (test_uniform(0.0, 2.0) < 1.0 ? -0.1 : 0.1), 0.0), 1.0);
    const double first = listen(l);
    double least = first;

    for (int k = 0; k < LESSONS; k++)
    {
        adam->step(u, &s, l->g, &how, d);
        for (size_t j = 0; j < d; j++)
            l->theta[j] = fmin(fmax(l->theta[j] - u[j], 0.0), 1.0);
        least = fmin(least, listen(l));
    }
    return least / first;
}

static void each_learns(void **state)
{
    static lesson l;
    aed_ear_config c;
    aed_error e;

    (void)state;
    aed_ear_defaults(&c);
    c.n = LESSON_N;
    c.sizes[1] = 2048;
    l.ear = aed_ear_new(&c, &e);
    l.score = (aed_score){{{0, 60.0, 100.0}, {LESSON_N * 6 / 10, 60.0, 0.0}}, 2};
    for (const aed_plant *p = aed_plants; p->name; p++)
    {
        l.plant = plant_of(p->name);
        l.v = aed_voice_new(&l.plant.chain, sr_hz, 0, &e);
        l.tape = aed_tape_new(l.v, LESSON_N, &e);
        const double left = learned(&l);

        print_message("%s: %.2f of the loss is left\n", p->name, left);
        assert_true(left < 0.75);
        aed_tape_free(l.tape);
        aed_voice_free(l.v);
    }
    aed_ear_free(l.ear);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_one_word_and_not_a_modules),
        cmocka_unit_test(settings_are_possible),
        cmocka_unit_test(each_sounds_and_ends),
        cmocka_unit_test(whatever_learns_is_felt),
        cmocka_unit_test(each_learns),
    };

    return cmocka_run_group_tests_name("plants", tests, NULL, NULL);
}
