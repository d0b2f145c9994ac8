/* ear_listen.c: loss, reward and gradient of a window, from one pass through its frames, or two.
 *
 * A term that adds up over frames brings its gradient in the pass that computes it. Two things are
 * known only when the last frame has come: the features, and with them how their distances change;
 * and how steep the reward is, for d(-R)/dterm depends on the term. Where such a gradient is wanted, a
 * first pass finds out and a second one goes home with it. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "ear_inside.h"

/* --- what is wanted ---------------------------------------------------------------------------- */

static aed_status choose_losses(aed_listening *l, const double *weights, aed_error *e)
{
    for (size_t j = 0; j < AED_LOSSES; j++)
    {
        l->weights[j] = weights ? weights[j] : aed_losses[j]->default_weight;
        l->on[j] = l->weights[j] != 0.0;
        if (!isfinite(l->weights[j]))
            return aed_fail(e, AED_E_ARG, "loss %s: got weight %g, allowed are finite ones",
                aed_losses[j]->name, l->weights[j]);
    }
    return AED_OK;
}

static aed_status choose_rewards(
    double *chosen, aed_listening *l, const double *weights, aed_error *e)
{
    for (size_t j = 0; j < AED_REWARDS; j++)
    {
        chosen[j] = weights ? weights[j] : aed_rewards[j].default_weight;
        if (!(chosen[j] >= 0.0 && chosen[j] <= DBL_MAX))
            return aed_fail(e, AED_E_ARG, "reward %s: got weight %g, allowed are finite ones >= 0",
                aed_rewards[j].name, chosen[j]);
        if (chosen[j] > 0.0)
            l->on[aed_rewards[j].loss] = 1;
    }
    return AED_OK;
}

static void choose_features(aed_listening *l, unsigned wanted)
{
    for (size_t j = 0; j < AED_FEATURES; j++)
        l->features[j] = wanted ? (int)(wanted >> j & 1u) : j < AED_FEATURES_DEFAULT;
    for (size_t j = 0; j < AED_LOSSES; j++)
        if (l->on[j] && aed_loss_is_distance(aed_losses[j]))
            l->features[aed_losses[j]->feature] = 1;
}

/* Whether the gradient needs frames, or features. */
static int frames_weigh(const aed_listening *l)
{
    int weigh = 0;

    for (size_t j = 0; j < AED_LOSSES; j++)
        weigh |= l->weights[j] != 0.0 && aed_losses[j]->frame;
    return weigh;
}

static int distances_weigh(const aed_listening *l)
{
    int weigh = 0;

    for (size_t j = 0; j < AED_LOSSES; j++)
        weigh |= l->weights[j] != 0.0 && aed_loss_is_distance(aed_losses[j]);
    return weigh;
}

/* --- passes ------------------------------------------------------------------------------------ */

/* Terms of losses that listen to samples, or to features. */
static void add_terms(const aed_ear *ear, aed_listening *l, const aed_wave *w)
{
    for (size_t j = 0; j < AED_LOSSES; j++)
    {
        if (l->on[j] && aed_losses[j]->wave)
            l->terms[j] = aed_losses[j]->wave(NULL, w, 0.0);
        if (l->on[j] && aed_loss_is_distance(aed_losses[j]))
            l->terms[j] = aed_phi_distance(&ear->phi, aed_losses[j]->feature);
    }
}

/* Loss and reward from the terms; slopes [AED_LOSSES] out: of -reward. */
static void judge(aed_ear_result *r, double *slopes, const aed_listening *l, const double *rewards)
{
    r->loss = 0.0;
    for (size_t j = 0; j < AED_LOSSES; j++)
    {
        r->terms[j] = l->terms[j];
        r->loss += l->weights[j] * l->terms[j];
    }
    r->reward = aed_rewards_of(r->rewards, slopes, l->terms, rewards);
}

/* The gradient of sum_j weights[j] term_j as far as it needs no frame goes to the middle of dp, where
 * no edge lies; what features send through frames is made ready. */
static void pull(aed_ear *ear, aed_listening *l, const aed_wave *w)
{
    double *dx = ear->dp + ear->edge;

    l->pulled = distances_weigh(l);
    if (l->pulled)
        aed_phi_pull(&ear->phi, dx, w->x);
    for (size_t j = 0; j < AED_LOSSES; j++)
    {
        if (l->weights[j] == 0.0)
            continue;
        if (aed_losses[j]->wave)
            (void)aed_losses[j]->wave(dx, w, l->weights[j]);
        if (aed_loss_is_distance(aed_losses[j]))
            aed_phi_pull_distance(&ear->phi, aed_losses[j]->feature, l->weights[j]);
    }
}

/* Descend d(-R)/dterm instead of the loss. */
static void turn_to_reward(aed_listening *l, const double *slopes)
{
    for (size_t j = 0; j < AED_LOSSES; j++)
    {
        l->weights[j] = slopes[j];
        l->on[j] = slopes[j] != 0.0;
    }
}

static void hear_again(aed_ear *ear, aed_listening *l, const double *x)
{
    l->scout = 0;
    l->backward = l->pulled || frames_weigh(l);
    if (l->backward)
        aed_ear_hear(ear, l, x);
}

