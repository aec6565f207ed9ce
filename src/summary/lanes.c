/* Streams side by side. */
#include "config.h"

#include "summary/lanes.h"

#include <string.h>

#include "model/asked.h"
#include "model/format.h"

enum { MOST_LANES = 1 << 14, MOST_PIECES = 1 << 19, MOST_TITLE = 200 };
enum { H2_DATA = 0, H2_HEADERS = 1, H2_RST_STREAM = 3, H2_PUSH_PROMISE = 5, H2_CONTINUATION = 9 };

typedef enum Role {
    ROLE_NONE, H2_FRAME, H2_STREAM, H2_TYPE, H2_LENGTH, H2_END, METHOD, PATH, STATUS, H2_PROMISED, QUIC_FRAME, QUIC_STREAM, QUIC_LENGTH, QUIC_FIN, QUIC_RESET, H3, H3_STREAM,
} Role;

static const FmAskedField fields[] = {
    { "http2.stream", H2_FRAME }, { "http2.streamid", H2_STREAM }, { "http2.type", H2_TYPE }, { "http2.length", H2_LENGTH },
    { "http2.flags.end_stream", H2_END }, { "http2.headers.method", METHOD }, { "http2.headers.path", PATH }, { "http2.headers.status", STATUS },
    { "http2.push_promise.promised_stream_id", H2_PROMISED }, { "quic.frame", QUIC_FRAME }, { "quic.stream.stream_id", QUIC_STREAM },
    { "quic.stream.length", QUIC_LENGTH }, { "quic.stream.fin", QUIC_FIN }, { "quic.rsts.stream_id", QUIC_RESET }, { "http3", H3 }, { "http3.frame_streamid", H3_STREAM },
    { "http3.headers.method", METHOD }, { "http3.headers.path", PATH }, { "http3.headers.status", STATUS },
};

static void lane_free(gpointer data)
{
    FmLane *lane = data;
    g_free(lane->title);
    g_free(lane->status);
    g_array_unref(lane->pieces);
    g_free(lane);
}

FmLanes *fm_lanes_new(const FmCatalog *catalog)
{
    FmLanes *l = g_new0(FmLanes, 1);
    l->asked = fm_asked_new(catalog, fields, G_N_ELEMENTS(fields));
    l->lanes = g_ptr_array_new_with_free_func(lane_free);
    l->by_id = g_hash_table_new(g_int64_hash, g_int64_equal);
    l->first = l->last = FM_TIME_NONE;
    return l;
}

void fm_lanes_free(FmLanes *l)
{
    if (!l)
        return;
    fm_asked_free(l->asked);
    g_hash_table_unref(l->by_id);
    g_ptr_array_unref(l->lanes);
    g_free(l);
}

static FmLane *lane_of(FmLanes *l, uint64_t id, unsigned direction)
{
    FmLane *lane = g_hash_table_lookup(l->by_id, &id);
    if (lane || l->lanes->len >= MOST_LANES)
        return lane;
    lane = g_new0(FmLane, 1);
    lane->id = id;
    lane->opener = (uint8_t)direction;
    lane->pieces = g_array_new(FALSE, FALSE, sizeof(FmLanePiece));
    g_ptr_array_add(l->lanes, lane);
    g_hash_table_insert(l->by_id, &lane->id, lane);
    return lane;
}

static void add_piece(FmLanes *l, const FmPacket *packet, uint64_t id, FmLaneKind kind, uint64_t bytes, bool ends)
{
    unsigned d = packet->flow_direction;
    FmLane *lane = lane_of(l, id, d);
    if (!lane || l->pieces >= MOST_PIECES) {
        l->left_out++;
        return;
    }
    l->pieces++;
    FmLanePiece piece = { .time = packet->frame->time, .packet = (uint32_t)packet->frame->number, .bytes = (uint32_t)MIN(bytes, UINT32_MAX),
                          .kind = (uint8_t)kind, .direction = (uint8_t)d, .ends = ends };
    g_array_append_val(lane->pieces, piece);
    if (kind == FM_LANE_DATA)
        lane->bytes[d] += bytes;
    lane->ended[d] |= ends;
    lane->reset |= kind == FM_LANE_RESET;
    if (l->first == FM_TIME_NONE)
        l->first = piece.time;
    l->last = piece.time;
}

static void put(FmText *out, const FmPacket *packet, const FmNode *node)
{
    fm_format_value(out, packet, node, true);
    out->size = MIN(out->size, MOST_TITLE);
}

