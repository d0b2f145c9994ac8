/* preset_decode.c: text into a bank. The one file that sees Jansson, which reads strictly, says line
 * and column, and writes and reads numbers the same in every locale. */
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "preset_inside.h"

enum
{
    PLACE_N = 96,       /* bytes of a path such as slots.127.parameters.modal16.decay6. */
    SEED_MOST = 1 << 24 /* what a Pd number holds exactly */
};

size_t aed_preset_number(char text[AED_NUMBER_N], double x, size_t digits)
{
    json_t *number = json_real(x);
    const size_t n =
        json_dumpb(number, text, AED_NUMBER_N, JSON_ENCODE_ANY | JSON_REAL_PRECISION(digits));

    json_decref(number);
    return n;
}

/* ---- members ---- */

/* Where something stands in the text, and how to complain about it. */
typedef struct
{
    char at[PLACE_N]; /* "slots.3.", "parameters.vco.freq."; the member's name follows */
    aed_error *e;
} place;

/* allowed: names, with a blank on either side of each. */
static aed_status only(const json_t *object, const char *allowed, const place *here)
{
    const char *key;
    json_t *member;

    json_object_foreach((json_t *)object, key, member)
    {
        char word[32];

        snprintf(word, sizeof word, " %.29s ", key);
        if (strchr(key, ' ') || !strstr(allowed, word))
            return aed_fail(here->e, AED_E_NAME, "%s%.40s: not known here, allowed are:%.*s",
                here->at, key, (int)strlen(allowed) - 1, allowed);
    }
    return AED_OK;
}

static aed_status expected(const place *here, const char *name, const char *what)
{
    return aed_fail(here->e, AED_E_ARG, "%s%s: expected %s", here->at, name, what);
}

/* ---- one parameter ---- */

/* limits: "allowed", "its range is" */
static aed_status outside(const place *here, const char *name, double got, const char *limits,
    double lo, double hi, const char *unit)
{
    return aed_fail(here->e, AED_E_ARG, "%s%s: got %g, %s %g … %g%s%s", here->at, name, got, limits,
        lo, hi, unit[0] ? " " : "", unit);
}

static int agree(const aed_param *row, double a, double b)
{
    const double off = fabs(a - b);

    /* The second for values around 0, where another machine's rounding is large against them. */
    return off <= 1e-6 * fmax(fabs(a), fabs(b)) || off <= 1e-9 * (row->hi - row->lo);
}

static int is_possible(const aed_param *row, double v)
{
    return (v >= row->lo && v <= row->hi) || agree(row, v, row->lo) || agree(row, v, row->hi);
}

/* The theta of a position that is given by value, by theta, or by both (either may be NULL). */
static aed_status read_position(double *t, const json_t *value, const json_t *theta,
    const aed_param *row, const char *name, const place *here)
{
    const double v = json_number_value(value), exact = json_number_value(theta);

    if (value && !json_is_number(value))
        return expected(here, name, "a number");
    if (theta && !(json_is_number(theta) && exact >= 0.0 && exact <= 1.0))
        return aed_fail(here->e, AED_E_ARG, "%stheta%s: expected a number 0 … 1", here->at,
            strcmp(name, "range") == 0 ? "_range" : "");
    if (theta && (!value || agree(row, v, aed_param_value(row, exact))))
        *t = exact;
    else if (value && !is_possible(row, v))
        return outside(here, name, v, "allowed", row->lo, row->hi, row->unit);
    else if (value)
        *t = fmin(fmax(aed_param_theta(row, v), 0.0), 1.0);
    return AED_OK;
}

static int is_pair(const json_t *list)
{
    return !list || (json_is_array(list) && json_array_size(list) == 2);
}

static aed_status read_range(
    double bounds[2], const json_t *object, const aed_param *row, const place *here)
{
    const json_t *values = json_object_get(object, "range");
    const json_t *thetas = json_object_get(object, "theta_range");
    aed_status status = AED_OK;

    if (!is_pair(values))
        return expected(here, "range", "two numbers in brackets");
    if (!is_pair(thetas))
        return expected(here, "theta_range", "two numbers in brackets");
    for (size_t k = 0; k < 2 && !status; k++)
        status = read_position(
            &bounds[k], json_array_get(values, k), json_array_get(thetas, k), row, "range", here);
    if (!status && !(bounds[0] < bounds[1]))
        return expected(here, "range", "the smaller number first");
    return status;
}

