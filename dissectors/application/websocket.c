/* WebSocket (RFC 6455), with per-message compression (RFC 7692). */
#include "config.h"

#include <string.h>

#ifdef HAVE_ZLIB
#include <zlib.h>
#endif

#include "dissectors/application/body.h"
#include "dissectors/application/websocket.h"
#include "dissectors/contents.h"

extern const FmProtocol fm_websocket, fm_text_lines, fm_json;

enum {
    WEBSOCKET, FIN, RSV, PMC, OPCODE, MASK, PAYLOAD_LENGTH, EXTENDED_16, EXTENDED_64, MASKING_KEY, MASKED_PAYLOAD, PAYLOAD, CONTINUE, TEXT, CLOSE,
    CLOSE_CODE, CLOSE_REASON, PING, PONG, UNKNOWN, FRAGMENTS, FRAGMENT, FRAGMENT_COUNT, REASSEMBLED_LENGTH, UNKNOWN_OPCODE, DECOMPRESSION_FAILED,
    TOO_LONG,
};

static const FmName opcodes[] = {
    { 0, 0, "Continuation" }, { 1, 0, "Text" }, { 2, 0, "Binary" }, { 8, 0, "Connection Close" }, { 9, 0, "Ping" }, { 10, 0, "Pong" }, { 0, 0, NULL },
};

static const FmName close_codes[] = { /* RFC 6455 §7.4.1 and the registry */
    { 1000, 0, "Normal Closure" },
    { 1001, 0, "Going Away" },
    { 1002, 0, "Protocol error" },
    { 1003, 0, "Unsupported Data" },
    { 1004, 0, "---Reserved----" },
    { 1005, 0, "No Status Rcvd" },
    { 1006, 0, "Abnormal Closure" },
    { 1007, 0, "Invalid frame payload data" },
    { 1008, 0, "Policy Violation" },
    { 1009, 0, "Message Too Big" },
    { 1010, 0, "Mandatory Ext." },
    { 1011, 0, "Internal Server" },
    { 1012, 0, "Service Restart" },
    { 1013, 0, "Try Again Later" },
    { 1014, 0, "Bad Gateway" },
    { 1015, 0, "TLS handshake" },
    { 0, 0, NULL },
};

static const FmField fields[] = {
    [WEBSOCKET] = { "websocket", "WebSocket", FM_PROTOCOL },
    [FIN] = { "websocket.fin", "Fin", FM_BOOL8, .mask = 0x80 },
    [RSV] = { "websocket.rsv", "Reserved", FM_UINT8, FM_HEX, 0x70, .bits = 8 },
    [PMC] = { "websocket.pmc", "Per-Message Compressed", FM_BOOL8, .mask = 0x40 },
    [OPCODE] = { "websocket.opcode", "Opcode", FM_UINT8, FM_DEC, 0x0f, opcodes },
    [MASK] = { "websocket.mask", "Mask", FM_BOOL8, .mask = 0x80 },
    [PAYLOAD_LENGTH] = { "websocket.payload_length", "Payload length", FM_UINT8, FM_DEC, 0x7f },
    [EXTENDED_16] = { "websocket.payload_length_ext_16", "Extended Payload length (16 bits)", FM_UINT16, FM_DEC },
    [EXTENDED_64] = { "websocket.payload_length_ext_64", "Extended Payload length (64 bits)", FM_UINT64, FM_DEC },
    [MASKING_KEY] = { "websocket.masking_key", "Masking-Key", FM_BYTES },
    [MASKED_PAYLOAD] = { "websocket.masked_payload", "Masked payload", FM_NONE },
    [PAYLOAD] = { "websocket.payload", "Payload", FM_NONE },
    [CONTINUE] = { "websocket.payload.continue", "Continue", FM_BYTES },
    [TEXT] = { "websocket.payload.text", "Text", FM_STRING },
    [CLOSE] = { "websocket.payload.close", "Close", FM_NONE },
    [CLOSE_CODE] = { "websocket.payload.close.status_code", "Status code", FM_UINT16, FM_DEC, 0, close_codes },
    [CLOSE_REASON] = { "websocket.payload.close.reason", "Reason", FM_STRING },
    [PING] = { "websocket.payload.ping", "Ping", FM_BYTES },
    [PONG] = { "websocket.payload.pong", "Pong", FM_BYTES },
    [UNKNOWN] = { "websocket.payload.unknown", "Unknown", FM_BYTES },
    [FRAGMENTS] = { "websocket.fragments", "Reassembled websocket Fragments", FM_NONE, .generated = true },
    [FRAGMENT] = { "websocket.fragment", "Websocket Fragment", FM_FRAMENUM, .generated = true },
    [FRAGMENT_COUNT] = { "websocket.fragment.count", "Fragment count", FM_UINT32, FM_DEC, .generated = true },
    [REASSEMBLED_LENGTH] = { "websocket.reassembled.length", "Reassembled websocket Payload length", FM_UINT32, FM_DEC, .generated = true },
    [UNKNOWN_OPCODE] = { "websocket.payload.unknown.expert", "Dissector for Websocket Opcode", FM_EXPERT, .severity = FM_NOTE,
                         .group = FM_GROUP_UNDECODED },
    [DECOMPRESSION_FAILED] = { "websocket.decompression.failed.expert", "Decompression failed", FM_EXPERT, .severity = FM_WARN,
                               .group = FM_GROUP_UNDECODED },
    [TOO_LONG] = { "fathom.websocket.too_long", "The frame or message is longer than what is put together", FM_EXPERT, .severity = FM_WARN,
                   .group = FM_GROUP_PROTOCOL },
};

