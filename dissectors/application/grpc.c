/* gRPC messages, over HTTP/2 and as gRPC-Web over any HTTP: a flag, a length, and the message by the call's media type. */
#include "config.h"

#include <string.h>

#include "dissectors/application/body.h"
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

extern const FmProtocol fm_grpc;

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

static void pass_on(FmDissection *d, const HttpMessage *m, FmCursor *c)
{
    FmSlice type = m ? m->type : fm_body_type(d);
    if (!fm_left_on_wire(c))
        return;
    if (is_json(type, fm_rest(c))) {
        FmBodyInfo info = { .type = type.size && fm_body_media_type(type).size ? type : (FmSlice){ NULL, 0 } };
        if (is_json(type, (FmSlice){ NULL, 0 }))
            fm_body_dissect(d, &info, c);
        else
            fm_call_number(d, fm_find_named(d, FM_MEDIA_TYPE, (FmSlice){ (const uint8_t *)"application/json", 16 }), c);
        return;
    }
    ProtobufContext context = { .path = m ? m->path : (FmSlice){ NULL, 0 }, .response = m && m->response };
    void *outer = d->context;
    d->context = &context;
    fm_call(d, &fm_protobuf, c);
    d->context = outer;
    fm_protocol_column(d, fm_grpc.name);
}

static void put_trailer(FmDissection *d, FmCursor *c)
{
    while (fm_left(c)) {
        const uint8_t *end = memchr(c->at, '\n', fm_left(c));
        fm_add_bytes(d, TRAILER, c, end ? (size_t)(end - c->at) + 1 : fm_left(c));
    }
}

static void put_message(FmDissection *d, FmCursor *c, const HttpMessage *m)
{
    if (m)
        fm_title(d, "GRPC Message: %.*s, %s", (int)m->path.size, (const char *)m->path.data, m->response ? "Response" : "Request");
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
        put_trailer(d, &plain);
    else
        pass_on(d, m, &plain);
}

static void grpc_dissect(FmDissection *d, FmCursor *c)
{
    const HttpContent *lent = d->context;
    const HttpMessage *m = lent ? lent->message : NULL;
    if (!d->follows)
        fm_info_more(d, " (GRPC)");
    FmCursor one = fm_has(c, HEADER_SIZE) && !(c->at[0] & 0x7e) ? fm_take(c, MIN(HEADER_SIZE + fm_peek(c, 1, 4), fm_left_on_wire(c))) : fm_take_rest(c);
    put_message(d, &one, m);
    while (fm_left(c) && !lent) { /* gRPC-Web over HTTP/1: all messages in one body */
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
             { FM_MEDIA_TYPE, "application/grpc-web+proto" }),
    .dissect = grpc_dissect,
    .record = grpc_record,
};
