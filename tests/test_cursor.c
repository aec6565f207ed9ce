#include "config.h"

#include <string.h>

#include "base/cursor.h"
#include "test.h"

static const uint8_t bytes[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 };

static FmCursor whole(FmTrouble *trouble)
{
    *trouble = (FmTrouble){ 0 };
    return (FmCursor){ .at = bytes, .start = bytes, .end = bytes + sizeof bytes, .trouble = trouble, .buffer = 3 };
}

static void test_read(void)
{
    FmTrouble trouble;
    FmCursor c = whole(&trouble);
    CU_ASSERT_EQUAL(fm_read_u8(&c), 1);
    CU_ASSERT_EQUAL(fm_read_u16(&c), 0x0203);
    CU_ASSERT_EQUAL(fm_read_u24(&c), 0x040506);
    CU_ASSERT_EQUAL(fm_read_u32(&c), 0x0708090a);
    CU_ASSERT_EQUAL(fm_offset(&c), 10);
    CU_ASSERT_EQUAL(fm_left(&c), 2);
    CU_ASSERT_EQUAL(trouble.kind, FM_TROUBLE_NONE);
    CU_ASSERT_EQUAL(fm_be(bytes, 8), UINT64_C(0x0102030405060708));
    CU_ASSERT_EQUAL(fm_be(bytes, 5), UINT64_C(0x0102030405));
    CU_ASSERT_EQUAL(fm_le(bytes, 8), UINT64_C(0x0807060504030201));
    CU_ASSERT_EQUAL(fm_le(bytes, 3), 0x030201);
}

static void test_past_the_end(void)
{
    FmTrouble trouble;
    FmCursor c = whole(&trouble);
    fm_skip(&c, 10);
    CU_ASSERT_EQUAL(fm_read_u32(&c), 0);
    CU_ASSERT_EQUAL(trouble.kind, FM_TROUBLE_MALFORMED);
    CU_ASSERT_EQUAL(trouble.offset, 10);
    CU_ASSERT_EQUAL(trouble.buffer, 3);
    CU_ASSERT_EQUAL(fm_left(&c), 0);
    CU_ASSERT_EQUAL(fm_read_u8(&c), 0); /* the last byte is not given to somebody else */

    c = whole(&trouble);
    fm_skip(&c, UINT64_MAX);
    CU_ASSERT_EQUAL(fm_left(&c), 0);
    CU_ASSERT_EQUAL(trouble.kind, FM_TROUBLE_MALFORMED);
}

static void test_first_trouble_stays(void)
{
    FmTrouble trouble;
    FmCursor c = whole(&trouble);
    FmCursor part = fm_take(&c, 4);
    fm_skip(&part, 2);
    fm_read_u32(&part);
    CU_ASSERT_EQUAL(trouble.offset, 2);
    fm_skip(&c, 100);
    CU_ASSERT_EQUAL(trouble.offset, 2);
    fm_cursor_malformed(&c);
    CU_ASSERT_EQUAL(trouble.offset, 2);
}

static void test_cut_or_malformed(void)
{
    static const struct {
        const char *name;
        uint32_t lost;
        bool fragment;
        uint64_t skip;
        FmTroubleKind kind;
    } cases[] = {
        { "all there", 0, false, 12, FM_TROUBLE_NONE },
        { "one byte too far", 0, false, 13, FM_TROUBLE_MALFORMED },
        { "was on the wire", 5, false, 17, FM_TROUBLE_CUT },
        { "was never on the wire", 5, false, 18, FM_TROUBLE_MALFORMED },
        { "is in another fragment", 5, true, 17, FM_TROUBLE_FRAGMENT },
        { "is in no fragment", 5, true, 18, FM_TROUBLE_MALFORMED },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        FmTrouble trouble;
        FmCursor c = whole(&trouble);
        c.lost = cases[i].lost;
        c.fragment = cases[i].fragment;
        fm_skip(&c, cases[i].skip);
        if (trouble.kind != cases[i].kind)
            g_printerr("%s\n", cases[i].name);
        CU_ASSERT_EQUAL(trouble.kind, cases[i].kind);
    }
}

