/* What a QUIC connection's packets say of its path and of its two ends: fields fathom.quic.*, told in the packet that shows it. Ask for
 * them by name, as for any field; they are computed where one of them is wanted, and in kept sessions. All are hidden in details.
 *
 * Without keys:
 *   fathom.quic.handshake_rtt             round-trip time of the handshake (RFC 9312 §4.1.1): from here to the server and back
 *                                         (…_server: first Initials) and to the client and back (…_client: its answer to the server's)
 *   fathom.quic.spin_rtt                  by the spin bit (RFC 9000 §17.4), of edges that no pause of the application has delayed
 *   fathom.quic.amplification_stall       how long the server had to wait with its first flight for more of the client's bytes
 *   fathom.quic.path                      number of the client's path, where it changes; fathom.quic.path_change: why
 *   fathom.quic.stateless_reset           a packet that is one, or that looks like one
 *   fathom.quic.unknowable                what can't be said of a connection without its keys
 * With keys:
 *   fathom.quic.rtt, rtt_smoothed, rtt_min  of acknowledgments (RFC 9002 §5): from here to the receiver and back
 *   fathom.quic.in_flight, cwnd_least     bytes, of the sender whose packets this one acknowledges or carries on
 *   fathom.quic.lost, lost_count          packets that an acknowledgment shows as lost (RFC 9002 §6.1): numbers of the first, and how many
 *   fathom.quic.lost_before               numbers that never passed here and were not acknowledged: lost on the way from the sender
 *   fathom.quic.uncaptured                such that were: the capture has missed them
 *   fathom.quic.spurious                  packets that had been taken for lost, acknowledged after all
 *   fathom.quic.flow_blocked              a sender says that the receiver's limit holds it back; fathom.quic.flow_stall: how long it did,
 *                                         where the limit is raised
 *   fathom.quic.stream_blocked            a stream whose bytes waited for others sent before; fathom.quic.stream_blocked_time: how long
 *   fathom.quic.early_data                accepted or rejected
 *   fathom.quic.path_rtt                  by PATH_CHALLENGE and PATH_RESPONSE, of the end that asked
 *   fathom.quic.key_update                how many there have been, where the sender begins one */
#pragma once

#include "dissectors/quic/quic.h"
#include "inference/quic_sender.h"

enum { QUIC_MAX_RANGES = 64, QUIC_MAX_BLOCKED = 4 };

typedef struct QuicSeen { /* what the frames of a packet said. First visits only */
    FmQuicRange ranges[QUIC_MAX_RANGES];
    unsigned range_count;
    uint64_t ack_delay;   /* as on the wire */
    bool eliciting;       /* not only ACK, PADDING, CONNECTION_CLOSE */
    bool blocked, raised; /* by the connection's or a stream's limit; a limit was raised */
    bool challenge, response;
    uint8_t challenge_data[8], response_data[8];
    unsigned released_count; /* streams that had waited for this packet */
    uint64_t released[QUIC_MAX_BLOCKED];
    FmTime waited[QUIC_MAX_BLOCKED];
} QuicSeen;

/* A place for what frames say, if somebody wants it; NULL otherwise, and on replay. */
QuicSeen *quic_analysis_begin(FmDissection *d, QuicConnection *q);

/* The client's end of the UDP flow, while that is the current one. First visits only. */
typedef struct QuicPath {
    uint8_t address[16];
    uint32_t port;
} QuicPath;
QuicPath quic_client_path(const FmDissection *d, QuicRole sender);

/* A packet's fields. First visits work them out first; `seen` NULL: nobody asks, or replay. `size`: of the packet on the wire. */
void quic_analyse(FmDissection *d, QuicConnection *q, const QuicHeader *h, QuicMemo *memo, const QuicPath *path, QuicSeen *seen, bool open,
                  uint32_t size);

extern const FmProtocol fm_quic_analysis;
