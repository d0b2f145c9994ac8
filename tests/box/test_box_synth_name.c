/* [aed_synth~ -name NAME]: objects of one name, such as the voices of a [clone]. */
#include <string.h>

#include "fakehost.h"
#include "plant.h"

enum
{
    N = 512,
    VOICES = 3
};

static fake_host host;
static fake_object *voice[VOICES], *other, *nameless, *another_chain;

static fake_object *must(const char *arguments)
{
    aed_error e;
    fake_object *o = fake_new(&host, &aed_class_synth, arguments, &e);

    assert_non_null(o);
    return o;
}

static int setup(void **state)
{
    (void)state;
    fake_open(&host);
    fake_thread("sync");
    for (size_t i = 0; i < VOICES; i++)
        voice[i] = must("vco | ladder | vca -window 512 -name a");
    other = must("vco | ladder | vca -window 512 -name b");
    nameless = must("vco | ladder | vca -window 512");
    another_chain = must("vco vco | vca -window 512 -name a");
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    fake_close(&host);
    fake_thread("async");
    return 0;
}

static double value_of(fake_object *o, const char *name)
{
    char message[80] = "param ";

    fake_accept(o, 0, strcat(message, name));
    return o->sent[3].v[1];
}

static void assert_all_at(double hz)
{
    for (size_t i = 0; i < VOICES; i++)
        if (voice[i]->box)
            assert_true(fabs(value_of(voice[i], "ladder.cutoff") - hz) < 1e-3);
}

static void to_all(const char *message)
{
    for (size_t i = 0; i < VOICES; i++)
        if (voice[i]->box)
            fake_accept(voice[i], 0, message);
}

static size_t windows(void)
{
    size_t n = 0;

    for (size_t i = 0; i < VOICES; i++)
        n += voice[i]->sent[2].count;
    return n;
}

static size_t sent(size_t outlet)
{
    size_t n = 0;

    for (size_t i = 0; i < VOICES; i++)
        n += fake_seen(voice[i], outlet, "");
    return n;
}

/* ---- */

static void parameters_are_shared(void **state)
{
    (void)state;
    const double was = value_of(other, "ladder.cutoff");

    for (size_t i = 0; i < VOICES; i++)
    {
        fake_accept(voice[i], 0, i == 1 ? "turn ladder.cutoff 0.25" : "ladder.cutoff 500");
        const double at = value_of(voice[i], "ladder.cutoff");
        assert_true(at != was);
        assert_all_at(at);
    }
    assert_true(value_of(other, "ladder.cutoff") == was);
    assert_true(value_of(nameless, "ladder.cutoff") == was);
    fake_accept(voice[2], 0, "vco.freq 100");
    assert_true(fabs(value_of(voice[0], "vco.freq") - 100.0) < 1e-3);
    assert_true(value_of(another_chain, "vco1.freq") != 100.0);
    fake_no_errors(&host);
}

/* And they sound alike. */
static void all_of_them_sound_alike(void **state)
{
    (void)state;
    fake_dsp(&host, 1);
    fake_accept(voice[1], 0, "ladder.cutoff 3000");
    fake_run(&host, 100.0);
    to_all("note 60 100");
    fake_accept(other, 0, "note 60 100");
    fake_run(&host, 100.0);
    assert_memory_equal(voice[0]->signal, voice[1]->signal, sizeof voice[0]->signal);
    assert_memory_equal(voice[0]->signal, voice[2]->signal, sizeof voice[0]->signal);
    assert_true(memcmp(voice[0]->signal, other->signal, sizeof other->signal) != 0);
}

/* What goes to all of them, as through a [clone], is answered once. */
static void one_of_them_learns(void **state)
{
    static double dx[N];

    (void)state;
    dx[100] = 1.0;
    to_all("solo ladder.cutoff vca.gain");
    to_all("0.25 0.5");
    fake_run(&host, 50.0);
    assert_int_equal(windows(), 1);
    assert_int_equal(voice[0]->sent[2].count, 1);
    for (size_t i = 0; i < VOICES; i++)
        fake_send_numbers(voice[i], 1, NULL, dx, N);
    fake_run(&host, 50.0);
    assert_int_equal(sent(1), 1);
    to_all("probe 1 0.2 0.5");
    fake_run(&host, 50.0);
    assert_int_equal(windows(), 2);
    to_all("render");
    fake_run(&host, 50.0);
    assert_int_equal(windows(), 3);
    for (size_t i = 0; i < VOICES; i++)
        assert_int_equal(fake_seen(voice[i], 3, "late"), 0);
    fake_no_errors(&host);
}

