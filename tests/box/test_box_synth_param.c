/* [aed_synth~]: which parameters learn, how far, and what that does to theta and its gradient. */
#include <stdio.h>
#include <string.h>

#include "onesynth.h"

static size_t params_of(const char *module)
{
    for (size_t m = 0; m < synth_plant.chain.n; m++)
        if (strcmp(synth_plant.chain.modules[m]->name, module) == 0)
            return synth_plant.chain.modules[m]->n_params;
    return 0;
}

static void freeze_learn_and_solo(void **state)
{
    const size_t all = synth_plant.chain.d, vcos = params_of("vco");

    (void)state;
    fake_accept(synth, 0, "solo ladder.cutoff vca.gain");
    assert_string_equal(synth->sent[1].selector, "theta");
    assert_int_equal(synth->sent[1].n, 2);
    fake_accept(synth, 0, "0.9 0.5"); /* cutoff, gain */
    fake_accept(synth, 0, "param ladder.cutoff");
    assert_true(fabs(synth->sent[3].v[2] - 0.9) < 1e-6 && synth->sent[3].v[6] == 1.0);
    fake_accept(synth, 0, "param vco.freq");
    const double freq = synth_plant.start[plant_find(&synth_plant, "vco.freq")];
    assert_true(fabs(synth->sent[3].v[2] - freq) < 1e-6 && synth->sent[3].v[6] == 0.0);
    fake_accept(synth, 0, "learn vco");
    assert_int_equal(synth->sent[1].n, 2 + vcos);
    fake_accept(synth, 0, "freeze vco.freq");
    assert_int_equal(synth->sent[1].n, 1 + vcos);
    fake_accept(synth, 0, "solo vca ladder.cutoff");
    assert_int_equal(synth->sent[1].n, 1 + params_of("vca"));
    fake_accept(synth, 0, "learn");
    assert_int_equal(synth->sent[1].n, all);
    fake_refuse(
        synth, 0, "freeze vco noise env ladder vca", "freeze: nothing would learn any more");
    fake_refuse(synth, 0, "freeze vco zork", "freeze: no parameter 'zork'");
    fake_refuse(synth, 0, "solo 3", "argument 1 is 3, expected a name");
    fake_refuse(synth, 0, "0.5 0.5", "theta: got 2 values, expected ");
    fake_accept(synth, 0, "ask");
    assert_int_equal(synth->sent[1].n, all);
}

/* dL/dtheta of cutoff and gain at theta .5 .5, for a fixed dL/dx. */
static void gradient_now(double *g)
{
    const double theta[2] = {0.5, 0.5};
    double dx[N];

    for (size_t i = 0; i < N; i++)
        dx[i] = 1.0 / (double)(i + 1);
    fake_send_numbers(synth, 0, NULL, theta, 2);
    fake_run(&host, 50.0);
    fake_send_numbers(synth, 1, NULL, dx, N);
    assert_true(fake_run_until(synth, 1, 50.0));
    assert_int_equal(synth->sent[1].n, 2);
    memcpy(g, synth->sent[1].v, 2 * sizeof *g);
}

/* The middle quarter of the range: the same sound at theta .5, a quarter of the gradient. */
static void a_range_scales_the_gradient(void **state)
{
    const aed_param *cutoff =
        aed_chain_param(&synth_plant.chain, plant_find(&synth_plant, "ladder.cutoff"));
    double wide[2], narrow[2];
    char range[80];

    (void)state;
    fake_accept(synth, 0, "solo ladder.cutoff vca.gain");
    gradient_now(wide);
    snprintf(range, sizeof range, "range ladder.cutoff %.12g %.12g", aed_param_value(cutoff, 0.375),
        aed_param_value(cutoff, 0.625));
    fake_accept(synth, 0, range);
    assert_true(fabs(synth->sent[1].v[0] - 0.5) < 1e-6);
    gradient_now(narrow);
    assert_true(fabs(narrow[0] - 0.25 * wide[0]) < 1e-5 * fabs(wide[0]));
    assert_true(fabs(narrow[1] - wide[1]) < 1e-5 * fabs(wide[1]));
}

static void a_range_is_a_border(void **state)
{
    const aed_param *cutoff =
        aed_chain_param(&synth_plant.chain, plant_find(&synth_plant, "ladder.cutoff"));

    (void)state;
    fake_accept(synth, 0, "ladder.cutoff 7000");
    fake_accept(synth, 0, "range ladder.cutoff 300 1200");
    fake_accept(synth, 0, "param ladder.cutoff");
    assert_true(fabs(synth->sent[3].v[1] - 1200.0) < 1e-3 && synth->sent[3].v[2] == 1.0);
    fake_accept(synth, 0, "ladder.cutoff 20");
    fake_accept(synth, 0, "param ladder.cutoff");
    assert_true(fabs(synth->sent[3].v[1] - 300.0) < 1e-3 && synth->sent[3].v[2] == 0.0);
    assert_true(fabs(synth->sent[3].v[4] - 300.0) < 1e-3);
    fake_accept(synth, 0, "range ladder.cutoff");
    fake_accept(synth, 0, "param ladder.cutoff");
    assert_true(synth->sent[3].v[4] == cutoff->lo && synth->sent[3].v[5] == cutoff->hi);
    fake_refuse(synth, 0, "range ladder.cutoff 800 400", "expected two numbers, the smaller first");
    fake_refuse(synth, 0, "range ladder.cutoff 800", "expected two numbers");
    fake_refuse(synth, 0, "range ladder.cutoff 10 400", "within ");
    fake_refuse(synth, 0, "range zork 1 2", "range: no parameter 'zork'");
}

/* What leaves for the loudspeakers stays within full scale; the window is what the voice made. */
static void a_resonance_is_not_sent_out_above_full_scale(void **state)
{
    static const char *const words[] = {"vco.saw 1", "vco.freq 440", "svf1.cutoff 440",
        "svf2.cutoff 440", "svf1.resonance 1", "svf2.resonance 1", "svf1.low 1", "svf2.low 1"};
    static double record[8 * N];
    double highest = 0.0;
    aed_error e;

    (void)state;
    fake_object *loud = fake_new(&host, &aed_class_synth, "vco | svf | svf -window 8192", &e);

    assert_non_null(loud);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        fake_accept(loud, 0, words[i]);
    fake_accept(loud, 0, "render");
    fake_run(&host, 50.0);
    for (size_t i = 0; i < loud->sent[2].n; i++)
        highest = fmax(highest, fabs(loud->sent[2].v[i]));
    assert_true(highest > 1.5);
    host.recorded = loud;
    host.record = record;
    host.record_n = 8 * N;
    fake_accept(loud, 0, "note 60 127");
    fake_dsp(&host, 1);
    fake_run(&host, 400.0);
    highest = 0.0;
    for (size_t i = 0; i < 8 * N; i++)
        highest = fmax(highest, fabs(record[i]));
    assert_true(highest > 0.9 && highest <= 1.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(freeze_learn_and_solo),
        TEST(a_range_scales_the_gradient),
        TEST(a_range_is_a_border),
        TEST(a_resonance_is_not_sent_out_above_full_scale),
    };

    return cmocka_run_group_tests_name("aed_synth~, its parameters", tests, NULL, NULL);
}