static char *text_of(FmText *text)
{
    return text->size ? g_utf8_make_valid(fm_text_string(text), (gssize)text->size) : NULL;
}

static void name_lane(FmLanes *l, uint64_t id, const char *before, FmText *method, FmText *path, FmText *status)
{
    FmLane *lane = g_hash_table_lookup(l->by_id, &id);
    if (lane && !lane->title && path->size) {
        g_auto(FmText) title = { 0 };
        fm_text_printf(&title, "%s%s%s%s", before, fm_text_string(method), method->size ? " " : "", fm_text_string(path));
        lane->title = text_of(&title);
    }
    if (lane && status->size && (!lane->status || lane->status[0] == '1')) {
        g_free(lane->status);
        lane->status = text_of(status);
    }
}

static void read_h2_frame(FmLanes *l, const FmPacket *packet, const FmNode *frame, const FmNode *end)
{
    uint64_t id = 0, type = 0, length = 0, promised = 0;
    bool ends = false;
    g_auto(FmText) method = { 0 }, path = { 0 }, status = { 0 };
    for (const FmNode *n = frame + 1; n < end; n++)
        switch (fm_asked_role(l->asked, n->field)) {
        case H2_STREAM: id = n->value; break;
        case H2_TYPE: type = n->value; break;
        case H2_LENGTH: length = n->value; break;
        case H2_END: ends |= n->value != 0; break;
        case H2_PROMISED: promised = n->value; break;
        case METHOD: put(&method, packet, n); break;
        case PATH: put(&path, packet, n); break;
        case STATUS: put(&status, packet, n); break;
        default: break;
        }
    FmLaneKind kind = type == H2_DATA ? FM_LANE_DATA : type == H2_HEADERS || type == H2_CONTINUATION ? FM_LANE_HEADERS : type == H2_RST_STREAM ? FM_LANE_RESET : FM_LANE_OTHER;
    add_piece(l, packet, id, kind, length, ends);
    uint64_t named = type == H2_PUSH_PROMISE && promised ? promised : id;
    if (named != id)
        add_piece(l, packet, named, FM_LANE_HEADERS, length, false);
    name_lane(l, named, type == H2_PUSH_PROMISE ? "push " : "", &method, &path, &status);
}

/* A frame of QUIC: STREAM and RESET_STREAM say something here. */
static void read_quic_frame(FmLanes *l, const FmPacket *packet, const FmNode *frame, const FmNode *end)
{
    const FmNode *stream = NULL;
    uint64_t length = 0;
    bool fin = false, reset = false;
    for (const FmNode *n = frame + 1; n < end; n++)
        switch (fm_asked_role(l->asked, n->field)) {
        case QUIC_STREAM: stream = n; break;
        case QUIC_LENGTH: length = n->value; break;
        case QUIC_FIN: fin |= n->value != 0; break;
        case QUIC_RESET:
            stream = n;
            reset = true;
            break;
        default: break;
        }
    if (!stream)
        return;
    l->quic = true;
    add_piece(l, packet, stream->value, reset ? FM_LANE_RESET : FM_LANE_DATA, length, fin || reset);
}

/* The headers of HTTP/3: they stand behind the frames of QUIC that brought them. */
static void read_h3(FmLanes *l, const FmPacket *packet, const FmNode *layer, const FmNode *end)
{
    const FmNode *stream = NULL;
    g_auto(FmText) method = { 0 }, path = { 0 }, status = { 0 };
    for (const FmNode *n = layer + 1; n < end; n++)
        switch (fm_asked_role(l->asked, n->field)) {
        case H3_STREAM: stream = n; break;
        case METHOD: put(&method, packet, n); break;
        case PATH: put(&path, packet, n); break;
        case STATUS: put(&status, packet, n); break;
        default: break;
        }
    if (stream)
        name_lane(l, stream->value, "", &method, &path, &status);
}

void fm_lanes_packet(FmLanes *l, const FmPacket *packet)
{
    for (const FmNode *n = packet->nodes, *end = n + packet->node_count; n < end; n++) {
        unsigned role = fm_asked_role(l->asked, n->field);
        if (role == H2_FRAME)
            read_h2_frame(l, packet, n, fm_node_after(packet, n));
        if (role == H3)
            read_h3(l, packet, n, fm_node_after(packet, n));
        if (role == QUIC_FRAME)
            read_quic_frame(l, packet, n, fm_node_after(packet, n));
    }
}
