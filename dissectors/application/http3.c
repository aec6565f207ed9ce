/* HTTP/3 (RFC 9114): streams and frames. Also PRIORITY_UPDATE (RFC 9218), ORIGIN (RFC 9412), datagrams (RFC 9297), and what WebTransport
 * opens. */
#include "config.h"

#include <inttypes.h>

#include "dissectors/application/http3.h"
#include "dissectors/quic/quic.h"

enum {
    HTTP3, STREAM_TYPE, PUSH_ID, FRAME, FRAME_STREAM, FRAME_TYPE, FRAME_LENGTH, FRAME_PAYLOAD, DATA, SETTINGS, SETTING_ID, SETTING_VALUE,
    SETTING_CAPACITY, SETTING_SECTION_SIZE, SETTING_BLOCKED, SETTING_CONNECT, SETTING_WEBTRANSPORT, SETTING_DATAGRAM, SETTING_DATAGRAM_04,
    PRIORITY_ELEMENT, PRIORITY_VALUE, UNKNOWN_STREAM, GOAWAY_ID, PUSH, ORIGIN, SESSION_ID, DATA_LENGTH, DATA_LEFT, BLOCKED, BLOCKED_REQUIRED, BLOCKED_AVAILABLE,
    HEADERS_BLOCKED, OPENED_IN, BLOCKED_IN, REQUEST_IN, RESPONSE_IN, TIME, DATAGRAM, QUARTER_STREAM, REQUEST_STREAM, DATAGRAM_PAYLOAD,
};

static const FmName stream_types[] = {
    { 0, 0, "Control Stream" }, { 1, 0, "Push Stream" }, { 2, 0, "QPACK Encoder Stream" }, { 3, 0, "QPACK Decoder Stream" },
    { 0x54, 0, "WebTransport Stream" }, { 0 },
};

static const FmName types[] = {
    { HTTP3_DATA, 0, "DATA" }, { HTTP3_HEADERS, 0, "HEADERS" }, { 2, 0, "Reserved" }, { HTTP3_CANCEL_PUSH, 0, "CANCEL_PUSH" },
    { HTTP3_SETTINGS, 0, "SETTINGS" }, { HTTP3_PUSH_PROMISE, 0, "PUSH_PROMISE" }, { 6, 0, "Reserved" }, { HTTP3_GOAWAY, 0, "GOAWAY" },
    { 8, 9, "Reserved" }, { HTTP3_ORIGIN, 0, "ORIGIN" }, { HTTP3_MAX_PUSH_ID, 0, "MAX_PUSH_ID" }, { 0xe, 0, "Reserved" },
    { HTTP3_WEBTRANSPORT_STREAM, 0, "WEBTRANSPORT_STREAM" }, { HTTP3_PRIORITY_UPDATE, HTTP3_PRIORITY_UPDATE_PUSH, "PRIORITY_UPDATE" }, { 0 },
};

enum { S_CAPACITY = 0x1, S_SECTION_SIZE = 0x6, S_BLOCKED = 0x7, S_CONNECT = 0x8, S_DATAGRAM = 0x33, S_DATAGRAM_04 = 0xffd277,
       S_WEBTRANSPORT = 0x2b603742, S_WEBTRANSPORT_MAX = 0xc671706a };

static const FmName settings[] = {
    { S_CAPACITY, 0, "Max Table Capacity" }, { S_SECTION_SIZE, 0, "Max Field Section Size" }, { S_BLOCKED, 0, "Blocked Streams" },
    { S_CONNECT, 0, "Extended CONNECT" }, { S_DATAGRAM, 0, "H3 DATAGRAM" }, { S_DATAGRAM_04, 0, "H3 DATAGRAM Draft04" },
    { S_WEBTRANSPORT, 0, "WebTransport" }, { S_WEBTRANSPORT_MAX, 0, "WebTransport Max Sessions" }, { 0 },
};

