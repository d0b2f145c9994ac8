/* Each loss row on frames made by hand, against its formula written out plainly. */
#include "common.h"

#include <stdlib.h>
#include <string.h>

#include "ear/feature.h"
#include "ear/loss.h"

enum
{
    BINS = 33,
    BANDS = 7,
    FRAMES = 5,
    N = 600
};

static const aed_resolution of = {BINS, BANDS, FRAMES, 2, 0, 1e-4};
static double power[FRAMES * BINS], mel[FRAMES * BANDS];
static double target_power[FRAMES * BINS], target_mel[FRAMES * BANDS];
static double dpower[BINS], dmel[BANDS];
static double *kept;

static int set_up(void **state)
{
    test_fill(power, FRAMES * BINS, 0.0, 4.0);
    test_fill(mel, FRAMES * BANDS, 0.0, 4.0);
    test_fill(target_power, FRAMES * BINS, 0.0, 4.0);
    test_fill(target_mel, FRAMES * BANDS, 0.0, 4.0);
    kept = NULL;
    return 0;
}

static int tear_down(void **state)
{
    free(kept);
    return 0;
}

static void keep_target(const aed_loss *loss)
{
    kept = calloc(loss->keep_n(&of), sizeof *kept);
    for (size_t t = 0; t < FRAMES; t++)
        loss->keep(kept, &(aed_frame){&of, t, target_power + t * BINS, target_mel + t * BANDS});
}

/* The term at this one resolution; with g the gradient of the last frame stays in dpower, dmel. */
static double term(const aed_loss *loss, int gradient, double weight)
{
    const aed_frame_gradient g = {gradient ? dpower : NULL, gradient ? dmel : NULL};
    double sum = 0.0;

    for (size_t t = 0; t < FRAMES; t++)
    {
        memset(dpower, 0, sizeof dpower);
        memset(dmel, 0, sizeof dmel);
        sum +=
            loss->frame(g, &(aed_frame){&of, t, power + t * BINS, mel + t * BANDS}, kept, weight);
    }
    return sum;
}

static double plain_logmel(void)
{
    double sum = 0.0;

    for (size_t i = 0; i < FRAMES * BANDS; i++)
        sum += pow(log(mel[i] + 1e-4) - log(target_mel[i] + 1e-4), 2.0);
    return sum / (FRAMES * BANDS * 2);
}

static double plain_stft(void)
{
    double mean = 0.0, sum = 0.0;

    for (size_t i = 0; i < FRAMES * BINS; i++)
        mean += sqrt(target_power[i]) / (FRAMES * BINS);

    const double s = fmax(mean, 1e-3), guard = 1e-6 * s * s, c = 1e-2 * s;

    for (size_t i = 0; i < FRAMES * BINS; i++)
    {
        const double d = sqrt(power[i] + guard) - sqrt(target_power[i] + guard);

        sum += sqrt(d * d + c * c) - c;
    }
    return sum / s / (FRAMES * BINS * 2);
}

/* Target magnitudes with their guard, as magnitude.h has them. */
static double plain_magnitudes(double *m, double *m_target)
{
    double mean = 0.0;

    for (size_t i = 0; i < FRAMES * BINS; i++)
        mean += sqrt(target_power[i]) / (FRAMES * BINS);
    for (size_t i = 0; i < FRAMES * BINS; i++)
    {
        m[i] = sqrt(power[i] + 1e-6 * mean * mean);
        m_target[i] = sqrt(target_power[i] + 1e-6 * mean * mean);
    }
    return mean;
}

static double plain_logstft(void)
{
    double m[FRAMES * BINS], m_target[FRAMES * BINS], sum = 0.0;

    (void)plain_magnitudes(m, m_target);
    for (size_t i = 0; i < FRAMES * BINS; i++)
        sum += sqrt(pow(log(m[i]) - log(m_target[i]), 2.0) + 1e-4) - 1e-2;
    return sum / (FRAMES * BINS * 2);
}

