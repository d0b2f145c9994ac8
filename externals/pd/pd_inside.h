/* pd_inside.h: the Pd object around a box, as the files pd_*.c see it. */
#ifndef AED_PD_INSIDE_H
#define AED_PD_INSIDE_H

#include "pd_box.h" /* first: it brings m_pd.h, which g_canvas.h stands on */

#include <g_canvas.h>

/* An inlet other than the first: messages find it by its own pd. */
typedef struct
{
    t_pd x_pd;
    struct _aed_pd *x_owner;
    size_t x_index;
} t_aed_inlet;

typedef struct _aed_pd
{
    t_object x_obj;
    t_float x_f; /* where Pd stores floats sent to the main signal inlet */
    aed_box *x_box;
    const aed_class *x_class;
    t_canvas *x_canvas; /* the patch it is in */
    t_clock *x_clock;
    t_outlet *x_outlets[AED_PORTS];
    t_aed_inlet *x_inlets[AED_PORTS];
    size_t x_ins, x_outs;               /* signal inlets and outlets */
    t_sample *x_vectors[2 * AED_PORTS]; /* this dsp graph's signal vectors: inlets, then outlets */
} t_aed_pd;

static inline aed_atom aed_pd_atom(const t_atom *a)
{
    if (a->a_type == A_FLOAT)
        return (aed_atom){NULL, a->a_w.w_float};
    return (aed_atom){a->a_type == A_SYMBOL ? a->a_w.w_symbol->s_name : "", 0.0};
}

/* ---- pd_keep.c: files, and what a patch keeps of an object ---- */

/* As aed_host has them. */
int aed_pd_path(void *host, const char *name, int writes, char *path, size_t size);
void aed_pd_dirty(void *host);

/* Objects of c are saved with what their box keeps. */
void aed_pd_keep_class(t_class *c);

/* A new object hears the lines `#A …` that follow it in a patch file, until another is made. Also for
 * one that may yet be refused: its lines are not for the object before. */
void aed_pd_keep_listen(t_aed_pd *x);
void aed_pd_keep_leave(t_aed_pd *x);

#endif
