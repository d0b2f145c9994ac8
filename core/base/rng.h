/* rng.h: reproducible random numbers, addressed by a counter.
 *
 * SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014):
 *
 *     draw(i) = mix(seed + i · 0x9e3779b97f4a7c15)
 *
 * The state is (seed, i), so any draw can be made again, which is what a backward pass and a
 * repeated window need. Equal on every machine. */
#ifndef AED_RNG_H
#define AED_RNG_H

#include <stddef.h>
#include <stdint.h>

typedef struct
{
    uint64_t seed;
    uint64_t i; /* draws made so far */
} aed_rng;

/* Draw number i of a seed: 64 random bits. Rt-safe: yes. */
static inline uint64_t aed_rng_bits(uint64_t seed, uint64_t i)
{
    uint64_t z = seed + (i + 1) * 0x9e3779b97f4a7c15u;

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/* Uniform in [0, 1), 53 bits. Rt-safe: yes. */
double aed_rng_uniform(aed_rng *r);

/* Normal with mean 0 and variance 1 (Box and Muller 1958; two draws each). Rt-safe: yes. */
double aed_rng_normal(aed_rng *r);

/* x [n]: normal numbers first … first + n - 1 of a seed, each out of two draws: what aed_rng_normal
 * gives after 2 first draws, but for rounding. Rt-safe: yes. */
void aed_rng_normals(double *x, uint64_t seed, uint64_t first, size_t n);

#endif
