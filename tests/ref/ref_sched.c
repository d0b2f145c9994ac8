/* The seed's Scheduler against traces made by the seed's own Python. The float32 traces went through
 * a float32 tensor for alpha and sigma at every step; that rounding is repeated here, in the test,
 * so those match exactly too. */
#include <stdio.h>

#include "common.h"
#include "control/law.h"

static const char *const files[] = {
    "sched_improving.txt", "sched_noisy.txt", "sched_plateau.txt", "sched_diverge.txt"};

static double worst_of(const char *file, int rounded, double kmu)
{
    golden in = golden_read(file, "in_l_r_var");
    golden out = golden_read(file, rounded ? "alpha_mu_sigma_float32" : "alpha_mu_sigma_float64");
    aed_sched s;
    double worst = 0.0;

    assert_int_equal(aed_sched_init(&s, "seed-code", NULL), AED_OK);
    assert_int_equal(aed_sched_set(&s, "kmu", kmu, NULL), AED_OK);
    for (size_t t = 0; t < in.dims[0]; t++)
    {
        const double *x = in.v + 3 * t, *y = out.v + 3 * t;

        aed_law_seed_step(&s, x[0], x[1], x[2]);
        if (rounded)
        {
            s.alpha = (double)(float)s.alpha;
            s.sigma = (double)(float)s.sigma;
        }
        const double got[] = {s.alpha, s.mu, s.sigma};

        for (int i = 0; i < 3; i++)
        {
            const double off = fabs(got[i] - y[i]) / fmax(fabs(y[i]), 1e-300);

            if (!(off <= worst))
                worst = off; /* NaN sticks */
        }
    }
    golden_free(&in);
    golden_free(&out);
    return worst;
}

static double worst_of_all(int rounded, double kmu)
{
    double worst = 0.0;

    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
    {
        const double w = worst_of(files[i], rounded, kmu);

        if (!(w <= worst))
            worst = w;
    }
    return worst;
}

static void matches_float64(void **state)
{
    const double worst = worst_of_all(0, 0.1);

    printf("ref sched: worst %.2e (float64)\n", worst);
    assert_true(worst <= 1e-12);
}

static void matches_float32(void **state)
{
    const double worst = worst_of_all(1, 0.1);

    printf("ref sched: worst %.2e (float32)\n", worst);
    assert_true(worst <= 1e-12);
}

static void rejects_a_wrong_constant(void **state)
{
    assert_false(worst_of_all(0, 0.1001) <= 1e-12);
    assert_false(worst_of_all(1, 0.1001) <= 1e-12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(matches_float64),
        cmocka_unit_test(matches_float32), cmocka_unit_test(rejects_a_wrong_constant)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
