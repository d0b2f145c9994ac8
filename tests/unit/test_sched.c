/* All laws: bounds, plateaus, refusals, settings. What robust and hyper do is in test_law.c, the seed's laws
 * against PyTorch in ref/ref_sched.c. */
#include "control/sched.h"

#include <string.h>

#include "common.h"
#include "control/law.h"

static aed_sched fresh(const char *law)
{
    aed_sched s;

    assert_int_equal(aed_sched_init(&s, law, NULL), AED_OK);
    return s;
}

static void step(aed_sched *s, double loss)
{
    assert_int_equal(aed_sched_step(s, loss, 0.0, 0, NULL), AED_OK);
}

/* ---- properties of all laws ---- */

static void stays_in_bounds(void **state)
{
    for (const aed_law *const *law = aed_laws; *law; law++)
    {
        aed_sched s = fresh((*law)->name);
        const double unit = s.relative ? s.alpha0 : 1.0;

        for (int t = 0; t < 5000; t++)
        {
            const double loss = exp(test_uniform(-20.0, 20.0)), reward = test_uniform(-1.0, 1.0);

            assert_int_equal(aed_sched_step(&s, loss, reward, t % 3 == 0, NULL), AED_OK);
            assert_true(s.alpha >= s.alpha_min * unit && s.alpha <= s.alpha_max * unit);
            assert_true(s.mu >= s.mu_min && s.mu <= s.mu_max);
            assert_true(s.sigma >= s.sigma_min && s.sigma <= s.sigma_max);
        }
        assert_int_equal(s.steps, 5000);
    }
}

static void sigma_rises_on_plateaus_only(void **state)
{
    for (const aed_law *const *law = aed_laws; *law; law++)
    {
        aed_sched s = fresh((*law)->name);
        int rose = 0;

        for (int t = 0; t < 600; t++)
        {
            const double before = s.sigma;
            const int moving = t % 200 < 50; /* the rest is long: the seed's epsilon is tiny */
            const double loss = moving ? 3.0 * exp(test_uniform(-0.1, 0.1) - t / 100.0) : 1.0;

            step(&s, loss);
            if (s.sigma > before)
            {
                rose++;
                assert_true(aed_sched_on_plateau(&s));
                assert_string_equal(aed_sched_regime(&s), "plateau");
            }
        }
        assert_int_equal(rose > 0, *law != &aed_law_seed_code);
    }
}

static void refusal_leaves_no_trace(void **state)
{
    const double bad[] = {NAN, INFINITY, -INFINITY};
    aed_error e = {0};

    for (const aed_law *const *law = aed_laws; *law; law++)
    {
        aed_sched s = fresh((*law)->name), before;

        for (int t = 0; t < 20; t++)
            step(&s, test_uniform(0.1, 2.0));
        memcpy(&before, &s, sizeof s);
        for (int i = 0; i < 3; i++)
        {
            assert_int_equal(aed_sched_step(&s, bad[i], 0.0, 0, &e), AED_E_NONFINITE);
            assert_int_equal(aed_sched_step(&s, 1.0, bad[i], 1, &e), AED_E_NONFINITE);
        }
        assert_int_equal(aed_sched_step(&s, 1.0, 1e308, 1, &e), AED_OK);
        assert_int_equal(aed_sched_step(&s, 1.0, -1.7e308, 1, &e), AED_OK);
        memcpy(&s, &before, sizeof s);
        assert_int_equal(aed_sched_set(&s, "alpha", NAN, &e), AED_E_ARG);
        assert_int_equal(aed_sched_set(&s, "mu", 1.0, &e), AED_E_ARG);
        assert_int_equal(aed_sched_set(&s, "alhpa", 0.1, &e), AED_E_NAME);
        assert_memory_equal(&s, &before, sizeof s);
    }
    aed_sched s = fresh("seed-text"), before;
    step(&s, 1e200);
    memcpy(&before, &s, sizeof s);
    assert_int_equal(aed_sched_step(&s, -1e200, 0.0, 0, &e), AED_E_NONFINITE); /* variance */
    assert_memory_equal(&s, &before, sizeof s);
}

static void robust_refuses_negative_loss(void **state)
{
    aed_sched s = fresh("robust"), before;
    aed_error e = {0};

    memcpy(&before, &s, sizeof s);
    assert_int_equal(aed_sched_step(&s, -0.1, 0.0, 0, &e), AED_E_ARG);
    assert_memory_equal(&s, &before, sizeof s);
    step(&s, 0.0); /* log(0 + 1e-9), reward 0/0 avoided */
    step(&s, 0.0);
    assert_int_equal(aed_sched_init(&s, "robost", &e), AED_E_NAME);
    assert_non_null(strstr(e.msg, "seed-code"));
}

