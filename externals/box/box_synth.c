/* box_synth.c: [aed_synth~], the plant: its messages. */
#include "box_synth.h"

#include <math.h>
#include <string.h>

static const double ramp_default_ms = 20.0;

/* ---- theta ---- */

size_t aed_synth_ramp_n(const aed_synth_box *x)
{
    return (size_t)(x->ramp_ms * 1e-3 * x->sr_hz);
}

/* full with theta [d] in its learnable places. */
static void expand(double *full, const aed_synth_box *x, const double *theta)
{
    memcpy(full, x->rig->full, x->rig->chain.full_n * sizeof *full);
    aed_knobs_expand(full, &x->rig->knobs, theta);
}

void aed_synth_learn_with(aed_synth_box *x, const double *full)
{
    x->asked = 1;
    if (x->live)
    {
        aed_synth_live_theta(x, full);
        return;
    }
    aed_synth_go(x, full);
    aed_synth_supersede(x);
    /* One render at a time: of many thetas at once the last one counts, and the queue stays short. */
    x->has_pending = x->renders > 0;
    if (!x->has_pending)
        aed_synth_render(x, x->rig->full, 0, 0.0);
}

static int wrong_length(aed_synth_box *x, const char *what, size_t got, size_t expected)
{
    if (got == expected)
        return 0;
    aed_box_error(&x->box, "%s: got %zu value%s, expected %zu%s", what, got, got == 1 ? "" : "s",
        expected, got == 2 ? " (did you mean: note 60 100?)" : "");
    return 1;
}

static void on_theta(aed_box *box, const aed_args *a)
{
    aed_synth_box *x = (aed_synth_box *)box;
    double *full = x->rig->scratch;

    if (aed_synth_name_follows(x) || wrong_length(x, "theta", a->n, x->rig->knobs.d))
        return;
    aed_synth_note_run(x);
    expand(full, x, a->f);
    aed_synth_learn_with(x, full);
}

static void on_probe(aed_box *box, const aed_args *a)
{
    aed_synth_box *x = (aed_synth_box *)box;
    double *full = x->rig->scratch;

    if (aed_synth_name_follows(x) || wrong_length(x, "probe: theta", a->n - 1, x->rig->knobs.d))
        return;
    expand(full, x, a->f + 1);
    aed_synth_render(x, full, 1, a->f[0]);
}

static void on_render(aed_box *box, const aed_args *a)
{
    aed_synth_box *x = (aed_synth_box *)box;

    if (a->n > 0)
        aed_synth_render_array(x, a);
    else if (!aed_synth_name_follows(x))
        aed_synth_learn_with(x, x->rig->full);
}

static void on_ask(aed_box *box, const aed_args *a)
{
    aed_synth_box *x = (aed_synth_box *)box;

    (void)a;
    aed_synth_tell_theta(x);
}

static void on_gradient(aed_box *box, const aed_args *a)
{
    aed_synth_box *x = (aed_synth_box *)box;

    if (aed_synth_name_follows(x) || wrong_length(x, "dL/dx", a->n, x->n))
        return;
    if (x->awaits)
        aed_synth_backward(x, a->f);
    else
        aed_box_named(box, AED_SYNTH_INFO, "late", NULL, 0);
}

/* ---- settings ---- */

void aed_synth_seed(aed_synth_box *x, unsigned long seed)
{
    x->seed = seed;
    aed_voice_seed(x->rig->audible, seed);
}

static int good_seed(aed_box *box, const char *message, double f)
{
    if (f >= 0.0 && f <= 16777216.0)
        return 1;
    aed_box_error(box, "%s: got %g, allowed 0 … 16777216", message, f);
    return 0;
}

static void on_seed(aed_box *box, const aed_args *a)
{
    if (good_seed(box, "seed", a->f[0]))
        aed_synth_seed((aed_synth_box *)box, (unsigned long)a->f[0]);
}

/* Where learning begins, weights only. */
static void on_scramble(aed_box *box, const aed_args *a)
{
    aed_synth_box *x = (aed_synth_box *)box;
    const double seed = a->n ? a->f[0] : (double)x->seed;
    double *full = x->rig->scratch;

    if (!good_seed(box, "scramble", seed))
        return;
    if (x->rig->chain.weights_n == 0)
    {
        aed_box_error(box, "scramble: no module of the chain has weights");
        return;
    }
    memcpy(full, x->rig->full, x->rig->chain.full_n * sizeof *full);
    aed_chain_scramble(full, &x->rig->chain, (unsigned long)seed);
    aed_synth_turn(x, full);
    aed_synth_tell_theta(x);
}

