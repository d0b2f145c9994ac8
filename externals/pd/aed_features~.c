/* aed_features~.c: the class [aed_features~] as Pd finds it. What it does is in box/box_features.c. */
#include "pd_box.h"

AED_API void aed_features_tilde_setup(void);

static t_class *aed_features_class;

static void *aed_features_new(t_symbol *s, int argc, t_atom *argv)
{
    (void)s;
    return aed_pd_new(aed_features_class, &aed_class_features, argc, argv);
}

void aed_features_tilde_setup(void)
{
    aed_features_class = aed_pd_class(&aed_class_features, (t_newmethod)aed_features_new);
}
