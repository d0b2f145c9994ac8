#include "optim.h"

#include <math.h>
#include <string.h>

static double sign_of(double x)
{
    return (double)((x > 0.0) - (x < 0.0));
}

static void sgd(double *u, aed_optim_state *s, const double *g, const aed_optim_hyper *p, size_t d)
{
    for (size_t i = 0; i < d; i++)
    {
        s->h[i] = p->mu * s->h[i] + (1.0 - p->mu) * g[i];
        u[i] = p->alpha * s->h[i];
    }
    s->n++;
}

/* torch begins with h = g, which is what h = 0 gives. */
static void momentum(
    double *u, aed_optim_state *s, const double *g, const aed_optim_hyper *p, size_t d)
{
    for (size_t i = 0; i < d; i++)
    {
        s->h[i] = p->mu * s->h[i] + g[i];
        u[i] = p->alpha * s->h[i];
    }
    s->n++;
}

static void adam(double *u, aed_optim_state *s, const double *g, const aed_optim_hyper *p, size_t d)
{
    s->mu_product *= p->mu;
    s->beta2_product *= p->beta2;
    const double rate = p->alpha / (1.0 - s->mu_product);
    const double correction = 1.0 / (1.0 - s->beta2_product);

    for (size_t i = 0; i < d; i++)
    {
        s->h[i] = p->mu * s->h[i] + (1.0 - p->mu) * g[i];
        s->w[i] = p->beta2 * s->w[i] + (1.0 - p->beta2) * g[i] * g[i];
        u[i] = rate * s->h[i] / (sqrt(s->w[i] * correction) + p->eps);
    }
    s->n++;
}

/* w: the step in units of alpha; 0 before the first one. */
static void rprop(
    double *u, aed_optim_state *s, const double *g, const aed_optim_hyper *p, size_t d)
{
    for (size_t i = 0; i < d; i++)
    {
        const double turn = sign_of(g[i]) * sign_of(s->h[i]);

        s->w[i] = s->w[i] > 0.0 ? s->w[i] : 1.0;
        if (turn > 0.0)
            s->w[i] = fmin(1.2 * s->w[i], 50.0);
        else if (turn < 0.0)
            s->w[i] = fmax(0.5 * s->w[i], 1e-4);
        s->h[i] = turn < 0.0 ? 0.0 : g[i];
        u[i] = p->alpha * s->w[i] * sign_of(s->h[i]);
    }
    s->n++;
}

static void sign(double *u, aed_optim_state *s, const double *g, const aed_optim_hyper *p, size_t d)
{
    for (size_t i = 0; i < d; i++)
    {
        s->h[i] = p->mu * s->h[i] + (1.0 - p->mu) * g[i];
        u[i] = p->alpha * sign_of(s->h[i]);
    }
    s->n++;
}

const aed_optim aed_optims[] = {
    {"adam", "every knob at its own scale; the method's choice", adam},
    {"sgd", "filtered gradient, as the seed's text", sgd},
    {"momentum", "torch's SGD, as the seed's code: mu also scales the step", momentum},
    {"rprop", "a step for each knob, longer while its gradient keeps its sign", rprop},
    {"sign", "every knob moves by alpha, the way the filtered gradient points", sign},
    {0},
};

const aed_optim *aed_optim_find(const char *name)
{
    for (const aed_optim *row = aed_optims; row->name; row++)
        if (strcmp(row->name, name) == 0)
            return row;
    return NULL;
}

void aed_optim_halt(aed_optim_state *s, size_t d)
{
    memset(s->h, 0, d * sizeof *s->h);
    s->mu_product = 1.0;
}

void aed_optim_reset(aed_optim_state *s, size_t d)
{
    aed_optim_halt(s, d);
    memset(s->w, 0, d * sizeof *s->w);
    s->n = 0;
    s->beta2_product = 1.0;
}
