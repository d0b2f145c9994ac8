/* box_synth.c: [aed_synth~], the plant: its messages. */
#include "box_synth.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double ramp_default_ms = 20.0;

/* ---- theta ---- */

/* full with theta [d] in its learnable places. */
static void expand(double *full, const aed_synth_box *x, const double *theta)
{
    memcpy(full, x->full, x->chain.d * sizeof *full);
    aed_knobs_expand(full, &x->knobs, theta);
}

static void learn_with(aed_synth_box *x, const double *full)
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
        aed_synth_render(x, x->full, 0, 0.0);
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

    double full[AED_KNOBS_MOST];

    if (wrong_length(x, "theta", a->n, x->knobs.d))
        return;
    expand(full, x, a->f);
    learn_with(x, full);
}

static void on_probe(aed_box *box, const aed_args *a)
{
    aed_synth_box *x = (aed_synth_box *)box;

    double full[AED_KNOBS_MOST];

    if (wrong_length(x, "probe: theta", a->n - 1, x->knobs.d))
        return;
    expand(full, x, a->f + 1);
    aed_synth_render(x, full, 1, a->f[0]);
}

static void on_render(aed_box *box, const aed_args *a)
{
    aed_synth_box *x = (aed_synth_box *)box;

    (void)a;
    learn_with(x, x->full);
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

    if (wrong_length(x, "dL/dx", a->n, x->n))
        return;
    if (x->awaits)
        aed_synth_backward(x, a->f);
    else
        aed_box_named(box, AED_SYNTH_INFO, "late", NULL, 0);
}

/* ---- playing ---- */

static void on_note(aed_box *box, const aed_args *a)
{
    aed_synth_live_note((aed_synth_box *)box, a->f[0], fmin(fmax(a->f[1], 0.0), 127.0));
}

/* Notes of a score, sorted by time as they are entered; later ones of equal time come later. */
static void enter(aed_synth_event *score, size_t n, double ms, double pitch, double vel)
{
    size_t i = n;

    for (; i > 0 && score[i - 1].ms > ms; i--)
        score[i] = score[i - 1];
    score[i] = (aed_synth_event){ms, pitch, vel};
}

static void on_score(aed_box *box, const aed_args *a)
{
    aed_synth_box *x = (aed_synth_box *)box;
    aed_synth_event score[AED_MAX_EVENTS];
    size_t n = 0;

    if (a->n % 4 != 0 || a->n / 4 > AED_MAX_EVENTS / 2)
    {
        aed_box_error(box,
            "score: got %zu values, expected up to %d groups of: pitch velocity on_ms off_ms", a->n,
            AED_MAX_EVENTS / 2);
        return;
    }
    for (size_t i = 0; i < a->n; i += 4)
    {
        const double *f = a->f + i;

        if (!(f[1] >= 1.0 && f[1] <= 127.0 && f[2] >= 0.0 && f[3] > f[2]))
        {
            aed_box_error(box,
                "score: velocity %g on_ms %g off_ms %g: velocity is 1 … 127, and a "
                "note ends after it began",
                f[1], f[2], f[3]);
            return;
        }
        enter(score, n++, f[2], f[0], f[1]);
        enter(score, n++, f[3], f[0], 0.0);
    }
    memcpy(x->score, score, n * sizeof *score);
    x->score_n = n;
}

static void on_reset(aed_box *box, const aed_args *a)
{
    aed_synth_box *x = (aed_synth_box *)box;

    (void)a;
    aed_voice_reset(x->audible);
    aed_synth_live_disturb(x);
}

static void on_seed(aed_box *box, const aed_args *a)
{
    aed_synth_box *x = (aed_synth_box *)box;

    if (a->f[0] < 0.0 || a->f[0] > 16777216.0)
    {
        aed_box_error(box, "seed: got %g, allowed 0 … 16777216", a->f[0]);
        return;
    }
    x->seed = (unsigned long)a->f[0];
    aed_voice_seed(x->audible, x->seed);
}

static void on_ramp(aed_box *box, const aed_args *a)
{
    ((aed_synth_box *)box)->ramp_ms = fmin(fmax(a->f[0], 0.0), 1000.0);
}

/* ---- mode ---- */

static void cancel(aed_synth_box *x)
{
    aed_synth_supersede(x);
    aed_synth_live_stop(x);
    x->has_pending = 0;
}

/* What was under way cannot be finished as it began; a loop that waits for it gets it anew. */
static void begin_again(aed_synth_box *x)
{
    if (x->asked)
        learn_with(x, x->full);
}

