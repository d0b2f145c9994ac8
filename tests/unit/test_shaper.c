#include "common.h"
#include "plant.h"

#include <complex.h>
#include <stdio.h>
#include <string.h>

#include "plant/shaper.h"

enum
{
    DRIVE,
    BIAS,
    FOLD,
    ASYM,
    N_PARAMS,
    TAPE_N = 8,
    N = 4096
};

static const double pi = 3.141592653589793;
static double x[N], y[N], p[N_PARAMS][N];

static void stand_still(double drive, double bias, double fold, double asym)
{
    for (size_t i = 0; i < N; i++)
        p[DRIVE][i] = drive, p[BIAS][i] = bias, p[FOLD][i] = fold, p[ASYM][i] = asym;
}

static void wander(void)
{
    test_fill(p[DRIVE], N, -2.0, 5.0);
    for (size_t i = 0; i < N; i++)
        p[DRIVE][i] = exp2(p[DRIVE][i]);
    test_fill(p[BIAS], N, -1.0, 1.0);
    test_fill(p[FOLD], N, 0.0, 1.0);
    test_fill(p[ASYM], N, 0.0, 1.0);
}

static void run(double *state, size_t chunk_n)
{
    double tape[TAPE_N * AED_CHUNK];

    assert_true(aed_shaper.tape_n <= TAPE_N);
    for (size_t at = 0; at < N; at += chunk_n)
    {
        const double *at_p[N_PARAMS] = {p[0] + at, p[1] + at, p[2] + at, p[3] + at};
        aed_block b = test_block(48000.0, 1.0);
        b.n = N - at < chunk_n ? N - at : chunk_n;

        aed_shaper.forward(y + at, tape, state, x + at, at_p, &b);
    }
}

/* ---- the shape and its antiderivative as the header writes them, in more digits ---- */

typedef long double real;

static const real gain_span = 4; /* u = (drive x + bias)/(1 + 4 fold) */

static real shape(real u, real fold, real asym)
{
    const real t = tanhl(u), a = asym / 3;

    return (1 - a) * ((1 - fold) * t + fold * sinl(5 * asinl(t))) + a * t * t;
}

static real integral(real u, real fold, real asym)
{
    const real a = asym / 3, t = tanhl(u), q = t * t;
    const real log_cosh = fabsl(u) + log1pl(expl(-2 * fabsl(u))) - logl(2);

    return (1 - a) * (log_cosh + 2 * fold * q * (1 - 2 * q)) + a * (u - t);
}

static real mean(real u0, real u1, real fold, real asym)
{
    if (fabsl(u1 - u0) < 1e-7L)
        return shape((u0 + u1) / 2, fold, asym);
    return (integral(u1, fold, asym) - integral(u0, fold, asym)) / (u1 - u0);
}

static real centred(real m, real bias, real fold, real asym)
{
    const real v = shape(bias / (1 + gain_span * fold), fold, asym);

    return (m - v) / (1 + sqrtl(v * v + 0.01L));
}

static double into(double v, double drive, double bias, double fold)
{
    return (drive * v + bias) / (1.0 + (double)gain_span * fold);
}

/* The integral is the shape's: their slopes agree. */
static void reference_is_one(void **state)
{
    const real h = 1e-5L;

    (void)state;
    for (int trial = 0; trial < 1000; trial++)
    {
        const real fold = test_uniform(0.0, 1.0), asym = test_uniform(0.0, 1.0);
        const real u = test_uniform(-4.0, 4.0);
        const real slope = (integral(u + h, fold, asym) - integral(u - h, fold, asym)) / (2 * h);

        assert_true(fabsl(slope - shape(u, fold, asym)) < 1e-8L);
    }
}

