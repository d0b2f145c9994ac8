/* onetrain.h: an [aed_train] alone, and the bowl that is its plant: theta goes out, the test answers. */
#ifndef AED_TESTS_ONETRAIN_H
#define AED_TESTS_ONETRAIN_H

#include "fakehost.h"

enum
{
    D = 3
};

extern fake_host host; /* as in onesynth.h */
extern fake_object *train;

/* For a test's setup and teardown. */
int one_train_open(void **state);
int one_train_close(void **state);

/* The bowl sum (theta - goal)^2. */
double loss_of(const double *theta);

/* Its loss, then its gradient, for the theta that was sent last. */
void answer(void);

#endif
