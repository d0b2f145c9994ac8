#include "onesynth.h"

fake_host host;
fake_object *synth;
test_plant synth_plant;

double sound[SOUND_N];

void record(size_t n)
{
    assert_true(n <= SOUND_N);
    host.recorded = synth;
    host.record = sound;
    host.record_n = n;
    host.record_at = 0;
}

double loudness(const double *x, size_t n)
{
    double most = 0.0;

    for (size_t i = 0; i < n; i++)
        most = fmax(most, isfinite(x[i]) ? fabs(x[i]) : 1e9);
    return most;
}

double frequency(const double *x, size_t n, double sr_hz)
{
    double first = 0.0, last = 0.0;
    size_t rises = 0;

    for (size_t i = 1; i < n; i++)
        if (x[i - 1] < 0.0 && x[i] >= 0.0)
        {
            last = (double)i - x[i] / (x[i] - x[i - 1]);
            first = rises++ == 0 ? last : first;
        }
    assert_true(rises > 1);
    return (double)(rises - 1) * sr_hz / (last - first);
}

uint64_t window_now(void)
{
    synth->sent[2].hash = 0;
    fake_accept(synth, 0, "render");
    assert_true(fake_run_until_seen(synth, 2, "", fake_seen(synth, 2, "") + 1, 1e4));
    assert_int_equal(synth->sent[2].n, N);
    return synth->sent[2].hash;
}

int setup(void **state)
{
    aed_error e;

    (void)state;
    fake_open(&host);
    fake_thread("sync");
    synth_plant = plant_of("");
    synth = fake_new(&host, &aed_class_synth, "-window 1024", &e);
    return !synth;
}

int teardown(void **state)
{
    (void)state;
    fake_close(&host);
    fake_thread("async");
    return 0;
}
