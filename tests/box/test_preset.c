/* Presets as text: bit-equal round trips, edits by hand, errors that say where. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "presets.h"

/* ---- there and back ---- */

static void a_round_trip_is_bit_equal(void **state)
{
    (void)state;
    for (int k = 0; k < 300; k++)
    {
        aed_bank bank = {0};

        random_bank(&bank);
        assert_round_trip(&bank, AED_READABLE);
        assert_round_trip(&bank, AED_COMPACT);
        aed_bank_close(&bank);
    }
}

static void the_text_is_what_the_header_says(void **state)
{
    aed_bank bank = {0};
    aed_error e;

    (void)state;
    plain(&bank.now, "env noise", 0);
    bank.now.full[0] = 0.25;
    bank.now.seed = 7;
    aed_knobs_range(&bank.now.knobs, 4, 0.25, 0.75);
    aed_knobs_learn(&bank.now.knobs, 4, 0);
    char *text = encoded(&bank, AED_READABLE);

    assert_string_equal(text,
        "{\"aed\": 1, \"kind\": \"preset\",\n"
        " \"chain\": \"env noise\",\n"
        " \"seed\": 7,\n"
        " \"parameters\": {\n"
        "  \"env.attack\": {\"value\": 5.62341325, \"unit\": \"ms\", \"theta\": 0.25},\n"
        "  \"env.decay\": {\"value\": 223.606798, \"unit\": \"ms\", \"theta\": 0.5},\n"
        "  \"env.sustain\": {\"value\": 0.5, \"theta\": 0.5},\n"
        "  \"env.release\": {\"value\": 223.606798, \"unit\": \"ms\", \"theta\": 0.5},\n"
        "  \"noise.level\": {\"value\": 0.5, \"theta\": 0.5, \"range\": [0.25, 0.75], "
        "\"theta_range\": [0.25, 0.75], \"learns\": false},\n"
        "  \"noise.color\": {\"value\": 0.0, \"theta\": 0.5}\n"
        " }}\n");
    free(text);
    plain(&bank.now, "noise | svf | ladder", 0);
    assert_int_equal(aed_bank_store(&bank, 127, &bank.now, &e), AED_OK);
    text = encoded(&bank, AED_COMPACT);
    assert_non_null(
        strstr(text, "{\"aed\":1,\"kind\":\"preset\",\"chain\":\"noise | svf | ladder\","));
    assert_non_null(
        strstr(text, "}},\"slots\":{\"127\":{\"chain\":\"noise | svf | ladder\",\"seed\":0"));
    assert_string_equal(text + strlen(text) - 5, "}}}}}");
    free(text);
    aed_bank_close(&bank);
}

static void a_comma_locale_changes_nothing(void **state)
{
    static const char *const names[] = {
        "de_DE.UTF-8", "de_DE.utf8", "de_DE", "fr_FR.UTF-8", "it_IT.UTF-8", "German"};
    const char *found = NULL;
    aed_bank bank = {0};

    (void)state;
    random_bank(&bank);
    char *expected = encoded(&bank, AED_READABLE);

    for (size_t i = 0; i < sizeof names / sizeof *names && !found; i++)
        found = setlocale(LC_NUMERIC, names[i]);
    const int has_comma = localeconv()->decimal_point[0] == ',';
    char *text = encoded(&bank, AED_READABLE);

    if (has_comma)
        assert_round_trip(&bank, AED_READABLE);
    setlocale(LC_NUMERIC, "C");
    assert_string_equal(text, expected);
    free(text);
    free(expected);
    aed_bank_close(&bank);
    if (!has_comma)
        skip(); /* no such locale is installed */
}

/* ---- edits by hand ---- */

#define HEAD "{\"aed\": 1, \"kind\": \"preset\", \"chain\": \"vco | ladder\""
#define CUTOFF(members) HEAD ", \"parameters\": {\"ladder.cutoff\": {" members "}}}"

enum
{
    CUTOFF_AT = 13 /* env 4, vco 9 */
};

/* Cutoff is 60 … 7680 Hz, seven octaves. */
static void with_cutoff(aed_bank *bank, const char *text)
{
    decode(bank, text);
    assert_int_equal(aed_chain_find(&bank->now.chain, "ladder.cutoff"), CUTOFF_AT);
}

