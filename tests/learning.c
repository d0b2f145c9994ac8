#include "learning.h"

#include <string.h>

fake_loop loop;
test_plant plant;
double target[N];
const aed_score score = {{{0, 60.0, 100.0}, {N * 6 / 10, 60.0, 0.0}}, 2};

/* ---- what the tap keeps ---- */

double losses[LOSSES], rewards[LOSSES];
size_t losses_n, rewards_n;
double theta[D_MOST], window[N], dx[N], dtheta[D_MOST];
size_t windows;

static void keep(double *to, size_t most, const double *v, size_t n)
{
    memcpy(to, v, (n < most ? n : most) * sizeof *v);
}

static void tap(
    void *context, fake_object *o, size_t outlet, const char *selector, const double *v, size_t n)
{
    (void)context;
    if (selector)
        return;
    if (o == loop.features && outlet == 1 && losses_n < LOSSES)
        losses[losses_n++] = v[0];
    if (o == loop.features && outlet == 2 && rewards_n < LOSSES)
        rewards[rewards_n++] = v[0];
    if (o == loop.features && outlet == 0)
        keep(dx, N, v, n);
    if (o == loop.train && outlet == 0)
        keep(theta, D_MOST, v, n);
    if (o == loop.synth && outlet == 1)
        keep(dtheta, D_MOST, v, n);
    if (o == loop.synth && outlet == 2)
    {
        keep(window, N, v, n);
        windows++;
    }
}

void open_with(const char *thread, int with_sched)
{
    fake_thread(thread);
    fake_loop_open(&loop, SYNTH, EAR, with_sched);
    loop.host.tap = tap;
    losses_n = rewards_n = windows = 0;
    fake_array(&loop.host, "target", target, N);
    fake_send(loop.features, 0, "target target");
    assert_true(fake_run_until_seen(loop.features, 4, "target", 1, 1e5));
}

int close_loop(void **state)
{
    (void)state;
    fake_loop_close(&loop);
    return 0;
}

/* The sound of a theta that nobody told the loop, at the pitch that it plays. */
int make_target(void **state)
{
    aed_error e;
    double known[D_MOST];

    (void)state;
    plant = plant_of("");
    memcpy(known, plant.start, sizeof known);
    known[plant_find(&plant, "ladder.cutoff")] = 0.8;
    known[plant_find(&plant, "ladder.resonance")] = 0.3;
    known[plant_find(&plant, "noise.level")] = 0.3;
    aed_voice *v = aed_voice_new(&plant.chain, 44100.0, 3, &e);
    const aed_status status = aed_voice_render(v, target, NULL, known, &score, N);
    aed_voice_free(v);
    return status != AED_OK;
}

void learn(const char *how)
{
    fake_accept(loop.train, 0, how);
    assert_true(fake_run_until_seen(loop.train, 1, "done", 1, 1e6));
    fake_no_errors(&loop.host);
}

double least(void)
{
    double l = losses[0];

    for (size_t i = 0; i < losses_n; i++)
        l = fmin(l, losses[i]);
    return l;
}

double mean(const double *x, size_t n)
{
    double sum = 0.0;

    for (size_t i = 0; i < n; i++)
        sum += x[i];
    return sum / (double)n;
}
