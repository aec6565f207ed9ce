/* HTTP/3: contents of messages. What DATA frames bring is put together until the stream ends; messages of gRPC, events and tunnels are
 * dissected as they come. */
#include "config.h"

#include "dissectors/application/body.h"
#include "dissectors/application/grpc_web.h"
#include "dissectors/application/http3.h"
#include "dissectors/fragments.h"

extern const FmProtocol fm_grpc, fm_event_stream;

enum { DECOMPRESSION_FAILED, FRAGMENTS /* and ten more: see fragments.h */ };

#define ROW(row) [FRAGMENTS + (row)]

static const FmField fields[] = {
    [DECOMPRESSION_FAILED] = { "fathom.http3.body_decompression_failed", "Body decompression failed", FM_EXPERT, .severity = FM_WARN,
                               .group = FM_GROUP_UNDECODED },
    ROW(FM_FRAGMENTS) = { "fathom.http3.body.fragments", "Body fragments", FM_NONE },
    ROW(FM_FRAGMENT) = { "fathom.http3.body.fragment", "Body fragment", FM_FRAMENUM },
    ROW(FM_FRAGMENT_ERROR) = { "fathom.http3.body.fragment.error", "Body defragment error", FM_FRAMENUM },
    ROW(FM_FRAGMENT_IS_OVERLAP) = { "fathom.http3.body.fragment.overlap", "Body fragment overlap", FM_BOOL8 },
    ROW(FM_FRAGMENT_IS_CONFLICT) = { "fathom.http3.body.fragment.overlap.conflicts", "Body fragment overlapping with conflicting data", FM_BOOL8 },
    ROW(FM_FRAGMENT_IS_MULTIPLE_TAILS) = { "fathom.http3.body.fragment.multiple_tails", "Body has multiple tail fragments", FM_BOOL8 },
    ROW(FM_FRAGMENT_IS_TOO_LONG) = { "fathom.http3.body.fragment.too_long_fragment", "Body fragment too long", FM_BOOL8 },
    ROW(FM_FRAGMENT_COUNT) = { "fathom.http3.body.fragment.count", "Body fragment count", FM_UINT32, FM_DEC },
    ROW(FM_REASSEMBLED_IN) = { "fathom.http3.body.reassembled_in", "Reassembled body in frame", FM_FRAMENUM, .generated = true },
    ROW(FM_REASSEMBLED_LENGTH) = { "fathom.http3.body.reassembled.length", "Reassembled body length", FM_UINT32, FM_DEC, .generated = true },
    ROW(FM_REASSEMBLED_DATA) = { "fathom.http3.body.reassembled.data", "Reassembled body data", FM_BYTES, .generated = true },
};

static uint64_t body_record(const FmStream *stream, FmSlice bytes)
{
    bool whole = stream->finished && !stream->gathered_size && stream->end == stream->record_offset + bytes.size;
    return whole ? bytes.size : FM_UNTIL_END;
}

/* The body is whole: what its codings hide. It goes to its media type's protocol behind the frame. */
static void body_dissect(FmDissection *d, FmCursor *c)
{
    Http3Record *r = d->context;
    FmBodyOutcome outcome = FM_BODY_PLAIN;
    r->body = r->lent.message ? fm_body_decode(d, r->lent.message->encoding, c, &outcome) : *c;
    r->has_body = true;
    c->at = c->end;
    if (outcome == FM_BODY_FAILED)
        fm_expert(d, DECOMPRESSION_FAILED);
}

const FmProtocol fm_http3_body = {
    .abbrev = "http3",
    .title = "HTTP/3 body",
    .part = true,
    FM_FIELDS(fields),
    .dissect = body_dissect,
    .record = body_record,
};

static bool is_events(const HttpMessage *m)
{
    static const char events[] = "text/event-stream";
    FmSlice type = m && !m->encoding.size ? fm_body_media_type(m->type) : (FmSlice){ NULL, 0 };
    return type.size == sizeof events - 1 && g_ascii_strncasecmp((const char *)type.data, events, type.size) == 0;
}

static unsigned consumer_of(const FmDissection *d, const HttpMessage *m)
{
    const FmCatalog *catalog = d->packet->catalog;
    if (m && m->connect) {
        unsigned tunnel = m->protocol.size ? fm_find_named(d, FM_UPGRADE, m->protocol) : 0;
        return tunnel ? tunnel : fm_find_data(d);
    }
    GrpcVariant variant = m ? grpc_variant(m->type) : GRPC_NONE;
    if (variant)
        return fm_catalog_number(catalog, variant == GRPC_WEB_TEXT ? &fm_grpc_web_text : &fm_grpc);
    return fm_catalog_number(catalog, is_events(m) ? &fm_event_stream : &fm_http3_body);
}

static bool wants_fragments(FmDissection *d)
{
    FmTableUse before = fm_use(d, &fm_http3_body);
    bool wants = d->want_labels;
    for (unsigned row = FRAGMENTS; row < G_N_ELEMENTS(fields); row++)
        wants |= fm_wanted(d, row);
    fm_unuse(d, before);
    return wants;
}

static void tell_of(FmDissection *d, const FmStreamResult *result)
{
    FmTableUse before = fm_use(d, &fm_http3_body);
    for (const FmGathered *g = result->gathered; g; g = g->next) {
        FmFragments all = g->fragments;
        if (all.count > 1 && all.pieces[all.count - 1].length == 0)
            all.count--; /* it brought the end alone */
        fm_add_fragments(d, fields, FRAGMENTS, all.count == 1 ? "Body fragment" : "Body fragments", &all, &g->buffer);
    }
    if (result->reassembled_in)
        fm_make(d, FRAGMENTS + FM_REASSEMBLED_IN, result->reassembled_in);
    fm_unuse(d, before);
}

void http3_put_content(FmDissection *d, Http3Record *r, Http3Memo *memo, FmCursor *c, bool ends)
{
    FmStream *s = fm_stream(d, memo->stream);
    if (s && !s->protocol) {
        fm_stream_feed(d, s, consumer_of(d, memo->message));
        s->exact = memo->message && grpc_variant(memo->message->type);
    }
    if (s) {
        s->tells = wants_fragments(d);
        if (ends)
            fm_stream_finish(d, s, s->offset + fm_left_on_wire(c));
        if (d->stream) /* whether or not anything comes with the end, a body ends there */
            d->stream->awaits_end = !ends && s->protocol == fm_catalog_number(d->packet->catalog, &fm_http3_body);
    }
    void *outer = d->context;
    uint8_t floor = d->floor;
    FmSlice outer_type = d->body_type;
    r->lent.message = memo->message;
    r->has_body = false;
    if (s && s->exact) {
        Http3Stream *e = fm_stream_state(d, r->exchange);
        r->lent.call = e ? &e->call : NULL;
    }
    d->context = r;
    d->floor = d->depth; /* layers of the contents stand inside */
    d->body_type = memo->message ? memo->message->type : (FmSlice){ NULL, 0 };
    FmStreamResult result = fm_stream_append(d, s, c);
    d->floor = floor;
    tell_of(d, &result);
    d->body_type = outer_type;
    d->context = outer;
    if (r->has_body && memo->message && memo->message->type.size) {
        FmBodyInfo info = { .type = memo->message->type, .inside = true };
        fm_body_dissect(d, &info, &r->body);
    }
    if (s && ends)
        fm_stream_end(d, s);
}
