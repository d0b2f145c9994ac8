/* The composite reward: weights, shapes, the penalty's sign, names that are ignored. */
#include "control/composite.h"

#include <stdio.h>
#include <string.h>

#include "common.h"

static int near(double a, double b)
{
    return fabs(a - b) <= 1e-14;
}

static void weighs_what_has_arrived(void **state)
{
    aed_composite c;

    aed_composite_init(&c);
    assert_false(aed_composite_ready(&c));
    assert_true(aed_composite_value(&c) == 0.0);
    assert_int_equal(aed_composite_weight(&c, "human", 3.0, NULL), AED_OK);
    assert_int_equal(aed_composite_set(&c, "aud", 0.5, NULL), AED_OK);
    assert_true(near(aed_composite_value(&c), 0.5)); /* human has not arrived */
    assert_int_equal(aed_composite_set(&c, "human", 0.9, NULL), AED_OK);
    assert_true(near(aed_composite_value(&c), (0.5 + 3.0 * 0.9) / 4.0));
    assert_int_equal(aed_composite_weight(&c, "penalty", 1.0, NULL), AED_OK);
    assert_int_equal(aed_composite_set(&c, "penalty", 0.2, NULL), AED_OK);
    assert_true(near(aed_composite_value(&c), (0.5 + 2.7 - 0.2) / 5.0));
    assert_int_equal(aed_composite_weight(&c, "aud", -1.0, NULL), AED_OK);
    assert_true(near(aed_composite_value(&c), (-0.5 + 2.7 - 0.2) / 5.0));
    assert_int_equal(aed_composite_weight(&c, "human", 0.0, NULL), AED_OK);
    assert_true(near(aed_composite_value(&c), (-0.5 - 0.2) / 2.0));
    aed_composite_clear(&c);
    assert_false(aed_composite_ready(&c));
    assert_true(aed_composite_value(&c) == 0.0);
}

static void bends(void **state)
{
    aed_composite c;

    aed_composite_init(&c);
    assert_int_equal(aed_composite_set(&c, "aud", 2.0, NULL), AED_OK);
    assert_int_equal(aed_composite_shape(&c, "aud", "sigmoid", 1.0, 0.5, NULL), AED_OK);
    assert_true(near(aed_composite_value(&c), 1.0 / (1.0 + exp(-2.0))));
    assert_int_equal(aed_composite_shape(&c, "aud", "bell", 1.0, 0.5, NULL), AED_OK);
    assert_true(near(aed_composite_value(&c), exp(-4.0)));
    assert_int_equal(aed_composite_set(&c, "aud", -1e300, NULL), AED_OK);
    assert_true(aed_composite_value(&c) == 0.0);
    assert_int_equal(aed_composite_shape(&c, "aud", "exp", 1.0, 0.5, NULL), AED_OK);
    assert_true(aed_composite_value(&c) == 1.0); /* no cost below the centre */
    assert_int_equal(aed_composite_set(&c, "aud", 2.0, NULL), AED_OK);
    assert_true(near(aed_composite_value(&c), exp(-2.0)));
    assert_int_equal(aed_composite_set(&c, "aud", 1e300, NULL), AED_OK);
    assert_true(aed_composite_value(&c) == 0.0);
    assert_int_equal(aed_composite_shape(&c, "aud", "exp", 1.0, -0.5, NULL), AED_OK);
    assert_true(aed_composite_value(&c) == 1.0); /* the other way round */
}

static void ignores_and_refuses(void **state)
{
    aed_composite c, before;
    aed_error e = {0};
    char name[16], longest[33];

    aed_composite_init(&c);
    memcpy(&before, &c, sizeof c);
    memset(longest, 'x', 32);
    longest[32] = '\0';
    assert_int_equal(aed_composite_set(&c, "gradnorm", NAN, &e), AED_OK); /* has no weight */
    assert_int_equal(aed_composite_weight(&c, "gradnorm", 0.0, &e), AED_OK);
    assert_int_equal(aed_composite_set(&c, "aud", NAN, &e), AED_E_NONFINITE);
    assert_int_equal(aed_composite_set(&c, "aud", INFINITY, &e), AED_E_NONFINITE);
    assert_int_equal(aed_composite_weight(&c, "aud", NAN, &e), AED_E_ARG);
    assert_int_equal(aed_composite_weight(&c, "aud", 1001.0, &e), AED_E_ARG);
    assert_int_equal(aed_composite_weight(&c, longest, 1.0, &e), AED_E_ARG);
    assert_int_equal(aed_composite_weight(&c, "", 1.0, &e), AED_E_ARG);
    assert_int_equal(aed_composite_shape(&c, "pol", "bell", 0.0, 1.0, &e), AED_E_NAME);
    assert_int_equal(aed_composite_shape(&c, "aud", "bend", 0.0, 1.0, &e), AED_E_NAME);
    assert_int_equal(aed_composite_shape(&c, "aud", "bell", 0.0, 0.0, &e), AED_E_ARG);
    assert_memory_equal(&before, &c, sizeof c);
    for (int i = 1; i < AED_COMPOSITE_MAX; i++)
    {
        snprintf(name, sizeof name, "n%d", i);
        assert_int_equal(aed_composite_weight(&c, name, 1.0, &e), AED_OK);
    }
    assert_int_equal(aed_composite_weight(&c, "one more", 1.0, &e), AED_E_ARG);
    assert_int_equal(aed_composite_weight(&c, "n3", 0.0, &e), AED_OK);
    assert_int_equal(aed_composite_weight(&c, "one more", 1.0, &e), AED_OK);
    assert_int_equal(c.n, AED_COMPOSITE_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(weighs_what_has_arrived),
        cmocka_unit_test(bends), cmocka_unit_test(ignores_and_refuses)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
