#include "learning.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "control/train_state.h"

/* ---- numbers ---- */

/* Bits as JSON's signed integer: the same 64 of them. */
static json_t *encode_one(const aed_train_field *f, size_t i)
{
    switch (f->kind)
    {
    case AED_FIELD_DOUBLE:
        return json_real(((double *)f->at)[i]);
    case AED_FIELD_MAYBE:
        return isnan(((double *)f->at)[i]) ? json_null() : json_real(((double *)f->at)[i]);
    case AED_FIELD_BITS:
        return json_integer((json_int_t)((uint64_t *)f->at)[i]);
    case AED_FIELD_SIZE:
        return json_integer((json_int_t)((size_t *)f->at)[i]);
    case AED_FIELD_INT:
        return json_integer(((int *)f->at)[i]);
    case AED_FIELD_FLAG:
        return json_integer(((unsigned char *)f->at)[i]);
    }
    return NULL;
}

/* 0: it is not what the field has. */
static int decode_one(const aed_train_field *f, size_t i, const json_t *j)
{
    const int bits = f->kind == AED_FIELD_BITS || f->kind == AED_FIELD_SIZE;
    const int real = f->kind == AED_FIELD_DOUBLE || f->kind == AED_FIELD_MAYBE;
    const double x = json_is_null(j) && f->kind == AED_FIELD_MAYBE ? NAN : json_number_value(j);

    if (isnan(x))
        ((double *)f->at)[i] = x;
    else if (!(real ? json_is_number(j) : json_is_integer(j)) ||
             (!bits && !(x >= f->lo && x <= f->hi)))
        return 0;
    else if (real)
        ((double *)f->at)[i] = x;
    else if (f->kind == AED_FIELD_BITS)
        ((uint64_t *)f->at)[i] = (uint64_t)json_integer_value(j);
    else if (f->kind == AED_FIELD_SIZE)
        ((size_t *)f->at)[i] = (size_t)json_integer_value(j);
    else if (f->kind == AED_FIELD_INT)
        ((int *)f->at)[i] = (int)json_integer_value(j);
    else
        ((unsigned char *)f->at)[i] = (unsigned char)json_integer_value(j);
    return 1;
}

/* ---- to text ---- */

static json_t *encode_settings(const aed_train *t)
{
    json_t *all = json_object();

    for (const aed_setting *s = aed_train_table; s->name; s++)
    {
        double value = 0.0;

        aed_train_get(&value, t, s->name);
        json_object_set_new(all, s->name, json_real(value));
    }
    return all;
}

static json_t *encode_state(aed_train *t)
{
    aed_train_field fields[AED_TRAIN_FIELDS];
    const size_t n = aed_train_fields(fields, t);
    json_t *all = json_object();

    for (size_t k = 0; k < n; k++)
    {
        json_t *values = json_array();

        for (size_t i = 0; i < fields[k].n; i++)
            if (json_array_append_new(values, encode_one(&fields[k], i)))
            {
                json_decref(values); /* not finite */
                json_decref(all);
                return NULL;
            }
        json_object_set_new(all, fields[k].name, values);
    }
    return all;
}

char *aed_learning_encode(aed_train *t, const aed_learning_run *run, size_t *n, aed_error *e)
{
    json_t *state = encode_state(t);

    if (!state)
    {
        (void)aed_fail(e, AED_E_NONFINITE, "a number is not finite");
        return NULL;
    }
    json_t *all = json_pack("{s:i,s:s,s:I,s:s,s:s,s:i,s:f,s:f,s:o,s:o}", "aed",
        AED_LEARNING_VERSION, "kind", "learning", "d", (json_int_t)aed_train_d(t), "optim",
        aed_train_optim_name(t), "dither", aed_train_dither_name(t), "running", run->running,
        "asked", run->asked, "left", run->left, "settings", encode_settings(t), "state", state);
    char *text = all ? json_dumps(all, JSON_INDENT(1) | JSON_REAL_PRECISION(17)) : NULL;

    json_decref(all);
    if (!text)
        (void)aed_fail(e, AED_E_MEMORY, "no memory for the text");
    else
        *n = strlen(text);
    return text;
}

/* ---- and back ---- */