/* A value of 9 digits may be a little outside its range, and so may an exact theta: lo + 1 · (hi - lo)
 * is not always hi. */
static int is_within(double t, const double bounds[2])
{
    return t >= bounds[0] - 1e-6 && t <= bounds[1] + 1e-6;
}

/* *learns is left alone where nothing is said about it. */
static aed_status read_learns(int *learns, const json_t *object, const place *here)
{
    const json_t *said = json_object_get(object, "learns");

    if (said && !json_is_boolean(said))
        return expected(here, "learns", "true or false");
    if (said)
        *learns = json_is_true(said);
    return AED_OK;
}

static aed_status read_parameter(aed_preset *p, size_t i, const json_t *object, const place *here)
{
    const aed_param *row = aed_chain_param(&p->chain, i);
    const json_t *value = json_object_get(object, "value");
    const json_t *theta = json_object_get(object, "theta");
    const json_t *unit = json_object_get(object, "unit");
    int learns = p->knobs.learns[i];
    double bounds[2] = {0.0, 1.0}, t = p->full[i];

    if (only(object, " value unit theta range theta_range learns ", here))
        return AED_E_NAME;
    if (unit && !(json_is_string(unit) && strcmp(json_string_value(unit), row->unit) == 0))
        return aed_fail(here->e, AED_E_ARG, "%sunit: expected \"%s\"", here->at, row->unit);
    aed_status status = read_learns(&learns, object, here);
    if (!status)
        status = read_position(&t, value, theta, row, "value", here);
    if (!status)
        status = read_range(bounds, object, row, here);
    if (status)
        return status;
    if ((value || theta) && !is_within(t, bounds))
        return outside(here, value ? "value" : "theta", aed_param_value(row, t), "its range is",
            aed_param_value(row, bounds[0]), aed_param_value(row, bounds[1]), row->unit);
    if (!theta || t != json_number_value(theta)) /* an exact one stays exact */
        t = fmin(fmax(t, bounds[0]), bounds[1]);
    p->full[i] = t;
    aed_knobs_range(&p->knobs, i, bounds[0], bounds[1]);
    aed_knobs_learn(&p->knobs, i, learns);
    return AED_OK;
}

/* ---- one vector of weights ---- */

static aed_status read_values(double *w, size_t n, const json_t *values, const place *here)
{
    const size_t got = json_array_size(values); /* of what is no list: 0 */

    if (!json_is_array(values))
        return expected(here, "values", "a list of numbers");
    if (got != n)
        return aed_fail(here->e, AED_E_SIZE, "%svalues: got %zu number%s, expected %zu", here->at,
            got, got == 1 ? "" : "s", n);
    for (size_t i = 0; i < n; i++)
    {
        const json_t *value = json_array_get(values, i);
        char name[32];

        w[i] = json_number_value(value);
        if (json_is_number(value) && fabs(w[i]) <= AED_WEIGHT_MOST)
            continue;
        snprintf(name, sizeof name, "values.%zu", i);
        return json_is_number(value)
                   ? outside(here, name, w[i], "allowed", -AED_WEIGHT_MOST, AED_WEIGHT_MOST, "")
                   : expected(here, name, "a number");
    }
    return AED_OK;
}

static aed_status read_weights(aed_preset *p, size_t i, const json_t *object, const place *here)
{
    const aed_knobs_weights *row = &p->knobs.weights[i];
    const json_t *values = json_object_get(object, "values");
    int learns = row->learns;
    aed_status status = only(object, " values learns ", here);

    if (!status)
        status = read_learns(&learns, object, here);
    if (!status && values)
        status = read_values(p->full + row->at, row->n, values, here);
    if (!status)
        aed_knobs_learn_weights(&p->knobs, i, learns);
    return status;
}

/* ---- one sound ---- */

/* What a sound has many of, by name. */
typedef struct
{
    const char *list, *what; /* "parameters", "parameter" */
    size_t (*count)(const aed_chain *chain);
    void (*name)(char name[AED_NAME_N], const aed_chain *chain, size_t i);
    int (*find)(const aed_chain *chain, const char *name); /* -1: none; near ones may be found */
    aed_status (*read)(aed_preset *p, size_t i, const json_t *object, const place *here);
} many;

