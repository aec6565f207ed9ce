/* Packets and frames of QUIC in the words of qlog. */
#include "config.h"

#include "commands/qlog_event.h"

#include <inttypes.h>
#include <string.h>

#include "output/json_text.h"

enum { MOST_FRAMES = 512, MOST_RANGES = 64 };

typedef enum Role {
    NONE, PACKET, CONNECTION, FORM, LONG_TYPE, LONG_TYPE_2, QUIC_VERSION, DCID, SCID, PACKET_NUMBER, PACKET_LENGTH, RETRY_TOKEN, OTHER_VERSION, FRAME,
    RTT, RTT_SMOOTHED, RTT_MIN, IN_FLIGHT, LOST,
    /* in frames */
    FRAME_TYPE, PADDING, ACK_LARGEST, ACK_DELAY, ACK_FIRST, ACK_GAP, ACK_RANGE, ECT0, ECT1, CE, STREAM, OFFSET, LENGTH, FIN, ERROR, FINAL, MAXIMUM,
    LIMIT, SEQUENCE, RETIRE, ID, TOKEN, DATA, REASON,
} Role;

static const FmAskedField fields[] = {
    { "quic", PACKET }, { "quic.connection.number", CONNECTION }, { "fathom.quic.connection", CONNECTION }, { "quic.header_form", FORM },
    { "quic.long.packet_type", LONG_TYPE }, { "quic.long.packet_type_v2", LONG_TYPE_2 }, { "quic.version", QUIC_VERSION }, { "quic.dcid", DCID },
    { "quic.scid", SCID }, { "quic.packet_number", PACKET_NUMBER }, { "quic.packet_length", PACKET_LENGTH }, { "quic.retry_token", RETRY_TOKEN },
    { "quic.supported_version", OTHER_VERSION }, { "quic.frame", FRAME }, { "fathom.quic.rtt", RTT }, { "fathom.quic.rtt_smoothed", RTT_SMOOTHED },
    { "fathom.quic.rtt_min", RTT_MIN }, { "fathom.quic.in_flight", IN_FLIGHT }, { "fathom.quic.lost", LOST }, { "quic.frame_type", FRAME_TYPE },
    { "quic.padding_length", PADDING }, { "quic.ack.largest_acknowledged", ACK_LARGEST }, { "quic.ack.ack_delay", ACK_DELAY },
    { "quic.ack.first_ack_range", ACK_FIRST }, { "quic.ack.gap", ACK_GAP }, { "quic.ack.ack_range", ACK_RANGE }, { "quic.ack.ect0_count", ECT0 },
    { "quic.ack.ect1_count", ECT1 }, { "quic.ack.ecn_ce_count", CE }, { "quic.rsts.stream_id", STREAM }, { "quic.rsts.application_error_code", ERROR },
    { "quic.rsts.final_size", FINAL }, { "quic.ss.stream_id", STREAM }, { "quic.ss.application_error_code", ERROR }, { "quic.crypto.offset", OFFSET },
    { "quic.crypto.length", LENGTH }, { "quic.nt.token", TOKEN }, { "quic.stream.stream_id", STREAM }, { "quic.stream.offset", OFFSET },
    { "quic.stream_data", DATA }, { "quic.stream.fin", FIN }, { "quic.md.maximum_data", MAXIMUM }, { "quic.msd.stream_id", STREAM },
    { "quic.msd.maximum_stream_data", MAXIMUM }, { "quic.ms.max_streams", MAXIMUM }, { "quic.sdb.stream_id", STREAM }, { "quic.sb.stream_data_limit", LIMIT },
    { "quic.sib.stream_limit", LIMIT }, { "quic.nci.sequence", SEQUENCE }, { "quic.nci.retire_prior_to", RETIRE }, { "quic.nci.connection_id", ID },
    { "quic.nci.stateless_reset_token", TOKEN }, { "quic.rci.sequence", SEQUENCE }, { "quic.path_challenge.data", DATA },
    { "quic.path_response.data", DATA }, { "quic.cc.error_code", ERROR }, { "quic.cc.error_code.app", ERROR }, { "quic.cc.reason_phrase", REASON },
    { "quic.dg", DATA },
};

FmAsked *fm_qlog_asked(const FmCatalog *catalog)
{
    return fm_asked_new(catalog, fields, G_N_ELEMENTS(fields));
}

