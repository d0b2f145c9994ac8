/* Two synths with a trainer each before one ear: together they come to sound like the target. */
#include <string.h>

#include "learning.h"

static fake_host host;
static fake_object *both, *synths[2], *trains[2];
static double chord[N], heard[2][N], sums[LOSSES];
static size_t n_sums;

static const char *const scores[] = {"score 60 100 0 30", "score 67 100 0 30"};

static void note(
    void *context, fake_object *o, size_t outlet, const char *selector, const double *v, size_t n)
{
    (void)context;
    if (o == both && outlet == 1 && n_sums < LOSSES)
        sums[n_sums++] = v[0];
    for (size_t k = 0; k < 2; k++)
        if (o == synths[k] && outlet == 2 && !selector && n == N)
            memcpy(heard[k], v, sizeof heard[k]);
}

static int wire(void **state)
{
    aed_error e;

    (void)state;
    fake_open(&host);
    fake_thread("sync");
    host.tap = note;
    n_sums = 0;
    both = fake_new(&host, &aed_class_features, EAR, &e);
    for (size_t k = 0; k < 2; k++)
    {
        synths[k] = fake_new(&host, &aed_class_synth, "vco | ladder | vca " SYNTH, &e);
        trains[k] = fake_new(&host, &aed_class_train, "", &e);
        assert_true(synths[k] && trains[k]);
        fake_cord_make(&host, trains[k], 0, synths[k], 0);
        fake_cord_make(&host, synths[k], 2, both, 0);
        fake_cord_make(&host, both, 0, synths[k], 1);
        fake_cord_make(&host, synths[k], 1, trains[k], 0);
        fake_cord_make(&host, both, 4, trains[k], 2);
        fake_accept(synths[k], 0, scores[k]);
        fake_accept(synths[k], 0, "solo ladder.cutoff vca.gain");
    }
    fake_accept(both, 0, "lag 0");
    fake_accept(both, 0, "mix 3"); /* no window is heard before there is a target */
    return 0;
}

static int unwire(void **state)
{
    (void)state;
    fake_close(&host);
    fake_thread("async");
    return 0;
}

/* The chord of two thetas that nobody tells the loop. */
static void take_chord(void)
{
    static const char *const known[] = {"ladder.cutoff 800", "ladder.cutoff 3000"};

    for (size_t k = 0; k < 2; k++)
    {
        fake_accept(synths[k], 0, known[k]);
        fake_accept(synths[k], 0, "render");
        fake_run(&host, 10.0);
    }
    for (size_t i = 0; i < N; i++)
        chord[i] = heard[0][i] + heard[1][i];
    fake_array(&host, "chord", chord, N);
    fake_accept(both, 0, "target chord");
    assert_true(fake_run_until_seen(both, 4, "target", 1, 50.0));
    fake_accept(both, 0, "mix 2");
    for (size_t k = 0; k < 2; k++)
        fake_accept(synths[k], 0, "ladder.cutoff 2000");
}

static void they_learn_a_chord(void **state)
{
    (void)state;
    take_chord();
    for (size_t k = 0; k < 2; k++)
        fake_accept(trains[k], 0, "probe 10 3 1");
    for (size_t k = 0; k < 2; k++)
        fake_accept(trains[k], 0, "start 80");
    for (size_t k = 0; k < 2; k++)
        assert_true(fake_run_until_seen(trains[k], 1, "done", 1, 1e5));
    fake_no_errors(&host);
    assert_true(n_sums >= 80);
    double best = sums[0];

    for (size_t i = 0; i < n_sums; i++)
        best = fmin(best, sums[i]);
    print_message("a chord of two synths: loss %g, then %g\n", sums[0], best);
    assert_true(fake_seen(both, 4, "probe") >= 3);
    assert_true(best < 0.1 * sums[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(they_learn_a_chord, wire, unwire),
    };

    return cmocka_run_group_tests_name("mix, in a loop", tests, NULL, NULL);
}
