/* amed_net.h: the three networks of AME-D, and the recurrence that they drive, sample by sample.
 *
 *     a_t     = W1' z_t,   z_t = [1, C_t, inputs…]      three networks side by side: U = 3 H hidden units
 *     h_t     = tanh a_t
 *     f, s, d = W2 h_t + b2                             drift, noise and dither, H units each
 *     y_{t+1} = rho y_t + f + chaos (noise (softplus(s) + 1e-3) eps_t + dither sin(d + .01 t))
 *     C_{t+1} = lambda C_t + .01 tanh(y_{t+1})
 *
 * AME-D seed, with its constants as a law: 1, 1, 1, 1 is the seed's own. What is heard at t is y_{t+1}.
 *
 * Weights stand in one vector, a row of U for each input, drift's units first, then noise's, then
 * dither's; behind them W2 [U] and b2 [3].
 *
 * All functions are rt-safe. */
#ifndef AED_AMED_NET_H
#define AED_AMED_NET_H

#include <stddef.h>

enum
{
    AED_AMED_NETS = 3, /* drift, noise, dither */
    AED_AMED_ONE = 0,  /* input rows that every law has: the bias … */
    AED_AMED_C,        /* … and C; what follows comes from outside */
    AED_AMED_OWN,
    AED_AMED_MOST_INPUTS = 80,
    AED_AMED_HIDDEN_MOST = 128
};

/* The constants of the recurrence. */
typedef struct
{
    double rho;    /* how much of y stays */
    double lambda; /* how much of C stays */
    double noise;  /* scale of the noise */
    double dither; /* scale of the dither */
    size_t
        horizon; /* the way back ends where samples since the reset are a multiple of it; 0: never */
} aed_amed_law;

typedef struct
{
    const aed_amed_law *law;
    size_t hidden; /* H, a multiple of 8, at most AED_AMED_HIDDEN_MOST */
    size_t inputs; /* rows of W1, at most AED_AMED_MOST_INPUTS */
} aed_amed_net;

/* Planes that forward leaves for backward: each [n], the hidden units [n · U], the inputs [inputs · n]. */
typedef struct
{
    double *hidden;
    double *z;
    double *eps, *turn;         /* in: normal noise, and .01 t */
    double *y, *tanh_y;         /* after the sample */
    double *noise, *sine;       /* (softplus(s) + 1e-3) eps, and sin(d + .01 t) */
    double *dnoise_ds, *cosine; /* their derivatives */
    double *dout;               /* [3 n] for backward: dL/df, dL/ds, dL/dd */
} aed_amed_planes;

static inline size_t aed_amed_units(const aed_amed_net *net)
{
    return AED_AMED_NETS * net->hidden;
}

/* Numbers in a net's vector of weights. */
size_t aed_amed_weights_n(const aed_amed_net *net);

/* Doubles for each sample that aed_amed_planes_of hands out. */
size_t aed_amed_planes_n(const aed_amed_net *net);

/* Planes of n samples in tape [n · aed_amed_planes_n]. */
aed_amed_planes aed_amed_planes_of(double *tape, const aed_amed_net *net, size_t n);

/* As torch.nn.Linear begins: W1, b1 uniform in ± 1/sqrt(inputs - 1), W2, b2 in ± 1/sqrt(H). What torch
 * draws from is its own; here it is base/rng.h with this seed. */
void aed_amed_weights_start(double *w, const aed_amed_net *net, unsigned long seed);

/* n samples. p.z (but its rows ONE and C, which are written here), p.eps, p.turn and chaos [n] in; the
 * other planes out, of which p.y is the sound. y, c: in/out, the state. */
void aed_amed_net_forward(aed_amed_planes p, double *y, double *c, const double *w,
    const aed_amed_net *net, const double *chaos, size_t n);

/* The way back of the same n samples.
 *
 * g        [n · U] out: dL/da; dL/dz of input i is sum_u W1[i][u] g[u]
 * dw       += dL/dweights
 * dchaos   [n] +=
 * dstate_y, dstate_c   in: dL/d(state after); out: dL/d(state before)
 * dy       [n] in: dL/dy_{t+1} by what is heard
 * y        in: the state before
 * at       samples since the reset, for the law's horizon */
void aed_amed_net_backward(double *g, double *dw, double *dchaos, double *dstate_y,
    double *dstate_c, const double *dy, aed_amed_planes p, const double *w, const aed_amed_net *net,
    const double *chaos, size_t at, size_t n);

/* How likely it is that what the other networks leave of a sound is the noise network's noise, inputs and C
 * taken as they stand: e [n] is by how much each sample differs from what they and the samples before
 * it lead to. Returns
 *
 *     sum_t ln sigma_t + e_t^2 / (2 sigma_t^2),   sigma = noise (softplus(s) + 1e-3)
 *
 * and adds scale times its gradient to dw. g [n · U] is scratch. */
double aed_amed_net_likelihood(double *g, double *dw, const double *e, double scale,
    aed_amed_planes p, const double *w, const aed_amed_net *net, size_t n);

/* sum_u a[u] b[u] over all units. */
double aed_amed_net_dot(const double *a, const double *b, const aed_amed_net *net);

#endif