/* ---- JSON ---- */

static void put_hex(FmText *out, const char *name, const FmPacket *packet, const FmNode *node)
{
    if (!node)
        return;
    fm_text_printf(out, ",\"%s\":\"", name);
    fm_text_bytes(out, fm_node_bytes(packet, node), 0);
    fm_text_char(out, '"');
}

static void put_number(FmText *out, const char *name, const FmNode *node)
{
    if (node)
        fm_text_printf(out, ",\"%s\":%" PRIu64, name, node->value);
}

static void put_milliseconds(FmText *out, uint64_t nanoseconds)
{
    fm_text_printf(out, "%" PRIu64 ".%06u", nanoseconds / 1000000, (unsigned)(nanoseconds % 1000000));
}

/* ---- frames ---- */

typedef struct Frame { /* nodes by role */
    const FmNode *of[REASON + 1];
    struct {
        uint64_t gap, size;
    } ranges[MOST_RANGES];
    unsigned range_count;
} Frame;

static void read_frame(const FmAsked *asked, const FmNode *from, const FmNode *end, Frame *f)
{
    *f = (Frame){ .range_count = 0 };
    for (const FmNode *n = from; n < end; n++) {
        unsigned role = fm_asked_role(asked, n->field);
        if (role < FRAME_TYPE || (f->of[role] && role == FRAME_TYPE))
            continue;
        f->of[role] = n;
        if (role == ACK_GAP && f->range_count < MOST_RANGES)
            f->ranges[f->range_count++].gap = n->value;
        else if (role == ACK_RANGE && f->range_count)
            f->ranges[f->range_count - 1].size = n->value;
    }
}

#define ACK_DELAY_UNIT 8000 /* ns: 2^3 µs, unless the peer says otherwise (RFC 9000 §18.2) */

static void put_ack(FmText *out, const Frame *f)
{
    uint64_t last = f->of[ACK_LARGEST] ? f->of[ACK_LARGEST]->value : 0, size = f->of[ACK_FIRST] ? f->of[ACK_FIRST]->value : 0;
    if (f->of[ACK_DELAY]) {
        fm_text_put(out, ",\"ack_delay\":");
        put_milliseconds(out, MIN(f->of[ACK_DELAY]->value, UINT64_C(1) << 48) * ACK_DELAY_UNIT);
    }
    fm_text_put(out, ",\"acked_ranges\":[");
    for (unsigned i = 0;; i++) {
        if (size > last)
            break;
        fm_text_printf(out, "%s[%" PRIu64 ",%" PRIu64 "]", i ? "," : "", last - size, last);
        if (i == f->range_count || last - size < f->ranges[i].gap + 2)
            break;
        last -= size + f->ranges[i].gap + 2;
        size = f->ranges[i].size;
    }
    fm_text_char(out, ']');
    put_number(out, "ect0", f->of[ECT0]);
    put_number(out, "ect1", f->of[ECT1]);
    put_number(out, "ce", f->of[CE]);
}

/* `length` stands in front for readers of older drafts. */
static void put_length(FmText *out, uint64_t length)
{
    fm_text_printf(out, ",\"length\":%" PRIu64 ",\"raw\":{\"payload_length\":%" PRIu64 "}", length, length);
}

static void put_stream(FmText *out, const Frame *f)
{
    put_number(out, "stream_id", f->of[STREAM]);
    fm_text_printf(out, ",\"offset\":%" PRIu64, f->of[OFFSET] ? f->of[OFFSET]->value : 0);
    put_length(out, f->of[DATA] ? f->of[DATA]->length : 0);
    if (f->of[FIN] && f->of[FIN]->value)
        fm_text_put(out, ",\"fin\":true");
}

static void put_close(FmText *out, const FmPacket *packet, const Frame *f, bool application)
{
    fm_text_printf(out, ",\"error_space\":\"%s\"", application ? "application" : "transport");
    put_number(out, "error_code", f->of[ERROR]);
    if (!f->of[REASON])
        return;
    FmSlice reason = fm_node_bytes(packet, f->of[REASON]);
    fm_text_put(out, ",\"reason\":");
    fm_json_string(out, (const char *)reason.data, reason.size);
}

