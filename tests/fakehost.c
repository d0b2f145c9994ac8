#include "fakehost.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* ---- what boxes call ---- */

/* FNV-1a: a changed bit anywhere changes the sum. */
static void hash(uint64_t *sum, const void *bytes, size_t n)
{
    const unsigned char *b = bytes;

    for (size_t i = 0; i < n; i++)
        *sum = (*sum ^ b[i]) * 0x100000001b3u;
}

static void count_selector(fake_sent *s, const char *selector)
{
    for (size_t i = 0; i < FAKE_SELECTORS; i++)
    {
        if (s->seen[i].count == 0)
            snprintf(s->seen[i].name, sizeof s->seen[i].name, "%s", selector);
        if (strcmp(s->seen[i].name, selector) == 0)
        {
            s->seen[i].count++;
            return;
        }
    }
}

static void keep(fake_sent *s, const char *selector, const aed_atom *v, size_t n)
{
    snprintf(s->selector, sizeof s->selector, "%s", selector ? selector : "");
    s->v = realloc(s->v, (n + 1) * sizeof *s->v);
    s->n = n;
    s->count++;
    s->symbol[0] = 0;
    count_selector(s, s->selector);
    hash(&s->hash, s->selector, strlen(s->selector) + 1);
    for (size_t i = 0; i < n; i++)
    {
        s->v[i] = v[i].f;
        if (v[i].s && !s->symbol[0])
            snprintf(s->symbol, sizeof s->symbol, "%s", v[i].s);
    }
    hash(&s->hash, s->v, n * sizeof *s->v);
}

/* Over the cords, as Pd does it: two numbers and more have a way of their own. */
static void deliver(fake_object *o, size_t outlet, const char *selector, const aed_atom *v,
    const double *f, size_t n)
{
    const fake_host *h = o->host;

    for (size_t i = 0; i < h->n_cords; i++)
    {
        const fake_cord *c = &h->cords[i];

        if (c->from != o || c->outlet != outlet || !c->to->box)
            continue;
        if (f && n >= 2)
            aed_box_numbers(c->to->box, c->inlet, selector, f, n);
        else
            aed_box_message(c->to->box, c->inlet, selector, v, n);
    }
}

static void send_out(fake_object *o, size_t outlet, const char *selector, const aed_atom *v,
    const double *f, size_t n)
{
    fake_host *h = o->host;

    assert_true(outlet < FAKE_PORTS && o->box->class->outlets[outlet].doc);
    keep(&o->sent[outlet], selector, v, n);
    if (h->tap)
        h->tap(h->context, o, outlet, selector, o->sent[outlet].v, n);
    deliver(o, outlet, selector, v, f, n);
}

static void host_send(
    void *object, size_t outlet, const char *selector, const aed_atom *v, size_t n)
{
    send_out(object, outlet, selector, v, NULL, n);
}

/* As over a cord of single precision, which is what Pd's are. */
static void host_send_numbers(
    void *object, size_t outlet, const char *selector, const double *v, size_t n)
{
    aed_atom *a = calloc(n + 1, sizeof *a);
    double *f = malloc((n + 1) * sizeof *f);

    for (size_t i = 0; i < n; i++)
        a[i].f = f[i] = (float)v[i];
    send_out(object, outlet, selector, a, f, n);
    free(a);
    free(f);
}

static void host_error(void *object, const char *text)
{
    fake_object *o = object;

    o->errors++;
    snprintf(o->error, sizeof o->error, "%s", text);
}

static void host_wake(void *object, double ms)
{
    fake_object *o = object;

    o->wake_at = o->host->now_ms + ms;
}

static double host_now(void *object)
{
    return ((fake_object *)object)->host->now_ms;
}

static double host_sr(void *object)
{
    return ((fake_object *)object)->host->sr_hz;
}

static int host_dsp_on(void *object)
{
    return ((fake_object *)object)->host->dsp_on;
}

