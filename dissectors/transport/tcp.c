/* TCP (RFC 9293): the header, and the payload's way into its stream. */
#include "config.h"

#include "base/checksum.h"
#include "dissectors/transport/tcp_flags.h"
#include "dissectors/transport/tcp_sender.h"
#include "dissectors/transport/tcp_payload.h"
#include "inference/segment.h"

enum {
    TCP, SRCPORT, DSTPORT, STREAM, COMPLETENESS, LEN, SEQ, SEQ_RAW, NXTSEQ, ACKNOWLEDGMENT, ACK_RAW, HDR_LEN, FLAGS, FLAGS_RES, FLAGS_AE, FLAGS_CWR,
    FLAGS_ECE, FLAGS_URG, FLAGS_ACK, FLAGS_PUSH, FLAGS_RESET, FLAGS_SYN, FLAGS_FIN, FLAGS_STR, FLAGS_ACE, WINDOW_VALUE, WINDOW, WINDOW_SCALE,
    CHECKSUM, CHECKSUM_CALCULATED, CHECKSUM_STATUS, URGENT, TIME_RELATIVE, TIME_DELTA, FIN_RETRANSMISSION, CONNECTION_SYN,
    CONNECTION_SYNACK, CONNECTION_FIN, CONNECTION_FIN_ACTIVE, CONNECTION_FIN_PASSIVE, CONNECTION_RST, ACK_NONZERO, URGENT_NONZERO,
    BOGUS_HEADER, CHECKSUM_BAD, CHECKSUM_FFFF, RESET_CAUSE, SHORT_SEGMENT,
};

static const FmName statuses[] = { { 0, 0, "Bad" }, { 1, 0, "Good" }, { 2, 0, "Unverified" }, { 3, 0, "Not present" }, { 4, 0, "Illegal" }, { 0 } };

enum { SEEN_SYN = 1, SEEN_SYNACK = 2, SEEN_ACK = 4, SEEN_DATA = 8, SEEN_FIN = 16, SEEN_RST = 32 };

static void completeness_text(FmText *out, uint64_t seen)
{
    static const FmName names[] = {
        { SEEN_SYN, 0, "Incomplete, SYN_SENT" }, { SEEN_SYN | SEEN_SYNACK, 0, "Incomplete, CLIENT_ESTABLISHED" },
        { 7, 0, "Incomplete, ESTABLISHED" }, { 15, 0, "Incomplete, DATA" }, { 23, 0, "Complete, NO_DATA" }, { 39, 0, "Complete, NO_DATA" },
        { 55, 0, "Complete, NO_DATA" }, { 31, 0, "Complete, WITH_DATA" }, { 47, 0, "Complete, WITH_DATA" },
        { 63, 0, "Complete, WITH_DATA" }, { 0 },
    };
    const char *name = fm_name(names, seen);
    fm_text_put(out, name ? name : "Incomplete");
    fm_text_literal(out, " (");
    fm_text_uint(out, seen);
    fm_text_char(out, ')');
}

enum { FIN = 0x01, SYN = 0x02, RST = 0x04, PSH = 0x08, ACK = 0x10, URG = 0x20, ECE = 0x40, CWR = 0x80, AE = 0x100 };

static const char *const flag_names[] = { "FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR", "AE" };

/* Names of the flags that are set; with `ace` the three ECN bits are a counter. */
static void name_flags(FmText *out, uint64_t flags, bool ace)
{
    if (flags == ACK && !ace) { /* nearly all are one of two */
        fm_text_literal(out, "ACK");
        return;
    }
    if (flags == (ACK | PSH) && !ace) {
        fm_text_literal(out, "PSH, ACK");
        return;
    }
    size_t before = out->size;
    for (unsigned i = 0; i < G_N_ELEMENTS(flag_names); i++)
        if (flags >> i & 1 && !(ace && i >= 6)) {
            if (out->size > before)
                fm_text_literal(out, ", ");
            fm_text_put(out, flag_names[i]);
        }
    if (ace) {
        fm_text_put(out, out->size > before ? ", ACE=" : "ACE=");
        fm_text_uint(out, flags >> 6 & 7);
    }
    if (flags & 0xe00)
        fm_text_put(out, out->size > before ? ", Reserved" : "Reserved");
    if (out->size == before)
        fm_text_literal(out, "<None>");
}

static void flags_line(FmText *out, uint64_t flags)
{
    fm_text_literal(out, "Flags: 0x");
    fm_text_hex(out, flags, 3);
    fm_text_literal(out, " (");
    name_flags(out, flags, false);
    fm_text_char(out, ')');
}

static void header_length_line(FmText *out, uint64_t size)
{
    unsigned words = (unsigned)size / 4;
    fm_text_printf(out, "%u%u%u%u .... = Header Length: %u bytes (%u)", words >> 3 & 1, words >> 2 & 1, words >> 1 & 1, words & 1, (unsigned)size,
                   words);
}

