/* module.h: the one interface every differentiable module implements.
 *
 * A module is a row of numbers and functions, without state of its own. It runs in chunks of at
 * most AED_CHUNK samples; what it remembers between chunks is a short vector of doubles, so that a
 * copy of the vector is a checkpoint. backward runs on one chunk right after forward ran on it
 * from the same state: a window of any length costs one state per chunk, not a tape per sample.
 * What would be too long for a copy, such as an echo, stands in lines: they are written once per
 * sample and never changed, so the window's own copy of them serves every chunk.
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
    AED_MAX_LINES = 12,  /* lines of one module */
    AED_MAX_SIZES = 2,   /* numbers behind a module's name */
    AED_MAX_WEIGHTS = 2, /* vectors of weights of one module */
};

/* Where a module stands in a chain. */
typedef enum
{
    AED_CONTROL, /* writes buses; no audio in or out */
    AED_SOURCE,  /* adds to the mix */
    AED_EFFECT   /* audio in, audio out */
} aed_role;

/* Signals that all modules of a voice share. A bus begins each chunk at the value given here;
 * controls add to it, in the order of the chain, before any source or effect reads it. */
typedef enum
{
    AED_ENV,   /* 0; the env makes it 0 … 1 */
    AED_PITCH, /* octaves above key 60: the note with its glide and bends; an lfo adds to it */
    AED_SWEEP, /* 0 octaves; moves every cutoff */
    AED_SWELL, /* 0 octaves (of 6.02 dB); moves every vca */
    AED_PHASE, /* 0; what the oscillator before put out, at full level: a source may read it as phase
                * modulation, and a source that is an oscillator replaces it by its own output */
    AED_BUSES
} aed_bus;

/* The last samples that a module wrote, a ring: sample i stands at x[i & mask]. dL/dx of the same
 * sample stands at dx[i & dx_mask]; NULL in forward. */
typedef struct
{
    double *x, *dx;
    size_t mask, dx_mask;
} aed_line;

/* A number that may stand behind a module's name in a chain, "amed 32", and says how large it is. */
typedef struct
{
    const char *name; /* "hidden" */
    size_t lo, hi, step, start;
} aed_size;

/* A vector of raw numbers that learns as a whole, beside the parameters: without unit or range, and
 * standing still throughout a chunk. */
typedef struct
{
    const char *name; /* without its module: "net" */
    const char *doc;
    int traits; /* AED_PLAIN or AED_STANDS */
    size_t (*n)(const size_t *size);
    /* [n] where a new voice begins. */
    void (*start)(double *w, const size_t *size, unsigned long seed);
} aed_weights;

/* What all modules of a voice share during one chunk. */
typedef struct
{
    double sr_hz;
    double velocity;        /* 0 … 1 while a note is held; 0 after its release */
    double *bus[AED_BUSES]; /* [AED_CHUNK] each */
    double
        *dbus[AED_BUSES];  /* [AED_CHUNK] dL/dbus, accumulated (+=); NULL in forward. A source that
                              * replaces AED_PHASE finds dL/d(its output) here and replaces it by
                              * dL/d(what it read) */
    const double *ratio;   /* [AED_CHUNK] 2^pitch. Who reads it adds dL/dratio · ratio · ln 2 to
                          * dbus[AED_PITCH] */
    double *side;          /* [AED_CHUNK] or NULL when nobody asks: right = mid + side, left = mid -
                          * side, over sqrt 2; mid is the chain's audio. Not differentiated */
    const aed_line *lines; /* this module's own, [n_lines] */
    size_t at;          /* samples since the reset: line sample at + i belongs to chunk sample i */
    size_t n;           /* samples in this chunk, 1 … AED_CHUNK */
    const size_t *size; /* this module's own, [n_sizes] */
    const double *weights; /* this module's own, one vector behind the other */
    double *dweights;      /* dL/dweights, accumulated (+=); NULL in forward */
    int only_weights;      /* backward may leave out all gradients but dweights, and of dstate what
                            * does not lead to them */
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
    const aed_size *sizes;
    size_t n_sizes;
    const aed_weights *weights;
    size_t n_weights;
    size_t (*tape_of)(const size_t *size); /* tape_n of a module with sizes; NULL: tape_n */
    size_t n_lines; /* lines, each with at least line_s seconds of the past, and 4 samples more */
    double line_s;

    /* Start from silence (lines are zero by then). instance tells equal modules of one chain apart
     * (seeds). */
    void (*reset)(double *state, unsigned long seed, size_t instance);

    /* A note began (b->velocity > 0) or ended (0) before the next chunk. NULL: nothing to do. */
    void (*event)(double *state, const aed_block *b);

    /* Adjoint of event: dstate [state_n] in: dL/d(state after); out: dL/d(state before). */
    void (*event_backward)(double *dstate, const aed_block *b);

    /* y [n]: AED_SOURCE adds to it, AED_EFFECT writes it (may not alias x), AED_CONTROL ignores it.
     * tape [n · tape_n] out, state [state_n] in/out, x [n], p[k] [n] value of parameter k. A line is
     * written at samples at … at + n - 1 alone, and the same again when forward runs again.
     * Rt-safe: yes. */
    void (*forward)(double *y, double *tape, double *state, const double *x, const double *const *p,
        const aed_block *b);

    /* dx [n] (NULL for sources), dp[k] [n], b->dbus [n] and lines' dx accumulate (+=).
     * dstate [state_n] in: dL/d(state after the chunk); out: dL/d(state before it).
     * state: as it was BEFORE forward ran; tape: as forward left it; x, p, b as forward got them,
     * buses as the last control left them. (AED_PHASE has gone on by then: who reads it keeps it
     * on the tape.) A line's dx at samples at … at + n - 1 already has all that later chunks read.
     * Rt-safe: yes. */
    void (*backward)(double *dx, double *const *dp, double *dstate, const double *dy,
        const double *tape, const double *state, const double *x, const double *const *p,
        const aed_block *b);
} aed_module;

#endif
