#include "onesynth.h"

fake_host host;
fake_object *synth;
test_plant synth_plant;

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