static const char *const names[] = {
    "padding", "ping", "ack", "ack", "reset_stream", "stop_sending", "crypto", "new_token", "stream", "stream", "stream", "stream", "stream", "stream",
    "stream", "stream", "max_data", "max_stream_data", "max_streams", "max_streams", "data_blocked", "stream_data_blocked", "streams_blocked",
    "streams_blocked", "new_connection_id", "retire_connection_id", "path_challenge", "path_response", "connection_close", "connection_close",
    "handshake_done",
};

static const char *frame_name(uint64_t type)
{
    if (type < G_N_ELEMENTS(names))
        return names[type];
    return type == 0x30 || type == 0x31 ? "datagram" : "unknown";
}

static void put_stream_type(FmText *out, uint64_t type)
{
    fm_text_printf(out, ",\"stream_type\":\"%s\"", type & 1 ? "unidirectional" : "bidirectional");
}

static void put_frame(FmText *out, const FmPacket *packet, const Frame *f)
{
    uint64_t type = f->of[FRAME_TYPE]->value;
    fm_text_printf(out, "{\"frame_type\":\"%s\"", frame_name(type));
    switch (type) {
    case 0x00: put_length(out, f->of[PADDING] ? f->of[PADDING]->value : 1); break;
    case 0x02: case 0x03: put_ack(out, f); break;
    case 0x04: case 0x05:
        put_number(out, "stream_id", f->of[STREAM]);
        fm_text_put(out, ",\"error\":\"unknown\"");
        put_number(out, "error_code", f->of[ERROR]);
        put_number(out, "final_size", f->of[FINAL]);
        break;
    case 0x06:
        fm_text_printf(out, ",\"offset\":%" PRIu64, f->of[OFFSET] ? f->of[OFFSET]->value : 0);
        put_length(out, f->of[LENGTH] ? f->of[LENGTH]->value : 0);
        break;
    case 0x07:
        fm_text_printf(out, ",\"token\":{\"raw\":{\"length\":%u", f->of[TOKEN] ? f->of[TOKEN]->length : 0);
        put_hex(out, "data", packet, f->of[TOKEN]);
        fm_text_put(out, "}}");
        break;
    case 0x10: case 0x11:
        put_number(out, "stream_id", f->of[STREAM]);
        put_number(out, "maximum", f->of[MAXIMUM]);
        break;
    case 0x12: case 0x13:
        put_stream_type(out, type);
        put_number(out, "maximum", f->of[MAXIMUM]);
        break;
    case 0x14: case 0x15:
        put_number(out, "stream_id", f->of[STREAM]);
        put_number(out, "limit", f->of[LIMIT]);
        break;
    case 0x16: case 0x17:
        put_stream_type(out, type);
        put_number(out, "limit", f->of[LIMIT]);
        break;
    case 0x18:
        put_number(out, "sequence_number", f->of[SEQUENCE]);
        put_number(out, "retire_prior_to", f->of[RETIRE]);
        fm_text_printf(out, ",\"connection_id_length\":%u", f->of[ID] ? f->of[ID]->length : 0);
        put_hex(out, "connection_id", packet, f->of[ID]);
        put_hex(out, "stateless_reset_token", packet, f->of[TOKEN]);
        break;
    case 0x19: put_number(out, "sequence_number", f->of[SEQUENCE]); break;
    case 0x1a: case 0x1b: put_hex(out, "data", packet, f->of[DATA]); break;
    case 0x1c: case 0x1d: put_close(out, packet, f, type == 0x1d); break;
    case 0x30: case 0x31: put_length(out, f->of[DATA] ? f->of[DATA]->length : 0); break;
    default:
        if (type >= 0x08 && type <= 0x0f)
            put_stream(out, f);
        else if (type >= G_N_ELEMENTS(names))
            fm_text_printf(out, ",\"frame_type_bytes\":%" PRIu64, type);
        break;
    }
    fm_text_char(out, '}');
}

/* ---- packets ---- */

static const char *long_type(const FmNode *node, bool second)
{
    static const char *const types[] = { "initial", "0RTT", "handshake", "retry" };
    return types[(node->value + (second ? 3 : 0)) & 3];
}

