/* Wireshark's TCP analysis flags, by its rules: computed once, in file order. Estimates of what the sender knew are elsewhere; these
 * exist because scripts filter on them. */
#include "config.h"

#include "dissectors/transport/tcp_flags.h"
#include "dissectors/transport/tcp_payload.h"

extern const FmProtocol fm_tcp_flags;

enum {
    ANALYSIS, ACKS_FRAME, ACK_RTT, INITIAL_RTT, BYTES_IN_FLIGHT, PUSH_BYTES, FLAGS, RETRANSMISSION, FAST_RETRANSMISSION,
    SPURIOUS_RETRANSMISSION, OUT_OF_ORDER, RTO, RTO_FRAME, REUSED_PORTS, LOST_SEGMENT, ACK_LOST_SEGMENT, WINDOW_UPDATE, WINDOW_FULL,
    KEEP_ALIVE, KEEP_ALIVE_ACK, DUPLICATE_ACK_NUM, DUPLICATE_ACK_FRAME, DUPLICATE_ACK, ZERO_WINDOW_PROBE, ZERO_WINDOW, ZERO_WINDOW_PROBE_ACK,
    TFO_SYN, TFO_ACK, TFO_IGNORED,
};

#define NOTE(abbrev, name, level) { abbrev, name, FM_EXPERT, .severity = level, .group = FM_GROUP_SEQUENCE }

static const FmField fields[] = {
    [ANALYSIS] = { "tcp.analysis", "SEQ/ACK analysis", FM_NONE, .generated = true },
    [ACKS_FRAME] = { "tcp.analysis.acks_frame", "This is an ACK to the segment in frame", FM_FRAMENUM, .generated = true },
    [ACK_RTT] = { "tcp.analysis.ack_rtt", "The RTT to ACK the segment was", FM_RELATIVE_TIME, .generated = true },
    [INITIAL_RTT] = { "tcp.analysis.initial_rtt", "iRTT", FM_RELATIVE_TIME, .generated = true },
    [BYTES_IN_FLIGHT] = { "tcp.analysis.bytes_in_flight", "Bytes in flight", FM_UINT32, FM_DEC, .generated = true },
    [PUSH_BYTES] = { "tcp.analysis.push_bytes_sent", "Bytes sent since last PSH flag", FM_UINT32, FM_DEC, .generated = true },
    [FLAGS] = { "tcp.analysis.flags", "TCP Analysis Flags", FM_NONE, .generated = true },
    [RETRANSMISSION] = NOTE("tcp.analysis.retransmission", "This frame is a (suspected) retransmission", FM_NOTE),
    [FAST_RETRANSMISSION] = NOTE("tcp.analysis.fast_retransmission", "This frame is a (suspected) fast retransmission", FM_NOTE),
    [SPURIOUS_RETRANSMISSION] = NOTE("tcp.analysis.spurious_retransmission", "This frame is a (suspected) spurious retransmission", FM_NOTE),
    [OUT_OF_ORDER] = NOTE("tcp.analysis.out_of_order", "This frame is a (suspected) out-of-order segment", FM_WARN),
    [RTO] = { "tcp.analysis.rto", "The RTO for this segment was", FM_RELATIVE_TIME, .generated = true },
    [RTO_FRAME] = { "tcp.analysis.rto_frame", "RTO based on delta from frame", FM_FRAMENUM, .generated = true },
    [REUSED_PORTS] = NOTE("tcp.analysis.reused_ports", "A new tcp session is started with the same ports as an earlier session in this trace", FM_NOTE),
    [LOST_SEGMENT] = NOTE("tcp.analysis.lost_segment", "Previous segment(s) not captured (common at capture start)", FM_WARN),
    [ACK_LOST_SEGMENT] = NOTE("tcp.analysis.ack_lost_segment", "ACKed segment that wasn't captured (common at capture start)", FM_WARN),
    [WINDOW_UPDATE] = NOTE("tcp.analysis.window_update", "TCP window update", FM_CHAT),
    [WINDOW_FULL] = NOTE("tcp.analysis.window_full", "TCP window specified by the receiver is now completely full", FM_WARN),
    [KEEP_ALIVE] = NOTE("tcp.analysis.keep_alive", "TCP keep-alive segment", FM_NOTE),
    [KEEP_ALIVE_ACK] = NOTE("tcp.analysis.keep_alive_ack", "ACK to a TCP keep-alive segment", FM_NOTE),
    [DUPLICATE_ACK_NUM] = { "tcp.analysis.duplicate_ack_num", "Duplicate ACK #", FM_UINT32, FM_DEC, .generated = true },
    [DUPLICATE_ACK_FRAME] = { "tcp.analysis.duplicate_ack_frame", "Duplicate to the ACK in frame", FM_FRAMENUM, .generated = true },
    [DUPLICATE_ACK] = NOTE("tcp.analysis.duplicate_ack", "Duplicate ACK", FM_NOTE),
    [ZERO_WINDOW_PROBE] = NOTE("tcp.analysis.zero_window_probe", "TCP Zero Window Probe", FM_NOTE),
    [ZERO_WINDOW] = NOTE("tcp.analysis.zero_window", "TCP Zero Window segment", FM_WARN),
    [ZERO_WINDOW_PROBE_ACK] = NOTE("tcp.analysis.zero_window_probe_ack", "ACK to a TCP Zero Window Probe", FM_NOTE),
    [TFO_SYN] = NOTE("tcp.analysis.tfo_syn", "TCP SYN with TFO Cookie", FM_NOTE),
    [TFO_ACK] = NOTE("tcp.analysis.tfo_ack", "TCP SYN-ACK accepting TFO data", FM_NOTE),
    [TFO_IGNORED] = NOTE("tcp.analysis.tfo_ignored", "TCP SYN-ACK ignoring TFO data", FM_NOTE),
};