/* x of every size, so that the steps of u lie on both sides of the threshold. */
static void equals_naive_reference(void **state)
{
    double s = 0.0, worst = 0.0;
    real last = 0;

    (void)state;
    for (double size = 2.0; size > 1e-8; size *= 0.3)
    {
        wander();
        if (size < 0.1)
            stand_still(1.5, test_uniform(-1.0, 1.0), test_uniform(0.0, 1.0), 0.7);
        test_fill(x, N, -size, size);
        run(&s, AED_CHUNK);
        for (size_t i = 0; i < N; i++)
        {
            const real u = (real)into(x[i], p[DRIVE][i], p[BIAS][i], p[FOLD][i]);
            const real m = mean(last, u, p[FOLD][i], p[ASYM][i]);
            const real expected = centred(m, p[BIAS][i], p[FOLD][i], p[ASYM][i]);

            worst = fmax(worst, (double)fabsl(y[i] - expected));
            last = u;
        }
    }
    printf("shaper: worst difference from the reference %.1e\n", worst);
    assert_true(worst < 2e-12);
}

/* A slow sine gives the shape half a sample late. */
static void slow_signals_give_the_shape(void **state)
{
    (void)state;
    for (double fold = 0.0; fold <= 1.0; fold += 0.5)
        for (double asym = 0.0; asym <= 1.0; asym += 0.5)
        {
            const double w = 2.0 * pi * 10.0 / 48000.0;
            double s = 0.0;

            stand_still(4.0, 0.3, fold, asym);
            for (size_t i = 0; i < N; i++)
                x[i] = sin(w * (double)i);
            run(&s, AED_CHUNK);
            for (size_t i = 1; i < N; i++)
            {
                const double u = into(sin(w * ((double)i - 0.5)), 4.0, 0.3, fold);
                const real expected = centred(shape(u, fold, asym), 0.3, fold, asym);
                assert_true(fabs(y[i] - (double)expected) < 1e-5);
            }
        }
}

static double bin_energy(const double *v, size_t k)
{
    double complex sum = 0.0;

    for (size_t i = 0; i < N; i++)
        sum += v[i] * cexp(-2.0 * pi * I * (double)(k * i % N) / N);
    return (k == 0 ? 1.0 : 2.0) * creal(sum * conj(sum)) / N;
}

/* Energy at neither 0 nor a harmonic of bin f0, against energy at harmonics. */
static double alias_db(const double *v, size_t f0)
{
    double all = 0.0, right = 0.0;

    for (size_t i = 0; i < N; i++)
        all += v[i] * v[i];
    for (size_t k = f0; k < N / 2; k += f0)
        right += bin_energy(v, k);
    return 10.0 * log10((all - bin_energy(v, 0) - right) / right);
}

/* Aliases at most the frequency of the sine itself, where nothing hides them. */
static double low_alias_db(const double *v, size_t f0)
{
    double low = 0.0;

    for (size_t k = 1; k < f0; k++)
        low += bin_energy(v, k);
    return 10.0 * log10(low / bin_energy(v, f0));
}

static double naive[N];

/* A sine of an odd bin, so that no alias falls on a harmonic, into y and, without antialiasing, into
 * naive. */
static void play_sine(size_t f0, double drive, double bias, double fold, double asym)
{
    double s = 0.0;

    stand_still(drive, bias, fold, asym);
    for (size_t i = 0; i < N; i++)
    {
        x[i] = sin(2.0 * pi * (double)(f0 * i % N) / N);
        naive[i] = (double)shape(into(x[i], drive, bias, fold), fold, asym);
    }
    run(&s, AED_CHUNK);
    run(&s, AED_CHUNK); /* periodic from the second time on */
}

static void aliases_are_lower(void **state)
{
    static const struct
    {
        const char *what;
        double bias, fold, asym;
    } shapes[] = {{"tanh", 0.0, 0.0, 0.0}, {"fold", 0.0, 1.0, 0.0}, {"asym", 0.5, 0.0, 1.0}};
    static const size_t bins[] = {85, 341, 427};

    (void)state;
    for (size_t j = 0; j < 9; j++)
    {
        const size_t f0 = bins[j % 3];

        play_sine(f0, 32.0, shapes[j / 3].bias, shapes[j / 3].fold, shapes[j / 3].asym);
        const double ours = alias_db(y, f0), theirs = alias_db(naive, f0);
        const double low = low_alias_db(y, f0), their_low = low_alias_db(naive, f0);
        printf(
            "alias shaper %s at drive 32, %.0f kHz: %.1f dB, naive %.1f; below the sine %.1f dB, "
            "naive %.1f\n",
            shapes[j / 3].what, (double)f0 * 48.0 / N, ours, theirs, low, their_low);
        assert_true(ours < fmin(theirs - 5.0, -15.0));
        assert_true(low < fmin(their_low - 20.0, -40.0));
    }
}

