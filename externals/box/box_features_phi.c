/* box_features_phi.c: which features leave outlet 4, in which order, and as what.
 *
 * `standardize 1`: each number x leaves as (x - mean) / sd of all that have left since, this one included:
 *
 *     mean <- mean + (x - mean)/n     variance <- variance + ((x - mean before)(x - mean) - variance)/n
 *
 * (Welford), n up to 10,000, from where on old ones are forgotten slowly. A number that never changed is 0.
 * `standardize 2` keeps mean and variance; without any, after other features were chosen, x leaves as it is. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "box_features.h"

void aed_features_phi_default(aed_features_box *x)
{
    x->n_phi = AED_FEATURES_DEFAULT;
    for (size_t i = 0; i < x->n_phi; i++)
        x->phi_rows[i] = i;
    x->config.features = (1u << AED_FEATURES_DEFAULT) - 1u;
}

static size_t size_of(const aed_features_box *x, size_t row)
{
    const aed_heard h = {.bins = x->config.sizes[0] / 2 + 1,
        .bands = x->config.mels,
        .resolutions = x->config.n_sizes};

    return aed_feature_size(aed_features[row], &h);
}

size_t aed_features_phi_n(const aed_features_box *x)
{
    size_t n = 0;

    for (size_t i = 0; i < x->n_phi; i++)
        n += size_of(x, x->phi_rows[i]);
    return n;
}

/* Where a row begins in phi; -1 when it is not there. */
static double place_of(const aed_features_box *x, size_t row)
{
    size_t at = 0;

    for (size_t i = 0; i < x->n_phi; i++)
    {
        if (x->phi_rows[i] == row)
            return (double)at;
        at += size_of(x, x->phi_rows[i]);
    }
    return -1.0;
}

static void list(aed_features_box *x)
{
    for (size_t row = 0; row < AED_FEATURES; row++)
    {
        const aed_atom v[] = {{aed_features[row]->name, 0.0}, {NULL, (double)size_of(x, row)},
            {NULL, place_of(x, row)}};

        x->box.host->send(x->box.host_object, AED_FEATURES_INFO, "feature", v, 3);
    }
}

/* ---- sending ---- */

static const double most_heard = 10000.0;

static int same_rows(const aed_phi_out *p, const size_t *rows, size_t n_rows)
{
    return p->n_rows == n_rows && memcmp(p->rows, rows, n_rows * sizeof *rows) == 0;
}

/* Room for n numbers; statistics begin anew where there are others. */
static int make_room(aed_phi_out *p, const size_t *rows, size_t n_rows, size_t n)
{
    if (p->v && p->n == n && same_rows(p, rows, n_rows))
        return 1;
    double *v = calloc(3 * n, sizeof *v);

    if (!v)
        return 0;
    free(p->v);
    p->v = v;
    p->mean = v + n;
    p->variance = v + 2 * n;
    p->n = n;
    p->n_rows = n_rows;
    memcpy(p->rows, rows, n_rows * sizeof *rows);
    p->heard = 0.0;
    p->told = 0;
    return 1;
}

static void learn(aed_phi_out *p, const double *phi)
{
    p->heard = fmin(p->heard + 1.0, most_heard);
    for (size_t i = 0; i < p->n; i++)
    {
        const double before = phi[i] - p->mean[i];

        p->mean[i] += before / p->heard;
        p->variance[i] += (before * (phi[i] - p->mean[i]) - p->variance[i]) / p->heard;
    }
}

static double standard(const aed_phi_out *p, double x, size_t i)
{
    if (p->heard == 0.0)
        return x;
    return p->variance[i] > 0.0 ? (x - p->mean[i]) / sqrt(p->variance[i]) : 0.0;
}

void aed_features_tell_phi(
    aed_features_box *x, const size_t *rows, size_t n_rows, const double *phi, size_t n)
{
    aed_phi_out *p = &x->phi;

    if (!make_room(p, rows, n_rows, n))
    {
        aed_box_error(&x->box, "features: no memory for %zu numbers", n);
        return;
    }
    if (p->standardize == 1)
        learn(p, phi);
    if (p->standardize == 2 && !p->told)
        aed_box_error(&x->box,
            "standardize 2: of these features there is no mean yet, they leave as they "
            "are: send standardize 1");
    for (size_t i = 0; i < n; i++)
        p->v[i] = p->standardize ? standard(p, phi[i], i) : phi[i];
    p->told = 1;
    p->compared = 0;
    aed_box_list(&x->box, AED_FEATURES_PHI, p->v, n);
}

void aed_features_on_standardize(aed_box *box, const aed_args *a)
{
    aed_phi_out *p = &((aed_features_box *)box)->phi;

    if (a->f[0] != 0.0 && a->f[0] != 1.0 && a->f[0] != 2.0)
    {
        aed_box_error(box, "standardize: got %g, allowed 0, 1, 2", a->f[0]);
        return;
    }
    if (a->f[0] == 2.0 && (!p->v || p->heard == 0.0))
    {
        aed_box_error(box, "standardize 2: there is no mean to keep yet: send standardize 1 first");
        return;
    }
    if (a->f[0] == 1.0 && p->v)
    {
        memset(p->mean, 0, 2 * p->n * sizeof *p->mean);
        p->heard = 0.0;
    }
    p->standardize = (int)a->f[0];
}

void aed_features_on_get(aed_box *box, const aed_args *a)
{
    const aed_phi_out p = ((aed_features_box *)box)->phi;

    (void)a;
    if (!p.told)
    {
        aed_box_error(box, "get: nothing was heard yet");
        return;
    }
    aed_box_list(box, AED_FEATURES_PHI, p.v, p.n);
    if (p.compared)
    {
        aed_box_float(box, AED_FEATURES_REWARD, p.reward);
        aed_box_float(box, AED_FEATURES_LOSS, p.loss);
    }
}

/* ---- choosing ---- */

/* Other features: what was told, and its statistics, are not theirs. */
static void restart(aed_features_box *x)
{
    x->phi.n = 0;
    x->phi.told = 0;
    aed_features_stream_again(x);
}

static const char *name_of(size_t i)
{
    return aed_features[i]->name;
}

void aed_features_on_features(aed_box *box, const aed_args *a)
{
    aed_features_box *x = (aed_features_box *)box;
    size_t rows[AED_EAR_FEATURES];
    unsigned chosen = 0;

    if (a->n == 1 && strcmp(a->v[0].s, "?") == 0)
    {
        list(x);
        return;
    }
    for (size_t i = 0; i < a->n; i++)
    {
        const size_t row = aed_feature_named(a->v[i].s);

        if (row == AED_FEATURES)
        {
            aed_features_unknown(box, "features", "feature", a->v[i].s, name_of, AED_FEATURES);
            return;
        }
        if (chosen >> row & 1u)
        {
            aed_box_error(box, "features: '%s' is there twice", a->v[i].s);
            return;
        }
        chosen |= 1u << row;
        rows[i] = row;
    }
    if (a->n == 0)
    {
        aed_features_phi_default(x);
        restart(x);
        return;
    }
    memcpy(x->phi_rows, rows, a->n * sizeof *rows);
    x->n_phi = a->n;
    x->config.features = chosen;
    restart(x);
}
