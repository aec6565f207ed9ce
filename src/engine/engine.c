/* The engine: frames in, dissected packets out; and replays of frames already seen. */
#include "config.h"

#include "engine/engine.h"

#include <string.h>

#include "engine/visit.h"

struct FmEngine {
    FmVisit visit;
    FmMemoStore *memos; /* only with keep */
    FmFrame frame;
    FmTime time; /* of the frame before, or of the last one that had a time */
    bool keep;
};

struct FmReplay {
    FmVisit visit;
    const FmEngine *engine;
    FmMemos memos;
    FmReplay *earlier; /* for pieces that lie in buffers of earlier packets */
    FmFrame frame;
};

FmEngine *fm_engine_new(const FmCatalog *catalog, bool keep)
{
    FmEngine *engine = g_new0(FmEngine, 1);
    fm_visit_init(&engine->visit, catalog);
    engine->visit.flows = fm_flow_table_new(keep);
    engine->visit.reassembler = fm_reassembler_new();
    engine->visit.d.keeping = keep;
    engine->visit.d.engine = engine;
    engine->keep = keep;
    engine->time = FM_TIME_NONE;
    if (keep) {
        engine->visit.memo_arena = fm_arena_new(256 * 1024);
        engine->memos = fm_memo_store_new();
    }
    return engine;
}

void fm_engine_free(FmEngine *engine)
{
    if (!engine)
        return;
    fm_visit_clear(&engine->visit);
    fm_flow_table_free(engine->visit.flows);
    fm_reassembler_free(engine->visit.reassembler);
    fm_arena_free(engine->visit.memo_arena);
    fm_memo_store_free(engine->memos);
    g_free(engine);
}

static void want_bits(FmVisit *visit, const uint64_t *bits)
{
    for (size_t i = 0; i < fm_catalog_words(visit->catalog); i++)
        visit->wanted[i] |= bits[i];
}

/* A part whose rows are hidden costs much and is only for those who name one: asking for everything leaves it out. */
static bool is_costly(const FmProtocol *p)
{
    return p->part && p->field_count && p->fields[0].hidden;
}

static void want_everything(FmVisit *visit)
{
    const FmCatalog *catalog = visit->catalog;
    size_t end = fm_catalog_words(catalog), costly = end;
    for (unsigned n = (unsigned)fm_catalog_protocol_count(catalog); n > 0; n--) { /* from the last table to the first */
        size_t first = fm_catalog_base(catalog, n) / 64;
        if (!is_costly(fm_catalog_protocol_at(catalog, n)))
            memset(visit->wanted + first, 0xff, (costly - first) * sizeof(uint64_t));
        costly = first;
    }
    memset(visit->wanted, 0xff, costly * sizeof(uint64_t));
}

void fm_engine_want(FmEngine *engine, const uint64_t *bits)
{
    want_bits(&engine->visit, bits);
}

void fm_engine_want_field(FmEngine *engine, const FmEntry *entry)
{
    for (size_t i = 0; i < entry->id_count; i++)
        engine->visit.wanted[entry->ids[i] / 64] |= UINT64_C(1) << entry->ids[i] % 64;
}

void fm_engine_want_all(FmEngine *engine)
{
    want_everything(&engine->visit);
}

void fm_engine_want_labels(FmEngine *engine)
{
    engine->visit.d.want_labels = true;
}

void fm_engine_want_info(FmEngine *engine)
{
    engine->visit.d.want_info = true;
}

void fm_engine_want_segment(FmEngine *engine)
{
    engine->visit.d.want_segment = true;
}

void fm_engine_use_secrets(FmEngine *engine, FmSecrets *secrets)
{
    engine->visit.secrets = secrets;
}

static void keep_memos(FmEngine *engine)
{
    const FmVisit *v = &engine->visit;
    const FmPacket *p = &v->packet;
    uint32_t family = (uint32_t)p->flow_number << 4 | (uint32_t)p->flow_kind << 1 | p->flow_direction;
    fm_memo_store_put(engine->memos, p->frame->number, family, v->memos, v->memo_count);
}

FmFrame *fm_engine_frame(FmEngine *engine)
{
    return &engine->frame;
}

