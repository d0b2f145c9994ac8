/* onemodule.c: see onemodule.h. */
#include "onemodule.h"

#include <string.h>

#include "base/rng.h"
#include "plant/amed.h"
#include "plant/chain.h"
#include "plant/delay.h"
#include "plant/env.h"
#include "plant/harmonic.h"
#include "plant/ladder.h"
#include "plant/lfo.h"
#include "plant/modal.h"
#include "plant/noise.h"
#include "plant/pan.h"
#include "plant/reverb.h"
#include "plant/shaper.h"
#include "plant/svf.h"
#include "plant/vca.h"
#include "plant/vco.h"

enum
{
    MAX_STATE = ONE_STATE_N,
    MAX_TAPE = ONE_TAPE_N,
    LINE_N = ONE_LINE_N,
    LINE_AT = LINE_N - AED_CHUNK, /* the past reaches back to 0, the chunk begins here */
    AMED_AT = 7                   /* no horizon of a way back within the chunk */
};

static const double kink = 0.05;

/* One chunk of one module, and the weights of its loss. */
typedef struct
{
    const aed_module *m;
    size_t live_n; /* leading states that are differentiated */
    aed_block b;
    double x[AED_CHUNK], bus[AED_BUSES][AED_CHUNK], state[MAX_STATE];
    double theta[AED_MAX_PARAMS][AED_CHUNK], line[AED_MAX_LINES][LINE_N];
    double dy[AED_CHUNK], dstate[MAX_STATE], dbus[AED_BUSES][AED_CHUNK];
    double dline[AED_MAX_LINES][LINE_N]; /* as if later chunks had read what this one writes */
    double p[AED_MAX_PARAMS][AED_CHUNK], p_theta[AED_MAX_PARAMS][AED_CHUNK]; /* values at p_theta */
    const size_t *size;
    double weights[ONE_WEIGHTS_N];
} setting;

typedef struct
{
    double x[AED_CHUNK], bus[AED_BUSES][AED_CHUNK], state[MAX_STATE], p[AED_MAX_PARAMS][AED_CHUNK];
    double line[AED_MAX_LINES][LINE_N], weights[ONE_WEIGHTS_N];
} gradient;

/* Not a seed whose pitch hardly wanders: depth would have no gradient that differences could see. */
static void state_vco(double *s)
{
    s[0] = test_uniform(0.0, 1.0);
    do
        s[1] = floor(test_uniform(0.0, 1e15));
    while (fabs(0x1p-63 * (double)aed_rng_bits((uint64_t)s[1], 0) - 1.0) < 0.2);
}

static void state_noise(double *s)
{
    s[0] = test_uniform(-1.0, 1.0);
    s[1] = floor(test_uniform(0.0, 1e6));
    s[2] = floor(test_uniform(0.0, 1e15));
}

static void state_env(double *s)
{
    s[0] = test_uniform(0.0, 1.0);
    s[1] = test_uniform(0.0, 1.0);
    s[2] = floor(test_uniform(0.0, test_uniform(0.0, 1.0) < 0.5 ? 100.0 : 5000.0));
    s[3] = test_uniform(0.0, 1.0) < 0.3 ? 0.0 : test_uniform(0.1, 1.0);
}

/* A step that just grazes the end of the attack is too small a kink to be seen, and not to matter. */
static void avoid_attack_end(setting *s)
{
    for (size_t i = 0; i < s->b.n; i++)
    {
        const double t_ms = (s->state[2] + (double)i) * 1000.0 / s->b.sr_hz;

        while (fabs(aed_param_value(&s->m->params[0], s->theta[0][i]) - t_ms) < 0.01 * t_ms)
            s->theta[0][i] = test_uniform(0.001, 0.999);
    }
}

static void state_lfo(double *s)
{
    s[0] = test_uniform(0.0, 1.0);
    s[1] = test_uniform(0.0, 1.0);
}

static void state_harmonic(double *s)
{
    test_fill(s, 12, -0.5, 0.5);
    state_noise(s + 12);
}

static void state_shaper(double *s)
{
    s[0] = test_uniform(-3.0, 3.0);
}

static void state_ringing(double *s)
{
    test_fill(s, 24, -1.0, 1.0);
}

static void state_amed(double *s)
{
    test_fill(s, 2, -1.0, 1.0);
    s[2] = test_uniform(0.0, 1.0);
    s[3] = floor(test_uniform(0.0, 5000.0));
    s[4] = floor(test_uniform(0.0, 1e6));
    s[5] = floor(test_uniform(0.0, 1e15));
}

static void state_none(double *s)
{
    (void)s;
}

