#include "config.h"

#include <string.h>

#include "base/limits.h"
#include "flow/flow.h"
#include "flow/stream.h"
#include "test.h"

static FmFlowKey key_of(FmFlowKind kind, uint32_t a, uint32_t a_port, uint32_t b, uint32_t b_port, unsigned *direction)
{
    uint8_t source[4], destination[4];
    for (unsigned i = 0; i < 4; i++) {
        source[i] = (uint8_t)(a >> (24 - 8 * i));
        destination[i] = (uint8_t)(b >> (24 - 8 * i));
    }
    FmFlowKey key;
    fm_flow_key(&key, kind, source, destination, 4, a_port, b_port, direction);
    return key;
}

static uint32_t number_of(FmFlowTable *table, FmFlowKind kind, uint32_t a, uint32_t a_port, uint32_t b, uint32_t b_port)
{
    unsigned direction;
    FmFlowKey key = key_of(kind, a, a_port, b, b_port, &direction);
    return fm_flow_get(table, &key, 0)->number;
}

static void test_both_directions(void)
{
    unsigned there, back;
    FmFlowKey a = key_of(FM_FLOW_TCP, 1, 1000, 2, 80, &there);
    FmFlowKey b = key_of(FM_FLOW_TCP, 2, 80, 1, 1000, &back);
    CU_ASSERT_EQUAL(memcmp(&a, &b, sizeof a), 0);
    CU_ASSERT_EQUAL(there, 0);
    CU_ASSERT_EQUAL(back, 1);

    a = key_of(FM_FLOW_TCP, 1, 1000, 1, 80, &there); /* a host with itself: ports decide */
    b = key_of(FM_FLOW_TCP, 1, 80, 1, 1000, &back);
    CU_ASSERT_EQUAL(memcmp(&a, &b, sizeof a), 0);
    CU_ASSERT_NOT_EQUAL(there, back);
    key_of(FM_FLOW_TCP, 1, 80, 1, 80, &there);
    CU_ASSERT_EQUAL(there, 0);
}

static void test_numbers_by_kind(void)
{
    g_autoptr(FmFlowTable) table = fm_flow_table_new(false);
    CU_ASSERT_EQUAL(number_of(table, FM_FLOW_TCP, 1, 1000, 2, 80), 0);
    CU_ASSERT_EQUAL(number_of(table, FM_FLOW_TCP, 1, 1001, 2, 80), 1);
    CU_ASSERT_EQUAL(number_of(table, FM_FLOW_UDP, 1, 1000, 2, 80), 0);
    CU_ASSERT_EQUAL(number_of(table, FM_FLOW_TCP, 2, 80, 1, 1000), 0);
    CU_ASSERT_EQUAL(number_of(table, FM_FLOW_TCP, 2, 81, 1, 1000), 2);
    CU_ASSERT_EQUAL(fm_flow_count(table, FM_FLOW_TCP), 3);
    CU_ASSERT_EQUAL(fm_flow_count(table, FM_FLOW_UDP), 1);
    CU_ASSERT_EQUAL(fm_flow_count(table, FM_FLOW_SCTP), 0);
    CU_ASSERT_EQUAL(fm_flow_live(table), 4);
}

static void test_ports_used_again(void)
{
    g_autoptr(FmFlowTable) table = fm_flow_table_new(false);
    unsigned direction;
    FmFlowKey key = key_of(FM_FLOW_TCP, 1, 1000, 2, 80, &direction);
    FmFlow *flow = fm_flow_get(table, &key, 0);
    *(uint32_t *)fm_flow_state(flow, 5, sizeof(uint32_t), NULL) = 42;
    CU_ASSERT_EQUAL(*(uint32_t *)fm_flow_state(flow, 5, sizeof(uint32_t), NULL), 42);
    CU_ASSERT_EQUAL(*(uint32_t *)fm_flow_state(flow, 6, sizeof(uint32_t), NULL), 0);
    flow = fm_flow_renew(table, flow, 9);
    CU_ASSERT_EQUAL(flow->number, 1);
    CU_ASSERT_EQUAL(*(uint32_t *)fm_flow_state(flow, 5, sizeof(uint32_t), NULL), 0);
    CU_ASSERT_EQUAL(fm_flow_get(table, &key, 10)->number, 1);
    CU_ASSERT_EQUAL(fm_flow_live(table), 1);
}

