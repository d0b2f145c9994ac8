/* fit.c: see fit.h. */
#include "fit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "control/optim.h"
#include "fit_contour.h"
#include "plant/amed.h"

static const double lock_rate = 3e-3, seed_rate = 1e-3;
static const double last_rate = 0.05; /* of the first */
static const double norm_most = 1.0;
static const double state_most = 1e3;

enum
{
    STATE_MOST = 16
};

struct aed_fit
{
    aed_arena arena;
    const aed_module *module;
    size_t size[AED_MAX_SIZES];
    double sr_hz;
    aed_fit_settings set;
    aed_fit_sound sounds[AED_FIT_SOUNDS];
    size_t n_sounds;
    size_t window_n; /* 0: whole sounds */
    size_t longest_n, tape_n;

    size_t pass;
    int runs; /* within a pass, at the window of sound `turn` at sample `at` */
    size_t at, turn;
    double sum; /* of the windows' losses so far */
    size_t windows;

    size_t n_weights, n_learn; /* the first n_learn of them learn */
    double *w, *dw, *u;        /* [n_weights] */
    aed_optim_state adam;
    double *state;    /* [STATE_MOST] of each sound, */
    double *rest;     /* and what was missing at its last sample */
    double *tape;     /* [chunks of a window · AED_CHUNK · tape_n] */
    double *before;   /* [chunks of a window · STATE_MOST] states */
    double *y;        /* [samples of a window] */
    double *params;   /* [AED_MAX_PARAMS · AED_CHUNK] as they stand */
    double *unwanted; /* the same of gradients */
    double *g;        /* [AED_CHUNK · hidden units] */
    double ratio[AED_CHUNK], pitch[AED_CHUNK];
};

/* ---- memory ---- */

static size_t window_most(const aed_fit *f)
{
    return f->window_n ? f->window_n : f->longest_n;
}

static size_t chunks_of(size_t n)
{
    return (n + AED_CHUNK - 1) / AED_CHUNK;
}

static void layout(aed_fit *f, aed_arena *a)
{
    const size_t chunks = chunks_of(window_most(f));

    f->w = aed_arena_doubles(a, f->n_weights);
    f->dw = aed_arena_doubles(a, f->n_weights);
    f->u = aed_arena_doubles(a, f->n_weights);
    f->adam.h = aed_arena_doubles(a, f->n_weights);
    f->adam.w = aed_arena_doubles(a, f->n_weights);
    f->state = aed_arena_doubles(a, STATE_MOST * f->n_sounds);
    f->rest = aed_arena_doubles(a, f->n_sounds);
    f->g = aed_arena_doubles(a, AED_CHUNK * AED_AMED_NETS * f->size[AED_AMED_HIDDEN]);
    f->tape = aed_arena_doubles(a, chunks * AED_CHUNK * f->tape_n);
    f->before = aed_arena_doubles(a, chunks * STATE_MOST);
    f->y = aed_arena_doubles(a, chunks * AED_CHUNK);
    f->params = aed_arena_doubles(a, AED_MAX_PARAMS * AED_CHUNK);
    f->unwanted = aed_arena_doubles(a, AED_MAX_PARAMS * AED_CHUNK);
}

static aed_status check_sound(const aed_fit_sound *s, size_t window_n, aed_error *e)
{
    if (s->n < (window_n ? window_n : 1))
        return aed_fail(e, AED_E_ARG, "fit: got a sound of %zu samples, expected at least %zu",
            s->n, window_n ? window_n : 1);
    if (!(s->key >= 0.0 && s->key <= 127.0))
        return aed_fail(e, AED_E_ARG, "fit: key: got %g, allowed 0 … 127", s->key);
    if (!(s->example >= 0.0 && s->example <= AED_AMED_EXAMPLES - 1))
        return aed_fail(e, AED_E_ARG, "fit: example: got %g, allowed 0 … %d", s->example,
            AED_AMED_EXAMPLES - 1);
    for (size_t i = 0; i < s->n; i++)
        if (!isfinite(s->x[i]))
            return aed_fail(e, AED_E_NONFINITE, "fit: sample %zu of a sound is %g", i, s->x[i]);
    return AED_OK;
}