static const FmField fields[] = {
    [HTTP3] = { "http3", "Hypertext Transfer Protocol Version 3", FM_PROTOCOL },
    [STREAM_TYPE] = { "http3.stream_type", "Stream Type", FM_UINT64, FM_DEC, .names = stream_types },
    [PUSH_ID] = { "http3.push_id", "Push ID", FM_UINT64, FM_DEC },
    [FRAME] = { "http3.frame", "Frame", FM_NONE, .hidden = true },
    [FRAME_STREAM] = { "http3.frame_streamid", "Stream ID", FM_UINT64, FM_DEC, .generated = true },
    [FRAME_TYPE] = { "http3.frame_type", "Type", FM_UINT64, FM_DEC, .names = types },
    [FRAME_LENGTH] = { "http3.frame_length", "Length", FM_UINT64, FM_DEC },
    [FRAME_PAYLOAD] = { "http3.frame_payload", "Frame Payload", FM_BYTES },
    [DATA] = { "http3.data", "Data", FM_BYTES },
    [SETTINGS] = { "http3.settings", "Settings", FM_NONE },
    [SETTING_ID] = { "http3.settings.id", "Settings Identifier", FM_UINT64, FM_DEC, .names = settings },
    [SETTING_VALUE] = { "http3.settings.value", "Settings Value", FM_UINT64, FM_DEC },
    [SETTING_CAPACITY] = { "http3.settings.qpack.max_table_capacity", "Max Table Capacity", FM_UINT64, FM_DEC },
    [SETTING_SECTION_SIZE] = { "http3.settings.max_field_section_size", "Max header list size", FM_UINT64, FM_DEC },
    [SETTING_BLOCKED] = { "http3.settings.qpack.blocked_streams", "Blocked Streams", FM_UINT64, FM_DEC },
    [SETTING_CONNECT] = { "http3.settings.extended_connect", "Extended CONNECT", FM_UINT64, FM_DEC },
    [SETTING_WEBTRANSPORT] = { "http3.settings.webtransport", "WebTransport", FM_UINT64, FM_DEC },
    [SETTING_DATAGRAM] = { "http3.settings.h3_datagram", "H3 DATAGRAM", FM_UINT64, FM_DEC },
    [SETTING_DATAGRAM_04] = { "http3.settings.h3_datagram_draft04", "H3 DATAGRAM Draft04", FM_UINT64, FM_DEC },
    [PRIORITY_ELEMENT] = { "http3.priority_update_element_id", "Priority Update Element ID", FM_UINT64, FM_DEC },
    [PRIORITY_VALUE] = { "http3.priority_update_field_value", "Priority Update Field Value", FM_STRING },
    [UNKNOWN_STREAM] = { "http3.unknown_stream_type", "An unknown stream type was encountered", FM_EXPERT, .severity = FM_WARN,
                         .group = FM_GROUP_UNDECODED },
    [GOAWAY_ID] = { "fathom.http3.goaway_id", "Last stream or push", FM_UINT64, FM_DEC },
    [PUSH] = { "fathom.http3.push_id", "Push ID", FM_UINT64, FM_DEC },
    [DATA_LENGTH] = { "fathom.http3.data_length", "Length of the DATA frame", FM_UINT64, FM_DEC },
    [DATA_LEFT] = { "fathom.http3.data_left", "Left of the DATA frame", FM_UINT64, FM_DEC, .generated = true },
    [ORIGIN] = { "fathom.http3.origin", "Origin", FM_STRING },
    [SESSION_ID] = { "fathom.http3.webtransport_session", "WebTransport Session ID", FM_UINT64, FM_DEC },
    [BLOCKED] = { "http3.header.qpack.blocked", "HEADERS head-of-line-blocked on QPACK encoder stream", FM_BOOL8, .generated = true },
    [BLOCKED_REQUIRED] = { "http3.header.qpack.blocked.rcint", "Required instruction count", FM_UINT32, FM_DEC, .generated = true },
    [BLOCKED_AVAILABLE] = { "http3.header.qpack.blocked.wcint", "Available instruction count", FM_UINT32, FM_DEC, .generated = true },
    [HEADERS_BLOCKED] = { "http3.expert.header_decoding.blocked", "Failed to decode HTTP3 header name/value (blocked on QPACK)", FM_EXPERT,
                          .severity = FM_WARN, .group = FM_GROUP_DECRYPTION },
    [OPENED_IN] = { "fathom.http3.headers_in", "Header fields in frame", FM_FRAMENUM, .generated = true },
    [BLOCKED_IN] = { "fathom.http3.blocked_in", "Header section in frame", FM_FRAMENUM, .generated = true },
    [REQUEST_IN] = { "fathom.http3.request_in", "Request in frame", FM_FRAMENUM, .generated = true },
    [RESPONSE_IN] = { "fathom.http3.response_in", "Response in frame", FM_FRAMENUM, .generated = true },
    [TIME] = { "fathom.http3.time", "Time since request", FM_RELATIVE_TIME, .generated = true },
    [DATAGRAM] = { "http3.datagram", "Datagram", FM_NONE },
    [QUARTER_STREAM] = { "http3.datagram.quarter_stream_id", "Quarter Stream ID", FM_UINT64, FM_DEC },
    [REQUEST_STREAM] = { "http3.datagram.request_stream_id", "Associated Request Stream ID", FM_UINT64, FM_DEC, .generated = true },
    [DATAGRAM_PAYLOAD] = { "http3.datagram.payload", "Datagram Payload", FM_BYTES },
};

