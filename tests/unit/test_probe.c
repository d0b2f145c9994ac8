/* Local tests: what candidates look like, how a round goes, that it finds improvements. */
#include "control/probe.h"

#include <string.h>

#include "common.h"

enum
{
    D = 6
};

static const aed_probe_settings set = {.every = 10, .n = 8, .rho = 1, .s0 = 0.1};
static const unsigned char third[D] = {0, 0, 1, 0, 0, 0};
static const aed_bounds all = {.d = D, .lo = 0.0, .hi = 1.0},
                        but_third = {.d = D, .lo = 0.0, .hi = 1.0, .frozen = third};
static aed_probe p;

static int set_up(void **state)
{
    aed_probe_init(&p, &set, 99);
    return 0;
}

static void answer(size_t i, double loss)
{
    assert_int_equal(aed_probe_result(&p, i, loss, NULL), AED_OK);
}

static void is_due_every_k(void **state)
{
    const aed_probe_settings off = {.every = 0, .n = 8, .s0 = 0.1};

    assert_false(aed_probe_due(&p, &set, 0));
    assert_false(aed_probe_due(&p, &set, 9));
    assert_true(aed_probe_due(&p, &set, 10));
    assert_false(aed_probe_due(&p, &off, 10));
    aed_probe_open(&p, &set, 10);
    assert_false(aed_probe_due(&p, &set, 20)); /* one is open */
    answer(0, 1.0);
    assert_false(aed_probe_finish(&p, NULL, NULL, 0.5, &all));
    assert_false(aed_probe_due(&p, &set, 10)); /* once */
    assert_true(aed_probe_due(&p, &set, 20));
}

static void pairs_face_each_other(void **state)
{
    const aed_probe_settings pairs = {.every = 10, .n = 8, .s0 = 0.1, .pairs = 1};
    const double centre[D] = {0.5, 0.5, 0.5, 0.5, 0.5, 0.5};
    double one[D], other[D], alone[D];

    for (size_t i = 0; i < 8; i++)
    {
        aed_probe_init(&p, &set, 99);
        aed_probe_open(&p, &set, 1);
        aed_probe_candidate(&p, alone, centre, i, &but_third);
        aed_probe_init(&p, &pairs, 99);
        aed_probe_open(&p, &pairs, 1);
        aed_probe_candidate(&p, one, centre, i % 4 == 2 ? i - 2 : i, &but_third);
        aed_probe_candidate(&p, other, centre, i, &but_third);
        if (i % 4 != 2)
            assert_memory_equal(other, alone, sizeof alone);
        for (int k = 0; i % 4 == 2 && k < D; k++)
            assert_true(fabs(one[k] + other[k] - 1.0) < 1e-12 && (k == 2 || one[k] != other[k]));
    }
}

static void candidates_are_as_told(void **state)
{
    const double centre[D] = {0.5, 0.5, 0.5, 0.5, 0.0, 1.0};
    double theta[D], again[D], square = 0.0, count[4] = {0};

    for (int round = 0; round < 500; round++)
    {
        aed_probe_open(&p, &set, 1);
        for (size_t i = 0; i < 8; i++)
        {
            int moved = 0;

            aed_probe_candidate(&p, theta, centre, i, &but_third);
            aed_probe_candidate(&p, again, centre, i, &but_third);
            assert_memory_equal(theta, again, sizeof theta);
            assert_true(theta[2] == 0.5);
            for (int k = 0; k < D; k++)
            {
                assert_true(theta[k] >= 0.0 && theta[k] <= 1.0);
                const double move = fabs(theta[k] - centre[k]);

                if (i % 2 && k < 4 && move > 0.0)
                    assert_true(move > 0.00999 && move < 0.6);
                moved += k < 4 && move > 0.0;
            }
            if (i % 2 == 0)
                assert_int_equal(moved, 3), square += pow(theta[0] - 0.5, 2.0);
            else
                assert_true(moved <= 3), count[moved]++;
        }
    }
    assert_true(fabs(sqrt(square / 2000.0) / 0.1 - 1.0) < 0.08);
    for (int k = 0; k < 4; k++)
        assert_true(
            count[k] > 50.0); /* 0 when the knobs moved were at a bound or beyond the four */
}

/* Each of the free knobs is moved equally often by the odd ones. */
static void chooses_knobs_alike(void **state)
{
    const double centre[D] = {0.5, 0.5, 0.5, 0.5, 0.5, 0.5};
    double theta[D], hits[D] = {0};

    for (int round = 0; round < 3000; round++)
    {
        aed_probe_open(&p, &set, 1);
        aed_probe_candidate(&p, theta, centre, 1, &all);
        for (int k = 0; k < D; k++)
            hits[k] += theta[k] != 0.5;
    }
    for (int k = 0; k < D; k++) /* 2 of 6 on average */
        assert_true(fabs(hits[k] - 1000.0) < 5.0 * sqrt(3000.0 / 3.0 * 2.0 / 3.0));
}

