#include "sched.h"

#include <math.h>
#include <string.h>

#include "law.h"

static const double two_pi = 6.283185307179586;

const aed_law *const aed_laws[] = {
    &aed_law_robust,
    &aed_law_hyper,
    &aed_law_seed_text,
    &aed_law_seed_code,
    NULL,
};

#define ROW(name, field, lo, hi, doc)                                                              \
    {                                                                                              \
        name, offsetof(aed_sched, field), lo, hi, doc                                              \
    }

const aed_setting aed_sched_settings[] = {
    ROW("alpha", alpha0, 0.0, 10.0, "learning rate at the start"),
    ROW("mu", mu0, 0.0, 0.9999, "momentum at the start"),
    ROW("sigma", sigma0, 0.0, 1.0, "dither strength at the start"),
    ROW("alpha_min", alpha_min, 0.0, 10.0, "lower bound of alpha"),
    ROW("alpha_max", alpha_max, 0.0, 10.0, "upper bound of alpha"),
    ROW("relative", relative, 0.0, 1.0, "1: bounds of alpha are multiples of alpha at the start"),
    ROW("ceiling", ceiling, 0.0, 10.0, "where alpha rises no further, whatever alpha_max says"),
    ROW("mu_min", mu_min, 0.0, 0.9999, "lower bound of mu"),
    ROW("mu_max", mu_max, 0.0, 0.9999, "upper bound of mu"),
    ROW("sigma_min", sigma_min, 0.0, 1.0, "lower bound of sigma"),
    ROW("sigma_max", sigma_max, 0.0, 1.0, "upper bound of sigma"),
    ROW("u", u, 1.0, 2.0, "factor of alpha when the loss falls"),
    ROW("d", d, 0.01, 1.0, "factor of alpha when it does not"),
    ROW("pstar", pstar, 0.0, 0.99, "success rate that holds alpha; derives d from u (0: d counts)"),
    ROW("pull", pull, 0.0, 1.0,
        "part of its way back to the start that ln alpha goes in a step (robust)"),
    ROW("excess", excess, 0.0, 1.0,
        "how strongly a mean loss above the least of late draws alpha down (robust)"),
    ROW("hyper", hyper, 0.0, 1.0, "growth of ln alpha when gradient and last move agree (hyper)"),
    ROW("lambda", lambda, 0.0, 1000.0, "damping of alpha by variance (seed-text)"),
    ROW("explode", explode, 1.5, 1e6,
        "so many times the least mean loss is a divergence (robust, hyper)"),
    ROW("damp", damp, 0.01, 1.0, "factor of alpha, once, when the loss diverges (robust, hyper)"),
    ROW("epsilon", epsilon, 0.0, 1.0, "smallest trend of the loss that counts"),
    ROW("beta", beta, 0.0, 0.9999, "memory of the running means"),
    ROW("window", window, 2.0, AED_SCHED_WINDOW_MAX, "steps the variance looks back"),
    ROW("dmu", dmu, 0.0, 1.0, "added to mu when the reward rises"),
    ROW("kmu", kmu, 0.0, 1.0, "part of mu that goes when it does not"),
    ROW("sigma_up", sigma_up, 1.0, 10.0, "factor of sigma on a plateau"),
    ROW("sigma_down", sigma_down, 0.01, 1.0, "factor of sigma elsewhere (robust, hyper)"),
    ROW("sigma_damp", sigma_damp, 0.0, 100.0, "damping of sigma by variance"),
    ROW("patience", patience, 1.0, 1e4, "steps without progress that make a plateau"),
    ROW("reward_rate", reward_rate, 0.0, 100.0,
        "k of the stand-in reward exp(-k L/L0) (robust, hyper)"),
    ROW("cosine", cosine, 0.0, 1e6, "period in steps of an envelope over alpha (0: off)"),
    ROW("cosine_depth", cosine_depth, 0.0, 1.0, "how far that envelope dips"),
    {0},
};

/* What the laws have in common, and what only some of them ask for. */
static void common_defaults(aed_sched *s)
{
    s->ceiling = 10.0;
    s->u = 1.02;
    s->d = 0.8;
    s->pull = 0.017;
    s->excess = 0.06;
    s->hyper = 0.02;
    s->explode = 4.0;
    s->damp = 0.5;
    s->lambda = 5.0;
    s->beta = 0.9;
    s->window = 10.0;
    s->sigma_damp = 0.5;
    s->patience = 8.0;
    s->reward_rate = 3.0;
    s->cosine_depth = 0.5;
}

static double clip(double x, double lo, double hi)
{
    return fmin(fmax(x, lo), hi);
}

static double clip_alpha(const aed_sched *s, double alpha)
{
    const double unit = s->relative >= 0.5 ? s->alpha0 : 1.0;
    const double most = fmin(s->alpha_max * unit, fmax(s->ceiling, s->alpha0));

    return clip(alpha, s->alpha_min * unit, most);
}

aed_status aed_sched_init(aed_sched *s, const char *law, aed_error *e)
{
    for (const aed_law *const *row = aed_laws; *row; row++)
    {
        if (strcmp((*row)->name, law) != 0)
            continue;
        *s = (aed_sched){.law = *row};
        common_defaults(s);
        s->law->defaults(s);
        aed_sched_reset(s);
        return AED_OK;
    }
    return aed_fail(
        e, AED_E_NAME, "no law '%.40s', there are: robust hyper seed-text seed-code", law);
}