enum { FIN = 0x01, SYN = 0x02, RST = 0x04, PSH = 0x08, ACK = 0x10 };

#define UNACKED_MAX 10000 /* segments remembered per direction, as the reference does */
#define FAST_LIMIT (20 * FM_MILLISECOND)
#define REORDER_LIMIT (3 * FM_MILLISECOND) /* while the RTT is not known */

#define BIT(row) (UINT32_C(1) << (row))

typedef struct Unacked {
    uint32_t seq, next, frame;
    FmTime time;
} Unacked;

typedef struct Side {
    Unacked *unacked; /* oldest first: from unacked_first on */
    uint32_t unacked_first, unacked_count, unacked_room;
    bool unsorted;    /* some segment came out of order: the list is no longer by sequence number as well */
    uint32_t next, next_frame, highest_in_order; /* 0: not known, as in the reference */
    FmTime next_time, last_ack_time;
    uint32_t last_ack, window, last_other_ack_frame; /* frame of the last ACK that was no duplicate */
    uint32_t duplicates, last_flags;
    uint32_t push_bytes;
    uint32_t sack_left[TCP_SACK_BLOCKS], sack_right[TCP_SACK_BLOCKS];
    uint8_t sack_count;
    bool in_flight_valid, push_last, acked_once;
    bool fast_open;   /* its SYN brought a cookie and data */
    uint32_t syn_end; /* behind that data */
} Side;

typedef struct State {
    Side side[2];
    FmTime syn_time, initial_rtt;
    bool started;
} State;

typedef struct Analysis {
    uint32_t flags; /* BIT(row) */
    uint32_t duplicate_num, duplicate_frame, rto_frame, acks_frame, in_flight, push_bytes;
    FmTime rto, rtt, initial_rtt;
    bool any, sacked; /* sacked: its sender has told blocks before */
} Analysis;

static void release(void *memory)
{
    State *state = memory;
    g_free(state->side[0].unacked);
    g_free(state->side[1].unacked);
}

static bool after(uint32_t a, uint32_t b) { return (int32_t)(a - b) > 0; }
static bool before(uint32_t a, uint32_t b) { return (int32_t)(a - b) < 0; }

/* ---- rules on windows and acknowledgements; false: the segment repeats nothing and updates nothing else ---- */

