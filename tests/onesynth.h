/* onesynth.h: one naked [aed_synth~] of the default chain, for the tests of its messages. */
#ifndef AED_TESTS_ONESYNTH_H
#define AED_TESTS_ONESYNTH_H

#include "fakehost.h"
#include "plant.h"

enum
{
    N = 1024, /* samples in its window */
    SOUND_N = 88200
};

extern fake_host host;
extern fake_object *synth;
extern test_plant synth_plant; /* the synth's */

/* Keep what the synth plays from now on, up to n samples, in sound. */
extern double sound[];
void record(size_t n);

/* Largest |x|; anything that is not finite counts as 1e9. */
double loudness(const double *x, size_t n);

/* Frequency of a sound that is nearly a sine, in Hz, out of the times at which it rises through 0. */
double frequency(const double *x, size_t n, double sr_hz);

/* The window that `render` gives now, as one number. */
uint64_t window_now(void);

/* Of each test: results are computed in place (sync). */
int setup(void **state);
int teardown(void **state);

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

#endif
