/* What every box has in common: each row of each class's table is held against the messages that it
 * must refuse, made from the row itself. A new row is tested without a new line here. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "box/text.h"
#include "fakehost.h"

static const aed_class *const classes[] = {
    &aed_class_synth, &aed_class_features, &aed_class_sched, &aed_class_train};

enum
{
    CLASSES = sizeof classes / sizeof *classes,
    MOST = 80
};

static fake_host host;

static int setup(void **state)
{
    (void)state;
    fake_open(&host);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    fake_close(&host);
    return 0;
}

static fake_object *make(const aed_class *class)
{
    aed_error e;
    fake_object *o = fake_new(&host, class, "", &e);

    assert_non_null(o);
    return o;
}

/* ---- tables ---- */

static void tables_are_well_formed(void **state)
{
    (void)state;
    for (size_t i = 0; i < CLASSES; i++)
        for (const aed_method *m = classes[i]->methods; m->selector; m++)
        {
            const char *stars = strpbrk(m->args, "*+&");

            assert_non_null(classes[i]->inlets[m->inlet].doc);
            assert_int_equal(strspn(m->args, "fsa?*+&"), strlen(m->args));
            assert_true(!stars || stars[1] == 0);
            assert_true(m->doc[0] && m->usage[0]);
            if (strcmp(m->selector, "list") != 0)
                assert_int_equal(strncmp(m->usage, m->selector, strlen(m->selector)), 0);
        }
}

/* ---- wrong messages made from a row ---- */

typedef struct
{
    char kinds[MOST]; /* of all arguments that the row names */
    size_t n, needed;
    char any; /* the kind of any number of further ones: 'f', 's', 'a', or 0 */
} row;

static row read_row(const aed_method *m)
{
    row r = {.needed = MOST};

    for (const char *a = m->args; *a; a++)
    {
        if (*a == '?')
            r.needed = r.n;
        else if (strchr("*+&", *a))
            r.any = *a == '*' ? 'f' : *a == '+' ? 's' : 'a';
        else
            r.kinds[r.n++] = *a;
    }
    if (r.needed == MOST)
        r.needed = r.n;
    return r;
}

static size_t right_arguments(const row *r, aed_atom *v)
{
    for (size_t i = 0; i < r->n; i++)
        v[i] = r->kinds[i] == 's' ? (aed_atom){"zork", 0.0} : (aed_atom){NULL, 1.0};
    return r->n;
}

static void refused(
    fake_object *o, const aed_method *m, const aed_atom *v, size_t n, const char *says)
{
    const char *who = o->box->class->name;

    aed_box_message(o->box, m->inlet, m->selector, v, n);
    if (o->errors != 1)
        fail_msg("%s: %s with %zu wrong arguments: %zu errors: %s", who, m->selector, n, o->errors,
            o->error);
    if (strncmp(o->error, who, strlen(who)) != 0 || !strstr(o->error, says) ||
        !strstr(o->error, m->usage))
        fail_msg("%s: '%s' does not say '%s' and '%s'", m->selector, o->error, says, m->usage);
    for (size_t p = 0; p < FAKE_PORTS; p++)
        assert_int_equal(o->sent[p].count, 0);
    o->errors = 0;
}

static void wrong_count(fake_object *o, const aed_method *m, const row *r)
{
    aed_atom v[MOST];
    char says[96];

    right_arguments(r, v);
    if (r->needed > 0)
    {
        snprintf(says, sizeof says, "got %zu argument%s, expected at least %zu", r->needed - 1,
            r->needed == 2 ? "" : "s", r->needed);
        refused(o, m, v, r->needed - 1, says);
    }
    if (!r->any)
    {
        v[r->n] = (aed_atom){NULL, 1.0};
        snprintf(says, sizeof says, "got %zu argument%s, expected at most %zu", r->n + 1,
            r->n ? "s" : "", r->n);
        refused(o, m, v, r->n + 1, says);
    }
}

