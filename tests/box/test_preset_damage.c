/* Damaged presets: refused, with the state kept, or possible. */
#include <stdlib.h>
#include <string.h>

#include "presets.h"

static const char *const scraps[] = {"-1", "0", "1", "2", "1e400", "1e308", "-0.0", "0.5", "1e-320",
    "99999999999999999999", "null", "true", "[]", "{}", "\"\"", "\"vco\"", "NaN", "\"aed\"", ",",
    ":"};

/* A number of the text becomes something else. */
static size_t swap_number(char *text, size_t n)
{
    const char *scrap = scraps[below(sizeof scraps / sizeof *scraps)];
    size_t from = below(n), to;

    while (from < n && !strchr("0123456789", text[from]))
        from++;
    for (to = from; to < n && strchr("0123456789.eE", text[to]);)
        to++;
    memmove(text + from + strlen(scrap), text + to, n - to);
    memcpy(text + from, scrap, strlen(scrap));
    return n - (to - from) + strlen(scrap);
}

/* One damage of text [n], which has room for twice as much; the new length. */
static size_t damage(char *text, size_t n)
{
    const size_t at = below(n), length = 1 + below(below(2) ? 4 : n - at);
    const size_t most = length < n - at ? length : n - at;

    switch (below(6))
    {
    case 0: /* a bit */
        text[at] = (char)(text[at] ^ 1 << below(8));
        return n;
    case 1: /* a byte */
        text[at] = (char)below(256);
        return n;
    case 2: /* the end is missing */
        return at;
    case 3: /* a part is missing */
        memmove(text + at, text + at + most, n - at - most);
        return n - most;
    case 4: /* a part is there twice */
        memmove(text + at + most, text + at, n - at);
        return n + most;
    default:
        return swap_number(text, n);
    }
}

static void assert_possible(const aed_preset *p)
{
    const aed_knobs *k = &p->knobs;

    assert_true(p->chain.n > 0 && p->chain.n <= AED_MAX_MODULES && p->seed <= 1 << 24);
    assert_true(k->n == p->chain.d && k->d > 0 && k->d <= k->n);
    for (size_t i = 0; i < k->n; i++)
    {
        assert_true(k->lo[i] >= 0.0 && k->lo[i] < k->hi[i] && k->hi[i] <= 1.0);
        assert_true(p->full[i] >= fmax(k->lo[i] - 1e-6, 0.0));
        assert_true(p->full[i] <= fmin(k->hi[i] + 1e-6, 1.0));
    }
}

/* The damaged text lies in a block of its own size, so that a sanitizer sees who reads past its end. */
static int survives(aed_bank *bank, const char *text, size_t n)
{
    aed_bank kept;
    aed_error e = {.msg = ""};
    char *block = malloc(n ? n : 1);

    memcpy(block, text, n);
    memcpy(&kept, bank, sizeof kept);
    const aed_status status = aed_bank_decode(bank, block, n, &e);

    free(block);
    if (status)
    {
        assert_memory_equal(bank, &kept, sizeof kept);
        assert_true(e.msg[0] && !strchr(e.msg, '\n'));
        return 0;
    }
    assert_possible(&bank->now);
    for (size_t i = 0; i < AED_SLOTS; i++)
        if (bank->slots[i])
            assert_possible(bank->slots[i]);
    assert_round_trip(bank, AED_READABLE);
    return 1;
}

static void damaged_files_are_refused_or_possible(void **state)
{
    size_t accepted = 0, refused = 0;

    (void)state;
    for (int k = 0; k < 100; k++)
    {
        aed_bank bank = {0};

        random_bank(&bank);
        char *whole = encoded(&bank, k % 2 ? AED_READABLE : AED_COMPACT);
        const size_t length = strlen(whole);
        char *text = malloc(16 * length + 1000);

        for (int j = 0; j < 40; j++)
        {
            size_t n = length;

            memcpy(text, whole, n + 1);
            for (size_t times = 1 + below(3); times > 0 && n > 0; times--)
                n = damage(text, n);
            if (survives(&bank, text, n))
            {
                accepted++;
                decode(&bank, whole);
            }
            else
                refused++;
            char *now = encoded(&bank, k % 2 ? AED_READABLE : AED_COMPACT);
            assert_string_equal(now, whole);
            free(now);
        }
        free(text);
        free(whole);
        aed_bank_close(&bank);
    }
    print_message("%zu damaged texts refused, %zu accepted\n", refused, accepted);
    assert_true(refused > 1000 && accepted > 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(damaged_files_are_refused_or_possible),
    };

    return cmocka_run_group_tests_name("damaged presets", tests, NULL, NULL);
}
