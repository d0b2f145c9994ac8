/* The tracker against sounds whose pitch is known, and against the definition, lag by lag. */
#include "common.h"

#include "ear/pitch.h"

enum
{
    N = 16384,
    FRAME = 4096,
    HOP = 1024,
    MOST = 64
};

static const double pi = 3.141592653589793, sr_hz = 48000.0, lo_hz = 40.0, hi_hz = 2000.0;
static aed_pitch *p;
static double x[N];
static aed_pitch_frame frames[MOST];

static int set_up(void **state)
{
    p = aed_pitch_new(sr_hz, lo_hz, hi_hz, FRAME, HOP, NULL);
    return !p;
}

static int tear_down(void **state)
{
    aed_pitch_free(p);
    return 0;
}

static double cents(double f, double of)
{
    return 1200.0 * fabs(log2(f / of));
}

/* Partials from..to of f0, partial k at 1/k, all below sr / 2. */
static double harmonics(double t, double f0_hz, size_t from, size_t to)
{
    double sum = 0.0;

    for (size_t k = from; k <= to && (double)k * f0_hz < 0.5 * sr_hz; k++)
        sum += sin(2.0 * pi * (double)k * f0_hz * t / sr_hz + (double)(k * k)) / (double)k;
    return sum;
}

static void fill(double f0_hz, size_t from, size_t to)
{
    for (size_t i = 0; i < N; i++)
        x[i] = 0.3 * harmonics((double)i, f0_hz, from, to) + 0.1;
}

/* All frames and the median within `most` cents. */
static void assert_pitch(double f0_hz, double most, double confidence)
{
    const size_t n = aed_pitch_track(p, frames, MOST, x, N);
    const aed_pitch_frame whole = aed_pitch_median(frames, n);

    assert_int_equal(n, 1 + (N - FRAME) / HOP);
    for (size_t t = 0; t < n; t++)
    {
        if (!(cents(frames[t].f0_hz, f0_hz) < most && frames[t].confidence > confidence))
            fail_msg("%g Hz: frame %zu says %g Hz, confidence %g", f0_hz, t, frames[t].f0_hz,
                frames[t].confidence);
        assert_true(frames[t].confidence <= 1.0 && frames[t].power > 0.0);
    }
    assert_true(cents(whole.f0_hz, f0_hz) < most && whole.confidence > confidence);
}

static void steady_sounds(void **state)
{
    for (double f = 43.0; f < 1900.0; f *= 1.0931)
    {
        fill(f, 1, 1);
        assert_pitch(
            f, 4.0, 0.99); /* a frame's mean is not the sound's, and a sine's peak is flat */
        fill(f, 1, 1000);  /* a saw, in phases that are not its own */
        assert_pitch(f, 2.0, 0.98);
    }
}

static void a_missing_fundamental(void **state)
{
    for (double f = 50.0; f < 600.0; f *= 1.31)
    {
        fill(f, 4, 7);
        assert_pitch(f, 2.0, 0.98);
    }
}

/* Dying away does not lower the confidence. */
static void a_decay(void **state)
{
    fill(220.0, 1, 20);
    for (size_t i = 0; i < N; i++)
        x[i] = (x[i] - 0.1) * exp(-(double)i / 2000.0);
    assert_pitch(220.0, 3.0, 0.97);
}

/* Even partials alone are an octave higher; a little of the odd ones is taken for colour. */
static void octaves(void **state)
{
    for (size_t i = 0; i < N; i++)
        x[i] = harmonics((double)i, 300.0, 1, 9) + 0.1 * sin(2.0 * pi * 150.0 * (double)i / sr_hz);
    assert_pitch(300.0, 5.0, 0.9);
    for (size_t i = 0; i < N; i++)
        x[i] = harmonics((double)i, 300.0, 1, 9) + harmonics((double)i, 150.0, 1, 9);
    assert_pitch(150.0, 2.0, 0.98);
}

