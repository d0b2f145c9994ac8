#include "common.h"
#include "plant.h"

#include <complex.h>
#include <stdio.h>
#include <string.h>

#include "plant/ladder.h"

enum
{
    CUTOFF,
    RESONANCE,
    DRIVE,
    AMOUNT,
    TRACK,
    N_PARAMS,
    TAPE_N = 8,
    N = 32767
};

static const double pi = 3.141592653589793;
static const double k_max = 4.2;
static const double rates_hz[] = {44100.0, 48000.0, 96000.0};
static double sr_hz = 48000.0;
static double x[N], y[N], env[N], pitch[N], sweep[N];

/* One chunk of x into y, from sample at on: the block and the parameters' signals. */
static void chunk(aed_block *b, const double **at_p, double p[N_PARAMS][AED_CHUNK], size_t at,
    size_t chunk_n, size_t n)
{
    *b = test_block(sr_hz, 1.0);
    b->n = n - at < chunk_n ? n - at : chunk_n;
    b->bus[AED_ENV] = env + at;
    b->bus[AED_PITCH] = pitch + at;
    b->bus[AED_SWEEP] = sweep + at;
    for (size_t k = 0; k < N_PARAMS; k++)
        at_p[k] = p[k];
}

static void stand(double p[N_PARAMS][AED_CHUNK], const double v[N_PARAMS])
{
    for (size_t k = 0; k < N_PARAMS; k++)
        for (size_t i = 0; i < AED_CHUNK; i++)
            p[k][i] = v[k];
}

/* Filter x into y with standing parameters v, in chunks of chunk_n. */
static void run(double *state, const double v[N_PARAMS], size_t chunk_n, size_t n)
{
    double p[N_PARAMS][AED_CHUNK], tape[TAPE_N * AED_CHUNK];
    const double *at_p[N_PARAMS];
    aed_block b;

    assert_true(aed_ladder.tape_n <= TAPE_N);
    stand(p, v);
    for (size_t at = 0; at < n; at += chunk_n)
    {
        chunk(&b, at_p, p, at, chunk_n, n);
        aed_ladder.forward(y + at, tape, state, x + at, at_p, &b);
    }
}

/* Silence in, all buses at 0. */
static void rest(void)
{
    memset(x, 0, sizeof x);
    memset(env, 0, sizeof env);
    memset(pitch, 0, sizeof pitch);
    memset(sweep, 0, sizeof sweep);
}

static void fill_all(void)
{
    test_fill(x, N, -1.0, 1.0);
    test_fill(env, N, 0.0, 1.0);
    test_fill(pitch, N, -2.0, 2.0);
    test_fill(sweep, N, -1.0, 1.0);
}

/* One sample, straight from the book: four trapezoidal one-poles, the loop solved as if linear. */
static double naive_sample(double *s, double in, double fc_hz, double k, double drive)
{
    const double g = tan(pi * fmin(fc_hz, 0.45 * sr_hz) / sr_hz), G = g / (1.0 + g);
    double S = 0.0;

    for (int j = 0; j < 4; j++)
        S = G * S + s[j] / (1.0 + g);
    double out = tanh((drive * in - k * S) / (1.0 + k * pow(G, 4.0)));
    for (int j = 0; j < 4; j++)
    {
        const double v = (out - s[j]) * G; /* the integrator's input */

        out = v + s[j];
        s[j] = out + v;
    }
    return out;
}

static void equals_naive_reference(void **state)
{
    const size_t n = 4096;

    (void)state;
    for (int trial = 0; trial < 20; trial++)
    {
        const double v[N_PARAMS] = {60.0 * pow(2.0, test_uniform(0.0, 7.0)),
            test_uniform(0.0, 0.94), 0.5 * pow(2.0, test_uniform(0.0, 5.0)),
            test_uniform(-3.0, 3.0), test_uniform(0.0, 1.0)};
        double s[4] = {0}, naive[4] = {0};

        fill_all();
        run(s, v, AED_CHUNK, n);
        for (size_t i = 0; i < n; i++)
        {
            const double octaves = v[AMOUNT] * env[i] + v[TRACK] * pitch[i] + sweep[i];
            const double r = naive_sample(
                naive, x[i], v[CUTOFF] * pow(2.0, octaves), k_max * v[RESONANCE], v[DRIVE]);
            assert_true(fabs(y[i] - r) < 1e-11);
        }
    }
}

