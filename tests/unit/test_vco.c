#include "common.h"
#include "plant.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/fft.h"
#include "plant/vco.h"

enum
{
    FREQ,
    FINE,
    SINE,
    TRI,
    SAW,
    PULSE,
    WIDTH,
    DRIFT,
    FM,
    N_PARAMS,
    N = 8192,
    MAX_TAPE = 8
};

static const double two_pi = 6.283185307179586;
static const double sr_hz = 48000.0;
static const double silent[N_PARAMS] = {[FREQ] = 440.0, [WIDTH] = 0.5};

/* One oscillator with standing parameters. */
typedef struct
{
    double v[N_PARAMS], ratio, state[2];
    size_t at;
    const double *bus; /* [N] what the oscillator before left, or NULL */
} osc;

static osc osc_of(double freq)
{
    osc o = {.ratio = 1.0};

    memcpy(o.v, silent, sizeof silent);
    o.v[FREQ] = freq;
    aed_vco.reset(o.state, 1, 0);
    return o;
}

static osc osc_with(double freq, size_t wave)
{
    osc o = osc_of(freq);

    o.v[wave] = 1.0;
    return o;
}

/* n samples added to y, in chunks of chunk_n; sines [n] or NULL: what it leaves for the next. */
static void run(double *y, double *sines, osc *o, size_t chunk_n, size_t n)
{
    double signals[N_PARAMS][AED_CHUNK], tape[MAX_TAPE * AED_CHUNK];
    const double *p[N_PARAMS];

    for (size_t k = 0; k < N_PARAMS; k++)
    {
        p[k] = signals[k];
        for (size_t i = 0; i < AED_CHUNK; i++)
            signals[k][i] = o->v[k];
    }
    for (size_t done = 0; done < n; done += chunk_n)
    {
        aed_block b = test_block(sr_hz, o->ratio);

        b.n = n - done < chunk_n ? n - done : chunk_n;
        b.at = o->at;
        if (o->bus)
            memcpy(b.bus[AED_PHASE], o->bus + done, b.n * sizeof *o->bus);
        aed_vco.forward(y + done, tape, o->state, NULL, p, &b);
        if (sines)
            memcpy(sines + done, b.bus[AED_PHASE], b.n * sizeof *sines);
        o->at += b.n;
    }
}

static void frequency_is_exact(void **state)
{
    osc o = osc_with(440.0, SINE);
    double y[N] = {0};

    (void)state;
    o.ratio = 1.5;
    o.v[FINE] = -37.0;
    const double dt = 440.0 * 1.5 * exp2(-37.0 / 1200.0) / sr_hz;
    run(y, NULL, &o, AED_CHUNK, N);
    for (size_t i = 0; i < N; i++)
        assert_true(fabs(y[i] - sin(two_pi * dt * (double)i)) < 1e-9);
    assert_true(fabs(o.state[0] - fmod(dt * N, 1.0)) < 1e-10);
}

/* Everything on, across a new value of the drift, which comes every 16,000 samples. */
static void chunks_do_not_matter(void **state)
{
    static const double all[N_PARAMS] = {1234.5, 12.0, 0.3, 0.4, 0.5, 0.6, 0.3, 20.0, 0.7};
    static const size_t chunks[] = {1, 7, 33};
    double bus[N], whole[N] = {0};
    osc o = {.ratio = 1.0, .at = 12345, .bus = bus};

    (void)state;
    memcpy(o.v, all, sizeof all);
    test_fill(bus, N, -1.0, 1.0);
    aed_vco.reset(o.state, 3, 1);
    osc first = o;
    run(whole, NULL, &first, AED_CHUNK, N);
    for (size_t k = 0; k < 3; k++)
    {
        osc again = o;
        double y[N] = {0};

        run(y, NULL, &again, chunks[k], N);
        assert_memory_equal(y, whole, sizeof y);
        assert_memory_equal(again.state, first.state, sizeof first.state);
    }
}

/* ---- the waves ---- */

static double plain_saw(double phase)
{
    return 2.0 * phase - 1.0;
}

static double plain_pulse(double phase)
{
    return phase < 0.5 ? 1.0 : -1.0;
}

static double plain_narrow(double phase)
{
    return (phase < 0.1 ? 1.0 : -1.0) + 0.8;
}

static double plain_tri(double phase)
{
    return 1.0 - 4.0 * fabs(fmod(phase + 0.25, 1.0) - 0.5);
}

static const struct
{
    const char *name;
    size_t wave;
    double width;
    double (*plain)(double phase);
    double floor_db, low_db; /* aliases at 4 kHz at most, all and below 12 kHz */
    double corners[2];
} waves[] = {
    {"saw", SAW, 0.5, plain_saw, -35.5, -60.0, {0.0, 0.0}},
    {"pulse", PULSE, 0.5, plain_pulse, -48.0, -72.0, {0.0, 0.5}},
    {"pulse, width 0.1", PULSE, 0.1, plain_narrow, -26.0, -62.0, {0.0, 0.1}},
    {"triangle", TRI, 0.5, plain_tri, -65.0, -92.0, {0.25, 0.75}},
};

