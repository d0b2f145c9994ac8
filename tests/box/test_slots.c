/* Which target lies in which slot. */
#include "box/slots.h"
#include "common.h"

static aed_slots slots;

static const aed_meeting followed = {.followed = 1};

static aed_meeting piece(size_t sound, size_t at, size_t segment_n)
{
    return (aed_meeting){0, {sound, at}, segment_n};
}

/* Meet m; 1 when it was there. */
static int meet(aed_meeting m)
{
    int has;
    const size_t k = aed_slots_find(&slots, &m, &has);

    aed_slots_use(&slots, k, &m);
    assert_int_equal(slots.last, k);
    return has;
}

static int set_up(void **state)
{
    (void)state;
    aed_slots_clear(&slots, 3);
    return 0;
}

static void each_difference_is_another_target(void **state)
{
    (void)state;
    assert_false(aed_slots_known(&slots));
    assert_false(meet(piece(0, 0, 0)));
    assert_true(aed_slots_known(&slots));
    assert_true(meet(piece(0, 0, 0)));
    assert_false(meet(piece(1, 0, 0)));
    assert_false(meet(piece(0, 7, 0)));
    aed_slots_clear(&slots, 3);
    assert_false(aed_slots_known(&slots));
    assert_false(meet(piece(0, 0, 0)));
    assert_false(meet(piece(0, 0, 100)));
    assert_false(meet(followed));
    assert_true(meet(piece(0, 0, 0)) && meet(piece(0, 0, 100)) && meet(followed));
}

static void the_one_met_longest_ago_makes_room(void **state)
{
    (void)state;
    for (size_t i = 0; i < 3; i++)
        assert_false(meet(piece(i, 0, 0)));
    assert_true(meet(piece(0, 0, 0)));
    assert_false(meet(piece(3, 0, 0))); /* instead of 1 */
    assert_true(meet(piece(0, 0, 0)) && meet(piece(2, 0, 0)) && meet(piece(3, 0, 0)));
    assert_false(meet(piece(1, 0, 0)));
    assert_false(meet(piece(0, 0, 0)));
}

static void what_was_followed_goes_first(void **state)
{
    (void)state;
    assert_false(meet(piece(0, 0, 0)));
    assert_false(meet(piece(1, 0, 0)));
    assert_false(meet(followed));
    assert_false(meet(piece(2, 0, 0)));
    assert_true(meet(piece(0, 0, 0)) && meet(piece(1, 0, 0)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(each_difference_is_another_target, set_up),
        cmocka_unit_test_setup(the_one_met_longest_ago_makes_room, set_up),
        cmocka_unit_test_setup(what_was_followed_goes_first, set_up),
    };

    return cmocka_run_group_tests_name("slots", tests, NULL, NULL);
}