static void check_windows(const TcpSegmentView *v, Side *own, Side *other, Analysis *a)
{
    bool plain = !(v->flags & (SYN | FIN | RST));
    if (v->length == 1 && v->seq == own->next && other->window == 0) {
        a->flags |= BIT(ZERO_WINDOW_PROBE);
        return;
    }
    if (v->window == 0 && plain)
        a->flags |= BIT(ZERO_WINDOW);
    if (own->next && after(v->seq, own->next) && !(v->flags & RST)) {
        a->flags |= BIT(LOST_SEGMENT);
        own->in_flight_valid = false;
    }
    if (v->length <= 1 && v->seq == own->next - 1 && plain)
        a->flags |= BIT(KEEP_ALIVE);
    bool repeats = v->length == 0 && v->seq == own->next && v->ack == own->last_ack && plain;
    if (repeats && v->window && v->window != own->window)
        a->flags |= BIT(WINDOW_UPDATE);
    unsigned shift = other->acked_once && v->peer_scale > 0 ? (unsigned)v->peer_scale : 0;
    if (v->length && v->peer_scale != -1 && plain && v->seq + v->length == other->last_ack + (other->window << shift))
        a->flags |= BIT(WINDOW_FULL);
    if (repeats && v->window && v->window == own->window && (other->last_flags & BIT(KEEP_ALIVE))) {
        a->flags |= BIT(KEEP_ALIVE_ACK);
        return;
    }
    if (v->length == 0 && v->window == 0 && own->window == 0 && v->seq == own->next && plain &&
        (v->ack == own->last_ack || v->ack == own->last_ack + 1) && (other->last_flags & BIT(ZERO_WINDOW_PROBE))) {
        a->flags |= BIT(ZERO_WINDOW_PROBE_ACK);
        if (v->ack == own->last_ack + 1) { /* the probe's byte was taken */
            other->next = v->ack;
            other->highest_in_order = v->ack;
        }
        return;
    }
    if (repeats && v->window && v->window == own->window) {
        a->flags |= BIT(DUPLICATE_ACK);
        a->duplicate_num = ++own->duplicates;
        a->duplicate_frame = own->last_other_ack_frame;
    }
}

/* ---- rules on segments that do not advance ---- */

static void check_repeats(const TcpSegmentView *v, Side *own, const Side *other, FmTime initial_rtt, FmTime now, Analysis *a)
{
    if ((!v->length && !(v->flags & (SYN | FIN))) || (a->flags & BIT(KEEP_ALIVE)))
        return;
    uint32_t end = v->seq + v->length, next = end + (v->flags & (SYN | FIN) ? 1 : 0);
    bool behind = own->next && before(v->seq, own->next);
    if (v->length > 1 && own->next - 1 == v->seq)
        behind = false; /* goes on behind a probe's byte */
    if (v->length && other->last_ack && !after(end, other->last_ack)) {
        a->flags |= BIT(SPURIOUS_RETRANSMISSION);
        return;
    }
    if (!behind)
        return;
    bool soon = other->last_ack_time != FM_TIME_NONE && now - other->last_ack_time < FAST_LIMIT;
    if (soon && other->duplicates >= 2 && other->last_ack == v->seq) {
        a->flags |= BIT(FAST_RETRANSMISSION);
        return;
    }
    FmTime limit = initial_rtt ? initial_rtt : REORDER_LIMIT;
    if (now - own->next_time < limit && own->next != next) {
        a->flags |= BIT(OUT_OF_ORDER);
        return;
    }
    a->flags |= BIT(RETRANSMISSION);
    a->rto = now - own->next_time;
    a->rto_frame = own->next_frame;
    if (own->unacked_count) { /* the oldest that was not acknowledged */
        a->rto = now - own->unacked[own->unacked_first].time;
        a->rto_frame = own->unacked[own->unacked_first].frame;
    }
}

/* ---- the list of what is not acknowledged ---- */

static void remember(Side *own, const TcpSegmentView *v, uint32_t next, uint32_t frame, FmTime now)
{
    if (own->unacked_count == UNACKED_MAX)
        return;
    if (own->unacked_count == 0) {
        own->unacked_first = 0;
        own->unsorted = false;
    } else if (before(v->seq, own->unacked[own->unacked_first + own->unacked_count - 1].next)) {
        own->unsorted = true;
    }
    if (own->unacked_first + own->unacked_count == own->unacked_room) {
        if (own->unacked_first > own->unacked_room / 2) {
            memmove(own->unacked, own->unacked + own->unacked_first, own->unacked_count * sizeof(Unacked));
            own->unacked_first = 0;
        } else {
            own->unacked_room = own->unacked_room ? own->unacked_room * 2 : 2;
            own->unacked = g_renew(Unacked, own->unacked, own->unacked_room);
        }
    }
    own->unacked[own->unacked_first + own->unacked_count++] = (Unacked){ v->seq, next, frame, now };
}