/* Loss, reward and, when wanted, the gradient in ear->dp, of a window against the target. */
static void compare(aed_ear_result *r, aed_ear *ear, aed_listening *l, const aed_wave *w,
    const double *rewards, int gradient, int climb)
{
    const int twice = gradient && (climb || distances_weigh(l));
    double slopes[AED_LOSSES];

    l->scout = twice && !climb;
    l->backward = gradient && !twice && frames_weigh(l);
    aed_ear_hear(ear, l, w->x);
    add_terms(ear, l, w);
    judge(r, slopes, l, rewards);
    if (gradient && climb)
        turn_to_reward(l, slopes);
    if (gradient)
        pull(ear, l, w);
    if (twice)
        hear_again(ear, l, w->x);
    if (twice && !climb)
        judge(r, slopes, l, rewards);
}

/* --- a window ---------------------------------------------------------------------------------- */

static int finite(const aed_ear_result *r, const aed_phi *p)
{
    return aed_all_within(&r->loss, DBL_MAX, 1) && aed_all_within(r->terms, DBL_MAX, AED_LOSSES) &&
           aed_all_within(&r->reward, DBL_MAX, 1) &&
           aed_all_within(r->rewards, DBL_MAX, AED_REWARDS) &&
           aed_all_within(p->values, DBL_MAX, p->at[AED_FEATURES]);
}

static aed_status listen(aed_ear *ear, aed_ear_result *r, double *dx, const double *x,
    const double *loss_weights, const double *reward_weights, size_t n, int climb, aed_error *e)
{
    aed_listening l = {0};
    aed_ear_result heard = {0};
    double rewards[AED_REWARDS];
    const int has_target = aed_ear_has_target(ear);
    const aed_wave w = {x, ear->target, n, ear->config.sr_hz, ear->config.cap};
    aed_status status = aed_ear_check_window(ear, x, n, e);

    status = status ? status : choose_losses(&l, loss_weights, e);
    status = status ? status : choose_rewards(rewards, &l, reward_weights, e);
    if (status)
        return status;
    if (!has_target)
        l = (aed_listening){0};
    choose_features(&l, ear->config.features);
    aed_stft_reflect(ear->p, x, ear->edge, n);
    if (dx)
        memset(ear->dp, 0, (n + 2 * ear->edge) * sizeof *ear->dp);
    if (has_target)
        compare(&heard, ear, &l, &w, rewards, dx != NULL, climb);
    else
        aed_ear_hear(ear, &l, x);
    for (size_t j = 0; j < AED_FEATURES; j++)
        heard.phi[j] = ear->phi.values[ear->phi.at[j]];
    if (dx)
        aed_stft_fold(ear->dp, ear->edge, n);
    if (!finite(&heard, &ear->phi) || (dx && !aed_all_within(ear->dp + ear->edge, DBL_MAX, n)))
        return aed_fail(e, AED_E_NONFINITE, "loss: not finite");
    if (dx)
        memcpy(dx, ear->dp + ear->edge, n * sizeof *dx);
    *r = heard;
    return AED_OK;
}

aed_status aed_ear_listen(aed_ear *ear, aed_ear_result *r, double *dx, const double *x,
    const double *loss_weights, const double *reward_weights, size_t n, aed_error *e)
{
    return listen(ear, r, dx, x, loss_weights, reward_weights, n, 0, e);
}

aed_status aed_ear_climb(aed_ear *ear, aed_ear_result *r, double *dx, const double *x,
    const double *loss_weights, const double *reward_weights, size_t n, aed_error *e)
{
    return listen(ear, r, dx, x, loss_weights, reward_weights, n, 1, e);
}

aed_status aed_ear_feature(aed_ear *ear, double *dx, const double *dphi, const double *x,
    size_t feature, size_t n, aed_error *e)
{
    aed_listening l = {0};
    const aed_status status = aed_ear_check_window(ear, x, n, e);

    if (status)
        return status;
    if (feature >= AED_FEATURES || !aed_features[feature]->back)
        return aed_fail(e, AED_E_ARG, "feature %s: has no gradient",
            feature < AED_FEATURES ? aed_features[feature]->name : "?");
    l.features[feature] = 1;
    aed_stft_reflect(ear->p, x, ear->edge, n);
    aed_ear_hear(ear, &l, x);
    memset(ear->dp, 0, (n + 2 * ear->edge) * sizeof *ear->dp);
    aed_phi_pull(&ear->phi, ear->dp + ear->edge, x);
    aed_phi_pull_row(&ear->phi, feature, dphi);
    l.pulled = l.backward = 1;
    aed_ear_hear(ear, &l, x);
    aed_stft_fold(ear->dp, ear->edge, n);
    if (!aed_all_within(ear->dp + ear->edge, DBL_MAX, n))
        return aed_fail(e, AED_E_NONFINITE, "feature: its gradient is not finite");
    memcpy(dx, ear->dp + ear->edge, n * sizeof *dx);
    return AED_OK;
}

const double *aed_ear_heard(const aed_ear *ear, size_t feature, size_t *n)
{
    *n = ear->phi.at[feature + 1] - ear->phi.at[feature];
    return ear->phi.values + ear->phi.at[feature];
}
