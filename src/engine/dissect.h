/* What a dissector is written with. Read docs/adding-a-protocol.md first.
 *
 * A dissector file has a constant table `fields` and calls these with indexes of that table. Nothing is recorded that
 * nobody wants; values are returned in any case. First visits go in capture order and may change flow state; a replay may
 * come at any time, in any order, on any thread, and only reads. */
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "base/arena.h"
#include "base/cursor.h"
#include "base/limits.h"
#include "base/text.h"
#include "crypto/secrets.h"
#include "flow/flow.h"
#include "flow/stream.h"
#include "model/packet.h"
#include "model/protocol.h"

struct FmDissection {
    /* What a layer changes and its end restores: all up to `kept`. */
    const uint64_t *want; /* wanted bits of the current table */
    FmTrouble *trouble;   /* of the current layer */
    FmFlow *flow;         /* NULL on replay and outside flows */
    void *flow_memo;      /* the engine's own */
    const FmFlow *quoted; /* that the quoted packet is of, if that was seen; first visits only */
    FmTime arrived;       /* when the last byte of the record at hand came: before this packet where it waited behind a hole of its stream.
                             First visits only; a replay finds the time of the frame */
    FmTime flow_first, flow_previous; /* of the flow's first packet and the one before this (FM_TIME_NONE: none) */
    uint32_t flow_number;
    uint32_t layer_node;  /* 1 + index of the current layer's own node; 0: not recorded */
    uint32_t layer_first; /* nodes before the current layer */
    uint16_t protocol;    /* number of the current protocol (a part's own) */
    uint16_t layer;       /* number of the current layer's protocol */
    uint16_t base;        /* id of row 0 of the current table */
    uint8_t depth;        /* of the next node */
    uint8_t flow_kind, direction;

    struct FmFlowKept *kept; /* the engine's own: the flow that layers go back to */

    uint8_t floor;        /* depth of protocols' own nodes: 0, deeper inside a quoted packet */
    uint8_t nesting;      /* protocols entered */
    uint8_t hop_limit;    /* of the network layer: time to live */
    uint8_t radio_flags;  /* how the radio frame that follows is laid out, by its capture header; whoever reads it clears it */
    bool replaying;
    bool want_labels;     /* somebody shows labels */
    bool want_texts;      /* somebody shows labels, or at least texts that are no field's (JSON) */
    bool want_notes;      /* somebody looks at notes */
    bool want_info;       /* somebody shows the info column */
    bool want_segment;    /* somebody follows TCP senders: packet->segment */
    bool quoting;         /* inside a quoted packet: no flow is created or changed */
    bool follows;         /* not the first record that this piece of its stream completes */
    bool keeping;         /* memos live on: pointers to them may be stored in state */
    FmStream *stream;     /* that the current record comes from; NULL on replay and outside streams */
    FmFlow *stream_flow;  /* whose that is: another than `flow` where the stream is nested */
    struct FmRecordSize **sizes; /* where sizes of records are told; NULL: nobody asks */
    const FmCatalog *catalog;
    const uint64_t *wanted; /* bits of all fields of the catalog */
    FmPacket *packet;
    FmArena *arena;       /* of the packet */
    void *context;        /* what the protocol that feeds a stream lends to the stream's consumer; NULL: nothing */
    FmSlice body_type;    /* media type, with parameters, of the message body that is dissected; empty outside bodies */
    struct FmEngine *engine;
    struct FmVisit *visit; /* the engine's own state of this packet */
};

/* ---- reading fields ------------------------------------------------------------------------------------------------- */

/* Reads the field that row F describes, records it if wanted, returns its value (masked and shifted). Moves on.
 * For types of fixed width up to 8 bytes. Signed types: sign-extended into the uint64_t. */
#define fm_add(d, F, c) fm_add_number((d), &fields[F], (F), (c), true)

