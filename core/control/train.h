/* train.h: everything [aed_train] does, in numbers: the step that joins optimizer, dither, local
 * tests and policy. What comes in are plain vectors and scalars, what goes out is theta.
 *
 *     loop:   loss(emitted) → aed_train_loss      gradient → aed_train_gradient → aed_train_emitted
 *     pitch:  lag(emitted) → aed_train_lag, before the gradient
 *     test:   after a step, if aed_train_probe_due: for each i aed_train_candidate, send it,
 *             aed_train_probe_loss; when aed_train_probe_complete: aed_train_probe_finish
 *     policy: reward(emitted) → aed_train_reward → aed_train_emitted
 *
 * One step (seed sections 1 and 7, method.md):
 *
 *     g     <- g + anchor (theta - reference) / policy_c^2      when anchor > 0 and a reference was taken
 *     g     <- g · min(1, clip/‖g‖)                  when clip > 0; frozen parameters have g = 0
 *     u      = optimizer(g; alpha, mu)               optim.h
 *     u     <- clip(u, -slew, slew)                  when slew > 0
 *     theta <- clip(theta - u, lo, hi)
 *     theta_i <- clip(theta_i - kappa lag / octaves_i, lo, hi)   instead, where i is a frequency and a
 *                                                                 lag has come (below)
 *     emitted = clip(theta + sigma D eta, lo, hi)    dither.h
 *
 * Learning goes on after what would end it. A loss or gradient that has blown up (guard.h) sends theta back
 * to where the last good loss was heard, or to the best when that has just been tried; momentum is dropped
 * (scales, such as adam's squares, are kept: to forget them measured worse), and the gradient of what was
 * left is passed over. When the loss is as bad there, the target must be another one: losses and the best
 * are forgotten, and that loss is the first. With a policy losses do not count: of a pair one half is worse
 * on purpose. Its gradient does: a pair that has blown up is given up.
 *
 * Memory is taken in new only. Not thread-safe: one aed_train belongs to one caller. */
#ifndef AED_TRAIN_H
#define AED_TRAIN_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "policy.h"
#include "probe.h"
#include "resonance.h"
#include "setting.h"

typedef struct aed_train aed_train;

/* Settable by name through aed_train_set; defaults in brackets. */
typedef struct
{
    double alpha, mu, sigma; /* of the next step [.02 .9 0]; aed_train_hyper writes them too */
    double lo, hi;           /* "clamp_lo", "clamp_hi": bounds of every theta [0 1] */
    double clip;             /* largest gradient norm; 0: off [0] */
    double slew;             /* largest move of one theta in a step; 0: off [0] */
    double explode;          /* when a loss or gradient has blown up (guard.h); 0: never [20] */
    double beta2, eps;       /* of adam [.99 1e-8] */
    double kappa;            /* how much of a lag is made good in one step; 0: none [.8] */
    double anchor;           /* weight of the pull to the reference; 0: none [0] */
    double penalty_grad, penalty_slew; /* weights of resonance.h's penalty [1 1] */
    aed_probe_settings
        probe;     /* "probe" [0], "probe_n" [8], "rho" [1], "probe_pairs" [0], "probe_s" [.1] */
    double memory; /* bests of earlier targets that are tried on the next one; 0: none [4] */
    aed_policy_settings policy; /* "policy" [0], "policy_c" [.05], "blend" [0] */
} aed_train_settings;

extern const aed_setting aed_train_table[];

/* For the info outlet. */
typedef struct
{
    size_t steps;        /* since start */
    double grad_norm;    /* of the last gradient, before clip, without frozen parameters */
    double update_norm;  /* ‖theta after - theta before‖ of the last step */
    double agreement;    /* of the last gradient g with the move before it, -<g, move>/(|g| |move|):
                          * 1 the same way down, -1 straight back; 0 when there was none */
    double loss;         /* the last one; NaN: none yet */
    double best_loss;    /* since start or forget; NaN: none yet */
    double success;      /* of local tests, running mean; NaN: none has ended since start */
    double probe_s;      /* their width now */
    size_t policy_pairs; /* used */
    size_t policy_skipped;
    size_t starts;    /* that are being tried or will be; 0: none any more */
    double kl;        /* from the reference: see aed_train_anchor; 0 without one */
    size_t rollbacks; /* since start */
    size_t retargets; /* targets that changed without a word, since start */
} aed_train_info;

