#include "resonance.h"

#include <math.h>
#include <string.h>

static const double ringing = 0.3, growth = 2.0, fair_rms = 0.05, fair_spread = 0.05;

enum
{
    W = AED_RESONANCE_MOVES,
    LAGS = W / 2
};

void aed_resonance_layout(aed_resonance *r, size_t d, aed_arena *a)
{
    r->d = d;
    r->tracked = d < AED_RESONANCE_TRACKED ? d : AED_RESONANCE_TRACKED;
    r->from = aed_arena_doubles(a, r->tracked);
    r->moves = aed_arena_doubles(a, W * r->tracked);
    r->path = aed_arena_doubles(a, W * r->tracked);
}

void aed_resonance_reset(aed_resonance *r)
{
    r->n = 0;
}

static double tracked(const aed_resonance *r, const double *theta, size_t j)
{
    return theta[j * r->d / r->tracked];
}

void aed_resonance_begin(aed_resonance *r, const double *theta)
{
    for (size_t j = 0; j < r->tracked; j++)
        r->from[j] = tracked(r, theta, j);
}

void aed_resonance_end(
    aed_resonance *r, const double *theta, double norm, double size, double largest)
{
    double *move = r->moves + r->n % W * r->tracked, *path = r->path + r->n % W * r->tracked;

    for (size_t j = 0; j < r->tracked; j++)
    {
        path[j] = tracked(r, theta, j);
        move[j] = path[j] - r->from[j];
    }
    r->norms[r->n % W] = norm;
    r->size = size;
    r->largest = largest;
    r->n++;
}

/* ---- what has been seen, from the oldest on ---- */

static size_t seen(const aed_resonance *r)
{
    return r->n < W ? r->n : W;
}

static size_t place(const aed_resonance *r, size_t t)
{
    return (r->n - seen(r) + t) % W;
}

/* <v_t - mean, v_s - mean> */
static double product(
    const aed_resonance *r, const double *v, const double *mean, size_t t, size_t s)
{
    const double *a = v + place(r, t) * r->tracked, *b = v + place(r, s) * r->tracked;
    double sum = 0.0;

    for (size_t j = 0; j < r->tracked; j++)
        sum += (a[j] - mean[j]) * (b[j] - mean[j]);
    return sum;
}

static double period(const aed_resonance *r, const double *v, const double *mean)
{
    const size_t n = seen(r);
    double power[W], best = 0.0;
    int turned = 0;

    for (size_t t = 0; t < n; t++)
        power[t] = product(r, v, mean, t, t);
    for (size_t k = 1; k <= LAGS && 2 * k <= n; k++)
    {
        double sum = 0.0, newer = 0.0, older = 0.0;

        for (size_t t = k; t < n; t++)
        {
            sum += product(r, v, mean, t, t - k);
            newer += power[t];
            older += power[t - k];
        }
        const double rho = newer > 0.0 && older > 0.0 ? sum / sqrt(newer * older) : 0.0;

        if (turned)
            best = fmax(best, rho);
        turned = turned || rho < 0.0;
    }
    return fmin(best, 1.0);
}

/* The mean of where it was; its rms distance from it, a parameter. */
static double spread(double *mean, const aed_resonance *r)
{
    const size_t n = seen(r);
    double sum = 0.0;

    memset(mean, 0, r->tracked * sizeof *mean);
    for (size_t t = 0; t < n; t++)
        for (size_t j = 0; j < r->tracked; j++)
            mean[j] += r->path[t * r->tracked + j] / (double)n;
    for (size_t t = 0; t < n; t++)
        sum += product(r, r->path, mean, t, t);
    return sqrt(sum / (double)(n * r->tracked));
}

/* Mean squares of gradients and moves over moves from … to - 1. */
static void powers(double *g, double *u, const aed_resonance *r, size_t from, size_t to)
{
    static const double zero[AED_RESONANCE_TRACKED];

    *g = *u = 0.0;
    for (size_t t = from; t < to; t++)
    {
        *g += r->norms[place(r, t)] * r->norms[place(r, t)] / (double)(to - from);
        *u += product(r, r->moves, zero, t, t) / (double)(to - from);
    }
}

static int diverges(const aed_resonance *r)
{
    const size_t n = seen(r), half = n / 2;
    double g0, u0, g1, u1;

    powers(&g0, &u0, r, 0, half);
    powers(&g1, &u1, r, n - half, n);
    return g1 >= growth * growth * g0 && g1 > 0.0 && u1 >= u0;
}

static double sat(double x)
{
    return isfinite(x * x) ? x * x / (1.0 + x * x) : 1.0;
}

aed_resonance_info aed_resonance_report(const aed_resonance *r, const aed_resonance_fair *fair)
{
    static const double zero[AED_RESONANCE_TRACKED];
    const double weights = fair->w_norm + fair->w_move;
    double mean[AED_RESONANCE_TRACKED];
    aed_resonance_info i = {0};

    if (r->n < AED_RESONANCE_LEAST)
        return i;
    const double norm = sat(r->norms[(r->n - 1) % W] / fair->norm), s = spread(mean, r);

    i.resonance = period(r, r->moves, zero);
    i.regime = diverges(r) ? "diverging" : i.resonance >= ringing ? "ringing" : "overdamped";
    i.opt = (1.0 - norm + i.resonance + 1.0 - sat(r->size / (fair_rms * sqrt((double)r->d)))) / 3.0;
    i.pol = (period(r, r->path, mean) + 1.0 - exp(-s / fair_spread)) / 2.0;
    if (weights > 0.0)
        i.penalty = (fair->w_norm * norm + fair->w_move * sat(r->largest / fair->move)) / weights;
    return i;
}