static double plain_converge(void)
{
    double m[FRAMES * BINS], m_target[FRAMES * BINS], over = 0.0, under = 0.0;

    (void)plain_magnitudes(m, m_target);
    for (size_t i = 0; i < FRAMES * BINS; i++)
    {
        over += pow(m[i] - m_target[i], 2.0);
        under += m_target[i] * m_target[i];
    }
    return over / under / 2;
}

/* Share of a frame's power at or below bin k, the bins that DC reaches left out. */
static double share_below(const double *p, size_t k, double guard)
{
    double below = 0.0, all = 0.0;

    for (size_t i = 2; i < BINS; i++)
    {
        all += p[i];
        below += i <= k ? p[i] : 0.0;
    }
    return below / (all + guard);
}

static double plain_transport(void)
{
    double all[FRAMES] = {0.0}, mean = 0.0, sum = 0.0;

    for (size_t i = 0; i < FRAMES * BINS; i++)
        if (i % BINS >= 2)
            all[i / BINS] += target_power[i], mean += target_power[i] / FRAMES;
    for (size_t t = 0; t < FRAMES; t++)
        for (size_t k = 2; k + 1 < BINS; k++)
        {
            const double d = share_below(power + t * BINS, k, 1e-6 * mean) -
                             share_below(target_power + t * BINS, k, 1e-6 * mean);

            sum += all[t] * (sqrt(d * d + 1e-6) - 1e-3) * log2((double)(k + 1) / (double)k);
        }
    return sum / (mean * FRAMES) / 2.0;
}

static void check_value(const aed_loss *loss, double (*plain)(void))
{
    keep_target(loss);
    const double expected = plain();

    assert_true(fabs(term(loss, 0, 1.0) - expected) < 1e-13 * expected);
    assert_true(fabs(term(loss, 1, -2.5) - expected) < 1e-13 * expected);
}

static void logmel_is_its_formula(void **state)
{
    check_value(&aed_loss_logmel, plain_logmel);
}

static void stft_is_its_formula(void **state)
{
    check_value(&aed_loss_stft, plain_stft);
}

static void logstft_is_its_formula(void **state)
{
    check_value(&aed_loss_logstft, plain_logstft);
}

static void converge_is_its_formula(void **state)
{
    check_value(&aed_loss_converge, plain_converge);
}

static void transport_is_its_formula(void **state)
{
    check_value(&aed_loss_transport, plain_transport);
}

/* All power in one bin: the loss is the interval, the gradient points there, and loudness is nothing. */
static void transport_counts_octaves(void **state)
{
    for (size_t t = 0; t < FRAMES; t++)
        for (size_t k = 0; k < BINS; k++)
        {
            target_power[t * BINS + k] = k == 8;
            power[t * BINS + k] = k == 16 ? 1e4 : 0.0;
        }
    keep_target(&aed_loss_transport);
    assert_true(fabs(2.0 * term(&aed_loss_transport, 1, 1.0) - 1.0) < 2e-3); /* two resolutions */
    for (size_t k = 2; k < 16; k++)
        assert_true(dpower[k + 1] >= dpower[k]);
    assert_true(dpower[8] < -1e-6 && fabs(dpower[16]) < 1e-9); /* lower down is better */
}

static void transport_and_silence(void **state)
{
    memset(power, 0, sizeof power);
    keep_target(&aed_loss_transport);
    assert_true(term(&aed_loss_transport, 1, 1.0) > 0.0);
    for (size_t k = 0; k < BINS; k++)
        assert_true(isfinite(dpower[k]));
    memset(target_power, 0, sizeof target_power);
    free(kept);
    keep_target(&aed_loss_transport);
    assert_true(term(&aed_loss_transport, 1, 1.0) == 0.0);
    test_fill(power, FRAMES * BINS, 0.0, 4.0);
    assert_true(term(&aed_loss_transport, 1, 1.0) == 0.0 && dpower[5] == 0.0);
}

