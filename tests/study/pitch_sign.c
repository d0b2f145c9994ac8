/* pitch_sign.c: how often does a loss know which way a sawtooth should be tuned? For each loss and detune
 * the share of trials in which the sign of dL/dlog f, or of a measurement, is right; below it what was
 * measured for this project before, with other code (the design's page on the field, section 3).
 *
 * 80 … 1280 Hz, .3 s, 48 kHz, random phases, the sawtooth that learns is our own voice. Same timbre: so is the
 * target. Mismatched: sound_mismatched. AED_TRIALS trials a cell (1000). Chance is 50.
 *
 * Not written down then: floors of logarithms (chosen here to come near), and what the transport along linear
 * frequency carried: of magnitudes it comes nearer than of power, and near it is not. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ear/ear.h"
#include "ear/lag.h"
#include "ear/mel.h"
#include "ear/pitch.h"
#include "ear/stft.h"
#include "ear/tuner.h"
#include "plant.h"
#include "sounds.h"

enum
{
    N = 14400,
    DETUNES = 5,
    LARGEST = 8192
};

static const double sr_hz = 48000.0;
static const double detunes[DETUNES] = {10.0, 100.0, 300.0, 1200.0, 2400.0};

static test_plant plant;
static aed_voice *voice;
static aed_tape *tape;
static size_t freq; /* its place in full */
static double full[AED_KNOBS_MOST];
static double x[N], y[N], dx[N], up[N], down[N];

/* ---- the sounds ---- */

static double octave(void)
{
    const aed_param *p = aed_chain_param(&plant.chain, freq);

    return 1.0 / log2(p->hi / p->lo);
}

/* To the level of sound_saw: the voice has headroom. A sign does not change where a gradient is as much larger. */
static void amplify(double *s)
{
    for (size_t i = 0; i < N; i++)
        s[i] *= 9.57;
}

/* s [N] of our sawtooth, from a random phase on; it stays on the tape. */
static void play_saw(double *s, double f0_hz)
{
    static double before[4800 + 600];
    const size_t skip = 4800 + (size_t)test_uniform(0.0, 600.0); /* a period of 80 Hz */

    full[freq] = aed_param_theta(aed_chain_param(&plant.chain, freq), f0_hz);
    aed_voice_reset(voice);
    aed_voice_theta(voice, full, 0);
    aed_voice_note(voice, 60.0, 100.0);
    (void)aed_voice_forward(voice, before, NULL, skip);
    aed_tape_open(tape, voice, N);
    (void)aed_voice_forward(voice, s, tape, N);
    amplify(s);
}

/* The window on the tape, d octaves higher. */
static void replay(double *s, double d)
{
    double moved[AED_KNOBS_MOST];
    aed_voice *v = voice_of("vco | vca", sr_hz);

    memcpy(moved, full, sizeof moved);
    moved[freq] += d * octave();
    if (aed_voice_replay(v, s, tape, moved) != AED_OK)
        abort();
    aed_voice_free(v);
    amplify(s);
}

/* ---- losses that the library has: exact gradients ---- */

typedef struct
{
    aed_ear *ear;
    double weights[AED_EAR_LOSSES];
} listener;

static aed_ear *ear_of(size_t first, size_t second)
{
    aed_ear_config c;
    aed_error e;

    aed_ear_defaults(&c);
    c.sr_hz = sr_hz;
    c.n = N;
    c.sizes[0] = first;
    c.sizes[1] = second;
    c.n_sizes = second ? 2 : 1;
    c.hop_n = second ? 256 : 2048;
    c.whole_frames = 1; /* at a reflected edge the phase breaks, and that is heard too */
    aed_ear *ear = aed_ear_new(&c, &e);

    if (!ear)
    {
        puts(e.msg);
        abort();
    }
    return ear;
}

/* dL/dlog f of the window on the tape, dx as dL/dx. */
static double through_the_voice(void)
{
    double g[AED_KNOBS_MOST] = {0.0};
    aed_voice *v = voice_of("vco | vca", sr_hz);

    if (aed_voice_backward(v, g, tape, dx) != AED_OK)
        abort();
    aed_voice_free(v);
    return g[freq];
}

static double by_ear(aed_ear *ear, size_t loss)
{
    double weights[AED_EAR_LOSSES] = {0.0};
    aed_ear_result r;
    aed_error e;

    weights[loss] = 1.0;
    if (aed_ear_target(ear, y, N, &e) != AED_OK ||
        aed_ear_listen(ear, &r, dx, x, weights, NULL, N, &e) != AED_OK)
        abort();
    return through_the_voice();
}

static aed_ear *default_ear, *long_ear;

