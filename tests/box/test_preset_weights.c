/* Presets of nets: what their text looks like, what is drawn where they say nothing, whose memory it is. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "presets.h"

/* Numbers 0 … n-1, as they stand in the text: four a line. */
static void write_numbers(char *text, size_t n, const char *indent)
{
    for (size_t i = 0; i < n; i++)
    {
        if (i % 4 == 0)
            strcat(text, indent);
        sprintf(text + strlen(text), "%s%zu.0%s", i % 4 ? " " : "", i, i + 1 < n ? "," : "");
    }
}

static void the_text_is_what_the_header_says(void **state)
{
    static char expected[16000];
    aed_bank bank = {0};

    (void)state;
    plain(&bank.now, "amed 8 1", 0);
    const aed_knobs *k = &bank.now.knobs;

    for (size_t v = 0; v < 2; v++)
    {
        aed_knobs_learn_weights(&bank.now.knobs, v, 1);
        for (size_t i = 0; i < k->weights[v].n; i++)
            bank.now.full[k->weights[v].at + i] = (double)i;
    }
    char *text = encoded(&bank, AED_READABLE), *at = strstr(text, "\n }");

    strcpy(expected, "\n },\n \"weights\": {\n  \"amed.net\": {\"values\": [");
    write_numbers(expected, k->weights[0].n, "\n   ");
    strcat(expected, "\n  ]},\n  \"amed.contour\": {\"values\": [");
    write_numbers(expected, k->weights[1].n, "\n   ");
    strcat(expected, "\n  ], \"learns\": true}\n }}\n");
    assert_non_null(at);
    assert_string_equal(at, expected);
    free(text);
    aed_bank_close(&bank);
}

/* ---- what is not there ---- */

#define HEAD "{\"aed\": 1, \"kind\": \"preset\", \"chain\": \"amed 8 2 amed-seed 8\", \"seed\": 5"

static void what_is_missing_is_drawn_by_the_seed(void **state)
{
    static const char *const texts[] = {HEAD "}", HEAD ", \"weights\": {}}",
        HEAD ", \"weights\": {\"amed.net\": {}, \"amed-seed.net\": {\"learns\": true}}}"};
    aed_preset fresh = {0}, other = {0};
    aed_bank bank = {0};

    (void)state;
    plain(&fresh, "amed 8 2 amed-seed 8", 5);
    plain(&other, "amed 8 2 amed-seed 8", 6);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
    {
        decode(&bank, texts[i]);
        assert_same(&bank.now, &fresh);
    }
    assert_true(memcmp(other.full, fresh.full, fresh.chain.full_n * sizeof *fresh.full) != 0);
    decode(&bank, HEAD ", \"weights\": {\"amed.net\": {\"learns\": false}}}");
    aed_knobs_learn_weights(&fresh.knobs, 0, 0);
    assert_same(&bank.now, &fresh);
    aed_preset_close(&fresh);
    aed_preset_close(&other);
    aed_bank_close(&bank);
}

/* Whole numbers are numbers; those of the other vectors are left alone. */
static void one_vector_of_several(void **state)
{
    char text[400] = HEAD ", \"weights\": {\"amed.contour\": {\"values\": [0";
    aed_preset fresh = {0};
    aed_bank bank = {0};

    (void)state;
    plain(&fresh, "amed 8 2 amed-seed 8", 5);
    for (size_t i = 1; i < 40; i++)
    {
        sprintf(text + strlen(text), ", %zu", i);
        fresh.full[fresh.knobs.weights[1].at + i] = (double)i;
    }
    decode(&bank, strcat(text, "]}}}"));
    assert_same(&bank.now, &fresh);
    aed_preset_close(&fresh);
    aed_bank_close(&bank);
}

/* ---- whose memory it is ---- */

static void copies_have_weights_of_their_own(void **state)
{
    aed_preset p = {0}, copy = {0};
    aed_bank bank = {0};
    aed_error e;

    (void)state;
    plain(&p, "amed 8 2", 1);
    plain(&copy, "vco", 0);
    assert_int_equal(aed_preset_copy(&copy, &p, &e), AED_OK);
    assert_int_equal(aed_bank_store(&bank, 9, &p, &e), AED_OK);
    assert_same(&copy, &p);
    assert_same(bank.slots[9], &p);
    for (size_t i = 0; i < p.chain.full_n; i++)
        p.full[i] = 0.5;
    assert_same(&copy, bank.slots[9]);
    assert_true(copy.full[copy.chain.full_n - 1] != 0.5);
    assert_int_equal(aed_preset_copy(&copy, &copy, &e), AED_OK);
    assert_same(&copy, bank.slots[9]);
    plain(&p, "noise", 0); /* a shorter one, in the same slot */
    assert_int_equal(aed_bank_store(&bank, 9, &p, &e), AED_OK);
    assert_same(bank.slots[9], &p);
    assert_int_equal(aed_preset_init(&copy, &copy.chain, 1, &e), AED_OK);
    assert_int_equal(copy.chain.n, 1);
    aed_preset_close(&p);
    aed_preset_close(&copy);
    assert_null(copy.full);
    aed_bank_close(&bank);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_text_is_what_the_header_says),
        cmocka_unit_test(what_is_missing_is_drawn_by_the_seed),
        cmocka_unit_test(one_vector_of_several),
        cmocka_unit_test(copies_have_weights_of_their_own),
    };

    return cmocka_run_group_tests_name("presets of nets", tests, NULL, NULL);
}
