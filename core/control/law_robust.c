/* law_robust.c: the law that works (method.md, "AE-DDSP law that works").
 *
 *     e = ln(L + 1e-9), its running mean and dloss = mean before - mean after
 *     v = mean squared residual of the last 10 e around their line
 *     r = the reward, or exp(-3 L/L0)
 *     alpha:  dloss > eps: · 1.02;   dloss < -eps and no cooldown: · .8/(1 + 5 v), then cooldown 5
 *     mu:     dreward > 0: + .02;   else · .99
 *     sigma:  on a plateau · 1.3;   else · .8/(1 + .5 v)
 *     plateau: 8 steps with |dloss| < eps or dloss < 0, that is with dloss < eps
 *
 * Against the seed's: the logarithm makes eps relative, so the law does not depend on the scale of
 * the loss; between -eps and eps alpha holds, where the seed's sinks in 41 steps of noise; the
 * cooldown gives a smaller alpha time to show. */
#include "law.h"

#include <math.h>

static void robust_defaults(aed_sched *s)
{
    s->alpha0 = 0.02;
    s->mu0 = 0.9;
    s->sigma0 = 1e-4;
    s->alpha_min = 1e-3;
    s->alpha_max = 0.2;
    s->mu_min = 0.5;
    s->mu_max = 0.95;
    s->sigma_min = 1e-4;
    s->sigma_max = 0.02;
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

static void step_alpha(aed_sched *s)
{
    const int cooling = s->cool > 0;

    if (cooling)
        s->cool--;
    if (s->dloss > s->epsilon)
        aed_sched_scale_alpha(s, s->u);
    else if (s->dloss < -s->epsilon && !cooling)
    {
        aed_sched_scale_alpha(s, aed_sched_down(s) / (1.0 + s->lambda * s->var));
        s->cool = (size_t)s->cooldown;
    }
}

static void robust_step(aed_sched *s, double loss, double reward)
{
    aed_sched_observe(s, log(loss + 1e-9), reward);
    s->var = aed_sched_residual_variance(s);
    s->plateau = s->dloss < s->epsilon ? s->plateau + 1 : 0;
    step_alpha(s);
    aed_sched_step_mu(s);
    aed_sched_scale_sigma(
        s, aed_sched_on_plateau(s) ? s->sigma_up : s->sigma_down / (1.0 + s->sigma_damp * s->var));
}

const aed_law aed_law_robust = {.name = "robust",
    .doc = "trends of the log loss, a dead zone, cooldown, dither on plateaus",
    .loss_min = 0.0,
    .defaults = robust_defaults,
    .step = robust_step,
    .reward = robust_reward};
