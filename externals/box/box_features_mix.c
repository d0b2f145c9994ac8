/* box_features_mix.c: several synths before one ear: their windows are added up and heard as one sound. What
 * one of them changes changes the sum as much, so dL/dx of the sum is that of each. */
#include <math.h>
#include <string.h>

#include "box_features.h"

/* A sum that waits for more windows. */
struct aed_mix_sum
{
    aed_mix_sum *next;
    int candidate; /* of `probe id` … */
    double id;
    size_t have; /* windows so far */
    int spoilt;  /* they were not equally long: it ends unheard */
    size_t n;
    double v[];
};

static void forget(aed_features_box *x, aed_mix_sum **at)
{
    aed_mix_sum *s = *at;

    *at = s->next;
    aed_pool_give(&x->box.pool, s);
}

void aed_features_mix_drop(aed_features_box *x)
{
    while (x->sums)
        forget(x, &x->sums);
}

void aed_features_on_mix(aed_box *box, const aed_args *a)
{
    aed_features_box *x = (aed_features_box *)box;

    if (!(a->f[0] >= 1.0 && a->f[0] <= AED_MIX_MOST && a->f[0] == floor(a->f[0])))
    {
        aed_box_error(
            box, "mix: got %g windows, allowed are whole numbers 1 … %d", a->f[0], AED_MIX_MOST);
        return;
    }
    x->mix = (size_t)a->f[0];
    aed_features_mix_drop(x);
}

/* An empty one at the end of the list; NULL, and it is said, when there cannot be. */
static aed_mix_sum *begin(
    aed_features_box *x, aed_mix_sum **end, size_t waiting, size_t n, int candidate, double id)
{
    aed_mix_sum *s = NULL;

    if (waiting == AED_MIX_MOST)
    {
        aed_box_error(&x->box, "mix: %zu sums wait for windows; 'cancel' drops them", waiting);
        return NULL;
    }
    s = aed_pool_take(&x->box.pool, sizeof *s + n * sizeof(double));
    if (!s)
    {
        aed_box_error(&x->box, "mix: no memory for %zu samples", n);
        return NULL;
    }
    *s = (aed_mix_sum){.candidate = candidate, .id = id, .n = n};
    memset(s->v, 0, n * sizeof *s->v);
    *end = s;
    return s;
}

static void add(aed_features_box *x, aed_mix_sum *s, const double *w, size_t n)
{
    s->have++;
    if (n != s->n && !s->spoilt)
        aed_box_error(&x->box,
            "mix: got a window of %zu samples after one of %zu: this sum is not heard", n, s->n);
    s->spoilt |= n != s->n;
    for (size_t i = 0; i < n && !s->spoilt; i++)
        s->v[i] += w[i];
}

void aed_features_mix(aed_features_box *x, const double *w, size_t n, int candidate, double id)
{
    aed_mix_sum **at = &x->sums;
    size_t waiting = 0;

    if (x->mix == 1)
    {
        aed_features_listen(x, w, n, 0, candidate, id);
        return;
    }
    for (; *at && ((*at)->candidate != candidate || (*at)->id != id); at = &(*at)->next)
        waiting++;
    if (!*at && !begin(x, at, waiting, n, candidate, id))
        return;
    add(x, *at, w, n);
    if ((*at)->have < x->mix)
        return;
    if (!(*at)->spoilt)
        aed_features_listen(x, (*at)->v, n, 0, candidate, id);
    forget(x, at);
}
