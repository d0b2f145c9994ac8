/* classic.c: see classic.h. */
#include "classic.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double opened = 0.7; /* theta of ladder.env */

int classic_open(classic *c)
{
    if (aed_chain_parse(&c->chain, AED_CHAIN_DEFAULT, &c->e) != AED_OK)
        return -1;
    c->voice = aed_voice_new(&c->chain, CLASSIC_SR_HZ, 1, &c->e);
    c->tape = c->voice ? aed_tape_new(c->voice, CLASSIC_N, &c->e) : NULL;
    c->x = calloc(CLASSIC_N, sizeof *c->x);
    c->score = (aed_score){.events = {{0, 64.0, 100.0}, {64 * 154, 64.0, 0.0}}, .n = 2};
    aed_chain_start(c->theta, &c->chain);
    const int amount = aed_chain_find(&c->chain, "ladder.env");

    if (amount >= 0)
        c->theta[amount] = opened;
    return c->voice && c->tape && c->x ? 0 : -1;
}

void classic_close(classic *c)
{
    aed_voice_free(c->voice);
    aed_tape_free(c->tape);
    free(c->x);
}

void classic_noise(classic *c, double level)
{
    for (size_t i = 0; i < c->chain.d; i++)
    {
        char name[AED_NAME_N];

        aed_chain_name(name, &c->chain, i);
        if (strncmp(name, "noise", 5) == 0 && strstr(name, ".level"))
            c->theta[i] = level;
    }
}

int classic_rests(const classic *c, size_t i)
{
    return (aed_chain_param(&c->chain, i)->traits & AED_STANDS) && c->theta[i] == 0.0;
}

aed_status classic_render(classic *c, aed_tape *tape)
{
    return aed_voice_render(c->voice, c->x, tape, c->theta, &c->score, CLASSIC_N);
}

aed_status classic_back(classic *c)
{
    memset(c->gradient, 0, sizeof c->gradient);
    return aed_voice_backward(c->voice, c->gradient, c->tape, c->x);
}

double classic_level(const double *x)
{
    double power = 0.0;

    for (size_t i = 0; i < CLASSIC_N; i++)
        power += x[i] * x[i] / CLASSIC_N;
    return 10.0 * log10(power);
}
