/* learning.h: a loop with a target that can be reached, and what went over its cords. */
#ifndef AED_TESTS_LEARNING_H
#define AED_TESTS_LEARNING_H

#include "fakehost.h"
#include "plant.h"

enum
{
    N = 2048, /* samples in a window */
    D_MOST = AED_KNOBS_MOST,
    LOSSES = 1000
};

#define SYNTH "-window 2048 -seed 3"
#define EAR "256 512 -hop 128 -mels 24 -window 2048"

extern fake_loop loop;
extern test_plant plant; /* the synth's */
extern double target[N];
extern const aed_score score; /* what the synth plays when nobody says otherwise */

/* What went over the cords last, and all losses and rewards. */
extern double losses[LOSSES], rewards[LOSSES];
extern size_t losses_n, rewards_n;
extern double theta[D_MOST], window[N], dx[N], dtheta[D_MOST];
extern size_t windows;

/* For the group's setup: render the target, with a theta that nobody tells the loop. */
int make_target(void **state);

/* The loop in a thread mode, its target taken. */
void open_with(const char *thread, int with_sched);
int close_loop(void **state);

/* Send `how` to [aed_train] and run until it is done, without any error. */
void learn(const char *how);

double least(void); /* of losses */
double mean(const double *x, size_t n);

#endif
