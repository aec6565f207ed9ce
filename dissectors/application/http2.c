/* HTTP/2 (RFC 9113): frames. Also ALTSVC (RFC 7838), ORIGIN (RFC 8336), PRIORITY_UPDATE (RFC 9218). */
#include "config.h"

#include "dissectors/application/http2.h"

#define PREFACE "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
#define PREFACE_SIZE (sizeof(PREFACE) - 1)
#define HEADER_SIZE 9

enum {
    HTTP2, STREAM, LENGTH, TYPE, FLAGS, UNUSED, UNUSED_DATA, FLAG_DATA_PADDED, FLAG_DATA_END_STREAM, UNUSED_HEADERS, FLAG_PRIORITY, FLAG_PADDED, FLAG_EH,
    FLAG_END_STREAM, UNUSED_SETTINGS, FLAG_ACK_SETTINGS, UNUSED_PUSH_PROMISE, FLAG_PUSH_PADDED, FLAG_PUSH_EH, UNUSED_PING, FLAG_ACK_PING,
    UNUSED_CONTINUATION, FLAG_CONTINUATION_PADDED, FLAG_CONTINUATION_EH, R, STREAMID, MAGIC, UNKNOWN, PADDING, PAD_LENGTH, EXCLUSIVE,
    STREAM_DEPENDENCY, WEIGHT, WEIGHT_REAL, DATA_PADDING, HEADERS_FRAGMENT, HEADERS_PADDING, RST_STREAM_ERROR, PUSH_PROMISE_R,
    PUSH_PROMISE_STREAM, PUSH_PROMISE_HEADER, PUSH_PROMISE_PADDING, PING, PONG, GOAWAY_R, GOAWAY_LAST, GOAWAY_ERROR, GOAWAY_ADDATA,
    WINDOW_UPDATE_R, WINDOW_UPDATE_INCREMENT, CONTINUATION_HEADER, ALTSVC_ORIGIN_LEN, ALTSVC_ORIGIN, ALTSVC_FIELD_VALUE, ORIGIN, ORIGIN_LEN,
    ORIGIN_ORIGIN, PRIORITY_UPDATE_STREAM, PRIORITY_UPDATE_VALUE, REQUEST_IN, RESPONSE_IN, TIME,
};

static const FmName types[] = {
    { HTTP2_DATA, 0, "DATA" }, { HTTP2_HEADERS, 0, "HEADERS" }, { HTTP2_PRIORITY, 0, "PRIORITY" }, { HTTP2_RST_STREAM, 0, "RST_STREAM" },
    { HTTP2_SETTINGS, 0, "SETTINGS" }, { HTTP2_PUSH_PROMISE, 0, "PUSH_PROMISE" }, { HTTP2_PING, 0, "PING" }, { HTTP2_GOAWAY, 0, "GOAWAY" },
    { HTTP2_WINDOW_UPDATE, 0, "WINDOW_UPDATE" }, { HTTP2_CONTINUATION, 0, "CONTINUATION" }, { HTTP2_ALTSVC, 0, "ALTSVC" }, { 0xb, 0, "BLOCKED" },
    { HTTP2_ORIGIN, 0, "ORIGIN" }, { HTTP2_PRIORITY_UPDATE, 0, "PRIORITY_UPDATE" }, { 0, 0, NULL },
};

static const FmName errors[] = {
    { 0, 0, "NO_ERROR" }, { 1, 0, "PROTOCOL_ERROR" }, { 2, 0, "INTERNAL_ERROR" }, { 3, 0, "FLOW_CONTROL_ERROR" }, { 4, 0, "SETTINGS_TIMEOUT" },
    { 5, 0, "STREAM_CLOSED" }, { 6, 0, "FRAME_SIZE_ERROR" }, { 7, 0, "REFUSED_STREAM" }, { 8, 0, "CANCEL" }, { 9, 0, "COMPRESSION_ERROR" },
    { 10, 0, "CONNECT_ERROR" }, { 11, 0, "ENHANCE_YOUR_CALM" }, { 12, 0, "INADEQUATE_SECURITY" }, { 13, 0, "HTTP_1_1_REQUIRED" }, { 0, 0, NULL },
};

