/* vmath.h against libm in long double, vector against scalar, and what no synth should ever ask.
 * Test programs are -O1; the loops here are to become vectors as they do in core. */
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize "O3"
#endif

#include "base/vmath.h"

#include <string.h>

#include "base/hot.h"
#include "common.h"

enum
{
    N = 65536
};

static const long double two_pi = 6.283185307179586476925286766559L;
static const long double ln_2 = 0.693147180559945309417232121458L;

static long double turn(double t)
{
    return two_pi * (t - rintl(t));
}

static long double sin_turns(double t)
{
    return sinl(turn(t));
}

static long double cos_turns(double t)
{
    return cosl(turn(t));
}

static long double tan_pi(double x)
{
    return tanl(0.5L * two_pi * x);
}

static long double half_octaves(double y)
{
    return tanhl(0.5L * ln_2 * y);
}

static long double log_cosh(double x)
{
    const long double s = sinhl(x);

    return fabs(x) < 1.0 ? 0.5L * log1pl(s * s) : fabsl(x) + log1pl(expl(-2.0L * fabsl(x))) - ln_2;
}

/* name, long double(double) */
#define FUNCTIONS(ROW)                                                                             \
    ROW(exp, expl)                                                                                 \
    ROW(exp2, exp2l)                                                                               \
    ROW(expm1, expm1l)                                                                             \
    ROW(tanh, tanhl)                                                                               \
    ROW(tanh_half_octaves, half_octaves)                                                           \
    ROW(sin_turns, sin_turns)                                                                      \
    ROW(cos_turns, cos_turns)                                                                      \
    ROW(tan_pi, tan_pi)                                                                            \
    ROW(log, logl)                                                                                 \
    ROW(log1p, log1pl)                                                                             \
    ROW(log_cosh, log_cosh)

/* Each of them three times: alone, in a loop compiled for vectors, and in libm. */
#define DEFINE(name, reference)                                                                    \
    static double one_##name(double x)                                                             \
    {                                                                                              \
        return aed_##name(x);                                                                      \
    }                                                                                              \
    AED_HOT static void many_##name(double *restrict y, const double *restrict x, size_t n)        \
    {                                                                                              \
        for (size_t i = 0; i < n; i++)                                                             \
            y[i] = aed_##name(x[i]);                                                               \
    }                                                                                              \
    static long double true_##name(double x)                                                       \
    {                                                                                              \
        return reference(x);                                                                       \
    }
FUNCTIONS(DEFINE)

typedef struct
{
    const char *name;
    double (*one)(double);
    void (*many)(double *restrict, const double *restrict, size_t);
    long double (*truth)(double);
} function;

#define ENTER(name, reference) {#name, one_##name, many_##name, true_##name},
static const function functions[] = {FUNCTIONS(ENTER)};

static const function *called(const char *name)
{
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
        if (strcmp(functions[i].name, name) == 0)
            return &functions[i];
    fail_msg("no function %s", name);
    return NULL;
}

typedef enum
{
    ABSOLUTE,
    RELATIVE
} measure;

static double error_of(const function *f, double x, measure m)
{
    const long double truth = f->truth(x), error = fabsl(f->one(x) - truth);

    return (double)(m == ABSOLUTE || truth == 0.0L ? error : error / fabsl(truth));
}

