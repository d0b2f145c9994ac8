/* voice_private.h: what voice.c and tape.c share. Nobody else includes it. */
#ifndef AED_VOICE_PRIVATE_H
#define AED_VOICE_PRIVATE_H

#include "decimate.h"
#include "lines.h"
#include "voice.h"

/* What is live beside the modules' states, in the same vector: one memcpy is a checkpoint. Behind it
 * the decimator's past, of the sound and of the side. Samples are counted as the voice computes
 * them, chain.over for each that is heard. */
enum
{
    LIVE_AT,         /* samples since the reset */
    LIVE_PITCH_FROM, /* octaves above key 60: where a glide began, and where it goes */
    LIVE_PITCH,
    LIVE_GLIDE_AT, /* samples since the note, at most glide_n */
    LIVE_GLIDE_N,
    LIVE_PLAYED, /* 1: there was a note since the reset */
    LIVE_VELOCITY,
    LIVE_RAMP_AT, /* samples since the last change of theta, at most ramp_n + AED_CHUNK */
    LIVE_EVENT,   /* 1: a note came in and the modules will hear of it before the next sample */
    LIVE_N
};

struct aed_voice
{
    aed_arena arena;
    aed_chain chain;
    double sr_hz; /* the host's */
    unsigned long seed;
    unsigned long edition; /* counts what breaks a window: theta, reset, copy */
    size_t ramp_n, glide_n;
    int route; /* what a feed moves, and how far */
    double depth;
    int steady; /* signals hold `to` in all AED_CHUNK places */

    double *live;              /* [aed_live_n] the whole live state */
    double *note;              /* live + state_n */
    double *theta, *from, *to; /* [full_n] */
    double *weights;           /* [weights_n] of the current chunk */
    double weights_w;          /* the ramp's weight they are of; negative: of none */
    aed_lines lines;

    /* The current chunk: forward leaves here what backward of the same chunk reads. */
    size_t n_effects;
    double *w;                      /* [AED_CHUNK] ramp */
    double *signals;                /* [d · AED_CHUNK] parameters */
    const double **p;               /* [d] into signals */
    const double *feed;             /* [n / over] of the chunk, or NULL */
    double *routed, *routed_slope;  /* [AED_CHUNK] the parameter that the feed moves */
    double *bus[AED_BUSES];         /* [AED_CHUNK] */
    double *ratio;                  /* [AED_CHUNK] */
    double *audio;                  /* [(n_effects + 1) · AED_CHUNK] each effect's input, then x */
    double *tapes[AED_MAX_MODULES]; /* [AED_CHUNK · tape_n] */

    /* Backward's own. */
    double *dbus[AED_BUSES];
    double *daudio[2]; /* [AED_CHUNK] gradients of an effect's output and input, by turns */
    double *dsignals;  /* [AED_MAX_PARAMS · AED_CHUNK] of one module */
    double *dp[AED_MAX_PARAMS];
    double *dstate;   /* [state_n] */
    double *dweights; /* [weights_n] of one chunk of a ramp */
    double *dto;      /* [full_n] */
};

/* Some samples that were computed from one checkpoint. */
typedef struct
{
    size_t n;
    int event; /* a note event stands between the checkpoint before and this one */
} aed_segment;

/* A window of n samples is at most ceil(n / AED_CHUNK) + AED_MAX_EVENTS segments: each event ends at
 * most one segment early; with weights one more, see aed_voice_grid. With more events the tape becomes
 * invalid (and the audio goes on). */
struct aed_tape
{
    aed_arena arena;
    aed_chain chain;
    size_t capacity_n, capacity_segments;
    size_t n;      /* samples in the window, as computed; 0: not open, or invalid */
    size_t filled; /* of them remembered */
    size_t n_segments;
    unsigned long edition; /* the voice's when the window opened */
    double sr_hz;
    size_t ramp_n;
    double *theta, *from, *to; /* [full_n] at the window's start */
    int route;
    double depth;
    int fed;               /* there was a feed; then it is in feed [filled] */
    double *feed;          /* [capacity_n / over] */
    double *dx;            /* [3/2 capacity_n] with over > 1: dL/dx as computed, and a workspace */
    aed_lines lines;       /* the past before the window, and the window */
    aed_segment *segments; /* [capacity_segments] */
    double *checkpoints;   /* [capacity_segments · aed_live_n] live state before each */
};

static inline size_t aed_live_n(const aed_chain *chain)
{
    return chain->state_n + LIVE_N + 2 * aed_decimate_state_n(chain->over);
}

/* The block of module m in the voice's next n samples, on the voice's lines or a tape's. */
aed_block aed_voice_block(const aed_voice *v, const aed_lines *lines, size_t m, size_t n);

/* The next n ≤ AED_CHUNK samples, in v->audio; returns them. Leaves on v what backward reads.
 * Pending events must have been heard; v->feed is the chunk's. Rt-safe: yes. */
const double *aed_voice_chunk(aed_voice *v, const aed_lines *lines, double *side, size_t n);

/* Samples until a chunk has to end, 1 … AED_CHUNK. Weights stand still within steps of AED_CHUNK samples
 * since the reset, whatever the host's blocks are: there chunks and segments end where steps do. */
static inline size_t aed_voice_grid(const aed_voice *v)
{
    return v->chain.weights_n ? AED_CHUNK - (size_t)v->note[LIVE_AT] % AED_CHUNK : AED_CHUNK;
}

/* Room for the voice's next samples: how many of n (at least 1) may be computed as one chunk so
 * that the tape can remember them. v's pending event has just been heard if `event`. Closes a tape
 * that cannot go on. Rt-safe: yes. */
size_t aed_tape_reserve(aed_tape *t, const aed_voice *v, int event, size_t n);

/* The n samples that were reserved have been computed by v. */
void aed_tape_commit(aed_tape *t, const aed_voice *v, size_t n);

/* Give the window up. */
void aed_tape_close(aed_tape *t);

#endif
