/* Following a flow: where its bytes stand among the nodes of a packet. */
#include "config.h"

#include "follow/follow.h"

#include <string.h>

#include "follow/order.h"

typedef enum Role {
    NOTHING, TCP_STREAM, TCP_SEQ, TCP_ACK, TCP_FLAGS, TCP_LENGTH, TCP_PAYLOAD, TCP_LAYER, UDP_STREAM, UDP_PAYLOAD, QUIC_CONNECTION, QUIC_STREAM,
    QUIC_DATA, TLS_DATA, HTTP_LAYER, HTTP_MESSAGE, HTTP_BODY, HTTP2_FRAME, HTTP2_STREAM, HTTP2_NAME, HTTP2_VALUE,
    WEBSOCKET_MESSAGE, ROLES
} Role;

#define BIT(level) (1u << (level))
enum {
    TRANSPORT = BIT(FM_FOLLOW_TRANSPORT), DECRYPTED = BIT(FM_FOLLOW_DECRYPTED), HTTP = BIT(FM_FOLLOW_HTTP), HTTP2 = BIT(FM_FOLLOW_HTTP2),
    WEBSOCKET = BIT(FM_FOLLOW_WEBSOCKET), CONTENT = BIT(FM_FOLLOW_CONTENT), ALWAYS = ~0u,
};

static const struct {
    Role role;
    unsigned levels;
    const char *name;
} roles[] = {
    { TCP_LAYER, ALWAYS, "tcp" },
    { TCP_STREAM, ALWAYS, "tcp.stream" },
    { TCP_SEQ, TRANSPORT, "tcp.seq_raw" },
    { TCP_ACK, TRANSPORT, "tcp.ack_raw" },
    { TCP_FLAGS, TRANSPORT, "tcp.flags" },
    { TCP_LENGTH, TRANSPORT, "tcp.len" },
    { TCP_PAYLOAD, TRANSPORT, "tcp.payload" },
    { UDP_STREAM, ALWAYS, "udp.stream" },
    { UDP_PAYLOAD, TRANSPORT, "udp.payload" },
    { QUIC_CONNECTION, ALWAYS, "quic.connection.number" },
    { QUIC_STREAM, ALWAYS, "quic.stream.stream_id" },
    { QUIC_DATA, TRANSPORT | DECRYPTED, "quic.stream_data" },
    { TLS_DATA, DECRYPTED, "fathom.tls.plaintext" },
    { HTTP_LAYER, HTTP | CONTENT, "http" },
    { HTTP_MESSAGE, HTTP | CONTENT, "http.request" },
    { HTTP_MESSAGE, HTTP | CONTENT, "http.response" },
    { HTTP_MESSAGE, HTTP | CONTENT, "http.notification" },
    { HTTP_BODY, HTTP | CONTENT, "fathom.http.body" },
    { HTTP2_FRAME, HTTP2 | CONTENT, "http2.stream" },
    { HTTP2_STREAM, HTTP2 | CONTENT, "http2.streamid" },
    { HTTP2_NAME, HTTP2 | CONTENT, "http2.header.name" },
    { HTTP2_VALUE, HTTP2 | CONTENT, "http2.header.value" },
    { WEBSOCKET_MESSAGE, WEBSOCKET | CONTENT, "fathom.websocket.message" },
};

enum { TCP_FLAG_SYN = 2, TCP_FLAG_ACK = 16 };

struct FmFollow {
    const FmCatalog *catalog;
    FmFollowLevel level;
    FmFlowKind kind;
    uint32_t number;
    bool any;
    int64_t stream;
    void (*take)(void *data, const FmFollowChunk *chunk);
    void *data;
    uint64_t *wanted;
    uint8_t *roles; /* by field id */
    FmFollowEnd ends[2], opener;
    FmFollowOrder *order; /* of TCP's segments; NULL at other levels */
    uint64_t offsets[2];

    /* of the packet at hand */
    const FmPacket *packet;
    bool inside;             /* the layer at hand belongs to the flow */
    uint64_t inner;          /* stream of HTTP/2 or QUIC at hand */
    FmFollowSegment segment; /* of TCP, so far as it was read */
    bool has_segment;
    FmText lines;            /* of a block of headers */
    FmSlice name;
};