static void on_cancel(aed_box *box, const aed_args *a)
{
    aed_synth_box *x = (aed_synth_box *)box;

    (void)a;
    x->asked = 0;
    cancel(x);
    aed_box_named(box, AED_SYNTH_INFO, "cancelled", NULL, 0);
}

static void on_mode(aed_box *box, const aed_args *a)
{
    aed_synth_box *x = (aed_synth_box *)box;
    const char *mode = a->v[0].s, *at = a->n > 1 ? a->v[1].s : "note";
    const int live = strcmp(mode, "live") == 0, at_once = strcmp(at, "free") == 0;

    if ((!live && strcmp(mode, "offline") != 0) || (!at_once && strcmp(at, "note") != 0))
    {
        aed_box_error(
            box, "mode: got '%s %s', allowed are: offline, live, live note, live free", mode, at);
        return;
    }
    cancel(x);
    x->live = live;
    x->live_free = at_once;
    x->told_dsp_off = 0;
    begin_again(x);
}

/* ---- signals ---- */

static void rate(aed_box *box, double sr_hz, size_t block_n)
{
    aed_synth_box *x = (aed_synth_box *)box;

    (void)block_n;
    x->told_dsp_off = 0;
    if (sr_hz == x->sr_hz)
        return;
    aed_error e;
    aed_voice *audible = aed_voice_new(&x->chain, sr_hz, x->seed, &e);
    aed_voice *silent = audible ? aed_voice_new(&x->chain, sr_hz, x->seed, &e) : NULL;

    if (!silent)
    {
        aed_voice_free(audible);
        aed_box_error(box, "sample rate %g: %s", sr_hz, e.msg);
        return;
    }
    cancel(x);
    aed_voice_theta(audible, x->full, 0);
    aed_voice_free(x->audible);
    x->audible = audible;
    x->sr_hz = sr_hz;
    aed_synth_swap_silent(x, silent);
    begin_again(x);
}

static void perform(aed_box *box, double *const *in, double *const *out, size_t n)
{
    (void)in;
    aed_synth_live_perform((aed_synth_box *)box, out[0], n);
    /* Ears and loudspeakers first: a resonance may be learned, it is not sent out above full scale.
     * The window has what the voice made. */
    for (size_t i = 0; i < n; i++)
        out[0][i] = fmin(fmax(out[0][i], -1.0), 1.0);
}

static void tick(aed_box *box)
{
    aed_synth_box *x = (aed_synth_box *)box;

    if (x->live)
        aed_synth_live_tick(x);
    else if (x->has_pending && x->renders == 0)
    {
        x->has_pending = 0;
        aed_synth_render(x, x->full, 0, 0.0);
    }
}

/* ---- life ---- */

typedef struct
{
    char words[256];
    double window, seed;
} creation;

static aed_status add_word(creation *c, const char *word, aed_error *e)
{
    if (strlen(c->words) + strlen(word) + 2 > sizeof c->words)
        return aed_fail(e, AED_E_SIZE, "the chain is longer than %zu letters", sizeof c->words - 2);
    strcat(c->words, " ");
    strcat(c->words, word);
    return AED_OK;
}

static aed_status read_arguments(creation *c, const aed_atom *v, size_t n, aed_error *e)
{
    for (size_t i = 0; i < n; i++)
    {
        const int has_number = i + 1 < n && !v[i + 1].s;

        if (!v[i].s)
            return aed_fail(e, AED_E_ARG, "got %g among the module names", v[i].f);
        if (v[i].s[0] != '-')
        {
            if (add_word(c, v[i].s, e) != AED_OK)
                return e->code;
        }
        else if (strcmp(v[i].s, "-window") == 0 && has_number)
            c->window = v[++i].f;
        else if (strcmp(v[i].s, "-seed") == 0 && has_number)
            c->seed = v[++i].f;
        else
            return aed_fail(e, AED_E_ARG, "flag '%.40s': allowed are -window N, -seed N", v[i].s);
    }
    if (!(c->window >= AED_WINDOW_LEAST && c->window <= AED_WINDOW_MOST))
        return aed_fail(e, AED_E_ARG, "-window: got %g, allowed %d … %d", c->window,
            AED_WINDOW_LEAST, AED_WINDOW_MOST);
    if (!(c->seed >= 0.0 && c->seed <= 16777216.0))
        return aed_fail(e, AED_E_ARG, "-seed: got %g, allowed 0 … 16777216", c->seed);
    return AED_OK;
}

