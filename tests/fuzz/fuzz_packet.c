/* Hostile packets: any bytes as frames of one capture, dissected with everything wanted and with nothing wanted, then replayed.
 *
 * Input: a byte that chooses the link type, then frames: two bytes of length (big endian; the top bit: cut, half of the bytes were
 * not captured) and the bytes. fuzz_seeds makes such inputs from captures. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "dissectors/all.h"
#include "dump.h"
#include "engine/engine.h"
#include "fuzz.h"

enum { MAX_FRAMES = 64 };

typedef struct Frames {
    FmFrame at[MAX_FRAMES];
    size_t count;
} Frames;

static Frames split(const uint8_t *data, size_t size)
{
    Frames frames = { .count = 0 };
    uint32_t link_type = fuzz_link_types[data[0] % FUZZ_LINK_TYPES];
    size_t at = 1;
    while (at + 2 <= size && frames.count < MAX_FRAMES) {
        bool cut = data[at] & 0x80;
        uint32_t length = (uint32_t)(data[at] & 0x7f) << 8 | data[at + 1];
        at += 2;
        length = (uint32_t)MIN(length, size - at);
        FmFrame *f = &frames.at[frames.count++];
        *f = (FmFrame){ .number = frames.count,
                        .time = (FmTime)frames.count * FM_SECOND,
                        .data = data + at,
                        .captured = cut ? length / 2 : length,
                        .length = length,
                        .link_type = link_type };
        at += length;
    }
    return frames;
}

static bool fetch(void *data, uint32_t number, FmFrame *frame)
{
    const Frames *frames = data;
    if (number == 0 || number > frames->count)
        return false;
    *frame = frames->at[number - 1];
    return true;
}

static void demand_equal(const char *first, const char *again)
{
    if (strcmp(first, again) == 0)
        return;
    g_printerr("first visit:\n%s\nreplay:\n%s\n", first, again);
    abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    Frames frames = split(data, size);
    static FmCatalog *catalog; /* built once: it does not change */
    if (!catalog)
        catalog = fm_catalog_new(fm_all_protocols, fm_all_protocol_count, NULL);

    g_autoptr(FmEngine) blind = fm_engine_new(catalog, false);
    for (size_t i = 0; i < frames.count; i++)
        fm_engine_feed(blind, &frames.at[i]);

    g_autoptr(FmEngine) engine = fm_engine_new(catalog, true);
    fm_engine_want_all(engine);
    fm_engine_want_info(engine);
    char *seen[MAX_FRAMES];
    for (size_t i = 0; i < frames.count; i++)
        seen[i] = test_dump(fm_engine_feed(engine, &frames.at[i]), false);

    g_autoptr(FmReplay) replay = fm_replay_new(engine, fetch, &frames);
    fm_replay_want_all(replay);
    fm_replay_want_info(replay);
    for (size_t i = frames.count; i-- > 0;) {
        g_autofree char *again = test_dump(fm_replay_packet(replay, &frames.at[i]), false);
        demand_equal(seen[i], again);
        g_free(seen[i]);
    }
    return 0;
}
