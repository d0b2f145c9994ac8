#include "common.h"
#include "plant.h"

#include "plant/vca.h"

static void is_a_product(void **state)
{
    double x[AED_CHUNK], env[AED_CHUNK], gain[AED_CHUNK], y[AED_CHUNK];
    double tape[AED_CHUNK];
    const double *p[1] = {gain};
    aed_block b = test_block(48000.0, 1.0);

    (void)state;
    b.bus[AED_ENV] = env;
    test_fill(x, AED_CHUNK, -2.0, 2.0);
    test_fill(env, AED_CHUNK, 0.0, 1.0);
    test_fill(gain, AED_CHUNK, 0.01, 1.0);
    test_fill(y, AED_CHUNK, -1.0, 1.0); /* an effect overwrites what was there */
    aed_vca.forward(y, tape, NULL, x, p, &b);
    for (size_t i = 0; i < AED_CHUNK; i++)
        assert_true(fabs(y[i] - x[i] * env[i] * gain[i]) < 1e-15);
}

/* Octaves of 6.02 dB; where nobody swells the factor is 1 to the last bit. */
static void swell_is_in_octaves(void **state)
{
    double x[AED_CHUNK], env[AED_CHUNK], gain[AED_CHUNK], y[AED_CHUNK], still[AED_CHUNK];
    double tape[AED_CHUNK];
    const double *p[1] = {gain};
    aed_block b = test_block(48000.0, 1.0);

    (void)state;
    b.bus[AED_ENV] = env;
    for (size_t i = 0; i < AED_CHUNK; i++)
        x[i] = env[i] = gain[i] = 1.0;
    aed_vca.forward(still, tape, NULL, x, p, &b);
    for (size_t i = 0; i < AED_CHUNK; i++)
        assert_true(still[i] == 1.0);
    b.bus[AED_SWELL][3] = 1.0;
    b.bus[AED_SWELL][5] = -2.0;
    b.bus[AED_SWELL][AED_CHUNK - 1] = 20.0 / (20.0 * log10(2.0));
    aed_vca.forward(y, tape, NULL, x, p, &b);
    for (size_t i = 0; i < AED_CHUNK; i++)
        assert_true(fabs(y[i] - pow(2.0, b.bus[AED_SWELL][i])) < 1e-14);
    assert_true(y[3] == 2.0 && y[4] == 1.0 && y[5] == 0.25);
    assert_true(fabs(y[AED_CHUNK - 1] - 10.0) < 1e-13); /* 20 dB */
}

static void writes_n_samples_only(void **state)
{
    const double x[2] = {1.0, 1.0}, gain[2] = {1.0, 1.0}, *p[1] = {gain};
    double env[2] = {1.0, 1.0}, y[2] = {7.0, 7.0}, tape[1];
    aed_block b = test_block(48000.0, 1.0);
    b.n = 1;
    b.bus[AED_ENV] = env;

    (void)state;
    aed_vca.forward(y, tape, NULL, x, p, &b);
    assert_true(y[0] == 1.0 && y[1] == 7.0);
}

static void gain_is_never_dead(void **state)
{
    const aed_param *gain = &aed_vca.params[0];

    (void)state;
    assert_true(fabs(aed_param_value(gain, 0.0) - 1.0 / 256.0) < 1e-15);
    assert_true(fabs(aed_param_value(gain, 1.0) - 1.0) < 1e-15);
    assert_true(aed_param_slope(gain, 0.0) > 0.0);
}

static void declares_what_it_needs(void **state)
{
    (void)state;
    assert_int_equal(aed_vca.role, AED_EFFECT);
    assert_true(aed_vca.needs_env);
    assert_int_equal(aed_vca.state_n, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_a_product),
        cmocka_unit_test(swell_is_in_octaves),
        cmocka_unit_test(writes_n_samples_only),
        cmocka_unit_test(gain_is_never_dead),
        cmocka_unit_test(declares_what_it_needs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
