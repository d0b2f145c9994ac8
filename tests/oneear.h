/* oneear.h: one naked [aed_features~], for the tests of its messages. */
#ifndef AED_TESTS_ONEEAR_H
#define AED_TESTS_ONEEAR_H

#include "ear/ear.h"
#include "fakehost.h"

enum
{
    N = 1024 /* samples in its window */
};

extern fake_host ear_host;
extern fake_object *ear;

/* A sine each, of other pitch and level; the target is an array of the host, "target". */
extern double ear_target[4 * N], ear_window[N];

/* Make the array the target, and wait until it was taken. */
void take_target(void);

/* Hear the window: everything that leaves for it, as one number. */
uint64_t heard_now(void);

/* The same ear in core, of the same target, at this rate, for the rows of `features` (bits, as in ear.h). */
aed_ear *core_ear(double sr_hz, unsigned features);

/* The loss that core has of the window against a sound [n] and silence. */
double ear_loss_against(const double *sound, size_t n);

/* The loss of the window that leaves for it now. */
double ear_loss_now(void);

/* Arrays target, second [N] and third [700] are the set of targets; what `drawn` said last. */
void take_set(void);
extern double ear_second[N], ear_third[700], ear_drawn[2];

/* Of each test: results are computed in place (sync). */
int ear_setup(void **state);
int ear_teardown(void **state);

#define EAR_TEST(name) cmocka_unit_test_setup_teardown(name, ear_setup, ear_teardown)

#endif
