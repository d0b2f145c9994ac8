/* amed_inputs.h: what the networks of AME-D know besides C: where in the period and in the note they are,
 * which key is played and which example is meant.
 *
 *     x_t      = example weights: max(0, 1 - |example - e|), e = 0 … 7      one of them, or two neighbours
 *     env_j    = exp(-age / tau_j),  tau = 5, 30, 180, 1080 ms              age: since the note
 *     p_t      = sum_e x_e (V[e][0] + sum_j V[e][1 + j] env_j)             the contour, in octaves
 *     f_t      = freq · ratio · 2^p_t / sr                                  at most .45
 *     phi_{t+1} = frac(phi_t + f_t),   phi = 0 at a note
 *     inputs   = log2(freq · ratio / 440), env_j, x_e, and for k = 1 … K
 *                fade(k f_t) sin(2 pi k phi_t), fade(k f_t) cos(2 pi k phi_t)
 *     fade(u)  = 3 s^2 - 2 s^3,  s = clip((.5 - u) / .05, 0, 1)             no input above the Nyquist frequency
 *
 * The contour lets a drum fall and a voice glide, and gives each example a tuning of its own.
 *
 * Kinks: example at 0 … 7, f_t at .45. All functions are rt-safe. */
#ifndef AED_AMED_INPUTS_H
#define AED_AMED_INPUTS_H

#include "amed_net.h"

enum
{
    AED_AMED_ENVS = 4,
    AED_AMED_EXAMPLES = 8,
    AED_AMED_CONTOUR_ROW = 1 + AED_AMED_ENVS, /* of V */
    AED_AMED_CONTOUR_N = AED_AMED_EXAMPLES * AED_AMED_CONTOUR_ROW,

    /* Rows of inputs behind the network's own. */
    AED_AMED_PITCH = AED_AMED_OWN,
    AED_AMED_ENV,
    AED_AMED_EXAMPLE = AED_AMED_ENV + AED_AMED_ENVS,
    AED_AMED_WAVES = AED_AMED_EXAMPLE + AED_AMED_EXAMPLES /* sin, cos of k = 1, of k = 2 … */
};

extern const double aed_amed_tau_ms[AED_AMED_ENVS];

/* Rows of W1 with K harmonics. */
static inline size_t aed_amed_inputs_n(size_t harmonics)
{
    return AED_AMED_WAVES + 2 * harmonics;
}

/* What stands still or comes from outside: all in. */
typedef struct
{
    size_t harmonics;
    double sr_hz;
    double age;            /* samples since the note */
    const double *freq_hz; /* [n] */
    const double *ratio;   /* [n] */
    const double *example; /* [n] 0 … 7 */
    const double *contour; /* [AED_AMED_CONTOUR_N] V */
    size_t n;
} aed_amed_where;

/* Rows AED_AMED_PITCH … of z [rows · n]; phase and step [n] out: phi_t and f_t; *phi in/out. */
void aed_amed_inputs_forward(
    double *z, double *phase, double *step, double *phi, const aed_amed_where *at);

/* Where gradients go, all +=. */
typedef struct
{
    double *dfreq;    /* [n] 1/Hz */
    double *dexample; /* [n] */
    double *dpitch;   /* [n] per octave: of the pitch bus */
    double *dcontour; /* [AED_AMED_CONTOUR_N] */
} aed_amed_where_gradient;

/* g [n · U]: dL/da of the network. dphi in: dL/d(phi after), out: dL/d(phi before), in 1/turn. */
void aed_amed_inputs_backward(aed_amed_where_gradient d, double *dphi, const double *g,
    const double *phase, const double *step, const double *w, const aed_amed_net *net,
    const aed_amed_where *at);

#endif