enum { PREF_TEXT_TYPE };
enum { TEXT_NONE, TEXT_LINES, TEXT_JSON };

static const char *const text_types[] = { "None", "As line based text", "As json", NULL };

static const FmPreference preferences[] = {
    [PREF_TEXT_TYPE] = { "websocket.text_type", "How text messages are shown", FM_PREF_ENUM, TEXT_LINES, .choices = text_types },
};

enum { OP_CONTINUATION, OP_TEXT, OP_BINARY, OP_CLOSE = 8, OP_PING, OP_PONG }; /* RFC 6455 §5.2 */

#define RSV1 0x40
#define MESSAGE_STREAM 1 /* of subprotocols */
#define MAX_FRAGMENTS 4096 /* of a message, that are listed */

typedef struct Fragment {
    uint32_t frame, length;
} Fragment;

typedef struct Side { /* one direction */
    void *inflater;       /* z_stream; keeps its window from message to message */
    uint8_t *message;     /* frames of the unfinished message: g_malloc */
    size_t size, room;
    Fragment *fragments;
    uint32_t count, fragment_room;
    uint8_t opcode;       /* of the message */
    bool open, compressed, too_long, broken;
    uint64_t end;         /* offset in the stream where a frame ends that is too long to be put together */
    bool piece;           /* the record in front is a piece of such a frame */
} Side;

typedef struct State {
    Side side[2];
    uint16_t subprotocol; /* that messages carry; 0: none known */
    bool deflate;         /* permessage-deflate was agreed on */
    bool fresh[2];        /* no context takeover in that direction */
    bool server_known;
    uint8_t server;       /* direction of the server's frames */
} State;

typedef struct Memo {
    const uint8_t *message; /* a message over several frames or inflated: whole */
    size_t size;
    const Fragment *fragments;
    uint32_t count;
    uint16_t subprotocol;
    uint8_t opcode;      /* of the message that this frame ends */
    bool whole, piece, deflate, failed, too_long;
} Memo;

/* ---- inflating ---- */

#ifdef HAVE_ZLIB
static z_stream *inflater_of(Side *side, bool fresh)
{
    z_stream *z = side->inflater;
    if (z) {
        if (fresh)
            inflateReset(z);
        return z;
    }
    z = g_new0(z_stream, 1);
    if (inflateInit2(z, -15) != Z_OK) {
        g_free(z);
        return NULL;
    }
    return side->inflater = z;
}

