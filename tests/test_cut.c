/* The first frames of every capture, cut at every length: nothing crashes, nothing reads past the end, no packet grows without a
 * bound. An ordinary run takes some lengths; with TEST_EVERY_LENGTH in the environment it takes all of the first 128 bytes, where headers
 * are, and behind them each sixteenth, others for each frame. */
#include "config.h"

#include <string.h>

#include "base/limits.h"
#include "engine/engine.h"
#include "test.h"

enum { FRAMES = 40, SOME_LENGTHS = 30, HEADERS = 128, BODY_STEP = 16 };

/* `lost`: the bytes were on the wire; else they never were. */
static void cut_frame(FmEngine *engine, const FmFrame *whole, uint32_t length, bool lost)
{
    FmFrame frame = *whole;
    uint8_t *bytes = g_memdup2(whole->data, length); /* exactly so many, for the sanitizer to watch */
    frame.data = bytes;
    frame.captured = length;
    if (!lost)
        frame.length = length;
    const FmPacket *p = fm_engine_feed(engine, &frame);
    CU_ASSERT(p->node_count <= FM_MAX_NODES);
    CU_ASSERT(p->buffer_count <= FM_MAX_BUFFERS);
    if (length % 4 == 0 || length == whole->captured) { /* the slower half: every value is read */
        g_autofree char *dump = test_dump(p, true);
        CU_ASSERT(strlen(dump) > 0);
    }
    g_free(bytes);
}

static void cut_capture(const FmCatalog *catalog, const char *path, bool all, bool lost)
{
    g_autoptr(TestCapture) capture = test_load(path);
    g_autoptr(FmEngine) engine = fm_engine_new(catalog, false);
    fm_engine_use_secrets(engine, capture->secrets);
    fm_engine_want_all(engine);
    fm_engine_want_info(engine);
    size_t frames = MIN(capture->frames->len, FRAMES);
    for (size_t i = 0; i < frames; i++) {
        const FmFrame *frame = test_frame_at(capture, i);
        uint32_t step = all ? 1 : frame->captured / SOME_LENGTHS + 1;
        for (uint32_t length = (uint32_t)i % step; length < frame->captured; length += step) {
            if (all && length >= HEADERS && (length + i + lost * BODY_STEP / 2) % BODY_STEP != 0)
                continue;
            cut_frame(engine, frame, length, lost);
        }
        cut_frame(engine, frame, frame->captured, true); /* whole, so that state grows as it would */
    }
}

static void cut_all(bool lost)
{
    g_autoptr(FmCatalog) catalog = test_catalog();
    g_autoptr(GPtrArray) captures = test_captures();
    bool all = g_getenv("TEST_EVERY_LENGTH") != NULL;
    CU_ASSERT(captures->len > 1);
    for (guint i = 0; g_ptr_array_index(captures, i); i++)
        cut_capture(catalog, g_ptr_array_index(captures, i), all, lost);
}

static void test_not_captured(void)
{
    cut_all(true);
}

static void test_not_on_the_wire(void)
{
    cut_all(false);
}

const TestSuite test_cut_suite = {
    "cut",
    TEST_CASES({ "bytes not captured", test_not_captured }, { "bytes not on the wire", test_not_on_the_wire }),
};