#define PUSHED (UINT64_C(1) << 62) /* states of pushed messages go by their push ids, not by streams */

/* Values that carry nothing, sent so that nobody relies on their absence (RFC 9114 §7.2.8). */
static bool is_grease(uint64_t value)
{
    return value >= 0x21 && (value - 0x21) % 0x1f == 0;
}

/* Frames whose contents are taken as they come. */
static bool flows(uint64_t type)
{
    return type == HTTP3_DATA || !fm_name(types, type) || is_grease(type);
}

/* ---- records ---- */

/* A variable-length integer at `at`, behind which `at` is then; false where it is not whole. */
static bool peek_varint(FmSlice bytes, size_t *at, uint64_t *value)
{
    if (*at >= bytes.size)
        return false;
    size_t size = (size_t)1 << (bytes.data[*at] >> 6);
    if (bytes.size - *at < size)
        return false;
    *value = fm_be(bytes.data + *at, (unsigned)size) & (UINT64_MAX >> (66 - 8 * size));
    *at += size;
    return true;
}

/* Bytes that a frame in front still brings, or its whole length if it is dissected at once; 0: its header is not whole. */
static uint64_t frame_size(FmSlice bytes, size_t at, bool *partial)
{
    size_t start = at;
    uint64_t type, length;
    if (!peek_varint(bytes, &at, &type))
        return 0;
    if (type == HTTP3_WEBTRANSPORT_STREAM) {
        *partial = peek_varint(bytes, &at, &length); /* no frame's length, but the session; the rest is the application's */
        return *partial ? bytes.size - start : 0;
    }
    if (!peek_varint(bytes, &at, &length))
        return 0;
    *partial = flows(type) && length > bytes.size - at;
    return *partial ? bytes.size - start : at - start + length;
}

/* As many whole frames as there are; one that is longer, if its contents are taken as they come; or the length of the first. */
static uint64_t frames_size(FmSlice bytes, size_t at)
{
    bool partial = false;
    while (at < bytes.size && !partial) {
        uint64_t size = frame_size(bytes, at, &partial);
        if (!size || size > bytes.size - at) {
            if (at)
                return at;
            return size ? size : FM_NEED_MORE;
        }
        at += size;
    }
    return at;
}

static uint64_t instructions_size(FmSlice bytes, size_t at, bool encoder)
{
    while (at < bytes.size) {
        QpackInstruction in;
        FmSlice rest = { bytes.data + at, bytes.size - at };
        size_t size = encoder ? qpack_encoder_instruction(rest, &in) : qpack_decoder_instruction(rest, &in);
        if (size == SIZE_MAX)
            return bytes.size;
        if (!size)
            return at ? at : FM_NEED_MORE;
        at += size;
    }
    return at;
}

static Http3Kind kind_of(uint64_t type)
{
    return type <= HTTP3_DECODER ? (Http3Kind)type : HTTP3_OPAQUE;
}

/* A stream that lost bytes goes on at a frame's start only if the loss lay within a frame's contents. */
static void realign(Http3Framing *f, uint64_t offset)
{
    if (offset <= f->next)
        return;
    uint64_t missing = offset - f->next;
    f->next = offset;
    f->opaque |= missing > f->left;
    f->left = missing > f->left ? 0 : f->left - missing;
}

