/* AME-D against its equations as the headers have them, one sample at a time, with libm. */
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "plant.h"
#include "plant/amed.h"

enum
{
    N = 700,
    MOST_UNITS = 3 * AED_AMED_HIDDEN_MOST
};

static const double pi = 3.141592653589793;

/* ---- a naive oscillator ---- */

typedef struct
{
    size_t H, K; /* K 0: the seed's law */
    const double *w, *V;
    double sr_hz, freq_hz, level, chaos, example;
    double y, c, phi, age;
    uint64_t seed, drawn;
} naive;

static double naive_fade(double u)
{
    const double s = fmin(fmax((0.5 - u) / 0.05, 0.0), 1.0);

    return 3.0 * s * s - 2.0 * s * s * s;
}

/* z of the next sample, and by how much the phase turns. */
static double naive_inputs(double *z, const naive *o, double ratio)
{
    static const double tau_ms[4] = {5.0, 30.0, 180.0, 1080.0};
    double octaves = 0.0, env[4];

    z[0] = 1.0;
    z[1] = o->c;
    if (o->K == 0)
        return 0.0;
    z[2] = log2(o->freq_hz * ratio / 440.0);
    for (size_t j = 0; j < 4; j++)
        z[3 + j] = env[j] = exp(-o->age / (tau_ms[j] * 1e-3 * o->sr_hz));
    for (size_t e = 0; e < 8; e++)
    {
        const double *V = o->V + 5 * e;

        z[7 + e] = fmax(0.0, 1.0 - fabs(o->example - (double)e));
        octaves +=
            z[7 + e] * (V[0] + V[1] * env[0] + V[2] * env[1] + V[3] * env[2] + V[4] * env[3]);
    }
    const double f = fmin(o->freq_hz * ratio * exp2(octaves) / o->sr_hz, 0.45);

    for (size_t k = 1; k <= o->K; k++)
    {
        const double gain = naive_fade((double)k * f);

        z[15 + 2 * (k - 1)] = gain * sin(2.0 * pi * (double)k * o->phi);
        z[16 + 2 * (k - 1)] = gain * cos(2.0 * pi * (double)k * o->phi);
    }
    return f;
}

static double naive_net(const naive *o, const double *z, size_t net)
{
    const size_t U = 3 * o->H, inputs = o->K ? 15 + 2 * o->K : 2;
    const double *w2 = o->w + inputs * U;
    double sum = w2[U + net];

    for (size_t u = net * o->H; u < (net + 1) * o->H; u++)
    {
        double a = 0.0;

        for (size_t i = 0; i < inputs; i++)
            a += o->w[i * U + u] * z[i];
        sum += w2[u] * tanh(a);
    }
    return sum;
}

static double naive_next(naive *o, double ratio)
{
    const int lock = o->K > 0;
    aed_rng r = {o->seed, 2 * o->drawn++};
    double z[AED_AMED_MOST_INPUTS];
    const double f = naive_inputs(z, o, ratio), eps = aed_rng_normal(&r);
    const double noise = (log1p(exp(naive_net(o, z, 1))) + 1e-3) * eps;
    const double dither = sin(naive_net(o, z, 2) + 0.01 * o->age);

    o->y = (lock ? 0.5 : 1.0) * o->y + naive_net(o, z, 0) +
           o->chaos * (noise + (lock ? 0.01 : 1.0) * dither);
    o->c = (lock ? 0.999 : 1.0) * o->c + 0.01 * tanh(o->y);
    o->phi = fmod(o->phi + f, 1.0);
    o->age += 1.0;
    return o->level * o->y;
}

/* ---- the voice beside it ---- */

typedef struct
{
    const char *words;
    size_t H, K;
} sort;

static const sort sorts[] = {
    {"amed 8 1", 8, 1},
    {"amed 32 8", 32, 8},
    {"amed 24 32", 24, 32},
    {"amed-seed 16", 16, 0},
};

static double value_of(const aed_chain *c, const double *full, const char *name)
{
    const int i = aed_chain_find(c, name);

    return i < 0 ? 0.0 : aed_param_value(aed_chain_param(c, (size_t)i), full[i]);
}

/* Small networks' weights, so that the seed's integrator stays within sight. */
static double *random_full(const aed_chain *c)
{
    double *full = calloc(c->full_n, sizeof *full);

    test_fill(full, c->d, 0.2, 0.8);
    test_fill(full + c->d, c->weights_n, -0.3, 0.3);
    return full;
}

