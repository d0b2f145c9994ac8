/* Log-mel spectrograms and spectral statistics against torchaudio and the seed's spectral_stats. */
#include "common.h"

#include <stdio.h>
#include <string.h>

#include "ear/ear.h"
#include "ear/mel.h"
#include "ear/stft.h"

enum
{
    MELS = 64,
    HOP = 256
};

typedef struct
{
    aed_arena arena;
    aed_stft s;
    aed_mel m;
    double *p, *scratch, *spectrum, *power, *mel;
} analysis;

static void layout(analysis *a, double sr_hz, size_t n)
{
    aed_stft_layout(&a->s, &a->arena);
    aed_mel_layout(&a->m, &a->arena, sr_hz);
    a->p = aed_arena_doubles(&a->arena, n + a->s.size);
    a->scratch = aed_arena_doubles(&a->arena, a->s.size);
    a->spectrum = aed_arena_doubles(&a->arena, 2 * a->s.bins);
    a->power = aed_arena_doubles(&a->arena, a->s.bins);
    a->mel = aed_arena_doubles(&a->arena, MELS);
}

static analysis analysis_new(const golden *x, size_t size, double sr_hz)
{
    analysis a = {0};

    aed_stft_shape(&a.s, size, HOP, size / 2, x->n);
    a.m = (aed_mel){.bins = a.s.bins, .bands = MELS};
    layout(&a, sr_hz, x->n);
    assert_int_equal(aed_arena_open(&a.arena), AED_OK);
    layout(&a, sr_hz, x->n);
    a.s.fft = aed_fft_new(size, NULL);
    assert_non_null(a.s.fft);
    aed_stft_reflect(a.p, x->v, size / 2, x->n);
    return a;
}

/* max |ln(M + 1e-6) - torch's| */
static double worst_logmel(const char *file, const golden *x, size_t size, double sr_hz)
{
    char name[32];
    analysis a = analysis_new(x, size, sr_hz);
    double worst = 0.0;

    snprintf(name, sizeof name, "S_logmel%zu", size);
    golden s = golden_read(file, name);

    assert_int_equal(s.dims[0], MELS);
    assert_int_equal(s.dims[1], a.s.frames);
    for (size_t t = 0; t < a.s.frames; t++)
    {
        aed_stft_forward(a.spectrum, a.scratch, &a.s, a.p, t);
        aed_stft_power(a.power, a.spectrum, a.s.bins);
        aed_mel_forward(a.mel, &a.m, a.power);
        for (size_t b = 0; b < MELS; b++)
        {
            const double off = fabs(log(a.mel[b] + 1e-6) - s.v[b * a.s.frames + t]);

            worst = worse_of(worst, off);
        }
    }
    golden_free(&s);
    aed_fft_free(a.s.fft);
    aed_arena_close(&a.arena);
    return worst;
}

/* max |phi - torch's| over centroid, rolloff and flatness, through the whole ear. */
static double worst_stats(const char *file, const golden *x, size_t size, double sr_hz)
{
    char name[64];
    aed_ear_config c;
    aed_ear_result r;
    double worst = 0.0;

    snprintf(name, sizeof name, "stats_power%zu_centroid_rolloff_flatness", size);
    golden stats = golden_read(file, name);

    aed_ear_defaults(&c);
    c.sr_hz = sr_hz;
    c.n = x->n;
    c.sizes[0] = size;
    c.n_sizes = 1;
    aed_ear *ear = aed_ear_new(&c, NULL);

    assert_non_null(ear);
    assert_int_equal(aed_ear_listen(ear, &r, NULL, x->v, NULL, NULL, x->n, NULL), AED_OK);
    for (size_t i = 0; i < 3; i++)
    {
        const double off = fabs(r.phi[AED_FEATURE_CENTROID + i] - stats.v[i]);

        worst = worse_of(worst, off);
    }
    aed_ear_free(ear);
    golden_free(&stats);
    return worst;
}

typedef double (*worst_fn)(const char *file, const golden *x, size_t size, double sr_hz);

static double over_all_files(worst_fn worst_in)
{
    static const char *const sounds[] = {"sines", "sweep", "noise"};
    static const int rates[] = {16000, 44100}, lengths[] = {5000, 8192};
    double worst = 0.0;

    for (size_t i = 0; i < 12; i++)
    {
        char file[64];
        const int sr_hz = rates[i % 2];

        snprintf(
            file, sizeof file, "mel_sr%d_n%d_%s.txt", sr_hz, lengths[i / 2 % 2], sounds[i / 4]);
        golden x = golden_read(file, "x");

        for (size_t size = 1024; size <= 4096; size *= 4)
        {
            const double off = worst_in(file, &x, size, sr_hz);

            worst = worse_of(worst, off);
        }
        golden_free(&x);
    }
    return worst;
}

static void logmel_is_torchaudios(void **state)
{
    const double worst = over_all_files(worst_logmel);

    printf("ref logmel: worst %.1e\n", worst);
    assert_true(worst < 1e-6);
}

static void stats_are_the_seeds(void **state)
{
    const double worst = over_all_files(worst_stats);

    printf("ref stats: worst %.1e\n", worst);
    assert_true(worst < 1e-6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(logmel_is_torchaudios),
        cmocka_unit_test(stats_are_the_seeds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
