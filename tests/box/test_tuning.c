/* How pitch goes round the loop: [aed_features~] tells f0 and lag, [aed_synth~] which of theta are
 * frequencies, and [aed_train] lets these follow. */
#include <string.h>

#include "learning.h"

static double cents(double hz, double of)
{
    return 1200.0 * fabs(log2(hz / of));
}

/* ---- one object by itself ---- */

static fake_host host;
static fake_object *one;
static double sound[N];

static void open_one(const aed_class *class, const char *arguments)
{
    aed_error e;

    fake_open(&host);
    fake_thread("sync");
    one = fake_new(&host, class, arguments, &e);
    assert_non_null(one);
}

static int close_one(void **state)
{
    (void)state;
    fake_close(&host);
    fake_thread("async");
    return 0;
}

/* ---- [aed_features~] ---- */

static double f0[2], lag[2];
static char order[64];

static void keep_pitch(
    void *context, fake_object *o, size_t outlet, const char *selector, const double *v, size_t n)
{
    (void)context, (void)o;
    if (outlet != 4 || !selector)
        return;
    if (strcmp(selector, "f0") == 0 && n == 2)
        memcpy(f0, v, sizeof f0);
    if (strcmp(selector, "lag") == 0 && n == 2)
        memcpy(lag, v, sizeof lag);
    if (strlen(order) + strlen(selector) + 2 < sizeof order)
        strcat(strcat(order, selector), " ");
}

static int open_ear(void **state)
{
    (void)state;
    open_one(&aed_class_features, EAR);
    host.tap = keep_pitch;
    for (size_t i = 0; i < N; i++)
        sound[i] = fmod(300.0 / 44100.0 * (double)i, 1.0) - 0.5;
    fake_array(&host, "sound", sound, N);
    return 0;
}

static void hear_saw(double hz)
{
    double w[N];

    for (size_t i = 0; i < N; i++)
        w[i] = 0.3 * fmod(hz / 44100.0 * (double)i + 0.3, 1.0) - 0.15;
    order[0] = 0;
    fake_send_numbers(one, 0, NULL, w, N);
    fake_run(&host, 5.0);
}

static void take_sound(void)
{
    const size_t before = fake_seen(one, 4, "target");

    fake_accept(one, 0, "target sound");
    assert_true(fake_run_until_seen(one, 4, "target", before + 1, 50.0));
}

static void it_tells_pitch_and_lag(void **state)
{
    (void)state;
    take_sound();
    hear_saw(450.0);
    assert_string_equal(order, "f0 lag loss logmel reward ");
    assert_true(cents(f0[0], 450.0) < 5.0 && f0[1] > 0.95);
    assert_true(1200.0 * fabs(lag[0] - log2(1.5)) < 20.0 && lag[1] > 0.5);
    hear_saw(300.0 * exp2(-0.1));
    assert_true(1200.0 * fabs(lag[0] + 0.1) < 5.0);
    for (size_t i = 0; i < N; i++) /* another target, the same array */
        sound[i] = fmod(600.0 / 44100.0 * (double)i, 1.0) - 0.5;
    take_sound();
    hear_saw(600.0);
    assert_true(1200.0 * fabs(lag[0]) < 2.0);
    fake_no_errors(&host);
}

static void only_when_wanted_and_sure(void **state)
{
    double probe[N + 1] = {3.0};

    (void)state;
    hear_saw(450.0); /* without a target */
    assert_string_equal(order, "f0 ");
    one->errors = 0;
    take_sound();
    fake_accept(one, 0, "lag 0");
    hear_saw(450.0);
    assert_string_equal(order, "loss logmel reward ");
    fake_accept(one, 0, "lag 1");
    fake_refuse(one, 0, "lag", "lag 0|1");
    fake_refuse(one, 0, "lag on", "argument 1 is 'on'");
    test_fill(probe + 1, N, -0.5, 0.5);
    order[0] = 0;
    fake_send_numbers(one, 0, NULL, probe + 1, N); /* a noise has no interval with a tone */
    fake_run(&host, 5.0);
    assert_string_equal(order, "f0 loss logmel reward ");
    order[0] = 0;
    fake_send_numbers(one, 0, "probe", probe, N + 1);
    fake_run(&host, 5.0);
    assert_string_equal(order, "probe ");
    fake_no_errors(&host);
}