/* Where the folder puts most into the partials just above half the sample rate. */
static void folder_is_never_mostly_alias(void **state)
{
    static const size_t bins[] = {85, 341, 427};

    (void)state;
    for (size_t j = 0; j < 3; j++)
    {
        const size_t f0 = bins[j];
        double worst = -INFINITY, theirs = 0.0, at = 0.0;

        for (double drive = 1.0; drive <= 32.0; drive *= 1.09)
        {
            play_sine(f0, drive, 0.0, 1.0, 0.0);
            if (alias_db(y, f0) <= worst)
                continue;
            worst = alias_db(y, f0), theirs = alias_db(naive, f0), at = drive;
        }
        printf("alias shaper fold at its worst drive, %.1f, %.0f kHz: %.1f dB, naive %.1f\n", at,
            (double)f0 * 48.0 / N, worst, theirs);
        assert_true(worst < -3.0 && worst < theirs - 4.0);
    }
}

/* However hard it is driven, the folder comes to rest after two folds a side: 5 ups and downs. */
static void folder_rests(void **state)
{
    (void)state;
    for (double drive = 8.0; drive <= 32.0; drive *= 2.0)
    {
        double s = 0.0;
        int turns = 0;

        stand_still(drive, 0.0, 1.0, 0.0);
        for (size_t i = 0; i < N; i++)
            x[i] = -1.0 + 2.0 * (double)i / N;
        run(&s, AED_CHUNK);
        for (size_t i = 3; i < N; i++)
            turns += (y[i] - y[i - 1]) * (y[i - 1] - y[i - 2]) < 0.0;
        assert_int_equal(turns, 4);
    }
}

static void bounded_for_any_input(void **state)
{
    double s = 0.0;

    (void)state;
    for (double size = 1e-3; size < 1e9; size *= 10.0)
    {
        wander();
        test_fill(x, N, -size, size);
        x[100] = 1e308, x[101] = -1e308, x[102] = 1e308, x[103] = 1e308;
        x[200] = INFINITY, x[201] = -INFINITY;
        run(&s, AED_CHUNK);
        for (size_t i = 0; i < N; i++)
            assert_true(fabs(y[i]) < 1.0);
    }
}

/* With standing parameters nothing comes of nothing, whatever the bias. */
static void silence_stays_silence(void **state)
{
    (void)state;
    for (int trial = 0; trial < 20; trial++)
    {
        double s = 0.0;

        stand_still(8.0, test_uniform(-1.0, 1.0), test_uniform(0.0, 1.0), test_uniform(0.0, 1.0));
        memset(x, 0, sizeof x);
        run(&s, AED_CHUNK);
        for (size_t i = 1; i < N; i++)
            assert_true(fabs(y[i]) < 1e-15);
    }
}

static void chunks_do_not_matter(void **state)
{
    static double whole[N];
    double a, b;

    (void)state;
    aed_shaper.reset(&a, 1, 0);
    aed_shaper.reset(&b, 1, 0);
    wander();
    test_fill(x, N, -1.0, 1.0);
    run(&a, AED_CHUNK);
    memcpy(whole, y, sizeof y);
    run(&b, 1);
    assert_true(relative_to_largest(y, whole, N) < 1e-12);
    assert_true(a == b);
}

/* One sample's gradient with dL/dy = 1. */
typedef struct
{
    double y, dx, dlast, dp[N_PARAMS];
} answer;

