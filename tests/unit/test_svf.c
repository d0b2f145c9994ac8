#include "common.h"
#include "plant.h"

#include <complex.h>
#include <stdio.h>
#include <string.h>

#include "plant/svf.h"

enum
{
    CUTOFF,
    RESONANCE,
    AMOUNT,
    LOW,
    BAND,
    HIGH,
    TRACK,
    N_PARAMS,
    TAPE_N = 8,
    N = 8192
};

static const double pi = 3.141592653589793;
static double sr_hz = 48000.0;
static const double rates_hz[] = {44100.0, 48000.0, 96000.0};
static double x[N], y[N], env[N], pitch[N], p[N_PARAMS][N];

static void stand_still(const double v[N_PARAMS])
{
    for (size_t k = 0; k < N_PARAMS; k++)
        for (size_t i = 0; i < N; i++)
            p[k][i] = v[k];
}

/* New parameters every sample, and often at their ends. */
static double jump(double lo, double hi)
{
    const double at = test_uniform(-0.5, 1.5);

    return at < 0.0 ? lo : at > 1.0 ? hi : lo + at * (hi - lo);
}

static void wander(void)
{
    for (size_t i = 0; i < N; i++)
    {
        p[CUTOFF][i] = 40.0 * pow(400.0, jump(0.0, 1.0));
        p[RESONANCE][i] = jump(0.0, 1.0);
        p[AMOUNT][i] = jump(-3.0, 3.0);
        p[LOW][i] = jump(0.0, 1.0), p[BAND][i] = jump(0.0, 1.0), p[HIGH][i] = jump(-1.0, 1.0);
        p[TRACK][i] = jump(0.0, 1.0);
    }
    test_fill(env, N, 0.0, 1.0);
    test_fill(pitch, N, -3.0, 3.0);
}

static void run(double *state, size_t chunk_n)
{
    double tape[TAPE_N * AED_CHUNK];

    assert_true(aed_svf.tape_n <= TAPE_N);
    for (size_t at = 0; at < N; at += chunk_n)
    {
        const double *at_p[N_PARAMS];
        aed_block b = test_block(sr_hz, 1.0);
        b.n = N - at < chunk_n ? N - at : chunk_n;
        b.bus[AED_ENV] = env + at;
        b.bus[AED_PITCH] = pitch + at;
        for (size_t k = 0; k < N_PARAMS; k++)
            at_p[k] = p[k] + at;
        aed_svf.forward(y + at, tape, state, x + at, at_p, &b);
    }
}

/* One sample as Simper writes it, with the parameters of sample i. */
static double naive_sample(double *ic, size_t i)
{
    const double octaves = p[AMOUNT][i] * env[i] + p[TRACK][i] * pitch[i];
    const double fc = fmin(p[CUTOFF][i] * pow(2.0, octaves), 0.45 * sr_hz);
    const double g = tan(pi * fc / sr_hz), k = 2.0 * pow(40.0, -p[RESONANCE][i]);
    const double a1 = 1.0 / (1.0 + g * (g + k)), a2 = g * a1, a3 = g * a2;
    const double v3 = x[i] - ic[1];
    const double v1 = a1 * ic[0] + a2 * v3, v2 = ic[1] + a2 * ic[0] + a3 * v3;

    ic[0] = 2.0 * v1 - ic[0];
    ic[1] = 2.0 * v2 - ic[1];
    return p[LOW][i] * v2 + p[BAND][i] * k * v1 + p[HIGH][i] * (x[i] - k * v1 - v2);
}

static void equals_naive_reference(void **state)
{
    double s[2], naive[2] = {0};

    (void)state;
    aed_svf.reset(s, 1, 0);
    wander();
    test_fill(x, N, -1.0, 1.0);
    run(s, AED_CHUNK);
    for (size_t i = 0; i < N; i++)
        assert_true(fabs(y[i] - naive_sample(naive, i)) < 1e-10);
}

/* ---- standing parameters against theory ---- */

static double complex theory(const double v[N_PARAMS], double f_hz)
{
    const double k = 2.0 * pow(40.0, -v[RESONANCE]), g = tan(pi * v[CUTOFF] / sr_hz);
    const double complex q = I * tan(pi * f_hz / sr_hz) / g;

    return (v[LOW] + v[BAND] * k * q + v[HIGH] * q * q) / (1.0 + k * q + q * q);
}

static void impulse_response(const double v[N_PARAMS])
{
    double s[2] = {0};

    stand_still(v);
    memset(env, 0, sizeof env);
    memset(pitch, 0, sizeof pitch);
    memset(x, 0, sizeof x);
    x[0] = 1.0;
    run(s, AED_CHUNK);
}

