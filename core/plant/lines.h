/* lines.h: the memory behind aed_line: rings of a voice, and of a window on a tape. */
#ifndef AED_LINES_H
#define AED_LINES_H

#include "base/arena.h"
#include "chain.h"

enum
{
    AED_MOST_LINES = AED_MAX_MODULES * AED_MAX_LINES
};

/* All lines of a chain at one sample rate. */
typedef struct
{
    size_t n;
    aed_line line[AED_MOST_LINES];
    size_t past[AED_MOST_LINES]; /* samples before the next one that a module may read */
} aed_lines;

/* Take room for the past and for n samples after it; with_dx: for as many gradients too. For an arena
 * that counts as for an open one; what it hands out is zero. Rt-safe: yes. */
void aed_lines_layout(
    aed_lines *l, aed_arena *a, const aed_chain *chain, double sr_hz, size_t n, int with_dx);

/* Silence. Rt-safe: yes. */
void aed_lines_clear(aed_lines *l);

/* Copy the past of sample `at`, and the n samples from `at` on. Of one chain and rate; the rings may
 * be of different lengths. Rt-safe: yes. */
void aed_lines_copy_past(aed_lines *to, const aed_lines *from, size_t at);
void aed_lines_copy(aed_lines *to, const aed_lines *from, size_t at, size_t n);

/* The samples of one, the gradients of the other: for a way back that goes from chunk to chunk, the
 * past and a chunk of gradients is enough. Rt-safe: yes. */
aed_lines aed_lines_with_dx(const aed_lines *x, const aed_lines *dx);

/* No gradient yet: anywhere, or of samples at … at + n - 1. Rt-safe: yes. */
void aed_lines_clear_dx(const aed_lines *l);
void aed_lines_clear_dx_of(const aed_lines *l, size_t at, size_t n);

#endif