static aed_status make_parts(aed_synth_box *x, aed_error *e)
{
    const size_t d = x->chain.d;

    x->audible = aed_voice_new(&x->chain, x->sr_hz, x->seed, e);
    x->silent = x->audible ? aed_voice_new(&x->chain, x->sr_hz, x->seed, e) : NULL;
    x->tape = x->silent ? aed_tape_new(x->audible, x->n, e) : NULL;
    if (!x->tape)
        return e->code;
    for (size_t i = 0; i < AED_LIVE_TAPES; i++)
    {
        x->tapes[i].tape = aed_tape_new(x->audible, x->n, e);
        if (!x->tapes[i].tape)
            return e->code;
    }
    x->full = malloc((2 * d + x->n) * sizeof *x->full);
    if (!x->full)
        return aed_fail(e, AED_E_MEMORY, "no memory for a window of %zu samples", x->n);
    x->pending = x->full + d;
    x->window = x->pending + d;
    aed_knobs_init(&x->knobs, d);
    for (size_t i = 0; i < d; i++)
        x->full[i] = 0.5;
    return AED_OK;
}

static aed_status open_synth(aed_box *box, const aed_atom *v, size_t n, aed_error *e)
{
    aed_synth_box *x = (aed_synth_box *)box;
    creation c = {"", AED_WINDOW_DEFAULT, 0.0};

    if (read_arguments(&c, v, n, e) != AED_OK ||
        aed_chain_parse(&x->chain, c.words[0] ? c.words : AED_CHAIN_DEFAULT, e) != AED_OK)
        return e->code;
    x->n = (size_t)c.window;
    x->seed = (unsigned long)c.seed;
    x->sr_hz = box->host->sr_hz(box->host_object);
    x->ramp_ms = ramp_default_ms;
    return make_parts(x, e);
}

static void close_synth(aed_box *box)
{
    aed_synth_box *x = (aed_synth_box *)box;

    aed_voice_free(x->audible);
    aed_voice_free(x->silent);
    aed_tape_free(x->tape);
    for (size_t i = 0; i < AED_LIVE_TAPES; i++)
        aed_tape_free(x->tapes[i].tape);
    free(x->full);
}

static const aed_method methods[] = {
    {0, "list", "*", on_theta, "theta: one number 0 … 1 for each parameter",
        "render (offline) or play (live) one window with this theta"},
    {0, "probe", "f*", on_probe, "probe id theta…", "render a candidate silently"},
    {0, "render", "", on_render, "render", "a window with the present theta"},
    {0, "ask", "", on_ask, "ask", "theta leaves outlet 2 as `theta …`"},
    {0, "note", "ff", on_note, "note pitch velocity", "play a note; velocity 0 releases it"},
    {0, "score", "*", on_score, "score pitch velocity on_ms off_ms …",
        "what is played in an offline window; without numbers: key 60 for 60 % of it"},
    {0, "param", "s?f", aed_synth_on_param, "param name [value]", "set a parameter, or tell it"},
    {0, "params", "", aed_synth_on_params, "params",
        "tell all parameters: name value theta unit lo hi learns"},
    {0, "learn", "+", aed_synth_on_learn, "learn [name…]", "these learn too; without names: all"},
    {0, "freeze", "s+", aed_synth_on_freeze, "freeze name…", "these stand still"},
    {0, "solo", "s+", aed_synth_on_solo, "solo name…", "only these learn"},
    {0, "range", "s?ff", aed_synth_on_range, "range name [lo hi]",
        "where it may go, in its own unit; without numbers: everywhere"},
    {0, "mode", "s?s", on_mode, "mode offline|live [note|free]",
        "where windows come from; live windows begin at a note, or at once"},
    {0, "ramp", "f", on_ramp, "ramp ms", "time the audible voice takes to a new theta"},
    {0, "seed", "f", on_seed, "seed n", "the noise of windows to come"},
    {0, "reset", "", on_reset, "reset", "silence; parameters stay"},
    {0, "cancel", "", on_cancel, "cancel", "forget windows and gradients under way"},
    {1, "list", "*", on_gradient, "dL/dx: one number for each sample of the window",
        "gradient of a loss at the window; dL/dtheta leaves outlet 2"},
    {0},
};

const aed_class aed_class_synth = {
    .name = "aed_synth~",
    .doc = "a differentiable synthesizer: theta in, sound and gradients out",
    .size = sizeof(aed_synth_box),
    .inlets = {{"theta and messages", 0}, {"dL/dx of the last window", 0}},
    .outlets = {{"sound", 1}, {"dL/dtheta; theta when asked", 0}, {"window", 0}, {"info", 0}},
    .methods = methods,
    .open = open_synth,
    .close = close_synth,
    .other = aed_synth_other,
    .tick = tick,
    .rate = rate,
    .perform = perform,
};
