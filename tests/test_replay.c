/* The promise of memos: whoever looks at a packet again, in whatever order and on whatever thread, sees what the first visit saw. */
#include "config.h"

#include <string.h>

#include "engine/engine.h"
#include "test.h"

enum { THREADS = 2 };

typedef struct Run { /* replays in an order of its own */
    const TestCapture *capture;
    const FmEngine *engine;
    char *const *expected;
    guint32 seed;
    size_t first_wrong; /* 1 + index of the frame; 0: none */
} Run;

static FmReplay *replay_all(const TestCapture *capture, const FmEngine *engine)
{
    FmReplay *replay = fm_replay_new(engine, test_fetch, (gpointer)(uintptr_t)capture);
    fm_replay_want_all(replay);
    fm_replay_want_info(replay);
    return replay;
}

static gpointer replay_at_random(gpointer data)
{
    Run *run = data;
    g_autoptr(FmReplay) replay = replay_all(run->capture, run->engine);
    g_autoptr(GRand) random = g_rand_new_with_seed(run->seed);
    size_t count = run->capture->frames->len;
    g_autofree size_t *order = g_new(size_t, count + 1);
    for (size_t i = 0; i < count; i++) {
        size_t j = (size_t)g_rand_int_range(random, 0, (gint32)i + 1);
        order[i] = order[j];
        order[j] = i;
    }
    for (size_t i = 0; i < count && !run->first_wrong; i++) {
        const FmPacket *p = fm_replay_packet(replay, test_frame_at(run->capture, order[i]));
        g_autofree char *got = test_dump(p, true);
        if (fm_replay_mismatch(replay) || strcmp(got, run->expected[order[i]]) != 0)
            run->first_wrong = order[i] + 1;
    }
    return NULL;
}

/* The line in which two dumps differ first. */
static void show_difference(const char *path, size_t frame, const char *a, const char *b)
{
    size_t at = 0;
    for (size_t i = 0; a[i] && a[i] == b[i]; i++)
        if (a[i] == '\n')
            at = i + 1;
    g_printerr("\n%s, frame %zu:\n  first visit %.*s\n  replay      %.*s\n", path, frame, (int)strcspn(a + at, "\n"), a + at,
               (int)strcspn(b + at, "\n"), b + at);
}

static size_t replay_capture(const FmCatalog *catalog, const char *path)
{
    g_autoptr(TestCapture) capture = test_load(path);
    g_autoptr(FmEngine) engine = fm_engine_new(catalog, true);
    fm_engine_use_secrets(engine, capture->secrets);
    fm_engine_want_all(engine);
    fm_engine_want_info(engine);
    size_t count = capture->frames->len;
    g_autoptr(GPtrArray) first = g_ptr_array_new_with_free_func(g_free);
    for (size_t i = 0; i < count; i++)
        g_ptr_array_add(first, test_dump(fm_engine_feed(engine, test_frame_at(capture, i)), false));

    /* In order: equal to the first visit, but for what tells of later frames. */
    g_autoptr(FmReplay) replay = replay_all(capture, engine);
    g_autoptr(GPtrArray) again = g_ptr_array_new_with_free_func(g_free);
    for (size_t i = 0; i < count; i++) {
        const FmPacket *p = fm_replay_packet(replay, test_frame_at(capture, i));
        CU_ASSERT_FALSE(fm_replay_mismatch(replay));
        g_autofree char *plain = test_dump(p, false);
        g_ptr_array_add(again, test_dump(p, true));
        if (strcmp(plain, g_ptr_array_index(first, i)) != 0) {
            show_difference(path, i + 1, g_ptr_array_index(first, i), plain);
            CU_FAIL("a replay differs from the first visit");
            break;
        }
    }
    if (again->len < count)
        return count;

    /* At random, on threads: equal to the replay in order. */
    Run runs[THREADS];
    GThread *threads[THREADS];
    for (guint32 t = 0; t < THREADS; t++) {
        runs[t] = (Run){ capture, engine, (char *const *)again->pdata, t + 1, 0 };
        threads[t] = g_thread_new("replay", replay_at_random, &runs[t]);
    }
    for (size_t t = 0; t < THREADS; t++) {
        g_thread_join(threads[t]);
        if (runs[t].first_wrong)
            g_printerr("%s, frame %zu: depends on what was looked at before\n", path, runs[t].first_wrong);
        CU_ASSERT_EQUAL(runs[t].first_wrong, 0);
    }
    return count;
}

static void test_every_capture(void)
{
    g_autoptr(FmCatalog) catalog = test_catalog();
    g_autoptr(GPtrArray) captures = test_captures();
    size_t frames = 0;
    for (guint i = 0; g_ptr_array_index(captures, i); i++)
        frames += replay_capture(catalog, g_ptr_array_index(captures, i));
    CU_ASSERT(frames > 500);
}

const TestSuite test_replay_suite = {
    "replay",
    TEST_CASES({ "every capture", test_every_capture }),
};
