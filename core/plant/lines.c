#include "lines.h"

#include <math.h>
#include <string.h>

static const size_t margin_n = 4; /* what an interpolation reads beyond its place */

static size_t power_of_two(size_t n)
{
    size_t p = 1;

    while (p < n)
        p *= 2;
    return p;
}

void aed_lines_layout(
    aed_lines *l, aed_arena *a, const aed_chain *chain, double sr_hz, size_t n, int with_dx)
{
    l->n = 0;
    for (size_t m = 0; m < chain->n; m++)
        for (size_t j = 0; j < chain->modules[m]->n_lines; j++, l->n++)
        {
            const size_t past = (size_t)ceil(chain->modules[m]->line_s * sr_hz) + margin_n;
            const size_t size = power_of_two(past + n);

            l->past[l->n] = past;
            l->line[l->n].mask = l->line[l->n].dx_mask = size - 1;
            l->line[l->n].x = aed_arena_doubles(a, size);
            l->line[l->n].dx = with_dx ? aed_arena_doubles(a, size) : NULL;
        }
}

void aed_lines_clear(aed_lines *l)
{
    for (size_t j = 0; j < l->n; j++)
        memset(l->line[j].x, 0, (l->line[j].mask + 1) * sizeof *l->line[j].x);
}

void aed_lines_clear_dx(const aed_lines *l)
{
    for (size_t j = 0; j < l->n; j++)
        memset(l->line[j].dx, 0, (l->line[j].dx_mask + 1) * sizeof *l->line[j].dx);
}

void aed_lines_clear_dx_of(const aed_lines *l, size_t at, size_t n)
{
    for (size_t j = 0; j < l->n; j++)
        for (size_t i = at; i < at + n; i++)
            l->line[j].dx[i & l->line[j].dx_mask] = 0.0;
}

aed_lines aed_lines_with_dx(const aed_lines *x, const aed_lines *dx)
{
    aed_lines both = *x;

    for (size_t j = 0; j < both.n; j++)
    {
        both.line[j].dx = dx->line[j].dx;
        both.line[j].dx_mask = dx->line[j].dx_mask;
    }
    return both;
}

/* Samples at … at + n - 1 of one ring into another, in as few pieces as the two ends allow. Before
 * the reset there was silence, which a ring that was never written has. */
static void copy_ring(const aed_line *to, const aed_line *from, size_t at, size_t n)
{
    while (n > 0)
    {
        const size_t i = at & to->mask, j = at & from->mask;
        size_t piece = n;

        piece = piece < to->mask + 1 - i ? piece : to->mask + 1 - i;
        piece = piece < from->mask + 1 - j ? piece : from->mask + 1 - j;
        memcpy(to->x + i, from->x + j, piece * sizeof *to->x);
        at += piece;
        n -= piece;
    }
}

void aed_lines_copy_past(aed_lines *to, const aed_lines *from, size_t at)
{
    for (size_t j = 0; j < to->n; j++)
        copy_ring(&to->line[j], &from->line[j], at - to->past[j], to->past[j]);
}

void aed_lines_copy(aed_lines *to, const aed_lines *from, size_t at, size_t n)
{
    for (size_t j = 0; j < to->n; j++)
        copy_ring(&to->line[j], &from->line[j], at, n);
}