/* ---- small signals against theory ---- */

enum
{
    N_PROBES = 8
};

/* What an impulse, small enough to stay where tanh is straight, leaves at f [N_PROBES]: summed until
 * the filter has come to rest. */
static void response(double complex *sum, const double v[N_PARAMS], const double *f)
{
    const double impulse = 1e-6;
    double complex turn[N_PROBES], at[N_PROBES];
    double s[4] = {0}, left = 1.0;

    for (size_t j = 0; j < N_PROBES; j++)
    {
        turn[j] = cexp(-2.0 * pi * I * f[j] / sr_hz);
        at[j] = 1.0 / impulse;
        sum[j] = 0.0;
    }
    rest();
    for (x[0] = impulse; left > 1e-13 * impulse; x[0] = 0.0)
    {
        run(s, v, AED_CHUNK, 4096);
        for (size_t i = 0; i < 4096; i++)
            for (size_t j = 0; j < N_PROBES; j++)
                sum[j] += y[i] * at[j], at[j] *= turn[j];
        left = fmax(fmax(fabs(s[0]), fabs(s[1])), fmax(fabs(s[2]), fabs(s[3])));
    }
}

static double complex theory(const double v[N_PARAMS], double f_hz)
{
    const double k = k_max * v[RESONANCE], g = tan(pi * v[CUTOFF] / sr_hz);
    const double complex pole = 1.0 / (1.0 + I * tan(pi * f_hz / sr_hz) / g);
    const double complex four = pole * pole * pole * pole;

    return v[DRIVE] * four / (1.0 + k * four);
}

static double db(double complex a)
{
    return 20.0 * log10(cabs(a));
}

/* From three octaves below the cutoff to three above, and to -120 dB. */
static double response_error(const double v[N_PARAMS])
{
    double f[N_PROBES], worst = 0.0;
    double complex found[N_PROBES];

    for (size_t j = 0; j < N_PROBES; j++)
        f[j] = v[CUTOFF] * pow(2.0, (double)j - 3.0);
    f[N_PROBES - 1] = v[CUTOFF]; /* the peak */
    response(found, v, f);
    for (size_t j = 0; j < N_PROBES; j++)
        if (f[j] < 0.45 * sr_hz)
            worst = fmax(worst, fabs(db(found[j]) - db(theory(v, f[j]))));
    return worst;
}

static void response_is_four_poles_with_feedback(void **state)
{
    static const double resonances[] = {0.0, 0.5, 0.9};
    double worst = 0.0;

    (void)state;
    for (size_t r = 0; r < 3; r++)
        for (size_t q = 0; q < 3; q++)
            for (double cutoff = 60.0; cutoff <= 7680.0; cutoff *= 2.0)
            {
                const double v[N_PARAMS] = {cutoff, resonances[q], 0.5, 0.0, 0.0};

                sr_hz = rates_hz[r];
                worst = fmax(worst, response_error(v));
            }
    sr_hz = 48000.0;
    printf("ladder response: worst %.1e dB\n", worst);
    assert_true(worst < 1e-5);
}

/* 24 dB an octave far above a low cutoff, 12 dB down at the cutoff. */
static void slope_is_24_db(void **state)
{
    const double v[N_PARAMS] = {200.0, 0.0, 1.0, 0.0, 0.0};
    const double f[N_PROBES] = {200.0, 1600.0, 3200.0};
    double complex found[N_PROBES];

    (void)state;
    response(found, v, f);
    assert_true(fabs(db(found[0]) + 12.04) < 0.05);
    assert_true(fabs(db(found[1]) - db(found[2]) - 24.0) < 0.5);
}

