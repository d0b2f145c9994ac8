/* Optimizers against torch.optim on f = x'Ax/2 - b'x, fifty steps each. */
#include <stdio.h>
#include <string.h>

#include "common.h"
#include "control/optim.h"

enum
{
    D = 3,
    STEPS = 50
};

static const char *const file = "optim_quadratic.txt";

/* sched: rates and momenta for each step, NULL for the constant ones in p. */
static double worst_of(const char *optim, const char *trace, aed_optim_hyper p, int scheduled)
{
    golden A = golden_read(file, "A"), b = golden_read(file, "b"), x0 = golden_read(file, "x0");
    golden lr = golden_read(file, "sched_lr"), mu = golden_read(file, "sched_mu");
    golden want = golden_read(file, trace);
    double x[STEPS * D], now[D], g[D], u[D], h[D], w[D];
    aed_optim_state s = {.h = h, .w = w};

    aed_optim_reset(&s, D);
    memcpy(now, x0.v, sizeof now);
    for (int t = 0; t < STEPS; t++)
    {
        for (int i = 0; i < D; i++)
            g[i] = A.v[3 * i] * now[0] + A.v[3 * i + 1] * now[1] + A.v[3 * i + 2] * now[2] - b.v[i];
        if (scheduled)
            p.alpha = lr.v[t], p.mu = mu.v[t];
        aed_optim_find(optim)->step(u, &s, g, &p, D);
        for (int i = 0; i < D; i++)
            x[t * D + i] = now[i] -= u[i];
    }
    const double worst = relative_to_largest(x, want.v, STEPS * D);
    golden *all[] = {&A, &b, &x0, &lr, &mu, &want};

    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        golden_free(all[i]);
    return worst;
}

static void matches_torch(void **state)
{
    const aed_optim_hyper adam = {0.05, 0.9, 0.999, 1e-8}, other = {0.05, 0.8, 0.99, 1e-6};
    const double worst[] = {
        worst_of("momentum", "x_sgd_lr0.05_m0.9", (aed_optim_hyper){0.05, 0.9, 0, 0}, 0),
        worst_of("momentum", "x_sgd_lr0.1_m0", (aed_optim_hyper){0.1, 0.0, 0, 0}, 0),
        worst_of("momentum", "x_sgd_scheduled", (aed_optim_hyper){0}, 1),
        worst_of("sgd", "x_sgd_lr0.1_m0", (aed_optim_hyper){0.1, 0.0, 0, 0}, 0),
        worst_of("adam", "x_adam_lr0.05", adam, 0),
        worst_of("adam", "x_adam_lr0.05_b0.8_0.99_eps1e-6", other, 0),
    };

    for (size_t i = 0; i < sizeof worst / sizeof *worst; i++)
    {
        printf("ref optim: worst %.2e\n", worst[i]);
        assert_true(worst[i] <= 1e-12);
    }
}

static void rejects_wrong_constants(void **state)
{
    const aed_optim_hyper adam = {0.05, 0.9, 0.9989, 1e-8};

    assert_false(worst_of("adam", "x_adam_lr0.05", adam, 0) <= 1e-12);
    assert_false(
        worst_of("sgd", "x_sgd_lr0.05_m0.9", (aed_optim_hyper){0.05, 0.9, 0, 0}, 0) <= 1e-12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(matches_torch), cmocka_unit_test(rejects_wrong_constants)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