static double logmel(void)
{
    return by_ear(default_ear, AED_LOSS_LOGMEL);
}

static double magnitude(void)
{
    return by_ear(default_ear, AED_LOSS_STFT);
}

static double transport(void)
{
    return by_ear(long_ear, AED_LOSS_TRANSPORT);
}

static double wave(void)
{
    for (size_t i = 0; i < N; i++)
        dx[i] = 2.0 * (x[i] - y[i]) / N;
    return through_the_voice();
}

/* ---- losses that it has not: differences of their values, half a millicent to either side ---- */

/* Power of frame t of s at a size, whole frames by a quarter. Returns whether there is such a frame. */
static int power_of(double *power, const double *s, size_t size, size_t t)
{
    static aed_stft stfts[14];
    static _Alignas(64) double scratch[LARGEST], spectrum[LARGEST + 2];
    aed_stft *f = &stfts[(size_t)log2((double)size)];

    if (!f->fft)
    {
        aed_arena a = {0};

        aed_stft_shape(f, size, size / 4, 0, N);
        aed_stft_layout(f, &a);
        if (aed_arena_open(&a))
            abort();
        aed_stft_layout(f, &a);
        f->fft = aed_fft_new(size, NULL);
    }
    if (t >= f->frames)
        return 0;
    aed_stft_forward(spectrum, scratch, f, s, t);
    aed_stft_power(power, spectrum, f->bins);
    return 1;
}

/* 64 bands over a size's bins. */
static const aed_mel *mel_of(size_t size)
{
    static aed_mel mels[14];
    aed_mel *m = &mels[(size_t)log2((double)size)];
    aed_arena a = {0};

    if (m->bands)
        return m;
    *m = (aed_mel){.bins = size / 2 + 1, .bands = 64};
    aed_mel_layout(m, &a, sr_hz);
    if (aed_arena_open(&a))
        abort();
    aed_mel_layout(m, &a, sr_hz);
    return m;
}

/* DDSP's: L1 of magnitudes and of their logarithms, sizes 64 … 2048. */
static double multiscale(const double *a, const double *b)
{
    static double pa[LARGEST / 2 + 1], pb[LARGEST / 2 + 1];
    double all = 0.0;

    for (size_t size = 64; size <= 2048; size *= 2)
    {
        double sum = 0.0;
        size_t t = 0;

        for (; power_of(pa, a, size, t) && power_of(pb, b, size, t); t++)
            for (size_t k = 0; k <= size / 2; k++)
            {
                const double ma = sqrt(pa[k]), mb = sqrt(pb[k]);

                sum += fabs(ma - mb) + fabs(log(ma + 0.01) - log(mb + 0.01));
            }
        all += sum / (double)(t * (size / 2 + 1));
    }
    return all;
}

/* Log-mel again, as an L1, by a quarter of the size. */
static double logmel_l1(const double *a, const double *b)
{
    static double pa[LARGEST / 2 + 1], pb[LARGEST / 2 + 1], ma[64], mb[64];
    double all = 0.0;

    for (size_t size = 1024; size <= 4096; size *= 4)
    {
        const aed_mel *m = mel_of(size);
        double sum = 0.0;
        size_t t = 0;

        for (; power_of(pa, a, size, t) && power_of(pb, b, size, t); t++)
        {
            aed_mel_forward(ma, m, pa);
            aed_mel_forward(mb, m, pb);
            for (size_t k = 0; k < 64; k++)
                sum += fabs(log(ma[k] + 10.0) - log(mb[k] + 10.0));
        }
        all += sum / (double)(64 * t);
    }
    return all;
}

/* Mean over frames of power, or of magnitude. */
static void mean_of(double *mean, const double *s, size_t size, int magnitudes)
{
    static double power[LARGEST / 2 + 1];

    memset(mean, 0, (size / 2 + 1) * sizeof *mean);
    for (size_t t = 0; power_of(power, s, size, t); t++)
        for (size_t k = 0; k <= size / 2; k++)
            mean[k] += magnitudes ? sqrt(power[k]) : power[k];
}

/* Transport along the index. */
static double transported(const double *a, const double *b, size_t n)
{
    double all_a = 0.0, all_b = 0.0, f = 0.0, g = 0.0, sum = 0.0;

    for (size_t k = 0; k < n; k++)
    {
        all_a += a[k];
        all_b += b[k];
    }
    for (size_t k = 0; k < n; k++)
    {
        f += a[k] / all_a;
        g += b[k] / all_b;
        sum += fabs(f - g);
    }
    return sum;
}

