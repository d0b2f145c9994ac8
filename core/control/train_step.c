/* train_step.c: what a loss, a gradient and a reward do to theta. */
#include <math.h>
#include <string.h>

#include "train_inside.h"

static const double norm_max = 1e150; /* its square is finite, which adam needs */

enum
{
    PATIENCE = 8 /* steps after which going back is no longer "again" */
};

void aed_train_rollback(aed_train *t, int passes)
{
    const int again = t->rolled || t->since_rollback < PATIENCE;

    if (again && !isnan(t->best_loss))
        aed_train_go_to(t, t->best);
    else if (t->has_good)
        aed_train_go_to(t, t->good);
    aed_optim_halt(&t->moments, t->d);
    aed_train_moved(t);
    t->rolled = 1;
    t->passes = passes;
    t->since_rollback = 0;
    t->rollbacks++;
}

/* 1: the loss has blown up, theta is back. At a theta that was good it means another target. */
static int blown_up(aed_train *t, double loss)
{
    if (t->set.policy.weight > 0.0 || !aed_guard_loss(&t->guard, loss, t->set.explode))
        return 0; /* a policy tries what is worse on purpose, and looks at pairs */
    if (!t->rolled)
    {
        aed_train_rollback(t, 1);
        return 1;
    }
    aed_train_forget(t);
    t->retargets++;
    return aed_guard_loss(&t->guard, loss, t->set.explode);
}

aed_status aed_train_loss(aed_train *t, double loss, int *is_best, aed_error *e)
{
    const size_t bytes = t->d * sizeof *t->theta;

    if (!isfinite(loss))
        return aed_fail(e, AED_E_NONFINITE, "loss: got %g, expected a finite number", loss);
    if (is_best)
        *is_best = 0;
    if (blown_up(t, loss))
        return AED_OK;
    memcpy(t->good, t->theta, bytes);
    t->has_good = 1;
    t->rolled = 0;
    if (t->has_heard && loss < t->loss)
    {
        const aed_bounds b = aed_train_bounds(t);

        for (size_t i = 0; i < t->d; i++)
            t->u[i] = t->emitted[i] - t->heard[i];
        aed_dither_accept(&t->dither, t->u, &b);
    }
    memcpy(t->heard, t->emitted, bytes);
    t->loss = loss;
    t->has_heard = 1;

    const int best = !(t->best_loss <= loss); /* true when there is none */

    if (best)
    {
        memcpy(t->best, t->emitted, bytes);
        t->best_loss = loss;
    }
    if (is_best)
        *is_best = best;
    return AED_OK;
}

static double norm_of(const double *x, size_t d)
{
    double sum = 0.0;

    for (size_t i = 0; i < d; i++)
        sum += x[i] * x[i];
    return sqrt(sum);
}

static void scale(double *x, double factor, size_t d)
{
    for (size_t i = 0; i < d; i++)
        x[i] *= factor;
}

/* theta <- clip(theta - u), u slewed. Keeps what really moved, and returns the sum of its squares. */
static double move_theta(aed_train *t, const aed_bounds *b)
{
    t->largest = 0.0;

    const double slew = t->set.slew > 0.0 ? t->set.slew : INFINITY;
    double sum = 0.0;

    for (size_t i = 0; i < t->d; i++)
    {
        if (!aed_bounds_free(b, i))
            continue;
        const double u = fmin(fmax(t->u[i], -slew), slew);
        const double next = aed_bounds_clip(b, i, t->theta[i] - u);

        t->move[i] = next - t->theta[i];
        sum += t->move[i] * t->move[i];
        t->largest = fmax(t->largest, fabs(t->move[i]));
        t->theta[i] = next;
    }
    return sum;
}

/* -<g, move> / (|g| |move|), 0 where one of them is 0. Divided before it is added: norms may be huge. */
static double agreement_of(const aed_train *t, double norm)
{
    const double moved = norm_of(t->move, t->d);
    double sum = 0.0;

    if (!(norm > 0.0 && moved > 0.0))
        return 0.0;
    for (size_t i = 0; i < t->d; i++)
        sum -= t->g[i] / norm * (t->move[i] / moved);
    return fmin(fmax(sum, -1.0), 1.0);
}

static void clip_all(double *x, const aed_bounds *b)
{
    for (size_t i = 0; i < b->d; i++)
        if (aed_bounds_free(b, i))
            x[i] = aed_bounds_clip(b, i, x[i]);
}

static void emit(aed_train *t, const aed_bounds *b)
{
    if (t->dither.mode == AED_DITHER_WALK)
    {
        aed_dither_add(t->theta, &t->dither, t->set.sigma, b);
        clip_all(t->theta, b);
    }
    memcpy(t->emitted, t->theta, t->d * sizeof *t->theta);
    if (t->dither.mode == AED_DITHER_THETA)
    {
        aed_dither_add(t->emitted, &t->dither, t->set.sigma, b);
        clip_all(t->emitted, b);
    }
}

/* t->g, of that norm, and the pull to the reference. Returns the norm of both. */
static double pull(aed_train *t, double norm, const aed_bounds *b)
{
    const double strength = t->set.anchor / (t->set.policy.c * t->set.policy.c);

    if (strength == 0.0 || !t->has_reference)
        return norm;
    for (size_t i = 0; i < t->d; i++)
        if (aed_bounds_free(b, i))
            t->g[i] += strength * (t->theta[i] - t->reference[i]);
    return norm_of(t->g, t->d);
}