static void acknowledge(Side *other, uint32_t ack, FmTime now, Analysis *a)
{
    if (!other->unacked_count)
        return;
    Unacked *u = other->unacked + other->unacked_first;
    uint32_t n = other->unacked_count, kept = 0, i = 0;
    if (!other->unsorted) { /* what is acknowledged stands in front */
        for (; i < n && !after(u[i].next, ack); i++)
            if (ack == u[i].next && !a->acks_frame) {
                a->acks_frame = u[i].frame;
                a->rtt = now - u[i].time;
            }
        if (i < n && after(ack, u[i].seq))
            u[i].seq = ack;
        other->unacked_first += i;
        other->unacked_count -= i;
        return;
    }
    for (; i < n; i++) {
        if (ack == u[i].next) {
            if (!a->acks_frame) { /* sent twice: the oldest counts */
                a->acks_frame = u[i].frame;
                a->rtt = now - u[i].time;
            }
            continue;
        }
        if (after(ack, u[i].next))
            continue;
        if (after(ack, u[i].seq))
            u[i].seq = ack;
        u[kept++] = u[i];
    }
    other->unacked_count = kept;
}

/* The span of the list, relative to the sender's first sequence number. */
static uint32_t span(const Side *own, uint32_t base)
{
    const Unacked *u = own->unacked + own->unacked_first;
    uint32_t n = own->unacked_count, first = u[0].seq - base, last = u[n - 1].next - base;
    for (uint32_t i = 0; own->unsorted && i < n; i++) {
        first = MIN(first, u[i].seq - base);
        last = MAX(last, u[i].next - base);
    }
    return last - first;
}

static void count_in_flight(Side *own, const Side *other, const TcpSegmentView *v, Analysis *a)
{
    if (!v->length || !own->unacked_count || !own->in_flight_valid)
        return;
    a->any = true;
    uint32_t in_flight = span(own, v->base) - (v->flags & (SYN | FIN) ? 1 : 0);
    for (unsigned i = 0; i < other->sack_count; i++)
        in_flight -= other->sack_right[i] - other->sack_left[i];
    if (!in_flight || in_flight >= 2000000000) /* more is known to have arrived than is known to be sent */
        return;
    a->in_flight = in_flight;
    own->push_bytes = own->push_last ? v->length : own->push_bytes + v->length;
    own->push_last = (v->flags & PSH) != 0;
    a->push_bytes = own->push_bytes;
}

/* ---- a segment ---- */

/* From the latest SYN to the first segment that acknowledges, is no SYN, and comes at another time. */
static void find_initial_rtt(State *state, const TcpSegmentView *v, FmTime now)
{
    uint64_t handshake = v->flags & (SYN | ACK);
    if (handshake == SYN) {
        state->syn_time = now; /* a SYN at time 0 is none to the reference */
    } else if (handshake == ACK && state->syn_time && !state->initial_rtt) {
        state->initial_rtt = now - state->syn_time;
    }
}

static void analyze(FmDissection *d, State *state, const TcpSegmentView *v, Analysis *a)
{
    Side *own = &state->side[d->direction], *other = &state->side[!d->direction];
    FmTime now = fm_frame_time(d);
    uint32_t frame = fm_frame_number(d);
    if (!state->started) {
        state->started = true;
        own->last_ack_time = other->last_ack_time = own->next_time = other->next_time = FM_TIME_NONE;
        own->in_flight_valid = other->in_flight_valid = true;
        own->window = other->window = UINT32_MAX; /* not known */
    }
    if (v->reused)
        a->flags |= BIT(REUSED_PORTS);
    if (v->flags & ACK)
        other->in_flight_valid = true;
    check_windows(v, own, other, a);
    if (v->ack != own->last_ack) {
        own->last_other_ack_frame = frame;
        own->duplicates = 0;
    }
    if (other->highest_in_order && after(v->ack, other->highest_in_order) && (v->flags & ACK)) {
        /* Told once until the peer acknowledges anew; the reference marks that in the count of its duplicates. */
        bool gap = other->highest_in_order != other->next;
        if (gap || !other->duplicates)
            a->flags |= BIT(ACK_LOST_SEGMENT);
        if (gap)
            other->highest_in_order = other->next;
        else
            other->duplicates = UINT32_MAX;
        a->any = true;
    }
    check_repeats(v, own, other, state->initial_rtt, now, a);
    if ((v->flags & SYN) && v->length && !(v->flags & ACK))
        own->syn_end = v->seq + 1 + v->length;
    if ((v->flags & (SYN | ACK)) == (SYN | ACK) && other->fast_open)
        a->flags |= v->ack == other->syn_end ? BIT(TFO_ACK) : BIT(TFO_IGNORED);

    uint32_t next = v->seq + v->length;
    if (v->length || (v->flags & (SYN | FIN))) {
        if (v->flags & (SYN | FIN))
            next++;
        remember(own, v, next, frame, now);
    }
    if ((after(next, own->next) || !own->next) && !(a->flags & BIT(ZERO_WINDOW_PROBE))) {
        own->next = next;
        own->next_frame = frame;
        own->next_time = now;
    }
    if ((v->seq == own->highest_in_order || !own->highest_in_order) && !(a->flags & BIT(ZERO_WINDOW_PROBE)))
        own->highest_in_order = own->next;
    own->window = v->window;
    own->last_ack = v->ack;
    own->last_ack_time = now;
    own->last_flags = a->flags;
    acknowledge(other, v->ack, now, a);
    count_in_flight(own, other, v, a);
    if (v->flags & ACK && !(v->flags & SYN))
        own->acked_once = true;
    find_initial_rtt(state, v, now);
    a->initial_rtt = state->initial_rtt;
    a->sacked = own->sack_count != 0;
    a->any |= a->flags || a->acks_frame || a->in_flight || a->push_bytes;
}