static double linear_transport(const double *a, const double *b)
{
    static double pa[LARGEST / 2 + 1], pb[LARGEST / 2 + 1];

    mean_of(pa, a, 4096, 0);
    mean_of(pb, b, 4096, 0);
    return transported(pa, pb, 2049);
}

static double magnitude_transport(const double *a, const double *b)
{
    static double pa[LARGEST / 2 + 1], pb[LARGEST / 2 + 1];

    mean_of(pa, a, 4096, 1);
    mean_of(pb, b, 4096, 1);
    return transported(pa, pb, 2049);
}

static double mel_transport(const double *a, const double *b)
{
    static double pa[LARGEST / 2 + 1], pb[LARGEST / 2 + 1], ma[64], mb[64];
    mean_of(pa, a, 4096, 0);
    mean_of(pb, b, 4096, 0);
    aed_mel_forward(ma, mel_of(4096), pa);
    aed_mel_forward(mb, mel_of(4096), pb);
    return transported(ma, mb, 64);
}

static double log_centroid(const double *s)
{
    static double p[LARGEST / 2 + 1];
    double sum = 0.0, all = 0.0;

    mean_of(p, s, LARGEST, 0);
    for (size_t k = 2; k <= LARGEST / 2; k++)
    {
        sum += p[k] * log2((double)k);
        all += p[k];
    }
    return sum / all;
}

static double centroid_error(const double *a, const double *b)
{
    return fabs(log_centroid(a) - log_centroid(b));
}

/* ---- measurements ---- */

static aed_lag *lag;
static aed_pitch *pitch;
static aed_tuner *tuner;

static double measured_lag(void)
{
    aed_lag_result r;
    aed_error e;

    if (aed_lag_target(lag, y, &e) != AED_OK || aed_lag_listen(&r, lag, x, &e) != AED_OK)
        abort();
    return r.octaves;
}

static double pitch_of(const double *s)
{
    aed_pitch_frame frames[8];

    return aed_pitch_median(frames, aed_pitch_track(pitch, frames, 8, s, N)).f0_hz;
}

static double measured_periods(void)
{
    return log2(pitch_of(x) / pitch_of(y));
}

static double measured_both(void)
{
    aed_tuner_result r;
    aed_error e;

    if (aed_tuner_target(tuner, y, &e) != AED_OK || aed_tuner_listen(&r, tuner, x, &e) != AED_OK)
        abort();
    return r.octaves;
}

/* ---- the table ---- */

typedef struct
{
    const char *name;
    double (*direction)(void); /* above 0: x is to go down */
    double (*distance)(
        const double *a, const double *b); /* or the loss, whose difference tells it */
    int published[2][DETUNES];             /* same timbre, mismatched; 0: not there */
} row;

static const row rows[] = {
    {"time MSE", wave, NULL, {{52, 56, 56, 51, 48}, {53, 60, 50, 52, 55}}},
    {"linear magnitude, `loss stft`", magnitude, NULL,
        {{100, 96, 62, 54, 49}, {98, 86, 62, 52, 53}}},
    {"log-mel L1", NULL, logmel_l1, {{94, 95, 57, 66, 56}, {77, 86, 50, 56, 63}}},
    {"log-mel, squared, `loss logmel`", logmel, NULL, {{0}}},
    {"multiscale, DDSP's", NULL, multiscale, {{73, 59, 54, 52, 48}, {71, 50, 50, 54, 55}}},
    {"transport, linear f, magnitude", NULL, magnitude_transport,
        {{82, 62, 56, 58, 64}, {58, 51, 50, 53, 57}}},
    {"transport, linear f, power", NULL, linear_transport, {{0}}},
    {"transport, mel power", NULL, mel_transport, {{100, 100, 100, 96, 94}, {60, 78, 78, 88, 90}}},
    {"transport, log f, `loss transport`", transport, NULL,
        {{100, 100, 100, 98, 100}, {72, 88, 86, 92, 96}}},
    {"centroid of log f", NULL, centroid_error, {{100, 100, 99, 98, 100}, {50, 62, 68, 89, 96}}},
    {"lag", measured_lag, NULL, {{100, 100, 100, 100, 100}, {100, 100, 100, 100, 100}}},
    {"periods of both", measured_periods, NULL,
        {{100, 100, 100, 100, 100}, {100, 100, 100, 100, 100}}},
    {"lag and periods, `lag 1`", measured_both, NULL, {{0}}},
};

enum
{
    ROWS = sizeof rows / sizeof *rows,
    CELLS = 2 * DETUNES,
    TRIALS_BEFORE = 200
};

static size_t right[ROWS][CELLS];

