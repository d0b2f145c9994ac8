/* The help patch of [aed_features~] says every message, feature, loss and reward as the tables have
 * them: a new row is not there until it can be read about. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "box/box.h"
#include "common.h"
#include "ear/ear.h"

static char *help;

/* The patch without Pd's backslashes before commas, and in one line. */
static int read_help(void **state)
{
    FILE *f = fopen("help-patches/aed_features~-help.pd", "rb");
    size_t n = 0, most = 1 << 20;
    int c;

    (void)state;
    help = malloc(most);
    if (!f || !help)
        return -1;
    while ((c = fgetc(f)) != EOF && n + 1 < most)
    {
        if (c == '\\' && n && help[n - 1] == ' ')
            n--; /* " \," was "," */
        else if (c != '\\')
            help[n++] = c == '\n' ? ' ' : (char)c;
    }
    help[n] = 0;
    fclose(f);
    return 0;
}

static int forget_help(void **state)
{
    (void)state;
    free(help);
    return 0;
}

/* A comment of just this text, or the weight in brackets before it. */
static void says(const char *text)
{
    char comment[300];

    snprintf(comment, sizeof comment, " %s, f ", text);
    if (!strstr(help, comment))
        fail_msg("the help patch has no comment '%s'", text);
}

static void every_message(void **state)
{
    (void)state;
    for (const aed_method *m = aed_class_features.methods; m->selector; m++)
        says(m->usage);
}

static void every_feature(void **state)
{
    (void)state;
    for (size_t i = 0; i < AED_FEATURES; i++)
    {
        says(aed_features[i]->name);
        says(aed_features[i]->doc);
    }
}

static void every_loss(void **state)
{
    char text[200];

    (void)state;
    for (size_t i = 0; i < AED_LOSSES; i++)
    {
        says(aed_losses[i]->name);
        snprintf(text, sizeof text, "(%g) %s", aed_losses[i]->default_weight, aed_losses[i]->doc);
        says(text);
    }
}

static void every_reward(void **state)
{
    char text[200];

    (void)state;
    for (size_t i = 0; i < AED_REWARDS; i++)
    {
        says(aed_rewards[i].name);
        snprintf(text, sizeof text, "(%g) %s", aed_rewards[i].default_weight, aed_rewards[i].doc);
        says(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_message),
        cmocka_unit_test(every_feature),
        cmocka_unit_test(every_loss),
        cmocka_unit_test(every_reward),
    };

    return cmocka_run_group_tests_name("help of aed_features~", tests, read_help, forget_help);
}
