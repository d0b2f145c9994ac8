#include "decimate.h"

#include <string.h>

enum
{
    TAPS = AED_DECIMATE_TAPS,
    MIDDLE = TAPS / 2,      /* odd: the taps beside it at odd distances are not 0 */
    SIDE = (MIDDLE + 1) / 2 /* of those, on one side */
};

/* h[MIDDLE ± (2 k + 1)] = sin(pi d / 2)/(pi d) · I0(beta sqrt(1 - (d/28)^2)) / I0(beta), d = 2 k + 1,
 * scaled so that all taps together give 1. */
static const double side_taps[SIDE] = {
    3.16836385926719033e-01,
    -1.01719672503865585e-01,
    5.65852186903479590e-02,
    -3.60320171778882523e-02,
    2.39796910207831504e-02,
    -1.60708219451210083e-02,
    1.06234505114057420e-02,
    -6.82436677951331599e-03,
    4.20317544441994439e-03,
    -2.44504718614292540e-03,
    1.31670544610362934e-03,
    -6.36015556582857793e-04,
    2.59379996252598604e-04,
    -7.60658869181889813e-05,
};

size_t aed_decimate_state_n(size_t over)
{
    return over == 4 ? 2 * (TAPS - 1) : over == 2 ? TAPS - 1 : 0;
}

/* past [TAPS - 1]: the samples before x, the oldest first. */
static void halve(double *y, double *past, const double *x, size_t n)
{
    double line[TAPS - 1 + AED_DECIMATE_MOST];

    memcpy(line, past, (TAPS - 1) * sizeof *line);
    memcpy(line + TAPS - 1, x, n * sizeof *line);
    for (size_t j = 0; j < n / 2; j++)
    {
        const double *c = line + 2 * j + 1 + MIDDLE;
        double sum = 0.5 * c[0];

        for (size_t k = 0; k < SIDE; k++)
            sum += side_taps[k] * (c[2 * k + 1] + *(c - (2 * k + 1)));
        y[j] = sum;
    }
    memcpy(past, line + n, (TAPS - 1) * sizeof *past);
}

void aed_decimate(double *y, double *state, const double *x, size_t over, size_t n)
{
    double half[AED_DECIMATE_MOST / 2];

    if (over == 1)
        memcpy(y, x, n * sizeof *y);
    else if (over == 2)
        halve(y, state, x, n);
    else
    {
        halve(half, state, x, n);
        halve(y, state + TAPS - 1, half, n / 2);
    }
}

/* dx[i] = sum_j h[2 j + 1 - i] dy[j], dx [2 n]. The middle tap reads even i, all others odd i. */
static void double_back(double *dx, const double *dy, size_t n)
{
    for (size_t i = 0; i < 2 * n; i++)
        dx[i] = 0.0;
    for (size_t j = 0; j < n; j++)
    {
        const ptrdiff_t middle = 2 * (ptrdiff_t)j + 1 - MIDDLE;

        if (middle >= 0)
            dx[middle] += 0.5 * dy[j];
        for (ptrdiff_t k = 0; k < SIDE; k++)
        {
            const ptrdiff_t left = middle - (2 * k + 1), right = middle + (2 * k + 1);

            if (left >= 0)
                dx[left] += side_taps[k] * dy[j];
            if (right >= 0)
                dx[right] += side_taps[k] * dy[j];
        }
    }
}

void aed_decimate_backward(double *dx, double *work, const double *dy, size_t over, size_t n)
{
    if (over == 1)
        memcpy(dx, dy, n * sizeof *dx);
    else if (over == 2)
        double_back(dx, dy, n);
    else
    {
        double_back(work, dy, n);
        double_back(dx, work, 2 * n);
    }
}