static size_t parameters_n(const aed_chain *chain)
{
    return chain->d;
}

static size_t weights_n(const aed_chain *chain)
{
    aed_weights_place places[AED_MOST_WEIGHTS];

    return aed_chain_weights(places, chain);
}

static void weights_name(char name[AED_NAME_N], const aed_chain *chain, size_t i)
{
    aed_weights_place places[AED_MOST_WEIGHTS];

    (void)aed_chain_weights(places, chain);
    aed_chain_weights_name(name, chain, &places[i]);
}

static int weights_find(const aed_chain *chain, const char *name)
{
    int i = (int)weights_n(chain) - 1;

    for (char at[AED_NAME_N]; i >= 0; i--)
    {
        weights_name(at, chain, (size_t)i);
        if (strcmp(at, name) == 0)
            break;
    }
    return i;
}

static const many parameters = {
    "parameters", "parameter", parameters_n, aed_chain_name, aed_chain_find, read_parameter};
static const many weights = {
    "weights", "weights", weights_n, weights_name, weights_find, read_weights};

static aed_status fail_stranger(
    const json_t *list, const many *m, const aed_chain *chain, const place *here)
{
    const char *key;
    json_t *member;

    json_object_foreach((json_t *)list, key, member)
    {
        char name[AED_NAME_N] = "";
        const int i = m->find(chain, key);

        if (i >= 0)
            m->name(name, chain, (size_t)i);
        if (strcmp(name, key) != 0)
            return aed_fail(here->e, AED_E_NAME, "%s%s.%.47s: the chain has no such %s%s%s",
                here->at, m->list, key, m->what, name[0] ? ", but " : "", name);
    }
    return AED_OK;
}

static aed_status read_many(aed_preset *p, const json_t *sound, const many *m, const place *here)
{
    const json_t *list = json_object_get(sound, m->list);
    const size_t n = m->count(&p->chain);
    size_t found = 0;

    if (list && !json_is_object(list))
        return expected(here, m->list, "an object of names");
    for (size_t i = 0; i < n; i++)
    {
        char name[AED_NAME_N];
        place inner = {.e = here->e};

        m->name(name, &p->chain, i);
        const json_t *object = json_object_get(list, name);
        if (!object)
            continue;
        found++;
        if (!json_is_object(object))
            return aed_fail(
                here->e, AED_E_ARG, "%s%s.%s: expected an object", here->at, m->list, name);
        snprintf(inner.at, sizeof inner.at, "%.12s%s.%.47s.", here->at, m->list, name);
        const aed_status status = m->read(p, i, object, &inner);
        if (status)
            return status;
    }
    return found < json_object_size(list) ? fail_stranger(list, m, &p->chain, here) : AED_OK;
}

static aed_status read_chain(aed_chain *chain, const json_t *words, const place *here)
{
    static const char prefix[] = "chain: "; /* which some of the chain's own errors have */
    aed_error why;

    if (!json_is_string(words))
        return expected(here, "chain", "names of modules, as \"" AED_CHAIN_DEFAULT "\"");
    if (aed_chain_parse(chain, json_string_value(words), &why) == AED_OK)
        return AED_OK;
    const char *text = why.msg;

    if (strncmp(text, prefix, strlen(prefix)) == 0)
        text += strlen(prefix);
    return aed_fail(here->e, why.code, "%schain: %s", here->at, text);
}

static aed_status read_sound(aed_preset *p, const json_t *object, const place *here)
{
    const json_t *seed = json_object_get(object, "seed");
    const json_int_t n = json_integer_value(seed);
    aed_chain chain;
    aed_status status = read_chain(&chain, json_object_get(object, "chain"), here);

    if (!status && seed && !(json_is_integer(seed) && n >= 0 && n <= SEED_MOST))
        status = expected(here, "seed", "a whole number 0 … 16777216");
    if (!status)
        status = aed_preset_init(p, &chain, (unsigned long)n, here->e);
    if (!status)
        status = read_many(p, object, &parameters, here);
    if (!status)
        status = read_many(p, object, &weights, here);
    if (!status && p->knobs.d == 0)
        status = expected(here, "parameters", "at least one that learns");
    return status;
}

/* ---- the bank ---- */

