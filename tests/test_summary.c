#include "config.h"

#include <string.h>

#include "base/limits.h"
#include "engine/engine.h"
#include "flow/flow.h"
#include "inference/blocking.h"
#include "script.h"
#include "summary/fitness.h"
#include "test.h"

/* Feeds a summary with the segments of a script, each in a frame of 66 bytes and its payload. `drop`: every so manyth frame is cut. */
static FmSummary *run_script(const FmCatalog *catalog, const char *script, const TestVariant *v, const FmSummaryOptions *options)
{
    static const char *const layers[] = { "frame", "ip" };
    static const uint8_t addresses[2][4] = { { 192, 0, 2, 1 }, { 192, 0, 2, 2 } };
    FmSummary *summary = fm_summary_new(catalog, options);
    g_auto(GStrv) lines = g_strsplit(script, "\n", -1);
    for (unsigned i = 0; lines[i] && *lines[i]; i++) {
        FmSegment s = test_segment(lines[i], v);
        FmFrame frame = { .number = i + 1, .time = s.time, .captured = 66 + s.length, .length = 66 + s.length };
        FmPacket p = { .catalog = catalog, .frame = &frame, .layers = layers, .layer_count = 2, .protocol = "TCP" };
        bool server = s.direction != v->swapped;
        p.net_source.type = p.net_destination.type = FM_ADDRESS_IPV4;
        memcpy(p.net_source.bytes, addresses[server], 4);
        memcpy(p.net_destination.bytes, addresses[!server], 4);
        p.source_port = server ? 80 : 40000;
        p.destination_port = server ? 40000 : 80;
        p.flow_kind = FM_FLOW_TCP;
        p.flow_direction = s.direction;
        p.segment = &s;
        fm_summary_packet(summary, &p, true);
    }
    fm_summary_finish(summary);
    return summary;
}

#define SHAKE "0 > S\n40 < S a1\n40.1 > a1 1+0\n"
#define FIVE "41 > 1+1000 i1\n41.1 > 1001+1000 i2\n41.2 > 2001+1000 i3\n41.3 > 3001+1000 i4\n41.4 > 4001+1000 i5\n"
#define END "190 > F 5001+0\n230 < F a5002 1+0\n230.1 > a2 5002+0\n"

static const struct {
    const char *name, *script, *state, *findings;
} cases[] = {
    { "all is well", SHAKE FIVE "81 < a5001\n" END, "closed by client", "" },
    { "asked and not answered", "0 > S\n1000 > S\n3000 > S\n", "half-open", "no-answer 3×3000" },
    { "answered late", "0 > S\n1000 > S\n1040 < S a1\n1040.1 > a1 1+0\n", "established", "setup-repeated 1×1000" },
    { "refused", "0 > S\n40 < R a1\n", "refused by server", "refused 1×0" },
    { "reset by the client", SHAKE "41 > 1+1000\n81 < a1001\n82 > R 1001+0\n", "reset by client", "reset 1×0" },
    { "half closed", SHAKE "41 > 1+1000\n81 < a1001\n82 > F 1001+0\n122 < a1002\n", "half-closed by client", "" },
    { "a hole for 20 ms, and a recovery", SHAKE FIVE
      "81.1 < a1 s1001-2001\n81.2 < a1 s1001-3001\n81.3 < a1 s1001-4001\n81.35 > 1+1000 i6\n101.1 < a5001\n" END,
      "closed by client", "blocked 1×20 recovery 1×19" },
    { "a hole without SACK", "0 > S nosack\n40 < S a1 nosack\n40.1 > a1 1+0\n" FIVE "81.1 < a1\n81.2 < a1\n81.3 < a1\n81.35 > 1+1000 i6\n121.4 < a5001\n" END,
      "closed by client", "recovery 1×148 blocked 1×40" },
    { "a timeout", SHAKE FIVE "341 > 1+1000 i6\n381 < a5001\n", "established", "timeout 1×299" },
    { "a window closed for half a second", SHAKE "41 > 1+1000\n81 < a1001 w0\n581 < a1001 w65535\n582 > 1001+1000\n622 < a2001\n", "established",
      "zero-window 1×500" },
    { "overtaken", SHAKE "41 > 1+1000\n41.2 > 2001+1000\n41.4 > 1001+1000\n81 < a3001\n", "established", "reordered 1×0" },
    { "twice", SHAKE "41 > 1+1000 i7\n41.15 > 1+1000 i7\n81 < a1001\n", "established", "duplicated 1×0" },
    { "needless", SHAKE "41 > 1+1000 i7\n81 < a1001\n300 > 1+1000 i9\n340 < a1001\n", "established", "needless 1×0" },
    { "acknowledged and never seen", SHAKE "41 > 1+1000\n41.1 > 2001+1000\n81 < a3001\n", "established", "capture-loss 1×0" },
    { "only one direction", "0 > S\n40 > a1 1+0\n41 > 1+1000\n81 > 1001+1000\n", "half-open", "one-way 1×0" },
    { "from the middle", "0 > 1+1000 a1\n40 < a1001 1+0\n41 > 1001+1000\n81 < a2001\n", "open", "no-handshake 1×0" },
    { "a slow server", SHAKE "41 > 1+100\n81 < a101\n1081 < a101 1+1000\n1081.1 > a1001 101+0\n", "established", "slow-answer 1×1000" },
    { "longer than any on the wire", SHAKE "41 > 1+4000\n81 < a4001\n", "established", "offload 1×0" },
};

