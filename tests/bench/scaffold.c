/* scaffold.c: see scaffold.h. */
#include "scaffold.h"

#include <math.h>
#include <stdlib.h>

#include "control/sched.h"
#include "control/train.h"
#include "ear/ear.h"

enum
{
    N = 16000
};

static const double sr_hz = 16000.0;
static const double two_pi = 6.283185307179586;
static const double cutoff_unit = 2000.0;

static const double theta_start[SCAFFOLD_D] = {220.0, 2000.0, 0.5};
/* The seed's target is the synth itself, of which every gradient is 0; scaffold.py has the same. */
static const double theta_target[SCAFFOLD_D] = {247.0, 3000.0, 0.3};

struct scaffold
{
    aed_ear *ear;
    aed_sched sched;
    aed_train *train;
    double x[N], dx[N];
    double sine[N], cosine[N], shaped[N]; /* what backward reads */
};

/* ---- the synth of the seed: a sine through tanh ---- */

static double time_at(size_t i)
{
    return (double)i * (N / sr_hz) / (N - 1);
}

/* Where each run of the oscillator's rotation starts anew, so that its rounding never adds up. */
enum
{
    ANCHOR = 64
};

/* sin and cos of an even ramp: one rotation a sample, w[i+1] = w[i] e^{j step}. */
static void oscillate(scaffold *s, double freq_hz)
{
    const double step = two_pi * freq_hz * time_at(1), sin_step = sin(step), cos_step = cos(step);

    for (size_t from = 0; from < N; from += ANCHOR)
    {
        double w = sin(step * (double)from), c = cos(step * (double)from);

        for (size_t i = from; i < from + ANCHOR && i < N; i++)
        {
            const double next = w * cos_step + c * sin_step;

            s->sine[i] = w;
            s->cosine[i] = c;
            c = c * cos_step - w * sin_step;
            w = next;
        }
    }
}

static void synth_forward(scaffold *s, const double *theta)
{
    const double drive = theta[SCAFFOLD_CUTOFF] / cutoff_unit, gain = 1.0 - theta[SCAFFOLD_RES];

    oscillate(s, theta[SCAFFOLD_FREQ]);
    for (size_t i = 0; i < N; i++)
    {
        /* tanh u, to 1e-16 of full scale */
        s->shaped[i] = 1.0 - 2.0 / (exp(2.0 * drive * s->sine[i]) + 1.0);
        s->x[i] = s->shaped[i] * gain;
    }
}

/* With th = tanh(drive w) and a = dL/dx (1 - res)(1 - th^2), which is dL/d(drive w):
 *
 *     dL/dfreq    = sum_i a_i drive cos(2 pi freq t_i) 2 pi t_i
 *     dL/dcutoff  = sum_i a_i w_i / 2000
 *     dL/dres     = -sum_i dL/dx_i th_i */
static void synth_backward(double *dtheta, const scaffold *s, const double *theta)
{
    const double drive = theta[SCAFFOLD_CUTOFF] / cutoff_unit, gain = 1.0 - theta[SCAFFOLD_RES];

    for (size_t i = 0; i < N; i++)
    {
        const double a = s->dx[i] * gain * (1.0 - s->shaped[i] * s->shaped[i]);

        dtheta[SCAFFOLD_FREQ] += a * drive * s->cosine[i] * two_pi * time_at(i);
        dtheta[SCAFFOLD_CUTOFF] += a * s->sine[i] / cutoff_unit;
        dtheta[SCAFFOLD_RES] -= s->dx[i] * s->shaped[i];
    }
}

/* ---- the step ---- */

aed_status scaffold_step(scaffold *s, scaffold_result *r, aed_error *e)
{
    const double *theta = aed_train_emitted(s->train);
    aed_ear_result heard;

    synth_forward(s, theta);
    if (aed_ear_listen(s->ear, &heard, s->dx, s->x, NULL, NULL, N, e) != AED_OK)
        return e->code;
    *r = (scaffold_result){.loss = heard.loss, .reward = heard.reward};
    synth_backward(r->gradient, s, theta);
    if (aed_sched_step(&s->sched, r->loss, r->reward, 1, e) != AED_OK ||
        aed_train_hyper(s->train, s->sched.alpha, s->sched.mu, s->sched.sigma, e) != AED_OK)
        return e->code;
    return aed_train_gradient(s->train, r->gradient, SCAFFOLD_D, e);
}

aed_status scaffold_restart(scaffold *s, aed_error *e)
{
    aed_sched_reset(&s->sched);
    return aed_train_theta(s->train, theta_start, SCAFFOLD_D, e);
}

static aed_status open_ear(scaffold *s, aed_error *e)
{
    aed_ear_config c;

    aed_ear_defaults(&c);
    c.sr_hz = sr_hz;
    c.n = N;
    c.floor = 1e-6;
    s->ear = aed_ear_new(&c, e);
    if (!s->ear)
        return e->code;
    synth_forward(s, theta_target);
    return aed_ear_target(s->ear, s->x, N, e);
}

static aed_status open_train(scaffold *s, aed_error *e)
{
    s->train = aed_train_new(SCAFFOLD_D, 1, e);
    if (!s->train || aed_sched_init(&s->sched, "seed-code", e) != AED_OK)
        return e->code;
    if (aed_train_optim(s->train, "momentum", e) != AED_OK ||
        aed_train_dither(s->train, "grad", e) != AED_OK ||
        aed_train_clamp(s->train, -1e6, 1e6, e) != AED_OK) /* nothing clamps in the seed */
        return e->code;
    return scaffold_restart(s, e);
}

scaffold *scaffold_new(aed_error *e)
{
    scaffold *s = calloc(1, sizeof *s);

    if (!s)
    {
        (void)aed_fail(e, AED_E_MEMORY, "no memory for the scaffold");
        return NULL;
    }
    if (open_ear(s, e) == AED_OK && open_train(s, e) == AED_OK)
        return s;
    scaffold_free(s);
    return NULL;
}

void scaffold_free(scaffold *s)
{
    if (!s)
        return;
    aed_ear_free(s->ear);
    aed_train_free(s->train);
    free(s);
}
