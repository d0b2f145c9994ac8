/* study_amed.c: what AME-D learns, in figures, beside the seed's law and beside silence.
 *
 *     waves    sine, saw, square of 440 Hz, one second at 8 kHz, AED_SEEDS seeds (10): mean squared
 *              error of the oscillator playing by itself with new noise, and what it took
 *     sounds   five recordings: the spectral loss before, after learning the waveform, and after 100
 *              more steps along the gradient of stft + logmel / 10
 *     pitch    four keys of one instrument learned, three between them played
 *
 * Arguments choose among these; none: all. Sounds need sox, sonic-pi-samples and puredata-doc, and are
 * written to build/study as they are and as they were learned. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "box/fit.h"
#include "control/optim.h"
#include "ear/ear.h"
#include "ear/pitch.h"
#include "plant/amed.h"
#include "plant/voice.h"

static const char *const folder = "build/study";
static const double two_pi = 6.283185307179586;

static double cpu_s(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void die(const char *what)
{
    fprintf(stderr, "study: %s\n", what);
    exit(1);
}

static int by_size(const void *a, const void *b)
{
    const double p = *(const double *)a, q = *(const double *)b;

    return (p > q) - (p < q);
}

static double median(double *x, size_t n)
{
    qsort(x, n, sizeof *x, by_size);
    return n % 2 ? x[n / 2] : 0.5 * (x[n / 2 - 1] + x[n / 2]);
}

/* ---- an oscillator and its lessons ---- */

typedef struct
{
    aed_chain chain;
    double *full;
    double sr_hz;
} plant;

static plant plant_new(const char *words, double sr_hz, unsigned long seed)
{
    plant p = {.sr_hz = sr_hz};
    aed_error e;

    if (aed_chain_parse(&p.chain, words, &e) != AED_OK)
        die(e.msg);
    p.full = calloc(p.chain.full_n, sizeof *p.full);
    aed_chain_start(p.full, &p.chain);
    aed_chain_scramble(p.full, &p.chain, seed);
    return p;
}

static aed_fit *fit_new(const plant *p, const aed_fit_sound *s, size_t n, aed_fit_settings set)
{
    aed_error e;
    aed_fit *f = aed_fit_new(&p->chain, 0, p->full, p->sr_hz, s, n, &set, &e);

    if (!f)
        die(e.msg);
    return f;
}

static double one_pass(aed_fit *f)
{
    double loss;

    while (!aed_fit_advance(f, 1 << 20, &loss))
        ;
    return loss;
}

static double error_of(const double *y, const double *x, size_t n)
{
    double sum = 0.0;

    for (size_t i = 0; i < n; i++)
        sum += (y[i] - x[i]) * (y[i] - x[i]);
    return sum / (double)n;
}

/* ---- waves ---- */

enum
{
    WAVE_N = 8000,
    PASSES = 200,
    EPOCHS = 20,
    SEEDS_MOST = 100
};

static const struct
{
    const char *name;
    double silence, allowed;
} waves[] = {{"sine", 0.5, 2e-4}, {"saw", 1.0 / 3.0, 2.5e-3}, {"square", 1.0, 5e-3}};

static void wave_fill(double *x, size_t which)
{
    for (size_t i = 0; i < WAVE_N; i++)
    {
        const double turns = fmod(440.0 * (double)i / 8000.0, 1.0);

        x[i] = which == 0    ? sin(two_pi * turns)
               : which == 1  ? 2.0 * turns - 1.0
               : turns < 0.5 ? 1.0
                             : -1.0;
    }
}

typedef struct
{
    double error[SEEDS_MOST], passes[SEEDS_MOST], seconds[SEEDS_MOST];
    size_t n;
} results;

