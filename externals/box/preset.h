/* preset.h: sounds that are kept: in slots, in a file, in a patch.
 *
 * The file is JSON, one line for each parameter, made to be read, compared and edited by people:
 *
 *     {"aed": 1, "kind": "preset",
 *      "chain": "vco | ladder",
 *      "seed": 0,
 *      "parameters": {
 *       "vco.freq": {"value": 311.12698, "unit": "Hz", "theta": 0.5, "range": [110, 880],
 *        "theta_range": [0.28571428571428570, 0.71428571428571430], "learns": false}, …      (one line)
 *      },
 *      "weights": {                                        (where a module of the chain has any)
 *       "amed.net": {"values": [
 *        0.083422081591565178, -0.12171256151469472, …                              (four a line)
 *       ], "learns": false}, …
 *      },
 *      "slots": {"0": {"chain": …, "seed": …, "parameters": …, "weights": …}, …}}
 *
 * `theta`, with 17 digits, is exact; `value` and `range` are the same in the parameter's unit, with 9.
 * Where the two do not agree, somebody edited `value`, or a newer aed moved the parameter's limits:
 * the value counts. Weights have no unit: 17 digits, at most AED_WEIGHT_MOST in magnitude. Everything
 * may be left out except aed, kind and chain: parameters start where a new sound starts, weights where
 * the seed draws them, both learn as in a new sound, and parameters go everywhere. Nothing unknown may
 * be there.
 *
 * All functions: rt-safe no (memory, files, text). */
#ifndef AED_PRESET_H
#define AED_PRESET_H

#include "base/status.h"
#include "plant/knobs.h"

/* Nets begin with weights below 1: what is far beyond is a mistake in the file. */
#define AED_WEIGHT_MOST 1e6

enum
{
    AED_PRESET_VERSION = 1,
    /* Of text, at most: 128 slots of an amed of the usual size, 23 bytes a weight, are 9.3 MB. */
    AED_PRESET_BYTES = 16 << 20,
    AED_SLOTS = 128
};

/* One sound. It owns its vector: no assignment copies it. All zero is none yet. */
typedef struct
{
    aed_chain chain;
    aed_knobs knobs; /* which parameters and weights learn, and how far */
    double *full; /* [chain.full_n] parameters over their whole ranges, lo ≤ full ≤ hi, weights */
    unsigned long seed; /* 0 … 2^24, which a Pd number holds exactly */
} aed_preset;

/* The present sound and the stored ones. All zero is a bank without slots, whose present sound has
 * yet to be filled in. */
typedef struct
{
    aed_preset now;
    aed_preset *slots[AED_SLOTS]; /* NULL: empty */
} aed_bank;

/* A new sound of a chain in the place of p's, which was one or all zero: start values, weights as the
 * seed draws them, learning as the modules' tables say and everywhere. AED_E_MEMORY: p is as before. */
AED_MUST_CHECK aed_status aed_preset_init(
    aed_preset *p, const aed_chain *chain, unsigned long seed, aed_error *e);

/* A copy of from, which may be one that only borrows its vector, in the place of p's, which was one or
 * all zero. AED_E_MEMORY: p is as before. */
AED_MUST_CHECK aed_status aed_preset_copy(aed_preset *p, const aed_preset *from, aed_error *e);

/* Give its memory back; p is all zero then. */
void aed_preset_close(aed_preset *p);

/* Keep a copy of p in a slot. AED_E_ARG: no such slot; AED_E_MEMORY. The slot is as before then. */
AED_MUST_CHECK aed_status aed_bank_store(
    aed_bank *bank, size_t slot, const aed_preset *p, aed_error *e);

/* Give all memory back, the present sound's too; the bank is all zero then. */
void aed_bank_close(aed_bank *bank);

typedef enum
{
    AED_READABLE, /* one line for each parameter, one for four weights */
    AED_COMPACT   /* the same without white space */
} aed_layout;

/* The bank as text: malloc'ed, ended by 0, *n bytes without it. NULL and *e: AED_E_NONFINITE, a
 * number is not finite; AED_E_ARG, a weight is beyond AED_WEIGHT_MOST; AED_E_SIZE, more than
 * AED_PRESET_BYTES; AED_E_MEMORY. */
char *aed_bank_encode(const aed_bank *bank, aed_layout layout, size_t *n, aed_error *e);

/* Text [n] into the bank: present sound and all slots are replaced. On errors *bank is unchanged and
 * *e says where (line and column, or a path like slots.3.parameters.ladder.cutoff.value) and what was
 * expected: AED_E_ARG not JSON, not a preset, newer, or a wrong value; AED_E_NAME a module, parameter,
 * vector of weights or member that is not known; AED_E_SIZE too long, or not as many weights as the
 * chain has; AED_E_MEMORY. */
AED_MUST_CHECK aed_status aed_bank_decode(aed_bank *bank, const char *text, size_t n, aed_error *e);

/* The same from and to a file; errors name it, and leave the bank and the file as they were. */
AED_MUST_CHECK aed_status aed_bank_read(aed_bank *bank, const char *path, aed_error *e);
AED_MUST_CHECK aed_status aed_bank_write(const aed_bank *bank, const char *path, aed_error *e);

#endif
