/* box_train_keep.c: what is kept of a run: losses in an array, steps in a log, all of it in a file.
 *
 * Files are written and read by jobs, so that a slow disk is not heard. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "box_train.h"
#include "file.h"
#include "learning.h"
#include "preset_inside.h"

/* ---- history ---- */

/* How long an array is; 0: there is none. */
static size_t array_length(aed_train_box *x, const char *name)
{
    size_t n, total = 0;

    free(x->box.host->array_read(x->box.host_object, name, 0, 1, &n, &total));
    return total;
}

void aed_train_on_history(aed_box *box, const aed_args *a)
{
    aed_train_box *x = (aed_train_box *)box;

    if (a->n && (strlen(a->v[0].s) >= sizeof x->history || !array_length(x, a->v[0].s)))
    {
        aed_box_error(box, "history: no array '%.60s' with room for a number", a->v[0].s);
        return;
    }
    snprintf(x->history, sizeof x->history, "%s", a->n ? a->v[0].s : "");
    x->history_at = 0;
}

void aed_keep_loss(aed_train_box *x, double loss)
{
    const size_t total = x->history[0] ? array_length(x, x->history) : 0;

    if (total)
        x->box.host->array_write(x->box.host_object, x->history, x->history_at++ % total, &loss, 1);
}

/* ---- files ---- */

typedef struct
{
    aed_job job;
    aed_train_box *x;
    aed_status status;
    aed_error e;
    char path[AED_PATH_N];
    char *text;
    size_t n;
    int anew, done; /* of a log */
} file_job;

static void discard_file(aed_job *job)
{
    free(((file_job *)job)->text);
    free(job);
}

static file_job *file_job_new(
    aed_train_box *x, void (*run)(aed_job *), void (*deliver)(aed_job *), const char *path)
{
    file_job *j = calloc(1, sizeof *j);

    if (!j)
    {
        aed_box_error(&x->box, "no memory for a file");
        return NULL;
    }
    j->x = x;
    j->job.run = run;
    j->job.deliver = deliver;
    j->job.discard = discard_file;
    snprintf(j->path, sizeof j->path, "%s", path);
    return j;
}

/* Where a file named in a patch is; 0 with an error when it is nowhere. */
static int find(aed_train_box *x, char path[AED_PATH_N], const char *message, const char *name)
{
    const int writes = strcmp(message, "read") != 0;

    if (x->box.host->path(x->box.host_object, name, writes, path, AED_PATH_N))
        return 1;
    aed_box_error(&x->box, "%s: %s", message,
        writes ? "the name is too long" : "no such file beside the patch or in Pd's path");
    return 0;
}

/* ---- log ---- */

static void run_log(aed_job *job)
{
    file_job *j = (file_job *)job;

    j->status = aed_file_append(j->path, j->text, j->n, j->anew, &j->e);
    j->done = 1;
}

static void flush(aed_train_box *x);

static void deliver_log(aed_job *job)
{
    file_job *j = (file_job *)job;
    aed_train_box *x = j->x;

    x->log.busy = 0;
    if (j->status == AED_OK)
        flush(x);
    else if (strcmp(x->log.path, j->path) == 0)
    {
        aed_box_error(&x->box, "log: %s", j->e.msg);
        x->log.path[0] = '\0';
        x->log.n = 0;
    }
}

/* Dropped before its turn came: the object goes, the lines stay. */
static void discard_log(aed_job *job)
{
    file_job *j = (file_job *)job;

    if (!j->done)
        run_log(job);
    discard_file(job);
}

/* Give what is waiting to the worker. */
static void flush(aed_train_box *x)
{
    aed_train_log *log = &x->log;

    if (log->busy || log->n == 0)
        return;
    file_job *j = file_job_new(x, run_log, deliver_log, log->path);

    if (!j)
        return;
    j->job.discard = discard_log;
    j->text = log->text;
    j->n = log->n;
    j->anew = log->anew;
    log->text = NULL;
    log->n = log->room = 0;
    log->anew = 0;
    log->busy = aed_box_submit(&x->box, &j->job);
}

static void put(aed_train_log *log, const char *text, size_t n)
{
    if (n == 0)
        return;
    if (log->n + n > log->room)
    {
        char *more = realloc(log->text, 2 * (log->n + n));

        if (!more)
            return; /* a part of a line is lost, which is no reason to stop */
        log->text = more;
        log->room = 2 * (log->n + n);
    }
    memcpy(log->text + log->n, text, n);
    log->n += n;
}

static void put_line(aed_train_box *x)
{
    const aed_train_info i = aed_train_report(x->train);
    double hyper[3] = {0.0};

    aed_train_get(&hyper[0], x->train, "alpha");
    aed_train_get(&hyper[1], x->train, "mu");
    aed_train_get(&hyper[2], x->train, "sigma");
    const double values[] = {(double)i.steps, i.loss, x->reward, hyper[0], hyper[1], hyper[2],
        i.grad_norm, i.update_norm, i.success, i.best_loss, (double)i.rollbacks};

    for (size_t k = 0; k < sizeof values / sizeof *values; k++)
    {
        char text[AED_NUMBER_N];

        put(&x->log, ",", k > 0);
        put(&x->log, text, aed_preset_number(text, values[k], 9)); /* nothing for NaN */
    }
    put(&x->log, "\n", 1);
}

