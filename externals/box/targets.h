/* targets.h: the sounds that a window may be compared with, and the pieces they are cut into.
 *
 * Without segments every sound is one piece, from its beginning. With segments of n samples, hop apart,
 *
 *     pieces of a sound of length L:  1 + (L - n) / hop, rounded down; 1 when L <= n
 *
 * and the rest after the last whole segment is left out. Pieces are counted through all sounds.
 *
 * A sound that was recorded at a sample rate of its own is kept as it came, and brought to the rate that is
 * wanted whenever that changes: lengths, pieces and cuts count samples at this rate. */
#ifndef AED_BOX_TARGETS_H
#define AED_BOX_TARGETS_H

#include <stddef.h>

#include "base/status.h"

enum
{
    AED_TARGET_MOST = 1 << 22, /* samples in a sound, 95 s at 44100 Hz */
    AED_TARGETS_MOST = 64      /* sounds in a set */
};

typedef struct
{
    double *v; /* [n] malloc'ed */
    size_t n;
    double *own; /* [own_n] as it was recorded, at own_hz, malloc'ed; NULL: v is what came */
    size_t own_n;
    double own_hz, hz; /* hz: of v; 0: none yet */
} aed_sound;

typedef struct
{
    aed_sound sounds[AED_TARGETS_MOST];
    size_t n;
} aed_targets;

typedef struct
{
    size_t n, hop; /* samples; n 0: whole sounds */
} aed_segments;

typedef struct
{
    size_t sound; /* which, from 0 */
    size_t at;    /* its first sample */
} aed_piece;

/* Free all sounds; *t is empty afterwards. */
void aed_targets_empty(aed_targets *t);

/* Bring sounds with a rate of their own to sr_hz, AED_TARGET_MOST samples at most (resample.h). *changed
 * out: 1 when one was at another. AED_E_MEMORY; those that were not reached are as before. */
AED_MUST_CHECK aed_status aed_targets_bring(
    aed_targets *t, double sr_hz, int *changed, aed_error *e);

/* AED_E_NONFINITE when a sound is none (ear.h). */
AED_MUST_CHECK aed_status aed_targets_check(const aed_targets *t, aed_error *e);

/* How many pieces there are; 0 without sounds. */
size_t aed_targets_pieces(const aed_targets *t, aed_segments s);

/* Piece k, k < aed_targets_pieces. */
aed_piece aed_targets_piece(const aed_targets *t, aed_segments s, size_t k);

/* y [n] out: the piece, silence after its end. */
void aed_targets_cut(double *y, const aed_targets *t, aed_segments s, aed_piece p, size_t n);

#endif