static const FmField fields[] = {
    [HTTP2] = { "http2", "HyperText Transfer Protocol 2", FM_PROTOCOL },
    [STREAM] = { "http2.stream", "Stream", FM_NONE },
    [LENGTH] = { "http2.length", "Length", FM_UINT24, FM_DEC },
    [TYPE] = { "http2.type", "Type", FM_UINT8, FM_DEC, .names = types },
    [FLAGS] = { "http2.flags", "Flags", FM_UINT8, FM_HEX },
    [UNUSED] = { "http2.flags.unused", "Unused", FM_UINT8, FM_HEX, 0xff },
    [UNUSED_DATA] = { "http2.flags.unused_data", "Unused", FM_UINT8, FM_HEX, 0xf6 },
    [FLAG_DATA_PADDED] = { "http2.flags.padded", "Padded", FM_BOOL8, .mask = HTTP2_FLAG_PADDED },
    [FLAG_DATA_END_STREAM] = { "http2.flags.end_stream", "End Stream", FM_BOOL8, .mask = HTTP2_FLAG_END_STREAM },
    [UNUSED_HEADERS] = { "http2.flags.unused_headers", "Unused", FM_UINT8, FM_HEX, 0xd2 },
    [FLAG_PRIORITY] = { "http2.flags.priority", "Priority", FM_BOOL8, .mask = HTTP2_FLAG_PRIORITY },
    [FLAG_PADDED] = { "http2.flags.padded", "Padded", FM_BOOL8, .mask = HTTP2_FLAG_PADDED },
    [FLAG_EH] = { "http2.flags.eh", "End Headers", FM_BOOL8, .mask = HTTP2_FLAG_END_HEADERS },
    [FLAG_END_STREAM] = { "http2.flags.end_stream", "End Stream", FM_BOOL8, .mask = HTTP2_FLAG_END_STREAM },
    [UNUSED_SETTINGS] = { "http2.flags.unused_settings", "Unused", FM_UINT8, FM_HEX, 0xfe },
    [FLAG_ACK_SETTINGS] = { "http2.flags.ack.settings", "ACK", FM_BOOL8, .mask = HTTP2_FLAG_ACK },
    [UNUSED_PUSH_PROMISE] = { "http2.flags.unused_push_promise", "Unused", FM_UINT8, FM_HEX, 0xf3 },
    [FLAG_PUSH_PADDED] = { "http2.flags.padded", "Padded", FM_BOOL8, .mask = HTTP2_FLAG_PADDED },
    [FLAG_PUSH_EH] = { "http2.flags.eh", "End Headers", FM_BOOL8, .mask = HTTP2_FLAG_END_HEADERS },
    [UNUSED_PING] = { "http2.flags.unused_ping", "Unused", FM_UINT8, FM_HEX, 0xfe },
    [FLAG_ACK_PING] = { "http2.flags.ack.ping", "ACK", FM_BOOL8, .mask = HTTP2_FLAG_ACK },
    [UNUSED_CONTINUATION] = { "http2.flags.unused_continuation", "Unused", FM_UINT8, FM_HEX, 0xfb },
    [FLAG_CONTINUATION_PADDED] = { "http2.flags.padded", "Padded", FM_BOOL8, .mask = HTTP2_FLAG_PADDED },
    [FLAG_CONTINUATION_EH] = { "http2.flags.eh", "End Headers", FM_BOOL8, .mask = HTTP2_FLAG_END_HEADERS },
    [R] = { "http2.r", "Reserved", FM_UINT32, FM_HEX, 0x80000000 },
    [STREAMID] = { "http2.streamid", "Stream Identifier", FM_UINT32, FM_DEC, 0x7fffffff },
    [MAGIC] = { "http2.magic", "Magic", FM_STRING },
    [UNKNOWN] = { "http2.unknown", "Unknown", FM_BYTES },
    [PADDING] = { "http2.padding", "Pad Length", FM_UINT8, FM_HEX },
    [PAD_LENGTH] = { "http2.pad_length", "Pad Length", FM_UINT16, FM_DEC, .generated = true },
    [EXCLUSIVE] = { "http2.exclusive", "Exclusive", FM_BOOL32, .mask = 0x80000000 },
    [STREAM_DEPENDENCY] = { "http2.stream_dependency", "Stream Dependency", FM_UINT32, FM_DEC, 0x7fffffff },
    [WEIGHT] = { "http2.headers.weight", "Weight", FM_UINT8, FM_DEC },
    [WEIGHT_REAL] = { "http2.headers.weight_real", "Weight real", FM_UINT8, FM_DEC, .generated = true },
    [DATA_PADDING] = { "http2.data.padding", "Padding", FM_BYTES },
    [HEADERS_FRAGMENT] = { "http2.headers", "Header Block Fragment", FM_BYTES },
    [HEADERS_PADDING] = { "http2.headers.padding", "Padding", FM_BYTES },
    [RST_STREAM_ERROR] = { "http2.rst_stream.error", "Error", FM_UINT32, FM_DEC, .names = errors },
    [PUSH_PROMISE_R] = { "http2.push_promise.r", "Reserved", FM_UINT32, FM_HEX, 0x80000000 },
    [PUSH_PROMISE_STREAM] = { "http2.push_promise.promised_stream_id", "Promised-Stream-ID", FM_UINT32, FM_DEC, 0x7fffffff },
    [PUSH_PROMISE_HEADER] = { "http2.push_promise.header", "Header Block Fragment", FM_BYTES },
    [PUSH_PROMISE_PADDING] = { "http2.push_promise.padding", "Padding", FM_BYTES },
    [PING] = { "http2.ping", "Ping", FM_BYTES },
    [PONG] = { "http2.pong", "Pong", FM_BYTES },
    [GOAWAY_R] = { "http2.goway.r", "Reserved", FM_UINT32, FM_HEX, 0x80000000 },
    [GOAWAY_LAST] = { "http2.goaway.last_stream_id", "Last-Stream-ID", FM_UINT32, FM_DEC, 0x7fffffff },
    [GOAWAY_ERROR] = { "http2.goaway.error", "Error", FM_UINT32, FM_DEC, .names = errors },
    [GOAWAY_ADDATA] = { "http2.goaway.addata", "Additional Debug Data", FM_BYTES },
    [WINDOW_UPDATE_R] = { "http2.window_update.r", "Reserved", FM_UINT32, FM_HEX, 0x80000000 },
    [WINDOW_UPDATE_INCREMENT] = { "http2.window_update.window_size_increment", "Window Size Increment", FM_UINT32, FM_DEC, 0x7fffffff },
    [CONTINUATION_HEADER] = { "http2.continuation.header", "Continuation Header", FM_STRING },
    [ALTSVC_ORIGIN_LEN] = { "http2.altsvc.origin.len", "Origin Length", FM_UINT16, FM_DEC },
    [ALTSVC_ORIGIN] = { "http2.altsvc.origin", "Origin", FM_STRING },
    [ALTSVC_FIELD_VALUE] = { "http2.altsvc.field_value", "Field/Value", FM_STRING },
    [ORIGIN] = { "http2.origin", "Origin", FM_NONE },
    [ORIGIN_LEN] = { "http2.origin.origin_len", "Origin Length", FM_UINT16, FM_DEC },
    [ORIGIN_ORIGIN] = { "http2.origin.origin", "Origin", FM_STRING },
    [PRIORITY_UPDATE_STREAM] = { "http2.priority_update_stream_id", "Priority Update Stream ID", FM_UINT32, FM_DEC, 0x7fffffff },
    [PRIORITY_UPDATE_VALUE] = { "http2.priority_update_field_value", "Priority Update Field Value", FM_STRING },
    [REQUEST_IN] = { "fathom.http2.request_in", "Request in frame", FM_FRAMENUM, .generated = true },
    [RESPONSE_IN] = { "fathom.http2.response_in", "Response in frame", FM_FRAMENUM, .generated = true },
    [TIME] = { "fathom.http2.time", "Time since request", FM_RELATIVE_TIME, .generated = true },
};

