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
    size_t x_ins, x_outs; /* signal inlets, channels that perform makes */
    int x_one_cord;       /* these leave by one outlet; else each by its own */

    /* of this dsp graph */
    size_t x_block_n;
    t_sample *x_in_vectors[AED_PORTS]; /* of an inlet; its channels follow each other */
    size_t x_channels[AED_PORTS];
    t_sample *x_out_vectors[AED_PORTS]; /* of a channel */
} t_aed_pd;

static inline aed_atom aed_pd_atom(const t_atom *a)
{
    if (a->a_type == A_FLOAT)
        return (aed_atom){NULL, a->a_w.w_float};
    return (aed_atom){a->a_type == A_SYMBOL ? a->a_w.w_symbol->s_name : "", 0.0};
}

/* ---- pd_signal.c: signals ---- */

/* Has this Pd signals of several channels (0.54 and newer)? */
int aed_pd_multi(void);
/* What class_new has to know of it. */
int aed_pd_signal_flags(void);

/* Pd's method `dsp`. The channels of a signal at an inlet are added, as signals on several cords are. */
void aed_pd_dsp(t_aed_pd *x, t_signal **sp);

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
