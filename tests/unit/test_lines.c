/* The memory behind lines: rings and copies between rings of different lengths. */
#include "common.h"

#include <string.h>

#include "plant.h"

static const double sr_hz = 1000.0;

/* Modules that are nothing but lines: 30 and 100 samples at 1 kHz. */
static const aed_module two_short = {.name = "two", .n_lines = 2, .line_s = 0.03};
static const aed_module one_long = {.name = "one", .n_lines = 1, .line_s = 0.1};

typedef struct
{
    aed_arena arena;
    aed_lines lines;
} memory;

static memory memory_of(size_t n, int with_dx)
{
    const aed_chain chain = {.modules = {&two_short, &one_long}, .n = 2, .n_lines = 3};
    memory m = {0};

    aed_lines_layout(&m.lines, &m.arena, &chain, sr_hz, n, with_dx);
    assert_int_equal(aed_arena_open(&m.arena), AED_OK);
    aed_lines_layout(&m.lines, &m.arena, &chain, sr_hz, n, with_dx);
    return m;
}

/* Sample i of line j, and 0 before the first. */
static double written(size_t j, long i)
{
    return i < 0 ? 0.0 : (double)(j + 1) + 10.0 * (double)i;
}

static void write(memory *m, size_t from, size_t to)
{
    for (size_t j = 0; j < m->lines.n; j++)
        for (size_t i = from; i < to; i++)
            m->lines.line[j].x[i & m->lines.line[j].mask] = written(j, (long)i);
}

static void assert_written(const memory *m, size_t at, size_t n)
{
    for (size_t j = 0; j < m->lines.n; j++)
        for (long i = (long)at - (long)m->lines.past[j]; i < (long)(at + n); i++)
            assert_true(m->lines.line[j].x[(size_t)i & m->lines.line[j].mask] == written(j, i));
}

static void layout_has_room(void **state)
{
    memory m = memory_of(64, 1), without = memory_of(64, 0);

    (void)state;
    assert_int_equal(m.lines.n, 3);
    assert_int_equal(m.lines.past[0], 34); /* and 4 more for what lies between samples */
    assert_int_equal(m.lines.past[2], 104);
    for (size_t j = 0; j < 3; j++)
    {
        const size_t size = m.lines.line[j].mask + 1;

        assert_true(size >= m.lines.past[j] + 64 && (size & (size - 1)) == 0);
        assert_null(without.lines.line[j].dx);
        for (size_t i = 0; i < size; i++)
            assert_true(m.lines.line[j].x[i] == 0.0 && m.lines.line[j].dx[i] == 0.0);
    }
    aed_arena_close(&m.arena);
    aed_arena_close(&without.arena);
}

/* From before the rings are full, over both their ends, to far behind; dust in `to` must not stay. */
static void copies_go_over_the_ends(void **state)
{
    static const size_t lengths[] = {1, 64, 500};

    (void)state;
    for (size_t from_n = 0; from_n < 3; from_n++)
        for (size_t to_n = 0; to_n < 3; to_n++)
            for (size_t at = 0; at < 1500; at += 37)
            {
                memory from = memory_of(lengths[from_n], 0), to = memory_of(lengths[to_n], 1);
                const size_t least = from_n < to_n ? from_n : to_n, n = lengths[least];

                for (size_t j = 0; j < 3; j++)
                    test_fill(to.lines.line[j].x, to.lines.line[j].mask + 1, -1.0, 1.0);
                write(&from, 0, at);
                aed_lines_copy_past(&to.lines, &from.lines, at);
                assert_written(&to, at, 0);
                write(&from, at, at + n);
                aed_lines_copy(&to.lines, &from.lines, at, n);
                assert_written(&to, at, n);
                aed_arena_close(&from.arena);
                aed_arena_close(&to.arena);
            }
}

static void clear_is_silence(void **state)
{
    memory m = memory_of(64, 1);

    (void)state;
    write(&m, 0, 300);
    for (size_t j = 0; j < 3; j++)
        test_fill(m.lines.line[j].dx, m.lines.line[j].mask + 1, 1.0, 2.0);
    aed_lines_clear_dx(&m.lines);
    for (size_t j = 0; j < 3; j++)
        for (size_t i = 0; i <= m.lines.line[j].mask; i++)
            assert_true(m.lines.line[j].dx[i] == 0.0);
    assert_written(&m, 300, 0);
    aed_lines_clear(&m.lines);
    for (size_t j = 0; j < 3; j++)
        for (size_t i = 0; i <= m.lines.line[j].mask; i++)
            assert_true(m.lines.line[j].x[i] == 0.0);
    aed_arena_close(&m.arena);
}

