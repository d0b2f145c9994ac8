/* Pd's signals and a box's, in a Pd made here: one as 0.53 is, and one with signals of many channels,
 * which the installed Pd may not have. */
#include <stdlib.h>
#include <string.h>

#include "fakehost.h"
#include "pd/pd_inside.h"

enum
{
    INS = 2,
    OUTS = 3,
    BLOCK_MOST = 2048
};

/* ---- a Pd ---- */

/* t_signal as Pd 0.54 … 0.56 have it, as far as anybody reads it. */
typedef struct
{
    int n;
    t_sample *vec;
    t_float sr;
    int nchans, overlap, refcount;
} signal_054;

static int minor_version;
static signal_054 cords[OUTS];
static size_t set_cords; /* calls of signal_setmultiout */
static t_sample *reuse;  /* the memory the next new signal gets; NULL: some of its own */
static t_perfroutine routine;
static t_int routine_args[2];

void sys_getversion(int *major, int *minor, int *bugfix)
{
    *major = 0;
    *minor = minor_version;
    *bugfix = 1;
}

void signal_setmultiout(t_signal **sig, int nchans);
void signal_setmultiout(t_signal **sig, int nchans)
{
    signal_054 *s = &cords[set_cords++];

    assert_true(minor_version >= 54);
    free(s->vec);
    *s = (signal_054){.n = ((signal_054 *)*sig)->n, .sr = 48000, .nchans = nchans};
    s->vec = reuse ? reuse : calloc((size_t)(s->n * nchans), sizeof *s->vec);
    reuse = NULL;
    *sig = (t_signal *)s;
}

void dsp_add(t_perfroutine f, int n, ...)
{
    va_list args;

    va_start(args, n);
    assert_int_equal(n, 1);
    routine = f;
    routine_args[1] = va_arg(args, t_int);
    va_end(args);
}

/* ---- a box: channel c is (c + 1) · inlet 0 + inlet 1 ---- */

static aed_status open_box(aed_box *box, const aed_atom *v, size_t n, aed_error *e)
{
    (void)box, (void)v, (void)n, (void)e;
    return AED_OK;
}

static void close_box(aed_box *box)
{
    (void)box;
}

static void perform(aed_box *box, double *const *in, double *const *out, size_t n)
{
    (void)box;
    assert_true(n <= 64);
    for (size_t c = 0; c < OUTS; c++)
        for (size_t i = 0; i < n; i++)
            out[c][i] = (double)(c + 1) * in[0][i] + in[1][i];
}

static const aed_method methods[] = {{0}};
static const aed_class class = {
    .name = "three~",
    .size = sizeof(aed_box),
    .methods = methods,
    .open = open_box,
    .close = close_box,
    .perform = perform,
};

static double sr_hz(void *host)
{
    (void)host;
    return 48000.0;
}

static const aed_host no_host = {.sr_hz = sr_hz};

/* ---- one graph ---- */

static t_sample in_samples[INS][OUTS * BLOCK_MOST], old_samples[OUTS][BLOCK_MOST];

/* The channels of outlet 0, or of all, after one block; in_channels at inlet 0, one at inlet 1. */
static void run_block(t_aed_pd *x, int n, int in_channels)
{
    signal_054 in[INS] = {{n, in_samples[0], 48000, in_channels, 1, 1},
        {n, in_samples[1], 48000, minor_version < 54 ? 7 : 1, 1, 1}};
    signal_054 out[OUTS];
    t_signal *sp[INS + OUTS] = {(t_signal *)&in[0], (t_signal *)&in[1]};

    set_cords = 0;
    for (size_t c = 0; c < OUTS; c++)
    {
        /* New Pds give no memory before signal_setmultiout was called. */
        out[c] = (signal_054){n, minor_version < 54 ? old_samples[c] : NULL, 48000, 1, 1, 1};
        sp[INS + c] = (t_signal *)&out[c];
    }
    aed_pd_dsp(x, sp);
    assert_ptr_equal(routine(routine_args), routine_args + 2);
}

static t_sample expected(size_t c, size_t n, size_t in_channels, size_t i, const t_sample *in0)
{
    double sum = 0.0;

    for (size_t k = 0; k < in_channels; k++)
        sum += in0[k * n + i];
    return (t_sample)((double)(c + 1) * sum + in_samples[1][i]);
}

static void fill_inlets(void)
{
    for (size_t p = 0; p < INS; p++)
        for (size_t i = 0; i < OUTS * BLOCK_MOST; i++)
            in_samples[p][i] = (t_sample)test_uniform(-1.0, 1.0);
}

static t_aed_pd *object(int minor, int one_cord)
{
    aed_error e;
    t_aed_pd *x = calloc(1, sizeof *x);

    minor_version = minor;
    x->x_class = &class;
    x->x_box = aed_box_new(&class, &no_host, x, NULL, 0, &e);
    assert_non_null(x->x_box);
    x->x_ins = INS;
    x->x_outs = OUTS;
    x->x_one_cord = one_cord;
    fill_inlets();
    return x;
}