/* ---- what frames share ---- */

static void put_flags(FmDissection *d, FmCursor *c, Http2Frame *f)
{
    f->flags = fm_peek(c, 0, 1);
    switch (f->type) {
    case HTTP2_DATA: fm_add_flags(d, FLAGS, UNUSED_DATA, FLAG_DATA_END_STREAM, c); break;
    case HTTP2_HEADERS: fm_add_flags(d, FLAGS, UNUSED_HEADERS, FLAG_END_STREAM, c); break;
    case HTTP2_SETTINGS: fm_add_flags(d, FLAGS, UNUSED_SETTINGS, FLAG_ACK_SETTINGS, c); break;
    case HTTP2_PUSH_PROMISE: fm_add_flags(d, FLAGS, UNUSED_PUSH_PROMISE, FLAG_PUSH_EH, c); break;
    case HTTP2_PING: fm_add_flags(d, FLAGS, UNUSED_PING, FLAG_ACK_PING, c); break;
    case HTTP2_CONTINUATION: fm_add_flags(d, FLAGS, UNUSED_CONTINUATION, FLAG_CONTINUATION_EH, c); break;
    default: fm_add_flags(d, FLAGS, UNUSED, UNUSED, c); break;
    }
    static const struct {
        uint8_t flag;
        const char *text;
        uint32_t types;
    } texts[] = {
        { HTTP2_FLAG_PRIORITY, ", Priority", 1 << HTTP2_HEADERS },
        { HTTP2_FLAG_PADDED, ", Padded", 1 << HTTP2_DATA | 1 << HTTP2_HEADERS | 1 << HTTP2_PUSH_PROMISE | 1 << HTTP2_CONTINUATION },
        { HTTP2_FLAG_END_HEADERS, ", End Headers", 1 << HTTP2_HEADERS | 1 << HTTP2_PUSH_PROMISE | 1 << HTTP2_CONTINUATION },
        { HTTP2_FLAG_END_STREAM, ", End Stream", 1 << HTTP2_DATA | 1 << HTTP2_HEADERS },
        { HTTP2_FLAG_ACK, ", ACK", 1 << HTTP2_SETTINGS | 1 << HTTP2_PING },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(texts) && f->type < 32; i++)
        if (f->flags & texts[i].flag && texts[i].types >> f->type & 1)
            fm_label_more(d, FLAGS, "%s", texts[i].text);
}