static uint64_t http3_record(const FmStream *stream, FmSlice bytes)
{
    Http3Stream *s = stream->state;
    uint64_t id = stream->entry.number, type;
    if (id == QUIC_DATAGRAM_STREAM)
        return bytes.size;
    Http3Framing *f = &s->framing[fm_stream_direction(stream)];
    realign(f, stream->record_offset);
    size_t at = 0;
    Http3Kind kind = id & 2 ? (Http3Kind)f->kind : HTTP3_REQUEST;
    if (id & 2 && !f->typed) {
        if (!peek_varint(bytes, &at, &type))
            return FM_NEED_MORE;
        kind = kind_of(type);
        if (kind == HTTP3_PUSH && !peek_varint(bytes, &at, &type))
            return FM_NEED_MORE;
    }
    if (f->opaque || kind == HTTP3_OPAQUE)
        return bytes.size;
    if (kind == HTTP3_ENCODER || kind == HTTP3_DECODER)
        return instructions_size(bytes, at, kind == HTTP3_ENCODER);
    if (f->left)
        at = (size_t)MIN(f->left, bytes.size);
    return frames_size(bytes, at);
}

/* ---- what frames share ---- */

static uint64_t add_varint_of(FmDissection *d, unsigned row, FmCursor *c)
{
    FmCursor at = *c;
    uint64_t value = quic_varint(c);
    if (fm_wanted(d, row) && fm_ok(d))
        fm_record_of(d, &fields[row], row, fm_offset(&at), (uint32_t)(c->at - at.at), at.buffer, 0, value);
    return value;
}

/* What the stream's direction carries next. First visits only; NULL outside streams. */
static Http3Framing *framing_of(const FmDissection *d)
{
    Http3Stream *s = d->stream ? d->stream->state : NULL;
    return s ? &s->framing[fm_direction(d)] : NULL;
}

static void put_links(FmDissection *d, uint32_t request_in, FmTime time, uint32_t response_in, const GrpcReport *report)
{
    if (request_in) {
        fm_make(d, REQUEST_IN, request_in);
        fm_make(d, TIME, (uint64_t)time);
    }
    if (response_in)
        fm_make(d, RESPONSE_IN, response_in);
    if (report)
        grpc_call_report(d, report);
}

static void put_fields(FmDissection *d, const FmCursor *c, const HpackBlock *block)
{
    Http3Section section = { *c, block };
    fm_part(d, &fm_http3_headers, &section.c);
}

static void put_section(FmDissection *d, FmCursor *c, Http3Record *r, Http3Memo *m, bool promised)
{
    uint64_t exchange = r->exchange;
    if (!fm_replaying(d) && !c->lost)
        http3_read_section(d, m, exchange, fm_rest(c), promised);
    c->at = c->end;
    if (m->block)
        put_fields(d, c, m->block);
    if (m->forgotten)
        fm_note(d, FM_WARN, "More header sections wait for the encoder stream than are kept");
    if (m->blocked) {
        fm_make(d, BLOCKED, 1);
        fm_make(d, BLOCKED_REQUIRED, m->required);
        fm_make(d, BLOCKED_AVAILABLE, m->available);
        fm_expert(d, HEADERS_BLOCKED);
        if (m->opened_in)
            fm_make(d, OPENED_IN, m->opened_in);
    }
    put_links(d, m->request_in, m->time, m->response_in, m->report);
}

/* ---- frames ---- */

static void put_setting(FmDissection *d, FmCursor *c)
{
    FmSubtree tree = fm_open(d, SETTINGS, c);
    uint64_t id = add_varint_of(d, SETTING_ID, c);
    const char *name = fm_name(settings, id);
    FmCursor at = *c;
    uint64_t value = quic_varint(c);
    unsigned size = (unsigned)(c->at - at.at);
    if (is_grease(id)) {
        fm_subtree_label(d, tree, "Settings - GREASE");
        fm_label(d, SETTING_ID, "Type: GREASE (%#" PRIx64 ")", id);
    } else {
        fm_subtree_label(d, tree, "Settings - %s: %" G_GUINT64_FORMAT, name ? name : "Unknown", value);
        fm_label(d, SETTING_ID, "Settings Identifier: %s (0x%016" PRIx64 ")", name ? name : "Unknown", id);
    }
    if (fm_ok(d)) {
        fm_add_value(d, SETTING_VALUE, &at, size, value);
        switch (id) {
        case S_CAPACITY:
            fm_add_value(d, SETTING_CAPACITY, &at, size, value);
            if (!fm_replaying(d))
                http3_set_limit(d, value);
            break;
        case S_SECTION_SIZE: fm_add_value(d, SETTING_SECTION_SIZE, &at, size, value); break;
        case S_BLOCKED: fm_add_value(d, SETTING_BLOCKED, &at, size, value); break;
        case S_CONNECT: fm_add_value(d, SETTING_CONNECT, &at, size, value); break;
        case S_WEBTRANSPORT: fm_add_value(d, SETTING_WEBTRANSPORT, &at, size, value); break;
        case S_DATAGRAM: fm_add_value(d, SETTING_DATAGRAM, &at, size, value); break;
        case S_DATAGRAM_04: fm_add_value(d, SETTING_DATAGRAM_04, &at, size, value); break;
        default: break;
        }
    }
    fm_close(d, tree, c);
}