enum
{
    AED_TRAIN_D_MAX = 1 << 20
};

/* d parameters (1 … AED_TRAIN_D_MAX) at .5, none frozen, adam, dither "theta". Equal seeds and
 * equal calls give equal bits. NULL with AED_E_SIZE or AED_E_MEMORY. Rt-safe: no. */
aed_train *aed_train_new(size_t d, uint64_t seed, aed_error *e);
void aed_train_free(aed_train *t);

/* Settings, optimizer, dither mode and the range without bounds of another one, which may have another d.
 * Freezes are taken over where d is equal. Rt-safe: yes. */
void aed_train_copy_settings(aed_train *to, const aed_train *from);

/* ---- settings; on an error nothing changes; rt-safe unless they fail ---- */

/* Errors: AED_E_NAME, AED_E_ARG (setting.h); also clamp_lo not below clamp_hi. */
AED_MUST_CHECK aed_status aed_train_set(aed_train *t, const char *name, double value, aed_error *e);
int aed_train_get(double *value, const aed_train *t, const char *name);

/* Both bounds at once, lo < hi, each within -1e6 … 1e6. theta is clipped at the next step. A change
 * drops an open round of local tests. */
AED_MUST_CHECK aed_status aed_train_clamp(aed_train *t, double lo, double hi, aed_error *e);

/* every, n and rho of local tests at once; an open round goes on as it began. */
AED_MUST_CHECK aed_status aed_train_probe(
    aed_train *t, double every, double n, double rho, aed_error *e);

/* The next run begins with n starts (0 or 1: one; up to AED_POPULATION_MAX) of k steps each (1 … 1e6) and goes on
 * from the best theta among them, of which losses have to tell: population.h. A run that is under way
 * goes on where it is. There are no local tests before. */
AED_MUST_CHECK aed_status aed_train_population(aed_train *t, double n, double k, aed_error *e);

/* alpha, mu and sigma as a scheduler sends them. Errors: AED_E_ARG, none of the three is taken. */
AED_MUST_CHECK aed_status aed_train_hyper(
    aed_train *t, double alpha, double mu, double sigma, aed_error *e);

/* Both weights of the penalty at once: of a steep gradient, of a fast knob. */
AED_MUST_CHECK aed_status aed_train_penalty(aed_train *t, double grad, double slew, aed_error *e);

/* By name: optim.h, dither.h. Another optimizer starts with empty moments. Errors: AED_E_NAME. */
AED_MUST_CHECK aed_status aed_train_optim(aed_train *t, const char *name, aed_error *e);
AED_MUST_CHECK aed_status aed_train_dither(aed_train *t, const char *name, aed_error *e);
const char *aed_train_optim_name(const aed_train *t);
const char *aed_train_dither_name(const aed_train *t);

/* Parameter i stays where it is (frozen 1) or may move (0): neither gradient, dither, local tests
 * nor policy move it. Drops an open round of local tests. Errors: AED_E_ARG for i out of range. */
AED_MUST_CHECK aed_status aed_train_freeze(aed_train *t, size_t i, int frozen, aed_error *e);
/* Those at places [n], counted from 0, are frozen and no others (frozen 1), or all others and not those
 * (frozen 0: solo). n 0: none is. Errors (nothing changed): AED_E_ARG for a place that theta does not have. */
AED_MUST_CHECK aed_status aed_train_freeze_these(
    aed_train *t, const double *places, size_t n, int frozen, aed_error *e);
int aed_train_frozen(const aed_train *t, size_t i);

/* theta first … first + n - 1 has no bounds but ± AED_UNBOUNDED_MOST: raw weights; n 0: none. The
 * range may reach beyond d: it is said before the theta that it is about. A change drops an open round
 * of local tests. Rt-safe: yes. */