static void a_value_changed_by_hand_counts(void **state)
{
    aed_bank b = {0};

    (void)state;
    with_cutoff(&b, CUTOFF("\"value\": 480, \"theta\": 0.123"));
    assert_true(fabs(b.now.full[CUTOFF_AT] - 3.0 / 7.0) < 1e-15);
    with_cutoff(&b, CUTOFF("\"value\": 480"));
    assert_true(fabs(b.now.full[CUTOFF_AT] - 3.0 / 7.0) < 1e-15);
    with_cutoff(&b, CUTOFF("\"theta\": 0.123"));
    assert_true(b.now.full[CUTOFF_AT] == 0.123);
    /* Half a millionth off is still what was written; two are an edit. */
    with_cutoff(&b, CUTOFF("\"value\": 480.00024, \"theta\": 0.42857142857142855"));
    assert_true(b.now.full[CUTOFF_AT] == 0.42857142857142855);
    with_cutoff(&b, CUTOFF("\"value\": 480.00096, \"theta\": 0.42857142857142855"));
    assert_true(b.now.full[CUTOFF_AT] > 0.42857142857142855);
    with_cutoff(&b, CUTOFF("\"value\": 7680, \"theta\": 0"));
    assert_true(b.now.full[CUTOFF_AT] == 1.0);
    aed_bank_close(&b);
}

static void a_range_changed_by_hand_counts(void **state)
{
    aed_bank b = {0};

    (void)state;
    with_cutoff(&b, CUTOFF("\"range\": [120, 960], \"theta_range\": [0.2, 0.9]"));
    assert_true(fabs(b.now.knobs.lo[CUTOFF_AT] - 1.0 / 7.0) < 1e-15);
    assert_true(fabs(b.now.knobs.hi[CUTOFF_AT] - 4.0 / 7.0) < 1e-15);
    assert_true(b.now.full[CUTOFF_AT] == 0.5);
    /* Only one of the two was edited. */
    with_cutoff(&b, CUTOFF("\"range\": [120, 7680], \"theta_range\": [0.2, 1]"));
    assert_true(fabs(b.now.knobs.lo[CUTOFF_AT] - 1.0 / 7.0) < 1e-15);
    assert_true(b.now.knobs.hi[CUTOFF_AT] == 1.0);
    with_cutoff(&b, CUTOFF("\"theta_range\": [0.6, 0.9]"));
    assert_true(b.now.knobs.lo[CUTOFF_AT] == 0.6);
    assert_true(b.now.full[CUTOFF_AT] == 0.6); /* the start value, as near as the range has it */
    /* The border as the file shows it, with fewer digits than it has. */
    with_cutoff(
        &b, CUTOFF("\"value\": 800, \"range\": [60, 800], \"theta_range\": [0, 0.53385222]"));
    assert_true(b.now.full[CUTOFF_AT] == b.now.knobs.hi[CUTOFF_AT]);
    aed_bank_close(&b);
}

static void what_is_missing_is_as_in_a_new_sound(void **state)
{
    aed_bank bank = {0};
    aed_preset fresh = {0};

    (void)state;
    plain(&fresh, "vco | ladder", 0);
    decode(&bank, HEAD "}");
    assert_same(&bank.now, &fresh);
    decode(&bank, HEAD ", \"parameters\": {}, \"slots\": {}}");
    assert_same(&bank.now, &fresh);
    decode(&bank, CUTOFF(""));
    assert_same(&bank.now, &fresh);
    decode(&bank, CUTOFF("\"learns\": false"));
    aed_knobs_learn(&fresh.knobs, CUTOFF_AT, 0);
    assert_same(&bank.now, &fresh);
    aed_preset_close(&fresh);
    aed_bank_close(&bank);
}

static void a_preset_fits_its_own_chain(void **state)
{
    static const char *const words[] = {
        "env vco noise ladder", "noise vco | ladder", "vco noise | ladder | vca"};
    aed_preset p = {0}, other = {0};

    (void)state;
    plain(&p, "vco noise | ladder", 0);
    for (int i = 0; i < 3; i++)
    {
        plain(&other, words[i], 0);
        assert_int_equal(aed_chain_equal(&p.chain, &other.chain), i == 0);
    }
    aed_preset_close(&p);
    aed_preset_close(&other);
}