static void test_take(void)
{
    FmTrouble trouble;
    FmCursor c = whole(&trouble);
    FmCursor part = fm_take(&c, 5);
    CU_ASSERT_EQUAL(fm_left(&part), 5);
    CU_ASSERT_EQUAL(fm_offset(&c), 5);
    CU_ASSERT_EQUAL(fm_offset(&part), 0);
    part = fm_take(&c, 7);
    CU_ASSERT_EQUAL(fm_left(&part), 7);
    CU_ASSERT_EQUAL(trouble.kind, FM_TROUBLE_NONE);
    part = fm_take(&c, 0);
    CU_ASSERT_EQUAL(fm_left(&part), 0);
    CU_ASSERT_EQUAL(trouble.kind, FM_TROUBLE_NONE);
}

static void test_take_more_than_there_is(void)
{
    FmTrouble trouble;
    FmCursor c = whole(&trouble);
    FmCursor part = fm_take(&c, UINT64_MAX);
    CU_ASSERT_EQUAL(trouble.kind, FM_TROUBLE_MALFORMED);
    CU_ASSERT_EQUAL(fm_left(&part), sizeof bytes);
    CU_ASSERT_EQUAL(fm_left(&c), 0);
    CU_ASSERT_EQUAL(fm_read_u8(&part), 1);
}

/* Of 20 bytes on the wire 12 were captured. */
static void test_take_what_was_not_captured(void)
{
    FmTrouble trouble;
    FmCursor c = whole(&trouble);
    c.lost = 8;
    FmCursor part = fm_take(&c, 15);
    CU_ASSERT_EQUAL(trouble.kind, FM_TROUBLE_NONE);
    CU_ASSERT_EQUAL(fm_left(&part), 12);
    CU_ASSERT_EQUAL(fm_left_on_wire(&part), 15);
    CU_ASSERT_EQUAL(fm_left_on_wire(&c), 5);
    fm_read_u8(&c);
    CU_ASSERT_EQUAL(trouble.kind, FM_TROUBLE_CUT);
}

static void test_window(void)
{
    FmTrouble trouble;
    FmCursor c = whole(&trouble);
    c.lost = 8;
    CU_ASSERT_EQUAL(fm_left_on_wire(&(FmCursor){ 0 }), 0);
    FmCursor part = fm_window(&c, 6);
    CU_ASSERT_EQUAL(fm_left_on_wire(&part), 6);
    part = fm_window(&c, 14);
    CU_ASSERT_EQUAL(fm_left_on_wire(&part), 14);
    part = fm_window(&c, 1000);
    CU_ASSERT_EQUAL(fm_left_on_wire(&part), 20);
    CU_ASSERT_EQUAL(fm_offset(&c), 0);
    CU_ASSERT_EQUAL(trouble.kind, FM_TROUBLE_NONE);
}

static void test_peek(void)
{
    FmTrouble trouble;
    FmCursor c = whole(&trouble);
    fm_skip(&c, 2);
    CU_ASSERT_EQUAL(fm_peek(&c, 0, 1), 3);
    CU_ASSERT_EQUAL(fm_peek(&c, 8, 2), 0x0b0c);
    CU_ASSERT_EQUAL(fm_peek(&c, 9, 2), 0);
    CU_ASSERT_EQUAL(fm_peek(&c, 1000, 1), 0);
    CU_ASSERT_EQUAL(fm_offset(&c), 2);
    CU_ASSERT_EQUAL(trouble.kind, FM_TROUBLE_NONE);
}

const TestSuite test_cursor_suite = {
    "cursor",
    TEST_CASES({ "numbers", test_read }, { "past the end", test_past_the_end }, { "the first trouble stays", test_first_trouble_stays },
               { "cut, malformed or fragment", test_cut_or_malformed }, { "take", test_take },
               { "take more than there is", test_take_more_than_there_is },
               { "take what was not captured", test_take_what_was_not_captured }, { "window", test_window }, { "peek", test_peek }),
};
