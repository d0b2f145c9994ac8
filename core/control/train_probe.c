/* train_probe.c: local tests (probe.h) around the best theta, and a run's several starts (population.h). */
#include <math.h>
#include <string.h>

#include "train_inside.h"

/* 1 when the target is new and there is something to try on it, without waiting for the next round. */
static int recalls(const aed_train *t)
{
    return t->memory.untried > 0 && t->set.probe.every >= 1.0 && t->probe.n == 0;
}

/* Candidate i of the open round: out of the memory, as far as it has not been tried, or a neighbour. */
static void candidate(const aed_train *t, double *out, size_t i)
{
    const aed_bounds b = aed_train_bounds(t);

    if (i >= t->memory.untried)
    {
        aed_probe_candidate(&t->probe, out, t->centre, i, &b);
        return;
    }
    const double *kept = aed_memory_at(&t->memory, i, t->d);

    for (size_t j = 0; j < t->d; j++)
        out[j] = aed_bounds_free(&b, j) ? aed_bounds_clip(&b, j, kept[j]) : t->centre[j];
}

int aed_train_probe_due(const aed_train *t)
{
    return !isnan(t->best_loss) && !t->waits && !aed_train_populates(t) &&
           (recalls(t) || aed_probe_due(&t->probe, &t->set.probe, t->steps));
}

size_t aed_train_probe_n(const aed_train *t)
{
    return t->probe.n > 0 ? t->probe.n : (size_t)t->set.probe.n;
}

aed_status aed_train_candidate(aed_train *t, double *out, size_t i, aed_error *e)
{
    if (isnan(t->best_loss))
        return aed_fail(e, AED_E_STATE, "probe: no loss has come since start");
    if (i >= aed_train_probe_n(t))
        return aed_fail(
            e, AED_E_ARG, "probe: got %zu, allowed 0 … %zu", i, aed_train_probe_n(t) - 1);
    if (t->probe.n == 0)
    {
        const aed_bounds b = aed_train_bounds(t);

        aed_probe_open(&t->probe, &t->set.probe, t->steps);
        for (size_t j = 0; j < t->d; j++) /* what stands still stays where it is now */
            t->centre[j] = t->still[j] ? t->theta[j] : aed_bounds_clip(&b, j, t->best[j]);
    }
    candidate(t, out, i);
    return AED_OK;
}

aed_status aed_train_probe_loss(aed_train *t, size_t i, double loss, aed_error *e)
{
    return aed_probe_result(&t->probe, i, loss, e);
}

int aed_train_probe_complete(const aed_train *t)
{
    return aed_probe_complete(&t->probe);
}

int aed_train_probe_finish(aed_train *t)
{
    const aed_bounds b = aed_train_bounds(t);
    const double rho = t->set.probe.rho, loss = t->probe.winner_loss;
    const size_t tried = t->memory.untried, winner = t->probe.winner;
    const int recalled = winner < tried;

    if (recalled && loss < t->best_loss)
        candidate(t, t->u, winner);
    t->memory.untried = 0;
    if (!aed_probe_finish(&t->probe, t->best, t->centre, t->best_loss, &b))
        return 0;
    if (recalled)
        memcpy(t->best, t->u, t->d * sizeof *t->u);
    t->best_loss = loss;
    for (size_t i = 0; i < t->d; i++)
    {
        t->u[i] = t->best[i] - t->centre[i];
        if (aed_bounds_free(&b, i))
            t->theta[i] = aed_bounds_clip(&b, i, (1.0 - rho) * t->theta[i] + rho * t->best[i]);
    }
    if (!recalled)
        aed_dither_accept(&t->dither, t->u, &b);
    aed_train_jumped(t);
    return 1;
}

void aed_train_probe_drop(aed_train *t)
{
    t->probe.n = 0;
}

/* ---- population ---- */

aed_status aed_train_population(aed_train *t, double n, double k, aed_error *e)
{
    if (!(n >= 0.0 && n <= AED_POPULATION_MAX))
        return aed_fail(
            e, AED_E_ARG, "population: got %g starts, allowed 0 … %d", n, AED_POPULATION_MAX);
    if (!(k >= 1.0 && k <= 1e6))
        return aed_fail(e, AED_E_ARG, "population: got %g steps, allowed 1 … 1e6", k);
    t->population = (aed_population){(size_t)n, (size_t)k, SIZE_MAX, 0};
    return AED_OK;
}

void aed_train_populate(aed_train *t)
{
    const aed_bounds b = aed_train_bounds(t);
    aed_population *p = &t->population;

    if (!aed_train_populates(t) || ++p->steps < p->k)
        return;
    p->steps = 0;
    if (++p->at < p->n)
    {
        aed_population_start(t->u, p, p->at, t->undo, aed_rng_bits(t->seed, 3), &b);
        aed_train_go_to(t, t->u);
    }
    else if (!isnan(t->best_loss))
        aed_train_go_to(t, t->best);
    t->guard = (aed_guard){0};
    t->has_good = 0;
    aed_train_jumped(t);
}
