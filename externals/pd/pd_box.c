/* pd_box.c: the generic Pd object around an aed_box, and the receiver `aed`. */
#include <stdlib.h>

#include "pd_inside.h"
#include "timing.h"

static t_class *aed_inlet_class, *aed_receiver_class;

/* ---- messages in ---- */

enum
{
    ON_STACK = 64 /* atoms converted without asking for memory */
};

static int is_numbers(int argc, const t_atom *argv)
{
    for (int i = 0; i < argc; i++)
        if (argv[i].a_type != A_FLOAT)
            return 0;
    return 1;
}

/* Windows and gradients: straight to doubles. */
static void send_numbers(t_aed_pd *x, size_t inlet, const char *selector, int argc, t_atom *argv)
{
    aed_pool *pool = &x->x_box->pool;
    double *f = aed_pool_take(pool, (size_t)argc * sizeof *f);

    if (!f)
    {
        pd_error(x, "%s: no memory for a list of %d", x->x_class->name, argc);
        return;
    }
    for (int i = 0; i < argc; i++)
        f[i] = argv[i].a_w.w_float;
    aed_box_numbers(x->x_box, inlet, selector, f, (size_t)argc);
    aed_pool_give(pool, f);
}

static void send_any(t_aed_pd *x, size_t inlet, const char *selector, int argc, t_atom *argv)
{
    aed_atom few[ON_STACK] = {{NULL, 0.0}};
    aed_atom *v = argc <= ON_STACK ? few : malloc((size_t)argc * sizeof *v);

    if (!v)
    {
        pd_error(x, "%s: no memory for a list of %d", x->x_class->name, argc);
        return;
    }
    for (int i = 0; i < argc; i++)
        v[i] = aed_pd_atom(argv + i);
    aed_box_message(x->x_box, inlet, selector, v, (size_t)argc);
    if (v != few)
        free(v);
}

static void aed_pd_message(t_aed_pd *x, size_t inlet, t_symbol *s, int argc, t_atom *argv)
{
    AED_TIMING_BEGIN;
    if (argc > ON_STACK && is_numbers(argc, argv))
        send_numbers(x, inlet, s->s_name, argc, argv);
    else
        send_any(x, inlet, s->s_name, argc, argv);
    AED_TIMING_END("a message");
}

static void aed_pd_anything(t_aed_pd *x, t_symbol *s, int argc, t_atom *argv)
{
    aed_pd_message(x, 0, s, argc, argv);
}

static void aed_pd_bang(t_aed_pd *x)
{
    aed_pd_message(x, 0, &s_bang, 0, NULL);
}

static void aed_pd_float(t_aed_pd *x, t_floatarg f)
{
    t_atom a;

    SETFLOAT(&a, f);
    aed_pd_message(x, 0, &s_list, 1, &a);
}

static void aed_pd_symbol(t_aed_pd *x, t_symbol *s)
{
    t_atom a;

    SETSYMBOL(&a, s);
    aed_pd_message(x, 0, &s_symbol, 1, &a);
}

static void aed_pd_list(t_aed_pd *x, t_symbol *s, int argc, t_atom *argv)
{
    (void)s;
    aed_pd_message(x, 0, argc ? &s_list : &s_bang, argc, argv);
}

static void aed_inlet_anything(t_aed_inlet *x, t_symbol *s, int argc, t_atom *argv)
{
    aed_pd_message(x->x_owner, x->x_index, s, argc, argv);
}

static void aed_inlet_list(t_aed_inlet *x, t_symbol *s, int argc, t_atom *argv)
{
    (void)s;
    aed_pd_message(x->x_owner, x->x_index, argc ? &s_list : &s_bang, argc, argv);
}

/* ---- messages out: the aed_host of every Pd object ---- */

static void send_atoms(t_outlet *outlet, const char *selector, int argc, t_atom *argv)
{
    if (selector)
        outlet_anything(outlet, gensym(selector), argc, argv);
    else if (argc == 1)
        outlet_float(outlet, atom_getfloat(argv));
    else
        outlet_list(outlet, &s_list, argc, argv);
}