static double *host_array_read(
    void *object, const char *name, size_t onset, size_t most, size_t *n, size_t *total)
{
    fake_host *h = ((fake_object *)object)->host;

    *total = 0;
    for (size_t i = 0; i < FAKE_ARRAYS; i++)
        if (h->arrays[i].name && strcmp(h->arrays[i].name, name) == 0)
        {
            *total = h->arrays[i].n;
            if (onset >= *total)
                return NULL;
            *n = *total - onset < most ? *total - onset : most;
            double *v = malloc(*n * sizeof *v);
            memcpy(v, h->arrays[i].v + onset, *n * sizeof *v);
            return v;
        }
    return NULL;
}

static int host_array_write(void *object, const char *name, size_t onset, const double *v, size_t n)
{
    fake_host *h = ((fake_object *)object)->host;

    for (size_t i = 0; i < FAKE_ARRAYS; i++)
        if (h->arrays[i].name && strcmp(h->arrays[i].name, name) == 0)
        {
            for (size_t k = 0; k < n && onset + k < h->arrays[i].n; k++)
                ((double *)h->arrays[i].v)[onset + k] = v[k];
            return 1;
        }
    return 0;
}

static int host_path(void *host, const char *name, int writes, char *path, size_t size)
{
    if (strlen(name) >= size)
        return 0;
    strcpy(path, name);
    return 1;
}

static void host_dirty(void *host)
{
    ((fake_object *)host)->dirtied++;
}

static const aed_host table = {host_send, host_send_numbers, host_error, host_wake, host_now,
    host_sr, host_dsp_on, host_array_read, host_array_write, host_path, host_dirty};

/* ---- life ---- */

void fake_open(fake_host *h)
{
    *h = (fake_host){.sr_hz = 44100.0};
}

void fake_delete(fake_object *o)
{
    aed_box_free(o->box);
    o->box = NULL;
    o->wake_at = -1.0;
}

void fake_close(fake_host *h)
{
    for (size_t i = 0; i < h->n; i++)
    {
        fake_delete(&h->objects[i]);
        for (size_t p = 0; p < FAKE_PORTS; p++)
            free(h->objects[i].sent[p].v);
    }
    h->n = 0;
}

/* Words into atoms, as Pd reads them, except that nan and inf are let through as numbers. */
static size_t atoms(aed_atom *v, size_t most, char *text)
{
    size_t n = 0;

    for (char *word = strtok(text, " "); word && n < most; word = strtok(NULL, " "))
    {
        char *end;
        const double f = strtod(word, &end);

        v[n++] = *end == 0 ? (aed_atom){NULL, f} : (aed_atom){word, 0.0};
    }
    return n;
}

int fake_again(fake_object *o, const aed_class *class, const char *arguments, aed_error *e)
{
    char *text = o->arguments;
    aed_atom v[64];

    snprintf(text, sizeof o->arguments, "%s", arguments);
    o->wake_at = -1.0;
    memset(o->signal, 0, sizeof o->signal);
    o->box = aed_box_new(class, &table, o, v, atoms(v, 64, text), e);
    if (!o->box)
        return 0;
    aed_box_rate(o->box, o->host->sr_hz, FAKE_BLOCK);
    return 1;
}

fake_object *fake_new(fake_host *h, const aed_class *class, const char *arguments, aed_error *e)
{
    fake_object *o = &h->objects[h->n];

    assert_true(h->n < FAKE_BOXES);
    *o = (fake_object){.host = h};
    if (!fake_again(o, class, arguments, e))
        return NULL;
    h->n++;
    return o;
}

void fake_cord_make(fake_host *h, fake_object *from, size_t outlet, fake_object *to, size_t inlet)
{
    assert_true(h->n_cords < FAKE_CORDS);
    h->cords[h->n_cords++] = (fake_cord){from, to, outlet, inlet};
}

void fake_array(fake_host *h, const char *name, const double *v, size_t n)
{
    for (size_t i = 0; i < FAKE_ARRAYS; i++)
        if (!h->arrays[i].name || strcmp(h->arrays[i].name, name) == 0)
        {
            h->arrays[i].name = name;
            h->arrays[i].v = v;
            h->arrays[i].n = n;
            return;
        }
    fail_msg("too many arrays");
}

/* ---- messages ---- */

