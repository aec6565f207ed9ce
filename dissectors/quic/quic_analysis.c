/* QUIC: round-trip times, losses, stalls, paths (RFC 9002, RFC 9312). */
#include "config.h"

#include "dissectors/quic/quic_analysis.h"
#include "dissectors/security/tls.h"

enum {
    HANDSHAKE_RTT, HANDSHAKE_RTT_SERVER, HANDSHAKE_RTT_CLIENT, SPIN_RTT, AMPLIFICATION_STALL, PATH, PATH_CHANGE, PATH_RTT, STATELESS_RESET,
    UNKNOWABLE, RTT, RTT_SMOOTHED, RTT_MIN, IN_FLIGHT, CWND_LEAST, LOST, LOST_COUNT, LOST_BEFORE, UNCAPTURED, SPURIOUS, FLOW_BLOCKED, FLOW_STALL, STREAM_BLOCKED,
    STREAM_BLOCKED_TIME, EARLY_DATA, KEY_UPDATE, ROWS,
};

enum { CHANGE_NONE, CHANGE_REBINDING, CHANGE_MOVE, CHANGE_RETURN };
enum { RESET_NONE, RESET_SUSPECTED, RESET_CERTAIN };
enum { EARLY_NONE, EARLY_ACCEPTED, EARLY_REJECTED };

static const FmName changes[] = {
    { CHANGE_REBINDING, 0, "rebinding: the same id from elsewhere" }, { CHANGE_MOVE, 0, "migration: a new id from elsewhere" },
    { CHANGE_RETURN, 0, "back to an earlier path" }, { 0 },
};
static const FmName resets[] = { { RESET_SUSPECTED, 0, "suspected" }, { RESET_CERTAIN, 0, "certain, by its token" }, { 0 } };
static const FmName verdicts[] = { { EARLY_ACCEPTED, 0, "accepted" }, { EARLY_REJECTED, 0, "rejected" }, { 0 } };

#define P "fathom.quic."
#define SPAN(row, name, title) [row] = { P name, title, FM_RELATIVE_TIME, .generated = true, .hidden = true }
#define NUMBER(row, name, title, type, ...) [row] = { P name, title, type, FM_DEC, .generated = true, .hidden = true, __VA_ARGS__ }

static const FmField fields[ROWS] = {
    SPAN(HANDSHAKE_RTT, "handshake_rtt", "Round-trip time of the handshake"),
    SPAN(HANDSHAKE_RTT_SERVER, "handshake_rtt_server", "From here to the server and back"),
    SPAN(HANDSHAKE_RTT_CLIENT, "handshake_rtt_client", "From here to the client and back"),
    SPAN(SPIN_RTT, "spin_rtt", "Round-trip time by the spin bit"),
    SPAN(AMPLIFICATION_STALL, "amplification_stall", "The server waited for the client's address to be proven"),
    NUMBER(PATH, "path", "Path of the client", FM_UINT8, ),
    NUMBER(PATH_CHANGE, "path_change", "The client's address changed", FM_UINT8, .names = changes),
    SPAN(PATH_RTT, "path_rtt", "Round-trip time of the path's validation"),
    NUMBER(STATELESS_RESET, "stateless_reset", "Stateless reset", FM_UINT8, .names = resets),
    [UNKNOWABLE] = { P "unknowable", "Not to be known without keys", FM_STRING, .generated = true, .hidden = true },
    SPAN(RTT, "rtt", "From here to the receiver and back"),
    SPAN(RTT_SMOOTHED, "rtt_smoothed", "Smoothed round-trip time"),
    SPAN(RTT_MIN, "rtt_min", "Shortest round-trip time"),
    NUMBER(IN_FLIGHT, "in_flight", "Bytes in flight", FM_UINT64, ),
    NUMBER(CWND_LEAST, "cwnd_least", "Congestion window, at least", FM_UINT64, ),
    NUMBER(LOST, "lost", "Packet lost", FM_UINT64, ),
    NUMBER(LOST_COUNT, "lost_count", "Packets lost", FM_UINT32, ),
    NUMBER(LOST_BEFORE, "lost_before", "Packets lost before they came here", FM_UINT32, ),
    NUMBER(UNCAPTURED, "uncaptured", "Packets missed by the capture", FM_UINT32, ),
    NUMBER(SPURIOUS, "spurious", "Packets not lost after all", FM_UINT32, ),
    [FLOW_BLOCKED] = { P "flow_blocked", "Held back by flow control", FM_BOOL8, .generated = true, .hidden = true },
    SPAN(FLOW_STALL, "flow_stall", "Flow control held the sender back"),
    NUMBER(STREAM_BLOCKED, "stream_blocked", "Stream that waited for lost bytes", FM_UINT64, ),
    SPAN(STREAM_BLOCKED_TIME, "stream_blocked_time", "Time that it waited"),
    NUMBER(EARLY_DATA, "early_data", "Early data", FM_UINT8, .names = verdicts),
    NUMBER(KEY_UPDATE, "key_update", "Key update", FM_UINT32, ),
};