/* "KIND COUNT×MS …", without what every transfer has. */
static char *findings_of(const FmFlowRecord *flow)
{
    FmFinding findings[2 * FM_FINDING_KINDS];
    unsigned n = fm_flow_findings(flow, findings, G_N_ELEMENTS(findings));
    GString *text = g_string_new(NULL);
    for (unsigned i = 0; i < n; i++)
        if (findings[i].kind != FM_FINDING_APPLICATION_LIMIT && findings[i].kind != FM_FINDING_SLOW_START)
            g_string_append_printf(text, "%s%s %u×%d", text->len ? " " : "", fm_finding_name((FmFindingKind)findings[i].kind), findings[i].count,
                                   (int)(findings[i].lost / FM_MILLISECOND));
    return g_string_free(text, FALSE);
}

static char *state_of(const FmFlowRecord *flow)
{
    g_auto(FmText) text = { 0 };
    fm_flow_state_text(&text, flow);
    return g_strdup(fm_text_string(&text));
}

static void check_case(const FmCatalog *catalog, size_t i, const TestVariant *v, const FmSummaryOptions *options)
{
    g_autoptr(FmSummary) summary = run_script(catalog, cases[i].script, v, options);
    const FmFlowRecord *flow = fm_summary_at(summary, 0);
    CU_ASSERT_PTR_NOT_NULL_FATAL(flow);
    g_autofree char *state = state_of(flow), *findings = findings_of(flow);
    TEST_TEXT(cases[i].name, state, cases[i].state);
    TEST_TEXT(cases[i].name, findings, cases[i].findings);
    CU_ASSERT_EQUAL(flow->client, v->swapped);
    CU_ASSERT_EQUAL(flow->ends[v->swapped].port, 40000);
}

static void test_findings(void)
{
    static const TestVariant plain = { 0 };
    g_autoptr(FmCatalog) catalog = test_catalog();
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        check_case(catalog, i, &plain, NULL);
}

/* The time of day, first sequence numbers, the order of addresses, and a story that is kept or not change no record. */
static void test_what_must_not_matter(void)
{
    static const TestVariant variants[] = {
        { .later = 1000000 * FM_SECOND }, { .offset = { 0xfffff000, 5 } }, { .offset = { 0x7ffffff0, 0xffffffff } }, { .swapped = true },
    };
    static const FmSummaryOptions with_story = { .most_events = 100 };
    g_autoptr(FmCatalog) catalog = test_catalog();
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        for (size_t k = 0; k < G_N_ELEMENTS(variants); k++)
            check_case(catalog, i, &variants[k], k % 2 ? &with_story : NULL);
}