static const recipe recipes[] = {
    {&aed_amed, 3, state_amed, 1e-5, 1e-5, {8, 3}},
    {&aed_amed_seed, 2, state_amed, 1e-4, 1e-4, {8}},
    {&aed_vco, 1, state_vco, 1e-6, 1e-5, {0}},
    {&aed_noise, 1, state_noise, 1e-4, 1e-4, {0}},
    {&aed_modal, 24, state_ringing, 1e-4, 2e-4, {0}},
    {&aed_harmonic, 13, state_harmonic, 1e-4, 2e-5, {0}},
    {&aed_env, 2, state_env, 1e-4, 3e-5, {0}},
    {&aed_lfo, 1, state_lfo, 1e-4, 3e-3, {0}},
    {&aed_ladder, 4, state_ringing, 1e-4, 1e-4, {0}},
    {&aed_shaper, 1, state_shaper, 1e-4, 1e-5, {0}},
    {&aed_svf, 2, state_ringing, 1e-4, 1e-5, {0}},
    {&aed_vca, 0, state_none, 1e-4, 1e-4, {0}},
    {&aed_pan, 0, state_none, 1e-4, 1e-4, {0}},
    {&aed_delay, 1, state_ringing, 1e-4, 1e-5, {0}},
    {&aed_reverb, 8, state_ringing, 1e-4, 1e-5, {0}},
};

const recipe *recipe_of(const aed_module *m)
{
    for (size_t i = 0; i < sizeof recipes / sizeof *recipes; i++)
        if (strcmp(recipes[i].m->name, m->name) == 0)
            return &recipes[i];
    fail_msg("no recipe for module '%s': write one", m->name);
    return NULL;
}

/* Steps of their own, in theta: steep parameters would lose the curve between two steps, flat ones
 * drown in rounding. */
static double step_of(const recipe *r, size_t k)
{
    static const struct
    {
        const aed_module *m;
        const char *param;
        double h;
    } own[] = {
        {&aed_vco, "fine", 2.5e-4},       /* a twentieth of a cent */
        {&aed_vco, "drift", 2e-3},        /* likewise */
        {&aed_harmonic, "freq", 5e-6},    /* turns a high partial by up to 900 rad a theta */
        {&aed_harmonic, "stretch", 4e-4}, /* turns those of a low note by less than one */
        {&aed_delay, "time", 1e-9},       /* a whole range of samples of noise */
        {&aed_reverb, "size", 1e-8},
    };

    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (own[i].m == r->m && strcmp(own[i].param, r->m->params[k].name) == 0)
            return own[i].h;
    return r->h_theta;
}

static size_t weights_n(const aed_module *m, const size_t *size)
{
    size_t n = 0;

    for (size_t i = 0; i < m->n_weights; i++)
        n += m->weights[i].n(size);
    assert_true(n <= ONE_WEIGHTS_N && (!m->tape_of || m->tape_of(size) <= MAX_TAPE));
    return n;
}

static setting random_setting(const aed_module *m)
{
    static const double rates[] = {44100.0, 48000.0, 96000.0};
    const recipe *r = recipe_of(m);
    setting s = {.m = m, .live_n = r->live_n, .size = r->size};

    s.b.n = (size_t)test_uniform(1.0, AED_CHUNK + 1.0);
    s.b.sr_hz = rates[(size_t)test_uniform(0.0, 3.0)];
    if (m->n_lines > 0)
        s.b.sr_hz = (LINE_AT - 5) / m->line_s; /* lowered, so that the whole past fits */
    s.b.velocity = 0.7;
    test_fill(s.x, s.b.n, -1.0, 1.0);
    test_fill(s.bus[AED_ENV], s.b.n, 0.0, 1.0);
    for (size_t k = AED_PITCH; k < AED_BUSES; k++)
        test_fill(s.bus[k], s.b.n, -1.0, 1.0);
    for (size_t j = 0; j < m->n_lines; j++)
        test_fill(s.line[j], LINE_AT, -1.0, 1.0);
    for (size_t j = 0; j < m->n_lines; j++)
        test_fill(s.dline[j] + LINE_AT, s.b.n, -1.0, 1.0);
    test_fill(s.dbus[0], AED_BUSES * AED_CHUNK, -1.0, 1.0);
    test_fill(s.dy, s.b.n, -1.0, 1.0);
    test_fill(s.dstate, s.live_n, -1.0, 1.0);
    r->randomize(s.state);
    for (size_t k = 0; k < m->n_params; k++)
    {
        const int in_hz = strcmp(m->params[k].unit, "Hz") == 0;
        const double edge = fmax(0.001, 2.1 * step_of(r, k));
        const double top = in_hz ? aed_param_theta(&m->params[k], 0.45 * s.b.sr_hz) : 1.0;

        /* No step crosses an end, a kink of the map. */
        test_fill(s.theta[k], s.b.n, edge, fmin(top, 1.0 - edge));
        for (size_t i = 0; i < s.b.n; i++)
            s.p_theta[k][i] = -1.0;
    }
    test_fill(s.weights, weights_n(m, r->size), -0.7, 0.7);
    if (r->randomize == state_env)
        avoid_attack_end(&s);
    return s;
}