static void a_bank_replaces_a_bank(void **state)
{
    aed_bank bank = {0};
    aed_error e;

    (void)state;
    random_preset(&bank.now);
    assert_int_equal(aed_bank_store(&bank, 3, &bank.now, &e), AED_OK);
    assert_int_equal(aed_bank_store(&bank, 3, &bank.now, &e), AED_OK);
    assert_int_equal(aed_bank_store(&bank, 128, &bank.now, &e), AED_E_ARG);
    assert_string_equal(e.msg, "slot: got 128, allowed 0 … 127");
    decode(&bank, HEAD ", \"slots\": {\"127\": {\"chain\": \"noise\"}}}");
    assert_null(bank.slots[3]);
    assert_string_equal(bank.slots[127]->chain.modules[0]->name, "noise");
    assert_false(aed_chain_equal(&bank.now.chain, &bank.slots[127]->chain));
    aed_bank_close(&bank);
    assert_null(bank.slots[127]);
    assert_null(bank.now.full);
}

/* ---- errors ---- */

/* Text is refused with this status and these words at the front of the error, and nothing changed. */
static void refuse(const char *text, size_t n, aed_status status, const char *words)
{
    aed_bank bank = {0}, kept;
    aed_error e = {.msg = ""};

    random_bank(&bank);
    memcpy(&kept, &bank, sizeof kept);
    char *before = encoded(&bank, AED_READABLE);
    const aed_status got = aed_bank_decode(&bank, text, n, &e);

    if (got != status || e.code != status || strncmp(e.msg, words, strlen(words)) != 0 ||
        e.msg[strlen(e.msg) - 1] == ' ')
        fail_msg("status %d, expected %d\n   got: %s\nexpect: %s", got, status, e.msg, words);
    assert_int_equal(aed_bank_decode(&bank, text, n, NULL), status);
    assert_memory_equal(&bank, &kept, sizeof kept);
    char *after = encoded(&bank, AED_READABLE);

    assert_string_equal(before, after);
    free(before);
    free(after);
    aed_bank_close(&bank);
}

#define NET(members)                                                                               \
    "{\"aed\": 1, \"kind\": \"preset\", \"chain\": \"amed 8 1\", \"weights\": {" members "}}"
#define TEN "0, 1, 2, 3, 4, 5, 6, 7, 8, 9, "
#define CONTOUR(last)                                                                              \
    NET("\"amed.contour\": {\"values\": [" TEN TEN TEN "0, 1, 2, 3, 4, 5, 6, 7, 8, " last "]}")
#define SLOT(members) HEAD ", \"slots\": {\"3\": {" members "}}}"

