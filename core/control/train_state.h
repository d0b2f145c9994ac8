/* train_state.h: all that an aed_train knows besides its settings, named and within bounds: to be written to a file
 * and read again, after which learning goes on bit by bit as it would have. */
#ifndef AED_TRAIN_STATE_H
#define AED_TRAIN_STATE_H

#include "train.h"

typedef enum
{
    AED_FIELD_DOUBLE, /* finite, lo … hi */
    AED_FIELD_MAYBE,  /* the same, or NaN: none */
    AED_FIELD_BITS,   /* uint64_t */
    AED_FIELD_SIZE,   /* size_t */
    AED_FIELD_INT,
    AED_FIELD_FLAG /* unsigned char, 0 or 1 */
} aed_field_kind;

typedef struct
{
    const char *name;
    aed_field_kind kind;
    void *at; /* [n] */
    size_t n;
    double lo, hi; /* allowed; of BITS and SIZE not looked at */
} aed_train_field;

enum
{
    AED_TRAIN_FIELDS = 88
};

/* The fields of t, in an order that stays. An open round of local tests is not among them: it is dropped. After
 * all have been written, call aed_train_adopt. Returns how many. Rt-safe: yes. */
size_t aed_train_fields(aed_train_field f[AED_TRAIN_FIELDS], aed_train *t);

/* After fields were written: what follows from them is made again. AED_E_ARG when they do not fit: an open
 * pair without a width, a population too large. A theta beyond the clamps may be: they were drawn in after
 * its last step. Then t is good for aed_train_free only. Rt-safe: yes unless it fails. */
AED_MUST_CHECK aed_status aed_train_adopt(aed_train *t, aed_error *e);

#endif