static void trial(size_t cell)
{
    const double f0_hz = 80.0 * exp2(test_uniform(0.0, 4.0));
    const double sign = test_uniform(-1.0, 1.0) < 0.0 ? -1.0 : 1.0;
    const double away = sign * detunes[cell % DETUNES] / 1200.0;

    if (cell < DETUNES)
        play_saw(y, f0_hz);
    else
        sound_mismatched(y, f0_hz, sr_hz, N);
    play_saw(x, f0_hz * exp2(away));
    replay(up, 0.5e-3 / 1200.0);
    replay(down, -0.5e-3 / 1200.0);
    for (size_t i = 0; i < ROWS; i++)
    {
        const row *r = &rows[i];
        const double slope =
            r->distance ? r->distance(up, y) - r->distance(down, y) : r->direction();

        right[i][cell] += slope * sign > 0.0;
    }
}

/* What two countings of one and the same probability do: the standard deviation of the difference in points,
 * when together they say p. */
static double chance(double p, double trials)
{
    return 100.0 * sqrt(p * (1.0 - p) * (1.0 / TRIALS_BEFORE + 1.0 / trials));
}

typedef struct
{
    double cells, near, apart,
        expected; /* apart: by more than 3 deviations; expected: far by chance */
} summary;

/* One cell, both in percent. */
static void compare(summary *s, double ours, double before, double trials)
{
    const double p = 0.01 * (ours * trials + before * TRIALS_BEFORE) / (trials + TRIALS_BEFORE);
    const double sd = chance(p, trials), off = fabs(ours - before);

    s->cells += 1.0;
    s->near += off <= 7.0;
    s->apart += off > 3.0 * sd + 0.5; /* the earlier figures are rounded */
    s->expected += sd > 0.0 ? erfc(7.0 / sd / sqrt(2.0)) : 0.0;
}

static void print_line(const char *name, const double cells[CELLS])
{
    printf("%-36s", name);
    for (size_t c = 0; c < CELLS; c++)
        printf("%s %4.0f", c == DETUNES ? "   " : "", cells[c]);
    puts("");
}

static void print_row(summary *all, const row *r, const size_t counted[CELLS], double trials)
{
    double ours[CELLS], before[CELLS];
    summary s = *all;

    for (size_t c = 0; c < CELLS; c++)
    {
        ours[c] = 100.0 * (double)counted[c] / trials;
        before[c] = r->published[c / DETUNES][c % DETUNES];
        compare(&s, ours[c], before[c], trials);
    }
    print_line(r->name, ours);
    if (!r->published[0][0])
        return;
    print_line("    before", before);
    *all = s;
}

static void print_table(double trials)
{
    summary s = {0.0, 0.0, 0.0, 0.0};

    printf(
        "right signs in 100, %.0f trials a cell\n%-36s  same timbre: 10 100 300 1200 2400 cents;  "
        "mismatched\n",
        trials, "");
    for (size_t i = 0; i < ROWS; i++)
        print_row(&s, &rows[i], right[i], trials);
    printf(
        "study pitch: %.0f of %.0f cells within 7 points of what %d trials gave before; were all "
        "settings the same, chance alone would leave %.1f outside\n"
        "study pitch: %.0f cells differ by more than 3 standard deviations\n",
        s.near, s.cells, TRIALS_BEFORE, s.expected, s.apart);
}

static void open_all(void)
{
    aed_error e;

    plant = plant_of("vco | vca");
    memcpy(full, plant.start, sizeof full);
    freq = plant_find(&plant, "vco.freq");
    full[plant_find(&plant, "vco.sine")] = full[plant_find(&plant, "vco.tri")] =
        full[plant_find(&plant, "vco.pulse")] = 0.0;
    full[plant_find(&plant, "vco.saw")] = full[plant_find(&plant, "env.sustain")] = 1.0;
    voice = voice_of("vco | vca", sr_hz);
    tape = aed_tape_new(voice, N, &e);
    default_ear = ear_of(1024, 4096);
    long_ear = ear_of(LARGEST, 0);
    lag = aed_lag_new(sr_hz, N, 1, &e);
    pitch = aed_pitch_new(sr_hz, 15.0, 8000.0, 8192, 2048, &e);
    tuner = aed_tuner_new(sr_hz, N, 1, &e);
    if (!tape || !lag || !pitch || !tuner)
        abort();
}

int main(void)
{
    const char *asked = getenv("AED_TRIALS");
    const size_t trials = asked && atol(asked) > 0 ? (size_t)atol(asked) : 1000;

    open_all();
    for (size_t cell = 0; cell < CELLS; cell++)
    {
        test_seed(1 + cell);
        for (size_t i = 0; i < trials; i++)
            trial(cell);
    }
    print_table((double)trials);
    return 0;
}