static void on_ramp(aed_box *box, const aed_args *a)
{
    ((aed_synth_box *)box)->ramp_ms = fmin(fmax(a->f[0], 0.0), 1000.0);
}

/* ---- mode ---- */

void aed_synth_cancel(aed_synth_box *x)
{
    aed_synth_supersede(x);
    aed_synth_live_stop(x);
    aed_synth_fit_stop(x);
    x->has_pending = 0;
}

void aed_synth_begin_again(aed_synth_box *x)
{
    if (x->asked)
        aed_synth_learn_with(x, x->rig->full);
}

static void on_cancel(aed_box *box, const aed_args *a)
{
    aed_synth_box *x = (aed_synth_box *)box;

    (void)a;
    x->asked = 0;
    aed_synth_cancel(x);
    aed_box_named(box, AED_SYNTH_INFO, "cancelled", NULL, 0);
}

static void on_mode(aed_box *box, const aed_args *a)
{
    aed_synth_box *x = (aed_synth_box *)box;
    const char *mode = a->v[0].s, *at = a->n > 1 ? a->v[1].s : "note";
    const int live = strcmp(mode, "live") == 0, at_once = strcmp(at, "free") == 0;
    aed_error e;

    if ((!live && strcmp(mode, "offline") != 0) || (!at_once && strcmp(at, "note") != 0))
    {
        aed_box_error(
            box, "mode: got '%s %s', allowed are: offline, live, live note, live free", mode, at);
        return;
    }
    if (live && !aed_synth_rig_live(x->rig, &e))
    {
        aed_box_error(box, "mode live: %s", e.msg);
        return;
    }
    aed_synth_cancel(x);
    x->live = live;
    x->live_free = at_once;
    x->told_dsp_off = 0;
    aed_synth_begin_again(x);
}

/* ---- signals ---- */

/* Ears and loudspeakers first: a resonance may be learned, it is not sent out above full scale. From
 * .9 on it is bent, y = .9 + .1 t / (1 + t) with t = (|x| - .9) / .1: slope 1 where the bend begins,
 * and never beyond 1. The window has what the voice made. */
static double capped(double x)
{
    const double over = fabs(x) - 0.9;

    return over <= 0.0 ? x : copysign(0.9 + 0.1 * over / (0.1 + over), x);
}

static const double *moving(const double *feed, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (feed[i] != 0.0)
            return feed;
    return NULL;
}

/* A signal that is not finite moves nothing. */
static void clean(double *feed, size_t n)
{
    for (size_t i = 0; i < n; i++)
        feed[i] = isfinite(feed[i]) ? fmin(fmax(feed[i], -1e3), 1e3) : 0.0;
}

static void perform(aed_box *box, double *const *in, double *const *out, size_t n)
{
    aed_synth_box *x = (aed_synth_box *)box;
    double *y = out[0], *side = x->stereo ? out[1] : NULL;

    clean(in[0], n);
    const aed_io io = {.feed = moving(in[0], n), .y = y, .side = side};

    aed_synth_live_perform(x, &io, n);
    aed_synth_fades_perform(x, &io, n);
    for (size_t i = 0; i < n; i++)
    {
        const double mid = y[i];

        y[i] = capped(side ? (mid - side[i]) * sqrt(0.5) : mid);
        if (side)
            side[i] = capped((mid + side[i]) * sqrt(0.5));
    }
}

static void tick(aed_box *box)
{
    aed_synth_box *x = (aed_synth_box *)box;

    aed_synth_rig_tick(x);
    if (x->live)
        aed_synth_live_tick(x);
    else if (x->has_pending && x->renders == 0)
    {
        x->has_pending = 0;
        aed_synth_render(x, x->rig->full, 0, 0.0);
    }
}

/* ---- life ---- */

typedef struct
{
    char words[AED_WORDS_N];
    double window, seed, channels;
    int multi;
    const char *name;
} creation;

static int takes_number(creation *c, const char *flag, double f)
{
    if (strcmp(flag, "-window") == 0)
        c->window = f;
    else if (strcmp(flag, "-seed") == 0)
        c->seed = f;
    else if (strcmp(flag, "-channels") == 0)
        c->channels = f;
    else
        return 0;
    return 1;
}

