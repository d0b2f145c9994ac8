/* pieces.h: text as symbols that a patch file keeps letter by letter.
 *
 * Pd rounds numbers to 6 digits, and gives blanks, commas, semicolons, dollars and backslashes a meaning
 * of their own. So text, with a check sum (FNV-1a, 32 bits: Fowler, Noll, Vo 1991) in front, is
 * written in the url-safe alphabet of RFC 4648 (A-Z a-z 0-9 - _, no padding), in pieces of an `a` and
 * up to 116 letters. The `a` keeps Pd from reading a piece as a number. */
#ifndef AED_PIECES_H
#define AED_PIECES_H

#include "box.h"

enum
{
    AED_PIECE_N = 118 /* bytes of a piece, with the 0 at its end */
};

/* How many pieces n bytes of text make. Rt-safe: yes. */
size_t aed_pieces_count(size_t n);

/* Piece i (i < count) of text [n]. Rt-safe: yes, but reads all of the text for i = 0. */
void aed_pieces_cut(char piece[AED_PIECE_N], const char *text, size_t n, size_t i);

/* The text of count pieces: malloc'ed, ended by 0, *n bytes without it. NULL and *e: AED_E_ARG, when
 * something is no piece, or pieces are missing, changed or in another order; AED_E_MEMORY.
 * Rt-safe: no. */
char *aed_pieces_join(const aed_atom *pieces, size_t count, size_t *n, aed_error *e);

#endif