/* Every span belongs to one part: the parts add up to the time from the handshake to the latest payload. */
static void test_breakdown(void)
{
    static const TestVariant variants[] = { { 0 }, { .swapped = true, .later = 5000 * FM_SECOND } };
    static const char script[] = SHAKE "50.1 > 1+100\n50.2 > 101+100\n90.2 < a201\n190.2 < a201 1+1000\n191.2 < a201 1001+1000\n191.3 > a2001 201+0\n"
                                       "391.2 > a2001 201+50\n441.2 < a251 2001+10\n";
    g_autoptr(FmCatalog) catalog = test_catalog();
    for (size_t i = 0; i < G_N_ELEMENTS(variants); i++) {
        g_autoptr(FmSummary) summary = run_script(catalog, script, &variants[i], NULL);
        FmBreakdown b;
        CU_ASSERT_FATAL(fm_flow_breakdown(fm_summary_at(summary, 0), &b));
        CU_ASSERT_EQUAL(b.client + b.sending + b.network + b.server + b.transfer + b.stalled, (FmTime)(401.1 * FM_MILLISECOND));
        CU_ASSERT_EQUAL(b.sending, FM_MILLISECOND / 10);
        CU_ASSERT_EQUAL(b.transfer, FM_MILLISECOND);
        CU_ASSERT_EQUAL(b.requests, 2);
        CU_ASSERT_EQUAL(b.server, 110 * FM_MILLISECOND); /* 140 and 50 ms until the answer, less 40 of the way each */
        CU_ASSERT_EQUAL(b.longest, 100 * FM_MILLISECOND);
        CU_ASSERT_EQUAL(b.longest_packet, 5);
        CU_ASSERT_EQUAL(b.stalled, 0);
    }
}

static const struct {
    const char *name, *script, *begins; /* of the sentence about the last packet */
} moments[] = {
    { "a SYN", "0 > S\n", "The client asks for a connection (SYN)" },
    { "a SYN again", "0 > S\n1000 > S\n", "The client asks again: nothing came back for 1.0 s." },
    { "SYN and ACK", "0 > S\n40 < S a1\n", "The server agrees (SYN and ACK)" },
    { "SYN and ACK again", "0 > S\n40 < S a1\n1040 < S a1\n", "The server agrees once more" },
    { "the third", SHAKE, "The client acknowledges the SYN of the server: the connection stands." },
    { "the third, with data", "0 > S\n40 < S a1\n40.1 > a1 1+100\n", "The client acknowledges the SYN of the server and sends its first 100 bytes along." },
    { "refused", "0 > S\n40 < R a1\n", "The server refuses the connection" },
    { "new data", SHAKE "41 > 1+1000\n", "The client sends 1000 new bytes, 1 to 1001; 1.0k are in flight now. It is in slow start" },
    { "an acknowledgment", SHAKE "41 > 1+1000\n81 < a1001\n", "The server acknowledges 1000 bytes, up to 1001; the last of them passed here 40 ms ago." },
    { "a duplicate", SHAKE FIVE "81.1 < a1 s1001-2001\n", "Duplicate acknowledgment 1 for 1: 1.0k bytes have arrived above a hole that begins there." },
    { "the third duplicate", SHAKE FIVE "81.1 < a1 s1001-2001\n81.2 < a1 s1001-3001\n81.3 < a1 s1001-4001\n", "The third duplicate acknowledgment for 1: data arrived above" },
    { "sent again", SHAKE FIVE "81.1 < a1 s1001-2001\n81.2 < a1 s1001-3001\n81.3 < a1 s1001-4001\n81.35 > 1+1000 i6\n",
      "The client sends 1 to 1001 again: acknowledgments told of data that arrived above, so it was lost" },
    { "the hole filled", SHAKE FIVE "81.1 < a1 s1001-2001\n81.2 < a1 s1001-3001\n81.3 < a1 s1001-4001\n81.35 > 1+1000 i6\n101.1 < a5001\n",
      "The server acknowledges up to 5001, 5000 bytes at once: the hole is filled" },
    { "a timeout", SHAKE FIVE "341 > 1+1000 i6\n", "The client sends 1 to 1001 again after 300 ms without an answer" },
    { "a window closes", SHAKE "41 > 1+1000\n81 < a1001 w0\n", "The server has no room left" },
    { "a window opens", SHAKE "41 > 1+1000\n81 < a1001 w0\n581 < a1001 w5000\n", "The server has room again and opens its window to 5000." },
    { "the first FIN", SHAKE "41 > F 1+0\n", "The client has no more to send (FIN)." },
    { "the second FIN", SHAKE "41 > F 1+0\n81 < F a2 1+0\n", "The server closes its side as well (FIN)." },
    { "the last ACK", SHAKE "41 > F 1+0\n81 < F a2 1+0\n81.1 > a2 2+0\n", "The client acknowledges the FIN of the server: the connection is over." },
    { "a reset", SHAKE "41 > R 1+0\n", "The client gives the connection up (RST)" },
    { "a reset afterwards", SHAKE "41 > F 1+0\n81 < F a2 1+0\n81.1 > R 2+0\n", "The client resets a connection that is over already" },
};

