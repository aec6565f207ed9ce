/* What is known of one flow: a bounded record, kept up to date packet by packet by a FmSummary (summary.h).
 *
 * Directions are those of packets: direction 0 goes from ends[0] to ends[1]. Times are capture times in ns; bytes of `bytes` are those
 * of whole frames as on the wire, those of `payload` are TCP's payload. Everything is plain data: read it, never change it. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/time.h"
#include "inference/band.h"
#include "inference/breakdown.h"
#include "inference/identify.h"
#include "inference/segment.h"
#include "inference/series.h"
#include "model/packet.h"
#include "summary/finding.h"
#include "summary/history.h"
#include "summary/quic_flow.h"

enum { FM_FLOW_STACK = 6, FM_FLOW_NAME = 128 };

typedef enum FmFlowStatus { /* of the connection, as seen here; flows without connections are OPEN */
    FM_STATUS_OPEN,        /* packets flow; the beginning may not have been captured */
    FM_STATUS_HALF_OPEN,   /* asked for and not answered yet */
    FM_STATUS_ANSWERED,    /* answered, the third packet has not come */
    FM_STATUS_ESTABLISHED,
    FM_STATUS_HALF_CLOSED, /* one side has closed: `closer` */
    FM_STATUS_CLOSED,      /* both sides have closed; `closer` was first */
    FM_STATUS_RESET,       /* `closer` sent the reset */
    FM_STATUS_REFUSED,     /* reset in answer to the first packet */
    FM_STATUS_COUNT
} FmFlowStatus;

typedef struct FmFlowEnd {
    uint8_t bytes[16]; /* the address; IPv4 in the first four */
    uint32_t port;
} FmFlowEnd;

typedef struct FmFlowText { /* what its packets said of themselves; NULL: nothing. Escape when printing. */
    char *server_name; /* from TLS, HTTP, QUIC; of DNS the latest question */
    char *alpn;
    char *closed_because;
} FmFlowText;

typedef struct FmTcpFlow FmTcpFlow; /* inference and findings; see fm_flow_side */

typedef struct FmFlowRecord {
    uint32_t number;      /* in its kind: tcp.stream, udp.stream, … */
    uint8_t kind;         /* FmFlowKind */
    uint8_t address_type; /* FmAddressType of both ends */
    uint8_t state;        /* FmFlowStatus */
    uint8_t client;       /* direction in which the client sends */
    uint8_t closer;       /* direction of the side that closed first or reset */
    uint8_t completeness; /* as tcp.completeness */
    bool client_guessed;  /* the beginning was not seen: taken to be the end with the higher port */
    bool shown;           /* a packet of it matched the filter */
    bool recalled;        /* came back after its record was given up: counts begin anew */
    uint8_t protocol_count;
    const char *protocols[FM_FLOW_STACK]; /* above the transport, outermost first: "TLS1.3", "h2" */
    const char *refinement; /* of the transport's own name: a version; NULL: none */
    FmFlowEnd ends[2];
    FmTime first, last;
    uint64_t first_packet, last_packet; /* frame numbers */
    uint64_t packets[2], bytes[2], payload[2];
    FmHistory *rate;      /* [2]: frame bytes by direction; NULL while the flow is small */
    FmFlowText *text;     /* NULL: nothing was said */
    FmTcpFlow *tcp;       /* NULL: not TCP, or not followed */
    FmQuicFlow *quic;     /* NULL: not QUIC, or nothing was told */

    struct FmFlowRecord *newer, *older; /* the summary's own, as all that follows */
    const char *top; /* topmost layer of the latest packet that had one above the transport */
    uint32_t place, followed_place;
    uint8_t list;
} FmFlowRecord;

/* What the inference says of the sender of one direction of a TCP flow. */
typedef struct FmFlowSide {
    uint64_t packets, bytes; /* segments with payload, their payload; retransmissions included */
    uint32_t mss;            /* 0: not known */
    uint32_t initial;        /* packets of the initial window; 0: not known */
    bool initial_sure;       /* false: at least so many */
    FmTime rtt, rtt_min, rtt_latest; /* smoothed, shortest, newest as this sender measures them; 0: not measured */
    FmTime near_half;        /* shortest time from here to this sender and back; 0: not known */
    uint64_t in_flight;      /* bytes, as the sender counts them */
    uint64_t cwnd, cwnd_low, cwnd_high; /* bytes: congestion window and the band it lies in; cwnd 0: not known */
    double cwnd_confidence;  /* 0 … 1 */
    uint64_t window_left;    /* bytes that the receiver's window still allows; UINT64_MAX: its scale is not known */
    FmPhase phase;
    FmTime phases[FM_PHASE_PROBE_RTT + 1]; /* time spent in each */
    FmLimit limit;           /* what holds it back now */
    FmTime limited[FM_LIMIT_APPLICATION + 1]; /* time that each has held it back */
    FmAlgorithm algorithm;
    double algorithm_confidence;
    uint8_t unknown;         /* FmUnknown: why it is not known */
    uint64_t verdicts[FM_VERDICT_COUNT]; /* segments by what they were */
    uint64_t retransmissions;
    uint64_t lost_before, lost_behind; /* resent packets that had been lost between sender and capture; behind the capture */
    double vantage;          /* where the capture stands: 0 at this sender, 1 at its receiver; negative: not known */
    FmTime blocked;          /* time for which its receiver held data back from the application because of holes */
    uint64_t blocked_most;   /* bytes held at most */
    const FmHistory *window_history; /* congestion window in bytes */
    const FmHistory *rtt_history;    /* smoothed RTT in µs */
} FmFlowSide;

