/* chain.h: words into modules. "vco noise | ladder | vca" becomes a list of modules with named
 * parameters. The module table lives in chain.c: a new module is one file and one row there. */
#ifndef AED_CHAIN_H
#define AED_CHAIN_H

#include "base/status.h"
#include "module.h"

enum
{
    AED_MAX_MODULES = 16,
    AED_NAME_N = 48
};

/* What [aed_synth~] plays when nobody says otherwise. */
#define AED_CHAIN_DEFAULT "vco noise | ladder | vca"

typedef struct
{
    const aed_module *modules[AED_MAX_MODULES];
    size_t instance[AED_MAX_MODULES]; /* 0, 1, … among equal modules */
    size_t param_at[AED_MAX_MODULES]; /* index of each module's first parameter in theta */
    size_t state_at[AED_MAX_MODULES]; /* index of each module's first double of state */
    size_t line_at[AED_MAX_MODULES];  /* index of each module's first line */
    size_t n;                         /* modules */
    size_t d;                         /* parameters, the length of theta */
    size_t state_n;                   /* doubles of state of all modules */
    size_t n_lines;                   /* lines of all modules */
    size_t over;                      /* 1, 2 or 4: samples computed for each that is heard */
} aed_chain;

/* All modules, ended by NULL. */
extern const aed_module *const aed_modules[];

/* Parse `words`, separated by blanks and bars. Sources come first, mixed; effects follow in order.
 * Controls may be named anywhere and are put in front, in their order; an env joins them, as the
 * last, when a module needs the envelope and none is named. The word 2x or 4x, anywhere, lets the
 * whole voice run at that many times the sample rate (decimate.h).
 * Errors (*chain unchanged): AED_E_NAME for an unknown word, which lists the known ones; AED_E_ARG
 * for a source after an effect, no source at all, a second env (there is one envelope bus), or too
 * many modules. Rt-safe: no. */
AED_MUST_CHECK aed_status aed_chain_parse(aed_chain *chain, const char *words, aed_error *e);

enum
{
    AED_WORDS_N = 256 /* letters of a chain's words, with the ending 0 */
};

/* Words that aed_chain_parse makes the same chain of; cut off where they do not fit. Rt-safe: yes. */
void aed_chain_words(char words[AED_WORDS_N], const aed_chain *chain);

/* 1 when both have the same modules in the same order, at the same rate. Rt-safe: yes. */
int aed_chain_equal(const aed_chain *a, const aed_chain *b);

/* Row of parameter i (i < d). Rt-safe: yes. */
const aed_param *aed_chain_param(const aed_chain *chain, size_t i);

/* Theta [d] where a new voice begins. Rt-safe: yes. */
void aed_chain_start(double *theta, const aed_chain *chain);

/* Name of parameter i: "ladder.cutoff", or "vco2.freq" where a module occurs more than once (both
 * are numbered then). Rt-safe: no (formats text). */
void aed_chain_name(char name[AED_NAME_N], const aed_chain *chain, size_t i);

/* Index of a parameter by name; -1 when there is none. "vco.freq" also finds "vco1.freq".
 * Rt-safe: no. */
int aed_chain_find(const aed_chain *chain, const char *name);

#endif
