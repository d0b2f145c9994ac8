/* dither.h: small noise that probes around theta, shaped by where moves have paid.
 *
 * Seed section 1, theta + sigma D(theta) eta with eta ~ N(0, I). D is the running RMS of accepted
 * moves per parameter (field.md 4.7), of mean square 1 over the parameters that may move:
 *
 *     m_i   <- .99 m_i + .01 move_i^2               at every accepted move
 *     D_i^2  = (1 - f) m_i / mean(m) + f            f = max(.1, .99^accepted)
 *
 * so D starts at 1, takes shape slowly, and no knob ever falls silent (D_i >= sqrt(.1)). */
#ifndef AED_DITHER_H
#define AED_DITHER_H

#include <stddef.h>

#include "base/rng.h"
#include "bounds.h"

typedef enum
{
    AED_DITHER_OFF,
    AED_DITHER_THETA, /* on what is sent: theta itself stays clean */
    AED_DITHER_WALK,  /* on theta itself, so that it adds up: the seed's equation to the letter */
    AED_DITHER_GRAD   /* sigma eta on the gradient, as the seed's scaffold; not shaped */
} aed_dither_mode;

typedef struct
{
    aed_dither_mode mode;
    double *m;     /* [d] running mean square of accepted moves */
    double *shape; /* [d] D */
    double prior;  /* f before its floor */
    aed_rng rng;
} aed_dither;

/* "off", "theta", "walk", "grad" into *mode and 1; 0 for any other name. Rt-safe: yes. */
int aed_dither_find(aed_dither_mode *mode, const char *name);
const char *aed_dither_name(aed_dither_mode mode);

/* D = 1; mode and random numbers go on. Rt-safe: yes. */
void aed_dither_reset(aed_dither *x, size_t d);

/* A move [b->d], finite, has paid: reshape D. A move of 0 is none. Rt-safe: yes. */
void aed_dither_accept(aed_dither *x, const double *move, const aed_bounds *b);

/* y[i] += sigma D_i eta_i, for every i that may move. Draws nothing when sigma is 0. Does not
 * clip. Rt-safe: yes. */
void aed_dither_add(double *y, aed_dither *x, double sigma, const aed_bounds *b);

/* g[i] += sigma eta_i likewise. Rt-safe: yes. */
void aed_dither_add_flat(double *g, aed_dither *x, double sigma, const aed_bounds *b);

#endif
