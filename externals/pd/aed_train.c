/* aed_train.c: the class [aed_train] as Pd finds it. What it does is in box/box_train.c. */
#include "pd_box.h"

AED_API void aed_train_setup(void);

static t_class *aed_train_class;

static void *aed_train_new(t_symbol *s, int argc, t_atom *argv)
{
    (void)s;
    return aed_pd_new(aed_train_class, &aed_class_train, argc, argv);
}

void aed_train_setup(void)
{
    aed_train_class = aed_pd_class(&aed_class_train, (t_newmethod)aed_train_new);
}