/* Splits padding off the end of a frame (RFC 9113 §6.1). */
static FmCursor take_padding(FmDissection *d, FmCursor *c, const Http2Frame *f)
{
    uint64_t length = f->flags & HTTP2_FLAG_PADDED ? fm_add(d, PADDING, c) : 0;
    fm_add_value(d, PAD_LENGTH, c, 0, length);
    uint64_t left = fm_left_on_wire(c);
    if (length > left) {
        fm_note(d, FM_ERROR, "Padding is longer than the frame");
        length = 0;
    }
    FmCursor rest = *c;
    *c = fm_take(&rest, left - length);
    return rest;
}

static void put_priority(FmDissection *d, FmCursor *c)
{
    fm_add_bits(d, EXCLUSIVE, c);
    fm_add(d, STREAM_DEPENDENCY, c);
    FmCursor here = *c;
    uint64_t weight = fm_add(d, WEIGHT, c);
    if (fm_left(&here))
        fm_add_value(d, WEIGHT_REAL, &here, 1, weight + 1);
}

/* ---- frames ---- */

static void put_data(FmDissection *d, FmCursor *c, Http2Frame *f)
{
    FmCursor padding = take_padding(d, c, f);
    if (!fm_replaying(d)) {
        Http2Exchange *exchange = fm_stream_state(d, f->stream);
        Http2State *state = fm_state(d);
        if (state)
            http2_measure_data(d, &state->measures, exchange ? &exchange->measures : NULL, f->length, &f->measured);
        f->memo->message = exchange ? exchange->messages[fm_direction(d)] : NULL;
        f->memo->ends = f->flags & HTTP2_FLAG_END_STREAM && !c->lost;
    }
    http2_put_content(d, f, c);
    if (fm_left(&padding))
        fm_add_bytes(d, DATA_PADDING, &padding, fm_left(&padding));
}