/* The same without moving on: the next field shares the bytes. */
#define fm_add_bits(d, F, c) fm_add_number((d), &fields[F], (F), (c), false)

/* Reads row F, and rows FIRST to LAST from the same bytes as its children. Moves on; returns F's value. */
#define fm_add_flags(d, F, FIRST, LAST, c) fm_add_flags_of((d), fields, (F), (FIRST), (LAST), (c), true)

/* Bytes, strings, IPv6 addresses: the next `n` bytes. Fewer: what is there, and trouble. Moves on. */
#define fm_add_bytes(d, F, c, n) fm_add_bytes_of((d), &fields[F], (F), (c), (n))

/* A string that ends with a NUL, or at the end. Moves behind the NUL; returns the text without it. */
#define fm_add_stringz(d, F, c) fm_add_stringz_of((d), &fields[F], (F), (c))

/* A value computed from the `n` bytes at `c`; does not move. Not shown as [made]. */
#define fm_add_value(d, F, c, n, value) \
    do { if (fm_wanted(d, F)) fm_record((d), (F), fm_offset(c), (uint32_t)(n), (c)->buffer, 0, (value)); } while (0)

/* Text decoded from the `n` bytes at `c` (a DNS name); does not move. `text` is copied. */
#define fm_add_text(d, F, c, n, text) \
    do { if (fm_wanted(d, F)) fm_record_blob((d), (F), fm_offset(c), (uint32_t)(n), (c)->buffer, 0, (text), strlen(text)); } while (0)
#define fm_add_blob(d, F, c, n, data, size) \
    do { if (fm_wanted(d, F)) fm_record_blob((d), (F), fm_offset(c), (uint32_t)(n), (c)->buffer, 0, (data), (size)); } while (0)

/* Values that stand nowhere in the packet: shown in [brackets]. */
#define fm_make(d, F, value) \
    do { if (fm_wanted(d, F)) fm_record((d), (F), 0, 0, 0, FM_NODE_MADE, (value)); } while (0)
#define fm_make_text(d, F, text) \
    do { if (fm_wanted(d, F)) fm_record_blob((d), (F), 0, 0, 0, FM_NODE_MADE, (text), strlen(text)); } while (0)
#define fm_make_bytes(d, F, data, size) \
    do { if (fm_wanted(d, F)) fm_record_blob((d), (F), 0, 0, 0, FM_NODE_MADE, (data), (size)); } while (0)

/* Is row F asked for? Only to save work, never to decide. Seldom: what only recording needs is kept out of the way of what always runs. */
#define fm_wanted(d, F) __builtin_expect((long)((d)->want[(F) / 64] >> ((F) % 64) & 1), 0)

/* Does nobody look at rows of this file's table, labels or notes? What only they need may then be passed over. */
#define fm_quiet(d) fm_quiet_of((d), sizeof(fields) / sizeof(fields[0]))

/* ---- trees ---------------------------------------------------------------------------------------------------------- */

typedef struct FmSubtree {
    uint32_t node; /* 1 + index; 0: not recorded */
    const uint8_t *from;
} FmSubtree;

/* Opens a subtree of row F (FM_NONE, FM_BYTES, a string, …) at `c`; what is added until fm_close is inside.
 * fm_close sets its length to where `c` is then. */
#define fm_open(d, F, c) fm_open_of((d), &fields[F], (F), (c))
void fm_close(FmDissection *d, FmSubtree subtree, const FmCursor *c);

/* A subtree that has a text and no field; only details and JSON show it. At a zeroed cursor: over values that are computed, shown
 * in [brackets]. */