/* One message (RFC 7692 §7.2.2); *out is g_malloc. False: broken, or longer than FM_MAX_BODY. */
static bool inflate_message(Side *side, bool fresh, FmSlice in, uint8_t **out, size_t *size)
{
    static const uint8_t tail[] = { 0, 0, 0xff, 0xff };
    FmSlice pieces[] = { in, { tail, sizeof tail } };
    z_stream *z = inflater_of(side, fresh);
    size_t room = 0;
    *out = NULL;
    *size = 0;
    for (unsigned i = 0; z && i < 2; i++) {
        z->next_in = (z_const Bytef *)(uintptr_t)pieces[i].data;
        z->avail_in = (uInt)pieces[i].size;
        do {
            if (*size == room) {
                if (room >= FM_MAX_BODY)
                    return false;
                room = room ? MIN(room * 4, (size_t)FM_MAX_BODY) : MAX(in.size * 2, 256);
                room = MIN(room, (size_t)FM_MAX_BODY);
                *out = g_realloc(*out, room);
            }
            z->next_out = *out + *size;
            z->avail_out = (uInt)(room - *size);
            int status = inflate(z, Z_SYNC_FLUSH);
            *size = room - z->avail_out;
            if (status == Z_STREAM_END) { /* a final block: the next message starts afresh */
                inflateReset(z);
                return true;
            }
            if (status != Z_OK && status != Z_BUF_ERROR)
                return false;
        } while (z->avail_in || !z->avail_out);
    }
    return z != NULL;
}

static void free_inflater(Side *side)
{
    if (side->inflater)
        inflateEnd(side->inflater);
    g_free(side->inflater);
}
#else
static bool inflate_message(Side *side, bool fresh, FmSlice in, uint8_t **out, size_t *size)
{
    *out = NULL;
    return false;
}

static void free_inflater(Side *side)
{
}
#endif

static void websocket_release(void *data)
{
    State *state = data;
    for (unsigned i = 0; i < 2; i++) {
        free_inflater(&state->side[i]);
        g_free(state->side[i].message);
        g_free(state->side[i].fragments);
    }
}

/* ---- the handshake ---- */

static bool has_word(FmSlice text, const char *word)
{
    return text.size && g_strstr_len((const char *)text.data, (gssize)text.size, word) != NULL;
}

void fm_websocket_begin(FmDissection *d, FmStream *s, FmSlice protocol, FmSlice extensions)
{
    State *state = fm_stream_consumer_state(d, s, fm_catalog_number(d->packet->catalog, &fm_websocket));
    if (!state)
        return;
    state->server_known = true;
    state->server = (uint8_t)fm_direction(d);
    state->subprotocol = (uint16_t)fm_find_named(d, FM_SUBPROTOCOL, protocol);
    state->deflate = has_word(extensions, "permessage-deflate");
    state->fresh[state->server] = has_word(extensions, "server_no_context_takeover");
    state->fresh[!state->server] = has_word(extensions, "client_no_context_takeover");
}

/* ---- frames ---- */

static uint64_t websocket_record(const FmStream *stream, FmSlice bytes)
{
    State *state = stream->state;
    Side *side = &state->side[fm_stream_direction(stream)];
    side->piece = side->end > stream->record_offset;
    if (side->piece)
        return MIN(bytes.size, side->end - stream->record_offset);
    side->end = 0;
    if (bytes.size < 2)
        return FM_NEED_MORE;
    unsigned code = bytes.data[1] & 0x7f, extended = code == 127 ? 8 : code == 126 ? 2 : 0;
    if (bytes.size < 2 + extended)
        return FM_NEED_MORE;
    uint64_t length = extended ? fm_be(bytes.data + 2, extended) : code, header = 2 + extended + (bytes.data[1] & 0x80 ? 4 : 0);
    if (length <= FM_MAX_RECORD - header)
        return header + length;
    side->end = length > UINT64_MAX / 2 ? UINT64_MAX : stream->record_offset + header + length;
    return header;
}