enum { MAX_PATHS = 8, MAX_CHALLENGES = 8, MAX_SPIN_SAMPLES = 5 };

/* A client that repeats its first flight after this is not answered to it any more for sure. */
#define SAME_FLIGHT (100 * FM_MILLISECOND)

typedef struct Challenge {
    uint8_t data[8];
    FmTime time;
    uint8_t role;
} Challenge;

typedef struct Spin { /* of one sender */
    FmTime edge, latest;    /* 0: none yet */
    FmTime samples[MAX_SPIN_SAMPLES], least;
    FmTime longest_gap;     /* between two packets since the latest edge */
    uint64_t number;        /* largest packet number, if they are known */
    uint32_t edges, packets, sample_count;
    bool value, begun;
} Spin;

struct QuicAnalysis {
    FmQuicSender *sender[2]; /* by QuicRole; NULL: nothing opened yet */
    /* handshake */
    FmTime initial[2], initial_last, flight_last, rtt_half[2], client_after; /* 0: not yet */
    uint64_t bytes[2];
    bool ambiguous, answered, validated, told_unknowable, told_early;
    /* spin bit */
    Spin spin[2];
    /* paths */
    QuicPath paths[MAX_PATHS];
    unsigned path_count, path;
    uint8_t last_id[FM_FLOW_ID_SIZE], last_id_size; /* that the client's packets bore */
    Challenge challenges[MAX_CHALLENGES];
    unsigned challenge_count;
    FmTime blocked_since[2]; /* by flow control; 0: not */
    uint32_t key_updates;
};

struct QuicFacts { /* what a packet shows: as the fields, 0 or NULL: nothing */
    FmTime handshake, half[2], spin, stall, path_rtt, rtt, smoothed, least, flow_stall, waited[QUIC_MAX_BLOCKED];
    uint64_t in_flight, cwnd, lost[FM_QUIC_LOST], released[QUIC_MAX_BLOCKED];
    uint32_t lost_count, lost_before, uncaptured, spurious, key_update, released_count;
    uint8_t path, path_change, reset, early;
    bool blocked, has_flight, unknowable;
};

static bool wanted(FmDissection *d)
{
    if (d->keeping)
        return true;
    FmTableUse before = fm_use(d, &fm_quic_analysis);
    uint64_t any = d->want[0] & ((UINT64_C(1) << ROWS) - 1);
    fm_unuse(d, before);
    return any;
}

static QuicAnalysis *analysis_of(FmDissection *d, QuicConnection *q)
{
    if (!q || !wanted(d))
        return NULL;
    if (!q->analysis)
        q->analysis = fm_arena_alloc0(fm_flow_arena(d->flow), sizeof *q->analysis);
    return q->analysis;
}

QuicSeen *quic_analysis_begin(FmDissection *d, QuicConnection *q)
{
    return analysis_of(d, q) ? fm_arena_alloc0(d->arena, sizeof(QuicSeen)) : NULL;
}

static QuicFacts *facts_of(FmDissection *d, QuicMemo *memo)
{
    if (!memo->facts)
        memo->facts = fm_arena_alloc0(fm_memo_arena(d), sizeof *memo->facts);
    return memo->facts;
}