static void wrong_argument(fake_object *o, const aed_method *m, const row *r, size_t i)
{
    const char kind = i < r->n ? r->kinds[i] : r->any;
    aed_atom v[MOST];
    char says[96];
    size_t n = right_arguments(r, v);

    if (i >= n)
        v[n++] = (aed_atom){NULL, 1.0};
    if (kind == 'f')
    {
        v[i] = (aed_atom){"zork", 0.0};
        snprintf(says, sizeof says, "argument %zu is 'zork', expected a number", i + 1);
        refused(o, m, v, n, says);
    }
    if (kind == 's')
    {
        v[i] = (aed_atom){NULL, 7.0};
        snprintf(says, sizeof says, "argument %zu is 7, expected a name", i + 1);
        refused(o, m, v, n, says);
        return;
    }
    const double bad[] = {NAN, INFINITY, -INFINITY};
    for (size_t b = 0; b < 3; b++)
    {
        v[i] = (aed_atom){NULL, bad[b]};
        snprintf(says, sizeof says, "argument %zu is %g, expected a finite number", i + 1, bad[b]);
        refused(o, m, v, n, says);
    }
}

static void every_row_refuses_what_it_does_not_take(void **state)
{
    (void)state;
    for (size_t c = 0; c < CLASSES; c++)
    {
        fake_object *o = make(classes[c]);

        for (const aed_method *m = classes[c]->methods; m->selector; m++)
        {
            const row r = read_row(m);

            wrong_count(o, m, &r);
            for (size_t i = 0; i < r.n + (r.any != 0); i++)
                wrong_argument(o, m, &r, i);
        }
    }
}

static void a_mistyped_selector_is_guessed(void **state)
{
    (void)state;
    for (size_t c = 0; c < CLASSES; c++)
    {
        fake_object *o = make(classes[c]);

        for (const aed_method *m = classes[c]->methods; m->selector; m++)
        {
            char typed[80];

            if (strcmp(m->selector, "list") == 0 || classes[c]->quiet_inlets >> m->inlet & 1)
                continue;
            snprintf(typed, sizeof typed, "%sq", m->selector);
            fake_refuse(o, m->inlet, typed, "did you mean '");
            typed[strlen(typed) - 1] = 0;
            typed[0] = 'Q';
            fake_refuse(o, m->inlet, typed, "did you mean '");
        }
    }
}

static void unknown_selectors(void **state)
{
    (void)state;
    for (size_t c = 0; c < CLASSES; c++)
    {
        fake_object *o = make(classes[c]);

        fake_refuse(o, 0, "wonderful", "no message 'wonderful' at inlet 1");
        fake_refuse(o, 0, "symbol wonderful", "no message 'symbol'");
        fake_refuse(o, 0,
            "averyveryveryveryveryveryverylongwordindeedthatnobodywouldevertypeintoanymessage 1",
            "no message 'averyvery");
    }
}

static void info_cords_are_quiet(void **state)
{
    (void)state;
    fake_object *sched = make(&aed_class_sched), *train = make(&aed_class_train);

    fake_accept(sched, 1, "anything at all");
    fake_accept(sched, 1, "updatenorm 0.1");
    fake_accept(train, 2, "logmel 0.1");
    fake_accept(train, 2, "progress a b c");
    assert_int_equal(sched->sent[0].count + sched->sent[1].count + sched->sent[2].count, 0);
}

static void float_is_a_list_of_one(void **state)
{
    (void)state;
    fake_object *o = make(&aed_class_sched);
    const aed_atom v = {NULL, 1.0};

    aed_box_message(o->box, 0, NULL, &v, 1);
    aed_box_message(o->box, 0, "float", &v, 1);
    aed_box_message(o->box, 0, "list", &v, 1);
    assert_int_equal(o->sent[0].count, 3);
    assert_int_equal(o->errors, 0);
}

/* Lists of numbers have a way of their own; they are checked as the others are. */
static void numbers_are_checked_too(void **state)
{
    const double v[] = {1.0, 2.0, 3.0}, bad[] = {1.0, NAN};

    (void)state;
    for (size_t c = 0; c < CLASSES; c++)
    {
        fake_object *o = make(classes[c]);

        for (const aed_method *m = classes[c]->methods; m->selector; m++)
        {
            const row r = read_row(m);
            const int takes_two = r.needed <= 2 && (r.any || r.n >= 2) && !strpbrk(m->args, "s+");

            aed_box_numbers(o->box, m->inlet, m->selector, bad, 2);
            assert_non_null(
                strstr(fake_only_error(o), takes_two ? "argument 2 is nan" : "expected"));
            if (r.needed <= 3 && (r.any || r.n >= 3) && !strpbrk(m->args, "s+"))
                continue;
            aed_box_numbers(o->box, m->inlet, m->selector, v, 3);
            assert_non_null(strstr(fake_only_error(o), "expected"));
        }
    }
}