/* A piece of a frame's contents that are taken as they come. */
static void put_piece(FmDissection *d, FmCursor *c, Http3Record *r, Http3Memo *m, uint64_t type)
{
    FmCursor data = *c, bytes = *c;
    c->at = c->end;
    if (type != HTTP3_DATA)
        return;
    fm_add_bytes(d, DATA, &bytes, fm_left(&bytes));
    if (!fm_replaying(d)) {
        const Http3Stream *e = fm_stream_state(d, r->exchange);
        m->message = e ? e->messages[fm_direction(d)] : NULL;
    }
    http3_put_content(d, r, m, &data, m->ends);
}

static void put_push_promise(FmDissection *d, FmCursor *c, Http3Record *r, Http3Memo *m)
{
    uint64_t push = add_varint_of(d, PUSH, c), exchange = r->exchange;
    if (!fm_ok(d))
        return;
    r->exchange = PUSHED | push;
    put_section(d, c, r, m, true);
    r->exchange = exchange;
}

static void put_origins(FmDissection *d, FmCursor *c)
{
    while (fm_left(c)) {
        uint64_t size = fm_read_u16(c);
        fm_add_bytes(d, ORIGIN, c, size);
    }
}

static void put_payload(FmDissection *d, FmCursor *c, Http3Record *r, Http3Memo *m, uint64_t type)
{
    switch (type) {
    case HTTP3_HEADERS: put_section(d, c, r, m, false); break;
    case HTTP3_CANCEL_PUSH: case HTTP3_MAX_PUSH_ID: add_varint_of(d, PUSH, c); break;
    case HTTP3_SETTINGS:
        while (fm_left(c))
            put_setting(d, c);
        break;
    case HTTP3_PUSH_PROMISE: put_push_promise(d, c, r, m); break;
    case HTTP3_GOAWAY: add_varint_of(d, GOAWAY_ID, c); break;
    case HTTP3_ORIGIN: put_origins(d, c); break;
    case HTTP3_PRIORITY_UPDATE: case HTTP3_PRIORITY_UPDATE_PUSH:
        add_varint_of(d, PRIORITY_ELEMENT, c);
        if (fm_left(c))
            fm_add_bytes(d, PRIORITY_VALUE, c, fm_left(c));
        break;
    default: put_piece(d, c, r, m, type); break;
    }
}

static Http3Memo *frame_memo(FmDissection *d, const Http3Record *r)
{
    Http3Memo *m = fm_memo(d);
    if (!fm_replaying(d))
        m->stream = r->memo->stream;
    return m;
}

/* The stream belongs to WebTransport from here on. */
static void put_webtransport(FmDissection *d, FmCursor *c)
{
    add_varint_of(d, SESSION_ID, c);
    if (!fm_replaying(d) && framing_of(d))
        framing_of(d)->opaque = true;
    if (fm_left(c))
        fm_data(d, c);
}

/* The beginning of a frame whose contents go on in later packets. */
static void put_begin(FmDissection *d, FmCursor *c, Http3Record *r, Http3Memo *m, uint64_t type)
{
    FmCursor at = *c;
    uint64_t length = quic_varint(c);
    if (fm_ok(d))
        fm_add_value(d, DATA_LENGTH, &at, c->at - at.at, length);
    fm_make(d, FRAME_STREAM, m->stream);
    fm_make(d, DATA_LEFT, length - MIN(length, fm_left_on_wire(c)));
    Http3Framing *f = framing_of(d);
    if (f && fm_ok(d)) {
        f->left = length - MIN(length, fm_left_on_wire(c));
        f->left_type = type;
    }
    if (type == HTTP3_DATA)
        fm_info_more(d, ", DATA");
    FmCursor piece = fm_take(c, fm_left_on_wire(c));
    put_piece(d, &piece, r, m, type);
}

