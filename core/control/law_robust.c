/* law_robust.c: two laws that work: robust, and hyper, which differs in alpha only.
 *
 *     e = ln(L + 1e-9), its running mean and dloss = mean before - mean after
 *     b, v = slope of the line through the last 10 e, and mean squared residual around it
 *     r = the reward, or exp(-3 L/L0)
 *     alpha, robust:  ln alpha + pull (ln home - ln alpha) + { ln u  b < -eps;  ln d  b > eps;  0 }
 *                     home = alpha0/(1 + min(1, lambda v)),   d = u^(-p/(1-p))
 *     alpha, hyper:   ln alpha + hyper agreement            Baydin et al. 2018, normalised: field.md 4.7
 *     both:           · damp, once, when the loss explodes: mean of e > ln explode + its least, and rising
 *     mu:     dreward > 0: + .02;   else · .99
 *     sigma:  on a plateau · 1.3 e^((5 s - 1)/12);   else · .8/(1 + .5 v);   s: success rate of local tests
 *     plateau: 8 steps with |dloss| < eps or dloss < 0, that is with dloss < eps
 *
 * The logarithm makes eps relative, so the law does not depend on the scale of the loss.
 *
 * robust: alpha is a memory of success: that the loss falls, over 10 steps. When this is so at a share q of
 * the steps where it falls or rises, alpha settles where pull and push cancel:
 *
 *     ln(alpha/home) = (ln u/pull) (q - p)/(1 - p)
 *
 * With u = 1.05, pull = .02, p = .6 that is 11 home for q = 1 (alpha_max: 10 alpha0), home for q = p, .54
 * home for q = .5 and .03 home for q = 0 (alpha_min: alpha0/20). So where half of the steps improve, which
 * is noise, but also what a rate a little too high looks like, alpha falls, and not below a quarter
 * of alpha0: home is alpha0/2 at least. A law that only multiplies has no such place: a q below its p takes it
 * to its lower bound, however close they are.
 *
 * sigma: a test's success asks for e^(1/3), its failure for e^(-1/12) (the 1/5 rule): at rate s that is
 * e^((5 s - 1)/12) on average, 1 at a fifth, which is also what counts when nobody told. */
#include "law.h"

#include <math.h>

static void robust_defaults(aed_sched *s)
{
    s->alpha0 = 0.02;
    s->mu0 = 0.9;
    s->sigma0 = 1e-4;
    s->relative = 1.0;
    s->alpha_min = 0.05;
    s->alpha_max = 10.0;
    s->mu_min = 0.5;
    s->mu_max = 0.95;
    s->sigma_min = 1e-4;
    s->sigma_max = 0.02;
    s->u = 1.05;
    s->pstar = 0.6;
    s->dmu = 0.02;
    s->kmu = 0.01;
    s->epsilon = 1e-3;
    s->sigma_up = 1.3;
    s->sigma_down = 0.8;
}

static double robust_reward(const aed_sched *s, double loss)
{
    return s->loss0 > 0.0 ? exp(-s->reward_rate * loss / s->loss0) : 1.0;
}

static void observe(aed_sched *s, double loss, double reward)
{
    aed_sched_observe(s, log(loss + 1e-9), reward);
    s->var = aed_sched_trend(s).residual;
    s->plateau = s->dloss < s->epsilon ? s->plateau + 1 : 0;
}

static void step_alpha(aed_sched *s)
{
    const aed_trend line = aed_sched_trend(s);
    const double home = s->alpha0 / (1.0 + fmin(1.0, s->lambda * line.residual));

    if (s->alpha > 0.0)
        aed_sched_scale_alpha(s, pow(home / s->alpha, s->pull));
    if (line.slope < -s->epsilon)
        aed_sched_scale_alpha(s, s->u);
    else if (line.slope > s->epsilon)
        aed_sched_scale_alpha(s, aed_sched_down(s));
}

/* Over when the loss rises no more; from there it has to explode again. */
static void watch(aed_sched *s)
{
    const int exploded = s->loss_ema > s->ema_least + log(s->explode);
    const int rises = s->dloss < -s->epsilon;

    if (exploded && rises && !s->diverging)
        aed_sched_scale_alpha(s, s->damp);
    if (exploded && !rises)
        s->ema_least = s->loss_ema;
    s->diverging = exploded && rises;
    s->ema_least = fmin(s->ema_least, s->loss_ema);
}

static void step_others(aed_sched *s)
{
    const double fifth = exp((s->success / AED_SCHED_FIFTH - 1.0) / 12.0);

    watch(s);
    aed_sched_step_mu(s);
    aed_sched_scale_sigma(s, aed_sched_on_plateau(s)
                                 ? s->sigma_up * fifth
                                 : s->sigma_down / (1.0 + s->sigma_damp * s->var));
}

static void robust_step(aed_sched *s, double loss, double reward)
{
    observe(s, loss, reward);
    step_alpha(s);
    step_others(s);
}

static void hyper_step(aed_sched *s, double loss, double reward)
{
    observe(s, loss, reward);
    aed_sched_scale_alpha(s, exp(s->hyper * s->agreement));
    step_others(s);
}

const aed_law aed_law_robust = {.name = "robust",
    .doc = "alpha remembers how often the loss falls; dither rises on plateaus",
    .loss_min = 0.0,
    .defaults = robust_defaults,
    .step = robust_step,
    .reward = robust_reward};

const aed_law aed_law_hyper = {.name = "hyper",
    .doc = "alpha follows whether gradients agree with the last move; the rest as robust",
    .loss_min = 0.0,
    .defaults = robust_defaults,
    .step = hyper_step,
    .reward = robust_reward};