FmFollow *fm_follow_new(const FmCatalog *catalog, FmFollowLevel level, FmFlowKind kind, uint32_t number, int64_t stream,
                        void (*take)(void *data, const FmFollowChunk *chunk), void *data)
{
    FmFollow *f = g_new0(FmFollow, 1);
    *f = (FmFollow){ .catalog = catalog, .level = level, .kind = kind, .number = number, .stream = stream, .take = take, .data = data };
    f->wanted = g_new0(uint64_t, fm_catalog_words(catalog));
    f->roles = g_new0(uint8_t, fm_catalog_words(catalog) * 64);
    for (size_t i = 0; i < G_N_ELEMENTS(roles); i++) {
        const FmEntry *entry = roles[i].levels & BIT(level) ? fm_catalog_find(catalog, roles[i].name) : NULL;
        for (size_t k = 0; entry && k < entry->id_count; k++) {
            f->roles[entry->ids[k]] = (uint8_t)roles[i].role;
            f->wanted[entry->ids[k] / 64] |= UINT64_C(1) << (entry->ids[k] % 64);
        }
    }
    if (kind == FM_FLOW_TCP && level == FM_FOLLOW_TRANSPORT)
        f->order = fm_follow_order_new();
    return f;
}

void fm_follow_free(FmFollow *f)
{
    if (!f)
        return;
    fm_follow_order_free(f->order);
    fm_text_clear(&f->lines);
    g_free(f->wanted);
    g_free(f->roles);
    g_free(f);
}

void fm_follow_any(FmFollow *f)
{
    f->any = true;
}

const uint64_t *fm_follow_wanted(const FmFollow *f)
{
    return f->wanted;
}

const FmFollowEnd *fm_follow_end(const FmFollow *f, unsigned side)
{
    return &f->ends[side];
}

const FmFollowEnd *fm_follow_opener(const FmFollow *f)
{
    return &f->opener;
}

/* ---- chunks ---- */

static bool is_end(const FmFollowEnd *end, const FmAddress *address, uint32_t port)
{
    return end->address.type == address->type && end->port == port && memcmp(end->address.bytes, address->bytes, sizeof address->bytes) == 0;
}

static FmFollowEnd end_of(const FmAddress *address, uint32_t port)
{
    FmFollowEnd end = { .address = { .type = address->type }, .port = port };
    memcpy(end.address.bytes, address->bytes, address->type == FM_ADDRESS_IPV4 ? 4 : sizeof end.address.bytes);
    return end;
}

/* The side that sent the packet at hand. */
static unsigned side_of(FmFollow *f)
{
    const FmPacket *p = f->packet;
    FmFollowEnd source = end_of(&p->net_source, p->source_port);
    if (f->ends[0].address.type == FM_ADDRESS_NONE) {
        f->ends[0] = source;
        f->ends[1] = end_of(&p->net_destination, p->destination_port);
    }
    return !is_end(&f->ends[0], &source.address, source.port);
}

static void emit(FmFollow *f, FmSlice bytes, const char *what)
{
    if (!bytes.size || (f->stream != FM_FOLLOW_ALL && (uint64_t)f->stream != f->inner))
        return;
    unsigned side = side_of(f);
    FmFollowChunk chunk = { .bytes = bytes, .offset = f->offsets[side], .packet = (uint32_t)f->packet->frame->number, .side = (uint8_t)side,
                            .time = f->packet->frame->time, .what = what, .stream = f->inner };
    f->offsets[side] += bytes.size;
    f->take(f->data, &chunk);
}

/* ---- TCP ---- */

static void flush_order(FmFollow *f)
{
    FmFollowChunk chunk;
    while (fm_follow_order_next(f->order, &chunk)) {
        chunk.offset = f->offsets[chunk.side];
        chunk.what = "tcp";
        f->offsets[chunk.side] += chunk.missing ? 0 : chunk.bytes.size;
        f->take(f->data, &chunk);
    }
}

/* A segment was read whole: its layer ends. */
static void end_segment(FmFollow *f)
{
    if (!f->has_segment || !f->order)
        return;
    f->has_segment = false;
    f->segment.side = (uint8_t)side_of(f);
    f->segment.packet = (uint32_t)f->packet->frame->number;
    f->segment.time = f->packet->frame->time;
    fm_follow_order_segment(f->order, &f->segment);
    flush_order(f);
}

/* ---- HTTP/2 ---- */

static void add_length(FmText *out, size_t size)
{
    char bytes[4] = { (char)(size >> 24), (char)(size >> 16), (char)(size >> 8), (char)size };
    fm_text_add(out, bytes, sizeof bytes);
}

static void add_header(FmFollow *f, FmSlice value)
{
    FmText *out = &f->lines;
    bool people = f->level == FM_FOLLOW_CONTENT;
    if (!people)
        add_length(out, f->name.size);
    fm_text_add(out, (const char *)f->name.data, f->name.size);
    if (people)
        fm_text_literal(out, ": ");
    else
        add_length(out, value.size);
    fm_text_add(out, (const char *)value.data, value.size);
    if (people)
        fm_text_char(out, '\n');
}