static void test_moments(void)
{
    static const TestVariant variants[] = { { 0 }, { .swapped = true, .offset = { 0xfffffffe, 0x7fffffff } } };
    static const FmSummaryOptions with_story = { .most_events = 100 };
    g_autoptr(FmCatalog) catalog = test_catalog();
    for (size_t i = 0; i < G_N_ELEMENTS(moments); i++)
        for (size_t k = 0; k < G_N_ELEMENTS(variants); k++) {
            g_autoptr(FmSummary) summary = run_script(catalog, moments[i].script, &variants[k], &with_story);
            g_auto(FmText) text = { 0 };
            FmMoment moment;
            CU_ASSERT_FATAL(fm_flow_moment(fm_summary_at(summary, 0), &moment));
            fm_moment_text(&text, &moment);
            g_autofree char *begin = g_strndup(fm_text_string(&text), strlen(moments[i].begins));
            TEST_TEXT(moments[i].name, begin, moments[i].begins);
            CU_ASSERT(text.size > 0 && text.data[text.size - 1] == '.');
        }
}

/* Events come in the order of time, and no more of them than asked for. */
static void test_events(void)
{
    static const TestVariant plain = { 0 };
    static const FmSummaryOptions few = { .most_events = 4 }, many = { .most_events = 100 };
    static const char script[] = SHAKE FIVE
        "81.1 < a1 s1001-2001\n81.2 < a1 s1001-3001\n81.3 < a1 s1001-4001\n81.35 > 1+1000 i6\n101.1 < a5001\n2000 > 5001+1000\n2040 < a6001\n" ;
    static const uint8_t kinds[] = { FM_EVENT_ASKED, FM_EVENT_OPENED, FM_EVENT_DATA, FM_EVENT_FINDING, FM_EVENT_FINDING, FM_EVENT_PHASE, FM_EVENT_PHASE, FM_EVENT_PAUSE };
    g_autoptr(FmCatalog) catalog = test_catalog();
    unsigned count;
    uint64_t left_out;
    g_autoptr(FmSummary) whole = run_script(catalog, script, &plain, &many), cut = run_script(catalog, script, &plain, &few);
    const FmFlowEvent *events = fm_flow_events(fm_summary_at(whole, 0), &count, &left_out);
    CU_ASSERT_EQUAL(left_out, 0);
    CU_ASSERT_EQUAL_FATAL(count, G_N_ELEMENTS(kinds));
    for (unsigned i = 0; i < count; i++) {
        CU_ASSERT(i == 0 || events[i - 1].time <= events[i].time);
        unsigned same = 0;
        for (unsigned k = 0; k < count; k++)
            same += (events[k].kind == events[i].kind) - (kinds[k] == events[i].kind);
        CU_ASSERT_EQUAL(same, 0);
    }
    fm_flow_events(fm_summary_at(cut, 0), &count, &left_out);
    CU_ASSERT_EQUAL(count, 4);
    CU_ASSERT_EQUAL(left_out, G_N_ELEMENTS(kinds) - 4);
}

/* ---- many flows ---- */

static void feed_flow(FmSummary *summary, const FmCatalog *catalog, uint32_t number, uint64_t frame_number, const char *line)
{
    static const TestVariant plain = { 0 };
    static const char *const layers[] = { "frame", "ip" };
    FmSegment s = test_segment(line, &plain);
    FmFrame frame = { .number = frame_number, .time = s.time, .captured = 60, .length = 60 };
    FmPacket p = { .catalog = catalog, .frame = &frame, .layers = layers, .layer_count = 2, .protocol = "TCP" };
    p.source_port = 40000;
    p.destination_port = 80;
    p.flow_kind = FM_FLOW_TCP;
    p.flow_direction = s.direction;
    p.flow_number = p.segment_flow = number;
    p.segment = &s;
    fm_summary_packet(summary, &p, true);
}

