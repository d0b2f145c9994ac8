/* The check of grad_modules.c rejects wrong backwards: a right one, then a small sin. */
#include <stdio.h>
#include <string.h>

#include "onemodule.h"
#include "plant/delay.h"
#include "plant/env.h"
#include "plant/ladder.h"
#include "plant/noise.h"
#include "plant/svf.h"
#include "plant/vca.h"
#include "plant/vco.h"

enum
{
    TRIALS = 40
};

static const double tolerance = 1e-5;

#define BACKWARD(name)                                                                             \
    static void name(double *dx, double *const *dp, double *dstate, const double *dy,              \
        const double *tape, const double *state, const double *x, const double *const *p,          \
        const aed_block *b)

BACKWARD(ladder_cutoff_scaled)
{
    double *g = dp[0] + b->n / 2, kept = *g;

    aed_ladder.backward(dx, dp, dstate, dy, tape, state, x, p, b);
    *g = kept + 1.001 * (*g - kept);
}

BACKWARD(ladder_dx_scaled)
{
    double *g = dx + b->n - 1, kept = *g;

    aed_ladder.backward(dx, dp, dstate, dy, tape, state, x, p, b);
    *g = kept + 1.001 * (*g - kept);
}

BACKWARD(ladder_nan)
{
    aed_ladder.backward(dx, dp, dstate, dy, tape, state, x, p, b);
    dp[1][0] = NAN;
}

BACKWARD(ladder_overwrites)
{
    for (size_t k = 0; k < aed_ladder.n_params; k++)
        memset(dp[k], 0, b->n * sizeof *dp[k]);
    aed_ladder.backward(dx, dp, dstate, dy, tape, state, x, p, b);
}

BACKWARD(ladder_forgets_state)
{
    double kept[4];

    memcpy(kept, dstate, sizeof kept);
    aed_ladder.backward(dx, dp, dstate, dy, tape, state, x, p, b);
    memcpy(dstate, kept, sizeof kept);
}

BACKWARD(ladder_forgets_env)
{
    double kept[AED_CHUNK], *denv = b->dbus[AED_ENV];

    memcpy(kept, denv, b->n * sizeof *kept);
    aed_ladder.backward(dx, dp, dstate, dy, tape, state, x, p, b);
    memcpy(denv, kept, b->n * sizeof *kept);
}

BACKWARD(ladder_track_scaled)
{
    double *g = dp[4], kept = *g;

    aed_ladder.backward(dx, dp, dstate, dy, tape, state, x, p, b);
    *g = kept + 1.001 * (*g - kept);
}

BACKWARD(svf_forgets_pitch)
{
    double kept[AED_CHUNK], *dpitch = b->dbus[AED_PITCH];

    memcpy(kept, dpitch, b->n * sizeof *kept);
    aed_svf.backward(dx, dp, dstate, dy, tape, state, x, p, b);
    memcpy(dpitch, kept, b->n * sizeof *kept);
}

/* Differentiates the waves in the phase but not in dt: the sin field.md 4.3 warns of. dL/dphase of
 * one sample is what a chunk of one sample hands back. */
BACKWARD(vco_without_width)
{
    double freq[AED_CHUNK] = {0};

    (void)dx;
    for (size_t i = b->n; i-- > 0;)
    {
        const double *p_one[AED_MAX_PARAMS];
        double *dp_one[AED_MAX_PARAMS], tape_one[ONE_TAPE_N];
        aed_block one = *b;

        for (size_t k = 0; k < aed_vco.n_params; k++)
        {
            p_one[k] = p[k] + i;
            dp_one[k] = (k == 0 ? freq : dp[k]) + i;
        }
        for (size_t k = 0; k < aed_vco.tape_n; k++)
            tape_one[k] = tape[k * b->n + i];
        for (size_t k = 0; k < AED_BUSES; k++)
            one.dbus[k] = b->dbus[k] + i;
        one.n = 1;
        one.at = b->at + i;
        one.ratio = b->ratio + i;
        dp[0][i] += dstate[0] * b->ratio[i] / b->sr_hz;
        aed_vco.backward(NULL, dp_one, dstate, dy + i, tape_one, state, x, p_one, &one);
    }
}

