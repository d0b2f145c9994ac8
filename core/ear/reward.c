#include "reward.h"

#include <math.h>

static const double width = 0.05;

static double likeness(const aed_likeness *l, size_t feature)
{
    const double d = l->phi[feature] - l->target[feature];

    return exp(-d * d / width);
}

static double centroid(const aed_likeness *l)
{
    return likeness(l, AED_FEATURE_CENTROID);
}

static double rolloff(const aed_likeness *l)
{
    return likeness(l, AED_FEATURE_ROLLOFF);
}

static double flatness(const aed_likeness *l)
{
    return likeness(l, AED_FEATURE_FLATNESS);
}

static double logmel(const aed_likeness *l)
{
    return exp(-l->terms[AED_LOSS_LOGMEL]);
}

const aed_reward aed_rewards[AED_REWARDS] = {
    {"centroid", "mel centroid near the target's", 1.0, AED_LOSSES, centroid},
    {"rolloff", "95 % rolloff near the target's", 0.0, AED_LOSSES, rolloff},
    {"flatness", "flatness near the target's", 0.0, AED_LOSSES, flatness},
    {"logmel", "exp of minus the logmel loss", 0.0, AED_LOSS_LOGMEL, logmel},
};

double aed_rewards_of(double *rewards, const aed_likeness *l, const double *weights)
{
    double sum = 0.0, all = 0.0;

    for (size_t i = 0; i < AED_REWARDS; i++)
    {
        rewards[i] = weights[i] != 0.0 ? aed_rewards[i].of(l) : 0.0;
        sum += weights[i] * rewards[i];
        all += weights[i];
    }
    return all > 0.0 ? sum / all : 0.0;
}
