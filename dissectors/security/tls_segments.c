/* Application data of TLS on its way to the protocol above, and the fields that tell which records a message of that came from. */
#include "config.h"

#include "dissectors/fragments.h"
#include "dissectors/security/tls_handshake.h"

enum {
    SEGMENT_DATA, SEGMENTS, /* and ten more: see fragments.h */
    ROWS = SEGMENTS + FM_REASSEMBLED_DATA + 1
};

#define ROW(row) [SEGMENTS + (row)]

static const FmField fields[] = {
    [SEGMENT_DATA] = { "tls.segment.data", "TLS segment data", FM_BYTES },
    ROW(FM_FRAGMENTS) = { "tls.segments", "Reassembled TLS segments", FM_NONE },
    ROW(FM_FRAGMENT) = { "tls.segment", "TLS segment", FM_FRAMENUM },
    ROW(FM_FRAGMENT_ERROR) = { "tls.segment.error", "Reassembling error", FM_FRAMENUM },
    ROW(FM_FRAGMENT_IS_OVERLAP) = { "tls.segment.overlap", "Segment overlap", FM_BOOL8 },
    ROW(FM_FRAGMENT_IS_CONFLICT) = { "tls.segment.overlap.conflict", "Conflicting data in segment overlap", FM_BOOL8 },
    ROW(FM_FRAGMENT_IS_MULTIPLE_TAILS) = { "tls.segment.multipletails", "Multiple tail segments found", FM_BOOL8 },
    ROW(FM_FRAGMENT_IS_TOO_LONG) = { "tls.segment.toolongfragment", "Segment too long", FM_BOOL8 },
    ROW(FM_FRAGMENT_COUNT) = { "tls.segment.count", "Segment count", FM_UINT32, FM_DEC },
    ROW(FM_REASSEMBLED_IN) = { "tls.reassembled_in", "Reassembled PDU in frame", FM_FRAMENUM, .generated = true },
    ROW(FM_REASSEMBLED_LENGTH) = { "tls.reassembled.length", "Reassembled PDU length", FM_UINT32, FM_DEC },
    ROW(FM_REASSEMBLED_DATA) = { "tls.reassembled.data", "Reassembled PDU data", FM_BYTES },
};

static bool wants_segments(const FmDissection *d)
{
    for (unsigned row = 0; row < ROWS; row++)
        if (fm_wanted(d, row))
            return true;
    return false;
}

static void put_segment_data(FmDissection *d, const FmCursor *body, size_t from, size_t size)
{
    if (!fm_wanted(d, SEGMENT_DATA))
        return;
    fm_record(d, SEGMENT_DATA, fm_offset(body) + (uint32_t)from, (uint32_t)size, body->buffer, 0, 0);
    fm_label(d, SEGMENT_DATA, "TLS segment data (%zu byte%s)", size, size == 1 ? "" : "s");
}

/* What was put together stands beside the records, not within. */
static void put_result(FmDissection *d, const FmCursor *body, const FmStreamResult *r)
{
    size_t left = fm_left(body);
    for (const FmGathered *g = r->gathered; g; g = g->next)
        if (g->here && g->here->offset >= fm_offset(body))
            put_segment_data(d, body, 0, left); /* all of the record, as in tshark, whatever ends within it */
    if (r->reassembled_in)
        fm_make(d, SEGMENTS + FM_REASSEMBLED_IN, r->reassembled_in);
    if (r->waiting && left)
        put_segment_data(d, body, left - MIN(r->tail, left), MIN(r->tail, left));
    uint8_t depth = d->depth;
    d->depth = d->floor;
    for (const FmGathered *g = r->gathered; g; g = g->next)
        fm_add_fragments(d, fields, SEGMENTS, "Reassembled TLS segments", &g->fragments, &g->buffer);
    d->depth = depth;
}

FmStreamResult tls_application_put(FmDissection *d, FmStream *stream, FmCursor *body)
{
    FmTableUse before = fm_use(d, &fm_tls_segments);
    bool tells = wants_segments(d);
    fm_unuse(d, before);
    if (stream)
        stream->tells = tells;
    FmCursor whole = *body;
    FmMark inside = fm_mark(d);
    FmStreamResult result = fm_stream_append(d, stream, body);
    if (!tells)
        return result;
    FmMark beside = fm_mark(d);
    before = fm_use(d, &fm_tls_segments);
    put_result(d, &whole, &result);
    fm_unuse(d, before);
    fm_move(d, inside, beside);
    return result;
}

const FmProtocol fm_tls_segments = {
    .abbrev = "tls", .name = "TLS", .title = "Segments", FM_FIELDS(fields), .part = true,
};