enum
{
    WAVES = sizeof waves / sizeof *waves
};

static double distance(double a, double b)
{
    const double d = fabs(a - b);

    return fmin(d, 1.0 - d);
}

static void waves_are_plain_away_from_their_corners(void **state)
{
    const double dt = 100.0 / sr_hz;

    (void)state;
    for (size_t k = 0; k < WAVES; k++)
    {
        osc o = osc_with(100.0, waves[k].wave);
        double y[N] = {0};

        o.v[WIDTH] = waves[k].width;
        run(y, NULL, &o, AED_CHUNK, N);
        for (size_t i = 0; i < N; i++)
        {
            const double phase = fmod(dt * (double)i, 1.0);
            const double near =
                fmin(distance(phase, waves[k].corners[0]), distance(phase, waves[k].corners[1]));

            if (near > 3.001 * dt)
                assert_true(fabs(y[i] - waves[k].plain(phase)) < 1e-9);
            assert_true(fabs(y[i]) <= 2.0);
        }
    }
}

static void pulse_has_no_dc(void **state)
{
    static const double widths[] = {0.05, 0.17, 0.4, 0.5};

    (void)state;
    for (size_t w = 0; w < 4; w++)
        for (size_t k = 5; k < 3000; k = 3 * k + 2) /* odd */
        {
            osc o = osc_with((double)k * sr_hz / N, PULSE);
            double y[N] = {0}, sum = 0.0;

            o.v[WIDTH] = widths[w];
            run(y, NULL, &o, AED_CHUNK, N);
            for (size_t i = 0; i < N; i++)
                sum += y[i];
            assert_true(fabs(sum / N) < 1e-9);
        }
}

/* ---- aliases ---- */

/* power[j] of bin j, of N samples. */
static void spectrum(double *power, const double *y)
{
    static _Alignas(AED_ALIGN) double x[N], X[N + 2];
    aed_error e;
    aed_fft *f = aed_fft_new(N, &e);

    assert_non_null(f);
    memcpy(x, y, sizeof x);
    aed_fft_forward(f, X, x);
    for (size_t j = 0; j <= N / 2; j++)
        power[j] = X[2 * j] * X[2 * j] + X[2 * j + 1] * X[2 * j + 1];
    aed_fft_free(f);
}

/* What lies between the harmonics of bin k, in dB of the fundamental. k is odd, so that no alias
 * falls onto a harmonic before the 4096th. */
typedef struct
{
    double all, worst, low; /* low: below half the Nyquist frequency */
} aliases;

static aliases aliases_of(const double *y, size_t k)
{
    double power[N / 2 + 1], all = 0.0, worst = 0.0, low = 0.0;

    spectrum(power, y);
    for (size_t j = 1; j <= N / 2; j++)
    {
        if (j % k == 0)
            continue;
        all += power[j];
        low += j < N / 4 ? power[j] : 0.0;
        worst = fmax(worst, power[j]);
    }
    return (aliases){
        10.0 * log10(all / power[k]), 10.0 * log10(worst / power[k]), 10.0 * log10(low / power[k])};
}

/* Pd's [phasor~] is the plain ramp: rendered in Pd 0.53 at bin 682 of 8192 it was that, to the bit. */
static void aliases_are_weaker_than_naive(void **state)
{
    const size_t k = 683; /* 4002 Hz */

    (void)state;
    for (size_t w = 0; w < WAVES; w++)
    {
        osc o = osc_with((double)k * sr_hz / N, waves[w].wave);
        double y[N] = {0}, plain[N];

        o.v[WIDTH] = waves[w].width;
        run(y, NULL, &o, AED_CHUNK, N);
        for (size_t i = 0; i < N; i++)
            plain[i] = waves[w].plain((double)(k * i % N) / N);
        const aliases ours = aliases_of(y, k), naive = aliases_of(plain, k);
        printf("alias vco %s %.1f dB (naive%s %.1f dB), worst line %.1f (%.1f), below 12 kHz %.1f "
               "(%.1f)\n",
            waves[w].name, ours.all, waves[w].wave == SAW ? " and Pd's [phasor~]" : "", naive.all,
            ours.worst, naive.worst, ours.low, naive.low);
        assert_true(ours.all < waves[w].floor_db && ours.low < waves[w].low_db);
        assert_true(ours.all < naive.all - 15.0 && ours.worst < naive.worst - 15.0);
    }
}