/* A part of a header block: what it means now, and later to replays. */
static void read_block(FmDissection *d, Http2Frame *f, FmCursor *fragment, uint64_t stream, bool promised, bool ends_stream)
{
    if (fm_replaying(d))
        return;
    Http2State *state = fm_state(d);
    if (!state)
        return;
    Http2Side *side = &state->sides[fm_direction(d)];
    bool end = f->flags & HTTP2_FLAG_END_HEADERS && !fragment->lost;
    f->memo->block = hpack_decode(side->hpack, fm_memo_arena(d), fm_rest(fragment), end);
    if (fragment->lost)
        hpack_forget(side->hpack);
    side->block_stream = end ? 0 : (uint32_t)f->stream;
    side->promised = end || !promised ? 0 : (uint32_t)stream;
    side->block_ends_stream = ends_stream;
    http2_block_seen(d, f->memo, stream, promised);
    f->memo->ends = end && ends_stream;
    if (!f->memo->ends)
        return;
    const Http2Exchange *exchange = fm_stream_state(d, stream);
    f->memo->message = exchange ? exchange->messages[fm_direction(d)] : NULL;
}

static void put_block(FmDissection *d, const Http2Frame *f, const FmCursor *bytes)
{
    const HpackBlock *block = f->memo->block;
    Http2Fragment fragment = { *bytes, block, f->tree };
    if (block && (block->count || block->broken))
        fm_part(d, &fm_http2_headers, &fragment.bytes);
}

static void put_links(FmDissection *d, const Http2Memo *memo)
{
    if (memo->request_in) {
        fm_make(d, REQUEST_IN, memo->request_in);
        fm_make(d, TIME, (uint64_t)memo->time);
    }
    if (memo->response_in)
        fm_make(d, RESPONSE_IN, memo->response_in);
    if (memo->grpc_timeout)
        grpc_call_put_timeout(d, memo->grpc_timeout);
    if (memo->report)
        grpc_call_report(d, memo->report);
}

/* Trailers, or a header without contents: what came before is whole now. */
static void end_stream(FmDissection *d, Http2Frame *f, FmCursor *fragment)
{
    FmCursor nothing = *fragment;
    nothing.at = nothing.end;
    nothing.lost = 0;
    if (f->memo->ends)
        http2_put_content(d, f, &nothing);
}

static void put_headers(FmDissection *d, FmCursor *c, Http2Frame *f)
{
    FmCursor padding = take_padding(d, c, f);
    if (f->flags & HTTP2_FLAG_PRIORITY)
        put_priority(d, c);
    FmCursor fragment = *c;
    fm_add_bytes(d, HEADERS_FRAGMENT, c, fm_left(c));
    read_block(d, f, &fragment, f->stream, false, f->flags & HTTP2_FLAG_END_STREAM);
    end_stream(d, f, &fragment);
    put_block(d, f, &fragment);
    put_links(d, f->memo);
    if (fm_left(&padding))
        fm_add_bytes(d, HEADERS_PADDING, &padding, fm_left(&padding));
}

