/* Features and losses of the ear, and their gradients, against torchaudio and autograd in float64, through
 * aed_ear_*: data/README.md says what was computed, gen_ear.py computed it. */
#include "common.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ear/ear.h"

enum
{
    ALONG = 4,    /* directions along which gradients are known */
    MOST_N = 6000 /* samples */
};

/* --- signals, with the bits of gen_ear.py ------------------------------------------------------- */

static void add_noise(double *y, double level, uint64_t seed, size_t n)
{
    for (size_t i = 0; i < n; i++)
    {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        y[i] += level * ((double)(seed >> 11) / 0x1p53 * 2.0 - 1.0);
    }
}

/* A pointer from 1 shrinks by r and turns by 2 atan t, an angle that grows by 2 atan u, each sample. */
static void add_turning(double *y, double level, double t, double u, double r, size_t n)
{
    double c = r * ((1.0 - t * t) / (1.0 + t * t)), s = r * (2.0 * t / (1.0 + t * t));
    const double a = (1.0 - u * u) / (1.0 + u * u), b = 2.0 * u / (1.0 + u * u);
    double re = 1.0, im = 0.0;

    for (size_t i = 0; i < n; i++)
    {
        const double old_re = re, old_c = c;

        y[i] += level * im;
        re = re * c - im * s;
        im = old_re * s + im * c;
        c = c * a - s * b;
        s = old_c * b + s * a;
    }
}

static void sound(double *y, int kind, size_t n)
{
    memset(y, 0, n * sizeof *y);
    switch (kind)
    {
    case 0: /* noise */
        add_noise(y, 0.25, 12345, n);
        break;
    case 1: /* sines */
        add_turning(y, 0.5, 0.015, 0.0, 1.0, n);
        add_turning(y, 0.3, 0.09, 0.0, 1.0, n);
        add_turning(y, 0.1, 0.4, 0.0, 1.0, n);
        break;
    case 2: /* a sweep */
        add_turning(y, 0.8, 0.004, 0.0002, 1.0, n);
        break;
    case 4: /* so faint that every guard and floor is heard */
        add_turning(y, 3e-6, 0.05, 0.0, 1.0, n);
        add_noise(y, 1e-6, 99, n);
        break;
    default: /* a tone that decays into noise */
        add_turning(y, 0.6, 0.03, 0.0, 0.9992, n);
        add_turning(y, 0.2, 0.068, 0.0, 0.998, n);
        add_noise(y, 0.001, 77, n);
    }
}

/* --- one setting -------------------------------------------------------------------------------- */

typedef struct
{
    const char *file;
    aed_ear_config c;
    aed_ear *ear;
    golden at; /* places where gradients are known */
    double x[MOST_N], y[MOST_N], dx[MOST_N];
} setting;

static aed_ear *new_ear(const aed_ear_config *c)
{
    aed_ear *ear = aed_ear_new(c, NULL);

    assert_non_null(ear);
    return ear;
}

/* |a| / b; 0 when a is 0, whatever b. */
static double share(double a, double b)
{
    return a == 0.0 ? 0.0 : fabs(a) / b;
}

/* The worst |a - b| / max(|b|, 1e-3 of the largest |b|). */
static double apart(const double *a, const double *b, size_t n)
{
    const double least = 1e-3 * gradient_largest(b, n);
    double worst = 0.0;

    for (size_t i = 0; i < n; i++)
        worst = worse_of(worst, share(a[i] - b[i], fmax(fabs(b[i]), least)));
    return worst;
}

/* sum_i g[i] direction[i] */
static double along(const double *g, uint64_t seed, size_t n)
{
    double *direction = calloc(n, sizeof *direction), sum = 0.0;

    add_noise(direction, 1.0, seed, n);
    for (size_t i = 0; i < n; i++)
        sum += g[i] * direction[i];
    free(direction);
    return sum;
}

/* What a file tells of a gradient, or of a sound: its largest component, its products with directions, which
 * see every component, and some components. Returns the worst error, of the largest component or product;
 * components are held to the rule of gradient_agrees, too. */
static double told_apart(const setting *s, const double *g, const char *name)
{
    golden want = golden_read(s->file, name);
    const double largest = want.v[0], product = gradient_largest(want.v + 1, ALONG);
    double worst = share(gradient_largest(g, s->c.n) - largest, largest);

    assert_int_equal(want.n, 1 + ALONG + s->at.n);
    for (size_t k = 1; k <= ALONG; k++)
        worst = worse_of(worst, share(along(g, k, s->c.n) - want.v[k], product));
    for (size_t i = 0; i < s->at.n; i++)
    {
        const double a = g[(size_t)s->at.v[i]], b = want.v[1 + ALONG + i];

        worst = worse_of(worst, share(a - b, largest));
        assert_true(gradient_agrees(a, b, largest, 1e-5));
    }
    golden_free(&want);
    return worst;
}

