/* optim.h: from a gradient to a move: theta <- theta - u.
 *
 * Seed section 1, h <- Phi(h, g; mu), u = U(h, g; alpha), with alpha and mu free to change at every
 * step. A new optimizer is one function and one row in optim.c. */
#ifndef AED_OPTIM_H
#define AED_OPTIM_H

#include <stddef.h>

typedef struct
{
    double *h;                        /* [d] filtered gradient */
    double *w;                        /* [d] filtered square of it */
    size_t n;                         /* steps since the last reset */
    double mu_product, beta2_product; /* of all steps since then: what h and w still lack */
} aed_optim_state;

typedef struct
{
    double alpha; /* rate, at least 0 */
    double mu;    /* 0 <= mu < 1 */
    double beta2; /* adam: memory of the squares, 0 <= beta2 < 1; method.md .99, torch .999 */
    double eps;   /* adam: > 0, added to the root */
} aed_optim_hyper;

/* u [d] out, the move; s in/out; g [d] in, finite, |g| < 1e150. Rt-safe: yes.
 *
 *     sgd       h <- mu h + (1 - mu) g      u = alpha h                        seed section 1
 *     momentum  h <- mu h + g               u = alpha h                        torch.optim.SGD
 *     adam      h <- mu h + (1 - mu) g      u = alpha ĥ / (sqrt(ŵ) + eps)      method.md
 *               w <- b w + (1 - b) g^2      ĥ = h / (1 - prod mu), ŵ = w / (1 - prod b)
 *
 *     rprop     w <- min(1.2 w, 50) where g h > 0, max(.5 w, 1e-4) where g h < 0, w_0 = 1
 *               h <- 0 where g h < 0, else g   u = alpha w sign(h)                 iRprop-
 *     sign      h <- mu h + (1 - mu) g         u = alpha sign(h)                   Signum
 *
 * rprop: Igel and Hüsken 2003, with steps in units of alpha, so that a law that moves alpha scales them;
 * mu is not used. For gradients without noise. sign: Bernstein et al. 2018.
 *
 * Levenberg-Marquardt would need the derivative of every sample (or frame) by every parameter. The cords carry
 * one gradient, the sum over them: there is no row for it.
 *
 * adam: Kingma and Ba 2014; the products take the place of mu^n and b^n because mu and b may change
 * from step to step, and equal them when they do not. */
typedef struct
{
    const char *name, *doc;
    void (*step)(
        double *u, aed_optim_state *s, const double *g, const aed_optim_hyper *p, size_t d);
} aed_optim;

/* All optimizers, ended by a row with name NULL; the first is the default. */
extern const aed_optim aed_optims[];

/* NULL when there is none of that name. Rt-safe: yes. */
const aed_optim *aed_optim_find(const char *name);

/* Forget all moments. Rt-safe: yes. */
void aed_optim_reset(aed_optim_state *s, size_t d);

/* Forget where it was going, h, and keep what it knows of scales, w. Rt-safe: yes. */
void aed_optim_halt(aed_optim_state *s, size_t d);

#endif