static void host_send(void *host, size_t outlet, const char *selector, const aed_atom *v, size_t n)
{
    t_aed_pd *x = host;
    t_atom few[ON_STACK];
    t_atom *a = n <= ON_STACK ? few : malloc(n * sizeof *a);

    if (!a)
        return;
    for (size_t i = 0; i < n; i++)
    {
        if (v[i].s)
            SETSYMBOL(&a[i], gensym(v[i].s));
        else
            SETFLOAT(&a[i], (t_float)v[i].f);
    }
    send_atoms(x->x_outlets[outlet], selector, (int)n, a);
    if (a != few)
        free(a);
}

static void host_send_numbers(
    void *host, size_t outlet, const char *selector, const double *v, size_t n)
{
    t_aed_pd *x = host;
    aed_pool *pool = &x->x_box->pool;
    t_atom few[ON_STACK];
    t_atom *a = n <= ON_STACK ? few : aed_pool_take(pool, n * sizeof *a);

    if (!a)
        return;
    for (size_t i = 0; i < n; i++)
        SETFLOAT(&a[i], (t_float)v[i]);
    send_atoms(x->x_outlets[outlet], selector, (int)n, a);
    if (a != few)
        aed_pool_give(pool, a);
}

static void host_error(void *host, const char *text)
{
    pd_error(host, "%s", text);
}

static void host_wake(void *host, double ms)
{
    clock_delay(((t_aed_pd *)host)->x_clock, ms);
}

static double host_now_ms(void *host)
{
    (void)host;
    return clock_gettimesince(0.0);
}

static double host_sr_hz(void *host)
{
    (void)host;
    return sys_getsr() > 0 ? sys_getsr() : 44100.0;
}

static int host_dsp_on(void *host)
{
    (void)host;
    return canvas_dspstate;
}

static double *host_array_read(
    void *host, const char *name, size_t onset, size_t most, size_t *n, size_t *total)
{
    t_garray *array = (t_garray *)pd_findbyclass(gensym(name), garray_class);
    t_word *words;
    int size = 0;

    (void)host;
    *total = 0;
    if (!array || !garray_getfloatwords(array, &size, &words) || size < 1)
        return NULL;
    *total = (size_t)size;
    if (onset >= *total)
        return NULL;
    *n = *total - onset < most ? *total - onset : most;
    double *v = malloc(*n * sizeof *v);
    for (size_t i = 0; v && i < *n; i++)
        v[i] = words[onset + i].w_float;
    return v;
}

static int host_array_write(void *host, const char *name, size_t onset, const double *v, size_t n)
{
    t_garray *array = (t_garray *)pd_findbyclass(gensym(name), garray_class);
    t_word *words;
    int size = 0;

    (void)host;
    if (!array || !garray_getfloatwords(array, &size, &words))
        return 0;
    for (size_t i = 0; i < n && onset + i < (size_t)size; i++)
        words[onset + i].w_float = (t_float)v[i];
    garray_redraw(array);
    return 1;
}

static const aed_host host = {host_send, host_send_numbers, host_error, host_wake, host_now_ms,
    host_sr_hz, host_dsp_on, host_array_read, host_array_write, aed_pd_path, aed_pd_dirty};

/* ---- life ---- */

static void make_inlets(t_aed_pd *x)
{
    const aed_class *c = x->x_class;

    for (size_t i = 0; i < AED_PORTS && c->inlets[i].doc; i++)
    {
        x->x_ins += c->inlets[i].signal != 0;
        if (i == 0)
            continue;
        x->x_inlets[i] = (t_aed_inlet *)pd_new(aed_inlet_class);
        x->x_inlets[i]->x_owner = x;
        x->x_inlets[i]->x_index = i;
        inlet_new(&x->x_obj, &x->x_inlets[i]->x_pd, c->inlets[i].signal ? &s_signal : NULL,
            c->inlets[i].signal ? &s_signal : NULL);
    }
}

static void make_outlets(t_aed_pd *x)
{
    const aed_class *c = x->x_class;

    x->x_one_cord = x->x_box->one_cord && aed_pd_multi();
    for (size_t i = 0; i < x->x_box->n_outlets; i++)
    {
        const int signal = c->outlets[i].signal;

        if (!signal || !x->x_one_cord || x->x_outs == 0)
            x->x_outlets[i] = outlet_new(&x->x_obj, signal ? &s_signal : NULL);
        x->x_outs += signal != 0;
    }
    if (x->x_box->one_cord && !x->x_one_cord && x->x_outs > 1)
        logpost(x, PD_NORMAL,
            "%s: this Pd has no multichannel signals (0.54 and newer have): each of the %zu "
            "channels "
            "has an outlet of its own",
            c->name, x->x_outs);
}