void aed_sched_reset(aed_sched *s)
{
    s->alpha = s->alpha_law = clip_alpha(s, s->alpha0);
    s->mu = clip(s->mu0, s->mu_min, s->mu_max);
    s->sigma = clip(s->sigma0, s->sigma_min, s->sigma_max);
    s->reward_ema = s->dreward = s->drift = 0.0;
    s->reward_seen = 0;
    s->success = AED_SCHED_FIFTH;
    s->agreement = 0.0;
    s->steps = 0;
    aed_sched_retarget(s);
}

void aed_sched_forget(aed_sched *s)
{
    s->loss_ema = s->dloss = s->var = 0.0;
    s->loss_seen = 0;
    memset(s->history, 0, sizeof s->history);
    s->history_n = 0;
    s->ema_least = INFINITY;
    s->diverging = 0;
    s->plateau = 0;
}

void aed_sched_retarget(aed_sched *s)
{
    aed_sched_forget(s);
    s->alpha = s->alpha_law = clip_alpha(s, s->alpha0);
    s->loss0 = s->loss_last = NAN; /* NAN: the next loss is the first */
}

aed_status aed_sched_set(aed_sched *s, const char *name, double value, aed_error *e)
{
    const aed_status status = aed_setting_set(s, aed_sched_settings, name, value, e);

    if (status)
        return status;
    if (strcmp(name, "alpha") == 0)
        s->alpha = s->alpha_law = clip_alpha(s, value);
    else if (strcmp(name, "mu") == 0)
        aed_sched_put_mu(s, value);
    else if (strcmp(name, "sigma") == 0)
        s->sigma = clip(value, s->sigma_min, s->sigma_max);
    else if (strcmp(name, "d") == 0)
        s->pstar = 0.0;
    return AED_OK;
}

/* Seed section 3, "optional cosine envelope overlay on alpha". */
static double envelope(const aed_sched *s)
{
    if (s->cosine <= 0.0)
        return 1.0;
    return 1.0 - 0.5 * s->cosine_depth * (1.0 - cos(two_pi * (double)s->steps / s->cosine));
}

static int is_finite(const aed_sched *s)
{
    return isfinite(s->alpha) && isfinite(s->mu) && isfinite(s->sigma) && isfinite(s->var) &&
           isfinite(s->dloss) && isfinite(s->dreward) && isfinite(s->drift);
}

static void advance(aed_sched *s, double loss, double reward, int has_reward)
{
    if (isnan(s->loss0))
        s->loss0 = s->loss_last = loss;
    if (!has_reward)
        reward = s->law->reward ? s->law->reward(s, loss) : 0.0;
    s->drift = s->beta * s->drift + (1.0 - s->beta) * (loss - s->loss_last);
    s->loss_last = loss;
    s->alpha = s->alpha_law;
    s->law->step(s, loss, reward);
    s->alpha_law = s->alpha;
    s->agreement = 0.0;
    if (s->cosine > 0.0) /* else alpha as the law left it, to the last bit */
        s->alpha = clip_alpha(s, s->alpha * envelope(s));
    s->steps++;
}

aed_status aed_sched_step(aed_sched *s, double loss, double reward, int has_reward, aed_error *e)
{
    aed_sched next = *s; /* a refused step must leave no trace */

    if (!isfinite(loss))
        return aed_fail(e, AED_E_NONFINITE, "loss: got %g, expected a finite number", loss);
    if (has_reward && !isfinite(reward))
        return aed_fail(e, AED_E_NONFINITE, "reward: got %g, expected a finite number", reward);
    if (loss < s->law->loss_min)
        return aed_fail(e, AED_E_ARG, "loss: got %g, law %s needs at least %g", loss, s->law->name,
            s->law->loss_min);
    advance(&next, loss, reward, has_reward);
    if (!is_finite(&next))
        return aed_fail(
            e, AED_E_NONFINITE, "loss: got %g, too large for law %s", loss, s->law->name);
    *s = next;
    return AED_OK;
}

void aed_sched_success(aed_sched *s, double success)
{
    if (!isnan(success))
        s->success = clip(success, 0.0, 1.0);
}

void aed_sched_agreement(aed_sched *s, double agreement)
{
    if (!isnan(agreement))
        s->agreement = clip(agreement, -1.0, 1.0);
}

void aed_sched_damp(aed_sched *s)
{
    s->alpha = clip_alpha(s, s->alpha * s->damp);
    s->alpha_law = clip_alpha(s, s->alpha_law * s->damp);
}

int aed_sched_on_plateau(const aed_sched *s)
{
    return (double)s->plateau >= s->patience && !s->diverging;
}

const char *aed_sched_regime(const aed_sched *s)
{
    if (!s->loss_seen)
        return "start";
    if (s->diverging)
        return "diverging";
    if (aed_sched_on_plateau(s))
        return "plateau";
    if (s->dloss > s->epsilon)
        return "improving";
    return s->dloss < -s->epsilon ? "worsening" : "holding";
}

void aed_sched_scale_alpha(aed_sched *s, double factor)
{
    s->alpha = clip_alpha(s, s->alpha * factor);
}

void aed_sched_scale_sigma(aed_sched *s, double factor)
{
    s->sigma = clip(s->sigma * factor, s->sigma_min, s->sigma_max);
}

void aed_sched_put_mu(aed_sched *s, double mu)
{
    s->mu = clip(mu, s->mu_min, s->mu_max);
}