void fake_send(fake_object *o, size_t inlet, const char *text)
{
    char copy[2048];
    aed_atom v[256];

    snprintf(copy, sizeof copy, "%s", text);
    const size_t n = atoms(v, 256, copy);

    if (n && v[0].s)
        aed_box_message(o->box, inlet, v[0].s, v + 1, n - 1);
    else
        aed_box_message(o->box, inlet, NULL, v, n);
}

void fake_send_numbers(
    fake_object *o, size_t inlet, const char *selector, const double *v, size_t n)
{
    const aed_atom a = {NULL, n ? v[0] : 0.0};

    if (n >= 2)
        aed_box_numbers(o->box, inlet, selector, v, n);
    else
        aed_box_message(o->box, inlet, selector, &a, n);
}

void fake_thread(const char *mode)
{
    char copy[64];
    aed_atom v[4];
    aed_error e = {AED_OK, ""};

    snprintf(copy, sizeof copy, "%s", mode);
    if (aed_thread_message(v, atoms(v, 4, copy), &e) != AED_OK)
        fail_msg("%s", e.msg);
}

size_t fake_seen(const fake_object *o, size_t outlet, const char *selector)
{
    const fake_sent *s = &o->sent[outlet];

    for (size_t i = 0; i < FAKE_SELECTORS && s->seen[i].count; i++)
        if (strcmp(s->seen[i].name, selector) == 0)
            return s->seen[i].count;
    return 0;
}

const char *fake_only_error(fake_object *o)
{
    if (o->errors != 1)
        fail_msg("%zu errors instead of one; the last: %s", o->errors, o->error);
    o->errors = 0;
    return o->error;
}

static size_t all_sent(const fake_object *o)
{
    size_t n = 0;

    for (size_t p = 0; p < FAKE_PORTS; p++)
        n += o->sent[p].count;
    return n;
}

void fake_refuse(fake_object *o, size_t inlet, const char *message, const char *says)
{
    const char *name = o->box->class->name;
    const size_t sent = all_sent(o);

    fake_send(o, inlet, message);
    if (o->errors != 1)
        fail_msg("%s: '%s' gave %zu errors instead of one: %s", name, message, o->errors, o->error);
    if (strncmp(o->error, name, strlen(name)) != 0 || !strstr(o->error, says))
        fail_msg("%s: '%s' said '%s', not '%s'", name, message, o->error, says);
    if (all_sent(o) != sent)
        fail_msg("%s: '%s' was refused, but something was sent", name, message);
    o->errors = 0;
}

void fake_accept(fake_object *o, size_t inlet, const char *message)
{
    fake_send(o, inlet, message);
    if (o->errors)
        fail_msg("%s: '%s': %s", o->box->class->name, message, o->error);
}

void fake_no_errors(const fake_host *h)
{
    for (size_t i = 0; i < h->n; i++)
        if (h->objects[i].errors)
            fail_msg("%zu errors; the last: %s", h->objects[i].errors, h->objects[i].error);
}

/* ---- time ---- */

static fake_object *next_due(fake_host *h, double until)
{
    fake_object *first = NULL;

    for (size_t i = 0; i < h->n; i++)
    {
        fake_object *o = &h->objects[i];

        if (o->box && o->wake_at >= 0.0 && o->wake_at <= until &&
            (!first || o->wake_at < first->wake_at))
            first = o;
    }
    return first;
}

/* Clocks first, each at its own time, as Pd does before a block. */
static void tick_until(fake_host *h, double until)
{
    fake_object *o;

    for (size_t ticks = 0; (o = next_due(h, until)); ticks++)
    {
        if (ticks > 10000)
            fail_msg("time stands still: a clock is set to no delay again and again");
        if (o->wake_at > h->now_ms)
            h->now_ms = o->wake_at;
        o->wake_at = -1.0;
        aed_box_tick(o->box);
    }
    h->now_ms = until;
}

static void perform_one(
    fake_host *h, fake_object *o, const double *plant, const double *feed, double *model)
{
    const double *unwired = o->box->class == &aed_class_synth ? feed : plant;
    double heard[FAKE_BLOCK], *in[FAKE_PORTS] = {heard, model};
    double *out[FAKE_PORTS] = {o->signal, o->right};

    memcpy(heard, o->hears ? o->hears->signal : unwired, sizeof heard);

    if (h->around)
        h->around(1);
    o->box->class->perform(o->box, in, out, FAKE_BLOCK);
    if (h->around)
        h->around(0);
    if (h->recorded == o)
        for (size_t i = 0; i < FAKE_BLOCK && h->record_at < h->record_n; i++)
            h->record[h->record_at++] = o->signal[i];
}