/* One seed: passes until the training loss is below .01, CPU seconds, error with new noise. */
static void learn_wave(
    results *r, const char *words, const double *x, size_t passes, unsigned long seed)
{
    plant p = plant_new(words, 8000.0, seed);
    const aed_fit_sound sound = {x, WAVE_N, 69.0, 0.0};
    aed_fit *f = fit_new(&p, &sound, 1, (aed_fit_settings){passes, 0, 0.0, seed});
    static double y[WAVE_N];
    double reached = INFINITY;
    const double t = cpu_s();

    for (size_t pass = 1; pass <= passes; pass++)
        if (one_pass(f) < 0.01 && pass < reached)
            reached = (double)pass;
    r->seconds[r->n] = cpu_s() - t;
    aed_fit_play(f, y, 0, WAVE_N, seed + 1000000);
    r->passes[r->n] = reached;
    r->error[r->n++] = error_of(y, x, WAVE_N);
    aed_fit_free(f);
    free(p.full);
}

static void study_waves(void)
{
    const char *wanted = getenv("AED_SEEDS");
    const size_t seeds = wanted ? strtoul(wanted, NULL, 10) : 10;
    static double x[WAVE_N];

    for (size_t which = 0; which < 3; which++)
    {
        static results lock, seed_law;

        wave_fill(x, which);
        lock.n = seed_law.n = 0;
        for (size_t s = 1; s <= seeds && s <= SEEDS_MOST; s++)
            learn_wave(&lock, "amed 32 8", x, PASSES, s);
        for (size_t s = 1; s <= 3; s++)
            learn_wave(&seed_law, "amed-seed 32", x, EPOCHS, s);
        const double middle = median(lock.error, lock.n), worst = lock.error[lock.n - 1];
        const double pass_middle = median(lock.passes, lock.n);

        printf(
            "amed %s: lock, %zu seeds, %d passes: error median %.2g worst %.2g (allowed %.2g, "
            "silence %.2f); 0.01 after %g, worst %g passes; %.2f CPU s a seed. Seed's law after %d "
            "epochs: %.3g\n",
            waves[which].name, lock.n, PASSES, middle, worst, waves[which].allowed,
            waves[which].silence, pass_middle, lock.passes[lock.n - 1],
            median(lock.seconds, lock.n), EPOCHS, median(seed_law.error, seed_law.n));
        fflush(stdout);
    }
}

/* ---- sounds ---- */

static const struct
{
    const char *name, *path;
    double from_s, to_s;
    size_t passes, noise_passes;
} recordings[] = {
    {"kick", "/usr/share/sonic-pi/samples/drum_heavy_kick.flac", 0.0, 0.27, 300, 0},
    {"snare", "/usr/share/sonic-pi/samples/drum_snare_hard.flac", 0.0, 0.4, 100, 100},
    {"tom", "/usr/share/sonic-pi/samples/drum_tom_mid_hard.flac", 0.0, 0.5, 200, 0},
    {"bell", "/usr/share/puredata/doc/sound/bell.aiff", 0.0, 1.0, 200, 0},
    {"word", "/usr/share/puredata/doc/sound/voice.wav", 0.15, 0.46, 200, 0},
};

enum
{
    RATE = 44100,
    STEPS = 100 /* along the spectral gradient */
};

/* Part of a recording; *n samples, NULL without sox or file. */
static double *load(size_t which, size_t *n)
{
    const size_t most = (size_t)((recordings[which].to_s - recordings[which].from_s) * RATE);
    char command[400];
    double *x = malloc(most * sizeof *x);

    snprintf(command, sizeof command, "sox %s -r %d -c 1 -t f64 - trim %g %g 2>/dev/null",
        recordings[which].path, RATE, recordings[which].from_s,
        recordings[which].to_s - recordings[which].from_s);
    FILE *f = popen(command, "r");
    *n = f ? fread(x, sizeof *x, most, f) : 0;
    if (f)
        pclose(f);
    return x;
}

static void save(const char *name, const char *what, const double *x, size_t n)
{
    char command[400];

    snprintf(command, sizeof command, "sox -t f64 -r %d -c 1 - -b 16 %s/%s-%s.wav 2>/dev/null",
        RATE, folder, name, what);
    FILE *f = popen(command, "w");
    if (f)
    {
        fwrite(x, sizeof *x, n, f);
        pclose(f);
    }
}