static aed_status check(const aed_chain *chain, size_t m, const aed_fit_sound *sounds, size_t n,
    const aed_fit_settings *set, aed_error *e)
{
    const int lock = m < chain->n && chain->modules[m] == &aed_amed;
    aed_status status = AED_OK;

    if (m >= chain->n || (!lock && chain->modules[m] != &aed_amed_seed))
        return aed_fail(e, AED_E_ARG, "fit: there is no amed in the chain");
    if (n < 1 || n > AED_FIT_SOUNDS)
        return aed_fail(e, AED_E_ARG, "fit: got %zu sounds, allowed 1 … %d", n, AED_FIT_SOUNDS);
    if (set->passes < 1 || set->passes > 1000000 || !(set->rate >= 0.0 && set->rate <= 1.0))
        return aed_fail(e, AED_E_ARG,
            "fit: got %zu passes and rate %g, allowed 1 … 1000000 and 0 … 1", set->passes,
            set->rate);
    for (size_t i = 0; i < n && !status; i++)
        status = check_sound(&sounds[i], lock ? AED_AMED_HORIZON : 0, e);
    return status;
}

static aed_fit plan_of(const aed_chain *chain, size_t m, double sr_hz, const aed_fit_sound *sounds,
    size_t n, const aed_fit_settings *set)
{
    const aed_module *module = chain->modules[m];
    aed_fit f = {.module = module, .sr_hz = sr_hz, .set = *set, .n_sounds = n};

    memcpy(f.size, chain->size[m], sizeof f.size);
    memcpy(f.sounds, sounds, n * sizeof *sounds);
    f.window_n = module == &aed_amed ? AED_AMED_HORIZON : 0;
    for (size_t i = 0; i < n; i++)
        f.longest_n = sounds[i].n > f.longest_n ? sounds[i].n : f.longest_n;
    f.tape_n = module->tape_of(f.size);
    f.n_learn = module->weights[0].n(f.size);
    for (size_t i = 0; i < module->n_weights; i++)
        f.n_weights += module->weights[i].n(f.size);
    if (f.set.rate == 0.0)
        f.set.rate = f.window_n ? lock_rate : seed_rate;
    return f;
}

/* Every parameter stands where full has it. */
static void params_fill(aed_fit *f, const double *full)
{
    for (size_t k = 0; k < f->module->n_params; k++)
        for (size_t t = 0; t < AED_CHUNK; t++)
            f->params[k * AED_CHUNK + t] = aed_param_value(&f->module->params[k], full[k]);
}

aed_fit *aed_fit_new(const aed_chain *chain, size_t m, const double *full, double sr_hz,
    const aed_fit_sound *sounds, size_t n, const aed_fit_settings *set, aed_error *e)
{
    aed_arena a = {0};

    if (check(chain, m, sounds, n, set, e) != AED_OK)
        return NULL;
    aed_fit plan = plan_of(chain, m, sr_hz, sounds, n, set);
    (void)aed_arena_take(&a, sizeof plan);
    layout(&plan, &a);
    if (aed_arena_open(&a))
    {
        (void)aed_fail(e, AED_E_MEMORY, "fit: no memory for %zu bytes", a.used);
        return NULL;
    }
    aed_fit *f = aed_arena_take(&a, sizeof *f);
    layout(&plan, &a);
    plan.arena = a;
    *f = plan;
    memcpy(f->w, full + chain->d + chain->weights_at[m], f->n_weights * sizeof *f->w);
    params_fill(f, full + chain->param_at[m]);
    aed_optim_reset(&f->adam, f->n_learn);
    return f;
}

void aed_fit_free(aed_fit *f)
{
    if (!f)
        return;
    aed_arena a = f->arena; /* f is inside the block it closes */
    aed_arena_close(&a);
}

const double *aed_fit_weights(const aed_fit *f, size_t *n)
{
    *n = f->n_weights;
    return f->w;
}

/* ---- one window ---- */

/* The module's parameters of sound s, and the block that they are played in. */
static aed_block block_of(aed_fit *f, const double **p, const aed_fit_sound *s, size_t at, size_t n)
{
    const double octave = (s->key - 60.0) / 12.0;
    aed_block b = {.sr_hz = f->sr_hz,
        .velocity = 1.0,
        .ratio = f->ratio,
        .at = at,
        .n = n,
        .size = f->size,
        .weights = f->w,
        .dweights = f->dw,
        .only_weights = 1};

    for (size_t t = 0; t < AED_CHUNK; t++)
        f->ratio[t] = exp2(octave);
    for (size_t k = 0; k < f->module->n_params; k++)
        p[k] = f->params + k * AED_CHUNK;
    return b;
}

