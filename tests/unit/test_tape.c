/* Windows and tapes: what is remembered, when a window is given up, what backward refuses. That the
 * gradients are right is shown in grad/grad_voice.c. */
#include "common.h"

#include <string.h>

#include "plant.h"

enum
{
    N = 4096,
    MAX_D = 64
};

static const double sr_hz = 48000.0;
static double y[N], other[N], dx[N];

static aed_tape *tape_for(const aed_voice *v, size_t n)
{
    aed_error e;
    aed_tape *t = aed_tape_new(v, n, &e);

    assert_non_null(t);
    return t;
}

static void forward(aed_voice *v, double *out, aed_tape *t, size_t block_n, size_t n)
{
    for (size_t at = 0; at < n; at += block_n)
        assert_int_equal(
            aed_voice_forward(v, out + at, t, n - at < block_n ? n - at : block_n), AED_OK);
}

static double power(const double *x, size_t n)
{
    double sum = 0.0;

    for (size_t i = 0; i < n; i++)
        sum += x[i] * x[i];
    return sum / (double)n;
}

static void new_refuses_bad_lengths(void **state)
{
    aed_voice *v = voice_of("vco", sr_hz);
    aed_error e;

    (void)state;
    assert_null(aed_tape_new(v, 0, &e));
    assert_int_equal(e.code, AED_E_ARG);
    assert_string_equal(e.msg, "window: got 0 samples, allowed 1 … 268435456");
    assert_null(aed_tape_new(v, SIZE_MAX, &e));
    assert_int_equal(e.code, AED_E_ARG);
    aed_tape_free(NULL);
    aed_voice_free(v);
}

static void render_fills_the_tape(void **state)
{
    const aed_score score = {{{10, 57, 90}, {10, 60, 80}, {500, 57, 0}}, 3};
    aed_voice *v = voice_of(AED_CHAIN_DEFAULT, sr_hz);
    aed_tape *t = tape_for(v, 1000), *small = tape_for(v, 999);
    double theta[MAX_D], dtheta[MAX_D] = {0};

    (void)state;
    test_fill(theta, MAX_D, 0.2, 0.8);
    assert_int_equal(aed_voice_render(v, y, t, theta, &score, 1000), AED_OK);
    assert_int_equal(aed_tape_filled(t), 1000);
    assert_int_equal(aed_voice_backward(v, dtheta, t, dx), AED_OK);
    assert_int_equal(aed_voice_render(v, y, small, theta, &score, 1000), AED_OK);
    assert_int_equal(aed_tape_filled(small), 0);
    assert_int_equal(aed_voice_backward(v, dtheta, small, dx), AED_E_STATE);
    aed_tape_free(t);
    aed_tape_free(small);
    aed_voice_free(v);
}

static void tape_does_not_change_the_audio(void **state)
{
    aed_voice *v = voice_of(AED_CHAIN_DEFAULT, sr_hz);
    aed_tape *t = tape_for(v, 1000);

    (void)state;
    aed_voice_note(v, 57.0, 90.0);
    forward(v, y, NULL, 100, N);
    aed_voice_reset(v);
    aed_voice_note(v, 57.0, 90.0);
    aed_tape_open(t, v, 777);
    forward(v, other, t, 100, N); /* the samples beyond the window are not remembered */
    assert_int_equal(aed_tape_filled(t), 777);
    assert_memory_equal(y, other, sizeof y);
    aed_tape_free(t);
    aed_voice_free(v);
}

/* Gradient of a window that was written in blocks of block_n. */
static void window_gradient(double *dtheta, size_t block_n, size_t n)
{
    aed_voice *v = voice_of(AED_CHAIN_DEFAULT, sr_hz);
    aed_tape *t = tape_for(v, n);

    aed_tape_open(t, v, n);
    aed_voice_note(v, 57.0, 90.0);
    forward(v, y, t, block_n, 333);
    aed_voice_note(v, 57.0, 0.0);
    forward(v, y + 333, t, block_n, n - 333);
    memset(dtheta, 0, MAX_D * sizeof *dtheta);
    assert_int_equal(aed_voice_backward(v, dtheta, t, dx), AED_OK);
    aed_tape_free(t);
    aed_voice_free(v);
}

