/* fit.h: weights of an amed learned from sounds, sample by sample.
 *
 *     loss  = mean over windows of mean (y - x)^2            noise and dither on, as they are played
 *     w    <- w - Adam(dloss/dw of one window; rate falling in a straight line, .9, .999, 1e-8)
 *
 * A pass goes once through all sounds: the first window of each, then the second of each, and so on,
 * every sound with a state of its own that is carried from window to window, and new noise in every
 * pass. amed: windows of AED_AMED_HORIZON samples, gradients of norm 1 at most (measured: 64 samples
 * are too few, and without the limit some begin badly). amed-seed: a window is the whole sound, there is
 * no limit and the rate does not fall, as the seed has it. Contours do not learn, they are measured.
 *
 * What no drift explains, breath and rattle, the waveform's error would only silence. So the last passes
 * can go to the noise network instead: drift plays alone, and noise is made as likely as it can be to be
 * what is missing (aed_amed_net_likelihood):
 *
 *     r_t = x_t - y_t,   e_t = r_t - rho r_{t-1},   loss = mean ln sigma_t + e_t^2 / (2 sigma_t^2)
 *
 * This is the short way for one oscillator and one loss. The cords are the other one: any loss, any
 * chain, one window a step.
 *
 * All functions: rt-safe no. An aed_fit belongs to one thread at a time. */
#ifndef AED_FIT_H
#define AED_FIT_H

#include "base/status.h"
#include "plant/chain.h"

/* What is to be imitated. */
typedef struct
{
    const double *x; /* [n] finite; read during passes */
    size_t n;
    double key;     /* the MIDI note it is played by, 0 … 127 */
    double example; /* 0 … AED_AMED_EXAMPLES - 1 */
} aed_fit_sound;

enum
{
    AED_FIT_SOUNDS = 64 /* at most */
};

typedef struct
{
    size_t passes;       /* planned: the rate falls over so many, 1 … 1e6 */
    size_t noise_passes; /* after them, for the noise network, 0 … 1e6 */
    double rate;         /* of the first one, > 0; 0: the law's own, 3e-3, or 1e-3 by the seed */
    unsigned long seed;  /* of the noise */
} aed_fit_settings;

typedef struct aed_fit aed_fit;

/* For the amed that is module m of the chain, whose parameters and weights begin at full [full_n].
 * NULL and *e: AED_E_ARG no amed, no sounds or too many, a sound shorter than a window, a key or an
 * example outside its range; AED_E_NONFINITE; AED_E_MEMORY. */
aed_fit *aed_fit_new(const aed_chain *chain, size_t m, const double *full, double sr_hz,
    const aed_fit_sound *sounds, size_t n, const aed_fit_settings *set, aed_error *e);
void aed_fit_free(aed_fit *f);

/* Set the contours of the examples to the sounds' pitch (fit_contour.h); nothing to do for amed-seed. Call
 * before the first pass. Errors (nothing changed): as aed_fit_contour. */
AED_MUST_CHECK aed_status aed_fit_tune(aed_fit *f, aed_error *e);

/* Learn from about so many samples, at most to the end of the pass, of the noise network's once the
 * planned ones are done. Returns 1 when the pass has ended; *loss: the mean over its windows, each before its
 * step. A state beyond 1e3, or a gradient that is not finite, sets that sound's state back and makes no
 * step; *loss is infinite when no window of the pass could be learned from. */
int aed_fit_advance(aed_fit *f, size_t samples, double *loss);

/* Weights of the module as they are now, [n] as in the chain. */
const double *aed_fit_weights(const aed_fit *f, size_t *n);

/* Play the first n samples of sound i anew with the present weights into y [n]; n at most its length.
 * Between passes only: the sounds' states are the same, the noise is new. */
void aed_fit_play(aed_fit *f, double *y, size_t i, size_t n, unsigned long seed);

#endif
