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

        while (aed_modules[i] && aed_modules[i]->n_weights == 0)
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

void plain(aed_preset *p, const char *words, unsigned long seed)
{
    aed_chain chain;
    aed_error e;

    assert_int_equal(aed_chain_parse(&chain, words, &e), AED_OK);
    assert_int_equal(aed_preset_init(p, &chain, seed, &e), AED_OK);
}

/* Weights of any size; each vector learns or does not. */
static void random_weights(aed_preset *p)
{
    static const double corners[] = {0.0, -0.0, 0x1p-1074, 1.0, AED_WEIGHT_MOST, -AED_WEIGHT_MOST};

    for (size_t i = p->chain.d; i < p->chain.full_n; i++)
        p->full[i] = below(8) ? test_uniform(-1.0, 1.0) : corners[below(6)];
    for (size_t i = 0; i < p->knobs.n_weights; i++)
        aed_knobs_learn_weights(&p->knobs, i, (int)below(2));
}

void random_preset(aed_preset *p)
{
    static const char *const nets[] = {
        "", "", "", "amed 8 2", "amed-seed 8", "amed 8 1 amed 16 2 amed-seed 8"};
    char words[400] = "";

    strcpy(words, nets[below(sizeof nets / sizeof *nets)]);
    random_words(words, below(2), 1 + below(4), below(6));
    plain(p, words, below((1 << 24) + 1));
    random_weights(p);
    for (size_t i = 0; i < p->chain.d; i++)
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
    aed_preset p = {0};
    aed_error e;

    random_preset(&bank->now);
    for (size_t slots = below(4); slots > 0; slots--)
    {
        random_preset(&p);
        assert_int_equal(aed_bank_store(bank, below(AED_SLOTS), &p, &e), AED_OK);
    }
    aed_preset_close(&p);
}

void assert_same(const aed_preset *a, const aed_preset *b)
{
    const size_t d = a->chain.d, bytes = d * sizeof(double);

    assert_true(aed_chain_equal(&a->chain, &b->chain));
    assert_int_equal(b->chain.d, d);
    assert_int_equal(b->chain.full_n, a->chain.full_n);
    assert_memory_equal(a->full, b->full, a->chain.full_n * sizeof *a->full);
    assert_memory_equal(a->knobs.lo, b->knobs.lo, bytes);
    assert_memory_equal(a->knobs.hi, b->knobs.hi, bytes);
    assert_memory_equal(a->knobs.learns, b->knobs.learns, d);
    assert_int_equal(a->knobs.n, b->knobs.n);
    assert_int_equal(a->knobs.d, b->knobs.d);
    assert_int_equal(a->knobs.turned, b->knobs.turned);
    assert_memory_equal(a->knobs.index, b->knobs.index, a->knobs.turned * sizeof *a->knobs.index);
    assert_int_equal(a->knobs.n_weights, b->knobs.n_weights);
    for (size_t i = 0; i < a->knobs.n_weights; i++)
        assert_int_equal(a->knobs.weights[i].learns, b->knobs.weights[i].learns);
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

/* ---- damage ---- */

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

static size_t damage_once(char *text, size_t n)
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

size_t damage(char *text, size_t n)
{
    for (size_t times = 1 + below(3); times > 0 && n > 0; times--)
        n = damage_once(text, n);
    return n;
}

static void assert_possible(const aed_preset *p)
{
    const aed_knobs *k = &p->knobs;

    assert_true(p->chain.n > 0 && p->chain.n <= AED_MAX_MODULES && p->seed <= 1 << 24);
    assert_true(k->n == p->chain.d && k->d > 0 && k->d <= p->chain.full_n);
    for (size_t i = 0; i < k->n; i++)
    {
        assert_true(k->lo[i] >= 0.0 && k->lo[i] < k->hi[i] && k->hi[i] <= 1.0);
        assert_true(p->full[i] >= fmax(k->lo[i] - 1e-6, 0.0));
        assert_true(p->full[i] <= fmin(k->hi[i] + 1e-6, 1.0));
    }
    for (size_t i = k->n; i < p->chain.full_n; i++)
        assert_true(fabs(p->full[i]) <= AED_WEIGHT_MOST);
}

int survives(aed_bank *bank, const char *text, size_t n)
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
