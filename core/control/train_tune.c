/* train_tune.c: frequencies that follow a measured lag (train.h). */
#include <math.h>
#include <string.h>

#include "train_inside.h"

static const double far_off = 1.0 / 12.0; /* octaves: there the others wait */

enum
{
    PATIENCE = 8 /* steps in which others wait; kappa .8 needs 3 for two octaves */
};

void aed_train_stand(aed_train *t)
{
    for (size_t i = 0; i < t->d; i++)
    {
        const unsigned char still = t->frozen[i] || (t->follows && t->octaves[i] > 0.0);

        if (still != t->still[i])
            t->probe.n = 0;
        t->still[i] = still;
    }
}

static aed_status check_pair(const aed_train *t, double place, double octaves, aed_error *e)
{
    if (!(octaves > 0.0 && octaves <= 100.0))
        return aed_fail(
            e, AED_E_ARG, "tuned: got %g octaves, allowed are more than 0, up to 100", octaves);
    if (!(place >= 0.0 && place == floor(place)))
        return aed_fail(e, AED_E_ARG, "tuned: got place %g, allowed 0 … %zu", place, t->d - 1);
    if (place >= (double)t->d)
        return aed_fail(e, AED_E_SIZE, "tuned: got place %g, allowed 0 … %zu", place, t->d - 1);
    return AED_OK;
}

aed_status aed_train_tuned(aed_train *t, const double *pairs, size_t n, aed_error *e)
{
    aed_status status = AED_OK;

    if (n % 2)
        return aed_fail(
            e, AED_E_ARG, "tuned: got %zu numbers, expected pairs of place in theta, octaves", n);
    /* What is wrong with any of them counts before a place that another theta may have. */
    for (size_t j = 0; j < n && (!status || status == AED_E_SIZE); j += 2)
    {
        const aed_status here = check_pair(t, pairs[j], pairs[j + 1], e);

        status = here ? here : status;
    }
    if (status)
        return status;
    memset(t->octaves, 0, t->d * sizeof *t->octaves);
    for (size_t j = 0; j < n; j += 2)
        t->octaves[(size_t)pairs[j]] = pairs[j + 1];
    t->probe.n = 0;
    aed_train_stand(t);
    return AED_OK;
}

static int knows_frequencies(const aed_train *t)
{
    for (size_t i = 0; i < t->d; i++)
        if (t->octaves[i] > 0.0 && !t->frozen[i])
            return 1;
    return 0;
}

static void set_follows(aed_train *t, int follows)
{
    if (follows == t->follows)
        return;
    t->follows = follows;
    aed_train_stand(t);
}

aed_status aed_train_lag(aed_train *t, double octaves, aed_error *e)
{
    if (!isfinite(octaves))
        return aed_fail(e, AED_E_NONFINITE, "lag: got %g, expected a finite number", octaves);
    if (t->set.kappa <= 0.0 || !knows_frequencies(t))
        return AED_OK;
    t->lag = octaves;
    t->has_lag = 1;
    set_follows(t, 1);
    return AED_OK;
}

void aed_train_lag_over(aed_train *t)
{
    if (!t->has_lag)
        set_follows(t, 0);
}

void aed_train_lag_forget(aed_train *t)
{
    t->has_lag = t->waits = t->waited = 0;
}

/* Others wait while the pitch is far off, unless it stays there: then it is out of reach. */
static int others_wait(aed_train *t)
{
    if (fabs(t->lag) <= far_off)
        t->waited = 0;
    else if (t->waited < PATIENCE)
        return ++t->waited;
    return 0;
}

double aed_train_follow(aed_train *t)
{
    double sum = 0.0;

    t->waits = t->has_lag && others_wait(t);
    for (size_t i = 0; t->has_lag && i < t->d; i++)
    {
        if (t->octaves[i] <= 0.0 || t->frozen[i])
            continue;
        const double next =
            fmin(fmax(t->theta[i] - t->set.kappa * t->lag / t->octaves[i], t->set.lo), t->set.hi);

        sum += (next - t->theta[i]) * (next - t->theta[i]);
        t->theta[i] = next;
        t->moments.h[i] = t->moments.w[i] = 0.0; /* from when it went along gradients */
    }
    t->has_lag = 0;
    return sum;
}
