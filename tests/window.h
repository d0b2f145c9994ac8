/* window.h: a window of a whole voice, played as a host plays it, and its dL/dtheta against five-point
 * differences in theta. The loss is linear in the audio with random weights. */
#ifndef AED_TESTS_WINDOW_H
#define AED_TESTS_WINDOW_H

#include "plant.h"

enum
{
    WINDOW_N = 8192 /* samples at most */
};

/* What is played, over which ramp, in which blocks it is computed. */
typedef struct
{
    const char *words;
    size_t n, ramp_n, block_n;
    size_t before_n; /* samples played before the window, so that it starts in mid-sound */
    aed_score score; /* within the window */
    double sr_hz;
    double lo, hi;     /* of every theta, but the attack is short; both 0: 0.2 … 0.8 */
    const char *route; /* what the feed moves; NULL: the pitch */
    double depth;      /* 0: there is no feed */
    size_t onset_n;    /* samples of the window before the feed sets in; n: it never does */
    size_t pause_n;    /* then it pauses for so many, after as many */
    size_t glide_n;
} piece;

typedef struct
{
    piece piece;
    aed_chain chain;
    aed_voice *v, *work;
    aed_tape *tape;
    double theta_before[AED_KNOBS_MOST], theta[AED_KNOBS_MOST], dx[WINDOW_N], feed[WINDOW_N];
} window;

/* replacement: a row to stand in for the ladder, or NULL. */
window window_open(piece played, const aed_module *replacement);
void window_close(window *w);

/* The window's audio with w->theta into y [n]; the tape then holds the window. */
void window_render(window *w, double *y);

/* Worst error of dtheta, as gradient_worst says it; *skipped counts what was left out. Steps are taken
 * in z, theta = center + scale z: the gradient of a frequency, or of an echo's place, is larger than
 * the others' by orders (thousands of cycles hang on it), and scale brings them to one size. */
double window_worst(window *w, const double *dtheta, size_t *skipped);

#endif