#define FLAG(abbrev, name, mask) { abbrev, name, FM_BOOL16, FM_BASE_NONE, mask, .yes = "Set", .no = "Not set", .bits = 12 }

static const FmField fields[] = {
    [TCP] = { "tcp", "Transmission Control Protocol", FM_PROTOCOL },
    [SRCPORT] = { "tcp.srcport", "Source Port", FM_UINT16, FM_PORT_TCP, .also = "tcp.port" },
    [DSTPORT] = { "tcp.dstport", "Destination Port", FM_UINT16, FM_PORT_TCP, .also = "tcp.port" },
    [STREAM] = { "tcp.stream", "Stream index", FM_UINT32, FM_DEC, .generated = true },
    [COMPLETENESS] = { "tcp.completeness", "Conversation completeness", FM_UINT8, FM_CUSTOM, .format = completeness_text, .generated = true },
    [LEN] = { "tcp.len", "TCP Segment Len", FM_UINT32, FM_DEC, .generated = true },
    [SEQ] = { "tcp.seq", "Sequence Number", FM_UINT32, FM_DEC },
    [SEQ_RAW] = { "tcp.seq_raw", "Sequence Number (raw)", FM_UINT32, FM_DEC },
    [NXTSEQ] = { "tcp.nxtseq", "Next Sequence Number", FM_UINT32, FM_DEC, .generated = true },
    [ACKNOWLEDGMENT] = { "tcp.ack", "Acknowledgment Number", FM_UINT32, FM_DEC },
    [ACK_RAW] = { "tcp.ack_raw", "Acknowledgment number (raw)", FM_UINT32, FM_DEC },
    [HDR_LEN] = { "tcp.hdr_len", "Header Length", FM_UINT8, FM_DEC, .line = header_length_line },
    [FLAGS] = { "tcp.flags", "Flags", FM_UINT16, FM_HEX, 0x0fff, .line = flags_line },
    [FLAGS_RES] = FLAG("tcp.flags.res", "Reserved", 0x0e00),
    [FLAGS_AE] = FLAG("tcp.flags.ae", "Accurate ECN", 0x0100),
    [FLAGS_CWR] = FLAG("tcp.flags.cwr", "Congestion Window Reduced", 0x0080),
    [FLAGS_ECE] = FLAG("tcp.flags.ece", "ECN-Echo", 0x0040),
    [FLAGS_URG] = FLAG("tcp.flags.urg", "Urgent", 0x0020),
    [FLAGS_ACK] = FLAG("tcp.flags.ack", "Acknowledgment", 0x0010),
    [FLAGS_PUSH] = FLAG("tcp.flags.push", "Push", 0x0008),
    [FLAGS_RESET] = FLAG("tcp.flags.reset", "Reset", 0x0004),
    [FLAGS_SYN] = FLAG("tcp.flags.syn", "Syn", 0x0002),
    [FLAGS_FIN] = FLAG("tcp.flags.fin", "Fin", 0x0001),
    [FLAGS_STR] = { "tcp.flags.str", "TCP Flags", FM_STRING, .generated = true },
    [FLAGS_ACE] = { "tcp.flags.ace", "ACE", FM_UINT16, FM_DEC, 0x01c0 },
    [WINDOW_VALUE] = { "tcp.window_size_value", "Window", FM_UINT16, FM_DEC },
    [WINDOW] = { "tcp.window_size", "Calculated window size", FM_UINT32, FM_DEC, .generated = true },
    [WINDOW_SCALE] = { "tcp.window_size_scalefactor", "Window size scaling factor", FM_INT32, FM_DEC, .generated = true },
    [CHECKSUM] = { "tcp.checksum", "Checksum", FM_UINT16, FM_HEX },
    [CHECKSUM_CALCULATED] = { "tcp.checksum_calculated", "Calculated Checksum", FM_UINT16, FM_HEX, .generated = true },
    [CHECKSUM_STATUS] = { "tcp.checksum.status", "Checksum Status", FM_UINT8, FM_BASE_NONE, .names = statuses, .generated = true },
    [URGENT] = { "tcp.urgent_pointer", "Urgent Pointer", FM_UINT16, FM_DEC },
    [TIME_RELATIVE] = { "tcp.time_relative", "Time since first frame in this TCP stream", FM_RELATIVE_TIME, .generated = true },
    [TIME_DELTA] = { "tcp.time_delta", "Time since previous frame in this TCP stream", FM_RELATIVE_TIME, .generated = true },
    [FIN_RETRANSMISSION] = { "tcp.fin_retransmission", "Retransmission of FIN from frame", FM_FRAMENUM, .generated = true },
    [CONNECTION_SYN] = { "tcp.connection.syn", "Connection establish request (SYN)", FM_EXPERT, .severity = FM_CHAT, .group = FM_GROUP_SEQUENCE },
    [CONNECTION_SYNACK] = { "tcp.connection.synack", "Connection establish acknowledge (SYN+ACK)", FM_EXPERT, .severity = FM_CHAT,
                            .group = FM_GROUP_SEQUENCE },
    [CONNECTION_FIN] = { "tcp.connection.fin", "Connection finish (FIN)", FM_EXPERT, .severity = FM_CHAT, .group = FM_GROUP_SEQUENCE },
    [CONNECTION_FIN_ACTIVE] = { "tcp.connection.fin_active", "This frame initiates the connection closing", FM_EXPERT, .severity = FM_NOTE,
                                .group = FM_GROUP_SEQUENCE },
    [CONNECTION_FIN_PASSIVE] = { "tcp.connection.fin_passive", "This frame undergoes the connection closing", FM_EXPERT, .severity = FM_NOTE,
                                 .group = FM_GROUP_SEQUENCE },
    [CONNECTION_RST] = { "tcp.connection.rst", "Connection reset (RST)", FM_EXPERT, .severity = FM_WARN, .group = FM_GROUP_SEQUENCE },
    [ACK_NONZERO] = { "tcp.ack.nonzero", "The acknowledgment number field is nonzero while the ACK flag is not set", FM_EXPERT,
                      .severity = FM_NOTE, .group = FM_GROUP_PROTOCOL },
    [URGENT_NONZERO] = { "tcp.urgent_pointer.non_zero", "The urgent pointer field is nonzero while the URG flag is not set", FM_EXPERT,
                         .severity = FM_NOTE, .group = FM_GROUP_PROTOCOL },
    [BOGUS_HEADER] = { "tcp.bogus_header_length", "Bogus TCP Header length", FM_EXPERT, .severity = FM_ERROR, .group = FM_GROUP_PROTOCOL },
    [CHECKSUM_BAD] = { "tcp.checksum_bad.expert", "Bad checksum", FM_EXPERT, .severity = FM_ERROR, .group = FM_GROUP_CHECKSUM },
    [CHECKSUM_FFFF] = { "tcp.checksum.ffff", "TCP Checksum 0xffff instead of 0x0000 (see RFC 1624)", FM_EXPERT, .severity = FM_WARN,
                        .group = FM_GROUP_CHECKSUM },
    [SHORT_SEGMENT] = { "tcp.short_segment", "Short segment. Segment/fragment does not contain a full TCP header (might be NMAP or someone else "
                        "deliberately sending unusual packets)", FM_EXPERT, .severity = FM_WARN, .group = FM_GROUP_MALFORMED },
    [RESET_CAUSE] = { "tcp.reset_cause", "Reset cause", FM_STRING },
};

