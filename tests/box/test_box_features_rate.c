/* [aed_features~]: a target that was recorded at another sample rate. */
#include <string.h>

#include "ear/resample.h"
#include "oneear.h"

enum
{
    OWN_N = 3000
};

static double own[OWN_N];

static void take_at(const char *message)
{
    const size_t before = fake_seen(ear, 4, "target");

    for (size_t i = 0; i < OWN_N; i++)
        own[i] = (double)(float)(0.3 * sin(0.1 * (double)i + 2e-6 * (double)(i * i)));
    fake_array(&ear_host, "own", own, OWN_N);
    fake_accept(ear, 0, message);
    assert_true(fake_run_until_seen(ear, 4, "target", before + 1, 50.0));
}

/* What core says of the window at the host's rate against own, from `onset` on, recorded at own_hz. */
static void assert_loss_at(size_t onset, double own_hz)
{
    static double cut[N];
    const double sr_hz = ear_host.sr_hz;
    const size_t all = aed_resample_n(OWN_N - onset, own_hz, sr_hz), m = all < N ? all : N;
    aed_ear *direct = core_ear(sr_hz, 0);
    aed_ear_result r;

    memset(cut, 0, sizeof cut);
    assert_int_equal(aed_resample(cut, m, own + onset, OWN_N - onset, own_hz, sr_hz, NULL), AED_OK);
    assert_int_equal(aed_ear_target(direct, cut, N, NULL), AED_OK);
    assert_int_equal(aed_ear_listen(direct, &r, NULL, ear_window, NULL, NULL, N, NULL), AED_OK);
    aed_ear_free(direct);
    assert_true(ear_loss_now() == (double)(float)r.loss);
}

static void it_is_brought_to_the_hosts_rate(void **state)
{
    (void)state;
    take_at("target own 0 22050");
    assert_true(ear->sent[4].v[0] == (double)aed_resample_n(OWN_N, 22050.0, 44100.0));
    assert_loss_at(0, 22050.0);
    take_at("target own 500 96000");
    assert_loss_at(500, 96000.0);
    take_at("target own 2999 1000"); /* one sample, then silence */
    assert_loss_at(2999, 1000.0);
    take_at("target own 0 44100");
    assert_true(ear->sent[4].v[0] == (double)OWN_N);
    assert_true(ear_loss_now() == ear_loss_against(own, OWN_N));
    fake_no_errors(&ear_host);
}

/* From the samples as they came, not from those at the rate before; a target without a rate stays. */
static void it_goes_with_the_hosts_rate(void **state)
{
    static const double rates[] = {48000.0, 32000.0, 44100.0};

    (void)state;
    take_at("target own 0 22050");
    assert_loss_at(0, 22050.0);
    for (size_t i = 0; i < 3; i++)
    {
        ear_host.sr_hz = rates[i];
        fake_dsp(&ear_host, 0);
        fake_dsp(&ear_host, 1);
        assert_loss_at(0, 22050.0);
    }
    take_at("target own");
    ear_host.sr_hz = 48000.0;
    fake_dsp(&ear_host, 0);
    fake_dsp(&ear_host, 1);
    assert_loss_at(0, 48000.0);
    fake_no_errors(&ear_host);
}

/* What the last window met may lie behind the end of the sound at another rate. */
static void candidates_after_another_rate(void **state)
{
    double probe[N + 1] = {7.0};

    (void)state;
    take_at("target own 0 22050");
    fake_accept(ear, 0, "segments 400 2500");
    do
        (void)ear_loss_now();
    while (ear_drawn[1] < 5000.0);
    ear_host.sr_hz = 8000.0;
    fake_dsp(&ear_host, 0);
    fake_dsp(&ear_host, 1);
    memcpy(probe + 1, ear_window, sizeof ear_window);
    fake_send_numbers(ear, 0, "probe", probe, N + 1);
    assert_true(fake_run_until_seen(ear, 4, "probe", 1, 50.0));
    const double loss = ear->sent[4].v[1];

    assert_true(loss == ear_loss_now()); /* the only piece that is left */
    fake_no_errors(&ear_host);
}

static void no_such_rate(void **state)
{
    static const char *const rows[][2] = {
        {"target own 0 999", "target: sample rate 999 Hz, allowed 1000 … 1000000"},
        {"target own 0 1.1e6", "target: sample rate 1.1e+06 Hz, allowed 1000"},
        {"target own 0 -44100", "target: sample rate -44100 Hz"},
        {"target own 5000 22050", "target: onset 5000, allowed 0 … 2999"},
        {"target own 0 a", "argument 3 is 'a'"},
    };

    (void)state;
    take_at("target own 0 22050");
    const uint64_t before = heard_now();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    {
        fake_refuse(ear, 0, rows[i][0], rows[i][1]);
        assert_true(heard_now() == before);
    }
    own[100] = NAN;
    fake_accept(ear, 0, "target own 0 48000");
    fake_run(&ear_host, 10.0);
    assert_non_null(strstr(fake_only_error(ear), "got NaN"));
    assert_true(heard_now() == before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        EAR_TEST(it_is_brought_to_the_hosts_rate),
        EAR_TEST(it_goes_with_the_hosts_rate),
        EAR_TEST(candidates_after_another_rate),
        EAR_TEST(no_such_rate),
    };

    return cmocka_run_group_tests_name("aed_features~, sample rates", tests, NULL, NULL);
}