static void object_free(t_aed_pd *x)
{
    aed_box_free(x->x_box);
    free(x);
}

static const int blocks[] = {1, 2, 32, 64, 128, 1000, BLOCK_MOST};
#define BLOCKS (sizeof blocks / sizeof *blocks)

/* ---- tests ---- */

static void old_pd_has_an_outlet_for_each_channel(void **state)
{
    t_aed_pd *x = object(53, 0);

    (void)state;
    assert_false(aed_pd_multi());
    assert_int_equal(aed_pd_signal_flags(), 0);
    for (size_t b = 0; b < BLOCKS; b++)
    {
        const size_t n = (size_t)blocks[b];

        /* What stands where newer Pds have the number of channels is not read. */
        run_block(x, blocks[b], 9999);
        assert_int_equal(set_cords, 0);
        for (size_t c = 0; c < OUTS; c++)
            for (size_t i = 0; i < n; i++)
                assert_true(old_samples[c][i] == expected(c, n, 1, i, in_samples[0]));
    }
    object_free(x);
}

static void new_pd_has_all_channels_in_one_cord(void **state)
{
    t_aed_pd *x = object(54, 1);

    (void)state;
    assert_true(aed_pd_multi());
    assert_int_equal(aed_pd_signal_flags(), 0x10);
    for (size_t b = 0; b < BLOCKS; b++)
    {
        const size_t n = (size_t)blocks[b];

        run_block(x, blocks[b], 1);
        assert_int_equal(set_cords, 1);
        assert_int_equal(cords[0].nchans, OUTS);
        for (size_t c = 0; c < OUTS; c++)
            for (size_t i = 0; i < n; i++)
                assert_true(cords[0].vec[c * n + i] == expected(c, n, 1, i, in_samples[0]));
    }
    object_free(x);
}

static void new_pd_hears_of_every_outlet_that_has_one_channel(void **state)
{
    t_aed_pd *x = object(56, 0);

    (void)state;
    run_block(x, 128, 1);
    assert_int_equal(set_cords, OUTS);
    for (size_t c = 0; c < OUTS; c++)
    {
        assert_int_equal(cords[c].nchans, 1);
        for (size_t i = 0; i < 128; i++)
            assert_true(cords[c].vec[i] == expected(c, 128, 1, i, in_samples[0]));
    }
    object_free(x);
}

static void channels_at_an_inlet_are_added(void **state)
{
    t_aed_pd *x = object(54, 1);

    (void)state;
    for (int channels = 1; channels <= OUTS; channels++)
        for (size_t b = 0; b < BLOCKS; b++)
        {
            const size_t n = (size_t)blocks[b];

            run_block(x, blocks[b], channels);
            for (size_t c = 0; c < OUTS; c++)
                for (size_t i = 0; i < n; i++)
                    assert_true(cords[0].vec[c * n + i] ==
                                expected(c, n, (size_t)channels, i, in_samples[0]));
        }
    object_free(x);
}

/* Pd gives an inlet's memory to an outlet. */
static void the_outlet_may_lie_where_the_inlet_is(void **state)
{
    static t_sample before[OUTS * BLOCK_MOST];
    t_aed_pd *x = object(54, 1);

    (void)state;
    memcpy(before, in_samples[0], sizeof before);
    reuse = in_samples[0];
    run_block(x, 1000, OUTS);
    assert_ptr_equal(cords[0].vec, in_samples[0]);
    for (size_t c = 0; c < OUTS; c++)
        for (size_t i = 0; i < 1000; i++)
            assert_true(cords[0].vec[c * 1000 + i] == expected(c, 1000, OUTS, i, before));
    cords[0].vec = NULL;
    object_free(x);
}

static void the_flag_asks_for_one_cord(void **state)
{
    static fake_host host;
    aed_error e;

    (void)state;
    fake_open(&host);
    assert_false(fake_new(&host, &aed_class_synth, "-channels 2", &e)->box->one_cord);
    assert_true(fake_new(&host, &aed_class_synth, "-channels 2 -multi", &e)->box->one_cord);
    assert_true(fake_new(&host, &aed_class_synth, "-multi -channels 2 vco", &e)->box->one_cord);
    assert_null(fake_new(&host, &aed_class_synth, "-multi 2", &e));
    assert_non_null(strstr(e.msg, "got 2 in front, which takes no number"));
    assert_null(fake_new(&host, &aed_class_synth, "-mult", &e));
    assert_non_null(strstr(e.msg, "-multi (one cord for both, Pd 0.54), -name NAME"));
    fake_close(&host);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(old_pd_has_an_outlet_for_each_channel),
        cmocka_unit_test(new_pd_has_all_channels_in_one_cord),
        cmocka_unit_test(new_pd_hears_of_every_outlet_that_has_one_channel),
        cmocka_unit_test(channels_at_an_inlet_are_added),
        cmocka_unit_test(the_outlet_may_lie_where_the_inlet_is),
        cmocka_unit_test(the_flag_asks_for_one_cord),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
