/* Every module's backward against five-point differences, see onemodule.h; and its kinks, where
 * differences may disagree. AED_TRIALS random settings of each module (40). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "onemodule.h"
#include "plant.h"

enum
{
    TRIALS = 40
};

static const double tolerance = 1e-5;

static size_t trials(void)
{
    const char *wanted = getenv("AED_TRIALS");

    return wanted ? strtoul(wanted, NULL, 10) : TRIALS;
}

static void all_modules_agree(void **state)
{
    int all_agree = 1;

    (void)state;
    for (size_t i = 0; aed_modules[i]; i++)
    {
        const verdict v = examine(aed_modules[i], trials(), INFINITY);

        printf("grad %s: worst %.1e over %zu components of %zu settings, %zu skipped\n",
            aed_modules[i]->name, v.worst, v.n, trials(), v.skipped);
        all_agree &= v.worst <= tolerance && v.skipped * 100 <= v.n;
    }
    assert_true(all_agree);
}

/* ---- kinks: what the headers say, and nothing else ---- */

static const struct
{
    const char *module, *kinks;
} known[] = {
    {"amed", "example at 0 … 7, f_t at .45."},
    {"amed-seed", "example at 0 … 7, f_t at .45."},
    {"vco", "the ends of dt: from there on the derivative in freq, fine, drift and pitch is 0."},
    {"noise", "none."},
    {"modal", "none."},
    {"harmonic", "none."},
    {"env", "t = attack: the decay's derivative is taken. exp(-80) and less count as 0."},
    {"lfo", "none."},
    {"ladder", "fc = 0.45 sr, see cutoff.h."},
    {"shaper", "|u| = 1e4 (|x| > 300): beyond it the derivatives through u, in x, drive, bias and "
               "fold, are 0."},
    {"svf", "fc = 0.45 sr, see cutoff.h."},
    {"vca", "none."},
    {"pan", "none."},
    {"delay",
        "d = 2, which only rates below 2 kHz reach; from there on the derivative in time is 0."},
    {"reverb", "none."},
};

/* The paragraph "Kinks" that ends the comment at the head of a module's header, in one line. */
static void kinks_in_header(char *line, size_t size, const char *module)
{
    char path[64], text[8192];
    size_t n = 0;

    snprintf(path, sizeof path, "core/plant/%.*s.h", (int)strcspn(module, "-"), module);
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    text[fread(text, 1, sizeof text - 1, f)] = '\0';
    fclose(f);
    const char *from = strstr(text, "\n * Kinks "), *end = from ? strstr(from, "*/") : NULL;
    assert_non_null(end);
    for (const char *c = from + strlen("\n * Kinks "); c < end; c++)
    {
        if (*c == '\n')
            c += strlen("\n *") - 1;
        else if (*c != ' ')
            line[n++] = *c;
        else if (n > 0 && line[n - 1] != ' ')
            line[n++] = ' ';
        assert_true(n < size - 1);
    }
    while (n > 0 && line[n - 1] == ' ')
        n--;
    line[n] = '\0';
}

static void kinks_are_those_of_the_headers(void **state)
{
    (void)state;
    for (size_t i = 0; aed_modules[i]; i++)
    {
        char line[400];
        size_t k = 0;

        kinks_in_header(line, sizeof line, aed_modules[i]->name);
        while (
            k < sizeof known / sizeof *known && strcmp(known[k].module, aed_modules[i]->name) != 0)
            k++;
        assert_true(k < sizeof known / sizeof *known);
        assert_string_equal(line, known[k].kinks);
        printf("grad %s: kinks: %s\n", aed_modules[i]->name, line);
    }
}

/* event is linear in the state, so one difference is exact: <d, event(s + e_j) - event(s)>. */
static void events_agree(void **state)
{
    aed_block b = test_block(48000.0, 1.0);

    b.velocity = 0.5;
    (void)state;
    for (size_t i = 0; aed_modules[i]; i++)
    {
        const recipe *r = recipe_of(aed_modules[i]);
        double s[ONE_STATE_N] = {0}, d[ONE_STATE_N], back[ONE_STATE_N] = {0};

        assert_int_equal(r->m->event != NULL, r->m->event_backward != NULL);
        if (!r->m->event)
            continue;
        r->randomize(s);
        test_fill(d, ONE_STATE_N, -1.0, 1.0);
        memcpy(back, d, r->live_n * sizeof *d);
        r->m->event_backward(back, &b);
        for (size_t j = 0; j < r->live_n; j++)
        {
            double now[ONE_STATE_N], moved[ONE_STATE_N], by_j = 0.0;

            memcpy(now, s, sizeof s);
            memcpy(moved, s, sizeof s);
            moved[j] += 1.0;
            r->m->event(now, &b);
            r->m->event(moved, &b);
            for (size_t k = 0; k < r->live_n; k++)
                by_j += d[k] * (moved[k] - now[k]);
            assert_true(fabs(by_j - back[j]) < 1e-12);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_modules_agree),
        cmocka_unit_test(kinks_are_those_of_the_headers),
        cmocka_unit_test(events_agree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
