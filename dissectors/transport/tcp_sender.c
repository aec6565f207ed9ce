/* Fields of the inference: of the sender of this payload, or, where a segment has none, of the sender whose data it acknowledges. */
#include "config.h"

#include "dissectors/transport/tcp_sender.h"

#include "inference/band.h"
#include "inference/connection.h"

enum { VERDICT, RTT, IN_FLIGHT, CWND, CWND_LOW, CWND_HIGH, CONFIDENCE, PHASE, LIMITED_BY, ALGORITHM, UNKNOWN };

static const FmName verdicts[] = {
    { FM_VERDICT_NEW, 0, "new data" }, { FM_VERDICT_FAST_RETRANSMIT, 0, "fast retransmission" }, { FM_VERDICT_RECOVERY, 0, "retransmission in recovery" },
    { FM_VERDICT_TIMEOUT, 0, "retransmission by timeout" }, { FM_VERDICT_GO_BACK, 0, "retransmission after timeout" },
    { FM_VERDICT_TAIL_PROBE, 0, "tail loss probe" }, { FM_VERDICT_NEEDLESS, 0, "needless retransmission" }, { FM_VERDICT_REORDERED, 0, "late first copy" },
    { FM_VERDICT_NETWORK_DUPLICATE, 0, "duplicate" }, { FM_VERDICT_KEEP_ALIVE, 0, "keep-alive" }, { FM_VERDICT_WINDOW_PROBE, 0, "window probe" }, { 0 },
};
static const FmName phases[] = {
    { FM_PHASE_SLOW_START, 0, "slow start" }, { FM_PHASE_AVOIDANCE, 0, "avoidance" }, { FM_PHASE_RECOVERY, 0, "recovery" },
    { FM_PHASE_TIMEOUT, 0, "timeout" }, { FM_PHASE_DRAIN, 0, "drain" }, { FM_PHASE_PROBE_RTT, 0, "probe RTT" }, { 0 },
};
static const FmName limits[] = {
    { FM_LIMIT_NETWORK, 0, "network" }, { FM_LIMIT_RECEIVER, 0, "receiver" }, { FM_LIMIT_APPLICATION, 0, "application" }, { 0 },
};
static const FmName algorithms[] = {
    { FM_ALGORITHM_UNKNOWN, 0, "unknown" }, { FM_ALGORITHM_RENO, 0, "reno" }, { FM_ALGORITHM_CUBIC, 0, "cubic" }, { FM_ALGORITHM_BBR, 0, "bbr" }, { 0 },
};

static const FmName reasons[] = {
    { FM_UNKNOWN_SHORT, 0, "it sent too little" }, { FM_UNKNOWN_NOT_LIMITED, 0, "the network hardly held it back" },
    { FM_UNKNOWN_SLOW_START, 0, "it never left slow start" }, { FM_UNKNOWN_NO_LOSS, 0, "it had no losses to judge by" },
    { FM_UNKNOWN_AMBIGUOUS, 0, "what it did fits none or several" }, { 0 },
};

static const FmField fields[] = {
    [VERDICT] = { "fathom.tcp.verdict", "What the segment is", FM_UINT8, FM_DEC, .names = verdicts, .generated = true, .hidden = true },
    [RTT] = { "fathom.tcp.rtt", "Round-trip time of the sender", FM_RELATIVE_TIME, .generated = true, .hidden = true },
    [IN_FLIGHT] = { "fathom.tcp.in_flight", "Bytes in flight as the sender counts them", FM_UINT32, FM_DEC, .generated = true, .hidden = true },
    [CWND] = { "fathom.tcp.cwnd", "Congestion window", FM_UINT32, FM_DEC, .generated = true, .hidden = true },
    [CWND_LOW] = { "fathom.tcp.cwnd_low", "Congestion window, at least", FM_UINT32, FM_DEC, .generated = true, .hidden = true },
    [CWND_HIGH] = { "fathom.tcp.cwnd_high", "Congestion window, at most", FM_UINT32, FM_DEC, .generated = true, .hidden = true },
    [CONFIDENCE] = { "fathom.tcp.cwnd_confidence", "Confidence in the congestion window in percent", FM_UINT8, FM_DEC, .generated = true, .hidden = true },
    [PHASE] = { "fathom.tcp.phase", "Phase of the congestion control", FM_UINT8, FM_DEC, .names = phases, .generated = true, .hidden = true },
    [LIMITED_BY] = { "fathom.tcp.limited_by", "What holds the sender back", FM_UINT8, FM_DEC, .names = limits, .generated = true, .hidden = true },
    [ALGORITHM] = { "fathom.tcp.algorithm", "Congestion control so far", FM_UINT8, FM_DEC, .names = algorithms, .generated = true, .hidden = true },
    [UNKNOWN] = { "fathom.tcp.algorithm_unknown", "Congestion control is not known because", FM_UINT8, FM_DEC, .names = reasons, .generated = true, .hidden = true },
};