enum { PREF_CHECK_CHECKSUM, PREF_RELATIVE, PREF_ANALYZE, PREF_DESEGMENT, PREF_OUT_OF_ORDER };

static const FmPreference preferences[] = {
    [PREF_CHECK_CHECKSUM] = { "tcp.check_checksum", "Validate the TCP checksum if possible", FM_PREF_BOOL, 0 },
    [PREF_RELATIVE] = { "tcp.relative_sequence_numbers", "Relative sequence numbers", FM_PREF_BOOL, 1 },
    [PREF_ANALYZE] = { "tcp.analyze_sequence_numbers", "Analyze TCP sequence numbers", FM_PREF_BOOL, 1 },
    [PREF_DESEGMENT] = { "tcp.desegment_tcp_streams", "Allow subdissector to reassemble TCP streams", FM_PREF_BOOL, 1 },
    [PREF_OUT_OF_ORDER] = { "tcp.reassemble_out_of_order", "Reassemble out-of-order segments", FM_PREF_BOOL, 0 },
};

#define HEADER_SIZE 20

enum { SCALE_UNKNOWN = -1, SCALE_NONE = -2 };

typedef struct TcpSide { /* what one end has sent */
    uint32_t base;      /* sequence number that counts as 0 */
    bool has_base, syn; /* syn: its SYN was seen, so that the base is true */
    int8_t scale;
    uint64_t next;      /* highest sequence number sent, unwrapped, from base */
    uint64_t acked;     /* highest one that the peer has acknowledged, likewise */
    uint32_t fin_frame; /* of its first FIN */
} TcpSide;

typedef struct TcpState {
    TcpSide side[2];
    uint8_t seen;      /* completeness */
    uint8_t closer;    /* 1 + direction that closed first */
    bool started, ace_offered, ace; /* accurate ECN: asked for by the SYN, agreed to by the SYN-ACK */
} TcpState;

typedef struct TcpMemo {
    uint32_t base, other_base; /* of the sender and of its peer */
    uint64_t offset;           /* of the payload in the stream */
    uint64_t received;         /* the peer has acknowledged the bytes before this offset; first visits only */
    int8_t scale, peer_scale;
    uint8_t seen;
    bool closes_first, closes_last, reused, ace;
} TcpMemo;

typedef struct Header {
    uint64_t src, dst, flags, window, checksum, urgent;
    uint32_t seq, ack, size, length; /* length: of the payload on the wire */
    bool known_length, whole; /* whole: the header with its options lies within the segment */
} Header;

/* ---- state ---- */

