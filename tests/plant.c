#include "plant.h"

#include <string.h>

aed_chain chain_of(const char *words)
{
    aed_chain c;
    aed_error e;

    assert_int_equal(aed_chain_parse(&c, words, &e), AED_OK);
    return c;
}

aed_voice *voice_of(const char *words, double sr_hz)
{
    const aed_chain c = chain_of(words);
    aed_error e;
    aed_voice *v = aed_voice_new(&c, sr_hz, 1, &e);

    assert_non_null(v);
    return v;
}

test_plant plant_of(const char *words)
{
    test_plant p;
    aed_error e;

    assert_int_equal(
        aed_plant_parse(&p.chain, p.start, &p.knobs, words[0] ? words : aed_plants[0].name, &e),
        AED_OK);
    return p;
}

void plant_full(double *full, const test_plant *p, const double *theta)
{
    memcpy(full, p->start, p->chain.d * sizeof *full);
    aed_knobs_expand(full, &p->knobs, theta);
}

size_t plant_find(const test_plant *p, const char *name)
{
    const int i = aed_chain_find(&p->chain, name);

    assert_true(i >= 0);
    return (size_t)i;
}

size_t plant_theta(const test_plant *p, const char *name)
{
    const size_t i = plant_find(p, name);
    size_t j = 0;

    while (j < p->knobs.d && p->knobs.index[j] != i)
        j++;
    assert_true(j < p->knobs.d);
    return j;
}

aed_block test_block(double sr_hz, double ratio)
{
    static double pool[8][2 * AED_BUSES + 1][AED_CHUNK];
    static size_t next;
    double(*room)[AED_CHUNK] = pool[next++ % 8];
    aed_block b = {.sr_hz = sr_hz, .ratio = room[2 * AED_BUSES], .n = AED_CHUNK};

    memset(room, 0, sizeof pool[0]);
    for (size_t i = 0; i < AED_CHUNK; i++)
    {
        room[2 * AED_BUSES][i] = ratio;
        room[AED_PITCH][i] = log2(ratio);
    }
    for (size_t k = 0; k < AED_BUSES; k++)
    {
        b.bus[k] = room[k];
        b.dbus[k] = room[AED_BUSES + k];
    }
    return b;
}

solo solo_of(const aed_module *m, double sr_hz)
{
    const aed_chain chain = {.modules = {m}, .n = 1};
    solo s = {.m = m, .sr_hz = sr_hz};

    assert_true(m->state_n <= SOLO_STATE_N);
    aed_lines_layout(&s.lines, &s.arena, &chain, sr_hz, AED_CHUNK, 0);
    assert_int_equal(aed_arena_open(&s.arena), AED_OK);
    aed_lines_layout(&s.lines, &s.arena, &chain, sr_hz, AED_CHUNK, 0);
    m->reset(s.state, 1, 0);
    return s;
}

void solo_free(solo *s)
{
    aed_arena_close(&s->arena);
}

void solo_play(solo *s, double *y, double *side, const double *x, const double *const *p,
    size_t chunk_n, size_t n)
{
    static double tape[SOLO_STATE_N * AED_CHUNK];

    assert_true(s->m->tape_n <= SOLO_STATE_N);
    for (size_t at = 0; at < n; at += chunk_n)
    {
        const double *at_p[AED_MAX_PARAMS];
        aed_block b = test_block(s->sr_hz, 1.0);

        for (size_t k = 0; k < s->m->n_params; k++)
            at_p[k] = p[k] + at;
        b.n = n - at < chunk_n ? n - at : chunk_n;
        b.at = s->at;
        b.lines = s->lines.line;
        b.side = side ? side + at : NULL;
        s->m->forward(y + at, tape, s->state, x + at, at_p, &b);
        s->at += b.n;
    }
}
