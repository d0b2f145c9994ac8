#include "magnitude.h"

#include <math.h>

#include "base/hot.h"

enum
{
    HEAD = 8 /* doubles in front of m*, a cache line: the mean |X*|, the energy */
};

static const double least = 1e-3; /* of s */

size_t aed_magnitude_keep_n(const aed_resolution *of)
{
    return HEAD + of->frames * of->bins;
}

/* m = |X| of n bins. Returns their sum. */
AED_HOT static double magnitudes(double *restrict m, const double *restrict power, size_t n)
{
    double sum = 0.0;

    for (size_t k = 0; k < n; k++)
        m[k] = sqrt(power[k]);
    for (size_t k = 0; k < n; k++)
        sum += m[k];
    return sum;
}

AED_HOT static void add_guard(double *m, double guard, size_t n)
{
    for (size_t k = 0; k < n; k++)
        m[k] = sqrt(m[k] * m[k] + guard);
}

static double guard_of(double mean)
{
    const double s = fmax(mean, least);

    return 1e-6 * s * s;
}

/* s, and so the guard, is known only when the last frame has come. */
void aed_magnitude_keep(double *kept, const aed_frame *target)
{
    const aed_resolution *of = target->of;
    const size_t all = of->frames * of->bins;
    double *m = kept + HEAD;
    const double sum = magnitudes(m + target->t * of->bins, target->power, of->bins);

    kept[0] = (target->t ? kept[0] : 0.0) + sum / (double)all;
    if (target->t + 1 < of->frames)
        return;
    add_guard(m, guard_of(kept[0]), all);
    kept[1] = fmax(aed_dot(m, m, all), least * least * (double)all);
}

aed_magnitudes aed_magnitude_kept(const double *kept, const aed_frame *x)
{
    return (aed_magnitudes){
        fmax(kept[0], least), guard_of(kept[0]), kept[1], kept + HEAD + x->t * x->of->bins};
}
