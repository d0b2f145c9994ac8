/* module.h: the one interface every differentiable module implements.
 *
 * A module is a row of numbers and functions, without state of its own. It runs in chunks of at
 * most AED_CHUNK samples; what it remembers between chunks is a short vector of doubles, so that a
 * copy of the vector is a checkpoint. backward runs on one chunk right after forward ran on it
 * from the same state: a window of any length costs one state per chunk, not a tape per sample.
 *
 * Every parameter is a signal of n values in physical units, so that ramps, envelopes and cords
 * can move it and the gradient with respect to every sample of it is known. */
#ifndef AED_MODULE_H
#define AED_MODULE_H

#include <stddef.h>

#include "base/param.h"

enum
{
    AED_CHUNK = 64,      /* samples at most in one call */
    AED_MAX_PARAMS = 24, /* parameters of one module */
};

/* Where a module stands in a chain. */
typedef enum
{
    AED_CONTROL, /* writes the envelope bus; no audio in or out */
    AED_SOURCE,  /* adds to the mix */
    AED_EFFECT   /* audio in, audio out */
} aed_role;

/* What all modules of a voice share during one chunk. */
typedef struct
{
    double sr_hz;
    double pitch_ratio; /* played note against the reference key: 2^((pitch - 60) / 12) */
    double velocity;    /* 0 … 1 while a note is held; 0 after its release */
    double *env;        /* [AED_CHUNK] the envelope bus, 0 … 1 */
    double *denv;       /* [AED_CHUNK] dL/denv; NULL in forward */
    size_t n;           /* samples in this chunk, 1 … AED_CHUNK */
} aed_block;

typedef struct
{
    const char *name; /* the word in a chain: "ladder" */
    const char *doc;  /* one line */
    aed_role role;
    int needs_env; /* reads the envelope bus: a chain without an env gets one in front */
    const aed_param *params;
    size_t n_params;
    size_t state_n; /* doubles of state */
    size_t tape_n;  /* doubles per sample that forward leaves for backward of the same chunk */

    /* Start from silence. instance tells equal modules of one chain apart (seeds). */
    void (*reset)(double *state, unsigned long seed, size_t instance);

    /* A note began (b->velocity > 0) or ended (0) before the next chunk. NULL: nothing to do. */
    void (*event)(double *state, const aed_block *b);

    /* Adjoint of event: dstate [state_n] in: dL/d(state after); out: dL/d(state before). */
    void (*event_backward)(double *dstate, const aed_block *b);

    /* y [n]: AED_SOURCE adds to it, AED_EFFECT writes it (may not alias x), AED_CONTROL ignores it.
     * tape [n · tape_n] out, state [state_n] in/out, x [n], p[k] [n] value of parameter k.
     * Rt-safe: yes. */
    void (*forward)(double *y, double *tape, double *state, const double *x, const double *const *p,
        const aed_block *b);

    /* dx [n] (NULL for sources), dp[k] [n], b->denv [n] accumulate (+=).
     * dstate [state_n] in: dL/d(state after the chunk); out: dL/d(state before it).
     * state: as it was BEFORE forward ran; tape: as forward left it; x, p, b as forward got them.
     * Rt-safe: yes. */
    void (*backward)(double *dx, double *const *dp, double *dstate, const double *dy,
        const double *tape, const double *state, const double *x, const double *const *p,
        const aed_block *b);
} aed_module;

#endif