FmSubtree fm_open_text(FmDissection *d, const FmCursor *c, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* What follows becomes children of the field just added, until fm_up. */
static inline void fm_down(FmDissection *d) { d->depth++; }
static inline void fm_up(FmDissection *d) { d->depth--; }

/* Moves the nodes recorded since `from` in front of those recorded since `to`, an earlier mark: for what is known late and stands early. */
typedef uint32_t FmMark;
static inline FmMark fm_mark(const FmDissection *d) { return d->packet->node_count; }
void fm_move(FmDissection *d, FmMark to, FmMark from);

/* Length of the current protocol's own node (its header); without it the node spans all it was given. */
void fm_length(FmDissection *d, uint64_t length);

/* ---- labels, notes, columns: cost nothing when nobody looks ----------------------------------------------------------- */

/* Text shown instead of the standard one (or behind it: fm_label_more) by the node of row F added last. */
#define fm_label(d, F, ...) do { if (G_UNLIKELY((d)->want_labels)) fm_label_of((d), (F), false, __VA_ARGS__); } while (0)
#define fm_label_more(d, F, ...) do { if (G_UNLIKELY((d)->want_labels)) fm_label_of((d), (F), true, __VA_ARGS__); } while (0)

/* The same for a subtree opened before. */
void fm_subtree_label(FmDissection *d, FmSubtree subtree, const char *format, ...) G_GNUC_PRINTF(3, 4);
void fm_subtree_label_more(FmDissection *d, FmSubtree subtree, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* A text that lives as long as the program. */
void fm_subtree_constant(FmDissection *d, FmSubtree subtree, const char *text);

/* Text of the current protocol's own line: "User Datagram Protocol, Src Port: …". _more appends. */
#define fm_title(d, ...) do { if (G_UNLIKELY((d)->want_labels)) fm_title_of((d), false, __VA_ARGS__); } while (0)
#define fm_title_more(d, ...) do { if (G_UNLIKELY((d)->want_labels)) fm_title_of((d), true, __VA_ARGS__); } while (0)

/* A note with a name (row F is an FM_EXPERT), as a child of the field added last. Text: the row's name, or the format. */
#define fm_expert(d, F) fm_expert_of((d), &fields[F], (F), NULL)
#define fm_expert_text(d, F, ...) fm_expert_of((d), &fields[F], (F), __VA_ARGS__)

/* Does anybody look at notes? */
static inline bool fm_wants_notes(const FmDissection *d) { return d->want_notes; }

/* A note without a name. */
void fm_note(FmDissection *d, FmSeverity severity, const char *format, ...) G_GNUC_PRINTF(3, 4) FM_SELDOM;

/* Info column: replaces, appends, or puts in front. Raw packet text is welcome: it is escaped when printed. */
#define fm_info(d, ...) do { if ((d)->want_info) fm_info_of((d), 0, __VA_ARGS__); } while (0)
#define fm_info_more(d, ...) do { if ((d)->want_info) fm_info_of((d), 1, __VA_ARGS__); } while (0)
#define fm_info_before(d, ...) do { if ((d)->want_info) fm_info_of((d), -1, __VA_ARGS__); } while (0)

/* The info column's text itself, for fast writers; NULL if nobody shows it. */
static inline FmText *fm_info_plain_text(FmDissection *d) { return d->want_info ? &d->packet->info : NULL; } /* for our own words */

static inline FmText *fm_info_text(FmDissection *d) /* for words of the packet too */
{
    d->packet->info_plain = false;
    return fm_info_plain_text(d);
}

/* Empties it; replaces it by a text of our own. */
void fm_info_clear(FmDissection *d);
void fm_info_constant(FmDissection *d, const char *text);

/* Keeps what the info column has: later fm_info calls add behind it (several records in one packet). */
void fm_info_keep(FmDissection *d);

/* Protocol column; set to the protocol's name when it is entered. */
void fm_protocol_column(FmDissection *d, const char *name);

/* ---- addresses, ports, flows ------------------------------------------------------------------------------------------ */

/* Addresses of the current layer, borrowed for the packet: 6 (link), 4 or 16 bytes (network). */
void fm_link_addresses(FmDissection *d, const uint8_t *source, const uint8_t *destination);
void fm_net_addresses(FmDissection *d, const uint8_t *source, const uint8_t *destination, unsigned size);

/* Who a 24-bit OUI was given to, or NULL. */
const char *fm_vendor(const FmDissection *d, uint32_t oui);

/* Finds or makes the flow of (kind, addresses, ports) and enters it: stream numbers, direction, state. Returns its number. */
uint32_t fm_flow(FmDissection *d, FmFlowKind kind, uint64_t source_port, uint64_t destination_port);

/* The same addresses and ports begin anew (a SYN on a known flow): the next number, states forgotten. First visits only. */
void fm_flow_restart(FmDissection *d);

/* Connections that are known by ids, not by addresses (QUIC). `kind` keeps ids of different meaning apart. First visits only; NULL, or
 * nothing done, while quoting. */
const FmFlowId *fm_flow_id(const FmDissection *d, unsigned kind, const uint8_t *id, unsigned size);
FmFlow *fm_flow_new(FmDissection *d, FmFlowKind kind);
void fm_flow_name(FmDissection *d, FmFlow *flow, unsigned kind, const uint8_t *id, unsigned size, uint8_t owner);

/* A flow that stands for something told of before it comes (media, a transfer), known by an id alone; made if there is none, and kept as long
 * as open ones. Its states are what was told. First visits only; NULL while quoting. */
FmFlow *fm_flow_announced(FmDissection *d, unsigned kind, const uint8_t *id, unsigned size);

/* Makes a flow the current one, which the packet's columns do not follow, until it is left again. On replay `flow` is NULL and number
 * and direction come from the caller's memo. */
typedef struct FmFlowUse {
    FmFlow *flow;
    void *memo;
    FmTime first, previous;
    uint32_t number;
    uint8_t kind, direction;
} FmFlowUse;

FmFlowUse fm_flow_enter(FmDissection *d, FmFlow *flow, FmFlowKind kind, uint32_t number, unsigned direction);
void fm_flow_leave(FmDissection *d, FmFlowUse before);

/* Says how the current flow stands (FM_FLOW_OPEN, FM_FLOW_ENDED). */
void fm_flow_stage(FmDissection *d, FmFlowStage stage);

/* State of the current protocol in the current flow: state_size zeroed bytes at first. First visits only, and NULL while
 * quoting or outside flows. */
void *fm_state(FmDissection *d);

/* State of the current protocol in the flow that the quoted packet is of, to read; NULL while not quoting, and where none is known.
 * First visits only. */
const void *fm_quoted_state(const FmDissection *d);

/* State of the current protocol for the stream `number` inside the current flow, shared by both directions: stream_state_size zeroed
 * bytes at first. Valid until the next call for another number. When, and where there is none: as fm_state. */
void *fm_stream_state(FmDissection *d, uint64_t number);

/* Gives it back: the stream has ended. */
void fm_stream_state_end(FmDissection *d, uint64_t number);

/* Does the current flow hold state of that protocol: has it been met here? For probes. False on replay, while quoting, outside flows. */
bool fm_flow_met(const FmDissection *d, const FmProtocol *protocol);

/* Memo of this visit of the current protocol: memo_size bytes, zeroed on the first visit, read-only afterwards. One per call:
 * call it once per visit, in every visit. */
void *fm_memo(FmDissection *d);

/* Memory that lives as long as memos do, for what a memo points to. First visits only. */
FmArena *fm_memo_arena(FmDissection *d);

static inline bool fm_replaying(const FmDissection *d) { return d->replaying; }
static inline unsigned fm_direction(const FmDissection *d) { return d->direction; }
static inline uint32_t fm_frame_number(const FmDissection *d) { return (uint32_t)d->packet->frame->number; }
static inline FmTime fm_frame_time(const FmDissection *d) { return d->packet->frame->time; }

/* Has the current layer read only bytes that are there? Ask before changing state. */
static inline bool fm_ok(const FmDissection *d) { return !d->trouble || d->trouble->kind == FM_TROUBLE_NONE; }

/* Preference of the current protocol by its row in the preference table. */
static inline uint64_t fm_preference(const FmDissection *d, unsigned index)
{
    return fm_catalog_number_preference(d->catalog, d->protocol, index);
}
const char *fm_preference_text(const FmDissection *d, unsigned index);

/* ---- what comes next -------------------------------------------------------------------------------------------------- */

/* Gives `c` to the protocol bound to (table, number). False, and nothing done, if there is none. */
bool fm_try(FmDissection *d, FmTable table, uint64_t number, FmCursor *c);

/* The same; unknown goes to `data`. An empty cursor goes nowhere. */
void fm_next(FmDissection *d, FmTable table, uint64_t number, FmCursor *c);

/* By the lower, then the higher port, then by asking those who probe; else `data`. */
void fm_next_by_ports(FmDissection *d, FmTable table, uint64_t source, uint64_t destination, FmCursor *c);

/* The same for datagrams, where the choice may rest on what the flow has seen (RFC 7983: STUN, DTLS, RTP share a port). `choice` is a
 * place in the caller's memo, so that a replay chooses alike. */
void fm_next_datagram(FmDissection *d, FmTable table, uint64_t source, uint64_t destination, uint16_t *choice, FmCursor *c);

/* The protocol that fm_next_by_ports would choose; 0: none. */
unsigned fm_find_by_ports(FmDissection *d, FmTable table, uint64_t source, uint64_t destination, FmSlice bytes);

/* The protocol that knows these bytes by a signature, whatever the ports (FmProtocol.certain); 0: none. */
unsigned fm_find_certain(FmDissection *d, FmTable table, FmSlice bytes);

/* The protocol bound to a name (ALPN, a media type); 0: none, or switched off. */
unsigned fm_find_named(const FmDissection *d, FmNameTable table, FmSlice name);

/* The protocol of bytes that nobody knows: for fm_stream_feed. */
unsigned fm_find_data(const FmDissection *d);

/* Length of the packet at the front of `bytes` as the protocol bound to (table, number) tells it, or FM_NEED_MORE. */
uint64_t fm_extent(const FmDissection *d, FmTable table, uint64_t number, FmSlice bytes);

/* Gives `c` to a known protocol. */
void fm_call(FmDissection *d, const FmProtocol *protocol, FmCursor *c);
void fm_call_number(FmDissection *d, unsigned protocol, FmCursor *c);

/* Bytes that nobody knows. */
void fm_data(FmDissection *d, FmCursor *c);

/* Runs a part (FmProtocol.part) in the current layer: its own table, the same place in the tree. */
void fm_part(FmDissection *d, const FmProtocol *part, FmCursor *c);

/* The same by hand, for parts that are called with more than a cursor: rows mean the part's table until fm_unuse. */
typedef struct FmTableUse {
    const uint64_t *want;
    unsigned protocol;
    uint16_t base;
} FmTableUse;

static inline FmTableUse fm_use(FmDissection *d, const FmProtocol *part)
{
    FmTableUse before = { d->want, d->protocol, d->base };
    const FmCatalogPlace *place = fm_catalog_place(d->catalog, part);
    g_assert(place->number); /* a part that all.c does not list */
    d->protocol = place->number;
    d->base = place->base;
    d->want = d->wanted + place->base / FM_ID_STEP;
    return before;
}

static inline void fm_unuse(FmDissection *d, FmTableUse before)
{
    d->want = before.want;
    d->protocol = (uint16_t)before.protocol;
    d->base = before.base;
}

/* Does anybody ask for a row of that table? Only to save work, never to decide. */
static inline bool fm_asked(const FmDissection *d, const FmProtocol *protocol)
{
    const uint64_t *want = d->wanted + fm_catalog_place(d->catalog, protocol)->base / FM_ID_STEP;
    uint64_t asked = 0;
    for (size_t i = 0; i < (protocol->field_count + FM_ID_STEP - 1) / FM_ID_STEP; i++)
        asked |= want[i];
    return asked != 0;
}

/* A packet inside an error message: its layers become children here; flows are not touched; columns neither. */
void fm_quote(FmDissection *d, FmTable table, uint64_t number, FmCursor *c);

/* Names a layer that has no protocol of its own in frame.protocols ("ethertype"). */
void fm_layer_name(FmDissection *d, const char *name);

/* Takes back the name of the layer just entered, which is not counted there. */
void fm_layer_unname(FmDissection *d);

typedef struct FmFragments {       /* what something was put together from, for the fields that tell of it */
    const FmPiece *pieces;         /* by place: offset is where the bytes lie in their packet */
    const uint32_t *offsets;       /* where each belongs in the whole */
    const uint8_t *marks;          /* FM_FRAGMENT_OVERLAP … of each */
    uint32_t count, length;
    uint32_t reassembled_in;       /* frame number; 0: never (hindsight) */
} FmFragments;

enum { FM_FRAGMENT_OVERLAP = 1, FM_FRAGMENT_CONFLICT = 2, FM_FRAGMENT_MULTIPLE_TAILS = 4, FM_FRAGMENT_TOO_LONG = 8 };

/* ---- streams and buffers ---------------------------------------------------------------------------------------------- */

/* The current flow's stream `number` in the packet's direction, made on first use. NULL on replay, while quoting and outside flows:
 * the calls below accept that. */
FmStream *fm_stream(FmDissection *d, uint64_t number);

/* Nothing more will come: what the stream keeps is given back (once it is not being put into any more). It is not to be used
 * afterwards; asked for again, it starts anew. Streams that never end go when there are too many, the one silent for longest first. */
void fm_stream_end(FmDissection *d, FmStream *s);

/* Chooses the consumer (0: none; bytes are then only counted). A part stays in the layer that feeds the stream: what it adds becomes
 * part of the tree where bytes are put. */
void fm_stream_feed(FmDissection *d, FmStream *s, unsigned protocol);

/* What the stream carries, both ways, is a connection of its own (a tunnel, TLS inside TLS): its consumers have states and streams that
 * are not those of the flow, so that a protocol may carry itself. The flow's number and direction stay. For first visits, before the
 * first byte; NULL does nothing. */
void fm_stream_nest(FmStream *s);

/* State that `protocol` has, or will have, as the consumer of `s` and its peer: what its `record` finds in stream->state. For those who
 * know what the consumer must be told. NULL where it has none, on replay, and for NULL. */
void *fm_stream_consumer_state(FmDissection *d, FmStream *s, unsigned protocol);

/* The number by which that state is found with fm_stream_state in the consumer itself: one for both directions, since streams of one
 * number have different feeders. */
static inline uint64_t fm_stream_state_number(const FmStream *s)
{
    return s->entry.number ^ (uint64_t)(s->entry.kind >> 1) << 48;
}

/* The same for both directions, whatever their consumers were. */
void fm_stream_feed_both(FmDissection *d, FmStream *s, unsigned protocol);

/* The stream that the current record comes from goes, both ways, to another consumer, with all that follows the record (Upgrade;
 * fm_find_data: a tunnel). First visits only; nothing is done outside streams. */
void fm_stream_hand_over(FmDissection *d, unsigned protocol);

/* The same for good (STARTTLS): the layers that follow do not tell of the consumer that was there before. */
void fm_stream_leave(FmDissection *d, unsigned protocol);

/* The last byte of the stream stands before `offset`: when all are there, a record that goes on until the end (FM_UNTIL_END) is
 * dissected, in the put that follows this call; that one may bring no bytes. A consumer that has set stream->awaits_end is then called
 * with an empty record if no other one ends there. For appended streams: fm_stream_finish_here. */
void fm_stream_finish(FmDissection *d, FmStream *s, uint64_t offset);
void fm_stream_finish_here(FmDissection *d, FmStream *s);

typedef struct FmGathered { /* a buffer that was put together for records over several packets */
    struct FmGathered *next;
    FmFragments fragments; /* its pieces */
    FmCursor buffer;
    const FmPiece *here;   /* what this packet brought */
    uint32_t sizes;        /* of its records, that were told */
} FmGathered;

typedef struct FmRecordSize { /* of a record, where the protocol is `sized` */
    struct FmRecordSize *next;
    uint64_t size;
    uint32_t offset; /* where it begins */
    uint16_t buffer;
} FmRecordSize;

typedef struct FmStreamResult {
    uint32_t records;     /* completed in this packet and dissected */
    uint32_t tail;        /* bytes at the packet's end that belong to a record that ends later */
    uint32_t reassembled_in; /* frame that completes that one, where known (hindsight); 0 */
    uint16_t begun;          /* protocol of a record that began in this packet and is not whole; 0: none */
    bool waiting;         /* there are such bytes, or bytes above a hole */
    bool alone;           /* and no whole record stands before them, except one that began in an earlier packet */
    bool consumed;        /* somebody takes the bytes (a consumer exists) */
    bool repeated;        /* all bytes were there before */
    bool overlaps;        /* some were, others follow them */
    bool conflict;        /* bytes that wait above a hole differ from those that came for the same place */
    FmGathered *gathered; /* buffers, if the stream `tells` */
} FmStreamResult;

/* Bytes at a place of the stream: `offset` counts from the stream's first byte. */
FmStreamResult fm_stream_put(FmDissection *d, FmStream *s, uint64_t offset, FmCursor *c);

/* Bytes at the end. */
FmStreamResult fm_stream_append(FmDissection *d, FmStream *s, FmCursor *c);

/* A new buffer of this packet; `bytes` live at least as long as the packet. The cursor covers it. */
FmCursor fm_buffer(FmDissection *d, FmSlice bytes, const char *name);

/* The same from memory of g_malloc, which the packet takes over. */
FmCursor fm_buffer_take(FmDissection *d, void *bytes, size_t size, const char *name);

/* A new buffer put together from pieces of this and earlier packets (memo of a reassembly): gathers again on replay. */
FmCursor fm_gather(FmDissection *d, const FmPiece *pieces, size_t count, const char *name);

/* IP datagrams in fragments. Puts `c` at `offset` into the datagram named by (kind, id, current addresses); when it becomes
 * whole with this packet, `whole` is a cursor over it and the result is true. On replay the same answer comes from the memo. */
bool fm_reassemble(FmDissection *d, unsigned kind, uint32_t id, uint32_t offset, bool more, const FmCursor *c, const char *name,
                   FmCursor *whole, const FmFragments **fragments);

/* ---- secrets ---------------------------------------------------------------------------------------------------------- */

/* Key logs and keys. NULL on replay, and where nobody gave the engine any: what a replay needs of them goes into the memo. */
FmSecrets *fm_secrets(const FmDissection *d);

/* Ciphers and hashes for the thread at hand. */
FmCrypto *fm_crypto(FmDissection *d);

/* ---- behind the macros ------------------------------------------------------------------------------------------------ */

#define fm_record(d, F, offset, length, buffer, flags, value) \
    fm_record_of((d), &fields[F], (F), (offset), (length), (buffer), (flags), (value))
#define fm_record_blob(d, F, offset, length, buffer, flags, data, size) \
    fm_record_blob_of((d), &fields[F], (F), (offset), (length), (buffer), (flags), (data), (size))
void fm_put_node(FmDissection *d, uint32_t row_and_flags, uint32_t offset, uint32_t length, uint16_t buffer, uint64_t value);
void fm_record_blob_of(FmDissection *d, const FmField *field, unsigned index, uint32_t offset, uint32_t length, uint16_t buffer,
                       unsigned flags, const void *data, size_t size);
void fm_record_flags(FmDissection *d, const FmField *fields, unsigned parent, unsigned first, unsigned last, const FmCursor *c);
FmSlice fm_add_bytes_of(FmDissection *d, const FmField *field, unsigned index, FmCursor *c, uint64_t n);
FmSlice fm_add_stringz_of(FmDissection *d, const FmField *field, unsigned index, FmCursor *c);
FmSubtree fm_open_of(FmDissection *d, const FmField *field, unsigned index, const FmCursor *c);
void fm_label_of(FmDissection *d, unsigned index, bool adds, const char *format, ...) G_GNUC_PRINTF(4, 5);
void fm_title_of(FmDissection *d, bool adds, const char *format, ...) G_GNUC_PRINTF(3, 4);
void fm_expert_of(FmDissection *d, const FmField *field, unsigned index, const char *format, ...) G_GNUC_PRINTF(4, 5) FM_SELDOM;
void fm_info_of(FmDissection *d, int where, const char *format, ...) G_GNUC_PRINTF(3, 4);

static inline __attribute__((always_inline)) void fm_record_of(FmDissection *d, const FmField *field, unsigned index, uint32_t offset,
                                                               uint32_t length, uint16_t buffer, unsigned flags, uint64_t value)
{
    flags |= (field->hidden ? FM_NODE_HIDDEN : 0) | (field->generated ? FM_NODE_MADE : 0);
    fm_put_node(d, index | flags << 16, offset, length, buffer, value);
}

static inline bool fm_quiet_of(const FmDissection *d, size_t rows)
{
    uint64_t wanted = 0;
    for (size_t i = 0; i < (rows + 63) / 64; i++)
        wanted |= d->want[i];
    return !wanted && !d->want_labels && !d->want_notes;
}

static inline __attribute__((always_inline)) uint64_t fm_sign_extend(uint64_t v, unsigned width)
{
    unsigned shift = 64 - 8 * width;
    return (uint64_t)((int64_t)(v << shift) >> shift);
}

static inline __attribute__((always_inline)) uint64_t fm_add_number(FmDissection *d, const FmField *field, unsigned index,
                                                                    FmCursor *c, bool advance)
{
    unsigned width = fm_type_width(field->type);
    if (__builtin_expect(!fm_has(c, width), 0)) {
        fm_cursor_fail(c, width);
        return 0;
    }
    uint64_t v = fm_type_little_endian(field->type) ? fm_le(c->at, width) : fm_be(c->at, width);
    if (field->mask)
        v = (v & field->mask) >> __builtin_ctzll(field->mask);
    else if (fm_type_is_signed(field->type))
        v = fm_sign_extend(v, width);
    if (fm_wanted(d, index))
        fm_record_of(d, field, index, fm_offset(c), width, c->buffer, 0, v);
    if (advance)
        c->at += width;
    return v;
}

static inline __attribute__((always_inline)) uint64_t fm_add_flags_of(FmDissection *d, const FmField *fields, unsigned parent,
                                                                      unsigned first, unsigned last, FmCursor *c, bool advance)
{
    unsigned width = fm_type_width(fields[parent].type);
    if (__builtin_expect(!fm_has(c, width), 0)) {
        fm_cursor_fail(c, width);
        return 0;
    }
    uint64_t v = fm_type_little_endian(fields[parent].type) ? fm_le(c->at, width) : fm_be(c->at, width);
    if (fields[parent].mask)
        v = (v & fields[parent].mask) >> __builtin_ctzll(fields[parent].mask);
    uint64_t any = 0;
    for (unsigned w = parent / 64; w <= last / 64; w++)
        any |= d->want[w];
    if (__builtin_expect(any != 0, 0))
        fm_record_flags(d, fields, parent, first, last, c);
    if (advance)
        c->at += width;
    return v;
}