/* moved, with all buses at level, sounds as a cutoff of 2000 Hz that stands still. */
static void expect_2000_hz(const double moved[N_PARAMS], double *bus, double level)
{
    const double still[N_PARAMS] = {2000.0, 0.5, 1.0, 0.0, 0.0};
    static double expected[N];
    double a[4] = {0}, b[4] = {0};

    rest();
    test_fill(x, N, -1.0, 1.0);
    run(a, still, AED_CHUNK, N);
    memcpy(expected, y, sizeof y);
    for (size_t i = 0; i < N; i++)
        bus[i] = level;
    run(b, moved, AED_CHUNK, N);
    assert_true(relative_to_largest(y, expected, N) < 1e-12);
}

static void buses_move_the_cutoff(void **state)
{
    (void)state;
    expect_2000_hz((const double[]){500.0, 0.5, 1.0, 2.0, 0.0}, env, 1.0);
    expect_2000_hz((const double[]){1000.0, 0.5, 1.0, 0.0, 1.0}, pitch, 1.0);
    expect_2000_hz((const double[]){1000.0, 0.5, 1.0, 0.0, 0.5}, pitch, 2.0);
    expect_2000_hz((const double[]){4000.0, 0.5, 1.0, 0.0, 0.25}, pitch, -4.0);
    expect_2000_hz((const double[]){2000.0, 0.5, 1.0, 0.0, 0.0}, pitch, 3.0);
    expect_2000_hz((const double[]){1000.0, 0.5, 1.0, 0.0, 0.0}, sweep, 1.0);
}

/* ---- singing ---- */

static double largest_of(const double *v, size_t n)
{
    double largest = 0.0;

    for (size_t i = 0; i < n; i++)
        largest = !(fabs(v[i]) <= largest) ? fabs(v[i]) : largest;
    return largest;
}

/* Frequency between the first and the last upward zero crossing. */
static double frequency(const double *v, size_t n)
{
    double first = -1.0, last = 0.0;
    int cycles = -1;

    for (size_t i = 1; i < n; i++)
        if (v[i - 1] < 0.0 && v[i] >= 0.0)
        {
            last = (double)i - v[i] / (v[i] - v[i - 1]);
            first = first < 0.0 ? last : first;
            cycles++;
        }
    return (double)cycles / (last - first) * sr_hz;
}

/* The harmonics of tanh come back through the loop at -40 dB and less and hardly bend the pitch:
 * to its first harmonic u = psi N/M, psi real, so the loop closes where P^4 is real, P = 1/(1 + j). */
static void sings_at_the_cutoff(void **state)
{
    double worst = 0.0, quietest = 1.0, loudest = 0.0;

    (void)state;
    for (size_t r = 0; r < 3; r++)
        for (double cutoff = 100.0; cutoff < 5001.0; cutoff *= sqrt(2.0))
        {
            const double v[N_PARAMS] = {cutoff, 1.0, 1.0, 0.0, 0.0};
            double s[4] = {0.1, 0.0, 0.0, 0.0};

            sr_hz = rates_hz[r];
            rest();
            for (int second = 0; second < 4; second++)
                run(s, v, AED_CHUNK, N);
            const double level = largest_of(y, N);

            worst = fmax(worst, fabs(1200.0 * log2(frequency(y, N) / cutoff)));
            quietest = fmin(quietest, level);
            loudest = fmax(loudest, level);
        }
    sr_hz = 48000.0;
    printf("ladder sings: worst %.3f cents off its cutoff, level %.3f to %.3f\n", worst, quietest,
        loudest);
    assert_true(worst < 1.0);
    assert_true(quietest > 0.08 && loudest < 0.15);
}