static void blocks_do_not_matter_backwards(void **state)
{
    static const size_t blocks[] = {1, 64, 100};
    double whole[MAX_D], dtheta[MAX_D];

    (void)state;
    test_fill(dx, N, -1.0, 1.0);
    window_gradient(whole, N, 2000);
    for (size_t b = 0; b < 3; b++)
    {
        window_gradient(dtheta, blocks[b], 2000);
        assert_true(relative_to_largest(dtheta, whole, MAX_D) < 1e-12);
    }
}

/* The workspace's own theta, ramp and notes leave no trace in the gradient. */
static void any_workspace_will_do(void **state)
{
    aed_voice *v = voice_of(AED_CHAIN_DEFAULT, sr_hz), *work = voice_of(AED_CHAIN_DEFAULT, sr_hz);
    aed_tape *t = tape_for(v, 500);
    double theta[MAX_D], fresh[MAX_D] = {0}, used[MAX_D] = {0};

    (void)state;
    test_fill(dx, N, -1.0, 1.0);
    aed_voice_note(v, 57.0, 90.0);
    aed_tape_open(t, v, 500);
    forward(v, y, t, 64, 500);
    assert_int_equal(aed_voice_backward(work, fresh, t, dx), AED_OK);
    test_fill(theta, MAX_D, 0.0, 1.0);
    aed_voice_theta(work, theta, 0);
    aed_voice_note(work, 80.0, 20.0);
    forward(work, other, NULL, 64, 500);
    assert_int_equal(aed_voice_backward(work, used, t, dx), AED_OK);
    assert_memory_equal(fresh, used, sizeof fresh);
    aed_tape_free(t);
    aed_voice_free(v);
    aed_voice_free(work);
}

static void tape_opens_again(void **state)
{
    aed_voice *v = voice_of("vco", sr_hz);
    aed_tape *t = tape_for(v, 256);
    double dtheta[MAX_D] = {0};

    (void)state;
    for (int window = 0; window < 5; window++)
    {
        aed_tape_open(t, v, 100 + (size_t)window);
        assert_int_equal(aed_tape_filled(t), 0);
        forward(v, y, t, 7, 100 + (size_t)window);
        assert_int_equal(aed_tape_filled(t), 100 + window);
    }
    aed_voice_note(v, 80.0, 1.0); /* after the window: the tape has what it needs */
    aed_voice_reset(v);
    forward(v, y, t, 64, 100);
    assert_int_equal(aed_voice_backward(v, dtheta, t, dx), AED_OK);
    aed_tape_free(t);
    aed_voice_free(v);
}

/* The promised number of events fits, each in its own segment; too many end the window. */
static void many_events(void **state)
{
    aed_voice *v = voice_of(AED_CHAIN_DEFAULT, sr_hz);
    aed_tape *t = tape_for(v, 640);
    double dtheta[MAX_D] = {0};

    (void)state;
    aed_tape_open(t, v, 640);
    for (size_t k = 0; k < AED_MAX_EVENTS; k++)
    {
        aed_voice_note(v, 60.0, k % 2 ? 0.0 : 100.0);
        forward(v, y, t, 64, 1);
    }
    forward(v, y, t, 64, 640 - AED_MAX_EVENTS);
    assert_int_equal(aed_tape_filled(t), 640);
    assert_int_equal(aed_voice_backward(v, dtheta, t, dx), AED_OK);

    aed_voice_reset(v);
    aed_tape_open(t, v, 640);
    for (size_t k = 0; k < 128; k++)
    {
        aed_voice_note(v, 60.0, k % 2 ? 0.0 : 100.0);
        forward(v, y + 5 * k, t, 64, 5);
    }
    assert_int_equal(aed_tape_filled(t), 0);
    assert_int_equal(aed_voice_backward(v, dtheta, t, dx), AED_E_STATE);
    assert_true(power(y, 640) > 0.0);
    aed_tape_free(t);
    aed_voice_free(v);
}

typedef void (*disturbance)(aed_voice *v);