void tcp_flags_fast_open(FmDissection *d, uint64_t flags, bool cookie)
{
    if ((flags & (SYN | ACK)) != SYN || !cookie)
        return;
    FmTableUse before = fm_use(d, &fm_tcp_flags);
    fm_expert(d, TFO_SYN);
    if (d->flow && fm_ok(d)) {
        Side *own = &((State *)fm_state(d))->side[d->direction];
        own->fast_open = own->syn_end != 0;
    }
    fm_unuse(d, before);
}

void tcp_flags_sack(FmDissection *d, const void *memo, const TcpOptions *options)
{
    const Analysis *a = memo;
    if (!d->flow || (!a->sacked && !options->sack_count))
        return;
    FmTableUse before = fm_use(d, &fm_tcp_flags);
    State *state = fm_state(d);
    fm_unuse(d, before);
    Side *own = &state->side[d->direction];
    own->sack_count = options->sack_count;
    memcpy(own->sack_left, options->sack_left, sizeof own->sack_left);
    memcpy(own->sack_right, options->sack_right, sizeof own->sack_right);
}

bool tcp_flags_wanted(FmDissection *d)
{
    return d->want_info || d->keeping || d->replaying || fm_wants_notes(d) || fm_asked(d, &fm_tcp_flags);
}

const void *tcp_flags_visit(FmDissection *d, const TcpSegmentView *view)
{
    FmTableUse before = fm_use(d, &fm_tcp_flags);
    Analysis *a = fm_memo(d);
    State *state = !fm_replaying(d) && d->flow && view ? fm_state(d) : NULL;
    if (state)
        analyze(d, state, view, a);
    fm_unuse(d, before);
    return a;
}

bool tcp_flags_spurious(const void *memo)
{
    const Analysis *a = memo;
    return a && a->flags & BIT(SPURIOUS_RETRANSMISSION);
}

bool tcp_flags_keep_alive(const void *memo)
{
    const Analysis *a = memo;
    return a && a->flags & BIT(KEEP_ALIVE);
}

FmArrival tcp_flags_arrival(const void *memo)
{
    const Analysis *a = memo;
    if (a && a->flags & (BIT(RETRANSMISSION) | BIT(SPURIOUS_RETRANSMISSION)))
        return FM_ARRIVAL_REPEATED;
    return a && a->flags & BIT(OUT_OF_ORDER) ? FM_ARRIVAL_LATE : FM_ARRIVAL_NEW;
}

/* ---- fields ---- */

