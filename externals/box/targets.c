#include "targets.h"

#include <stdlib.h>
#include <string.h>

#include "ear/ear.h"
#include "ear/resample.h"

void aed_targets_empty(aed_targets *t)
{
    for (size_t i = 0; i < t->n; i++)
    {
        free(t->sounds[i].v);
        free(t->sounds[i].own);
    }
    t->n = 0;
}

static aed_status bring(aed_sound *s, double sr_hz, aed_error *e)
{
    const size_t all = aed_resample_n(s->own_n, s->own_hz, sr_hz);
    const size_t n = all < AED_TARGET_MOST ? all : AED_TARGET_MOST;
    double *v = malloc(n * sizeof *v);

    if (!v)
        return aed_fail(e, AED_E_MEMORY, "no memory for %zu samples", n);
    if (aed_resample(v, n, s->own, s->own_n, s->own_hz, sr_hz, e) != AED_OK)
    {
        free(v);
        return AED_E_MEMORY;
    }
    free(s->v);
    s->v = v;
    s->n = n;
    s->hz = sr_hz;
    return AED_OK;
}

aed_status aed_targets_bring(aed_targets *t, double sr_hz, int *changed, aed_error *e)
{
    aed_status status = AED_OK;

    *changed = 0;
    for (size_t i = 0; i < t->n && status == AED_OK; i++)
        if (t->sounds[i].own && t->sounds[i].hz != sr_hz)
        {
            status = bring(&t->sounds[i], sr_hz, e);
            *changed |= status == AED_OK;
        }
    return status;
}

aed_status aed_targets_check(const aed_targets *t, aed_error *e)
{
    aed_status status = AED_OK;

    for (size_t i = 0; i < t->n && status == AED_OK; i++)
        status = aed_ear_check_sound(t->sounds[i].v, t->sounds[i].n, e);
    return status;
}

static size_t pieces_of(const aed_sound *sound, aed_segments s)
{
    return s.n == 0 || sound->n <= s.n ? 1 : 1 + (sound->n - s.n) / s.hop;
}

size_t aed_targets_pieces(const aed_targets *t, aed_segments s)
{
    size_t pieces = 0;

    for (size_t i = 0; i < t->n; i++)
        pieces += pieces_of(&t->sounds[i], s);
    return pieces;
}

aed_piece aed_targets_piece(const aed_targets *t, aed_segments s, size_t k)
{
    size_t i = 0;

    while (k >= pieces_of(&t->sounds[i], s))
        k -= pieces_of(&t->sounds[i++], s);
    return (aed_piece){i, k * s.hop};
}

void aed_targets_cut(double *y, const aed_targets *t, aed_segments s, aed_piece p, size_t n)
{
    const aed_sound *sound = &t->sounds[p.sound];
    size_t length = sound->n - p.at;

    if (s.n && length > s.n)
        length = s.n;
    if (length > n)
        length = n;
    memcpy(y, sound->v + p.at, length * sizeof *y);
    memset(y + length, 0, (n - length) * sizeof *y);
}
