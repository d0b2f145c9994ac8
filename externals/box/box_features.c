/* box_features.c: [aed_features~], the ear: its messages. */
#include "box_features.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- windows ---- */

static void on_window(aed_box *box, const aed_args *a)
{
    if (a->n < AED_WINDOW_LEAST || a->n > AED_WINDOW_MOST)
        aed_box_error(box, "window: got %zu samples, allowed %d … %d", a->n, AED_WINDOW_LEAST,
            AED_WINDOW_MOST);
    else
        aed_features_mix((aed_features_box *)box, a->f, a->n, 0, 0.0);
}

static void on_probe(aed_box *box, const aed_args *a)
{
    if (a->n < AED_WINDOW_LEAST + 1 || a->n > AED_WINDOW_MOST + 1)
        aed_box_error(box, "probe: got %zu samples, allowed %d … %d", a->n - 1, AED_WINDOW_LEAST,
            AED_WINDOW_MOST);
    else
        aed_features_mix((aed_features_box *)box, a->f + 1, a->n - 1, 1, a->f[0]);
}

/* ---- bang: hear the plant through the signal inlet ---- */

static void on_bang(aed_box *box, const aed_args *a)
{
    aed_features_box *x = (aed_features_box *)box;

    (void)a;
    if (!box->host->dsp_on(box->host_object))
    {
        aed_box_error(box, "bang: dsp is off: there is nothing to hear");
        return;
    }
    x->late_n = 0;
    x->left = (size_t)(x->settle_ms * 1e-3 * x->sr_hz);
    x->heard = 0;
    x->state = AED_HEAR_SETTLES;
}

static void on_settle(aed_box *box, const aed_args *a)
{
    ((aed_features_box *)box)->settle_ms = fmin(fmax(a->f[0], 0.0), 10000.0);
}

/* Samples of the plant; 1 when with them its window is full. */
static int hear_plant(aed_features_box *x, const double *in, size_t n)
{
    size_t at = 0;

    if (x->state == AED_HEAR_SETTLES)
    {
        at = x->left < n ? x->left : n;
        x->left -= at;
        if (x->left == 0)
            x->state = AED_HEAR_RECORDS;
    }
    if (x->state != AED_HEAR_RECORDS)
        return 0;
    for (; at < n && x->heard < x->n; at++)
        x->window[x->heard++] = in[at];
    if (x->heard < x->n)
        return 0;
    x->state = AED_HEAR_FULL;
    x->late_n = n - at;
    return 1;
}

static void perform(aed_box *box, double *const *in, double *const *out, size_t n)
{
    aed_features_box *x = (aed_features_box *)box;

    (void)out;
    aed_features_hear_target(x, in[1], n);
    aed_features_stream_write(x, in[0], n);
    if (x->state == AED_HEAR_FULL)
        x->late_n += n;
    if (hear_plant(x, in[0], n))
        aed_box_wake(box, 0.0);
}

static void tick(aed_box *box)
{
    aed_features_box *x = (aed_features_box *)box;

    aed_features_take_captured(x);
    aed_features_stream_tell(x);
    if (x->state != AED_HEAR_FULL)
        return;
    x->state = AED_HEAR_IDLE;
    aed_features_listen(x, x->window, x->n, x->late_n, 0, 0.0);
}

static void rate(aed_box *box, double sr_hz, size_t block_n)
{
    aed_features_box *x = (aed_features_box *)box;

    (void)block_n;
    if (x->sr_hz == sr_hz)
        return;
    x->sr_hz = sr_hz;
    aed_features_stream_again(x);
}

/* ---- settings ---- */

void aed_features_unknown(aed_box *box, const char *message, const char *what, const char *name,
    const char *(*known)(size_t i), size_t n)
{
    char names[300];
    size_t used = 0;

    names[0] = 0;
    for (size_t i = 0; i < n && used + strlen(known(i)) + 2 < sizeof names; i++)
        used += (size_t)snprintf(names + used, sizeof names - used, " %s", known(i));
    aed_box_error(box, "%s: no %s '%.40s': known are%s", message, what, name, names);
}

/* `loss name weight`, `reward name weight`. */
static void set_weight(aed_box *box, const aed_args *a, const char *what, double *weights,
    const char *(*name)(size_t i), size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(name(i), a->v[0].s) == 0)
        {
            weights[i] = a->v[1].f;
            return;
        }
    aed_features_unknown(box, what, what, a->v[0].s, name, n);
}

