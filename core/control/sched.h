/* sched.h: adaptive laws: from the loss (and a reward) of each step to alpha, mu and sigma.
 *
 * Seed section 3, "Scheduler as envelope":
 *
 *     alpha <- clip(alpha · f_alpha(dloss, v, dreward))      learning rate
 *     mu    <- clip(mu    + f_mu(dloss, v, dreward))         momentum
 *     sigma <- clip(sigma · f_sigma(plateau, v))             dither strength
 *
 * A law says what the f are. The laws: law_seed.c (seed-text, seed-code), law_robust.c (robust, hyper).
 * A new law is one row in sched.c. */
#ifndef AED_SCHED_H
#define AED_SCHED_H

#include <stddef.h>

#include "base/status.h"
#include "setting.h"

enum
{
    AED_SCHED_WINDOW_MAX = 64
};

typedef struct aed_sched aed_sched;

typedef struct aed_law
{
    const char *name, *doc;
    double loss_min; /* smaller losses are refused: 0 where the law takes logarithms */
    void (*defaults)(aed_sched *s); /* settings where the law differs from the common ones */
    void (*step)(aed_sched *s, double loss, double reward);
    double (*reward)(const aed_sched *s, double loss); /* when none is given; NULL: 0 */
} aed_law;

/* All laws, ended by NULL. */
extern const aed_law *const aed_laws[];

/* One row for each setting below. */
extern const aed_setting aed_sched_settings[];

/* Plain: everything may be read at any time; settings are written through aed_sched_set. */
struct aed_sched
{
    const aed_law *law;

    /* settings */
    double alpha0, mu0, sigma0;  /* at the start; messages alpha, mu, sigma */
    double alpha_min, alpha_max; /* bounds; where min > max, max wins */
    double relative;             /* 1: the bounds of alpha are multiples of alpha0 */
    double ceiling; /* upper bound too, but where alpha0 is above it: there alpha0 is */
    double mu_min, mu_max;
    double sigma_min, sigma_max;
    double u, d; /* factors of alpha when the loss falls, when it does not */
    double
        pstar; /* > 0: d = u^(-p/(1-p)), so that success rate p holds alpha; setting d turns it off */
    double pull;   /* robust: part of its way back to ln alpha0 that ln alpha goes in each step */
    double excess; /* robust: how strongly a mean loss above the least of late draws alpha down */
    double hyper;  /* hyper: growth of ln alpha for an agreement of 1 */
    double lambda; /* seed: damping of alpha by variance */
    double explode,
        damp;        /* robust, hyper: a loss so many times the least is damped by that factor */
    double epsilon;  /* smallest trend of the loss that counts */
    double beta;     /* of the running means */
    double window;   /* steps the variance looks back, 2 … AED_SCHED_WINDOW_MAX */
    double dmu, kmu; /* mu + dmu when the reward rises, else mu - kmu mu */
    double sigma_up, sigma_down, sigma_damp; /* factors of sigma; damping of it by variance */
    double patience;                         /* steps without progress that make a plateau */
    double reward_rate;          /* robust, hyper: k of the stand-in reward exp(-k L/L0) */
    double cosine, cosine_depth; /* envelope over alpha: period in steps (0: off), depth 0 … 1 */

    /* state: what is sent */
    double alpha, mu, sigma;

    /* state: what the laws see */
    double alpha_law; /* alpha before the cosine envelope */
    double loss_ema, reward_ema;
    double var;              /* v, relative to the loss */
    double dloss, dreward;   /* > 0: the loss falls, the reward rises */
    double drift;            /* running mean of loss(t) - loss(t-1); seed section 5 wants < 0 */
    double loss0, loss_last; /* loss of the first step, of the last */
    double history[AED_SCHED_WINDOW_MAX]; /* last values of what loss_ema averages, oldest first */
    size_t history_n;
    double ema_least; /* of loss_ema of late: it rises 2 % a step */
    double success;   /* of local tests, as told last; AED_SCHED_FIFTH: nothing was told */
    double agreement; /* as told since the last step, -1 … 1 */
    size_t plateau;   /* steps without progress so far */
    size_t steps;
    int loss_seen, reward_seen; /* a running mean has begun */
    int diverging;
};

/* The success rate of local tests that leaves their width as it is (the 1/5 rule). */
#define AED_SCHED_FIFTH 0.2

/* The law called `name` with its default settings, at the start.
 * Errors (*s unchanged): AED_E_NAME, which lists the laws. Rt-safe: yes unless it fails. */
AED_MUST_CHECK aed_status aed_sched_init(aed_sched *s, const char *law, aed_error *e);

/* Start again, settings kept: alpha = alpha0 …, no memory of losses. Rt-safe: yes. */
void aed_sched_reset(aed_sched *s);

/* After a jump of theta (an accepted local test): forget the running mean and the history of the
 * loss and the plateau; keep alpha, mu, sigma, the first loss and the reward's mean. Rt-safe: yes. */
void aed_sched_forget(aed_sched *s);

/* After a change of target: aed_sched_forget, the next loss is the first one, and alpha begins again: that it
 * had to be small, or could be large, is no news of another target. Rt-safe: yes. */
void aed_sched_retarget(aed_sched *s);

/* Change a setting. alpha, mu and sigma also take effect at once, within their bounds.
 * Errors (*s unchanged): as aed_setting_set. Rt-safe: yes unless it fails. */
AED_MUST_CHECK aed_status aed_sched_set(aed_sched *s, const char *name, double value, aed_error *e);

/* One step of the law: updates alpha, mu, sigma and everything under "state".
 *
 * loss        of this step; not below the law's loss_min
 * reward      of this step; not looked at unless has_reward
 * has_reward  0: the law's own stand-in: robust and hyper exp(-3 loss / first loss), the seed's 0
 *
 * Errors (nothing changed, byte for byte): AED_E_NONFINITE for NaN or Inf in loss or reward, or a
 * result out of range (losses around 1e154 and more); AED_E_ARG for a loss below loss_min.
 * Rt-safe: yes unless it fails. */
AED_MUST_CHECK aed_status aed_sched_step(
    aed_sched *s, double loss, double reward, int has_reward, aed_error *e);

/* What [aed_train] tells, for the next step; the seed's laws do not ask for it.
 *
 * success    rate of local tests that found something better, clipped to 0 … 1; stays until the next one
 * agreement  cosine of the gradient and the last move downhill, clipped to -1 … 1; used once
 *
 * NaN counts as nothing told. Rt-safe: yes. */
void aed_sched_success(aed_sched *s, double success);
void aed_sched_agreement(aed_sched *s, double agreement);

/* alpha · damp, within its bounds: what robust and hyper do themselves when the loss explodes. Rt-safe: yes. */
void aed_sched_damp(aed_sched *s);

/* 1 when the loss has made no progress for `patience` steps and does not explode. Rt-safe: yes. */
int aed_sched_on_plateau(const aed_sched *s);

/* One word for the info outlet: start, diverging (robust, hyper), plateau, improving, worsening, holding.
 * Rt-safe: yes. */
const char *aed_sched_regime(const aed_sched *s);

#endif
