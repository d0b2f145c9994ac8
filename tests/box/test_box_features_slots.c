/* [aed_features~] analyses each of its targets once, as long as there are slots, and nothing tells. */
#include <string.h>

#include "box/box_features.h"
#include "oneear.h"

static const aed_ear_work *work(void)
{
    return &((const aed_features_box *)ear->box)->work;
}

static void hear(size_t times)
{
    while (times--)
        (void)ear_loss_now();
}

/* ---- how often ---- */

static void a_set_is_analysed_once_each(void **state)
{
    (void)state;
    take_set();
    hear(60);
    assert_int_equal(work()->analysed, 3);
    assert_int_equal(work()->tuner.analysed, 3);
    assert_int_equal(work()->slots.n, 3);
}

static void a_single_target_takes_one_slot(void **state)
{
    (void)state;
    take_target();
    hear(5);
    assert_int_equal(work()->analysed, 1);
    assert_int_equal(work()->slots.n, 1);
    take_set();
    hear(30);
    fake_accept(ear, 0, "target target");
    assert_true(fake_run_until_seen(ear, 4, "target", 5, 50.0));
    hear(5);
    assert_int_equal(work()->slots.n, 1);
    assert_int_equal(work()->analysed, 1 + 3 + 1);
}

/* Settings, segments and sounds that change make it anew, once each. */
static void what_changes_is_analysed_again(void **state)
{
    static const char *const changes[] = {
        "floor 0.01", "cap 0.2", "features rms", "segments 400 4096"};

    (void)state;
    take_set();
    hear(30);
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++)
    {
        fake_accept(ear, 0, changes[i]);
        hear(30);
        assert_int_equal(work()->analysed, 3 * (i + 2));
        assert_int_equal(work()->tuner.analysed, 3 * (i + 2));
    }
    fake_accept(ear, 0, "targets third second target");
    assert_true(fake_run_until_seen(ear, 4, "target", 6, 50.0));
    hear(30);
    assert_int_equal(work()->analysed, 3 * 6);
    fake_accept(ear, 0, "lag 0");
    fake_accept(ear, 0, "loss logmel 0.5");
    hear(30);
    assert_int_equal(work()->analysed, 3 * 6);
}

/* With `lag 0` the tuner hears of no target; it catches up. */
static void the_tuner_catches_up(void **state)
{
    (void)state;
    fake_accept(ear, 0, "lag 0");
    take_set();
    hear(30);
    assert_int_equal(work()->tuner.analysed, 0);
    fake_accept(ear, 0, "lag 1");
    hear(30);
    assert_int_equal(work()->tuner.analysed, 3);
    assert_int_equal(work()->analysed, 3);
}

/* ---- the same results ---- */

static double tuned[2][4]; /* f0 and lag: of the one with a set, of another one */

static void note_tuned(
    void *context, fake_object *o, size_t outlet, const char *selector, const double *v, size_t n)
{
    (void)context;
    if (outlet == 4 && selector && strcmp(selector, "drawn") == 0)
        memcpy(ear_drawn, v, sizeof ear_drawn);
    if (outlet == 4 && selector && strcmp(selector, "f0") == 0)
        memcpy(tuned[o != ear], v, n * sizeof *v);
    if (outlet == 4 && selector && strcmp(selector, "lag") == 0)
        memcpy(tuned[o != ear] + 2, v, n * sizeof *v);
}

/* Other objects with one target each, which analysed it just now. */
static void results_are_those_of_a_new_analysis(void **state)
{
    static const char *const targets[] = {"target target", "target second", "target third"};
    fake_object *single[3];
    aed_error e;

    (void)state;
    for (size_t i = 0; i < 3; i++)
        single[i] =
            fake_new(&ear_host, &aed_class_features, "256 512 -hop 64 -mels 20 -window 1024", &e);
    take_set();
    ear_host.tap = note_tuned;
    for (size_t times = 0; times < 40; times++)
    {
        fake_accept(ear, 0, times & 1 ? "gradient reward" : "gradient loss");
        hear(1);
        fake_object *other = single[(size_t)ear_drawn[0] - 1];

        fake_accept(other, 0, times & 1 ? "gradient reward" : "gradient loss");
        fake_accept(other, 0, targets[(size_t)ear_drawn[0] - 1]);
        fake_send_numbers(other, 0, NULL, ear_window, N);
        assert_true(fake_run_until(other, 0, 50.0));
        for (size_t outlet = 0; outlet < 4; outlet++)
        {
            assert_int_equal(ear->sent[outlet].n, other->sent[outlet].n);
            assert_memory_equal(
                ear->sent[outlet].v, other->sent[outlet].v, ear->sent[outlet].n * sizeof(double));
        }
        assert_true(tuned[0][3] > 0.0);
        assert_memory_equal(tuned[0], tuned[1], sizeof tuned[0]);
    }
}