static const char *loss_name(size_t i)
{
    return aed_losses[i]->name;
}

static const char *reward_name(size_t i)
{
    return aed_rewards[i].name;
}

static void on_loss(aed_box *box, const aed_args *a)
{
    set_weight(box, a, "loss", ((aed_features_box *)box)->loss_weights, loss_name, AED_EAR_LOSSES);
}

static void on_reward(aed_box *box, const aed_args *a)
{
    if (a->v[1].f < 0.0)
        aed_box_error(box, "reward: weight %g, allowed are weights from 0 on", a->v[1].f);
    else
        set_weight(box, a, "reward", ((aed_features_box *)box)->reward_weights, reward_name,
            AED_EAR_REWARDS);
}

static void on_gradient(aed_box *box, const aed_args *a)
{
    const int climb = strcmp(a->v[0].s, "reward") == 0;

    if (!climb && strcmp(a->v[0].s, "loss") != 0)
        aed_box_error(box, "gradient: got '%.40s', allowed loss, reward", a->v[0].s);
    else
        ((aed_features_box *)box)->climb = climb;
}

static void on_cap(aed_box *box, const aed_args *a)
{
    if (!(a->f[0] >= 0.0 && a->f[0] <= 1e3))
        aed_box_error(box, "cap: got %g, allowed 0 … 1000", a->f[0]);
    else
        ((aed_features_box *)box)->config.cap = a->f[0];
}

static void on_floor(aed_box *box, const aed_args *a)
{
    if (!(a->f[0] >= 1e-12 && a->f[0] <= 1.0))
        aed_box_error(box, "floor: got %g, allowed 1e-12 … 1", a->f[0]);
    else
    {
        ((aed_features_box *)box)->config.floor = a->f[0];
        aed_features_stream_again((aed_features_box *)box);
    }
}

static void on_whole(aed_box *box, const aed_args *a)
{
    ((aed_features_box *)box)->config.whole_frames = a->f[0] != 0.0;
}

static void on_cancel(aed_box *box, const aed_args *a)
{
    aed_features_box *x = (aed_features_box *)box;

    (void)a;
    x->state = AED_HEAR_IDLE;
    free(x->captured.v);
    x->captured.v = NULL;
    aed_features_mix_drop(x);
    aed_features_cancel(x);
    aed_box_named(box, AED_FEATURES_INFO, "cancelled", NULL, 0);
}

/* ---- life ---- */

/* A whole number from lo on; anything else is left for the ear's own checks to name. */
static size_t whole(double f)
{
    return f >= 0.0 && f <= 1e6 ? (size_t)f : 0;
}

static aed_status read_arguments(aed_features_box *x, const aed_atom *v, size_t n, aed_error *e)
{
    aed_ear_config *c = &x->config;
    size_t sizes = 0;

    for (size_t i = 0; i < n; i++)
    {
        const int has_number = i + 1 < n && !v[i + 1].s;

        if (!v[i].s && sizes == AED_EAR_SIZES)
            return aed_fail(e, AED_E_ARG, "got more than %d fft sizes", AED_EAR_SIZES);
        if (!v[i].s)
            c->sizes[sizes++] = whole(v[i].f);
        else if (strcmp(v[i].s, "-hop") == 0 && has_number)
            c->hop_n = whole(v[++i].f);
        else if (strcmp(v[i].s, "-mels") == 0 && has_number)
            c->mels = whole(v[++i].f);
        else if (strcmp(v[i].s, "-window") == 0 && has_number)
            x->n = whole(v[++i].f);
        else
            return aed_fail(e, AED_E_ARG,
                "'%.40s': expected fft sizes and the flags -hop N, -mels N, -window N", v[i].s);
    }
    if (sizes)
        c->n_sizes = sizes;
    if (x->n < AED_WINDOW_LEAST || x->n > AED_WINDOW_MOST)
        return aed_fail(e, AED_E_ARG, "-window: got %zu, allowed %d … %d", x->n, AED_WINDOW_LEAST,
            AED_WINDOW_MOST);
    return AED_OK;
}

