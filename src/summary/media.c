/* RTP streams and ICE's checks. */
#include "config.h"

#include "summary/media.h"

#include <math.h>
#include <string.h>

#include "flow/flow.h"
#include "model/asked.h"
#include "model/format.h"

enum { MOST_STREAMS = 64, MOST_PAIRS = 256, MOST_ASKED = 1 << 14, STUN_REQUEST = 0x0001, STUN_SUCCESS = 0x0101, STUN_FAILURE = 0x0111 };

typedef enum Role { ROLE_NONE, SSRC, TICKS, PAYLOAD_TYPE, LOST, LATE, REPORTED_RTT, STUN_TYPE, STUN_ID } Role;

static const FmAskedField fields[] = {
    { "rtp.ssrc", SSRC }, { "rtp.timestamp", TICKS }, { "rtp.p_type", PAYLOAD_TYPE }, { "fathom.rtp.lost", LOST }, { "fathom.rtp.late", LATE },
    { "fathom.rtcp.rtt_ms", REPORTED_RTT }, { "stun.type", STUN_TYPE }, { "stun.id", STUN_ID },
};

static void stream_free(gpointer data)
{
    FmMediaStream *s = data;
    g_free(s->kind);
    g_free(s);
}

static void pair_free(gpointer data)
{
    FmMediaPair *p = data;
    g_free(p->ends[0]);
    g_free(p->ends[1]);
    g_free(p);
}

FmMedia *fm_media_new(const FmCatalog *catalog, unsigned kind, uint32_t flow)
{
    FmMedia *m = g_new0(FmMedia, 1);
    m->asked = fm_asked_new(catalog, fields, G_N_ELEMENTS(fields));
    m->streams = g_ptr_array_new_with_free_func(stream_free);
    m->pairs = g_ptr_array_new_with_free_func(pair_free);
    m->asked_at = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    m->kind = kind;
    m->flow = flow;
    return m;
}

void fm_media_free(FmMedia *m)
{
    if (!m)
        return;
    fm_asked_free(m->asked);
    g_ptr_array_unref(m->streams);
    g_ptr_array_unref(m->pairs);
    g_hash_table_unref(m->asked_at);
    g_free(m);
}

/* ---- RTP ---- */

static FmMediaStream *stream_of(FmMedia *m, const FmPacket *packet, uint32_t ssrc)
{
    for (guint i = 0; i < m->streams->len; i++) {
        FmMediaStream *s = m->streams->pdata[i];
        if (s->ssrc == ssrc && s->direction == packet->flow_direction)
            return s;
    }
    if (m->streams->len >= MOST_STREAMS)
        return NULL;
    FmMediaStream *s = g_new0(FmMediaStream, 1);
    s->ssrc = ssrc;
    s->direction = packet->flow_direction;
    s->first_packet = (uint32_t)packet->frame->number;
    s->first = s->last = packet->frame->time;
    g_ptr_array_add(m->streams, s);
    return s;
}

/* The clock is the usual one that is nearest to the pace of the ticks. */
static double clock_of(double pace)
{
    static const double usual[] = { 8000, 16000, 24000, 32000, 44100, 48000, 90000 };
    double best = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(usual); i++)
        if (!best || fabs(log(pace / usual[i])) < fabs(log(pace / best)))
            best = usual[i];
    return pace > 4000 && pace < 180000 ? best : 0;
}

static void take_rtp(FmMedia *m, const FmPacket *packet, uint32_t ssrc, uint32_t ticks, const FmNode *type, uint64_t lost, bool late)
{
    FmMediaStream *s = stream_of(m, packet, ssrc);
    if (!s)
        return;
    FmTime now = packet->frame->time, gap = now - s->last;
    if (s->packets && gap > s->longest) {
        s->longest = gap;
        s->longest_at = (uint32_t)packet->frame->number;
    }
    if (!s->packets)
        s->first_ticks = ticks;
    double span = (double)(now - s->first) / FM_SECOND;
    if (span > 0.2 && !late)
        s->clock = clock_of((uint32_t)(ticks - s->first_ticks) / span);
    if (s->packets && s->clock > 0 && !late) {
        double off = fabs((double)gap / FM_SECOND - (int32_t)(ticks - s->last_ticks) / s->clock);
        s->jitter += (off - s->jitter) / 16;
    }
    if (!s->kind && type) {
        g_auto(FmText) text = { 0 };
        fm_format_named(&text, packet, type);
        s->kind = g_strdup(fm_text_string(&text));
    }
    s->packets++;
    s->bytes += packet->frame->length;
    s->lost += lost;
    s->late += late;
    s->last = now;
    s->last_ticks = ticks;
}