static void open_setting(setting *s, const char *file)
{
    golden numbers = golden_read(file, "sr_n_hop_mels_floor_x_y");
    golden sizes = golden_read(file, "sizes");

    s->file = file;
    s->at = golden_read(file, "at");
    aed_ear_defaults(&s->c);
    s->c.sr_hz = numbers.v[0];
    s->c.n = (size_t)numbers.v[1];
    s->c.hop_n = (size_t)numbers.v[2];
    s->c.mels = (size_t)numbers.v[3];
    s->c.floor = numbers.v[4];
    s->c.n_sizes = sizes.n;
    s->c.features = (1u << AED_FEATURES) - 1u;
    for (size_t i = 0; i < sizes.n; i++)
        s->c.sizes[i] = (size_t)sizes.v[i];
    assert_in_range(s->c.n, 1, MOST_N);
    sound(s->x, (int)numbers.v[5], s->c.n);
    sound(s->y, (int)numbers.v[6], s->c.n);
    assert_true(told_apart(s, s->x, "sound") < 1e-11);
    s->ear = new_ear(&s->c);
    assert_int_equal(aed_ear_target(s->ear, s->y, s->c.n, NULL), AED_OK);
    golden_free(&sizes);
    golden_free(&numbers);
}

static void close_setting(setting *s)
{
    aed_ear_free(s->ear);
    golden_free(&s->at);
}

/* --- what is compared --------------------------------------------------------------------------- */

/* max |ln(M + floor) - torchaudio's| of a few frames, the first and the last among them. Each is cut out of
 * the sound and its reflections here, and is the one frame of a window of its own. */
static double frames_apart(const setting *s)
{
    golden frames = golden_read(s->file, "frames"), want = golden_read(s->file, "logmel_frames");
    const long size = (long)s->c.sizes[0], last = (long)s->c.n - 1;
    double *x = calloc((size_t)size, sizeof *x), worst = 0.0;
    aed_ear_config c = s->c;
    aed_ear_result r;
    size_t n;

    c.n = c.hop_n = c.sizes[0];
    c.n_sizes = 1;
    c.whole_frames = 1;
    aed_ear *ear = new_ear(&c);

    for (size_t t = 0; t < frames.n; t++)
    {
        for (long i = 0; i < size; i++)
        {
            const long at = labs((long)frames.v[t] * (long)s->c.hop_n - size / 2 + i);

            x[i] = s->x[at > last ? 2 * last - at : at];
        }
        assert_int_equal(aed_ear_listen(ear, &r, NULL, x, NULL, NULL, c.n, NULL), AED_OK);
        const double *logmel = aed_ear_heard(ear, AED_FEATURE_BANDS, &n);

        assert_int_equal(n * frames.n, want.n);
        for (size_t b = 0; b < n; b++)
            worst = worse_of(worst, fabs(logmel[b] - want.v[t * n + b]));
    }
    aed_ear_free(ear);
    free(x);
    golden_free(&want);
    golden_free(&frames);
    return worst;
}

/* Every number of a row, or every step-th where they are many. */
static double feature_apart(const setting *s, size_t row)
{
    size_t n;
    const double *phi = aed_ear_heard(s->ear, row, &n);
    const size_t step = n >= 256 ? n / 128 : 1;
    golden want = golden_read(s->file, aed_features[row]->name);
    double *thinned = calloc(want.n, sizeof *thinned);

    assert_int_equal(want.n, (n + step - 1) / step);
    for (size_t i = 0; i < want.n; i++)
        thinned[i] = phi[i * step];

    const double worst = apart(thinned, want.v, want.n);

    free(thinned);
    golden_free(&want);
    return worst;
}

static double feature_gradient_apart(setting *s, size_t row)
{
    char name[64];
    size_t n;
    double *dphi;

    (void)aed_ear_heard(s->ear, row, &n);
    dphi = calloc(n, sizeof *dphi);
    if (n == 1)
        *dphi = 1.0;
    else
        add_noise(dphi, 1.0, 5, n);
    assert_int_equal(aed_ear_feature(s->ear, s->dx, dphi, s->x, row, s->c.n, NULL), AED_OK);
    free(dphi);
    snprintf(name, sizeof name, "d_%s", aed_features[row]->name);
    return told_apart(s, s->dx, name);
}