static uint64_t unwrap(uint32_t relative, uint64_t reference)
{
    return reference + (uint64_t)(int64_t)(int32_t)(relative - (uint32_t)reference);
}

static void start_side(TcpSide *side, uint32_t base, bool syn)
{
    *side = (TcpSide){ .base = base, .has_base = true, .syn = syn, .scale = side->scale };
}

static TcpState *fresh_state(FmDissection *d)
{
    TcpState *state = fm_state(d);
    if (state && !state->started) {
        state->started = true;
        state->side[0].scale = state->side[1].scale = SCALE_UNKNOWN;
        if (d->flow->residue) { /* the flow was forgotten and comes back */
            uint32_t low = (uint32_t)(d->flow->residue >> 32), high = (uint32_t)d->flow->residue;
            if (low)
                start_side(&state->side[0], low, false);
            if (high)
                start_side(&state->side[1], high, false);
        }
    }
    return state;
}

static void note_bases(FmDissection *d, TcpState *state, const Header *h)
{
    TcpSide *own = &state->side[d->direction], *other = &state->side[!d->direction];
    if (!own->has_base || (!own->syn && (h->flags & SYN)))
        start_side(own, h->flags & SYN ? h->seq : h->seq - 1, h->flags & SYN);
    if (!other->has_base && (h->flags & ACK))
        start_side(other, h->ack - 1, false);
    d->flow->residue = (uint64_t)state->side[0].base << 32 | state->side[1].base;
}

static void note_close(FmDissection *d, TcpState *state, const Header *h, TcpMemo *memo)
{
    TcpSide *own = &state->side[d->direction];
    if (h->flags & FIN) {
        if (!own->fin_frame)
            own->fin_frame = fm_frame_number(d);
        if (!state->closer)
            state->closer = (uint8_t)(1 + d->direction);
        memo->closes_first = state->closer == 1 + d->direction;
        memo->closes_last = !memo->closes_first;
    }
    if ((state->side[0].fin_frame && state->side[1].fin_frame) || (h->flags & RST))
        fm_flow_stage(d, FM_FLOW_ENDED);
    else if ((h->length && !(h->flags & SYN)) || (state->seen & 7) == (SEEN_SYN | SEEN_SYNACK | SEEN_ACK))
        fm_flow_stage(d, FM_FLOW_OPEN);
}

/* As the reference counts: the first packet of a conversation only if it is a SYN, a SYN only if it brings a new number. */
static void note_completeness(TcpState *state, const Header *h, bool first, bool base_known)
{
    uint64_t handshake = h->flags & (SYN | ACK);
    if (handshake == SYN && !base_known)
        state->seen |= SEEN_SYN;
    if (first && handshake != SYN)
        return;
    if (handshake == (SYN | ACK))
        state->seen |= SEEN_SYNACK;
    else if (handshake == ACK && !h->length)
        state->seen |= SEEN_ACK;
    if (h->length)
        state->seen |= SEEN_DATA;
    if ((h->flags & (FIN | ACK)) == (FIN | ACK))
        state->seen |= SEEN_FIN;
    if (h->flags & RST)
        state->seen |= SEEN_RST;
}

/* Accurate ECN (draft-ietf-tcpm-accurate-ecn): the three bits of the SYN ask for it, the SYN-ACK's answer tells how the SYN arrived. */
static void note_ace(TcpState *state, const Header *h)
{
    unsigned bits = h->flags >> 6 & 7;
    uint64_t handshake = h->flags & (SYN | ACK);
    if (handshake == SYN)
        state->ace_offered = bits == 7;
    else if (handshake == (SYN | ACK) && state->ace_offered)
        state->ace = bits == 2 || bits == 3 || bits == 4 || bits == 6;
}

/* First visit: brings the state up to this segment, and leaves in the memo what its fields need. */
static void note_acknowledged(TcpSide *other, const Header *h)
{
    uint64_t acked = other->has_base && (h->flags & ACK) ? unwrap(h->ack - other->base, other->next) : 0;
    if ((int64_t)(acked - other->acked) > 0 && (int64_t)(acked - other->next) <= FM_MAX_HOLE)
        other->acked = acked;
}

/* Does this segment acknowledge bytes of the peer that were not captured? Then the capture loses packets at this moment, and a hole in
 * front of the segment is of the same kind: nobody will fill it. */
static bool shows_capture_loss(const TcpSide *other, const Header *h)
{
    if (!other->has_base || !(h->flags & ACK) || !h->length)
        return false;
    int64_t unseen = (int64_t)(unwrap(h->ack - other->base, other->next) - other->next);
    return unseen > 0 && unseen <= FM_MAX_HOLE;
}