/* Values where theta has moved. */
static void evaluate(setting *s)
{
    for (size_t k = 0; k < s->m->n_params; k++)
        for (size_t i = 0; i < s->b.n; i++)
            if (s->p_theta[k][i] != s->theta[k][i])
            {
                s->p_theta[k][i] = s->theta[k][i];
                s->p[k][i] = aed_param_value(&s->m->params[k], s->theta[k][i]);
            }
}

/* What one forward leaves. */
typedef struct
{
    double y[AED_CHUNK], tape[MAX_TAPE * AED_CHUNK], state[MAX_STATE], ratio[AED_CHUNK];
    double bus[AED_BUSES][AED_CHUNK], line[AED_MAX_LINES][LINE_N];
    aed_line lines[AED_MAX_LINES];
    const double *p[AED_MAX_PARAMS];
    aed_block b;
} trace;

static void run(setting *s, trace *t)
{
    evaluate(s);
    for (size_t k = 0; k < AED_MAX_PARAMS; k++)
        t->p[k] = s->p[k];
    memcpy(t->bus, s->bus, sizeof s->bus);
    memcpy(t->line, s->line, s->m->n_lines * sizeof *s->line);
    memcpy(t->state, s->state, sizeof s->state);
    memset(t->y, 0, sizeof t->y);
    t->b = s->b;
    t->b.at = s->m->n_lines > 0 ? LINE_AT : AMED_AT;
    t->b.size = s->size;
    t->b.weights = s->weights;
    t->b.ratio = t->ratio;
    t->b.lines = t->lines;
    for (size_t i = 0; i < s->b.n; i++)
        t->ratio[i] = exp2(s->bus[AED_PITCH][i]);
    for (size_t k = 0; k < AED_BUSES; k++)
        t->b.bus[k] = t->bus[k];
    for (size_t j = 0; j < AED_MAX_LINES; j++)
        t->lines[j] = (aed_line){t->line[j], NULL, LINE_N - 1, LINE_N - 1};
    s->m->forward(t->y, t->tape, t->state, s->x, t->p, &t->b);
}

/* A control's outputs are the buses; an oscillator's also the bus of phases. */
static int puts_out(const aed_module *m, size_t bus)
{
    return m->role == AED_CONTROL || (m->role == AED_SOURCE && bus == AED_PHASE);
}

static long double loss(const double *unused, void *context)
{
    setting *s = context;
    trace t;
    long double sum = 0.0; /* what stays the same must not round differently */

    (void)unused;
    run(s, &t);
    for (size_t i = 0; i < s->b.n && s->m->role != AED_CONTROL; i++)
        sum += (long double)s->dy[i] * t.y[i];
    for (size_t k = 0; k < AED_BUSES; k++)
        for (size_t i = 0; i < s->b.n && puts_out(s->m, k); i++)
            sum += (long double)s->dbus[k][i] * t.bus[k][i];
    for (size_t j = 0; j < s->m->n_lines; j++)
        for (size_t i = 0; i < s->b.n; i++)
            sum += (long double)s->dline[j][LINE_AT + i] * t.line[j][LINE_AT + i];
    for (size_t j = 0; j < s->live_n; j++)
        sum += (long double)s->dstate[j] * t.state[j];
    return sum;
}

/* Adds to g, except for what is handed over: state, lines, and the buses that the module puts out. */
static void add_gradient(gradient *g, setting *s)
{
    double *dp[AED_MAX_PARAMS];
    trace t;

    for (size_t k = 0; k < AED_MAX_PARAMS; k++)
        dp[k] = g->p[k];
    run(s, &t);
    memset(g->state, 0, sizeof g->state);
    memcpy(g->state, s->dstate, s->live_n * sizeof *g->state);
    memcpy(g->line, s->dline, sizeof g->line);
    for (size_t k = 0; k < AED_BUSES; k++)
    {
        if (puts_out(s->m, k))
            memcpy(g->bus[k], s->dbus[k], sizeof g->bus[k]);
        t.b.dbus[k] = g->bus[k];
    }
    for (size_t j = 0; j < AED_MAX_LINES; j++)
        t.lines[j].dx = g->line[j];
    t.b.dweights = g->weights;
    /* Sources and effects find the buses of the controls; the phases have gone on. */
    s->m->backward(s->m->role == AED_EFFECT ? g->x : NULL, dp, g->state,
        s->m->role == AED_CONTROL ? NULL : s->dy, t.tape, s->state, s->x, t.p, &t.b);
}