static void read_rtp(FmMedia *m, const FmPacket *packet)
{
    uint32_t ssrc = 0, ticks = 0;
    uint64_t lost = 0;
    const FmNode *type = NULL;
    bool found = false, late = false;
    for (uint32_t i = 0; i < packet->node_count; i++) {
        const FmNode *n = &packet->nodes[i];
        switch (fm_asked_role(m->asked, n->field)) {
        case SSRC:
            ssrc = (uint32_t)n->value;
            found = true;
            break;
        case TICKS: ticks = (uint32_t)n->value; break;
        case PAYLOAD_TYPE: type = n; break;
        case LOST: lost = n->value; break;
        case LATE: late = n->value != 0; break;
        case REPORTED_RTT:
            for (guint k = 0; k < m->streams->len; k++) { /* of those that the reporter hears */
                FmMediaStream *s = m->streams->pdata[k];
                if (s->direction != packet->flow_direction && (int64_t)n->value > 0)
                    s->rtt = (FmTime)n->value * FM_MILLISECOND;
            }
            break;
        default: break;
        }
    }
    if (found)
        take_rtp(m, packet, ssrc, ticks, type, lost, late);
}

/* ---- ICE ---- */

static char *end_of(const FmAddress *address, uint32_t port)
{
    g_auto(FmText) text = { 0 };
    if (address->type != FM_ADDRESS_NONE)
        fm_address_text(&text, address);
    fm_text_printf(&text, " %u", port);
    return g_strdup(fm_text_string(&text));
}

static FmMediaPair *pair_of(FmMedia *m, const FmPacket *packet)
{
    for (guint i = 0; i < m->pairs->len; i++)
        if (((FmMediaPair *)m->pairs->pdata[i])->flow == packet->flow_number)
            return m->pairs->pdata[i];
    if (m->pairs->len >= MOST_PAIRS)
        return NULL;
    FmMediaPair *p = g_new0(FmMediaPair, 1);
    p->flow = packet->flow_number;
    p->first_packet = (uint32_t)packet->frame->number;
    p->ends[0] = end_of(&packet->source, packet->source_port);
    p->ends[1] = end_of(&packet->destination, packet->destination_port);
    g_ptr_array_add(m->pairs, p);
    return p;
}

static void read_stun(FmMedia *m, const FmPacket *packet)
{
    const FmNode *id = NULL;
    uint64_t type = 0;
    for (uint32_t i = 0; i < packet->node_count; i++) {
        unsigned role = fm_asked_role(m->asked, packet->nodes[i].field);
        id = role == STUN_ID ? &packet->nodes[i] : id;
        type = role == STUN_TYPE ? packet->nodes[i].value : type;
    }
    if (!id || packet->flow_kind != FM_FLOW_UDP || (type != STUN_REQUEST && type != STUN_SUCCESS && type != STUN_FAILURE))
        return;
    FmMediaPair *p = pair_of(m, packet);
    g_auto(FmText) key = { 0 };
    fm_text_printf(&key, "%u ", packet->flow_number);
    fm_format_value(&key, packet, id, false);
    if (!p)
        return;
    if (type == STUN_REQUEST) {
        p->checks++;
        if (g_hash_table_size(m->asked_at) < MOST_ASKED && !g_hash_table_contains(m->asked_at, fm_text_string(&key)))
            g_hash_table_insert(m->asked_at, g_strdup(fm_text_string(&key)), g_memdup2(&packet->frame->time, sizeof(FmTime)));
        return;
    }
    const FmTime *asked = g_hash_table_lookup(m->asked_at, fm_text_string(&key));
    FmTime took = asked ? packet->frame->time - *asked : 0;
    p->answers += type == STUN_SUCCESS;
    p->failures += type == STUN_FAILURE;
    if (asked && (!p->rtt || took < p->rtt))
        p->rtt = took;
    g_hash_table_remove(m->asked_at, fm_text_string(&key));
}

void fm_media_packet(FmMedia *m, const FmPacket *packet)
{
    read_stun(m, packet);
    if (packet->flow_kind == m->kind && packet->flow_number == m->flow)
        read_rtp(m, packet);
}