static naive naive_of(const sort *s, const aed_chain *c, const double *full, double sr_hz)
{
    const size_t U = 3 * s->H, inputs = s->K ? 15 + 2 * s->K : 2;
    const char *lock = s->K ? "amed" : "amed-seed";
    char level[AED_NAME_N], chaos[AED_NAME_N];

    strcat(strcpy(level, lock), ".level");
    strcat(strcpy(chaos, lock), ".chaos");
    return (naive){.H = s->H,
        .K = s->K,
        .w = full + c->d,
        .V = full + c->d + (inputs + 1) * U + 3,
        .sr_hz = sr_hz,
        .freq_hz = value_of(c, full, "amed.freq"),
        .level = value_of(c, full, level),
        .chaos = value_of(c, full, chaos),
        .example = value_of(c, full, "amed.example"),
        .seed = aed_rng_bits(1, 0) >> 11};
}

/* Notes come at samples 0, 200, 450 and 550; the third is a release, which does nothing, and the last is
 * higher than any frequency gets. */
static void plays_its_equations(void **state)
{
    static double y[N], want[N];
    static const aed_score score = {
        {{0, 57, 100}, {200, 64.5, 80}, {450, 64.5, 0}, {550, 127, 90}}, 4};

    (void)state;
    for (size_t k = 0; k < sizeof sorts / sizeof *sorts; k++)
    {
        aed_voice *v = voice_of(sorts[k].words, 8000.0);
        const aed_chain *c = aed_voice_chain(v);
        double *full = random_full(c);
        naive o = naive_of(&sorts[k], c, full, 8000.0);

        for (size_t i = 0; i < N; i++)
        {
            if (i == 0 || i == 200 || i == 550)
                o.c = o.phi = o.age = 0.0;
            want[i] = naive_next(&o, exp2((i < 200 ? -3.0 : i < 550 ? 4.5 : 67.0) / 12.0));
        }
        assert_int_equal(aed_voice_render(v, y, NULL, full, &score, N), AED_OK);
        assert_true(relative_to_largest(y, want, N) < 1e-11);
        free(full);
        aed_voice_free(v);
    }
}

/* ---- chaos ---- */

static void render_with(double *y, double chaos, unsigned long seed)
{
    static const aed_score score = {{{0, 60, 100}}, 1};
    aed_voice *v = voice_of("amed 8 2", 8000.0);
    const aed_chain *c = aed_voice_chain(v);
    double *full = calloc(c->full_n, sizeof *full);

    aed_chain_start(full, c);
    aed_chain_scramble(full, c, 5);
    full[aed_chain_find(c, "amed.chaos")] = chaos;
    aed_voice_seed(v, seed);
    assert_int_equal(aed_voice_render(v, y, NULL, full, &score, N), AED_OK);
    free(full);
    aed_voice_free(v);
}

static void without_chaos_no_seed_matters(void **state)
{
    static double a[N], b[N];

    (void)state;
    render_with(a, 0.0, 1);
    render_with(b, 0.0, 2);
    assert_memory_equal(a, b, sizeof a);
    render_with(a, 0.25, 1);
    render_with(b, 0.25, 2);
    assert_true(relative_to_largest(a, b, N) > 0.1);
    render_with(b, 0.25, 1);
    assert_memory_equal(a, b, sizeof a);
}

/* ---- weights on their way ---- */

/* Weights go in steps of AED_CHUNK samples since the reset: whatever the blocks are. */
static void blocks_do_not_matter_while_weights_move(void **state)
{
    static double y[3][N];
    static const size_t block_n[3] = {N, 64, 13};

    (void)state;
    for (size_t k = 0; k < 3; k++)
    {
        aed_voice *v = voice_of("amed 8 2 vco | vca", 8000.0);
        double *full = calloc(aed_voice_chain(v)->full_n, sizeof *full);

        aed_chain_start(full, aed_voice_chain(v));
        aed_chain_scramble(full, aed_voice_chain(v), 1);
        aed_voice_theta(v, full, 0);
        aed_voice_note(v, 60.0, 100.0);
        assert_int_equal(aed_voice_forward(v, y[k], NULL, 39), AED_OK);
        aed_chain_scramble(full, aed_voice_chain(v), 2);
        aed_voice_theta(v, full, 300);
        for (size_t at = 39; at < N; at += block_n[k])
            assert_int_equal(
                aed_voice_forward(v, y[k] + at, NULL, N - at < block_n[k] ? N - at : block_n[k]),
                AED_OK);
        free(full);
        aed_voice_free(v);
    }
    assert_memory_equal(y[0], y[1], sizeof y[0]);
    assert_memory_equal(y[0], y[2], sizeof y[0]);
}

