/* guard.h: when has learning blown up?
 *
 * One factor k, the setting `explode`, for losses and gradients (0: never; from 0 to 1: 1):
 *
 *     loss      e <- .9 e + .1 L,  b = min e so far        blown up: L > k max(b, L_1 / 20)
 *     gradient  ln n <- .9 ln n + .1 ln |g|, after 8 of them  blown up: |g| > k^2 n
 *
 * L_1 is the first loss: what wobbles at the bottom of a valley is no explosion; and with L_1 <= 0 nothing
 * is. The square, because the gradient's norm of itself varies more (by up to 30 in a second of the classic
 * voice's learning). What has blown up is not taken into the means; 32 gradients in a row that have are a
 * new scale: the mean begins anew with the last of them. Plain struct. */
#ifndef AED_GUARD_H
#define AED_GUARD_H

#include <stddef.h>

typedef struct
{
    double ema, best, first; /* e, b, L_1 */
    size_t losses;
    double log_norm; /* ln n */
    size_t norms, bad;
} aed_guard;

/* 1 when loss, finite, has blown up. factor: k, at least 0. Rt-safe: yes. */
int aed_guard_loss(aed_guard *g, double loss, double factor);

/* 1 when a gradient's norm, finite and at least 0, has blown up. A norm of 0 is none. Rt-safe: yes. */
int aed_guard_norm(aed_guard *g, double norm, double factor);

#endif
