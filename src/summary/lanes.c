/* Streams side by side. */
#include "config.h"

#include "summary/lanes.h"

#include <string.h>

#include "model/asked.h"
#include "model/format.h"

enum { MOST_LANES = 1 << 14, MOST_PIECES = 1 << 19, MOST_HOLES = 1 << 12, MOST_TITLE = 200 };
enum { H2_DATA = 0, H2_HEADERS = 1, H2_RST_STREAM = 3, H2_PUSH_PROMISE = 5, H2_CONTINUATION = 9 };

typedef enum Role {
    ROLE_NONE, H2_FRAME, H2_STREAM, H2_TYPE, H2_LENGTH, H2_END, METHOD, PATH, STATUS, H2_PROMISED, QUIC_FRAME, QUIC_STREAM, QUIC_LENGTH, QUIC_FIN, QUIC_RESET, H3, H3_STREAM,
    H2_WAITED, H2_WAITED_FOR, QUIC_WAITED, QUIC_WAITED_TIME,
} Role;

static const FmAskedField fields[] = {
    { "http2.stream", H2_FRAME }, { "http2.streamid", H2_STREAM }, { "http2.type", H2_TYPE }, { "http2.length", H2_LENGTH },
    { "http2.flags.end_stream", H2_END }, { "http2.headers.method", METHOD }, { "http2.headers.path", PATH }, { "http2.headers.status", STATUS },
    { "http2.push_promise.promised_stream_id", H2_PROMISED }, { "quic.frame", QUIC_FRAME }, { "quic.stream.stream_id", QUIC_STREAM },
    { "quic.stream.length", QUIC_LENGTH }, { "quic.stream.fin", QUIC_FIN }, { "quic.rsts.stream_id", QUIC_RESET }, { "http3", H3 }, { "http3.frame_streamid", H3_STREAM },
    { "http3.headers.method", METHOD }, { "http3.headers.path", PATH }, { "http3.headers.status", STATUS },
    { "fathom.http2.waited", H2_WAITED }, { "fathom.http2.waited_for", H2_WAITED_FOR }, { "fathom.quic.stream_blocked", QUIC_WAITED },
    { "fathom.quic.stream_blocked_time", QUIC_WAITED_TIME },
};

static void lane_free(gpointer data)
{
    FmLane *lane = data;
    g_free(lane->title);
    g_free(lane->status);
    g_array_unref(lane->pieces);
    for (unsigned d = 0; d < 2; d++)
        g_array_unref(lane->waits[d]);
    g_free(lane);
}

FmLanes *fm_lanes_new(const FmCatalog *catalog)
{
    FmLanes *l = g_new0(FmLanes, 1);
    l->asked = fm_asked_new(catalog, fields, G_N_ELEMENTS(fields));
    l->lanes = g_ptr_array_new_with_free_func(lane_free);
    for (unsigned d = 0; d < 2; d++)
        l->holes[d] = g_array_new(FALSE, FALSE, sizeof(FmLaneWait));
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
    for (unsigned d = 0; d < 2; d++)
        g_array_unref(l->holes[d]);
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
    for (unsigned d = 0; d < 2; d++)
        lane->waits[d] = g_array_new(FALSE, FALSE, sizeof(FmLaneWait));
    g_ptr_array_add(l->lanes, lane);
    g_hash_table_insert(l->by_id, &lane->id, lane);
    return lane;
}