static answer ask(double last, double in, const double v[N_PARAMS])
{
    answer a = {0};
    const double *at_p[N_PARAMS] = {v, v + 1, v + 2, v + 3};
    double *dp[N_PARAMS] = {a.dp, a.dp + 1, a.dp + 2, a.dp + 3};
    double tape[TAPE_N], s = last;
    const double dy = 1.0;
    aed_block b = test_block(48000.0, 1.0);
    b.n = 1;

    aed_shaper.forward(&a.y, tape, &s, &in, at_p, &b);
    aed_shaper.backward(&a.dx, dp, &a.dlast, &dy, tape, &last, &in, at_p, &b);
    return a;
}

/* Steps around the threshold, and none at all. */
static void slopes_hold_across_the_threshold(void **state)
{
    double worst = 0.0;

    (void)state;
    for (int trial = 0; trial < 20000; trial++)
    {
        const double fold = test_uniform(0.0, 1.0), span = 1.0 + (double)gain_span * fold;
        const double v[N_PARAMS] = {1.0, 0.0, fold, test_uniform(0.0, 1.0)};
        const double last = test_uniform(-2.0, 2.0);
        const double d = pow(10.0, test_uniform(-4.0, -2.0));
        const double in = (last + (trial % 2 ? d : -d)) * span, u = in / span;
        const real f0 = shape(last, v[FOLD], v[ASYM]), f1 = shape(u, v[FOLD], v[ASYM]);
        const real m = mean(last, u, v[FOLD], v[ASYM]), step = (real)u - last;
        const answer a = ask(last, in, v);

        worst = fmax(worst, fabs(a.dx * span - (double)((f1 - m) / step / 1.1L)));
        worst = fmax(worst, fabs(a.dlast - (double)((m - f0) / step / 1.1L)));
    }
    printf("shaper: worst slope around the threshold off by %.1e\n", worst);
    assert_true(worst < 5e-9);
    const answer still = ask(0.0, 0.0, (const double[]){1.0, 0.0, 0.5, 0.0});
    assert_true(fabs(still.dx - 0.5 / 1.1) < 1e-15 && fabs(still.dlast - 1.5 / 1.1) < 1e-15);
}

/* Every parameter is felt even where the others stand at their ends. */
static void no_parameter_is_dead(void **state)
{
    (void)state;
    for (int corner = 0; corner < 16; corner++)
    {
        const double v[N_PARAMS] = {corner & 1 ? 32.0 : 0.25, corner & 2 ? 1.0 : -1.0,
            corner & 4 ? 1.0 : 0.0, corner & 8 ? 1.0 : 0.0};
        double felt[N_PARAMS] = {0};

        for (int i = 0; i < 100; i++)
        {
            const answer a = ask(test_uniform(-2.0, 2.0), test_uniform(-0.2, 0.2), v);
            for (size_t k = 0; k < N_PARAMS; k++)
                felt[k] = fmax(felt[k], fabs(a.dp[k]));
        }
        for (size_t k = 0; k < N_PARAMS; k++)
            assert_true(felt[k] > 1e-3);
    }
}

static void clipped_input_has_no_gradient(void **state)
{
    const double v[N_PARAMS] = {32.0, 0.5, 0.5, 0.5};
    const answer a = ask(0.0, 1000.0, v), b = ask(0.0, 900.0, v);

    (void)state;
    assert_true(a.dx == 0.0 && a.dp[DRIVE] == 0.0 && a.dp[FOLD] != 0.0);
    assert_true(b.dx != 0.0 && b.dp[DRIVE] != 0.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reference_is_one),
        cmocka_unit_test(equals_naive_reference),
        cmocka_unit_test(slow_signals_give_the_shape),
        cmocka_unit_test(aliases_are_lower),
        cmocka_unit_test(folder_is_never_mostly_alias),
        cmocka_unit_test(folder_rests),
        cmocka_unit_test(bounded_for_any_input),
        cmocka_unit_test(silence_stays_silence),
        cmocka_unit_test(chunks_do_not_matter),
        cmocka_unit_test(slopes_hold_across_the_threshold),
        cmocka_unit_test(no_parameter_is_dead),
        cmocka_unit_test(clipped_input_has_no_gradient),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
