/* Engines share a catalog and nothing else: two on two threads see what one alone sees. To be run under the thread sanitizer too. */
#include "config.h"

#include <string.h>

#include "engine/engine.h"
#include "summary/flow_columns.h"
#include "summary/relay.h"
#include "test.h"

enum { THREADS = 2 };

typedef struct Run {
    const FmCatalog *catalog;
    const GPtrArray *captures; /* of TestCapture */
    char *sum;                 /* of all dumps */
} Run;

static gpointer dissect_all(gpointer data)
{
    Run *run = data;
    GChecksum *sum = g_checksum_new(G_CHECKSUM_MD5);
    for (guint i = 0; i < run->captures->len; i++) {
        const TestCapture *capture = g_ptr_array_index(run->captures, i);
        g_autoptr(FmEngine) engine = fm_engine_new(run->catalog, i % 2);
        fm_engine_use_secrets(engine, capture->secrets);
        fm_engine_want_all(engine);
        fm_engine_want_info(engine);
        for (size_t f = 0; f < capture->frames->len; f++) {
            g_autofree char *dump = test_dump(fm_engine_feed(engine, test_frame_at(capture, f)), true);
            g_checksum_update(sum, (const guchar *)dump, (gssize)strlen(dump));
        }
    }
    run->sum = g_strdup(g_checksum_get_string(sum));
    g_checksum_free(sum);
    return NULL;
}

static void unload(gpointer capture)
{
    test_unload(capture);
}

static void test_engines_side_by_side(void)
{
    g_autoptr(FmCatalog) catalog = test_catalog();
    g_autoptr(GPtrArray) paths = test_captures();
    g_autoptr(GPtrArray) captures = g_ptr_array_new_with_free_func(unload);
    for (guint i = 0; g_ptr_array_index(paths, i); i++)
        g_ptr_array_add(captures, test_load(g_ptr_array_index(paths, i)));
    CU_ASSERT(captures->len > 0);

    Run alone = { catalog, captures, NULL };
    dissect_all(&alone);
    Run runs[THREADS];
    GThread *threads[THREADS];
    for (size_t t = 0; t < THREADS; t++) {
        runs[t] = (Run){ catalog, captures, NULL };
        threads[t] = g_thread_new("engine", dissect_all, &runs[t]);
    }
    for (size_t t = 0; t < THREADS; t++) {
        g_thread_join(threads[t]);
        CU_ASSERT_STRING_EQUAL(runs[t].sum, alone.sum);
        g_free(runs[t].sum);
    }
    g_free(alone.sum);
}

/* All there is to tell of each flow, a line each. */
static char *rows_of(FmSummary *summary)
{
    fm_summary_finish(summary);
    g_auto(FmText) text = { 0 };
    for (size_t i = 0; i < fm_summary_count(summary); i++) {
        FmFlowRow row;
        fm_flow_row(&row, fm_summary_at(summary, i), fm_summary_totals(summary)->last);
        for (size_t k = 0; k < fm_flow_column_count; k++) {
            fm_flow_cell(&text, &fm_flow_columns[k], &row);
            fm_text_char(&text, k + 1 < fm_flow_column_count ? '\t' : '\n');
        }
    }
    return g_strdup(fm_text_string(&text));
}

static void test_summary_on_another_thread(void)
{
    g_autoptr(FmCatalog) catalog = test_catalog();
    g_autoptr(GPtrArray) paths = test_captures();
    for (guint i = 0; g_ptr_array_index(paths, i); i++) {
        TestCapture *capture = test_load(g_ptr_array_index(paths, i));
        g_autoptr(FmEngine) engine = fm_engine_new(catalog, false);
        g_autoptr(FmSummary) here = fm_summary_new(catalog, NULL), there = fm_summary_new(catalog, NULL);
        g_autoptr(FmRelay) relay = fm_relay_new(there);
        fm_engine_use_secrets(engine, capture->secrets);
        fm_engine_want(engine, fm_summary_wanted(here));
        fm_engine_want_segment(engine);
        for (size_t f = 0; f < capture->frames->len; f++) {
            const FmPacket *packet = fm_engine_feed(engine, test_frame_at(capture, f));
            fm_summary_packet(here, packet, f % 3 == 0);
            fm_relay_packet(relay, packet, f % 3 == 0);
        }
        fm_relay_wait(relay);
        g_autofree char *expected = rows_of(here), *got = rows_of(there);
        TEST_TEXT(g_ptr_array_index(paths, i), got, expected);
        test_unload(capture);
    }
}

const TestSuite test_threads_suite = {
    "threads",
    TEST_CASES({ "engines side by side", test_engines_side_by_side }, { "a summary on another thread", test_summary_on_another_thread }),
};
