/* Conversations: who talks with whom, numbered in the order of appearance as Wireshark's stream indexes.
 *
 * A flow that has ended keeps its number (a late packet is still counted to it), but its state is given back. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "base/arena.h"
#include "base/time.h"
#include "flow/recent.h"

typedef enum FmFlowKind { FM_FLOW_NONE, FM_FLOW_TCP, FM_FLOW_UDP, FM_FLOW_SCTP, FM_FLOW_DCCP, FM_FLOW_IPV4, FM_FLOW_IPV6, FM_FLOW_ETHER, FM_FLOW_QUIC,
    FM_FLOW_ANNOUNCED, /* what a session description told of before it came */
    FM_FLOW_KINDS } FmFlowKind;

typedef struct FmFlowKey { /* compared and hashed as bytes: all of them are set */
    uint8_t low[16], high[16]; /* the smaller (address, port) first */
    uint32_t low_port, high_port;
    uint8_t kind, address_size, pad[6];
} FmFlowKey;

typedef struct FmFlowState { /* one protocol's state in a flow */
    struct FmFlowState *next;
    void (*release)(void *state); /* before it is freed; may be NULL */
    unsigned protocol;
    uint64_t bytes[];
} FmFlowState;

typedef struct FmInner { /* what runs inside a flow */
    FmRecents streams; /* of FmStream */
    FmRecents states;  /* of protocols, by stream */
    size_t bytes;      /* waiting in the streams */
} FmInner;

typedef enum FmFlowStage { /* what decides how long a flow is kept */
    FM_FLOW_NEW,   /* nothing known: kept for two minutes of silence */
    FM_FLOW_OPEN,  /* established: kept for long */
    FM_FLOW_ENDED, /* nothing should follow: kept while there is room */
    FM_FLOW_STAGES
} FmFlowStage;

#define FM_FLOW_ID_SIZE 20

typedef struct FmFlowId { /* a name that a flow goes by beside its key: a connection id */
    struct FmFlowId *next; /* of the same flow */
    struct FmFlow *flow;
    uint64_t hash;
    uint8_t kind, size;
    uint8_t owner; /* the caller's: which side chose it */
    uint8_t bytes[FM_FLOW_ID_SIZE];
} FmFlowId;

typedef struct FmFlow {
    FmFlowKey key;
    uint64_t hash;
    struct FmFlow *newer, *older; /* by last packet; or the free list */
    uint32_t number;      /* in its kind: tcp.stream */
    uint8_t stage;
    uint64_t residue;     /* the protocol's 64 bits that survive when the flow is forgotten and comes back */
    FmTime first, last;   /* time of its first and of its latest packet */
    uint64_t packets[2];  /* by direction; 0: from low to high */
    FmFlowState *states;
    FmFlowId *ids;
    unsigned id_count;
    FmArena *arena;       /* NULL until something asks for memory */
    struct FmInner *inner; /* NULL until there is a stream, or a state of one */
    unsigned protocol;    /* protocol chosen for the payload by what was seen; 0: not yet */
} FmFlow;

typedef struct FmFlowTable FmFlowTable;

/* A table of its own with its own random hash key. With `keep`, flows are never forgotten (a loaded session). */
FmFlowTable *fm_flow_table_new(bool keep);
void fm_flow_table_free(FmFlowTable *table);

/* Makes a key; direction is set to 0 where (source, source_port) is the low end. */
void fm_flow_key(FmFlowKey *key, FmFlowKind kind, const uint8_t *source, const uint8_t *destination, unsigned address_size,
                 uint32_t source_port, uint32_t destination_port, unsigned *direction);

/* Finds or makes the flow; updates its times. The flow is valid until the table's next call; older flows may end here. */
FmFlow *fm_flow_get(FmFlowTable *table, const FmFlowKey *key, FmTime now);

/* Finds it, and changes nothing; NULL if there is none. Valid as above. */
FmFlow *fm_flow_find(const FmFlowTable *table, const FmFlowKey *key);

/* State of a protocol in the flow; NULL if it has none. */
const void *fm_flow_known_state(const FmFlow *flow, unsigned protocol);

/* Starts a new flow on the same key (ports used again): the next number. */
FmFlow *fm_flow_renew(FmFlowTable *table, FmFlow *flow, FmTime now);

/* A new flow that no addresses tell of: a connection known by ids. */
FmFlow *fm_flow_make(FmFlowTable *table, FmFlowKind kind, FmTime now);

/* Binds an id of 1 to FM_FLOW_ID_SIZE bytes to the flow; one that is bound already goes over to it. `kind` keeps ids of different meaning apart. Of more than FM_MAX_FLOW_IDS the
 * oldest is unbound. */
void fm_flow_bind_id(FmFlowTable *table, FmFlow *flow, unsigned kind, const uint8_t *id, unsigned size, uint8_t owner);

/* Who goes by that id; NULL if nobody. Valid until the table's next change. */
const FmFlowId *fm_flow_bound_id(const FmFlowTable *table, unsigned kind, const uint8_t *id, unsigned size);

void fm_flow_set_stage(FmFlowTable *table, FmFlow *flow, FmFlowStage stage);

/* State of a protocol in the flow, made and zeroed on first use. */
void *fm_flow_state(FmFlow *flow, unsigned protocol, size_t size, void (*release)(void *state));

/* State of a protocol for the stream `number` inside the flow, made and zeroed on first use; the one unused for longest goes when there
 * are more than FM_MAX_STREAMS. */
void *fm_flow_stream_state(FmFlow *flow, unsigned protocol, uint64_t number, size_t size, void (*release)(void *state));

/* Forgets it. */
void fm_flow_stream_ended(FmFlow *flow, unsigned protocol, uint64_t number);

/* The flow's stream of (number, kind), made on first use with room for an FmStream; as above. Sets *crowded if another one had to go. */
struct FmStream *fm_flow_stream(FmFlow *flow, uint64_t number, uint32_t kind, bool *crowded);
void fm_flow_end_stream(FmFlow *flow, struct FmStream *stream);

/* Flows of a kind so far, and those in memory now. */
uint32_t fm_flow_count(const FmFlowTable *table, FmFlowKind kind);
size_t fm_flow_live(const FmFlowTable *table);

FmArena *fm_flow_arena(FmFlow *flow);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(FmFlowTable, fm_flow_table_free)