static void ways_back_are_shared(void **state)
{
    static double dx[N];

    (void)state;
    dx[100] = 1.0;
    to_all("solo ladder.cutoff vca.gain");
    const double start = value_of(voice[0], "ladder.cutoff");
    to_all("0.75 0.5");
    fake_run(&host, 50.0);
    fake_send_numbers(voice[0], 1, NULL, dx, N);
    fake_run(&host, 50.0);
    const double good = value_of(voice[1], "ladder.cutoff");
    to_all("0.25 0.5");
    fake_run(&host, 50.0);
    const double last = value_of(voice[2], "ladder.cutoff");
    to_all("undo");
    assert_all_at(start);
    to_all("undo");
    assert_all_at(last);
    to_all("panic");
    assert_all_at(good);
    fake_no_errors(&host);
}

static void members_come_and_go(void **state)
{
    aed_error e;

    (void)state;
    to_all("solo ladder.cutoff vca.gain");
    fake_delete(voice[1]);
    fake_accept(voice[2], 0, "ladder.cutoff 700");
    assert_all_at(700.0);
    fake_accept(voice[2], 0, "render");
    fake_run(&host, 20.0);
    assert_int_equal(windows(), 0);
    /* The first one goes, with a job under way: the next one learns. */
    fake_accept(voice[0], 0, "render");
    fake_delete(voice[0]);
    fake_accept(voice[2], 0, "0.25 0.5");
    fake_run(&host, 20.0);
    assert_int_equal(voice[2]->sent[2].count, 1);
    assert_true(
        fake_again(voice[0], &aed_class_synth, "vco | ladder | vca -window 512 -name a", &e));
    assert_all_at(value_of(voice[2], "ladder.cutoff"));
    assert_true(value_of(voice[0], "ladder.cutoff") != value_of(other, "ladder.cutoff"));
    fake_accept(voice[2], 0, "ladder.cutoff 800");
    assert_all_at(800.0);
    fake_accept(voice[0], 0, "render");
    fake_run(&host, 20.0);
    assert_int_equal(windows(), 1);
    fake_no_errors(&host);
}

static void live_thetas_are_shared(void **state)
{
    static const char *const modes[] = {"mode live free", "mode live note"};

    (void)state;
    fake_dsp(&host, 1);
    to_all("solo ladder.cutoff vca.gain");
    for (size_t m = 0; m < 2; m++)
    {
        fake_accept(voice[0], 0, modes[m]);
        fake_accept(voice[0], 0, m ? "0.25 0.5" : "0.75 0.5"); /* to the first one alone */
        to_all("note 60 100");
        fake_run(&host, 50.0);
        assert_int_equal(windows(), m + 1);
        assert_all_at(value_of(voice[0], "ladder.cutoff"));
        for (size_t i = 1; i < VOICES; i++)
            assert_memory_equal(voice[0]->signal, voice[i]->signal, sizeof voice[0]->signal);
        to_all("reset");
    }
    fake_no_errors(&host);
}

static void names_are_names(void **state)
{
    aed_error e;

    (void)state;
    assert_null(fake_new(&host, &aed_class_synth, "vco -name", &e));
    assert_non_null(strstr(e.msg, "-name"));
    assert_null(fake_new(&host, &aed_class_synth, "vco -name 3", &e));
    assert_null(fake_new(&host, &aed_class_synth, "zork -name a", &e));
    fake_accept(voice[0], 0, "ladder.cutoff 700"); /* the failed ones left nothing behind */
    assert_all_at(700.0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(parameters_are_shared),
        TEST(all_of_them_sound_alike),
        TEST(one_of_them_learns),
        TEST(ways_back_are_shared),
        TEST(members_come_and_go),
        TEST(live_thetas_are_shared),
        TEST(names_are_names),
    };

    return cmocka_run_group_tests_name("aed_synth~, objects of one name", tests, NULL, NULL);
}
