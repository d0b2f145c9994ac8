/* Pieces: any bytes come back, Pd has nothing to read into them, and damage is noticed. */
#include <stdlib.h>
#include <string.h>

#include "box/pieces.h"
#include "common.h"

enum
{
    MOST = 600 /* bytes of a text */
};

typedef struct
{
    char text[MOST][AED_PIECE_N];
    aed_atom atoms[MOST];
    size_t n;
} pieces;

static void cut(pieces *p, const char *text, size_t n)
{
    p->n = aed_pieces_count(n);
    for (size_t i = 0; i < p->n; i++)
    {
        aed_pieces_cut(p->text[i], text, n, i);
        p->atoms[i] = (aed_atom){p->text[i], 0.0};
    }
}

static void fill(char *text, size_t n)
{
    for (size_t i = 0; i < n; i++)
        text[i] = (char)test_uniform(0.0, 256.0);
}

static void any_bytes_come_back(void **state)
{
    static pieces p;
    char text[MOST];
    aed_error e;

    (void)state;
    for (size_t n = 0; n < MOST; n++)
    {
        size_t back_n;

        fill(text, n);
        cut(&p, text, n);
        char *back = aed_pieces_join(p.atoms, p.n, &back_n, &e);
        assert_non_null(back);
        assert_int_equal(back_n, n);
        assert_memory_equal(back, text, n);
        assert_int_equal(back[n], 0);
        free(back);
    }
}

static void a_piece_is_a_plain_short_symbol(void **state)
{
    static pieces p;
    char text[MOST];

    (void)state;
    fill(text, MOST);
    cut(&p, text, MOST);
    assert_int_equal(p.n, 7); /* 87 bytes each */
    for (size_t i = 0; i < p.n; i++)
    {
        assert_true(p.text[i][0] == 'a' && strlen(p.text[i]) <= 120);
        assert_int_equal(strspn(p.text[i], "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                           "0123456789-_"),
            strlen(p.text[i]));
    }
    cut(&p, "", 0);
    assert_string_equal(
        p.text[0], "axZ0cgQ"); /* FNV-1a of nothing is 811c9dc5, lowest byte first */
}

static void refuse(const aed_atom *v, size_t count, const char *words)
{
    aed_error e;
    size_t n;

    assert_null(aed_pieces_join(v, count, &n, &e));
    assert_int_equal(e.code, AED_E_ARG);
    if (!strstr(e.msg, words))
        fail_msg("got '%s', expected '%s'", e.msg, words);
}

static void damage_is_noticed(void **state)
{
    static pieces p;
    char text[MOST];
    aed_atom v[8];

    (void)state;
    fill(text, MOST);
    cut(&p, text, MOST);
    refuse(p.atoms, 0, "the 0 pieces are not those that were saved");
    refuse(p.atoms, p.n - 1, "the 6 pieces are not those");
    refuse(p.atoms + 1, p.n - 1, "the 6 pieces are not those");
    memcpy(v, p.atoms, sizeof v);
    v[2] = p.atoms[3], v[3] = p.atoms[2];
    refuse(v, p.n, "the 7 pieces are not those");
    v[2] = (aed_atom){NULL, 3.0}, v[3] = p.atoms[3];
    refuse(v, p.n, "piece 3 of 7 is damaged");
    for (const char *const *bad =
             (const char *const[]){"", "a", "b", "aA", "a+AAA", "aAB", "aAAA", "A", "a AAA", NULL};
         *bad; bad++)
    {
        v[2] = (aed_atom){*bad, 0.0};
        refuse(v, p.n, "piece 3 of 7 is damaged");
    }
}

static void added_letters_are_noticed(void **state)
{
    static pieces p;
    char text[MOST - 1], longer[2 * AED_PIECE_N] = ""; /* the last piece has letters by fours */

    (void)state;
    fill(text, sizeof text);
    cut(&p, text, sizeof text);
    strcpy(longer, p.text[p.n - 1]);
    strcat(longer, "A");
    p.atoms[p.n - 1].s = longer;
    refuse(p.atoms, p.n, "piece 7 of 7 is damaged");
    strcpy(longer, p.text[0]);
    strcat(longer, "AAAA"); /* more than a piece has room for */
    p.atoms[0].s = longer;
    refuse(p.atoms, 1, "piece 1 of 1 is damaged");
}

static void every_changed_letter_is_noticed(void **state)
{
    static pieces p;
    char text[100];
    aed_error e;
    size_t n;

    (void)state;
    fill(text, sizeof text);
    cut(&p, text, sizeof text);
    for (size_t i = 0; i < p.n; i++)
        for (char *c = p.text[i]; *c; c++)
        {
            const char kept = *c;

            for (int other = 1; other < 256; other++)
            {
                *c = (char)other;
                if (*c != kept)
                    assert_null(aed_pieces_join(p.atoms, p.n, &n, &e));
            }
            *c = kept;
        }
    char *back = aed_pieces_join(p.atoms, p.n, &n, &e);
    assert_non_null(back);
    free(back);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_bytes_come_back),
        cmocka_unit_test(a_piece_is_a_plain_short_symbol),
        cmocka_unit_test(damage_is_noticed),
        cmocka_unit_test(added_letters_are_noticed),
        cmocka_unit_test(every_changed_letter_is_noticed),
    };

    return cmocka_run_group_tests_name("pieces of text for a patch", tests, NULL, NULL);
}
