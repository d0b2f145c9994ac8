/* plant.h: chains and voices by their words, for tests that are about something else. */
#ifndef AED_TESTS_PLANT_H
#define AED_TESTS_PLANT_H

#include "common.h"
#include "plant/lines.h"
#include "plant/plants.h"
#include "plant/voice.h"

/* Fail the test when they cannot be had. */
aed_chain chain_of(const char *words);
aed_voice *voice_of(const char *words, double sr_hz); /* seed 1 */

/* What a new [aed_synth~] is before anybody touches it. theta has knobs.d values; all parameters
 * together, `full`, chain.d. */
typedef struct
{
    aed_chain chain;
    aed_knobs knobs;
    double start[AED_KNOBS_MOST]; /* full */
} test_plant;

test_plant plant_of(const char *words); /* "": as the synth without arguments */

/* full [chain.d]: the plant's start, with theta [knobs.d] where it learns. */
void plant_full(double *full, const test_plant *p, const double *theta);

/* Index of a parameter in full, and in theta; they have to be there. */
size_t plant_find(const test_plant *p, const char *name);
size_t plant_theta(const test_plant *p, const char *name);

/* A full chunk with a standing pitch, all buses at 0 and no gradients yet, until eight more were
 * asked for. velocity 0, no lines. */
aed_block test_block(double sr_hz, double ratio);

/* One effect by itself, with its lines. */
enum
{
    SOLO_STATE_N = 64
};

typedef struct
{
    const aed_module *m;
    double sr_hz;
    aed_arena arena;
    aed_lines lines;
    double state[SOLO_STATE_N];
    size_t at;
} solo;

solo solo_of(const aed_module *m, double sr_hz);
void solo_free(solo *s);

/* The next n samples in chunks of chunk_n: x [n] with parameters p[k] [n] into y [n]; side [n] or
 * NULL. */
void solo_play(solo *s, double *y, double *side, const double *x, const double *const *p,
    size_t chunk_n, size_t n);

#endif