static void names_every_law(void **state)
{
    aed_sched s;
    aed_error e = {0};

    assert_int_equal(aed_sched_init(&s, "", &e), AED_E_NAME);
    for (const aed_law *const *law = aed_laws; *law; law++)
        assert_non_null(strstr(e.msg, (*law)->name));
}

/* The seed's laws are what the seed says, whatever is told. */
static void the_seed_does_not_listen(void **state)
{
    static const char *const seeds[] = {"seed-text", "seed-code"};

    for (size_t i = 0; i < 2; i++)
    {
        aed_sched s = fresh(seeds[i]), told = s;

        for (int t = 0; t < 100; t++)
        {
            const double loss = test_uniform(0.1, 2.0) * (t % 30 ? 1.0 : 1e6);

            aed_sched_agreement(&told, -1.0);
            aed_sched_success(&told, 1.0);
            step(&s, loss), step(&told, loss);
            assert_true(s.alpha == told.alpha && s.sigma == told.sigma && s.mu == told.mu);
            assert_false(s.diverging);
        }
    }
}

static void damp_is_within_bounds(void **state)
{
    aed_sched s = fresh("robust");

    aed_sched_damp(&s);
    assert_true(s.alpha == 0.01);
    step(&s, 1.0);
    assert_true(
        fabs(log(s.alpha / 0.02) - 0.983 * log(0.5)) < 1e-12); /* the law goes on from there */
    for (int t = 0; t < 9; t++)
        aed_sched_damp(&s);
    assert_true(fabs(s.alpha - 0.001) < 1e-15);
}

/* ---- settings, restarts, envelope ---- */

static void every_default_is_allowed(void **state)
{
    for (const aed_law *const *law = aed_laws; *law; law++)
    {
        aed_sched s = fresh((*law)->name);
        double v;

        for (const aed_setting *row = aed_sched_settings; row->name; row++)
        {
            assert_int_equal(aed_setting_get(&v, &s, aed_sched_settings, row->name), 1);
            assert_int_equal(aed_sched_set(&s, row->name, v, NULL), AED_OK);
        }
    }
}

static void settings_take_effect(void **state)
{
    aed_sched s = fresh("seed-text");

    assert_int_equal(aed_sched_set(&s, "alpha", 0.05, NULL), AED_OK);
    assert_true(s.alpha == 0.05);
    for (int t = 0; t < 100; t++) /* never improves: sinks to .3 of the new alpha */
        step(&s, 1.0);
    assert_true(fabs(s.alpha - 0.015) < 1e-15);
    assert_int_equal(aed_sched_set(&s, "pstar", 0.6, NULL), AED_OK);
    assert_int_equal(aed_sched_set(&s, "u", 1.05, NULL), AED_OK);
    assert_true(fabs(aed_sched_down(&s) - 0.929) < 5e-4); /* field.md 4.7 */
    assert_int_equal(aed_sched_set(&s, "d", 0.7, NULL), AED_OK);
    assert_true(s.pstar == 0.0 && aed_sched_down(&s) == 0.7); /* what is set last counts */
    assert_int_equal(aed_sched_set(&s, "pstar", 0.6, NULL), AED_OK);
    aed_sched_reset(&s);
    assert_true(s.alpha == 0.05 && s.pstar == 0.6 && s.steps == 0);
    assert_string_equal(aed_sched_regime(&s), "start");
}

/* Seed section 8 against its code: momentum steps of .02, not .01; alpha within .3 … 3 alpha0. */
static void text_differs_from_code(void **state)
{
    aed_sched text = fresh("seed-text"), code = fresh("seed-code");

    for (int t = 0; t < 4; t++)
    {
        assert_int_equal(aed_sched_step(&text, 1.0, t, 1, NULL), AED_OK);
        assert_int_equal(aed_sched_step(&code, 1.0, t, 1, NULL), AED_OK);
    }
    assert_true(fabs(text.mu - (0.81 + 0.06)) < 1e-15); /* .9 less a tenth, then three rises */
    assert_true(fabs(code.mu - (0.81 + 0.03)) < 1e-15);
    for (int t = 0; t < 300; t++)
        step(&text, pow(0.98, t)), step(&code, pow(0.98, t));
    assert_true(fabs(text.alpha - 3e-3) < 1e-15 && text.var > 0.0);
    assert_true(code.alpha > text.alpha && code.var == 0.0);
}

