/* row_voice_faust_tuned.c: the same as row_voice_faust.c, against the quickest Faust that we know. */
#define CLASSIC_INC "classic-tuned.inc"
#define row_voice_faust row_voice_faust_tuned
#include "row_voice_faust.c"
