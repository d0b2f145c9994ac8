/* presets.h: random presets, and what makes two of them the same. */
#ifndef AED_TESTS_PRESETS_H
#define AED_TESTS_PRESETS_H

#include "box/preset.h"
#include "common.h"

/* One of 0 … n-1. */
size_t below(size_t n);

/* Append the words of some random modules, each after a blank. */
void random_words(char *words, size_t controls, size_t sources, size_t effects);

/* A sound of these words as it begins. *p was one, or all zero, here and in what follows. */
void plain(aed_preset *p, const char *words, unsigned long seed);

/* Any chain, any place of its parameters, some with narrower ranges, some that do not learn; sometimes
 * small nets with any weights. */
void random_preset(aed_preset *p);

/* One such sound, and up to three in slots. */
void random_bank(aed_bank *bank);

void assert_same(const aed_preset *a, const aed_preset *b);

/* What is encoded is decoded bit by bit, and encoded again letter by letter. */
void assert_round_trip(const aed_bank *bank, aed_layout layout);

/* Of what has no errors. */
char *encoded(const aed_bank *bank, aed_layout layout);
void decode(aed_bank *bank, const char *text);

/* Damage text [n] in one to three places; the new length. It needs room for what DAMAGED_N says. */
#define DAMAGED_N(n) (8 * (n) + 1000)
size_t damage(char *text, size_t n);

/* Decode text [n], which lies in a block of its own size then, so that a sanitizer sees who reads past
 * its end. 0: it was refused, and the bank is as it was. 1: it is now a possible bank. */
int survives(aed_bank *bank, const char *text, size_t n);

#endif
