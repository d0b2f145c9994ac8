/* dL/dtheta of random chains against five-point differences, see window.h: 1 … 3 sources, 0 … 5
 * effects, with and without an lfo, feeds, glides, ramps, at one, two and four times the rate.
 * AED_CHAINS of them (20). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "presets.h"
#include "window.h"

enum
{
    CHAINS = 20
};

static const double tolerance = 1e-5;

/* Notes at any time, also at the very start and twice at once. */
static aed_score random_score(size_t n)
{
    aed_score score = {.n = below(7)};
    size_t at = 0;

    for (size_t i = 0; i < score.n; i++)
    {
        at += below(n / 6);
        score.events[i] = (aed_event){
            at, test_uniform(30.0, 90.0), below(3) ? ceil(test_uniform(0.0, 127.0)) : 0.0};
    }
    return score;
}

/* Every theta anywhere, except that no step may cross an end. */
static piece random_piece(char words[AED_WORDS_N])
{
    static const double rates[] = {44100.0, 48000.0, 96000.0};
    const size_t n = 300 + below(900);

    random_words(words, below(2), 1 + below(3), below(6));
    if (below(3) == 0)
        strcat(words, below(2) ? " 2x" : " 4x");
    return (piece){.words = words,
        .n = n,
        .ramp_n = below(2) ? below(3000) : 0,
        .block_n = below(2) ? 1 + below(100) : n,
        .before_n = below(2000),
        .score = random_score(n),
        .sr_hz = rates[below(3)],
        .lo = 6e-4,
        .hi = 1.0 - 6e-4,
        .depth = below(3) ? 0.0 : test_uniform(-12.0, 12.0),
        .onset_n = below(n),
        .pause_n = below(2) ? 1 + below(300) : 0,
        .glide_n = below(2) ? below(2000) : 0};
}

typedef struct
{
    double worst;
    size_t n, skipped;
} verdict;

static void examine(verdict *all, size_t number)
{
    char words[AED_WORDS_N] = "";
    double y[WINDOW_N], dtheta[AED_KNOBS_MOST] = {0};
    size_t skipped = 0;
    window w = window_open(random_piece(words), NULL);

    window_render(&w, y);
    assert_int_equal(aed_voice_backward(w.work, dtheta, w.tape, w.dx), AED_OK);
    const double worst = window_worst(&w, dtheta, &skipped);

    printf("grad chain %zu '%s' n %zu at %g Hz: worst %.1e of %zu, %zu skipped\n", number,
        words + 1, w.piece.n, w.piece.sr_hz, worst, w.chain.d, skipped);
    all->worst = worst <= all->worst ? all->worst : worst;
    all->n += w.chain.d;
    all->skipped += skipped;
    window_close(&w);
}

static void random_chains_agree(void **state)
{
    const char *wanted = getenv("AED_CHAINS");
    const size_t chains = wanted ? strtoul(wanted, NULL, 10) : CHAINS;
    verdict all = {0};

    (void)state;
    for (size_t k = 0; k < chains; k++)
        examine(&all, k + 1);
    printf("grad chains: worst %.1e over %zu parameters of %zu chains, %zu skipped\n", all.worst,
        all.n, chains, all.skipped);
    assert_true(all.worst <= tolerance);
    assert_true(all.skipped * 100 <= all.n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_chains_agree),
    };
    return cmocka_run_group_tests_name("gradients of random chains", tests, NULL, NULL);
}
