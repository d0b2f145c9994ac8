#include "text.h"

#include <string.h>

enum
{
    LONGEST = 64
};

static size_t least(size_t a, size_t b, size_t c)
{
    const size_t ab = a < b ? a : b;

    return ab < c ? ab : c;
}

size_t aed_text_distance(const char *a, const char *b)
{
    const size_t n = strlen(a), m = strlen(b);
    size_t row[LONGEST];

    if (n >= LONGEST || m >= LONGEST)
        return LONGEST;
    for (size_t j = 0; j <= m; j++)
        row[j] = j;
    for (size_t i = 1; i <= n; i++)
    {
        size_t diagonal = row[0];

        row[0] = i;
        for (size_t j = 1; j <= m; j++)
        {
            const size_t above = row[j];

            row[j] = least(above + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1]));
            diagonal = above;
        }
    }
    return row[m];
}