static void equal_sounds_have_no_loss(void **state)
{
    for (size_t j = 0; j < AED_LOSSES; j++)
    {
        if (!aed_losses[j]->frame)
            continue;
        memcpy(power, target_power, sizeof power);
        memcpy(mel, target_mel, sizeof mel);
        keep_target(aed_losses[j]);
        assert_true(fabs(term(aed_losses[j], 1, 1.0)) < 1e-15);
        for (size_t k = 0; k < BINS; k++)
            assert_true(fabs(dpower[k]) < 1e-12);
        for (size_t b = 0; b < BANDS; b++)
            assert_true(fabs(dmel[b]) < 1e-12);
        tear_down(state);
        kept = NULL;
    }
}

/* Of two sounds equally louder than before, the losses on magnitudes and shares are the same. */
static void scale_does_not_matter(void **state)
{
    const aed_loss *const losses[] = {
        &aed_loss_stft, &aed_loss_logstft, &aed_loss_converge, &aed_loss_transport};

    for (size_t j = 0; j < 4; j++)
    {
        keep_target(losses[j]);
        const double before = term(losses[j], 0, 1.0);

        for (size_t i = 0; i < FRAMES * BINS; i++)
        {
            power[i] *= 100.0;
            target_power[i] *= 100.0;
        }
        free(kept);
        keep_target(losses[j]);
        assert_true(fabs(term(losses[j], 0, 1.0) - before) < 1e-13);
        free(kept);
        kept = NULL;
    }
}

/* Share t's gradient with respect to its own frame, by central differences. */
static double worst_of(const aed_loss *loss, double *v, const double *g, size_t n)
{
    const double h = 1e-6, weight = -2.5;
    double worst = 0.0, largest = 0.0;

    for (size_t i = 0; i < n; i++)
        largest = fmax(largest, fabs(g[i]));
    for (size_t i = 0; i < n; i++)
    {
        const double v0 = v[i];

        v[i] = v0 + h;
        const double up = term(loss, 0, 1.0);
        v[i] = v0 - h;
        const double down = term(loss, 0, 1.0);
        v[i] = v0;
        worst = fmax(worst, fabs(weight * (up - down) / (2.0 * h) - g[i]) / largest);
    }
    return largest > 0.0 ? worst : 0.0;
}

static void frame_gradients_match_differences(void **state)
{
    double gp[BINS], gm[BANDS];

    test_fill(power, FRAMES * BINS, 0.1, 4.0); /* differences need room above 0 */
    test_fill(mel, FRAMES * BANDS, 0.1, 4.0);
    for (size_t j = 0; j < AED_LOSSES; j++)
    {
        if (!aed_losses[j]->frame)
            continue;
        keep_target(aed_losses[j]);
        (void)term(aed_losses[j], 1, -2.5);
        memcpy(gp, dpower, sizeof gp);
        memcpy(gm, dmel, sizeof gm);
        assert_true(worst_of(aed_losses[j], power + (FRAMES - 1) * BINS, gp, BINS) < 1e-6);
        assert_true(worst_of(aed_losses[j], mel + (FRAMES - 1) * BANDS, gm, BANDS) < 1e-6);
        free(kept);
        kept = NULL;
    }
}

static void dc_is_its_formula(void **state)
{
    double x[N], dx[N] = {0}, means[3] = {0};
    const aed_wave w = {x, NULL, N, 44100.0, 0.3}; /* asks no target */

    test_fill(x, N, -1.0, 1.5);
    for (size_t i = 0; i < N; i++)
        means[i / 256] += x[i] / (i / 256 == 2 ? N - 512 : 256);

    const double expected =
        100.0 * (means[0] * means[0] + means[1] * means[1] + means[2] * means[2]) / 3.0;

    assert_true(fabs(aed_loss_dc.wave(NULL, &w, 1.0) - expected) < 1e-12 * expected);
    assert_true(fabs(aed_loss_dc.wave(dx, &w, 3.0) - expected) < 1e-12 * expected);
    for (size_t i = 0; i < N; i++)
    {
        const double length = i / 256 == 2 ? N - 512 : 256;

        assert_true(fabs(dx[i] - 3.0 * 200.0 * means[i / 256] / (3.0 * length)) < 1e-12);
    }
}