void aed_train_unbounded(aed_train *t, size_t first, size_t n);

/* ---- theta ---- */

size_t aed_train_d(const aed_train *t);

/* Set theta [n]; it is also what is emitted. Moments, an open round and an open pair are dropped.
 * The best so far stays: it belongs to the target, not to the path.
 * Errors (nothing changed): AED_E_SIZE, AED_E_NONFINITE, AED_E_ARG for a value outside the clamps
 * (by more than 1e-6, which is float's rounding and is clipped). Rt-safe: yes unless it fails. */
AED_MUST_CHECK aed_status aed_train_theta(
    aed_train *t, const double *theta, size_t n, aed_error *e);

/* [d], valid until the next call that steps or sets. Rt-safe: yes. */
const double *aed_train_emitted(const aed_train *t); /* what is to be sent */
const double *aed_train_mean(const aed_train *t);    /* theta itself, without dither */
const double *aed_train_best(const aed_train *t); /* emitted theta of best_loss; NULL: none yet */

/* Begin: keep theta for undo, count from 0, forget the best, moments, the dither's shape and the
 * width of local tests, the memory. Rt-safe: yes. */
void aed_train_start(aed_train *t);

/* The target has changed: forget the losses, the best, moments, an open pair and the width of local tests;
 * keep theta and everything else. The best goes to the memory, for the next local test to try (memory.h).
 * Rt-safe: yes. */
void aed_train_forget(aed_train *t);

/* theta as it is now becomes the reference, a safe place. Take theta for the mean of a normal policy of width
 * c = policy_c, and the reference likewise: then
 *
 *     KL(policy ‖ reference) = ‖theta - reference‖^2 / (2 c^2),   its gradient (theta - reference) / c^2
 *
 * is what the setting `anchor` weighs: theta goes where the loss (or reward) and the way back are worth as
 * much. Rt-safe: yes. */
void aed_train_anchor(aed_train *t);

/* theta as it was at start; a second undo comes back. Moments are dropped. AED_E_STATE before any
 * start. Rt-safe: yes unless it fails. */
AED_MUST_CHECK aed_status aed_train_undo(aed_train *t, aed_error *e);

/* theta = the best so far, but for what is frozen. Moments are dropped. AED_E_STATE when there is none.
 * Rt-safe: yes unless it fails. */
AED_MUST_CHECK aed_status aed_train_take_best(aed_train *t, aed_error *e);

/* ---- learning; on an error nothing changes, byte for byte ---- */

/* The loss of the emitted theta. One that has blown up (above) counts in rollbacks or retargets. Keeps the
 * best; when it is lower than the loss before, the move between the two emitted thetas counts as accepted
 * and shapes the dither. *is_best (may be NULL): 1 for a new best. Errors: AED_E_NONFINITE. Rt-safe: yes
 * unless it fails. */
AED_MUST_CHECK aed_status aed_train_loss(aed_train *t, double loss, int *is_best, aed_error *e);

/* One step along g [n] = dL/dtheta, or back to the last good theta when g has blown up; an open policy pair
 * is dropped. Errors: AED_E_SIZE, AED_E_NONFINITE (also for a norm above 1e150, whose square would not be
 * finite). Rt-safe: yes unless it fails. */
AED_MUST_CHECK aed_status aed_train_gradient(aed_train *t, const double *g, size_t n, aed_error *e);

/* With policy and blend above 0 each theta that is out needs two answers, in any order: its reward, and g [n] =
 * dL/dtheta there; NULL: there is none this time. The second one goes on as above (and aed_train_reward alone
 * then proposes nothing); the step of a pair is along
 *
 *     g = g_policy + blend (g(theta + c D eta) + g(theta - c D eta)) / 2
 *
 * With blend 0 nothing is looked at, but where a reward waits from before it was 0. Errors as aed_train_gradient.
 * Rt-safe: yes unless it fails. */
AED_MUST_CHECK aed_status aed_train_blend(
    aed_train *t, const double *g, size_t n, int *proposed, aed_error *e);

/* What came was no number: theta goes back as after an explosion (above); what is emitted is theta. With
 * `passes` 1 the gradient that comes next is of what was left. Rt-safe: yes. */
