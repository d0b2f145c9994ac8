/* text.h: small helps with words. */
#ifndef AED_TEXT_H
#define AED_TEXT_H

#include <stddef.h>

/* Edit distance of two words (Levenshtein 1966): insertions, deletions, replacements. Words longer
 * than 63 letters count as far apart (64). */
size_t aed_text_distance(const char *a, const char *b);

#endif
