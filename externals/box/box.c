#include "box.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

/* ---- life ---- */

aed_box *aed_box_new(const aed_class *class, const aed_host *host, void *host_object,
    const aed_atom *v, size_t n, aed_error *e)
{
    aed_box *box = calloc(1, class->size);

    if (!box)
    {
        (void)aed_fail(e, AED_E_MEMORY, "no memory");
        return NULL;
    }
    box->class = class;
    box->host = host;
    box->host_object = host_object;
    box->wake_ms = -1.0;
    while (box->n_outlets < AED_PORTS && class->outlets[box->n_outlets].doc)
        box->n_outlets++;
    box->block_ms = 64e3 / host->sr_hz(host_object);
    box->client = aed_client_new();
    if (!box->client)
        (void)aed_fail(e, AED_E_MEMORY, "no worker thread");
    if (!box->client || class->open(box, v, n, e) != AED_OK)
    {
        aed_box_free(box);
        return NULL;
    }
    return box;
}

void aed_box_free(aed_box *box)
{
    if (!box)
        return;
    box->closing = 1;
    /* The worker first: after this nothing else looks at the object. */
    aed_client_free(box->client);
    box->client = NULL;
    box->class->close(box);
    aed_pool_close(&box->pool);
    free(box->numbers);
    free(box);
}

/* ---- messages ---- */

static const char *selector_of(const aed_method *m)
{
    return strcmp(m->selector, "list") == 0 ? "a plain list" : m->selector;
}

static void refuse(aed_box *box, const aed_method *m, const char *format, ...)
{
    char what[160];
    va_list args;

    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    aed_box_error(box, "%s: %s (usage: %s)", selector_of(m), what, m->usage);
}

/* Numbers of a message, converted once; NULL when there is no memory. */
static const double *numbers(aed_box *box, const aed_atom *v, size_t n)
{
    if (n > box->numbers_n)
    {
        double *more = realloc(box->numbers, n * sizeof *more);

        if (!more)
            return NULL;
        box->numbers = more;
        box->numbers_n = n;
    }
    for (size_t i = 0; i < n; i++)
        box->numbers[i] = v[i].f;
    return box->numbers;
}

/* What the row expects as argument i: 'f', 's', 'a', or 0 when there is no such argument. */
static char expected(const char *args, size_t i)
{
    for (; *args; args++)
    {
        if (*args == '?')
            continue;
        if (strchr("*+&", *args))
            return *args == '*' ? 'f' : *args == '+' ? 's' : 'a';
        if (i-- == 0)
            return *args;
    }
    return 0;
}

static size_t needed(const char *args)
{
    const size_t all = strcspn(args, "*+&");
    const char *optional = strchr(args, '?');

    return optional ? (size_t)(optional - args) : all;
}

static int check_count(aed_box *box, const aed_method *m, size_t n)
{
    const size_t least = needed(m->args);

    if (n < least)
        refuse(box, m, "got %zu argument%s, expected at least %zu", n, n == 1 ? "" : "s", least);
    else if (n > 0 && !expected(m->args, n - 1))
    {
        size_t most = n - 1;

        while (most > 0 && !expected(m->args, most - 1))
            most--;
        refuse(box, m, "got %zu argument%s, expected at most %zu", n, n == 1 ? "" : "s", most);
    }
    else
        return 1;
    return 0;
}

static int check_kinds(aed_box *box, const aed_method *m, const aed_atom *v, size_t n)
{
    for (size_t i = 0; i < n; i++)
    {
        const char kind = expected(m->args, i);

        if (kind == 'f' && v[i].s)
            refuse(box, m, "argument %zu is '%.40s', expected a number", i + 1, v[i].s);
        else if (kind == 's' && !v[i].s)
            refuse(box, m, "argument %zu is %g, expected a name", i + 1, v[i].f);
        else
            continue;
        return 0;
    }
    return 1;
}

static int check_finite(aed_box *box, const aed_method *m, const double *f, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!isfinite(f[i]))
        {
            refuse(box, m, "argument %zu is %g, expected a finite number", i + 1, f[i]);
            return 0;
        }
    return 1;
}

static const aed_method *find(const aed_class *class, size_t inlet, const char *selector)
{
    for (const aed_method *m = class->methods; m->selector; m++)
        if (m->inlet == inlet && strcmp(m->selector, selector) == 0)
            return m;
    return NULL;
}

static void unknown(aed_box *box, size_t inlet, const char *selector)
{
    const aed_method *near = NULL;
    size_t best = strlen(selector) / 2 + 1; /* one typing error in two letters, two at most */

    if (box->class->quiet_inlets >> inlet & 1)
        return;
    best = best < 3 ? best : 3;
    for (const aed_method *m = box->class->methods; m->selector; m++)
    {
        const size_t distance = aed_text_distance(m->selector, selector);

        if (m->inlet == inlet && distance < best)
        {
            best = distance;
            near = m;
        }
    }
    if (near)
        aed_box_error(box, "no message '%.60s': did you mean '%s'?", selector, near->usage);
    else
        aed_box_error(box, "no message '%.60s' at inlet %zu", selector, inlet + 1);
}

