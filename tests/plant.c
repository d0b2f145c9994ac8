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