/* One octave over the whole sound: each frame tells its middle. */
static void a_glide(void **state)
{
    double phase = 0.0;

    for (size_t i = 0; i < N; i++)
    {
        phase += 2.0 * pi * 200.0 * exp2((double)i / N) / sr_hz;
        x[i] = sin(phase) + 0.5 * sin(2.0 * phase);
    }
    const size_t n = aed_pitch_track(p, frames, MOST, x, N);

    for (size_t t = 0; t < n; t++)
    {
        const double middle = (double)(t * HOP + FRAME / 2) / N;

        assert_true(cents(frames[t].f0_hz, 200.0 * exp2(middle)) < 30.0);
    }
    const aed_pitch_frame whole = aed_pitch_median(frames, n);

    assert_true(cents(whole.f0_hz, 200.0 * exp2(0.5)) < 100.0);
    assert_true(whole.confidence < 0.5);
}

static void noise_has_little_confidence(void **state)
{
    test_fill(x, N, -1.0, 1.0);
    const size_t n = aed_pitch_track(p, frames, MOST, x, N);

    for (size_t t = 0; t < n; t++)
        assert_true(frames[t].confidence < 0.3);
    assert_true(aed_pitch_median(frames, n).confidence < 0.2);
}

static void a_tone_in_noise(void **state)
{
    fill(330.0, 1, 30);
    for (size_t i = 0; i < N; i++)
        x[i] += test_uniform(-0.1, 0.1);
    assert_pitch(330.0, 5.0, 0.8);
}

static void assert_nothing(size_t n)
{
    assert_true(aed_pitch_track(p, frames, MOST, x, n) > 0);
    for (size_t t = 0; t < 1 + (n > FRAME ? (n - FRAME) / HOP : 0); t++)
        assert_true(frames[t].f0_hz == 0.0 && frames[t].confidence == 0.0);
    const aed_pitch_frame whole = aed_pitch_median(frames, n > FRAME ? 2 : 1);

    assert_true(whole.f0_hz == 0.0 && whole.confidence == 0.0 && whole.power >= 0.0);
}

static void silence_dc_and_what_cannot_be_heard(void **state)
{
    for (size_t i = 0; i < N; i++)
        x[i] = 0.0;
    assert_nothing(N);
    assert_nothing(1);
    for (size_t i = 0; i < N; i++)
        x[i] = 0.7;
    assert_nothing(N);
    for (size_t i = 0; i < N; i++)
        x[i] = i % 2 ? INFINITY : NAN;
    assert_nothing(N);
    for (size_t i = 0; i < N; i++)
        x[i] = 1e101 * sin(0.1 * (double)i);
    assert_nothing(N);
    assert_int_equal(aed_pitch_track(p, frames, MOST, x, 0), 0);
    assert_true(aed_pitch_median(NULL, 0).f0_hz == 0.0);
}

/* One frame that is spoilt spoils no other. */
static void a_hole(void **state)
{
    fill(500.0, 1, 5);
    x[0] = NAN;
    assert_int_equal(aed_pitch_track(p, frames, 3, x, N), 3);
    assert_true(frames[0].f0_hz == 0.0 && frames[0].power == 0.0);
    assert_true(cents(frames[1].f0_hz, 500.0) < 1.0 && cents(frames[2].f0_hz, 500.0) < 1.0);
    assert_true(cents(aed_pitch_median(frames, 3).f0_hz, 500.0) < 1.0);
}

static void loudness_does_not_matter(void **state)
{
    fill(123.0, 1, 9);
    for (size_t i = 0; i < N; i++)
        x[i] *= 1e-30;
    assert_pitch(123.0, 2.0, 0.98);
    for (size_t i = 0; i < N; i++)
        x[i] *= 1e120;
    assert_pitch(123.0, 2.0, 0.98);
}

static void a_short_sound_is_one_frame(void **state)
{
    fill(440.0, 1, 9);
    for (size_t i = 0; i < N; i++)
        x[i] -= 0.1;
    assert_int_equal(aed_pitch_track(p, frames, MOST, x, 1000), 1);
    assert_true(cents(frames[0].f0_hz, 440.0) < 10.0 && frames[0].confidence > 0.9);
    assert_int_equal(aed_pitch_track(p, frames, MOST, x, FRAME), 1);
    assert_int_equal(aed_pitch_track(p, frames, MOST, x, FRAME + HOP), 2);
    assert_int_equal(aed_pitch_track(p, frames, 1, x, FRAME + HOP), 1);
    assert_int_equal(aed_pitch_track(p, frames, 0, x, FRAME + HOP), 0);
}