static void a_window_of_another_length(void **state)
{
    double w[5000];

    (void)state;
    take_sound();
    hear_saw(450.0);
    for (size_t i = 0; i < 5000; i++)
        w[i] = fmod(600.0 / 44100.0 * (double)i, 1.0) - 0.5;
    fake_send_numbers(one, 0, NULL, w, 5000);
    fake_run(&host, 5.0);
    assert_true(1200.0 * fabs(lag[0] - 1.0) < 20.0);
    fake_no_errors(&host);
}

/* ---- [aed_synth~] ---- */

static double tuned[8], tuned_n;

static void keep_tuned(
    void *context, fake_object *o, size_t outlet, const char *selector, const double *v, size_t n)
{
    (void)context, (void)o;
    if (outlet != 1 || !selector || strcmp(selector, "tuned") != 0)
        return;
    tuned_n = (double)n;
    memcpy(tuned, v, (n < 8 ? n : 8) * sizeof *v);
}

static int open_synth(void **state)
{
    (void)state;
    open_one(&aed_class_synth, "vco vco | vca " SYNTH);
    host.tap = keep_tuned;
    return 0;
}

static void it_tells_its_frequencies(void **state)
{
    const test_plant p = plant_of("vco vco | vca");

    (void)state;
    fake_accept(one, 0, "ask");
    assert_true(tuned_n == 4.0);
    assert_true(tuned[0] == (double)plant_theta(&p, "vco1.freq"));
    assert_true(tuned[2] == (double)plant_theta(&p, "vco2.freq"));
    assert_true(fabs(tuned[1] - 7.0) < 1e-6 && fabs(tuned[3] - 7.0) < 1e-6);
    assert_string_equal(one->sent[1].selector, "theta"); /* theta comes after them */
    fake_accept(one, 0, "range vco2.freq 220 880");
    assert_true(tuned_n == 4.0 && fabs(tuned[3] - 2.0) < 1e-5);
    fake_accept(one, 0, "freeze vco1.freq");
    assert_true(tuned_n == 2.0 && tuned[0] == (double)plant_theta(&p, "vco2.freq") - 1.0);
    fake_accept(one, 0, "pitch played");
    assert_true(tuned_n == 0.0);
    fake_no_errors(&host);
}

/* ---- [aed_train] ---- */

static int open_train(void **state)
{
    (void)state;
    open_one(&aed_class_train, "momentum");
    fake_accept(one, 1, "0 0 0");
    return 0;
}

static void theta_after(const char *says_lag, const char *gradient)
{
    fake_accept(one, 2, says_lag);
    fake_accept(one, 0, gradient);
    assert_true(fake_run_until(one, 0, 10.0));
}

static void frequencies_follow(void **state)
{
    (void)state;
    fake_accept(one, 0, "tuned 1 4");
    fake_accept(one, 0, "theta 0.5 0.5");
    fake_accept(one, 2, "lag 1"); /* not running: of no theta that was sent */
    fake_accept(one, 0, "start");
    assert_true(fake_run_until(one, 0, 10.0));
    theta_after("lag 0.05", "0 0");
    assert_true(fabs(one->sent[0].v[1] - 0.49) < 1e-6);
    theta_after("lag -0.05 0.9", "0 0"); /* with its confidence */
    assert_true(fabs(one->sent[0].v[1] - 0.5) < 1e-6);
    fake_accept(one, 0, "kappa 0");
    theta_after("lag 0.05", "0 0");
    assert_true(fabs(one->sent[0].v[1] - 0.5) < 1e-6);
    fake_accept(one, 0, "kappa 0.8");
    fake_accept(one, 0, "tuned");
    theta_after("lag 0.05", "0 0");
    assert_true(fabs(one->sent[0].v[1] - 0.5) < 1e-6);
    fake_no_errors(&host);
}