static double db_at(double f_hz)
{
    double complex sum = 0.0;

    for (size_t i = 0; i < N; i++)
        sum += y[i] * cexp(-2.0 * pi * I * f_hz / sr_hz * (double)i);
    return 20.0 * log10(cabs(sum));
}

/* All four mixes at one place. From there on an impulse response fits into N. */
static double response_error(double cutoff, double resonance)
{
    static const double levels[][3] = {
        {1.0, 0.0, 0.0}, {0.0, 1.0, 0.0}, {0.0, 0.0, 1.0}, {0.7, 0.2, 0.5}};
    double worst = 0.0;

    for (size_t j = 0; j < 4; j++)
    {
        const double v[N_PARAMS] = {
            cutoff, resonance, 0.0, levels[j][0], levels[j][1], levels[j][2], 0.5};

        impulse_response(v);
        for (double f = cutoff / 8.0; f < 0.45 * sr_hz; f *= 2.0)
            worst = fmax(worst, fabs(db_at(f) - 20.0 * log10(cabs(theory(v, f)))));
    }
    return worst;
}

static void response_is_the_trapezoidal_one(void **state)
{
    static const double resonances[] = {0.0, 0.5, 0.9};
    double worst = 0.0;

    (void)state;
    for (size_t r = 0; r < 3; r++)
        for (size_t q = 0; q < 3; q++)
        {
            sr_hz = rates_hz[r];
            for (double cutoff = sr_hz / 70.0; cutoff < 16000.0; cutoff *= 2.2)
                worst = fmax(worst, response_error(cutoff, resonances[q]));
        }
    sr_hz = 48000.0;
    printf("svf response: worst %.1e dB\n", worst);
    assert_true(worst < 1e-3);
}

/* 12 dB an octave; the band's peak is 1 at every resonance, the others' 26 dB at full. */
static void slopes_and_peaks(void **state)
{
    const double low[N_PARAMS] = {200.0, 0.0, 0.0, 1.0, 0.0, 0.0};
    const double high[N_PARAMS] = {8000.0, 0.5, 0.0, 0.0, 0.0, 1.0};

    (void)state;
    impulse_response(low);
    assert_true(fabs(db_at(200.0) + 6.02) < 0.01);
    assert_true(fabs(db_at(1600.0) - db_at(3200.0) - 12.0) < 0.4);
    impulse_response(high);
    assert_true(fabs(db_at(400.0) - db_at(200.0) - 12.0) < 0.1);
    for (double resonance = 0.0; resonance <= 1.0; resonance += 0.25)
    {
        const double band[N_PARAMS] = {2000.0, resonance, 0.0, 0.0, 1.0, 0.0};
        impulse_response(band);
        assert_true(fabs(db_at(2000.0)) < 1e-3);
    }
    const double full[N_PARAMS] = {2000.0, 1.0, 0.0, 1.0, 0.0, 0.0};
    impulse_response(full);
    assert_true(fabs(db_at(2000.0) - 26.02) < 1e-2);
}

/* moved, with this bus at level, sounds as a cutoff of 2000 Hz that stands still. */
static void expect_2000_hz(const double moved[N_PARAMS], double *bus, double level)
{
    const double still[N_PARAMS] = {2000.0, 0.5, 0.0, 0.5, 0.5, 0.5, 0.0};
    static double expected[N];
    double a[2] = {0}, b[2] = {0};

    memset(env, 0, sizeof env);
    memset(pitch, 0, sizeof pitch);
    test_fill(x, N, -1.0, 1.0);
    stand_still(still);
    run(a, AED_CHUNK);
    memcpy(expected, y, sizeof y);
    for (size_t i = 0; i < N; i++)
        bus[i] = level;
    stand_still(moved);
    run(b, AED_CHUNK);
    assert_true(relative_to_largest(y, expected, N) < 1e-12);
}

static void envelope_and_pitch_move_the_cutoff(void **state)
{
    (void)state;
    expect_2000_hz((const double[]){500.0, 0.5, 2.0, 0.5, 0.5, 0.5, 0.0}, env, 1.0);
    expect_2000_hz((const double[]){1000.0, 0.5, 0.0, 0.5, 0.5, 0.5, 1.0}, pitch, 1.0);
    expect_2000_hz((const double[]){4000.0, 0.5, 0.0, 0.5, 0.5, 0.5, 0.5}, pitch, -2.0);
    expect_2000_hz((const double[]){2000.0, 0.5, 0.0, 0.5, 0.5, 0.5, 0.0}, pitch, 3.0);
}

/* ---- stability ---- */