static void visit_first(FmDissection *d, const Header *h, TcpMemo *memo)
{
    TcpState *state = fresh_state(d);
    if (!state)
        return;
    TcpSide *own = &state->side[d->direction];
    if (!h->known_length) { /* a fragment: numbers are not taken from it */
        memo->base = own->has_base ? own->base : 0;
        memo->other_base = state->side[!d->direction].has_base ? state->side[!d->direction].base : 0;
        return;
    }
    if ((h->flags & (SYN | ACK)) == SYN && own->has_base && own->base != h->seq) {
        fm_flow_restart(d);
        memo->reused = true;
        state = fresh_state(d);
        own = &state->side[d->direction];
    }
    if ((h->flags & (SYN | ACK)) == (SYN | ACK) && own->has_base && own->base != h->seq) {
        start_side(own, h->seq, true);
        memo->reused = true;
    }
    bool base_known = own->has_base, first = !own->has_base && !state->side[!d->direction].has_base;
    note_bases(d, state, h);
    memo->base = own->base;
    memo->other_base = state->side[!d->direction].has_base ? state->side[!d->direction].base : 0;
    memo->scale = own->scale;
    memo->peer_scale = state->side[!d->direction].scale;
    memo->seen = state->seen;
    uint64_t seq = unwrap(h->seq - own->base, own->next);
    memo->offset = seq + (h->flags & SYN ? 1 : 0);
    memo->received = shows_capture_loss(&state->side[!d->direction], h) ? MAX(memo->offset, own->acked) : own->acked;
    uint64_t end = seq + h->length + (h->flags & SYN ? 1 : 0) + (h->flags & FIN ? 1 : 0);
    if (!(h->flags & RST) && (int64_t)(end - own->next) > 0)
        own->next = end;
    note_acknowledged(&state->side[!d->direction], h);
    note_ace(state, h);
    memo->ace = state->ace && !(h->flags & SYN);
    note_completeness(state, h, first, base_known);
    note_close(d, state, h, memo);
}

/* Window scaling holds when both SYNs carry the option (RFC 7323 §2.2). */
static void note_scale(FmDissection *d, const Header *h, const TcpOptions *o)
{
    TcpState *state = d->flow && (h->flags & SYN) ? fm_state(d) : NULL;
    if (!state)
        return;
    TcpSide *own = &state->side[d->direction], *other = &state->side[!d->direction];
    own->scale = o->wscale >= 0 ? o->wscale : SCALE_NONE;
    if (h->flags & ACK) {
        if (own->scale == SCALE_NONE || other->scale == SCALE_NONE)
            own->scale = other->scale = SCALE_NONE;
    }
}

/* ---- fields ---- */

/* "·······AP···": a place for each bit, the highest first. */
static void put_letters(FmDissection *d, const FmCursor *here, uint64_t flags, bool ace)
{
    static const char letters[] = "FSRPAUECA"; /* from the lowest bit */
    char text[24], *at = text;
    if (!fm_wanted(d, FLAGS_STR))
        return;
    for (unsigned bit = 12; bit-- > 0;) {
        if (ace && bit >= 6 && bit <= 8) {
            *at++ = bit == 7 ? (char)('0' + (flags >> 6 & 7)) : '-';
        } else if (flags >> bit & 1) {
            *at++ = bit > 8 ? 'R' : letters[bit];
        } else {
            memcpy(at, "·", 2);
            at += 2;
        }
    }
    fm_record_blob(d, FLAGS_STR, fm_offset(here), 2, here->buffer, 0, text, (size_t)(at - text));
}

static void put_flags(FmDissection *d, FmCursor *c, const Header *h, const TcpMemo *memo)
{
    FmCursor here = *c;
    fm_add_bits(d, FLAGS, c);
    if (d->want_labels && memo->ace) {
        g_auto(FmText) list = { 0 };
        name_flags(&list, h->flags, memo->ace);
        fm_label(d, FLAGS, "Flags: 0x%03x (%.*s)", (unsigned)h->flags, (int)list.size, list.data);
    }
    fm_down(d);
    fm_add_bits(d, FLAGS_RES, c);
    if (memo->ace) {
        fm_add_bits(d, FLAGS_ACE, c);
    } else {
        fm_add_bits(d, FLAGS_AE, c);
        fm_add_bits(d, FLAGS_CWR, c);
        fm_add_bits(d, FLAGS_ECE, c);
    }
    fm_add_bits(d, FLAGS_URG, c);
    fm_add_bits(d, FLAGS_ACK, c);
    fm_add_bits(d, FLAGS_PUSH, c);
    fm_add_bits(d, FLAGS_RESET, c);
    if (h->flags & RST)
        fm_expert(d, CONNECTION_RST);
    fm_add_bits(d, FLAGS_SYN, c);
    if ((h->flags & (SYN | ACK)) == SYN)
        fm_expert_text(d, CONNECTION_SYN, "Connection establish request (SYN): server port %u", (unsigned)h->dst);
    else if (h->flags & SYN)
        fm_expert_text(d, CONNECTION_SYNACK, "Connection establish acknowledge (SYN+ACK): server port %u", (unsigned)h->src);
    fm_add(d, FLAGS_FIN, c);
    if (h->flags & FIN)
        fm_expert(d, CONNECTION_FIN);
    put_letters(d, &here, h->flags, memo->ace);
    if (memo->closes_first)
        fm_expert(d, CONNECTION_FIN_ACTIVE);
    else if (memo->closes_last)
        fm_expert(d, CONNECTION_FIN_PASSIVE);
    fm_up(d);
}

