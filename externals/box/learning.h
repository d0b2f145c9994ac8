/* learning.h: the whole state of an [aed_train] as a file, from which a run goes on bit by bit.
 *
 * JSON:
 *
 *     {"aed": 1, "kind": "learning", "d": 18, "optim": "adam", "dither": "theta",
 *      "running": 1, "asked": 200, "left": 120,
 *      "settings": {"alpha": 0.02, …},
 *      "state": {"theta": [0.5, …], "best": […], …}}
 *
 * Numbers have 17 digits, which are exact; null is NaN: none yet. The names of settings are those of the messages,
 * those of the state those of core/control/train_state.c; all have to be there, and nothing else. */
#ifndef AED_LEARNING_H
#define AED_LEARNING_H

#include "control/train.h"

enum
{
    AED_LEARNING_VERSION = 1,
    AED_LEARNING_BYTES = 64 << 20
};

/* Of the run, what [aed_train] counts itself. */
typedef struct
{
    int running;
    double asked, left; /* steps; 0 asked: until stop */
} aed_learning_run;

/* Malloc'ed text, ended by 0, *n bytes without it. NULL and *e: AED_E_NONFINITE, AED_E_MEMORY. An open round
 * of local tests is not in it. Rt-safe: no. */
char *aed_learning_encode(aed_train *t, const aed_learning_run *run, size_t *n, aed_error *e);

/* A new aed_train and *run. NULL and *e, which says where: AED_E_ARG not JSON, not this kind, newer, or a
 * value that cannot be; AED_E_NAME a member that is missing or unknown; AED_E_SIZE; AED_E_MEMORY. Rt-safe:
 * no. */
aed_train *aed_learning_decode(const char *text, size_t n, aed_learning_run *run, aed_error *e);

#endif
