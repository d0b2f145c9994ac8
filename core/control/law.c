#include "law.h"

#include <math.h>
#include <string.h>

static double mean_after(double before, double x, double beta, int seen)
{
    return seen ? beta * before + (1.0 - beta) * x : x;
}

static void remember(aed_sched *s, double loss)
{
    if (s->history_n == AED_SCHED_WINDOW_MAX)
        memmove(s->history, s->history + 1, --s->history_n * sizeof *s->history);
    s->history[s->history_n++] = loss;
}

void aed_sched_observe(aed_sched *s, double loss, double reward)
{
    const double loss_ema = mean_after(s->loss_ema, loss, s->beta, s->loss_seen);
    const double reward_ema = mean_after(s->reward_ema, reward, s->beta, s->reward_seen);

    s->dloss = s->loss_seen ? s->loss_ema - loss_ema : 0.0;
    s->dreward = s->reward_seen ? reward_ema - s->reward_ema : 0.0;
    s->loss_ema = loss_ema;
    s->reward_ema = reward_ema;
    s->loss_seen = s->reward_seen = 1;
    remember(s, loss);
}

/* The last `window` values, or as many as there are. */
static const double *window_of(const aed_sched *s, size_t *n)
{
    const size_t window = (size_t)s->window;

    *n = s->history_n < window ? s->history_n : window;
    return s->history + (s->history_n - *n);
}

static double mean_of(const double *x, size_t n)
{
    double sum = 0.0;

    for (size_t i = 0; i < n; i++)
        sum += x[i];
    return sum / (double)n;
}

double aed_sched_relative_variance(const aed_sched *s)
{
    size_t n;
    const double *x = window_of(s, &n);
    double sum = 0.0;

    if (n < 2)
        return 0.0;
    const double mean = mean_of(x, n);
    for (size_t i = 0; i < n; i++)
        sum += (x[i] - mean) * (x[i] - mean);
    return sum / (double)n / (mean * mean + 1e-12);
}

/* With t = i - (n-1)/2 the line is mean + b t, b = sum t x / sum t^2. */
double aed_sched_residual_variance(const aed_sched *s)
{
    size_t n;
    const double *x = window_of(s, &n);
    double tx = 0.0, tt = 0.0, sum = 0.0;

    if (n < 4)
        return 0.0;
    const double mean = mean_of(x, n), middle = 0.5 * (double)(n - 1);
    for (size_t i = 0; i < n; i++)
    {
        const double t = (double)i - middle;

        tx += t * (x[i] - mean);
        tt += t * t;
    }
    for (size_t i = 0; i < n; i++)
    {
        const double residual = x[i] - mean - tx / tt * ((double)i - middle);

        sum += residual * residual;
    }
    return sum / (double)n;
}

void aed_sched_step_mu(aed_sched *s)
{
    aed_sched_put_mu(s, s->dreward > 0.0 ? s->mu + s->dmu : s->mu - s->kmu * s->mu);
}

double aed_sched_down(const aed_sched *s)
{
    return s->pstar > 0.0 ? pow(s->u, -s->pstar / (1.0 - s->pstar)) : s->d;
}
