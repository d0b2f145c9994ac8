#include "onesynth.h"

fake_host host;
fake_object *synth;
aed_chain synth_chain;

int setup(void **state)
{
    aed_error e;

    (void)state;
    fake_open(&host);
    fake_thread("sync");
    assert_int_equal(aed_chain_parse(&synth_chain, AED_CHAIN_DEFAULT, &e), AED_OK);
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