static void put_frame(FmDissection *d, FmCursor *c, Http3Record *r)
{
    Http3Memo *m = frame_memo(d, r);
    FmCursor ahead = *c;
    FmTrouble none = { 0 };
    ahead.trouble = &none;
    uint64_t type = quic_varint(&ahead), length = quic_varint(&ahead);
    if (!none.kind && flows(type) && length > fm_left_on_wire(&ahead)) {
        quic_varint(c);
        put_begin(d, c, r, m, type);
        return;
    }
    FmCursor nothing = *c;
    FmSubtree tree = fm_open(d, FRAME, c);
    fm_close(d, tree, &nothing);
    add_varint_of(d, FRAME_TYPE, c);
    const char *name = fm_name(types, type);
    if (name)
        fm_label(d, FRAME_TYPE, "Type: %s (0x%016" PRIx64 ")", name, type);
    else
        fm_label(d, FRAME_TYPE, "Type: %s (%#" PRIx64 ")", is_grease(type) ? "Reserved" : "Unknown", type);
    if (name && fm_ok(d))
        fm_info_more(d, ", %s", name);
    if (type == HTTP3_WEBTRANSPORT_STREAM) {
        put_webtransport(d, c);
        return;
    }
    add_varint_of(d, FRAME_LENGTH, c);
    FmCursor payload = fm_take(c, length), bytes = payload;
    if (length)
        fm_add_bytes(d, FRAME_PAYLOAD, &bytes, fm_left(&bytes));
    fm_make(d, FRAME_STREAM, m->stream);
    if (!fm_replaying(d))
        m->ends = r->memo->ends && !fm_left_on_wire(c) && !payload.lost;
    put_payload(d, &payload, r, m, type);
}

/* What an earlier record's frame goes on with. */
static void put_rest(FmDissection *d, FmCursor *c, Http3Record *r)
{
    Http3Memo *m = frame_memo(d, r);
    uint64_t here = MIN(r->memo->left, fm_left_on_wire(c));
    FmCursor piece = fm_take(c, here);
    fm_make(d, FRAME_STREAM, m->stream);
    fm_make(d, DATA_LEFT, r->memo->left - here);
    if (!fm_replaying(d)) {
        m->ends = r->memo->ends && !fm_left_on_wire(c) && here == r->memo->left && !piece.lost;
        if (framing_of(d))
            framing_of(d)->left -= MIN(here, framing_of(d)->left);
    }
    put_piece(d, &piece, r, m, r->memo->left_type);
}

/* The stream's end: a body that no frame has ended is whole now. */
static void end_stream(FmDissection *d, Http3Record *r, const FmCursor *c)
{
    Http3Memo *m = frame_memo(d, r);
    if (!fm_replaying(d)) {
        const Http3Stream *e = fm_stream_state(d, r->exchange);
        m->message = e ? e->messages[fm_direction(d)] : NULL;
    }
    FmCursor nothing = *c;
    nothing.at = nothing.end;
    nothing.lost = 0;
    http3_put_content(d, r, m, &nothing, true);
}

static void put_frames(FmDissection *d, FmCursor *c, Http3Record *r)
{
    if (r->memo->left)
        put_rest(d, c, r);
    while (fm_left(c) && fm_ok(d))
        put_frame(d, c, r);
    if (r->memo->ends && fm_ok(d))
        end_stream(d, r, c);
}

/* ---- streams ---- */

static void put_opened(FmDissection *d, const FmCursor *c, const Http3Opened *o)
{
    FmSubtree tree = fm_open_text(d, c, "HEADERS of stream %" G_GUINT64_FORMAT ", which frame %u brought", o->stream, o->frame);
    fm_make(d, FRAME_STREAM, o->stream);
    fm_make(d, BLOCKED_IN, o->frame);
    fm_info_more(d, ", HEADERS");
    put_fields(d, c, o->block);
    put_links(d, o->request_in, o->time, 0, o->report);
    fm_close(d, tree, c);
}