/* A voice that renders one note, the ear that hears it, and the way back. */
typedef struct
{
    plant *p;
    size_t n;
    aed_voice *v, *work;
    aed_tape *tape;
    aed_ear *ear;
    double *y, *dx, *g, *h, *w, *u;
    aed_ear_result heard;
} studio;

static studio studio_new(plant *p, const double *target, size_t n)
{
    studio s = {.p = p, .n = n};
    const size_t d = p->chain.full_n;
    aed_ear_config c;
    aed_error e;

    aed_ear_defaults(&c);
    c.sr_hz = p->sr_hz;
    c.n = n;
    s.ear = aed_ear_new(&c, &e);
    s.v = aed_voice_new(&p->chain, p->sr_hz, 1, &e);
    s.work = aed_voice_new(&p->chain, p->sr_hz, 1, &e);
    s.tape = s.v ? aed_tape_new(s.v, n, &e) : NULL;
    s.y = calloc(2 * n + 4 * d, sizeof *s.y);
    if (!s.ear || !s.work || !s.tape || !s.y || aed_ear_target(s.ear, target, n, &e) != AED_OK)
        die("no studio");
    s.dx = s.y + n;
    s.g = s.dx + n;
    s.h = s.g + d;
    s.w = s.h + d;
    s.u = s.w + d;
    return s;
}

static void studio_free(studio *s)
{
    aed_tape_free(s->tape);
    aed_voice_free(s->v);
    aed_voice_free(s->work);
    aed_ear_free(s->ear);
    free(s->y);
}

/* Play key with noise of its own and hear how far it is. */
static void play(studio *s, double key, unsigned long seed)
{
    const aed_score score = {{{0, key, 100.0}}, 1};
    double weights[AED_LOSSES] = {0};
    aed_error e;

    weights[AED_LOSS_STFT] = 1.0;
    weights[AED_LOSS_LOGMEL] = 0.1;
    aed_voice_seed(s->v, seed);
    if (aed_voice_render(s->v, s->y, s->tape, s->p->full, &score, s->n) != AED_OK ||
        aed_ear_listen(s->ear, &s->heard, s->dx, s->y, weights, NULL, s->n, &e) != AED_OK)
        die("not heard");
}

static double stft_of(studio *s)
{
    play(s, 60.0, 424242);
    return s->heard.terms[AED_LOSS_STFT];
}

/* The networks along the gradient of what was played, the contour left alone. */
static void step(studio *s, aed_optim_state *adam, double alpha)
{
    const size_t at = s->p->chain.d, n = s->p->chain.weights_n - AED_AMED_CONTOUR_N;
    const aed_optim_hyper hyper = {alpha, 0.9, 0.999, 1e-8};
    double sum = 0.0;

    memset(s->g, 0, s->p->chain.full_n * sizeof *s->g);
    if (aed_voice_backward(s->work, s->g, s->tape, s->dx) != AED_OK)
        return;
    for (size_t i = 0; i < n; i++)
        sum += s->g[at + i] * s->g[at + i];
    for (size_t i = 0; i < n; i++)
        s->g[at + i] /= fmax(sqrt(sum), 1.0);
    aed_optim_find("adam")->step(s->u, adam, s->g + at, &hyper, n);
    for (size_t i = 0; i < n; i++)
        s->p->full[at + i] -= s->u[i];
}

static void refine(studio *s)
{
    aed_optim_state adam = {.h = s->h, .w = s->w};

    aed_optim_reset(&adam, s->p->chain.weights_n);
    for (size_t i = 0; i < STEPS; i++)
    {
        play(s, 60.0, i);
        step(s, &adam, 3e-3 * (1.0 - 0.95 * (double)i / STEPS));
    }
}

