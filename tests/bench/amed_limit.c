/* amed_limit.c: see amed_limit.h. */
#include "amed_limit.h"

#include "base/hot.h"
#include "bench.h"

/* ---- what the code does ---- */

enum
{
    TANH = 24, /* aed_tanh: 11 products, 12 sums, 1 quotient */
    EXP = 32,
    LOG1P = 36,
    SINCOS = 48,
    SUM_OF_EIGHT = 7,

    /* Of one hidden unit. */
    UNIT_FORWARD = 2 + TANH + 2,        /* a + wc c, tanh, its share of a dot product */
    UNIT_BACK = 4 + 4,                  /* wc w2 (1 - h^2) and its sum; g = d w2 (1 - h^2) */
    UNIT_WEIGHTS = 2 + 2 + 2,           /* dbias, dwc, dw2 */
    OUTPUTS = 3 * SUM_OF_EIGHT + 3 + 1, /* what remains of three dot products, biases, .01 t */

    /* Of one sample. */
    NOISE = EXP + LOG1P + 1 + 2,           /* softplus, times eps */
    DITHER = SINCOS / 2 + 1,               /* the argument in turns */
    STEP = 7 + TANH + 3,                   /* y, tanh y, C */
    AROUND = 2 + 2 + 5 + 3,                /* level, .01 t; the error and its slope; dlevel */
    SHARES = EXP + 5 + SINCOS / 2 + 2,     /* ds/dY, dd/dY */
    STEP_BACK = 5 + 2 + 4 + 3 + 21 + 7 + 1 /* Y, ds, dd, dchaos, db2, three sums, K, rho Y */
};

size_t amed_flops(size_t hidden)
{
    return 3 * hidden * (UNIT_FORWARD + UNIT_BACK + UNIT_WEIGHTS) + OUTPUTS + NOISE + DITHER +
           STEP + AROUND + SHARES + STEP_BACK;
}

/* ---- what the machine does ---- */

static const size_t rounds = 4000000;

typedef double eight __attribute__((vector_size(64)));

/* Chains of products and as many of sums side by side. How many hide an operation's latency and still
 * stay in registers, and how wide these are, is the machine's secret: the best of several counts. */
#define CHAINS(name, vector, chains)                                                               \
    AED_HOT static void name(double *out, double factor)                                           \
    {                                                                                              \
        vector products[chains], sums[chains];                                                     \
                                                                                                   \
        for (size_t k = 0; k < (chains); k++)                                                      \
            products[k] = sums[k] = (vector){0} + (double)k + factor;                              \
        for (size_t i = 0; i < rounds; i++)                                                        \
            for (size_t k = 0; k < (chains); k++)                                                  \
            {                                                                                      \
                products[k] *= factor;                                                             \
                sums[k] += factor;                                                                 \
            }                                                                                      \
        for (size_t k = 0; k < (chains); k++)                                                      \
            *out += products[k][0] + sums[k][0];                                                   \
    }

CHAINS(narrow_6, aed_lanes, 6)
CHAINS(narrow_4, aed_lanes, 4)
CHAINS(wide_4, eight, 4)
CHAINS(wide_6, eight, 6)
CHAINS(wide_12, eight, 12)

static const struct
{
    void (*run)(double *out, double factor);
    size_t lanes;
} loops[] = {{narrow_4, 2 * 4 * 4}, {narrow_6, 2 * 6 * 4}, {wide_4, 2 * 4 * 8}, {wide_6, 2 * 6 * 8},
    {wide_12, 2 * 12 * 8}};

double amed_peak(void)
{
    volatile double one = 1.0; /* which the compiler does not know */
    double best = 0.0, unused = 0.0;

    for (size_t again = 0; again < 5; again++)
        for (size_t i = 0; i < sizeof loops / sizeof *loops; i++)
        {
            const double t = bench_cpu();

            loops[i].run(&unused, one);
            const double rate = (double)(loops[i].lanes * rounds) / (bench_cpu() - t);

            best = rate > best ? rate : best;
        }
    one = unused;
    return best;
}
