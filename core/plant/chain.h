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
    size_t size[AED_MAX_MODULES][AED_MAX_SIZES];
    size_t weights_at[AED_MAX_MODULES]; /* index of each module's first weight among all weights */
    size_t n;                           /* modules */
    size_t d;                           /* parameters */
    size_t weights_n;                   /* weights of all modules */
    size_t full_n;  /* d + weights_n, the length of theta: parameters first, then weights */
    size_t state_n; /* doubles of state of all modules */
    size_t n_lines; /* lines of all modules */
    size_t over;    /* 1, 2 or 4: samples computed for each that is heard */
} aed_chain;

/* All modules, ended by NULL. */
extern const aed_module *const aed_modules[];

/* Parse `words`, separated by blanks and bars. Numbers behind a module's name are its sizes. Sources come
 * first, mixed; effects follow in order. Controls may be named anywhere and are put in front, in their
 * order; an env joins them, as the last, when a module needs the envelope and none is named. The word 2x or
 * 4x, anywhere, lets the whole voice run at that many times the sample rate (decimate.h). Errors (*chain
 * unchanged): AED_E_NAME for an unknown word, which lists the known ones; AED_E_ARG for a source after an
 * effect, no source at all, a second env (there is one envelope bus), too many modules, or a number that is
 * no size of the module before it. Rt-safe: no. */
AED_MUST_CHECK aed_status aed_chain_parse(aed_chain *chain, const char *words, aed_error *e);

enum
{
    AED_WORDS_N = 256 /* letters of a chain's words, with the ending 0 */
};

/* Words that aed_chain_parse makes the same chain of; cut off where they do not fit. Rt-safe: yes. */
void aed_chain_words(char words[AED_WORDS_N], const aed_chain *chain);

/* 1 when both have the same modules in the same order, at the same rate. Rt-safe: yes. */
int aed_chain_equal(const aed_chain *a, const aed_chain *b);

/* The vectors of weights of a chain, one after the other; at: index in full [full_n]. */
typedef struct
{
    const aed_weights *row;
    size_t module, at, n;
} aed_weights_place;

enum
{
    AED_MOST_WEIGHTS = AED_MAX_MODULES * AED_MAX_WEIGHTS
};

/* Write them into places; returns how many there are. Rt-safe: yes. */
size_t aed_chain_weights(aed_weights_place places[AED_MOST_WEIGHTS], const aed_chain *chain);

/* Draw weights anew into full [full_n], as a voice of this seed begins; parameters are left alone.
 * Rt-safe: yes. */
void aed_chain_scramble(double *full, const aed_chain *chain, unsigned long seed);

/* Row of parameter i (i < d). Rt-safe: yes. */
const aed_param *aed_chain_param(const aed_chain *chain, size_t i);

/* Parameters, theta [d], where a new voice begins; weights: aed_chain_scramble. Rt-safe: yes. */
void aed_chain_start(double *theta, const aed_chain *chain);

/* Name of parameter i: "ladder.cutoff", or "vco2.freq" where a module occurs more than once (both
 * are numbered then). Rt-safe: no (formats text). */
void aed_chain_name(char name[AED_NAME_N], const aed_chain *chain, size_t i);

/* Name of a vector of weights: "amed.net", or "amed2.net" where a module occurs more than once.
 * Rt-safe: no. */
void aed_chain_weights_name(
    char name[AED_NAME_N], const aed_chain *chain, const aed_weights_place *place);

/* Index of a parameter by name; -1 when there is none. "vco.freq" also finds "vco1.freq".
 * Rt-safe: no. */
int aed_chain_find(const aed_chain *chain, const char *name);

#endif