static void perform(fake_host *h)
{
    double plant[FAKE_BLOCK] = {0.0}, feed[FAKE_BLOCK] = {0.0}, model[FAKE_BLOCK] = {0.0};

    if (h->plant)
        h->plant(h->context, plant, FAKE_BLOCK);
    if (h->feed)
        h->feed(h->context, feed, FAKE_BLOCK);
    if (h->model)
        h->model(h->context, model, FAKE_BLOCK);
    for (size_t i = 0; i < h->n; i++)
        if (h->objects[i].box && h->objects[i].box->class->perform && !h->objects[i].switched_off)
            perform_one(h, &h->objects[i], plant, feed, model);
}

static void block(fake_host *h)
{
    tick_until(h, h->now_ms + FAKE_BLOCK * 1e3 / h->sr_hz);
    if (h->dsp_on)
        perform(h);
}

void fake_run(fake_host *h, double ms)
{
    for (const double end = h->now_ms + ms; h->now_ms < end;)
        block(h);
}

void fake_dsp(fake_host *h, int on)
{
    h->dsp_on = on;
    for (size_t i = 0; i < h->n && on; i++)
        if (h->objects[i].box && h->objects[i].box->class->perform)
            aed_box_rate(h->objects[i].box, h->sr_hz, FAKE_BLOCK);
}

int fake_run_until(fake_object *o, size_t outlet, double ms)
{
    const size_t before = o->sent[outlet].count;

    for (const double end = o->host->now_ms + ms; o->host->now_ms < end;)
    {
        block(o->host);
        if (o->sent[outlet].count > before)
            return 1;
    }
    return 0;
}

int fake_run_until_seen(
    fake_object *o, size_t outlet, const char *selector, size_t times, double ms)
{
    const struct timespec moment = {0, 100000};

    for (const double end = o->host->now_ms + ms; o->host->now_ms < end;)
    {
        if (fake_seen(o, outlet, selector) >= times)
            return 1;
        block(o->host);
        if (aed_thread_get(NULL) == AED_ASYNC)
            nanosleep(&moment, NULL);
    }
    return fake_seen(o, outlet, selector) >= times;
}

/* ---- the loop ---- */

static fake_object *must(fake_host *h, const aed_class *class, const char *arguments)
{
    aed_error e = {AED_OK, ""};
    fake_object *o = fake_new(h, class, arguments, &e);

    if (!o)
        fail_msg("[%s %s]: %s", class->name, arguments, e.msg);
    return o;
}

void fake_loop_open(fake_loop *l, const char *synth, const char *features, int with_sched)
{
    fake_host *h = &l->host;

    fake_open(h);
    l->synth = must(h, &aed_class_synth, synth);
    l->features = must(h, &aed_class_features, features);
    l->train = must(h, &aed_class_train, "");
    l->sched = with_sched ? must(h, &aed_class_sched, "") : NULL;
    l->features->hears = l->synth;
    fake_cord_make(h, l->train, 0, l->synth, 0);    /* 1 theta */
    fake_cord_make(h, l->synth, 2, l->features, 0); /* 2 window */
    fake_cord_make(h, l->features, 0, l->synth, 1); /* 3 dL/dx */
    fake_cord_make(h, l->synth, 1, l->train, 0);    /* 4 dL/dtheta */
    fake_cord_make(h, l->features, 4, l->train, 2); /* 8 loss, probes, reward */
    if (!with_sched)
        return;
    fake_cord_make(h, l->features, 1, l->sched, 0); /* 5 loss */
    fake_cord_make(h, l->features, 2, l->sched, 1); /* 6 reward */
    fake_cord_make(h, l->sched, 0, l->train, 1);    /* 7 alpha mu sigma */
    fake_cord_make(h, l->train, 1, l->sched, 1);    /* start, accepted */
}

void fake_loop_close(fake_loop *l)
{
    fake_close(&l->host);
    fake_thread("async");
}