static void triangle_goes_with_the_sine(void **state)
{
    osc a = osc_with(375.0, SINE), b = osc_with(375.0, TRI); /* 64 whole cycles */
    double sine[N] = {0}, tri[N] = {0}, with = 0.0, across = 0.0;

    (void)state;
    run(sine, NULL, &a, AED_CHUNK, N);
    run(tri, NULL, &b, AED_CHUNK, N);
    for (size_t i = 0; i < N; i++)
    {
        with += sine[i] * tri[i] * 2.0 / N;
        across += sine[(i + 32) % N] * tri[i] * 2.0 / N; /* a quarter later: the cosine */
    }
    assert_true(fabs(with - 8.0 / (0.25 * two_pi * two_pi)) < 1e-3);
    assert_true(fabs(across) < 1e-9);
}

/* ---- the phase ---- */

static void frequency_is_clipped(void **state)
{
    static const double ratios[] = {48.0, 0.0};
    static const double dts[] = {0.45, 1e-9};

    (void)state;
    for (size_t k = 0; k < 2; k++)
    {
        osc o = osc_of(3520.0);
        double y[N] = {0};

        o.v[SINE] = o.v[TRI] = o.v[SAW] = o.v[PULSE] = 1.0;
        o.ratio = ratios[k];
        run(y, NULL, &o, AED_CHUNK, N);
        assert_true(fabs(o.state[0] - fmod(dts[k] * N, 1.0)) < 1e-9);
        for (size_t i = 0; i < N; i++)
            assert_true(fabs(y[i]) <= 5.0);
    }
}

/* One sample from `phase`, and dL/d(parameter), dL/d(phase) of y + state after. */
static double one_sample(double *dp_out, double *dphase, const osc *o, double phase)
{
    double g[N_PARAMS] = {0}, tape[MAX_TAPE], y = 0.0, dy = 1.0, d[2] = {0.0, 0.0};
    double s[2] = {phase, o->state[1]};
    const double before[2] = {phase, o->state[1]};
    const double *p[N_PARAMS];
    double *dp[N_PARAMS];
    aed_block b = test_block(sr_hz, o->ratio);

    for (size_t k = 0; k < N_PARAMS; k++)
    {
        p[k] = &o->v[k];
        dp[k] = &g[k];
    }
    b.n = 1;
    aed_vco.forward(&y, tape, s, NULL, p, &b);
    aed_vco.backward(NULL, dp, d, &dy, tape, before, NULL, p, &b);
    memcpy(dp_out, g, sizeof g);
    *dphase = d[0];
    return y;
}

static void clipped_frequency_has_no_gradient(void **state)
{
    osc o = osc_of(3520.0);
    double g[N_PARAMS], dphase;

    (void)state;
    o.v[SINE] = o.v[TRI] = o.v[SAW] = o.v[PULSE] = 1.0;
    o.ratio = 48.0;
    (void)one_sample(g, &dphase, &o, 0.2);
    assert_true(g[FREQ] == 0.0 && g[FINE] == 0.0 && g[DRIFT] == 0.0);
    assert_true(g[SINE] != 0.0 && g[TRI] != 0.0 && g[SAW] != 0.0 && g[PULSE] != 0.0);
    o.ratio = 1.0;
    (void)one_sample(g, &dphase, &o, 0.2);
    assert_true(g[FREQ] != 0.0 && g[FINE] != 0.0 && g[DRIFT] != 0.0);
}

/* On the wraps themselves and on the corners, where a kink would be. */
static void slope_is_right_at_the_wraps(void **state)
{
    static const double freqs[] = {30.0, 440.0, 3520.0}, ratios[] = {1.0, 3.0};
    static const double phases[] = {0.0, 0.25, 0.3, 0.5, 0.75, 1.0 - 0x1p-53};
    const double h = 1e-7;

    (void)state;
    for (size_t j = 0; j < 3 * 2 * 6; j++)
        for (size_t wave = SINE; wave <= PULSE; wave++)
        {
            osc o = osc_with(freqs[j % 3], wave);
            double g[N_PARAMS], dphase, unused;
            const double phase = phases[j / 6];

            o.ratio = ratios[j / 3 % 2];
            o.v[WIDTH] = 0.3;
            (void)one_sample(g, &dphase, &o, phase);
            const double here = one_sample(g, &unused, &o, phase);
            const double right = (one_sample(g, &unused, &o, phase + h) - here) / h;
            const double left = (here - one_sample(g, &unused, &o, phase - h)) / h;
            const double steepest = 10.0 / (freqs[j % 3] * o.ratio / sr_hz);

            assert_true(fabs(right - dphase) < 1e-3 * steepest);
            assert_true(fabs(left - dphase) < 1e-3 * steepest);
        }
}

/* ---- modulation ---- */