static const struct
{
    const char *text;
    aed_status status;
    const char *words;
} wrong[] = {
    /* syntax */
    {"", AED_E_ARG, "line 1, column 0: '[' or '{' expected near end of file"},
    {"#N canvas 0 50 450 300 12;", AED_E_ARG, "line 1, column 1: '[' or '{' expected"},
    {HEAD, AED_E_ARG, "line 1, column 52: '}' expected near end of file"},
    {HEAD ",\n \"seed\": 1 \"x\"", AED_E_ARG, "line 2, column 14: '}' expected near '\"x\"'"},
    {HEAD "} 1", AED_E_ARG, "line 1, column 55: end of file expected near '1'"},
    {HEAD ", \"seed\": 1, \"seed\": 2}", AED_E_ARG, "line 1, column 71: duplicate object key"},
    {CUTOFF("\"value\": NaN"), AED_E_ARG, "line 1, column 99: invalid token near 'NaN'"},
    {CUTOFF("\"value\": 1e400"), AED_E_ARG, "line 1, column 101: real number overflow"},
    {CUTOFF("\"value\": 0,5"), AED_E_ARG, "line 1, column 99: string or '}' expected near '5'"},
    {HEAD ", \"x\": \"\xff\"}", AED_E_ARG, "line 1, column 60: unable to decode byte 0xff"},
    /* foreign, newer */
    {"[1, 2]", AED_E_ARG, "aed: missing, so this is no preset of aed"},
    {"{\"patcher\": {\"fileversion\": 1}}", AED_E_ARG, "aed: missing, so this is no preset"},
    {"{\"aed\": 2, \"sounds\": []}", AED_E_ARG,
        "aed: got version 2, written by a newer aed; this one reads 1"},
    {"{\"aed\": 0}", AED_E_ARG, "aed: expected the format's version, 1"},
    {"{\"aed\": \"1\"}", AED_E_ARG, "aed: expected the format's version, 1"},
    {"{\"aed\": 1}", AED_E_ARG, "kind: expected \"preset\""},
    {"{\"aed\": 1, \"kind\": \"run\"}", AED_E_ARG, "kind: expected \"preset\""},
    /* the sound */
    {"{\"aed\": 1, \"kind\": \"preset\"}", AED_E_ARG, "chain: expected names of modules, as \"vco"},
    {"{\"aed\": 1, \"kind\": \"preset\", \"chain\": [\"vco\"]}", AED_E_ARG,
        "chain: expected names"},
    {"{\"aed\": 1, \"kind\": \"preset\", \"chain\": \"vco zork\"}", AED_E_NAME,
        "chain: no module 'zork': known are vco noise"},
    {"{\"aed\": 1, \"kind\": \"preset\", \"chain\": \"ladder\"}", AED_E_ARG,
        "chain: got no source"},
    {HEAD ", \"seed\": -1}", AED_E_ARG, "seed: expected a whole number 0 … 16777216"},
    {HEAD ", \"seed\": 16777217}", AED_E_ARG, "seed: expected a whole number 0 … 16777216"},
    {HEAD ", \"seed\": 1.5}", AED_E_ARG, "seed: expected a whole number"},
    {HEAD ", \"sed\": 1}", AED_E_NAME,
        "sed: not known here, allowed are: aed kind chain seed parameters weights slots"},
    {HEAD ", \"kind chain\": 1}", AED_E_NAME, "kind chain: not known here"},
    {HEAD ", \"parameters\": []}", AED_E_ARG, "parameters: expected an object of names"},
    {HEAD ", \"parameters\": {\"ladder.cutof\": {}}}", AED_E_NAME,
        "parameters.ladder.cutof: the chain has no such parameter"},
    {HEAD ", \"parameters\": {\"vco1.freq\": {}}}", AED_E_NAME,
        "parameters.vco1.freq: the chain has no such parameter"},
    {"{\"aed\": 1, \"kind\": \"preset\", \"chain\": \"vco vco\", \"parameters\": {\"vco.freq\": "
     "{}}}",
        AED_E_NAME, "parameters.vco.freq: the chain has no such parameter, but vco1.freq"},
    {HEAD ", \"parameters\": {\"a\\nb\": {}}}", AED_E_NAME,
        "parameters.a?b: the chain has no such"},
    {HEAD ", \"parameters\": {\"ladder.cutoff\": 800}}", AED_E_ARG,
        "parameters.ladder.cutoff: expected an object"},
    /* the parameter */
    {CUTOFF("\"vlaue\": 800"), AED_E_NAME,
        "parameters.ladder.cutoff.vlaue: not known here, allowed are: value unit theta range"},
    {CUTOFF("\"heta\": 1"), AED_E_NAME, "parameters.ladder.cutoff.heta: not known here"},
    {CUTOFF("\"value\": \"800\""), AED_E_ARG, "parameters.ladder.cutoff.value: expected a number"},
    {CUTOFF("\"value\": null, \"theta\": 0.5"), AED_E_ARG, "parameters.ladder.cutoff.value: exp"},
    {CUTOFF("\"value\": 7700"), AED_E_ARG,
        "parameters.ladder.cutoff.value: got 7700, allowed 60 … 7680 Hz"},
    {CUTOFF("\"value\": 59, \"theta\": 0"), AED_E_ARG,
        "parameters.ladder.cutoff.value: got 59, allowed 60 … 7680 Hz"},
    {CUTOFF("\"theta\": 1.0000000000000002"), AED_E_ARG,
        "parameters.ladder.cutoff.theta: expected a number 0 … 1"},
    {CUTOFF("\"value\": 800, \"theta\": -1"), AED_E_ARG,
        "parameters.ladder.cutoff.theta: expected"},
    {CUTOFF("\"theta\": []"), AED_E_ARG, "parameters.ladder.cutoff.theta: expected a number 0 … 1"},
    {CUTOFF("\"unit\": \"kHz\""), AED_E_ARG, "parameters.ladder.cutoff.unit: expected \"Hz\""},
    {CUTOFF("\"unit\": 1"), AED_E_ARG, "parameters.ladder.cutoff.unit: expected \"Hz\""},
    {CUTOFF("\"learns\": 1"), AED_E_ARG, "parameters.ladder.cutoff.learns: expected true or false"},
    {CUTOFF("\"range\": 60"), AED_E_ARG, "parameters.ladder.cutoff.range: expected two numbers"},
    {CUTOFF("\"range\": [60, 70, 80]"), AED_E_ARG, "parameters.ladder.cutoff.range: expected two"},
    {CUTOFF("\"theta_range\": {}"), AED_E_ARG,
        "parameters.ladder.cutoff.theta_range: expected two"},
    {CUTOFF("\"theta_range\": [0, 2]"), AED_E_ARG,
        "parameters.ladder.cutoff.theta_range: expected a number 0 … 1"},
    {CUTOFF("\"range\": [60, \"70\"]"), AED_E_ARG,
        "parameters.ladder.cutoff.range: expected a num"},
    {CUTOFF("\"range\": [10, 800]"), AED_E_ARG,
        "parameters.ladder.cutoff.range: got 10, allowed 60 … 7680 Hz"},
    {CUTOFF("\"range\": [800, 400]"), AED_E_ARG,
        "parameters.ladder.cutoff.range: expected the smaller number first"},
    {CUTOFF("\"range\": [800, 800]"), AED_E_ARG, "parameters.ladder.cutoff.range: expected the sm"},
    {CUTOFF("\"value\": 900, \"range\": [60, 800]"), AED_E_ARG,
        "parameters.ladder.cutoff.value: got 900, its range is 60 … 800 Hz"},
    {CUTOFF("\"theta\": 1, \"range\": [60, 800]"), AED_E_ARG,
        "parameters.ladder.cutoff.theta: got 7680, its range is 60 … 800 Hz"},
    {"{\"aed\": 1, \"kind\": \"preset\", \"chain\": \"noise\","
     " \"parameters\": {\"noise.level\": {\"learns\": false}, \"noise.color\": {\"learns\": "
     "false}}}",
        AED_E_ARG, "parameters: expected at least one that learns"},
    /* weights */
    {HEAD ", \"weights\": 1}", AED_E_ARG, "weights: expected an object of names"},
    {HEAD ", \"weights\": {\"vco.net\": {}}}", AED_E_NAME,
        "weights.vco.net: the chain has no such weights"},
    {NET("\"amed1.net\": {}"), AED_E_NAME, "weights.amed1.net: the chain has no such weights"},
    {NET("\"amed.net\": []"), AED_E_ARG, "weights.amed.net: expected an object"},
    {NET("\"amed.net\": {\"value\": 1}"), AED_E_NAME,
        "weights.amed.net.value: not known here, allowed are: values learns"},
    {NET("\"amed.net\": {\"learns\": 1}"), AED_E_ARG,
        "weights.amed.net.learns: expected true or false"},
    {NET("\"amed.net\": {\"values\": {}}"), AED_E_ARG,
        "weights.amed.net.values: expected a list of numbers"},
    {NET("\"amed.net\": {\"values\": [1]}"), AED_E_SIZE,
        "weights.amed.net.values: got 1 number, expected 435"},
    {NET("\"amed.contour\": {\"values\": [" TEN TEN "0]}"), AED_E_SIZE,
        "weights.amed.contour.values: got 21 numbers, expected 40"},
    {CONTOUR("null"), AED_E_ARG, "weights.amed.contour.values.39: expected a number"},
    {CONTOUR("-1000000.5"), AED_E_ARG,
        "weights.amed.contour.values.39: got -1e+06, allowed -1e+06 … 1e+06"},
    {CONTOUR("99999999999"), AED_E_ARG, "weights.amed.contour.values.39: got 1e+11, allowed -1e"},
    {CONTOUR("1e999"), AED_E_ARG, "line 1, column 212: real number overflow"},
    {NET("\"amed.net\": {\"learns\": false}"), AED_E_ARG,
        "parameters: expected at least one that learns"},
    /* slots */
    {HEAD ", \"slots\": []}", AED_E_ARG, "slots: expected an object of numbers"},
    {HEAD ", \"slots\": {\"128\": {}}}", AED_E_ARG, "slots.128: expected a number 0 … 127"},
    {HEAD ", \"slots\": {\"03\": {}}}", AED_E_ARG, "slots.03: expected a number 0 … 127"},
    {HEAD ", \"slots\": {\"bell\": {}}}", AED_E_ARG, "slots.bell: expected a number 0 … 127"},
    {HEAD ", \"slots\": {\"3\": 1}}", AED_E_ARG, "slots.3: expected an object"},
    {SLOT("\"seed\": 1"), AED_E_ARG, "slots.3.chain: expected names of modules"},
    {SLOT("\"chain\": \"zork\""), AED_E_NAME, "slots.3.chain: no module 'zork'"},
    {SLOT("\"chain\": \"noise\", \"slots\": {}"), AED_E_NAME, "slots.3.slots: not known here"},
    {SLOT("\"chain\": \"noise\", \"parameters\": {\"noise.level\": {\"value\": 2}}"), AED_E_ARG,
        "slots.3.parameters.noise.level.value: got 2, allowed 0 … 1"},
    {SLOT("\"chain\": \"amed\", \"weights\": {\"amed.net\": {\"values\": [2]}}"), AED_E_SIZE,
        "slots.3.weights.amed.net.values: got 1 number, expected 3075"},
    {HEAD ", \"slots\": {\"1\": {\"chain\": \"noise\"}, \"2\": {\"chain\": 0}}}", AED_E_ARG,
        "slots.2.chain: expected names"},
};