static void one_knob_is_enough(void **state)
{
    const aed_bounds one = {.d = 1, .lo = 0.0, .hi = 1.0};
    const unsigned char none[1] = {1};
    const aed_bounds stuck = {.d = 1, .lo = 0.0, .hi = 1.0, .frozen = none};
    const double centre = 0.5;
    double theta;

    aed_probe_open(&p, &set, 1);
    for (size_t i = 0; i < 8; i++)
    {
        aed_probe_candidate(&p, &theta, &centre, i, &one);
        assert_true(theta != 0.5);
        aed_probe_candidate(&p, &theta, &centre, i, &stuck);
        assert_true(theta == 0.5);
    }
}

static void adapts_its_width(void **state)
{
    double centre[D] = {0}, theta[D];

    assert_true(isnan(p.success));
    for (int k = 0; k < 20; k++)
    {
        const double before = p.s;

        aed_probe_open(&p, &set, 1);
        answer(3, 0.4);
        assert_true(aed_probe_finish(&p, theta, centre, 0.5, &all));
        assert_true(p.s == fmin(1.3 * before, 0.3));
    }
    assert_true(p.success > 0.85);
    for (int k = 0; k < 60; k++)
    {
        const double before = p.s;

        aed_probe_open(&p, &set, 1);
        answer(0, 0.5);
        assert_false(aed_probe_finish(&p, theta, centre, 0.5, &all));
        assert_true(p.s == fmax(0.87 * before, 0.005));
    }
    assert_true(p.s == 0.005 && p.success < 0.01);
    aed_probe_open(&p, &set, 1);
    assert_false(aed_probe_finish(&p, theta, centre, 0.5, &all)); /* nobody answered */
    assert_true(p.s == 0.005);
}

static void refuses_out_of_turn(void **state)
{
    aed_error e = {0};

    assert_int_equal(aed_probe_result(&p, 0, 1.0, &e), AED_E_STATE);
    assert_false(aed_probe_complete(&p));
    aed_probe_open(&p, &set, 1);
    assert_int_equal(aed_probe_result(&p, 8, 1.0, &e), AED_E_ARG);
    answer(2, 0.3);
    assert_int_equal(aed_probe_result(&p, 2, 0.1, &e), AED_E_STATE);
    assert_true(p.winner_loss == 0.3);
}

static void bad_losses_lose(void **state)
{
    double centre[D] = {0}, theta[D];

    aed_probe_open(&p, &set, 1);
    for (size_t i = 0; i < 8; i++)
    {
        assert_false(aed_probe_complete(&p));
        answer(i, i % 3 == 0 ? NAN : i % 3 == 1 ? -INFINITY : INFINITY);
    }
    assert_true(aed_probe_complete(&p));
    assert_false(aed_probe_finish(&p, theta, centre, 1e9, &all));
}

static void full_house(void **state)
{
    const aed_probe_settings most = {.every = 1, .n = AED_PROBE_MAX, .s0 = 0.1};

    aed_probe_open(&p, &most, 1);
    for (size_t i = 0; i < AED_PROBE_MAX; i++)
    {
        assert_false(aed_probe_complete(&p));
        answer(i, 1.0);
    }
    assert_true(aed_probe_complete(&p));
}

/* A loss that gradients cannot follow: steps. */
static double stairs(const double *theta)
{
    double sum = 0.0;

    for (int k = 0; k < D; k++)
        sum += floor(20.0 * fabs(theta[k] - 0.1 * (k + 1)));
    return sum;
}

static void finds_improvements(void **state)
{
    double best[D] = {0.9, 0.9, 0.9, 0.1, 0.1, 0.1}, theta[D];
    double best_loss = stairs(best);
    const double first = best_loss;

    for (int round = 0; round < 100; round++)
    {
        aed_probe_open(&p, &set, 1);
        for (size_t i = 0; i < p.n; i++)
        {
            aed_probe_candidate(&p, theta, best, i, &all);
            answer(i, stairs(theta));
        }
        const double promised = p.winner_loss;

        if (aed_probe_finish(&p, theta, best, best_loss, &all))
        {
            assert_true(stairs(theta) == promised); /* the winner was made again to the bit */
            memcpy(best, theta, sizeof best);
            best_loss = promised;
        }
    }
    assert_true(best_loss < 0.15 * first);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test_setup(is_due_every_k, set_up),
        cmocka_unit_test_setup(pairs_face_each_other, set_up),
        cmocka_unit_test_setup(candidates_are_as_told, set_up),
        cmocka_unit_test_setup(chooses_knobs_alike, set_up),
        cmocka_unit_test_setup(one_knob_is_enough, set_up),
        cmocka_unit_test_setup(adapts_its_width, set_up),
        cmocka_unit_test_setup(refuses_out_of_turn, set_up),
        cmocka_unit_test_setup(bad_losses_lose, set_up), cmocka_unit_test_setup(full_house, set_up),
        cmocka_unit_test_setup(finds_improvements, set_up)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
