/* amed.h: AME-D, a neural stochastic oscillator that learns to imitate a sound.
 *
 *     amed       law lock: the seed's equation mended so that it locks on 
 *     amed-seed  law seed: the seed's equation as it stands
 *
 * Three small networks, "amed 32 8": 32 hidden units each, 8 harmonics, drive one number y that is
 * what is heard: drift moves it, noise and dither shake it. amed_net.h has the recurrence,
 * amed_inputs.h what the networks know. With E = (softplus(s) + 1e-3) eps, eps normal (rng.h),
 *
 *     amed       y <- .5 y + f + chaos (E + .01 sin(d + .01 age)),   C <- .999 C + .01 tanh y
 *     amed-seed  y <-    y + f + chaos (E +     sin(d + .01 age)),   C <-      C + .01 tanh y
 *
 * Constants are in samples, as in the seed: what was learned at one sample rate sounds similar at another,
 * not the same. age: samples since the note. A note sets age, C and the phase back; y goes on, so that
 * nothing clicks.
 *
 * Params   freq [27.5 … 3520 Hz] at key 60, level [0 … 1], chaos [0 … 4: noise and dither, 1 as learned],
 *          example [0 … 7: which of the sounds it has learned, or between two]; amed-seed: level, chaos.
 *          All stand still: what learns are weights.
 * Weights  net: the networks'. contour: the pitch's way through a note, which stands still.
 * State    y, C, phase; age, counter and seed, which are not differentiated.
 * Backward amed: y and C before sample 256 k since the reset are constants (truncated backpropagation:
 *          the loop through C would let gradients grow without bound). amed-seed: none.
 * Kinks    example at 0 … 7, f_t at .45. */
#ifndef AED_AMED_H
#define AED_AMED_H

#include "amed_inputs.h"
#include "module.h"

enum
{
    AED_AMED_HORIZON = 256, /* samples */
    AED_AMED_HIDDEN = 0,    /* sizes of the module */
    AED_AMED_HARMONICS = 1
};

extern const aed_module aed_amed, aed_amed_seed;
extern const aed_amed_law aed_amed_lock, aed_amed_as_written;

/* The networks of a module with these sizes. */
aed_amed_net aed_amed_net_of(const aed_module *m, const size_t *size);

#endif
