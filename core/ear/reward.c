#include "reward.h"

#include <math.h>
#include <string.h>

const aed_reward aed_rewards[AED_REWARDS] = {
    {"centroid", "mel centroid near the target's", 1.0, AED_LOSS_CENTROID, 0},
    {"rolloff", "soft rolloff near the target's", 0.0, AED_LOSS_SOFTROLLOFF, 0},
    {"flatness", "flatness near the target's", 0.0, AED_LOSS_FLATNESS, 0},
    {"logmel", "exp of minus the logmel loss", 0.0, AED_LOSS_LOGMEL, 0},
    {"peakiness", "crest of the spectrum near the target's", 0.0, AED_LOSS_PEAKINESS, 0},
    {"cap", "penalty: rms above the cap", 0.0, AED_LOSS_CAP, 1},
};

double aed_rewards_of(double *rewards, double *slopes, const double *terms, const double *weights)
{
    double praise = 0.0, all = 0.0, penalties = 0.0;

    memset(slopes, 0, AED_LOSSES * sizeof *slopes);
    for (size_t j = 0; j < AED_REWARDS; j++)
        all += aed_rewards[j].penalty ? 0.0 : weights[j];
    for (size_t j = 0; j < AED_REWARDS; j++)
    {
        const aed_reward *row = &aed_rewards[j];
        const double likeness = exp(-terms[row->loss]);
        const double share = row->penalty || all <= 0.0 ? weights[j] : weights[j] / all;

        rewards[j] = weights[j] == 0.0 ? 0.0 : row->penalty ? 1.0 - likeness : likeness;
        slopes[row->loss] += share * likeness;
        praise += row->penalty ? 0.0 : share * rewards[j];
        penalties += row->penalty ? share * rewards[j] : 0.0;
    }
    return praise - penalties;
}
