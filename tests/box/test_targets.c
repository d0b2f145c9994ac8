/* Sets of sounds and the pieces they are cut into. */
#include <stdlib.h>
#include <string.h>

#include "box/targets.h"
#include "common.h"

static aed_targets targets;

/* Sample i of sound k is 1000 k + i. */
static void add(size_t n)
{
    aed_sound *s = &targets.sounds[targets.n];

    s->n = n;
    s->v = malloc(n * sizeof *s->v);
    for (size_t i = 0; i < n; i++)
        s->v[i] = 1000.0 * (double)targets.n + (double)i;
    targets.n++;
}

static int set_up(void **state)
{
    (void)state;
    add(100);
    add(10);
    add(57);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    aed_targets_empty(&targets);
    return targets.n != 0;
}

static void without_segments_a_sound_is_a_piece(void **state)
{
    const aed_segments whole = {0, 0};

    (void)state;
    assert_int_equal(aed_targets_pieces(&targets, whole), 3);
    for (size_t k = 0; k < 3; k++)
    {
        const aed_piece p = aed_targets_piece(&targets, whole, k);

        assert_true(p.sound == k && p.at == 0);
    }
    assert_int_equal(aed_targets_pieces(&(aed_targets){.n = 0}, whole), 0);
}

/* Every piece by walking through the sounds, for all lengths and hops. */
static void pieces_are_those_that_fit(void **state)
{
    (void)state;
    for (size_t n = 1; n < 120; n += 3)
        for (size_t hop = 1; hop < 70; hop += 4)
        {
            const aed_segments s = {n, hop};
            size_t k = 0;

            for (size_t i = 0; i < targets.n; i++)
                for (size_t at = 0; at == 0 || at + n <= targets.sounds[i].n; at += hop)
                {
                    const aed_piece p = aed_targets_piece(&targets, s, k++);

                    assert_true(p.sound == i && p.at == at);
                }
            assert_int_equal(aed_targets_pieces(&targets, s), k);
        }
}

static void cut_is_the_piece_and_silence(void **state)
{
    double y[80];

    (void)state;
    /* longer than the window, as long as the segment, up to the end of the sound */
    aed_targets_cut(y, &targets, (aed_segments){0, 0}, (aed_piece){0, 0}, 80);
    assert_true(y[0] == 0.0 && y[79] == 79.0);
    aed_targets_cut(y, &targets, (aed_segments){20, 7}, (aed_piece){2, 14}, 80);
    assert_true(y[0] == 2014.0 && y[19] == 2033.0 && y[20] == 0.0 && y[79] == 0.0);
    aed_targets_cut(y, &targets, (aed_segments){0, 0}, (aed_piece){1, 0}, 80);
    assert_true(y[9] == 1009.0 && y[10] == 0.0 && y[79] == 0.0);
}

static void one_bad_sample_refuses_the_set(void **state)
{
    aed_error e;

    (void)state;
    assert_int_equal(aed_targets_check(&targets, &e), AED_OK);
    targets.sounds[2].v[56] = NAN;
    assert_int_equal(aed_targets_check(&targets, &e), AED_E_NONFINITE);
    targets.sounds[2].v[56] = 1e200;
    assert_int_equal(aed_targets_check(&targets, &e), AED_E_NONFINITE);
}

/* Sounds with a rate of their own change, once for each rate; the others never do. */
static void rates_of_their_own(void **state)
{
    int changed;

    (void)state;
    targets.sounds[1].own = malloc(50 * sizeof(double));
    for (size_t i = 0; i < 50; i++)
        targets.sounds[1].own[i] = 0.5;
    targets.sounds[1].own_n = 50;
    targets.sounds[1].own_hz = 22050.0;
    assert_int_equal(aed_targets_bring(&targets, 44100.0, &changed, NULL), AED_OK);
    assert_true(changed);
    assert_true(
        targets.sounds[0].n == 100 && targets.sounds[1].n == 99 && targets.sounds[2].n == 57);
    assert_int_equal(aed_targets_bring(&targets, 44100.0, &changed, NULL), AED_OK);
    assert_false(changed);
    assert_int_equal(aed_targets_bring(&targets, 22050.0, &changed, NULL), AED_OK);
    assert_true(changed && targets.sounds[1].n == 50);
    assert_memory_equal(targets.sounds[1].v, targets.sounds[1].own, 50 * sizeof(double));
    targets.sounds[1].own_hz = 1.0;
    assert_int_equal(aed_targets_bring(&targets, 1e6, &changed, NULL), AED_OK);
    assert_int_equal(targets.sounds[1].n, AED_TARGET_MOST);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(without_segments_a_sound_is_a_piece),
        TEST(pieces_are_those_that_fit),
        TEST(cut_is_the_piece_and_silence),
        TEST(one_bad_sample_refuses_the_set),
        TEST(rates_of_their_own),
    };

    return cmocka_run_group_tests_name("targets", tests, NULL, NULL);
}
