/* preset_inside.h: what preset_encode.c needs of the file that sees Jansson. */
#ifndef AED_PRESET_INSIDE_H
#define AED_PRESET_INSIDE_H

#include "preset.h"

enum
{
    AED_NUMBER_N = 48 /* bytes of a number's text */
};

/* x as JSON, with a point in every locale; its length (no 0 at the end). 0 when x is not finite, or
 * without memory. Rt-safe: no. */
size_t aed_preset_number(char text[AED_NUMBER_N], double x, size_t digits);

#endif