/* How much louder a small tone is one window later. */
static double growth(double k, double cutoff)
{
    const double v[N_PARAMS] = {cutoff, k / k_max, 1.0, 0.0, 0.0};
    double s[4] = {1e-12, 0.0, 0.0, 0.0};

    rest();
    run(s, v, AED_CHUNK, N);
    const double before = largest_of(y + N - 2000, 2000);

    run(s, v, AED_CHUNK, N);
    return largest_of(y + N - 2000, 2000) / before;
}

static void sings_from_k_4_on(void **state)
{
    (void)state;
    for (double cutoff = 500.0; cutoff <= 4000.0; cutoff *= 2.0)
    {
        assert_true(growth(3.99, cutoff) < 0.5);
        assert_true(growth(4.01, cutoff) > 2.0);
        assert_true(fabs(growth(4.0, cutoff) - 1.0) < 0.01);
    }
}

/* The faintest noise starts it. Nothing at all does not, but it lies in wait. */
static void starts_from_noise(void **state)
{
    const double v[N_PARAMS] = {2000.0, 1.0, 1.0, 0.0, 0.0};
    double s[4] = {0};

    (void)state;
    rest();
    run(s, v, AED_CHUNK, N);
    assert_true(largest_of(y, N) == 0.0);
    test_fill(x, N, -1e-6, 1e-6);
    run(s, v, AED_CHUNK, N);
    assert_true(largest_of(y + N - 1000, 1000) > 0.08);
    assert_true(fabs(1200.0 * log2(frequency(y + N / 2, N / 2) / 2000.0)) < 1.0);
}

/* Just below the threshold it still decays, and ends in zeros without denormal numbers on the way. */
static void silence_returns(void **state)
{
    const double v[N_PARAMS] = {7680.0, 0.94, 1.0, 0.0, 0.0};
    double s[4] = {0.5, -0.5, 0.5, -0.5};

    (void)state;
    rest();
    for (int k = 0; k < 2; k++)
    {
        run(s, v, AED_CHUNK, N);
        for (size_t i = 0; i < N; i++)
            assert_true(y[i] == 0.0 || fpclassify(y[i]) == FP_NORMAL);
    }
    for (int j = 0; j < 4; j++)
        assert_true(s[j] == 0.0);
}

/* ---- stability ---- */

static void bounded_for_any_input(void **state)
{
    const double v[N_PARAMS] = {7680.0, 1.0, 16.0, 3.0, 1.0};
    double s[4] = {0};

    (void)state;
    fill_all();
    test_fill(x, N, -1e6, 1e6);
    x[100] = 1e300;
    run(s, v, AED_CHUNK, N);
    assert_true(largest_of(y, N) <= 3.0);
}

/* A value of parameter k, often at an end. */
static double jump(size_t k)
{
    return aed_param_value(&aed_ladder.params[k], test_uniform(-0.5, 1.5));
}

/* Squares and noise, parameters that stand anywhere or jump anywhere every sample. */
static void bounded_wherever_the_knobs_are(void **state)
{
    double p[N_PARAMS][AED_CHUNK], tape[TAPE_N * AED_CHUNK], largest[2] = {0.0, 0.0};
    const double *at_p[N_PARAMS];
    aed_block b;

    (void)state;
    for (int trial = 0; trial < 600; trial++)
    {
        const int jumps = trial % 2;
        double s[4] = {0}, v[N_PARAMS];
        const size_t n = 2000;

        sr_hz = rates_hz[trial % 3];
        fill_all();
        for (size_t k = 0; k < N_PARAMS; k++)
            v[k] = jump(k);
        stand(p, v);
        for (size_t i = 0; i < n && trial % 4 < 2; i++)
            x[i] = fmod((double)i * v[CUTOFF] / sr_hz, 1.0) < 0.5 ? 1.0 : -1.0;
        for (size_t at = 0; at < n; at += AED_CHUNK)
        {
            for (size_t k = 0; k < N_PARAMS && jumps; k++)
                for (size_t i = 0; i < AED_CHUNK; i++)
                    p[k][i] = jump(k);
            chunk(&b, at_p, p, at, AED_CHUNK, n);
            aed_ladder.forward(y + at, tape, s, x + at, at_p, &b);
        }
        largest[jumps] = fmax(largest[jumps], largest_of(y, n));
        assert_true(isfinite(s[0] + s[1] + s[2] + s[3]));
    }
    sr_hz = 48000.0;
    printf("ladder: largest output standing %.2f, jumping %.2f\n", largest[0], largest[1]);
    assert_true(largest[0] < 3.0 && largest[1] < 3.0);
}

