/* aed_synth~.c: the class [aed_synth~] as Pd finds it. What it does is in box/box_synth.c. */
#include "pd_box.h"

AED_API void aed_synth_tilde_setup(void);

static t_class *aed_synth_class;

static void *aed_synth_new(t_symbol *s, int argc, t_atom *argv)
{
    (void)s;
    return aed_pd_new(aed_synth_class, &aed_class_synth, argc, argv);
}

void aed_synth_tilde_setup(void)
{
    aed_synth_class = aed_pd_class(&aed_class_synth, (t_newmethod)aed_synth_new);
}
