/* The engine's own state while a packet is dissected, and the memos that outlive it. Private to src/engine. */
#pragma once

#include "crypto/cipher.h"
#include "engine/dissect.h"
#include "engine/engine.h"
#include "engine/memos.h"

typedef struct FmReassembler FmReassembler;

typedef struct FmGrave { /* memory that is freed when the packet is over */
    struct FmGrave *next;
    void *memory;
} FmGrave;

typedef struct FmFlowKept { /* the current flow before a layer changed it */
    struct FmFlowKept *outer;
    FmFlowUse flow;
    uint8_t nesting; /* of that layer */
} FmFlowKept;

typedef struct FmVisit {
    FmDissection d;
    FmPacket packet;
    const FmCatalog *catalog;
    FmArena *arena;
    uint64_t *wanted;            /* all words of the catalog */
    uint64_t *nothing;           /* as many zero words: for quoted and repeated visits */
    uint32_t node_room, buffer_room, label_room, layer_room, memo_room;
    const char **layers;
    FmFlowTable *flows;          /* NULL on replay */
    FmReassembler *reassembler;  /* NULL on replay */
    FmSecrets *secrets;          /* borrowed; NULL on replay */
    FmCrypto *crypto;            /* made on first use */
    FmArena *memo_arena;         /* memos that may still change go there; NULL: all go into the packet's arena */
    FmMemo *memos;               /* taken in this packet */
    uint32_t memo_count;
    const FmMemos *given;        /* replay: memos of the first visit */
    FmFetch fetch;               /* replay: bytes of earlier frames */
    void *fetch_data;
    FmReplay *replay;            /* NULL on first visits */
    unsigned depth;              /* replays inside replays */
    struct FmPatterns *patterns; /* of labels and the info column */
    FmText scratch;              /* where labels are written before they are copied */
    size_t info_fence;
    FmGrave *graves;
    bool mismatch;               /* a replay asked for memos that the first visit did not take */
    bool truncated;              /* a bound was reached */
} FmVisit;

void fm_visit_init(FmVisit *visit, const FmCatalog *catalog);
void fm_visit_clear(FmVisit *visit);

/* Dissects a frame into visit->packet. */
void fm_visit_frame(FmVisit *visit, const FmFrame *frame);

/* A memo of `size` bytes that belongs to the engine itself, in the same order of calls. `final`: as FmProtocol.memo_final. */
static inline void *fm_visit_memo(FmDissection *d, size_t size, bool final);

void *fm_visit_kept_memo(FmDissection *d, size_t size, bool final); /* the same where memos outlive the packet */

static inline void *fm_visit_memo(FmDissection *d, size_t size, bool final)
{
    if (d->replaying || d->visit->memo_arena)
        return fm_visit_kept_memo(d, size, final);
    return fm_arena_alloc0(d->arena, size);
}

/* The layer at hand has ended and had changed the flow (d->kept): the one before is back. */
void fm_visit_return_flow(FmDissection *d);

/* Frees `memory` (g_malloc) when the packet is over. */
void fm_visit_bury(FmDissection *d, void *memory);

/* Bytes of the buffer of an earlier packet that a piece names; empty if they are gone. Valid until the next call. */
FmSlice fm_visit_earlier(FmVisit *visit, const FmPiece *piece, FmFrame *frame);

/* Puts a layer of that protocol over the bytes of the cursor, with nothing inside. */
void fm_visit_layer(FmDissection *d, unsigned number, const FmCursor *c);

/* Notes what went wrong in the layer `protocol`. */
void fm_visit_trouble(FmDissection *d, const FmProtocol *protocol, const FmTrouble *trouble);

/* Room for nodes of ids below FM_ID_STEP. Returns the node, or NULL. */
FmNode *fm_visit_node(FmDissection *d, uint16_t id, unsigned depth);

/* Sets the text of a node, which lives as long as the packet; replaces the one before. */
void fm_visit_label(FmDissection *d, FmNode *node, const char *text);

/* Does anybody ask for the field with that id? */
bool fm_visit_wants(const FmDissection *d, uint16_t id);

FmReassembler *fm_reassembler_new(void);
void fm_reassembler_free(FmReassembler *reassembler);