static const struct {
    uint8_t row;
    const char *prefix;
} notes[] = { /* in the order of the tree; each prefix goes in front of those before it */
    { RETRANSMISSION, "[TCP Retransmission] " }, { FAST_RETRANSMISSION, "[TCP Fast Retransmission] " },
    { SPURIOUS_RETRANSMISSION, "[TCP Spurious Retransmission] " }, { OUT_OF_ORDER, "[TCP Out-Of-Order] " },
    { REUSED_PORTS, "[TCP Port numbers reused] " }, { LOST_SEGMENT, "[TCP Previous segment not captured] " },
    { ACK_LOST_SEGMENT, "[TCP ACKed unseen segment] " }, { WINDOW_UPDATE, "[TCP Window Update] " }, { WINDOW_FULL, "[TCP Window Full] " },
    { KEEP_ALIVE, "[TCP Keep-Alive] " }, { KEEP_ALIVE_ACK, "[TCP Keep-Alive ACK] " }, { DUPLICATE_ACK, NULL },
    { ZERO_WINDOW_PROBE, "[TCP ZeroWindowProbe] " }, { ZERO_WINDOW, "[TCP ZeroWindow] " },
    { ZERO_WINDOW_PROBE_ACK, "[TCP ZeroWindowProbeAck] " }, { TFO_SYN, NULL }, { TFO_ACK, NULL }, { TFO_IGNORED, NULL },
};

/* Notes hang below the node before them; here that is the subtree itself. */
static void put_note(FmDissection *d, unsigned row)
{
    d->depth--;
    fm_expert(d, row);
    d->depth++;
}

static void put_duplicate(FmDissection *d, const Analysis *a)
{
    fm_make(d, DUPLICATE_ACK_NUM, a->duplicate_num);
    fm_make(d, DUPLICATE_ACK_FRAME, a->duplicate_frame);
    fm_expert_text(d, DUPLICATE_ACK, "Duplicate ACK (#%u)", a->duplicate_num);
    fm_info_before(d, "[TCP Dup ACK %u#%u] ", a->duplicate_frame, a->duplicate_num);
}

static void put_notes(FmDissection *d, const Analysis *a)
{
    FmCursor nowhere = { .start = NULL };
    FmSubtree flags = fm_open(d, FLAGS, &nowhere);
    for (size_t i = 0; i < G_N_ELEMENTS(notes); i++) {
        unsigned row = notes[i].row;
        if (!(a->flags & BIT(row)))
            continue;
        if (row == DUPLICATE_ACK) {
            fm_make(d, DUPLICATE_ACK, 0);
            fm_label(d, DUPLICATE_ACK, "This is a TCP duplicate ack");
            d->depth--;
            put_duplicate(d, a);
            d->depth++;
            continue;
        }
        put_note(d, row);
        if (row == FAST_RETRANSMISSION || row == SPURIOUS_RETRANSMISSION)
            put_note(d, RETRANSMISSION);
        if (notes[i].prefix)
            fm_info_before(d, "%s", notes[i].prefix);
        if (row == RETRANSMISSION && a->rto) {
            fm_make(d, RTO, (uint64_t)a->rto);
            fm_make(d, RTO_FRAME, a->rto_frame);
        }
    }
    fm_close(d, flags, &nowhere);
}

static void put_analysis(FmDissection *d, const Analysis *a)
{
    FmCursor nowhere = { .start = NULL };
    FmSubtree tree = fm_open(d, ANALYSIS, &nowhere);
    if (a->acks_frame)
        fm_make(d, ACKS_FRAME, a->acks_frame);
    if (a->rtt)
        fm_make(d, ACK_RTT, (uint64_t)a->rtt);
    if (a->initial_rtt)
        fm_make(d, INITIAL_RTT, (uint64_t)a->initial_rtt);
    if (a->in_flight)
        fm_make(d, BYTES_IN_FLIGHT, a->in_flight);
    if (a->push_bytes)
        fm_make(d, PUSH_BYTES, a->push_bytes);
    if (a->flags)
        put_notes(d, a);
    fm_close(d, tree, &nowhere);
}

void tcp_flags_put(FmDissection *d, const void *memo)
{
    const Analysis *a = memo;
    if (!a->any)
        return;
    FmTableUse before = fm_use(d, &fm_tcp_flags);
    if (!fm_quiet(d) || (a->flags && d->want_info))
        put_analysis(d, a);
    fm_unuse(d, before);
}

static void part_dissect(FmDissection *d, FmCursor *c)
{
    (void)d;
    (void)c;
}

const FmProtocol fm_tcp_flags = {
    .abbrev = "tcp",
    .title = "TCP analysis",
    FM_FIELDS(fields),
    .dissect = part_dissect,
    .state_size = sizeof(State),
    .release = release,
    .memo_size = sizeof(Analysis),
    .memo_final = true,
    .part = true,
};