static void put_title(FmDissection *d, const Header *h, uint32_t seq, uint32_t ack)
{
#define PORTS "Transmission Control Protocol, Src Port: %u, Dst Port: %u, Seq: %u"
    unsigned src = (unsigned)h->src, dst = (unsigned)h->dst;
    if (!h->known_length) {
        fm_title(d, PORTS, src, dst, seq);
        if (h->flags & ACK)
            fm_title_more(d, ", Ack: %u", ack);
    } else if (h->flags & ACK) {
        fm_title(d, PORTS ", Ack: %u, Len: %u", src, dst, seq, ack, h->length);
    } else {
        fm_title(d, PORTS ", Len: %u", src, dst, seq, h->length);
    }
#undef PORTS
}

static void put_info(FmDissection *d, const Header *h, uint32_t seq, uint32_t ack, uint64_t window, bool ace)
{
    FmText *info = fm_info_plain_text(d);
    if (!info)
        return;
    fm_text_uint(info, h->src);
    fm_text_literal(info, " → ");
    fm_text_uint(info, h->dst);
    fm_text_literal(info, " [");
    name_flags(info, h->flags, ace);
    fm_text_literal(info, "] Seq=");
    fm_text_uint(info, seq);
    if (h->flags & ACK) {
        fm_text_literal(info, " Ack=");
        fm_text_uint(info, ack);
    }
    fm_text_literal(info, " Win=");
    fm_text_uint(info, window);
    if (h->flags & URG) {
        fm_text_literal(info, " Urg=");
        fm_text_uint(info, h->urgent);
    }
    if (h->known_length) {
        fm_text_literal(info, " Len=");
        fm_text_uint(info, h->length);
    }
}

static void put_checksum(FmDissection *d, FmCursor *c, const FmCursor *whole)
{
    FmCursor here = *c;
    uint64_t checksum = fm_add(d, CHECKSUM, c);
    unsigned status = 2;
    if (checksum == 0xffff)
        fm_expert(d, CHECKSUM_FFFF);
    if (!fm_preference(d, PREF_CHECK_CHECKSUM) || whole->lost || whole->fragment || d->quoting) {
        fm_label(d, CHECKSUM, "Checksum: 0x%04x [unverified]", (unsigned)checksum);
    } else {
        const FmPacket *p = d->packet;
        bool ipv6 = p->net_source.type == FM_ADDRESS_IPV6;
        uint16_t sum = fm_checksum_pseudo(p->net_source.bytes, p->net_destination.bytes, ipv6 ? 16 : 4, 6, fm_rest(whole));
        uint16_t right = fm_checksum_expected(sum, (uint16_t)checksum);
        status = right == checksum;
        if (status) {
            fm_label(d, CHECKSUM, "Checksum: 0x%04x [correct]", (unsigned)checksum);
        } else {
            fm_label(d, CHECKSUM, "Checksum: 0x%04x incorrect, should be 0x%04x(maybe caused by \"TCP checksum offload\"?)",
                     (unsigned)checksum, right);
            fm_expert_text(d, CHECKSUM_BAD, "Bad checksum [should be 0x%04x]", right);
        }
        fm_make(d, CHECKSUM_CALCULATED, right);
    }
    fm_add_value(d, CHECKSUM_STATUS, &here, 0, status);
}

static uint64_t real_window(const Header *h, const TcpMemo *memo)
{
    return !(h->flags & SYN) && memo->scale > 0 ? h->window << memo->scale : h->window;
}

static void put_window(FmDissection *d, FmCursor *c, const Header *h, const TcpMemo *memo)
{
    FmCursor here = *c;
    fm_add(d, WINDOW_VALUE, c);
    if (!d->quoting) {
        fm_add_value(d, WINDOW, &here, 2, real_window(h, memo));
        if (!(h->flags & SYN)) {
            int64_t factor = memo->scale >= 0 ? INT64_C(1) << memo->scale : memo->scale;
            fm_add_value(d, WINDOW_SCALE, &here, 2, (uint64_t)factor);
            if (factor < 0)
                fm_label(d, WINDOW_SCALE, "Window size scaling factor: %d (%s)", (int)factor, factor == -1 ? "unknown" : "no window scaling used");
        }
    }
}

static void put_numbers(FmDissection *d, FmCursor *c, const Header *h, uint32_t seq, uint32_t ack)
{
    bool relative = fm_preference(d, PREF_RELATIVE);
    fm_add_value(d, SEQ, c, 4, seq);
    if (relative)
        fm_label_more(d, SEQ, "    (relative sequence number)");
    fm_add(d, SEQ_RAW, c);
    if (h->known_length && !d->quoting && h->whole) {
        uint32_t next = seq + h->length + (h->flags & (SYN | FIN) ? 1 : 0);
        fm_make(d, NXTSEQ, next);
        if (relative)
            fm_label_more(d, NXTSEQ, "    (relative sequence number)");
    }
    fm_add_value(d, ACKNOWLEDGMENT, c, 4, ack);
    if ((h->flags & ACK) && relative)
        fm_label_more(d, ACKNOWLEDGMENT, "    (relative ack number)");
    else if (!(h->flags & ACK) && h->ack)
        fm_expert(d, ACK_NONZERO);
    fm_add(d, ACK_RAW, c);
    fm_add_value(d, HDR_LEN, c, 1, h->size);
}

