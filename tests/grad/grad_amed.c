/* dL/dfull of voices with networks, parameters and weights alike, against five-point differences: ramps,
 * glides, notes within the window, blocks of odd sizes. The way back of amed ends at every 256th sample
 * since the reset: windows lie between two such ends, and one goes across. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plant.h"
#include "plant/amed.h"

enum
{
    MOST_N = 256
};

static const double tolerance = 1e-5;

typedef struct
{
    const char *words;
    size_t before_n, n, ramp_n, glide_n, block_n;
    int notes;  /* a note and its end within the window */
    double key; /* of the first note */
} piece;

typedef struct
{
    piece piece;
    aed_chain chain;
    aed_voice *v, *work;
    aed_tape *tape;
    double *before, *full, *g; /* [full_n] */
    double dx[MOST_N];
} scene;

/* Parameters in the middle of their ranges, so that no step meets an end; example between two. */
static void fill(double *full, const aed_chain *chain)
{
    test_fill(full, chain->d, 0.3, 0.7);
    test_fill(full + chain->d, chain->weights_n, -0.6, 0.6);
    const int example = aed_chain_find(chain, "amed.example");

    if (example >= 0)
        full[example] = test_uniform(0.45, 0.55); /* 3.15 … 3.85: no whole number */
}

static scene open_scene(piece p)
{
    scene s = {.piece = p, .chain = chain_of(p.words)};
    const size_t n = s.chain.full_n;

    s.v = voice_of(p.words, 16000.0);
    s.work = voice_of(p.words, 16000.0);
    s.tape = aed_tape_new(s.v, p.n, NULL);
    s.before = calloc(3 * n, sizeof *s.before);
    assert_true(s.tape && s.before && p.before_n + p.n <= 2 * MOST_N && p.n <= MOST_N);
    s.full = s.before + n;
    s.g = s.full + n;
    fill(s.before, &s.chain);
    fill(s.full, &s.chain);
    test_fill(s.dx, p.n, -1.0, 1.0);
    aed_voice_glide(s.v, p.glide_n);
    return s;
}

static void close_scene(scene *s)
{
    aed_tape_free(s->tape);
    aed_voice_free(s->v);
    aed_voice_free(s->work);
    free(s->before);
}

static void blocks(scene *s, double *y, size_t n, aed_tape *tape)
{
    for (size_t at = 0; at < n; at += s->piece.block_n)
    {
        const size_t m = n - at < s->piece.block_n ? n - at : s->piece.block_n;

        assert_int_equal(aed_voice_forward(s->v, y + at, tape, m), AED_OK);
    }
}

/* <dx, y>, the window on the tape. */
static long double play(scene *s)
{
    static double y[2 * MOST_N];
    const size_t third = s->piece.n / 3;
    long double sum = 0.0;

    aed_voice_reset(s->v);
    aed_voice_theta(s->v, s->before, 0);
    aed_voice_note(s->v, s->piece.key, 100.0);
    blocks(s, y, s->piece.before_n, NULL);
    aed_voice_theta(s->v, s->full, s->piece.ramp_n);
    aed_tape_open(s->tape, s->v, s->piece.n);
    blocks(s, y, third, s->tape);
    if (s->piece.notes)
        aed_voice_note(s->v, 64.0, 80.0);
    blocks(s, y + third, third, s->tape);
    if (s->piece.notes)
        aed_voice_note(s->v, 64.0, 0.0);
    blocks(s, y + 2 * third, s->piece.n - 2 * third, s->tape);
    assert_int_equal(aed_tape_filled(s->tape), s->piece.n);
    for (size_t i = 0; i < s->piece.n; i++)
        sum += (long double)s->dx[i] * y[i];
    return sum;
}

static long double loss(const double *unused, void *context)
{
    (void)unused; /* part of the scene's full */
    return play(context);
}

static void back(scene *s)
{
    (void)play(s);
    memset(s->g, 0, s->chain.full_n * sizeof *s->g);
    assert_int_equal(aed_voice_backward(s->work, s->g, s->tape, s->dx), AED_OK);
}

/* Frequencies are steep: a step of theta is one of octaves there. */
static double step_of(const scene *s, size_t i)
{
    const int in_hz = strcmp(aed_chain_param(&s->chain, i)->unit, "Hz") == 0;

    return in_hz ? 1e-6 : 1e-5;
}

static double worst_of(scene *s)
{
    const size_t d = s->chain.d;
    double worst = 0.0;
    size_t skipped = 0;

    for (size_t i = 0; i < d; i++)
        worst = fmax(worst, gradient_part_worst(s->g + i, gradient_largest(s->g, d), 0.0,
                                s->full + i, loss, s, step_of(s, i), 0.0, &skipped, 1));
    const double of_weights =
        gradient_part_worst(s->g + d, gradient_largest(s->g + d, s->chain.weights_n), 0.0,
            s->full + d, loss, s, 1e-5, 0.0, &skipped, s->chain.weights_n);

    return isnan(of_weights) ? NAN : fmax(worst, of_weights);
}

