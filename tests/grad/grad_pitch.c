/* The gradient of `loss pitch` through a whole voice: d(semitones)^2/d(octaves of its oscillator). It is exact, so
 * it is known beforehand, and it points the right way from anywhere: what no loss of spectra does. */
#include "common.h"

#include <stdio.h>
#include <string.h>

#include "ear/ear.h"
#include "plant.h"

enum
{
    N = 16384,
    PAIRS = 30
};

static const aed_score score = {{{0, 60.0, 100.0}, {N * 6 / 10, 60.0, 0.0}}, 2};
static double x[N], y[N], dx[N];

/* The slope of the voice's pitch in its frequency, out of the loss's gradient; *semitones: how far apart. */
static double keys_per_theta(
    double *semitones, test_plant *p, aed_voice *v, aed_tape *tape, aed_ear *ear)
{
    const size_t frequency = plant_find(p, "vco.freq");
    double full[AED_KNOBS_MOST], dfull[AED_KNOBS_MOST] = {0.0}, weights[AED_EAR_LOSSES] = {0.0};
    double two[2];
    aed_ear_result r;

    weights[AED_LOSS_PITCH] = 1.0;
    test_fill(two, 2, 0.3, 0.85); /* 90 Hz to 2 kHz */
    memcpy(full, p->start, sizeof full);
    full[frequency] = two[0];
    assert_int_equal(aed_voice_render(v, y, NULL, full, &score, N), AED_OK);
    assert_int_equal(aed_ear_target(ear, y, N, NULL), AED_OK);
    full[frequency] = two[1];
    assert_int_equal(aed_voice_render(v, x, tape, full, &score, N), AED_OK);
    assert_int_equal(aed_ear_listen(ear, &r, dx, x, weights, NULL, N, NULL), AED_OK);
    assert_int_equal(aed_voice_backward(v, dfull, tape, dx), AED_OK);
    *semitones = (two[1] > two[0] ? 1.0 : -1.0) * sqrt(r.loss);
    return dfull[frequency] / (2.0 * *semitones);
}

static void a_wrong_pitch_is_pulled_home(void **state)
{
    test_plant p = plant_of("vco | vca");
    aed_voice *v = voice_of("vco | vca", 44100.0);
    aed_tape *tape = aed_tape_new(v, N, NULL);
    const aed_param *frequency = aed_chain_param(&p.chain, plant_find(&p, "vco.freq"));
    const double keys = 12.0 * log2(frequency->hi / frequency->lo);
    aed_ear_config c;
    double worst = 0.0;

    aed_ear_defaults(&c);
    aed_ear *ear = aed_ear_new(&c, NULL);

    assert_true(tape && ear);
    for (int i = 0; i < PAIRS; i++)
    {
        double semitones;
        const double slope = keys_per_theta(&semitones, &p, v, tape, ear);

        worst = worse_of(worst, fabs(slope / keys - 1.0));
    }
    printf("grad loss pitch through a voice: %d pairs up to 4 octaves apart, slope off by at most "
           "%.1f %%\n",
        PAIRS, 100.0 * worst);
    assert_true(worst < 0.5); /* the tracker itself is off by some cents, which has a slope too */
    aed_ear_free(ear);
    aed_tape_free(tape);
    aed_voice_free(v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_wrong_pitch_is_pulled_home)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
