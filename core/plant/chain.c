/* chain.c: the module table, and words into chains. */
#include "chain.h"

#include <string.h>

#include "amed.h"
#include "delay.h"
#include "env.h"
#include "harmonic.h"
#include "ladder.h"
#include "lfo.h"
#include "modal.h"
#include "noise.h"
#include "pan.h"
#include "reverb.h"
#include "shaper.h"
#include "svf.h"
#include "vca.h"
#include "vco.h"

const aed_module *const aed_modules[] = {
    &aed_vco,
    &aed_noise,
    &aed_modal,
    &aed_harmonic,
    &aed_env,
    &aed_lfo,
    &aed_ladder,
    &aed_shaper,
    &aed_svf,
    &aed_vca,
    &aed_pan,
    &aed_delay,
    &aed_reverb,
    &aed_amed,
    &aed_amed_seed,
    NULL,
};

static const aed_module *module_named(const char *word, size_t length)
{
    for (size_t i = 0; aed_modules[i]; i++)
        if (strlen(aed_modules[i]->name) == length &&
            memcmp(aed_modules[i]->name, word, length) == 0)
            return aed_modules[i];
    return NULL;
}

/* Append as much of `more` as fits; text stays terminated. (Core has no stdio.) */
static void append(char *text, size_t size, const char *more)
{
    const size_t used = strlen(text), room = size - 1 - used, wanted = strlen(more);
    const size_t taken = wanted < room ? wanted : room;

    memcpy(text + used, more, taken);
    text[used + taken] = '\0';
}

static void append_number(char *text, size_t size, size_t value)
{
    char digits[24] = "";
    size_t at = sizeof digits - 1;

    digits[at] = '\0';
    do
        digits[--at] = (char)('0' + value % 10);
    while (value /= 10);
    append(text, size, " ");
    append(text, size, digits + at);
}

static aed_status fail_unknown(aed_error *e, const char *word, size_t length)
{
    char known[160] = "";

    for (size_t i = 0; aed_modules[i]; i++)
    {
        append(known, sizeof known, " ");
        append(known, sizeof known, aed_modules[i]->name);
    }
    return aed_fail(e, AED_E_NAME, "no module '%.*s': known are%s", length > 40 ? 40 : (int)length,
        word, known);
}

/* The named modules, in the order they were named. */
typedef struct
{
    const aed_module *modules[AED_MAX_MODULES];
    size_t size[AED_MAX_MODULES][AED_MAX_SIZES];
    size_t n_sizes; /* of the last one, said so far */
    size_t n;
    size_t n_role[AED_EFFECT + 1];
    int needs_env, has_env;
    size_t over;
} word_list;

static aed_status list_add(word_list *list, const aed_module *m, aed_error *e)
{
    if (list->n == AED_MAX_MODULES)
        return aed_fail(
            e, AED_E_ARG, "chain: got more than %d modules (an env counts)", AED_MAX_MODULES);
    if (m->role == AED_SOURCE && list->n_role[AED_EFFECT] > 0)
        return aed_fail(
            e, AED_E_ARG, "chain: got source '%s' after an effect, sources come first", m->name);
    if (m == &aed_env && list->has_env)
        return aed_fail(
            e, AED_E_ARG, "chain: got a second '%s', there is one envelope bus", m->name);
    for (size_t i = 0; i < m->n_sizes; i++)
        list->size[list->n][i] = m->sizes[i].start;
    list->n_sizes = 0;
    list->modules[list->n++] = m;
    list->n_role[m->role]++;
    list->needs_env |= m->needs_env;
    list->has_env |= m == &aed_env;
    return AED_OK;
}

/* "2x" and "4x"; 0 for all others. */
static size_t times(const char *word, size_t length)
{
    return length == 2 && word[1] == 'x' && (word[0] == '2' || word[0] == '4')
               ? (size_t)(word[0] - '0')
               : 0;
}

/* A whole number, at most a million; *is_number 0 for any other word. */
static size_t whole_number(const char *word, size_t length, int *is_number)
{
    size_t value = 0;

    *is_number = length > 0 && length < 7;
    for (size_t i = 0; i < length && *is_number; i++)
    {
        *is_number = word[i] >= '0' && word[i] <= '9';
        value = 10 * value + (size_t)(word[i] - '0');
    }
    return value;
}