/* A parameter by its name, where the module has it. */
static void stand(aed_fit *f, const char *name, double value)
{
    for (size_t k = 0; k < f->module->n_params; k++)
        for (size_t t = 0; strcmp(f->module->params[k].name, name) == 0 && t < AED_CHUNK; t++)
            f->params[k * AED_CHUNK + t] = value;
}

/* Samples at … at + n - 1 of a sound into y, from state. */
static void play(aed_fit *f, double *y, double *state, const aed_fit_sound *s, size_t at, size_t n)
{
    const double *p[AED_MAX_PARAMS];

    stand(f, "example", s->example);
    memset(y, 0, n * sizeof *y);
    for (size_t c = 0, done = 0; done < n; c++, done += AED_CHUNK)
    {
        const size_t m = n - done < AED_CHUNK ? n - done : AED_CHUNK;
        const aed_block b = block_of(f, p, s, at + done, m);

        memcpy(f->before + c * STATE_MOST, state, STATE_MOST * sizeof *state);
        f->module->forward(y + done, f->tape + c * AED_CHUNK * f->tape_n, state, NULL, p, &b);
    }
}

/* dw += dloss/dw of the n samples that have just been played, dy [n] = dloss/dy. */
static void play_back(aed_fit *f, const double *dy, const aed_fit_sound *s, size_t at, size_t n)
{
    double dstate[STATE_MOST] = {0}, *dp[AED_MAX_PARAMS];
    const double *p[AED_MAX_PARAMS];

    for (size_t k = 0; k < AED_MAX_PARAMS; k++)
        dp[k] = f->unwanted + k * AED_CHUNK;
    for (size_t c = chunks_of(n); c-- > 0;)
    {
        const size_t done = c * AED_CHUNK, m = n - done < AED_CHUNK ? n - done : AED_CHUNK;
        aed_block b = block_of(f, p, s, at + done, m);

        b.dbus[AED_PITCH] = f->pitch;
        f->module->backward(NULL, dp, dstate, dy + done, f->tape + c * AED_CHUNK * f->tape_n,
            f->before + c * STATE_MOST, NULL, p, &b);
    }
}

static double norm_of(const double *x, size_t n)
{
    double sum = 0.0;

    for (size_t i = 0; i < n; i++)
        sum += x[i] * x[i];
    return sqrt(sum);
}

static int is_noise(const aed_fit *f)
{
    return f->pass >= f->set.passes;
}

/* How much of the passes of its kind is over. */
static double past_of(const aed_fit *f)
{
    return is_noise(f) ? (double)(f->pass - f->set.passes) / (double)f->set.noise_passes
                       : (double)f->pass / (double)f->set.passes;
}

static void descend(aed_fit *f, double norm)
{
    const double past = fmin(past_of(f), 1.0);
    const double rate = f->window_n ? 1.0 - (1.0 - last_rate) * past : 1.0;
    const aed_optim_hyper hyper = {f->set.rate * rate, 0.9, 0.999, 1e-8};

    for (size_t i = 0; f->window_n && norm > norm_most && i < f->n_learn; i++)
        f->dw[i] *= norm_most / norm;
    aed_optim_find("adam")->step(f->u, &f->adam, f->dw, &hyper, f->n_learn);
    for (size_t i = 0; i < f->n_learn; i++)
        f->w[i] -= f->u[i];
}

/* dw of the waveform's error; returns its mean. */
static double hear_wave(aed_fit *f, size_t i, size_t at, size_t n)
{
    const aed_fit_sound *s = &f->sounds[i];
    double sum = 0.0, *y = f->y;

    stand(f, "chaos", 1.0);
    play(f, y, f->state + i * STATE_MOST, s, at, n);
    for (size_t t = 0; t < n; t++)
    {
        const double off = y[t] - s->x[at + t];

        sum += off * off;
        y[t] = 2.0 * off / (double)n;
    }
    play_back(f, y, s, at, n);
    return sum / (double)n;
}