/* ---- the noise ---- */

static void normals_are_normal(void **state)
{
    enum
    {
        MANY = 200000
    };
    static double x[MANY], part[300];
    double sum = 0.0, square = 0.0, fourth = 0.0;

    (void)state;
    aed_rng_normals(x, 77, 0, MANY);
    for (size_t i = 0; i < MANY; i++)
    {
        aed_rng r = {77, 2 * i};

        assert_true(fabs(x[i] - aed_rng_normal(&r)) < 1e-9);
        sum += x[i];
        square += x[i] * x[i];
        fourth += x[i] * x[i] * x[i] * x[i];
    }
    assert_true(fabs(sum / MANY) < 0.01 && fabs(square / MANY - 1.0) < 0.01);
    assert_true(fabs(fourth / MANY - 3.0) < 0.1);
    for (size_t n = 1; n <= 300; n += 37)
    {
        aed_rng_normals(part, 77, 1000 + n, n);
        assert_memory_equal(part, x + 1000 + n, n * sizeof *x);
    }
}

/* ---- likelihood ---- */

typedef struct
{
    aed_amed_net net;
    double *w, *tape, *g, *dw;
    double e[AED_CHUNK], chaos[AED_CHUNK];
} noise_lesson;

static double likelihood(noise_lesson *l)
{
    const aed_amed_planes p = aed_amed_planes_of(l->tape, &l->net, AED_CHUNK);
    double y = 0.1, c = 0.2;

    memset(p.turn, 0, AED_CHUNK * sizeof *p.turn);
    aed_rng_normals(p.eps, 3, 0, AED_CHUNK);
    for (size_t i = AED_AMED_OWN * AED_CHUNK; i < l->net.inputs * AED_CHUNK; i++)
        p.z[i] = sin(0.37 * (double)i);
    aed_amed_net_forward(p, &y, &c, l->w, &l->net, l->chaos, AED_CHUNK);
    return aed_amed_net_likelihood(l->g, l->dw, l->e, 2.0, p, l->w, &l->net, AED_CHUNK);
}

static long double doubled_likelihood(const double *unused, void *context)
{
    (void)unused;
    return 2.0L * likelihood(context);
}

/* C does not hear of the noise network where chaos is 0: inputs stand, as the gradient takes them to. */
static void likelihood_has_its_gradient(void **state)
{
    const aed_amed_law law = aed_amed_lock;
    noise_lesson l = {.net = {&law, 8, 5}};
    const size_t n = aed_amed_weights_n(&l.net), U = aed_amed_units(&l.net);
    size_t skipped = 0;

    (void)state;
    l.w = calloc(n, sizeof *l.w);
    l.dw = calloc(n, sizeof *l.dw);
    l.tape = calloc(AED_CHUNK * aed_amed_planes_n(&l.net), sizeof *l.tape);
    l.g = calloc(AED_CHUNK * U, sizeof *l.g);
    test_fill(l.w, n, -0.7, 0.7);
    test_fill(l.e, AED_CHUNK, -1.0, 1.0);
    (void)likelihood(&l);
    double *gradient = calloc(n, sizeof *gradient);

    memcpy(gradient, l.dw, n * sizeof *gradient);
    /* The other networks move C: their weights are not asked. */
    for (size_t i = 0; i < n - 3; i++)
    {
        const int of_noise = i % U / l.net.hidden == 1;

        if (of_noise)
            assert_true(gradient_part_worst(gradient + i, gradient_largest(gradient, n), 0.0,
                            l.w + i, doubled_likelihood, &l, 1e-4, 0.0, &skipped, 1) < 1e-6);
        else
            assert_true(gradient[i] == 0.0);
    }
    gradient[8] *= 1.01;
    assert_false(gradient_part_worst(gradient + 8, 0.0, 0.0, l.w + 8, doubled_likelihood, &l, 1e-4,
                     0.0, &skipped, 1) < 1e-6);
    free(gradient);
    free(l.w);
    free(l.dw);
    free(l.tape);
    free(l.g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plays_its_equations),
        cmocka_unit_test(without_chaos_no_seed_matters),
        cmocka_unit_test(blocks_do_not_matter_while_weights_move),
        cmocka_unit_test(normals_are_normal),
        cmocka_unit_test(likelihood_has_its_gradient),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
