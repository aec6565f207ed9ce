/* QUIC connections in a few numbers and sentences. */
#include "config.h"

#include "summary/quic_flow.h"

#include <inttypes.h>

#include "summary/finding.h"

typedef enum Field {
    HANDSHAKE, SPIN, AMPLIFICATION, PATH_CHANGE, PATH_RTT, RESET, UNKNOWABLE, SMOOTHED, LEAST, RTT, LOST_COUNT, LOST_BEFORE, UNCAPTURED, SPURIOUS,
    FLOW_STALL, STREAM_WAIT, EARLY, KEY_UPDATE, FIELDS,
} Field;

static const char *const names[FIELDS] = {
    [HANDSHAKE] = "fathom.quic.handshake_rtt", [SPIN] = "fathom.quic.spin_rtt", [AMPLIFICATION] = "fathom.quic.amplification_stall",
    [PATH_CHANGE] = "fathom.quic.path_change", [PATH_RTT] = "fathom.quic.path_rtt", [RESET] = "fathom.quic.stateless_reset",
    [UNKNOWABLE] = "fathom.quic.unknowable", [SMOOTHED] = "fathom.quic.rtt_smoothed", [LEAST] = "fathom.quic.rtt_min", [RTT] = "fathom.quic.rtt",
    [LOST_COUNT] = "fathom.quic.lost_count", [LOST_BEFORE] = "fathom.quic.lost_before", [UNCAPTURED] = "fathom.quic.uncaptured",
    [SPURIOUS] = "fathom.quic.spurious", [FLOW_STALL] = "fathom.quic.flow_stall", [STREAM_WAIT] = "fathom.quic.stream_blocked_time",
    [EARLY] = "fathom.quic.early_data", [KEY_UPDATE] = "fathom.quic.key_update",
};

const char *fm_quic_flow_field(unsigned i)
{
    return i < FIELDS ? names[i] : NULL;
}

static void note_span(FmQuicSpan *span, const FmPacket *packet, FmTime time)
{
    span->count++;
    span->total += time;
    if (time <= span->worst)
        return;
    span->worst = time;
    span->worst_at = packet->frame->number;
}

static void note_change(FmQuicFlow *q, const FmPacket *packet, uint64_t kind)
{
    if (!q->moved_at)
        q->moved_at = packet->frame->number;
    q->rebindings += kind == 1;
    q->moves += kind == 2;
    q->returns += kind == 3;
}

void fm_quic_flow_note(FmQuicFlow *q, unsigned i, const FmPacket *packet, const FmNode *node)
{
    unsigned d = packet->flow_direction & 1;
    FmTime time = (FmTime)node->value;
    switch ((Field)i) {
    case HANDSHAKE: q->handshake = time; break;
    case SPIN: q->spin = q->spin ? MIN(q->spin, time) : time; break;
    case AMPLIFICATION: note_span(&q->amplification, packet, time); break;
    case PATH_CHANGE: note_change(q, packet, node->value); break;
    case PATH_RTT: q->path = q->path ? MIN(q->path, time) : time; break;
    case RESET: q->reset = (uint8_t)MAX(q->reset, node->value); break;
    case UNKNOWABLE: q->unknowable = true; break;
    case RTT: /* the packet acknowledges: what follows is of the other side's packets */
        q->least[d] = q->least[d] ? MIN(q->least[d], time) : time;
        q->smoothed[d] = q->smoothed[d] ? (7 * q->smoothed[d] + time) / 8 : time;
        break;
    case SMOOTHED: case LEAST: break;
    case LOST_COUNT: q->lost += node->value; break;
    case LOST_BEFORE: q->lost_before += node->value; break;
    case UNCAPTURED: q->uncaptured += node->value; break;
    case SPURIOUS: q->spurious += node->value; break;
    case FLOW_STALL: note_span(&q->flow_control, packet, time); break;
    case STREAM_WAIT: note_span(&q->streams, packet, time); break;
    case EARLY: q->early = (uint8_t)node->value; break;
    case KEY_UPDATE: q->key_updates = (uint32_t)node->value; break;
    case FIELDS: break;
    }
    if (((Field)i == LOST_COUNT || (Field)i == LOST_BEFORE) && !q->first_lost)
        q->first_lost = packet->frame->number;
}

FmTime fm_quic_flow_rtt(const FmQuicFlow *q)
{
    if (q->smoothed[0] && q->smoothed[1])
        return q->smoothed[0] + q->smoothed[1];
    return q->handshake ? q->handshake : q->spin;
}

FmTime fm_quic_flow_rtt_least(const FmQuicFlow *q)
{
    if (q->least[0] && q->least[1])
        return q->least[0] + q->least[1];
    return q->handshake && q->spin ? MIN(q->handshake, q->spin) : MAX(q->handshake, q->spin);
}

