/* Damaged presets: refused, with the state kept, or possible. */
#include <stdlib.h>
#include <string.h>

#include "presets.h"

static void damaged_files_are_refused_or_possible(void **state)
{
    size_t accepted = 0, refused = 0;

    (void)state;
    for (int k = 0; k < 100; k++)
    {
        aed_bank bank = {0};

        random_bank(&bank);
        char *whole = encoded(&bank, k % 2 ? AED_READABLE : AED_COMPACT);
        const size_t length = strlen(whole);
        char *text = malloc(DAMAGED_N(length));

        for (int j = 0; j < 40; j++)
        {
            memcpy(text, whole, length + 1);
            if (survives(&bank, text, damage(text, length)))
            {
                accepted++;
                decode(&bank, whole);
            }
            else
                refused++;
            char *now = encoded(&bank, k % 2 ? AED_READABLE : AED_COMPACT);
            assert_string_equal(now, whole);
            free(now);
        }
        free(text);
        free(whole);
        aed_bank_close(&bank);
    }
    print_message("%zu damaged texts refused, %zu accepted\n", refused, accepted);
    assert_true(refused > 1000 && accepted > 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(damaged_files_are_refused_or_possible),
    };

    return cmocka_run_group_tests_name("damaged presets", tests, NULL, NULL);
}