/* dw of the noise's likelihood; returns the loss. The module's planes stand at the front of its tape. */
static double hear_noise(aed_fit *f, size_t i, size_t at, size_t n)
{
    const aed_fit_sound *s = &f->sounds[i];
    const aed_amed_net net = aed_amed_net_of(f->module, f->size);
    double sum = 0.0, *y = f->y;

    stand(f, "chaos", 0.0);
    play(f, y, f->state + i * STATE_MOST, s, at, n);
    for (size_t t = 0; t < n; t++)
    {
        const double rest = s->x[at + t] - y[t];

        y[t] = rest - net.law->rho * f->rest[i];
        f->rest[i] = rest;
    }
    for (size_t done = 0; done < n; done += AED_CHUNK)
    {
        const size_t m = n - done < AED_CHUNK ? n - done : AED_CHUNK;
        double *tape = f->tape + done * f->tape_n;

        sum += aed_amed_net_likelihood(f->g, f->dw, y + done, 1.0 / (double)n,
            aed_amed_planes_of(tape, &net, m), f->w, &net, m);
    }
    return sum / (double)n;
}

static void begin(aed_fit *f, size_t i)
{
    f->module->reset(f->state + i * STATE_MOST, f->set.seed + f->pass * AED_FIT_SOUNDS, i);
    f->rest[i] = 0.0;
}

/* The loss of one window, and a step; NaN, and the sound begins anew: it could not be learned from. */
static double learn(aed_fit *f, size_t i, size_t at, size_t n)
{
    const double *y = f->state + i * STATE_MOST;

    memset(f->dw, 0, f->n_weights * sizeof *f->dw);
    const double loss = is_noise(f) ? hear_noise(f, i, at, n) : hear_wave(f, i, at, n);
    const double norm = norm_of(f->dw, f->n_learn);

    if (!(norm < INFINITY) || !isfinite(loss) || (f->window_n && !(fabs(*y) <= state_most)))
    {
        begin(f, i);
        return NAN;
    }
    descend(f, norm);
    return loss;
}

/* ---- passes ---- */

aed_status aed_fit_tune(aed_fit *f, aed_error *e)
{
    for (size_t k = 0; k < f->module->n_params; k++)
        if (strcmp(f->module->params[k].name, "freq") == 0)
            return aed_fit_contour(
                f->w + f->n_learn, f->params[k * AED_CHUNK], f->sr_hz, f->sounds, f->n_sounds, e);
    return AED_OK;
}

/* The next window in turn that has samples; 0: the pass is over. */
static int next_window(aed_fit *f, size_t *i, size_t *at, size_t *n)
{
    const size_t step = window_most(f);

    for (; f->at < f->longest_n; f->at += step, f->turn = 0)
        for (; f->turn < f->n_sounds; f->turn++)
        {
            const size_t left = f->at < f->sounds[f->turn].n ? f->sounds[f->turn].n - f->at : 0;

            if (left == 0 || (f->window_n && left < step))
                continue; /* what is left of a window at a sound's end is not learned from */
            *at = f->at;
            *n = left < step ? left : step;
            *i = f->turn++;
            return 1;
        }
    return 0;
}

static void begin_pass(aed_fit *f)
{
    f->at = f->turn = f->windows = 0;
    f->sum = 0.0;
    for (size_t i = 0; i < f->n_sounds; i++)
        begin(f, i);
    if (f->pass == 0 || f->pass == f->set.passes)
        aed_optim_reset(&f->adam, f->n_learn);
    f->runs = 1;
}

int aed_fit_advance(aed_fit *f, size_t samples, double *loss)
{
    size_t i, at, n, done = 0;

    if (!f->runs)
        begin_pass(f);
    while (done < samples)
    {
        if (!next_window(f, &i, &at, &n))
        {
            f->runs = 0;
            f->pass++;
            *loss = f->windows ? f->sum / (double)f->windows : INFINITY;
            return 1;
        }
        const double of_window = learn(f, i, at, n);

        f->sum += isnan(of_window) ? 0.0 : of_window;
        f->windows += !isnan(of_window);
        done += n;
    }
    return 0;
}

void aed_fit_play(aed_fit *f, double *y, size_t i, size_t n, unsigned long seed)
{
    const size_t step = window_most(f);
    double state[STATE_MOST] = {0};

    f->module->reset(state, seed, i);
    stand(f, "chaos", 1.0);
    for (size_t at = 0; at < n; at += step)
        play(f, y + at, state, &f->sounds[i], at, n - at < step ? n - at : step);
}
