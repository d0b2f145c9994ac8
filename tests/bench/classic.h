/* classic.h: the default chain as the rows measure it: a window in which a key is held and let go, at
 * the theta where a new voice begins, with all four waves on, but for the envelope's way to the
 * cutoff, which is open: at its start the filter would stand still.
 *
 * vco.drift and vco.fm rest: they begin at 0 and do not learn. Ours then skips the drift, and has no
 * oscillator before that fm could read; rivals leave both out. */
#ifndef CLASSIC_H
#define CLASSIC_H

#include "base/status.h"
#include "plant/voice.h"

enum
{
    CLASSIC_N = 16384,
    CLASSIC_SR_HZ = 44100,
    CLASSIC_MOST = AED_MAX_MODULES * AED_MAX_PARAMS
};

typedef struct
{
    aed_chain chain;
    aed_voice *voice;
    aed_tape *tape;
    aed_score score; /* at whole blocks of 64 */
    double theta[CLASSIC_MOST], gradient[CLASSIC_MOST];
    double *x; /* [CLASSIC_N] */
    aed_error e;
} classic;

int classic_open(classic *c);
void classic_close(classic *c);

/* theta of every noise level: 0 silences what rivals cannot have alike. */
void classic_noise(classic *c, double level);

/* Does parameter i rest, so that rivals may leave it out? */
int classic_rests(const classic *c, size_t i);

/* Theta into x; with or without a tape for classic_back. */
aed_status classic_render(classic *c, aed_tape *tape);

/* dL/dtheta of L = 1/2 sum x^2, so dL/dx = x, into gradient. */
aed_status classic_back(classic *c);

/* In dB of full scale. */
double classic_level(const double *x);

#endif
