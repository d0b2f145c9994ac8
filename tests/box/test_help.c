/* The help patches say every message as the tables have it, that of [aed_features~] every feature, loss and
 * reward too: a new row is not there until it can be read about. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "box/box.h"
#include "common.h"
#include "ear/ear.h"

static char *help;

/* The patch of a class without Pd's backslashes before commas, and in one line. */
static void read_help(const char *name)
{
    const size_t most = 1 << 20;
    char path[100];
    size_t n = 0;
    int c;

    snprintf(path, sizeof path, "help-patches/%s-help.pd", name);
    FILE *f = fopen(path, "rb");

    free(help);
    help = malloc(most);
    assert_true(f && help);
    while ((c = fgetc(f)) != EOF && n + 1 < most)
    {
        if (c == '\\' && n && help[n - 1] == ' ')
            n--; /* " \," was "," */
        else if (c != '\\')
            help[n++] = c == '\n' ? ' ' : (char)c;
    }
    help[n] = 0;
    fclose(f);
}

static int read_features(void **state)
{
    (void)state;
    read_help(aed_class_features.name);
    return 0;
}

static int forget_help(void **state)
{
    (void)state;
    free(help);
    help = NULL;
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

/* ---- messages ---- */

/* Help says to a musician what a table says to whoever made a mistake. */
static const char *const words[][2] = {
    {"theta", "θ"}, {"pitch velocity", "key velocity"}, {"[pitch ", "[key "}};

static void replace(char text[300], const char *from, const char *to)
{
    char *at = strstr(text, from);

    if (!at)
        return;
    memmove(at + strlen(to), at + strlen(from), strlen(at + strlen(from)) + 1);
    memcpy(at, to, strlen(to));
}

/* 1: a comment is this text, or begins with it: a single word has to be all of it. */
static int begins(const char *text)
{
    const size_t n = strlen(text);

    for (const char *at = help; (at = strstr(at, "#X text ")) != NULL; at++)
    {
        int skip = 0;

        if (sscanf(at, "#X text %*d %*d %n", &skip) < 0 || skip == 0)
            continue;
        const char *comment = at + skip;

        if (strncmp(comment, text, n) == 0 &&
            (strncmp(comment + n, ", f ", 4) == 0 || (comment[n] == ' ' && strchr(text, ' '))))
            return 1;
    }
    return 0;
}

static int documented(const char *usage)
{
    char text[300];

    if (begins(usage))
        return 1;
    snprintf(text, sizeof text, "%s", usage);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        replace(text, words[i][0], words[i][1]);
    return begins(text);
}

static void every_message(void **state)
{
    static const aed_class *const classes[] = {
        &aed_class_features, &aed_class_sched, &aed_class_synth, &aed_class_train};

    (void)state;
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
    {
        read_help(classes[i]->name);
        for (const aed_method *m = classes[i]->methods; m->selector; m++)
            if (!documented(m->usage))
                fail_msg("help of %s has no comment '%s'", classes[i]->name, m->usage);
    }
    assert_false(documented("zork first n"));
    assert_false(documented("unbounded n first"));
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
        cmocka_unit_test_setup(every_feature, read_features),
        cmocka_unit_test_setup(every_loss, read_features),
        cmocka_unit_test_setup(every_reward, read_features),
    };

    return cmocka_run_group_tests_name("help", tests, NULL, forget_help);
}