static const struct
{
    const char *name;
    double lo, hi;
    double near; /* the smallest argument, drawn evenly in its logarithm; 0: drawn evenly */
    measure measure;
    double most;
} ranges[] = {
    {"exp", -708.0, 709.0, 0.0, RELATIVE, 2.5e-16},
    {"exp", -1.0, 1.0, 0.0, RELATIVE, 2.5e-16},
    {"exp", -1.0, 1.0, 1e-20, RELATIVE, 2.5e-16},
    {"exp2", -1022.0, 1023.0, 0.0, RELATIVE, 2.5e-16},
    {"exp2", -3.0, 3.0, 0.0, RELATIVE, 2.5e-16},
    {"expm1", -50.0, 700.0, 0.0, RELATIVE, 4e-16},
    {"expm1", -1.0, 1.0, 0.0, RELATIVE, 4e-16},
    {"expm1", -1.0, 1.0, 1e-300, RELATIVE, 4e-16},
    {"tanh", -25.0, 25.0, 0.0, RELATIVE, 1e-15},
    {"tanh", -1.0, 1.0, 0.0, RELATIVE, 1e-15},
    {"tanh", -1.0, 1.0, 1e-300, RELATIVE, 1e-15},
    {"tanh_half_octaves", -3.0, 3.0, 0.0, RELATIVE, 1e-15},
    {"tanh_half_octaves", -1000.0, 1000.0, 1e-300, RELATIVE, 1e-15},
    {"sin_turns", -1.0, 2.0, 0.0, ABSOLUTE, 3e-16},
    {"sin_turns", -0x1p20, 0x1p20, 0.0, ABSOLUTE, 3e-16},
    {"sin_turns", -0x1p49, 0x1p49, 1e-20, ABSOLUTE, 3e-16},
    {"sin_turns", -0.25, 0.25, 1e-300, RELATIVE, 5e-16},
    {"cos_turns", -1.0, 2.0, 0.0, ABSOLUTE, 3e-16},
    {"cos_turns", -0x1p20, 0x1p20, 0.0, ABSOLUTE, 3e-16},
    {"cos_turns", -0x1p49, 0x1p49, 1e-20, ABSOLUTE, 3e-16},
    {"tan_pi", 0.0, 0.45, 0.0, RELATIVE, 1e-15},
    {"tan_pi", -0.45, 0.45, 1e-300, RELATIVE, 1e-15},
    {"log", 0.0, 3.0, 0.0, RELATIVE, 4e-16},
    {"log", 0.0, DBL_MAX, DBL_MIN, RELATIVE, 4e-16},
    {"log1p", 0.0, 3.0, 0.0, RELATIVE, 4e-16},
    {"log1p", 0.0, DBL_MAX, 1e-300, RELATIVE, 4e-16},
    {"log_cosh", -25.0, 25.0, 0.0, RELATIVE, 1.5e-15},
    {"log_cosh", -1e6, 1e6, 1e-100, RELATIVE, 1.5e-15},
};

/* Between lo and hi; near > 0: of any size from near on. */
static double drawn(double lo, double hi, double near)
{
    if (near == 0.0)
        return test_uniform(lo, hi);
    const double root = exp(test_uniform(0.0, 0.49999 * (log(hi) - log(near))));
    const double size = near * root * root;
    return lo < 0.0 && test_uniform(0.0, 1.0) < 0.5 ? -size : size;
}

static void as_close_as_promised(void **state)
{
    (void)state;
    for (size_t r = 0; r < sizeof ranges / sizeof *ranges; r++)
    {
        const function *f = called(ranges[r].name);
        const double ends[] = {ranges[r].lo, ranges[r].hi};
        double worst = 0.0, at = 0.0;

        for (size_t i = 0; i < N; i++)
        {
            double x = i < 2 ? ends[i] : drawn(ranges[r].lo, ranges[r].hi, ranges[r].near);

            x = strcmp(f->name, "log") == 0 ? fmax(x, DBL_MIN) : x;
            const double e = error_of(f, x, ranges[r].measure);
            if (!(e <= worst))
                worst = e, at = x;
        }
        print_message("%-18s %9.3g … %9.3g %s %.2e, at %.17g\n", f->name, ends[0], ends[1],
            ranges[r].measure == ABSOLUTE ? "absolute" : "relative", worst, at);
        assert_true(worst <= ranges[r].most);
    }
}

/* A vector of four gives what one gives, to the last bit. */
static void vectors_are_exact(void **state)
{
    static double x[N], y[N];
    const double special[] = {0.0, -0.0, 1.0, -1.0, 5e-324, -5e-324, DBL_MIN, DBL_MAX, -DBL_MAX,
        1e300, -1e300, 709.0, -708.0, 0.5, 20.0, -20.0, INFINITY, -INFINITY};

    (void)state;
    for (size_t f = 0; f < sizeof functions / sizeof *functions; f++)
    {
        for (size_t i = 0; i < N; i++)
            x[i] = i % 2 ? test_uniform(-30.0, 30.0) : drawn(-1.0, DBL_MAX, 1e-300);
        memcpy(x, special, sizeof special);
        functions[f].many(y, x, N);
        for (size_t i = 0; i < N; i++)
        {
            const double one = functions[f].one(x[i]);

            assert_true(memcmp(&one, &y[i], sizeof one) == 0 || (isnan(one) && isnan(y[i])));
        }
    }
}

