/* preset_encode.c: a bank as text. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "preset_inside.h"

enum
{
    VALUE_DIGITS = 9,  /* for people */
    EXACT_DIGITS = 17, /* bit by bit */
    WEIGHTS_A_LINE = 4
};

/* ---- text that grows ---- */

typedef struct
{
    char *s;
    size_t n, room;
    aed_status failed; /* the first thing that went wrong; nothing is written any more */
} sink;

static void put_bytes(sink *to, const char *bytes, size_t n)
{
    if (!to->failed && to->n + n + 1 > to->room)
    {
        const size_t room = 2 * (to->n + n + 1);
        char *s = realloc(to->s, room);

        to->failed = s ? AED_OK : AED_E_MEMORY;
        to->s = s ? s : to->s;
        to->room = s ? room : to->room;
    }
    if (to->failed)
        return;
    memcpy(to->s + to->n, bytes, n);
    to->n += n;
    to->s[to->n] = '\0';
}

/* Never a floating-point number: the C library writes those as the locale says. */
static void put(sink *to, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void put(sink *to, const char *format, ...)
{
    char text[256];
    va_list args;

    va_start(args, format);
    const int n = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    put_bytes(to, text, (size_t)n);
}

static void put_number(sink *to, double x, size_t digits)
{
    char text[AED_NUMBER_N];
    const size_t n = aed_preset_number(text, x, digits);

    if (!to->failed && n == 0)
        to->failed = isfinite(x) ? AED_E_MEMORY : AED_E_NONFINITE;
    put_bytes(to, text, n);
}

/* ---- a bank ---- */

static void put_words(sink *to, const aed_chain *chain)
{
    char words[AED_WORDS_N];

    aed_chain_words(words, chain);
    put_bytes(to, words, strlen(words));
}

static void put_range(sink *to, const aed_param *row, double lo, double hi)
{
    put(to, ", \"range\": [");
    put_number(to, aed_param_value(row, lo), VALUE_DIGITS);
    put(to, ", ");
    put_number(to, aed_param_value(row, hi), VALUE_DIGITS);
    put(to, "], \"theta_range\": [");
    put_number(to, lo, EXACT_DIGITS);
    put(to, ", ");
    put_number(to, hi, EXACT_DIGITS);
    put(to, "]");
}

/* Whether something learns, where that is not what its table says. */
static void put_learns(sink *to, int learns, int traits)
{
    if (learns != !(traits & AED_STANDS))
        put(to, ", \"learns\": %s", learns ? "true" : "false");
}

static void put_parameter(sink *to, const aed_preset *p, size_t i)
{
    const aed_param *row = aed_chain_param(&p->chain, i);
    const double lo = p->knobs.lo[i], hi = p->knobs.hi[i];
    char name[AED_NAME_N];

    aed_chain_name(name, &p->chain, i);
    put(to, "\"%s\": {\"value\": ", name);
    put_number(to, aed_param_value(row, p->full[i]), VALUE_DIGITS);
    if (row->unit[0])
        put(to, ", \"unit\": \"%s\"", row->unit);
    put(to, ", \"theta\": ");
    put_number(to, p->full[i], EXACT_DIGITS);
    if (lo != 0.0 || hi != 1.0)
        put_range(to, row, lo, hi);
    put_learns(to, p->knobs.learns[i], row->traits);
    put(to, "}");
}

/* What decode would refuse is not written. */
static void put_weight(sink *to, double w)
{
    if (!to->failed && isfinite(w) && fabs(w) > AED_WEIGHT_MOST)
        to->failed = AED_E_ARG;
    put_number(to, w, EXACT_DIGITS);
}

static void put_weights(sink *to, const aed_preset *p, const char *indent)
{
    aed_weights_place places[AED_MOST_WEIGHTS];
    const size_t n = aed_chain_weights(places, &p->chain);

    for (size_t v = 0; v < n; v++)
    {
        const double *w = p->full + places[v].at;
        char name[AED_NAME_N];

        aed_chain_weights_name(name, &p->chain, &places[v]);
        put(to, "%s%s \"%s\": {\"values\": [", v ? "," : "", indent, name);
        for (size_t i = 0; i < places[v].n; i++)
        {
            const int goes_on = i % WEIGHTS_A_LINE != 0;

            put(to, "%s%s%s", i ? "," : "", goes_on ? " " : indent, goes_on ? "" : "  ");
            put_weight(to, w[i]);
        }
        put(to, "%s ]", indent);
        put_learns(to, p->knobs.weights[v].learns, places[v].row->traits);
        put(to, "}");
    }
}

/* The members of a sound; `indent` is a line's beginning. */
static void put_sound(sink *to, const aed_preset *p, const char *indent)
{
    put(to, "\"chain\": \"");
    put_words(to, &p->chain);
    put(to, "\",%s\"seed\": %lu,%s\"parameters\": {", indent, p->seed, indent);
    for (size_t i = 0; i < p->chain.d; i++)
    {
        put(to, "%s%s ", i ? "," : "", indent);
        put_parameter(to, p, i);
    }
    put(to, "%s}", indent);
    if (p->chain.weights_n)
    {
        put(to, ",%s\"weights\": {", indent);
        put_weights(to, p, indent);
        put(to, "%s}", indent);
    }
}

static void put_bank(sink *to, const aed_bank *bank)
{
    const char *between = ",\n \"slots\": {";

    put(to, "{\"aed\": %d, \"kind\": \"preset\",\n ", AED_PRESET_VERSION);
    put_sound(to, &bank->now, "\n ");
    for (size_t i = 0; i < AED_SLOTS; i++)
        if (bank->slots[i])
        {
            put(to, "%s\n  \"%zu\": {\n   ", between, i);
            put_sound(to, bank->slots[i], "\n   ");
            put(to, "}");
            between = ",";
        }
    put(to, between[1] ? "}\n" : "}}\n");
}

/* Take the white space out that is not within quotes. No name that is written has a quote in it. */
static void make_compact(sink *to)
{
    size_t kept = 0;
    int quoted = 0;

    for (size_t i = 0; i < to->n; i++)
    {
        quoted ^= to->s[i] == '"';
        if (quoted || !strchr(" \n", to->s[i]))
            to->s[kept++] = to->s[i];
    }
    to->n = kept;
    to->s[kept] = '\0';
}

char *aed_bank_encode(const aed_bank *bank, aed_layout layout, size_t *n, aed_error *e)
{
    sink to = {0};

    put_bank(&to, bank);
    if (!to.failed && layout == AED_COMPACT)
        make_compact(&to);
    if (to.failed == AED_E_ARG)
        (void)aed_fail(e, to.failed, "preset: a weight is beyond ±%g", AED_WEIGHT_MOST);
    else if (to.failed)
        (void)aed_fail(e, to.failed, "preset: %s", aed_status_text(to.failed));
    else if (to.n > AED_PRESET_BYTES)
        to.failed = aed_fail(e, AED_E_SIZE,
            "preset: got %zu bytes, allowed are up to %d: store less", to.n, AED_PRESET_BYTES);
    if (to.failed)
    {
        free(to.s);
        return NULL;
    }
    *n = to.n;
    return to.s;
}
