#include "memory.h"

#include <math.h>
#include <string.h>

static const double alike = 1e-3; /* of a knob: nobody hears it */

static int same(const double *a, const double *b, size_t d)
{
    for (size_t i = 0; i < d; i++)
        if (fabs(a[i] - b[i]) > alike)
            return 0;
    return 1;
}

void aed_memory_put(aed_memory *m, const double *theta, size_t d, size_t most)
{
    size_t at = 0;

    m->n = m->n < most ? m->n : most;
    while (at < m->n && !same(aed_memory_at(m, at, d), theta, d))
        at++;
    if (at == m->n && m->n < most)
        m->n++;
    if (m->n == 0)
        return;
    at = at < m->n ? at : m->n - 1;
    memmove(m->theta + d, m->theta, at * d * sizeof *theta);
    memcpy(m->theta, theta, d * sizeof *theta);
}

const double *aed_memory_at(const aed_memory *m, size_t i, size_t d)
{
    return m->theta + i * d;
}
