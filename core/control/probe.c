#include "probe.h"

#include <math.h>
#include <string.h>

#include "base/rng.h"

static const double grow = 1.3, shrink = 0.87, widest = 0.3, narrowest = 0.005;
static const double jump_min = 0.01, jump_max = 0.6;
static const double memory = 0.9;

void aed_probe_init(aed_probe *p, const aed_probe_settings *set, uint64_t seed)
{
    *p = (aed_probe){
        .s = set->s0, .success = NAN, .seed = seed, .winner_loss = INFINITY, .last_step = SIZE_MAX};
}

int aed_probe_due(const aed_probe *p, const aed_probe_settings *set, size_t step)
{
    const size_t every = (size_t)set->every;

    return every > 0 && step > 0 && p->n == 0 && step % every == 0 && step != p->last_step;
}

void aed_probe_open(aed_probe *p, const aed_probe_settings *set, size_t step)
{
    p->round++;
    p->n = (size_t)set->n;
    p->pairs = set->pairs != 0.0;
    p->answered = 0;
    p->winner_loss = INFINITY;
    p->last_step = step;
}

static void move_all(double *theta, double s, const aed_bounds *b, aed_rng *r)
{
    for (size_t i = 0; i < b->d; i++)
        if (aed_bounds_free(b, i))
            theta[i] = aed_bounds_clip(b, i, theta[i] + s * aed_rng_normal(r));
}

/* Choose `wanted` of the free parameters, each set of them alike (Knuth, TAOCP 2, 3.4.2 S): take
 * the next one with probability wanted/left. */
static void move_some(double *theta, const aed_bounds *b, aed_rng *r)
{
    size_t left = 0;

    for (size_t i = 0; i < b->d; i++)
        left += (size_t)aed_bounds_free(b, i);
    size_t wanted = 1 + (size_t)(3.0 * aed_rng_uniform(r));

    for (size_t i = 0; i < b->d && wanted > 0; i++)
    {
        if (!aed_bounds_free(b, i))
            continue;
        if (aed_rng_uniform(r) * (double)left-- >= (double)wanted)
            continue;
        const double size = jump_min * pow(jump_max / jump_min, aed_rng_uniform(r));
        const double sign = aed_rng_uniform(r) < 0.5 ? -1.0 : 1.0;

        theta[i] = aed_bounds_clip(b, i, theta[i] + sign * size);
        wanted--;
    }
}

void aed_probe_candidate(
    const aed_probe *p, double *theta, const double *centre, size_t i, const aed_bounds *b)
{
    /* Each candidate has a stream of its own, long enough for any d; the second of a pair its twin's. */
    const int mirrored = p->pairs && i % 4 == 2;
    aed_rng r = {aed_rng_bits(p->seed, p->round), (uint64_t)(mirrored ? i - 2 : i) << 32};

    memcpy(theta, centre, b->d * sizeof *theta);
    if (i % 2 == 0)
        move_all(theta, mirrored ? -p->s : p->s, b, &r);
    else
        move_some(theta, b, &r);
}

aed_status aed_probe_result(aed_probe *p, size_t i, double loss, aed_error *e)
{
    if (p->n == 0)
        return aed_fail(e, AED_E_STATE, "probe %zu: no local test is open", i);
    if (i >= p->n)
        return aed_fail(e, AED_E_ARG, "probe: got %zu, allowed 0 … %zu", i, p->n - 1);

    const uint64_t bit = UINT64_C(1) << i;

    if (p->answered & bit)
        return aed_fail(e, AED_E_STATE, "probe %zu: has been answered already", i);
    p->answered |= bit;
    if (isfinite(loss) && loss < p->winner_loss)
    {
        p->winner = i;
        p->winner_loss = loss;
    }
    return AED_OK;
}

int aed_probe_complete(const aed_probe *p)
{
    return p->n > 0 && p->answered == UINT64_MAX >> (AED_PROBE_MAX - p->n);
}

int aed_probe_finish(
    aed_probe *p, double *theta, const double *centre, double best_loss, const aed_bounds *b)
{
    const int accepted = p->n > 0 && p->winner_loss < best_loss;

    if (accepted)
        aed_probe_candidate(p, theta, centre, p->winner, b);
    if (p->n > 0 && p->answered)
    {
        p->s = accepted ? fmin(grow * p->s, widest) : fmax(shrink * p->s, narrowest);
        p->success = isnan(p->success) ? accepted : memory * p->success + (1.0 - memory) * accepted;
    }
    p->n = 0;
    return accepted;
}