/* --- all settings ------------------------------------------------------------------------------- */

/* The worst there was; of a row without a gradient 0. */
typedef struct
{
    double value, gradient;
} figures;

/* torch has no tracker of pitch: test_pitch and test_phi know what these are. */
static int has_tracker(size_t feature)
{
    return aed_features[feature]->needs & AED_HEAR_PITCH;
}

static int is_tracked(size_t loss)
{
    return aed_loss_is_distance(aed_losses[loss]) && has_tracker(aed_losses[loss]->feature);
}

static void hear_features(setting *s, figures *rows)
{
    aed_ear_result r;

    assert_int_equal(aed_ear_listen(s->ear, &r, NULL, s->x, NULL, NULL, s->c.n, NULL), AED_OK);
    for (size_t j = 0; j < AED_FEATURES; j++)
        if (!has_tracker(j))
            rows[j].value = worse_of(rows[j].value, feature_apart(s, j));
    for (size_t j = 0; j < AED_FEATURES; j++)
        if (aed_features[j]->back && !has_tracker(j))
            rows[j].gradient = worse_of(rows[j].gradient, feature_gradient_apart(s, j));
}

/* A loss alone. */
static void hear_loss(setting *s, figures *worst, size_t row)
{
    char name[64], of[64];
    double weights[AED_LOSSES] = {0};
    aed_ear_result r;

    weights[row] = 1.0;
    assert_int_equal(aed_ear_listen(s->ear, &r, s->dx, s->x, weights, NULL, s->c.n, NULL), AED_OK);
    snprintf(name, sizeof name, "loss_%s", aed_losses[row]->name);
    snprintf(of, sizeof of, "d_loss_%s", aed_losses[row]->name);
    golden want = golden_read(s->file, name);

    worst->value = worse_of(worst->value, apart(&r.terms[row], want.v, want.n));
    worst->gradient = worse_of(worst->gradient, told_apart(s, s->dx, of));
    golden_free(&want);
}

static void tell(const char *what, const char *name, figures f)
{
    printf("ref ear %s %s: worst %.1e", what, name, f.value);
    if (f.gradient != 0.0)
        printf(", gradient %.1e of its largest component", f.gradient);
    puts("");
    assert_true(f.value < 1e-6);
    assert_true(f.gradient < 1e-6);
}

static void features_and_logmel_are_torchs(void **state)
{
    static const int rates[] = {44100, 48000}, mels[] = {20, 40, 64, 128};
    static setting s;
    figures rows[AED_FEATURES] = {{0}}, logmel = {0}, frames = {0};

    for (int i = 0; i < 48; i++)
    {
        char file[64];

        snprintf(file, sizeof file, "ear/one_sr%d_size%d_mels%d.txt", rates[i / 24],
            256 << i / 4 % 6, mels[i % 4]);
        open_setting(&s, file);
        frames.value = worse_of(frames.value, frames_apart(&s));
        hear_features(&s, rows);
        hear_loss(&s, &logmel, AED_LOSS_LOGMEL);
        close_setting(&s);
    }
    tell("frames", "log mel", frames);
    tell("loss", "logmel, one size", logmel);
    for (size_t j = 0; j < AED_FEATURES; j++)
        if (!has_tracker(j))
            tell("feature", aed_features[j]->name, rows[j]);
}

static void losses_are_torchs(void **state)
{
    static const int rates[] = {44100, 48000};
    static const char *const sizes[] = {"1024+4096", "256+1024+8192", "2048+512"};
    static const char *const pairs[] = {"x1_y0", "x2_y3", "x1_y4", "x4_y2"};
    static setting s;
    figures rows[AED_LOSSES] = {{0}};

    for (int i = 0; i < 24; i++)
    {
        char file[64];

        snprintf(file, sizeof file, "ear/losses_sr%d_sizes%s_%s.txt", rates[i / 12],
            sizes[i / 4 % 3], pairs[i % 4]);
        open_setting(&s, file);
        for (size_t j = 0; j < AED_LOSSES; j++)
            if (!is_tracked(j))
                hear_loss(&s, &rows[j], j);
        close_setting(&s);
    }
    for (size_t j = 0; j < AED_LOSSES; j++)
        if (!is_tracked(j))
            tell("loss", aed_losses[j]->name, rows[j]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(features_and_logmel_are_torchs),
        cmocka_unit_test(losses_are_torchs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
