/* HTTP/2: contents of streams. What DATA frames bring is put together until the stream ends, or goes message by message to gRPC. */
#include "config.h"

#include "dissectors/application/body.h"
#include "dissectors/application/http2.h"
#include "dissectors/contents.h"
#include "dissectors/fragments.h"

extern const FmProtocol fm_grpc, fm_grpc_web_text;

enum {
    DATA, SEGMENT, DECOMPRESSION_FAILED, FRAGMENTS, /* and ten more: see fragments.h */
    ROWS = FRAGMENTS + FM_REASSEMBLED_DATA + 1
};

#define ROW(row) [FRAGMENTS + (row)]

static const FmField fields[ROWS] = {
    [DATA] = { "http2.data.data", "Data", FM_BYTES },
    [SEGMENT] = { "http2.data.segment", "DATA segment", FM_BYTES },
    [DECOMPRESSION_FAILED] = { "http2.body_decompression_failed", "Body decompression failed", FM_EXPERT, .severity = FM_WARN,
                               .group = FM_GROUP_UNDECODED },
    ROW(FM_FRAGMENTS) = { "http2.body.fragments", "Body fragments", FM_NONE },
    ROW(FM_FRAGMENT) = { "http2.body.fragment", "Body fragment", FM_FRAMENUM },
    ROW(FM_FRAGMENT_ERROR) = { "http2.body.fragment.error", "Body defragment error", FM_FRAMENUM },
    ROW(FM_FRAGMENT_IS_OVERLAP) = { "http2.body.fragment.overlap", "Body fragment overlap", FM_BOOL8 },
    ROW(FM_FRAGMENT_IS_CONFLICT) = { "http2.body.fragment.overlap.conflicts", "Body fragment overlapping with conflicting data", FM_BOOL8 },
    ROW(FM_FRAGMENT_IS_MULTIPLE_TAILS) = { "http2.body.fragment.multiple_tails", "Body has multiple tail fragments", FM_BOOL8 },
    ROW(FM_FRAGMENT_IS_TOO_LONG) = { "http2.body.fragment.too_long_fragment", "Body fragment too long", FM_BOOL8 },
    ROW(FM_FRAGMENT_COUNT) = { "http2.body.fragment.count", "Body fragment count", FM_UINT32, FM_DEC },
    ROW(FM_REASSEMBLED_IN) = { "http2.body.reassembled.in", "Reassembled body in frame", FM_FRAMENUM, .generated = true },
    ROW(FM_REASSEMBLED_LENGTH) = { "http2.body.reassembled.length", "Reassembled body length", FM_UINT32, FM_DEC },
    ROW(FM_REASSEMBLED_DATA) = { "http2.body.reassembled.data", "Reassembled body data", FM_BYTES },
};

/* ---- a body that is put together ---- */

static uint64_t body_record(const FmStream *stream, FmSlice bytes)
{
    bool whole = stream->finished && !stream->gathered_size && stream->end == stream->record_offset + bytes.size;
    return whole ? bytes.size : FM_UNTIL_END;
}

/* The body is whole: its data, and what its codings hide. It goes to its media type's protocol when the frame's tree is closed. */
static void body_dissect(FmDissection *d, FmCursor *c)
{
    Http2Frame *f = d->context;
    const HttpMessage *message = f->memo->message;
    FmBodyOutcome outcome = FM_BODY_PLAIN;
    f->body = message ? fm_body_decode(d, message->encoding, c, &outcome) : *c;
    FmCursor data = f->body;
    fm_contents(d, FM_CONTENTS_BODY, &data);
    fm_add_bytes(d, DATA, &data, fm_left(&data)); /* decoded, as in tshark */
    c->at = c->end;
    if (outcome == FM_BODY_FAILED)
        fm_expert(d, DECOMPRESSION_FAILED);
    f->has_body = true;
}

const FmProtocol fm_http2_body = {
    .abbrev = "http2",
    .title = "HTTP/2 body",
    .part = true,
    FM_FIELDS(fields),
    .dissect = body_dissect,
    .record = body_record,
};

/* ---- frames ---- */

static FmStream *stream_of(FmDissection *d, const Http2Frame *f)
{
    FmStream *s = fm_stream(d, f->stream);
    if (!s || s->protocol)
        return s;
    s->exact = f->memo->streams != GRPC_NONE;
    const FmProtocol *consumer = f->memo->streams == GRPC_WEB_TEXT ? &fm_grpc_web_text : f->memo->streams ? &fm_grpc : &fm_http2_body;
    fm_stream_feed(d, s, fm_catalog_number(d->packet->catalog, consumer));
    return s;
}

static FmStreamResult append(FmDissection *d, Http2Frame *f, FmCursor *c)
{
    FmStream *s = stream_of(d, f);
    if (s && f->memo->ends)
        fm_stream_finish(d, s, s->offset + fm_left_on_wire(c));
    void *outer = d->context;
    f->lent.message = f->memo->message;
    if (f->memo->streams && !fm_replaying(d)) {
        Http2Exchange *exchange = fm_stream_state(d, f->stream);
        f->lent.call = exchange ? &exchange->call : NULL;
    }
    d->context = f;
    FmStreamResult result = fm_stream_append(d, s, c);
    d->context = outer;
    return result;
}

