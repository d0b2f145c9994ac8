/* The table that drives messages: ranges, names, and that a refusal leaves everything alone. */
#include "control/setting.h"

#include <string.h>

#include "common.h"

struct thing
{
    int other;
    double a, b;
};

static const aed_setting table[] = {
    {"a", offsetof(struct thing, a), 0.0, 1.0, "first"},
    {"b", offsetof(struct thing, b), -5.0, 5.0, "second"},
    {0},
};

static void sets_and_gets(void **state)
{
    struct thing t = {7, 0.5, 0.0};
    double v = -1.0;

    assert_int_equal(aed_setting_set(&t, table, "b", -5.0, NULL), AED_OK);
    assert_true(t.a == 0.5 && t.b == -5.0 && t.other == 7);
    assert_int_equal(aed_setting_get(&v, &t, table, "b"), 1);
    assert_true(v == -5.0);
    assert_int_equal(aed_setting_get(&v, &t, table, "c"), 0);
    assert_true(v == -5.0);
    assert_ptr_equal(aed_setting_find(table, "a"), &table[0]);
    assert_null(aed_setting_find(table, "ab"));
}

static void refuses(void **state)
{
    struct thing t = {7, 0.5, 0.0};
    aed_error e = {0};

    assert_int_equal(aed_setting_set(&t, table, "a", 3.0, &e), AED_E_ARG);
    assert_string_equal(e.msg, "a: got 3, allowed 0 … 1");
    assert_int_equal(aed_setting_set(&t, table, "a", NAN, &e), AED_E_ARG);
    assert_int_equal(aed_setting_set(&t, table, "a", INFINITY, &e), AED_E_ARG);
    assert_int_equal(aed_setting_set(&t, table, "alpha", 0.1, &e), AED_E_NAME);
    assert_string_equal(e.msg, "no setting 'alpha', there are: a b");
    assert_true(t.a == 0.5 && t.b == 0.0 && t.other == 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(sets_and_gets), cmocka_unit_test(refuses)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