static aed_status decode_settings(aed_train *t, const json_t *all, aed_error *e)
{
    double lo = NAN, hi = NAN;
    aed_status status = AED_OK;
    const char *name;
    json_t *j;

    for (const aed_setting *s = aed_train_table; s->name; s++)
        if (!json_object_get(all, s->name))
            return aed_fail(e, AED_E_NAME, "settings.%s is missing", s->name);
    json_object_foreach((json_t *)all, name, j)
    {
        if (!json_is_number(j))
            return aed_fail(e, AED_E_ARG, "settings.%.40s: expected a number", name);
        if (strcmp(name, "clamp_lo") == 0)
            lo = json_number_value(j);
        else if (strcmp(name, "clamp_hi") == 0)
            hi = json_number_value(j);
        else
            status = aed_train_set(t, name, json_number_value(j), e);
        if (status)
            return status;
    }
    return aed_train_clamp(t, lo, hi, e); /* both at once: each may be beyond the other's default */
}

static aed_status decode_state(aed_train *t, const json_t *all, aed_error *e)
{
    aed_train_field fields[AED_TRAIN_FIELDS];
    const size_t n = aed_train_fields(fields, t);

    if (json_object_size(all) != n)
        return aed_fail(
            e, AED_E_NAME, "state: got %zu members, expected %zu", json_object_size(all), n);
    for (size_t k = 0; k < n; k++)
    {
        const json_t *values = json_object_get(all, fields[k].name);

        if (!values)
            return aed_fail(e, AED_E_NAME, "state.%s is missing", fields[k].name);
        if (json_array_size(values) != fields[k].n)
            return aed_fail(e, AED_E_SIZE, "state.%s: got %zu numbers, expected %zu",
                fields[k].name, json_array_size(values), fields[k].n);
        for (size_t i = 0; i < fields[k].n; i++)
            if (!decode_one(&fields[k], i, json_array_get(values, i)))
                return aed_fail(
                    e, AED_E_ARG, "state.%s: value %zu cannot be", fields[k].name, i + 1);
    }
    return aed_train_adopt(t, e);
}

static aed_train *decode_all(json_t *all, aed_learning_run *run, aed_error *e)
{
    const char *kind = "", *optim, *dither;
    int version = 0;
    json_int_t d = 0;
    json_t *settings, *state;
    json_error_t why;

    if (json_unpack(all, "{s:i,s:s}", "aed", &version, "kind", &kind) || strcmp(kind, "learning"))
    {
        (void)aed_fail(e, AED_E_ARG, "not a state of learning: expected \"kind\": \"learning\"");
        return NULL;
    }
    if (version != AED_LEARNING_VERSION)
    {
        (void)aed_fail(
            e, AED_E_ARG, "aed: got version %d, this one reads %d", version, AED_LEARNING_VERSION);
        return NULL;
    }
    if (json_unpack_ex(all, &why, 0, "{s:i,s:s,s:I,s:s,s:s,s:i,s:F,s:F,s:o,s:o!}", "aed", &version,
            "kind", &kind, "d", &d, "optim", &optim, "dither", &dither, "running", &run->running,
            "asked", &run->asked, "left", &run->left, "settings", &settings, "state", &state))
    {
        (void)aed_fail(e, AED_E_NAME, "%.200s", why.text);
        return NULL;
    }
    if (!(run->asked >= 0.0 && run->asked <= 1e9 && run->left <= run->asked))
    {
        (void)aed_fail(e, AED_E_ARG, "asked: got %g steps, %g left", run->asked, run->left);
        return NULL;
    }
    aed_train *t = aed_train_new(d < 0 ? 0 : (size_t)d, 0, e);

    if (t && (aed_train_optim(t, optim, e) || aed_train_dither(t, dither, e) ||
                 decode_settings(t, settings, e) || decode_state(t, state, e)))
    {
        aed_train_free(t);
        return NULL;
    }
    return t;
}

aed_train *aed_learning_decode(const char *text, size_t n, aed_learning_run *run, aed_error *e)
{
    json_error_t why;
    json_t *all = json_loadb(text, n, JSON_REJECT_DUPLICATES, &why);
    aed_learning_run read = {0};

    if (!all)
    {
        (void)aed_fail(e, AED_E_ARG, "line %d, column %d: %.160s", why.line, why.column, why.text);
        return NULL;
    }
    aed_train *t = decode_all(all, &read, e);

    json_decref(all);
    if (t)
        *run = read;
    return t;
}