/* theta <- clip(theta - optimizer(t->g)). Returns as move_theta. */
static double optimize(aed_train *t, double norm, const aed_bounds *b)
{
    const aed_optim_hyper hyper = {t->set.alpha, t->set.mu, t->set.beta2, t->set.eps};

    norm = pull(t, norm, b);
    if (t->set.clip > 0.0 && norm > t->set.clip)
        scale(t->g, t->set.clip / norm, t->d);
    if (t->dither.mode == AED_DITHER_GRAD)
        aed_dither_add_flat(t->g, &t->dither, t->set.sigma, b);
    t->optim->step(t->u, &t->moments, t->g, &hyper, t->d);
    return move_theta(t, b);
}

/* One step along t->g, whose norm is finite. */
static void descend(aed_train *t, double norm)
{
    aed_train_lag_over(t);
    t->agreement = agreement_of(t, norm);
    memset(t->move, 0, t->d * sizeof *t->move);

    const aed_bounds b = aed_train_bounds(t);

    aed_resonance_begin(&t->resonance, t->theta);
    double moved = aed_train_follow(t);

    if (!t->waits)
        moved += optimize(t, norm, &b);
    t->grad_norm = norm;
    t->update_norm = sqrt(moved);
    aed_resonance_end(&t->resonance, t->theta, norm, t->update_norm, t->largest);
    emit(t, &b);
    t->steps++;
    t->since_rollback++;
    aed_train_populate(t);
}

/* A step that leaves theta where it went back to. */
static void stay(aed_train *t)
{
    t->passes = 0;
    t->update_norm = 0.0;
    t->steps++;
    aed_train_populate(t);
}

/* The gradient where theta may move, 0 elsewhere. */
static void take_in(aed_train *t, const double *g)
{
    for (size_t i = 0; i < t->d; i++)
        t->g[i] = aed_train_stands(t, i) ? 0.0 : g[i];
}

/* The norm of g [n] where theta may move. */
static aed_status check_gradient(
    double *norm, const aed_train *t, const double *g, size_t n, aed_error *e)
{
    double sum = 0.0;

    if (n != t->d)
        return aed_fail(e, AED_E_SIZE, "gradient: got %zu values, expected %zu", n, t->d);
    for (size_t i = 0; i < n; i++)
    {
        if (!isfinite(g[i]))
            return aed_fail(e, AED_E_NONFINITE,
                "gradient: value %zu is %g, expected a finite number", i + 1, g[i]);
        sum += aed_train_stands(t, i) ? 0.0 : g[i] * g[i];
    }
    *norm = sqrt(sum);
    if (!(*norm <= norm_max))
        return aed_fail(
            e, AED_E_NONFINITE, "gradient: its norm is above %g: has the loss run away?", norm_max);
    return AED_OK;
}

aed_status aed_train_gradient(aed_train *t, const double *g, size_t n, aed_error *e)
{
    double norm = 0.0;
    const aed_status status = check_gradient(&norm, t, g, n, e);

    if (status)
        return status;
    t->policy.phase = AED_POLICY_IDLE;
    if (!t->passes && aed_guard_norm(&t->guard, norm, t->set.explode))
        aed_train_rollback(t, 1);
    if (t->passes)
    {
        stay(t);
        return AED_OK;
    }
    take_in(t, g);
    descend(t, norm);
    return AED_OK;
}

/* ---- policy ---- */

/* Both halves have been heard: t->g is the policy's gradient. */
static void finish_pair(aed_train *t)
{
    for (size_t i = 0; t->set.policy.blend > 0.0 && i < t->d; i++)
        t->g[i] += t->blended[i];
    const double norm = norm_of(t->g, t->d);

    if (norm <= norm_max && !aed_guard_norm(&t->guard, norm, t->set.explode))
        descend(t, norm);
    else
        t->policy.skipped++;
}

/* All that is wanted has come for what is out. */
static void go_on(aed_train *t, double reward)
{
    const aed_bounds b = aed_train_bounds(t);

    t->half_gradient = t->half_reward = 0;
    if (t->policy.phase != AED_POLICY_IDLE &&
        aed_policy_reward(t->g, &t->policy, reward, &t->set.policy, t->dither.shape, &b))
        finish_pair(t);
    if (t->policy.phase == AED_POLICY_IDLE)
    {
        aed_policy_open(&t->policy, &t->set.policy, &b);
        memset(t->blended, 0, t->d * sizeof *t->blended);
    }
    aed_policy_emit(t->emitted, &t->policy, t->theta, t->dither.shape, &b);
}

void aed_train_reward(aed_train *t, double reward, int *proposed)
{
    const int on = t->set.policy.weight > 0.0,
              waits = t->set.policy.blend > 0.0 && !t->half_gradient;

    if (proposed)
        *proposed = on && !waits;
    if (on && !waits)
        go_on(t, reward);
    else if (on)
    {
        t->reward = reward;
        t->half_reward = 1;
    }
}

aed_status aed_train_blend(aed_train *t, const double *g, size_t n, int *proposed, aed_error *e)
{
    const int wanted = t->set.policy.blend > 0.0 || t->half_reward; /* before blend was 0 */
    double norm;

    if (proposed)
        *proposed = 0;
    if (!wanted)
        return AED_OK;
    const aed_status status = g ? check_gradient(&norm, t, g, n, e) : AED_OK;

    if (status)
        return status;
    for (size_t i = 0; g && t->policy.phase != AED_POLICY_IDLE && i < t->d; i++)
        t->blended[i] += aed_train_stands(t, i) ? 0.0 : 0.5 * t->set.policy.blend * g[i];
    if (proposed)
        *proposed = t->half_reward;
    t->half_gradient = 1;
    if (t->half_reward)
        go_on(t, t->reward);
    return AED_OK;
}