static void take_frame(const FmAsked *asked, const FmPacket *packet, const FmNode *node, FmQlogPacket *out)
{
    Frame f;
    read_frame(asked, node + 1, fm_node_after(packet, node), &f);
    if (!f.of[FRAME_TYPE] || out->frame_count == MOST_FRAMES)
        return;
    out->acknowledges |= f.of[ACK_LARGEST] != NULL;
    if (out->frame_count++)
        fm_text_char(&out->frames, ',');
    put_frame(&out->frames, packet, &f);
}

static void take_node(const FmAsked *asked, const FmPacket *packet, const FmNode *n, FmQlogPacket *out)
{
    switch (fm_asked_role(asked, n->field)) {
    case CONNECTION: out->connection = n; break;
    case FORM: out->type = n->value ? "version_negotiation" : "1RTT"; break;
    case LONG_TYPE: out->type = long_type(n, false); break;
    case LONG_TYPE_2: out->type = long_type(n, true); break;
    case QUIC_VERSION: out->version = n; break;
    case DCID: out->dcid = n; break;
    case SCID: out->scid = n; break;
    case PACKET_NUMBER: out->packet_number = n; break;
    case PACKET_LENGTH: out->length = n; break;
    case FRAME: take_frame(asked, packet, n, out); break;
    case RTT: out->metrics.rtt = n; break;
    case RTT_SMOOTHED: out->metrics.smoothed = n; break;
    case RTT_MIN: out->metrics.least = n; break;
    case IN_FLIGHT: out->metrics.in_flight = n; break;
    case LOST:
        if (out->lost_count < G_N_ELEMENTS(out->lost))
            out->lost[out->lost_count++] = n;
        break;
    default: break;
    }
}

bool fm_qlog_next(const FmAsked *asked, const FmPacket *packet, const FmNode **at, FmQlogPacket *out)
{
    const FmNode *n = *at, *end = packet->nodes + packet->node_count;
    FmText frames = out->frames;
    fm_text_reset(&frames);
    *out = (FmQlogPacket){ .frames = frames };
    for (const FmNode *before = packet->nodes; before < n; before++)
        out->coalesced |= fm_asked_role(asked, before->field) == PACKET;
    while (n < end && fm_asked_role(asked, n->field) != PACKET)
        n++;
    if (n == end)
        return false;
    for (n++; n < end && fm_asked_role(asked, n->field) != PACKET; n++)
        take_node(asked, packet, n, out);
    *at = n;
    return true;
}

void fm_qlog_put_packet(FmText *out, const FmPacket *packet, const FmQlogPacket *p)
{
    fm_text_printf(out, "{\"header\":{\"packet_type\":\"%s\"", p->type ? p->type : "unknown");
    put_number(out, "packet_number", p->packet_number);
    if (p->version)
        fm_text_printf(out, ",\"version\":\"%" PRIx64 "\"", p->version->value);
    if (p->scid)
        fm_text_printf(out, ",\"scil\":%u", p->scid->length);
    if (p->dcid)
        fm_text_printf(out, ",\"dcil\":%u", p->dcid->length);
    put_hex(out, "scid", packet, p->scid);
    put_hex(out, "dcid", packet, p->dcid);
    fm_text_char(out, '}');
    if (p->length)
        fm_text_printf(out, ",\"raw\":{\"length\":%" PRIu64 "}", p->length->value);
    fm_text_printf(out, ",\"datagram_id\":%" PRIu64, packet->frame->number);
    if (p->coalesced)
        fm_text_put(out, ",\"is_coalesced\":true");
    fm_text_put(out, ",\"frames\":[");
    fm_text_add(out, p->frames.data ? p->frames.data : "", p->frames.size);
    fm_text_put(out, "]}");
}

void fm_qlog_put_metrics(FmText *out, const FmQlogMetrics *m)
{
    static const char *const texts[] = { "\"latest_rtt\":", "\"smoothed_rtt\":", "\"min_rtt\":" };
    const FmNode *const spans[] = { m->rtt, m->smoothed, m->least };
    const char *comma = "";
    fm_text_char(out, '{');
    for (unsigned i = 0; i < G_N_ELEMENTS(spans); i++) {
        if (!spans[i])
            continue;
        fm_text_put(out, comma);
        fm_text_put(out, texts[i]);
        put_milliseconds(out, spans[i]->value);
        comma = ",";
    }
    if (m->in_flight)
        fm_text_printf(out, "%s\"bytes_in_flight\":%" PRIu64, comma, m->in_flight->value);
    fm_text_char(out, '}');
}
