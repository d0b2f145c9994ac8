/* train_step.c: what a loss, a gradient and a reward do to theta. */
#include <math.h>
#include <string.h>

#include "train_inside.h"

static const double norm_max = 1e150; /* its square is finite, which adam needs */

aed_status aed_train_loss(aed_train *t, double loss, int *is_best, aed_error *e)
{
    const size_t bytes = t->d * sizeof *t->theta;

    if (!isfinite(loss))
        return aed_fail(e, AED_E_NONFINITE, "loss: got %g, expected a finite number", loss);
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

/* theta <- clip(theta - optimizer(t->g)). Returns as move_theta. */
static double optimize(aed_train *t, double norm, const aed_bounds *b)
{
    const aed_optim_hyper hyper = {t->set.alpha, t->set.mu, t->set.beta2, t->set.eps};

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
    double moved = aed_train_follow(t);

    if (!t->waits)
        moved += optimize(t, norm, &b);
    t->grad_norm = norm;
    t->update_norm = sqrt(moved);
    emit(t, &b);
    t->steps++;
}

/* The gradient where theta may move, 0 elsewhere. */
static void take_in(aed_train *t, const double *g)
{
    for (size_t i = 0; i < t->d; i++)
        t->g[i] = aed_train_stands(t, i) ? 0.0 : g[i];
}

aed_status aed_train_gradient(aed_train *t, const double *g, size_t n, aed_error *e)
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
    if (!(sqrt(sum) <= norm_max))
        return aed_fail(
            e, AED_E_NONFINITE, "gradient: its norm is above %g: has the loss run away?", norm_max);
    take_in(t, g);
    t->policy.phase = AED_POLICY_IDLE;
    descend(t, sqrt(sum));
    return AED_OK;
}

void aed_train_reward(aed_train *t, double reward, int *proposed)
{
    const aed_bounds b = aed_train_bounds(t);

    if (proposed)
        *proposed = t->set.policy.weight > 0.0;
    if (t->set.policy.weight <= 0.0)
        return;
    if (t->policy.phase != AED_POLICY_IDLE &&
        aed_policy_reward(t->g, &t->policy, reward, &t->set.policy, t->dither.shape, &b))
    {
        const double norm = norm_of(t->g, t->d);

        if (norm <= norm_max)
            descend(t, norm);
        else
            t->policy.skipped++;
    }
    if (t->policy.phase == AED_POLICY_IDLE)
        aed_policy_open(&t->policy, &t->set.policy, &b);
    aed_policy_emit(t->emitted, &t->policy, t->theta, t->dither.shape, &b);
}
