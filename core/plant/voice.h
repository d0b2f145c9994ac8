/* voice.h: a chain that sounds: theta and notes in, audio out, and the way back.
 *
 *     forward    theta, notes -> x [n]
 *     backward   dL/dx -> dL/dtheta, over a window remembered on a tape
 *
 * A parameter moves from its old value to its new one in a straight line over ramp_n samples:
 *
 *     v[i] = from + (to - from) w[i],   w[i] = min(1, (i + 1) / ramp_n)   i: samples since the change
 *     dL/dto += sum_i dL/dv[i] w[i],    dL/dtheta = dL/dto · dv/dtheta
 *
 * Weights go the same way in steps of AED_CHUNK samples, w being that of the step's beginning.
 * from is a constant of the window, and so is the state at the window's start (truncated
 * backpropagation). */
#ifndef AED_VOICE_H
#define AED_VOICE_H

#include <stddef.h>

#include "base/status.h"
#include "chain.h"

typedef struct aed_voice aed_voice;
typedef struct aed_tape aed_tape;

/* ---- the voice ---- */

/* theta starts where the chain says, weights as the seed draws them. NULL and *e filled on bad arguments or
 * no memory. sr_hz: 1000 … 1e6. Rt-safe: no. */
aed_voice *aed_voice_new(const aed_chain *chain, double sr_hz, unsigned long seed, aed_error *e);
void aed_voice_free(aed_voice *v);

const aed_chain *aed_voice_chain(const aed_voice *v);

/* Silence, no note, all modules at their start; theta stays, ramps end. Rt-safe: yes. */
void aed_voice_reset(aed_voice *v);

/* Reseed what is random; takes effect at the next reset. Rt-safe: yes. */
void aed_voice_seed(aed_voice *v, unsigned long seed);

/* Go to theta [full_n of the chain] over ramp_n samples (0: at once) from wherever the values are now.
 * theta must be finite; the parameters' part is clipped to [0, 1]. Rt-safe: yes. */
void aed_voice_theta(aed_voice *v, const double *theta, size_t ramp_n);

/* A note, vel 1 … 127; vel 0 releases. pitch: MIDI note number, fractions allowed; 60 sounds the
 * frequencies as theta has them, other keys transpose. Both are clipped to 0 … 127. A release
 * leaves the pitch as it was. Of several notes before the same sample the last one counts.
 * Rt-safe: yes. */
void aed_voice_note(aed_voice *v, double pitch, double vel);

/* Notes to come slide from the pitch before to theirs in n samples, straight in octaves; 0: at once.
 * The first note after a reset does not slide. Rt-safe: yes. */
void aed_voice_glide(aed_voice *v, size_t n);

/* What a feed (below) moves: the pitch, by depth semitones for a feed of 1, or parameter `route`, by
 * depth of its whole range, along its curve and never beyond. A constant of the gradient, as notes
 * are. Rt-safe: yes. */
enum
{
    AED_ROUTE_PITCH = -1
};
void aed_voice_route(aed_voice *v, int route, double depth);

/* What goes in and out of a voice besides notes. */
typedef struct
{
    const double *feed; /* [n] a signal that moves what `route` says; NULL: nothing is moved */
    double *y;          /* [n] the sound */
    double *side;       /* [n] right = y + side, left = y - side, over sqrt 2; NULL: not wanted */
} aed_io;

/* The next n samples (any n ≥ 1). With a tape that is open the samples y are remembered for
 * backward until it is full. Returns AED_E_NONFINITE, y and side silent and the voice reset, when
 * the state stopped being finite; the tape is then closed and invalid. Rt-safe: yes. */
aed_status aed_voice_play(aed_voice *v, const aed_io *io, aed_tape *tape, size_t n);

/* The same without a feed, and in mono. Rt-safe: yes. */
aed_status aed_voice_forward(aed_voice *v, double *y, aed_tape *tape, size_t n);

/* Copy everything that sounds (state, lines, values, ramp, note, route) of `from`, a voice of the same
 * chain and rate, into v. Rt-safe: yes. */
void aed_voice_copy(aed_voice *v, const aed_voice *from);

/* ---- a window and its tape ---- */

/* A tape for windows of up to n samples of voices like v: of its chain and rate. Rt-safe: no. */
aed_tape *aed_tape_new(const aed_voice *v, size_t n, aed_error *e);
void aed_tape_free(aed_tape *t);

/* Start remembering with v's next sample: v's values, ramp and state are the window's start. n:
 * samples in the window, 1 … the tape's capacity (beyond it, or with a voice of another chain, the
 * tape stays closed). A new theta, a route, a reset or a copy into v before the window is complete gives
 * the window up, and so do more than AED_MAX_EVENTS notes when they need more room than the tape
 * has: filled is then 0 again, and the audio goes on. Rt-safe: yes. */
void aed_tape_open(aed_tape *t, const aed_voice *v, size_t n);

/* Samples remembered so far; equal to the window's n when it is complete; 0 after an error.
 * Rt-safe: yes. */
size_t aed_tape_filled(const aed_tape *t);

/* dtheta [full_n] += dL/dtheta, given dx [n] = dL/dx of the tape's complete window. v is a workspace: any
 * voice of the same chain and rate that is not playing; its state and theta are lost. Returns
 * AED_E_STATE when the window is not complete, AED_E_ARG when v is of another chain or rate,
 * AED_E_NONFINITE (dtheta then unchanged) when the gradient is not finite. Rt-safe: yes (no
 * allocation), but as long as about three forwards. */
AED_MUST_CHECK aed_status aed_voice_backward(
    aed_voice *v, double *dtheta, const aed_tape *t, const double *dx);

/* ---- an offline window ---- */

enum
{
    AED_MAX_EVENTS = 64
};

typedef struct
{
    size_t at; /* sample within the window */
    double pitch, vel;
} aed_event;

/* What is played in an offline window: events in ascending order of `at`. */
typedef struct
{
    aed_event events[AED_MAX_EVENTS];
    size_t n;
} aed_score;

/* From reset, with theta [full_n] standing still, play the score into y [n] and remember it on the tape
 * (NULL: do not). Returns as aed_voice_forward. Rt-safe: yes. */
AED_MUST_CHECK aed_status aed_voice_render(
    aed_voice *v, double *y, aed_tape *tape, const double *theta, const aed_score *score, size_t n);

/* Play a complete window again with another theta [full_n]: same start (state, ramp from the same
 * values, notes at the same samples, same noise, same feed), into y [n of the window]. v is a workspace as in
 * backward. Returns as aed_voice_forward, AED_E_STATE when the window is not complete.
 * Rt-safe: yes. */
AED_MUST_CHECK aed_status aed_voice_replay(
    aed_voice *v, double *y, const aed_tape *t, const double *theta);

#endif
