#include "config.h"

#include <string.h>

#include "base/arena.h"
#include "test.h"

static void test_alignment(void)
{
    g_autoptr(FmArena) arena = fm_arena_new(256);
    for (size_t size = 0; size < 40; size++) {
        void *p = fm_arena_alloc(arena, size);
        CU_ASSERT_PTR_NOT_NULL_FATAL(p);
        CU_ASSERT_EQUAL((uintptr_t)p % 8, 0);
        memset(p, 0xa5, size);
    }
}

static void test_contents_stay(void)
{
    g_autoptr(FmArena) arena = fm_arena_new(64);
    uint32_t *numbers[500];
    for (uint32_t i = 0; i < G_N_ELEMENTS(numbers); i++) {
        numbers[i] = fm_arena_alloc(arena, sizeof(uint32_t) * (1 + i % 30));
        for (uint32_t j = 0; j <= i % 30; j++)
            numbers[i][j] = i;
    }
    for (uint32_t i = 0; i < G_N_ELEMENTS(numbers); i++)
        for (uint32_t j = 0; j <= i % 30; j++)
            CU_ASSERT_EQUAL(numbers[i][j], i);
}

static void test_zeroed(void)
{
    g_autoptr(FmArena) arena = fm_arena_new(128);
    for (int round = 0; round < 3; round++) {
        memset(fm_arena_alloc(arena, 100), 0xff, 100);
        fm_arena_reset(arena);
        const uint8_t *p = fm_arena_alloc0(arena, 100);
        for (size_t i = 0; i < 100; i++)
            CU_ASSERT_EQUAL(p[i], 0);
    }
}

static void test_reset_is_flat(void)
{
    g_autoptr(FmArena) arena = fm_arena_new(4096);
    size_t most = 0;
    for (int round = 0; round < 1000; round++) {
        for (int i = 0; i < 20; i++)
            fm_arena_alloc(arena, 1000);
        fm_arena_alloc(arena, 1 << 20);
        most = MAX(most, fm_arena_size(arena));
        fm_arena_reset(arena);
        CU_ASSERT(fm_arena_size(arena) <= 4 * 4096);
    }
    CU_ASSERT(most < 2 << 20);
}

static void test_texts(void)
{
    g_autoptr(FmArena) arena = fm_arena_new(64);
    CU_ASSERT_STRING_EQUAL(fm_arena_strndup(arena, "packet", 4), "pack");
    CU_ASSERT_STRING_EQUAL(fm_arena_strndup(arena, "", 0), "");
    CU_ASSERT_STRING_EQUAL(fm_arena_printf(arena, "%d of %s", 3, "four"), "3 of four");
    g_autofree char *wide = g_strnfill(5000, 'x');
    CU_ASSERT_STRING_EQUAL(fm_arena_printf(arena, "%s", wide), wide);
    wide[511] = '\0';
    CU_ASSERT_STRING_EQUAL(fm_arena_printf(arena, "%s", wide), wide);
    CU_ASSERT_EQUAL(memcmp(fm_arena_copy(arena, "a\0b", 3), "a\0b", 3), 0);
}

const TestSuite test_arena_suite = {
    "arena",
    TEST_CASES({ "memory is aligned", test_alignment }, { "contents stay", test_contents_stay }, { "zeroed memory", test_zeroed },
               { "reset gives back", test_reset_is_flat }, { "texts", test_texts }),
};