static void fm_shifts_the_sine_alone(void **state)
{
    osc o = osc_of(500.0), other = osc_of(500.0);
    double bus[N], y[N] = {0}, saw[N] = {0}, shifted[N] = {0}, left[N];

    (void)state;
    test_fill(bus, N, -1.0, 1.0);
    o.bus = bus;
    o.v[FM] = 0.8;
    other.v[SAW] = 1.0;
    osc with_saw = o;
    run(y, left, &o, AED_CHUNK, N);
    for (size_t i = 0; i < N; i++)
    {
        const double turns = 500.0 / sr_hz * (double)i + 0.8 * bus[i];

        assert_true(y[i] == 0.0); /* at level 0 it still leaves its sine */
        assert_true(fabs(left[i] - sin(two_pi * turns)) < 1e-9);
    }
    with_saw.v[SAW] = 1.0;
    run(shifted, NULL, &with_saw, AED_CHUNK, N);
    run(saw, NULL, &other, AED_CHUNK, N);
    assert_memory_equal(shifted, saw, sizeof saw);
}

/* cents[i] by which the pitch is off in each sixtieth of a second. */
static void wander_of(double *cents, size_t n, unsigned long seed, size_t instance)
{
    osc o = osc_of(440.0);

    o.v[DRIFT] = 20.0;
    aed_vco.reset(o.state, seed, instance);
    for (size_t i = 0; i < n; i++)
    {
        double unused[800] = {0};
        const double before = o.state[0];

        run(unused, NULL, &o, AED_CHUNK, 800);
        const double cycles = round(440.0 * 800.0 / sr_hz + before - o.state[0]);
        cents[i] = 1200.0 * log2((cycles + o.state[0] - before) * sr_hz / 800.0 / 440.0);
    }
}

static void drift_is_slow_and_repeats(void **state)
{
    double a[600], again[600], seeded[600], second[600], highest = 0.0, lowest = 0.0, apart = 0.0;

    (void)state;
    wander_of(a, 600, 1, 0);
    wander_of(again, 600, 1, 0);
    wander_of(seeded, 600, 2, 0);
    wander_of(second, 600, 1, 1);
    assert_memory_equal(a, again, sizeof a);
    for (size_t i = 0; i < 600; i++)
    {
        highest = fmax(highest, a[i]);
        lowest = fmin(lowest, a[i]);
        apart = fmax(apart, fmin(fabs(a[i] - seeded[i]), fabs(a[i] - second[i])));
        if (i > 0) /* 40 cents in a third of a second, at 1.5 times the mean speed */
            assert_true(fabs(a[i] - a[i - 1]) <= 40.0 / 20.0 * 1.5);
    }
    assert_true(highest > 10.0 && highest <= 20.0 + 1e-6);
    assert_true(lowest < -10.0 && lowest >= -20.0 - 1e-6);
    assert_true(apart > 1.0);
}

static void adds_to_the_mix(void **state)
{
    osc a = osc_of(440.0);
    double y[N] = {0}, twice[N] = {0};

    (void)state;
    a.v[SINE] = 0.2, a.v[TRI] = 0.3, a.v[SAW] = 0.5, a.v[PULSE] = 0.1;
    osc b = a, c = a;
    run(y, NULL, &a, AED_CHUNK, N);
    run(twice, NULL, &b, AED_CHUNK, N);
    run(twice, NULL, &c, AED_CHUNK, N);
    for (size_t i = 0; i < N; i++)
        assert_true(fabs(twice[i] - 2.0 * y[i]) < 1e-14);
}

static void instances_start_apart(void **state)
{
    double started[16][2];

    (void)state;
    for (size_t i = 0; i < 16; i++)
    {
        double again[2];

        aed_vco.reset(started[i], 1, i);
        aed_vco.reset(again, 99, i);
        assert_true(again[0] == started[i][0] && again[0] >= 0.0 && again[0] < 1.0);
        for (size_t j = 0; j < i; j++)
            assert_true(fabs(started[i][0] - started[j][0]) > 0.01);
    }
    assert_true(started[0][0] == 0.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frequency_is_exact),
        cmocka_unit_test(chunks_do_not_matter),
        cmocka_unit_test(waves_are_plain_away_from_their_corners),
        cmocka_unit_test(pulse_has_no_dc),
        cmocka_unit_test(aliases_are_weaker_than_naive),
        cmocka_unit_test(triangle_goes_with_the_sine),
        cmocka_unit_test(frequency_is_clipped),
        cmocka_unit_test(clipped_frequency_has_no_gradient),
        cmocka_unit_test(slope_is_right_at_the_wraps),
        cmocka_unit_test(fm_shifts_the_sine_alone),
        cmocka_unit_test(drift_is_slow_and_repeats),
        cmocka_unit_test(adds_to_the_mix),
        cmocka_unit_test(instances_start_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
