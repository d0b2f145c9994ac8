/* onemodule.h: one module's backward against five-point differences, component by component: every
 * sample of every parameter, of x, of the buses and of a line's past, every weight, and every
 * differentiable state.
 * The loss is linear in the outputs with random weights. */
#ifndef AED_TESTS_ONEMODULE_H
#define AED_TESTS_ONEMODULE_H

#include "common.h"
#include "plant/module.h"

enum
{
    ONE_STATE_N = 32, /* doubles of state and of tape at most, samples of a line */
    ONE_TAPE_N = 128,
    ONE_LINE_N = 1024,
    ONE_WEIGHTS_N = 1024
};

/* What a module needs to be tested: plausible states, and steps short beside its kinks. */
typedef struct
{
    const aed_module *m;
    size_t live_n; /* leading states that are differentiated */
    void (*randomize)(double *state);
    double h_state, h_theta;
    size_t size[AED_MAX_SIZES]; /* small, for what has sizes */
} recipe;

/* Of the module of this name; fails the test when there is none. */
const recipe *recipe_of(const aed_module *m);

/* worst: |a - b| / max(|a|, |b|, 1e-3 ‖g‖∞), ‖g‖∞ of all parameters together,
 * of anything else by itself; infinite when something is NaN or does not accumulate.
 * n components, of which some were left out because one-sided differences disagree. */
typedef struct
{
    double worst;
    size_t n, skipped;
} verdict;

/* Random settings of m: rates, chunks, states, inputs, parameters; fewer when worst exceeds
 * `enough`. */
verdict examine(const aed_module *m, size_t trials, double enough);

#endif
