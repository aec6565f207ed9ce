/* gRPC messages, over HTTP/2 and as gRPC-Web over any HTTP: a flag, a length, and the message by the call's media type. */
#include "config.h"

#include <string.h>

#include "dissectors/application/body.h"
#include "dissectors/application/grpc_call.h"
#include "dissectors/application/grpc_web.h"
#include "dissectors/application/message.h"
#include "dissectors/application/protobuf.h"

#define HEADER_SIZE 5

enum { GRPC, FRAME_TYPE, COMPRESSED, LENGTH, DATA, DECOMPRESSION_FAILED, MALFORMED, TRAILER };

static const FmName frame_types[] = { { 0, 0, "Data" }, { 1, 0, "Trailer" }, { 0, 0, NULL } };
static const FmName compressions[] = { { 0, 0, "Not Compressed" }, { 1, 0, "Compressed" }, { 0, 0, NULL } };

static const FmField fields[] = {
    [GRPC] = { "grpc", "GRPC Message", FM_PROTOCOL },
    [FRAME_TYPE] = { "grpc.frame_type", "Frame Type", FM_UINT8, FM_DEC, 0x80, frame_types },
    [COMPRESSED] = { "grpc.compressed_flag", "Compressed Flag", FM_UINT8, FM_DEC, 0x01, compressions },
    [LENGTH] = { "grpc.message_length", "Message Length", FM_UINT32, FM_DEC },
    [DATA] = { "grpc.message_data", "Message Data", FM_BYTES },
    [DECOMPRESSION_FAILED] = { "grpc.body_decompression_failed", "Body decompression failed", FM_EXPERT, .severity = FM_WARN,
                               .group = FM_GROUP_UNDECODED },
    [MALFORMED] = { "grpc.body_malformed", "Malformed message data", FM_EXPERT, .severity = FM_WARN, .group = FM_GROUP_UNDECODED },
    [TRAILER] = { "fathom.grpc.trailer", "Trailer", FM_STRING },
};

static const char *const names[] = { [GRPC_NONE] = "GRPC", [GRPC_PLAIN] = "GRPC", [GRPC_WEB] = "GRPC-Web", [GRPC_WEB_TEXT] = "GRPC-Web-Text" };

typedef struct GrpcMemo {
    const GrpcReport *report; /* the call ends here, with a trailer among the messages */
} GrpcMemo;

extern const FmProtocol fm_grpc;

GrpcVariant grpc_variant(FmSlice type)
{
    static const struct {
        const char *prefix;
        GrpcVariant variant;
    } variants[] = { { "application/grpc-web-text", GRPC_WEB_TEXT }, { "application/grpc-web", GRPC_WEB }, { "application/grpc", GRPC_PLAIN } };
    FmSlice name = fm_body_media_type(type);
    for (size_t i = 0; i < G_N_ELEMENTS(variants); i++) {
        size_t n = strlen(variants[i].prefix);
        if (name.size >= n && g_ascii_strncasecmp((const char *)name.data, variants[i].prefix, n) == 0)
            return variants[i].variant;
    }
    return GRPC_NONE;
}

static uint64_t grpc_record(const FmStream *stream, FmSlice bytes)
{
    if (bytes.data[0] & 0x7e)
        return bytes.size; /* no message starts so */
    return bytes.size < HEADER_SIZE ? FM_NEED_MORE : HEADER_SIZE + fm_be(bytes.data + 1, 4);
}

/* Does the media type's suffix, or the message itself, say JSON? */
static bool is_json(FmSlice type, FmSlice bytes)
{
    static const char suffix[] = "+json";
    FmSlice name = fm_body_media_type(type);
    if (name.size > sizeof suffix - 1 &&
        g_ascii_strncasecmp((const char *)name.data + name.size - (sizeof suffix - 1), suffix, sizeof suffix - 1) == 0)
        return true;
    return bytes.size >= 2 && bytes.data[0] == '{' && bytes.data[bytes.size - 1] == '}';
}

static void pass_on(FmDissection *d, const HttpMessage *m, const char *column, FmCursor *c)
{
    FmSlice type = m ? m->type : fm_body_type(d);
    if (!fm_left_on_wire(c))
        return;
    if (is_json(type, fm_rest(c))) {
        static const char plain[] = "application/grpc+json"; /* what is meant where the type does not say */
        FmBodyInfo info = { .type = is_json(type, (FmSlice){ NULL, 0 }) ? type : (FmSlice){ (const uint8_t *)plain, sizeof plain - 1 } };
        fm_protocol_column(d, column);
        fm_body_dissect(d, &info, c);
        return;
    }
    ProtobufContext context = { .path = m ? m->path : (FmSlice){ NULL, 0 }, .response = m && m->response };
    void *outer = d->context;
    d->context = &context;
    fm_call(d, &fm_protobuf, c);
    d->context = outer;
    fm_protocol_column(d, column);
}

