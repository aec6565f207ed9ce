/* The payload's way into its stream, and the fields that tell what became of it: whole records, parts of records that lie in several
 * segments, repeated bytes. */
#include "config.h"

#include "dissectors/fragments.h"
#include "dissectors/transport/tcp_payload.h"

extern const FmProtocol fm_tcp_payload;

enum {
    PAYLOAD, SEGMENT_DATA, PDU_SIZE, SEGMENTS, /* and ten more: see fragments.h */
    ROWS = SEGMENTS + FM_REASSEMBLED_DATA + 1
};

#define ROW(row) [SEGMENTS + (row)]

static const FmField fields[ROWS] = {
    [PAYLOAD] = { "tcp.payload", "TCP payload", FM_BYTES },
    [SEGMENT_DATA] = { "tcp.segment_data", "TCP segment data", FM_BYTES },
    [PDU_SIZE] = { "tcp.pdu.size", "PDU Size", FM_UINT32, FM_DEC, .generated = true },
    ROW(FM_FRAGMENTS) = { "tcp.segments", "Reassembled TCP Segments", FM_NONE },
    ROW(FM_FRAGMENT) = { "tcp.segment", "TCP Segment", FM_FRAMENUM },
    ROW(FM_FRAGMENT_ERROR) = { "tcp.segment.error", "Reassembling error", FM_FRAMENUM },
    ROW(FM_FRAGMENT_IS_OVERLAP) = { "tcp.segment.overlap", "Segment overlap", FM_BOOL8 },
    ROW(FM_FRAGMENT_IS_CONFLICT) = { "tcp.segment.overlap.conflict", "Conflicting data in segment overlap", FM_BOOL8 },
    ROW(FM_FRAGMENT_IS_MULTIPLE_TAILS) = { "tcp.segment.multipletails", "Multiple tail segments found", FM_BOOL8 },
    ROW(FM_FRAGMENT_IS_TOO_LONG) = { "tcp.segment.toolongfragment", "Segment too long", FM_BOOL8 },
    ROW(FM_FRAGMENT_COUNT) = { "tcp.segment.count", "Segment count", FM_UINT32, FM_DEC },
    ROW(FM_REASSEMBLED_IN) = { "tcp.reassembled_in", "Reassembled PDU in frame", FM_FRAMENUM, .generated = true },
    ROW(FM_REASSEMBLED_LENGTH) = { "tcp.reassembled.length", "Reassembled TCP length", FM_UINT32, FM_DEC },
    ROW(FM_REASSEMBLED_DATA) = { "tcp.reassembled.data", "Reassembled TCP Data", FM_BYTES },
};

#define PAYLOAD_STREAM 0
#define PATIENCE 64 /* segments of a stream that nobody knows in which its protocol is looked for */

static const char *plural(size_t n)
{
    return n == 1 ? "" : "s";
}

bool tcp_payload_tells(const FmDissection *d)
{
    G_STATIC_ASSERT(ROWS <= FM_ID_STEP);
    return d->wanted[fm_catalog_place(d->catalog, &fm_tcp_payload)->base / FM_ID_STEP] >> SEGMENT_DATA != 0;
}

/* `size` bytes of the payload, from `from` on. */
static void put_segment_data(FmDissection *d, const FmCursor *payload, size_t from, size_t size, const char *which)
{
    if (!fm_wanted(d, SEGMENT_DATA))
        return;
    fm_record(d, SEGMENT_DATA, fm_offset(payload) + (uint32_t)from, (uint32_t)size, payload->buffer, 0, 0);
    fm_label(d, SEGMENT_DATA, "%sTCP segment data (%zu byte%s)", which, size, plural(size));
}

static const FmRecordSize *put_sizes(FmDissection *d, const FmRecordSize *size, uint32_t most)
{
    for (; size && most; size = size->next, most--)
        if (fm_wanted(d, PDU_SIZE))
            fm_record(d, PDU_SIZE, size->offset, (uint32_t)size->size, size->buffer, 0, size->size);
    return size;
}

/* What was put together stands beside the segment, not within. */
static void put_gathered(FmDissection *d, const FmGathered *gathered)
{
    uint8_t depth = d->depth;
    d->depth = d->floor;
    for (const FmGathered *g = gathered; g; g = g->next)
        fm_add_fragments(d, fields, SEGMENTS, "Reassembled TCP Segments", &g->fragments, &g->buffer);
    d->depth = depth;
}