/* Of headers the lines, of other frames the frame; people see no more of those than the bodies that they make up. */
static void emit_frame(FmFollow *f, const FmNode *frame)
{
    const FmPacket *p = f->packet;
    bool has_stream = false;
    fm_text_reset(&f->lines);
    for (const FmNode *n = frame + 1, *end = fm_node_after(p, frame); n < end; n++)
        switch ((Role)f->roles[n->field]) {
        case HTTP2_STREAM:
            f->inner = n->value;
            has_stream = true;
            break;
        case HTTP2_NAME: f->name = fm_node_bytes(p, n); break;
        case HTTP2_VALUE: add_header(f, fm_node_bytes(p, n)); break;
        default: break;
        }
    if (!has_stream) /* the preface */
        return;
    if (f->lines.size && f->level == FM_FOLLOW_CONTENT)
        fm_text_char(&f->lines, '\n');
    if (f->lines.size)
        emit(f, (FmSlice){ (const uint8_t *)f->lines.data, f->lines.size }, "http2");
    else if (f->level == FM_FOLLOW_HTTP2)
        emit(f, fm_node_bytes(p, frame), "http2");
}

/* ---- a packet ---- */

/* A layer that is no message but a piece of a body is told of by that. */
static void emit_http_header(FmFollow *f, const FmNode *layer)
{
    for (const FmNode *n = layer + 1, *end = fm_node_after(f->packet, layer); n < end; n++)
        if (f->roles[n->field] == HTTP_MESSAGE) {
            emit(f, fm_node_wire(f->packet, layer), "http");
            return;
        }
}

static bool is_flow(FmFollow *f, FmFlowKind kind, const FmNode *n)
{
    bool is = f->kind == kind && (f->any || n->value == f->number);
    if (is && f->opener.address.type == FM_ADDRESS_NONE)
        f->opener = end_of(&f->packet->net_source, f->packet->source_port);
    return is;
}

static void take_content(FmFollow *f, const FmNode *n)
{
    const FmPacket *p = f->packet;
    switch ((Role)f->roles[n->field]) {
    case QUIC_STREAM: f->inner = n->value; break;
    case QUIC_DATA: emit(f, fm_node_bytes(p, n), "quic"); break;
    case TLS_DATA: emit(f, fm_node_bytes(p, n), "tls"); break;
    case UDP_PAYLOAD:
        if (f->kind == FM_FLOW_UDP)
            emit(f, fm_node_bytes(p, n), "udp");
        break;
    case HTTP_LAYER: emit_http_header(f, n); break;
    case HTTP_BODY:
        if (f->level == FM_FOLLOW_CONTENT || !f->inner)
            emit(f, fm_node_bytes(p, n), f->kind == FM_FLOW_QUIC ? "http3" : f->inner ? "http2" : "http");
        break;
    case HTTP2_FRAME: emit_frame(f, n); break;
    case HTTP2_STREAM: f->inner = n->value; break;
    case WEBSOCKET_MESSAGE: emit(f, fm_node_bytes(p, n), "websocket"); break;
    default: break;
    }
}

static void take_node(FmFollow *f, const FmNode *n)
{
    Role role = (Role)f->roles[n->field];
    switch (role) {
    case TCP_LAYER:
        end_segment(f);
        if (f->kind == FM_FLOW_TCP)
            f->inside = false;
        f->segment = (FmFollowSegment){ .side = 0 };
        break;
    case TCP_STREAM:
        if (f->kind == FM_FLOW_TCP)
            f->inside = f->has_segment = is_flow(f, FM_FLOW_TCP, n);
        break;
    case UDP_STREAM:
        if (f->kind == FM_FLOW_UDP)
            f->inside = is_flow(f, FM_FLOW_UDP, n);
        break;
    case QUIC_CONNECTION:
        if (f->kind == FM_FLOW_QUIC)
            f->inside = is_flow(f, FM_FLOW_QUIC, n);
        break;
    case TCP_SEQ: f->segment.sequence = (uint32_t)n->value; break;
    case TCP_ACK: f->segment.acknowledged = (uint32_t)n->value; break;
    case TCP_LENGTH: f->segment.length = (uint32_t)n->value; break;
    case TCP_FLAGS:
        f->segment.syn = n->value & TCP_FLAG_SYN;
        f->segment.ack = n->value & TCP_FLAG_ACK;
        break;
    case TCP_PAYLOAD: f->segment.bytes = fm_node_bytes(f->packet, n); break;
    default:
        if (f->inside)
            take_content(f, n);
        break;
    }
}

void fm_follow_packet(FmFollow *f, const FmPacket *packet)
{
    f->packet = packet;
    f->inside = f->has_segment = false;
    f->inner = 0;
    for (const FmNode *n = packet->nodes, *end = n + packet->node_count; n < end; n++)
        if (f->roles[n->field])
            take_node(f, n);
    end_segment(f);
}

void fm_follow_finish(FmFollow *f)
{
    if (!f->order)
        return;
    fm_follow_order_finish(f->order);
    flush_order(f);
}