/* Lines of "name: value", as in HTTP/1. */
static void put_trailer(FmDissection *d, GrpcMemo *memo, const HttpContent *lent, FmCursor *c)
{
    GrpcCall *call = lent && !fm_replaying(d) ? lent->call : NULL;
    FmSlice said = { NULL, 0 };
    while (fm_left(c)) {
        const uint8_t *end = memchr(c->at, '\n', fm_left(c));
        FmSlice line = fm_add_bytes(d, TRAILER, c, end ? (size_t)(end - c->at) + 1 : fm_left(c));
        const uint8_t *colon = memchr(line.data, ':', line.size);
        if (!colon)
            continue;
        FmSlice name = { line.data, (size_t)(colon - line.data) }, value = { colon + 1, line.size - name.size - 1 };
        while (value.size && value.data[0] == ' ')
            value = (FmSlice){ value.data + 1, value.size - 1 };
        while (value.size && g_ascii_isspace(value.data[value.size - 1]))
            value.size--;
        if (call)
            grpc_call_field(call, name, value);
        if (name.size == 12 && g_ascii_strncasecmp((const char *)name.data, "grpc-message", 12) == 0)
            said = value;
    }
    if (call && call->has_status)
        memo->report = grpc_call_end(d, call, lent->message ? lent->message->path : (FmSlice){ NULL, 0 }, said, -1, 0);
    if (memo->report)
        grpc_call_report(d, memo->report);
}

static void put_message(FmDissection *d, FmCursor *c, const HttpContent *lent, const char *name)
{
    GrpcMemo *memo = fm_memo(d);
    const HttpMessage *m = lent ? lent->message : NULL;
    if (m)
        fm_title(d, "%s Message: %.*s, %s", name, (int)m->path.size, (const char *)m->path.data, m->response ? "Response" : "Request");
    else
        fm_title(d, "%s Message", name);
    if (fm_peek(c, 0, 1) & 0x7e) {
        FmCursor here = *c;
        fm_add_bytes(d, DATA, c, fm_left(c));
        fm_cursor_malformed(&here);
        return;
    }
    uint64_t type = fm_add_bits(d, FRAME_TYPE, c), compressed = fm_add(d, COMPRESSED, c);
    uint64_t length = fm_add(d, LENGTH, c);
    fm_length(d, HEADER_SIZE + length);
    FmCursor data = fm_take(c, length), plain = data;
    if (type)
        fm_title_more(d, " (Trailer)");
    else if (lent && lent->call && !fm_replaying(d) && fm_ok(d))
        grpc_call_message(d, lent->call, m && m->response ? GRPC_RESPONSE : GRPC_REQUEST, length);
    if (length == 0)
        return;
    if (compressed) {
        static const char gzip[] = "gzip";
        FmSlice coding = m && m->message_encoding.size ? m->message_encoding : (FmSlice){ (const uint8_t *)gzip, sizeof gzip - 1 };
        FmBodyOutcome outcome;
        plain = fm_body_decode(d, coding, &data, &outcome);
        if (outcome != FM_BODY_DECODED && outcome != FM_BODY_CUT) {
            fm_add_bytes(d, DATA, &data, fm_left(&data));
            fm_expert(d, DECOMPRESSION_FAILED);
            return;
        }
    }
    FmCursor bytes = plain;
    fm_add_bytes(d, DATA, &bytes, fm_left(&bytes));
    fm_label(d, DATA, "Message Data: %zu bytes", fm_left(&plain));
    if (type)
        put_trailer(d, memo, lent, &plain);
    else
        pass_on(d, m, name, &plain);
}

static void grpc_dissect(FmDissection *d, FmCursor *c)
{
    const HttpContent *lent = d->context;
    FmSlice media = lent && lent->message ? lent->message->type : fm_body_type(d);
    GrpcVariant variant = grpc_variant(media);
    const char *name = names[variant];
    FmCursor plain = *c;
    bool whole = !lent || lent->whole;
    if (variant == GRPC_WEB_TEXT && whole && (fm_peek(c, 0, 1) & 0x7e)) { /* a body of HTTP/1 */
        plain = grpc_web_decode(d, c);
        c = &plain;
    }
    if (!d->follows)
        fm_info_more(d, " (%s)", name);
    fm_protocol_column(d, name);
    FmCursor one = fm_has(c, HEADER_SIZE) && !(c->at[0] & 0x7e) ? fm_take(c, MIN(HEADER_SIZE + fm_peek(c, 1, 4), fm_left_on_wire(c))) : fm_take_rest(c);
    put_message(d, &one, lent, name);
    while (fm_left(c) && whole) { /* gRPC-Web over HTTP/1: all messages in one body */
        FmCursor next = fm_take(c, MIN(HEADER_SIZE + fm_peek(c, 1, 4), fm_left(c)));
        fm_call(d, &fm_grpc, &next);
    }
}

const FmProtocol fm_grpc = {
    .abbrev = "grpc",
    .name = "GRPC",
    .title = "GRPC Message",
    FM_FIELDS(fields),
    FM_NAMES({ FM_MEDIA_TYPE, "application/grpc" }, { FM_MEDIA_TYPE, "application/grpc+proto" }, { FM_MEDIA_TYPE, "application/grpc-web" },
             { FM_MEDIA_TYPE, "application/grpc-web+proto" }, { FM_MEDIA_TYPE, "application/grpc-web-text" },
             { FM_MEDIA_TYPE, "application/grpc-web-text+proto" }),
    .dissect = grpc_dissect,
    .record = grpc_record,
    .memo_size = sizeof(GrpcMemo),
};