static void count_ended(void *data, const FmFlowRecord *flow)
{
    unsigned *ended = data;
    (*ended)++;
    CU_ASSERT(flow->packets[0] + flow->packets[1] > 0);
}

/* A flood of SYNs leaves an established flow alone, and no more records than the bound. */
static void test_flood(void)
{
    unsigned ended = 0;
    const FmSummaryOptions options = { .most_flows = 100, .ended = count_ended, .data = &ended };
    g_autoptr(FmCatalog) catalog = test_catalog();
    g_autoptr(FmSummary) summary = fm_summary_new(catalog, &options);
    feed_flow(summary, catalog, 0, 1, "0 > S");
    feed_flow(summary, catalog, 0, 2, "1 < S a1");
    feed_flow(summary, catalog, 0, 3, "2 > a1 1+100");
    for (uint32_t i = 1; i < 5000; i++)
        feed_flow(summary, catalog, i, 3 + i, "3 > S");
    CU_ASSERT_EQUAL(fm_summary_count(summary), 100);
    CU_ASSERT_EQUAL(fm_summary_totals(summary)->flows, 5000);
    CU_ASSERT_EQUAL(fm_summary_totals(summary)->ended, 4900);
    CU_ASSERT_EQUAL(ended, 4900);
    const FmFlowRecord *first = fm_summary_find(summary, FM_FLOW_TCP, 0);
    CU_ASSERT_PTR_NOT_NULL_FATAL(first);
    CU_ASSERT_EQUAL(first->payload[0], 100);
    CU_ASSERT_PTR_NULL(fm_summary_find(summary, FM_FLOW_TCP, 1));
    CU_ASSERT_PTR_NOT_NULL(fm_summary_find(summary, FM_FLOW_TCP, 4999));
}

/* A TCP segment between 10.0.0.1:port and 10.0.0.2:80, or from `address` if that is not 0. */
static const FmPacket *feed_engine(FmEngine *engine, FmSummary *summary, uint32_t address, uint16_t port, bool server, unsigned flags, uint32_t seq, uint32_t ack,
                                   unsigned size, uint64_t number)
{
    uint8_t f[54 + 16] = { 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0, 0x45, [17] = (uint8_t)(40 + size), [22] = 64, [23] = 6 };
    uint8_t *ip = f + 14, *tcp = f + 34, *client = ip + (server ? 16 : 12), *other = ip + (server ? 12 : 16);
    uint32_t from = GUINT32_TO_BE(address ? address : 0x0a000001), to = GUINT32_TO_BE(0x0a000002);
    uint16_t ports[2] = { GUINT16_TO_BE(server ? 80 : port), GUINT16_TO_BE(server ? port : 80) };
    uint32_t numbers[2] = { GUINT32_TO_BE(seq), GUINT32_TO_BE(ack) };
    memcpy(client, &from, 4);
    memcpy(other, &to, 4);
    memcpy(tcp, ports, 4);
    memcpy(tcp + 4, numbers, 8);
    tcp[12] = 0x50;
    tcp[13] = (uint8_t)flags;
    tcp[14] = 0xff;
    FmFrame frame = { .number = number, .time = (FmTime)number * FM_MICROSECOND, .data = f, .captured = 54 + size, .length = 54 + size, .link_type = 1 };
    const FmPacket *packet = fm_engine_feed(engine, &frame);
    fm_summary_packet(summary, packet, true);
    return packet;
}

