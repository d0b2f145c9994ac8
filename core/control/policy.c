#include "policy.h"

#include <math.h>

void aed_policy_open(aed_policy *p, const aed_policy_settings *set, const aed_bounds *b)
{
    for (size_t i = 0; i < b->d; i++)
        p->eta[i] = aed_bounds_free(b, i) ? aed_rng_normal(&p->rng) : 0.0;
    p->c = set->c;
    p->phase = AED_POLICY_PLUS;
}

void aed_policy_emit(
    double *out, const aed_policy *p, const double *theta, const double *shape, const aed_bounds *b)
{
    const double c = p->phase == AED_POLICY_MINUS ? -p->c : p->c;

    for (size_t i = 0; i < b->d; i++)
        out[i] = aed_bounds_free(b, i) ? aed_bounds_clip(b, i, theta[i] + c * shape[i] * p->eta[i])
                                       : theta[i];
}

int aed_policy_reward(double *g, aed_policy *p, double reward, const aed_policy_settings *set,
    const double *shape, const aed_bounds *b)
{
    const double slope = -set->weight * (p->reward_plus - reward) / (2.0 * p->c);

    if (!isfinite(reward) || (p->phase == AED_POLICY_MINUS && !isfinite(slope)))
    {
        p->skipped++;
        p->phase = AED_POLICY_IDLE;
        return 0;
    }
    if (p->phase != AED_POLICY_MINUS)
    {
        p->reward_plus = reward;
        p->phase = AED_POLICY_MINUS;
        return 0;
    }
    for (size_t i = 0; i < b->d; i++)
        g[i] = slope * p->eta[i] / shape[i];
    p->pairs++;
    p->phase = AED_POLICY_IDLE;
    return 1;
}