/* ---- paths ---- */

QuicPath quic_client_path(const FmDissection *d, QuicRole sender)
{
    if (!d->flow)
        return (QuicPath){ .port = 0 };
    const FmFlowKey *key = &d->flow->key;
    bool low = (fm_direction(d) == 0) == (sender == QUIC_CLIENT);
    QuicPath p = { .port = low ? key->low_port : key->high_port };
    memcpy(p.address, low ? key->low : key->high, sizeof p.address);
    return p;
}

static bool same_path(const QuicPath *a, const QuicPath *b)
{
    return a->port == b->port && memcmp(a->address, b->address, sizeof a->address) == 0;
}

static void note_change(FmDissection *d, QuicAnalysis *a, QuicMemo *memo, const QuicPath *p, bool same_id)
{
    unsigned at = 0;
    while (at < a->path_count && !same_path(&a->paths[at], p))
        at++;
    if (at < a->path_count && at == a->path)
        return;
    bool first = a->path_count == 0, known = at < a->path_count;
    if (!known && a->path_count == MAX_PATHS)
        at = MAX_PATHS - 1;
    a->paths[at] = *p;
    a->path_count = MAX(a->path_count, at + 1);
    a->path = at;
    if (first)
        return;
    facts_of(d, memo)->path = (uint8_t)at;
    memo->facts->path_change = known ? CHANGE_RETURN : same_id ? CHANGE_REBINDING : CHANGE_MOVE;
}

static void note_path(FmDissection *d, QuicAnalysis *a, const QuicHeader *h, QuicMemo *memo, const QuicPath *p)
{
    if (memo->role != QUIC_CLIENT)
        return;
    FmSlice id = h->destination;
    id.size = MIN(id.size, sizeof a->last_id);
    bool same_id = id.size == a->last_id_size && (!id.size || memcmp(id.data, a->last_id, id.size) == 0);
    note_change(d, a, memo, p, same_id);
    a->last_id_size = (uint8_t)id.size;
    if (id.size)
        memcpy(a->last_id, id.data, id.size);
}

static void note_challenges(FmDissection *d, QuicAnalysis *a, QuicMemo *memo, const QuicSeen *seen)
{
    FmTime now = fm_frame_time(d);
    if (seen->challenge) {
        Challenge *c = &a->challenges[a->challenge_count++ % MAX_CHALLENGES];
        *c = (Challenge){ .time = now, .role = memo->role };
        memcpy(c->data, seen->challenge_data, 8);
    }
    for (unsigned i = 0; seen->response && i < MIN(a->challenge_count, MAX_CHALLENGES); i++) {
        Challenge *c = &a->challenges[i];
        if (c->time && c->role != memo->role && memcmp(c->data, seen->response_data, 8) == 0) {
            facts_of(d, memo)->path_rtt = now - c->time;
            c->time = 0;
        }
    }
}

/* ---- stateless resets (RFC 9000 §10.3) ---- */

static void note_reset(FmDissection *d, QuicMemo *memo)
{
    if (memo->reset)
        facts_of(d, memo)->reset = RESET_CERTAIN;
    else if (memo->closed == QUIC_WRONG_KEY && memo->assumed)
        facts_of(d, memo)->reset = RESET_SUSPECTED;
}

/* ---- handshake ---- */

static void tell_halves(FmDissection *d, QuicAnalysis *a, QuicMemo *memo, QuicRole half)
{
    QuicFacts *f = facts_of(d, memo);
    f->half[half] = a->rtt_half[half];
    if (a->rtt_half[QUIC_CLIENT] && a->rtt_half[QUIC_SERVER])
        f->handshake = a->rtt_half[QUIC_CLIENT] + a->rtt_half[QUIC_SERVER];
}

/* RFC 9312 §4.1.1: Initials to and fro, and the client's first answer to what the server sent. Retry and Version Negotiation answer
 * without a handshake: they start the clock anew. */
