/* pd_signal.c: between a box's signals, which have one channel each, and Pd's, which may have many. */
#include <stddef.h>
#include <string.h>

#include "pd_inside.h"
#include "timing.h"

enum
{
    CHUNK = 64 /* samples handed to perform at once, so that its buffers fit the stack */
};

/* ---- several channels in a signal: Pd 0.54 and newer ---- */

/* One binary serves all Pds, whichever it was built against: in an older one this is NULL. */
extern void signal_setmultiout(t_signal **sig, int nchans) __attribute__((weak));

#ifndef CLASS_MULTICHANNEL
#define CLASS_MULTICHANNEL 0x10
#endif

/* How t_signal begins since 0.54; in 0.53 something else is in the place of nchans. */
typedef struct
{
    int n;
    t_sample *vec;
    t_float sr;
    int nchans;
} signal_head;

_Static_assert(offsetof(signal_head, vec) == offsetof(t_signal, s_vec) &&
                   offsetof(signal_head, sr) == offsetof(t_signal, s_sr),
    "another t_signal than that of any known Pd");

int aed_pd_multi(void)
{
    int major = 0, minor = 0, bugfix = 0;

    sys_getversion(&major, &minor, &bugfix);
    return signal_setmultiout && (major > 0 || minor >= 54);
}

int aed_pd_signal_flags(void)
{
    return aed_pd_multi() ? CLASS_MULTICHANNEL : 0;
}

static size_t channels_of(const t_signal *s)
{
    int n = 1;

    if (aed_pd_multi())
        memcpy(&n, (const char *)s + offsetof(signal_head, nchans), sizeof n);
    return (size_t)n;
}

/* ---- perform ---- */

/* The channels at an inlet, added up. */
static void mix(double *y, const t_aed_pd *x, size_t inlet, size_t at, size_t n)
{
    const t_sample *v = x->x_in_vectors[inlet] + at;

    for (size_t i = 0; i < n; i++)
        y[i] = v[i];
    for (size_t c = 1; c < x->x_channels[inlet]; c++)
        for (size_t i = 0; i < n; i++)
            y[i] += v[c * x->x_block_n + i];
}

/* An outlet's vectors may lie where an inlet's are: all of a chunk is read before any of it is written. */
static void perform_chunk(t_aed_pd *x, size_t at, size_t n)
{
    double in[AED_PORTS][CHUNK], out[AED_PORTS][CHUNK];
    double *ins[AED_PORTS], *outs[AED_PORTS];

    for (size_t p = 0; p < x->x_ins; p++)
    {
        ins[p] = in[p];
        mix(in[p], x, p, at, n);
    }
    for (size_t c = 0; c < x->x_outs; c++)
        outs[c] = out[c];
    x->x_class->perform(x->x_box, ins, outs, n);
    for (size_t c = 0; c < x->x_outs; c++)
        for (size_t i = 0; i < n; i++)
            x->x_out_vectors[c][at + i] = (t_sample)out[c][i];
}

static t_int *aed_pd_perform(t_int *w)
{
    t_aed_pd *x = (t_aed_pd *)w[1];
    const size_t n = x->x_block_n;

    AED_TIMING_BEGIN;
    for (size_t at = 0; at < n; at += CHUNK)
        perform_chunk(x, at, n - at < CHUNK ? n - at : CHUNK);
    AED_TIMING_END("perform");
    return w + 2;
}

/* Where the channels go: side by side in one outlet, or one in each. */
static void dsp_outlets(t_aed_pd *x, t_signal **sp)
{
    const size_t each = x->x_one_cord ? x->x_outs : 1;

    for (size_t c = 0; c < x->x_outs; c++)
    {
        t_signal **s = sp + c / each;

        if (c % each == 0 && aed_pd_multi())
            signal_setmultiout(s, (int)each);
        x->x_out_vectors[c] = (*s)->s_vec + c % each * x->x_block_n;
    }
}

void aed_pd_dsp(t_aed_pd *x, t_signal **sp)
{
    x->x_block_n = (size_t)sp[0]->s_n;
    for (size_t p = 0; p < x->x_ins; p++)
    {
        x->x_in_vectors[p] = sp[p]->s_vec;
        x->x_channels[p] = channels_of(sp[p]);
    }
    dsp_outlets(x, sp + x->x_ins);
    aed_box_rate(x->x_box, sp[0]->s_sr, x->x_block_n);
    dsp_add(aed_pd_perform, 1, x);
}