static void put_result(FmDissection *d, const FmCursor *payload, const FmStreamResult *r, const FmRecordSize *sizes, bool spurious)
{
    size_t left = fm_left(payload);
    for (const FmGathered *g = r->gathered; g; g = g->next) {
        sizes = put_sizes(d, sizes, g->sizes);
        if (g->here && g->here->length)
            put_segment_data(d, payload, MIN(g->here->offset - fm_offset(payload), left), MIN(g->here->length, left), "");
    }
    put_sizes(d, sizes, UINT32_MAX);
    if (r->reassembled_in)
        fm_make(d, SEGMENTS + FM_REASSEMBLED_IN, r->reassembled_in);
    if (r->repeated && !spurious)
        put_segment_data(d, payload, 0, left, "Retransmitted ");
    else if (r->waiting && left)
        put_segment_data(d, payload, left - MIN(r->tail, left), MIN(r->tail, left), "");
    put_gathered(d, r->gathered);
}

static void recognise(FmDissection *d, FmStream *stream, const FmCursor *c, const TcpPayload *p)
{
    unsigned certain = fm_find_certain(d, FM_TCP_PORT, fm_rest(c));
    if (certain && certain != d->flow->protocol) {
        d->flow->protocol = certain;
        fm_stream_feed_both(d, stream, certain);
    }
    if (!d->flow->protocol) /* what one direction was recognised by holds for the other */
        d->flow->protocol = fm_find_by_ports(d, FM_TCP_PORT, p->source, p->destination, fm_rest(c));
}

/* Where the other side is not captured nobody tells what it has received. A sender that goes on after a pause without sending a hole
 * again has no need to. */
static bool goes_on_one_way(const FmDissection *d)
{
    return !d->flow->packets[!fm_direction(d)] && d->flow_previous != FM_TIME_NONE && fm_frame_time(d) - d->flow_previous > FM_SECOND;
}

static void choose_consumer(FmDissection *d, FmStream *stream, const FmCursor *c, const TcpPayload *p, bool tells)
{
    if (!stream)
        return;
    stream->apart = p->apart;
    stream->tells = tells;
    stream->unordered = p->unordered;
    stream->arrival = p->arrival;
    stream->received = goes_on_one_way(d) ? MAX(p->received, p->offset) : p->received;
    if (!stream->protocol && fm_left(c)) {
        if (stream->asked < PATIENCE) {
            stream->asked++;
            recognise(d, stream, c, p);
        }
        fm_stream_feed(d, stream, d->flow->protocol);
    }
    if (p->fin)
        fm_stream_finish(d, stream, p->offset + fm_left_on_wire(c));
}

static void payload_dissect(FmDissection *d, FmCursor *c, const TcpPayload *p)
{
    size_t left = fm_left(c);
    FmCursor payload = fm_cursor_copy(c);
    if (left && fm_wanted(d, PAYLOAD)) {
        FmCursor bytes = fm_cursor_copy(c);
        fm_add_bytes(d, PAYLOAD, &bytes, left);
        fm_label(d, PAYLOAD, "TCP payload (%zu byte%s)", left, plural(left));
    }
    if (d->quoting) {
        fm_data(d, c);
        return;
    }
    bool tells = p->tells;
    FmRecordSize *sizes = NULL, **before = d->sizes;
    d->sizes = tells ? &sizes : NULL;
    FmStream *stream = fm_stream(d, PAYLOAD_STREAM);
    choose_consumer(d, stream, c, p, tells);
    FmMark inside = fm_mark(d);
    FmStreamResult result = { 0 };
    if (!p->keep_alive)
        result = fm_stream_put(d, stream, p->offset, c);
    d->sizes = before;
    if (result.conflict)
        fm_note(d, FM_WARN, "These bytes differ from those that came before for the same place, which may have been altered on the way");
    if (!result.consumed)
        fm_data(d, c);
    else if (result.waiting && result.alone)
        fm_info_more(d, "%s[TCP segment of a reassembled PDU]", d->packet->info.size ? " " : "");
    if (tells) {
        FmMark beside = fm_mark(d);
        put_result(d, &payload, &result, sizes, p->spurious);
        fm_move(d, inside, beside);
    }
}

void tcp_payload_dissect(FmDissection *d, FmCursor *c, const TcpPayload *p)
{
    FmTableUse before = fm_use(d, &fm_tcp_payload);
    payload_dissect(d, c, p);
    fm_unuse(d, before);
}

static void part_dissect(FmDissection *d, FmCursor *c)
{
    (void)d;
    (void)c;
}

const FmProtocol fm_tcp_payload = {
    .abbrev = "tcp",
    .title = "TCP payload",
    .part = true,
    FM_FIELDS(fields),
    .dissect = part_dissect,
};
