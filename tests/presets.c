/* Random presets, and what makes two of them the same. */
#include "presets.h"

#include <stdlib.h>
#include <string.h>

size_t below(size_t n)
{
    return (size_t)test_uniform(0.0, (double)n);
}

static void add_words(char *words, aed_role role, size_t n)
{
    while (n > 0)
    {
        size_t i = 0;

        while (aed_modules[i])
            i++;
        i = below(i);
        if (aed_modules[i]->role != role)
            continue;
        strcat(words, " ");
        strcat(words, aed_modules[i]->name);
        n--;
    }
}

void random_words(char *words, size_t controls, size_t sources, size_t effects)
{
    add_words(words, AED_CONTROL, controls);
    add_words(words, AED_SOURCE, sources);
    add_words(words, AED_EFFECT, effects);
}

void random_preset(aed_preset *p)
{
    char words[400] = "";
    aed_chain chain;
    aed_error e;

    random_words(words, below(2), 1 + below(4), below(6));
    assert_int_equal(aed_chain_parse(&chain, words, &e), AED_OK);
    aed_preset_init(p, &chain);
    p->seed = below((1 << 24) + 1);
    for (size_t i = 0; i < chain.d; i++)
    {
        if (below(3) == 0)
            aed_knobs_range(&p->knobs, i, test_uniform(0.0, 0.6), test_uniform(0.6, 1.0));
        if (below(4) == 0 && p->knobs.d > 1)
            aed_knobs_learn(&p->knobs, i, 0);
        const double lo = p->knobs.lo[i], hi = p->knobs.hi[i];
        const double corners[] = {lo, hi, 0x1p-1074, 0.5}, t = test_uniform(lo, hi);

        p->full[i] = below(5) ? t : fmin(fmax(corners[below(4)], lo), hi);
    }
}

void random_bank(aed_bank *bank)
{
    aed_preset p;
    aed_error e;

    random_preset(&bank->now);
    for (size_t slots = below(4); slots > 0; slots--)
    {
        random_preset(&p);
        assert_int_equal(aed_bank_store(bank, below(AED_SLOTS), &p, &e), AED_OK);
    }
}

void assert_same(const aed_preset *a, const aed_preset *b)
{
    const size_t d = a->chain.d, bytes = d * sizeof(double);

    assert_true(aed_chain_equal(&a->chain, &b->chain));
    assert_int_equal(b->chain.d, d);
    assert_memory_equal(a->full, b->full, bytes);
    assert_memory_equal(a->knobs.lo, b->knobs.lo, bytes);
    assert_memory_equal(a->knobs.hi, b->knobs.hi, bytes);
    assert_memory_equal(a->knobs.learns, b->knobs.learns, d);
    assert_int_equal(a->knobs.n, b->knobs.n);
    assert_int_equal(a->knobs.d, b->knobs.d);
    assert_memory_equal(a->knobs.index, b->knobs.index, a->knobs.d * sizeof *a->knobs.index);
    assert_int_equal(a->seed, b->seed);
}

char *encoded(const aed_bank *bank, aed_layout layout)
{
    aed_error e;
    size_t n;
    char *text = aed_bank_encode(bank, layout, &n, &e);

    if (!text)
        fail_msg("%s", e.msg);
    assert_int_equal(strlen(text), n);
    return text;
}

void decode(aed_bank *bank, const char *text)
{
    aed_error e;

    if (aed_bank_decode(bank, text, strlen(text), &e) != AED_OK)
        fail_msg("%s\n%s", e.msg, text);
}

void assert_round_trip(const aed_bank *bank, aed_layout layout)
{
    aed_bank back = {0};
    char *text = encoded(bank, layout);

    decode(&back, text);
    assert_same(&bank->now, &back.now);
    for (size_t i = 0; i < AED_SLOTS; i++)
    {
        assert_int_equal(!bank->slots[i], !back.slots[i]);
        if (bank->slots[i])
            assert_same(bank->slots[i], back.slots[i]);
    }
    char *again = encoded(&back, layout);

    assert_string_equal(text, again);
    free(text);
    free(again);
    aed_bank_close(&back);
}