static void add_fragment(Side *side, FmSlice payload, uint32_t frame)
{
    if (side->size + payload.size > FM_MAX_RECORD) {
        side->too_long = true;
        return;
    }
    if (side->size + payload.size > side->room) {
        side->room = MAX(side->size + payload.size, side->room * 2);
        side->message = g_realloc(side->message, side->room);
    }
    if (payload.size)
        memcpy(side->message + side->size, payload.data, payload.size);
    side->size += payload.size;
    if (side->count == side->fragment_room && side->count < MAX_FRAGMENTS) {
        side->fragment_room = side->fragment_room ? side->fragment_room * 2 : 8;
        side->fragments = g_renew(Fragment, side->fragments, side->fragment_room);
    }
    if (side->count < side->fragment_room)
        side->fragments[side->count++] = (Fragment){ frame, (uint32_t)payload.size };
}

static const void *keep(FmDissection *d, const void *bytes, size_t size)
{
    return fm_arena_copy(d->keeping ? fm_flow_arena(d->flow) : d->arena, bytes, size);
}

/* A message is whole: its bytes into the memo, unless they are just the frame's payload. */
static void finish_message(FmDissection *d, State *state, Side *side, Memo *memo, FmSlice payload, bool fragmented)
{
    FmSlice message = fragmented ? (FmSlice){ side->message, side->size } : payload;
    memo->whole = true;
    memo->opcode = side->opcode;
    memo->too_long = side->too_long;
    if (fragmented) {
        memo->fragments = keep(d, side->fragments, side->count * sizeof(Fragment));
        memo->count = side->count;
    }
    if (side->compressed && !side->broken) {
        uint8_t *plain = NULL;
        size_t size = 0;
        memo->failed = side->too_long || !inflate_message(side, state->fresh[fm_direction(d)], message, &plain, &size);
        side->broken = memo->failed && !state->fresh[fm_direction(d)]; /* what follows refers to what is not known */
        if (!memo->failed) {
            memo->message = keep(d, plain, size);
            memo->size = size;
        }
        g_free(plain);
    } else if (side->compressed) {
        memo->failed = true;
    } else if (fragmented) {
        memo->message = keep(d, message.data, message.size);
        memo->size = message.size;
    }
    side->size = side->count = 0;
    side->too_long = side->open = false;
}

/* First visit: messages over several frames, compression (RFC 6455 §5.4: control frames may stand between). */
static void follow_message(FmDissection *d, State *state, Memo *memo, uint8_t first, FmSlice payload)
{
    Side *side = &state->side[fm_direction(d)];
    unsigned opcode = first & 15;
    bool fin = first & 0x80;
    memo->subprotocol = state->subprotocol;
    memo->deflate = state->deflate;
    if (opcode >= OP_CLOSE)
        return;
    bool continues = opcode == OP_CONTINUATION && side->open;
    if (!continues) {
        side->opcode = (uint8_t)opcode;
        side->compressed = first & RSV1;
        side->size = side->count = 0;
        side->open = true;
    }
    if (!fin || continues)
        add_fragment(side, payload, fm_frame_number(d));
    if (fin)
        finish_message(d, state, side, memo, payload, continues);
}

/* ---- the tree ---- */

static FmCursor unmasked(FmDissection *d, const FmCursor *c, uint32_t key)
{
    size_t n = fm_left(c), i = 0;
    uint8_t *out = fm_arena_alloc(d->arena, MAX(n, 1)), mask[8];
    for (unsigned k = 0; k < 8; k++)
        mask[k] = (uint8_t)(key >> (8 * (3 - k % 4)));
    uint64_t wide, word;
    memcpy(&wide, mask, 8);
    for (; i + 8 <= n; i += 8) {
        memcpy(&word, c->at + i, 8);
        word ^= wide;
        memcpy(out + i, &word, 8);
    }
    for (; i < n; i++)
        out[i] = c->at[i] ^ mask[i % 4];
    FmCursor plain = fm_buffer(d, (FmSlice){ out, n }, "Unmasked data");
    plain.lost = c->lost;
    return plain;
}