typedef struct State { /* of the flow */
    FmConnection *connection; /* NULL: not begun, or over */
    uint8_t fins;             /* by direction, as bits */
    bool over;
} State;

typedef struct Memo {
    FmTime rtt;
    uint32_t in_flight, cwnd, low, high;
    uint8_t verdict, confidence, phase, limit, algorithm, unknown;
    bool known;
} Memo;

const FmProtocol fm_tcp_sender;

static void release(void *memory)
{
    State *state = memory;
    fm_connection_free(state->connection);
}

static uint32_t narrow(uint64_t bytes)
{
    return (uint32_t)MIN(bytes, UINT32_MAX);
}

static void remember(Memo *memo, const FmSender *s)
{
    if (!s->packets)
        return;
    FmBand band = fm_sender_band(s);
    memo->known = true;
    memo->rtt = s->rtt.smoothed;
    memo->in_flight = narrow((uint64_t)fm_board_pipe(&s->board) * s->mss);
    memo->cwnd = narrow(band.point);
    memo->low = narrow(band.low);
    memo->high = narrow(band.high);
    memo->confidence = (uint8_t)(100 * band.confidence + 0.5);
    memo->phase = (uint8_t)s->phase;
    memo->limit = (uint8_t)s->limit;
    memo->algorithm = (uint8_t)fm_identify(&s->identify);
    memo->unknown = (uint8_t)fm_sender_unknown(s);
}

static void follow(State *state, Memo *memo, const FmSegment *p)
{
    if (state->over || p->time == FM_TIME_NONE)
        return;
    if (!state->connection) {
        state->connection = fm_connection_new();
        fm_connection_without_series(state->connection);
    }
    memo->verdict = (uint8_t)fm_connection_add(state->connection, p);
    remember(memo, fm_connection_sender(state->connection, p->length ? p->direction : !p->direction));
    state->fins |= p->flags & FM_SEGMENT_FIN ? (uint8_t)(1u << p->direction) : 0;
    state->over = (p->flags & FM_SEGMENT_RST) || (state->fins == 3 && !p->length && !(p->flags & FM_SEGMENT_FIN));
    if (state->over)
        g_clear_pointer(&state->connection, fm_connection_free);
}

bool tcp_sender_wanted(const FmDissection *d)
{
    return d->keeping || d->replaying || fm_asked(d, &fm_tcp_sender);
}

void tcp_sender_put(FmDissection *d, const FmSegment *segment)
{
    FmTableUse before = fm_use(d, &fm_tcp_sender);
    Memo *memo = fm_memo(d);
    State *state = !fm_replaying(d) && d->flow ? fm_state(d) : NULL;
    if (state)
        follow(state, memo, segment);
    if (segment->length && memo->verdict)
        fm_make(d, VERDICT, memo->verdict);
    if (memo->known) {
        if (memo->rtt)
            fm_make(d, RTT, (uint64_t)memo->rtt);
        fm_make(d, IN_FLIGHT, memo->in_flight);
        if (memo->cwnd) {
            fm_make(d, CWND, memo->cwnd);
            fm_make(d, CWND_LOW, memo->low);
            fm_make(d, CWND_HIGH, memo->high);
            fm_make(d, CONFIDENCE, memo->confidence);
        }
        fm_make(d, PHASE, memo->phase);
        fm_make(d, LIMITED_BY, memo->limit);
        fm_make(d, ALGORITHM, memo->algorithm);
        if (memo->unknown)
            fm_make(d, UNKNOWN, memo->unknown);
    }
    fm_unuse(d, before);
}

static void part_dissect(FmDissection *d, FmCursor *c)
{
}

const FmProtocol fm_tcp_sender = {
    .abbrev = "tcp",
    .title = "TCP sender",
    FM_FIELDS(fields),
    .dissect = part_dissect,
    .state_size = sizeof(State),
    .release = release,
    .memo_size = sizeof(Memo),
    .memo_final = true,
    .part = true,
};