static void count_release(void *state)
{
    ++**(unsigned **)state;
}

static void test_states_are_released(void)
{
    unsigned released = 0, direction;
    FmFlowTable *table = fm_flow_table_new(false);
    for (uint32_t i = 0; i < 10; i++) {
        FmFlowKey key = key_of(FM_FLOW_TCP, i, 1, 99, 2, &direction);
        *(unsigned **)fm_flow_state(fm_flow_get(table, &key, 0), 5, sizeof(unsigned *), count_release) = &released;
    }
    fm_flow_table_free(table);
    CU_ASSERT_EQUAL(released, 10);
}

/* A flood of new flows takes bounded memory; a flow that was forgotten comes back under its number. */
static void test_flood_is_bounded(void)
{
    g_autoptr(FmFlowTable) table = fm_flow_table_new(false);
    size_t most = 0;
    for (uint32_t i = 0; i < 100000; i++) {
        CU_ASSERT_EQUAL(number_of(table, FM_FLOW_UDP, i, 53, 0xffffffff, 53), i);
        most = MAX(most, fm_flow_live(table));
    }
    CU_ASSERT(most <= 5 * FM_MAX_CLOSED_FLOWS);
    uint32_t same = 0;
    for (uint32_t i = 50000; i < 50100; i++)
        same += number_of(table, FM_FLOW_UDP, i, 53, 0xffffffff, 53) == i;
    CU_ASSERT(same > 20); /* of the memory for numbers, one slot may be taken by a later flow */
}

static void test_silence_ends(void)
{
    g_autoptr(FmFlowTable) table = fm_flow_table_new(false);
    unsigned direction;
    for (uint32_t i = 0; i < 20000; i++) {
        FmFlowKey key = key_of(FM_FLOW_UDP, i, 1, 0xffffffff, 2, &direction);
        fm_flow_get(table, &key, 0)->last = 0;
    }
    for (uint32_t i = 0; i < 20000; i++) {
        FmFlowKey key = key_of(FM_FLOW_UDP, i, 9, 0xffffffff, 2, &direction);
        fm_flow_get(table, &key, 3600 * FM_SECOND)->last = 3600 * FM_SECOND;
    }
    /* a few flows may stay for ever: nobody needs their room */
    CU_ASSERT(fm_flow_live(table) <= 20100);
}

static void test_keep_keeps_all(void)
{
    g_autoptr(FmFlowTable) table = fm_flow_table_new(true);
    for (uint32_t i = 0; i < 60000; i++)
        number_of(table, FM_FLOW_UDP, i, 53, 0xffffffff, 53);
    CU_ASSERT_EQUAL(fm_flow_live(table), 60000);
    CU_ASSERT_EQUAL(number_of(table, FM_FLOW_UDP, 17, 53, 0xffffffff, 53), 17);
}

/* Many flows made and ended at random, beside a plain list: the hash table loses none. */
static void test_against_a_list(void)
{
    g_autoptr(FmFlowTable) table = fm_flow_table_new(false);
    g_autoptr(GRand) random = g_rand_new_with_seed(1);
    uint32_t numbers[2000];
    memset(numbers, 0xff, sizeof numbers);
    uint32_t next = 0;
    for (int i = 0; i < 50000; i++) {
        uint32_t which = (uint32_t)g_rand_int_range(random, 0, G_N_ELEMENTS(numbers));
        unsigned direction;
        FmFlowKey key = key_of(FM_FLOW_TCP, which, 1, 0xffffffff, 2, &direction);
        FmFlow *flow = fm_flow_get(table, &key, i);
        if (numbers[which] == UINT32_MAX)
            numbers[which] = next++;
        CU_ASSERT_EQUAL(flow->number, numbers[which]);
        if (g_rand_int_range(random, 0, 5) == 0) {
            flow = fm_flow_renew(table, flow, i);
            numbers[which] = next++;
            CU_ASSERT_EQUAL(flow->number, numbers[which]);
        }
        fm_flow_set_stage(table, flow, (FmFlowStage)g_rand_int_range(random, 0, FM_FLOW_STAGES));
    }
    CU_ASSERT_EQUAL(fm_flow_count(table, FM_FLOW_TCP), next);
}