/* ---- more than there are slots ---- */

static void assert_lag_from(aed_tuner *direct, const double *sound)
{
    aed_tuner_result r;

    assert_int_equal(aed_tuner_target(direct, sound, NULL), AED_OK);
    assert_int_equal(aed_tuner_listen(&r, direct, ear_window, NULL), AED_OK);
    assert_true(tuned[0][2] == (double)(float)r.octaves);
}

static void the_piece_met_longest_ago_makes_room(void **state)
{
    aed_tuner *direct = aed_tuner_new(44100.0, N, 1, NULL);
    size_t met[49] = {0}, kinds = 0;

    (void)state;
    ear_host.tap = note_tuned;
    for (size_t i = 0; i < 4 * N; i++)
        ear_target[i] = 0.3 * sin(0.02 * (double)i + 1e-5 * (double)(i * i));
    take_target();
    fake_accept(ear, 0, "segments 1024 64"); /* 1 + 3072 / 64 pieces */
    for (size_t times = 0; times < 200; times++)
    {
        const double loss = ear_loss_now();
        const size_t at = (size_t)ear_drawn[1];

        kinds += met[at / 64]++ == 0;
        assert_true(loss == ear_loss_against(ear_target + at, N));
        assert_lag_from(direct, ear_target + at);
    }
    aed_tuner_free(direct);
    assert_int_equal(work()->slots.n, AED_SLOTS_MOST);
    assert_true(kinds > AED_SLOTS_MOST);
    assert_true(work()->analysed > kinds && work()->analysed < 200);
}

/* A set for which there is no memory is analysed as far as there is. */
static void slots_need_memory(void **state)
{
    static double sound[65536];
    aed_error e;

    (void)state;
    for (size_t i = 0; i < 65536; i++)
        sound[i] = 0.3 * sin(0.02 * (double)i + 1e-6 * (double)(i * i));
    fake_array(&ear_host, "sound", sound, 65536);
    ear = fake_new(&ear_host, &aed_class_features, "1024 4096 -hop 16 -window 16384", &e);
    fake_accept(ear, 0, "segments 16384 2048");
    fake_accept(ear, 0, "target sound");
    for (size_t times = 0; times < 6; times++)
    {
        fake_send_numbers(ear, 0, NULL, sound, 16384);
        assert_true(fake_run_until(ear, 0, 50.0));
        assert_true((ear->sent[1].v[0] < 1e-9) == (ear_drawn[1] == 0.0));
    }
    assert_true(work()->slots.n > 1 && work()->slots.n < 25);
    fake_no_errors(&ear_host);
}

/* ---- follow ---- */

static void play(void *context, double *y, size_t n)
{
    size_t *at = context;

    for (size_t i = 0; i < n; i++)
        y[i] = 0.4 * sin(0.05 * (double)(*at)++);
}

static void what_is_followed_takes_one_slot(void **state)
{
    size_t at = 0;

    (void)state;
    ear_host.context = &at;
    ear_host.model = play;
    fake_dsp(&ear_host, 1);
    take_set();
    hear(30);
    fake_accept(ear, 0, "follow 1");
    hear(10);
    assert_int_equal(work()->analysed, 3 + 10);
    assert_int_equal(work()->slots.n, 3);
    fake_accept(ear, 0, "follow 0");
    hear(30);
    assert_int_equal(work()->analysed, 3 + 10 + 1); /* what had made room for it */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        EAR_TEST(a_set_is_analysed_once_each),
        EAR_TEST(a_single_target_takes_one_slot),
        EAR_TEST(what_changes_is_analysed_again),
        EAR_TEST(the_tuner_catches_up),
        EAR_TEST(results_are_those_of_a_new_analysis),
        EAR_TEST(the_piece_met_longest_ago_makes_room),
        EAR_TEST(slots_need_memory),
        EAR_TEST(what_is_followed_takes_one_slot),
    };

    return cmocka_run_group_tests_name("aed_features~, slots", tests, NULL, NULL);
}
