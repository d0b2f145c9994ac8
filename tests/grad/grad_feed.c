/* dL/dtheta of voices whose pitch or parameter is moved by a signal, or slides, against five-point
 * differences, see window.h. */
#include <stdio.h>
#include <string.h>

#include "window.h"

static const double tolerance = 1e-5;

/* depth 0: no feed. */
static piece fed(const char *words, const char *route, double depth, size_t onset_n, size_t pause_n,
    size_t glide_n, size_t ramp_n, size_t block_n, size_t before_n)
{
    return (piece){.words = words,
        .n = 2500,
        .ramp_n = ramp_n,
        .block_n = block_n,
        .before_n = before_n,
        .score = {{{700, 67, 90}, {1500, 67, 0}, {1800, 50, 110}}, 3},
        .sr_hz = 44100.0,
        .lo = 0.3,
        .hi = 0.7,
        .route = route,
        .depth = depth,
        .onset_n = onset_n,
        .pause_n = pause_n,
        .glide_n = glide_n};
}

static void check(piece played)
{
    window w = window_open(played, NULL);
    double y[WINDOW_N], again[WINDOW_N], dtheta[AED_KNOBS_MOST] = {0};
    size_t skipped = 0;

    w.piece.onset_n = 0; /* a tape that has been used: it may not remember that feed */
    window_render(&w, y);
    w.piece.onset_n = played.onset_n;
    window_render(&w, y);
    assert_int_equal(aed_voice_backward(w.work, dtheta, w.tape, w.dx), AED_OK);
    assert_int_equal(aed_voice_replay(w.work, again, w.tape, w.theta), AED_OK);
    assert_true(relative_to_largest(again, y, played.n) < 1e-12);
    const double worst = window_worst(&w, dtheta, &skipped);
    printf("grad '%s' %s moved by %g from %zu on, glide %zu: worst %.1e of %zu\n", played.words,
        played.route ? played.route : "pitch", played.depth, played.onset_n, played.glide_n, worst,
        w.chain.d);
    assert_true(worst <= tolerance);
    assert_int_equal(skipped, 0);
    window_close(&w);
}

#define CLASSIC AED_CHAIN_DEFAULT

static void pitch(void **state)
{
    (void)state;
    check(fed(CLASSIC, NULL, 3.0, 0, 0, 0, 0, 64, 0));
    check(fed(CLASSIC, NULL, -7.0, 1111, 0, 0, 300, 64, 555)); /* late */
    check(fed("vco vco | svf", NULL, 12.0, 100, 400, 0, 0, 17, 0));
}

static void a_logarithmic_parameter(void **state)
{
    (void)state;
    check(fed(CLASSIC, "ladder.cutoff", 0.2, 0, 0, 0, 0, 64, 0));
    check(fed(CLASSIC, "ladder.cutoff", -0.3, 1111, 0, 0, 1500, 40, 333));
    check(fed(CLASSIC, "vco.freq", 0.05, 300, 500, 0, 64, 64, 0));
}

static void a_linear_parameter(void **state)
{
    (void)state;
    check(fed(CLASSIC, "noise.level", 0.3, 0, 0, 0, 0, 64, 0));
    check(fed(CLASSIC, "ladder.resonance", 0.25, 1111, 0, 0, 700, 64, 0));
    check(fed("vco | ladder | vca", "env.sustain", 0.2, 10, 900, 0, 0, 1, 100));
}

static void a_voice_that_runs_faster(void **state)
{
    (void)state;
    check(fed("2x vco noise | ladder | vca", NULL, 3.0, 500, 400, 200, 0, 64, 99));
    check(fed("4x vco noise | ladder | vca", "ladder.cutoff", 0.2, 500, 400, 0, 300, 50, 0));
}

/* Where the feed drives a parameter over its end, it has no slope there. */
static void beyond_the_range(void **state)
{
    (void)state;
    check(fed(CLASSIC, "noise.level", 4.0, 0, 0, 0, 0, 64, 0));
    check(fed(CLASSIC, "ladder.cutoff", 2.0, 500, 300, 0, 200, 64, 0));
}

static void glide(void **state)
{
    (void)state;
    check(fed(CLASSIC, NULL, 0.0, 2500, 0, 400, 0, 64, 0));
    check(fed(CLASSIC, NULL, 5.0, 600, 500, 3000, 200, 50, 777)); /* with a feed, and on */
    check(fed("vco vco | ladder | vca", "ladder.cutoff", 0.2, 0, 0, 100, 0, 64, 0));
}

/* The check sees a feed that the way back has forgotten. */
static void a_forgotten_feed_is_rejected(void **state)
{
    static const char *const routes[] = {NULL, "ladder.cutoff", "noise.level"};

    (void)state;
    for (size_t i = 0; i < 3; i++)
    {
        window w = window_open(fed(CLASSIC, routes[i], 0.3, 0, 0, 0, 0, 64, 0), NULL);
        window still = window_open(fed(CLASSIC, routes[i], 0.3, 2500, 0, 0, 0, 64, 0), NULL);
        double y[WINDOW_N], dtheta[AED_KNOBS_MOST] = {0};
        size_t skipped = 0;

        memcpy(still.theta_before, w.theta_before, sizeof w.theta_before);
        memcpy(still.theta, w.theta, sizeof w.theta);
        window_render(&still, y);
        assert_int_equal(aed_voice_backward(still.work, dtheta, still.tape, w.dx), AED_OK);
        assert_false(window_worst(&w, dtheta, &skipped) <= tolerance);
        window_close(&w);
        window_close(&still);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pitch),
        cmocka_unit_test(a_logarithmic_parameter),
        cmocka_unit_test(a_linear_parameter),
        cmocka_unit_test(a_voice_that_runs_faster),
        cmocka_unit_test(beyond_the_range),
        cmocka_unit_test(glide),
        cmocka_unit_test(a_forgotten_feed_is_rejected),
    };
    return cmocka_run_group_tests_name("gradients with a signal", tests, NULL, NULL);
}
