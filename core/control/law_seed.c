/* law_seed.c: the law as the seed has it (ae-ddsp.md sections 3 and 8, and its class Scheduler).
 *
 *     alpha · u                     when dloss > epsilon
 *     alpha · d/(1 + lambda v)      otherwise
 *     mu + dmu                      when dreward > 0
 *     mu - kmu mu                   otherwise
 *     sigma / (1 + .5 v)            and on a plateau times sigma_up (text only: 1 in the code)
 *
 * The text and the code of the seed differ, so there are two rows:
 *
 *                  dmu    bounds of alpha      v                            sigma on a plateau
 *     seed-text    .02    [.3, 3] alpha0       variance/mean^2 of a window  rises
 *     seed-code    .01    [1e-5, .1]           0, as its loop passes it     no rule
 *
 * Both are here to be compared with: method.md tells why they do not learn well. */
#include "law.h"

#include <math.h>

void aed_law_seed_step(aed_sched *s, double loss, double reward, double var)
{
    aed_sched_observe(s, loss, reward);
    s->var = var;
    s->plateau = fabs(s->dloss) <= s->epsilon ? s->plateau + 1 : 0;
    aed_sched_scale_alpha(
        s, s->dloss > s->epsilon ? s->u : aed_sched_down(s) / (1.0 + s->lambda * var));
    aed_sched_step_mu(s);
    aed_sched_scale_sigma(
        s, (aed_sched_on_plateau(s) ? s->sigma_up : 1.0) / (1.0 + s->sigma_damp * var));
}

static void code_defaults(aed_sched *s)
{
    s->alpha0 = 1e-3;
    s->mu0 = 0.9;
    s->sigma0 = 1e-3;
    s->alpha_min = 1e-5;
    s->alpha_max = 1e-1;
    s->mu_min = 0.0;
    s->mu_max = 0.999;
    s->sigma_min = 1e-6;
    s->sigma_max = 1e-2;
    s->dmu = 0.01;
    s->kmu = 0.1;
    s->epsilon = 1e-5;
    s->sigma_up = 1.0;
    s->sigma_down = 1.0;
}

static void code_step(aed_sched *s, double loss, double reward)
{
    aed_law_seed_step(s, loss, reward, 0.0);
}

static void text_defaults(aed_sched *s)
{
    code_defaults(s);
    s->dmu = 0.02;
    s->relative = 1.0;
    s->alpha_min = 0.3;
    s->alpha_max = 3.0;
    s->sigma_up = 1.3; /* the text says "boost" and no number: that of the robust law */
}

static void text_step(aed_sched *s, double loss, double reward)
{
    /* The window ends with this very loss, so it is put in before the law averages it. */
    aed_sched seen = *s;

    aed_sched_observe(&seen, loss, reward);
    aed_law_seed_step(s, loss, reward, aed_sched_relative_variance(&seen));
}

const aed_law aed_law_seed_text = {.name = "seed-text",
    .doc = "the seed's text: bounds around alpha, dither rises on plateaus",
    .loss_min = -INFINITY,
    .defaults = text_defaults,
    .step = text_step};

const aed_law aed_law_seed_code = {.name = "seed-code",
    .doc = "the seed's class Scheduler, variance 0 as its loop has it",
    .loss_min = -INFINITY,
    .defaults = code_defaults,
    .step = code_step};
