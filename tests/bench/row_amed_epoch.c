/* row_amed_epoch.c: an epoch of the AME-D seed's experiment, ours against PyTorch on one thread.
 *
 * 8,000 samples, 32 hidden units, forward, backward and a step of Adam, noise drawn anew: a pass of
 * aed_fit over "amed-seed 32", the equations as the seed has them. The rival is a process that stays
 * alive. An epoch of ours is thousands of times as short as one of its, so that many of ours stand
 * beside each; both begin a run with the same weights. The row fails unless both compute the same. PyTorch
 * computes in float32, in float64 where the two are compared; we in double. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "amed_limit.h"
#include "base/rng.h"
#include "bench.h"
#include "box/fit.h"
#include "child.h"
#include "plant/amed.h"

enum
{
    HIDDEN = 32,
    EPOCH_N = 8000,
    EPOCHS = 200, /* of ours beside one of theirs */
    RUNS = 4,

    CHECK_N = 200,
    CHECK_PASSES = 3,
    WEIGHTS = 3 * 3 * HIDDEN + 3,
    FULL_MOST = WEIGHTS + 8,
    CHECKED = CHECK_PASSES + 2 * WEIGHTS /* losses, a gradient, weights */
};

static const double sr_hz = 8000.0;
static const double tolerance = 1e-4; /* relative */
static const unsigned long noise_seed = 1;

typedef struct
{
    aed_chain chain;
    double full[FULL_MOST];
    double target[EPOCH_N];
    child theirs;
    aed_error e;
} duel;

/* As the seed has it: the end is included, so that 440 Hz are a little more. */
static void target_into(double *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        x[i] = sin(6.283185307179586 * 440.0 * (double)n / sr_hz * (double)i / (double)(n - 1));
}

static const double *weights_of(const duel *d)
{
    return d->full + d->chain.d;
}

static aed_fit *fit_new(duel *d, const double *x, size_t n)
{
    const aed_fit_sound sound = {.x = x, .n = n, .key = 60.0};
    const aed_fit_settings set = {.passes = EPOCHS, .seed = noise_seed};

    return aed_fit_new(&d->chain, 0, d->full, sr_hz, &sound, 1, &set, &d->e);
}

/* ---- the rival ---- */

static double their_epoch(void *what)
{
    duel *d = what;
    char line[100];
    double cpu;

    child_say(&d->theirs, "epochs 1");
    if (child_hear(&d->theirs, line, sizeof line) || sscanf(line, "%lf", &cpu) != 1)
    {
        (void)aed_fail(&d->e, AED_E_STATE, "PyTorch stopped");
        return NAN;
    }
    return cpu;
}

static void say_numbers(duel *d, const char *words, const double *v, size_t n)
{
    fputs(words, d->theirs.to);
    for (size_t i = 0; i < n; i++)
        fprintf(d->theirs.to, " %.17g", v[i]);
    child_say(&d->theirs, "");
}

/* ---- ours ---- */

static double our_epoch(void *what)
{
    duel *d = what;
    aed_fit *f = fit_new(d, d->target, EPOCH_N);
    double loss = 0.0;

    if (!f)
        return NAN;
    const double t = bench_cpu();

    for (size_t i = 0; i < EPOCHS; i++)
        (void)aed_fit_advance(f, EPOCH_N + 1, &loss);
    const double cpu = (bench_cpu() - t) / EPOCHS;

    aed_fit_free(f);
    if (isfinite(loss))
        return cpu;
    (void)aed_fail(&d->e, AED_E_NONFINITE, "our loss is not finite");
    return NAN;
}

/* ---- do both compute the same? ----
 *
 * Short epochs with the same noise: the loss before each step, the gradient before the first, the weights
 * after the last, by which Adam too is compared. */

/* What a pass of aed_fit draws: the module's noise of that seed. */
static void noise_of(double *eps, size_t pass)
{
    const uint64_t seed = aed_rng_bits(noise_seed + pass * AED_FIT_SOUNDS, 0) >> 11;

    aed_rng_normals(eps, seed, 0, CHECK_N);
}

/* Losses and weights by what is timed. */
static int learn(double *losses, double *w, duel *d, const double *x)
{
    aed_fit *f = fit_new(d, x, CHECK_N);
    size_t n;

    if (!f)
        return -1;
    for (size_t i = 0; i < CHECK_PASSES; i++)
        (void)aed_fit_advance(f, CHECK_N + 1, &losses[i]);
    memcpy(w, aed_fit_weights(f, &n), WEIGHTS * sizeof *w);
    aed_fit_free(f);
    return 0;
}

/* The gradient that the first pass took its step by, which aed_fit keeps to itself. */
static int gradient(double *dw, const duel *d, const double *x, const double *eps)
{
    const aed_amed_net net = aed_amed_net_of(&aed_amed_seed, d->chain.size[0]);
    const size_t units = aed_amed_units(&net), room = aed_amed_planes_n(&net) + units;
    double *tape = calloc(CHECK_N * room, sizeof *tape);
    double chaos[CHECK_N], dchaos[CHECK_N] = {0}, dy[CHECK_N], y = 0.0, c = 0.0, Y = 0.0, K = 0.0;

    if (!tape)
        return -1;
    const aed_amed_planes p = aed_amed_planes_of(tape, &net, CHECK_N);

    for (size_t t = 0; t < CHECK_N; t++)
    {
        chaos[t] = 1.0;
        p.eps[t] = eps[t];
        p.turn[t] = 0.01 * (double)t;
    }
    aed_amed_net_forward(p, &y, &c, weights_of(d), &net, chaos, CHECK_N);
    for (size_t t = 0; t < CHECK_N; t++)
        dy[t] = 2.0 * (p.y[t] - x[t]) / CHECK_N;
    memset(dw, 0, WEIGHTS * sizeof *dw);
    aed_amed_net_backward(tape + CHECK_N * aed_amed_planes_n(&net), dw, dchaos, &Y, &K, dy, p,
        weights_of(d), &net, chaos, 0, CHECK_N);
    free(tape);
    return 0;
}

