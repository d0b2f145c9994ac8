/* scaffold.h: one training step of the AE-DDSP seed's PyTorch scaffold, in C.
 *
 *     t_i   = i (n/sr)/(n - 1)                      torch.linspace: the end is included
 *     w_i   = sin(2 pi freq t_i)
 *     x_i   = tanh(cutoff/2000 w_i) (1 - res)
 *     loss  = log-mel, 1024 and 4096, hop 256, 64 bands, floor 1e-6, against a target heard before
 *
 * and then the seed's scheduler, momentum, and noise on the gradient. Parameters are in raw units, as
 * the seed has them. scaffold.py is the other side. */
#ifndef SCAFFOLD_H
#define SCAFFOLD_H

#include "base/status.h"

enum
{
    SCAFFOLD_FREQ,
    SCAFFOLD_CUTOFF,
    SCAFFOLD_RES,
    SCAFFOLD_D
};

typedef struct scaffold scaffold;

/* Of one step. */
typedef struct
{
    double loss, reward;
    double gradient[SCAFFOLD_D]; /* without noise */
} scaffold_result;

scaffold *scaffold_new(aed_error *e);
void scaffold_free(scaffold *s);

/* The seed's first parameters, an empty optimizer, a new scheduler. */
AED_MUST_CHECK aed_status scaffold_restart(scaffold *s, aed_error *e);
AED_MUST_CHECK aed_status scaffold_step(scaffold *s, scaffold_result *r, aed_error *e);

#endif