static void put_push_promise(FmDissection *d, FmCursor *c, Http2Frame *f)
{
    FmCursor padding = take_padding(d, c, f);
    fm_add_bits(d, PUSH_PROMISE_R, c);
    uint64_t promised = fm_add(d, PUSH_PROMISE_STREAM, c);
    FmCursor fragment = *c;
    fm_add_bytes(d, PUSH_PROMISE_HEADER, c, fm_left(c));
    if (fm_ok(d))
        read_block(d, f, &fragment, promised, true, false);
    put_block(d, f, &fragment);
    put_links(d, f->memo);
    if (fm_left(&padding))
        fm_add_bytes(d, PUSH_PROMISE_PADDING, &padding, fm_left(&padding));
}

/* CONTINUATION has no padding in RFC 9113, whatever the flag. */
static void put_continuation(FmDissection *d, FmCursor *c, Http2Frame *f)
{
    fm_add_value(d, PAD_LENGTH, c, 0, 0);
    FmCursor fragment = *c;
    fm_add_bytes(d, CONTINUATION_HEADER, c, fm_left(c));
    if (!fm_replaying(d)) {
        const Http2State *state = fm_state(d);
        const Http2Side *side = state ? &state->sides[fm_direction(d)] : NULL;
        if (side && side->block_stream == f->stream)
            read_block(d, f, &fragment, side->promised ? side->promised : f->stream, side->promised, side->block_ends_stream);
    }
    end_stream(d, f, &fragment);
    put_block(d, f, &fragment);
    put_links(d, f->memo);
}

static void put_ping(FmDissection *d, FmCursor *c, const Http2Frame *f)
{
    if (f->flags & HTTP2_FLAG_ACK)
        fm_add_bytes(d, PONG, c, 8);
    else
        fm_add_bytes(d, PING, c, 8);
}

static void put_goaway(FmDissection *d, FmCursor *c)
{
    fm_add_bits(d, GOAWAY_R, c);
    fm_add(d, GOAWAY_LAST, c);
    fm_add(d, GOAWAY_ERROR, c);
    if (fm_left(c))
        fm_add_bytes(d, GOAWAY_ADDATA, c, fm_left(c));
}

static void put_altsvc(FmDissection *d, FmCursor *c)
{
    uint64_t length = fm_add(d, ALTSVC_ORIGIN_LEN, c);
    if (length)
        fm_add_bytes(d, ALTSVC_ORIGIN, c, length);
    if (fm_left(c))
        fm_add_bytes(d, ALTSVC_FIELD_VALUE, c, fm_left(c));
}

static void put_origin(FmDissection *d, FmCursor *c)
{
    while (fm_left(c)) {
        FmSubtree entry = fm_open(d, ORIGIN, c);
        uint64_t length = fm_add(d, ORIGIN_LEN, c);
        fm_add_bytes(d, ORIGIN_ORIGIN, c, length);
        fm_close(d, entry, c);
    }
}

static void put_rst_stream(FmDissection *d, FmCursor *c, const Http2Frame *f)
{
    uint64_t error = fm_add(d, RST_STREAM_ERROR, c);
    if (!fm_replaying(d) && fm_ok(d))
        http2_exchange_reset(d, f->memo, f->stream, error);
    if (f->memo->report)
        grpc_call_report(d, f->memo->report);
}

static void put_window_update(FmDissection *d, FmCursor *c, Http2Frame *f)
{
    fm_add_bits(d, WINDOW_UPDATE_R, c);
    uint64_t increment = fm_add(d, WINDOW_UPDATE_INCREMENT, c);
    Http2State *state = fm_replaying(d) || !fm_ok(d) ? NULL : fm_state(d);
    if (!state)
        return;
    Http2Exchange *exchange = f->stream ? fm_stream_state(d, f->stream) : NULL;
    if (exchange || !f->stream)
        http2_measure_update(d, &state->measures, exchange ? &exchange->measures : NULL, increment, &f->measured);
}

