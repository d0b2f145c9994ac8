/* [aed_synth~]: which parameters learn, how far, and what that does to theta and its gradient. */
#include <string.h>

#include "onesynth.h"

static void freeze_learn_and_solo(void **state)
{
    (void)state;
    fake_accept(synth, 0, "solo ladder.cutoff vca");
    assert_string_equal(synth->sent[1].selector, "theta");
    assert_int_equal(synth->sent[1].n, 2);
    fake_accept(synth, 0, "0.9 0.5"); /* cutoff, gain */
    fake_accept(synth, 0, "param ladder.cutoff");
    assert_true(fabs(synth->sent[3].v[2] - 0.9) < 1e-6 && synth->sent[3].v[6] == 1.0);
    fake_accept(synth, 0, "param vco.freq");
    assert_true(synth->sent[3].v[2] == 0.5 && synth->sent[3].v[6] == 0.0);
    fake_accept(synth, 0, "learn vco");
    assert_int_equal(synth->sent[1].n, 6);
    fake_accept(synth, 0, "freeze vco.freq");
    assert_int_equal(synth->sent[1].n, 5);
    fake_accept(synth, 0, "learn");
    assert_int_equal(synth->sent[1].n, synth_chain.d);
    fake_refuse(
        synth, 0, "freeze vco noise env ladder vca", "freeze: nothing would learn any more");
    fake_refuse(synth, 0, "freeze vco zork", "freeze: no parameter 'zork'");
    fake_refuse(synth, 0, "solo 3", "argument 1 is 3, expected a name");
    fake_refuse(synth, 0, "0.5 0.5", "theta: got 2 values, expected 15");
    fake_accept(synth, 0, "ask");
    assert_int_equal(synth->sent[1].n, synth_chain.d);
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

/* The middle quarter of 60 … 7680 Hz: the same sound at theta .5, a quarter of the gradient. */
static void a_range_scales_the_gradient(void **state)
{
    double wide[2], narrow[2];

    (void)state;
    fake_accept(synth, 0, "solo ladder.cutoff vca.gain");
    gradient_now(wide);
    fake_accept(synth, 0, "range ladder.cutoff 370.130598 1244.96597");
    assert_true(fabs(synth->sent[1].v[0] - 0.5) < 1e-6);
    gradient_now(narrow);
    assert_true(fabs(narrow[0] - 0.25 * wide[0]) < 1e-5 * fabs(wide[0]));
    assert_true(fabs(narrow[1] - wide[1]) < 1e-5 * fabs(wide[1]));
}

static void a_range_is_a_border(void **state)
{
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
    assert_true(synth->sent[3].v[4] == 60.0 && synth->sent[3].v[5] == 7680.0);
    fake_refuse(synth, 0, "range ladder.cutoff 800 400", "expected two numbers, the smaller first");
    fake_refuse(synth, 0, "range ladder.cutoff 800", "expected two numbers");
    fake_refuse(synth, 0, "range ladder.cutoff 10 400", "within 60 … 7680");
    fake_refuse(synth, 0, "range zork 1 2", "range: no parameter 'zork'");
}

/* What leaves for the loudspeakers stays within full scale; the window is what the voice made. */
static void a_resonance_is_not_sent_out_above_full_scale(void **state)
{
    static double record[8 * N];
    double highest = 0.0;
    aed_error e;

    (void)state;
    fake_object *loud = fake_new(&host, &aed_class_synth, "vco | svf -window 8192", &e);

    assert_non_null(loud);
    fake_accept(loud, 0, "vco.square 1");
    fake_accept(loud, 0, "vco.freq 440");
    fake_accept(loud, 0, "svf.cutoff 440");
    fake_accept(loud, 0, "svf.resonance 1");
    fake_accept(loud, 0, "svf.low 1");
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
    assert_true(highest == 1.0);
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