static void wave_is_its_formula(void **state)
{
    double x[N], y[N], dx[N], squares = 0.0, products = 0.0;
    const aed_wave w = {x, y, N, 44100.0, 0.3};

    test_fill(x, N, -1.0, 1.5);
    test_fill(y, N, -1.5, 1.0);
    test_fill(dx, N, 5.0, 5.0); /* added to, not written */
    for (size_t i = 0; i < N; i++)
    {
        squares += x[i] * x[i] + y[i] * y[i];
        products += x[i] * y[i];
    }
    const double expected = (squares - 2.0 * products) / N;

    assert_true(fabs(aed_loss_wave.wave(NULL, &w, 1.0) - expected) < 1e-12 * expected);
    assert_true(fabs(aed_loss_wave.wave(dx, &w, 3.0) - expected) < 1e-12 * expected);
    for (size_t i = 0; i < N; i++)
        assert_true(fabs(dx[i] - 5.0 - 6.0 * (x[i] - y[i]) / N) < 1e-14);
}

/* Energy around 256 j, under a triangle; N is no whole number of points. */
static double plain_energy(const double *x, double middle)
{
    double sum = 0.0;

    for (size_t i = 0; i < N; i++)
        sum += fmax(1.0 - fabs((double)i - middle) / 256.0, 0.0) * x[i] * x[i];
    return sum / 256.0;
}

static double plain_envelope(const double *x, const double *y)
{
    double sum = 0.0;

    for (int j = 0; j < 4; j++)
    {
        const double d =
            log(plain_energy(x, 256.0 * j) + 1e-6) - log(plain_energy(y, 256.0 * j) + 1e-6);

        sum += d * d / 4.0;
    }
    return sum;
}

static long double envelope(const double *x, void *context)
{
    return aed_loss_envelope.wave(NULL, &(aed_wave){x, context, N, 44100.0, 0.3}, 1.0);
}

static void envelope_is_its_formula(void **state)
{
    double x[N], y[N], dx[N] = {0};
    const aed_wave w = {x, y, N, 44100.0, 0.3};

    test_fill(x, N, -1.0, 1.5);
    test_fill(y, N, -1.5, 1.0);
    for (size_t i = 0; i < N; i++)
    {
        x[i] *= exp(-1e-2 * (double)i);
        y[i] *= 1.0 - exp(-1e-2 * (double)i);
    }
    const double expected = plain_envelope(x, y);

    assert_true(fabs(aed_loss_envelope.wave(NULL, &w, 1.0) - expected) < 1e-12 * expected);
    assert_true(fabs(aed_loss_envelope.wave(dx, &w, 1.0) - expected) < 1e-12 * expected);
    assert_true(gradient_worst(dx, x, envelope, y, 1e-4, 0.0, NULL, N) < 1e-5);
    assert_true(aed_loss_envelope.wave(NULL, &(aed_wave){x, x, N, 44100.0, 0.3}, 1.0) == 0.0);
}

/* An attack that comes later costs more the later it comes, from the first sample on. */
static void envelope_hears_an_attack_move(void **state)
{
    double x[N], y[N], before = 0.0;

    for (size_t i = 0; i < N; i++)
        y[i] = i < 200 ? 0.0 : 0.5;
    for (size_t late = 1; late < 200; late += 7)
    {
        for (size_t i = 0; i < N; i++)
            x[i] = i < 200 + late ? 0.0 : 0.5;
        const double now = (double)envelope(x, y);

        assert_true(now > before);
        before = now;
    }
}