static void put_gathered(FmDissection *d, const FmGathered *gathered)
{
    FmTableUse before = fm_use(d, &fm_http2_body);
    for (const FmGathered *g = gathered; g; g = g->next) {
        FmFragments all = g->fragments;
        if (all.count > 1 && all.pieces[all.count - 1].length == 0)
            all.count--; /* it brought the end alone */
        fm_add_fragments(d, fields, FRAGMENTS, all.count == 1 ? "Body fragment" : "Body fragments", &all, &g->buffer);
    }
    fm_unuse(d, before);
}

static bool wants_fragments(FmDissection *d)
{
    FmTableUse before = fm_use(d, &fm_http2_body);
    bool wants = false;
    for (unsigned row = SEGMENT; row < ROWS; row++)
        wants |= fm_wanted(d, row);
    fm_unuse(d, before);
    return wants;
}

/* A frame's contents, or the end of the stream without any, within the frame's tree. */
static void put_whole(FmDissection *d, Http2Frame *f, FmCursor *c)
{
    FmCursor data = *c;
    FmStream *s = stream_of(d, f);
    if (s)
        s->tells = wants_fragments(d);
    FmMark inside = fm_mark(d);
    FmStreamResult result = append(d, f, c);
    FmMark beside = fm_mark(d);
    put_gathered(d, result.gathered);
    if (result.reassembled_in) {
        FmTableUse before = fm_use(d, &fm_http2_body);
        fm_make(d, FRAGMENTS + FM_REASSEMBLED_IN, result.reassembled_in);
        fm_unuse(d, before);
    }
    fm_move(d, inside, beside);
    if (f->has_body || f->type != HTTP2_DATA)
        return;
    FmTableUse before = fm_use(d, &fm_http2_body);
    fm_add_bytes(d, DATA, &data, fm_left(&data));
    fm_unuse(d, before);
}

void http2_put_content(FmDissection *d, Http2Frame *f, FmCursor *c)
{
    if (!fm_replaying(d))
        f->memo->streams = (uint8_t)(f->memo->message ? grpc_variant(f->memo->message->type) : GRPC_NONE);
    if (!f->memo->streams) {
        if (f->type == HTTP2_DATA && !(f->flags & HTTP2_FLAG_END_STREAM))
            fm_subtree_label_more(d, f->tree, " (partial entity body)");
        put_whole(d, f, c);
        return;
    }
    f->content = *c;
    f->has_content = true;
    if (f->type != HTTP2_DATA)
        return;
    FmTableUse before = fm_use(d, &fm_http2_body);
    fm_add_bytes(d, DATA, c, fm_left(c));
    fm_label(d, DATA, "DATA payload (%zu byte%s)", fm_left(&f->content), fm_left(&f->content) == 1 ? "" : "s");
    fm_unuse(d, before);
}

/* Messages of gRPC in a frame; what tells of their pieces belongs into the frame's tree, `depth` deep. */
static void put_streamed(FmDissection *d, Http2Frame *f, uint8_t depth)
{
    FmStream *s = stream_of(d, f);
    if (s)
        s->tells = wants_fragments(d);
    FmCursor data = f->content, c = f->content;
    FmMark inside = fm_mark(d);
    FmStreamResult result = append(d, f, &c);
    uint8_t own = d->depth;
    FmMark beside = fm_mark(d);
    d->depth = depth;
    FmTableUse before = fm_use(d, &fm_http2_body);
    if (result.gathered && result.gathered->here) {
        fm_make(d, FRAGMENTS + FM_REASSEMBLED_IN, fm_frame_number(d));
        FmCursor here = data;
        fm_add_bytes(d, SEGMENT, &here, MIN(result.gathered->here->length, fm_left(&here)));
        fm_label(d, SEGMENT, "DATA segment data (%u byte%s)", result.gathered->here->length, result.gathered->here->length == 1 ? "" : "s");
    }
    if (result.reassembled_in)
        fm_make(d, FRAGMENTS + FM_REASSEMBLED_IN, result.reassembled_in);
    if (result.waiting && result.tail) {
        FmCursor tail = data;
        tail.at = tail.end - MIN(result.tail, fm_left(&tail));
        fm_add_bytes(d, SEGMENT, &tail, fm_left(&tail));
        fm_label(d, SEGMENT, "DATA segment data (%u byte%s)", result.tail, result.tail == 1 ? "" : "s");
    }
    fm_unuse(d, before);
    d->depth = d->floor + 1;
    put_gathered(d, result.gathered);
    d->depth = own;
    fm_move(d, inside, beside);
    if (result.waiting)
        fm_info_more(d, " [HTTP2 segment of a reassembled PDU]");
}

void http2_pass_on(FmDissection *d, Http2Frame *f, uint8_t depth)
{
    if (f->has_content)
        put_streamed(d, f, depth);
    if (f->has_body && f->memo->message && f->memo->message->type.size) {
        FmBodyInfo info = { .type = f->memo->message->type };
        d->floor++; /* inside the layer, as in tshark */
        fm_body_dissect(d, &info, &f->body);
        d->floor--;
    }
    if (!fm_replaying(d) && f->memo->ends)
        fm_stream_end(d, fm_stream(d, f->stream));
}