static void put_close(FmDissection *d, FmCursor *c)
{
    FmSubtree close = fm_open(d, CLOSE, c);
    fm_add(d, CLOSE_CODE, c);
    if (fm_left(c))
        fm_add_bytes(d, CLOSE_REASON, c, fm_left(c));
    fm_close(d, close, c);
}

static void put_fragments(FmDissection *d, const Memo *memo)
{
    if (!memo->count)
        return;
    FmCursor nowhere = { .start = NULL };
    uint64_t total = 0;
    for (uint32_t i = 0; i < memo->count; i++)
        total += memo->fragments[i].length;
    FmSubtree tree = fm_open(d, FRAGMENTS, &nowhere);
    fm_subtree_label(d, tree, "[%u Reassembled websocket Fragments (%u bytes)", memo->count, (unsigned)total);
    uint64_t from = 0;
    for (uint32_t i = 0; i < memo->count; i++) {
        const Fragment *f = &memo->fragments[i];
        if (i < 8)
            fm_subtree_label_more(d, tree, "%s#%u(%u)", i ? ", " : ": ", f->frame, f->length);
        fm_make(d, FRAGMENT, f->frame);
        fm_label(d, FRAGMENT, "[Frame: %u, payload: %u-%u (%u bytes)]", f->frame, (unsigned)from, (unsigned)(from + f->length - 1), f->length);
        from += f->length;
    }
    fm_subtree_label_more(d, tree, "%s", "]");
    fm_make(d, FRAGMENT_COUNT, memo->count);
    fm_make(d, REASSEMBLED_LENGTH, total);
    fm_close(d, tree, &nowhere);
}

static void put_control(FmDissection *d, unsigned opcode, FmCursor *c)
{
    switch (opcode) {
    case OP_CLOSE: put_close(d, c); break;
    case OP_PING: fm_add_bytes(d, PING, c, fm_left(c)); break;
    case OP_PONG: fm_add_bytes(d, PONG, c, fm_left(c)); break;
    default:
        fm_add_bytes(d, UNKNOWN, c, fm_left(c));
        fm_expert(d, UNKNOWN_OPCODE);
        break;
    }
}

/* To the subprotocol, or as text or data. */
static void pass_on(FmDissection *d, const Memo *memo, FmCursor *c)
{
    if (memo->subprotocol) {
        FmStream *s = fm_stream(d, MESSAGE_STREAM);
        fm_stream_feed(d, s, memo->subprotocol);
        fm_stream_append(d, s, c);
        return;
    }
    const char *column = d->packet->protocol;
    bool want_info = d->want_info;
    FmSlice type = d->body_type;
    d->body_type = (FmSlice){ NULL, 0 };
    d->want_info = false;
    uint64_t text = fm_preference(d, PREF_TEXT_TYPE);
    if (memo->opcode != OP_TEXT || text == TEXT_NONE)
        fm_data(d, c);
    else
        fm_call(d, text == TEXT_JSON ? &fm_json : &fm_text_lines, c);
    d->want_info = want_info;
    d->body_type = type;
    d->packet->protocol = column;
}

static void put_message(FmDissection *d, const Memo *memo, FmCursor *c)
{
    FmCursor message = *c, text;
    if (memo->message)
        message = fm_buffer(d, (FmSlice){ memo->message, memo->size }, memo->count ? "Reassembled Message" : "Decompressed payload");
    text = message;
    FmSubtree payload = fm_open(d, PAYLOAD, c);
    FmCursor end = *c;
    end.at = end.end;
    if (memo->opcode == OP_TEXT && !memo->failed)
        fm_add_bytes(d, TEXT, &text, fm_left(&text));
    else if (memo->opcode == OP_CONTINUATION) /* of a message whose beginning was not seen */
        fm_add_bytes(d, CONTINUE, &text, fm_left(&text));
    fm_close(d, payload, &end);
    if (memo->failed)
        fm_expert(d, DECOMPRESSION_FAILED);
    if (memo->too_long)
        fm_expert(d, TOO_LONG);
    d->depth--;
    put_fragments(d, memo);
    d->depth++;
    if (!memo->failed)
        fm_contents(d, FM_CONTENTS_MESSAGE, &message);
    if (!memo->failed && fm_left(&message))
        pass_on(d, memo, &message);
}

