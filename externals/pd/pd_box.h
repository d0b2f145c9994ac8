/* pd_box.h: makes Pure Data classes from aed_class tables. */
#ifndef AED_PD_BOX_H
#define AED_PD_BOX_H

#include <m_pd.h>

#include "box/box.h"

/* Register a class with Pd: messages, inlets and signals as its table says. To be called from the
 * setup function that Pd looks for in the class's own binary. */
AED_API t_class *aed_pd_class(const aed_class *class, t_newmethod new_method);

/* What a class's new method returns: the object, or NULL after one error. */
AED_API void *aed_pd_new(t_class *pd_class, const aed_class *class, int argc, t_atom *argv);

#endif