static int slot_of(const char *key)
{
    char text[12];

    for (int i = 0; i < AED_SLOTS; i++)
    {
        snprintf(text, sizeof text, "%d", i);
        if (strcmp(text, key) == 0)
            return i;
    }
    return -1;
}

static aed_status read_slot(aed_bank *bank, const char *key, const json_t *object, aed_error *e)
{
    const int slot = slot_of(key);
    place here = {.e = e};
    aed_preset p = {0};

    if (slot < 0)
        return aed_fail(e, AED_E_ARG, "slots.%.40s: expected a number 0 … %d", key, AED_SLOTS - 1);
    if (!json_is_object(object))
        return aed_fail(e, AED_E_ARG, "slots.%d: expected an object", slot);
    snprintf(here.at, sizeof here.at, "slots.%d.", slot);
    aed_status status = only(object, " chain seed parameters weights ", &here);
    if (!status)
        status = read_sound(&p, object, &here);
    if (!status)
        status = aed_bank_store(bank, (size_t)slot, &p, e);
    aed_preset_close(&p);
    return status;
}

/* Is it ours, and not of a time to come? */
static aed_status read_head(const json_t *root, const place *here)
{
    const json_t *version = json_object_get(root, "aed"), *kind = json_object_get(root, "kind");
    const json_int_t n = json_integer_value(version);

    if (!version)
        return aed_fail(here->e, AED_E_ARG,
            "aed: missing, so this is no preset of aed; expected {\"aed\": %d, \"kind\": "
            "\"preset\", …",
            AED_PRESET_VERSION);
    if (json_is_integer(version) && n > AED_PRESET_VERSION)
        return aed_fail(here->e, AED_E_ARG,
            "aed: got version %" JSON_INTEGER_FORMAT ", written by a newer aed; this one reads %d",
            n, AED_PRESET_VERSION);
    if (!json_is_integer(version) || n < AED_PRESET_VERSION)
        return aed_fail(
            here->e, AED_E_ARG, "aed: expected the format's version, %d", AED_PRESET_VERSION);
    if (!json_is_string(kind) || strcmp(json_string_value(kind), "preset") != 0)
        return expected(here, "kind", "\"preset\"");
    return only(root, " aed kind chain seed parameters weights slots ", here);
}

static aed_status read_bank(aed_bank *bank, const json_t *root, aed_error *e)
{
    const place here = {.e = e};
    const json_t *slots = json_object_get(root, "slots");
    aed_status status = read_head(root, &here);
    const char *key;
    json_t *object;

    if (!status)
        status = read_sound(&bank->now, root, &here);
    if (!status && slots && !json_is_object(slots))
        status = expected(&here, "slots", "an object of numbers");
    if (status)
        return status;
    json_object_foreach((json_t *)slots, key, object)
    {
        status = read_slot(bank, key, object, e);
        if (status)
            return status;
    }
    return AED_OK;
}

static json_t *parse(const char *text, size_t n, aed_error *e)
{
    json_error_t why;

    if (n > AED_PRESET_BYTES)
    {
        aed_fail(e, AED_E_SIZE, "got %zu bytes, allowed are up to %d", n, AED_PRESET_BYTES);
        return NULL;
    }
    json_t *root = json_loadb(text, n, JSON_REJECT_DUPLICATES, &why);

    if (!root)
        aed_fail(e, json_error_code(&why) == json_error_out_of_memory ? AED_E_MEMORY : AED_E_ARG,
            "line %d, column %d: %s", why.line, why.column, why.text);
    return root;
}

/* One error is one line, whatever the text had in its names. */
static void make_one_line(aed_error *e)
{
    for (char *c = e->msg; *c; c++)
        if ((unsigned char)*c < ' ' || *c == 127)
            *c = '?';
}

aed_status aed_bank_decode(aed_bank *bank, const char *text, size_t n, aed_error *e)
{
    aed_bank fresh = {0};
    aed_error why = {.code = AED_OK};
    json_t *root = parse(text, n, &why);
    const aed_status status = root ? read_bank(&fresh, root, &why) : why.code;

    json_decref(root);
    if (status)
    {
        aed_bank_close(&fresh);
        make_one_line(&why);
        return aed_fail(e, status, "%s", why.msg);
    }
    aed_bank_close(bank);
    *bank = fresh;
    return AED_OK;
}