static void reset_repeats(void **state)
{
    aed_sched s = fresh("robust");
    double first[30];

    for (int t = 0; t < 30; t++)
        step(&s, 1.0 + sin(t)), first[t] = s.alpha + s.mu + s.sigma;
    aed_sched_reset(&s);
    for (int t = 0; t < 30; t++)
    {
        step(&s, 1.0 + sin(t));
        assert_true(first[t] == s.alpha + s.mu + s.sigma);
    }
}

static void forgets_the_mean_only(void **state)
{
    aed_sched s = fresh("robust");

    for (int t = 0; t < 30; t++)
        step(&s, 1.0);
    const double sigma = s.sigma;
    assert_true(aed_sched_on_plateau(&s) && sigma > 1e-4);
    aed_sched_forget(&s);
    assert_true(s.sigma == sigma && s.loss0 == 1.0 && !aed_sched_on_plateau(&s));
    step(&s, 0.01); /* a jump, not a trend */
    assert_true(s.dloss == 0.0 && s.var == 0.0 && s.dreward > 0.0);
    for (int t = 0; t < 30; t++)
        step(&s, 0.01 + 0.001 * t);
    assert_true(s.alpha < s.alpha0);
    aed_sched_retarget(&s);
    assert_true(s.alpha == s.alpha0); /* that it had to be small is no news of another target */
    step(&s, 7.0);
    assert_true(s.loss0 == 7.0 && s.dloss == 0.0);
}

static void envelope_dips_and_returns(void **state)
{
    aed_sched plain = fresh("robust"), s = fresh("robust");

    assert_int_equal(aed_sched_set(&s, "cosine", 20.0, NULL), AED_OK);
    for (int t = 0; t < 41; t++)
    {
        step(&plain, 1.0 / (t + 1));
        step(&s, 1.0 / (t + 1));
        assert_true(s.alpha_law == plain.alpha);
        if (t % 20 == 10)
            assert_true(fabs(s.alpha - 0.5 * plain.alpha) < 1e-12);
        if (t % 20 == 0)
            assert_true(s.alpha == plain.alpha);
    }
}

static void tells_the_regime(void **state)
{
    aed_sched s = fresh("robust");

    step(&s, 1.0);
    step(&s, 0.5);
    assert_string_equal(aed_sched_regime(&s), "improving");
    assert_true(s.drift < 0.0);
    step(&s, 5.0);
    assert_string_equal(aed_sched_regime(&s), "worsening");
    assert_true(s.drift > 0.0);
}

static void variances(void **state)
{
    aed_sched s = fresh("robust");
    const double x[] = {1, 2, 3, 4, 6};

    for (int i = 0; i < 4; i++)
        aed_sched_observe(&s, x[i], 0.0);
    assert_true(aed_sched_residual_variance(&s) < 1e-30); /* a line is no noise */
    assert_true(fabs(aed_sched_relative_variance(&s) - 1.25 / 6.25) < 1e-12);
    aed_sched_observe(&s, x[4], 0.0);
    assert_true(fabs(aed_sched_residual_variance(&s) - 0.08) < 1e-12); /* slope 1.2, SSR .4 */
    s.window = 2;
    for (int i = 0; i < 200; i++) /* the history is longer than it may be */
        aed_sched_observe(&s, i % 2, 0.0);
    assert_int_equal(s.history_n, AED_SCHED_WINDOW_MAX);
    assert_true(fabs(aed_sched_relative_variance(&s) - 1.0) < 1e-11);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_seed_does_not_listen),
        cmocka_unit_test(damp_is_within_bounds), cmocka_unit_test(stays_in_bounds),
        cmocka_unit_test(sigma_rises_on_plateaus_only), cmocka_unit_test(refusal_leaves_no_trace),
        cmocka_unit_test(robust_refuses_negative_loss), cmocka_unit_test(names_every_law),
        cmocka_unit_test(every_default_is_allowed), cmocka_unit_test(settings_take_effect),
        cmocka_unit_test(text_differs_from_code), cmocka_unit_test(reset_repeats),
        cmocka_unit_test(forgets_the_mean_only), cmocka_unit_test(envelope_dips_and_returns),
        cmocka_unit_test(tells_the_regime), cmocka_unit_test(variances)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