static void put_settings(FmDissection *d, FmCursor *c, const Http2Frame *f)
{
    Http2State *state = fm_replaying(d) ? NULL : fm_state(d);
    if (state && !(f->flags & HTTP2_FLAG_ACK)) {
        uint32_t *initial = &state->measures.initial[!fm_direction(d)];
        *initial = http2_initial_window(fm_rest(c), *initial);
    }
    fm_part(d, &fm_http2_settings, c);
}

static void put_payload(FmDissection *d, FmCursor *c, Http2Frame *f)
{
    switch (f->type) {
    case HTTP2_DATA: put_data(d, c, f); break;
    case HTTP2_HEADERS: put_headers(d, c, f); break;
    case HTTP2_PRIORITY: put_priority(d, c); break;
    case HTTP2_RST_STREAM: put_rst_stream(d, c, f); break;
    case HTTP2_SETTINGS: put_settings(d, c, f); break;
    case HTTP2_PUSH_PROMISE: put_push_promise(d, c, f); break;
    case HTTP2_PING: put_ping(d, c, f); break;
    case HTTP2_GOAWAY: put_goaway(d, c); break;
    case HTTP2_WINDOW_UPDATE:
        put_window_update(d, c, f);
        break;
    case HTTP2_CONTINUATION: put_continuation(d, c, f); break;
    case HTTP2_ALTSVC: put_altsvc(d, c); break;
    case HTTP2_ORIGIN: put_origin(d, c); break;
    case HTTP2_PRIORITY_UPDATE:
        fm_add(d, PRIORITY_UPDATE_STREAM, c);
        fm_add_bytes(d, PRIORITY_UPDATE_VALUE, c, fm_left(c));
        break;
    default:
        if (fm_left(c))
            fm_add_bytes(d, UNKNOWN, c, fm_left(c));
        break;
    }
}

/* ---- records ---- */

static bool begins_preface(FmSlice bytes)
{
    return bytes.size && memcmp(bytes.data, PREFACE, MIN(bytes.size, PREFACE_SIZE)) == 0;
}

static uint64_t http2_record(const FmStream *stream, FmSlice bytes)
{
    if (begins_preface(bytes))
        return PREFACE_SIZE;
    return bytes.size < 3 ? FM_NEED_MORE : HEADER_SIZE + fm_be(bytes.data, 3);
}

/* Is a connection's first frame in this direction one that can be the first? If not, we joined in its middle. */
static void begin_side(FmDissection *d, bool first)
{
    Http2State *state = fm_replaying(d) ? NULL : fm_state(d);
    if (!state || state->sides[fm_direction(d)].begun)
        return;
    Http2Side *side = &state->sides[fm_direction(d)];
    Http2Measures *m = &state->measures;
    if (!state->sides[!fm_direction(d)].begun)
        m->initial[0] = m->initial[1] = HTTP2_INITIAL_WINDOW;
    m->joined[fm_direction(d)] = !first;
    side->begun = true;
    side->hpack = hpack_new(!first);
}

static void measure_wait(FmDissection *d, Http2Frame *f)
{
    Http2State *state = fm_replaying(d) ? NULL : fm_state(d);
    if (!state)
        return;
    bool waited = fm_frame_time(d) > d->arrived;
    Http2Exchange *exchange = waited && f->stream ? fm_stream_state(d, f->stream) : NULL;
    http2_measure_wait(d, &state->measures, exchange ? &exchange->measures : NULL, (uint32_t)f->stream, &f->measured);
}

static void put_magic(FmDissection *d, FmCursor *c)
{
    begin_side(d, true);
    FmSubtree tree = fm_open(d, STREAM, c);
    fm_subtree_label(d, tree, "Stream: Magic");
    fm_add_bytes(d, MAGIC, c, PREFACE_SIZE);
    fm_close(d, tree, c);
    fm_info_more(d, "Magic");
}