static void note_handshake(FmDissection *d, QuicAnalysis *a, const QuicHeader *h, QuicMemo *memo)
{
    FmTime now = fm_frame_time(d);
    if (h->type == QUIC_RETRY || h->type == QUIC_VERSION_NEGOTIATION) {
        a->initial[QUIC_CLIENT] = a->initial_last = 0;
        a->ambiguous = false;
    } else if (memo->role == QUIC_CLIENT) {
        if (h->type == QUIC_INITIAL && !a->initial[QUIC_SERVER]) {
            a->ambiguous |= a->initial_last && now - a->initial_last > SAME_FLIGHT;
            if (!a->initial[QUIC_CLIENT])
                a->initial[QUIC_CLIENT] = now;
            a->initial_last = now;
        } else if (a->initial[QUIC_SERVER] && !a->answered && (h->type == QUIC_INITIAL || h->type == QUIC_HANDSHAKE)) {
            a->answered = true;
            a->rtt_half[QUIC_CLIENT] = now - a->initial[QUIC_SERVER];
            tell_halves(d, a, memo, QUIC_CLIENT);
        }
    } else if (h->type == QUIC_INITIAL && !a->initial[QUIC_SERVER]) {
        a->initial[QUIC_SERVER] = now;
        if (a->initial[QUIC_CLIENT] && !a->ambiguous) {
            a->rtt_half[QUIC_SERVER] = now - a->initial[QUIC_CLIENT];
            tell_halves(d, a, memo, QUIC_SERVER);
        }
    }
}

/* RFC 9000 §8.1: before the client's address is proven, three bytes for each of its own. */
static void note_amplification(FmDissection *d, QuicAnalysis *a, const QuicHeader *h, QuicMemo *memo, uint32_t size)
{
    FmTime now = fm_frame_time(d);
    if (a->validated)
        return;
    if (memo->role == QUIC_SERVER) {
        if (a->client_after && a->flight_last && now - a->flight_last > FM_MILLISECOND)
            facts_of(d, memo)->stall = now - a->flight_last;
        a->client_after = 0;
        a->flight_last = now;
        a->bytes[QUIC_SERVER] += size;
        return;
    }
    bool exhausted = a->bytes[QUIC_SERVER] && a->bytes[QUIC_SERVER] + 1200 > 3 * a->bytes[QUIC_CLIENT];
    a->bytes[QUIC_CLIENT] += size;
    if (exhausted)
        a->client_after = now;
    a->validated = h->type == QUIC_HANDSHAKE && !exhausted;
}

/* ---- spin bit ---- */

static FmTime median(const FmTime *samples, unsigned count)
{
    FmTime sorted[MAX_SPIN_SAMPLES];
    for (unsigned i = 0; i < count; i++) {
        unsigned at = i;
        for (; at && sorted[at - 1] > samples[i]; at--)
            sorted[at] = sorted[at - 1];
        sorted[at] = samples[i];
    }
    return sorted[count / 2];
}

/* A full turn lies between two edges of one direction. Left out: edges too soon after another (reordered), turns that a pause of the
 * sender made longer, connections whose bit is random (an edge at every third packet, or more often). */
static FmTime note_spin(Spin *s, FmTime now, bool value)
{
    FmTime sample = 0, gap = s->latest ? now - s->latest : 0;
    s->packets++;
    s->longest_gap = MAX(s->longest_gap, gap);
    s->latest = now;
    if (!s->begun) {
        s->begun = true;
        s->value = value;
        return 0;
    }
    if (value == s->value)
        return 0;
    FmTime since = s->edge ? now - s->edge : 0;
    if (s->edge && since < MAX(FM_MILLISECOND, s->least / 4))
        return 0;
    s->value = value;
    s->edges++;
    if (s->edge && s->longest_gap <= since / 2 && s->edges * 3 <= s->packets) {
        unsigned kept = MIN(s->sample_count, MAX_SPIN_SAMPLES);
        if (!kept || since <= 3 * median(s->samples, kept)) {
            s->samples[s->sample_count++ % MAX_SPIN_SAMPLES] = since;
            s->least = s->least ? MIN(s->least, since) : since;
            sample = s->edges >= 3 ? since : 0;
        }
    }
    s->edge = now;
    s->longest_gap = 0;
    return sample;
}