static void aed_pd_tick(t_aed_pd *x)
{
    AED_TIMING_BEGIN;
    aed_box_tick(x->x_box);
    AED_TIMING_END(x->x_class->name);
}

static void aed_pd_free(t_aed_pd *x)
{
    if (x->x_clock)
        clock_free(x->x_clock);
    x->x_clock = NULL;
    aed_box_free(x->x_box);
    aed_pd_keep_leave(x);
    for (size_t i = 0; i < AED_PORTS; i++)
        if (x->x_inlets[i])
            pd_free(&x->x_inlets[i]->x_pd);
}

void *aed_pd_new(t_class *pd_class, const aed_class *class, int argc, t_atom *argv)
{
    aed_error e = {AED_OK, ""};
    aed_atom *v = malloc(((size_t)argc + 1) * sizeof *v);

    if (!v)
        return NULL;
    for (int i = 0; i < argc; i++)
        v[i] = aed_pd_atom(argv + i);
    t_aed_pd *x = (t_aed_pd *)pd_new(pd_class);

    x->x_class = class;
    x->x_canvas = canvas_getcurrent();
    x->x_clock = clock_new(x, (t_method)aed_pd_tick);
    aed_pd_keep_listen(x);
    x->x_box = aed_box_new(class, &host, x, v, (size_t)argc, &e);
    free(v);
    if (!x->x_box)
    {
        pd_error(NULL, "%s: %s", class->name, e.msg);
        pd_free(&x->x_obj.ob_pd);
        return NULL;
    }
    make_inlets(x);
    make_outlets(x);
    return x;
}

/* ---- the receiver `aed`: settings of the whole library ---- */

static void aed_receiver_thread(t_pd *x, t_symbol *s, int argc, t_atom *argv)
{
    aed_atom v[2] = {{"", 0.0}, {"", 0.0}};
    aed_error e;

    (void)s;
    for (int i = 0; i < argc && i < 2; i++)
        v[i] = aed_pd_atom(argv + i);
    if (aed_thread_message(v, (size_t)argc, &e) != AED_OK)
        pd_error(x, "%s", e.msg);
}

#ifdef AED_TIMING
static void aed_receiver_timing(t_pd *x)
{
    (void)x;
    aed_timing_print();
}
#endif

static void setup_once(void)
{
    static t_pd *receiver;

    if (receiver)
        return;
    aed_inlet_class = class_new(gensym("aed inlet"), NULL, NULL, sizeof(t_aed_inlet), CLASS_PD, 0);
    class_addanything(aed_inlet_class, aed_inlet_anything);
    class_addlist(aed_inlet_class, aed_inlet_list);
    aed_receiver_class = class_new(gensym("aed"), NULL, NULL, sizeof(t_pd), CLASS_PD, 0);
    class_addmethod(
        aed_receiver_class, (t_method)aed_receiver_thread, gensym("thread"), A_GIMME, 0);
#ifdef AED_TIMING
    class_addmethod(aed_receiver_class, (t_method)aed_receiver_timing, gensym("timing"), 0);
#endif
    receiver = pd_new(aed_receiver_class);
    pd_bind(receiver, gensym("aed"));
}

t_class *aed_pd_class(const aed_class *class, t_newmethod new_method)
{
    t_class *c;

    setup_once();
    c = class_new(gensym(class->name), new_method, (t_method)aed_pd_free, sizeof(t_aed_pd),
        CLASS_DEFAULT | aed_pd_signal_flags(), A_GIMME, 0);
    /* In this order: floats are messages, not the value of an inlet without a signal. */
    if (class->inlets[0].signal)
        CLASS_MAINSIGNALIN(c, t_aed_pd, x_f);
    class_addfloat(c, aed_pd_float);
    class_addbang(c, aed_pd_bang);
    class_addsymbol(c, aed_pd_symbol);
    class_addlist(c, aed_pd_list);
    class_addanything(c, aed_pd_anything);
    if (class->save)
        aed_pd_keep_class(c);
    if (class->perform)
        class_addmethod(c, (t_method)aed_pd_dsp, gensym("dsp"), A_CANT, 0);
    return c;
}