/* Numbers of a long line into v [n]; 0 when there are so many. */
static int read_numbers(double *v, size_t n, char *line)
{
    for (size_t i = 0; i < n; i++)
    {
        char *end;

        v[i] = strtod(line, &end);
        if (end == line)
            return -1;
        line = end;
    }
    return 0;
}

static int ask(double *theirs, duel *d, const double *eps)
{
    static char line[32 * CHECKED];
    char words[32];

    say_numbers(d, "start", weights_of(d), WEIGHTS);
    if (child_hear(&d->theirs, line, sizeof line))
        return -1;
    snprintf(words, sizeof words, "check %d", CHECK_PASSES);
    say_numbers(d, words, eps, CHECK_PASSES * CHECK_N);
    return child_hear(&d->theirs, line, sizeof line) ? -1 : read_numbers(theirs, CHECKED, line);
}

/* Largest difference, relative to the largest of theirs. */
static double off(const double *ours, const double *theirs, size_t n)
{
    double most = 0.0, largest = 0.0;

    for (size_t i = 0; i < n; i++)
    {
        const double d = fabs(ours[i] - theirs[i]);

        most = d <= most ? most : d; /* NaN stays */
        largest = fmax(largest, fabs(theirs[i]));
    }
    return most / largest;
}

static void moved(double *w, const duel *d)
{
    for (size_t i = 0; i < WEIGHTS; i++)
        w[i] -= weights_of(d)[i];
}

/* 0: equal; -1: nobody knows. */
static int check_equal(const char *row, duel *d)
{
    double ours[CHECKED], theirs[CHECKED], eps[CHECK_PASSES * CHECK_N], x[CHECK_N], norm = 0.0;
    double *g = ours + CHECK_PASSES, *w = g + WEIGHTS;

    target_into(x, CHECK_N);
    for (size_t i = 0; i < CHECK_PASSES; i++)
        noise_of(eps + i * CHECK_N, i);
    if (learn(ours, w, d, x) || gradient(g, d, x, eps) || ask(theirs, d, eps))
        return -1;
    moved(w, d);
    moved(theirs + CHECK_PASSES + WEIGHTS, d);
    for (size_t i = 0; i < WEIGHTS; i++)
        norm += g[i] * g[i];
    const double loss_off = off(ours, theirs, CHECK_PASSES);
    const double g_off = off(g, theirs + CHECK_PASSES, WEIGHTS);
    const double w_off = off(w, theirs + CHECK_PASSES + WEIGHTS, WEIGHTS);

    printf("bench %s check loss %.6g %.6g %.6g off %.1e gradient of norm %.6g off %.1e weights off "
           "%.1e, allowed %.0e\n",
        row, ours[0], ours[1], ours[2], loss_off, sqrt(norm), g_off, w_off, tolerance);
    return !(loss_off < tolerance && g_off < tolerance && w_off < tolerance);
}

/* ---- the row ---- */

static void print_limit(const char *row, double epoch_s)
{
    const double flops = (double)amed_flops(HIDDEN), peak = amed_peak();
    const double rate = flops * EPOCH_N / epoch_s;

    printf("info %s arithmetic %.2f of the limit: %.0f + - * / of doubles a sample by the code, "
           "without "
           "drawing noise, %.4g a second; as many * as + that do not wait in registers: %.4g\n",
        row, rate / peak, flops, rate, peak);
}

static bench_outcome fight(const char *row, duel *d)
{
    static bench_pairs pairs;
    const int unequal = check_equal(row, d);

    if (unequal)
        return bench_failed(row, "%s",
            unequal > 0 ? "we and PyTorch compute different things"
                        : "the check did not come about");
    if (bench_interleave(&pairs, our_epoch, their_epoch, d, RUNS))
        return bench_failed(row, "%s", d->e.msg);
    print_limit(row, bench_quantile(pairs.ours, pairs.n, 0.5));
    return bench_report(row, &pairs, BENCH_RIVAL, 1e3, "ms");
}

bench_outcome row_amed_epoch(const char *row)
{
    static duel d;
    char hello[200];

    if (child_start_python(&d.theirs, BENCH_DIR "/amed_epoch.py", hello, sizeof hello))
        return bench_skipped(row, "no python3 with torch ('make bench-deps')");
    printf("info %s rival %s\n", row, hello + sizeof "ready");
    target_into(d.target, EPOCH_N);
    const int made = aed_chain_parse(&d.chain, "amed-seed 32", &d.e) == AED_OK &&
                     d.chain.full_n <= FULL_MOST && d.chain.weights_n == WEIGHTS;

    if (made)
    {
        aed_chain_start(d.full, &d.chain);
        aed_chain_scramble(d.full, &d.chain, 1);
    }
    const bench_outcome outcome = made ? fight(row, &d) : bench_failed(row, "%s", d.e.msg);

    child_end(&d.theirs);
    return outcome;
}
