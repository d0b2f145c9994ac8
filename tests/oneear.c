#include "oneear.h"

#include <string.h>

fake_host ear_host;
fake_object *ear;
double ear_target[4 * N], ear_second[N], ear_third[700], ear_window[N], ear_drawn[2];

static void note_drawn(
    void *context, fake_object *o, size_t outlet, const char *selector, const double *v, size_t n)
{
    (void)context, (void)o;
    if (outlet == 4 && selector && strcmp(selector, "drawn") == 0)
    {
        assert_int_equal(n, 2);
        memcpy(ear_drawn, v, sizeof ear_drawn);
    }
}

int ear_setup(void **state)
{
    aed_error e;

    (void)state;
    fake_open(&ear_host);
    ear_host.tap = note_drawn;
    fake_thread("sync");
    ear = fake_new(&ear_host, &aed_class_features, "256 512 -hop 64 -mels 20 -window 1024", &e);
    for (size_t i = 0; i < 4 * N; i++)
        ear_target[i] = 0.3 * sin(0.1 * (double)i);
    for (size_t i = 0; i < N; i++)
        ear_window[i] = (double)(float)(0.2 * sin(0.17 * (double)i));
    fake_array(&ear_host, "target", ear_target, 4 * N);
    return !ear;
}

int ear_teardown(void **state)
{
    (void)state;
    fake_close(&ear_host);
    fake_thread("async");
    return 0;
}

void take_target(void)
{
    fake_accept(ear, 0, "target target");
    assert_true(fake_run_until_seen(ear, 4, "target", 1, 50.0));
}

uint64_t heard_now(void)
{
    uint64_t sum = 0;

    for (size_t p = 0; p < 5; p++)
        ear->sent[p].hash = 0;
    fake_send_numbers(ear, 0, NULL, ear_window, N);
    assert_true(fake_run_until(ear, 0, 50.0));
    for (size_t p = 0; p < 5; p++)
        sum = sum * 31 + ear->sent[p].hash;
    return sum;
}

aed_ear *core_ear(double sr_hz, unsigned features)
{
    const aed_ear_config c = {.sr_hz = sr_hz,
        .n = N,
        .sizes = {256, 512},
        .n_sizes = 2,
        .hop_n = 64,
        .mels = 20,
        .floor = 1e-4,
        .cap = 0.1,
        .features = features};
    aed_ear *direct = aed_ear_new(&c, NULL);

    assert_non_null(direct);
    assert_int_equal(aed_ear_target(direct, ear_target, N, NULL), AED_OK);
    return direct;
}

/* What core says of the window against a target. */
double ear_loss_against(const double *sound, size_t n)
{
    static double cut[N];
    aed_ear *direct = core_ear(44100.0, 0);
    aed_ear_result r;

    memset(cut, 0, sizeof cut);
    memcpy(cut, sound, (n < N ? n : N) * sizeof *cut);
    assert_int_equal(aed_ear_target(direct, cut, N, NULL), AED_OK);
    assert_int_equal(aed_ear_listen(direct, &r, NULL, ear_window, NULL, NULL, N, NULL), AED_OK);
    aed_ear_free(direct);
    return (double)(float)r.loss;
}

double ear_loss_now(void)
{
    heard_now();
    return ear->sent[1].v[0];
}

void take_set(void)
{
    for (size_t i = 0; i < N; i++)
        ear_second[i] = 0.5 * sin(0.31 * (double)i);
    for (size_t i = 0; i < 700; i++)
        ear_third[i] = 0.1 * sin(1.3 * (double)i);
    fake_array(&ear_host, "second", ear_second, N);
    fake_array(&ear_host, "third", ear_third, 700);
    fake_accept(ear, 0, "targets target second third");
    assert_true(fake_run_until_seen(ear, 4, "target", 3, 50.0));
}