static void an_error_says_where(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        refuse(wrong[i].text, strlen(wrong[i].text), wrong[i].status, wrong[i].words);
}

static void text_has_a_limit(void **state)
{
    const size_t n = AED_PRESET_BYTES;
    char *text = malloc(n + 1);
    aed_bank bank = {0};
    aed_error e;

    (void)state;
    memset(text, ' ', n + 1);
    memcpy(text, HEAD "}", strlen(HEAD "}"));
    assert_int_equal(aed_bank_decode(&bank, text, n, &e), AED_OK);
    refuse(text, n + 1, AED_E_SIZE, "got 16777217 bytes, allowed are up to 16777216");
    memset(text, '[', n);
    refuse(text, n, AED_E_ARG, "line 1, column 2049: maximum parsing depth reached");
    free(text);
    aed_bank_close(&bank);
}

static void what_cannot_be_read_is_not_written(void **state)
{
    aed_bank bank = {0};
    aed_error e;
    size_t n;

    (void)state;
    plain(&bank.now, "noise", 0);
    bank.now.full[0] = NAN;
    assert_null(aed_bank_encode(&bank, AED_READABLE, &n, &e));
    assert_string_equal(e.msg, "preset: NaN or infinity");
    plain(&bank.now, "amed 8 2", 0);
    bank.now.full[bank.now.chain.d] = -1000001.0;
    assert_null(aed_bank_encode(&bank, AED_READABLE, &n, &e));
    assert_int_equal(e.code, AED_E_ARG);
    assert_string_equal(e.msg, "preset: a weight is beyond ±1e+06");
    aed_bank_close(&bank);
}