static void put_times(FmDissection *d)
{
    FmTime now = fm_frame_time(d);
    FmCursor nowhere = { .start = NULL };
    FmSubtree times = fm_open_text(d, &nowhere, "Timestamps");
    fm_make(d, TIME_RELATIVE, (uint64_t)(now - d->flow_first));
    fm_make(d, TIME_DELTA, (uint64_t)(d->flow_previous == FM_TIME_NONE ? 0 : now - d->flow_previous));
    fm_close(d, times, &nowhere);
}

/* ---- payload ---- */

static void put_payload(FmDissection *d, FmCursor *payload, const Header *h, const TcpMemo *memo, const void *analysis, bool tells)
{
    if (h->flags & RST) { /* RFC 9293 §3.5.2: a text for people */
        fm_add_bytes(d, RESET_CAUSE, payload, fm_left(payload));
        return;
    }
    bool unordered = !fm_preference(d, PREF_OUT_OF_ORDER);
    TcpPayload p = {
        .source = h->src,
        .destination = h->dst,
        .offset = memo->offset,
        .received = memo->received,
        .fin = h->flags & FIN,
        .spurious = tcp_flags_spurious(analysis),
        .unordered = unordered,
        .arrival = tcp_flags_arrival(analysis),
        .keep_alive = unordered && tcp_flags_keep_alive(analysis),
        .tells = tells,
        .apart = !fm_preference(d, PREF_DESEGMENT),
    };
    tcp_payload_dissect(d, payload, &p);
}

/* ---- the segment ---- */

/* Wireshark's flags, unless the preference switches them off. */
static const void *analyze(FmDissection *d, const Header *h, const TcpMemo *memo, bool tells)
{
    bool needed = tells || !fm_preference(d, PREF_OUT_OF_ORDER); /* what is late is not dissected */
    if (!h->known_length || !(needed || tcp_flags_wanted(d)) || !fm_preference(d, PREF_ANALYZE))
        return NULL;
    TcpSegmentView view = { h->seq, h->ack, h->length, (uint32_t)h->window, h->flags, memo->scale, memo->peer_scale, memo->base, memo->reused };
    return tcp_flags_visit(d, &view);
}

/* The segment as numbers, for those who follow its sender. */
static const FmSegment *make_segment(FmDissection *d, const Header *h, const TcpOptions *o)
{
    FmSegment *s = fm_arena_alloc0(d->arena, sizeof *s);
    *s = (FmSegment){
        .time = d->packet->frame->time,
        .seq = h->seq,
        .ack = h->ack,
        .length = h->length,
        .tsval = o->ts_value,
        .tsecr = o->ts_echo,
        .window = (uint16_t)h->window,
        .flags = (uint16_t)h->flags,
        .ip_id = d->packet->ip_id,
        .mss = o->has_mss ? o->mss : 0,
        .scale = o->wscale > 14 ? 14 : o->wscale,
        .direction = d->direction,
        .sacks = o->sack_count,
        .sack_permitted = o->sack_permitted,
        .timestamps = o->has_timestamps,
    };
    for (unsigned i = 0; i < o->sack_count; i++)
        s->sack[i] = (FmSackBlock){ o->sack_left[i], o->sack_right[i] };
    return s;
}

static void follow_sender(FmDissection *d, const Header *h, const TcpOptions *o)
{
    bool wanted = tcp_sender_wanted(d);
    if (!d->want_segment && !wanted)
        return;
    const FmSegment *s = make_segment(d, h, o);
    if (d->want_segment) {
        d->packet->segment = s;
        d->packet->segment_flow = d->flow_number;
    }
    if (wanted)
        tcp_sender_put(d, s);
}

static Header peek_header(const FmCursor *c)
{
    Header h = {
        .src = fm_peek(c, 0, 2), .dst = fm_peek(c, 2, 2), .seq = (uint32_t)fm_peek(c, 4, 4), .ack = (uint32_t)fm_peek(c, 8, 4),
        .size = (uint32_t)(fm_peek(c, 12, 1) >> 4) * 4, .flags = fm_peek(c, 12, 2) & 0xfff, .window = fm_peek(c, 14, 2),
        .checksum = fm_peek(c, 16, 2), .urgent = fm_peek(c, 18, 2),
    };
    uint64_t wire = fm_left_on_wire(c);
    h.known_length = !c->fragment;
    if (h.size >= HEADER_SIZE && h.size <= wire)
        h.length = (uint32_t)(wire - h.size);
    return h;
}

