/* Optimizers by their own equations: convergence, online mu, reset. Against torch: ref/ref_optim.c. */
#include "control/optim.h"

#include <string.h>

#include "common.h"

enum
{
    D = 4
};

static double h[D], w[D];
static aed_optim_state s = {.h = h, .w = w};
static const aed_optim_hyper usual = {0.02, 0.9, 0.99, 1e-8};

static int set_up(void **state)
{
    aed_optim_reset(&s, D);
    return 0;
}

static void finds_rows(void **state)
{
    for (const aed_optim *row = aed_optims; row->name; row++)
        assert_ptr_equal(aed_optim_find(row->name), row);
    assert_null(aed_optim_find("lbfgs"));
    assert_string_equal(aed_optims[0].name, "adam");
}

/* f = sum c_i (x_i - a_i)^2 / 2 with c from 1 to 1000. */
static void converges(void **state)
{
    const double a[D] = {0.1, 0.9, 0.4, 0.6}, c[D] = {1.0, 10.0, 100.0, 1000.0};

    for (const aed_optim *row = aed_optims; row->name; row++)
    {
        double x[D] = {0.5, 0.5, 0.5, 0.5}, g[D], u[D];
        aed_optim_hyper p = {0.02, 0.9, 0.99, 1e-8};

        aed_optim_reset(&s, D);
        const int normed = strcmp(row->name, "adam") == 0 || strcmp(row->name, "sign") == 0;

        if (!normed)
            p.alpha = 1e-3; /* the steepest direction bounds the others */
        for (int t = 0; t < 20000; t++)
        {
            for (int i = 0; i < D; i++)
                g[i] = c[i] * (x[i] - a[i]);
            row->step(u, &s, g, &p, D);
            for (int i = 0; i < D; i++)
                x[i] -= u[i];
            if (normed)
                p.alpha *= 0.999; /* at a constant rate it circles the minimum */
        }
        for (int i = 0; i < D; i++)
            assert_true(fabs(x[i] - a[i]) < 1e-4);
    }
}

/* Bias correction by products: a constant gradient is seen at full size from the first step on,
 * however mu moves. */
static void adam_corrects_online_momentum(void **state)
{
    const double g[D] = {1.0, -2.0, 1e-3, 0.0};
    double u[D];
    aed_optim_hyper p = usual;

    for (int t = 0; t < 50; t++)
    {
        p.mu = test_uniform(0.0, 0.95);
        p.beta2 = test_uniform(0.5, 0.999);
        aed_optim_find("adam")->step(u, &s, g, &p, D);
        for (int i = 0; i < 3; i++)
            assert_true(fabs(u[i] - 0.02 * g[i] / (fabs(g[i]) + 1e-8)) < 1e-12);
        assert_true(u[3] == 0.0);
    }
    assert_int_equal(s.n, 50);
}

static void sgd_is_the_seeds_text(void **state)
{
    const double g[D] = {1.0, 2.0, 3.0, 4.0};
    double u[D];

    aed_optim_find("sgd")->step(u, &s, g, &usual, D);
    assert_true(fabs(u[0] - 0.02 * 0.1) < 1e-16); /* (1 - mu) g, not corrected */
    aed_optim_find("sgd")->step(u, &s, g, &usual, D);
    assert_true(fabs(u[3] - 0.02 * 0.19 * 4.0) < 1e-15);
}

static void momentum_gains(void **state)
{
    const double g[D] = {1.0, 1.0, 1.0, 1.0};
    double u[D];

    for (int t = 0; t < 500; t++)
        aed_optim_find("momentum")->step(u, &s, g, &usual, D);
    assert_true(fabs(u[0] - 0.02 * 10.0) < 1e-12); /* 1/(1 - mu) */
}

/* iRprop- as its paper has it: every parameter alone, with its own past. */
static void rprop_is_its_papers(void **state)
{
    double step[D] = {1, 1, 1, 1}, past[D] = {0};

    for (int t = 0; t < 300; t++)
    {
        double g[D], u[D];

        for (int i = 0; i < D; i++)
            g[i] = t % 7 == i ? 0.0 : test_uniform(-1.0, i == 0 ? 0.0 : 1.0);
        const double alpha = test_uniform(0.001, 0.1);

        aed_optim_find("rprop")->step(u, &s, g, &(aed_optim_hyper){alpha, 0.9, 0.99, 1e-8}, D);
        for (int i = 0; i < D; i++)
        {
            if (g[i] * past[i] > 0.0)
                step[i] = fmin(step[i] * 1.2, 50.0);
            else if (g[i] * past[i] < 0.0)
            {
                step[i] = fmax(step[i] * 0.5, 1e-4);
                g[i] = 0.0;
            }
            assert_true(u[i] == (g[i] == 0.0 ? 0.0 : copysign(alpha * step[i], g[i])));
            past[i] = g[i];
        }
    }
    assert_true(step[0] == 50.0);
}

static void sign_moves_by_alpha(void **state)
{
    double past[D] = {0};

    for (int t = 0; t < 100; t++)
    {
        double g[D] = {test_uniform(-1.0, 1.0), 1e-300, -1e150, 0.0}, u[D];

        aed_optim_find("sign")->step(u, &s, g, &usual, D);
        for (int i = 0; i < D; i++)
        {
            past[i] = 0.9 * past[i] + (1.0 - 0.9) * g[i];
            assert_true(u[i] == (past[i] == 0.0 ? 0.0 : copysign(0.02, past[i])));
        }
    }
}

/* Where it was going is forgotten, scales are kept. */
static void halts(void **state)
{
    const double g[D] = {100.0, 100.0, 100.0, 100.0}, back[D] = {-1.0, -1.0, -1.0, -1.0};
    double u[D];

    for (int t = 0; t < 50; t++)
        aed_optim_find("adam")->step(u, &s, g, &usual, D);
    aed_optim_halt(&s, D);
    aed_optim_find("adam")->step(u, &s, back, &usual, D);
    assert_true(u[0] < 0.0 && u[0] > -0.02 / 50.0);
}

static void reset_is_a_new_start(void **state)
{
    const double g[D] = {1.0, -1.0, 0.5, 2.0};
    double first[D], u[D];

    for (const aed_optim *row = aed_optims; row->name; row++)
    {
        aed_optim_reset(&s, D);
        row->step(first, &s, g, &usual, D);
        row->step(u, &s, g, &usual, D);
        aed_optim_reset(&s, D);
        row->step(u, &s, g, &usual, D);
        assert_memory_equal(u, first, sizeof u);
    }
}

static void survives_extremes(void **state)
{
    const double g[D] = {1e150, -1e150, 0.0, 5e-324};
    double u[D];

    for (const aed_optim *row = aed_optims; row->name; row++)
        for (int t = 0; t < 100; t++)
        {
            row->step(u, &s, g, &usual, D);
            for (int i = 0; i < D; i++)
                assert_true(isfinite(u[i]));
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test_setup(finds_rows, set_up),
        cmocka_unit_test_setup(converges, set_up),
        cmocka_unit_test_setup(adam_corrects_online_momentum, set_up),
        cmocka_unit_test_setup(sgd_is_the_seeds_text, set_up),
        cmocka_unit_test_setup(momentum_gains, set_up),
        cmocka_unit_test_setup(rprop_is_its_papers, set_up),
        cmocka_unit_test_setup(sign_moves_by_alpha, set_up), cmocka_unit_test_setup(halts, set_up),
        cmocka_unit_test_setup(reset_is_a_new_start, set_up),
        cmocka_unit_test_setup(survives_extremes, set_up)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