FmTime fm_quic_flow_cost(const FmQuicFlow *q)
{
    return q->amplification.total + q->flow_control.total + q->streams.total;
}

bool fm_quic_flow_eventful(const FmQuicFlow *q)
{
    return fm_quic_flow_cost(q) || q->lost || q->lost_before || q->moved_at || q->reset || q->early || q->key_updates;
}

/* ---- sentences ---- */

static void put_times(FmText *out, uint64_t n, const char *one, const char *many)
{
    fm_text_printf(out, "%" PRIu64 " %s", n, n == 1 ? one : many);
}

static bool put_span(FmText *out, const FmQuicSpan *span, const char *what)
{
    if (!span->count)
        return false;
    fm_text_put(out, what);
    fm_text_char(out, ' ');
    fm_span_text(out, span->total);
    if (span->count > 1) {
        fm_text_printf(out, " in %u times, the longest ", (unsigned)span->count);
        fm_span_text(out, span->worst);
    }
    fm_text_printf(out, " at #%" PRIu64, span->worst_at);
    return true;
}

static bool put_losses(FmText *out, const FmQuicFlow *q)
{
    if (!q->lost && !q->lost_before)
        return false;
    put_times(out, q->lost + q->lost_before, "packet was lost", "packets were lost");
    if (q->lost_before)
        fm_text_printf(out, ", %" PRIu64 " of them before they came here", q->lost_before);
    if (q->spurious)
        fm_text_printf(out, "; %" PRIu64 " arrived after all", q->spurious);
    fm_text_printf(out, ", first told at #%" PRIu64, q->first_lost);
    return true;
}

static bool put_paths(FmText *out, const FmQuicFlow *q)
{
    if (!q->moves && !q->rebindings && !q->returns)
        return false;
    const char *comma = "";
    if (q->moves)
        put_times(out, q->moves, "migration of the client", "migrations of the client");
    comma = q->moves ? ", " : "";
    if (q->rebindings) {
        fm_text_put(out, comma);
        put_times(out, q->rebindings, "rebinding of its address on the way (the same connection id)", "rebindings of its address on the way");
        comma = ", ";
    }
    if (q->returns) {
        fm_text_put(out, comma);
        put_times(out, q->returns, "return to an earlier path", "returns to earlier paths");
    }
    fm_text_printf(out, ", first at #%" PRIu64, q->moved_at);
    return true;
}

static bool put_rtt(FmText *out, const FmQuicFlow *q)
{
    FmTime rtt = fm_quic_flow_rtt(q), least = fm_quic_flow_rtt_least(q);
    if (!rtt)
        return false;
    fm_text_put(out, "round-trip time ");
    fm_span_text(out, rtt);
    if (least && least < rtt) {
        fm_text_put(out, ", shortest ");
        fm_span_text(out, least);
    }
    if (q->handshake) {
        fm_text_put(out, ", in the handshake ");
        fm_span_text(out, q->handshake);
    }
    if (q->spin) {
        fm_text_put(out, ", by the spin bit ");
        fm_span_text(out, q->spin);
    }
    return true;
}

static bool put_rest(FmText *out, const FmQuicFlow *q)
{
    static const char *const early[] = { "", "early data was accepted", "early data was rejected: it was sent again" };
    size_t start = out->size;
    if (q->early && q->early < G_N_ELEMENTS(early))
        fm_text_put(out, early[q->early]);
    if (q->key_updates) {
        fm_text_put(out, out->size > start ? "; " : "");
        put_times(out, q->key_updates, "key update", "key updates");
    }
    return out->size > start;
}

bool fm_quic_flow_text(FmText *out, const FmQuicFlow *q, unsigned i)
{
    for (unsigned topic = 0, told = 0; topic < 9; topic++) {
        g_auto(FmText) text = { 0 };
        bool any = false;
        switch (topic) {
        case 0: any = put_losses(&text, q); break;
        case 1: any = put_span(&text, &q->flow_control, "flow control held a sender back for"); break;
        case 2: any = put_span(&text, &q->streams, "streams waited for lost bytes for"); break;
        case 3: any = put_span(&text, &q->amplification, "the server waited to be allowed more than three times the client's bytes for"); break;
        case 4: any = put_paths(&text, q); break;
        case 5:
            any = q->reset != 0;
            fm_text_put(&text, q->reset == 2 ? "one side has lost the connection: a stateless reset" : "perhaps a stateless reset");
            break;
        case 6: any = put_rest(&text, q); break;
        case 7: any = put_rtt(&text, q); break;
        default:
            any = q->unknowable;
            fm_text_put(&text, "without keys losses, acknowledgments, bytes in flight, streams and flow control can't be known");
            break;
        }
        if (any && told++ == i) {
            fm_text_add(out, text.data, text.size);
            return true;
        }
    }
    return false;
}
