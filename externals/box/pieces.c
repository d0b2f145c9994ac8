/* pieces.c: text as symbols that a patch file keeps letter by letter. */
#include "pieces.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum
{
    LETTERS = AED_PIECE_N - 2, /* of a full piece, four for each three bytes */
    BYTES = LETTERS / 4 * 3,   /* in a full piece */
    SUM = 4                    /* bytes of the check sum */
};

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static uint32_t check_sum(const char *text, size_t n)
{
    uint32_t sum = 2166136261u;

    for (size_t i = 0; i < n; i++)
        sum = (sum ^ (unsigned char)text[i]) * 16777619u;
    return sum;
}

/* ---- cutting ---- */

size_t aed_pieces_count(size_t n)
{
    return (n + SUM + BYTES - 1) / BYTES;
}

void aed_pieces_cut(char piece[AED_PIECE_N], const char *text, size_t n, size_t i)
{
    const uint32_t sum = i == 0 ? check_sum(text, n) : 0; /* nobody else has a byte of it */
    uint32_t bits = 0;
    unsigned waiting = 0; /* bits that wait for their letter */

    *piece++ = 'a';
    for (size_t k = i * BYTES; k < (i + 1) * BYTES && k < n + SUM; k++)
    {
        bits = bits << 8 | (k < SUM ? (sum >> 8 * k) & 255 : (unsigned char)text[k - SUM]);
        for (waiting += 8; waiting >= 6; waiting -= 6)
            *piece++ = alphabet[(bits >> (waiting - 6)) & 63];
    }
    if (waiting)
        *piece++ = alphabet[(bits << (6 - waiting)) & 63];
    *piece = '\0';
}

/* ---- joining ---- */

/* The bytes of one piece; how many, or 0 when it is none. */
static size_t read_piece(char *bytes, const char *piece)
{
    const size_t letters = piece && piece[0] == 'a' ? strlen(piece) - 1 : 0;
    uint32_t bits = 0;
    unsigned waiting = 0;
    size_t n = 0;

    if (letters > LETTERS || letters % 4 == 1)
        return 0;
    for (size_t i = 0; i < letters; i++)
    {
        const char *letter = strchr(alphabet, piece[1 + i]);

        if (!letter)
            return 0;
        bits = bits << 6 | (uint32_t)(letter - alphabet);
        waiting += 6;
        if (waiting >= 8)
        {
            waiting -= 8;
            bytes[n++] = (char)((bits >> waiting) & 255);
        }
    }
    return bits & ((1u << waiting) - 1) ? 0 : n; /* what is left over was written as 0 */
}

/* All bytes, check sum included; how many, or 0 when a piece is none (*bad: which). */
static size_t read_pieces(char *bytes, size_t *bad, const aed_atom *pieces, size_t count)
{
    size_t n = 0;

    for (size_t i = 0; i < count; i++)
    {
        const size_t more = read_piece(bytes + n, pieces[i].s);

        *bad = i;
        if (more == 0 || (more < BYTES && i + 1 < count))
            return 0;
        n += more;
    }
    return n;
}

static int is_whole(const char *bytes, size_t n)
{
    uint32_t sum = 0;

    for (size_t k = 0; k < SUM && k < n; k++)
        sum |= (uint32_t)(unsigned char)bytes[k] << 8 * k;
    return n >= SUM && sum == check_sum(bytes + SUM, n - SUM);
}

char *aed_pieces_join(const aed_atom *pieces, size_t count, size_t *n, aed_error *e)
{
    char *bytes = malloc(count * BYTES + 1);
    size_t bad = 0;

    if (!bytes)
    {
        (void)aed_fail(e, AED_E_MEMORY, "no memory for %zu pieces", count);
        return NULL;
    }
    const size_t all = read_pieces(bytes, &bad, pieces, count);

    if (!is_whole(bytes, all))
    {
        if (count > 0 && all == 0)
            (void)aed_fail(e, AED_E_ARG, "piece %zu of %zu is damaged", bad + 1, count);
        else
            (void)aed_fail(e, AED_E_ARG,
                "the %zu pieces are not those that were saved: one is missing, changed or moved",
                count);
        free(bytes);
        return NULL;
    }
    *n = all - SUM;
    memmove(bytes, bytes + SUM, *n);
    bytes[*n] = '\0';
    return bytes;
}
