/* onesynth.h: one naked [aed_synth~] of the default chain, for the tests of its messages. */
#ifndef AED_TESTS_ONESYNTH_H
#define AED_TESTS_ONESYNTH_H

#include "fakehost.h"
#include "plant.h"

enum
{
    N = 1024 /* samples in its window */
};

extern fake_host host;
extern fake_object *synth;
extern test_plant synth_plant; /* the synth's */

/* Of each test: results are computed in place (sync). */
int setup(void **state);
int teardown(void **state);

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

#endif