/* Fills `side` for a direction. False if that direction has sent no data, or the flow is not followed. The histories live as long as
 * the record. */
bool fm_flow_side(const FmFlowRecord *flow, unsigned direction, FmFlowSide *side);

/* Time from SYN to the ACK that ends the handshake, and its two halves: from here to the server and back, to the client and back.
 * 0: not seen. */
typedef struct FmFlowHandshake {
    FmTime total, server, client;
} FmFlowHandshake;
FmFlowHandshake fm_flow_handshake(const FmFlowRecord *flow);

/* Where the time went, turn by turn. False if no payload was seen, or the flow is not TCP. The handshake comes on top. */
bool fm_flow_breakdown(const FmFlowRecord *flow, FmBreakdown *breakdown);

/* Findings by lost time, greatest first; at most `most`. Returns how many there are. */
unsigned fm_flow_findings(const FmFlowRecord *flow, FmFinding *findings, unsigned most);

/* What happened, in the order of time: kept where FmSummaryOptions.most_events asks for it. */
typedef enum FmEventKind {
    FM_EVENT_ASKED,   /* SYN; amount: how many so far */
    FM_EVENT_OPENED,  /* the handshake is complete; span: how long it took */
    FM_EVENT_DATA,    /* the direction's first payload; amount: its bytes */
    FM_EVENT_PHASE,   /* detail: FmPhase that begins; amount: congestion window in bytes */
    FM_EVENT_FINDING, /* detail: FmFindingKind; span: what it cost */
    FM_EVENT_PAUSE,   /* the sender was silent for `span` with nothing outstanding, before this */
    FM_EVENT_CLOSING, /* FIN */
    FM_EVENT_RESET,
} FmEventKind;

typedef struct FmFlowEvent {
    FmTime time, span;
    uint64_t packet, amount;
    uint8_t kind, detail, direction; /* direction: of the data, or of the packet */
} FmFlowEvent;

/* NULL where there are none; `left_out`: how many more there were. */
const FmFlowEvent *fm_flow_events(const FmFlowRecord *flow, unsigned *count, uint64_t *left_out);
void fm_flow_event_text(FmText *out, const FmFlowRecord *flow, const FmFlowEvent *event);

/* The TCP segment added last, as the analysis sees it right after it. */
typedef struct FmMoment {
    const FmFlowRecord *flow;
    FmSegment segment;
    uint64_t packet;
    FmVerdict verdict;
    uint32_t position, acked_position; /* sequence number and acknowledgment number from the beginning of their directions */
    uint64_t advanced;  /* bytes newly acknowledged by it */
    unsigned duplicates; /* how often the acknowledgment number was repeated without data, this one included; 0: it is no duplicate */
    uint64_t held;      /* bytes that the receiver holds above a hole, by SACK */
    uint64_t outstanding; /* bytes of this direction in flight as seen here, this segment included */
    bool window_opens, window_closes, ends_blocking;
    FmTime quiet;       /* how long its sender had been silent; 0: not known */
    FmTime acked_after; /* how long before the newest bytes it acknowledges were sent; 0: not known */
    FmPhase phase, phase_before; /* of its sender's data */
    FmPhase peer_phase, peer_phase_before; /* of the data that it acknowledges */
    FmFlowStatus status_before;
} FmMoment;

/* Only for a flow of a summary with events. False if no segment was looked at. */
bool fm_flow_moment(const FmFlowRecord *flow, FmMoment *moment);

/* Two sentences: what the packet is and why it is here; what comes next. */
void fm_moment_text(FmText *out, const FmMoment *moment);

/* Texts: "TCP·TLS1.3·h2", "10.0.0.1:443" or "name:443", "closed by the client", the most important finding in words (nothing is
 * appended where there is none). */
void fm_flow_stack_text(FmText *out, const FmFlowRecord *flow);
void fm_flow_end_text(FmText *out, const FmFlowRecord *flow, unsigned end);
void fm_flow_server_text(FmText *out, const FmFlowRecord *flow);
void fm_flow_state_text(FmText *out, const FmFlowRecord *flow);
void fm_flow_finding_text(FmText *out, const FmFlowRecord *flow);

/* "network", "receiver", "application": what limited the direction most, and its share in percent. NULL: nothing to tell. */
const char *fm_flow_limit(const FmFlowSide *side, unsigned *percent);

const char *fm_flow_kind_name(unsigned kind);  /* "TCP" */
const char *fm_phase_name(FmPhase phase);      /* "slow start" */
const char *fm_verdict_name(FmVerdict verdict); /* "fast retransmission" */
