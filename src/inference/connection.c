/* Both directions of a TCP connection: handshake, sequence spaces, who acknowledges whom. */
#include "config.h"

#include "inference/connection.h"

#include "inference/sender.h"

enum { TIMESTAMP_OPTION = 12, DEFAULT_MSS = 1460, LEAST_MSS = 48, FAR = 1 << 30 };

struct FmConnection {
    FmSender sender[2];
    FmTime syn, synack;   /* the latest of each; 0: none */
    uint32_t syn_tsval;   /* of the latest */
    bool syn_again;       /* it was sent twice, and nothing tells which one was answered (Karn) */
    unsigned client;      /* direction of the SYN */
    uint16_t mss[2];      /* options */
    int8_t scale[2];      /* -1: none */
    bool syns[2], sacks[2], handshake_done, timestamps;
    unsigned strays[2];   /* segments far off the window, one after the other */
};

FmConnection *fm_connection_new(void)
{
    FmConnection *c = g_new0(FmConnection, 1);
    c->scale[0] = c->scale[1] = -1;
    return c;
}

void fm_connection_free(FmConnection *c)
{
    if (!c)
        return;
    fm_sender_clear(&c->sender[0]);
    fm_sender_clear(&c->sender[1]);
    g_free(c);
}

void fm_connection_without_series(FmConnection *c)
{
    c->sender[0].series.off = c->sender[1].series.off = true;
}

const FmSender *fm_connection_sender(const FmConnection *c, unsigned direction)
{
    return &c->sender[direction & 1];
}

static void note_handshake(FmConnection *c, const FmSegment *p)
{
    unsigned d = p->direction & 1;
    FmSender *server = &c->sender[!c->client], *client = &c->sender[c->client];
    if ((p->flags & (FM_SEGMENT_SYN | FM_SEGMENT_ACK)) == FM_SEGMENT_SYN) {
        c->client = d;
        c->syn_again = c->syn && !c->synack;
        c->syn = p->time;
        c->syn_tsval = p->tsval;
    } else if (p->flags & FM_SEGMENT_SYN) {
        c->client = !d;
        server = &c->sender[d];
        if (c->syn && !c->synack)
            server->turn.handshake = p->time - c->syn;
        c->syn_again = c->syn_again && !(p->timestamps && p->tsecr == c->syn_tsval);
        c->synack = p->time;
    } else if (c->synack && !c->handshake_done && d == c->client && (p->flags & FM_SEGMENT_ACK)) {
        c->handshake_done = true;
        client->turn.handshake = p->time - c->synack;
        client->turn.receiver_side = server->turn.handshake;
        server->turn.receiver_side = client->turn.handshake;
        if (c->syn && !c->syn_again) {
            fm_rtt_seed(&server->rtt, p->time - c->syn, p->time);
            fm_rtt_seed(&client->rtt, p->time - c->syn, p->time);
        }
    }
}

static void note_options(FmConnection *c, const FmSegment *p)
{
    unsigned d = p->direction & 1;
    if (!(p->flags & FM_SEGMENT_SYN))
        return;
    c->syns[d] = true;
    c->mss[d] = p->mss;
    c->scale[d] = p->scale;
    c->sacks[d] = p->sack_permitted;
    c->timestamps = p->timestamps;
    if (p->flags & FM_SEGMENT_ACK) /* RFC 3168 §6.1.1 */
        c->sender[0].ecn = c->sender[1].ecn = (p->flags & (FM_SEGMENT_ECE | FM_SEGMENT_CWR)) == FM_SEGMENT_ECE;
    if (!c->syns[!d])
        return;
    unsigned mss = MIN(c->mss[0] ? c->mss[0] : 536, c->mss[1] ? c->mss[1] : 536);
    mss -= c->timestamps && mss > TIMESTAMP_OPTION + LEAST_MSS ? TIMESTAMP_OPTION : 0;
    for (unsigned i = 0; i < 2; i++) {
        c->sender[i].mss = MAX(mss, LEAST_MSS);
        c->sender[i].mss_negotiated = true;
        c->sender[i].sack = c->sender[i].board.sack = c->sacks[0] && c->sacks[1];
    }
}

/* A segment far off what is expected changes nothing, unless the third in a row agrees: then the capture has a gap. */
static bool is_stray(FmConnection *c, const FmSegment *p)
{
    unsigned d = p->direction & 1;
    FmSender *s = &c->sender[d];
    if (!s->started)
        return false;
    int32_t distance = fm_seq_distance((uint32_t)s->board.next, p->seq);
    if (distance < FAR && distance > -FAR) {
        c->strays[d] = 0;
        return false;
    }
    if (++c->strays[d] < 3)
        return true;
    c->strays[d] = 0;
    fm_sender_start(s, p->seq);
    return false;
}

FmVerdict fm_connection_add(FmConnection *c, const FmSegment *p)
{
    unsigned d = p->direction & 1;
    FmSender *own = &c->sender[d], *other = &c->sender[!d];
    if (p->flags & FM_SEGMENT_RST)
        return FM_VERDICT_NONE;
    bool syn = p->flags & FM_SEGMENT_SYN;
    if (is_stray(c, p))
        return FM_VERDICT_NONE;
    uint32_t first = p->seq + (syn ? 1 : 0);
    if (!own->started) {
        fm_sender_start(own, first);
        own->midstream = !syn;
    }
    if (!other->started && (p->flags & FM_SEGMENT_ACK)) {
        fm_sender_start(other, p->ack);
        other->midstream = true;
    }
    note_handshake(c, p);
    note_options(c, p);
    if (!syn && !c->syns[d] && p->sacks)
        other->sack = other->board.sack = true;
    uint64_t seq = fm_seq_unwrap(first, own->board.next);
    uint64_t ack = p->flags & FM_SEGMENT_ACK ? fm_seq_unwrap(p->ack, other->board.next) : 0;
    bool scaled = c->scale[0] >= 0 && c->scale[1] >= 0;
    int scale = !c->syns[d] ? -1 : scaled && !syn ? c->scale[d] : 0;
    FmVerdict verdict = fm_sender_data(own, p, ack);
    if (p->flags & FM_SEGMENT_ACK)
        fm_sender_acknowledged(other, p, seq, scale);
    return verdict;
}

void fm_connection_finish(FmConnection *c)
{
    fm_sender_finish(&c->sender[0]);
    fm_sender_finish(&c->sender[1]);
}

bool fm_connection_summary(const FmConnection *c, unsigned direction, FmSenderSummary *summary)
{
    const FmSender *s = &c->sender[direction & 1];
    if (!s->bytes)
        return false;
    *summary = (FmSenderSummary){
        .packets = s->packets,
        .bytes = s->bytes,
        .retransmissions = s->retransmissions,
        .isn = s->isn,
        .mss = s->mss,
        .rtt = s->rtt.smoothed,
        .min_rtt = s->rtt.lifetime_minimum,
        .algorithm = fm_identify(&s->identify),
        .series = &s->series,
    };
    return true;
}