/* The same through the whole engine: connections that stand are known by their numbers and counts as if nothing had happened. */
static void test_flood_of_syns(void)
{
    enum { STANDING = 20, FLOOD = 100000, EVERY = 5000, DATA = 10 };
    g_autoptr(FmCatalog) catalog = test_catalog();
    g_autoptr(FmEngine) engine = fm_engine_new(catalog, false);
    g_autoptr(FmSummary) summary = fm_summary_new(catalog, NULL);
    fm_engine_want(engine, fm_summary_wanted(summary));
    fm_engine_want_segment(engine);
    uint64_t n = 0;
    for (unsigned i = 0; i < STANDING; i++) {
        uint16_t port = (uint16_t)(5000 + i);
        feed_engine(engine, summary, 0, port, false, 0x02, 100, 0, 0, ++n);
        feed_engine(engine, summary, 0, port, true, 0x12, 500, 101, 0, ++n);
        feed_engine(engine, summary, 0, port, false, 0x10, 101, 501, 0, ++n);
        feed_engine(engine, summary, 0, port, false, 0x18, 101, 501, DATA, ++n);
    }
    for (unsigned i = 0; i < FLOOD; i++) {
        feed_engine(engine, summary, 0x0b000000 + i, (uint16_t)(i * 7), false, 0x02, i, 0, 0, ++n);
        if (i % EVERY == EVERY - 1)
            feed_engine(engine, summary, 0, (uint16_t)(5000 + i / EVERY % STANDING), true, 0x18, 501, 101 + DATA, DATA, ++n);
    }
    CU_ASSERT_EQUAL(fm_engine_flow_count(engine, FM_FLOW_TCP), STANDING + FLOOD);
    CU_ASSERT(fm_summary_count(summary) <= FM_MAX_FRESH_FLOWS + STANDING);
    for (unsigned i = 0; i < STANDING; i++) {
        const FmPacket *late = feed_engine(engine, summary, 0, (uint16_t)(5000 + i), false, 0x18, 101 + DATA, 501 + DATA, DATA, ++n);
        CU_ASSERT_EQUAL(late->flow_number, i);
        const FmFlowRecord *flow = fm_summary_find(summary, FM_FLOW_TCP, i);
        CU_ASSERT_FATAL(flow != NULL);
        CU_ASSERT_EQUAL(flow->state, FM_STATUS_ESTABLISHED);
        CU_ASSERT_EQUAL(flow->packets[0] + flow->packets[1], 6);
        CU_ASSERT_EQUAL(flow->payload[0] + flow->payload[1], 3 * DATA);
        CU_ASSERT_FALSE(flow->recalled);
    }
}

/* What the inference found stays when it gives way to that of other flows. */
static void test_demotion(void)
{
    const FmSummaryOptions options = { .most_followed = 8 };
    g_autoptr(FmCatalog) catalog = test_catalog();
    g_autoptr(FmSummary) summary = fm_summary_new(catalog, &options);
    for (uint32_t i = 0; i < 200; i++) {
        feed_flow(summary, catalog, i, 5 * i + 1, "0 > S");
        feed_flow(summary, catalog, i, 5 * i + 2, "40 < S a1");
        feed_flow(summary, catalog, i, 5 * i + 3, "40.1 > a1 1+0");
        feed_flow(summary, catalog, i, 5 * i + 4, "41 > 1+1000");
        feed_flow(summary, catalog, i, 5 * i + 5, "81 < a1001");
    }
    fm_summary_finish(summary);
    CU_ASSERT_EQUAL(fm_summary_count(summary), 200);
    for (size_t i = 0; i < 200; i++) {
        FmFlowSide side;
        CU_ASSERT_FATAL(fm_flow_side(fm_summary_at(summary, i), 0, &side));
        CU_ASSERT_EQUAL(side.bytes, 1000);
        CU_ASSERT(side.rtt > 39 * FM_MILLISECOND && side.rtt < 41 * FM_MILLISECOND);
    }
}

static void test_idle_flows_end(void)
{
    const FmSummaryOptions options = { .idle = 80 * FM_SECOND };
    g_autoptr(FmCatalog) catalog = test_catalog();
    g_autoptr(FmSummary) summary = fm_summary_new(catalog, &options);
    feed_flow(summary, catalog, 0, 1, "0 > S");
    feed_flow(summary, catalog, 1, 2, "0 > S");
    feed_flow(summary, catalog, 1, 3, "1 < S a1");
    fm_summary_expire(summary, 10 * FM_SECOND);
    CU_ASSERT_EQUAL(fm_summary_count(summary), 2);
    fm_summary_expire(summary, 20 * FM_SECOND); /* half-open: an eighth */
    CU_ASSERT_EQUAL(fm_summary_count(summary), 1);
    CU_ASSERT_EQUAL(fm_summary_at(summary, 0)->number, 1);
    fm_summary_expire(summary, 100 * FM_SECOND);
    CU_ASSERT_EQUAL(fm_summary_count(summary), 0);
}

/* ---- parts ---- */

