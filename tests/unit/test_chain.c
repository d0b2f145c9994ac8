#include "common.h"

#include <stdio.h>
#include <string.h>

#include "plant/chain.h"
#include "plant/env.h"
#include "plant/ladder.h"
#include "plant/lfo.h"
#include "plant/noise.h"
#include "plant/vca.h"
#include "plant/vco.h"

static aed_chain parsed(const char *words)
{
    aed_chain c;
    aed_error e;

    if (aed_chain_parse(&c, words, &e))
        fail_msg("'%s': %s", words, e.msg);
    return c;
}

static void assert_modules(const aed_chain *c, size_t n, const aed_module *const *expected)
{
    size_t d = 0, state_n = 0;

    assert_int_equal(c->n, n);
    for (size_t i = 0; i < n; i++)
    {
        assert_ptr_equal(c->modules[i], expected[i]);
        assert_int_equal(c->param_at[i], d);
        assert_int_equal(c->state_at[i], state_n);
        d += expected[i]->n_params;
        state_n += expected[i]->state_n;
    }
    assert_int_equal(c->d, d);
    assert_int_equal(c->state_n, state_n);
}

static void default_chain(void **state)
{
    const aed_module *expected[] = {&aed_env, &aed_vco, &aed_noise, &aed_ladder, &aed_vca};
    const aed_chain c = parsed(AED_CHAIN_DEFAULT);

    (void)state;
    assert_modules(&c, 5, expected);
}

static void separators_do_not_matter(void **state)
{
    static const char *const same[] = {"vco|vca", " vco | vca ", "vco vca", "|vco||vca|",
        "\tvco\n vca", "env vco vca", "vco | env | vca", "vco vca env"};
    const aed_module *expected[] = {&aed_env, &aed_vco, &aed_vca};

    (void)state;
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
    {
        const aed_chain c = parsed(same[i]);
        assert_modules(&c, 3, expected);
    }
}

static void effects_keep_their_order(void **state)
{
    const aed_module *expected[] = {
        &aed_env, &aed_noise, &aed_vco, &aed_vca, &aed_ladder, &aed_vca};
    const aed_chain c = parsed("noise vco | vca | ladder | vca");

    (void)state;
    assert_modules(&c, 6, expected);
    assert_int_equal(c.instance[3], 0);
    assert_int_equal(c.instance[5], 1);
}

static void env_comes_only_where_needed(void **state)
{
    const aed_module *alone[] = {&aed_vco}, *named[] = {&aed_env, &aed_vco};
    const aed_chain c = parsed("vco"), with_env = parsed("vco env");

    (void)state;
    assert_modules(&c, 1, alone);
    assert_modules(&with_env, 2, named);
}

/* Controls are heard by all wherever they are named; among themselves they keep their order. */
static void controls_may_stand_anywhere(void **state)
{
    static const char *const same[] = {"lfo vco | vca", "vco lfo | vca", "vco | lfo | vca",
        "vco | vca lfo", "lfo env vco vca", "vco vca lfo env"};
    const aed_module *expected[] = {&aed_lfo, &aed_env, &aed_vco, &aed_vca};
    const aed_module *turned[] = {&aed_env, &aed_lfo, &aed_lfo, &aed_vco};
    const aed_chain two = parsed("env vco lfo lfo");

    (void)state;
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
    {
        const aed_chain c = parsed(same[i]);
        assert_modules(&c, 4, expected);
    }
    assert_modules(&two, 4, turned);
    assert_int_equal(aed_chain_find(&two, "lfo2.rate"), 8);
}

static void assert_refused(const char *words, aed_status code, const char *message)
{
    aed_chain c = parsed("vco"), kept = c;
    aed_error e = {0};

    assert_int_equal(aed_chain_parse(&c, words, &e), code);
    assert_int_equal(e.code, code);
    assert_string_equal(e.msg, message);
    assert_memory_equal(&c, &kept, sizeof c);
    assert_int_equal(aed_chain_parse(&c, words, NULL), code);
}

/* "no module 'foo': known are vco noise …", with all rows of the table, as far as an error is long. */
static const char *unknown(const char *word)
{
    static char text[4096];
    size_t used = (size_t)snprintf(text, sizeof text, "no module '%s': known are", word);

    for (size_t i = 0; aed_modules[i]; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, " %s", aed_modules[i]->name);
    text[sizeof((aed_error *)NULL)->msg - 1] = '\0';
    return text;
}