static void tcp_dissect(FmDissection *d, FmCursor *c)
{
    FmCursor whole = fm_cursor_copy(c);
    Header h = peek_header(c);
    fm_add(d, SRCPORT, c);
    fm_add(d, DSTPORT, c);
    if (!d->quoting && !fm_has(&whole, HEADER_SIZE)) {
        fm_title(d, "Transmission Control Protocol, Src Port: %u, Dst Port: %u", (unsigned)h.src, (unsigned)h.dst);
        fm_info(d, "%u → %u", (unsigned)h.src, (unsigned)h.dst);
        fm_skip(c, HEADER_SIZE);
        return;
    }
    h.whole = h.size >= HEADER_SIZE && h.size <= fm_left_on_wire(&whole);
    bool complete = fm_has(&whole, HEADER_SIZE) && h.whole, quiet = complete && fm_quiet(d);
    if (!d->quoting)
        fm_flow(d, FM_FLOW_TCP, h.src, h.dst);
    static const TcpMemo none = { .scale = SCALE_UNKNOWN };
    const TcpMemo *memo = &none;
    if (!d->quoting) {
        TcpMemo *mine = fm_memo(d);
        if (!fm_replaying(d)) {
            mine->scale = SCALE_UNKNOWN;
            if (complete)
                visit_first(d, &h, mine);
        }
        memo = mine;
        fm_make(d, STREAM, d->flow_number);
        fm_make(d, COMPLETENESS, memo->seen);
        if (h.known_length && h.whole)
            fm_make(d, LEN, h.length);
    }
    if (!h.whole && h.size >= HEADER_SIZE) {
        FmCursor nowhere = *c;
        FmSubtree line = fm_open_text(d, c, "%s", fields[SHORT_SEGMENT].name);
        fm_close(d, line, &nowhere);
        fm_expert(d, SHORT_SEGMENT);
    }
    bool relative = fm_preference(d, PREF_RELATIVE) && !d->quoting && complete;
    uint32_t seq = relative ? h.seq - memo->base : h.seq, ack = relative && (h.flags & ACK) ? h.ack - memo->other_base : h.ack;
    if (!quiet)
        put_numbers(d, c, &h, seq, ack);
    fm_length(d, MAX(h.size, HEADER_SIZE));
    if (fm_has(c, 2) && h.size < HEADER_SIZE) {
        fm_title(d, "Transmission Control Protocol, Src Port: %u, Dst Port: %u", (unsigned)h.src, (unsigned)h.dst);
        fm_label(d, HDR_LEN, "Header Length: %u bytes (bogus, must be at least %u)", h.size, HEADER_SIZE);
        fm_expert_text(d, BOGUS_HEADER, "Bogus TCP header length (%u, must be at least %u)", h.size, HEADER_SIZE);
        fm_info(d, "%u → %u, bogus TCP header length (%u, must be at least %u)", (unsigned)h.src, (unsigned)h.dst, h.size, HEADER_SIZE);
        return;
    }
    bool tells = tcp_payload_tells(d);
    const void *analysis = d->quoting || !complete ? NULL : analyze(d, &h, memo, tells);
    put_info(d, &h, seq, ack, real_window(&h, memo), memo->ace);
    if (quiet) {
        c->at = whole.at + HEADER_SIZE;
    } else {
        put_flags(d, c, &h, memo);
        put_window(d, c, &h, memo);
        put_checksum(d, c, &whole);
        fm_add(d, URGENT, c);
        if (h.urgent && !(h.flags & URG))
            fm_expert(d, URGENT_NONZERO);
    }
    put_title(d, &h, seq, ack);

    TcpOptions options = { .wscale = -1 };
    if (h.size > HEADER_SIZE) {
        FmCursor bytes = fm_take(c, h.size - HEADER_SIZE);
        TcpOptionContext context = { h.flags, h.ack, relative ? memo->other_base : 0 };
        if (fm_left(&bytes))
            tcp_options_dissect(d, &bytes, &context, &options);
    }
    if (!fm_replaying(d) && complete && fm_ok(d)) {
        note_scale(d, &h, &options);
        if (analysis)
            tcp_flags_sack(d, analysis, &options);
    }
    if (!d->quoting && complete && h.known_length)
        follow_sender(d, &h, &options);
    if (!d->quoting && !quiet)
        put_times(d);
    if (analysis && fm_ok(d))
        tcp_flags_put(d, analysis);
    if (complete && (fm_left(c) || ((h.flags & FIN) && !d->quoting)))
        put_payload(d, c, &h, memo, analysis, tells);
}

const FmProtocol fm_tcp = {
    .abbrev = "tcp",
    .name = "TCP",
    .title = "Transmission Control Protocol",
    FM_FIELDS(fields),
    FM_BINDINGS({ FM_IP_PROTO, 6 }),
    FM_PREFERENCES(preferences),
    .dissect = tcp_dissect,
    .state_size = sizeof(TcpState),
    .memo_size = sizeof(TcpMemo),
    .memo_final = true,
};