static void chunks_do_not_matter(void **state)
{
    const double v[N_PARAMS] = {900.0, 0.8, 4.0, 1.5, 0.5};
    static double whole[N];
    double a[4] = {0}, b[4] = {0};

    (void)state;
    fill_all();
    run(a, v, AED_CHUNK, N);
    memcpy(whole, y, sizeof y);
    run(b, v, 1, N);
    assert_true(relative_to_largest(y, whole, N) < 1e-12);
}

static void clipped_cutoff_has_no_gradient(void **state)
{
    double v[N_PARAMS][1] = {{7680.0}, {0.5}, {1.0}, {3.0}, {1.0}}, g[N_PARAMS][1] = {{0.0}};
    const double *p[N_PARAMS] = {v[0], v[1], v[2], v[3], v[4]};
    double *dp[N_PARAMS] = {g[0], g[1], g[2], g[3], g[4]};
    double in = 0.5, out, din = 0.0, dout = 1.0, tape[TAPE_N];
    double s[4] = {0.1, 0.2, 0.3, 0.4}, before[4] = {0.1, 0.2, 0.3, 0.4}, ds[4] = {1, 1, 1, 1};
    aed_block b = test_block(sr_hz, 2.0);
    b.n = 1;
    b.bus[AED_ENV][0] = 1.0;

    (void)state;
    aed_ladder.forward(&out, tape, s, &in, p, &b);
    aed_ladder.backward(&din, dp, ds, &dout, tape, before, &in, p, &b);
    assert_true(g[CUTOFF][0] == 0.0 && g[AMOUNT][0] == 0.0 && g[TRACK][0] == 0.0);
    for (size_t k = AED_ENV; k <= AED_SWEEP; k++)
        assert_true(b.dbus[k][0] == 0.0);
    assert_true(g[RESONANCE][0] != 0.0 && g[DRIVE][0] != 0.0 && din != 0.0);
}

/* ---- the way back through a long window ---- */

static double weights[N], dx[N];

/* dL/dtheta [N_PARAMS] of L = sum weights · y over the window, parameters standing at theta. */
static void window_gradient(double *dtheta, const double *theta)
{
    static double before[N / AED_CHUNK + 1][4];
    double v[N_PARAMS], p[N_PARAMS][AED_CHUNK], s[4] = {0}, ds[4] = {0}, tape[TAPE_N * AED_CHUNK];
    double g[N_PARAMS][AED_CHUNK] = {{0.0}}, *dp[N_PARAMS] = {g[0], g[1], g[2], g[3], g[4]};
    const double *at_p[N_PARAMS];
    aed_block b;

    for (size_t k = 0; k < N_PARAMS; k++)
        v[k] = aed_param_value(&aed_ladder.params[k], theta[k]);
    stand(p, v);
    for (size_t at = 0; at < N; at += AED_CHUNK)
    {
        memcpy(before[at / AED_CHUNK], s, sizeof s);
        chunk(&b, at_p, p, at, AED_CHUNK, N);
        aed_ladder.forward(y + at, tape, s, x + at, at_p, &b);
    }
    memset(dx, 0, sizeof dx);
    for (size_t c = sizeof before / sizeof *before; c-- > 0;)
    {
        const size_t at = c * AED_CHUNK;

        memcpy(s, before[c], sizeof s);
        chunk(&b, at_p, p, at, AED_CHUNK, N);
        aed_ladder.forward(y + at, tape, s, x + at, at_p, &b);
        aed_ladder.backward(dx + at, dp, ds, weights + at, tape, before[c], x + at, at_p, &b);
    }
    for (size_t k = 0; k < N_PARAMS; k++)
    {
        dtheta[k] = 0.0;
        for (size_t i = 0; i < AED_CHUNK; i++)
            dtheta[k] += g[k][i] * aed_param_slope(&aed_ladder.params[k], theta[k]);
    }
}