/* Has this packet had frames before, in another record of TLS? */
static bool had_frames(const FmDissection *d)
{
    for (uint32_t i = 0; i + 1 < d->packet->layer_count; i++)
        if (strcmp(d->packet->layers[i], "http2") == 0)
            return true;
    return false;
}

/* What others keep in front, TCP's notes, stays. */
static void begin_info(FmDissection *d)
{
    fm_info_clear(d);
    const FmText *info = fm_info_plain_text(d);
    if (info && info->size)
        fm_info_more(d, ", ");
}

static void http2_dissect(FmDissection *d, FmCursor *c)
{
    if (d->follows || (d->want_info && had_frames(d)))
        fm_info_more(d, ", ");
    else
        begin_info(d);
    if (fm_left(c) == PREFACE_SIZE && begins_preface(fm_rest(c))) {
        put_magic(d, c);
        return;
    }
    for (uint32_t i = 0; i < d->packet->layer_count && d->follows; i++)
        if (strcmp(d->packet->layers[i], "grpc") == 0)
            fm_protocol_column(d, "GRPC");
    Http2Frame f = { .whole = *c, .memo = fm_memo(d) };
    f.tree = fm_open(d, STREAM, c);
    f.length = fm_add(d, LENGTH, c);
    f.type = fm_add(d, TYPE, c);
    put_flags(d, c, &f);
    fm_add_bits(d, R, c);
    f.stream = fm_add(d, STREAMID, c);
    const char *name = fm_name(types, f.type);
    if (name) {
        fm_subtree_label(d, f.tree, "Stream: %s, Stream ID: %u, Length %u", name, (unsigned)f.stream, (unsigned)f.length);
        fm_info_more(d, "%s[%u]", name, (unsigned)f.stream);
    } else {
        fm_subtree_label(d, f.tree, "Stream: Unknown type (%u), Stream ID: %u, Length %u", (unsigned)f.type, (unsigned)f.stream, (unsigned)f.length);
        fm_info_more(d, "Unknown type (%u)[%u]", (unsigned)f.type, (unsigned)f.stream);
    }
    if (fm_ok(d)) {
        begin_side(d, f.type == HTTP2_SETTINGS && !(f.flags & HTTP2_FLAG_ACK));
        measure_wait(d, &f);
        FmCursor payload = fm_take(c, f.length);
        put_payload(d, &payload, &f);
        if (!fm_replaying(d) && http2_is_measured(&f.measured))
            f.memo->measured = fm_arena_copy(fm_memo_arena(d), &f.measured, sizeof f.measured);
        if (f.memo->measured)
            http2_put_measured(d, f.memo->measured);
    }
    uint8_t depth = d->depth;
    fm_close(d, f.tree, c);
    http2_pass_on(d, &f, depth);
    if (!fm_replaying(d) && f.memo->ends)
        http2_side_ended(d, f.stream);
}

static bool http2_probe(const FmDissection *d, FmSlice bytes)
{
    return bytes.size >= PREFACE_SIZE && begins_preface(bytes);
}

static void http2_release(void *state)
{
    Http2State *s = state;
    hpack_free(s->sides[0].hpack);
    hpack_free(s->sides[1].hpack);
}

const FmProtocol fm_http2 = {
    .abbrev = "http2",
    .name = "HTTP2",
    .title = "HyperText Transfer Protocol 2",
    FM_FIELDS(fields),
    FM_NAMES({ FM_ALPN, "h2" }, { FM_ALPN, "h2c" }, { FM_ALPN, "grpc-exp" }, { FM_UPGRADE, "h2c" }),
    .dissect = http2_dissect,
    .record = http2_record,
    .sized = true,
    .probe = http2_probe,
    .certain = true,
    .probe_on = FM_TCP_PORT,
    .state_size = sizeof(Http2State),
    .release = http2_release,
    .stream_state_size = sizeof(Http2Exchange),
    .stream_release = http2_exchange_release,
    .memo_size = sizeof(Http2Memo),
};