/* ---- with keys ---- */

static FmQuicSender *sender_of(FmDissection *d, QuicAnalysis *a, QuicRole role)
{
    if (!a->sender[role])
        a->sender[role] = fm_arena_alloc0(fm_flow_arena(d->flow), sizeof *a->sender[role]);
    return a->sender[role];
}

static void tell_sender(QuicFacts *f, const FmQuicSender *s)
{
    f->smoothed = s->smoothed;
    f->least = s->least;
    f->in_flight = s->in_flight;
    f->cwnd = fm_quic_window_least(s);
    f->has_flight = true;
}

#define ACK_DELAY_EXPONENT 3 /* RFC 9000 §18.2: unless the peer says otherwise */
#define MAX_ACK_DELAY (25 * FM_MILLISECOND)

static void note_packets(FmDissection *d, QuicAnalysis *a, QuicMemo *memo, const QuicSeen *seen, uint32_t size)
{
    FmTime now = fm_frame_time(d);
    if (seen->range_count) {
        FmQuicSender *peer = sender_of(d, a, (QuicRole)!memo->role);
        FmTime delay = (FmTime)MIN(seen->ack_delay, UINT64_C(1) << 32) * (1 << ACK_DELAY_EXPONENT) * FM_MICROSECOND;
        FmQuicNews news = fm_quic_acked(peer, seen->ranges, seen->range_count, now, MIN(delay, MAX_ACK_DELAY));
        QuicFacts *f = facts_of(d, memo);
        f->rtt = news.rtt;
        f->lost_count = news.lost;
        f->spurious = news.spurious;
        f->lost_before = news.lost_before;
        f->uncaptured = news.uncaptured;
        memcpy(f->lost, news.lost_numbers, sizeof f->lost);
        tell_sender(f, peer);
    }
    FmQuicSender *own = sender_of(d, a, (QuicRole)memo->role);
    fm_quic_sent(own, memo->number, now, size, seen->eliciting);
    if (seen->eliciting && !seen->range_count)
        tell_sender(facts_of(d, memo), own);
}

static void note_flow_control(FmDissection *d, QuicAnalysis *a, QuicMemo *memo, const QuicSeen *seen)
{
    FmTime now = fm_frame_time(d), *since = &a->blocked_since[memo->role], *peer = &a->blocked_since[!memo->role];
    if (seen->blocked) {
        facts_of(d, memo)->blocked = true;
        if (!*since)
            *since = now;
    }
    if (seen->raised && *peer) {
        facts_of(d, memo)->flow_stall = now - *peer;
        *peer = 0;
    }
}

static void note_early(FmDissection *d, QuicAnalysis *a, QuicMemo *memo)
{
    const TlsState *tls = a->told_early ? NULL : tls_state(d);
    if (!tls || (!tls->early_data_accepted && !tls->early_data_rejected))
        return;
    a->told_early = true;
    facts_of(d, memo)->early = tls->early_data_accepted ? EARLY_ACCEPTED : EARLY_REJECTED;
}

static void note_open(FmDissection *d, QuicAnalysis *a, const QuicHeader *h, QuicMemo *memo, const QuicSeen *seen, uint32_t size)
{
    if (quic_space(h->type) == 2)
        note_packets(d, a, memo, seen, size);
    note_flow_control(d, a, memo, seen);
    note_challenges(d, a, memo, seen);
    note_early(d, a, memo);
    if (memo->phase_flipped)
        facts_of(d, memo)->key_update = ++a->key_updates;
    if (!seen->released_count)
        return;
    QuicFacts *f = facts_of(d, memo);
    f->released_count = seen->released_count;
    memcpy(f->released, seen->released, sizeof f->released);
    memcpy(f->waited, seen->waited, sizeof f->waited);
}

/* ---- fields ---- */

static void put_span(FmDissection *d, unsigned row, FmTime value)
{
    if (value && fm_wanted(d, row))
        fm_record_of(d, &fields[row], row, 0, 0, 0, FM_NODE_MADE, (uint64_t)value);
}