static void judge(
    verdict *v, const double *g, double largest, double *x, setting *s, double h, size_t n)
{
    const double off =
        n > 0 ? gradient_part_worst(g, largest, 0.0, x, loss, s, h, kink, &v->skipped, n) : 0.0;

    v->n += n;
    if (!(off <= v->worst))
        v->worst = isnan(off) ? INFINITY : off;
}

/* Parameters are judged in theta, where most steps are of one size, and together. */
static void judge_params(verdict *v, const gradient *g, setting *s, const recipe *r)
{
    double dtheta[AED_MAX_PARAMS][AED_CHUNK], largest = 0.0;

    for (size_t k = 0; k < s->m->n_params; k++)
    {
        for (size_t i = 0; i < s->b.n; i++)
            dtheta[k][i] = g->p[k][i] * aed_param_slope(&s->m->params[k], s->theta[k][i]);
        largest = fmax(largest, gradient_largest(dtheta[k], s->b.n));
    }
    for (size_t k = 0; k < s->m->n_params; k++)
        judge(v, dtheta[k], largest, s->theta[k], s, step_of(r, k), s->b.n);
}

/* Anything else is judged by itself. */
static void judge_alone(verdict *v, const double *g, double *x, setting *s, double h, size_t n)
{
    judge(v, g, gradient_largest(g, n), x, s, h, n);
}

static double doubled_error(const double *twice, const double *once, size_t n)
{
    double worst = 0.0;

    for (size_t i = 0; i < n; i++)
        worst = fmax(worst, fabs(twice[i] - 2.0 * once[i]));
    return worst;
}

/* A second backward onto the first must give twice the first. */
static double accumulation_error(setting *s, const gradient *once)
{
    gradient twice = *once;
    double worst = 0.0;

    add_gradient(&twice, s);
    for (size_t k = 0; k < s->m->n_params; k++)
        worst = fmax(worst, doubled_error(twice.p[k], once->p[k], s->b.n));
    if (s->m->role == AED_EFFECT)
    {
        worst = fmax(worst, doubled_error(twice.x, once->x, s->b.n));
    }
    worst = fmax(worst, doubled_error(twice.weights, once->weights, ONE_WEIGHTS_N));
    for (size_t k = 0; k < AED_BUSES; k++)
        if (!puts_out(s->m, k))
            worst = fmax(worst, doubled_error(twice.bus[k], once->bus[k], s->b.n));
    return worst;
}

/* The buses, which all have their own size of step, and the past of one line, a dice's choice. */
static void judge_shared(verdict *v, const gradient *g, setting *s)
{
    static const double h[AED_BUSES] = {1e-4, 1e-5, 1e-4, 1e-4, 1e-5};

    for (size_t k = 0; k < AED_BUSES; k++)
        judge_alone(v, g->bus[k], s->bus[k], s, h[k], s->b.n);
    if (s->m->n_lines > 0)
    {
        const size_t j = (size_t)test_uniform(0.0, (double)s->m->n_lines);

        judge_alone(v, g->line[j], s->line[j], s, 1e-4, LINE_AT);
    }
}

/* Each vector of weights by itself. */
static void judge_weights(verdict *v, const gradient *g, setting *s)
{
    size_t at = 0;

    for (size_t i = 0; i < s->m->n_weights; i++)
    {
        const size_t n = s->m->weights[i].n(s->size);

        judge_alone(v, g->weights + at, s->weights + at, s, 1e-4, n);
        at += n;
    }
}

verdict examine(const aed_module *m, size_t trials, double enough)
{
    const recipe *r = recipe_of(m);
    verdict v = {0};

    for (size_t trial = 0; trial < trials && v.worst <= enough; trial++)
    {
        setting s = random_setting(m);
        gradient g = {0};

        add_gradient(&g, &s);
        judge_params(&v, &g, &s, r);
        judge_alone(&v, g.state, s.state, &s, r->h_state, s.live_n);
        if (m->role == AED_EFFECT)
        {
            judge_alone(&v, g.x, s.x, &s, 1e-4, s.b.n);
        }
        judge_shared(&v, &g, &s);
        judge_weights(&v, &g, &s);
        if (!(accumulation_error(&s, &g) <= 1e-9))
            v.worst = INFINITY;
    }
    return v;
}