/* ---- lines in voices and windows ---- */

enum
{
    N = 6000,
    MAX_D = 64
};

static const char *const echoing[] = {"noise | vca | delay", "vco | delay | delay | vca",
    "noise | vca | reverb", "vco noise | ladder | delay | reverb | vca"};
static double y[N], other[N], whole[N];

static void forward(aed_voice *v, double *out, aed_tape *t, size_t block_n, size_t n)
{
    for (size_t at = 0; at < n; at += block_n)
        assert_int_equal(
            aed_voice_forward(v, out + at, t, n - at < block_n ? n - at : block_n), AED_OK);
}

/* Struck, let go, and ringing. */
static void ring(aed_voice *v, size_t n)
{
    static double lost[N];

    aed_voice_note(v, 60.0, 100.0);
    forward(v, lost, NULL, 64, 1000);
    aed_voice_note(v, 60.0, 0.0);
    forward(v, lost, NULL, 100, n);
}

/* Lines come along, also into a voice that has rung of something else. */
static void copies_ring_alike(void **state)
{
    (void)state;
    for (size_t c = 0; c < 4; c++)
    {
        aed_voice *v = voice_of(echoing[c], 48000.0), *w = voice_of(echoing[c], 48000.0);

        ring(w, 2345);
        ring(v, 3210);
        aed_voice_copy(w, v);
        forward(v, y, NULL, 64, N);
        forward(w, other, NULL, 64, N);
        assert_memory_equal(y, other, sizeof y);
        aed_voice_reset(w);
        forward(w, other, NULL, 64, N);
        aed_voice_free(v);
        v = voice_of(echoing[c], 48000.0);
        double theta[MAX_D];
        aed_chain_start(theta, aed_voice_chain(v));
        aed_voice_theta(v, theta, 0);
        forward(v, y, NULL, 64, N);
        assert_memory_equal(y, other, sizeof y); /* a reset is silence, in the lines too */
        aed_voice_free(v);
        aed_voice_free(w);
    }
}

static void blocks_do_not_matter(void **state)
{
    static const size_t blocks[] = {1, 37, 64, 1000};

    (void)state;
    for (size_t c = 0; c < 4; c++)
        for (size_t k = 0; k < 4; k++)
        {
            aed_voice *v = voice_of(echoing[c], 44100.0);

            ring(v, 500);
            forward(v, k == 0 ? whole : y, NULL, blocks[k], N);
            if (k > 0)
                assert_true(relative_to_largest(y, whole, N) < 1e-12);
            aed_voice_free(v);
        }
}

/* A window that opens while all rings, its notes and all, and then again from the tape: with the
 * same theta bit for bit, with another one as a voice that goes there from the same state. */
static void replays_ring_alike(void **state)
{
    (void)state;
    for (size_t c = 0; c < 4; c++)
    {
        aed_error e;
        aed_voice *v = voice_of(echoing[c], 48000.0), *fresh = voice_of(echoing[c], 48000.0),
                  *work = voice_of(echoing[c], 48000.0);
        aed_tape *t = aed_tape_new(v, N, &e);
        double theta[2][MAX_D];

        assert_non_null(t);
        test_fill(theta[0], 2 * MAX_D, 0.2, 0.8);
        aed_voice_theta(v, theta[0], 0);
        ring(v, 3210);
        ring(work, 100); /* what the workspace held must not be heard */
        aed_voice_copy(fresh, v);
        aed_voice_theta(v, theta[0], 0);
        aed_tape_open(t, v, N);
        aed_voice_note(v, 67.0, 80.0);
        forward(v, whole, t, 64, N);
        forward(v, other, NULL, 64, N);
        assert_int_equal(aed_tape_filled(t), N);
        assert_int_equal(aed_voice_replay(work, y, t, theta[0]), AED_OK);
        assert_memory_equal(y, whole, sizeof y);
        assert_int_equal(aed_voice_replay(work, y, t, theta[1]), AED_OK);
        aed_voice_theta(fresh, theta[1], 0);
        aed_voice_note(fresh, 67.0, 80.0);
        forward(fresh, other, NULL, 64, N);
        assert_memory_equal(y, other, sizeof y);
        aed_tape_free(t);
        aed_voice_free(v);
        aed_voice_free(fresh);
        aed_voice_free(work);
    }
}

