/* match.h: sound matching as a contest: one plant, one loss, one budget for all.
 *
 * A loss costs 1 unit, a loss with its gradient 2, a candidate of a local test 1; the lag in pitch is measured
 * on a sound that has been rendered anyway. All of a method's renders go through match_loss and match_gradient,
 * which keep the best theta and refuse what the budget does not allow. */
#ifndef MATCH_H
#define MATCH_H

#include <stddef.h>
#include <stdint.h>

enum
{
    MATCH_N = 8000, /* samples, at 16 kHz */
    MATCH_UNITS = 600,
    MATCH_D_MOST = 32
};

/* ---- a target ---- */

typedef struct
{
    double sound[MATCH_N];
    double theta[MATCH_D_MOST]; /* what made it, where something did */
    double least;               /* loss of theta, as match_judge has it; NAN: nothing made it */
    int key_known;              /* its frequency may be used, and stands */
    uint64_t seed;              /* of whatever a method draws */
} match_target;

/* Its knobs are those of a seed, its noise is not the one that methods render with. */
void match_random(match_target *t, uint64_t seed, int key_known);

/* The first half second of a recording, or the sound after `from_s`. 0: no sox, or no file. */
int match_recording(match_target *t, const char *path, double from_s);

/* ---- the plant ---- */

void match_open(void); /* once in a process; ends the program when it cannot */
size_t match_d(void);
size_t match_freq(void);         /* place in theta */
double match_octaves(void);      /* that theta[freq] spans */
const double *match_start(void); /* [d] where a new synth begins */

/* ---- a run of one method ---- */

void match_begin(const match_target *t);
size_t match_left(void); /* units */

/* INFINITY when nothing finite was heard. Ends the program when there are no units for it. */
double match_loss(const double *theta);
double match_gradient(double *g, const double *theta);

/* How far the sound heard last lies above the target, in octaves; 0: no confidence. */
int match_lag(double *octaves);

/* Of the best theta so far: the loss with the floor of the seed (1e-6), which nobody learned with. */
double match_judge(void);
double match_best(void); /* its loss as it was learned with */

/* ---- methods ---- */

typedef struct match_method match_method;

struct match_method
{
    const char *name; /* of which the best setting counts */
    void (*run)(const match_method *m, const match_target *t);
    double setting; /* a rate, a width or a population */

    /* of those that learn */
    const char *optim;
    double clip;
    int law, tests, dither;

    const char *rival; /* of those that search: as match_rival.py knows it */
};

void match_learn(const match_method *m, const match_target *t);  /* through aed_train */
void match_search(const match_method *m, const match_target *t); /* through a Python child */
void match_draw(const match_method *m, const match_target *t);   /* uniform random search */

/* 1 when there is a Python that has what the rival needs. */
int match_has(const char *rival);

extern const match_method
    match_methods[]; /* ended by name NULL; the first is the one that has to win */

#endif
