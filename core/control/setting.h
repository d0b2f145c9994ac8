/* setting.h: one row per numeric knob of a struct. One table drives messages, docs and tests.
 *
 *     static const aed_setting table[] = {
 *         {"alpha", offsetof(struct thing, alpha0), 0.0, 1.0, "learning rate at the start"},
 *         {0}};
 */
#ifndef AED_SETTING_H
#define AED_SETTING_H

#include <stddef.h>

#include "base/status.h"

typedef struct
{
    const char *name; /* as in the message; NULL ends a table */
    size_t offset;    /* of a double in the struct */
    double lo, hi;    /* allowed, both ends included */
    const char *doc;  /* one line for the help patch */
} aed_setting;

/* The row called `name`, NULL when there is none. Rt-safe: yes. */
const aed_setting *aed_setting_find(const aed_setting *table, const char *name);

/* Set the knob `name` of *object.
 * Errors (*object unchanged): AED_E_NAME for an unknown name, which lists the known ones; AED_E_ARG
 * for a value outside lo … hi or NaN: "alpha: got 3, allowed 0 … 1". Rt-safe: only when it succeeds
 * (an error formats text). */
AED_MUST_CHECK aed_status aed_setting_set(
    void *object, const aed_setting *table, const char *name, double value, aed_error *e);

/* Read the knob `name` into *value and return 1; 0 and *value unchanged when there is none.
 * Rt-safe: yes. */
int aed_setting_get(double *value, const void *object, const aed_setting *table, const char *name);

#endif
