/* The pool: blocks come back, fit, and are not kept without end. */
#include <stdint.h>
#include <string.h>

#include "box/pool.h"
#include "common.h"

static void a_block_comes_back(void **state)
{
    aed_pool p = {NULL, 0};

    (void)state;
    void *a = aed_pool_take(&p, 1000);
    memset(a, 1, 1000);
    assert_int_equal((uintptr_t)a % _Alignof(double), 0);
    aed_pool_give(&p, a);
    assert_ptr_equal(aed_pool_take(&p, 900), a);
    aed_pool_give(&p, a);
    void *larger = aed_pool_take(&p, 1001);
    assert_ptr_not_equal(larger, a);
    void *small = aed_pool_take(&p, 10); /* a large block is not wasted on it */
    assert_ptr_not_equal(small, a);
    aed_pool_give(&p, small);
    aed_pool_give(&p, larger);
    aed_pool_give(&p, NULL);
    assert_int_equal(p.n, 3);
    aed_pool_close(&p);
    assert_int_equal(p.n, 0);
    assert_null(p.spare);
}

static void only_so_many_are_kept(void **state)
{
    aed_pool p = {NULL, 0};
    void *blocks[100];

    (void)state;
    for (size_t i = 0; i < 100; i++)
        blocks[i] = aed_pool_take(&p, 64);
    for (size_t i = 0; i < 100; i++)
        aed_pool_give(&p, blocks[i]);
    assert_true(p.n > 8 && p.n < 100);
    aed_pool_close(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_block_comes_back),
        cmocka_unit_test(only_so_many_are_kept),
    };

    return cmocka_run_group_tests_name("the pool", tests, NULL, NULL);
}