static const piece pieces[] = {
    {"amed 8 2", 0, 256, 0, 0, 256, 0, 57}, {"amed 8 2", 30, 200, 100, 0, 37, 1, 57},
    {"amed 16 3 vco | vca", 50, 190, 120, 60, 1, 1, 57},
    {"lfo amed 8 2 | ladder | vca", 10, 240, 0, 100, 64, 1, 57},
    {"2x amed 8 1 | vca", 20, 100, 64, 0, 13, 1, 57},
    {"amed 8 1 amed 8 2", 5, 150, 300, 0, 50, 0, 57},
    {"amed-seed 8 | vca", 40, 210, 100, 0, 64, 1, 57},
    {"amed 8 32", 0, 200, 80, 0, 64, 0, 69}, /* harmonics fade below the Nyquist frequency */
};

static void voices_agree(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++)
    {
        scene s = open_scene(pieces[i]);

        back(&s);
        const double worst = worst_of(&s);

        printf("grad amed voice '%s' before %zu n %zu ramp %zu block %zu: worst %.1e of %zu\n",
            pieces[i].words, pieces[i].before_n, pieces[i].n, pieces[i].ramp_n, pieces[i].block_n,
            worst, s.chain.full_n);
        assert_true(worst <= tolerance);
        close_scene(&s);
    }
}

/* Above .45 of the sample rate f_t stands: the contour moves nothing, the frequency the pitch's input alone. */
static void the_highest_frequency_stands(void **state)
{
    scene s = open_scene((piece){"amed 8 2", 10, 200, 0, 0, 64, 0, 127});
    const size_t contour = s.chain.full_n - AED_AMED_CONTOUR_N;
    const int freq = aed_chain_find(&s.chain, "amed.freq");

    (void)state;
    s.before[freq] = s.full[freq] = 0.9;
    for (size_t i = contour; i < s.chain.full_n; i++)
        s.before[i] = s.full[i] *= 0.2;
    back(&s);
    assert_true(worst_of(&s) <= tolerance);
    assert_true(s.g[freq] != 0.0);
    for (size_t i = contour; i < s.chain.full_n; i++)
        assert_true(s.g[i] == 0.0);
    close_scene(&s);
}

static void a_wrong_gradient_is_noticed(void **state)
{
    scene s = open_scene(pieces[1]);

    (void)state;
    back(&s);
    const size_t parts[] = {0, s.chain.d, s.chain.full_n - 1};

    for (size_t i = 0; i < 3; i++)
    {
        const double kept = s.g[parts[i]];

        s.g[parts[i]] = kept * 1.001 + 1e-3 * gradient_largest(s.g, s.chain.full_n);
        assert_false(worst_of(&s) <= tolerance);
        s.g[parts[i]] = kept;
    }
    close_scene(&s);
}

/* Across sample 256 since the reset the state is a constant: the network's gradient is that of the window
 * before it and that of the window behind it. */
static void the_way_back_ends_at_the_horizon(void **state)
{
    const size_t at = 200, n = 112, first = AED_AMED_HORIZON - at;
    scene whole = open_scene((piece){"amed 8 2", at, n, 0, 0, 64, 0, 57});
    scene front = open_scene((piece){"amed 8 2", at, first, 0, 0, 64, 0, 57});
    scene rear = open_scene((piece){"amed 8 2", at + first, n - first, 0, 0, 64, 0, 57});
    const size_t bytes = whole.chain.full_n * sizeof *whole.full;
    const size_t net_n = whole.chain.weights_n - AED_AMED_CONTOUR_N, d = whole.chain.d;
    scene *all[] = {&whole, &front, &rear};

    (void)state;
    for (size_t i = 0; i < 3; i++)
    {
        memcpy(all[i]->full, whole.full, bytes);
        memcpy(all[i]->before, whole.full, bytes);
    }
    memcpy(front.dx, whole.dx, first * sizeof *whole.dx);
    memcpy(rear.dx, whole.dx + first, (n - first) * sizeof *whole.dx);
    for (size_t i = 0; i < 3; i++)
        back(all[i]);
    const double largest = gradient_largest(whole.g + d, net_n);

    for (size_t i = d; i < d + net_n; i++)
        assert_true(fabs(whole.g[i] - front.g[i] - rear.g[i]) <= 1e-12 * largest);
    for (size_t i = 0; i < 3; i++)
        close_scene(all[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(voices_agree),
        cmocka_unit_test(the_highest_frequency_stands),
        cmocka_unit_test(a_wrong_gradient_is_noticed),
        cmocka_unit_test(the_way_back_ends_at_the_horizon),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
