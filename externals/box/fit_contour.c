/* fit_contour.c: see fit_contour.h. */
#include "fit_contour.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ear/pitch.h"
#include "plant/amed_inputs.h"

static const double two_pi = 6.283185307179586;
static const double ln_2 = 0.6931471805599453;

static const double lowest_hz = 44.0, highest_hz = 4000.0;
static const double frame_s = 0.0465, hop_s = 0.0058;
static const double sure = 0.6;    /* confidence of a frame that has a pitch */
static const double pitched = 0.3; /* of a sound's power in such frames */
static const double astray = 0.1;  /* octaves: a frame that is off by more hardly counts */
static const double ridge =
    4e-3; /* (phases known to .02 turns / contours of .3 octaves)^2, a row */

enum
{
    D = AED_AMED_CONTOUR_ROW,
    UNKNOWNS = D + 1, /* and an offset */
    PARTIALS = 4,
    ROUNDS = 4
};

/* ---- least squares ---- */

/* sum weight (value - <basis, V>)^2 to be least: A V = b. */
typedef struct
{
    double A[UNKNOWNS][UNKNOWNS], b[UNKNOWNS];
    double weight, rows;
} normal;

static void add_row(normal *s, const double *basis, double value, double weight)
{
    s->weight += weight;
    s->rows += 1.0;
    for (size_t i = 0; i < UNKNOWNS; i++)
    {
        s->b[i] += weight * basis[i] * value;
        for (size_t j = 0; j < UNKNOWNS; j++)
            s->A[i][j] += weight * basis[i] * basis[j];
    }
}

/* What few rows speak of is held near 0, but for the offset. A is symmetric and positive: elimination needs
 * no pivots. */
static void solve(double *v, normal *s)
{
    for (size_t i = 0; i < D; i++)
        s->A[i][i] += ridge * s->weight / s->rows;
    s->A[D][D] += 1e-9 * s->weight + 1e-300;
    for (size_t k = 0; k < UNKNOWNS; k++)
        for (size_t i = k + 1; i < UNKNOWNS; i++)
        {
            const double f = s->A[i][k] / s->A[k][k];

            for (size_t j = k; j < UNKNOWNS; j++)
                s->A[i][j] -= f * s->A[k][j];
            s->b[i] -= f * s->b[k];
        }
    for (size_t k = UNKNOWNS; k-- > 0;)
    {
        v[k] = s->b[k];
        for (size_t j = k + 1; j < UNKNOWNS; j++)
            v[k] -= s->A[k][j] * v[j];
        v[k] /= s->A[k][k];
    }
}

/* ---- first: through the frames ---- */

/* (1, exp(-t/tau_j)) at time t, and 0 for the offset. */
static void basis_at(double *basis, double t_s)
{
    basis[0] = 1.0;
    for (size_t j = 0; j < AED_AMED_ENVS; j++)
        basis[1 + j] = exp(-1e3 * t_s / aed_amed_tau_ms[j]);
    basis[D] = 0.0;
}

typedef struct
{
    double freq_hz, sr_hz;
    aed_pitch *pitch;
    size_t frame_n, hop_n;
    aed_pitch_frame *frames;
    size_t most;
} tracker;

static double key_hz(const tracker *k, const aed_fit_sound *s)
{
    return k->freq_hz * exp2((s->key - 60.0) / 12.0);
}

static double octaves_of(const double *v, const double *basis)
{
    double sum = 0.0;

    for (size_t j = 0; j < D; j++)
        sum += v[j] * basis[j];
    return sum;
}

/* Rows of one sound; returns how much of its power has a pitch. v: where the contour was before, which
 * tells what frames have gone astray, by an octave or into noise; NULL: nobody knows yet. */
static double add_frames(normal *sum, const double *v, const tracker *k, const aed_fit_sound *s)
{
    const size_t n = aed_pitch_track(k->pitch, k->frames, k->most, s->x, s->n);
    double power = 1e-300, heard = 0.0, basis[UNKNOWNS];

    for (size_t i = 0; i < n; i++)
    {
        const aed_pitch_frame *f = &k->frames[i];

        power += f->power;
        if (f->confidence < sure)
            continue;
        heard += f->power;
        basis_at(basis, (double)(i * k->hop_n + k->frame_n / 2) / k->sr_hz);
        const double octaves = log2(f->f0_hz / key_hz(k, s));
        const double off = v ? (octaves - octaves_of(v, basis)) / astray : 0.0;

        add_row(sum, basis, octaves, f->power * f->confidence / (1.0 + off * off));
    }
    return heard / power;
}

/* ---- then: until the phase agrees ---- */

/* One block: the partials' sums, and the integral of the basis up to its middle. */
typedef struct
{
    double re[PARTIALS], im[PARTIALS], basis[UNKNOWNS];
} block;

/* Two periods, at the pitch that the contour goes to: shorter ones would not tell partials apart. */
static size_t block_n_of(const tracker *k, const aed_fit_sound *s, const double *v)
{
    const double hz = fmin(fmax(key_hz(k, s) * exp2(v[0]), lowest_hz), highest_hz);

    return (size_t)(2.0 * k->sr_hz / hz);
}