/* 70,000 numbers at once are refused like three. */
static void a_huge_list(void **state)
{
    (void)state;
    static double v[70000];
    fake_object *o = make(&aed_class_synth);

    fake_send_numbers(o, 0, NULL, v, 70000);
    assert_non_null(strstr(fake_only_error(o), "got 70000 values, expected"));
    fake_send_numbers(o, 1, NULL, v, 70000);
    assert_non_null(strstr(fake_only_error(o), "got 70000 values, expected 16384"));
    v[69999] = NAN;
    fake_send_numbers(o, 0, NULL, v, 70000);
    assert_non_null(strstr(fake_only_error(o), "argument 70000 is nan"));
}

/* ---- the receiver's message ---- */

static void thread_message(void **state)
{
    static const char *const bad[] = {"", "zork", "deadline", "deadline 0", "deadline 200000",
        "deadline nan", "deadline a", "sync 1", "async 1", "deadline 10 10", "3"};
    double ms;

    (void)state;
    fake_thread("deadline 30");
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    {
        char copy[32];
        aed_atom v[3] = {{NULL, 0.0}};
        aed_error e = {AED_OK, ""};
        size_t n = 0;

        snprintf(copy, sizeof copy, "%s", bad[i]);
        for (char *w = strtok(copy, " "); w; w = strtok(NULL, " "))
            v[n++] = strspn(w, "0123456789") == strlen(w) ? (aed_atom){NULL, atof(w)}
                     : strcmp(w, "nan") == 0              ? (aed_atom){NULL, NAN}
                                                          : (aed_atom){w, 0.0};
        assert_int_equal(aed_thread_message(v, n, &e), AED_E_ARG);
        assert_non_null(strstr(e.msg, "aed: thread: expected async, sync, or deadline"));
        assert_int_equal(aed_thread_get(&ms), AED_DEADLINE);
        assert_true(ms == 30.0);
    }
    fake_thread("sync");
    assert_int_equal(aed_thread_get(NULL), AED_SYNC);
    fake_thread("async");
    assert_int_equal(aed_thread_get(NULL), AED_ASYNC);
}

static void distances(void **state)
{
    char longest[70];

    (void)state;
    assert_int_equal(aed_text_distance("note", "note"), 0);
    assert_int_equal(aed_text_distance("note", "not"), 1);
    assert_int_equal(aed_text_distance("note", "noted"), 1);
    assert_int_equal(aed_text_distance("note", "nite"), 1);
    assert_int_equal(aed_text_distance("note", "neto"), 2);
    assert_int_equal(aed_text_distance("", "note"), 4);
    assert_int_equal(aed_text_distance("kitten", "sitting"), 3);
    memset(longest, 'a', sizeof longest);
    longest[69] = 0;
    assert_int_equal(aed_text_distance(longest, "a"), 64);
    assert_int_equal(aed_text_distance("a", longest), 64);
    longest[63] = 0;
    assert_int_equal(aed_text_distance(longest, "a"), 62);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_are_well_formed),
        cmocka_unit_test_setup_teardown(every_row_refuses_what_it_does_not_take, setup, teardown),
        cmocka_unit_test_setup_teardown(a_mistyped_selector_is_guessed, setup, teardown),
        cmocka_unit_test_setup_teardown(unknown_selectors, setup, teardown),
        cmocka_unit_test_setup_teardown(info_cords_are_quiet, setup, teardown),
        cmocka_unit_test_setup_teardown(float_is_a_list_of_one, setup, teardown),
        cmocka_unit_test_setup_teardown(numbers_are_checked_too, setup, teardown),
        cmocka_unit_test_setup_teardown(a_huge_list, setup, teardown),
        cmocka_unit_test(thread_message),
        cmocka_unit_test(distances),
    };

    return cmocka_run_group_tests_name("box", tests, NULL, NULL);
}