static void nan_stays_nan(void **state)
{
    (void)state;
    for (size_t f = 0; f < sizeof functions / sizeof *functions; f++)
    {
        assert_true(isnan(functions[f].one(NAN)));
        assert_true(isnan(functions[f].one(-NAN)));
    }
}

static void ends_of_the_line(void **state)
{
    (void)state;
    for (double x = 1100.0; x < 1e308; x *= 1e3)
    {
        assert_true(aed_exp(-x) == 0.0 && aed_exp(x) == aed_exp(709.0));
        assert_true(aed_exp2(-x) == 0.0 && aed_exp2(x) == 0x1p1023);
        assert_true(aed_expm1(-x) == -1.0 && aed_expm1(x) == aed_expm1(700.0));
        assert_true(aed_tanh(x) == 1.0 && aed_tanh(-x) == -1.0);
        assert_true(aed_log_cosh(x) == x - (double)ln_2 && aed_log_cosh(-x) == aed_log_cosh(x));
    }
    assert_true(aed_exp(-INFINITY) == 0.0 && aed_exp(INFINITY) == aed_exp(709.0));
    assert_true(aed_exp2(-INFINITY) == 0.0 && aed_exp2(INFINITY) == 0x1p1023);
    assert_true(aed_tanh(INFINITY) == 1.0 && aed_tanh(-INFINITY) == -1.0);
    assert_true(aed_log(INFINITY) == INFINITY && aed_log1p(INFINITY) == INFINITY);
    assert_true(aed_log_cosh(-INFINITY) == INFINITY);
    assert_true(aed_log(0.0) == -INFINITY && aed_log(DBL_MIN / 2.0) == -INFINITY);
    assert_true(isnan(aed_log(-1.0)) && isnan(aed_log(-INFINITY)));
    assert_true(isnan(aed_sin_turns(INFINITY)) && isnan(aed_cos_turns(INFINITY)));
    (void)aed_sin_turns(DBL_MAX), (void)aed_tan_pi(DBL_MAX);
}

static void exact_where_it_matters(void **state)
{
    (void)state;
    assert_true(aed_exp(0.0) == 1.0 && aed_expm1(0.0) == 0.0 && aed_tanh(0.0) == 0.0);
    assert_true(aed_log(1.0) == 0.0 && aed_log1p(0.0) == 0.0 && aed_log_cosh(0.0) == 0.0);
    assert_true(aed_tan_pi(0.0) == 0.0);
    for (double k = -1022.0; k <= 1023.0; k++)
        assert_true(aed_exp2(k) == ldexp(1.0, (int)k));
    for (double t = -64.0; t <= 64.0; t += 0.5)
    {
        assert_true(aed_sin_turns(t) == 0.0 && aed_cos_turns(t + 0.25) == 0.0);
        assert_true(fabs(aed_cos_turns(t)) == aed_cos_turns(0.0));
    }
    for (int i = 0; i < N; i++)
    {
        const double x = drawn(-1.0, 100.0, 1e-10);
        double s, c;

        assert_true(aed_tanh(-x) == -aed_tanh(x) && fabs(aed_tanh(x)) <= 1.0);
        assert_true(aed_log_cosh(-x) == aed_log_cosh(x));
        aed_sincos_turns(&s, &c, x);
        assert_true(s == aed_sin_turns(x) && c == aed_cos_turns(x));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_close_as_promised),
        cmocka_unit_test(vectors_are_exact),
        cmocka_unit_test(nan_stays_nan),
        cmocka_unit_test(ends_of_the_line),
        cmocka_unit_test(exact_where_it_matters),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