void aed_train_on_log(aed_box *box, const aed_args *a)
{
    static const char header[] =
        "step,loss,reward,alpha,mu,sigma,gradnorm,updatenorm,success,best,rollbacks\n";
    aed_train_box *x = (aed_train_box *)box;
    char path[AED_PATH_N] = "", named[AED_PATH_N] = "";

    /* Not the ending that others get: beside a state of the same name it is another file. */
    if (a->n)
        snprintf(
            named, sizeof named, "%s%s", a->v[0].s, aed_file_ending(a->v[0].s)[0] ? ".csv" : "");
    if (a->n && !find(x, path, "log", named))
        return;
    x->log.busy = 0; /* a file that is not this one may still be written to */
    flush(x);
    x->log.busy = 0;
    memcpy(x->log.path, path, sizeof path);
    if (!a->n)
        return;
    x->log.anew = 1;
    put(&x->log, header, sizeof header - 1);
    flush(x);
}

/* ---- all of it ---- */

static void run_save(aed_job *job)
{
    file_job *j = (file_job *)job;

    j->status = aed_file_write(j->path, j->text, j->n, &j->e);
}

static void deliver_save(aed_job *job)
{
    file_job *j = (file_job *)job;
    const aed_atom name = {j->path, 0.0};

    if (j->status != AED_OK)
        aed_box_error(&j->x->box, "save: %s", j->e.msg);
    else
        j->x->box.host->send(j->x->box.host_object, AED_TRAIN_INFO, "written", &name, 1);
}

static void save(aed_train_box *x, const char *path)
{
    const int runs = x->running;
    const aed_learning_run run = {runs, runs ? x->asked : 0.0, runs ? x->left : 0.0};
    file_job *j = file_job_new(x, run_save, deliver_save, path);
    aed_error e;

    if (!j)
        return;
    j->text = aed_learning_encode(x->train, &run, &j->n, &e);
    if (j->text)
        aed_box_submit(&x->box, &j->job);
    else
    {
        aed_box_error(&x->box, "save: %s", e.msg);
        discard_file(&j->job);
    }
}

/* In the middle of a step there is more than what is in [aed_train]: then it waits for the step's end. */
void aed_train_on_save(aed_box *box, const aed_args *a)
{
    aed_train_box *x = (aed_train_box *)box;
    char path[AED_PATH_N] = "";

    if (!x->known)
        aed_box_error(box, "save: there is no theta yet");
    else if (find(x, path, "save", a->v[0].s) && x->running)
        memcpy(x->save, path, sizeof path);
    else if (path[0])
        save(x, path);
}

static void run_read(aed_job *job)
{
    file_job *j = (file_job *)job;

    j->text = aed_file_read(j->path, AED_LEARNING_BYTES, &j->n, &j->e);
    j->status = j->text ? AED_OK : j->e.code;
}

/* The run that is under way ends where it is. */
static void take(aed_train_box *x, aed_train *t, const aed_learning_run *run)
{
    aed_train_free(x->train);
    x->train = t;
    x->known = 1;
    x->testing = x->starts = 0;
    x->running = run->running;
    x->asked = run->asked;
    x->left = run->left;
    x->save[0] = '\0';
    if (run->running)
        aed_run_go_on(x);
    else
        aed_run_send(x, AED_SEND_THETA);
}

static void deliver_read(aed_job *job)
{
    file_job *j = (file_job *)job;
    const aed_atom name = {j->path, 0.0};
    aed_learning_run run;
    aed_train *t = NULL;

    if (j->status == AED_OK)
        t = aed_learning_decode(j->text, j->n, &run, &j->e);
    if (!t)
    {
        aed_box_error(&j->x->box, "read: %s: %s", aed_file_tail(j->path), j->e.msg);
        return;
    }
    take(j->x, t, &run);
    j->x->box.host->send(j->x->box.host_object, AED_TRAIN_INFO, "read", &name, 1);
}

void aed_train_on_read(aed_box *box, const aed_args *a)
{
    aed_train_box *x = (aed_train_box *)box;
    char path[AED_PATH_N];
    file_job *j =
        find(x, path, "read", a->v[0].s) ? file_job_new(x, run_read, deliver_read, path) : NULL;

    if (j)
        aed_box_submit(box, &j->job);
}

/* ---- as a run goes ---- */

void aed_keep_begin(aed_train_box *x)
{
    x->history_at = 0;
    x->reward = NAN;
}

void aed_keep_step(aed_train_box *x)
{
    if (x->log.path[0])
    {
        put_line(x);
        flush(x);
    }
    aed_keep_saved(x);
}

void aed_keep_saved(aed_train_box *x)
{
    if (x->save[0])
        save(x, x->save);
    x->save[0] = '\0';
}

void aed_keep_close(aed_train_box *x)
{
    if (x->log.n && x->log.path[0] &&
        aed_file_append(x->log.path, x->log.text, x->log.n, x->log.anew, NULL) != AED_OK)
        aed_box_error(&x->box, "log: the last lines could not be written");
    free(x->log.text);
}