static void errors_say_what_and_leave_the_chain(void **state)
{
    (void)state;
    assert_refused("vco foo", AED_E_NAME, unknown("foo"));
    assert_refused("VCO", AED_E_NAME, unknown("VCO"));
    assert_refused("vc", AED_E_NAME, unknown("vc"));
    assert_refused("vco2", AED_E_NAME, unknown("vco2"));
    assert_refused("vco | ladder | noise", AED_E_ARG,
        "chain: got source 'noise' after an effect, sources come first");
    assert_refused("", AED_E_ARG, "chain: got no source, expected one (vco, noise …) in front");
    assert_refused(" | ", AED_E_ARG, "chain: got no source, expected one (vco, noise …) in front");
    assert_refused(
        "ladder vca", AED_E_ARG, "chain: got no source, expected one (vco, noise …) in front");
    assert_refused(
        "lfo | vca", AED_E_ARG, "chain: got no source, expected one (vco, noise …) in front");
    assert_refused(
        "lfo vca | vco", AED_E_ARG, "chain: got source 'vco' after an effect, sources come first");
    assert_refused(
        "env vco env vca", AED_E_ARG, "chain: got a second 'env', there is one envelope bus");
}

static void long_words_are_cut_in_messages(void **state)
{
    char word[1000];
    aed_chain c;
    aed_error e;

    (void)state;
    memset(word, 'x', sizeof word - 1);
    word[sizeof word - 1] = '\0';
    assert_int_equal(aed_chain_parse(&c, word, &e), AED_E_NAME);
    assert_non_null(strstr(e.msg, "known are "));
}

static void at_most_sixteen_modules(void **state)
{
    const char *sixteen = "vco vco vco vco vco vco vco vco vco vco vco vco vco vco vco vco";
    char words[200];
    const aed_chain c = parsed(sixteen);

    (void)state;
    assert_int_equal(c.n, AED_MAX_MODULES);
    strcpy(words, sixteen);
    strcat(words, " noise");
    assert_refused(words, AED_E_ARG, "chain: got more than 16 modules (an env counts)");
    strcpy(words, sixteen);
    memcpy(words + strlen(words) - 3, "vca", 3); /* 16 words, and the env it needs */
    assert_refused(words, AED_E_ARG, "chain: got more than 16 modules (an env counts)");
}

static void names_number_only_what_repeats(void **state)
{
    static const char *const expected[] = {"env", "vco1", "vco2", "noise", "vca"};
    const aed_chain c = parsed("vco vco noise | vca");
    size_t i = 0;

    (void)state;
    assert_int_equal(c.n, sizeof expected / sizeof *expected);
    for (size_t m = 0; m < c.n; m++)
        for (size_t k = 0; k < c.modules[m]->n_params; k++, i++)
        {
            char name[AED_NAME_N], as[AED_NAME_N];

            snprintf(as, sizeof as, "%s.%s", expected[m], c.modules[m]->params[k].name);
            aed_chain_name(name, &c, i);
            assert_string_equal(name, as);
            assert_int_equal(aed_chain_find(&c, name), i);
        }
    assert_int_equal(i, c.d);
}

