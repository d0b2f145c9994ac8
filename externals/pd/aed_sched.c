/* aed_sched.c: the class [aed_sched] as Pd finds it. What it does is in box/box_sched.c. */
#include "pd_box.h"

AED_API void aed_sched_setup(void);

static t_class *aed_sched_class;

static void *aed_sched_new(t_symbol *s, int argc, t_atom *argv)
{
    (void)s;
    return aed_pd_new(aed_sched_class, &aed_class_sched, argc, argv);
}

void aed_sched_setup(void)
{
    aed_sched_class = aed_pd_class(&aed_class_sched, (t_newmethod)aed_sched_new);
}
