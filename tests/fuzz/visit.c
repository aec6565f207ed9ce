/* Frames that a target made, dissected in every way there is: nothing wanted, everything wanted, replayed. */
#include "config.h"

#include "visit.h"

#include <stdlib.h>
#include <string.h>

#include "dissectors/all.h"
#include "dump.h"
#include "engine/engine.h"

static bool fetch(void *data, uint32_t number, FmFrame *frame)
{
    const FuzzFrames *frames = data;
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

void fuzz_visit(FuzzFrames *frames, FmSecrets *secrets)
{
    static FmCatalog *catalog; /* built once: it does not change */
    if (!catalog)
        catalog = fm_catalog_new(fm_all_protocols, fm_all_protocol_count, NULL);

    g_autoptr(FmEngine) blind = fm_engine_new(catalog, false);
    fm_engine_use_secrets(blind, secrets);
    for (size_t i = 0; i < frames->count; i++)
        fm_engine_feed(blind, &frames->at[i]);

    g_autoptr(FmEngine) engine = fm_engine_new(catalog, true);
    fm_engine_use_secrets(engine, secrets);
    fm_engine_want_all(engine);
    fm_engine_want_info(engine);
    char *seen[FUZZ_MAX_FRAMES];
    for (size_t i = 0; i < frames->count; i++)
        seen[i] = test_dump(fm_engine_feed(engine, &frames->at[i]), false);

    g_autoptr(FmReplay) replay = fm_replay_new(engine, fetch, frames);
    fm_replay_want_all(replay);
    fm_replay_want_info(replay);
    for (size_t i = frames->count; i-- > 0;) {
        g_autofree char *again = test_dump(fm_replay_packet(replay, &frames->at[i]), false);
        demand_equal(seen[i], again);
        g_free(seen[i]);
    }
}