/* The next size of the module that was named last. */
static aed_status list_size(word_list *list, size_t value, aed_error *e)
{
    const aed_module *m = list->n ? list->modules[list->n - 1] : NULL;

    if (!m || list->n_sizes == m->n_sizes)
        return aed_fail(e, AED_E_ARG, "chain: got %zu %s%s, which takes no%s number", value,
            m ? "behind " : "in front", m ? m->name : "", m && m->n_sizes ? " further" : "");
    const aed_size *row = &m->sizes[list->n_sizes];

    if (value < row->lo || value > row->hi || value % row->step)
        return aed_fail(e, AED_E_ARG, "%s: %s: got %zu, allowed are %zu … %zu in steps of %zu",
            m->name, row->name, value, row->lo, row->hi, row->step);
    list->size[list->n - 1][list->n_sizes++] = value;
    return AED_OK;
}

static aed_status list_word(word_list *list, const char *word, size_t length, aed_error *e)
{
    const aed_module *m = module_named(word, length);
    const size_t over = times(word, length);
    int is_number;
    const size_t value = whole_number(word, length, &is_number);

    if (is_number)
        return list_size(list, value, e);
    list->over = over ? over : list->over;
    if (over)
        return AED_OK;
    return m ? list_add(list, m, e) : fail_unknown(e, word, length);
}

static aed_status list_read(word_list *list, const char *words, aed_error *e)
{
    static const char separators[] = " \t\r\n|";

    words += strspn(words, separators);
    while (*words)
    {
        const size_t length = strcspn(words, separators);
        const aed_status status = list_word(list, words, length, e);

        if (status)
            return status;
        words += length;
        words += strspn(words, separators);
    }
    if (list->n_role[AED_SOURCE] == 0)
        return aed_fail(e, AED_E_ARG, "chain: got no source, expected one (vco, noise …) in front");
    return AED_OK;
}

static void chain_add(aed_chain *c, const aed_module *m, const size_t *size)
{
    size_t equal = 0;

    memcpy(c->size[c->n], size, sizeof c->size[0]);
    c->weights_at[c->n] = c->weights_n;
    for (size_t i = 0; i < m->n_weights; i++)
        c->weights_n += m->weights[i].n(size);

    for (size_t i = 0; i < c->n; i++)
        equal += c->modules[i] == m;
    c->modules[c->n] = m;
    c->instance[c->n] = equal;
    c->param_at[c->n] = c->d;
    c->state_at[c->n] = c->state_n;
    c->line_at[c->n] = c->n_lines;
    c->n++;
    c->d += m->n_params;
    c->state_n += m->state_n;
    c->n_lines += m->n_lines;
    c->full_n = c->d + c->weights_n;
}

aed_status aed_chain_parse(aed_chain *chain, const char *words, aed_error *e)
{
    word_list list = {.over = 1};
    aed_chain c = {0};
    aed_status status = list_read(&list, words, e);

    if (!status && list.needs_env && !list.has_env)
        status = list_add(&list, &aed_env, e);
    if (status)
        return status;
    for (int role = AED_CONTROL; role <= AED_EFFECT; role++)
        for (size_t i = 0; i < list.n; i++)
            if ((int)list.modules[i]->role == role)
                chain_add(&c, list.modules[i], list.size[i]);
    c.over = list.over;
    *chain = c;
    return AED_OK;
}

/* Would parse put module m, an env, there without being told? */
static int implies_env(const aed_chain *chain, size_t m)
{
    if (chain->modules[m] != &aed_env || chain->modules[m + 1]->role == AED_CONTROL)
        return 0;
    for (size_t i = 0; i < chain->n; i++)
        if (chain->modules[i]->needs_env)
            return 1;
    return 0;
}

void aed_chain_words(char words[AED_WORDS_N], const aed_chain *chain)
{
    const char *between = "";

    words[0] = '\0';
    if (chain->over > 1)
        append(words, AED_WORDS_N, chain->over == 2 ? "2x " : "4x ");
    for (size_t m = 0; m < chain->n; m++)
    {
        const aed_module *module = chain->modules[m];

        if (implies_env(chain, m))
            continue;
        append(words, AED_WORDS_N, module->role == AED_EFFECT ? " | " : between);
        append(words, AED_WORDS_N, module->name);
        for (size_t i = 0; i < module->n_sizes; i++)
            append_number(words, AED_WORDS_N, chain->size[m][i]);
        between = " ";
    }
}

