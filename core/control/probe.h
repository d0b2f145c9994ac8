/* probe.h: local tests: now and then try a few neighbours of the best theta, keep what is better.
 *
 * Seed section 4; figures from method.md ("local tests give the win"):
 *
 *     candidate i   even: best + s N(0, I)
 *                         with pairs: candidate 4j + 2 is best - the move of 4j
 *                   odd:  1-3 random knobs moved by +- exp U(ln .01, ln .6)
 *                   clipped to [lo, hi]; frozen parameters stay
 *     winner better than the best:  s <- min(1.3 s, .3)   and the caller takes it
 *     else                          s <- max(.87 s, .005),   s0 = .1
 *
 * A round goes open → candidate and result for each i, in any order → finish. Candidates come from
 * counter-addressed random numbers, so the winner is made again rather than kept. Plain struct. */
#ifndef AED_PROBE_H
#define AED_PROBE_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "bounds.h"

enum
{
    AED_PROBE_MAX = 64 /* candidates a round */
};

/* Ranges are in the table of train.c. */
typedef struct
{
    double every; /* steps between rounds; 0: never */
    double n;     /* candidates a round, 1 … AED_PROBE_MAX */
    double rho;   /* how far theta goes to the winner: 1 takes it */
    double pairs; /* 1: even candidates come in pairs, best ± the same move */
    double s0;    /* width of the even candidates at the start */
} aed_probe_settings;

typedef struct
{
    double s;       /* width of the even candidates now */
    double success; /* running mean (.9) of rounds won; NAN before the first */
    uint64_t seed;
    uint64_t round;    /* rounds opened so far */
    int pairs;         /* of the open round */
    size_t n;          /* candidates of the open round; 0: none is open */
    uint64_t answered; /* bit i: the loss of candidate i has come */
    size_t winner;
    double winner_loss; /* INFINITY while nothing finite has come */
    size_t last_step;   /* step of the last round */
} aed_probe;

/* As new; the random numbers depend on seed alone. Rt-safe: yes. */
void aed_probe_init(aed_probe *p, const aed_probe_settings *set, uint64_t seed);

/* 1 when a round should be opened after step number `step` (1, 2, …): each set->every steps, once,
 * and not while one is open. Rt-safe: yes. */
int aed_probe_due(const aed_probe *p, const aed_probe_settings *set, size_t step);

/* Open a round; an open one is dropped. Rt-safe: yes. */
void aed_probe_open(aed_probe *p, const aed_probe_settings *set, size_t step);

/* Candidate i < p->n of this round. Equal for equal arguments until the round ends.
 * theta [b->d] out; centre [b->d] in, may not alias theta. Rt-safe: yes. */
void aed_probe_candidate(
    const aed_probe *p, double *theta, const double *centre, size_t i, const aed_bounds *b);

/* The loss of candidate i. NaN and Inf are answers: such a candidate loses.
 * Errors (nothing changed): AED_E_STATE when no round is open or i has been answered; AED_E_ARG for
 * i out of range. Rt-safe: yes unless it fails. */
AED_MUST_CHECK aed_status aed_probe_result(aed_probe *p, size_t i, double loss, aed_error *e);

/* 1 when a round is open and every candidate has been answered. Rt-safe: yes. */
int aed_probe_complete(const aed_probe *p);

/* End the round with what has come. 1 when the winner's loss is below best_loss: theta [b->d] then
 * is the winner, else it is left alone. A round without any answer changes nothing. centre as given
 * to aed_probe_candidate. Rt-safe: yes. */
int aed_probe_finish(
    aed_probe *p, double *theta, const double *centre, double best_loss, const aed_bounds *b);

#endif
