/* A capture open for random access: packets in any order, filters, flows, while it is being read and afterwards. */
#include "config.h"

#include <string.h>

#include "flow/flow.h"
#include "session/gather.h"
#include "session/rows.h"
#include "session/spool.h"
#include "session/matches.h"
#include "session/survey.h"
#include "statistics/all.h"
#include "test.h"

static void nothing(void *data)
{
}

typedef struct Open {
    FmCatalog *catalog;
    FmArchive *archive;
} Open;

static Open open_capture(const char *name)
{
    g_autofree char *path = test_data_path(name);
    g_autoptr(GError) error = NULL;
    FmSource *source = fm_source_open_file(path, &error);
    g_assert_no_error(error);
    Open o = { .catalog = test_catalog() };
    o.archive = fm_archive_new(o.catalog, source, nothing, NULL);
    fm_archive_summarize(o.archive);
    fm_archive_start(o.archive);
    return o;
}

static void wait_for(FmArchive *archive)
{
    while (fm_archive_loading(archive))
        fm_archive_wait(archive, fm_archive_count(archive));
}

static void close_capture(Open *o)
{
    fm_archive_free(o->archive);
    fm_catalog_free(o->catalog);
}

static char *line_of(FmViewer *viewer, uint32_t number)
{
    const FmPacket *p = fm_viewer_packet(viewer, number, 0);
    if (!p)
        return g_strdup("nothing");
    return g_strdup_printf("%u %s %.*s %u nodes", (unsigned)p->frame->number, p->protocol, (int)p->info.size, p->info.data ? p->info.data : "",
                           p->node_count);
}

static FmViewer *viewer_of(FmArchive *archive)
{
    FmViewer *viewer = fm_viewer_new(archive, true);
    fm_viewer_want(viewer, NULL, true, true, true);
    return viewer;
}

static const char *const captures[] = {
    "dns-tcp-loss.pcapng",
    "fragments.pcapng",
    "http2.pcapng", /* records over packets that are themselves opened and put together */
    "pcap-cut.pcap",
#ifdef HAVE_ZLIB
    "vlan.pcapng.gz",
#endif
};

/* Forwards while it is read, backwards afterwards: the same. */
static void test_any_order(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(captures); i++) {
        Open o = open_capture(captures[i]);
        g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
        g_autoptr(FmViewer) viewer = viewer_of(o.archive);
        wait_for(o.archive);
        uint32_t count = fm_archive_count(o.archive);
        CU_ASSERT(count > 0);
        for (uint32_t n = 1; n <= count; n++)
            g_ptr_array_add(lines, line_of(viewer, n));
        for (uint32_t n = count; n > 0; n--) {
            g_autofree char *again = line_of(viewer, n);
            TEST_TEXT(captures[i], again, lines->pdata[n - 1]);
        }
        CU_ASSERT_PTR_NULL(fm_viewer_packet(viewer, count + 1, 0));
        CU_ASSERT_PTR_NULL(fm_viewer_packet(viewer, 0, 0));
        CU_ASSERT((strcmp(captures[i], "pcap-cut.pcap") == 0) == (fm_archive_trouble(o.archive) != NULL));
        close_capture(&o);
    }
}

static void test_matches(void)
{
    static const struct {
        const char *capture, *filter;
    } cases[] = { { "bulk-cubic.pcapng", "tcp.analysis.retransmission" }, { "bulk-cubic.pcapng", "tcp.srcport == 9000" }, { "dns.pcapng", "dns.flags.response == 1" },
                  { "dns.pcapng", "frame.number > 100000" }, { "demo.pcapng", "_ws.col.Info contains \"query\"" } };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        Open o = open_capture(cases[i].capture);
        FmMatches *matches = fm_matches_new(o.archive, fm_filter_compile(o.catalog, cases[i].filter, NULL, NULL, NULL, NULL), nothing, NULL);
        wait_for(o.archive);
        uint32_t count = fm_archive_count(o.archive);
        while (fm_matches_judged(matches) < count)
            g_usleep(1000);
        g_autoptr(FmFilter) filter = fm_filter_compile(o.catalog, cases[i].filter, NULL, NULL, NULL, NULL);
        g_autoptr(FmViewer) viewer = viewer_of(o.archive);
        uint32_t found = 0;
        for (uint32_t n = 1; n <= count; n++)
            if (fm_filter_match(filter, fm_viewer_packet(viewer, n, 0))) {
                CU_ASSERT_EQUAL(fm_matches_at(matches, found), n);
                CU_ASSERT_EQUAL(fm_matches_find(matches, n), found);
                found++;
            }
        CU_ASSERT_EQUAL(fm_matches_count(matches), found);
        CU_ASSERT_EQUAL(fm_matches_find(matches, count + 1), found);
        fm_matches_free(matches);
        close_capture(&o);
    }
}