static void put_facts(FmDissection *d, const QuicFacts *f)
{
    put_span(d, HANDSHAKE_RTT_SERVER, f->half[QUIC_SERVER]);
    put_span(d, HANDSHAKE_RTT_CLIENT, f->half[QUIC_CLIENT]);
    put_span(d, HANDSHAKE_RTT, f->handshake);
    put_span(d, SPIN_RTT, f->spin);
    put_span(d, AMPLIFICATION_STALL, f->stall);
    if (f->path_change) {
        fm_make(d, PATH, f->path);
        fm_make(d, PATH_CHANGE, f->path_change);
    }
    put_span(d, PATH_RTT, f->path_rtt);
    if (f->reset)
        fm_make(d, STATELESS_RESET, f->reset);
    if (f->unknowable)
        fm_make_text(d, UNKNOWABLE, "losses, acknowledgments, bytes in flight, streams, flow control: all is under protection");
    put_span(d, RTT, f->rtt);
    if (f->has_flight) {
        put_span(d, RTT_SMOOTHED, f->smoothed);
        put_span(d, RTT_MIN, f->least);
        fm_make(d, IN_FLIGHT, f->in_flight);
        fm_make(d, CWND_LEAST, f->cwnd);
    }
    for (unsigned i = 0; i < MIN(f->lost_count, FM_QUIC_LOST); i++)
        fm_make(d, LOST, f->lost[i]);
    if (f->lost_count)
        fm_make(d, LOST_COUNT, f->lost_count);
    if (f->lost_before)
        fm_make(d, LOST_BEFORE, f->lost_before);
    if (f->uncaptured)
        fm_make(d, UNCAPTURED, f->uncaptured);
    if (f->spurious)
        fm_make(d, SPURIOUS, f->spurious);
    if (f->blocked)
        fm_make(d, FLOW_BLOCKED, 1);
    put_span(d, FLOW_STALL, f->flow_stall);
    for (unsigned i = 0; i < f->released_count; i++) {
        fm_make(d, STREAM_BLOCKED, f->released[i]);
        put_span(d, STREAM_BLOCKED_TIME, f->waited[i]);
    }
    if (f->early)
        fm_make(d, EARLY_DATA, f->early);
    if (f->key_update)
        fm_make(d, KEY_UPDATE, f->key_update);
}

void quic_analyse(FmDissection *d, QuicConnection *q, const QuicHeader *h, QuicMemo *memo, const QuicPath *path, QuicSeen *seen, bool open,
                  uint32_t size)
{
    QuicAnalysis *a = fm_replaying(d) || !seen ? NULL : q->analysis;
    if (a) {
        note_path(d, a, h, memo, path);
        note_handshake(d, a, h, memo);
        note_amplification(d, a, h, memo, size);
        if (h->type == QUIC_ONE_RTT && (!open || memo->number >= a->spin[memo->role].number)) {
            FmTime spin = note_spin(&a->spin[memo->role], fm_frame_time(d), h->first & 0x20);
            a->spin[memo->role].number = open ? memo->number : 0;
            if (spin)
                facts_of(d, memo)->spin = spin;
        }
        if (open)
            note_open(d, a, h, memo, seen, size);
        else
            note_reset(d, memo);
        if (h->type == QUIC_ONE_RTT && !open && memo->closed && memo->closed != QUIC_WRONG_KEY && !a->told_unknowable)
            facts_of(d, memo)->unknowable = a->told_unknowable = true;
    }
    if (!memo->facts)
        return;
    FmTableUse before = fm_use(d, &fm_quic_analysis);
    put_facts(d, memo->facts);
    fm_unuse(d, before);
}

static void analysis_dissect(FmDissection *d, FmCursor *c)
{
    c->at = c->end; /* quic_analyse is called with more than a cursor */
}

const FmProtocol fm_quic_analysis = {
    .abbrev = "quic", .name = "QUIC", .title = "Analysis", FM_FIELDS(fields), .dissect = analysis_dissect, .part = true,
};