/* Returns how many blocks there are. */
static size_t listen(block *blocks, const tracker *k, const aed_fit_sound *s, const double *v)
{
    const size_t block_n = block_n_of(k, s, v), n = s->n / block_n * block_n;
    double phase = 0.0, basis[UNKNOWNS], integral[UNKNOWNS] = {0};

    for (size_t t = 0; t < n; t++)
    {
        block *at = &blocks[t / block_n];

        basis_at(basis, (double)t / k->sr_hz);
        const double step = key_hz(k, s) * exp2(octaves_of(v, basis)) / k->sr_hz;

        const double x = s->x[t] * (1.0 - cos(two_pi * (double)(t % block_n) / (double)block_n));

        if (t % block_n == 0)
            *at = (block){{0}, {0}, {0}};
        for (size_t p = 0; p < PARTIALS; p++)
        {
            at->re[p] += x * cos(two_pi * (double)(p + 1) * phase);
            at->im[p] -= x * sin(two_pi * (double)(p + 1) * phase);
        }
        if (t % block_n == block_n / 2)
            memcpy(at->basis, integral, sizeof integral);
        for (size_t j = 0; j < D; j++)
            integral[j] += step * ln_2 * basis[j];
        phase += step - floor(phase + step);
    }
    return n / block_n;
}

/* The partial that is most at rest: whose blocks add up best with their neighbours. */
static size_t steadiest(const block *blocks, size_t n)
{
    double best = -1.0;
    size_t found = 0;

    for (size_t p = 0; p < PARTIALS; p++)
    {
        double sum = 0.0;

        for (size_t b = 1; b < n; b++)
            sum +=
                hypot(blocks[b].re[p] + blocks[b - 1].re[p], blocks[b].im[p] + blocks[b - 1].im[p]);
        if (sum > best)
        {
            best = sum;
            found = p;
        }
    }
    return found;
}

static void add_phases(normal *sum, block *blocks, size_t n)
{
    const size_t p = steadiest(blocks, n);
    double turns = 0.0, before = 0.0;

    for (size_t b = 0; b < n; b++)
    {
        const double re = blocks[b].re[p], im = blocks[b].im[p];
        const double now = atan2(im, re) / two_pi, step = now - before;

        turns += step - round(step);
        before = now;
        blocks[b].basis[D] = 1.0;
        add_row(sum, blocks[b].basis, turns / (double)(p + 1), re * re + im * im);
    }
}

/* ---- an example ---- */

/* The sounds of one example. */
typedef struct
{
    const tracker *k;
    const aed_fit_sound *sounds;
    size_t n, which;
    block *blocks;
} kin;

static int is_kin(const kin *of, size_t i)
{
    return (size_t)of->sounds[i].example == of->which;
}

/* v, or 0 when less than a part of the sounds' power has a pitch. Returns whether it has. */
static int through_frames(double *v, const kin *of)
{
    double heard = 0.0, mine = 0.0;

    for (size_t round = 0; round < ROUNDS; round++)
    {
        normal sum = {0};

        heard = mine = 0.0;
        for (size_t i = 0; i < of->n; i++)
            if (is_kin(of, i))
            {
                heard += add_frames(&sum, round ? v : NULL, of->k, &of->sounds[i]);
                mine += 1.0;
            }
        if (!(heard > pitched * mine))
            return 0;
        solve(v, &sum);
    }
    return 1;
}

static void through_phases(double *v, const kin *of)
{
    for (size_t round = 0; round < ROUNDS; round++)
    {
        double move[UNKNOWNS];
        normal sum = {0};

        for (size_t i = 0; i < of->n; i++)
            if (is_kin(of, i))
            {
                const size_t n = listen(of->blocks, of->k, &of->sounds[i], v);

                add_phases(&sum, of->blocks, n);
            }
        solve(move, &sum);
        for (size_t j = 0; j < D; j++)
            v[j] += move[j];
    }
}

static void example(double *contour, const kin *of)
{
    double v[UNKNOWNS] = {0};
    int any = 0;

    for (size_t i = 0; i < of->n; i++)
        any |= is_kin(of, i);
    if (!any)
        return;
    if (through_frames(v, of))
        through_phases(v, of);
    memcpy(contour + of->which * D, v, D * sizeof *v);
}

static size_t longest(const aed_fit_sound *sounds, size_t n)
{
    size_t most = 0;

    for (size_t i = 0; i < n; i++)
        most = sounds[i].n > most ? sounds[i].n : most;
    return most;
}

aed_status aed_fit_contour(double *contour, double freq_hz, double sr_hz,
    const aed_fit_sound *sounds, size_t n, aed_error *e)
{
    tracker k = {.freq_hz = freq_hz,
        .sr_hz = sr_hz,
        .frame_n = (size_t)(frame_s * sr_hz),
        .hop_n = (size_t)(hop_s * sr_hz)};
    const double highest = fmin(highest_hz, 0.24 * sr_hz);

    k.most = longest(sounds, n) * (size_t)highest_hz / (size_t)sr_hz + 2;
    k.pitch = aed_pitch_new(sr_hz, lowest_hz, highest, k.frame_n, k.hop_n, e);
    if (!k.pitch)
        return AED_E_ARG;
    k.frames = malloc(k.most * sizeof *k.frames);
    kin of = {&k, sounds, n, 0, malloc(k.most * sizeof *of.blocks)};
    const int room = k.frames && of.blocks;

    for (; room && of.which < AED_AMED_EXAMPLES; of.which++)
        example(contour, &of);
    free(of.blocks);
    free(k.frames);
    aed_pitch_free(k.pitch);
    return room ? AED_OK : aed_fail(e, AED_E_MEMORY, "fit: no memory for a contour");
}