/* A tape that is opened again, elsewhere in the rings, gives the gradient that a new one gives. */
static void tapes_open_again(void **state)
{
    (void)state;
    for (size_t c = 0; c < 4; c++)
    {
        aed_error e;
        aed_voice *v = voice_of(echoing[c], 48000.0), *work = voice_of(echoing[c], 48000.0);
        aed_tape *used = aed_tape_new(v, 3000, &e), *new = aed_tape_new(v, 1000, &e);
        double a[MAX_D] = {0}, b[MAX_D] = {0}, dx[3000];

        assert_true(used && new);
        test_fill(dx, 3000, -1.0, 1.0);
        ring(v, 1234);
        aed_tape_open(used, v, 3000);
        forward(v, y, used, 64, 3000);
        assert_int_equal(aed_voice_backward(work, a, used, dx), AED_OK);
        memset(a, 0, sizeof a);
        ring(v, 4000);
        aed_tape_open(used, v, 1000);
        aed_tape_open(new, v, 1000);
        aed_voice_copy(work, v);
        forward(v, y, used, 64, 1000);
        aed_voice *second = voice_of(echoing[c], 48000.0);
        aed_voice_copy(second, work);
        aed_tape_open(new, second, 1000);
        forward(second, other, new, 64, 1000);
        assert_int_equal(aed_voice_backward(work, a, used, dx), AED_OK);
        assert_int_equal(aed_voice_backward(second, b, new, dx), AED_OK);
        assert_memory_equal(a, b, sizeof a);
        aed_tape_free(used);
        aed_tape_free(new);
        aed_voice_free(second);
        aed_voice_free(v);
        aed_voice_free(work);
    }
}

/* Any theta, corners too, and noise that moves one parameter after the other over its whole range at
 * audio rate: finite and bounded, and so is the gradient. */
static void nothing_reachable_is_not_finite(void **state)
{
    static double feed[N], dx[N];

    (void)state;
    test_fill(feed, N, -1.0, 1.0);
    test_fill(dx, N, -1.0, 1.0);
    for (size_t trial = 0; trial < 120; trial++)
    {
        aed_error e;
        aed_voice *v = voice_of(echoing[trial % 4], trial % 3 ? 48000.0 : 1000.0);
        const size_t d = aed_voice_chain(v)->d;
        aed_tape *t = aed_tape_new(v, N, &e);
        double theta[MAX_D], dtheta[MAX_D] = {0};
        const aed_io io = {.feed = feed, .y = y};

        assert_non_null(t);
        for (size_t k = 0; k < d; k++)
            theta[k] = trial % 5 ? floor(test_uniform(0.0, 2.0)) : test_uniform(0.0, 1.0);
        aed_voice_theta(v, theta, 0);
        aed_voice_route(v, (int)(trial % d), 1.0);
        aed_voice_note(v, 60.0, 127.0);
        assert_int_equal(aed_voice_play(v, &io, NULL, N), AED_OK);
        aed_tape_open(t, v, N);
        assert_int_equal(aed_voice_play(v, &io, t, N), AED_OK);
        for (size_t i = 0; i < N; i++)
            assert_true(fabs(y[i]) < 100.0);
        assert_int_equal(aed_voice_backward(v, dtheta, t, dx), AED_OK);
        aed_tape_free(t);
        aed_voice_free(v);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(layout_has_room),
        cmocka_unit_test(copies_go_over_the_ends),
        cmocka_unit_test(clear_is_silence),
        cmocka_unit_test(copies_ring_alike),
        cmocka_unit_test(blocks_do_not_matter),
        cmocka_unit_test(replays_ring_alike),
        cmocka_unit_test(tapes_open_again),
        cmocka_unit_test(nothing_reachable_is_not_finite),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