static void take_weights(plant *p, const aed_fit *f)
{
    size_t n;
    const double *w = aed_fit_weights(f, &n);

    memcpy(p->full + p->chain.d, w, n * sizeof *w);
}

static double learn_waveform(plant *p, const double *x, size_t n, size_t which)
{
    const aed_fit_sound sound = {x, n, 60.0, 0.0};
    const size_t passes = recordings[which].passes, noise = recordings[which].noise_passes;
    aed_fit *f = fit_new(p, &sound, 1, (aed_fit_settings){passes, noise, 0.0, 1});
    const double t = cpu_s();
    aed_error e;

    if (aed_fit_tune(f, &e) != AED_OK)
        die(e.msg);
    for (size_t pass = 0; pass < passes + noise; pass++)
        one_pass(f);
    take_weights(p, f);
    aed_fit_free(f);
    return cpu_s() - t;
}

static void study_sound(size_t which)
{
    size_t n;
    double *x = load(which, &n);
    plant p = plant_new("amed 32 8", RATE, 1);

    if (n < 8192)
        printf(
            "amed %s: skipped: no %s, or no sox\n", recordings[which].name, recordings[which].path);
    else
    {
        studio s = studio_new(&p, x, n);
        double *silence = calloc(n, sizeof *silence);
        aed_ear_result quiet;
        aed_error e;
        double weights[AED_LOSSES] = {0};

        weights[AED_LOSS_STFT] = 1.0;
        if (aed_ear_listen(s.ear, &quiet, NULL, silence, weights, NULL, n, &e) != AED_OK)
            die(e.msg);
        const double before = stft_of(&s);
        const double fit_s = learn_waveform(&p, x, n, which), fitted = stft_of(&s);
        const double error = error_of(s.y, x, n) / error_of(silence, x, n), t = cpu_s();

        save(recordings[which].name, "fitted", s.y, n);
        refine(&s);
        const double after = stft_of(&s);

        printf("amed %s: stft before %.2f, fitted %.3f (%.1f CPU s, error/power %.3f), after %.3f "
               "(%.1f CPU s): %.3f of before (allowed 0.3); silence %.3f\n",
            recordings[which].name, before, fitted, fit_s, error, after, cpu_s() - t,
            after / before, quiet.terms[AED_LOSS_STFT]);
        fflush(stdout);
        save(recordings[which].name, "target", x, n);
        save(recordings[which].name, "learned", s.y, n);
        studio_free(&s);
        free(silence);
    }
    free(p.full);
    free(x);
}

static void study_sounds(void)
{
    mkdir("build", 0777);
    mkdir(folder, 0777);
    for (size_t i = 0; i < sizeof recordings / sizeof *recordings; i++)
        study_sound(i);
}

/* ---- pitch ---- */

enum
{
    NOTE_N = 22050,
    TRAINED = 4,
    NOTES = 7
};

static const double keys[NOTES] = {48.0, 55.0, 62.0, 69.0, 51.0, 58.0, 66.0};

/* The instrument: a sawtooth through a lowpass that does not follow the keys. */
static void instrument(double *y, double key)
{
    static const struct
    {
        const char *name;
        double value;
    } set[] = {{"vco.freq", 261.6255653}, {"vco.sine", 0.0}, {"vco.tri", 0.0}, {"vco.saw", 0.6},
        {"vco.pulse", 0.0}, {"ladder.cutoff", 1500.0}, {"ladder.resonance", 0.2},
        {"ladder.drive", 1.0}, {"ladder.env", 0.0}, {"ladder.track", 0.0}};
    plant p = plant_new("vco | ladder", RATE, 1);
    const aed_score score = {{{0, key, 100.0}}, 1};
    aed_error e;
    aed_voice *v = aed_voice_new(&p.chain, RATE, 1, &e);

    for (size_t i = 0; i < sizeof set / sizeof *set; i++)
    {
        const int k = aed_chain_find(&p.chain, set[i].name);

        p.full[k] = aed_param_theta(aed_chain_param(&p.chain, (size_t)k), set[i].value);
    }
    if (!v || aed_voice_render(v, y, NULL, p.full, &score, NOTE_N) != AED_OK)
        die("no instrument");
    aed_voice_free(v);
    free(p.full);
}