static double energy(const double *s)
{
    return s[0] * s[0] + s[1] * s[1];
}

static double largest_output(double largest)
{
    for (size_t i = 0; i < N; i++)
        largest = !(fabs(y[i]) <= largest) ? fabs(y[i]) : largest;
    return largest;
}

/* Noise at full level, with all parameters jumping to anywhere every sample. */
static void bounded_under_jumps(void **state)
{
    (void)state;
    for (size_t r = 0; r < 3; r++)
    {
        double s[2] = {0}, largest = 0.0;

        sr_hz = rates_hz[r];
        for (int trial = 0; trial < 10; trial++)
        {
            wander();
            for (size_t i = 0; i < N; i++)
                x[i] = test_uniform(0.0, 1.0) < 0.5 ? -1.0 : 1.0;
            run(s, AED_CHUNK);
            largest = largest_output(largest);
        }
        printf("svf: %.1f kHz, jumps every sample, largest output %.1f\n", 1e-3 * sr_hz, largest);
        assert_true(largest < 40.0);
    }
    sr_hz = 48000.0;
}

/* Square waves at the resonance are the loudest a standing filter meets: 4/pi times 1/k = 20. */
static void bounded_at_resonance(void **state)
{
    double largest = 0.0;

    (void)state;
    for (int high = -1; high <= 1; high++)
        for (double cutoff = 100.0; cutoff < 16000.0; cutoff *= 1.7)
        {
            const double v[N_PARAMS] = {cutoff, 1.0, 0.0, high == 0, 0.0, high};
            double s[2] = {0};

            stand_still(v);
            memset(env, 0, sizeof env);
            for (size_t i = 0; i < N; i++)
                x[i] = fmod(cutoff / sr_hz * (double)i, 1.0) < 0.5 ? 1.0 : -1.0;
            run(s, AED_CHUNK);
            largest = largest_output(largest);
        }
    printf("svf: square wave at full resonance, largest output %.1f\n", largest);
    assert_true(largest > 20.0 && largest < 30.0);
}

/* The worst that a game against the filter finds: of many choices of x and parameters, each sample
 * takes the one that leaves most energy in the states. */
static void bounded_against_an_adversary(void **state)
{
    double s[2] = {0}, largest = 0.0;

    (void)state;
    for (size_t i = 0; i < 20000; i++)
    {
        double best[2] = {0};

        for (int choice = 0; choice < 16; choice++)
        {
            const double cutoff = 40.0 * pow(400.0, jump(0.0, 1.0)), amount = jump(-3.0, 3.0);
            const double resonance = jump(0.0, 1.0), level = 1.0, in = choice % 2 ? 1.0 : -1.0;
            const double *at_p[N_PARAMS] = {
                &cutoff, &resonance, &amount, &level, &level, &level, &level};
            double bus = 1.0, out, tape[TAPE_N], after[2] = {s[0], s[1]};
            aed_block b = test_block(sr_hz, 1.0);
            b.n = 1;
            b.bus[AED_ENV] = &bus;

            aed_svf.forward(&out, tape, after, &in, at_p, &b);
            if (energy(after) > energy(best))
                memcpy(best, after, sizeof best);
        }
        memcpy(s, best, sizeof s);
        largest = fmax(largest, sqrt(energy(s)));
    }
    printf("svf: adversary, largest state %.1f\n", largest);
    assert_true(largest < 500.0);
}

/* Without input the states only shrink, whatever the parameters do. */
static void energy_never_grows(void **state)
{
    (void)state;
    for (size_t r = 0; r < 3; r++)
    {
        double s[2] = {0.6, -0.8};

        sr_hz = rates_hz[r];
        wander();
        for (size_t i = 0; i < N; i++)
        {
            const double *at_p[N_PARAMS] = {
                p[0] + i, p[1] + i, p[2] + i, p[3] + i, p[4] + i, p[5] + i, p[6] + i};
            aed_block b = test_block(sr_hz, 1.0);
            b.n = 1;
            b.bus[AED_ENV] = env + i;
            b.bus[AED_PITCH] = pitch + i;
            const double before = energy(s), silence = 0.0;
            double out, tape[TAPE_N];

            aed_svf.forward(&out, tape, s, &silence, at_p, &b);
            assert_true(energy(s) <= before * (1.0 + 1e-12));
        }
    }
    sr_hz = 48000.0;
}