static void add_piece(FmLanes *l, const FmPacket *packet, uint64_t id, FmLaneKind kind, uint64_t bytes, bool ends, FmTime hindered)
{
    unsigned d = packet->flow_direction;
    FmLane *lane = lane_of(l, id, d);
    if (!lane || l->pieces >= MOST_PIECES) {
        l->left_out++;
        return;
    }
    l->pieces++;
    FmLanePiece piece = { .time = packet->frame->time, .unhindered = packet->frame->time - hindered, .packet = (uint32_t)packet->frame->number, .bytes = (uint32_t)MIN(bytes, UINT32_MAX),
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

/* Waits that overlap are one. Returns by how much they have become longer. */
static FmTime join(GArray *waits, FmLaneWait wait)
{
    FmLaneWait *last = waits->len ? &g_array_index(waits, FmLaneWait, waits->len - 1) : NULL;
    if (last && wait.from <= last->to && last->others == wait.others) {
        FmTime before = last->to - last->from;
        last->from = MIN(last->from, wait.from);
        last->to = MAX(last->to, wait.to);
        last->packet = wait.packet;
        return last->to - last->from - before;
    }
    wait.from = last ? MAX(wait.from, last->to) : wait.from;
    if (wait.to <= wait.from || waits->len >= MOST_HOLES)
        return 0;
    g_array_append_val(waits, wait);
    return wait.to - wait.from;
}

/* Data that is with its reader only now had come earlier. */
static void note_wait(FmLanes *l, const FmPacket *packet, uint64_t id, FmTime waited, bool others)
{
    unsigned d = packet->flow_direction;
    FmLane *lane = waited > 0 ? lane_of(l, id, d) : NULL;
    FmLaneWait wait = { packet->frame->time - waited, packet->frame->time, (uint32_t)packet->frame->number, others };
    if (!lane)
        return;
    lane->waited += join(lane->waits[d], wait);
    if (l->quic)
        join(l->holes[d], wait);
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
    uint64_t id = 0, type = 0, length = 0, promised = 0, waited_for = 0;
    FmTime waited = 0;
    bool ends = false, knows = false;
    g_auto(FmText) method = { 0 }, path = { 0 }, status = { 0 };
    for (const FmNode *n = frame + 1; n < end; n++)
        switch (fm_asked_role(l->asked, n->field)) {
        case H2_STREAM: id = n->value; break;
        case H2_TYPE: type = n->value; break;
        case H2_LENGTH: length = n->value; break;
        case H2_END: ends |= n->value != 0; break;
        case H2_PROMISED: promised = n->value; break;
        case H2_WAITED: waited = (FmTime)n->value; break;
        case H2_WAITED_FOR:
            waited_for = n->value;
            knows = true;
            break;
        case METHOD: put(&method, packet, n); break;
        case PATH: put(&path, packet, n); break;
        case STATUS: put(&status, packet, n); break;
        default: break;
        }
    FmLaneKind kind = type == H2_DATA ? FM_LANE_DATA : type == H2_HEADERS || type == H2_CONTINUATION ? FM_LANE_HEADERS : type == H2_RST_STREAM ? FM_LANE_RESET : FM_LANE_OTHER;
    bool others = knows && waited_for != id;
    add_piece(l, packet, id, kind, length, ends, id && others ? waited : 0);
    if (id)
        note_wait(l, packet, id, waited, others);
    uint64_t named = type == H2_PUSH_PROMISE && promised ? promised : id;
    if (named != id)
        add_piece(l, packet, named, FM_LANE_HEADERS, length, false, 0);
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
    add_piece(l, packet, stream->value, reset ? FM_LANE_RESET : FM_LANE_DATA, length, fin || reset, 0);
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
    uint64_t waited = 0;
    for (const FmNode *n = packet->nodes, *end = n + packet->node_count; n < end; n++) {
        unsigned role = fm_asked_role(l->asked, n->field);
        if (role == H2_FRAME)
            read_h2_frame(l, packet, n, fm_node_after(packet, n));
        if (role == H3)
            read_h3(l, packet, n, fm_node_after(packet, n));
        if (role == QUIC_FRAME)
            read_quic_frame(l, packet, n, fm_node_after(packet, n));
        if (role == QUIC_WAITED)
            waited = n->value;
        if (role == QUIC_WAITED_TIME)
            note_wait(l, packet, waited, (FmTime)n->value, false);
    }
}

/* ---- what if ---- */

/* The end of the hole that is there at that time; the time itself, if there is none. */
static FmTime end_of_hole(const GArray *holes, FmTime time)
{
    guint low = 0, high = holes->len;
    while (low < high) {
        guint middle = low + (high - low) / 2;
        if (g_array_index(holes, FmLaneWait, middle).to <= time)
            low = middle + 1;
        else
            high = middle;
    }
    const FmLaneWait *hole = low < holes->len ? &g_array_index(holes, FmLaneWait, low) : NULL;
    return hole && hole->from < time ? hole->to : time;
}

FmTime fm_lane_otherwise(const FmLanes *lanes, const FmLanePiece *piece)
{
    return lanes->quic ? end_of_hole(lanes->holes[piece->direction], piece->time) : piece->unhindered;
}

FmTime fm_lane_difference(const FmLanes *lanes, const FmLane *lane)
{
    FmTime sum = 0, until[2] = { INT64_MIN, INT64_MIN };
    for (guint i = 0; lanes->quic && i < lane->pieces->len; i++) {
        const FmLanePiece *p = &g_array_index(lane->pieces, FmLanePiece, i);
        FmTime then = fm_lane_otherwise(lanes, p);
        if (p->kind == FM_LANE_DATA && then > MAX(p->time, until[p->direction])) {
            sum += then - MAX(p->time, until[p->direction]);
            until[p->direction] = then;
        }
    }
    if (lanes->quic)
        return MAX(sum - lane->waited, 0); /* its own waits are there anyway */
    for (unsigned d = 0; d < 2; d++)
        for (guint i = 0; i < lane->waits[d]->len; i++) {
            const FmLaneWait *w = &g_array_index(lane->waits[d], FmLaneWait, i);
            sum += w->others ? w->to - w->from : 0;
        }
    return sum;
}