static void new_theta(aed_voice *v)
{
    double theta[MAX_D];

    test_fill(theta, MAX_D, 0.0, 1.0);
    aed_voice_theta(v, theta, 10);
}

static void copied(aed_voice *v)
{
    aed_voice *w = voice_of(AED_CHAIN_DEFAULT, sr_hz);

    aed_voice_copy(v, w);
    aed_voice_free(w);
}

/* What breaks the continuity of a window ends it; the audio goes on. */
static void disturbed_windows_are_given_up(void **state)
{
    static const disturbance disturb[] = {new_theta, aed_voice_reset, copied};
    double dtheta[MAX_D] = {0};

    (void)state;
    for (size_t k = 0; k < 3; k++)
    {
        aed_voice *v = voice_of(AED_CHAIN_DEFAULT, sr_hz);
        aed_tape *t = tape_for(v, 500);

        aed_tape_open(t, v, 500);
        forward(v, y, t, 64, 200);
        assert_int_equal(aed_tape_filled(t), 200);
        disturb[k](v);
        forward(v, y, t, 64, 300);
        assert_int_equal(aed_tape_filled(t), 0);
        assert_int_equal(aed_voice_backward(v, dtheta, t, dx), AED_E_STATE);
        aed_tape_free(t);
        aed_voice_free(v);
    }
}

static void backward_needs_a_complete_window_of_its_chain(void **state)
{
    aed_voice *v = voice_of("vco", sr_hz), *stranger = voice_of("noise", sr_hz);
    aed_tape *t = tape_for(v, 100);
    double dtheta[MAX_D] = {0};

    (void)state;
    assert_int_equal(aed_voice_backward(v, dtheta, t, dx), AED_E_STATE);
    aed_tape_open(t, v, 100);
    forward(v, y, t, 64, 99);
    assert_int_equal(aed_voice_backward(v, dtheta, t, dx), AED_E_STATE);
    forward(v, y, t, 64, 1);
    assert_int_equal(aed_voice_backward(stranger, dtheta, t, dx), AED_E_ARG);
    for (size_t k = 0; k < MAX_D; k++)
        assert_true(dtheta[k] == 0.0);
    assert_int_equal(aed_voice_backward(v, dtheta, t, dx), AED_OK);
    aed_tape_open(t, v, 101); /* more than its capacity: stays closed */
    forward(v, y, t, 64, 101);
    assert_int_equal(aed_tape_filled(t), 0);
    aed_tape_open(t, stranger, 100);
    forward(stranger, y, t, 64, 100);
    assert_int_equal(aed_tape_filled(t), 0);
    aed_tape_free(t);
    aed_voice_free(v);
    aed_voice_free(stranger);
}

static void nonfinite_gradient_changes_nothing(void **state)
{
    aed_voice *v = voice_of("vco", sr_hz);
    aed_tape *t = tape_for(v, 100);
    double dtheta[MAX_D] = {1.0, 2.0, 3.0, 4.0}, bad[100] = {0};

    (void)state;
    aed_tape_open(t, v, 100);
    forward(v, y, t, 64, 100);
    bad[50] = NAN;
    assert_int_equal(aed_voice_backward(v, dtheta, t, bad), AED_E_NONFINITE);
    assert_true(dtheta[0] == 1.0 && dtheta[1] == 2.0 && dtheta[2] == 3.0 && dtheta[3] == 4.0);
    bad[50] = 0.0;
    assert_int_equal(aed_voice_backward(v, dtheta, t, bad), AED_OK);
    aed_tape_free(t);
    aed_voice_free(v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(new_refuses_bad_lengths),
        cmocka_unit_test(render_fills_the_tape),
        cmocka_unit_test(tape_does_not_change_the_audio),
        cmocka_unit_test(blocks_do_not_matter_backwards),
        cmocka_unit_test(any_workspace_will_do),
        cmocka_unit_test(tape_opens_again),
        cmocka_unit_test(many_events),
        cmocka_unit_test(disturbed_windows_are_given_up),
        cmocka_unit_test(backward_needs_a_complete_window_of_its_chain),
        cmocka_unit_test(nonfinite_gradient_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
