/* plant.h: chains and voices by their words, for tests that are about something else. */
#ifndef AED_TESTS_PLANT_H
#define AED_TESTS_PLANT_H

#include "common.h"
#include "plant/voice.h"

/* Fail the test when they cannot be had. */
aed_chain chain_of(const char *words);
aed_voice *voice_of(const char *words, double sr_hz); /* seed 1 */

/* A full chunk with a standing pitch, all buses at 0 and no gradients yet, until eight more were
 * asked for. velocity 0, no lines. */
aed_block test_block(double sr_hz, double ratio);

#endif
