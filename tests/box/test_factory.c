/* The presets that come with the library: each as our own encoder writes it, heard, and safe to edit. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plant/voice.h"
#include "presets.h"

#define FOLDER "presets/"

enum
{
    PRESETS_MOST = 100,
    DAMAGES = 1000
};

static char names[PRESETS_MOST][64];
static size_t names_n;

static int by_name(const void *a, const void *b)
{
    return strcmp(a, b);
}

static int find_presets(void **state)
{
    DIR *d = opendir(FOLDER);

    (void)state;
    for (const struct dirent *e; d && (e = readdir(d)) && names_n < PRESETS_MOST;)
    {
        const size_t n = strlen(e->d_name);

        if (n > 5 && n < 60 && strcmp(e->d_name + n - 5, ".json") == 0)
            strcpy(names[names_n++], e->d_name);
    }
    if (d)
        closedir(d);
    qsort(names, names_n, sizeof *names, by_name);
    return 0;
}

static char *text_of(const char *name)
{
    char path[80], *text = calloc(1, AED_PRESET_BYTES + 1);

    snprintf(path, sizeof path, FOLDER "%s", name);
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    assert_true(fread(text, 1, AED_PRESET_BYTES, f) > 0);
    fclose(f);
    return text;
}

static void read_preset(aed_bank *bank, const char *name)
{
    char path[80];
    aed_error e;

    snprintf(path, sizeof path, FOLDER "%s", name);
    if (aed_bank_read(bank, path, &e) != AED_OK)
        fail_msg("%s", e.msg);
}

static void there_are_enough(void **state)
{
    (void)state;
    assert_true(names_n >= 20);
}

/* README.md says of each, and of no other, what it is. */
static void each_is_described(void **state)
{
    char *readme = text_of("README.md"), row[80];
    size_t rows = 0;

    (void)state;
    for (size_t i = 0; i < names_n; i++)
    {
        snprintf(row, sizeof row, "\n| `%.*s` |", (int)strlen(names[i]) - 5, names[i]);
        if (!strstr(readme, row))
            fail_msg("presets/README.md has no row of %s", names[i]);
    }
    for (const char *at = readme; (at = strstr(at, "\n| `")); at++)
        rows++;
    assert_int_equal(rows, names_n);
    free(readme);
}

/* Text to memory to text, letter by letter; memory to text to memory, bit by bit. */
static void round_trips_are_bit_equal(void **state)
{
    (void)state;
    for (size_t i = 0; i < names_n; i++)
    {
        aed_bank bank = {0};
        char *text = text_of(names[i]);

        read_preset(&bank, names[i]);
        char *again = encoded(&bank, AED_READABLE);

        assert_string_equal(again, text);
        assert_round_trip(&bank, AED_READABLE);
        assert_round_trip(&bank, AED_COMPACT);
        free(again);
        free(text);
        aed_bank_close(&bank);
    }
}

/* ---- the sound ---- */

/* One second at a key, the last half of it after the release; loudest 100 ms in dB, and the peak. */
static double sound_db(double *peak, const aed_preset *p, double key, double sr_hz)
{
    const size_t n = (size_t)sr_hz, loud_n = n / 10;
    const aed_score score = {{{0, key, 127.0}, {n / 2, key, 0.0}}, 2};
    double *x = malloc(n * sizeof *x), sum = 0.0, most = 0.0;
    aed_error e;
    aed_voice *v = aed_voice_new(&p->chain, sr_hz, p->seed, &e);

    assert_int_equal(aed_voice_render(v, x, NULL, p->full, &score, n), AED_OK);
    *peak = 0.0;
    for (size_t i = 0; i < n; i++)
    {
        sum += x[i] * x[i] - (i >= loud_n ? x[i - loud_n] * x[i - loud_n] : 0.0);
        most = fmax(most, sum);
        *peak = isfinite(x[i]) ? fmax(*peak, fabs(x[i])) : 1e9;
    }
    aed_voice_free(v);
    free(x);
    return 10.0 * log10(most / (double)loud_n);
}

static void each_is_heard_and_none_is_too_loud(void **state)
{
    static const double keys[] = {36.0, 60.0, 84.0}, rates[] = {44100.0, 96000.0};

    (void)state;
    for (size_t i = 0; i < names_n; i++)
    {
        aed_bank bank = {0};

        read_preset(&bank, names[i]);
        for (size_t k = 0; k < 6; k++)
        {
            double peak;
            const double db = sound_db(&peak, &bank.now, keys[k % 3], rates[k / 3]);

            if (!(db > -30.0 && db < -3.0 && peak <= 1.0))
                fail_msg("%s: key %g at %g Hz: %.1f dB, peak %.3f", names[i], keys[k % 3],
                    rates[k / 3], db, peak);
        }
        aed_bank_close(&bank);
    }
}

/* ---- edited by accident ---- */

static void damaged_files_leave_the_sound_alone(void **state)
{
    size_t refused = 0;

    (void)state;
    for (size_t k = 0; k < DAMAGES; k++)
    {
        aed_bank bank = {0};
        char *whole = text_of(names[k % names_n]);
        const size_t n = strlen(whole);
        char *text = malloc(DAMAGED_N(n));

        decode(&bank, whole);
        memcpy(text, whole, n + 1);
        if (!survives(&bank, text, damage(text, n)))
        {
            char *now = encoded(&bank, AED_READABLE);

            assert_string_equal(now, whole);
            free(now);
            refused++;
        }
        free(text);
        free(whole);
        aed_bank_close(&bank);
    }
    print_message("%zu of %d damaged presets refused\n", refused, DAMAGES);
    assert_true(refused > DAMAGES / 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(there_are_enough),
        cmocka_unit_test(each_is_described),
        cmocka_unit_test(round_trips_are_bit_equal),
        cmocka_unit_test(each_is_heard_and_none_is_too_loud),
        cmocka_unit_test(damaged_files_leave_the_sound_alone),
    };

    return cmocka_run_group_tests_name("factory presets", tests, find_presets, NULL);
}