/* The packets of a flow, step by step. */
static void test_gather(void)
{
    Open o = open_capture("bulk-cubic.pcapng");
    FmGather *gather = fm_gather_new(o.archive, FM_FLOW_TCP, 0, nothing, NULL);
    wait_for(o.archive);
    size_t count = 0;
    while (!fm_gather_done(gather) || count != fm_archive_count(o.archive)) {
        fm_track_steps(fm_gather_hold(gather), &count, NULL);
        fm_gather_release(gather);
        g_usleep(1000);
    }
    const FmTrack *track = fm_gather_hold(gather);
    const FmStep *steps = fm_track_steps(track, &count, NULL);
    uint64_t bytes = 0, resent = 0;
    for (size_t i = 0; i < count; i++) {
        bytes += steps[i].verdict == FM_VERDICT_NEW ? steps[i].length : 0;
        resent += fm_verdict_is_retransmission((FmVerdict)steps[i].verdict);
        CU_ASSERT_EQUAL(steps[i].number, i + 1);
    }
    CU_ASSERT_EQUAL(steps[0].flags, FM_SEGMENT_SYN);
    CU_ASSERT_EQUAL(bytes, 1200000);
    CU_ASSERT_EQUAL(resent, 26);
    uint32_t acked = 0;
    for (size_t i = 0; i < count; i++)
        acked = steps[i].direction != steps[0].direction ? MAX(acked, steps[i].ack) : acked;
    CU_ASSERT_EQUAL(acked, 1200001); /* the FIN counts */
    fm_gather_release(gather);
    fm_gather_free(gather);
    close_capture(&o);
}

/* Statistics afterwards are those of a run. */
static void test_survey(void)
{
    Open o = open_capture("dns.pcapng");
    const FmStatisticContext context = { o.catalog, FM_TIME_RELATIVE };
    FmObserver *observer = fm_statistic_start(&context, "conv,udp", NULL);
    FmSurvey *survey = fm_survey_new(o.archive, &observer, 1, nothing, NULL);
    wait_for(o.archive);
    while (fm_survey_seen(survey) < fm_archive_count(o.archive))
        g_usleep(1000);
    g_auto(FmText) got = { 0 }, expected = { 0 };
    observer = fm_survey_hold(survey, 0);
    observer->print(observer, &got);
    fm_survey_release(survey);
    g_autoptr(FmObserver) direct = fm_statistic_start(&context, "conv,udp", NULL);
    g_autoptr(FmViewer) viewer = viewer_of(o.archive);
    for (uint32_t n = 1; n <= fm_archive_count(o.archive); n++)
        fm_observer_see(direct, fm_viewer_packet(viewer, n, 0));
    direct->print(direct, &expected);
    TEST_TEXT("conv,udp", fm_text_string(&got), fm_text_string(&expected));
    fm_survey_free(survey);
    close_capture(&o);
}

/* The oldest packets go: numbers stay, and what is left is as before. */
static void test_letting_go(void)
{
    Open o = open_capture("bulk-cubic.pcapng");
    g_autoptr(FmViewer) viewer = viewer_of(o.archive);
    wait_for(o.archive);
    uint32_t count = fm_archive_count(o.archive);
    g_autofree char *before = line_of(viewer, 501);
    FmTime time = fm_archive_time(o.archive, 501);
    FmMatches *matches = fm_matches_new(o.archive, fm_filter_compile(o.catalog, "tcp.len > 0", NULL, NULL, NULL, NULL), nothing, NULL);
    while (fm_matches_judged(matches) < count)
        g_usleep(1000);
    uint32_t passed = fm_matches_count(matches), gone = fm_matches_find(matches, 501);
    CU_ASSERT_EQUAL(fm_archive_forget(o.archive, 500), 501);
    CU_ASSERT_EQUAL(fm_matches_forget(matches, 501), gone);
    CU_ASSERT_EQUAL(fm_matches_count(matches), passed - gone);
    CU_ASSERT(gone > 0 && fm_matches_at(matches, 0) >= 501);
    fm_matches_free(matches);
    g_autofree char *after = line_of(viewer, 501);
    TEST_TEXT("the first that is left", after, before);
    CU_ASSERT_EQUAL(fm_archive_time(o.archive, 501), time);
    CU_ASSERT_EQUAL(fm_archive_count(o.archive), count);
    CU_ASSERT_PTR_NULL(fm_viewer_packet(viewer, 500, 0));
    matches = fm_matches_new(o.archive, fm_filter_compile(o.catalog, "tcp.len > 0", NULL, NULL, NULL, NULL), nothing, NULL);
    while (fm_matches_judged(matches) < count)
        g_usleep(1000);
    CU_ASSERT_EQUAL(fm_matches_count(matches), passed - gone);
    fm_matches_free(matches);
    CU_ASSERT_EQUAL(fm_archive_forget(o.archive, UINT32_MAX), count + 1);
    CU_ASSERT_PTR_NULL(fm_viewer_packet(viewer, count, 0));
    close_capture(&o);
}