static void find_by_name(void **state)
{
    const aed_chain c = parsed("vco vco | ladder"),
                    many = parsed("vco vco vco vco vco vco vco vco vco "
                                  "vco vco vco");

    (void)state;
    assert_int_equal(aed_chain_find(&c, "vco.freq"), aed_chain_find(&c, "vco1.freq"));
    assert_int_equal(
        aed_chain_find(&c, "vco2.freq"), aed_chain_find(&c, "vco1.freq") + (int)aed_vco.n_params);
    assert_int_equal(aed_chain_find(&many, "vco12.saw"),
        aed_chain_find(&many, "vco1.saw") + 11 * (int)aed_vco.n_params);
    assert_true(aed_chain_find(&c, "ladder.cutoff") >= 0);
    static const char *const none[] = {"", "cutoff", "ladder", "ladder.", "ladder1.cutoff",
        "vco3.freq", "vco.freq ", "LADDER.CUTOFF"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        assert_int_equal(aed_chain_find(&c, none[i]), -1);
}

/* What every row of the table promises. */
static void table_is_sound(void **state)
{
    (void)state;
    for (size_t i = 0; aed_modules[i]; i++)
    {
        const aed_module *m = aed_modules[i];

        assert_non_null(m->doc);
        assert_true(m->reset && m->forward && m->backward);
        assert_true(m->n_params <= AED_MAX_PARAMS);
        for (size_t k = 0; k < m->n_params; k++)
        {
            const aed_param *p = &m->params[k];

            assert_true(p->name && p->unit && p->doc && p->lo < p->hi);
            assert_true(p->curve == AED_LIN || p->lo > 0.0);
            assert_true(strlen(m->name) + strlen(p->name) + 4 <= AED_NAME_N);
            for (size_t other = 0; other < k; other++)
                assert_string_not_equal(p->name, m->params[other].name);
        }
    }
}

static void params_are_the_modules_rows(void **state)
{
    const aed_chain c = parsed("vco | ladder");

    (void)state;
    assert_ptr_equal(aed_chain_param(&c, 0), &aed_env.params[0]);
    assert_ptr_equal(aed_chain_param(&c, aed_env.n_params), &aed_vco.params[0]);
    assert_ptr_equal(aed_chain_param(&c, c.d - 1), &aed_ladder.params[aed_ladder.n_params - 1]);
}

/* ---- sizes and weights ---- */

static void sizes_stand_behind_a_name(void **state)
{
    static const struct
    {
        const char *words, *again;
        size_t hidden, harmonics;
    } said[] = {{"amed", "amed 32 8", 32, 8}, {"amed 16", "amed 16 8", 16, 8},
        {"amed 8 32 | vca", "amed 8 32 | vca", 8, 32}, {"2x amed 128 1", "2x amed 128 1", 128, 1}};

    (void)state;
    for (size_t i = 0; i < sizeof said / sizeof *said; i++)
    {
        const aed_chain c = parsed(said[i].words);
        const size_t m = c.modules[0] == &aed_env ? 1 : 0;
        char words[AED_WORDS_N];

        assert_int_equal(c.size[m][0], said[i].hidden);
        assert_int_equal(c.size[m][1], said[i].harmonics);
        aed_chain_words(words, &c);
        assert_string_equal(words, said[i].again);
        const aed_chain again = parsed(words);

        assert_true(aed_chain_equal(&c, &again));
    }
    const aed_chain a = parsed("amed 8 2"), b = parsed("amed 8 3");

    assert_false(aed_chain_equal(&a, &b));
}

static void wrong_sizes_are_refused(void **state)
{
    static const struct
    {
        const char *words, *says;
    } wrong[] = {{"amed 12", "hidden: got 12, allowed are 8 … 128 in steps of 8"},
        {"amed 136", "got 136"}, {"amed 0", "got 0"}, {"amed 8 33", "harmonics: got 33"},
        {"amed 8 2 1", "got 1 behind amed, which takes no further number"},
        {"vco 2", "got 2 behind vco, which takes no number"}, {"8 amed", "got 8 in front"},
        {"amed 1234567", "no module '1234567'"}};

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
    {
        aed_chain c;
        aed_error e;

        assert_int_not_equal(aed_chain_parse(&c, wrong[i].words, &e), AED_OK);
        if (!strstr(e.msg, wrong[i].says))
            fail_msg("'%s' said '%s', not '%s'", wrong[i].words, e.msg, wrong[i].says);
    }
}

/* One vector behind the other, behind the parameters; two networks are drawn differently. */
static void weights_have_places_and_names(void **state)
{
    static const char *const names[] = {"amed1.net", "amed1.contour", "amed2.net", "amed2.contour"};
    const aed_chain c = parsed("amed 8 2 vco amed 8 2");
    aed_weights_place places[AED_MOST_WEIGHTS];
    size_t at = c.d;
    double full[4000];

    (void)state;
    assert_int_equal(aed_chain_weights(places, &c), 4);
    for (size_t i = 0; i < 4; i++)
    {
        char name[AED_NAME_N];

        aed_chain_weights_name(name, &c, &places[i]);
        assert_string_equal(name, names[i]);
        assert_int_equal(places[i].at, at);
        at += places[i].n;
    }
    assert_int_equal(at, c.full_n);
    assert_true(c.full_n <= sizeof full / sizeof *full);
    aed_chain_scramble(full, &c, 3);
    assert_memory_not_equal(full + places[0].at, full + places[2].at, places[0].n * sizeof *full);
}

/* Who follows a lag counts in octaves, which theta of a logarithmic range does. */
static void what_is_tuned_is_logarithmic(void **state)
{
    (void)state;
    for (const aed_module *const *m = aed_modules; *m; m++)
        for (size_t k = 0; k < (*m)->n_params; k++)
            if ((*m)->params[k].traits & AED_TUNED)
                assert_int_equal((*m)->params[k].curve, AED_LOG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_tuned_is_logarithmic),
        cmocka_unit_test(default_chain),
        cmocka_unit_test(separators_do_not_matter),
        cmocka_unit_test(effects_keep_their_order),
        cmocka_unit_test(env_comes_only_where_needed),
        cmocka_unit_test(controls_may_stand_anywhere),
        cmocka_unit_test(errors_say_what_and_leave_the_chain),
        cmocka_unit_test(long_words_are_cut_in_messages),
        cmocka_unit_test(at_most_sixteen_modules),
        cmocka_unit_test(names_number_only_what_repeats),
        cmocka_unit_test(find_by_name),
        cmocka_unit_test(table_is_sound),
        cmocka_unit_test(params_are_the_modules_rows),
        cmocka_unit_test(sizes_stand_behind_a_name),
        cmocka_unit_test(wrong_sizes_are_refused),
        cmocka_unit_test(weights_have_places_and_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
