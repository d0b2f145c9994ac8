/* amed_limit.h: how much arithmetic an epoch of AME-D is, and how much this machine can do. */
#ifndef AMED_LIMIT_H
#define AMED_LIMIT_H

#include <stddef.h>

/* Additions, subtractions, multiplications and divisions of doubles, each one of them, in one sample
 * of amed-seed, forward and backward, as the code has them (amed_net.c, vmath.h). Not counted:
 * comparisons, integers, the drawing of noise, Adam, which comes once an epoch. */
size_t amed_flops(size_t hidden);

/* The most multiplications and additions a second of this core, in the build that aed ships: as many of
 * either, none waits for another, nothing leaves the registers. Takes about a second. */
double amed_peak(void);

#endif
