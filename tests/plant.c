#include "plant.h"

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