static aed_status read_arguments(creation *c, const aed_atom *v, size_t n, aed_error *e)
{
    for (size_t i = 0; i < n; i++)
    {
        const int has_more = i + 1 < n;

        if (!v[i].s || v[i].s[0] != '-')
        {
            if (!aed_synth_add_word(c->words, &v[i]))
                return aed_fail(
                    e, AED_E_SIZE, "the chain is longer than %d letters", AED_WORDS_N - 2);
        }
        else if (strcmp(v[i].s, "-name") == 0 && has_more && v[i + 1].s)
            c->name = v[++i].s;
        else if (strcmp(v[i].s, "-multi") == 0)
            c->multi = 1;
        else if (has_more && !v[i + 1].s && takes_number(c, v[i].s, v[i + 1].f))
            i++;
        else
            return aed_fail(e, AED_E_ARG,
                "flag '%.40s': allowed are -window N, -seed N, -channels 1|2, -multi (one cord for "
                "both, Pd 0.54), -name NAME",
                v[i].s);
    }
    if (!(c->window >= AED_WINDOW_LEAST && c->window <= AED_WINDOW_MOST))
        return aed_fail(e, AED_E_ARG, "-window: got %g, allowed %d … %d", c->window,
            AED_WINDOW_LEAST, AED_WINDOW_MOST);
    if (!(c->seed >= 0.0 && c->seed <= 16777216.0))
        return aed_fail(e, AED_E_ARG, "-seed: got %g, allowed 0 … 16777216", c->seed);
    if (c->channels != 1.0 && c->channels != 2.0)
        return aed_fail(e, AED_E_ARG, "-channels: got %g, allowed 1, 2", c->channels);
    return AED_OK;
}

static aed_status open_synth(aed_box *box, const aed_atom *v, size_t n, aed_error *e)
{
    aed_synth_box *x = (aed_synth_box *)box;
    creation c = {.window = AED_WINDOW_DEFAULT, .channels = 1.0};

    if (read_arguments(&c, v, n, e) != AED_OK)
        return e->code;
    x->n = (size_t)c.window;
    x->seed = (unsigned long)c.seed;
    x->stereo = c.channels == 2.0;
    x->sr_hz = box->host->sr_hz(box->host_object);
    x->ramp_ms = ramp_default_ms;
    x->depth = 1.0;
    strcpy(x->route, "pitch");
    box->n_outlets = x->stereo ? AED_SYNTH_RIGHT + 1 : AED_SYNTH_RIGHT;
    box->one_cord = c.multi;
    x->rig = aed_synth_rig_new(x, c.words[0] ? c.words : aed_plants[0].name, x->sr_hz, e);
    if (!x->rig)
        return e->code;
    aed_synth_play_setup(x, x->rig);
    x->name = c.name; /* a host's symbol: it stays */
    aed_synth_name_join(x);
    aed_synth_name_adopt(x, x->rig);
    return AED_OK;
}

static void close_synth(aed_box *box)
{
    aed_synth_box *x = (aed_synth_box *)box;

    aed_synth_name_leave(x);
    aed_synth_fit_stop(x);
    aed_synth_preset_close(x);
    aed_synth_fades_end(x); /* jobs have gone before: nobody uses a retired one any more */
    aed_synth_rig_free(x->rig);
}