/* Streams in a flow: found again whatever their number, ended at random, beside a plain list. */
static void test_streams_against_a_list(void)
{
    enum { STREAMS = 300 };
    g_autoptr(FmFlowTable) table = fm_flow_table_new(false);
    g_autoptr(GRand) random = g_rand_new_with_seed(2);
    unsigned direction;
    FmFlowKey key = key_of(FM_FLOW_TCP, 1, 1, 2, 2, &direction);
    FmFlow *flow = fm_flow_get(table, &key, 0);
    FmStream *streams[STREAMS] = { NULL };
    for (int i = 0; i < 20000; i++) {
        uint32_t which = (uint32_t)g_rand_int_range(random, 0, i < 100 ? 6 : STREAMS);
        bool crowded = false;
        FmStream *s = fm_flow_stream(flow, which / 2 * UINT64_C(0x100000001), which % 2, &crowded);
        CU_ASSERT_EQUAL(crowded, false);
        CU_ASSERT(streams[which] ? s == streams[which] : s->offset == 0);
        s->offset = which + 1;
        streams[which] = s;
        if (g_rand_int_range(random, 0, 3) == 0) {
            fm_flow_end_stream(flow, s);
            streams[which] = NULL;
        }
    }
    uint32_t live = 0;
    for (uint32_t i = 0; i < STREAMS; i++)
        live += streams[i] != NULL;
    CU_ASSERT_EQUAL(flow->inner->streams.count, live);
}

/* A million streams that never end: those silent for longest go, but not one in use. */
static void test_streams_are_bounded(void)
{
    g_autoptr(FmFlowTable) table = fm_flow_table_new(false);
    unsigned released = 0, crowds = 0, direction;
    FmFlowKey key = key_of(FM_FLOW_TCP, 1, 1, 2, 2, &direction);
    FmFlow *flow = fm_flow_get(table, &key, 0);
    bool crowded = false;
    FmStream *first = fm_flow_stream(flow, 0, 0, &crowded);
    first->entry.busy = 1;
    for (uint64_t i = 1; i < 1000000; i++) {
        crowded = false;
        fm_flow_stream(flow, i, 0, &crowded);
        crowds += crowded;
        *(unsigned **)fm_flow_stream_state(flow, 5, i, sizeof(unsigned *), count_release) = &released;
    }
    CU_ASSERT_EQUAL(flow->inner->streams.count, FM_MAX_STREAMS);
    CU_ASSERT_EQUAL(flow->inner->states.count, FM_MAX_STREAMS);
    CU_ASSERT_EQUAL(crowds, 1000000 - FM_MAX_STREAMS);
    CU_ASSERT_EQUAL(released, 999999 - FM_MAX_STREAMS);
    CU_ASSERT(fm_flow_stream(flow, 0, 0, &crowded) == first);
    fm_flow_stream_ended(flow, 5, 999999);
    CU_ASSERT_EQUAL(released, 1000000 - FM_MAX_STREAMS);
    CU_ASSERT_PTR_NULL(*(unsigned **)fm_flow_stream_state(flow, 5, 999999, sizeof(unsigned *), NULL));
}

const TestSuite test_flow_suite = {
    "flow",
    TEST_CASES({ "both directions", test_both_directions }, { "numbers by kind", test_numbers_by_kind },
               { "ports used again", test_ports_used_again }, { "states are released", test_states_are_released },
               { "streams, against a list", test_streams_against_a_list }, { "streams are bounded", test_streams_are_bounded },
               { "a flood is bounded", test_flood_is_bounded }, { "silence ends", test_silence_ends },
               { "keep keeps all", test_keep_keeps_all }, { "against a list", test_against_a_list }),
};