/* ---- the definition ---- */

/* nacf at any lag of a sound that is known between its samples, without its mean. */
static double nacf_at(double lag, double f0_hz, double mean, size_t from)
{
    double r = 0.0, head = 0.0, tail = 0.0;

    for (size_t i = 0; (double)i + lag <= FRAME - 1; i++)
    {
        const double a = harmonics((double)i, f0_hz, from, 8) - mean;
        const double b = harmonics((double)i + lag, f0_hz, from, 8) - mean;

        r += a * b;
        head += a * a;
        tail += b * b;
    }
    return r / sqrt(head * tail);
}

static void heights_are_the_definition(void **state)
{
    for (double f = 300.0; f < 1300.0; f *= 1.37)
    {
        double mean = 0.0;

        for (size_t i = 0; i < FRAME; i++)
        {
            x[i] = harmonics((double)i, f, 2, 8);
            mean += x[i] / FRAME;
        }
        assert_int_equal(aed_pitch_track(p, frames, 1, x, FRAME), 1);
        const double lag = sr_hz / frames[0].f0_hz, height = nacf_at(lag, f, mean, 2);

        assert_true(fabs(frames[0].confidence - height) < 1e-3);
        assert_true(nacf_at(lag - 0.1, f, mean, 2) < height);
        assert_true(nacf_at(lag + 0.1, f, mean, 2) < height);
    }
}

static void the_median_is_weighted(void **state)
{
    const aed_pitch_frame some[] = {{100.0, 1.0, 1.0}, {800.0, 0.1, 9.0}, {101.0, 0.5, 4.0},
        {0.0, 0.0, 2.0}, {300.0, 1.0, 0.5}};
    const aed_pitch_frame whole = aed_pitch_median(some, 5);

    assert_true(whole.f0_hz == 101.0);
    assert_true(fabs(whole.confidence - 3.0 / 16.5) < 1e-15);
    assert_true(fabs(whole.power - 16.5 / 5.0) < 1e-15);
}

static void what_is_refused(void **state)
{
    aed_error e = {AED_OK, ""};

    assert_null(aed_pitch_new(NAN, 50.0, 500.0, 2048, 256, &e));
    assert_int_equal(e.code, AED_E_ARG);
    assert_null(aed_pitch_new(48000.0, 46.0, 500.0, 2048, 256, &e)); /* two periods do not fit */
    assert_string_equal(
        e.msg, "pitch: got 46 … 500 Hz, allowed are 46.875 … 12000 with frames of 2048 samples");
    assert_null(aed_pitch_new(48000.0, 50.0, 50.0, 2048, 256, &e));
    assert_null(aed_pitch_new(48000.0, 50.0, 12001.0, 2048, 256, &e));
    assert_null(aed_pitch_new(48000.0, NAN, 500.0, 2048, 256, &e));
    assert_null(aed_pitch_new(48000.0, 50.0, 500.0, 2048, 0, &e));
    assert_null(aed_pitch_new(48000.0, 5000.0, 9000.0, 63, 1, &e));
    assert_null(aed_pitch_new(48000.0, 5000.0, 9000.0, 32769, 1, &e));
    aed_pitch_free(aed_pitch_new(48000.0, 1500.0, 12000.0, 64, 1, &e)); /* the least there can be */
    aed_pitch_free(NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(steady_sounds),
        TEST(a_missing_fundamental),
        TEST(a_decay),
        TEST(octaves),
        TEST(a_glide),
        TEST(noise_has_little_confidence),
        TEST(a_tone_in_noise),
        TEST(silence_dc_and_what_cannot_be_heard),
        TEST(a_hole),
        TEST(loudness_does_not_matter),
        TEST(a_short_sound_is_one_frame),
        TEST(heights_are_the_definition),
        TEST(the_median_is_weighted),
        cmocka_unit_test(what_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