/* Full resonance still decays, and ends in zeros without denormal numbers on the way. */
static void silence_returns(void **state)
{
    const double v[N_PARAMS] = {4000.0, 1.0, 0.0, 0.5, 0.5, 0.5};
    double s[2] = {0.5, -0.5};

    (void)state;
    memset(x, 0, sizeof x);
    memset(env, 0, sizeof env);
    stand_still(v);
    for (int k = 0; k < 4; k++)
    {
        run(s, AED_CHUNK);
        for (size_t i = 0; i < N; i++)
            assert_true(y[i] == 0.0 || fpclassify(y[i]) == FP_NORMAL);
    }
    assert_true(s[0] == 0.0 && s[1] == 0.0);
}

static void chunks_do_not_matter(void **state)
{
    static double whole[N];
    double a[2] = {0}, b[2] = {0};

    (void)state;
    wander();
    test_fill(x, N, -1.0, 1.0);
    run(a, AED_CHUNK);
    memcpy(whole, y, sizeof y);
    run(b, 1);
    assert_true(relative_to_largest(y, whole, N) < 1e-12);
    assert_true(fabs(a[0] - b[0]) < 1e-12 && fabs(a[1] - b[1]) < 1e-12);
}

static void clipped_cutoff_has_no_gradient(void **state)
{
    double v[N_PARAMS] = {16000.0, 0.5, 3.0, 0.3, 0.4, 0.5, 1.0}, g[N_PARAMS] = {0};
    const double *at_p[N_PARAMS];
    double *dp[N_PARAMS];
    double in = 0.5, out, din = 0.0, dout = 1.0, tape[TAPE_N];
    double s[2] = {0.1, 0.2}, before[2] = {0.1, 0.2}, ds[2] = {1.0, 1.0};
    aed_block b = test_block(sr_hz, 2.0);
    b.n = 1;
    b.bus[AED_ENV][0] = 1.0;

    (void)state;
    for (size_t k = 0; k < N_PARAMS; k++)
        at_p[k] = v + k, dp[k] = g + k;
    aed_svf.forward(&out, tape, s, &in, at_p, &b);
    aed_svf.backward(&din, dp, ds, &dout, tape, before, &in, at_p, &b);
    assert_true(g[CUTOFF] == 0.0 && g[AMOUNT] == 0.0 && g[TRACK] == 0.0 && din != 0.0);
    for (size_t k = AED_ENV; k <= AED_SWEEP; k++)
        assert_true(b.dbus[k][0] == 0.0);
    assert_true(g[RESONANCE] != 0.0 && g[LOW] != 0.0 && g[BAND] != 0.0 && g[HIGH] != 0.0);
}

/* Learning starts in the middle of all ranges: every parameter must be felt there. */
static void the_middle_is_alive(void **state)
{
    double g[N_PARAMS][AED_CHUNK] = {{0}}, s[2] = {0}, ds[2] = {0}, before[2] = {0};
    double dx[AED_CHUNK] = {0}, denv[AED_CHUNK] = {0}, tape[TAPE_N * AED_CHUNK];
    double v[N_PARAMS], *dp[N_PARAMS];
    const double *at_p[N_PARAMS];
    aed_block b = test_block(sr_hz, 2.0);
    b.n = AED_CHUNK;
    b.bus[AED_ENV] = env;
    b.dbus[AED_ENV] = denv;

    (void)state;
    for (size_t k = 0; k < N_PARAMS; k++)
    {
        v[k] = aed_param_value(&aed_svf.params[k], 0.5);
        at_p[k] = p[k], dp[k] = g[k];
    }
    stand_still(v);
    test_fill(x, N, -1.0, 1.0);
    test_fill(env, N, 0.0, 1.0);
    aed_svf.forward(y, tape, s, x, at_p, &b);
    aed_svf.backward(dx, dp, ds, y, tape, before, x, at_p, &b);
    for (size_t k = 0; k < N_PARAMS; k++)
    {
        double sum = 0.0;

        for (size_t i = 0; i < AED_CHUNK; i++)
            sum += g[k][i] * aed_param_slope(&aed_svf.params[k], 0.5);
        assert_true(fabs(sum) > 1e-4);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equals_naive_reference),
        cmocka_unit_test(response_is_the_trapezoidal_one),
        cmocka_unit_test(slopes_and_peaks),
        cmocka_unit_test(envelope_and_pitch_move_the_cutoff),
        cmocka_unit_test(bounded_under_jumps),
        cmocka_unit_test(bounded_at_resonance),
        cmocka_unit_test(bounded_against_an_adversary),
        cmocka_unit_test(energy_never_grows),
        cmocka_unit_test(silence_returns),
        cmocka_unit_test(chunks_do_not_matter),
        cmocka_unit_test(clipped_cutoff_has_no_gradient),
        cmocka_unit_test(the_middle_is_alive),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
