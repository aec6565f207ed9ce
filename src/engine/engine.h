/* The engine: frames in, dissected packets out. Several may run side by side; they share only a catalog. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "crypto/secrets.h"
#include "model/packet.h"

typedef struct FmEngine FmEngine;
typedef struct FmReplay FmReplay;

/* With `keep`, memos of every packet and all flow states are kept, so that packets can be replayed; without it memory stays
 * bounded by what is live. */
FmEngine *fm_engine_new(const FmCatalog *catalog, bool keep);
void fm_engine_free(FmEngine *engine);

/* What somebody needs: bits of field ids; labels (the lines of details and pdml, protocols in field lists; not JSON, whose text-only
 * keys come anyway); the info column. Call before feeding. Adds up. */
void fm_engine_want(FmEngine *engine, const uint64_t *bits);
void fm_engine_want_field(FmEngine *engine, const FmEntry *entry);
void fm_engine_want_all(FmEngine *engine);
void fm_engine_want_labels(FmEngine *engine);
void fm_engine_want_info(FmEngine *engine);
void fm_engine_want_segment(FmEngine *engine); /* packet->segment */

/* By what protected packets are opened: borrowed, may be shared by engines, may grow. Call before feeding. */
void fm_engine_use_secrets(FmEngine *engine, FmSecrets *secrets);

/* Room for the next frame, which fm_engine_feed then does not copy. The packet before it must no longer be looked at. */
FmFrame *fm_engine_frame(FmEngine *engine);

/* First visit of a frame, in capture order. The packet is valid until the next call. Never NULL. */
const FmPacket *fm_engine_feed(FmEngine *engine, const FmFrame *frame);

/* Forgets flows and reassemblies; times go on. */
void fm_engine_forget(FmEngine *engine);

/* Times for fields that tell of other frames: of the first, the previous and the previous displayed one. */
void fm_engine_displayed(FmEngine *engine);

/* A replayer dissects frames that the engine (made with `keep`) has visited, at any time and in any order. It reads the engine
 * only, so each thread may have its own. `fetch` finds the bytes of an earlier frame: false if they are gone. */
typedef bool (*FmFetch)(void *data, uint32_t number, FmFrame *frame);
FmReplay *fm_replay_new(const FmEngine *engine, FmFetch fetch, void *data);
void fm_replay_free(FmReplay *replay);
void fm_replay_want(FmReplay *replay, const uint64_t *bits);
void fm_replay_want_all(FmReplay *replay);
void fm_replay_want_labels(FmReplay *replay);
void fm_replay_want_info(FmReplay *replay);
void fm_replay_want_segment(FmReplay *replay);

/* Times of the frame before and of the displayed one before the next packet, where it is replayed in order; otherwise unknown. */
void fm_replay_neighbours(FmReplay *replay, FmTime previous, FmTime previous_displayed);
const FmPacket *fm_replay_packet(FmReplay *replay, const FmFrame *frame);

/* With `keep`: memos of the packets in front of that number are not needed any more. Nothing may be replayed meanwhile. */
void fm_engine_forget_packets(FmEngine *engine, uint64_t first);

/* Did the last replay ask for other memos than the first visit took? A fault of a dissector. */
bool fm_replay_mismatch(const FmReplay *replay);

/* Flows so far by kind (FmFlowKind). */
uint32_t fm_engine_flow_count(const FmEngine *engine, unsigned kind);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(FmEngine, fm_engine_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FmReplay, fm_replay_free)