static void put_payload(FmDissection *d, const Memo *memo, unsigned opcode, FmCursor *c)
{
    if (opcode < OP_CLOSE && memo->whole) {
        put_message(d, memo, c);
        return;
    }
    FmSubtree payload = fm_open(d, PAYLOAD, c);
    if (opcode >= OP_CLOSE && fm_left(c))
        put_control(d, opcode, c);
    c->at = c->end;
    fm_close(d, payload, c);
}

static void put_info(FmDissection *d, uint8_t first, bool mask)
{
    const char *name = fm_name(opcodes, first & 15);
    const char *fin = first & 0x80 ? " [FIN]" : "[FRAGMENT] ";
    fm_info(d, "WebSocket %s%s%s", name ? name : "Unknown Opcode", fin, mask ? " [MASKED]" : " ");
}

static uint64_t put_length(FmDissection *d, FmCursor *c)
{
    uint64_t length = fm_add(d, PAYLOAD_LENGTH, c);
    if (length < 126)
        return length;
    fm_label_more(d, PAYLOAD_LENGTH, " Extended Payload Length (%u bits)", length == 126 ? 16 : 64);
    return length == 126 ? fm_add(d, EXTENDED_16, c) : fm_add(d, EXTENDED_64, c);
}

static void websocket_dissect(FmDissection *d, FmCursor *c)
{
    Memo *memo = fm_memo(d);
    State *state = d->stream ? d->stream->state : NULL;
    if (state)
        memo->piece = state->side[fm_direction(d)].piece;
    if (memo->piece) {
        fm_info(d, "%s", "WebSocket [piece of a long frame]");
        fm_data(d, c);
        return;
    }
    FmCursor start = *c;
    uint8_t first = (uint8_t)fm_peek(c, 0, 1);
    bool mask = fm_peek(c, 1, 1) & 0x80;
    put_info(d, first, mask);
    fm_add_bits(d, FIN, c);
    fm_add_bits(d, RSV, c);
    if (state && !fm_replaying(d))
        memo->deflate = state->deflate;
    if (memo->deflate)
        fm_add_bits(d, PMC, c);
    uint64_t opcode = fm_add(d, OPCODE, c);
    fm_add_bits(d, MASK, c);
    uint64_t length = put_length(d, c);
    uint32_t key = (uint32_t)fm_peek(c, 0, 4);
    if (mask)
        fm_add_bytes(d, MASKING_KEY, c, 4);
    FmCursor payload = fm_take(c, MIN(length, fm_left_on_wire(c)));
    fm_length(d, (uint64_t)(payload.at - start.at));
    if (length && !fm_left(&payload) && !payload.lost)
        fm_expert(d, TOO_LONG);
    if (mask && length) {
        FmCursor masked = payload;
        fm_add_bytes(d, MASKED_PAYLOAD, &masked, fm_left(&masked));
        payload = unmasked(d, &payload, key);
    }
    if (state && !fm_replaying(d) && fm_ok(d))
        follow_message(d, state, memo, first, fm_rest(&payload));
    if (length || memo->count)
        put_payload(d, memo, (unsigned)opcode, &payload);
}

const FmProtocol fm_websocket = {
    .abbrev = "websocket",
    .name = "WebSocket",
    .title = "WebSocket",
    FM_FIELDS(fields),
    FM_NAMES({ FM_UPGRADE, "websocket" }),
    FM_PREFERENCES(preferences),
    .dissect = websocket_dissect,
    .record = websocket_record,
    .sized = true,
    .stream_state_size = sizeof(State),
    .stream_release = websocket_release,
    .memo_size = sizeof(Memo),
};
