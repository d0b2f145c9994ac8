/* lag.h: how many octaves one sound lies above another, whatever their timbres.
 *
 *     P[m]  = mean over frames of |X|^2 at f_m = 40 · 2^(m/96) Hz            below sr / 2
 *     a[m]  = max(0, ln(P + eps) - its mean over m - 48 … m + 48),   eps = 1e-10 max P
 *     c(l)  = sum_m a[m + l] a*[m],   l = -288 … 288                   * is the target
 *     lag   = argmax c / 96 octaves, refined by a parabola
 *
 * Taking away the mean over an octave (whitening) leaves partials and no timbre; on a logarithmic axis
 * a change of pitch is a shift. Of two sawtooths the highest c is at their interval, and the partials'
 * coincidences at other ones lie lower.
 *
 * The constants are measured: 300 pairs of the default chain with every knob at random, up to two
 * octaves apart, 8 steps of following. With 48 bins an octave, eps 1e-6 and a mean over two octaves .85
 * came within 10 cents and .91 within 50; with these .94 and .97, for weak partials count as much as
 * strong ones.
 *
 * This is no gradient. It is a measurement, for a proportional controller: log2 f <- log2 f - kappa
 * lag. It does not say how any loss changes, and a loss may rise for a step when it is followed. The
 * gradient of the log-mel loss to a frequency, by contrast, is exact and useless: it points the right
 * way in about half of all cases beyond a semitone (make study-pitch prints both).
 *
 * Frames are Hann windows of about .17 s, by half of it; a shorter sound is one frame. Kinks: it
 * jumps where another maximum takes over. */
#ifndef AED_LAG_H
#define AED_LAG_H

#include <stddef.h>

#include "base/status.h"

typedef struct aed_lag aed_lag;

enum
{
    AED_LAG_TARGETS = 64 /* targets at most */
};

/* confidence = (c(lag) - chance) / (own - chance): chance is the mean of c over all lags, own the geometric
 * mean of what either sound has with itself. A noise has .2 … .45 with anything, chains with every knob at
 * random mostly .5 and more. */
typedef struct
{
    double octaves;    /* -3 … 3; above 0: the sound is higher than the target */
    double confidence; /* up to 1 */
} aed_lag_result;

/* sr_hz   1000 … 1e6
 * n       samples in a sound, 64 … 2^24
 * targets how many targets it keeps, 1 … AED_LAG_TARGETS
 *
 * All memory is taken here. NULL and *e filled: AED_E_ARG, AED_E_MEMORY. Rt-safe: no. */
aed_lag *aed_lag_new(double sr_hz, size_t n, size_t targets, aed_error *e);
void aed_lag_free(aed_lag *l);

/* Which target is filled and listened against from now on: k, 0 … targets - 1; a larger one is the last.
 * 0 at the start. Rt-safe: yes. */
void aed_lag_choose(aed_lag *l, size_t k);

/* Keep what is needed of the chosen target x [n], |x| <= 1e100. AED_E_NONFINITE for NaN, Inf or beyond: the
 * old one is kept then. Rt-safe: yes unless it fails. */
AED_MUST_CHECK aed_status aed_lag_target(aed_lag *l, const double *x, aed_error *e);

/* Of x [n], |x| <= 1e100, against the target; silence and a target that never came have lag 0 and
 * confidence 0. AED_E_NONFINITE as above, *r untouched. Rt-safe: yes unless it fails. */
AED_MUST_CHECK aed_status aed_lag_listen(
    aed_lag_result *r, aed_lag *l, const double *x, aed_error *e);

#endif
