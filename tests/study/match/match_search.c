/* match_search.c: methods without gradients. They have no term for the pitch of their own: where it is unknown
 * the lag tunes the synth first, 8 renders at a unit each, and the frequency stands from then on. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "child.h"
#include "match.h"

enum
{
    TUNING = 8 /* renders */
};

static const double kappa = 0.8;

static double clip01(double x)
{
    return fmin(fmax(x, 0.0), 1.0);
}

/* theta [d]: the start, in tune. */
static void tune(double *theta, const match_target *t)
{
    const size_t freq = match_freq();
    double octaves;

    memcpy(theta, match_start(), match_d() * sizeof *theta);
    if (t->key_known)
        theta[freq] = t->theta[freq];
    for (size_t i = 0; !t->key_known && i < TUNING; i++)
    {
        (void)match_loss(theta);
        if (!match_lag(&octaves))
            return;
        theta[freq] = clip01(theta[freq] - kappa * octaves / match_octaves());
    }
}

void match_draw(const match_method *m, const match_target *t)
{
    double theta[MATCH_D_MOST];
    aed_rng r = {aed_rng_bits(t->seed, 77), 0};

    (void)m;
    tune(theta, t);
    while (match_left() > 0)
    {
        for (size_t i = 0; i < match_d(); i++)
            if (i != match_freq())
                theta[i] = aed_rng_uniform(&r);
        (void)match_loss(theta);
    }
}

/* ---- a Python child: it asks with a line of numbers, and is answered with a loss ---- */

static child python;
static int has_python = -1; /* not yet asked */
static char hello[400];

static int python_there(void)
{
    if (has_python < 0)
        has_python =
            child_start_python(&python, MATCH_DIR "/match_rival.py", hello, sizeof hello) == 0;
    return has_python;
}

int match_has(const char *rival)
{
    return python_there() && strstr(hello, rival) != NULL;
}

/* Numbers of a line but for the frequency, which stands. 0: there are not enough. */
static int take_in(double *theta, const char *line)
{
    for (size_t i = 0; i < match_d(); i++)
    {
        char *end;

        if (i == match_freq())
            continue;
        theta[i] = clip01(strtod(line, &end));
        if (end == line)
            return 0;
        line = end;
    }
    return 1;
}

static void ask_for(const match_method *m, const match_target *t, const double *theta)
{
    fprintf(python.to, "%s %.17g %llu %zu", m->rival, m->setting,
        (unsigned long long)(t->seed % 1000000007u), match_left());
    for (size_t i = 0; i < match_d(); i++)
        if (i != match_freq())
            fprintf(python.to, " %.17g", theta[i]);
    child_say(&python, "");
}

void match_search(const match_method *m, const match_target *t)
{
    double theta[MATCH_D_MOST];
    char line[40 * MATCH_D_MOST];

    if (!python_there())
        return;
    tune(theta, t);
    ask_for(m, t, theta);
    while (child_hear(&python, line, sizeof line) == 0 && take_in(theta, line))
    {
        const double loss = match_left() > 0 ? match_loss(theta) : INFINITY;

        snprintf(line, sizeof line, "%.17g", isfinite(loss) ? loss : 1e9);
        child_say(&python, line);
    }
}