static void put_instructions(FmDissection *d, FmCursor *c, Http3Memo *m)
{
    if (!fm_left(c))
        return;
    if (!fm_replaying(d) && m->kind == HTTP3_ENCODER && !c->lost)
        http3_follow_encoder(d, m, fm_rest(c));
    Http3Instructions i = { *c, (Http3Kind)m->kind, m->required, m->available, m->broken };
    fm_part(d, &fm_http3_qpack, &i.c);
    c->at = c->end;
    for (const Http3Opened *o = m->opened; o; o = o->next)
        put_opened(d, c, o);
}

static void put_stream_type(FmDissection *d, FmCursor *c, Http3Memo *m)
{
    uint64_t type = add_varint_of(d, STREAM_TYPE, c), push = 0;
    const char *name = fm_name(stream_types, type);
    fm_label(d, STREAM_TYPE, "Stream Type: %s (0x%016" PRIx64 ")", name ? name : is_grease(type) ? "Reserved" : "Unknown", type);
    if (!name && !is_grease(type))
        fm_expert(d, UNKNOWN_STREAM);
    if (type == 1)
        push = add_varint_of(d, PUSH_ID, c);
    else if (type == 0x54)
        add_varint_of(d, SESSION_ID, c);
    Http3Framing *f = fm_replaying(d) ? NULL : framing_of(d);
    if (!f || !fm_ok(d))
        return;
    f->typed = true;
    m->kind = f->kind = (uint8_t)kind_of(type);
    f->push_id = push;
}

/* What the stream's state says about the record in front. */
static void begin_record(FmDissection *d, Http3Memo *m, const FmCursor *c)
{
    Http3Framing *f = framing_of(d);
    m->kind = HTTP3_OPAQUE;
    m->typed = true;
    if (!f)
        return;
    m->stream = d->stream->entry.number;
    m->ends = d->stream->finished && d->stream->record_offset == d->stream->end;
    if (m->stream == QUIC_DATAGRAM_STREAM) {
        m->kind = HTTP3_DATAGRAM;
        return;
    }
    m->kind = f->opaque ? HTTP3_OPAQUE : m->stream & 2 ? f->kind : HTTP3_REQUEST;
    m->typed = f->typed || !(m->stream & 2);
    m->left = f->left;
    m->left_type = f->left_type;
    f->next = d->stream->record_offset;
}

static void put_datagram(FmDissection *d, FmCursor *c)
{
    FmSubtree tree = fm_open(d, DATAGRAM, c);
    uint64_t quarter = add_varint_of(d, QUARTER_STREAM, c);
    if (fm_ok(d))
        fm_make(d, REQUEST_STREAM, quarter * 4);
    if (fm_left(c))
        fm_add_bytes(d, DATAGRAM_PAYLOAD, c, fm_left(c));
    fm_close(d, tree, c);
}

static void http3_dissect(FmDissection *d, FmCursor *c)
{
    Http3Record r = { .memo = fm_memo(d) };
    if (!fm_replaying(d))
        begin_record(d, r.memo, c);
    if (!r.memo->typed)
        put_stream_type(d, c, r.memo);
    if (d->stream && !fm_replaying(d))
        r.exchange = r.memo->kind == HTTP3_PUSH ? PUSHED | framing_of(d)->push_id : fm_stream_state_number(d->stream);
    switch (r.memo->kind) {
    case HTTP3_ENCODER: case HTTP3_DECODER: put_instructions(d, c, r.memo); break;
    case HTTP3_DATAGRAM: put_datagram(d, c); break;
    case HTTP3_OPAQUE:
        if (fm_left(c))
            fm_data(d, c);
        break;
    default: put_frames(d, c, &r); break;
    }
}

const FmProtocol fm_http3 = {
    .abbrev = "http3",
    .name = "HTTP3",
    .title = "Hypertext Transfer Protocol Version 3",
    FM_FIELDS(fields),
    FM_NAMES({ FM_ALPN, "h3" }),
    .dissect = http3_dissect,
    .record = http3_record,
    .state_size = sizeof(Http3State),
    .release = http3_release,
    .stream_state_size = sizeof(Http3Stream),
    .stream_release = http3_stream_release,
    .memo_size = sizeof(Http3Memo),
};