static const aed_method methods[] = {
    {0, "list", "*", on_theta, "theta: one number 0 … 1 for each parameter",
        "render (offline) or play (live) one window with this theta"},
    {0, "probe", "f*", on_probe, "probe id theta…", "render a candidate silently"},
    {0, "render", "?sfff", on_render, "render [array [pitch velocity [held_ms]]]",
        "a window with the present theta; with a name: a note into an array, as long as that is"},
    {0, "fit", "s&", aed_synth_on_fit, "fit array [pitch [example]]…",
        "learn to imitate arrays sample by sample: weights of the first amed; cancel ends it"},
    {0, "passes", "f?f", aed_synth_on_passes, "passes n [noise]",
        "how often fit goes through its arrays, and then for the noise alone; 0: the law's own "
        "number"},
    {0, "draw", "s?ss", aed_synth_on_draw, "draw loss [sound [target]]",
        "arrays that fit draws into; a minus leaves one out"},
    {0, "ask", "", on_ask, "ask", "theta leaves outlet 2 as `theta …`"},
    {0, "note", "ff", aed_synth_on_note, "note pitch velocity",
        "play a note; velocity 0 releases it"},
    {0, "score", "*", aed_synth_on_score, "score pitch velocity on_ms off_ms …",
        "what is played in an offline window; without numbers: key 60 for 60 % of it"},
    {0, "glide", "f", aed_synth_on_glide, "glide ms", "notes slide from one to the next"},
    {0, "pitch", "s", aed_synth_on_pitch, "pitch played|learned",
        "oscillators stay in tune with the keys, or learn their frequency"},
    {0, "signal", "s?f", aed_synth_on_signal, "signal pitch|none|name [depth]",
        "what the signal in inlet 1 moves: the pitch in semitones, a parameter over its range"},
    {0, "chain", "s&", aed_synth_on_chain, "chain module [size]…",
        "another chain, or a named one; the old one fades out"},
    {0, "law", "s", aed_synth_on_law, "law lock|seed",
        "amed by the equations that learn, or as the seed has them; weights begin anew"},
    {0, "scramble", "?f", on_scramble, "scramble [seed]",
        "draw all weights anew, as a new object of this seed would"},
    {0, "param", "s?f", aed_synth_on_param, "param name [value]", "set a parameter, or tell it"},
    {0, "turn", "sf", aed_synth_on_turn, "turn name theta",
        "set a parameter by its place in its range, 0 … 1"},
    {0, "params", "", aed_synth_on_params, "params",
        "tell all parameters: name value theta unit lo hi learns"},
    {0, "learn", "+", aed_synth_on_learn, "learn [name…]", "these learn too; without names: all"},
    {0, "freeze", "s+", aed_synth_on_freeze, "freeze name…", "these stand still"},
    {0, "solo", "s+", aed_synth_on_solo, "solo name…", "only these learn"},
    {0, "range", "s?ff", aed_synth_on_range, "range name [lo hi]",
        "where it may go, in its own unit; without numbers: everywhere"},
    {0, "dead", "", aed_synth_on_dead, "dead",
        "tell which parameters cannot learn now, and why: silence unheard low high plateau"},
    {0, "mode", "s?s", on_mode, "mode offline|live [note|free]",
        "where windows come from; live windows begin at a note, or at once"},
    {0, "ramp", "f", on_ramp, "ramp ms", "time the audible voice takes to a new theta"},
    {0, "seed", "f", on_seed, "seed n", "the noise of windows to come"},
    {0, "reset", "", aed_synth_on_reset, "reset", "silence; parameters stay"},
    {0, "store", "f", aed_synth_on_store, "store slot", "keep the sound in a slot, 0 … 127"},
    {0, "recall", "f", aed_synth_on_recall, "recall slot", "the sound in a slot, chain and all"},
    {0, "morph", "fff", aed_synth_on_morph, "morph slot slot place",
        "between two slots of one chain, place 0 … 1"},
    {0, "presets", "", aed_synth_on_presets, "presets", "tell which slots are in use"},
    {0, "write", "s", aed_synth_on_write, "write file", "the sound and all slots into a file"},
    {0, "read", "s", aed_synth_on_read, "read file", "a sound and its slots from a file"},
    {0, "keep", "f", aed_synth_on_keep, "keep 1|0", "save the sound and all slots with the patch"},
    {0, "undo", "", aed_synth_on_undo, "undo",
        "back to where the last learning run began; once more: forth again"},
    {0, "panic", "", aed_synth_on_panic, "panic",
        "silence, nothing under way, parameters as at the last good gradient"},
    {0, "cancel", "", on_cancel, "cancel", "forget windows and gradients under way"},
    {1, "list", "*", on_gradient, "dL/dx: one number for each sample of the window",
        "gradient of a loss at the window; dL/dtheta leaves outlet 2"},
    {0},
};

const aed_class aed_class_synth = {
    .name = "aed_synth~",
    .doc = "a differentiable synthesizer: theta in, sound and gradients out",
    .size = sizeof(aed_synth_box),
    .inlets = {{"theta and messages; a signal moves the pitch", 1},
        {"dL/dx of the last window", 0}},
    .outlets = {{"sound; with -channels 2 -multi both channels, where Pd has multichannel signals",
                    1},
        {"dL/dtheta; theta when asked", 0}, {"window", 0}, {"info", 0},
        {"with -channels 2: right, the first outlet being left; not there when that has both", 1}},
    .methods = methods,
    .open = open_synth,
    .close = close_synth,
    .other = aed_synth_other,
    .save = aed_synth_save,
    .restore = aed_synth_restore,
    .tick = tick,
    .rate = aed_synth_rate,
    .perform = perform,
};