/* 128 sounds of a net of the usual size are as many as there may be. */
static void all_slots_have_room_for_a_net(void **state)
{
    aed_bank bank = {0};
    aed_error e;
    size_t n;

    (void)state;
    plain(&bank.now, "amed | ladder | vca", 0);
    for (size_t i = 0; i < AED_SLOTS; i++)
        assert_int_equal(aed_bank_store(&bank, i, &bank.now, &e), AED_OK);
    assert_round_trip(&bank, AED_READABLE);
    plain(&bank.now, "amed 128 32", 0);
    for (size_t i = 0; i < 30; i++)
        assert_int_equal(aed_bank_store(&bank, i, &bank.now, &e), AED_OK);
    assert_null(aed_bank_encode(&bank, AED_READABLE, &n, &e));
    assert_int_equal(e.code, AED_E_SIZE);
    assert_non_null(strstr(e.msg, "bytes, allowed are up to 16777216: store less"));
    aed_bank_close(&bank);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_round_trip_is_bit_equal),
        cmocka_unit_test(the_text_is_what_the_header_says),
        cmocka_unit_test(a_comma_locale_changes_nothing),
        cmocka_unit_test(a_value_changed_by_hand_counts),
        cmocka_unit_test(a_range_changed_by_hand_counts),
        cmocka_unit_test(what_is_missing_is_as_in_a_new_sound),
        cmocka_unit_test(a_preset_fits_its_own_chain),
        cmocka_unit_test(a_bank_replaces_a_bank),
        cmocka_unit_test(an_error_says_where),
        cmocka_unit_test(text_has_a_limit),
        cmocka_unit_test(what_cannot_be_read_is_not_written),
        cmocka_unit_test(all_slots_have_room_for_a_net),
    };

    return cmocka_run_group_tests_name("presets", tests, NULL, NULL);
}