void aed_train_rollback(aed_train *t, int passes);

/* The reward of the emitted theta, while policy > 0. The first one begins a pair, every second one
 * after it makes a step. NaN or Inf gives the pair up and begins a new one: learning goes on.
 * *proposed (may be NULL): 1 when a new theta is emitted, 0 when policy is off.
 * Rt-safe: yes. */
void aed_train_reward(aed_train *t, double reward, int *proposed);

/* ---- frequencies that follow a lag ----
 *
 * A loss of spectra does not tell which way a frequency should go: beyond a semitone its exact gradient
 * is right about half of the time, and it is the largest component of all. How many octaves a sound lies
 * above its target, however, can be measured (ear/lag.h). So frequencies are steered, proportionally,
 * by that lag. While they are, nothing else moves them: no gradient, dither, local test or policy. And as
 * long as the lag is more than a semitone all others wait for them, up to 8 steps: of a wrong pitch
 * one cannot tell what is wrong with the timbre. */

/* Which of theta are frequencies: pairs [n] are place, octaves, place, octaves …: theta[place] from 0 to 1
 * spans that many octaves. n may be 0. They keep their intervals when they follow. Drops an open round of
 * local tests. Errors (nothing changed): AED_E_SIZE for a place that theta does not have; AED_E_ARG for an odd
 * n, a place that is no whole number from 0 on, or octaves outside 0 … 100 (0 excluded). Rt-safe: yes
 * unless it fails. */
AED_MUST_CHECK aed_status aed_train_tuned(
    aed_train *t, const double *pairs, size_t n, aed_error *e);

/* The emitted theta sounds `octaves` above the target; of use to the next step, once. Without it that
 * step takes frequencies for parameters like others. Ignored while kappa is 0 or no frequency is known.
 * A frequency that begins to follow drops an open round of local tests. Errors: AED_E_NONFINITE.
 * Rt-safe: yes unless it fails. */
AED_MUST_CHECK aed_status aed_train_lag(aed_train *t, double octaves, aed_error *e);

/* ---- local tests ---- */

/* 1 when this step is followed by a round: there is a best, and probe.h says so. Rt-safe: yes. */
int aed_train_probe_due(const aed_train *t);

/* How many candidates an open round has, or the next one will have. Rt-safe: yes. */
size_t aed_train_probe_n(const aed_train *t);

/* Candidate i into out [d]. Opens a round around the best so far when none is open. Errors:
 * AED_E_STATE without a best; AED_E_ARG for i out of range. Rt-safe: yes unless it fails. */
AED_MUST_CHECK aed_status aed_train_candidate(aed_train *t, double *out, size_t i, aed_error *e);

/* The loss of candidate i; NaN and Inf are answers too: such a candidate loses. Errors (nothing
 * changed): AED_E_STATE when no round is open (it was dropped, the answer is late) or i has been
 * answered; AED_E_ARG for i out of range. Rt-safe: yes unless it fails. */
AED_MUST_CHECK aed_status aed_train_probe_loss(aed_train *t, size_t i, double loss, aed_error *e);

int aed_train_probe_complete(const aed_train *t);

/* End the round with the answers that have come. 1 when the winner beats the best: it is the best
 * then, theta <- (1 - rho) theta + rho winner, emitted without dither, moments are dropped. The
 * scheduler's running mean is the caller's matter: aed_sched_forget. 0: theta and what is emitted
 * stay. Rt-safe: yes. */
int aed_train_probe_finish(aed_train *t);

/* Give an open round up, and with it the answers that have come. Rt-safe: yes. */
void aed_train_probe_drop(aed_train *t);

/* Rt-safe: yes. */
aed_train_info aed_train_report(const aed_train *t);

/* How the path of theta (without dither) goes: resonance.h. What is fair: a gradient up to `clip`, or four
 * times its running mean; a move up to `slew`, or .05. Jumps (local tests, going back) are no moves.
 * Rt-safe: yes. */
aed_resonance_info aed_train_resonance(const aed_train *t);

#endif