BACKWARD(vco_forgets_phase_bus)
{
    memset(b->dbus[AED_PHASE], 0, b->n * sizeof *b->dbus[AED_PHASE]);
    aed_vco.backward(dx, dp, dstate, dy, tape, state, x, p, b);
}

BACKWARD(vco_keeps_phase_bus)
{
    double kept[AED_CHUNK], *dbus = b->dbus[AED_PHASE];

    memcpy(kept, dbus, b->n * sizeof *kept);
    aed_vco.backward(dx, dp, dstate, dy, tape, state, x, p, b);
    memcpy(dbus, kept, b->n * sizeof *kept);
}

BACKWARD(env_attack_scaled)
{
    double *g = dp[0], kept = *g;

    aed_env.backward(dx, dp, dstate, dy, tape, state, x, p, b);
    *g = kept + 1.001 * (*g - kept);
}

BACKWARD(env_forgets_last)
{
    dstate[1] = 0.0;
    aed_env.backward(dx, dp, dstate, dy, tape, state, x, p, b);
}

BACKWARD(vca_denv_scaled)
{
    double *g = b->dbus[AED_ENV], kept = *g;

    aed_vca.backward(dx, dp, dstate, dy, tape, state, x, p, b);
    *g = kept + 1.001 * (*g - kept);
}

BACKWARD(noise_silent)
{
    (void)dx, (void)dp, (void)dstate, (void)dy, (void)tape, (void)state, (void)x, (void)p, (void)b;
}

/* What it read from the line is not told to the line. */
BACKWARD(delay_forgets_line)
{
    static double lost[ONE_LINE_N];
    aed_line line = b->lines[0];
    aed_block deaf = *b;

    memcpy(lost, line.dx, sizeof lost);
    line.dx = lost;
    deaf.lines = &line;
    aed_delay.backward(dx, dp, dstate, dy, tape, state, x, p, &deaf);
}

typedef void (*backward_fn)(double *, double *const *, double *, const double *, const double *,
    const double *, const double *, const double *const *, const aed_block *);

static void wrong_backwards_are_rejected(void **state)
{
    static const struct
    {
        const char *what;
        const aed_module *m;
        backward_fn backward;
    } wrong[] = {
        {"ladder: cutoff scaled by 1.001 at one sample", &aed_ladder, ladder_cutoff_scaled},
        {"ladder: dx scaled by 1.001 at one sample", &aed_ladder, ladder_dx_scaled},
        {"ladder: one NaN", &aed_ladder, ladder_nan},
        {"ladder: overwrites instead of accumulating", &aed_ladder, ladder_overwrites},
        {"ladder: dstate passed unchanged", &aed_ladder, ladder_forgets_state},
        {"ladder: denv dropped", &aed_ladder, ladder_forgets_env},
        {"ladder: track scaled by 1.001 at one sample", &aed_ladder, ladder_track_scaled},
        {"svf: dpitch dropped", &aed_svf, svf_forgets_pitch},
        {"vco: derivative in dt dropped", &aed_vco, vco_without_width},
        {"vco: gradient of the next oscillator dropped", &aed_vco, vco_forgets_phase_bus},
        {"vco: gradient of the next oscillator handed on unchanged", &aed_vco, vco_keeps_phase_bus},
        {"env: attack scaled by 1.001 at one sample", &aed_env, env_attack_scaled},
        {"env: dlast dropped", &aed_env, env_forgets_last},
        {"vca: denv scaled by 1.001 at one sample", &aed_vca, vca_denv_scaled},
        {"delay: dline dropped", &aed_delay, delay_forgets_line},
        {"noise: no gradient", &aed_noise, noise_silent},
    };

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
    {
        aed_module m = *wrong[i].m;

        m.backward = wrong[i].backward;
        const verdict v = examine(&m, TRIALS, tolerance);
        printf("wrong %s: %.1e\n", wrong[i].what, v.worst);
        assert_false(v.worst <= tolerance);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wrong_backwards_are_rejected),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
