/* [aed_features~] before several synths: `mix n`. */
#include <string.h>

#include "box/box_features.h"
#include "oneear.h"

enum
{
    PARTS = 3
};

/* Numbers whose sums are exact in any order. */
static double parts[PARTS][N], sum[N];

static void make_parts(void)
{
    memset(sum, 0, sizeof sum);
    for (size_t k = 0; k < PARTS; k++)
        for (size_t i = 0; i < N; i++)
        {
            parts[k][i] = floor(2048.0 * sin(0.05 * (double)((k + 1) * i))) / 8192.0;
            sum[i] += parts[k][i];
        }
}

static void hear(const double *w, size_t n)
{
    fake_send_numbers(ear, 0, NULL, w, n);
    fake_run(&ear_host, 10.0);
}

static void probe(double id, const double *w, size_t n)
{
    static double message[2 * N + 1];

    message[0] = id;
    memcpy(message + 1, w, n * sizeof *w);
    fake_send_numbers(ear, 0, "probe", message, n + 1);
    fake_run(&ear_host, 10.0);
}

static size_t losses(void)
{
    return ear->sent[1].count;
}

static int mix_setup(void **state)
{
    make_parts();
    return ear_setup(state);
}

/* What the ear says of the whole when it comes as one. */
static double gradient[N], loss;

static void learn_the_sum(void)
{
    take_target();
    hear(sum, N);
    memcpy(gradient, ear->sent[0].v, sizeof gradient);
    loss = ear->sent[1].v[0];
}

static void assert_the_sum_was_heard(size_t times)
{
    assert_int_equal(losses(), times);
    assert_true(ear->sent[1].v[0] == loss);
    assert_memory_equal(ear->sent[0].v, gradient, sizeof gradient);
}

static void the_sum_is_heard(void **state)
{
    static const size_t orders[][PARTS] = {{0, 1, 2}, {2, 0, 1}, {1, 2, 0}};

    (void)state;
    learn_the_sum();
    fake_accept(ear, 0, "mix 3");
    for (size_t k = 0; k < 3; k++)
    {
        hear(parts[orders[k][0]], N);
        hear(parts[orders[k][1]], N);
        assert_int_equal(losses(), 1 + k);
        hear(parts[orders[k][2]], N);
        assert_the_sum_was_heard(2 + k);
    }
    fake_accept(ear, 0, "mix 1");
    hear(sum, N);
    assert_the_sum_was_heard(5);
    fake_no_errors(&ear_host);
}

/* Each id by itself, between windows and one another. */
static void candidates_are_summed_by_id(void **state)
{
    (void)state;
    learn_the_sum();
    fake_accept(ear, 0, "mix 3");
    probe(1.0, parts[0], N);
    hear(parts[0], N);
    probe(0.0, parts[2], N);
    probe(1.0, parts[1], N);
    hear(parts[1], N);
    probe(0.0, parts[0], N);
    assert_int_equal(fake_seen(ear, 4, "probe"), 0);
    probe(1.0, parts[2], N);
    assert_int_equal(fake_seen(ear, 4, "probe"), 1);
    assert_true(ear->sent[4].v[0] == 1.0 && ear->sent[4].v[1] == loss);
    probe(0.0, parts[1], N);
    assert_int_equal(fake_seen(ear, 4, "probe"), 2);
    assert_true(ear->sent[4].v[0] == 0.0 && ear->sent[4].v[1] == loss);
    assert_int_equal(losses(), 1);
    hear(parts[2], N);
    assert_the_sum_was_heard(2);
    fake_no_errors(&ear_host);
}

/* One error, and the round ends unheard: the next one begins with its first window. */
static void lengths_must_be_equal(void **state)
{
    (void)state;
    learn_the_sum();
    fake_accept(ear, 0, "mix 3");
    hear(parts[0], N);
    hear(parts[1], N - 1);
    assert_non_null(
        strstr(fake_only_error(ear), "mix: got a window of 1023 samples after one of 1024"));
    hear(parts[2], N - 2);
    for (size_t k = 0; k < PARTS; k++)
        hear(parts[k], N);
    assert_the_sum_was_heard(2);
    probe(5.0, parts[0], N);
    probe(5.0, parts[0], 2 * N);
    assert_non_null(
        strstr(fake_only_error(ear), "mix: got a window of 2048 samples after one of 1024"));
    probe(5.0, parts[1], N);
    assert_int_equal(fake_seen(ear, 4, "probe"), 0);
    fake_no_errors(&ear_host);
}

static void cancel_and_mix_drop_what_waits(void **state)
{
    static const char *const drops[] = {"cancel", "mix 3", "mix 2"};

    (void)state;
    learn_the_sum();
    for (size_t i = 0; i < 3; i++)
    {
        fake_accept(ear, 0, "mix 3");
        hear(parts[0], N);
        probe(1.0, parts[0], N);
        fake_accept(ear, 0, drops[i]);
        fake_accept(ear, 0, i == 2 ? "mix 3" : "settle 0");
        for (size_t k = 0; k < PARTS; k++)
        {
            hear(parts[k], N);
            probe(1.0, parts[k], N);
        }
        assert_the_sum_was_heard(2 + i);
        assert_int_equal(fake_seen(ear, 4, "probe"), 1 + i);
    }
    hear(parts[0], N); /* and an object that goes away with one */
    fake_no_errors(&ear_host);
}

static void only_so_many_sums_wait(void **state)
{
    (void)state;
    take_target();
    fake_accept(ear, 0, "mix 2");
    for (size_t id = 0; id < AED_MIX_MOST; id++)
        probe((double)id, parts[0], N);
    fake_no_errors(&ear_host);
    probe(1000.0, parts[0], N);
    assert_non_null(strstr(fake_only_error(ear), "mix: 64 sums wait for windows"));
    probe(3.0, parts[0], N);
    assert_int_equal(fake_seen(ear, 4, "probe"), 1);
    probe(1000.0, parts[0], N);
    fake_no_errors(&ear_host);
}

static void wrong_numbers(void **state)
{
    static const char *const rows[][2] = {
        {"mix 0", "mix: got 0 windows, allowed are whole numbers 1 … 64"},
        {"mix 65", "mix: got 65 windows"},
        {"mix 1.5", "mix: got 1.5 windows"},
        {"mix", "got 0 arguments"},
        {"mix a", "argument 1 is 'a'"},
    };

    (void)state;
    learn_the_sum();
    fake_accept(ear, 0, "mix 3");
    hear(parts[0], N);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        fake_refuse(ear, 0, rows[i][0], rows[i][1]);
    hear(parts[1], N);
    hear(parts[2], N);
    assert_the_sum_was_heard(2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, mix_setup, ear_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_sum_is_heard),
        TEST(candidates_are_summed_by_id),
        TEST(lengths_must_be_equal),
        TEST(cancel_and_mix_drop_what_waits),
        TEST(only_so_many_sums_wait),
        TEST(wrong_numbers),
    };

    return cmocka_run_group_tests_name("aed_features~, mix", tests, NULL, NULL);
}