static void test_rows(void)
{
    enum { MANY = 3 * FM_ROWS_PIECE };
    g_autoptr(FmRows) rows = fm_rows_new(sizeof(uint32_t));
    for (uint32_t i = 0; i < MANY; i++)
        *(uint32_t *)fm_rows_add(rows) = i + 1;
    fm_rows_forget(rows, 2 * FM_ROWS_PIECE + 5);
    CU_ASSERT_EQUAL(fm_rows_count(rows), MANY);
    CU_ASSERT_EQUAL(*(uint32_t *)fm_rows_at(rows, 2 * FM_ROWS_PIECE - 1), 0);
    CU_ASSERT_EQUAL(*(uint32_t *)fm_rows_at(rows, 2 * FM_ROWS_PIECE), 2 * FM_ROWS_PIECE + 1);
    CU_ASSERT_EQUAL(*(uint32_t *)fm_rows_at(rows, MANY - 1), MANY);
}

static uint32_t size_of_frame(uint32_t i)
{
    return i % 1000 == 0 ? 300000 : i * 37 % 1500; /* some larger than what is held back */
}

static void test_spool(void)
{
    enum { MANY = 3000, FIRST = 1000 };
    g_autoptr(GError) error = NULL;
    FmSpool *spool = fm_spool_new(&error);
    g_assert_no_error(error);
    g_autoptr(GByteArray) room = g_byte_array_new();
    g_autofree uint8_t *bytes = g_malloc(300000);
    const char *comments[] = { "remarkable", NULL };
    FmFrame frame;
    unsigned wrong = 0;
    for (uint32_t i = 0; i < MANY; i++) {
        memset(bytes, (int)i, size_of_frame(i));
        frame = (FmFrame){ .number = i + 1, .data = bytes, .captured = size_of_frame(i), .comments = i % 7 ? NULL : comments };
        CU_ASSERT(fm_spool_add(spool, &frame, NULL));
        if (i == 2 * FIRST)
            fm_spool_forget(spool, FIRST);
    }
    for (uint32_t i = 0; i < MANY; i++) {
        bool there = fm_spool_get(spool, i, &frame, room);
        memset(bytes, (int)i, size_of_frame(i));
        wrong += there != (i >= FIRST);
        wrong += there && (frame.captured != size_of_frame(i) || memcmp(frame.data, bytes, frame.captured) != 0);
        wrong += there && i % 7 == 0 && strcmp(frame.comments[0], comments[0]) != 0;
    }
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT_FALSE(fm_spool_get(spool, MANY, &frame, room));
    fm_spool_free(spool);
}

/* Leaving at any time, with everything under way. */
static void test_leaving(void)
{
    for (int i = 0; i < 20; i++) {
        Open o = open_capture("demo.pcapng");
        FmMatches *matches = fm_matches_new(o.archive, fm_filter_compile(o.catalog, "tcp", NULL, NULL, NULL, NULL), nothing, NULL);
        FmGather *gather = fm_gather_new(o.archive, FM_FLOW_TCP, 1, nothing, NULL);
        g_usleep((gulong)i * 300);
        fm_matches_free(matches);
        fm_gather_free(gather);
        close_capture(&o);
    }
    CU_PASS("left");
}

const TestSuite test_archive_suite = {
    "archive",
    TEST_CASES({ "packets in any order", test_any_order }, { "filters", test_matches }, { "the packets of a flow", test_gather },
               { "statistics", test_survey }, { "letting go", test_letting_go }, { "rows", test_rows }, { "frames on disk", test_spool },
               { "leaving", test_leaving }),
};
