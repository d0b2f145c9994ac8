/* mel_window.h: what the rows mel-… let the ear do with one window at its defaults: 44.1 kHz, 16,384
 * samples, sizes 1024 and 4096 with reflected edges, hop 256 (65 frames each), 64 mel bands, floor 1e-4.
 *
 *     bands      L^i[b] = mean over frames of ln(M + floor) of both sizes: the feature `bands` alone,
 *                without a target
 *     gradient   the loss logmel against a target heard before and its gradient to every sample, and
 *                what an ear at its defaults hears along: four features and the reward */
#ifndef MEL_WINDOW_H
#define MEL_WINDOW_H

#include "ear/ear.h"

enum
{
    MEL_N = 16384,
    MEL_SIZES = 2,
    MEL_X = 12345, /* the sounds of mel_noise */
    MEL_TARGET = 23456
};

typedef enum
{
    MEL_BANDS,
    MEL_GRADIENT
} mel_job;

typedef struct
{
    aed_ear_config config;
    size_t frames; /* of each size */
    mel_job job;
    aed_ear *ear;
    double x[MEL_N], dx[MEL_N];
    aed_ear_result heard;
    aed_error e;
} mel_window;

/* x_i = (i^2 which mod 65521) / 65521 - 1/2, i = 0 … MEL_N - 1: as good as noise, and the same to the
 * bit in any language. */
void mel_noise(double *x, unsigned long long which);

/* -1 and w->e filled when it fails. To be closed either way. */
int mel_open(mel_window *w, mel_job job);
void mel_close(mel_window *w);

/* CPU seconds of one window, NAN when it fails. */
double mel_listen(mel_window *w);

/* max |ours - theirs| / max |theirs|, [n] each. NaN when anything is. */
double mel_off(const double *ours, const double *theirs, size_t n);

#endif
