/* Memos of a session: what was put in comes out, whatever came in between; and it is small. */
#include "config.h"

#include <string.h>

#include "engine/memos.h"
#include "test.h"

enum { PACKETS = 40000, MOST = 5 };

typedef struct Sample { /* as a packet with that number would have */
    uint8_t bytes[MOST][40];
    FmMemo memos[MOST];
    uint32_t count;
} Sample;

static uint32_t mixed(uint32_t n)
{
    n = (n ^ n >> 16) * 0x45d9f3bu;
    return n ^ n >> 13;
}

/* Flows with counters that grow; some packets have other sizes, some no memos at all, some noise. */
static void fill(Sample *s, uint32_t number)
{
    static char lasting;
    uint32_t flow = number % 7, n = mixed(number);
    memset(s, 0, sizeof *s);
    s->count = number % 11 == 0 ? 0 : 1 + flow % MOST;
    for (uint32_t i = 0; i < s->count; i++) {
        uint64_t counters[] = { UINT64_C(1700000000000000000) + number * UINT64_C(12345), number * UINT64_C(1448), flow };
        s->memos[i] = (FmMemo){ s->bytes[i], number % 97 == 0 ? 1 + n % 40 : 24 + flow, true };
        memcpy(s->bytes[i], counters, sizeof counters);
        if (number % 53 == 0)
            memset(s->bytes[i], (int)(n >> i & 0xff), sizeof s->bytes[i]);
        if (i == 3)
            s->memos[i] = (FmMemo){ &lasting + number % 2, 8, false };
    }
}

static bool same(const Sample *s, const FmMemos *got)
{
    bool equal = got->count == s->count;
    for (uint32_t i = 0; equal && i < s->count; i++)
        equal = s->memos[i].final ? memcmp(got->at[i], s->memos[i].at, s->memos[i].size) == 0 : got->at[i] == s->memos[i].at;
    return equal;
}

static void test_come_out_as_they_went_in(void)
{
    FmMemoStore *store = fm_memo_store_new();
    FmMemos got = { 0 };
    Sample s;
    unsigned wrong = 0;
    for (uint32_t number = 1; number <= PACKETS; number++) {
        fill(&s, number);
        fm_memo_store_put(store, number, number % 7, s.memos, s.count);
    }
    for (uint32_t i = 0; i < PACKETS; i++) {
        uint32_t number = 1 + mixed(i) % PACKETS;
        fill(&s, number);
        fm_memo_store_get(store, number, &got);
        wrong += !same(&s, &got);
    }
    CU_ASSERT_EQUAL(wrong, 0);
    fm_memos_clear(&got);
    fm_memo_store_free(store);
}

static void test_packets_that_are_not_there(void)
{
    FmMemoStore *store = fm_memo_store_new();
    FmMemos got = { 0 };
    uint64_t value = 42;
    FmMemo memo = { &value, sizeof value, true };
    static const struct {
        uint64_t number;
        bool kept;
    } cases[] = { { 0, false }, { 3, true }, { UINT64_MAX, false }, { 100000, true } };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        fm_memo_store_put(store, cases[i].number, 0, &memo, 1);
        fm_memo_store_get(store, cases[i].number, &got);
        CU_ASSERT_EQUAL(got.count, cases[i].kept);
    }
    fm_memo_store_get(store, 2, &got);
    CU_ASSERT_EQUAL(got.count, 0);
    fm_memo_store_get(store, 100001, &got);
    CU_ASSERT_EQUAL(got.count, 0);
    fm_memo_store_get(store, 3, &got);
    CU_ASSERT(got.count == 1 && *(uint64_t *)got.at[0] == 42);
    fm_memos_clear(&got);
    fm_memo_store_free(store);
}

static void test_forgotten(void)
{
    enum { MANY = 70000, FIRST = 50000, PIECE = 1 << 14 };
    FmMemoStore *store = fm_memo_store_new();
    FmMemos got = { 0 };
    Sample s;
    for (uint32_t number = 1; number <= MANY; number++) {
        fill(&s, number);
        fm_memo_store_put(store, number, number % 7, s.memos, s.count);
        if (number == FIRST + 10)
            fm_memo_store_forget(store, FIRST);
    }
    unsigned wrong = 0;
    for (uint32_t number = 1; number <= MANY; number++) {
        fill(&s, number);
        fm_memo_store_get(store, number, &got);
        wrong += number >= FIRST && !same(&s, &got);
        wrong += number <= FIRST - PIECE && got.count != 0;
    }
    CU_ASSERT_EQUAL(wrong, 0);
    fm_memo_store_forget(store, UINT64_MAX);
    fm_memo_store_get(store, MANY, &got);
    fm_memo_store_put(store, 1, 0, s.memos, s.count);
    fm_memo_store_get(store, 1, &got);
    CU_ASSERT_EQUAL(got.count, 0);
    fm_memos_clear(&got);
    fm_memo_store_free(store);
}

const TestSuite test_memos_suite = {
    "memos",
    TEST_CASES({ "what was put in comes out", test_come_out_as_they_went_in }, { "packets that are not there", test_packets_that_are_not_there },
               { "packets that are forgotten", test_forgotten }),
};