static aed_status open_features(aed_box *box, const aed_atom *v, size_t n, aed_error *e)
{
    aed_features_box *x = (aed_features_box *)box;

    aed_ear_defaults(&x->config);
    x->lag = 1;
    x->mix = 1;
    aed_features_phi_default(x);
    x->n = AED_WINDOW_DEFAULT;
    x->sr_hz = box->host->sr_hz(box->host_object);
    if (read_arguments(x, v, n, e) != AED_OK)
        return e->code;
    x->config.n = x->n;
    x->config.sr_hz = x->sr_hz;
    /* Wrong arguments are told where they were written; the ear itself is made by the first job. */
    if (aed_ear_check(&x->config, e) != AED_OK)
        return e->code;
    x->window = calloc(x->n, sizeof *x->window);
    if (!x->window)
        return aed_fail(e, AED_E_MEMORY, "no memory for a window of %zu samples", x->n);
    for (size_t i = 0; i < AED_EAR_LOSSES; i++)
        x->loss_weights[i] = aed_losses[i]->default_weight;
    for (size_t i = 0; i < AED_EAR_REWARDS; i++)
        x->reward_weights[i] = aed_rewards[i].default_weight;
    return AED_OK;
}

static void close_features(aed_box *box)
{
    aed_features_box *x = (aed_features_box *)box;

    aed_ear_free(x->work.ear);
    aed_tuner_free(x->work.tuner.tuner);
    aed_features_mix_drop(x);
    aed_features_close_target(x);
    aed_stream_free(x->stream);
    free(x->phi.v);
    free(x->window);
}

static const aed_method methods[] = {
    {0, "list", "*", on_window, "window: a list of samples", "hear a window"},
    {0, "probe", "f*", on_probe, "probe id window…", "hear a candidate: answers `probe id loss`"},
    {0, "bang", "", on_bang, "bang", "hear the next window of the signal inlet"},
    {0, "settle", "f", on_settle, "settle ms", "let the plant come to rest before a bang hears"},
    {0, "target", "s?ff", aed_features_on_target, "target array [onset [hz]]",
        "what windows are compared with; samplerate: at which it was recorded, when not at this "
        "one"},
    {0, "targets", "s+", aed_features_on_targets, "targets array…",
        "several: each window meets one of them, drawn at random"},
    {0, "segments", "f?f", aed_features_on_segments, "segments n [hop]",
        "cut targets into pieces of n samples, hop apart, of which one is drawn"},
    {0, "capture", "?f", aed_features_on_capture, "capture [n]",
        "the next n samples of inlet 2 become the target"},
    {0, "follow", "f", aed_features_on_follow, "follow 0|1",
        "1: each window is compared with what came in at inlet 2 meanwhile"},
    {0, "loss", "sf", on_loss, "loss name weight", "weight of a loss term; 0 leaves it out"},
    {0, "reward", "sf", on_reward, "reward name weight", "weight of a reward; 0 leaves it out"},
    {0, "lag", "f", aed_features_on_lag, "lag 0|1",
        "tell f0, and how many octaves above the target's: [aed_train] tunes by it"},
    {0, "gradient", "s", on_gradient, "gradient loss|reward",
        "what outlet 1 descends: the loss, or minus the reward"},
    {0, "features", "+", aed_features_on_features, "features [name…]",
        "what phi is made of, in this order; ? lists; without names as at the start"},
    {0, "stream", "f?f", aed_features_on_stream, "stream 0|1 [n]",
        "1: phi at each hop, of the last n samples of the signal inlet"},
    {0, "standardize", "f", aed_features_on_standardize, "standardize 0|1|2",
        "phi in standard deviations from its mean: 1 learns both, 2 keeps them"},
    {0, "get", "", aed_features_on_get, "get", "phi, reward and loss once more"},
    {0, "cap", "f", on_cap, "cap rms", "louder is penalised by `reward cap` and `loss cap`"},
    {0, "floor", "f", on_floor, "floor x", "power added before the logarithm"},
    {0, "whole", "f", on_whole, "whole 0|1",
        "1: only frames inside the window, for live windows; 0: reflected edges"},
    {0, "mix", "f", aed_features_on_mix, "mix n",
        "n synths play together: the sum of n windows is heard, and dL/dx is that of each"},
    {0, "cancel", "", on_cancel, "cancel", "forget windows under way, sums and a capture"},
    {0},
};

const aed_class aed_class_features = {
    .name = "aed_features~",
    .doc = "ear, loss and reward: a window in, dL/dx, loss, reward and features out",
    .size = sizeof(aed_features_box),
    .inlets = {{"window, messages, or the sound of a plant", 1}, {"the sound of a target", 1}},
    .outlets = {{"dL/dx", 0}, {"loss", 0}, {"reward", 0}, {"features", 0}, {"info", 0}},
    .methods = methods,
    .open = open_features,
    .close = close_features,
    .tick = tick,
    .rate = rate,
    .perform = perform,
};