static long double window_loss(const double *theta, void *unused)
{
    double v[N_PARAMS], s[4] = {0}, sum = 0.0;

    (void)unused;
    for (size_t k = 0; k < N_PARAMS; k++)
        v[k] = aed_param_value(&aed_ladder.params[k], theta[k]);
    run(s, v, AED_CHUNK, N);
    for (size_t i = 0; i < N; i++)
        sum += weights[i] * y[i];
    return sum;
}

static void gradient_through_32767_samples(void **state)
{
    static const double resonances[] = {0.5, 0.94, 0.96, 0.999};
    double worst = 0.0, largest = 0.0;

    (void)state;
    for (size_t r = 0; r < 12; r++)
    {
        double theta[N_PARAMS] = {0.5, resonances[r / 3], 0.3, 0.6, 0.5}, dtheta[N_PARAMS];
        size_t skipped = 0;

        sr_hz = rates_hz[r % 3];
        test_fill(x, N, -0.3, 0.3);
        test_fill(weights, N, -1.0 / N, 1.0 / N);
        for (size_t i = 0; i < N; i++)
        {
            env[i] = exp(-(double)i / 10000.0);
            pitch[i] = 0.5 * sin((double)i / 3000.0);
            sweep[i] = 0.0;
        }
        window_gradient(dtheta, theta);
        worst = fmax(
            worst, gradient_worst(dtheta, theta, window_loss, NULL, 1e-6, 0.0, &skipped, N_PARAMS));
        largest = fmax(largest, largest_of(dtheta, N_PARAMS));
    }
    sr_hz = 48000.0;
    printf("ladder: gradient through %d samples off by %.1e, largest %.1e\n", N, worst, largest);
    assert_true(worst < 1e-5);
}

/* Where the filter would sing, but is silent, dL/dx would be e^1000 a window earlier. */
static void gradient_of_silence_is_finite(void **state)
{
    const double theta[N_PARAMS] = {1.0, 1.0, 0.5, 1.0, 0.5};
    double dtheta[N_PARAMS];

    (void)state;
    rest();
    for (size_t i = 0; i < N; i++)
        env[i] = 1.0;
    test_fill(weights, N, -1.0 / N, 1.0 / N);
    window_gradient(dtheta, theta);
    assert_true(isfinite(largest_of(dx, N)));
    assert_true(largest_of(dx, N) > 1e6 && largest_of(dx, N) < 1e12);
    for (size_t k = 0; k < N_PARAMS; k++)
        assert_true(isfinite(dtheta[k]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equals_naive_reference),
        cmocka_unit_test(response_is_four_poles_with_feedback),
        cmocka_unit_test(slope_is_24_db),
        cmocka_unit_test(buses_move_the_cutoff),
        cmocka_unit_test(sings_at_the_cutoff),
        cmocka_unit_test(sings_from_k_4_on),
        cmocka_unit_test(starts_from_noise),
        cmocka_unit_test(silence_returns),
        cmocka_unit_test(bounded_for_any_input),
        cmocka_unit_test(bounded_wherever_the_knobs_are),
        cmocka_unit_test(chunks_do_not_matter),
        cmocka_unit_test(clipped_cutoff_has_no_gradient),
        cmocka_unit_test(gradient_through_32767_samples),
        cmocka_unit_test(gradient_of_silence_is_finite),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