static double key_hz(double key)
{
    return 440.0 * exp2((key - 69.0) / 12.0);
}

/* Power at multiples of f0 over all power, the first tenth of a second left out. */
static double harmonic_share(const double *y, double f0)
{
    const size_t from = RATE / 10, n = NOTE_N - from;
    double all = 0.0, on = 0.0;

    for (size_t i = from; i < NOTE_N; i++)
        all += y[i] * y[i];
    for (double hz = f0; hz < 0.5 * RATE; hz += f0)
    {
        double re = 0.0, im = 0.0;

        for (size_t i = from; i < NOTE_N; i++)
        {
            re += y[i] * cos(two_pi * hz * (double)i / RATE);
            im += y[i] * sin(two_pi * hz * (double)i / RATE);
        }
        on += 2.0 * (re * re + im * im) / (double)n;
    }
    return on / all;
}

static double median_cents(const double *y, double f0)
{
    aed_pitch_frame frames[100];
    double cents[100];
    aed_error e;
    aed_pitch *p = aed_pitch_new(RATE, 44.0, 4000.0, 2050, 441, &e);
    const size_t n = aed_pitch_track(p, frames, 100, y, NOTE_N);

    for (size_t i = 0; i < n; i++)
        cents[i] = fabs(1200.0 * log2(frames[i].f0_hz / f0));
    aed_pitch_free(p);
    return median(cents, n);
}

static void study_pitch(void)
{
    static double x[NOTES][NOTE_N];
    plant p = plant_new("amed 32 8", RATE, 1);
    aed_fit_sound sounds[TRAINED];
    double worst_trained = 0.0, worst_between = 0.0;

    for (size_t i = 0; i < NOTES; i++)
        instrument(x[i], keys[i]);
    for (size_t i = 0; i < TRAINED; i++)
        sounds[i] = (aed_fit_sound){x[i], NOTE_N, keys[i], 0.0};
    aed_fit *f = fit_new(&p, sounds, TRAINED, (aed_fit_settings){60, 0, 0.0, 1});
    const double t = cpu_s();
    aed_error e;

    if (aed_fit_tune(f, &e) != AED_OK)
        die(e.msg);
    for (size_t pass = 0; pass < 60; pass++)
        one_pass(f);
    take_weights(&p, f);
    aed_fit_free(f);
    printf("amed pitch: 60 passes through keys 48 55 62 69 in %.1f CPU s\n", cpu_s() - t);
    for (size_t i = 0; i < NOTES; i++)
    {
        studio s = studio_new(&p, x[i], NOTE_N);

        play(&s, keys[i], 77);
        const double loss = s.heard.terms[AED_LOSS_STFT];
        double *worst = i < TRAINED ? &worst_trained : &worst_between;

        *worst = fmax(*worst, loss);
        printf("amed pitch: key %g %s: %.2f cents, %.1f %% of the power on harmonics, stft %.3f\n",
            keys[i], i < TRAINED ? "learned" : "between", median_cents(s.y, key_hz(keys[i])),
            100.0 * harmonic_share(s.y, key_hz(keys[i])), loss);
        studio_free(&s);
    }
    printf("amed pitch: timbre loss between, worst, over learned, worst: %.2f (allowed 2)\n",
        worst_between / worst_trained);
    free(p.full);
}

/* ---- all of them ---- */

static int wanted(const char *name, int n, char **names)
{
    for (int i = 1; i < n; i++)
        if (strcmp(names[i], name) == 0)
            return 1;
    return n == 1;
}

int main(int n, char **names)
{
    if (wanted("waves", n, names))
        study_waves();
    if (wanted("sounds", n, names))
        study_sounds();
    if (wanted("pitch", n, names))
        study_pitch();
    return 0;
}
