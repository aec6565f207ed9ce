#include "config.h"

#include <string.h>

#include "follow/order.h"
#include "follow/text.h"
#include "test.h"

typedef struct Sent { /* a segment: '>' or '<', number, text; what it acknowledges */
    char way;
    uint32_t sequence;
    const char *text;
    uint32_t acknowledged; /* 0: nothing */
    bool syn;
} Sent;

static const struct {
    const char *name;
    Sent segments[8];
    const char *chunks; /* ">text@packet", or ">-N" for N missing bytes */
} cases[] = {
    { "in order, both ways", { { '>', 100, "", 0, true }, { '<', 500, "", 101, true }, { '>', 101, "ask", 501 }, { '<', 501, "answer", 104 } },
      ">ask@3 <answer@4 " },
    { "a segment that came early waits", { { '>', 1, "a" }, { '>', 3, "c" }, { '>', 2, "b" } }, ">a@1 >b@3 >c@2 " },
    { "sent twice", { { '>', 1, "abc" }, { '>', 1, "abc" }, { '>', 2, "bcd" } }, ">abc@1 >d@3 " },
    { "acknowledged and never captured", { { '>', 1, "a" }, { '>', 5, "e" }, { '<', 9, "r", 6 } }, ">a@1 >-3 >e@2 <r@3 " },
    { "not acknowledged: given up at the end", { { '>', 1, "a" }, { '>', 5, "e" } }, ">a@1 >-3 >e@2 " },
    { "an acknowledgment inside a hole gives nothing up", { { '>', 1, "a" }, { '>', 5, "e" }, { '<', 9, "r", 3 }, { '>', 2, "bcd" } },
      ">a@1 <r@3 >bcd@4 >e@2 " },
    { "numbers that start again at 0", { { '>', 0xfffffffe, "ab" }, { '>', 1, "d" }, { '>', 0, "c" } }, ">ab@1 >c@3 >d@2 " },
    { "older than the first byte seen", { { '>', 10, "j" }, { '>', 8, "hi" }, { '>', 9, "ijk" } }, ">j@1 >k@3 " },
    { "held bytes that a later segment brings too", { { '>', 1, "a" }, { '>', 3, "cd" }, { '>', 2, "bcde" } }, ">a@1 >bcde@3 " },
};

static void test_order_of_segments(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        FmFollowOrder *order = fm_follow_order_new();
        g_autoptr(GString) got = g_string_new(NULL);
        FmFollowChunk chunk;
        for (uint32_t k = 0; k <= G_N_ELEMENTS(cases[i].segments); k++) {
            const Sent *sent = k < G_N_ELEMENTS(cases[i].segments) ? &cases[i].segments[k] : NULL;
            if (sent && !sent->way)
                continue;
            if (sent) {
                size_t size = strlen(sent->text);
                FmFollowSegment s = { .bytes = { (const uint8_t *)sent->text, size }, .packet = k + 1, .sequence = sent->sequence,
                                      .acknowledged = sent->acknowledged, .length = (uint32_t)size, .side = sent->way == '<',
                                      .syn = sent->syn, .ack = sent->acknowledged != 0 };
                fm_follow_order_segment(order, &s);
            } else {
                fm_follow_order_finish(order);
            }
            while (fm_follow_order_next(order, &chunk)) {
                g_string_append_c(got, chunk.side ? '<' : '>');
                if (chunk.missing)
                    g_string_append_printf(got, "-%u ", (unsigned)chunk.missing);
                else
                    g_string_append_printf(got, "%.*s@%u ", (int)chunk.bytes.size, (const char *)chunk.bytes.data, chunk.packet);
            }
        }
        fm_follow_order_free(order);
        TEST_TEXT(cases[i].name, got->str, cases[i].chunks);
    }
}

static const struct {
    const char *name, *bytes;
    bool text;
} looks[] = {
    { "words", "'a line' 0d0a 'another'", true }, { "UTF-8", "'caf' c3a9", true },          { "zeros", "00000000", false },
    { "no UTF-8", "'a line' ff 'and more'", false }, { "a character cut at the end", "'line' e282", true },
};

static void test_looks_of_text(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(looks); i++) {
        g_autoptr(GByteArray) bytes = test_bytes(looks[i].bytes);
        TEST_TEXT(looks[i].name, fm_follow_is_text((FmSlice){ bytes->data, bytes->len }) ? "text" : "bytes", looks[i].text ? "text" : "bytes");
    }
}

static void test_code_pages(void)
{
    g_autoptr(GByteArray) bytes = test_bytes("c885939396 6b 40 f1f9 25 00 ff");
    g_auto(FmText) out = { 0 };
    fm_follow_plain(&out, (FmSlice){ bytes->data, bytes->len }, FM_FOLLOW_MODE_EBCDIC);
    TEST_TEXT("EBCDIC", fm_text_string(&out), "Hello, 19\n..");
    fm_text_reset(&out);
    fm_follow_plain(&out, (FmSlice){ (const uint8_t *)"a\033[1mb\r\n\xc3\xa9", 10 }, FM_FOLLOW_MODE_ASCII);
    TEST_TEXT("ASCII", fm_text_string(&out), "a.[1mb\r\n..");
    fm_text_reset(&out);
    fm_follow_plain(&out, (FmSlice){ (const uint8_t *)"a\033[1mb\r\n\xc3\xa9", 10 }, FM_FOLLOW_MODE_UTF8);
    TEST_TEXT("UTF-8", fm_text_string(&out), "a\\x1b[1mb\r\n\xc3\xa9");
}

const TestSuite test_follow_suite = { "follow",
                                      TEST_CASES({ "order of segments", test_order_of_segments }, { "looks of text", test_looks_of_text },
                                                 { "code pages", test_code_pages }) };