static long double too_loud(const double *x, void *context)
{
    return aed_loss_cap.wave(NULL, &(aed_wave){x, NULL, N, 44100.0, 0.3}, 1.0);
}

static void cap_is_its_formula(void **state)
{
    double x[N], dx[N] = {0}, square = 0.0;
    const aed_wave w = {x, NULL, N, 44100.0, 0.3};

    test_fill(x, N, -1.0, 1.5);
    for (size_t i = 0; i < N; i++)
        square += x[i] * x[i] / N;
    const double expected = pow(sqrt(square) / 0.3 - 1.0, 2.0);

    assert_true(fabs(aed_loss_cap.wave(dx, &w, 1.0) - expected) < 1e-12 * expected);
    assert_true(gradient_worst(dx, x, too_loud, NULL, 1e-4, 0.0, NULL, N) < 1e-5);
    /* No cap, or below it: nothing, and no gradient. */
    test_fill(dx, N, 0.0, 0.0);
    assert_true(aed_loss_cap.wave(dx, &(aed_wave){x, NULL, N, 44100.0, 0.0}, 1.0) == 0.0);
    assert_true(aed_loss_cap.wave(dx, &(aed_wave){x, NULL, N, 44100.0, 1.0}, 1.0) == 0.0);
    test_fill(x, N, 0.0, 0.0);
    assert_true(aed_loss_cap.wave(dx, &w, 1.0) == 0.0);
    assert_true(gradient_largest(dx, N) == 0.0);
}

/* Every feature that has a gradient can be a loss. */
static void every_gradient_has_its_loss(void **state)
{
    for (size_t i = 0; i < AED_FEATURES; i++)
    {
        size_t losses = 0;

        for (size_t j = 0; j < AED_LOSSES; j++)
            losses += aed_loss_is_distance(aed_losses[j]) && aed_losses[j]->feature == i;
        assert_int_equal(losses, aed_features[i]->back ? 1 : 0);
    }
}

static void rows_are_complete(void **state)
{
    for (size_t i = 0; i < AED_LOSSES; i++)
    {
        const aed_loss *loss = aed_losses[i];

        assert_non_null(loss->doc);
        if (aed_loss_is_distance(loss))
        {
            const aed_feature *feature = aed_features[loss->feature];

            assert_string_equal(loss->name, feature->name);
            assert_non_null(feature->back);
        }
        assert_true(!loss->keep == !loss->keep_n);
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(loss->name, aed_losses[j]->name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(logmel_is_its_formula, set_up, tear_down),
        cmocka_unit_test_setup_teardown(stft_is_its_formula, set_up, tear_down),
        cmocka_unit_test_setup_teardown(logstft_is_its_formula, set_up, tear_down),
        cmocka_unit_test_setup_teardown(converge_is_its_formula, set_up, tear_down),
        cmocka_unit_test_setup_teardown(equal_sounds_have_no_loss, set_up, tear_down),
        cmocka_unit_test_setup_teardown(transport_is_its_formula, set_up, tear_down),
        cmocka_unit_test_setup_teardown(transport_counts_octaves, set_up, tear_down),
        cmocka_unit_test_setup_teardown(transport_and_silence, set_up, tear_down),
        cmocka_unit_test_setup_teardown(scale_does_not_matter, set_up, tear_down),
        cmocka_unit_test_setup_teardown(frame_gradients_match_differences, set_up, tear_down),
        cmocka_unit_test(dc_is_its_formula),
        cmocka_unit_test(wave_is_its_formula),
        cmocka_unit_test(envelope_is_its_formula),
        cmocka_unit_test(envelope_hears_an_attack_move),
        cmocka_unit_test(cap_is_its_formula),
        cmocka_unit_test(every_gradient_has_its_loss),
        cmocka_unit_test(rows_are_complete),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
