/* box_features_stream.c: [aed_features~] as an analyzer: phi of the sound at inlet 1, at each hop.
 *
 * perform only writes samples down; a hop is heard when the host's clock comes, right after the block
 * that filled it. What hears (core's stream.h) is made by a job: it plans transforms. There is one such job
 * at a time, however many messages come; until it is done the old one streams on. */
#include <string.h>

#include "box_features.h"

typedef struct
{
    aed_job job;
    aed_features_box *x;
    aed_error e;
    aed_ear_config config;
    size_t rows[AED_EAR_FEATURES], n_rows;
    aed_stream *stream; /* out: the new one, then the one to be freed */
} stream_job;

static void run(aed_job *job)
{
    stream_job *j = (stream_job *)job;

    j->stream = aed_stream_new(&j->config, &j->e);
}

static void deliver(aed_job *job)
{
    stream_job *j = (stream_job *)job;
    aed_features_box *x = j->x;
    aed_stream *old = x->stream;

    if (!j->stream)
        aed_box_error(&x->box, "stream: %s", j->e.msg);
    if (!j->stream || !x->stream_n)
        return;
    x->stream = j->stream;
    memcpy(x->stream_rows, j->rows, sizeof j->rows);
    x->stream_n_rows = j->n_rows;
    j->stream = old;
}

static void discard(aed_job *job)
{
    stream_job *j = (stream_job *)job;

    j->x->stream_made = 0;
    if (j->x->stream_stale)
        aed_box_wake(&j->x->box, 0.0);
    aed_stream_free(j->stream);
    aed_pool_give(&j->x->box.pool, j);
}

void aed_features_stream_again(aed_features_box *x)
{
    if (!x->stream_n)
        return;
    x->stream_stale = 1;
    aed_box_wake(&x->box, 0.0);
}

static void make(aed_features_box *x)
{
    stream_job *j = aed_pool_take(&x->box.pool, sizeof *j);

    x->stream_stale = 0;
    if (!j)
    {
        aed_box_error(&x->box, "stream: no memory");
        return;
    }
    *j = (stream_job){.job = {.run = run, .deliver = deliver, .discard = discard},
        .x = x,
        .config = x->config,
        .n_rows = x->n_phi};
    j->config.n = x->stream_n;
    j->config.sr_hz = x->sr_hz;
    memcpy(j->rows, x->phi_rows, sizeof j->rows);
    x->stream_made = 1;
    x->stream_stale = !aed_box_submit(&x->box, &j->job); /* the next tick tries again */
}

void aed_features_on_stream(aed_box *box, const aed_args *a)
{
    aed_features_box *x = (aed_features_box *)box;
    const size_t least = aed_ear_largest(&x->config);
    const double n = a->n > 1 ? a->f[1] : (double)least;

    if (a->f[0] == 0.0)
    {
        x->stream_n = 0;
        x->stream_stale = 0;
        aed_stream_free(x->stream);
        x->stream = NULL;
    }
    else if (!(n >= (double)least && n <= AED_WINDOW_MOST))
        aed_box_error(box, "stream: got %g samples, allowed %zu (the largest fft size) … %d", n,
            least, AED_WINDOW_MOST);
    else
    {
        x->stream_n = (size_t)n;
        aed_features_stream_again(x);
    }
}

void aed_features_stream_write(aed_features_box *x, const double *in, size_t n)
{
    if (x->stream && aed_stream_write(x->stream, in, n))
        aed_box_wake(&x->box, 0.0);
}

/* phi of the hop heard last, unless NULL; how many numbers it is. */
static size_t gather(double *phi, const aed_features_box *x)
{
    size_t at = 0;

    for (size_t i = 0, n; i < x->stream_n_rows; i++, at += n)
    {
        const double *row = aed_stream_heard(x->stream, x->stream_rows[i], &n);

        if (phi)
            memcpy(phi + at, row, n * sizeof *row);
    }
    return at;
}

static void tell(aed_features_box *x)
{
    const size_t n = gather(NULL, x);
    double *phi = aed_pool_take(&x->box.pool, n * sizeof *phi);

    if (!phi)
        return; /* the next hop may find memory */
    (void)gather(phi, x);
    aed_features_tell_phi(x, x->stream_rows, x->stream_n_rows, phi, n);
    aed_pool_give(&x->box.pool, phi);
}

/* Whoever hears phi may stop the stream, or have another one made. */
void aed_features_stream_tell(aed_features_box *x)
{
    while (x->stream && aed_stream_hear(x->stream))
        tell(x);
    if (x->stream_stale && !x->stream_made)
        make(x);
}
