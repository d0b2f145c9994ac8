/* hot.h: the few loops that are worth a wider compilation, and sums in a fixed order. */
#ifndef AED_HOT_H
#define AED_HOT_H

#include <stddef.h>
#include <string.h>

/* AED_HOT before a function: compiled for the base instruction set, for AVX2 and for AVX-512, chosen
 * when the library is loaded. Without FMA (ISO C does not contract): all round alike and give equal
 * bits.
 *
 * Empty where load-time choice (ifunc) does not exist or where a sanitizer's runtime is not up yet
 * when the choice is made. */
#if defined(__x86_64__) && defined(__linux__) && defined(__GLIBC__) && defined(__GNUC__) &&        \
    !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define AED_HOT __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define AED_HOT
#endif

/* Four partial sums side by side, as GCC and clang spell a vector: they do not wait for one another
 * and the order of additions is the same on every machine, vector unit or not. */
typedef double aed_lanes __attribute__((vector_size(32)));

enum
{
    AED_LANES = 4
};

/* sum_i a[i] b[i]; a and b [n], may be one vector. Rt-safe: yes. */
static inline double aed_dot(const double *a, const double *b, size_t n)
{
    aed_lanes sums = {0};
    size_t i = 0;

    for (; i + AED_LANES <= n; i += AED_LANES)
    {
        aed_lanes p, q;

        memcpy(&p, a + i, sizeof p); /* a load from any address */
        memcpy(&q, b + i, sizeof q);
        sums += p * q;
    }
    double sum = (sums[0] + sums[2]) + (sums[1] + sums[3]);

    for (; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

#endif