static void dispatch(aed_box *box, size_t inlet, const char *selector, const aed_args *a)
{
    const aed_method *m = find(box->class, inlet, selector);

    if (m)
    {
        if (!check_count(box, m, a->n) || (a->v && !check_kinds(box, m, a->v, a->n)))
            return;
        if (check_finite(box, m, a->f, a->n))
            m->call(box, a);
        else if (box->class->spoiled)
            box->class->spoiled(box, inlet, selector);
    }
    else if (!box->class->other || !box->class->other(box, inlet, selector, a))
        unknown(box, inlet, selector);
}

static const char *plain(const char *selector)
{
    return !selector || strcmp(selector, "float") == 0 ? "list" : selector;
}

void aed_box_message(aed_box *box, size_t inlet, const char *selector, const aed_atom *v, size_t n)
{
    const aed_args a = {v, numbers(box, v, n), n};

    if (n && !a.f)
        aed_box_error(box, "%s: no memory for %zu values", plain(selector), n);
    else
        dispatch(box, inlet, plain(selector), &a);
}

void aed_box_numbers(aed_box *box, size_t inlet, const char *selector, const double *f, size_t n)
{
    const aed_method *m = find(box->class, inlet, plain(selector));
    const aed_args a = {NULL, f, n};

    if (m && expected(m->args, 0) != 'f')
        refuse(box, m, "got %zu numbers, expected a name first", n);
    else
        dispatch(box, inlet, plain(selector), &a);
}

/* ---- time ---- */

double aed_box_now(const aed_box *box)
{
    return box->host->now_ms(box->host_object);
}

void aed_box_wake(aed_box *box, double ms)
{
    const double at = aed_box_now(box) + ms;

    if (box->closing || (box->wake_ms >= 0.0 && box->wake_ms <= at))
        return;
    box->wake_ms = at;
    box->host->wake(box->host_object, ms);
}

static void poll_jobs(aed_box *box)
{
    const double next = aed_client_poll(box->client, aed_box_now(box), box->block_ms);

    if (next >= 0.0)
        aed_box_wake(box, next);
}

void aed_box_tick(aed_box *box)
{
    box->wake_ms = -1.0;
    if (box->latched)
        aed_box_error(box, "%s", box->latched);
    box->latched = NULL;
    if (box->class->tick)
        box->class->tick(box);
    poll_jobs(box);
}

int aed_box_submit(aed_box *box, aed_job *job)
{
    if (!aed_client_submit(box->client, job, aed_box_now(box), box->block_ms))
    {
        job->discard(job);
        aed_box_error(box, "too much at once: more than 128 results are under way");
        return 0;
    }
    aed_box_wake(box, job->due_ms - aed_box_now(box));
    return 1;
}

void aed_box_rate(aed_box *box, double sr_hz, size_t block_n)
{
    box->block_ms = 1e3 * (double)block_n / sr_hz;
    if (box->class->rate)
        box->class->rate(box, sr_hz, block_n);
}

/* ---- output ---- */

void aed_box_error(aed_box *box, const char *format, ...)
{
    char text[512];
    const int head = snprintf(text, sizeof text, "%s: ", box->class->name);
    va_list args;

    va_start(args, format);
    vsnprintf(text + head, sizeof text - (size_t)head, format, args);
    va_end(args);
    box->host->error(box->host_object, text);
}

void aed_box_latch(aed_box *box, const char *text)
{
    if (box->latched)
        return;
    box->latched = text;
    aed_box_wake(box, 0.0);
}

void aed_box_list(aed_box *box, size_t outlet, const double *v, size_t n)
{
    box->host->send_numbers(box->host_object, outlet, NULL, v, n);
}

void aed_box_named(aed_box *box, size_t outlet, const char *selector, const double *v, size_t n)
{
    box->host->send_numbers(box->host_object, outlet, selector, v, n);
}

void aed_box_float(aed_box *box, size_t outlet, double f)
{
    box->host->send_numbers(box->host_object, outlet, NULL, &f, 1);
}

void aed_box_info(aed_box *box, size_t outlet, const char *selector, double f)
{
    box->host->send_numbers(box->host_object, outlet, selector, &f, 1);
}

/* ---- the library's own message ---- */

aed_status aed_thread_message(const aed_atom *v, size_t n, aed_error *e)
{
    const char *mode = n ? v[0].s : NULL;

    if (mode && strcmp(mode, "async") == 0 && n == 1)
        aed_thread_set(AED_ASYNC, 0.0);
    else if (mode && strcmp(mode, "sync") == 0 && n == 1)
        aed_thread_set(AED_SYNC, 0.0);
    else if (mode && strcmp(mode, "deadline") == 0 && n == 2 && !v[1].s && v[1].f >= 1.0 &&
             v[1].f <= 1e5)
        aed_thread_set(AED_DEADLINE, v[1].f);
    else
        return aed_fail(e, AED_E_ARG,
            "aed: thread: expected async, sync, or deadline and a time of 1 to 100000 ms");
    return AED_OK;
}