const FmPacket *fm_engine_feed(FmEngine *engine, const FmFrame *frame)
{
    FmPacket *p = &engine->visit.packet;
    p->previous_time = engine->time;
    if (p->first_time == FM_TIME_NONE)
        p->first_time = frame->time;
    if (frame->time != FM_TIME_NONE)
        engine->time = frame->time;
    if (frame != &engine->frame)
        engine->frame = *frame;
    fm_visit_frame(&engine->visit, &engine->frame);
    if (engine->keep)
        keep_memos(engine);
    return p;
}

void fm_engine_forget(FmEngine *engine)
{
    g_return_if_fail(!engine->keep);
    fm_flow_table_free(engine->visit.flows);
    fm_reassembler_free(engine->visit.reassembler);
    engine->visit.flows = fm_flow_table_new(false);
    engine->visit.reassembler = fm_reassembler_new();
}

void fm_engine_forget_packets(FmEngine *engine, uint64_t first)
{
    fm_memo_store_forget(engine->memos, first);
}

void fm_engine_displayed(FmEngine *engine)
{
    engine->visit.packet.previous_displayed_time = engine->frame.time;
}

uint32_t fm_engine_flow_count(const FmEngine *engine, unsigned kind)
{
    return fm_flow_count(engine->visit.flows, (FmFlowKind)kind);
}

/* ---- replay ---- */

FmReplay *fm_replay_new(const FmEngine *engine, FmFetch fetch, void *data)
{
    g_return_val_if_fail(engine->keep, NULL);
    FmReplay *replay = g_new0(FmReplay, 1);
    replay->engine = engine;
    fm_visit_init(&replay->visit, engine->visit.catalog);
    replay->visit.fetch = fetch;
    replay->visit.fetch_data = data;
    replay->visit.d.replaying = true;
    replay->visit.replay = replay;
    return replay;
}

void fm_replay_free(FmReplay *replay)
{
    if (!replay)
        return;
    fm_replay_free(replay->earlier);
    fm_memos_clear(&replay->memos);
    fm_visit_clear(&replay->visit);
    g_free(replay);
}

void fm_replay_want(FmReplay *replay, const uint64_t *bits)
{
    want_bits(&replay->visit, bits);
}

void fm_replay_want_all(FmReplay *replay)
{
    want_everything(&replay->visit);
}

void fm_replay_want_labels(FmReplay *replay)
{
    replay->visit.d.want_labels = true;
}

void fm_replay_neighbours(FmReplay *replay, FmTime previous, FmTime previous_displayed)
{
    replay->visit.packet.previous_time = previous;
    replay->visit.packet.previous_displayed_time = previous_displayed;
}

void fm_replay_want_info(FmReplay *replay)
{
    replay->visit.d.want_info = true;
}

void fm_replay_want_segment(FmReplay *replay)
{
    replay->visit.d.want_segment = true;
}

const FmPacket *fm_replay_packet(FmReplay *replay, const FmFrame *frame)
{
    replay->frame = *frame;
    fm_memo_store_get(replay->engine->memos, frame->number, &replay->memos);
    replay->visit.given = replay->memos.count ? &replay->memos : NULL;
    replay->visit.packet.first_time = replay->engine->visit.packet.first_time;
    fm_visit_frame(&replay->visit, &replay->frame);
    return &replay->visit.packet;
}

bool fm_replay_mismatch(const FmReplay *replay)
{
    return replay->visit.mismatch || (replay->visit.given && replay->visit.memo_count != replay->visit.given->count);
}

/* Bytes of the buffer that a piece names: of the frame itself, or of a buffer that dissecting that frame makes. */
FmSlice fm_visit_earlier(FmVisit *visit, const FmPiece *piece, FmFrame *frame)
{
    FmReplay *replay = visit->replay;
    if (!replay || !visit->fetch(visit->fetch_data, piece->packet, frame))
        return (FmSlice){ NULL, 0 };
    if (piece->buffer == 0)
        return (FmSlice){ frame->data, frame->captured };
    if (!replay->earlier) { /* a second visit, so that this packet's own arena stays */
        if (visit->depth >= FM_MAX_DEPTH)
            return (FmSlice){ NULL, 0 };
        replay->earlier = fm_replay_new(replay->engine, visit->fetch, visit->fetch_data);
        replay->earlier->visit.depth = visit->depth + 1;
    }
    frame->data = fm_arena_copy(visit->arena, frame->data, frame->captured); /* to look at it others may be fetched into the same room */
    const FmPacket *p = fm_replay_packet(replay->earlier, frame);
    return piece->buffer < p->buffer_count ? p->buffers[piece->buffer].bytes : (FmSlice){ NULL, 0 };
}