int aed_chain_equal(const aed_chain *a, const aed_chain *b)
{
    if (a->n != b->n || a->over != b->over)
        return 0;
    for (size_t m = 0; m < a->n; m++)
        if (a->modules[m] != b->modules[m] ||
            memcmp(a->size[m], b->size[m], sizeof a->size[m]) != 0)
            return 0;
    return 1;
}

/* The module that parameter i belongs to. */
static size_t owner(const aed_chain *chain, size_t i)
{
    size_t m = chain->n - 1;

    while (chain->param_at[m] > i)
        m--;
    return m;
}

const aed_param *aed_chain_param(const aed_chain *chain, size_t i)
{
    const size_t m = owner(chain, i);

    return &chain->modules[m]->params[i - chain->param_at[m]];
}

void aed_chain_start(double *theta, const aed_chain *chain)
{
    for (size_t i = 0; i < chain->d; i++)
        theta[i] = aed_chain_param(chain, i)->start;
}

size_t aed_chain_weights(aed_weights_place places[AED_MOST_WEIGHTS], const aed_chain *chain)
{
    size_t n = 0, at = chain->d;

    for (size_t m = 0; m < chain->n; m++)
        for (size_t i = 0; i < chain->modules[m]->n_weights; i++)
        {
            const aed_weights *row = &chain->modules[m]->weights[i];

            places[n] = (aed_weights_place){row, m, at, row->n(chain->size[m])};
            at += places[n++].n;
        }
    return n;
}

void aed_chain_scramble(double *full, const aed_chain *chain, unsigned long seed)
{
    aed_weights_place places[AED_MOST_WEIGHTS];
    const size_t n = aed_chain_weights(places, chain);

    for (size_t i = 0; i < n; i++)
        places[i].row->start(full + places[i].at, chain->size[places[i].module],
            seed * AED_MOST_WEIGHTS + chain->instance[places[i].module]);
}

static int is_alone(const aed_chain *chain, size_t m)
{
    for (size_t i = 0; i < chain->n; i++)
        if (i != m && chain->modules[i] == chain->modules[m])
            return 0;
    return 1;
}

/* "module.what", or "module2.what" with a number > 0. */
static void write_name_of(
    char name[AED_NAME_N], const aed_module *module, size_t number, const char *what)
{
    const char digits[3] = {
        (char)('0' + (number < 10 ? number : number / 10)),
        (char)(number < 10 ? '\0' : '0' + number % 10),
        '\0',
    };

    name[0] = '\0';
    append(name, AED_NAME_N, module->name);
    append(name, AED_NAME_N, number > 0 ? digits : "");
    append(name, AED_NAME_N, ".");
    append(name, AED_NAME_N, what);
}

static void write_name(char name[AED_NAME_N], const aed_chain *chain, size_t i, size_t number)
{
    write_name_of(name, chain->modules[owner(chain, i)], number, aed_chain_param(chain, i)->name);
}

void aed_chain_weights_name(
    char name[AED_NAME_N], const aed_chain *chain, const aed_weights_place *place)
{
    const size_t m = place->module;

    write_name_of(
        name, chain->modules[m], is_alone(chain, m) ? 0 : chain->instance[m] + 1, place->row->name);
}

void aed_chain_name(char name[AED_NAME_N], const aed_chain *chain, size_t i)
{
    const size_t m = owner(chain, i);

    write_name(name, chain, i, is_alone(chain, m) ? 0 : chain->instance[m] + 1);
}

/* The module's bare name stands for its first instance. */
static int names_first(const aed_chain *chain, const char *name, size_t i)
{
    char bare[AED_NAME_N];

    write_name(bare, chain, i, 0);
    return chain->instance[owner(chain, i)] == 0 && strcmp(bare, name) == 0;
}

int aed_chain_find(const aed_chain *chain, const char *name)
{
    for (size_t i = 0; i < chain->d; i++)
    {
        char full[AED_NAME_N];

        aed_chain_name(full, chain, i);
        if (strcmp(full, name) == 0 || names_first(chain, name, i))
            return (int)i;
    }
    return -1;
}