/* `tuned` comes before its theta, and may be of one that is longer. */
static void tuned_waits_for_its_theta(void **state)
{
    (void)state;
    fake_accept(one, 0, "theta 0.5 0.5");
    fake_accept(one, 0, "tuned 2 4");
    fake_accept(one, 0, "theta 0.5 0.5 0.5");
    fake_accept(one, 0, "start");
    assert_true(fake_run_until(one, 0, 10.0));
    theta_after("lag 0.05", "0 0 0");
    assert_true(fabs(one->sent[0].v[2] - 0.49) < 1e-6);
    fake_accept(one, 0, "theta 0.5 0.5"); /* by hand: a plant without frequencies */
    fake_accept(one, 0, "start");
    assert_true(fake_run_until(one, 0, 10.0));
    theta_after("lag 0.05", "0 0");
    assert_true(one->sent[0].v[0] == 0.5 && one->sent[0].v[1] == 0.5);
    fake_no_errors(&host);
}

static void wrong_messages(void **state)
{
    (void)state;
    fake_accept(one, 0, "theta 0.5 0.5");
    fake_accept(one, 0, "tuned 1 4");
    fake_refuse(one, 0, "tuned 0", "tuned: got 1 numbers, expected pairs");
    fake_refuse(one, 0, "tuned 0 0", "tuned: got 0 octaves, allowed");
    fake_refuse(one, 0, "tuned 0.5 1", "tuned: got place 0.5, allowed 0 … 1");
    fake_refuse(one, 0, "tuned vco 1", "argument 1 is 'vco'");
    fake_refuse(one, 0, "kappa 2", "kappa: got 2, allowed 0 … 1");
    fake_refuse(one, 2, "lag", "got 0 arguments");
    fake_refuse(one, 2, "lag high", "argument 1 is 'high'");
    fake_accept(one, 0, "start");
    assert_true(fake_run_until(one, 0, 10.0));
    theta_after("lag 0.05", "0 0");
    assert_true(fabs(one->sent[0].v[1] - 0.49) < 1e-6);
}

/* ---- the loop ---- */

static double learned_hz(void)
{
    fake_accept(loop.synth, 0, "param vco.freq");
    return loop.synth->sent[3].v[1];
}

static double target_hz(void)
{
    const size_t i = plant_find(&plant, "vco.freq");

    return aed_param_value(aed_chain_param(&plant.chain, i), plant.start[i]);
}

/* Wherever the oscillator starts, within two octaves, and with the filter elsewhere too. A window is 46 ms
 * here, 14 periods. */
static void the_loop_tunes(void **state)
{
    static const char *const starts[] = {"vco.freq 80", "vco.freq 150", "vco.freq 250",
        "vco.freq 420", "vco.freq 777", "vco.freq 1240"};

    (void)state;
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
    {
        open_with("sync", i % 2);
        fake_accept(loop.synth, 0, starts[i]);
        learn("start 40");
        if (!(cents(learned_hz(), target_hz()) < 15.0))
            fail_msg("%s: learned %g Hz, the target is %g", starts[i], learned_hz(), target_hz());
        close_loop(NULL);
    }
}

/* Without the lag it does not: the test above tests something. */
static void without_the_lag_it_does_not(void **state)
{
    (void)state;
    open_with("sync", 0);
    fake_accept(loop.features, 0, "lag 0");
    fake_accept(loop.synth, 0, "vco.freq 777");
    learn("start 40");
    assert_true(cents(learned_hz(), target_hz()) > 50.0);
    close_loop(NULL);
}

#define TEST(name, open) cmocka_unit_test_setup_teardown(name, open, close_one)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(it_tells_pitch_and_lag, open_ear),
        TEST(only_when_wanted_and_sure, open_ear),
        TEST(a_window_of_another_length, open_ear),
        TEST(it_tells_its_frequencies, open_synth),
        TEST(frequencies_follow, open_train),
        TEST(tuned_waits_for_its_theta, open_train),
        TEST(wrong_messages, open_train),
        cmocka_unit_test(the_loop_tunes),
        cmocka_unit_test(without_the_lag_it_does_not),
    };

    return cmocka_run_group_tests_name("tuning", tests, make_target, NULL);
}