static void test_history(void)
{
    FmHistory h = { 0 };
    for (FmTime t = 0; t < 1000; t++)
        fm_history_add(&h, FM_SECOND + t * FM_MILLISECOND, 1);
    uint64_t sum = 0;
    for (unsigned i = 0; i < h.used; i++)
        sum += h.bins[i];
    CU_ASSERT_EQUAL(sum, 1000);
    CU_ASSERT(h.used > FM_HISTORY_BINS / 2 && h.used <= FM_HISTORY_BINS);
    CU_ASSERT(h.width * h.used >= FM_SECOND && h.width * (h.used - 1) < FM_SECOND);
    fm_history_add(&h, INT64_MAX, UINT32_MAX);
    fm_history_add(&h, INT64_MIN + 1, UINT32_MAX); /* before the first: into the first bin, which stops at its bound */
    CU_ASSERT_EQUAL(h.bins[0], UINT32_MAX);
    FmHistory level = { 0 };
    for (FmTime t = 0; t < 100; t++)
        fm_history_level(&level, t * FM_SECOND, (uint32_t)t);
    CU_ASSERT_EQUAL(level.bins[level.used - 1], 99);
    CU_ASSERT(level.bins[0] < 8);
    FmHistory rare = { 0 };
    fm_history_level(&rare, 0, 5);
    fm_history_level(&rare, 100 * FM_MILLISECOND, 7);
    CU_ASSERT_EQUAL(rare.used, 11);
    CU_ASSERT(rare.bins[9] == 5 && rare.bins[10] == 7);
}

static void test_amounts(void)
{
    static const struct {
        uint64_t amount;
        const char *text;
    } amounts[] = { { 0, "0" }, { 999, "999" }, { 1000, "1.0k" }, { 9949, "9.9k" }, { 9951, "10k" }, { 999499, "999k" }, { 999999, "1.0M" },
                    { 3100000, "3.1M" }, { UINT64_MAX, "18E" } };
    static const struct {
        FmTime span;
        const char *text;
    } spans[] = { { 0, "0 ns" }, { 999, "999 ns" }, { 1000, "1.0 µs" }, { 38400000, "38 ms" }, { 1300 * FM_MILLISECOND, "1.3 s" },
                  { 99 * FM_SECOND, "99 s" }, { 720 * FM_SECOND, "12 min" }, { 7200 * FM_SECOND, "2.0 h" }, { -5 * FM_MILLISECOND, "-5.0 ms" } };
    for (size_t i = 0; i < G_N_ELEMENTS(amounts); i++) {
        g_auto(FmText) text = { 0 };
        fm_amount_text(&text, amounts[i].amount);
        TEST_TEXT(amounts[i].text, fm_text_string(&text), amounts[i].text);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(spans); i++) {
        g_auto(FmText) text = { 0 };
        fm_span_text(&text, spans[i].span);
        TEST_TEXT(spans[i].text, fm_text_string(&text), spans[i].text);
    }
}

static void test_fitness(void)
{
    static const TestVariant plain = { 0 };
    g_autoptr(FmCatalog) catalog = test_catalog();
    g_autoptr(FmSummary) good = run_script(catalog, SHAKE FIVE "81 < a5001\n" END, &plain, NULL);
    g_autoptr(FmSummary) bad = run_script(catalog, "41 > 1+1000\n41.1 > 2001+1000\n40 < a3001\n81 < a3001\n", &plain, NULL);
    FmFitness fitness = fm_fitness_of(good, 0);
    g_auto(FmText) text = { 0 };
    fm_fitness_text(&text, &fitness);
    TEST_TEXT("good", fm_text_string(&text), "Nothing is missing: whole frames, both directions, from the beginning.\n");
    fitness = fm_fitness_of(bad, 7);
    CU_ASSERT_EQUAL(fitness.midstream, 1);
    CU_ASSERT_EQUAL(fitness.unseen, 1000);
    CU_ASSERT_EQUAL(fitness.backwards, 1);
    CU_ASSERT_EQUAL(fitness.dropped, 7);
}

const TestSuite test_summary_suite = {
    "summary",
    TEST_CASES({ "findings", test_findings }, { "what must not matter", test_what_must_not_matter }, { "breakdown", test_breakdown }, { "moments", test_moments },
               { "events", test_events }, { "flood", test_flood },
               { "flood of SYNs", test_flood_of_syns }, { "demotion", test_demotion }, { "idle flows end", test_idle_flows_end },
               { "history", test_history }, { "amounts and spans", test_amounts }, { "fitness", test_fitness }),
};
